"""The lines of an output, found from any place in it: page *n* holds the lines that begin in block *n*.

Where lines begin follows from the block itself and the one before, so that a page comes out the same whether it is
read from the top, from the bottom or alone. A block without a line end is one piece of a longer line: it is broken
there, which bounds the longest line without cutting anything away.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import sub

from ..output import OutputLines
from ..output.sequences import UNFINISHED

BLOCK = 16 * 1024
"""Bytes. A page costs a few milliseconds at most, and two of them fill any screen."""
SEQUENCE_BYTES = 8192
"""Above the longest sequence that the filter holds back."""
ROOM = 2000
"""Characters a line may have beyond four times its bytes, which is what spelling them all out takes. Not more: a
program may move its cursor as far to the right as there is room, on every line."""
NEWLINE, ESCAPE = b"\n", b"\x1b"


@dataclass(frozen=True, slots=True)
class Page:
    starts: Sequence[int]
    """Byte at which each line begins, ascending."""
    texts: Sequence[str]
    """Safe text whose only control sequences are colours, as `OutputLines` makes it. Colours set more than a block
    before the page are forgotten."""
    is_whole: bool
    """Nothing that is still to come can change it."""


def page_of(number: int, data: bytes, offset: int) -> Page:
    """`data` begins at byte `offset` of the output and holds, as far as they are there, block `number` and one more
    on either side. Where it begins later than that, its first byte counts as the beginning of a line.
    """
    bounds = _Bounds(number, data, offset)
    starts = list(bounds.starts())
    end, is_whole = bounds.end()
    if not starts:
        return Page((), (), is_whole)
    texts = _texts(data, offset, starts, end)
    return Page(array("Q", starts[: len(texts)]), texts, is_whole)


class _Bounds:
    """Where the lines of one page begin, and where the last of them ends."""

    def __init__(self, number: int, data: bytes, offset: int) -> None:
        self._data = data
        self._offset = offset
        self._number = number
        self._first = number * BLOCK
        self._data_end = offset + len(data)

    def starts(self) -> Iterator[int]:
        first, end = self._first, self._first + BLOCK
        if self._is_start(first):
            yield max(first, self._offset)
        place = max(first, self._offset)
        for line in self._slice(place, min(end, self._data_end)).split(NEWLINE)[:-1]:
            place += len(line) + 1
            if place < min(end, self._data_end):
                yield place
        cut = self._cut(self._number)
        if cut is not None and cut < min(end, self._data_end):
            yield cut

    def end(self) -> tuple[int, bool]:
        """The first byte after the last line, and whether it will stay so."""
        following = self._first + BLOCK
        if self._data_end < following:
            return self._data_end, False
        if self._is_start(following):
            return following, True
        found = self._data.find(NEWLINE, following - self._offset, following + BLOCK - self._offset)
        if found >= 0:
            return self._offset + found + 1, True
        cut = self._cut(self._number + 1)
        return (self._data_end, False) if cut is None else (cut, True)

    def _is_start(self, place: int) -> bool:
        """Whether a line begins at the first byte of a block."""
        if place <= self._offset:
            return place + BLOCK > self._offset
        if self._slice(place - 1, place) == NEWLINE:
            return True
        return self._cut(place // BLOCK - 1) == place

    def _cut(self, number: int) -> int | None:
        """Where a whole block without a line end is broken; None for any other."""
        first, end = number * BLOCK, (number + 1) * BLOCK
        if first < self._offset or end > self._data_end:
            return None
        block = self._slice(first, end)
        return None if NEWLINE in block else end - _unfinished(block)

    def _slice(self, first: int, end: int) -> bytes:
        return self._data[max(0, first - self._offset) : max(0, end - self._offset)]


def _unfinished(block: bytes) -> int:
    """Bytes at the end that begin a control sequence or a character and do not finish it."""
    text = block[-SEQUENCE_BYTES:].decode("utf-8", "surrogateescape")
    if found := UNFINISHED.search(text):
        return len(text[found.start() :].encode("utf-8", "surrogateescape"))
    for back in range(1, 4):
        byte = block[-back]
        if byte >= 0xC0:
            length = 2 + (byte >= 0xE0) + (byte >= 0xF0)
            return back if length > back else 0
        if byte < 0x80:
            break
    return 0


def _texts(data: bytes, offset: int, starts: list[int], end: int) -> tuple[str, ...]:
    longest = max(map(sub, [*starts[1:], end], starts))
    lines = OutputLines(max_lines=3 * BLOCK, max_length=4 * longest + ROOM)
    before = data[: starts[0] - offset]
    if ESCAPE in before:  # the colours in force here were set there
        lines.feed(_ended(before))
    n_before = len(lines)
    raw = data[starts[0] - offset : end - offset]
    if len(starts) == 2:  # the only page in which a line may have been broken
        middle = starts[1] - starts[0]
        raw = _ended(raw[:middle]) + raw[middle:]
    lines.feed(raw if end == offset + len(data) else _ended(raw))
    return tuple(lines.lines[n_before:])


def _ended(line: bytes) -> bytes:
    return line if line.endswith(NEWLINE) else line + NEWLINE
