"""The first line: what is walked, where, for which incident, for how long, by whom."""

from __future__ import annotations

from typing import NamedTuple

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

from ..text import badge, one_line

GAP = 3


class Status(NamedTuple):
    title: str
    section: str = ""
    badge: str = ""
    """What is unusual about all of it. It stands in front and never gives way."""
    marks: tuple[tuple[str, str], ...] = ()
    """Words with their styles, the most important first; what has no room is left out from the end."""


class StatusBar(Static):
    DEFAULT_CSS = "StatusBar { height: 1; padding: 0 1; background: $panel; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._status = Status("")

    def show(self, status: Status) -> None:
        if status != self._status:
            self._status = status
            self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        room = self.content_size.width
        longest = max(room // 2, room - _width(_title(self._status, full=False), []) - GAP)
        marks = [one_line(words, style).truncate(longest, ellipsis=True) for words, style in self._status.marks]
        title = _title(self._status, full=True)
        if _width(title, marks) > room:
            title = _title(self._status, full=False)
        while len(marks) > 1 and _width(title, marks) > room:  # the title gives way to the most important one
            marks.pop()
        right = Content(" " * GAP).join(marks)
        left = title.truncate(max(0, room - cell_len(right.plain) - 1), ellipsis=True)
        pad = max(1, room - cell_len(left.plain) - cell_len(right.plain))
        self.update(Content.assemble(left, " " * pad, right))


def _title(status: Status, *, full: bool) -> Content:
    parts = [Content.styled("oncue ", "$foreground-muted"), badge(status.badge), one_line(status.title, "bold")]
    if full and status.section:
        parts += [Content.styled(" › ", "$foreground-muted"), one_line(status.section, "$foreground-muted")]
    return Content("").join(parts)


def _width(title: Content, marks: list[Content]) -> int:
    return cell_len(title.plain) + sum(cell_len(mark.plain) + GAP for mark in marks)
