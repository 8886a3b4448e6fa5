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
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message

from engine.library.news import News
from engine.library.reader import Library
from engine.library.runs import PastRun, PastRuns
from engine.library.shelf import Row, Shelf
from engine.output import visible

from .. import library_words
from ..text import plain
from ..trail_reading import read_past
from ..widgets.facts import QUIET, Fact, fact
from ..widgets.find_line import FindLine
from ..widgets.row_list import RowList
from ..widgets.status_bar import Status
from .finding import FindingScreen

PUT_TOGETHER = 0.1
"""Seconds between two looks at what has come: titles seem to appear at once."""
SHARE = 10
"""At least so many times as long as it takes to draw a large library, keys have it for themselves."""


class LibraryScreen(FindingScreen[Row]):
    PROMPT = "type to find a title, a service, an alert or a path"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "resume", "resume", id="library.resume", tooltip="go on with what was left open of this runbook"),
        Binding("R", "rehearse", "rehearse", id="library.rehearse", tooltip="walk it while its latest run answers"),
        Binding("h", "history", "history", id="library.history", tooltip="every past run"),
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

    class RehearsalWanted(Message):
        """Of a runbook; `section` as of `Chosen`."""

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

    class ReadingEnded(Message, bubble=False):
        def __init__(self, library: Library) -> None:
            super().__init__()
            self.library = library

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
        library: Callable[..., Library] = Library,
    ) -> None:
        """`config` and `environment` are what the command line said; `directory` is where it was said."""
        super().__init__(library_words.columns(now))
        self._trail = trail
        self._environ = environ
        self._directory = directory or Path.cwd()
        self._said = {"config": config, "environment": environment}
        self._now = now
        self._start = library
        self._library: Library | None = None
        self._shelf = Shelf()
        self._trail_problem = ""
        self._news: deque[News] = deque()
        self._asked: list[str] = []
        self._is_due = False
        """News will be put together in a moment."""
        self._pause = PUT_TOGETHER
        self._has_ended = False
        """The reading process is gone, whatever the reason."""

    def on_mount(self) -> None:
        self._begin()
        self.renew()

    def on_unmount(self) -> None:
        if self._library:
            self._library.close()

    def on_screen_resume(self) -> None:
        self.action_look()

    # What comes.

    def _begin(self) -> None:
        self._library = self._start(self._directory, self._environ, **self._said)
        self._listen(self._library)

    @work(thread=True, group="library", exit_on_error=False)
    def _listen(self, library: Library) -> None:
        for news in library.news():
            self._news.append(news)
            self.post_message(self.NewsArrived())
        self.post_message(self.ReadingEnded(library))

    @work(thread=True, exclusive=True, group="trail", exit_on_error=False)
    def _read_trail(self) -> None:
        self.post_message(self.PastRead(*read_past(self._trail)))

    def on_library_screen_news_arrived(self) -> None:
        if not self._is_due:
            self._is_due = True
            self.set_timer(self._pause, self._put_together)

    def _put_together(self) -> None:
        self._is_due = False
        began = time.monotonic()
        while self._news:
            self._shelf.take(self._news.popleft())
        self.renew()
        self._pause = max(PUT_TOGETHER, SHARE * (time.monotonic() - began))

    def on_library_screen_reading_ended(self, message: ReadingEnded) -> None:
        """Only that of the process in use means something; it has no end of its own."""
        if message.library is self._library:
            self._has_ended = True
            self.renew()

    def on_library_screen_past_read(self, message: PastRead) -> None:
        self._shelf.past, self._trail_problem = message.past, message.problem
        self.renew()

    # What is shown.

    def found(self, query: str) -> list[tuple[str, Row]]:
        return [(row.key, row) for row in self._shelf.rows(query, self._now().astimezone().date())]

    def about(self, item: Row) -> Iterator[Fact]:
        yield from library_words.details(item, self._now())
        if self._trail_problem:
            yield fact("trail", self._trail_problem, "$error")

    def status(self) -> Status:
        return Status("library", marks=tuple(self._marks()))

    def _marks(self) -> Iterator[tuple[str, str]]:
        shelf = self._shelf
        if shelf.refusal:
            yield "the settings cannot be used", "$error"
        if self._has_ended:
            yield "reading has stopped, look again", "$error"
        if self._trail_problem:
            yield "the trail cannot be read", "$error"
        yield f"{len(shelf.entries)} runbook{'s' * (len(shelf.entries) != 1)}", ""
        if not shelf.is_read:
            yield "reading …", QUIET
        if shelf.unreadable:
            yield f"{len(shelf.unreadable)} cannot be read", "$warning"
        if shelf.left_out:
            yield f"{len(shelf.left_out)} with nothing to walk", QUIET

    def nothing(self) -> Content:
        if self._shelf.refusal:
            return plain(self._shelf.refusal, "$error")
        if self._shelf.entries or self._shelf.past.runs:
            return plain(f"Nothing here is called “{self.find_line.value}”. esc shows everything again.")
        if not self._shelf.is_found:
            return plain("Looking for runbooks …", QUIET)
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

    @on(RowList.Scrolled)
    def _judge(self) -> None:
        """What can be seen first, and of that what has no verdict."""
        rows = self.rows.in_view()
        wanted = [row.entry.path for row in rows if row.entry and row.worst is None and row.kind != "unreadable"]
        if self._library and wanted != self._asked:
            self._asked = wanted
            self._library.judge(wanted)

    # What is done.

    def open(self, item: Row) -> None:
        if item.past:
            self.post_message(self.Resumed(item.past.run.run_id))
        elif item.reason:
            self.notify(visible(item.reason), severity="error", markup=False)
        else:
            self.post_message(self.Chosen(Path(item.path), _section_of(item)))

    def action_resume(self) -> None:
        if past := self._open_run():
            self.post_message(self.Resumed(past.run.run_id))

    def action_rehearse(self) -> None:
        if (row := self.item) is not None and _can_be_walked(row):
            self.post_message(self.RehearsalWanted(Path(row.path), _section_of(row)))

    def action_history(self) -> None:
        self.post_message(self.HistoryWanted())

    def action_clear(self) -> None:
        self.find_line.value = ""
        self.action_find()

    def action_look(self) -> None:
        self._read_trail()
        if self._library is None:
            return
        if self._has_ended:
            self._has_ended = False
            self._library.close()
            self._begin()
        self._asked = []
        self._library.look()

    def action_help(self) -> None:
        from .keys import KeysScreen, keys_of

        self.app.push_screen(KeysScreen("The library", keys_of(self)))

    def action_quit(self) -> None:
        self.app.exit(0)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "clear":
            return bool(self.query(FindLine) and self.find_line.value)
        if action == "resume":
            return True if self._open_run() else None
        if action == "rehearse":
            return True if self.item is not None and _can_be_walked(self.item) else None
        return super().check_action(action, parameters)

    def _open_run(self) -> PastRun | None:
        """The one in the highlighted row, or the newest one that was left open of its document."""
        row = self.item
        if row is None:
            return None
        return row.past or next(iter(row.runs.left_open), None)


def _can_be_walked(row: Row) -> bool:
    """A runbook that can be read; a run that was left open has begun already."""
    return row.kind in ("runbook", "alert")


def _section_of(row: Row) -> tuple[str, ...] | None:
    return row.section if row.kind == "alert" else None


BELOW = {True: " and every folder below it", False: " and the folders in it"}
