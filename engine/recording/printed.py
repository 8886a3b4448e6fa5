"""Where in the file a step's output stood when: what a jump into the middle of it needs."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

from .source import Place

APART_BYTES = 64 << 10
"""Of the file, between two places: reading so much takes a millisecond."""
APART_US = 100_000
"""Silence after which there is a place in any case, so that pauses can be told without reading the file."""


@dataclass(slots=True)
class PrintedAt:
    """Columns, because a long recording has many thousands of places."""

    times: array[int] = field(default_factory=lambda: array("q"))
    """Microseconds since the recording's beginning, at which the output of a place was printed."""
    offsets: array[int] = field(default_factory=lambda: array("q"))
    """Bytes of the output before it."""
    end_us: int = 0
    """Of the last output."""
    _files: array[int] = field(default_factory=lambda: array("q"))
    _numbers: array[int] = field(default_factory=lambda: array("q"))
    _befores: array[int] = field(default_factory=lambda: array("q"))

    def add(self, at_us: int, offset: int, place: Place) -> None:
        """`place` is the line of the output."""
        silent = at_us - self.end_us > APART_US
        if silent or not self._files or place.offset - self._files[-1] >= APART_BYTES:
            self.times.append(at_us)
            self.offsets.append(offset)
            self._files.append(place.offset)
            self._numbers.append(place.number)
            self._befores.append(place.at_us)
        self.end_us = at_us

    def place(self, entry: int) -> Place:
        return Place(self._files[entry], self._numbers[entry], self._befores[entry])
