"""`oncue run`, `attach` and `resume`: start or find a host, walk it in this terminal, say how it stands at the end."""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from base64 import b64encode
from collections.abc import Container, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import clock
from ..address import Address, live
from ..client import Client
from ..commands import SetVariable
from ..console import Closed, Console, raise_on_hangup
from ..errors import OncueError, UsageError
from ..events import RunResumed, RunStarted
from ..launch import HostProcess
from ..model import Runbook
from ..output import visible
from ..parse import read_runbook
from ..plain import Permission, walk
from ..redact import stays_visible, why_not
from ..state import orphaned
from ..summary import lines_of, progress_of
from ..trail import TrailReader
from ..variables import find
from . import document
from .approvals import approved_steps
from .configuring import maybe_read, to_request
from .giving import DEFAULT, Gift, given_values
from .pairs import pairs
from .trails import trail_of

if TYPE_CHECKING:
    from ..config.settings import Settings

Arguments = argparse.Namespace
HELD = 3
INTERRUPTED = 130
METADATA_SHOWN = 8


def run(arguments: Arguments, host: HostProcess) -> int:
    if arguments.waive is not None and not arguments.waive.strip():
        raise UsageError("--waive: a reason is needed to pass over items, and this one is blank")
    data, runbook = document.open_runbook(arguments.file)
    console = Console(os.environ)
    gift = _gift(arguments, runbook)
    approved = approved_steps(runbook, arguments.approve)
    databases = pairs(arguments.db, "--db")
    settings = maybe_read(arguments, Path(arguments.file), runbook)
    try:
        section = _section_to_walk(arguments, runbook, console)
    except Closed:
        return INTERRUPTED
    if not console.interactive and (
        held := _held(arguments, runbook, section, gift.plain(), approved, settings=settings)
    ):
        for sentence in held:
            print(visible(f"oncue: {sentence}"), file=sys.stderr)
        return HELD
    run_id = _new_run_id()
    request = {
        **_request(arguments, run_id, arguments.file, databases, settings),
        "document": b64encode(data).decode(),
        "section": section,
        "incident": arguments.incident,
    }
    client = _connect(host.launch(request))
    _say_title(console, runbook, run_id, arguments, settings)
    _give(client, console, gift)
    return _walk(arguments, client, runbook, console, approved)


def attach(arguments: Arguments) -> int:
    console = _console_of_a_person()
    address = _live_run(arguments)
    return _walk(arguments, _connect(address), _frozen_runbook(arguments, address.run_id), console)


def resume(arguments: Arguments, host: HostProcess) -> int:
    console = _console_of_a_person()
    databases = pairs(arguments.db, "--db")
    trail = trail_of(arguments)
    with TrailReader.open(trail) as reader:
        alive = {address.run_id for address in live(trail)}
        run_id = reader.find_run(arguments.run) if arguments.run else _latest_open(reader, alive)
    if run_id in alive:
        raise UsageError(f"run {run_id} is alive; `oncue attach {run_id}` goes there")
    runbook = _frozen_runbook(arguments, run_id)
    started, before = _began(arguments, run_id)
    settings = maybe_read(arguments, Path(started.directory) / runbook.path, runbook)
    request = {**_request(arguments, run_id, runbook.path, databases, settings), "resume": True}
    if before != (settings.record() if settings else ()):
        console.say("the settings have changed since the run was started", "warn")
    gift = _gift(arguments, runbook)
    client = _connect(host.launch(request))
    client.catch_up()
    if client.state.phase == "idle":
        _give(client, console, gift, {name for name, value in client.state.variables.items() if value is not None})
    return _walk(arguments, client, runbook, console)


def _walk(
    arguments: Arguments, client: Client, runbook: Runbook, console: Console, approved: frozenset[str] = frozenset()
) -> int:
    raise_on_hangup()
    try:
        code = walk(client, runbook, console, Permission(arguments.yes, arguments.waive, approved))
        _say_end(arguments, client, console)
    except BrokenPipeError:
        print(visible(f"oncue: nobody reads the output any more; run {client.run_id} is left open"), file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return HELD
    return code


# Before the first step.


def _held(
    arguments: Arguments,
    runbook: Runbook,
    section: tuple[str, ...],
    given: Mapping[str, str],
    approved: frozenset[str],
    *,
    settings: Settings | None,
) -> list[str]:
    """Why nothing runs without a terminal; empty when everything may."""
    from .unattended import obstacles  # judging costs more than all else a client imports

    found = obstacles(arguments, runbook, section, given, approved, settings=settings)
    return (
        [*found, "there is no terminal to settle this at, and nothing runs unasked: nothing has run"] if found else []
    )


def _section_to_walk(arguments: Arguments, runbook: Runbook, console: Console) -> tuple[str, ...]:
    if arguments.alert:
        return document.section_of_alert(runbook, arguments.alert)
    if arguments.section:
        return document.find_section(runbook, arguments.section)
    return () if runbook.shape == "procedure" else _pick_section(runbook, console)


def _pick_section(runbook: Runbook, console: Console) -> tuple[str, ...]:
    sections = document.with_steps(runbook)
    listing = "\n".join(f"{number:>4}  {' › '.join(one.path)}" for number, one in enumerate(sections, 1))
    if not console.interactive:
        raise UsageError(f"{runbook.path} is a catalogue; name what to walk with --section TITLE:\n{listing}")
    console.say(runbook.title, "title")
    console.say("This document is a catalogue of procedures. Which one?")
    console.say(listing)
    console.say("   0  everything, in the document's order", "dim")
    answer = console.ask("number or title:").strip()
    if answer == "0":
        return ()
    if answer.isdigit() and 1 <= int(answer) <= len(sections):
        return sections[int(answer) - 1].path
    return document.find_section(runbook, answer)


def _gift(arguments: Arguments, runbook: Runbook) -> Gift:
    variables = find(runbook.steps, runbook.declared, os.environ)
    return given_values(runbook, variables, arguments.var, arguments.var_file, os.environ)


def _give(client: Client, console: Console, gift: Gift, known: Container[str] = ()) -> None:
    """Each value with where it came from; those of `known` only where the command line names them."""
    if gift.unused:
        console.say(f"no input of this runbook: {', '.join(gift.unused)} (--var-file)", "dim", "  ")
    for name, given in gift.values.items():
        if name not in known or not given.source.startswith(("$", DEFAULT)):
            client.command(SetVariable(name=name, value=given.value, secret=given.secret, source=given.source))
            if given.secret and (reason := why_not(given.value.encode(errors="surrogateescape"))):
                console.say_prose(stays_visible(name, reason), "warn", indent="  ")


# What is said before and after.


def _say_title(
    console: Console, runbook: Runbook, run_id: str, arguments: Arguments, settings: Settings | None
) -> None:
    console.say(runbook.title, "title")
    for name, value in list(runbook.metadata.items())[:METADATA_SHOWN]:
        console.say(f"{name}: {value}", "dim", "  ")
    for problem in runbook.problems:
        console.say(f"{runbook.path}:{problem.line}: {problem.message}", "warn", "  ")
    if settings and (summary := settings.summary()):
        console.say(summary, "dim", "  ")
    console.say(f"run {run_id}, recorded in {trail_of(arguments)}", "dim", "  ")


def _say_end(arguments: Arguments, client: Client, console: Console) -> None:
    alive = client.run_id in {address.run_id for address in live(trail_of(arguments))}
    state = client.state if alive else orphaned(client.state)
    console.say()
    if state.phase in ("left", "ended", "broken"):
        console.say(": ".join(filter(None, (state.outcome or state.phase, state.reason))), "bold")
    elif alive:
        console.say(f"The run goes on without this terminal; `oncue attach {client.run_id}` comes back to it.", "bold")
    console.say(progress_of(state))
    for line in lines_of(state):
        console.say(line, None, "  ")
    try:
        with TrailReader.open(trail_of(arguments)) as reader:
            console.say(f"head {reader.head(client.run_id)}", "dim")
    except OncueError as error:
        console.say(str(error), "bad")
    console.say(f"`oncue show {client.run_id}` shows it, `oncue verify {client.run_id}` checks it", "dim")
    if state.phase == "left" or (state.phase != "ended" and not alive):
        console.say(f"`oncue resume {client.run_id}` goes on", "bold")


# Hosts.


def _request(
    arguments: Arguments, run_id: str, path: str, databases: Mapping[str, str], settings: Settings | None
) -> dict[str, Any]:
    columns, rows = Console(os.environ).size
    return {
        "trail": str(trail_of(arguments)),
        "run_id": run_id,
        "path": path,
        "databases": databases,
        "settings": to_request(settings),
        "columns": columns,
        "rows": rows,
        "actor": clock.this_actor(os.environ).model_dump(mode="json"),
    }


def _connect(address: Address) -> Client:
    return Client(address, "plain", clock.this_actor(os.environ))


def _live_run(arguments: Arguments) -> Address:
    alive = live(trail_of(arguments))
    wanted = [one for one in alive if one.run_id.startswith(arguments.run or "")]
    if len(wanted) == 1:
        return wanted[0]
    with TrailReader.open(trail_of(arguments)) as reader:
        titles = {run.run_id: run.title for run in reader.runs(open_only=True)}
    listing = ", ".join(f"{one.run_id} ({titles.get(one.run_id, '?')})" for one in alive) or "none"
    if not wanted:
        raise UsageError(f"no such live run; live runs: {listing} (`oncue resume` brings a run back that has no host)")
    raise UsageError(f"which run? live runs: {listing}")


def _latest_open(reader: TrailReader, alive: Container[str]) -> str:
    """The newest run that nobody hosts any more."""
    waiting = [run.run_id for run in reader.runs(open_only=True) if run.run_id not in alive]
    if not waiting:
        raise UsageError("no run waits to be resumed; `oncue runs` lists them, `oncue attach` goes to a live one")
    return waiting[0]


def _frozen_runbook(arguments: Arguments, run_id: str) -> Runbook:
    """The document as the run started with it."""
    with TrailReader.open(trail_of(arguments)) as reader:
        path = next(one.path for one in reader.runs() if one.run_id == run_id)
        return read_runbook(path, reader.document(run_id))


def _began(arguments: Arguments, run_id: str) -> tuple[RunStarted, tuple[str, ...]]:
    """How a run began, and the settings that were in force when it last had a host."""
    with TrailReader.open(trail_of(arguments)) as reader:
        begun = [one.event for one in reader.events(run_id) if isinstance(one.event, RunStarted | RunResumed)]
    return next(one for one in begun if isinstance(one, RunStarted)), begun[-1].config


def _console_of_a_person() -> Console:
    console = Console(os.environ)
    if not console.interactive:
        raise UsageError("this needs a terminal: somebody has to decide what comes next")
    return console


def _new_run_id() -> str:
    """Sorts by time and is short enough to type the beginning of."""
    return f"{datetime.now().astimezone():%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
