"""`oncue run`, `attach` and `resume` in plain mode: walk a run in this terminal, say how it stands at the end."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from ..address import live
from ..client import Client
from ..console import Closed, Console, raise_on_hangup
from ..errors import OncueError, UsageError
from ..launch import HostProcess
from ..model import Runbook
from ..output import visible
from ..plain import walk
from ..state import orphaned
from ..summary import exit_code_of, lines_of, progress_of
from ..trail import TrailReader
from . import document
from .opening import LiveRun, NewRun, Opening, OpenRun

Arguments = argparse.Namespace
HELD = 3
INTERRUPTED = 130
METADATA_SHOWN = 8
CLIENT = "plain"


def run(arguments: Arguments, host: HostProcess) -> int:
    return begin(arguments, NewRun(arguments, host))


def begin(arguments: Arguments, opening: NewRun) -> int:
    console = Console(os.environ)
    runbook = opening.read()
    try:
        section = _section_to_walk(opening, runbook, console)
    except Closed:
        return INTERRUPTED
    if not console.interactive and (held := _held(arguments, opening, runbook, section)):
        for sentence in held:
            print(visible(f"oncue: {sentence}"), file=sys.stderr)
        return HELD
    client = opening.connect(CLIENT, section)
    try:
        _say_title(console, runbook, opening, client.run_id)
        return _walk(opening, client, runbook, console)
    except BrokenPipeError:
        return _part_unread(client)


def attach(arguments: Arguments) -> int:
    console = _console_of_a_person()
    return _come_back(LiveRun(arguments), console)


def resume(arguments: Arguments, host: HostProcess) -> int:
    console = _console_of_a_person()
    return _come_back(OpenRun(arguments, host), console)


def _come_back(opening: Opening, console: Console) -> int:
    runbook = opening.read()
    for sentence in opening.remarks():
        console.say(sentence, "warn")
    return _walk(opening, opening.connect(CLIENT), runbook, console)


def _walk(opening: Opening, client: Client, runbook: Runbook, console: Console) -> int:
    for sentence in opening.give(client):
        console.say_prose(sentence, "warn", indent="  ")
    raise_on_hangup()
    code = walk(client, runbook, console, opening.permission)
    say_end(opening.trail, client, console)
    return code


def _part_unread(client: Client) -> int:
    """Nobody reads what is shown, so nobody decides either: as where the terminal is lost, the run does not depend on
    it."""
    is_over = client.state.phase in ("left", "ended", "broken")
    client.close("the output was closed")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    back = "" if is_over else f"; run {client.run_id} goes on, and `oncue attach {client.run_id}` comes back to it"
    print(visible(f"oncue: nobody reads the output any more{back}"), file=sys.stderr)
    return exit_code_of(client.state) if is_over else INTERRUPTED


# Before the first step.


def _held(arguments: Arguments, opening: NewRun, runbook: Runbook, section: tuple[str, ...]) -> list[str]:
    """Why nothing runs without a terminal; empty when everything may."""
    from .unattended import obstacles  # judging costs more than all else a client imports

    given, approved = opening.gift.plain(), opening.permission.approved
    found = obstacles(arguments, runbook, section, given, approved, settings=opening.settings, named=opening.databases)
    found = [*opening.undecided(), *found]
    return (
        [*found, "there is no terminal to settle this at, and nothing runs unasked: nothing has run"] if found else []
    )


def _section_to_walk(opening: NewRun, runbook: Runbook, console: Console) -> tuple[str, ...]:
    if opening.section is not None:
        return opening.section
    sections = opening.choices()
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


# What is said before and after.


def _say_title(console: Console, runbook: Runbook, opening: NewRun, run_id: str) -> None:
    console.say(runbook.title, "title")
    for name, value in list(runbook.metadata.items())[:METADATA_SHOWN]:
        console.say(f"{name}: {value}", "dim", "  ")
    for sentence in opening.remarks():
        console.say(sentence, "warn", "  ")
    if opening.settings and (summary := opening.settings.summary()):
        console.say(summary, "dim", "  ")
    console.say(f"run {run_id}, recorded in {opening.trail}", "dim", "  ")


def say_end(trail: Path, client: Client, console: Console) -> None:
    """How the run stands, and the commands that come back to it."""
    alive = client.run_id in {address.run_id for address in live(trail)}
    state = client.state if alive else orphaned(client.state)
    console.say()
    if state.phase in ("left", "ended", "broken"):
        console.say(": ".join(filter(None, (state.outcome or state.phase, state.reason))), "bold")
    elif alive:
        console.say(f"The run goes on without this terminal; `oncue attach {client.run_id}` comes back to it.", "bold")
    console.say(progress_of(state))
    for line in lines_of(state):
        console.say(line, None, "  ")
    _say_debrief(trail, client, console)
    try:
        with TrailReader.open(trail) as reader:
            console.say(f"head {reader.head(client.run_id)}", "dim")
    except OncueError as error:
        console.say(str(error), "bad")
    console.say(f"`oncue show {client.run_id}` shows it, `oncue verify {client.run_id}` checks it", "dim")
    if state.phase == "left" or (state.phase != "ended" and not alive):
        console.say(f"`oncue resume {client.run_id}` goes on", "bold")


def _say_debrief(trail: Path, client: Client, console: Console) -> None:
    started = client.state.started
    if started is None or started.rehearsal is None:
        return
    from ..debrief import debrief
    from ..debrief import lines_of as debriefing
    from ..rehearsal import maybe_recording

    console.say()
    with TemporaryDirectory(prefix="oncue-rehearsal-") as folder, TrailReader.open(trail) as reader:
        recording = maybe_recording(started.rehearsal, trail, Path(folder))
        for line in debriefing(debrief(reader.events(client.run_id), recording)):
            console.say(line, None, "  ")


def _console_of_a_person() -> Console:
    console = Console(os.environ)
    if not console.interactive:
        raise UsageError("this needs a terminal: somebody has to decide what comes next")
    return console
