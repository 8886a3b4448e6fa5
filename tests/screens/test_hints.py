"""A few words for somebody who has never seen Oncue: where they stand, and that they go away."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.cockpit import Cockpit, Desk, cockpit

from tui.hints import RUNS, is_new
from tui.look import Look
from tui.widgets.hints import Hints
from tui.widgets.output_pane import OutputPane
from tui.widgets.step_pane import StepPane

DOCUMENT = (Path(__file__).parent / "redis.md").read_text()
FIRST = "Nothing runs unasked."


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, DOCUMENT)


def yes() -> bool:
    return True


def is_hinting(one: Cockpit) -> bool:
    return bool(one.run.query(Hints)) and FIRST in one.text


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_they_stand_where_output_will_be_and_leave_the_step_its_room(desk: Desk, size: tuple[int, int]) -> None:
    async with cockpit(desk, size, is_new=yes) as one:
        assert is_hinting(one)
        await one.until(lambda: one.run.query_one(Hints).region.x == one.run.query_one(StepPane).region.x, "laid out")
        step, hints = one.run.query_one(StepPane).region, one.run.query_one(Hints).region
        assert "finds every action by name" in one.text
        assert "df -h" in one.text
        await one.press("down")
        await one.until(lambda: one.run.query_one(OutputPane).region == hints, "the output in their place")
        assert one.run.query_one(StepPane).region == step


@pytest.mark.parametrize("key", ["down", "enter", "x", "question_mark", "o", "w"])
async def test_they_go_away_with_the_first_key_whatever_it_does(desk: Desk, key: str) -> None:
    async with cockpit(desk, is_new=yes) as one:
        await one.press(key)
        assert not one.run.query(Hints)
        assert one.run.query_one(OutputPane).display


async def test_they_go_away_when_something_runs_by_itself(desk: Desk) -> None:
    async with cockpit(desk, is_new=yes) as one:
        desk.finish("Look")
        await one.settled()
        assert not is_hinting(one)
        await one.until(lambda: "used_memory_human" in one.text, "the output")


async def test_a_step_formats_for_the_pane_that_they_stand_in_the_place_of(desk: Desk) -> None:
    async with cockpit(desk, is_new=yes) as one:
        await one.until(lambda: one.n_told_size, "the size told")
        assert is_hinting(one)
        await one.press("down")
        await one.until(lambda: one.run.query_one(OutputPane).size.width, "the output in their place")
        assert set(one.told_widths) == {one.run.query_one(OutputPane).size.width - 2}


async def test_they_name_the_keys_as_they_are_now(desk: Desk) -> None:
    async with cockpit(desk, is_new=yes, look=lambda: Look(keys={"proceed": "f9", "leave": "f10"})) as one:
        lines = [line.split() for line in one.text.split("\n")]
        assert any("f9" in line and "first" in line for line in lines)
        assert any("f10" in line and "record" in line for line in lines)


async def test_somebody_who_knows_oncue_does_not_see_them(desk: Desk) -> None:
    async with cockpit(desk, is_new=lambda: False) as one:
        assert not one.run.query(Hints)


async def test_who_comes_to_a_run_on_its_way_is_not_told_how_to_begin(desk: Desk) -> None:
    desk.finish("Look")
    asked: list[bool] = []

    def ask() -> bool:
        asked.append(True)
        return True

    async with cockpit(desk, is_new=ask) as one:
        assert not one.run.query(Hints)
        assert not asked


# Who is new.


def test_the_first_runs_are_counted(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path)}
    assert [is_new(environ) for _ in range(RUNS + 2)] == [True] * RUNS + [False] * 2
    place = tmp_path / ".local" / "state" / "oncue" / "hints"
    assert place.stat().st_mode & 0o777 == 0o600
    assert place.parent.stat().st_mode & 0o777 == 0o700


def test_the_count_lies_in_the_state_directory_wherever_the_trail_is(tmp_path: Path) -> None:
    environ = {"XDG_STATE_HOME": str(tmp_path / "state"), "ONCUE_AUDIT": str(tmp_path / "audit.db"), "HOME": "/"}
    assert is_new(environ)
    assert (tmp_path / "state" / "oncue" / "hints").read_text() == "1\n"


@pytest.mark.parametrize("content", ["many", "\x00", "\udcff", "3", "99999999999"])
def test_a_count_that_is_none_or_enough_shows_nothing(tmp_path: Path, content: str) -> None:
    place = tmp_path / "oncue" / "hints"
    place.parent.mkdir()
    place.write_bytes(os.fsencode(content))
    assert not is_new({"XDG_STATE_HOME": str(tmp_path)})
    assert place.read_bytes() == os.fsencode(content)


def test_where_it_cannot_be_counted_nothing_is_shown_and_nothing_fails(tmp_path: Path) -> None:
    (tmp_path / "oncue").write_text("a file")
    assert not is_new({"XDG_STATE_HOME": str(tmp_path)})
    (tmp_path / "oncue").unlink()
    (tmp_path / "oncue").mkdir()
    (tmp_path / "oncue" / "hints").symlink_to(tmp_path / "elsewhere")
    assert not is_new({"XDG_STATE_HOME": str(tmp_path)})
    assert not (tmp_path / "elsewhere").exists()
