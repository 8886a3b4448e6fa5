"""The library: the runbooks there are, what is dangerous or stale about them, and what was left open.

Documents are read in a process of their own and the trail on a thread; here only what has come is put together, a few
times a second, and drawn.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input, Static

from engine.address import live
from engine.errors import OncueError
from engine.library.news import AllFound, AllRead, Judged, LookupRefused, News
from engine.library.reader import Library
from engine.library.runs import PastRun, PastRuns, past_runs
from engine.library.shelf import Row, Shelf
from engine.output import visible
from engine.trail import TrailReader

from .. import library_words
from ..text import plain
from ..widgets.find_line import FindLine
from ..widgets.key_row import KeyRow
from ..widgets.row_list import RowList
from ..widgets.status_bar import Status, StatusBar

PUT_TOGETHER = 0.15
"""Seconds between two looks at what has come: titles appear at once, and 2,000 documents cost little."""
FIND = "type to find a title, a service, an alert or a path"


class LibraryScreen(Screen[None]):
    CSS_PATH = "library.tcss"
    AUTO_FOCUS = "#find"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "open", priority=True, id="library.open", tooltip="run the runbook, or go on with it"),
        Binding("r", "resume", "resume", id="library.resume", tooltip="go on with what was left open of this runbook"),
        Binding("h", "history", "history", id="library.history", tooltip="every past run"),
        Binding("slash,tab", "find", "find", id="library.find", tooltip="back to the line that finds"),
        Binding("tab", "keys", "more keys", id="library.keys", tooltip="from the find line to the list and its keys"),
        Binding("escape", "clear", "clear", id="library.clear", tooltip="show everything again"),
        Binding("f5", "look", "look again", id="library.look", tooltip="search the folders and the trail again"),
        Binding("question_mark", "help", "help", id="library.help", tooltip="what can be done here"),
        Binding("q", "quit", "quit", id="library.quit", tooltip="leave Oncue; runs go on by themselves"),
    ]

    class Chosen(Message):
        """A runbook is to be run; `section` is None where it has not been picked yet."""

        def __init__(self, path: Path, section: tuple[str, ...] | None) -> None:
            super().__init__()
            self.path = path
            self.section = section

    class Resumed(Message):
        """A run is to be gone on with: attached to when it is live, else brought back."""

        def __init__(self, run_id: str) -> None:
            super().__init__()
            self.run_id = run_id

    class HistoryWanted(Message):
        pass

    class NewsArrived(Message, bubble=False):
        """Something is to be put together."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, LibraryScreen.NewsArrived)

    class PastRead(Message, bubble=False):
        def __init__(self, past: PastRuns, problem: str) -> None:
            super().__init__()
            self.past = past
            self.problem = problem

    def __init__(
        self,
        trail: Path,
        environ: Mapping[str, str] = os.environ,
        *,
        directory: Path | None = None,
        config: str | None = None,
        environment: str | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`config` and `environment` are what the command line said; `directory` is where it was said."""
        super().__init__()
        self._trail = trail
        self._environ = environ
        self._directory = directory or Path.cwd()
        self._said = {"config": config, "environment": environment}
        self._now = now
        self._library: Library | None = None
        self._shelf = Shelf()
        self._trail_problem = ""
        self._news: deque[News] = deque()
        self._asked: list[str] = []

    def compose(self) -> ComposeResult:
        yield StatusBar()
        yield FindLine(FIND, id="find")
        yield RowList[Row](library_words.columns(self._now), id="rows")
        with VerticalScroll(id="empty"):
            yield Static()
        with VerticalScroll(id="about"):
            yield Static()
        yield KeyRow()

    def on_mount(self) -> None:
        self._library = Library(self._directory, self._environ, **self._said)
        self._listen(self._library)
        self._show()

    def on_unmount(self) -> None:
        if self._library:
            self._library.close()

    def on_screen_resume(self) -> None:
        self.action_look()

    # What comes.

    @work(thread=True, group="library", exit_on_error=False)
    def _listen(self, library: Library) -> None:
        """Ends with the reading process."""
        told = 0.0
        for news in library.news():
            self._news.append(news)
            is_urgent = isinstance(news, AllFound | AllRead | Judged | LookupRefused)
            if is_urgent or time.monotonic() - told > PUT_TOGETHER:
                told = time.monotonic()
                self.post_message(self.NewsArrived())

    @work(thread=True, exclusive=True, group="trail", exit_on_error=False)
    def _read_trail(self) -> None:
        self.post_message(self.PastRead(*read_past(self._trail)))

    def on_library_screen_news_arrived(self) -> None:
        while self._news:
            self._shelf.take(self._news.popleft())
        self._show()

    def on_library_screen_past_read(self, message: PastRead) -> None:
        self._shelf.past, self._trail_problem = message.past, message.problem
        self._show()

    # What is shown.

    @property
    def _rows(self) -> RowList[Row]:
        return self.query_one(RowList)

    def _show(self, *, from_top: bool = False) -> None:
        rows = self._shelf.rows(self.query_one(FindLine).value, self._now().date())
        self._rows.show([(row.key, row) for row in rows], from_top=from_top)
        self.set_class(not rows, "-empty")
        if not rows:
            self.query_one("#empty > Static", Static).update(self._nothing())
        self.query_one(StatusBar).show(Status("library", marks=tuple(self._marks())))

    def _marks(self) -> Iterator[tuple[str, str]]:
        shelf = self._shelf
        if shelf.refusal:
            yield "the settings cannot be used", "$error"
        if self._trail_problem:
            yield "the trail cannot be read", "$error"
        yield f"{len(shelf.entries)} runbook{'s' * (len(shelf.entries) != 1)}", ""
        if not shelf.is_read:
            yield "reading …", "$text-muted"
        if shelf.unreadable:
            yield f"{len(shelf.unreadable)} cannot be read", "$warning"
        if shelf.left_out:
            yield f"{len(shelf.left_out)} with nothing to walk", "$text-muted"

    def _nothing(self) -> Content:
        if self._shelf.refusal:
            return plain(self._shelf.refusal, "$error")
        if self._shelf.entries or self._shelf.past.runs:
            return plain(f"Nothing here is called “{self.query_one(FindLine).value}”. esc shows everything again.")
        if not self._shelf.is_found:
            return plain("Looking for runbooks …", "$text-muted")
        return self._how_to_begin()

    def _how_to_begin(self) -> Content:
        places = "\n".join(f"    {place.folder}{BELOW[bool(place.depth > 1)]}" for place in self._shelf.places)
        return Content("\n").join(
            [
                Content.styled("No runbook was found.", "bold"),
                plain(f"\nIt was looked for in\n{places}\n"),
                plain('Name other folders in an oncue.toml:\n\n    library = ["~/ops/runbooks"]\n'),
                plain("`oncue run FILE` walks any Markdown document, wherever it lies. f5 looks again."),
            ]
        )

    @on(RowList.Highlighted)
    def _describe(self) -> None:
        row = self._rows.item
        about = library_words.details(row, self._now()) if row else Content("")
        if self._trail_problem:
            about = Content("\n").join([about, plain(f"{'trail':<11}{visible(self._trail_problem)}", "$error")])
        self.query_one("#about > Static", Static).update(about)
        self.refresh_bindings()

    @on(RowList.Scrolled)
    def _judge(self) -> None:
        """What can be seen first, and of that what has no verdict."""
        rows = self._rows.in_view()
        wanted = [row.entry.path for row in rows if row.entry and row.worst is None and row.kind != "unreadable"]
        if self._library and wanted != self._asked:
            self._asked = wanted
            self._library.judge(wanted)

    # What is done.

    @on(Input.Changed)
    def _narrow(self) -> None:
        self._show(from_top=True)

    @on(FindLine.Moved)
    async def _move(self, message: FindLine.Moved) -> None:
        await self._rows.run_action(f"{message.action}({message.by})")

    @on(RowList.Chosen)
    def action_open(self) -> None:
        row = self._rows.item
        if row is None:
            return
        if row.past:
            self.post_message(self.Resumed(row.past.run.run_id))
        elif row.reason:
            self.notify(visible(row.reason), severity="error", markup=False)
        else:
            self.post_message(self.Chosen(Path(row.path), row.section if row.kind == "alert" else None))

    def action_resume(self) -> None:
        if past := self._open_run():
            self.post_message(self.Resumed(past.run.run_id))

    def action_history(self) -> None:
        self.post_message(self.HistoryWanted())

    def action_find(self) -> None:
        self.query_one(FindLine).focus()

    def action_keys(self) -> None:
        self._rows.focus()

    def action_clear(self) -> None:
        self.query_one(FindLine).value = ""
        self.action_find()

    def action_look(self) -> None:
        self._read_trail()
        if self._library is None:
            return
        if self._library.status is not None:
            self._library.close()
            self._library = Library(self._directory, self._environ, **self._said)
            self._listen(self._library)
        self._asked = []
        self._library.look()

    def action_help(self) -> None:
        from .keys import KeysScreen, keys_of

        self.app.push_screen(KeysScreen("The library", keys_of(self)))

    def action_quit(self) -> None:
        self.app.exit(0)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """False hides a key, None says that it does nothing now."""
        finding = isinstance(self.focused, FindLine)
        if action == "keys":
            return finding
        if action == "find":
            return not finding
        if action == "clear":
            return bool(self.query(FindLine) and self.query_one(FindLine).value)
        if action == "open":
            return True if self.query(RowList) and self._rows.item else None
        if action == "resume":
            return True if self._open_run() else None
        return True

    def on_descendant_focus(self) -> None:
        self.refresh_bindings()

    def _open_run(self) -> PastRun | None:
        """The one in the highlighted row, or the newest one that was left open of its document."""
        row = self._rows.item if self.query(RowList) else None
        if row is None:
            return None
        return row.past or next(iter(row.runs.left_open), None)


BELOW = {True: " and every folder below it", False: " and the folders in it"}


def read_past(trail: Path) -> tuple[PastRuns, str]:
    """What the trail tells, and why it tells nothing; a trail that is not there yet is no problem."""
    if not trail.exists():
        return PastRuns(), ""
    try:
        with TrailReader.open(trail) as reader:
            return past_runs(reader, {address.run_id for address in live(trail)}), ""
    except (OncueError, OSError) as error:
        return PastRuns(), str(error)
