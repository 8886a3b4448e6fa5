"""A view's rows as strips, ready for the screen: painted once for each picture, however often it is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.selection import Selection
from textual.strip import Strip

from engine.scrollback import Row

from .output_rows import Layout

CUT_LEFT, CUT_RIGHT = "‹", "›"
THUMB = "┃"


@dataclass(frozen=True, slots=True)
class Picture:
    rows: Sequence[Row]
    notes: Sequence[tuple[str, Style]]
    """Lines above the rows; where there is no room they lie over the first of them."""
    thumb: tuple[int, int]
    left: int
    """Cells that lie beyond the left edge, when lines are not wrapped."""
    selection: Selection | None
    selection_style: Style
    height: int


def painted(picture: Picture, layout: Layout, console: Console) -> list[Strip]:
    """A strip for every row of the view, one cell wider than the layout: the scroll bar stands there."""
    return list(_strips(picture, layout, console))


def _strips(picture: Picture, layout: Layout, console: Console) -> Iterator[Strip]:
    n_notes = len(picture.notes)
    shift = n_notes if len(picture.rows) + n_notes <= picture.height else 0
    for y in range(picture.height):
        bar = Segment(THUMB if picture.thumb[0] <= y < picture.thumb[1] else " ", layout.looks.bar)
        if y < n_notes:
            words, style = picture.notes[y]
            segments = list(Strip([Segment(words, style)]).adjust_cell_length(layout.width, layout.looks.base))
        elif 0 <= y - shift < len(picture.rows):
            segments = _row(picture, layout, console, y - shift)
        else:
            segments = [Segment(" " * layout.width, layout.looks.base)]
        yield Strip([*segments, bar], layout.width + 1)


def _row(picture: Picture, layout: Layout, console: Console, index: int) -> list[Segment]:
    position, line = picture.rows[index]
    row = layout.of(line).row(position.column)
    if picture.selection is not None and (marked := picture.selection.get_span(index)) is not None:
        end = len(row) if marked[1] == -1 else marked[1]
        row = layout.marked(row, marked[0], end, picture.selection_style)
    if isinstance(row, str) and layout.wrap and row.isascii():
        padded = row + " " * (layout.width - len(row))
        return [Segment(padded, layout.looks.base + layout.offset(0, index))]
    strip = _with_edges(_to_strip(row, layout, console), layout, picture.left)
    return list(strip.apply_offsets(picture.left, index).adjust_cell_length(layout.width, layout.looks.base))


def _to_strip(row: Text | str, layout: Layout, console: Console) -> Strip:
    if isinstance(row, str):
        return Strip([Segment(row, layout.looks.base)])
    return Strip(row.render(console))


def _with_edges(strip: Strip, layout: Layout, left: int) -> Strip:
    """The part of a long line that is in view, with marks where it goes on."""
    width, style, length = layout.width, layout.looks.bar, strip.cell_length
    if layout.wrap or (not left and length <= width):
        return strip
    before = [Strip([Segment(CUT_LEFT, style)])] if left and length else []
    after = [Strip([Segment(CUT_RIGHT, style)])] if length > left + width else []
    middle = strip.crop(left + len(before), left + width - len(after))
    return Strip.join((*before, middle, *after))


def text_within(rows: Sequence[Row], layout: Layout, selection: Selection) -> str:
    """What is selected of the rows; a line that was wrapped is one again."""
    lines = []
    for _, numbered in groupby(enumerate(rows), key=lambda one: one[1].position.start):
        parts = [_part(row, layout, selection.get_span(index)) for index, row in numbered]
        if any(part is not None for part in parts):
            lines.append("".join(filter(None, parts)).rstrip())
    return "\n".join(lines)


def _part(row: Row, layout: Layout, span: tuple[int, int] | None) -> str | None:
    if span is None:
        return None
    plain = str(layout.of(row.text).row(row.position.column))
    return plain[span[0] : None if span[1] == -1 else span[1]]
