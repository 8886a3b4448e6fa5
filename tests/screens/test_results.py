"""What a SQL step fetched, as a table: shown as it is, moved about in, copied, and what is missing said."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from support.modals import shown, until
from support.past_trails import PastTrail
from textual.app import App
from textual.pilot import Pilot

from engine import events as e
from engine.replay import open_run
from tui import result_words as words
from tui.app import OncueApp
from tui.screens.keys import KeysScreen
from tui.screens.past_run import PastRunScreen
from tui.screens.replay import ReplayScreen
from tui.screens.results import ResultsScreen
from tui.themes import register_themes
from tui.trail_reading import fetched_rows
from tui.widgets.result_table import ResultTable

RUN = "20260105-031200-cccccc"
LONG = "\n".join(f"line {number} of a long note" for number in range(60))


def result(*rows: tuple[str | None, ...], columns: tuple[str, ...] = ("id", "state", "note"), **more: Any) -> Any:
    numeric = tuple(name == "id" for name in columns)
    return e.RowsFetched(attempt=1, statement=1, columns=columns, numeric=numeric, rows=rows, **more)


ORDERS = result(
    ("1", "open", None),
    ("20", "paid", "NULL"),
    ("300", "", LONG),
    ("4", "[red]x[/]", "a\tb\\\x1b[31m\x1b]0;title\x07"),
)
TWICE = result(("1", "2"), columns=("a", "a"))


class Shown(App[None]):
    def __init__(self, trail: Path, screen: Callable[[Path], Any]) -> None:
        super().__init__()
        self._screen = screen(trail)

    def on_mount(self) -> None:
        register_themes(self)
        self.push_screen(self._screen)


def trail_of(folder: Path, *happened: e.Event) -> Path:
    path = folder / "audit.db"
    with closing(PastTrail(path)) as trail:
        trail.begin(RUN, 1)
        trail.say(e.StepStarted(step_id="check", attempt=1, session="sql", text="SELECT 1", level="safe"), *happened)
        totals = trail._writer.end_output(RUN, 1)
        ended = {"exit_status": None, "duration_ns": 1, "output_bytes": 0, "output_head": totals.head_hex}
        trail.say(e.StepEnded(step_id="check", attempt=1, outcome="succeeded", **ended))
    return path


def app_of(folder: Path, *results: e.RowsFetched) -> Shown:
    return Shown(trail_of(folder, *results), rows_in)


def rows_in(trail: Path) -> ResultsScreen:
    return ResultsScreen(partial(fetched_rows, trail, RUN, 1), 1, "Look")


async def settled(pilot: Pilot[Any]) -> None:
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    await pilot.pause()


async def press(pilot: Pilot[Any], *keys: str) -> None:
    await pilot.press(*keys)
    await pilot.pause()


def text(pilot: Pilot[Any]) -> str:
    return shown(pilot.app).replace("\N{NO-BREAK SPACE}", " ")


def told(pilot: Pilot[Any]) -> list[str]:
    return [toast.message for toast in pilot.app._notifications]


async def test_rows_stand_below_their_columns_numbers_to_the_right(tmp_path: Path) -> None:
    async with app_of(tmp_path, ORDERS).run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        lines = [line.rstrip() for line in text(pilot).split("\n")]
        assert lines[1].strip() == "4 rows"
        assert lines[2].split() == ["id", "state", "note"]
        assert [line[:4] for line in lines[3:7]] == ["   1", "  20", " 300", "   4"]


async def test_null_is_told_apart_from_the_text_of_the_same_letters(tmp_path: Path) -> None:
    async with app_of(tmp_path, ORDERS).run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        lines = text(pilot).split("\n")
        assert lines[3].split()[-1] == "NULL"
        assert lines[4].split()[-1] == "'NULL'"
        await press(pilot, "right", "right")
        assert "note · row 1 of 4 · no value" in text(pilot)
        await press(pilot, "down")
        assert "note · row 2 of 4 · a text" in text(pilot)
        await press(pilot, "down", "left")
        assert "state · row 3 of 4 · a text of no characters" in text(pilot)


async def test_what_a_value_holds_has_no_power(tmp_path: Path) -> None:
    async with app_of(tmp_path, ORDERS).run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        assert "[red]x[/]" in text(pilot)
        assert "a\\tb\\^[[31m^[]0;title^G" in text(pilot)


async def test_a_cell_that_was_cut_in_its_column_is_shown_in_full(tmp_path: Path) -> None:
    async with app_of(tmp_path, ORDERS).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "down", "down", "right", "right")
        assert "line 0 of a long note\\nline 1 of a long…" in text(pilot)
        assert f"{len(LONG):,} characters" in text(pilot)
        assert "line 1 of a long note" in text(pilot)
        await press(pilot, "enter")
        assert not pilot.app.screen.query_one(ResultTable).display
        await press(pilot, "end")
        await until(pilot, lambda: "line 59 of a long note" in text(pilot))
        await press(pilot, "escape")
        assert pilot.app.screen.query_one(ResultTable).display
        assert isinstance(pilot.app.screen, ResultsScreen)
        await press(pilot, "escape")
        assert not isinstance(pilot.app.screen, ResultsScreen)


async def test_a_cell_a_row_and_all_rows_can_be_copied(tmp_path: Path) -> None:
    async with app_of(tmp_path, ORDERS).run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "down", "down", "right", "right", "y")
        assert pilot.app.clipboard == LONG
        await press(pilot, "up", "Y")
        assert pilot.app.clipboard == "20\tpaid\tNULL"
        await press(pilot, "a")
        copied = pilot.app.clipboard.split("\n")
        assert copied[:3] == ["id\tstate\tnote", "1\topen\t\\N", "20\tpaid\tNULL"]
        assert copied[4] == "4\t[red]x[/]\ta\\tb\\\\^[[31m^[]0;title^G"
        assert told(pilot)[-1] == f"{len(pilot.app.clipboard):,} characters copied"


async def test_null_is_nothing_to_copy(tmp_path: Path) -> None:
    async with app_of(tmp_path, ORDERS).run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "right", "right", "y")
        assert told(pilot) == ["the cell is NULL: there is nothing to copy"]
        assert pilot.app.clipboard == ""


async def test_several_results_are_turned_over(tmp_path: Path) -> None:
    async with app_of(tmp_path, ORDERS, TWICE).run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        assert "result 1 of 2 · 4 rows" in text(pilot)
        assert "n next result" in text(pilot)
        await press(pilot, "n")
        assert "result 2 of 2 · 1 row" in text(pilot)
        assert text(pilot).split("\n")[2].split() == ["a", "a"]
        await press(pilot, "n")
        assert "result 1 of 2" in text(pilot)
        await press(pilot, "N")
        assert "result 2 of 2" in text(pilot)


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (result(("1", "a", "b"), more=500, more_is_exact=False), "1 row · not kept: at least 500 more row(s)"),
        (result(("1", "a", "b"), more=2, cut=1), "1 row · not kept: 2 more row(s) and the end of 1 long cell(s)"),
        (result(columns=("id", "state")), "0 rows"),
        (result((), (), (), columns=()), "3 rows without a column"),
        (result(columns=()), "0 rows without a column"),
    ],
)
async def test_what_is_not_there_is_said(tmp_path: Path, one: e.RowsFetched, said: str) -> None:
    async with app_of(tmp_path, one).run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        assert text(pilot).split("\n")[1].strip() == said
        await press(pilot, "down", "right", "end", "y", "Y", "enter", "a")
        assert isinstance(pilot.app.screen, ResultsScreen)


async def test_a_cell_whose_end_was_not_fetched_says_so(tmp_path: Path) -> None:
    async with app_of(tmp_path, result(("x" * 10_000,), columns=("blob",), cut=1)).run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        assert "10,000 characters, its end was not kept" in text(pilot)


async def test_a_thousand_rows_of_twenty_columns_can_be_moved_about_in(tmp_path: Path) -> None:
    columns = tuple(f"c{number}" for number in range(20))
    many = result(*(tuple(f"{row}.{column}" for column in columns) for row in range(1000)), columns=columns)
    async with app_of(tmp_path, many).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "ctrl+end", "end")
        await until(pilot, lambda: "999.c19" in text(pilot))
        assert "c19 · row 1,000 of 1,000" in text(pilot)


async def test_a_trail_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    trail = trail_of(tmp_path, ORDERS)
    app = Shown(trail, rows_in)
    trail.write_bytes(b"no trail")
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        assert "no trail" not in text(pilot)
        assert text(pilot).split("\n")[1].strip()
        await press(pilot, "a", "y", "n", "escape")
        assert not isinstance(pilot.app.screen, ResultsScreen)


async def test_its_keys_are_explained(tmp_path: Path) -> None:
    async with app_of(tmp_path, ORDERS).run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "question_mark")
        assert isinstance(pilot.app.screen, KeysScreen)
        assert "oncue show --rows" in text(pilot)


async def test_a_past_run_opens_the_rows_of_its_step(tmp_path: Path) -> None:
    app = Shown(trail_of(tmp_path, ORDERS), lambda trail: PastRunScreen(trail, RUN, {}))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert "R rows" not in text(pilot)
        await press(pilot, "R", "down")
        await until(pilot, lambda: "R rows" in text(pilot))
        assert "fetched    1 result as rows" in text(pilot)
        await press(pilot, "R")
        await settled(pilot)
        assert isinstance(pilot.app.screen, ResultsScreen)
        assert "4 rows" in text(pilot)


async def test_a_replay_opens_the_rows_once_they_were_fetched(tmp_path: Path) -> None:
    trail = trail_of(tmp_path, ORDERS)
    app = OncueApp(library=lambda: ReplayScreen(partial(open_run, trail, RUN, {}), name=RUN, is_alone=True))
    async with app.run_test(size=(120, 40)) as pilot:
        replay = app.screen
        await until(pilot, lambda: "R rows" not in text(pilot) and "‖ paused" in text(pilot))
        await press(pilot, "R")
        assert app.screen is replay, "nothing has been fetched yet"
        await press(pilot, "end")
        await until(pilot, lambda: "R rows" in text(pilot))
        await press(pilot, "R")
        await settled(pilot)
        assert isinstance(app.screen, ResultsScreen)
        await until(pilot, lambda: "4 rows" in text(pilot))
        await press(pilot, "escape")
        assert app.screen is replay


async def test_a_past_run_says_what_became_of_what_was_written(tmp_path: Path) -> None:
    asked = e.CommitAsked(attempt=1, question=1, statement="UPDATE orders", rows=3, seconds=60)
    answered = e.CommitAnswered(attempt=1, question=1, decision="commit", reason="operator")
    app = Shown(trail_of(tmp_path, asked, answered), lambda trail: PastRunScreen(trail, RUN, {}))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "down")
        await until(pilot, lambda: "decided to commit, by alice" in text(pilot))
        assert "R rows" not in text(pilot)


@pytest.mark.parametrize("size", [(20, 6), (80, 24), (200, 60)])
async def test_it_fits_into_any_window(tmp_path: Path, size: tuple[int, int]) -> None:
    async with app_of(tmp_path, ORDERS).run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await pilot.resize_terminal(*size)
        await press(pilot, "down", "enter", "escape", "right")
        assert isinstance(pilot.app.screen, ResultsScreen)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["small", "middle"])
def test_a_result_looks_as_it_should(tmp_path: Path, snap_compare: Any, size: tuple[int, int]) -> None:
    async def ready(pilot: Pilot[Any]) -> None:
        await settled(pilot)
        await press(pilot, "down", "down", "right", "right")
        await settled(pilot)

    more = result(*ORDERS.rows, more=500, more_is_exact=False)
    assert snap_compare(app_of(tmp_path, more, TWICE), run_before=ready, terminal_size=size)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "NULL"),
        ("NULL", "'NULL'"),
        ("", ""),
        ("a\nb", "a\\nb"),
        ("x" * 41, "x" * 39 + "…"),
        ("日本" * 20, "日本" * 9 + "日…"),
        ("日" * 20, "日" * 20),
    ],
)
def test_a_cell_is_one_line_of_its_columns_width(value: str | None, shown: str) -> None:
    width = 40 if value is None or value.isascii() or len(value) == 20 else 39
    cell = words.in_column(value, width)
    assert cell.plain == shown
    assert cell.cell_len <= width
