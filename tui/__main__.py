"""The `oncue` command: the engine's command line, with the full-screen UI plugged in where it is wanted."""

from __future__ import annotations

import sys

from engine import __version__

TYPE_CHECKING = False  # type checkers take it for true; `typing` itself costs a fifth of `--version`
if TYPE_CHECKING:
    from argparse import Namespace

    from engine.launch import HostProcess

    from .prepaint import Paint

INTERRUPTED = 130


def main() -> int:
    if sys.argv[1:] == ["--version"]:  # asked for by scripts and completion; argparse alone doubles Python's start
        print(f"oncue {__version__}")
        return 0
    from .prepaint import Paint

    try:
        with Paint(sys.argv[1:]) as paint:
            return _command(paint)
    except KeyboardInterrupt:  # while something is still being imported
        return INTERRUPTED


def _command(paint: Paint) -> int:
    from engine import cli

    def screens(arguments: Namespace, host: HostProcess | None) -> int:
        from .cockpit import run

        return run(arguments, host, paint)

    return cli.main(screens=screens)


if __name__ == "__main__":
    sys.exit(main())
