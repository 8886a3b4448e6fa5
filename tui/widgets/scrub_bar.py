"""How far a replay is: its steps and notes on a line, where it stands, and what had happened by then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.color import Color
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ..text import joined

ROWS = 3
PASSED, HEAD, COMING = "━", "●", "─"


class Tick(NamedTuple):
    """Something on the line."""

    place: int
    """In playing time, as the length of the whole is."""
    sign: str
    tone: str
    rank: int
    """Of several in one cell the highest is shown."""


class Words(NamedTuple):
    left: Content
    """How it plays; always whole."""
    right: Content
    """What happened last; as far as there is room."""


class ScrubBar(Widget):
    DEFAULT_CSS = f"ScrubBar {{ height: {ROWS}; padding: 0 1; background: $panel; color: $foreground; }}"

    class Sought(Message):
        """A place on the line was clicked, or dragged to."""

        def __init__(self, share: float) -> None:
            super().__init__()
            self.share = share

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._ticks: Sequence[Tick] = ()
        self._length = 0
        self._at = 0
        self._words = Words(Content(""), Content(""))
        self._line: Strip | None = None
        """The ticks as they were drawn last."""

    def lay(self, ticks: Sequence[Tick], length: int) -> None:
        self._ticks, self._length, self._line = ticks, length, None
        self.refresh()

    def show(self, at: int, words: Words) -> None:
        """`at` is in playing time."""
        moved = self._cell(at) != self._cell(self._at)
        self._at = at
        if moved or words != self._words:
            self._words = words
            self.refresh()

    @property
    def _room(self) -> int:
        return max(1, self.content_size.width)

    def _cell(self, place: int) -> int:
        return min(self._room - 1, place * self._room // max(1, self._length))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        return ROWS

    def render_line(self, y: int) -> Strip:
        if y >= ROWS or not self.content_size.width:
            return Strip.blank(self.content_size.width, self.rich_style)
        row = (self._drawn_ticks, self._drawn_line, self._drawn_words)[y]()
        return row.adjust_cell_length(self._room, self.rich_style)

    def _drawn_ticks(self) -> Strip:
        if self._line is None:
            best: dict[int, Tick] = {}
            for tick in self._ticks:
                cell = self._cell(tick.place)
                if cell not in best or best[cell].rank < tick.rank:
                    best[cell] = tick
            found = (best.get(cell) for cell in range(self._room))
            self._line = Strip(
                [Segment(one.sign, self._tone(one.tone)) if one else Segment(" ", self.rich_style) for one in found]
            )
        return self._line

    def _drawn_line(self) -> Strip:
        cell = self._cell(self._at)
        passed = Segment(PASSED * cell, self._tone("$primary"))
        coming = Segment(COMING * (self._room - cell - 1), self._tone("$foreground-muted"))
        return Strip([passed, Segment(HEAD, self._tone("$primary") + Style(bold=True)), coming])

    def _drawn_words(self) -> Strip:
        left, right = self._words
        room = self._room - cell_len(left.plain) - 2
        shown = joined([left, right.truncate(max(0, room), ellipsis=True)]) if room > 0 else left
        return Strip(shown.render_segments(self.visual_style)).crop(0, self._room)

    def _tone(self, tone: str) -> Style:
        colour = Color.parse(self.app.theme_variables[tone.removeprefix("$")])
        return self.rich_style + Style(color=(self.background_colors[1] + colour).rich_color)

    def on_resize(self) -> None:
        self._line = None

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._line = None

    # The mouse.

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self.capture_mouse()
        self._seek(event.x)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self.app.mouse_captured is self:
            self._seek(event.x)

    def on_mouse_up(self) -> None:
        if self.app.mouse_captured is self:
            self.release_mouse()

    def _seek(self, x: int) -> None:
        share = (x - self.gutter.left) / max(1, self._room - 1)
        self.post_message(self.Sought(min(1.0, max(0.0, share))))
