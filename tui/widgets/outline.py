"""The outline: sections and steps of the run, one line each. Only the lines in view are drawn, so a document of 500
steps costs what one of ten does.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import ClassVar

import rich.color
from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.color import Color, ColorParseError
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from engine.output import visible

from ..outline_rows import OutlineRow


class Outline(ScrollView, can_focus=True):
    """Moving its cursor shows a step, Enter goes there."""

    DEFAULT_CSS = """
    Outline { width: 32; height: 1fr; scrollbar-size: 1 1; overflow-x: hidden; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "move(-10)", show=False),
        Binding("pagedown", "move(10)", show=False),
        Binding("home", "move(-100000)", show=False),
        Binding("end", "move(100000)", show=False),
        Binding("enter", "choose", show=False),
    ]

    class LookedAt(Message):
        def __init__(self, step_id: str) -> None:
            super().__init__()
            self.step_id = step_id

    class WentTo(LookedAt):
        pass

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: Sequence[OutlineRow] = ()
        self._cursor: str | None = None

    def show(self, rows: Sequence[OutlineRow], cursor: str | None) -> None:
        """`cursor` is the step that is shown beside the outline."""
        if rows == self._rows and cursor == self._cursor:
            return
        moved = cursor != self._cursor
        self._rows, self._cursor = rows, cursor
        self.virtual_size = Size(self.size.width, len(rows))
        if moved:
            self._reveal()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        number = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        if number >= len(self._rows):
            return Strip.blank(width, self.rich_style)
        return self._strip(self._rows[number], width)

    def _strip(self, row: OutlineRow, width: int) -> Strip:
        here = row.step_id is not None and row.step_id == self._cursor
        style = self.rich_style + self._style_of(row)
        if here:
            style += self._cursor_style()
        left = f"{'  ' * row.depth}{row.sign} {visible(row.text)}"
        right = f" {row.right} " if row.right else " "
        room = max(0, width - cell_len(right))
        if cell_len(left) > room:
            left = set_cell_size(left, max(0, room - 1)) + "…"
        return Strip([Segment(set_cell_size(left, room) + right, style)], width)

    def _style_of(self, row: OutlineRow) -> Style:
        bold = row.is_current or row.step_id is None
        colour = _colour(self.app.theme_variables.get(row.tone.removeprefix("$"), "")) if row.tone else None
        return Style(color=colour, bold=bold, dim=colour is None and row.tone == "$foreground-muted")

    def _cursor_style(self) -> Style:
        if self.has_focus:
            return Style(reverse=True)
        ground = Color.parse(self.app.theme_variables["block-cursor-background"])
        return Style(bgcolor=ground.rich_color)

    def _steps(self) -> list[str]:
        return [row.step_id for row in self._rows if row.step_id is not None]

    def _reveal(self) -> None:
        place = next((n for n, row in enumerate(self._rows) if row.step_id == self._cursor), None)
        if place is not None:
            self.scroll_to_region(Region(0, place, 1, 1), animate=False, force=True)

    def action_move(self, by: int) -> None:
        steps = self._steps()
        if not steps:
            return
        at = steps.index(self._cursor) if self._cursor in steps else 0
        self._look_at(steps[min(max(0, at + by), len(steps) - 1)])

    def action_choose(self) -> None:
        if self._cursor is not None:
            self.post_message(self.WentTo(self._cursor))

    def _look_at(self, step_id: str) -> None:
        self.post_message(self.LookedAt(step_id))

    def on_click(self, event: events.Click) -> None:
        number = event.y + self.scroll_offset.y
        row = self._rows[number] if number < len(self._rows) else None
        if row is None or row.step_id is None:
            return
        if event.chain > 1:
            self.post_message(self.WentTo(row.step_id))
        else:
            self._look_at(row.step_id)

    def on_resize(self) -> None:
        self.virtual_size = Size(self.size.width, len(self._rows))
        self._reveal()


@lru_cache(maxsize=64)  # what is no colour takes milliseconds to be found out, and a row is drawn at every frame
def _colour(value: str) -> rich.color.Color | None:
    """None for `auto 60%` and the like, which depends on the ground."""
    try:
        return Color.parse(value).rich_color
    except ColorParseError:
        return None
