"""The output of the run's steps: the live one while it comes, any past one when asked for, all of it either way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from engine.feed import Gap, OutputPiece
from engine.scrollback import Book, Source
from engine.summary import span

from ..text import joined, one_line
from .output_view import OutputView
from .search_line import SearchLine

NOTHING_RAN, NOTHING_YET, NOTHING_CAME = "nothing has run yet", "no output yet", "no output"
FOLLOWING, LOOKING_BACK, ENDED = "▼ following", "▲ looking back", "■ step ended"
HINTS = (("search", "search"), ("copy", "copy"), ("last", "follow"), ("again(False)", "next"))
"""Actions and what they are called, the most wanted first."""


class OutputPane(Vertical):
    """`source` is where past output is read; set it before the first `show`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "search output", show=False, id="output.search"),
    ]
    DEFAULT_CSS = """
    OutputPane {
        height: 1fr;
        & > .header { height: 1; padding: 0 1; background: $panel; }
        & > SearchLine { dock: bottom; }
    }
    """
    Copied = OutputView.Copied

    def __init__(self, source: Source | None = None, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.source = source
        self._live: Book | None = None
        """Of the latest attempt that output came from, also while another is looked at."""
        self._shown: Book | None = None
        self._title = ""
        self._shown_header = Content("")
        self._focused_before: Widget | None = None

    def compose(self) -> ComposeResult:
        yield Static("", classes="header")
        view = OutputView()
        view.empty = NOTHING_RAN
        yield view

    # What the screen says.

    def show(self, attempt: int | None, *, title: str = "", live: bool) -> None:
        """The output of an attempt from its end; None for a run in which nothing has run. `live`: more will come."""
        self._title = title
        self._shown = None if attempt is None else self._book(attempt, live=live)
        self._end_search()
        self._view.show(self._shown, NOTHING_RAN if attempt is None else NOTHING_YET if live else NOTHING_CAME)
        self._draw_header()

    def take(self, pieces: Iterable[OutputPiece | Gap]) -> None:
        """Live output, in the order in which it came, of whichever attempt."""
        for piece in pieces:
            self._live_book(piece.attempt).take(piece)
        if self._shown is self._live and self._live is not None:
            self._view.arrived()
            self._draw_header()  # now, to be in the same frame: the one after it would make a key wait

    def ended(self) -> None:
        """The live attempt is over, and all of its output has been taken."""
        if self._live is not None:
            self._live.live = False
        if self._shown is not None and self._shown is self._live:
            self._view.ended(NOTHING_CAME)
        self._draw_header()

    def start_search(self) -> None:
        """Open the line in which the search is typed."""
        if self._lines:
            self._lines[0].query_one("Input").focus()
        elif self._shown is not None:
            self._focused_before = self.screen.focused
            self.mount(SearchLine())

    def scroll_by_key(self, key: str) -> None:
        """As if the key had been pressed here."""
        by = -1 if key.endswith("up") else 1
        (self._view.action_scroll_pages if key.startswith("page") else self._view.action_scroll_rows)(by)

    def action_search(self) -> None:
        self.start_search()

    def _book(self, attempt: int, *, live: bool) -> Book:
        if self._live is not None and self._live.attempt == attempt:
            return self._live
        if live:
            return self._live_book(attempt)
        return Book(attempt, self.source, live=False)

    def _live_book(self, attempt: int) -> Book:
        if self._live is None or self._live.attempt != attempt:
            self._live = Book(attempt, self.source, live=True)
        return self._live

    # What its own widgets say.

    @property
    def _view(self) -> OutputView:
        return self.query_one(OutputView)

    @property
    def _lines(self) -> list[SearchLine]:
        return list(self.query(SearchLine))

    def on_output_view_moved(self, event: OutputView.Moved) -> None:
        event.stop()
        self._draw_header()

    def on_output_view_searched(self, event: OutputView.Searched) -> None:
        event.stop()
        for line in self._lines:
            line.say(event.words)
        if not event.words:
            self._end_search()

    def on_search_line_submitted(self, event: SearchLine.Submitted) -> None:
        event.stop()
        if event.text:
            self._view.find(event.text)
            self._view.focus()
        else:
            self._close_search()

    def on_search_line_asked_again(self, event: SearchLine.AskedAgain) -> None:
        event.stop()
        self._view.action_again(event.forward)

    def on_search_line_closed(self, event: SearchLine.Closed) -> None:
        event.stop()
        self._close_search()

    def _close_search(self) -> None:
        self._view.forget()
        if self._focused_before is not None and self._focused_before.is_attached:
            self._focused_before.focus()

    def _end_search(self) -> None:
        for line in self._lines:
            line.remove()

    # The header.

    def on_resize(self) -> None:
        self._draw_header()

    def on_descendant_focus(self) -> None:
        self._draw_header()

    def on_descendant_blur(self) -> None:
        self._draw_header()

    def _draw_header(self) -> None:
        """As much as there is room for, the state of things first."""
        room = self.size.width - 2
        state, title = self._state(), one_line(self._title or "output", "bold")
        left = title.truncate(max(0, room - cell_len(state.plain) - 2), ellipsis=True)
        hints = self._hints(room - cell_len(left.plain) - cell_len(state.plain) - 4)
        right = joined([part for part in (hints, state) if part.plain])
        pad = max(1, room - cell_len(left.plain) - cell_len(right.plain))
        header = Content.assemble(left, " " * pad, right)
        if header != self._shown_header:
            self._shown_header = header
            self.query_one(".header", Static).update(header, layout=False)

    def _state(self) -> Content:
        book = self._shown
        if book is None:
            return Content("")
        words = [one_line(span(book.size), "$foreground-muted")] if book.size else []
        if not self._view.following:
            share = f" {100 * self._view.rows[0].position.start // max(1, book.size)}%" if self._view.rows else ""
            words.append(one_line(LOOKING_BACK + share, "bold $warning"))
        elif book.live:
            words.append(one_line(FOLLOWING, "$success"))
        if not book.live:
            words.append(one_line(ENDED, "$foreground-muted"))
        return joined(words)

    def _hints(self, room: int) -> Content:
        """Keys that work here now, as they are bound."""
        hints: list[Content] = []
        if not self._view.has_focus:
            return Content("")
        keys = {
            one.binding.action: self.app.get_key_display(one.binding) for one in self.screen.active_bindings.values()
        }
        for action, label in HINTS:
            if action in keys and not (action == "last" and self._view.following):
                hint = Content.assemble((keys[action], "bold"), (f" {label}", "$foreground-muted"))
                if sum(cell_len(one.plain) + 2 for one in (*hints, hint)) <= room:
                    hints.append(hint)
        return joined(hints)
