"""Past runs, newest first. The trail is read on a thread, over a connection that lives as long as one look."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.worker import get_current_worker

from engine.library.runs import PastRun

from .. import history_words
from ..text import plain
from ..trail_reading import read_pages
from ..widgets.facts import QUIET, Fact
from ..widgets.status_bar import Status
from .finding import FindingScreen


class HistoryScreen(FindingScreen[PastRun]):
    PROMPT = "type to find a runbook, an incident, an operator, an outcome or a day"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "resume", "resume", id="history.resume", tooltip="go on with a run that is live or was left open"),
        Binding("p", "replay", "replay", id="history.replay", tooltip="watch the run as it happened"),
        Binding("m", "mark", "mark", id="history.mark", tooltip="mark a run to compare another one with, or no more"),
        Binding("c", "compare", "compare with it", id="history.compare", tooltip="this run with the marked one"),
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
        super().__init__(history_words.columns(now, lambda past: past.run.run_id == self._marked))
        self._trail = trail
        self._environ = environ
        self._now = now
        self._runs: Sequence[PastRun] = ()
        self._problem = ""
        self._is_read = False
        self._marked: str | None = None

    def on_mount(self) -> None:
        self.renew()

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
        self.renew()

    def found(self, query: str) -> list[tuple[str, PastRun]]:
        return [(past.run.run_id, past) for past in history_words.matching(self._runs, query)]

    def about(self, item: PastRun) -> Iterable[Fact]:
        return history_words.details(item, self._now())

    def status(self) -> Status:
        count = f"{len(self._runs)} run{'s' * (len(self._runs) != 1)}"
        n_live = sum(1 for past in self._runs if past.is_live)
        live = [(f"{n_live} live", "$primary")] if n_live else []
        marked = [("1 marked", "$accent")] if self._marked else []
        return Status("history", marks=((count, ""), *live, *marked))

    def nothing(self) -> Content:
        if self._problem:
            return plain(self._problem, "$error")
        if not self._is_read:
            return plain("Reading the trail …", QUIET)
        if self._runs:
            return plain(f"No run has anything to do with “{self.find_line.value}”. esc shows all again.")
        return plain(
            f"There are no runs yet.\n\nThe trail is {self._trail}; `oncue run FILE` makes the first run in it."
        )

    def open(self, item: PastRun) -> None:
        from .past_run import PastRunScreen

        self.app.push_screen(PastRunScreen(self._trail, item.run.run_id, self._environ, now=self._now))

    def action_resume(self) -> None:
        if (past := self.item) and past.is_open:
            self.post_message(self.Resumed(past.run.run_id))

    def action_replay(self) -> None:
        from .replay import replay_of

        if past := self.item:
            self.app.push_screen(replay_of(self._trail, past.run.run_id, self._environ))

    def action_mark(self) -> None:
        if past := self.item:
            self._marked = None if past.run.run_id == self._marked else past.run.run_id
            self.renew()
            self.refresh_bindings()

    def action_compare(self) -> None:
        """The one that began first comes first."""
        from .diff import DiffScreen

        marked = next((past for past in self._runs if past.run.run_id == self._marked), None)
        if marked and (past := self.item):
            runs = sorted((marked.run, past.run), key=lambda run: (run.started_at, run.run_id))
            first, second = (run.run_id for run in runs)
            self.app.push_screen(DiffScreen(self._trail, first, second, self._environ, now=self._now))

    def action_back(self) -> None:
        if self.find_line.value:
            self.find_line.value = ""
        else:
            self.dismiss()

    def action_look(self) -> None:
        self._read()

    def action_help(self) -> None:
        from .keys import KeysScreen, keys_of

        self.app.push_screen(KeysScreen("Past runs", keys_of(self)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "resume":
            return True if self.item and self.item.is_open else None
        if action == "replay":
            return True if self.item else None
        if action == "compare":
            return True if self._marked and self.item and self.item.run.run_id != self._marked else None
        return super().check_action(action, parameters)
