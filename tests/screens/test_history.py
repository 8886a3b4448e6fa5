"""Past runs: found, opened, gone on with; and a trail that cannot be read."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from support.modals import until
from support.past_trails import NOW, PastTrail, write_past
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Static
from unit.trail.books import tampering

from tui.screens.diff import DiffScreen
from tui.screens.history import HistoryScreen
from tui.screens.keys import KeysScreen, keys_of
from tui.screens.past_run import PastRunScreen
from tui.themes import register_themes
from tui.widgets.facts import Facts
from tui.widgets.find_line import FindLine
from tui.widgets.key_row import KeyRow
from tui.widgets.row_list import RowList
from tui.widgets.status_bar import StatusBar

SIZES = [(80, 24), (120, 40), (200, 60)]


class Shown(App[int]):
    def __init__(self, trail: Path) -> None:
        super().__init__()
        self.history = HistoryScreen(trail, {}, now=lambda: NOW)
        self.resumed: list[str] = []

    def on_mount(self) -> None:
        register_themes(self)
        self.push_screen(self.history)

    def on_history_screen_resumed(self, message: HistoryScreen.Resumed) -> None:
        self.resumed.append(message.run_id)


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


@pytest.fixture
def trail(tmp_path: Path) -> Path:
    return write_past(tmp_path / "audit.db")


async def settled(pilot: Pilot[Any]) -> None:
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def ids(app: Shown) -> list[str]:
    return [past.run.run_id[-6:] for past in app.history.rows._items]


def lines(app: App[Any]) -> str:
    return "\n".join(one.plain for one in app.screen.query_one(Facts)._lines(80))


async def test_runs_are_listed_newest_first(trail: Path) -> None:
    async with Shown(trail).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert ids(pilot.app) == ["dddddd", "cccccc", "bbbbbb", "aaaaaa"]
        assert "○ left open · 2026-01-08 02:57, 14 min ago · by alice · for INC-4212" in lines(pilot.app)


FOUND: Sequence[tuple[str, list[str]]] = (
    ("disk", ["aaaaaa"]),
    ("4211", ["cccccc"]),
    ("bob failed", ["bbbbbb"]),
    ("2026-01-05", ["cccccc"]),
    ("left", ["dddddd"]),
    ("/srv/runbooks/disk.md", ["aaaaaa"]),
    ("redis", ["dddddd", "cccccc", "bbbbbb"]),
)


async def test_typing_finds_runs_by_whatever_is_known_of_them(trail: Path) -> None:
    async with Shown(trail).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        for typed, found in FOUND:
            pilot.app.history.find_line.value = typed
            await pilot.pause()
            assert ids(pilot.app) == found, typed


async def test_what_finds_nothing_says_so_and_escape_shows_all_again_and_then_goes_back(trail: Path) -> None:
    async with Shown(trail).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press(*"zzz")
        empty = pilot.app.history.query_one("#empty > Static", Static)
        assert "“zzz”" in str(empty.content)
        assert empty.region.height > 0
        await pilot.press("enter", "escape")
        assert len(ids(pilot.app)) == 4
        assert isinstance(pilot.app.screen, HistoryScreen)
        await pilot.press("escape")
        assert not isinstance(pilot.app.screen, HistoryScreen)


async def test_enter_opens_the_run_that_the_keys_before_it_chose_however_fast_they_came(trail: Path) -> None:
    async with Shown(trail).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press(*"redis", "down", "down", "enter")
        await pilot.pause()
        assert isinstance(pilot.app.screen, PastRunScreen)
        assert pilot.app.screen._run_id == "20260101-020000-bbbbbb"


async def test_a_run_that_was_left_open_can_be_gone_on_with_and_no_other(trail: Path) -> None:
    async with Shown(trail).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("tab", "r", "down", "r")
        await pilot.pause()
        assert pilot.app.resumed == ["20260108-025900-dddddd"]


async def test_a_marked_run_is_compared_with_another_one_the_older_first(trail: Path) -> None:
    async with Shown(trail).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        history = pilot.app.history
        await pilot.press("tab", "c", "down", "m", "c")
        assert pilot.app.screen is history, "there is nothing to compare it with"
        assert "◆ Redis is full" in history.rows.render_line(2).text
        assert "1 marked" in str(history.query_one(StatusBar).content)
        await pilot.press("down", "c")
        await until(pilot, lambda: isinstance(pilot.app.screen, DiffScreen))
        assert pilot.app.screen._ids == {"before": "20260101-020000-bbbbbb", "after": "20260105-031200-cccccc"}
        await pilot.app.workers.wait_for_complete()
        await pilot.press("escape")
        assert pilot.app.screen is history
        await pilot.press("up", "m")
        assert not any("◆" in history.rows.render_line(y).text for y in range(6))


async def test_marking_and_comparing_stand_in_the_footer_and_are_explained(trail: Path) -> None:
    async with Shown(trail).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("tab")
        await pilot.pause()
        row = pilot.app.history.query_one(KeyRow).render().plain
        assert "m mark" in row
        assert "c compare with it" in row
        told = dict(keys_of(pilot.app.history))
        assert told["c"] == "this run with the marked one"


async def test_letters_are_typed_in_the_find_line_and_keys_in_the_list(trail: Path) -> None:
    async with Shown(trail).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press(*"r?")
        assert pilot.app.history.query_one(FindLine).value == "r?"
        await pilot.press("escape", "tab", "question_mark")
        await pilot.pause()
        assert isinstance(pilot.app.screen, KeysScreen)
        await pilot.press("escape", "slash", "x")
        assert pilot.app.history.query_one(FindLine).value == "x"


async def test_the_cursor_stays_with_its_run_when_others_begin(trail: Path) -> None:
    async with Shown(trail).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("down")
        more = PastTrail(trail)
        more.begin("20260108-030500-eeeeee", 0.005)
        more.close()
        await pilot.press("f5")
        await settled(pilot)
        assert ids(pilot.app)[:3] == ["eeeeee", "dddddd", "cccccc"]
        assert pilot.app.history.rows.key == "20260105-031200-cccccc"


async def test_every_part_can_be_reached_and_moved_in(trail: Path) -> None:
    async with Shown(trail).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("tab")
        for key, at in (("end", 3), ("up", 2), ("pageup", 0), ("pagedown", 3), ("home", 0), ("down", 1)):
            await pilot.press(key)
            assert pilot.app.history.rows._at == at, key


async def test_a_click_highlights_and_a_second_one_opens(trail: Path) -> None:
    async with Shown(trail).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.click(RowList, offset=(10, 3))
        assert pilot.app.history.rows.key == "20260101-020000-bbbbbb"
        await pilot.click(RowList, offset=(10, 3), times=2)
        await pilot.pause()
        assert isinstance(pilot.app.screen, PastRunScreen)


@pytest.mark.parametrize("size", [(20, 5), (40, 12), (300, 90)])
async def test_it_works_at_any_size_and_while_that_changes(trail: Path, size: tuple[int, int]) -> None:
    async with Shown(trail).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.resize_terminal(*size)
        await pilot.press("down", "down")
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert pilot.app.history.rows.key == "20260101-020000-bbbbbb"


# Trails that are not as they should be.


async def said_instead(trail: Path) -> str:
    async with Shown(trail).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert ids(pilot.app) == []
        await pilot.press("tab", "enter", "r", "down", "f5")
        await settled(pilot)
        return str(pilot.app.history.query_one("#empty > Static", Static).content)


async def test_a_trail_that_is_not_there_yet_is_no_problem(tmp_path: Path) -> None:
    said = await said_instead(tmp_path / "audit.db")
    assert said.startswith("There are no runs yet.")
    assert str(tmp_path / "audit.db") in said


async def test_a_file_that_is_no_trail_is_named(tmp_path: Path) -> None:
    (tmp_path / "audit.db").write_text("not a database at all, but long enough to be looked at" * 30)
    assert "is not an SQLite database" in await said_instead(tmp_path / "audit.db")


async def test_a_damaged_trail_is_a_sentence(trail: Path) -> None:
    with tampering(trail) as connection:
        connection.execute("UPDATE run SET started_at = 'yesterday' WHERE run_id LIKE '%cccccc'")
    assert "holds 'yesterday' for a time" in await said_instead(trail)


async def test_a_folder_in_the_trails_place_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "audit.db").mkdir()
    assert "There is no audit trail" in await said_instead(tmp_path / "audit.db")


async def test_a_trail_of_somebody_else_is_a_sentence(trail: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied", str(trail))

    monkeypatch.setattr("tui.trail_reading.TrailReader.open", refuse)
    assert await said_instead(trail) == f"The audit trail {trail} cannot be read: permission denied."


async def test_a_title_is_shown_as_it_is_written(tmp_path: Path) -> None:
    trail = PastTrail(tmp_path / "audit.db")
    trail.begin("20260108-030500-eeeeee", 0.1, title="[red]x[/] \x1b]52;c;YQ==\x07 \u202egnp", path="[/].md")
    trail.close()
    async with Shown(tmp_path / "audit.db").run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert "[red]x[/] ^[]52;c;YQ==^G <U+202E>gnp" in lines(pilot.app)
        assert "[red]x[/] ^[]52;c;YQ==^G" in pilot.app.history.rows.render_line(1).text


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_history_looks_as_it_should(snap_compare: Any, trail: Path, size: tuple[int, int]) -> None:
    async def ready(pilot: Pilot[Any]) -> None:
        await settled(pilot)
        await pilot.press("tab", "down")
        await pilot.pause()

    assert snap_compare(Shown(trail), run_before=ready, terminal_size=size)
