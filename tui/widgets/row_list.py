"""A table of rows of which only those in view are drawn: two thousand cost what twenty do.

Columns come and go with the room there is; what a cell has no room for is cut with a mark, and whoever uses the list
shows the highlighted row in full beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from engine.output import visible

from .facts import QUIET

T = TypeVar("T")

GAP = 2
"""Blanks between two columns."""
CURSOR = "▸"
"""Before the highlighted row: a colour alone would not do."""
Cell = tuple[str, str]
"""A text from anywhere, and the theme variable of its colour, such as `$warning`; empty for the ordinary one."""


class Column(NamedTuple, Generic[T]):
    title: str
    cell: Callable[[T], Cell]
    width: int
    """Cells; of a column that shares what is left, the fewest."""
    share: int = 0
    """Of the room that is left; 0 for a column of fixed width."""
    at: int = 0
    """Width of the list from which on it is shown."""


class RowList(ScrollView, Generic[T], can_focus=True):
    """Show it rows with `show`; it tells which one is highlighted and which one was chosen."""

    DEFAULT_CSS = """
    RowList { height: 1fr; background: $surface; scrollbar-size: 1 1; overflow-x: hidden; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "up", show=False),
        Binding("down", "move(1)", "down", show=False),
        Binding("pageup", "page(-1)", "page up", show=False),
        Binding("pagedown", "page(1)", "page down", show=False),
        Binding("home", "move(-1000000)", "first", show=False),
        Binding("end", "move(1000000)", "last", show=False),
    ]

    class Highlighted(Message):
        """`key` is None when there is no row at all."""

        def __init__(self, rows: RowList[Any], key: str | None) -> None:
            super().__init__()
            self.rows = rows
            self.key = key

        @property
        def control(self) -> RowList[Any]:
            return self.rows

    class Chosen(Highlighted):
        """By a double click; Enter is for the screen to bind."""

    class Scrolled(Message):
        """Other rows are in view."""

    def __init__(self, columns: Sequence[Column[T]], *, id: str | None = None, header: bool = True) -> None:
        super().__init__(id=id)
        self._columns = columns
        self._header = int(header)
        self._keys: list[str] = []
        self._items: Sequence[T] = ()
        self._at = 0
        self._touched = False
        """The operator has moved the cursor, so that it stays with its row when rows come and go."""
        self._told: str | None = None

    @property
    def key(self) -> str | None:
        """Of the highlighted row."""
        return self._keys[self._at] if self._keys else None

    @property
    def item(self) -> T | None:
        return self._items[self._at] if self._items else None

    def show(self, rows: Sequence[tuple[str, T]], *, from_top: bool = False) -> None:
        """Each with a key that stays the same; the cursor stays with its row unless it goes back to the top."""
        here = self.key if self._touched and not from_top else None
        self._keys = [key for key, _ in rows]
        self._items = [item for _, item in rows]
        self._touched = self._touched and not from_top
        if here is None:
            self._at = 0
        elif here in self._keys:
            self._at = self._keys.index(here)
        else:
            self._at = max(0, min(self._at, len(rows) - 1))
        self._measure()
        self._reveal()
        self._tell()
        self.refresh()
        self.post_message(self.Scrolled())

    def highlight(self, key: str) -> None:
        if key in self._keys:
            self._go(self._keys.index(key))

    def in_view(self) -> Sequence[T]:
        """The items of the rows that can be seen, and of a few below."""
        first = self.scroll_offset.y
        return self._items[first : first + max(1, self.size.height) + 3]

    # Drawing.

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        if self._header and y == 0:
            style = self.rich_style + self._tone(QUIET)
            return self._strip([(column.title, "") for column in self._shown(width)], width, style)
        number = y - self._header + self.scroll_offset.y
        if number >= len(self._items):
            return Strip.blank(width, self.rich_style)
        cells = [column.cell(self._items[number]) for column in self._shown(width)]
        if number != self._at:
            return self._strip(cells, width, self.rich_style)
        return self._strip([(text, "") for text, _ in cells], width, self.rich_style + self._cursor_style(), CURSOR)

    def _strip(self, cells: Sequence[Cell], width: int, style: Style, mark: str = " ") -> Strip:
        segments = [Segment(mark, style)]
        for (text, tone), room in zip(cells, self._widths(width), strict=True):
            own = style + self._tone(tone) if tone else style
            segments += [Segment(_fitted(visible(text), room), own), Segment(" " * GAP, style)]
        return Strip(segments).adjust_cell_length(width, style)

    def _shown(self, width: int) -> list[Column[T]]:
        return [column for column in self._columns if column.at <= width]

    def _widths(self, width: int) -> Iterator[int]:
        columns = self._shown(width)
        left = max(0, width - 1 - sum(column.width + GAP for column in columns))
        shares = sum(column.share for column in columns) or 1
        return (column.width + left * column.share // shares for column in columns)

    def _tone(self, tone: str) -> Style:
        colour = Color.parse(self.app.theme_variables[tone.removeprefix("$")])
        return Style(color=(self.background_colors[1] + colour).rich_color)

    def _cursor_style(self) -> Style:
        """One colour for all of the row: the others are only made for the ordinary ground."""
        ground, ink = (self.app.theme_variables[f"block-cursor-{name}"] for name in ("background", "foreground"))
        return Style(bgcolor=Color.parse(ground).rich_color, color=Color.parse(ink).rich_color, bold=True)

    # Moving.

    def action_move(self, by: int) -> None:
        if self._keys:
            self._touched = True
            self._go(min(max(0, self._at + by), len(self._keys) - 1))

    def action_page(self, by: int) -> None:
        self.action_move(by * max(1, self.size.height - self._header - 1))

    def on_click(self, event: events.Click) -> None:
        number = event.y - self._header + self.scroll_offset.y
        if not 0 <= number < len(self._keys) or event.y < self._header:
            return
        self._touched = True
        self._go(number)
        if event.chain > 1:
            self.post_message(self.Chosen(self, self.key))

    def on_resize(self) -> None:
        self._measure()
        self._reveal()
        self.post_message(self.Scrolled())

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self.post_message(self.Scrolled())

    def _go(self, number: int) -> None:
        self._at = number
        self._reveal()
        self._tell()
        self.refresh()

    def _tell(self) -> None:
        self.post_message(self.Highlighted(self, self.key))

    def _measure(self) -> None:
        self.virtual_size = Size(self.size.width, len(self._keys) + self._header)

    def _reveal(self) -> None:
        """The header covers the first line in view."""
        room = max(1, self.size.height - self._header)
        first = round(self.scroll_y)
        if self._at < first:
            self.scroll_to(y=self._at, animate=False, force=True)
        elif self._at >= first + room:
            self.scroll_to_region(Region(0, self._at + self._header, 1, 1), animate=False, force=True)


def _fitted(text: str, room: int) -> str:
    return set_cell_size(text if cell_len(text) <= room else set_cell_size(text, max(0, room - 1)) + "…", room)
