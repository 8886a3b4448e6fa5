"""The `oncue` command: the engine's command line, with the full-screen UI to be plugged in lazily."""

from __future__ import annotations

import sys

from engine import __version__

TYPE_CHECKING = False  # type checkers take it for true; `typing` itself costs a fifth of `--version`
if TYPE_CHECKING:
    from argparse import Namespace

    from engine.launch import HostProcess


def main() -> int:
    if sys.argv[1:] == ["--version"]:  # asked for by scripts and completion; argparse alone doubles Python's start
        print(f"oncue {__version__}")
        return 0
    from engine import cli

    return cli.main(screens=_screens)


def _screens(arguments: Namespace, host: HostProcess | None) -> int:
    from .cockpit import run

    return run(arguments, host)


if __name__ == "__main__":
    sys.exit(main())
