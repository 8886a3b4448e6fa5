"""One past run: its steps, what was known and answered at each, and its output. Reading it is recorded in the trail."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from engine.past_run import ReadRun
from engine.scrollback import TrailOutput
from engine.state import Attempt
from engine.summary import mark_of

from .. import past_run_words
from ..past_run_words import Part
from ..text import plain
from ..trail_reading import fetched_rows, look_into
from ..widgets.facts import Facts
from ..widgets.key_row import KeyRow
from ..widgets.output_pane import OutputPane
from ..widgets.output_view import OutputView
from ..widgets.row_list import RowList
from ..widgets.status_bar import Status, StatusBar


class PastRunScreen(Screen[None]):
    CSS_PATH = "past_run.tcss"
    AUTO_FOCUS = "#parts"
    HORIZONTAL_BREAKPOINTS: list[tuple[int, str]] | None = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - as Textual declares it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "back", "back", id="past_run.back", tooltip="back to the list of runs"),
        Binding("tab", "app.focus_next", "next part", id="past_run.next", tooltip="steps, details, output"),
        Binding("R", "results", "rows", id="past_run.results", tooltip="the rows that the step fetched, as a table"),
        Binding("p", "replay", "replay", id="past_run.replay", tooltip="watch the run as it happened"),
        Binding("f5", "look", "look again", id="past_run.look", tooltip="read the run again"),
        Binding("question_mark", "help", "help", id="past_run.help", tooltip="what can be done here"),
    ]

    class RunRead(Message, bubble=False):
        """`read` is None when the run could not be read, and `problem` says why."""

        def __init__(self, read: ReadRun | None, problem: str) -> None:
            super().__init__()
            self.read = read
            self.problem = problem

    def __init__(
        self,
        trail: Path,
        run_id: str,
        environ: Mapping[str, str] = os.environ,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__()
        self._trail = trail
        self._run_id = run_id
        self._environ = environ
        self._now = now
        self._read_run: ReadRun | None = None

    def compose(self) -> ComposeResult:
        yield StatusBar()
        yield Static(id="heading")
        yield Static(plain("Reading the run …"), id="problem")
        with Horizontal(id="body"):
            yield RowList[Part](past_run_words.COLUMNS, id="parts")
            with Vertical(id="sides"):
                with VerticalScroll(id="details"):
                    yield Facts()
                yield OutputPane(TrailOutput(self._trail, self._run_id), id="output")
        yield KeyRow()

    def on_mount(self) -> None:
        self.add_class("-problem")
        self.query_one(StatusBar).show(Status(f"run {self._run_id}"))
        self._read()

    @work(thread=True, exclusive=True, group="trail", exit_on_error=False)
    def _read(self) -> None:
        self.post_message(self.RunRead(*look_into(self._trail, self._run_id, self._environ)))

    def on_past_run_screen_run_read(self, message: RunRead) -> None:
        self._read_run = message.read
        self.set_class(message.read is None, "-problem")
        if message.read is None:
            self.query_one("#problem", Static).update(plain(message.problem, "$error"))
            return
        self._show(message.read)

    def _show(self, read: ReadRun) -> None:
        started = read.state.started
        title = started.title if started else ""
        incident = [(started.incident, "$accent")] if started and started.incident else []
        outcome = "live" if read.is_live else read.state.outcome or "left open"
        self.query_one(StatusBar).show(Status(title, badge=mark_of(read.state), marks=((outcome, "bold"), *incident)))
        self.query_one("#heading", Static).update(past_run_words.top_lines(read, self._now()))
        rows = self.query_one(RowList)
        rows.show([(part.key, part) for part in past_run_words.parts_of(read.state)])
        rows.focus()

    @on(RowList.Highlighted)
    def _describe(self) -> None:
        part = self.query_one(RowList).item
        if part is None or self._read_run is None:
            return
        details = self.query_one("#details", VerticalScroll)
        details.query_one(Facts).show(list(past_run_words.details(self._read_run, part)))
        details.scroll_home(animate=False)
        self._show_output(part)
        self.refresh_bindings()

    def _show_output(self, part: Part) -> None:
        """Of a live run too it is what was there when it was looked at."""
        pane = self.query_one(OutputPane)
        title = past_run_words.output_title(part)
        pane.show(part.attempt.number if part.attempt else None, title=title, live=False)

    def on_output_view_copied(self, message: OutputView.Copied) -> None:
        self.app.copy_to_clipboard(message.text)
        self.notify(f"{len(message.text)} characters copied")

    def action_back(self) -> None:
        self.dismiss()

    @property
    def _fetched(self) -> Attempt | None:
        """The attempt of the highlighted row, if it fetched rows."""
        part = self.query_one(RowList).item if self._read_run is not None else None
        return part.attempt if part is not None and part.attempt is not None and part.attempt.results else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "results":
            return self._fetched is not None
        return super().check_action(action, parameters)

    def action_results(self) -> None:
        from .results import ResultsScreen

        attempt = self._fetched
        if attempt is not None and self._read_run is not None:
            title = self._read_run.state.steps[attempt.step_id].planned.title
            read = partial(fetched_rows, self._trail, self._run_id, attempt.number)
            self.app.push_screen(ResultsScreen(read, attempt.number, title))

    def action_replay(self) -> None:
        from .replay import replay_of

        self.app.push_screen(replay_of(self._trail, self._run_id, self._environ))

    def action_look(self) -> None:
        self._read()

    def action_help(self) -> None:
        from .keys import KeysScreen, keys_of

        self.app.push_screen(KeysScreen("A past run", keys_of(self)))
