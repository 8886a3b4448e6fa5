"""Rows as an aligned table: numbers to the right, NULL shown as such, a bounded number of rows and characters."""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Iterator, Sequence
from decimal import Decimal

from ...output import visible
from .link import Column

CELL_LIMIT = 200
"""Characters shown of one cell."""
CELL_KEPT = 10_000
"""Characters kept of one cell, for what is exported."""
CHARACTER_BYTES = 4
"""No encoding of the databases takes more for one."""
SLICE_BYTES = 1024 * 1024
"""Decoded at a time where characters are only counted."""


class Cut(str):
    """The beginning of a cell."""

    __slots__ = ("length", "unit")
    length: int
    unit: str

    def __new__(cls, text: str, length: int, unit: str = "characters") -> Cut:
        """`length` is the whole cell's, in `unit`s."""
        cut = super().__new__(cls, text)
        cut.length, cut.unit = length, unit
        return cut


class Hexadecimal(str):
    """All of a cell that is bytes."""

    __slots__ = ()


def kept(value: object, limit: int = CELL_KEPT) -> object:
    """A cell of any size as one of a bounded one. Bytes are written in hexadecimal."""
    if isinstance(value, bytes):
        is_short = 2 * len(value) <= limit
        value = Hexadecimal(value.hex()) if is_short else Cut(value[: limit // 2].hex(), len(value), "bytes")
    if not isinstance(value, str) or len(value) <= limit:
        return value
    if isinstance(value, Cut):
        return Cut(value[:limit], value.length, value.unit)
    if isinstance(value, Hexadecimal):
        return Cut(value[:limit], len(value) // 2, "bytes")
    return Cut(value[:limit], len(value))


def kept_text(data: bytes, errors: str, encoding: str = "utf-8") -> str:
    """Bytes of text, decoded as far as they are kept: nobody needs all of a long one twice."""
    if len(data) <= CELL_KEPT:
        return data.decode(encoding, errors)
    begun = data[: CHARACTER_BYTES * CELL_KEPT].decode(encoding, errors)[:CELL_KEPT]
    view, decoder = memoryview(data), codecs.getincrementaldecoder(encoding)(errors)
    slices = range(0, len(data), SLICE_BYTES)
    length = sum(len(decoder.decode(view[at : at + SLICE_BYTES])) for at in slices) + len(decoder.decode(b"", True))
    return begun if length <= CELL_KEPT else Cut(begun, length)


def table(columns: Sequence[Column], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    if columns:
        texts = [[cell(value) for value in row] for row in rows]
        right = [is_numeric(column, rows, place) for place, column in enumerate(columns)]
        names = [_shown(column.name) for column in columns]
        widths = [max(map(_width, stack)) for stack in zip(names, *texts, strict=True)]
        yield _line(names, widths, right)
        yield "  ".join("-" * width for width in widths)
        for row in texts:
            yield _line(row, widths, right)
    yield f"({len(rows)} row{'' if len(rows) == 1 else 's'}{'' if columns else ' without a column'})"


def expanded_lines(columns: Sequence[Column], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    """One line a cell, as psql's `\\x` and mysql's `\\G` have it."""
    width = max((_width(_shown(column.name)) for column in columns), default=0)
    for number, row in enumerate(rows, 1):
        yield f"-[ row {number} ]-"
        for column, value in zip(columns, row, strict=True):
            yield f"{_padded(_shown(column.name), width)} | {cell(value)}".rstrip()
    yield f"({len(rows)} row{'' if len(rows) == 1 else 's'})"


def cell(value: object) -> str:
    if value is None:
        return "NULL"
    text = _shown(value)
    return "'NULL'" if text == "NULL" else text


def _shown(value: object) -> str:
    text = value.hex() if isinstance(value, bytes) else str(value)
    length, unit = _size_of(value, text)
    is_whole = len(text) <= CELL_LIMIT and not isinstance(value, Cut)
    text = visible(text[:CELL_LIMIT].replace("\n", "\\n").replace("\r", "\\r"))
    return text if is_whole else f"{text}… ({length} {unit})"


def _size_of(value: object, text: str) -> tuple[int, str]:
    if isinstance(value, Cut):
        return value.length, value.unit
    return (len(text) // 2, "bytes") if isinstance(value, Hexadecimal | bytes) else (len(text), "characters")


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
