"""Rows of a screen found from a place in an output, upwards and downwards, however its lines are wrapped."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol

from .book import Elsewhere
from .pages import BLOCK, Page


class Position(NamedTuple):
    """A row: the byte at which its line begins, and the character of the line's visible text at which it begins."""

    start: int
    column: int = 0


class Row(NamedTuple):
    position: Position
    text: str
    """The whole line."""


class Reach(NamedTuple):
    rows: Sequence[Row]
    """From the top of the screen to the bottom."""
    missing: int | None = None
    """The page without which it goes no further; None at either end of the output, or when there are enough."""


RowsOf = Callable[[str], Sequence[int]]
"""Characters at which the rows of a line begin, the first of them 0."""


class Pages(Protocol):
    @property
    def size(self) -> int: ...

    @property
    def last(self) -> int: ...

    def page(self, number: int, *, torn: bool = False) -> Page: ...


def below(pages: Pages, at: Position, count: int, rows_of: RowsOf) -> Reach:
    """The row that holds a position, and those after it."""
    rows: list[Row] = []
    try:
        for start, text in _lines_from(pages, at.start):
            columns = rows_of(text)
            first = max(0, bisect_right(columns, at.column) - 1) if start == at.start else 0
            rows += [Row(Position(start, column), text) for column in columns[first : first + count - len(rows)]]
            if len(rows) >= count:
                break
    except Elsewhere as error:
        return Reach(rows, error.number)
    return Reach(rows)


def above(pages: Pages, at: Position, count: int, rows_of: RowsOf, *, torn: bool = False) -> Reach:
    """The rows before a position; `Position(size)` is the end."""
    rows: list[Row] = []
    missing = None
    try:
        for start, text in _lines_up_to(pages, at.start, torn=torn):
            columns = rows_of(text)
            end = bisect_left(columns, at.column) if start == at.start else len(columns)
            taken = range(end - 1, max(-1, end - 1 - count + len(rows)), -1)
            rows += [Row(Position(start, columns[index]), text) for index in taken]
            if len(rows) >= count:
                break
    except Elsewhere as error:
        missing = error.number
    return Reach(rows[::-1], missing)


def line_at(pages: Pages, place: int) -> int:
    """The byte at which the line that holds byte `place` begins. Raises `Elsewhere`."""
    return next((start for start, _ in _lines_up_to(pages, place)), 0)


def _lines_from(pages: Pages, place: int) -> Iterator[tuple[int, str]]:
    number = place // BLOCK
    while number <= pages.last:
        page = pages.page(number)
        first = bisect_left(page.starts, place)
        yield from zip(page.starts[first:], page.texts[first:], strict=True)
        number += 1


def _lines_up_to(pages: Pages, place: int, *, torn: bool = False) -> Iterator[tuple[int, str]]:
    """Backwards, from the line that begins at `place` or last before it."""
    number = min(place // BLOCK, pages.last)
    while number >= 0:
        page = pages.page(number, torn=torn)
        for index in range(bisect_right(page.starts, place) - 1, -1, -1):
            yield page.starts[index], page.texts[index]
        number -= 1
