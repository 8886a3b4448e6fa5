"""A literal text sought through an output of any size, line by line as it is shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ..expressions import expression
from .pages import BLOCK, page_of

SLAB_BLOCKS = 128
"""Read at once: 2 MB, a few milliseconds from the trail."""
_SEQUENCE = expression(r"\x1b\[[0-9;:]*[A-Za-z]")
_SEQUENCE_BYTES = re.compile(rb"\x1b\[[0-9;:]*[A-Za-z]")

Read = Callable[[int, int], bytes]
"""The bytes between two places of an output, fewer only at its end."""
Stop = Callable[[int], bool]
"""Told how far the search has come; answers whether to give up."""


class Needle:
    """Upper and lower case are the same unless the text holds a capital letter."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._folds = text == text.lower()
        self._pattern = re.compile(re.escape(text), re.IGNORECASE if self._folds else 0)
        self._bytes = text.encode("utf-8", "replace")

    def spans(self, plain: str) -> list[tuple[int, int]]:
        """Where it stands in a line's visible text."""
        return [found.span() for found in self._pattern.finditer(plain)]

    def is_in(self, line: str) -> bool:
        """Whether a line with its colours shows it."""
        return self._pattern.search(_SEQUENCE.sub("", line) if "\x1b" in line else line) is not None

    def may_be_in(self, data: bytes) -> bool:
        """A quick look at raw bytes: False only where no line can show it."""
        if b"\b" in data:  # struck over, as manual pages are
            return True
        if b"\x1b" in data:
            data = _SEQUENCE_BYTES.sub(b"", data)
        if not self._folds:
            return self._bytes in data
        if self._bytes.isascii():
            return self._bytes in data.lower()
        return self._pattern.search(data.decode("utf-8", "replace")) is not None


def find_line(read: Read, size: int, needle: Needle, place: int, *, forward: bool, stop: Stop) -> int | None:
    """The byte at which the next line with the needle begins: the first after `place`, or the last before it."""
    for number, data, offset in _candidates(read, size, needle, place, forward=forward, stop=stop):
        page = page_of(number, data, offset)
        found = [start for start, text in zip(page.starts, page.texts, strict=True) if needle.is_in(text)]
        there = [start for start in found if (start > place if forward else start < place)]
        if there:
            return there[0] if forward else there[-1]
    return None


def _candidates(
    read: Read, size: int, needle: Needle, place: int, *, forward: bool, stop: Stop
) -> Iterator[tuple[int, bytes, int]]:
    """Pages that may hold it, with the bytes to make them from."""
    last = max(0, size - 1) // BLOCK
    number = min(max(0, place) // BLOCK, last)
    while 0 <= number <= last and not stop(number * BLOCK):
        first = number if forward else max(0, number - SLAB_BLOCKS + 1)
        end = min(last + 1, number + SLAB_BLOCKS) if forward else number + 1
        offset = max(0, first - 1) * BLOCK
        slab = read(offset, min(size, (end + 1) * BLOCK))
        for one in range(first, end) if forward else range(end - 1, first - 1, -1):
            if needle.may_be_in(_blocks(slab, offset, one, one + 2)):
                before = max(0, one - 1)
                yield one, _blocks(slab, offset, before, one + 2), before * BLOCK
        number = end if forward else first - 1


def _blocks(slab: bytes, offset: int, first: int, end: int) -> bytes:
    return slab[first * BLOCK - offset : end * BLOCK - offset]
