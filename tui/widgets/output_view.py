"""The output of one attempt, however long: only the rows on the screen are ever decoded.

The view stands at a byte of the output, not at a line number. It follows the end as long as nobody moves it away from
there; what it needs and has not got is fetched from the trail on a thread, and what is shown stays until that is here.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget
from textual.worker import get_current_worker

from engine.errors import OncueError
from engine.output import visible
from engine.scrollback import (
    Book,
    Elsewhere,
    Needle,
    Portion,
    Position,
    Reach,
    Row,
    above,
    below,
    find_line,
    line_at,
)
from engine.summary import span

from .output_rows import Layout

FRAME_SECONDS = 1 / 18
"""More frames a second buy nothing and make keys wait."""
CALM_SECONDS = 0.2
"""Silence after which what passed too fast is read for a screen that would be half empty without it."""
RETRY_SECONDS = 0.1
"""The trail stores output within that time."""
MOST_RETRIES = 50
MOST_MOVES = 32
"""Of a key held down while something is fetched."""
WHEEL_ROWS = 3
SIDE_CELLS = 8
PROGRESS_SECONDS = 0.2
CUT_LEFT, CUT_RIGHT = "‹", "›"
THUMB = "┃"


class OutputView(Widget, can_focus=True):
    """Shows a `Book`; `arrived` says that it has grown."""

    ALLOW_SELECT = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll_rows(-1)", "up", show=False, id="output.up"),
        Binding("down", "scroll_rows(1)", "down", show=False, id="output.down"),
        Binding("pageup", "scroll_pages(-1)", "page up", show=False, id="output.page_up"),
        Binding("pagedown", "scroll_pages(1)", "page down", show=False, id="output.page_down"),
        Binding("home", "first", "first line", show=False, id="output.first"),
        Binding("end", "last", "follow the end", show=False, id="output.last"),
        Binding("left", "sideways(-1)", "left", show=False, id="output.left"),
        Binding("right", "sideways(1)", "right", show=False, id="output.right"),
        Binding("z", "wrap", "wrap long lines", show=False, id="output.wrap"),
        Binding("y", "copy", "copy", show=False, id="output.copy"),
        Binding("n", "again(False)", "next hit back", show=False, id="output.next"),
        Binding("N", "again(True)", "next hit on", show=False, id="output.previous"),
        Binding("escape", "forget", "end the search", show=False, id="output.forget"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "output-view--bar",
        "output-view--hit",
        "output-view--note",
        "output-view--problem",
    }
    DEFAULT_CSS = """
    OutputView {
        height: 1fr;
        background: $surface;
        color: $text;
        & > .output-view--bar { color: $primary; }
        & > .output-view--hit { background: $warning; color: $background; text-style: bold; }
        & > .output-view--note { color: $text-muted; text-style: italic; }
        & > .output-view--problem { color: $error; }
    }
    """

    class Moved(Message):
        """Where it stands, or how much there is, has changed."""

    class Copied(Message):
        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Searched(Message):
        """How a search stands, in words; empty when there is none any more."""

        def __init__(self, words: str) -> None:
            super().__init__()
            self.words = words

    class Fetched(Message, bubble=False):
        def __init__(self, book: Book, number: int | None, portion: Portion | str) -> None:
            """`portion` is a sentence where nothing could be read."""
            super().__init__()
            self.book = book
            self.number = number
            self.portion = portion

    class Sought(Message, bubble=False):
        def __init__(self, needle: Needle, found: int | str | None, *, forward: bool) -> None:
            super().__init__()
            self.needle = needle
            self.found = found
            self.forward = forward

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.empty = ""
        """Shown in place of an output that is not there."""
        self.following = True
        self.wrap = True
        self._book: Book | None = None
        self._rows: Sequence[Row] = ()
        self._gap = 0
        """Bytes that passed unseen right above the first row."""
        self._problem = ""
        self._top = Position(0)
        self._left = 0
        self._moves: deque[Callable[[Book], None]] = deque(maxlen=MOST_MOVES)
        self._fetching = False
        self._retries = 0
        self._calming = False
        self._last_frame = 0.0
        self._frame_due = False
        self._arrived_at = 0.0
        self._needle: Needle | None = None
        self._hit: int | None = None
        self._layout: Layout | None = None

    # What the pane says.

    def show(self, book: Book | None, empty: str) -> None:
        """Another output, from its end."""
        self._book, self.empty = book, empty
        self._rows, self._gap, self._problem = (), 0, ""
        self.following, self._top, self._left = True, Position(0), 0
        self._moves.clear()
        self._hit, self._retries = None, 0
        self._go_on()
        self.refresh()

    def arrived(self) -> None:
        """There is more output; it is drawn a few times a second at most."""
        self._arrived_at = time.monotonic()
        if self._frame_due:
            return
        wait = self._last_frame + FRAME_SECONDS - self._arrived_at
        if wait <= 0:
            self._draw_frame()
        else:
            self._frame_due = True
            self.set_timer(wait, self._draw_frame)

    @property
    def place(self) -> int:
        """The byte at the top of the view."""
        return self._rows[0].position.start if self._rows else 0

    @property
    def shown_text(self) -> str:
        """What can be seen, or what is selected of it; a line that was wrapped is one again."""
        selection = self.text_selection
        return self._text_within(selection if selection is not None else Selection(None, None))

    @property
    def is_searching(self) -> bool:
        return self._needle is not None

    # Moving.

    def action_scroll_rows(self, count: int) -> None:
        self._do(partial(self._scroll, count))

    def action_scroll_pages(self, count: int) -> None:
        self._do(partial(self._scroll, count * max(1, self.size.height - 1)))

    def action_first(self) -> None:
        self._do(self._go_first)

    def action_last(self) -> None:
        self._moves.clear()
        self._do(self._go_last)

    def action_sideways(self, count: int) -> None:
        widest = max((len(self._laid.of(row.text).plain) for row in self._rows), default=0)
        self._left = 0 if self.wrap else max(0, min(self._left + count * SIDE_CELLS, widest - self.size.width // 2))
        self.refresh()

    def action_wrap(self) -> None:
        self.wrap, self._left = not self.wrap, 0
        self._relay()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._do(partial(self._scroll, -WHEEL_ROWS))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._do(partial(self._scroll, WHEEL_ROWS))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        if event.x == self.size.width - 1:
            self.capture_mouse()
            self._drag_to(event.y)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self.app.mouse_captured is self:
            self._drag_to(event.y)

    def on_mouse_up(self) -> None:
        if self.app.mouse_captured is self:
            self.release_mouse()

    def _drag_to(self, y: int) -> None:
        self._moves.clear()
        self._do(partial(self._go_to_share, y / max(1, self.size.height - 1)))

    def _do(self, move: Callable[[Book], None]) -> None:
        if self._book is None:
            return
        self.screen.clear_selection()
        self._moves.append(move)
        self._go_on()

    # One row per move. Each sets where the view stands, or raises `Elsewhere` and has changed nothing.

    def _scroll(self, count: int, book: Book) -> None:
        if count < 0:
            rows = _all_of(above(book, self._here(book), -count, self._laid.rows_of))
            if rows:
                self.following, self._top = False, rows[0].position
        elif not self.following:
            wanted = count + self.size.height
            rows = _all_of(below(book, self._top, wanted + 1, self._laid.rows_of))
            self.following = len(rows) <= wanted
            if not self.following:
                self._top = rows[count].position

    def _here(self, book: Book) -> Position:
        if not self.following:
            return self._top
        return self._rows[0].position if self._rows else Position(book.size)

    def _go_first(self, _book: Book) -> None:
        self.following, self._top = False, Position(0)

    def _go_last(self, _book: Book) -> None:
        self.following = True

    def _go_to_share(self, share: float, book: Book) -> None:
        if share >= 1:
            self.following = True
        else:
            top = Position(line_at(book, int(book.size * max(0.0, share))))
            self.following, self._top = False, top

    def _go_to_hit(self, start: int, book: Book) -> None:
        """The line of a hit a third below the top, unless the hit is on the screen."""
        line = _all_of(below(book, Position(start), 1, self._laid.rows_of))
        if not line:
            return
        laid = self._laid.of(line[0].text)
        first = next((hit[0] for hit in self._laid.hits(laid.plain)), 0)
        position = Position(start, max(column for column in laid.columns if column <= first))
        if position not in [row.position for row in self._rows]:
            lead = _all_of(above(book, position, self.size.height // 3, self._laid.rows_of))
            self.following, self._top = False, lead[0].position if lead else position

    # Drawing.

    def _draw_frame(self) -> None:
        self._frame_due = False
        self._last_frame = time.monotonic()
        self._go_on()

    def _go_on(self) -> None:
        """Make the moves that are due and show where the view then stands."""
        book = self._book
        if book is None or not self.size.height:
            return
        try:
            while self._moves:
                self._moves[0](book)
                self._moves.popleft()
            self._settle(book)
        except Elsewhere as error:
            self._want(book, error.number)
        self.post_message(self.Moved())

    def _settle(self, book: Book) -> None:
        reach = Reach((), None) if self.following else below(book, self._top, self.size.height, self._laid.rows_of)
        if not self.following and reach.missing is not None:
            raise Elsewhere(reach.missing)
        if len(reach.rows) < self.size.height:
            self._settle_at_end(book)
        else:
            self._put(reach.rows, 0)
            self._top = reach.rows[0].position

    def _settle_at_end(self, book: Book) -> None:
        reach = above(book, Position(book.size), self.size.height, self._laid.rows_of, torn=True)
        self.following = True
        if reach.rows or reach.missing is None:
            self._put(reach.rows, book.tail.skipped if reach.missing is not None else 0)
        if reach.missing is not None:
            self._want_calmly(book, reach.missing)

    def _put(self, rows: Sequence[Row], gap: int) -> None:
        before = self._looks
        self._rows, self._gap = rows, gap
        if self._looks != before:
            self.refresh()

    @property
    def _looks(self) -> object:
        """What the screen shows: a program that repeats itself costs no frames."""
        return [(row.text, row.position.column) for row in self._rows], self._gap, self._thumb()

    @property
    def _laid(self) -> Layout:
        if self._layout is None or self._layout.width != max(2, self.size.width - 1):
            base, hit = self.rich_style, self.get_component_rich_style("output-view--hit")
            self._layout = Layout(self.size.width - 1, wrap=self.wrap, needle=self._needle, base=base, hit=hit)
        return self._layout

    def _relay(self) -> None:
        """Lay everything out anew."""
        self._layout = None
        self._go_on()
        self.refresh()

    def on_resize(self) -> None:
        self._relay()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._layout = None

    def render_line(self, y: int) -> Strip:
        width = self.size.width - 1
        strip = self._noted(y) or self._row(y - self._shift) or Strip.blank(width, self.rich_style)
        return Strip.join((strip.crop_extend(0, width, self.rich_style), self._bar(y)))

    @property
    def _notes(self) -> list[tuple[str, str]]:
        """Lines above the output, with their styles."""
        notes = []
        if self._problem:
            notes.append((f"✘ {self._problem}", "output-view--problem"))
        if not self._rows:
            notes.append((self._absence, "output-view--note"))
        elif self._gap:
            said = f"… {span(self._gap)} passed too fast to show; scroll back to read it …"
            notes.append((said, "output-view--note"))
        return notes

    @property
    def _absence(self) -> str:
        if self._book is None or self._book.is_known:
            return self.empty
        return "" if self._problem else "reading …"

    @property
    def _shift(self) -> int:
        """Rows by which the notes push the output down; where there is no room they lie over it."""
        n_notes = len(self._notes)
        return n_notes if len(self._rows) + n_notes <= self.size.height else 0

    def _noted(self, y: int) -> Strip | None:
        notes = self._notes
        if y >= len(notes):
            return None
        words, name = notes[y]
        style = self.rich_style + self.get_component_rich_style(name, partial=True)
        return Strip([Segment(words, style)])

    def _row(self, index: int) -> Strip | None:
        if not 0 <= index < len(self._rows):
            return None
        row = self._rows[index]
        text = self._laid.of(row.text).row(row.position.column)
        selection = self.text_selection
        if selection is not None and (marked := selection.get_span(index)) is not None:
            text = text.copy()
            style = self.screen.get_component_rich_style("screen--selection")
            text.stylize(style, marked[0], len(text) if marked[1] == -1 else marked[1])
        strip = self._laid.strip(text, self.app.console, self._left)
        return self._with_edges(strip, len(text)).apply_offsets(self._left, index)

    def _with_edges(self, strip: Strip, length: int) -> Strip:
        """Marks where a line goes on beyond the edge."""
        style = self.rich_style + self.get_component_rich_style("output-view--bar", partial=True)
        width = strip.cell_length
        if self.wrap or (not self._left and length <= width):
            return strip
        left = [Strip([Segment(CUT_LEFT, style)])] if self._left and length else []
        right = [Strip([Segment(CUT_RIGHT, style)])] if length > self._left + width else []
        return Strip.join((*left, strip.crop(len(left), width - len(right)), *right))

    def _bar(self, y: int) -> Strip:
        first, end = self._thumb()
        style = self.rich_style + self.get_component_rich_style("output-view--bar", partial=True)
        return Strip([Segment(THUMB if first <= y < end else " ", style)], 1)

    def _thumb(self) -> tuple[int, int]:
        height = self.size.height
        if self._book is None or not self._rows or (len(self._rows) < height and not self._gap):
            return 0, 0
        size = max(1, self._book.size)
        first = self._rows[0].position.start
        shown = max(1, self._rows[-1].position.start - first)
        length = max(1, min(height, round(height * shown / size)))
        if self.following:
            return height - length, height
        top = min(height - length, int(height * first / size))
        return (top, top + length) if first or self._rows[0].position.column else (0, length)

    # What is not in memory.

    def _want(self, book: Book, number: int) -> None:
        if self._fetching:
            return
        self._fetching = True
        wanted = number if book.is_known else None
        self.run_worker(partial(self._fetch, book, wanted), thread=True, group="fetch")

    def _want_calmly(self, book: Book, number: int) -> None:
        """While output pours in there is always something to show, and no time to read back."""
        left = self._arrived_at + CALM_SECONDS - time.monotonic()
        if not book.live or left <= 0:
            self._want(book, number)
        elif not self._calming:
            self._calming = True
            self.set_timer(left, self._calmed)

    def _calmed(self) -> None:
        self._calming = False
        self._go_on()

    def _fetch(self, book: Book, number: int | None) -> None:
        """On a thread of its own."""
        try:
            portion: Portion | str = book.fetch(number)
        except OncueError as error:
            portion = str(error)
        self.post_message(self.Fetched(book, number, portion))

    def on_output_view_fetched(self, event: Fetched) -> None:
        self._fetching = False
        if event.book is not self._book:
            self._go_on()
        elif isinstance(event.portion, str):
            self._give_up(event.portion)
        elif event.book.receive(event.number, event.portion):
            self._retries = 0
            self._go_on()
            self.refresh()
        elif self._retries < MOST_RETRIES:
            self._retries += 1
            self.set_timer(RETRY_SECONDS, self._go_on)
        else:
            self._give_up("a part of this output cannot be read back")

    def _give_up(self, reason: str) -> None:
        self._problem = visible(reason)
        self._moves.clear()
        self.refresh()
        self.post_message(self.Moved())

    # Searching.

    def find(self, text: str) -> None:
        """Backwards from the end of the view."""
        self._needle, self._hit = Needle(text), None
        self.refresh_bindings()
        self._relay()
        self._seek(self._rows[-1].position.start + 1 if self._rows else 0, forward=False)

    def action_again(self, forward: bool) -> None:
        place = self._hit if self._hit is not None else self.place
        self._seek(place, forward=forward)

    def action_forget(self) -> None:
        self.forget()

    def forget(self) -> None:
        """No search any more."""
        self.workers.cancel_group(self, "search")
        self._needle = self._hit = None
        self.refresh_bindings()
        self._relay()
        self.post_message(self.Searched(""))

    def _seek(self, place: int, *, forward: bool) -> None:
        if self._needle is None or self._book is None:
            return
        self.post_message(self.Searched("searching …"))
        work = partial(self._search, self._book.reader(), self._book.size, self._needle, place, forward)
        self.run_worker(work, thread=True, group="search", exclusive=True)

    def _search(self, read: Callable[[int, int], bytes], size: int, needle: Needle, place: int, forward: bool) -> None:
        """On a thread of its own."""
        worker = get_current_worker()
        next_word = time.monotonic() + PROGRESS_SECONDS

        def stop(reached: int) -> bool:
            nonlocal next_word
            if time.monotonic() > next_word and not worker.is_cancelled:
                next_word += PROGRESS_SECONDS
                self.post_message(self.Searched(f"searching … {span(max(0, size - reached))} back"))
            return worker.is_cancelled

        found: int | str | None
        try:
            found = find_line(read, size, needle, place, forward=forward, stop=stop)
        except OncueError as error:
            found = str(error)
        if not worker.is_cancelled:
            self.post_message(self.Sought(needle, found, forward=forward))

    def on_output_view_sought(self, event: Sought) -> None:
        if event.needle is not self._needle or self._book is None:
            return
        if isinstance(event.found, int):
            self._hit = event.found
            self._do(partial(self._go_to_hit, event.found))
            words = f"{span(self._book.size - event.found)} back"
        elif event.found is None:
            further = f" further {'on' if event.forward else 'back'}" if self._hit is not None else ""
            words = f"not found{further}"
        else:
            words = visible(event.found)
        self.post_message(self.Searched(words))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Keys of a search are nobody's without one: the screen below has its own use for them."""
        return self.is_searching if action in ("again", "forget") else True

    # Copying.

    def action_copy(self) -> None:
        if text := self.shown_text:
            self.post_message(self.Copied(text))

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        return self._text_within(selection), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """What is being selected stands still."""
        if selection is not None and self.following and self._rows and self._book is not None:
            if len(self._rows) >= self.size.height:
                self.following, self._top = False, self._rows[0].position
            self.post_message(self.Moved())
        self.refresh()

    def _text_within(self, selection: Selection) -> str:
        lines = []
        for _, rows in groupby(enumerate(self._rows), key=lambda one: one[1].position.start):
            parts = [part for part in (self._part(index, row, selection) for index, row in rows) if part is not None]
            if parts:
                lines.append("".join(parts).rstrip())
        return "\n".join(lines)

    def _part(self, index: int, row: Row, selection: Selection) -> str | None:
        marked = selection.get_span(index)
        if marked is None:
            return None
        plain = self._laid.of(row.text).row(row.position.column).plain
        return plain[marked[0] : None if marked[1] == -1 else marked[1]]


def _all_of(reach: Reach) -> Sequence[Row]:
    if reach.missing is not None:
        raise Elsewhere(reach.missing)
    return reach.rows
