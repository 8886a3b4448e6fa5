"""Data on standard output."""

from __future__ import annotations

import sys
from collections.abc import Iterable


def print_json(value: object) -> None:
    """One JSON value: on one line for a program, indented for a person."""
    import json

    print(json.dumps(value, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None))


def print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


def print_bytes(parts: Iterable[bytes]) -> None:
    for part in parts:
        sys.stdout.buffer.write(part)
    sys.stdout.flush()
