"""Rows as an aligned table: numbers to the right, NULL shown as such, a bounded number of rows and characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from decimal import Decimal

from ...output import visible
from .link import Column

CELL_LIMIT = 200
"""Characters shown of one cell."""
CELL_KEPT = 10_000
"""Characters kept of one cell, for what is exported."""


class Cut(str):
    """The beginning of a cell."""

    __slots__ = ("length",)
    length: int

    def __new__(cls, text: str, length: int) -> Cut:
        cut = super().__new__(cls, text)
        cut.length = length
        return cut


def kept(value: object) -> object:
    """A cell of any size as one of a bounded one."""
    if isinstance(value, bytes):
        value = Cut(value[: CELL_KEPT // 2].hex(), 2 * len(value)) if len(value) > CELL_KEPT // 2 else value.hex()
    if isinstance(value, str) and len(value) > CELL_KEPT and not isinstance(value, Cut):
        return Cut(value[:CELL_KEPT], len(value))
    return value


def table(columns: Sequence[Column], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    if columns:
        texts = [[cell(value) for value in row] for row in rows]
        right = [is_numeric(column, rows, place) for place, column in enumerate(columns)]
        names = [cell(column.name) for column in columns]
        widths = [max(map(_width, stack)) for stack in zip(names, *texts, strict=True)]
        yield _line(names, widths, right)
        yield "  ".join("-" * width for width in widths)
        for row in texts:
            yield _line(row, widths, right)
    yield f"({len(rows)} row{'' if len(rows) == 1 else 's'}{'' if columns else ' without a column'})"


def expanded_lines(columns: Sequence[Column], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    """One line a cell, as psql's `\\x` and mysql's `\\G` have it."""
    width = max((_width(cell(column.name)) for column in columns), default=0)
    for number, row in enumerate(rows, 1):
        yield f"-[ row {number} ]-"
        for column, value in zip(columns, row, strict=True):
            yield f"{_padded(cell(column.name), width)} | {cell(value)}".rstrip()
    yield f"({len(rows)} row{'' if len(rows) == 1 else 's'})"


def cell(value: object) -> str:
    if value is None:
        return "NULL"
    text = value.hex() if isinstance(value, bytes) else str(value)
    length = value.length if isinstance(value, Cut) else len(text)
    text = visible(text[:CELL_LIMIT].replace("\n", "\\n").replace("\r", "\\r"))
    if text == "NULL":
        return "'NULL'"
    return text if length <= CELL_LIMIT else f"{text}… ({length} characters)"


def is_numeric(column: Column, rows: Sequence[Sequence[object]], place: int) -> bool:
    if column.numeric is not None:
        return column.numeric
    values = [row[place] for row in rows if row[place] is not None]
    return bool(values) and all(isinstance(value, int | float | Decimal) for value in values)


def _line(texts: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    return "  ".join(map(_padded, texts, widths, right)).rstrip()


def _padded(text: str, width: int, right: bool = False) -> str:
    blank = " " * (width - _width(text))
    return blank + text if right else text + blank


def _width(text: str) -> int:
    """Columns of a terminal it takes."""
    if text.isascii():
        return len(text)
    return sum(_character_width(character) for character in text)


def _character_width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
