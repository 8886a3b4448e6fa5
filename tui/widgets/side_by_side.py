"""Two things beside each other where there is room, else one under the other; what differs has a sign."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from .facts import QUIET

LABEL = 13
"""Cells for what a row is about, with the blank behind it."""
ROOMY = 90
"""Width from which on there are two columns."""
RULE = " │ "
SIGN = 2
"""Cells for the sign of a line, below which a long one goes on."""
NARROWEST = 8


class Cell(NamedTuple):
    sign: Content
    """One character."""
    text: Content


class Pair(NamedTuple):
    label: str
    """Empty where it is that of the row above."""
    before: Cell | None
    after: Cell | None
    together: Sequence[Cell]
    """How both are told in one column."""


class SideBySide(Widget):
    DEFAULT_CSS = "SideBySide { height: auto; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: Sequence[Pair | Content] = ()
        self._drawn: tuple[int, list[Content]] = (0, [])
        """For a width."""

    def show(self, rows: Sequence[Pair | Content]) -> None:
        """What is no pair takes the whole width."""
        self._rows = rows
        self._drawn = (0, [])
        self.refresh(layout=True)

    def lines(self, width: int) -> list[Content]:
        if self._drawn[0] != width:
            self._drawn = (width, [line for row in self._rows for line in _lines(row, width)])
        return self._drawn[1]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        return len(self.lines(width))

    def render(self) -> Content:
        return Content("\n").join(self.lines(self.size.width))


def _lines(row: Pair | Content, width: int) -> Iterator[Content]:
    if isinstance(row, Content):
        yield from row.wrap(max(NARROWEST, width))
    elif width >= ROOMY:
        yield from _labelled(row.label, list(_beside(row, width - LABEL)))
    else:
        lines = [line for cell in row.together for line in _wrapped(cell, width - LABEL)]
        yield from _labelled(row.label, lines)


def _labelled(label: str, lines: Sequence[Content]) -> Iterator[Content]:
    """A label that is too long for its place stands above."""
    if len(label) >= LABEL:
        yield Content.styled(label, QUIET)
        label = ""
    for line in lines:
        yield Content.styled(f"{label:<{LABEL}}", QUIET) + line
        label = ""


def _beside(row: Pair, width: int) -> Iterator[Content]:
    column = (width - len(RULE)) // 2
    before, after = (list(_wrapped(cell, column)) if cell else [] for cell in (row.before, row.after))
    for left, right in zip_longest(before, after, fillvalue=Content("")):
        yield Content.assemble(left.pad_right(max(0, column - left.cell_length)), (RULE, "$border"), right)


def _wrapped(cell: Cell, width: int) -> Iterator[Content]:
    sign = cell.sign
    for line in cell.text.wrap(max(NARROWEST, width - SIGN)) or [Content("")]:
        yield sign.pad_right(SIGN - sign.cell_length) + line
        sign = Content("")
