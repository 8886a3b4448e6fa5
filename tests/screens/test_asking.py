"""A line of text, and one out of several."""

from __future__ import annotations

from typing import Any

import pytest
from support.modals import OPEN, Asked, rush, shown, still, until
from textual import events
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from tui.screens.asking import AskScreen, PickScreen
from tui.widgets.key_row import KeyRow

SMALL = (80, 24)
SIZES = pytest.mark.parametrize(
    "size",
    [(40, 12), (80, 24), pytest.param((200, 60), marks=pytest.mark.slow)],
    ids=lambda size: f"{size[0]}x{size[1]}",
)
PLATFORMS = [("k", "For Kubernetes"), ("d", "For Docker"), ("b", "On bare metal")]


async def answer_to(app: Asked, *keys: str) -> Any:
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press(*keys)
        await until(pilot, lambda: app.answer != OPEN)
    return app.answer


def said(app: App[None]) -> str:
    return str(app.screen.query_one("#said", Static).content)


# A line.


@pytest.mark.parametrize(
    ("more", "keys", "answer"),
    [
        ({}, ["a", "b", "enter"], "ab"),
        ({}, ["space", "a", "space", "enter"], "a"),
        ({}, ["enter"], ""),
        ({}, ["a", "escape"], None),
        ({"initial": "as it was"}, ["enter"], "as it was"),
        ({"initial": "as it was"}, [*"!", "enter"], "as it was!"),
        ({"hidden": True}, ["space", "a", "space", "enter"], " a "),
        ({"required": True}, ["enter", "space", "enter", "x", "enter"], "x"),
        ({"required": True}, ["escape"], None),
    ],
)
async def test_a_line_is_answered_with_enter_and_left_with_escape(
    more: dict[str, Any], keys: list[str], answer: str | None
) -> None:
    assert await answer_to(Asked(AskScreen("why?", **more)), *keys) == answer


@pytest.mark.parametrize(
    ("question", "keys", "answer"),
    [
        (AskScreen("why?"), [*"quick", "enter"], "quick"),
        (PickScreen("which one?", PLATFORMS, find=True), [*"dock", "enter"], "d"),
        (PickScreen("which one?", PLATFORMS, find=True), [*"for", "down", "enter"], "d"),
        (PickScreen("which one?", PLATFORMS), ["down", "down", "enter"], "b"),
    ],
)
async def test_a_quick_typist_is_answered_as_a_slow_one(question: Any, keys: list[str], answer: str) -> None:
    app = Asked(question)
    async with app.run_test(size=SMALL) as pilot:
        await rush(pilot, *keys)
        await until(pilot, lambda: app.answer != OPEN)
    assert app.answer == answer


async def test_a_word_that_is_needed_is_asked_for_until_it_is_there() -> None:
    app = Asked(AskScreen("why is it skipped?", required=True, hint="the reason is kept"))
    async with app.run_test(size=SMALL) as pilot:
        assert said(app) == "the reason is kept"
        await pilot.press("enter")
        assert said(app) == "a word is needed here"
        await pilot.press("x")
        await pilot.pause()
        assert said(app) == "the reason is kept"
    assert app.answer == OPEN


async def test_what_is_hidden_is_not_on_the_screen() -> None:
    app = Asked(AskScreen("password?", hidden=True))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press(*"hunter2")
        assert "hunter2" not in shown(app)
        assert "•••••••" in shown(app)


async def test_a_paste_brings_its_first_line_without_what_a_terminal_obeys() -> None:
    app = Asked(AskScreen("note?"))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        app.post_message(events.Paste("a\x1b]0;title\x07b\u202e\nsecond line"))
        await until(pilot, lambda: app.screen.query_one(Input).value)
        assert app.screen.query_one(Input).value == "a]0;titleb"


async def test_a_question_is_never_taken_for_markup_and_shows_what_it_holds() -> None:
    app = Asked(AskScreen("skip “[/] [red]x\x1b[2J”?", hint="[/]"))
    async with app.run_test(size=SMALL):
        assert "skip “[/] [red]x^[[2J”?" in shown(app)
        assert said(app) == "[/]"


@SIZES
async def test_a_long_question_wraps_and_leaves_line_and_keys_in_sight(size: tuple[int, int]) -> None:
    app = Asked(AskScreen("why is this step skipped although it is needed? " * 30))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for where in (Input, KeyRow):
            assert app.screen.region.contains_region(app.screen.query_one(where).region)


# One out of several.


@pytest.mark.parametrize(
    ("find", "keys", "answer"),
    [
        (False, ["enter"], "k"),
        (False, ["down", "enter"], "d"),
        (False, ["up", "enter"], "b"),
        (False, ["down", "down", "down", "enter"], "k"),
        (False, ["pagedown", "enter"], "b"),
        (False, ["pagedown", "pageup", "enter"], "k"),
        (False, ["escape"], None),
        (True, [*"dock", "enter"], "d"),
        (True, [*"BM", "enter"], "b"),
        (True, [*"for", "down", "enter"], "d"),
        (True, [*"zzz", "enter", *["backspace"] * 3, "enter"], "k"),
        (True, ["d", "escape"], None),
    ],
)
async def test_one_is_picked_by_moving_and_by_finding(find: bool, keys: list[str], answer: str | None) -> None:
    assert await answer_to(Asked(PickScreen("which one?", PLATFORMS, find=find)), *keys) == answer


async def test_one_is_picked_by_a_click() -> None:
    app = Asked(PickScreen("which one?", PLATFORMS))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        await pilot.click(OptionList, offset=(3, 1))
        await until(pilot, lambda: app.answer != OPEN)
    assert app.answer == "d"


async def test_what_nothing_fits_is_said() -> None:
    app = Asked(PickScreen("which one?", PLATFORMS, find=True))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press(*"for")
        await pilot.pause()
        assert said(app) == "2 of 3"
        await pilot.press("z", "enter", "down", "pagedown")
        assert said(app) == "nothing fits what is typed"
    assert app.answer == OPEN


async def test_an_empty_list_says_so_and_can_be_left() -> None:
    app = Asked(PickScreen("which one?", []))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("enter", "down", "up")
        assert said(app) == "there is nothing to pick from"
        await pilot.press("escape")
        await until(pilot, lambda: app.answer != OPEN)
    assert app.answer is None


async def test_labels_are_shown_as_they_are_and_ids_may_be_anything() -> None:
    options = [("[/] \x1b", "[red]first\x1b[2J"), ("[/] \x1b", "second\u202e"), ("", "third\nline")]
    app = Asked(PickScreen("[/]", options, find=True))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        assert "[red]first^[[2J" in shown(app)
        assert "second<U+202E>" in shown(app)
        await pilot.press(*"third line", "enter")
        await until(pilot, lambda: app.answer != OPEN)
    assert app.answer == ""


async def test_thousands_of_options_can_be_walked_and_found() -> None:
    app = Asked(PickScreen("which one?", [(str(n), f"step {n}") for n in range(3000)], find=True))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("up")
        assert "step 2999" in shown(app)
        await pilot.press(*"1234", "enter")
        await until(pilot, lambda: app.answer != OPEN)
    assert app.answer == "1234"


@SIZES
async def test_keys_stay_in_sight_below_a_long_list(size: tuple[int, int]) -> None:
    app = Asked(PickScreen("which one? " * 20, [(str(n), f"option {n} " * 10) for n in range(50)], find=True))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for where in (Input, OptionList, KeyRow):
            assert app.screen.region.contains_region(app.screen.query_one(where).region)


# Looked at.


async def _finding(pilot: Pilot[None]) -> None:
    await pilot.press(*"fok")
    await still(pilot)


def test_finding_one_out_of_several(snap_compare: Any) -> None:
    app = Asked(PickScreen("Which platform does the service run on?", PLATFORMS, find=True))
    assert snap_compare(app, terminal_size=SMALL, run_before=_finding)


async def _insisting(pilot: Pilot[None]) -> None:
    await pilot.press("enter")
    await still(pilot)


def test_a_word_that_is_needed(snap_compare: Any) -> None:
    app = Asked(AskScreen("Why is “Flush the session cache” skipped?", required=True))
    assert snap_compare(app, terminal_size=SMALL, run_before=_insisting)
