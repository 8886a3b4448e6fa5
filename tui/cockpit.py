"""`oncue run`, `attach` and `resume` on a whole screen; and what is said in the terminal afterwards."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.launch import HostProcess

HEADINGS_SHOWN = 40
SCANNED_BYTES = 1 << 20


def run(arguments: argparse.Namespace, host: HostProcess | None) -> int:
    from .app import OncueApp
    from .opening import CommandOpener

    title, headings = first_look(getattr(arguments, "file", "")) or (f"run {arguments.run or ''}", [])
    app = OncueApp(CommandOpener(arguments, host), title=title, headings=headings)
    code = app.run()
    if app.error is not None:
        raise app.error
    return _say_end(app, 0 if code is None else code)


def first_look(name: str) -> tuple[str, list[str]] | None:
    """Title and headings by a scan of the lines, for the moment before the document is read. None without a file."""
    path = Path(name)
    if not name or not path.is_file():
        return None
    with path.open(errors="replace") as document:
        lines = document.read(SCANNED_BYTES).splitlines()
    headings = [line.lstrip("#").strip() for line in lines if line.startswith(("# ", "## "))][:HEADINGS_SHOWN]
    return (headings[0] if headings else path.name), headings[1:]


def _say_end(app: object, code: int) -> int:
    from engine.cli.walking import say_end
    from engine.console import Console
    from engine.output import visible

    from .app import OncueApp

    if not isinstance(app, OncueApp) or app.opened is None:
        return code
    console = Console(os.environ)
    client = app.opened.client
    if app.last_words:
        print(visible(f"oncue: {app.last_words}"), file=sys.stderr)
    client.hang_up()
    say_end(app.opened.trail, client, console)
    return code
