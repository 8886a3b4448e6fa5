"""A text whole: every line, every character visible, folded where the room ends, and what a verdict is about marked.

Rows are worked out once for a width and drawn when they come into view, so that thousands of lines cost nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, NamedTuple

from rich.cells import cell_len, chop_cells
from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from engine.levels import Level
from engine.output import visible

TAB = 4
MARK = "^"
MOST_MARKED_ROWS = 6
"""A longer part is told by its beginning; marks under all of it would only be noise."""
LEAST_COLUMNS = 8


class Row(NamedTuple):
    number: str
    """Of the line that begins here; empty where one goes on, and below what is marked."""
    text: str
    marks: str = ""
    """Marks for the columns of this row, to be drawn on a row of their own below it."""
    is_marks: bool = False


class ExactText(Widget):
    DEFAULT_CSS = """
    ExactText {
        height: auto;
        & .exact-text--gutter { color: $foreground-muted; }
        & .exact-text--marks { color: $unknown; text-style: bold; }
        &.-caution .exact-text--marks { color: $caution; }
        &.-dangerous .exact-text--marks { color: $dangerous; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"exact-text--gutter", "exact-text--marks"}

    def __init__(
        self,
        text: str,
        span: tuple[int, int] = (0, 0),
        level: Level = "safe",
        *,
        first_number: int = 1,
        id: str | None = None,
    ) -> None:
        """`span` is in characters of `text`, the second one excluded; an empty one marks nothing."""
        super().__init__(id=id, classes=f"-{level}")
        self._lines = text.removesuffix("\n").split("\n")
        self._span = span
        self._first_number = first_number
        self._width = 0
        self._rows: list[Row] = []

    @property
    def n_lines(self) -> int:
        return len(self._lines)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        return len(self._rows_for(width))

    def render_line(self, y: int) -> Strip:
        rows = self._rows_for(self.size.width)
        if y >= len(rows):
            return Strip.blank(self.size.width, self.rich_style)
        return self._strip(rows[y]).adjust_cell_length(self.size.width, self.rich_style)

    def _strip(self, row: Row) -> Strip:
        gutter = self.get_component_rich_style("exact-text--gutter")
        marked = self.get_component_rich_style("exact-text--marks")
        prefix = Segment(f"{row.number:>{self._gutter - 1}} " if self._gutter else "", gutter)
        if row.is_marks:
            return Strip([prefix, Segment(row.text, marked)])
        text = Strip([Segment(row.text, self.rich_style)])
        if not row.marks:
            return Strip([prefix, *text])
        first, end = len(row.marks) - len(row.marks.lstrip()), len(row.marks)
        lit = Segment(text.crop(first, end).text, self.rich_style + marked)
        return Strip([prefix, *text.crop(0, first), lit, *text.crop(end, text.cell_length)])

    @property
    def _gutter(self) -> int:
        """Columns for line numbers, which one line alone does not need."""
        last = self._first_number + len(self._lines) - 1
        return len(str(last)) + 1 if last > 1 else 0

    def _rows_for(self, width: int) -> list[Row]:
        if width != self._width:
            self._width = width
            columns = max(LEAST_COLUMNS, width - self._gutter)
            self._rows = list(rows_of(self._lines, self._span, columns, self._first_number))
        return self._rows


def rows_of(lines: Sequence[str], span: tuple[int, int], columns: int, first_number: int = 1) -> Iterator[Row]:
    """None of them is wider than `columns`; `span` is in characters of the lines joined by line ends."""
    start = n_marked = 0
    for number, line in enumerate(lines, first_number):
        first, end = _trimmed(line, max(0, span[0] - start), max(0, span[1] - start))
        for row in _rows_of(str(number), line, first, end, columns):
            n_marked += bool(row.marks)
            yield row if n_marked <= MOST_MARKED_ROWS else row._replace(marks="")
            if row.marks and n_marked <= MOST_MARKED_ROWS:
                yield Row("", row.marks, row.marks, is_marks=True)
        start += len(line) + 1


def _trimmed(line: str, first: int, end: int) -> tuple[int, int]:
    """The part of the span in this line, without the blanks around it."""
    part = line[first:end]
    if not part.strip():
        return 0, 0
    return first + len(part) - len(part.lstrip()), first + len(part.rstrip())


def _rows_of(number: str, line: str, first: int, end: int, columns: int) -> Iterator[Row]:
    # A tab reaches as far as what is before it lets it, so what begins a line begins the line with its tabs spread.
    whole = line.expandtabs(TAB)
    before, until = len(line[:first].expandtabs(TAB)), len(line[:end].expandtabs(TAB))
    parts = [visible(whole[:before]), visible(whole[before:until]), visible(whole[until:])]
    first, end = len(parts[0]), len(parts[0]) + len(parts[1])
    place = 0
    text = "".join(parts)
    for piece in chop_cells(text, columns) or [text]:  # what takes no room is no piece
        unmarked, marked = (cell_len(piece[: max(0, at - place)]) for at in (first, end))
        yield Row(number, piece, " " * unmarked + MARK * (marked - unmarked) if marked > unmarked else "")
        number, place = "", place + len(piece)
