"""One attempt's output by pages: what came live, what was read already, and what has to be fetched from the trail."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple, Protocol

from ..feed import Gap, OutputPiece
from .pages import BLOCK, Page, page_of
from .tail import Tail

PAGES_KEPT = 48
"""A page of one-character lines takes half a megabyte; this many bound the worst output to some 20 MB."""
TRAIL_KEPT_BYTES = 4 * BLOCK


class Source(Protocol):
    """Where output can be read that is no longer in memory. Called on any thread."""

    def page(self, attempt: int, start: int, n_bytes: int) -> bytes:
        """Fewer bytes only at the end of what is stored."""
        ...

    def size(self, attempt: int) -> int:
        """Bytes stored so far."""
        ...


class Elsewhere(LookupError):
    """A page is not in memory; `Book.fetch` gets it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Portion(NamedTuple):
    """What was fetched: bytes from `start` on, and how many the source had in all."""

    start: int
    data: bytes
    size: int


class Book:
    """Not thread-safe, except for `fetch`, which changes nothing."""

    def __init__(self, attempt: int, source: Source | None, *, live: bool) -> None:
        self.attempt = attempt
        self.live = live
        self.is_known = live
        """Whether its size is known; that of a past attempt has to be fetched."""
        self.tail = Tail()
        self._source = source
        self._pages: OrderedDict[int, Page] = OrderedDict()
        self._passing: dict[tuple[int, int], Page] = {}
        """Pages as they are until more arrives, by number and first byte of the tail."""

    @property
    def size(self) -> int:
        return self.tail.end

    @property
    def last(self) -> int:
        """Number of the last page."""
        return max(0, self.size - 1) // BLOCK

    def take(self, piece: OutputPiece | Gap) -> None:
        self._passing.clear()
        if isinstance(piece, Gap):
            self.tail.skip(piece.end)
        else:
            self.tail.append(piece.offset, piece.data)

    def page(self, number: int, *, torn: bool = False) -> Page:
        """Raises `Elsewhere`. With `torn`, a page whose beginning is not here is given as far as it is."""
        if kept := self._pages.get(number):
            self._pages.move_to_end(number)
            return kept
        first, end = _span(number)
        is_torn = self.tail.start > first
        if not self.is_known or (is_torn and (not torn or self.tail.start >= end - BLOCK)):
            raise Elsewhere(number)
        if passing := self._passing.get((number, self.tail.start)):
            return passing
        page = page_of(number, self.tail.read(first, end), max(first, self.tail.start))
        if page.is_whole and not is_torn:
            self._keep(number, page)
        else:
            self._passing[number, self.tail.start] = page
        return page

    def fetch(self, number: int | None) -> Portion:
        """Read a page, None for the last, from the source; for a thread of its own. Raises what the source raises."""
        if self._source is None:
            return Portion(0, b"", 0)
        size = self._source.size(self.attempt)
        first, end = _span(max(0, size - 1) // BLOCK if number is None else number)
        return Portion(first, self._source.page(self.attempt, first, end - first), size)

    def receive(self, number: int | None, portion: Portion) -> bool:
        """Keep what was fetched. False when it does not reach far enough: the trail has not got there yet."""
        if not self.is_known:
            self.is_known = True
            self.tail.skip(portion.size)
            self.tail.skipped = 0
        number = self.last if number is None else number
        first, end = _span(number)
        end = min(end, self.size)
        data = portion.data
        if first + len(data) >= self.tail.start:
            self.tail.prepend(first, data)
            data += self.tail.read(first + len(data), end)
        if first + len(data) < end:
            return False
        page = page_of(number, data, first)
        if page.is_whole:
            self._keep(number, page)
        return page.is_whole or self.tail.start <= first

    def reader(self) -> Callable[[int, int], bytes]:
        """For another thread: reads what lies between two bytes, as the output stands now."""
        start, end = self.tail.start, self.tail.end
        held, source, attempt = self.tail.read(start, end), self._source, self.attempt

        def read(first: int, last: int) -> bytes:
            early = b""
            if first < start and source is not None:
                early = source.page(attempt, first, min(last, start) - first)
            return early + held[max(0, first - start) : max(0, last - start)]

        return read

    def _keep(self, number: int, page: Page) -> None:
        self._pages[number] = page
        self._pages.move_to_end(number)
        while len(self._pages) > PAGES_KEPT:
            self._pages.popitem(last=False)


def _span(number: int) -> tuple[int, int]:
    """The block and one more on either side."""
    return max(0, number - 1) * BLOCK, (number + 2) * BLOCK
