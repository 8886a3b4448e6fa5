"""The `oncue` command: the engine's command line, with the full-screen UI to be plugged in lazily."""

from __future__ import annotations

import sys

from engine import __version__


def main() -> int:
    if sys.argv[1:] == ["--version"]:  # asked for by scripts and completion; argparse alone doubles Python's start
        print(f"oncue {__version__}")
        return 0
    from engine import cli

    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
