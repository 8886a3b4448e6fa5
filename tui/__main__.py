"""The `oncue` command: the engine's command line, with the full-screen UI to be plugged in lazily."""

from __future__ import annotations

import sys

from engine import cli


def main() -> int:
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
