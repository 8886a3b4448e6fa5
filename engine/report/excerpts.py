"""What a report shows of an output: its beginning and its end, within bounds, and a word about what is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from ..output import OutputLines
from ..summary import span
from .facts import Output

COLOUR = re.compile(r"\x1b\[[0-9;:]*m")
PLAIN = "\x1b[m"


class Outputs(Protocol):
    """The recorded outputs of a run."""

    def size(self, attempt: int) -> int: ...

    def read(self, attempt: int, start: int) -> Iterator[bytes]:
        """From byte `start` on, in pieces."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """A report is read by people: what is longer is in the trail."""

    end_bytes: int = 32 * 1024
    """Shown of the beginning, and again of the end."""
    end_lines: int = 250
    total_bytes: int = 8 * 1024 * 1024
    """Shown of all outputs together; those that come later are only named."""


SHORT = Limits(end_bytes=2 * 1024, end_lines=20, total_bytes=1024 * 1024)
"""For a page that cannot fold anything away."""


class Excerpts:
    def __init__(self, outputs: Outputs, limits: Limits) -> None:
        self._outputs = outputs
        self._limits = limits
        self._left = limits.total_bytes

    def of(self, attempt: int) -> Output:
        size = self._outputs.size(attempt)
        if not size:
            return Output(0, "", "", "")
        if self._left <= 0:
            return Output(size, "", "", f"none of {span(size)} are shown: the report is long enough without them")
        lines, n_shown, n_lines = self._lines(attempt, size)
        self._left -= n_shown
        ansi = "\n".join(lines)
        return Output(size, COLOUR.sub("", ansi), ansi, _left_out(size - n_shown, n_lines))

    def _lines(self, attempt: int, size: int) -> tuple[list[str], int, int]:
        """With a gap where something is missing; how many bytes were looked at; how many of their lines are missing."""
        end = self._limits.end_bytes
        if size <= 2 * end:
            lines = _seen(self._read(attempt, 0, size))
            most = 2 * self._limits.end_lines
            if len(lines) <= most:
                return lines, size, 0
            return self._cut(lines, lines), size, len(lines) - most
        head = _seen(self._read(attempt, 0, end))
        tail = _seen(self._read(attempt, size - end, end).partition(b"\n")[2])
        return self._cut(head, tail), 2 * end, 0

    def _cut(self, head: list[str], tail: list[str]) -> list[str]:
        most = self._limits.end_lines
        return [*head[:most], f"{PLAIN}…", *tail[-most:]]

    def _read(self, attempt: int, start: int, length: int) -> bytes:
        data = b""
        for piece in self._outputs.read(attempt, start):
            data += piece[: length - len(data)]
            if len(data) >= length:
                break
        return data


def _seen(data: bytes) -> list[str]:
    """Each line as a terminal would have left it, beginning with the colours in force there."""
    lines = OutputLines()
    lines.feed(data)
    return list(lines.lines)


def _left_out(n_bytes: int, n_lines: int) -> str:
    if n_bytes:
        return f"beginning and end only, {span(n_bytes)} between them left out"
    return f"beginning and end only, {n_lines} lines between them left out" if n_lines else ""
