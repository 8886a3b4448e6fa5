"""Every command of `oncue`. Standard output is data, standard error is for people; heavy imports stay in the command.

Exit codes: 0 done · 1 a step failed · 2 usage or unreadable document · 3 held · 4 the trail could not be written or
does not verify · 5 outcome unknown · 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import __version__
from .errors import DocumentError, OncueError, UsageError

if TYPE_CHECKING:
    from .address import Address
    from .client import Client
    from .console import Console
    from .model import Runbook, Section

Arguments = argparse.Namespace

HELD = 3

EPILOG = """exit codes: 0 done, 1 a step failed, 2 usage or unreadable document, 3 held or left open,
4 the trail could not be written or does not verify, 5 an outcome is unknown, 130 interrupted"""


def main(arguments: list[str] | None = None) -> int:
    parsed = _parser().parse_args(arguments)
    command: Callable[[Arguments], int] = parsed.command
    try:
        return command(parsed)
    except OncueError as error:
        _complain(str(error))
        return error.exit_code
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="oncue",
        description="Runs an ordinary Markdown runbook step by step and records every command and its output.",
        epilog=EPILOG,
    )
    parser.add_argument("--version", action="version", version=f"oncue {__version__}")
    parser.set_defaults(command=_no_command(parser))
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for add in (_add_run, _add_attach, _add_resume, _add_steps, _add_runs, _add_show, _add_verify):
        add(commands)
    return parser


def _no_command(parser: argparse.ArgumentParser) -> Callable[[Arguments], int]:
    def explain(_arguments: Arguments) -> int:
        parser.print_help(sys.stderr)
        return UsageError.exit_code

    return explain


Subparsers = Any  # argparse's own class for them is private


def _add_run(commands: Subparsers) -> None:
    run = commands.add_parser(
        "run",
        help="walk a runbook",
        description="Walk a runbook step by step. Every shell and SQL step asks before it runs.",
        epilog=EPILOG,
    )
    run.add_argument("file", metavar="FILE", help="a Markdown document")
    run.add_argument(
        "--plain", action="store_true", help="walk it line by line in this terminal (the only form so far)"
    )
    run.add_argument("--section", metavar="TITLE", help="walk only this section")
    run.add_argument("--alert", metavar="NAME", help="walk the section that answers this alert")
    run.add_argument("--var", metavar="NAME=VALUE", action="append", default=[], help="give an input its value")
    run.add_argument("--db", metavar="NAME=URL", action="append", default=[], help="name a database for SQL steps")
    run.add_argument("--incident", metavar="ID", help="the incident this run belongs to; kept in the trail")
    run.add_argument(
        "--yes",
        action="store_true",
        help="run steps without asking unless they are judged dangerous. Commands are not judged yet, so this runs "
        "EVERY step of the document",
    )
    run.add_argument(
        "--waive", metavar="REASON", help="pass over checklist items and manual steps; the reason is kept in the trail"
    )
    _add_audit(run)
    run.set_defaults(command=_run)


def _add_attach(commands: Subparsers) -> None:
    attach = commands.add_parser("attach", help="come back to a run whose terminal was lost")
    _add_run_id(attach)
    _add_audit(attach)
    attach.set_defaults(command=_attach, yes=False, waive=None)


def _add_resume(commands: Subparsers) -> None:
    resume = commands.add_parser("resume", help="go on with a run that was left open or whose host died")
    _add_run_id(resume)
    resume.add_argument("--db", metavar="NAME=URL", action="append", default=[], help="name a database for SQL steps")
    _add_audit(resume)
    resume.set_defaults(command=_resume, yes=False, waive=None)


def _add_steps(commands: Subparsers) -> None:
    steps = commands.add_parser("steps", help="show what would be walked; runs nothing")
    steps.add_argument("file", metavar="FILE", help="a Markdown document")
    steps.add_argument("--json", action="store_true", help="one JSON value on standard output")
    steps.set_defaults(command=_steps)


def _add_runs(commands: Subparsers) -> None:
    runs = commands.add_parser("runs", help="list past and live runs, newest first")
    runs.add_argument("--json", action="store_true", help="one JSON array on standard output")
    _add_audit(runs)
    runs.set_defaults(command=_runs)


def _add_show(commands: Subparsers) -> None:
    show = commands.add_parser("show", help="one run: each step's text, verdict, status, duration and output")
    _add_run_id(show)
    form = show.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON object on standard output")
    form.add_argument("--output", metavar="ATTEMPT", type=int, help="only the bytes this attempt printed, all of them")
    _add_audit(show)
    show.set_defaults(command=_show)


def _add_verify(commands: Subparsers) -> None:
    verify = commands.add_parser("verify", help="check that the trail is whole and unchanged")
    verify.add_argument("run", metavar="RUN", nargs="?", help="a run; the whole trail when left out")
    verify.add_argument("--json", action="store_true", help="one JSON object on standard output")
    _add_audit(verify)
    verify.set_defaults(command=_verify)


def _add_run_id(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", nargs="?", help="a run's id or its beginning; the latest when left out")


def _add_audit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--audit", metavar="PATH", help="the trail's file (default: $ONCUE_AUDIT, else in the state directory)"
    )


# Walking.


def _run(arguments: Arguments) -> int:
    from .console import Console
    from .parse import read_runbook

    data = _read_document(arguments.file)
    runbook = read_runbook(arguments.file, data)
    console = Console(os.environ)
    section = _section_to_walk(arguments, runbook, console)
    given = _pairs(arguments.var, "--var")
    if not console.interactive and (held := _held(arguments, runbook, section, given)):
        for sentence in held:
            _complain(sentence)
        return HELD
    run_id = _new_run_id()
    request = {
        **_request(arguments, run_id),
        "document": _base64(data),
        "section": section,
        "incident": arguments.incident,
    }
    _say_title(console, runbook, run_id, arguments)
    return _walk_new(arguments, request, runbook, console, given)


def _held(arguments: Arguments, runbook: Runbook, section: tuple[str, ...], given: Mapping[str, str]) -> list[str]:
    """Why nothing runs without a terminal; empty when everything may."""
    from .preflight import obstacles
    from .variables import find

    if not arguments.yes:
        return ["there is no terminal to ask at, and nothing runs unasked: nothing has run (see --yes)"]
    variables = find(runbook.steps, runbook.declared, os.environ)
    found = obstacles(runbook, section, variables, given, waived=arguments.waive is not None)
    return [*found, "there is no terminal to settle this at: nothing has run"] if found else []


def _walk_new(
    arguments: Arguments, request: Mapping[str, Any], runbook: Runbook, console: Console, given: Mapping[str, str]
) -> int:
    from .commands import SetVariable

    client = _start(arguments, request)
    known = {one["name"] for one in client.ask("inputs")["inputs"]}
    secret = {variable.name for variable in runbook.declared if variable.secret}
    for name, value in given.items():
        if name not in known:
            console.say(f"--var {name}: the runbook has no such input", "warn")
        client.command(SetVariable(name=name, value=value, secret=name in secret))
    return _walk(arguments, client, runbook, console)


def _attach(arguments: Arguments) -> int:
    from .console import Console

    console = _console_of_a_person(Console(os.environ))
    address = _live_run(arguments)
    client = _connect(address)
    return _walk(arguments, client, _frozen_runbook(arguments, address.run_id), console)


def _resume(arguments: Arguments) -> int:
    from .address import live
    from .console import Console
    from .trail import TrailReader

    console = _console_of_a_person(Console(os.environ))
    with TrailReader.open(_trail(arguments)) as reader:
        run_id = reader.find_run(arguments.run) if arguments.run else _latest_open(reader)
        path = next(run.path for run in reader.runs() if run.run_id == run_id)
    if run_id in {address.run_id for address in live(_trail(arguments))}:
        raise UsageError(f"run {run_id} is alive; `oncue attach {run_id}` goes there")
    client = _start(arguments, {**_request(arguments, run_id), "file": path, "path": path, "resume": True})
    return _walk(arguments, client, _frozen_runbook(arguments, run_id), console)


def _walk(arguments: Arguments, client: Client, runbook: Runbook, console: Console) -> int:
    from .console import raise_on_hangup
    from .plain import Permission, walk

    raise_on_hangup()
    code = walk(client, runbook, console, Permission(arguments.yes, arguments.waive))
    _say_end(arguments, client, console)
    return code


def _say_title(console: Console, runbook: Runbook, run_id: str, arguments: Arguments) -> None:
    console.say(runbook.title, "title")
    for name, value in list(runbook.metadata.items())[:8]:
        console.say(f"{name}: {value}", "dim", "  ")
    for problem in runbook.problems:
        console.say(f"{runbook.path}:{problem.line}: {problem.message}", "warn", "  ")
    console.say(f"run {run_id}, recorded in {_trail(arguments)}", "dim", "  ")


def _say_end(arguments: Arguments, client: Client, console: Console) -> None:
    from .show import head_of
    from .summary import lines_of
    from .trail import TrailReader

    state = client.state
    console.say()
    if state.phase in ("left", "ended", "broken"):
        console.say(f"{state.outcome or state.phase}: {state.reason}" if state.reason else state.outcome or "", "bold")
    for line in lines_of(state):
        console.say(line, None, "  ")
    with TrailReader.open(_trail(arguments)) as reader:
        console.say(f"head {head_of(reader, client.run_id)}", "dim")
    console.say(f"`oncue show {client.run_id}` shows it, `oncue verify {client.run_id}` checks it", "dim")
    if state.phase == "left":
        console.say(f"`oncue resume {client.run_id}` goes on", "dim")


def _section_to_walk(arguments: Arguments, runbook: Runbook, console: Console) -> tuple[str, ...]:
    if arguments.alert:
        if arguments.alert not in runbook.alerts:
            known = ", ".join(runbook.alerts) or "none"
            raise UsageError(f"{arguments.file}: no section answers alert {arguments.alert!r}; known alerts: {known}")
        return runbook.alerts[arguments.alert]
    if arguments.section:
        return _find_section(arguments.file, runbook, arguments.section).path
    return () if runbook.shape == "procedure" else _pick_section(runbook, console)


def _pick_section(runbook: Runbook, console: Console) -> tuple[str, ...]:
    sections = _sections_with_steps(runbook)
    listing = "\n".join(f"{number:>4}  {' › '.join(one.path)}" for number, one in enumerate(sections, 1))
    if not console.interactive:
        raise UsageError(f"{runbook.path} is a catalogue; name what to walk with --section TITLE:\n{listing}")
    console.say(runbook.title, "title")
    console.say("This document is a catalogue of procedures. Which one?")
    console.say(listing)
    answer = console.ask("number or title:").strip()
    if answer.isdigit() and 1 <= int(answer) <= len(sections):
        return sections[int(answer) - 1].path
    return _find_section(runbook.path, runbook, answer).path


def _sections_with_steps(runbook: Runbook) -> list[Section]:
    holding = {step.section for step in runbook.steps if step.kind != "template"}
    return [section for section in runbook.sections if section.path in holding]


def _find_section(path: str, runbook: Runbook, wanted: str) -> Section:
    """By path (`A › B` or `A > B`), by whole title, or by a part of the title that only one section has."""
    words = wanted.casefold().replace(" > ", " › ")
    tests: tuple[Callable[[Section], bool], ...] = (
        lambda one: " › ".join(one.path).casefold() == words,
        lambda one: one.title.casefold() == words,
        lambda one: bool(words) and words in one.title.casefold(),
    )
    for test in tests:
        found = [section for section in runbook.sections if test(section)]
        if len(found) == 1:
            return found[0]
        if found:
            places = "; ".join(f"{' › '.join(one.path)} (line {one.lines.first})" for one in found)
            raise UsageError(f"{path}: {wanted!r} could be any of: {places}")
    known = "; ".join(" › ".join(one.path) for one in _sections_with_steps(runbook))
    raise UsageError(f"{path}: no section {wanted!r}; sections with steps: {known}")


# Looking.


def _steps(arguments: Arguments) -> int:
    from . import outline
    from .parse import read_runbook
    from .variables import find

    runbook = read_runbook(arguments.file, _read_document(arguments.file))
    variables = find(runbook.steps, runbook.declared, os.environ)
    if arguments.json:
        _print_json(outline.to_json(runbook, variables))
    else:
        print(outline.to_text(runbook, variables, _width()))
    return 0


def _runs(arguments: Arguments) -> int:
    from .address import live
    from .show import runs_to_json, runs_to_text
    from .trail import TrailReader

    trail = _trail(arguments)
    if not trail.exists() and not arguments.audit and "ONCUE_AUDIT" not in os.environ:
        _print_json([]) if arguments.json else _print_lines(runs_to_text((), frozenset()))
        return 0
    with TrailReader.open(trail) as reader:
        runs = reader.runs()
    if arguments.json:
        _print_json(runs_to_json(runs))
    else:
        _print_lines(runs_to_text(runs, frozenset(one.run_id for one in live(trail))))
    return 0


def _show(arguments: Arguments) -> int:
    from . import show
    from .trail import TrailReader

    with TrailReader.open(_trail(arguments)) as reader:
        run_id = reader.find_run(arguments.run)
        _record_access(arguments, "viewed", run_id)
        if arguments.json:
            _print_json(show.run_to_json(reader, run_id))
        elif arguments.output is not None:
            _print_bytes(_output_of(reader, run_id, arguments.output))
        else:
            _print_bytes(show.run_to_text(reader, run_id))
    return 0


def _output_of(reader: Any, run_id: str, attempt: int) -> Iterable[bytes]:
    """Raw where a program reads it, cleaned where a person does."""
    from . import show
    from .state import fold

    if attempt not in fold(reader.events(run_id)).attempts:
        raise UsageError(f"run {run_id} has no attempt {attempt}")
    if sys.stdout.isatty():
        return show.clean_output(reader, run_id, attempt)
    return (chunk.data for chunk in reader.output(run_id, attempt))


def _verify(arguments: Arguments) -> int:
    from .trail import TrailReader, verify

    trail = _trail(arguments)
    with TrailReader.open(trail) as reader:
        run_id = reader.find_run(arguments.run) if arguments.run else None
    result = verify(trail, run_id)
    _record_access(arguments, "verified", run_id)
    if arguments.json:
        findings = [vars_of(finding) for finding in result.findings]
        _print_json({"ok": not findings, "findings": findings, "runs": result.runs_checked})
    else:
        checked = f"{result.runs_checked} run(s), {result.events_checked} events, {result.chunks_checked} chunks"
        _print_lines([*(str(finding) for finding in result.findings), f"checked {checked}"])
    return 4 if result.findings else 0


def vars_of(finding: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(finding)


def _record_access(arguments: Arguments, action: str, run_id: str | None) -> None:
    """Looking at a trail is an event too. Where it cannot be written, looking is refused."""
    from . import clock
    from .trail import TrailWriter

    writer = TrailWriter.open(_trail(arguments), floor_bytes=0)
    try:
        writer.record_access(action, run_id, clock.stamp(clock.this_actor(os.environ)))
    finally:
        writer.close()


# What the commands share.


def _trail(arguments: Arguments) -> Path:
    from .trail import default_path

    return Path(arguments.audit) if arguments.audit else default_path(os.environ)


def _request(arguments: Arguments, run_id: str) -> dict[str, Any]:
    from . import clock
    from .console import Console

    columns, rows = Console(os.environ).size
    return {
        "trail": str(_trail(arguments).absolute()),
        "run_id": run_id,
        "path": getattr(arguments, "file", ""),
        "databases": _pairs(arguments.db, "--db"),
        "columns": columns,
        "rows": rows,
        "actor": clock.this_actor(os.environ).model_dump(mode="json"),
    }


def _start(arguments: Arguments, request: Mapping[str, Any]) -> Client:
    from .address import runtime_directory
    from .client import launch

    log = runtime_directory(os.environ, os.getuid()) / f"{request['run_id']}.log"
    wanted = {key: value for key, value in request.items() if key != "file"}
    return _connect(launch(wanted, log))


def _connect(address: Address) -> Client:
    from . import clock
    from .client import Client

    return Client(address, "plain", clock.this_actor(os.environ))


def _live_run(arguments: Arguments) -> Address:
    from .address import live

    alive = live(_trail(arguments))
    wanted = [one for one in alive if one.run_id.startswith(arguments.run or "")]
    if len(wanted) == 1:
        return wanted[0]
    listing = ", ".join(one.run_id for one in alive) or "none"
    if not wanted:
        raise UsageError(f"no such live run; live runs: {listing} (`oncue resume` brings a run back that has no host)")
    raise UsageError(f"which run? live runs: {listing}")


def _latest_open(reader: Any) -> str:
    runs = reader.runs(limit=1, open_only=True)
    if not runs:
        raise UsageError("no run is open")
    return str(runs[0].run_id)


def _frozen_runbook(arguments: Arguments, run_id: str) -> Runbook:
    from .parse import read_runbook
    from .trail import TrailReader

    with TrailReader.open(_trail(arguments)) as reader:
        path = next(run.path for run in reader.runs() if run.run_id == run_id)
        return read_runbook(path, reader.document(run_id))


def _console_of_a_person(console: Console) -> Console:
    if not console.interactive:
        raise UsageError("this needs a terminal: somebody has to decide what comes next")
    return console


def _read_document(name: str) -> bytes:
    path = Path(name)
    if path.is_dir():
        raise DocumentError(name, "is a directory, not a document")
    if not path.exists():
        raise DocumentError(name, "there is no such file")
    if not path.is_file():
        raise DocumentError(name, "is not an ordinary file")
    try:
        return path.read_bytes()
    except OSError as error:
        raise DocumentError(name, f"cannot be read: {error.strerror}") from error


def _pairs(texts: list[str], option: str) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts]
    for text, (name, sign, _) in zip(texts, pairs, strict=True):
        if not sign or not name:
            raise UsageError(f"{option} {text}: write it as NAME=VALUE")
    return {name: value for name, _, value in pairs}


def _new_run_id() -> str:
    """Sorts by time and is short enough to type the beginning of."""
    import secrets
    from datetime import datetime

    return f"{datetime.now().astimezone():%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"


def _base64(data: bytes) -> str:
    from base64 import b64encode

    return b64encode(data).decode()


def _width() -> int:
    import shutil

    return shutil.get_terminal_size((100, 24)).columns


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None))


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


def _print_bytes(parts: Iterable[bytes]) -> None:
    for part in parts:
        sys.stdout.buffer.write(part)
    sys.stdout.flush()


def _complain(sentence: str) -> None:
    from .output import visible

    for line in f"oncue: {sentence}".split("\n"):
        print(visible(line), file=sys.stderr)
