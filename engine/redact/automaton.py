"""Needles in a stream: all of them at once, overlapping ones too, and how much of the end may still become one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from ahocorasick_rs import BytesAhoCorasick, Implementation

from .shapes import Shape

DFA_BYTES = 192 << 10
"""Up to this many bytes of needles, some 30 secrets, the table of all transitions is built: 400 MB/s instead of 180,
for about 120 bytes of memory a byte."""
HEAD = 3
"""Length of the shortest needle."""


@dataclass(frozen=True, slots=True)
class Needle:
    """A form of a secret, which has a `name`, or the trigger of shapes."""

    text: bytes
    name: str = ""
    shapes: tuple[Shape, ...] = ()

    @property
    def needed(self) -> bytes:
        """What has to stand somewhere for any of its shapes to match; empty when there is no such thing."""
        return self.shapes[0].needed if len(self.shapes) == 1 else b""

    @property
    def telling(self) -> int:
        """From how many bytes on its beginning gives the secret away: a quarter, at least 4 and at most 16."""
        return max(4, min(16, len(self.text) // 4))


class Automaton:
    """`needles` have different texts."""

    def __init__(self, needles: Iterable[Needle]) -> None:
        self.needles = sorted(needles, key=lambda needle: needle.text)
        self._texts = [needle.text for needle in self.needles]
        self._longest = max(map(len, self._texts), default=0)
        self._needed = [(at, needle.needed) for at, needle in enumerate(self.needles) if needle.needed]
        small = sum(map(len, self._texts)) <= DFA_BYTES
        self._all = BytesAhoCorasick(self._texts, implementation=Implementation.DFA if small else None)
        self._heads = BytesAhoCorasick({text[:HEAD] for text in self._texts}, implementation=Implementation.DFA)

    def find(self, window: bytes) -> list[tuple[int, int, int]]:
        """Index of the needle, start and end, for each place where one stands."""
        return self._all.find_matches_as_indexes(window, overlapping=True)

    def hopeless(self, window: bytes) -> set[int]:
        """Indexes of triggers of which no shape can match anywhere in the window."""
        return {index for index, sign in self._needed if sign not in window}

    def growing(self, window: bytes) -> int:
        """Where the longest end of the window begins that may still become a needle; its length when there is none."""
        low = max(0, len(window) - self._longest + 1)
        tail = window[low:]
        for _, start, _ in self._heads.find_matches_as_indexes(tail, overlapping=True):
            if self.begun(tail[start:]):
                return low + start
        for length in range(min(HEAD - 1, len(tail)), 0, -1):
            if self.begun(tail[-length:]):
                return len(window) - length
        return len(window)

    def begun(self, text: bytes) -> Needle | None:
        """A needle that begins with the text and is longer."""
        at = bisect_left(self._texts, text)
        if at < len(self._texts) and self._texts[at] == text:
            at += 1
        return self.needles[at] if at < len(self._texts) and self._texts[at].startswith(text) else None
