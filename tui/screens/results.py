"""The rows that one attempt of a SQL step fetched, as a table: every cell can be reached, seen in full and copied."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from engine.events import RowsFetched

from .. import result_words as words
from ..text import plain
from ..widgets.key_row import KeyRow
from ..widgets.result_table import ResultTable
from ..widgets.status_bar import Status, StatusBar


class ResultsScreen(Screen[None]):
    CSS_PATH = "results.tcss"
    AUTO_FOCUS = "#table"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "back", "back", id="results.back", tooltip="back to where you came from"),
        Binding("n", "turn(1)", "next result", id="results.next", tooltip="the next statement's rows"),
        Binding("N", "turn(-1)", "previous", id="results.previous", tooltip="the rows of the statement before"),
        Binding(
            "enter", "whole", "whole cell", id="results.whole", tooltip="give the cell the screen, or take it back"
        ),
        Binding("y", "copy_cell", "copy cell", id="results.copy_cell", tooltip="copy the cell as it is"),
        Binding("Y", "copy_row", "row", id="results.copy_row", tooltip="copy the row, with tabs between its values"),
        Binding(
            "a",
            "copy_all",
            "all",
            id="results.copy_all",
            tooltip="copy all rows with the columns' names; `oncue show --rows` writes them to a file",
        ),
        Binding("tab", "app.focus_next", "table or cell", id="results.part", tooltip="table, cell", show=False),
        Binding("question_mark", "help", "help", id="results.help", tooltip="what can be done here"),
    ]

    class Fetched(Message, bubble=False):
        """`problem` says why there are no results, where they could not be read."""

        def __init__(self, results: tuple[RowsFetched, ...], problem: str) -> None:
            super().__init__()
            self.results = results
            self.problem = problem

    def __init__(self, read: Callable[[], tuple[tuple[RowsFetched, ...], str]], attempt: int, title: str) -> None:
        """`read` answers the attempt's results, or why they cannot be read; it is called on a thread."""
        super().__init__()
        self._read_rows = read
        self._attempt = attempt
        self._title = title
        self._results: tuple[RowsFetched, ...] = ()
        self._at = 0

    def compose(self) -> ComposeResult:
        yield StatusBar()
        yield Static(plain("Reading the rows …"), id="summary")
        yield ResultTable(id="table", zebra_stripes=True, show_row_labels=False)
        yield Static(id="about")
        with VerticalScroll(id="cell"):
            yield Static(id="value")
        yield KeyRow()

    def on_mount(self) -> None:
        self.add_class("-empty")
        self.query_one(StatusBar).show(Status(self._title, marks=((f"rows of attempt {self._attempt}", "bold"),)))
        self._read()

    @work(thread=True, exclusive=True, group="trail", exit_on_error=False)
    def _read(self) -> None:
        self.post_message(self.Fetched(*self._read_rows()))

    def on_results_screen_fetched(self, message: Fetched) -> None:
        self._results = message.results
        if message.problem or not message.results:
            text = message.problem or "No rows were fetched."
            self.query_one("#summary", Static).update(plain(text, "$error" if message.problem else ""))
        else:
            self._show()

    # What is shown.

    @property
    def _result(self) -> RowsFetched:
        return self._results[self._at]

    @property
    def _place(self) -> tuple[int, int] | None:
        """Row and column of the cell under the cursor; None where there is no cell."""
        if not self._results or not self._result.rows or not self._result.columns:
            return None
        row, column = self.query_one(ResultTable).cursor_coordinate
        return (row, column) if row < len(self._result.rows) and column < len(self._result.columns) else None

    def _show(self) -> None:
        result = self._result
        self.query_one(ResultTable).fill(result)
        self.query_one("#summary", Static).update(words.summary(result, self._at + 1, len(self._results)))
        self.set_class(not result.columns, "-empty")
        self.refresh_bindings()
        self._show_cell()

    def on_data_table_cell_highlighted(self) -> None:
        self._show_cell()

    def _show_cell(self) -> None:
        place = self._place
        self.set_class(place is None, "-no-cell")
        if place is None:
            self.set_class(False, "-whole")
            return
        row, column = place
        self.query_one("#about", Static).update(words.about_cell(self._result, row, column))
        self.query_one("#value", Static).update(words.in_full(self._result.rows[row][column]))
        self.query_one("#cell").scroll_home(animate=False)

    # Keys.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "turn" and len(self._results) < 2:
            return False
        if action in ("copy_cell", "copy_row", "whole") and self._place is None:
            return False
        return bool(self._results) if action == "copy_all" else super().check_action(action, parameters)

    def action_turn(self, by: int) -> None:
        self._at = (self._at + by) % len(self._results)
        self._show()

    def on_data_table_cell_selected(self) -> None:
        """A click on the cell under the cursor."""
        self.action_whole()

    def action_whole(self) -> None:
        if self._place is not None:
            self.toggle_class("-whole")
            self.query_one("#cell" if self.has_class("-whole") else "#table").focus()

    def action_back(self) -> None:
        if self.has_class("-whole"):
            self.action_whole()
        else:
            self.dismiss()

    def action_copy_cell(self) -> None:
        if self._place is None:
            return
        row, column = self._place
        value = self._result.rows[row][column]
        if value is None:
            self.notify("the cell is NULL: there is nothing to copy", severity="warning")
        else:
            self._copy(words.copied_cell(value))

    def action_copy_row(self) -> None:
        if self._place is not None:
            self._copy(words.copied_row(self._result.rows[self._place[0]]))

    def action_copy_all(self) -> None:
        self._copy(words.copied(self._result))

    def _copy(self, text: str) -> None:
        self.app.copy_to_clipboard(text)
        self.notify(f"{len(text):,} character{'' if len(text) == 1 else 's'} copied")

    def action_help(self) -> None:
        from .keys import KeysScreen, keys_of

        self.app.push_screen(KeysScreen("Rows", keys_of(self)))
