"""Rows as an aligned table: numbers to the right, NULL shown as such, a bounded number of rows and characters."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import islice

from .link import Column, Result

ROW_LIMIT = 1000
"""Rows shown of one result; how many were left out is said."""
CELL_LIMIT = 200
"""Characters shown of one cell."""
COUNT_SECONDS = 1.0
"""How long rows that are not shown are read only to be counted."""
COUNT_STRIDE = 1000
"""Rows between two looks at the clock."""


def lines_of(result: Result, *, to_the_end: bool, expanded: bool = False) -> Iterator[str]:
    """A result's lines. Rows that are not shown are counted, `to_the_end` whatever it takes: a statement that writes
    and answers rows is not done before."""
    columns = result.columns or ()
    rows = result.rows()
    shown = list(islice(rows, ROW_LIMIT))
    yield from (expanded_lines if expanded else table)(columns, shown)
    yield from _rest(result, rows, to_the_end=to_the_end)


def table(columns: Sequence[Column], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    if columns:
        texts = [[cell(value) for value in row] for row in rows]
        right = [_is_numeric(column, rows, place) for place, column in enumerate(columns)]
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
    length = len(text)
    text = text[:CELL_LIMIT].replace("\n", "\\n").replace("\r", "\\r")
    if text == "NULL":
        return "'NULL'"
    return text if length <= CELL_LIMIT else f"{text}… ({length} characters)"


def _rest(result: Result, rows: Iterator[Sequence[object]], *, to_the_end: bool) -> Iterator[str]:
    until = time.monotonic() + COUNT_SECONDS
    left = 0
    for _ in rows:
        left += 1
        if left % COUNT_STRIDE == 0 and not to_the_end and time.monotonic() > until:
            result.close()
            yield f"(at least {left} more rows, which were not read to their end and are not shown)"
            return
    if left:
        yield f"({left} more row(s) not shown)"


def _is_numeric(column: Column, rows: Sequence[Sequence[object]], place: int) -> bool:
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
