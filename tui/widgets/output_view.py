"""The output of one attempt, however long: only the rows on the screen are ever decoded.

The view stands at a byte of the output, not at a line number. It follows the end as long as nobody moves it away from
there; what it needs and has not got is fetched from the trail on a thread, and what is shown stays until that is here.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import ClassVar

from rich.cells import cell_len
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget
from textual.worker import get_current_worker

from engine.output import visible
from engine.scrollback import Book, Elsewhere, Needle, Portion, Position, Row, find_line
from engine.summary import span

from ..text import fault
from .output_paint import Picture, painted, text_within
from .output_place import Place
from .output_rows import Layout, Looks

FRAME_SECONDS = 1 / 25
"""More frames a second buy nothing and make keys wait. Less than what passes between two portions of a bridge, so that
none of them waits here."""
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
        self.wrap = True
        self._place: Place | None = None
        self._problem = ""
        self._left = 0
        self._moves: deque[Callable[[], None]] = deque(maxlen=MOST_MOVES)
        self._fetching = False
        self._retries = 0
        self._calming = False
        self._last_frame = 0.0
        self._frame_due = False
        self._arrived_at = 0.0
        self._needle: Needle | None = None
        self._only_lit = False
        """Somebody else searches."""
        self._hit: int | None = None
        self._layout: Layout | None = None
        self._strips: list[Strip] | None = None
        """What was painted last, as long as it is what has to be seen."""

    # What the pane says.

    def show(self, book: Book | None, empty: str) -> None:
        """Another output, from its end."""
        self.empty = empty
        self._place = None if book is None else Place(book)
        self._problem, self._left = "", 0
        self._moves.clear()
        self._hit, self._retries = None, 0
        self._go_on()
        self._repaint()

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

    def ended(self, empty: str) -> None:
        """All of it has arrived; `empty` is what to say where that was nothing."""
        self.empty = empty
        self._draw_frame()
        if not self.rows:
            self._repaint()

    @property
    def following(self) -> bool:
        return self._place is None or self._place.following

    @property
    def rows(self) -> Sequence[Row]:
        return self._place.rows if self._place is not None else ()

    @property
    def shown_text(self) -> str:
        """What can be seen, or what is selected of it."""
        return text_within(self.rows, self._laid, self.text_selection or Selection(None, None))

    @property
    def is_searching(self) -> bool:
        return self._needle is not None and not self._only_lit

    # Moving.

    def action_scroll_rows(self, count: int) -> None:
        self._do(lambda place: place.scroll(count))

    def action_scroll_pages(self, count: int) -> None:
        self._do(lambda place: place.scroll(count * max(1, place.height - 1)))

    def action_first(self) -> None:
        self._do(Place.go_first)

    def action_last(self) -> None:
        self._moves.clear()
        self._do(Place.follow)

    def action_sideways(self, count: int) -> None:
        widest = max((cell_len(self._laid.of(row.text).plain) for row in self.rows), default=0)
        most = max(0, widest - self._laid.width)
        self._left = 0 if self.wrap else max(0, min(self._left + count * SIDE_CELLS, most))
        self._repaint()

    def action_wrap(self) -> None:
        self.wrap, self._left = not self.wrap, 0
        self._relay()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.action_scroll_rows(-WHEEL_ROWS)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.action_scroll_rows(WHEEL_ROWS)

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
        self._do(lambda place: place.go_to_share(y / max(1, place.height - 1)))

    def _do(self, move: Callable[[Place], None]) -> None:
        if self._place is not None:
            self.screen.clear_selection()
            self._moves.append(partial(move, self._place))
            self._go_on()

    # Drawing.

    def _draw_frame(self) -> None:
        self._frame_due = False
        self._last_frame = time.monotonic()
        self._go_on()

    def _go_on(self) -> None:
        """Make the moves that are due and show where the view then stands."""
        place = self._place
        if place is None or not self.size.height:
            return
        place.height, place.rows_of = self.size.height, self._laid.rows_of
        before = _looks_of(place)
        try:
            while self._moves:
                self._moves[0]()
                self._moves.popleft()
            lacking = place.settle()
            if lacking is not None:
                self._want_calmly(place.book, lacking)
        except Elsewhere as error:
            self._want(place.book, error.number)
        if _looks_of(place) != before:
            self._repaint()
        self.post_message(self.Moved())

    @property
    def _laid(self) -> Layout:
        if self._layout is None:
            width = self.size.width - 1
            self._layout = Layout(width, wrap=self.wrap, needle=self._needle, looks=self._find_looks())
        return self._layout

    def _find_looks(self) -> Looks:
        base = self.rich_style
        names = ("hit", "bar", "note", "problem")
        parts = [self.get_component_rich_style(f"output-view--{name}", partial=True) for name in names]
        return Looks(base, *(base + part for part in parts))

    def _relay(self) -> None:
        """Lay everything out anew."""
        self._layout = None
        self._go_on()
        self._repaint()

    def _repaint(self) -> None:
        self._strips = None
        self.refresh()

    def on_resize(self) -> None:
        self._relay()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._layout = self._strips = None

    def render_line(self, y: int) -> Strip:
        if self._strips is None:
            self._strips = painted(self._picture(), self._laid, self.app.console)
        return self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width, self._laid.looks.base)

    def _picture(self) -> Picture:
        return Picture(
            rows=self.rows,
            notes=list(self._notes()),
            thumb=self._place.thumb if self._place is not None else (0, 0),
            left=self._left,
            selection=self.text_selection,
            selection_style=self.screen.get_component_rich_style("screen--selection"),
            height=self.size.height,
        )

    def _notes(self) -> Iterator[tuple[str, Style]]:
        looks, place = self._laid.looks, self._place
        if self._problem:
            yield f"✘ {self._problem}", looks.problem
        if place is None or (not place.rows and place.book.is_known):
            yield self.empty, looks.note
        elif not place.rows and not self._problem:
            yield "reading …", looks.note
        elif place.gap:
            yield f"… {span(place.gap)} passed too fast to show; scroll back to read it …", looks.note

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
        except Exception as error:  # noqa: BLE001 - the border of a thread: whoever waits has to hear of it
            portion = fault(error)
        self.post_message(self.Fetched(book, number, portion))

    def on_output_view_fetched(self, event: Fetched) -> None:
        self._fetching = False
        if self._place is None or event.book is not self._place.book:
            self._go_on()
        elif isinstance(event.portion, str):
            self._give_up(event.portion)
        elif event.book.receive(event.number, event.portion):
            self._retries = 0
            self._go_on()
            self._repaint()
        elif self._retries < MOST_RETRIES:
            self._retries += 1
            self.set_timer(RETRY_SECONDS, self._go_on)
        else:
            self._give_up("a part of this output cannot be read back")

    def _give_up(self, reason: str) -> None:
        self._problem = visible(reason)
        self._moves.clear()
        self._repaint()
        self.post_message(self.Moved())

    # Searching.

    def find(self, text: str) -> None:
        """Backwards from the end of the view."""
        self._needle, self._hit, self._only_lit = Needle(text), None, False
        self.refresh_bindings()
        self._relay()
        self._seek(self.rows[-1].position.start + 1 if self.rows else 0, forward=False)

    def reveal(self, start: int) -> None:
        """Bring the line that begins at this byte into view."""
        self._do(partial(self._go_to_hit, start))

    def light(self, needle: Needle | None) -> None:
        """Only show where it stands: whoever calls searches."""
        self._needle, self._hit, self._only_lit = needle, None, True
        self._relay()

    def action_again(self, forward: bool) -> None:
        here = self.rows[0].position.start if self.rows else 0
        self._seek(here if self._hit is None else self._hit, forward=forward)

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
        if self._needle is None or self._place is None:
            return
        self.post_message(self.Searched("searching …"))
        book = self._place.book
        work = partial(self._search, book.reader(), book.size, self._needle, place, forward)
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
        except Exception as error:  # noqa: BLE001 - as above
            found = fault(error)
        if not worker.is_cancelled:
            self.post_message(self.Sought(needle, found, forward=forward))

    def on_output_view_sought(self, event: Sought) -> None:
        if event.needle is not self._needle or self._place is None:
            return
        if isinstance(event.found, int):
            self._hit = event.found
            self.reveal(event.found)
            words = f"{span(self._place.book.size - event.found)} back"
        elif event.found is None:
            further = f" further {'on' if event.forward else 'back'}" if self._hit is not None else ""
            words = f"not found{further}"
        else:
            words = visible(event.found)
        self.post_message(self.Searched(words))

    def _go_to_hit(self, start: int, place: Place) -> None:
        laid = self._laid.of(place.line(start))
        first = next((hit[0] for hit in self._laid.hits(laid.plain)), 0)
        place.show(Position(start, max(column for column in laid.columns if column <= first)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Keys of a search are nobody's without one: the screen below has its own use for them."""
        return self.is_searching if action in ("again", "forget") else True

    # Copying.

    def action_copy(self) -> None:
        if text := self.shown_text:
            self.post_message(self.Copied(text))

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        return text_within(self.rows, self._laid, selection), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """What is being selected stands still."""
        if selection is not None and self._place is not None and self._place.following:
            self._place.stop_following()
            self.post_message(self.Moved())
        self._repaint()


def _looks_of(place: Place) -> object:
    """What the screen shows of it: a program that repeats itself costs no frames."""
    return [(row.text, row.position.column) for row in place.rows], place.gap, place.thumb
