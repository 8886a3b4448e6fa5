"""Times of a recording: whole microseconds here, decimal seconds in the file."""

from __future__ import annotations

import math
from typing import Literal

Version = Literal[2, 3]
"""Of asciicast: 2 counts times from the beginning, 3 from the line before."""

LONGEST_US = 100 * 366 * 24 * 3600 * 10**6
"""A hundred years; up to there a float holds every microsecond."""


def to_seconds(us: int) -> str:
    return f"{us // 1_000_000}.{us % 1_000_000:06d}"


def maybe_microseconds(seconds: object) -> int | None:
    """None for what is no time: not a number, not finite, negative, longer than a life."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    if not (isinstance(seconds, int) or math.isfinite(seconds)) or not 0 <= seconds <= LONGEST_US // 1_000_000:
        return None
    return round(seconds * 1_000_000)


class Clock:
    """Where a file stands. Times never run backwards: a line that says so counts as the moment before it."""

    def __init__(self, version: Version, now_us: int = 0) -> None:
        self.now_us = now_us
        self._version = version

    def advance(self, seconds: object) -> str:
        """To the time of the next line. Empty, or what is wrong with it, in words."""
        read = maybe_microseconds(seconds)
        if read is None:
            return "this line has no usable time; it counts as the moment before it"
        if self._version == 3:
            read = min(self.now_us + read, LONGEST_US)
        if read < self.now_us:
            return "this line is earlier than the line before it; it counts as the same moment"
        self.now_us = read
        return ""
