"""A text as it is shown, with a part of it underlined by marks on lines of their own. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from .characters import visible

MARK = "^"
TAB = 4
MOST_MARKED_LINES = 6
"""A longer part is told by its beginning; marks under all of it would only be noise."""


class Shown(NamedTuple):
    text: str
    marks: str
    """To be shown below; empty for none."""


class _Cell(NamedTuple):
    text: str
    columns: int
    marked: bool


def underlined(text: str, span: tuple[int, int], columns: int) -> Iterator[Shown]:
    """Line by line, every character visible. A marked line is broken where a terminal of `columns` would break it, so
    that its marks stay below what they mark; `span` is in characters of `text`, the second one excluded.
    """
    start, n_marked = 0, 0
    for line in text.split("\n"):
        first, end = _trimmed(line, span[0] - start, span[1] - start)
        if first < end and n_marked < MOST_MARKED_LINES:
            n_marked += 1
            for place, row in enumerate(_rows(line, first, end, max(1, columns))):
                yield row if place < MOST_MARKED_LINES else row._replace(marks="")
        else:
            yield Shown(visible(line.expandtabs(TAB)), "")
        start += len(line) + 1


def _trimmed(line: str, first: int, end: int) -> tuple[int, int]:
    """The part of the span in this line, without the blanks around it."""
    first, end = max(first, 0), min(end, len(line))
    part = line[first:end] if first < end else ""
    return first + len(part) - len(part.lstrip()), end - (len(part) - len(part.rstrip()))


def _rows(line: str, first: int, end: int, columns: int) -> Iterator[Shown]:
    row: list[_Cell] = []
    used = 0
    for cell in _cells(line, first, end):
        if used + cell.columns > columns and row:
            yield _shown(row)
            row, used = [], 0
        row.append(cell)
        used += cell.columns
    yield _shown(row)


def _shown(row: list[_Cell]) -> Shown:
    marks = "".join((MARK if cell.marked else " ") * cell.columns for cell in row)
    return Shown("".join(cell.text for cell in row), marks.rstrip())


def _cells(line: str, first: int, end: int) -> Iterator[_Cell]:
    column = 0
    for place, character in enumerate(line):
        text = " " * (TAB - column % TAB) if character == "\t" else visible(character)
        columns = len(text) if len(text) != 1 or text == " " else _columns(character)
        column += columns
        yield _Cell(text, columns, first <= place < end)


def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
