"""Every command and its options. What a command does, and what that has to import, is loaded once it is known."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from importlib import import_module
from io import TextIOWrapper

from .. import __version__, whole_screen
from ..errors import OncueError, UsageError

TYPE_CHECKING = False  # type checkers take it for true; `typing` itself costs a fifth of `--version`
if TYPE_CHECKING:
    from ..launch import HostProcess

Arguments = argparse.Namespace

EPILOG = """exit codes: 0 done, 1 a step failed, 2 usage or unreadable document, 3 held or left open,
4 the trail could not be written or does not verify, 5 an outcome is unknown, 130 interrupted"""
INTERRUPTED = 130


Screens = Callable[[Arguments, "HostProcess | None"], int]
"""The full-screen form of a command that has one."""


def main(arguments: list[str] | None = None, screens: Screens | None = None) -> int:
    """`screens` are used by the commands that a person walks through, where there is one."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    given = sys.argv[1:] if arguments is None else arguments
    parsed = _parser().parse_args(given)
    if any("\udc80" <= character <= "\udcff" for word in given for character in word):
        _complain("an argument is not UTF-8 text")
        return UsageError.exit_code
    if parsed.command is None and not (screens and _is_for_a_screen(parsed)):
        _parser().print_help(sys.stderr)
        return UsageError.exit_code
    try:
        return _run_command(parsed, screens)
    except OncueError as error:
        _complain(str(error))
        return error.exit_code
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except OSError as error:
        _complain(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}")
        return UsageError.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED


def _run_command(parsed: Arguments, screens: Screens | None) -> int:
    is_library = parsed.command is None
    shown = screens if is_library or (parsed.on_screen and _is_for_a_screen(parsed)) else None
    if not parsed.needs_host:
        return shown(parsed, None) if shown else int(_load(parsed.command)(parsed))
    host = start_host(parsed.file if "file" in parsed else None)  # on its way while the command's own imports are read
    try:
        return shown(parsed, host) if shown else int(_load(parsed.command)(parsed, host))
    finally:
        host.abandon()


def _is_for_a_screen(parsed: Arguments) -> bool:
    return not (parsed.plain or parsed.json) and whole_screen.is_there(os.environ)


def parsed_command(given: list[str]) -> Arguments:
    """As `main` parses it; a program that opens runs by itself says what it means in the same words."""
    return _parser().parse_args(given)


def start_host(document: str | None = None) -> HostProcess:
    """A host on its way, of which `document` will be asked. Whoever gets it launches a run on it or abandons it."""
    from ..address import runtime_directory
    from ..launch import HostProcess

    return HostProcess(runtime_directory(os.environ, os.getuid()) / f"client-{os.getpid()}.log", document)


def _load(command: str) -> Callable[..., int]:
    """`module.function` beside this file."""
    module, _, function = command.partition(".")
    loaded: Callable[..., int] = getattr(import_module(f".{module}", __package__), function)
    return loaded


def _complain(sentence: str) -> None:
    from ..output import visible

    for line in f"oncue: {sentence}".split("\n"):
        print(visible(line), file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="oncue",
        description="Runs an ordinary Markdown runbook step by step and records every command and its output.",
        epilog=EPILOG,
    )
    parser.add_argument("--version", action="version", version=f"oncue {__version__}")
    parser.set_defaults(command=None, needs_host=False, on_screen=False)
    parser.set_defaults(plain=False, json=False, audit=None, config=None, environment=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for add in (*_WALKING, *_READING):
        add(commands)
    return parser


def _add_run(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    run = commands.add_parser(
        "run",
        help="walk a runbook",
        description="Walk a runbook step by step. What only reads runs on Enter, what is unknown or changes something "
        "has to be confirmed, and what is dangerous runs only once its target has been typed.",
        epilog=EPILOG,
    )
    run.add_argument("file", metavar="FILE", help="a Markdown document")
    _add_plain(run)
    run.add_argument("--section", metavar="TITLE", help="walk only this section")
    run.add_argument("--alert", metavar="NAME", help="walk the section that answers this alert")
    _add_values(run)
    _add_databases(run)
    _add_environment(run)
    _add_permission(run)
    _add_audit(run)
    run.set_defaults(command="walking.run", needs_host=True, on_screen=True)


def _add_permission(parser: argparse.ArgumentParser) -> None:
    """What is answered beforehand, and what for."""
    parser.add_argument("--incident", metavar="ID", help="the incident this run belongs to; kept in the trail")
    _add_answers(parser)


def _add_answers(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--yes",
        action="store_true",
        help="run steps without asking, except dangerous ones and those that ran already in the incident",
    )
    parser.add_argument(
        "--approve",
        metavar="STEP",
        action="append",
        default=[],
        help="let this step run unasked whatever it is, dangerous or again; STEP is its number in `oncue steps`, its "
        "id or the beginning of it, its name or its exact title",
    )
    parser.add_argument(
        "--waive", metavar="REASON", help="pass over checklist items and manual steps; the reason is kept in the trail"
    )


def _add_rerun(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    rerun = commands.add_parser(
        "rerun",
        help="execute a past run's steps again, through every gate again",
        description="Walk a past run's document again as a new run: its own copy of the document, the same section and "
        "inputs. Secrets are asked for, and what was edited then is offered again.",
        epilog=EPILOG,
    )
    _add_run_id(rerun)
    rerun.add_argument("--from-disk", action="store_true", help="the document as it is now, not as it was then")
    _add_plain(rerun)
    _add_values(rerun)
    _add_databases(rerun)
    _add_environment(rerun)
    _add_permission(rerun)
    _add_audit(rerun)
    rerun.set_defaults(command="rerun.rerun", needs_host=True, on_screen=True, section=None, alert=None)


def _add_rehearse(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    rehearse = commands.add_parser(
        "rehearse",
        help="walk a runbook with a recording in place of everything real",
        description="Walk a runbook through every gate while a recording answers in place of the shell and the "
        "databases. Nothing real is touched. What the recording does not know is asked at its step.",
        epilog=EPILOG,
    )
    rehearse.add_argument("file", metavar="FILE", help="a Markdown document")
    rehearse.add_argument(
        "--from",
        dest="source",
        metavar="RUN|FILE.cast",
        help="what answers: a run of the trail or a recording (default: the latest real run of this document)",
    )
    rehearse.add_argument(
        "--inject",
        metavar="FAILURE:STEP",
        action="append",
        default=[],
        help="let a step go wrong at its first start: fail:STEP, hang:STEP, slow:STEP[:factor], garbage:STEP, "
        "lost-connection:STEP; once more for its second start; STEP as for --approve",
    )
    rehearse.add_argument("--scenario", metavar="FILE", help="a rehearsal that is written down, see runbooks/README.md")
    rehearse.add_argument("--strict", action="store_true", help="what nothing answers fails, and nobody is asked")
    rehearse.add_argument("--speed", metavar="N", help="so many times as fast as it was; 0 waits for nothing")
    _add_plain(rehearse)
    rehearse.add_argument("--section", metavar="TITLE", help="walk only this section")
    rehearse.add_argument("--alert", metavar="NAME", help="walk the section that answers this alert")
    _add_values(rehearse)
    _add_environment(rehearse)
    _add_answers(rehearse)
    _add_audit(rehearse)
    rehearse.set_defaults(command="rehearse.rehearse", needs_host=True, on_screen=True, db=[], incident=None)


def _add_test(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    test = commands.add_parser(
        "test",
        help="rehearse the scenarios beside a runbook and compare; exit 1 when one does not go as expected",
        description="Rehearse scenario files without anybody at a terminal: the path, the gates and the final state "
        "they expect. Nothing real is touched. The trail is thrown away unless --audit names one.",
    )
    test.add_argument(
        "files",
        metavar="FILE",
        nargs="+",
        help="a runbook, for every NAME*.scenario.toml beside it; a scenario; or a folder, for all that lie below it",
    )
    test.add_argument("--junit", metavar="FILE", help="write the results as JUnit XML, too")
    _add_audit(test)
    test.set_defaults(command="testing.test")


def _add_dry_run(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    dry = commands.add_parser(
        "dry-run",
        help="every step as it would be, inputs filled in and judged; runs nothing by itself",
        description="Show every step in order with its final text, its verdict, the tool's own dry run and what is "
        "still unresolved. No output is invented. What --probe or --sandbox runs is a run of its own in the trail.",
        epilog=EPILOG,
    )
    dry.add_argument("file", metavar="FILE", help="a Markdown document")
    dry.add_argument("--section", metavar="TITLE", help="only this section")
    dry.add_argument("--alert", metavar="NAME", help="the section that answers this alert")
    _add_values(dry)
    _add_databases(dry)
    _add_environment(dry)
    trying = dry.add_mutually_exclusive_group()
    trying.add_argument("--probe", action="store_true", help="really run what is proved safe, and nothing else")
    trying.add_argument(
        "--sandbox",
        action="store_true",
        help="really run the shell steps over a copy of every file, without network, and say what they would change",
    )
    dry.add_argument("--json", action="store_true", help="one JSON object on standard output")
    _add_audit(dry)
    dry.set_defaults(command="dry_run.dry_run", yes=False, waive=None, approve=[], incident=None)


def _add_attach(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    attach = commands.add_parser("attach", help="come back to a run whose terminal was lost")
    _add_run_id(attach)
    _add_audit(attach)
    _add_plain(attach)
    attach.set_defaults(command="walking.attach", on_screen=True, yes=False, waive=None, approve=[])


def _add_resume(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    resume = commands.add_parser("resume", help="go on with a run that was left open or whose host died")
    _add_run_id(resume)
    _add_values(resume)
    _add_databases(resume)
    _add_environment(resume)
    _add_audit(resume)
    _add_plain(resume)
    resume.set_defaults(command="walking.resume", needs_host=True, on_screen=True, yes=False, waive=None, approve=[])


def _add_steps(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    steps = commands.add_parser("steps", help="show what would be walked; runs nothing")
    steps.add_argument("file", metavar="FILE", help="a Markdown document")
    steps.add_argument("--json", action="store_true", help="one JSON value on standard output")
    _add_environment(steps)
    _add_config_file(steps)
    steps.set_defaults(command="steps.steps")


def _add_danger(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    danger = commands.add_parser(
        "danger",
        help="a verdict for a piece of text; runs nothing",
        description="Say what a text would do if it ran: safe, unknown, caution or dangerous, and which part of it.",
    )
    danger.add_argument("text", metavar="TEXT", nargs="?", help="the text; standard input when it is - or left out")
    danger.add_argument("--lang", default="bash", choices=("bash", "sql"), help="what it is written in (default: bash)")
    danger.add_argument("--dialect", choices=("postgres", "mysql", "sqlite"), help="of SQL; all of them when left out")
    danger.add_argument(
        "--json",
        action="store_true",
        help="one JSON object; without TEXT, JSON lines {id, lang, text} are read and each is answered by one line",
    )
    danger.add_argument("--rules", action="store_true", help="list every rule instead")
    _add_environment(danger)
    _add_config_file(danger)
    danger.set_defaults(command="danger.danger")


def _add_config(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    config = commands.add_parser("config", help="show the settings in force and where each of them came from")
    config.add_argument("file", metavar="FILE", nargs="?", help="for this runbook; without it, for this folder")
    config.add_argument("--json", action="store_true", help="one JSON object on standard output")
    _add_environment(config)
    _add_audit(config)
    config.set_defaults(command="configuring.config")


def _add_runs(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    runs = commands.add_parser("runs", help="list past and live runs, newest first")
    runs.add_argument("--json", action="store_true", help="one JSON array on standard output")
    _add_audit(runs)
    runs.set_defaults(command="looking.runs")


def _add_show(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    show = commands.add_parser("show", help="one run: each step's text, verdict, status, duration and output")
    _add_run_id(show)
    form = show.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON object on standard output")
    form.add_argument("--output", metavar="ATTEMPT", type=int, help="only the bytes this attempt printed, all of them")
    _add_audit(show)
    show.set_defaults(command="looking.show")


def _add_verify(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    verify = commands.add_parser("verify", help="check that the trail is whole and unchanged")
    verify.add_argument("run", metavar="RUN", nargs="?", help="a run; the whole trail when left out")
    verify.add_argument("--json", action="store_true", help="one JSON object on standard output")
    _add_audit(verify)
    verify.set_defaults(command="looking.verify")


def _add_export(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    export = commands.add_parser(
        "export",
        help="a run as a recording on standard output: oncue export RUN > FILE.cast",
        description="Write a run as an asciicast file, which asciicast players play and from which the run can be "
        "rehearsed and replayed. What a player shows is made safe for its terminal; the exact bytes stand beside it.",
    )
    _add_run_id(export)
    export.add_argument("--v3", action="store_true", help="asciicast version 3 instead of 2")
    _add_audit(export)
    export.set_defaults(command="exporting.export")


def _add_replay(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    replay = commands.add_parser(
        "replay",
        help="watch a past run or a recording as it happened; runs nothing",
        description="Watch a past run, or a recording, as it happened: any moment of it with its states, its clocks "
        "and its output. On a screen it can be played, searched and jumped about in; --plain tells it line by line, in "
        "its own time on a terminal and at once anywhere else.",
    )
    replay.add_argument(
        "run", metavar="RUN|FILE.cast", nargs="?", help="a run's id or its beginning, or a recording; the latest run"
    )
    replay.add_argument("--speed", metavar="N", help="so many times as fast as it was")
    replay.add_argument("--idle", metavar="SECONDS", help="pauses that are longer count as this long")
    replay.add_argument(
        "--from", dest="start", metavar="STEP|TIME", help="begin at a step, or at a time such as 1:30 or 90s"
    )
    _add_plain(replay)
    _add_audit(replay)
    replay.set_defaults(command="replaying.replay", on_screen=True)


def _add_diff(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    diff = commands.add_parser(
        "diff",
        help="two runs, step by step: text, verdict, status, output; exit 0 the same, 1 different",
        description="Compare two runs step by step. Times, durations, ids, hex numbers and process ids in outputs make "
        "no difference. Exit code 0 when the runs are the same, 1 when they differ. On a whole "
        "screen where there is one.",
    )
    diff.add_argument("before", metavar="RUN", help="a run's id or its beginning")
    diff.add_argument("after", metavar="RUN", help="another one's")
    _add_plain(diff)
    diff.add_argument("--json", action="store_true", help="one JSON object on standard output")
    _add_audit(diff)
    diff.set_defaults(command="comparing.diff", on_screen=True)


def _add_report(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    report = commands.add_parser(
        "report",
        help="a run as the report of its incident: Markdown, HTML or JSON on standard output",
        description="Write what a run has on record as the report of its incident: milestones, who did what, what was "
        "skipped and why, outputs, follow-ups, the runbook's own messages filled in. What is not on record stays open.",
    )
    _add_run_id(report)
    report.add_argument("--format", choices=("md", "html", "json"), help="default: md")
    report.add_argument("--template", metavar="FILE", help="a Jinja template of your own instead, see the README")
    report.add_argument("--print-template", action="store_true", help="the built-in template of that format, to change")
    _add_audit(report)
    report.set_defaults(command="reporting.report")


def _add_plain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--plain", action="store_true", help="line by line in this terminal, not on the whole screen")


def _add_run_id(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", nargs="?", help="a run's id or its beginning; the latest when left out")


def _add_values(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--var",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="give an input its value; before --var-file, $ONCUE_VAR_NAME and the document's default, in this order",
    )
    parser.add_argument(
        "--var-file",
        metavar="FILE",
        action="append",
        default=[],
        help="give inputs their values, secrets too: lines NAME=VALUE, or a .json or .toml file",
    )


def _add_databases(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--db", metavar="NAME=URL", action="append", default=[], help="name a database for SQL steps")


def _add_audit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--audit", metavar="PATH", help="the trail's file (default: $ONCUE_AUDIT, else in the state directory)"
    )
    _add_config_file(parser)


def _add_config_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", metavar="FILE", help="read these settings too; they outrank every other oncue.toml")


def _add_environment(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--environment", metavar="NAME", help="where the run works, such as production (default: $ONCUE_ENVIRONMENT)"
    )


_WALKING = (_add_run, _add_attach, _add_resume, _add_rerun, _add_rehearse)
_READING = (
    _add_steps,
    _add_dry_run,
    _add_test,
    _add_danger,
    _add_config,
    _add_runs,
    _add_show,
    _add_replay,
    _add_diff,
    _add_report,
    _add_export,
    _add_verify,
)
