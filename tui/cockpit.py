"""`oncue run`, `attach` and `resume` on a whole screen; and what is said in the terminal afterwards."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.collector import hold

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen

    from engine.launch import HostProcess

    from .app import OncueApp
    from .prepaint import Paint
    from .screens.diff import DiffScreen
    from .screens.history import HistoryScreen
    from .screens.library import LibraryScreen
    from .screens.replay import ReplayScreen

BROKEN = 1
REPLAY = "replaying.replay"


def run(arguments: argparse.Namespace, host: HostProcess | None, paint: Paint) -> int:
    """`paint` is what stands on the terminal already."""
    hold()
    from . import pace  # noqa: F401 - before any screen is loaded
    from .app import OncueApp
    from .driver import TerminalDriver, driver_over
    from .hints import is_new
    from .look import glimpse, look_of
    from .opening import CommandOpener

    wishes: dict[str, Any] = {
        "theme": glimpse(os.environ, arguments.config),
        "look": partial(look_of, os.environ, arguments.config),
        "is_new": partial(is_new, os.environ),
    }
    if first := _first_screen(arguments):
        library = OncueApp(library=first, **wishes)
        library.driver_class = TerminalDriver
        return _show(library)
    if arguments.command == REPLAY:
        alone = OncueApp(library=_replay(arguments), **wishes)
        alone.driver_class = TerminalDriver
        return _show(alone)
    title, headings = _first_look(arguments)
    app = OncueApp(CommandOpener(arguments, host), title=title, headings=headings, **wishes)
    app.driver_class = driver_over(paint)
    return _show(app)


def _first_screen(arguments: argparse.Namespace) -> Callable[[], Screen[Any]] | None:
    """Of what is no run. Raises what makes it not worth a screen."""
    if arguments.command is None:
        return _library
    if arguments.command == "comparing.diff":
        return _comparison(arguments)
    return None


def _first_look(arguments: argparse.Namespace) -> tuple[str, list[str]]:
    """What there is to show while the document is being read, or while it is found that it cannot be."""
    from .prepaint import scan

    if "file" not in arguments:
        return f"run {arguments.run or ''}", []
    title, headings = scan(arguments.file) or (arguments.file, [])
    if "inject" in arguments:
        from engine.summary import MODE_MARKS  # loads pydantic, for which the first frame of a real run does not wait

        title = f"{MODE_MARKS['rehearsal']}  {title}"
    return title, headings


def history() -> HistoryScreen:
    from .screens.history import HistoryScreen

    return HistoryScreen(_trail())


def is_live(run_id: str) -> bool:
    from engine.address import live

    return run_id in {address.run_id for address in live(_trail())}


def _replay(arguments: argparse.Namespace) -> Callable[[], ReplayScreen]:
    """What the command line asks for is understood before there is a screen."""
    from engine.cli.replaying import moment_of, opener_of, wishes_of

    wishes, opener = wishes_of(arguments), opener_of(arguments)

    def screen() -> ReplayScreen:
        from .screens.replay import ReplayScreen

        return ReplayScreen(
            opener,
            lambda replay: moment_of(replay, wishes.start),
            name=arguments.run or "the latest run",
            speed=wishes.speed,
            idle_us=wishes.idle_us,
            is_alone=True,
        )

    return screen


def _library() -> LibraryScreen:
    from .screens.library import LibraryScreen

    return LibraryScreen(_trail())


def _comparison(arguments: argparse.Namespace) -> Callable[[], DiffScreen]:
    from engine.cli.trails import trail_of
    from engine.trail import TrailReader

    trail = trail_of(arguments)
    with TrailReader.open(trail) as reader:
        before, after = reader.find_run(arguments.before), reader.find_run(arguments.after)

    def screen() -> DiffScreen:
        from .screens.diff import DiffScreen

        return DiffScreen(trail, before, after)

    return screen


def _trail() -> Path:
    from engine.cli.main import parsed_command
    from engine.cli.trails import trail_of

    return trail_of(parsed_command([]))


def _show(app: OncueApp) -> int:
    code = app.run()
    if app.error is not None:
        raise app.error
    if app.fault is not None:
        app.last_words = _log_fault(app.fault)
        code = BROKEN
    return _say_end(app, 0 if code is None else code)


def _log_fault(fault: BaseException) -> str:
    """Keep where it broke. Answers what the operator should know about it."""
    import traceback

    from engine.address import runtime_directory

    log = runtime_directory(os.environ, os.getuid()) / f"screen-{os.getpid()}.log"
    with log.open("w") as out:
        log.chmod(0o600)
        out.writelines(traceback.format_exception(fault))
    kind = type(fault).__name__
    return f"the screen broke ({kind}: {fault}); {log} says where. The run does not depend on it."


def _say_end(app: OncueApp, code: int) -> int:
    from engine.cli.walking import say_end
    from engine.console import Console
    from engine.output import visible

    from .widgets.notice import MANY

    if app.last_words:
        print(visible(f"oncue: {app.last_words}"), file=sys.stderr)
    if app.opened is None:
        return code
    if len(app.opened.remarks) > MANY:
        for remark in app.opened.remarks:
            print(visible(f"oncue: {remark}"), file=sys.stderr)
    if app.bridge is not None:
        app.bridge.close("left" if app.fault is None else "the screen broke")
    say_end(app.opened.trail, app.opened.client, Console(os.environ))
    return code
