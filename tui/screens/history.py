"""Past runs, newest first. The trail is read on a thread, over a connection that lives as long as one look."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
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
from textual.worker import get_current_worker

from engine.address import live
from engine.errors import OncueError
from engine.library.runs import PastRun, pages
from engine.trail import TrailReader

from .. import history_words
from ..text import plain
from ..widgets.find_line import FindLine
from ..widgets.key_row import KeyRow
from ..widgets.row_list import RowList
from ..widgets.status_bar import Status, StatusBar

FIND = "type to find a runbook, an incident, an operator, an outcome or a day"


class HistoryScreen(Screen[None]):
    CSS_PATH = "history.tcss"
    AUTO_FOCUS = "#find"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "open", priority=True, id="history.open", tooltip="look into the run"),
        Binding("r", "resume", "resume", id="history.resume", tooltip="go on with a run that is live or was left open"),
        Binding("slash,tab", "find", "find", id="history.find", tooltip="back to the line that finds"),
        Binding("tab", "keys", "more keys", id="history.keys", tooltip="from the find line to the list and its keys"),
        Binding("escape", "back", "back", id="history.back", tooltip="clear the find line, then go back"),
        Binding("f5", "look", "look again", id="history.look", tooltip="read the trail again"),
        Binding("question_mark", "help", "help", id="history.help", tooltip="what can be done here"),
    ]

    class Resumed(Message):
        """A run is to be gone on with: attached to when it is live, else brought back."""

        def __init__(self, run_id: str) -> None:
            super().__init__()
            self.run_id = run_id

    class RunsRead(Message, bubble=False):
        def __init__(self, runs: Sequence[PastRun], problem: str) -> None:
            super().__init__()
            self.runs = runs
            self.problem = problem

    def __init__(
        self,
        trail: Path,
        environ: Mapping[str, str] = os.environ,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__()
        self._trail = trail
        self._environ = environ
        self._now = now
        self._runs: Sequence[PastRun] = ()
        self._problem = ""
        self._is_read = False

    def compose(self) -> ComposeResult:
        yield StatusBar()
        yield FindLine(FIND, id="find")
        yield RowList[PastRun](history_words.columns(self._now), id="rows")
        with VerticalScroll(id="empty"):
            yield Static()
        with VerticalScroll(id="about"):
            yield Static()
        yield KeyRow()

    def on_mount(self) -> None:
        self._show()

    def on_screen_resume(self) -> None:
        self.action_look()

    @work(thread=True, exclusive=True, group="trail", exit_on_error=False)
    def _read(self) -> None:
        worker = get_current_worker()
        for runs, problem in read_pages(self._trail):
            if worker.is_cancelled:
                return
            self.post_message(self.RunsRead(runs, problem))

    def on_history_screen_runs_read(self, message: RunsRead) -> None:
        self._runs, self._problem, self._is_read = message.runs, message.problem, True
        self._show()

    @property
    def _rows(self) -> RowList[PastRun]:
        return self.query_one(RowList)

    def _show(self, *, from_top: bool = False) -> None:
        found = history_words.matching(self._runs, self.query_one(FindLine).value)
        self._rows.show([(past.run.run_id, past) for past in found], from_top=from_top)
        self.set_class(not found, "-empty")
        if not found:
            self.query_one("#empty > Static", Static).update(self._nothing())
        count = f"{len(self._runs)} run{'s' * (len(self._runs) != 1)}"
        live_count = sum(1 for past in self._runs if past.is_live)
        marks = ((count, ""), *([(f"{live_count} live", "$primary")] if live_count else []))
        self.query_one(StatusBar).show(Status("history", marks=marks))

    def _nothing(self) -> Content:
        if self._problem:
            return plain(self._problem, "$error")
        if not self._is_read:
            return plain("Reading the trail …", "$text-muted")
        if self._runs:
            return plain(f"No run has anything to do with “{self.query_one(FindLine).value}”. esc shows all again.")
        return plain(
            f"There are no runs yet.\n\nThe trail is {self._trail}; `oncue run FILE` makes the first run in it."
        )

    @on(RowList.Highlighted)
    def _describe(self) -> None:
        past = self._rows.item
        about = history_words.details(past, self._now()) if past else Content("")
        self.query_one("#about > Static", Static).update(about)
        self.refresh_bindings()

    @on(Input.Changed)
    def _narrow(self) -> None:
        self._show(from_top=True)

    @on(FindLine.Moved)
    async def _move(self, message: FindLine.Moved) -> None:
        await self._rows.run_action(f"{message.action}({message.by})")

    @on(RowList.Chosen)
    def action_open(self) -> None:
        from .past_run import PastRunScreen

        if past := self._rows.item:
            self.app.push_screen(PastRunScreen(self._trail, past.run.run_id, self._environ, now=self._now))

    def action_resume(self) -> None:
        if (past := self._rows.item) and past.is_open:
            self.post_message(self.Resumed(past.run.run_id))

    def action_find(self) -> None:
        self.query_one(FindLine).focus()

    def action_keys(self) -> None:
        self._rows.focus()

    def action_back(self) -> None:
        find = self.query_one(FindLine)
        if find.value:
            find.value = ""
        else:
            self.dismiss()

    def action_look(self) -> None:
        self._read()

    def action_help(self) -> None:
        from .keys import KeysScreen, keys_of

        self.app.push_screen(KeysScreen("Past runs", keys_of(self)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """False hides a key, None says that it does nothing now."""
        if action in ("keys", "find"):
            return isinstance(self.focused, FindLine) == (action == "keys")
        past = self._rows.item if self.query(RowList) else None
        if action == "open":
            return True if past else None
        if action == "resume":
            return True if past and past.is_open else None
        return True

    def on_descendant_focus(self) -> None:
        self.refresh_bindings()


def read_pages(trail: Path) -> Iterator[tuple[tuple[PastRun, ...], str]]:
    """Runs, or why there are none; a trail that is not there yet is no problem."""
    if not trail.exists():
        yield (), ""
        return
    try:
        with TrailReader.open(trail) as reader:
            alive = {address.run_id for address in live(trail)}
            for runs in pages(reader, alive):
                yield runs, ""
    except (OncueError, OSError) as error:
        yield (), str(error)
