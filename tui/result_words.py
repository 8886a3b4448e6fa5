"""The rows a SQL step fetched, in words: a cell in its column or in full, what is missing, what is copied. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual.content import Content

from engine.events import RowsFetched
from engine.output import visible
from engine.rows import left_out

from .text import plain

Value = str | None
"""None is NULL."""
WIDEST = 40
"""Cells of a column, where there are several; the one under the cursor is shown in full below."""
WIDEST_ALONE = 200
KEPT = 10_000
"""Characters from which on a cell may be one of which only the beginning was kept."""
COPY_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
COPIED_NULL = "\\N"
"""As PostgreSQL's COPY and MySQL write it, so that it is not taken for the text."""


def in_column(value: Value, width: int) -> Text:
    """On one line. NULL and the text NULL differ by more than their colour."""
    if value is None:
        return Text("NULL", style="italic dim")
    text = _one_line(value[: 2 * width])
    text = f"'{text}'" if value == "NULL" else text
    if cell_len(text) > width or len(value) > 2 * width:
        text = set_cell_size(text, width - 1).rstrip() + "…"
    return Text(text, no_wrap=True)


def name_of(column: str, width: int) -> Text:
    return in_column(column, width) if column != "NULL" else Text("NULL")


def widths(result: RowsFetched) -> list[int]:
    widest = WIDEST if len(result.columns) > 1 else WIDEST_ALONE
    found = [max(1, name_of(name, widest).cell_len) for name in result.columns]
    for row in result.rows:
        found = [max(width, in_column(value, widest).cell_len) for width, value in zip(found, row, strict=True)]
    return found


def summary(result: RowsFetched, number: int, total: int) -> Content:
    """How many rows there are, and what is not among them."""
    n_rows = len(result.rows)
    of = f"result {number} of {total} · " if total > 1 else ""
    without = "" if result.columns else " without a column"
    rows = plain(f"{of}{n_rows:,} row{'' if n_rows == 1 else 's'}{without}", "bold")
    missing = left_out(result)
    return Content.assemble(rows, plain(f" · {missing}", "$warning") if missing else "")


def about_cell(result: RowsFetched, row: int, column: int) -> Content:
    """Where it stands, and what kind of text it is where that is not plain."""
    place = f"row {row + 1:,} of {len(result.rows):,}"
    return Content.assemble(
        plain(result.columns[column] or "(without a name)", "bold"),
        plain(f" · {place}{_kind(result, result.rows[row][column])}", "$foreground-muted"),
    )


def _kind(result: RowsFetched, value: Value) -> str:
    if value is None:
        return " · no value"
    if not value:
        return " · a text of no characters"
    if result.cut and len(value) >= KEPT:
        return f" · {len(value):,} characters, its end was not kept"
    return " · a text" if value == "NULL" else f" · {len(value):,} characters" if len(value) > WIDEST else ""


def in_full(value: Value) -> Content:
    return Content.styled("NULL", "italic") if value is None else plain(value)


# What is copied. Whatever it holds, it is no key or command where it is pasted.


def copied_cell(value: str) -> str:
    """As it is, with its lines and tabs."""
    return "\n".join("\t".join(map(visible, line.split("\t"))) for line in value.split("\n"))


def copied_row(row: Sequence[Value]) -> str:
    """Values with tabs between them; a tab, a line's end and a backslash in one of them as `\\t`, `\\n` and `\\\\`."""
    return "\t".join(COPIED_NULL if value is None else visible(value.translate(COPY_ESCAPES)) for value in row)


def copied(result: RowsFetched) -> str:
    """All rows, below the names of their columns."""
    return "".join(f"{copied_row(row)}\n" for row in (result.columns, *result.rows))


def _one_line(text: str) -> str:
    return visible(text.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t"))
