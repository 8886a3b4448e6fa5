"""Lines of a recording as they are written.

What a player shows has been made safe for a terminal by whoever calls. Where that is not to the byte what was
printed, the exact bytes go into a line of their own before it, of a kind that players pass over.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic_core import to_json

from ..events import Recorded
from .times import Version, to_seconds

OUTPUT, TYPED, RESIZED, MARKER, EXIT = "o", "i", "r", "m", "x"
BYTES, EVENT, DOCUMENT = "B", "E", "D"
"""Ours. Upper case, because asciicast's own codes are lower case; one letter, because a player keeps only one."""
LARGEST_SIZE = 65535
"""Columns and rows are 16 bits in players."""


@dataclass(frozen=True, slots=True)
class Header:
    columns: int
    rows: int
    title: str = ""
    shell: str = ""
    timestamp: int | None = None
    """Unix time of the beginning, whole seconds."""
    duration_us: int | None = None
    about: Mapping[str, object] = field(default_factory=dict)
    """Of the run; stands under `oncue`, where players do not look."""


def sized(number: int) -> int:
    return min(max(number, 1), LARGEST_SIZE)


class Encoder:
    """Each call answers the bytes of one line or two. `at_us` counts from the beginning and never goes back."""

    def __init__(self, version: Version = 2) -> None:
        self._version = version
        self._now = 0

    def header(self, header: Header) -> bytes:
        columns, rows = sized(header.columns), sized(header.rows)
        terminal: dict[str, Any] = (
            {"width": columns, "height": rows} if self._version == 2 else {"term": {"cols": columns, "rows": rows}}
        )
        optional = {
            "timestamp": header.timestamp,
            "duration": None if header.duration_us is None or self._version == 3 else header.duration_us / 1_000_000,
            "title": header.title,
            "env": {"SHELL": header.shell} if header.shell else None,
            "oncue": header.about,
        }
        values = {"version": self._version, **terminal, **{key: value for key, value in optional.items() if value}}
        return json.dumps(values).encode() + b"\n"

    def output(self, at_us: int, data: bytes, shown: bytes) -> bytes:
        """`data` as it was printed, `shown` as a player may show it: valid UTF-8."""
        if data == shown:
            return self._line(at_us, OUTPUT, to_json(shown.decode()))
        exact = self._line(at_us, BYTES, b'"' + b64encode(data) + b'"')
        return exact + self._line(at_us, OUTPUT, to_json(shown.decode()))

    def narration(self, at_us: int, shown: bytes) -> bytes:
        """Words between the steps, which nothing printed."""
        return self.output(at_us, b"", shown) if shown else b""

    def event(self, at_us: int, recorded: Recorded) -> bytes:
        return self._line(at_us, EVENT, _ascii(recorded.model_dump_json()))

    def document(self, at_us: int, text: str) -> bytes:
        return self._line(at_us, DOCUMENT, _ascii(text))

    def marker(self, at_us: int, text: str) -> bytes:
        return self._line(at_us, MARKER, to_json(text))

    def typed(self, at_us: int, text: str) -> bytes:
        return self._line(at_us, TYPED, to_json(text))

    def resized(self, at_us: int, columns: int, rows: int) -> bytes:
        return self._line(at_us, RESIZED, _ascii(f"{sized(columns)}x{sized(rows)}"))

    def exited(self, at_us: int, status: int) -> bytes:
        """Nothing in version 2, which has no line for it."""
        return self._line(at_us, EXIT, _ascii(str(status))) if self._version == 3 else b""

    def _line(self, at_us: int, code: str, data: bytes) -> bytes:
        at_us = max(at_us, self._now)
        said = at_us if self._version == 2 else at_us - self._now
        self._now = at_us
        return b'[%s, "%s", %s]\n' % (to_seconds(said).encode(), code.encode(), data)


def _ascii(text: str) -> bytes:
    """As JSON that no terminal obeys, whoever prints the file."""
    return json.dumps(text).encode()
