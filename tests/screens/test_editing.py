"""A step's text, edited in place, and how it differs from the document's."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.modals import OPEN, Asked, rush, shown, still, until
from textual import events
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Static

from engine.errors import Refused
from engine.output import visible
from tui.differences import Difference, differences
from tui.screens.asking import PickScreen
from tui.screens.editing import EditScreen, edit_in_editor
from tui.stand_ins import StandIns
from tui.widgets.key_row import KeyRow
from tui.widgets.text_editor import TextEditor

SMALL = (80, 24)
SIZES = [(80, 24), pytest.param((120, 40), marks=pytest.mark.slow), pytest.param((200, 60), marks=pytest.mark.slow)]
DOCUMENT = "cd /srv\nkubectl -n {NS} delete pods --all\necho done"


def editing(text: str = DOCUMENT, document: str = DOCUMENT, **more: Any) -> Asked:
    return Asked(EditScreen(text, "shell", document_text=document, **more))


async def answered(pilot: Pilot[None]) -> None:
    app = pilot.app
    assert isinstance(app, Asked)
    await until(pilot, lambda: app.answer != OPEN)


def editor(app: App[None]) -> TextEditor:
    return app.screen.query_one(TextEditor)


def said(app: App[None]) -> str:
    return str(app.screen.query_one("#said", Static).content)


# Taking and leaving.


async def test_a_changed_text_is_taken() -> None:
    app = editing()
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        await rush(pilot, "x", "y", "enter", "ctrl+s")
        await answered(pilot)
    assert app.answer == f"xy\n{DOCUMENT}"


async def test_a_text_that_is_as_it_was_is_no_edit() -> None:
    app = editing("was edited before")
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("x", "backspace", "ctrl+s")
        await answered(pilot)
    assert app.answer is None


async def test_an_edit_can_be_taken_back_to_the_documents_text() -> None:
    app = editing("true", document="true &")
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("end", "space", "&")
        await pilot.pause()
        assert not app.screen.query_one("#difference").display
        await pilot.press("ctrl+s")
        await answered(pilot)
    assert app.answer == "true &"


async def test_escape_leaves_an_unchanged_text_at_once() -> None:
    app = editing()
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("down", "escape")
        await answered(pilot)
    assert app.answer is None


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        (["escape"], OPEN),
        (["enter"], OPEN),
        (["down", "enter"], f"x{DOCUMENT}"),
        (["down", "down", "enter"], None),
    ],
)
async def test_escape_asks_before_a_change_is_thrown_away(keys: list[str], answer: str | None) -> None:
    app = editing()
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("x", "escape")
        await until(pilot, lambda: isinstance(app.screen, PickScreen))
        await pilot.press(*keys)
        await until(pilot, lambda: app.answer != OPEN or isinstance(app.screen, EditScreen))
        if answer == OPEN:
            assert editor(app).has_focus
    assert app.answer == answer


@pytest.mark.parametrize(("text", "why"), [(" \n\t", "there is no text left"), ("a\0b", "the text holds a NUL byte")])
async def test_a_text_that_cannot_run_is_not_taken(text: str, why: str) -> None:
    app = editing()
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        editor(app).put(text)
        await pilot.press("ctrl+s")
        assert said(app).startswith(why)
        await pilot.press("x")
        await pilot.pause()
        assert said(app) == ""
    assert app.answer == OPEN


@pytest.mark.parametrize(
    ("text", "typed"), [("true", "    true"), ("if x; then\n\ttrue\nfi", "\tif x; then\n\ttrue\nfi")]
)
async def test_tab_is_typed_as_the_text_indents(text: str, typed: str) -> None:
    app = editing(text)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("tab", "ctrl+s")
        await answered(pilot)
    assert app.answer == typed


async def test_what_is_pasted_keeps_its_lines_and_shows_what_it_hides() -> None:
    app = editing("")
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        app.post_message(events.Paste("one\r\ntwo\rthree\x1b[2J"))
        await until(pilot, lambda: editor(app).text)
        assert "\x1b" not in editor(app).text
        await pilot.press("ctrl+s")
        await answered(pilot)
    assert app.answer == "one\ntwo\nthree\x1b[2J"


# Characters that cannot be seen.


async def test_what_cannot_be_seen_has_a_sign_and_comes_back_untouched() -> None:
    text = "a\rb\x85c\u2028d\u202ee\x1b[2J\x7f\udcff"
    app = editing(text)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        assert visible(editor(app).text) == editor(app).text
        assert "␍ for ^M" in shown(app)
        assert "␛ for ^[" in shown(app)
        await pilot.press("x", "ctrl+s")
        await answered(pilot)
    assert app.answer == f"x{text}"


@given(st.text(alphabet=st.characters(), max_size=200))
def test_every_text_can_be_seen_and_comes_back(text: str) -> None:
    stand_ins = StandIns(text)
    seen = stand_ins.shown(text)
    assert stand_ins.meant(seen) == text
    assert len(seen) == len(text)
    assert visible(seen.replace("\n", "").replace("\t", "")) == seen.replace("\n", "").replace("\t", "")


def test_a_sign_that_stands_in_the_text_already_stands_for_nothing_else() -> None:
    text = "␛ⓐ\x1b\u202e"
    stand_ins = StandIns(text)
    assert stand_ins.shown(text)[:2] == "␛ⓐ"
    assert len(set(stand_ins.shown(text))) == 4
    assert stand_ins.meant(stand_ins.shown(text)) == text


def test_thousands_of_different_hidden_characters_come_back() -> None:
    text = "".join(map(chr, [*range(0xD800, 0xE000), *range(0xE0000, 0xE1000)]))
    stand_ins = StandIns(text)
    assert stand_ins.meant(stand_ins.shown(text)) == text


# Differences.


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("a\nb", "a\nb", []),
        ("a\nb", "a", [("-", 2, "b")]),
        ("a", "a\nb", [("+", 2, "b")]),
        ("a\nb\nc", "a\nx\nc", [("-", 2, "b"), ("+", 2, "x")]),
        ("a\nb\nc\nd", "x\nb\nc\ny", [("-", 1, "a"), ("+", 1, "x"), ("-", 4, "d"), ("+", 4, "y")]),
        ("a\na", "a\na\na", [("+", 3, "a")]),
        ("", "a", [("-", 1, ""), ("+", 1, "a")]),
    ],
)
def test_a_difference_is_told_by_its_lines(before: str, after: str, found: list[tuple[str, int, str]]) -> None:
    assert differences(before, after) == [Difference(*one) for one in found]


LINES = st.lists(st.sampled_from(["a", "b", "c", ""]), min_size=1, max_size=12)


@given(LINES, LINES)
def test_differences_make_of_the_one_text_the_other(old: list[str], new: list[str]) -> None:
    found = differences("\n".join(old), "\n".join(new))
    gone = {one.number for one in found if one.sign == "-"}
    kept = [line for number, line in enumerate(old, 1) if number not in gone]
    for one in found:
        if one.sign == "+":
            kept.insert(one.number - 1, one.line)
    assert kept == new


def test_a_text_that_is_all_different_is_told_without_comparing_each_line_with_each() -> None:
    old, new = [f"old {n}" for n in range(2000)], [f"new {n}" for n in range(3000)]
    found = differences("\n".join(old), "\n".join(new))
    assert [one.line for one in found] == [*old, *new]


async def test_the_difference_to_the_document_is_told_with_every_key() -> None:
    app = editing()
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        assert "differs from the document" not in shown(app)
        await pilot.press("down", "x")
        await pilot.pause()
        text = shown(app)
    assert "differs from the document: 1 out, 1 in" in text
    assert "-    2  kubectl -n {NS} delete pods --all" in text
    assert "+    2  xkubectl -n {NS} delete pods --all" in text


async def test_a_large_text_is_edited_and_its_difference_is_cut() -> None:
    text = "\n".join(["y" * 100_000, *(f"echo {n}" for n in range(2000))])
    app = editing(text)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("x", "ctrl+s")
        await answered(pilot)
    assert app.answer == f"x{text}"


@pytest.mark.parametrize("size", [(40, 12), (80, 24), pytest.param((200, 60), marks=pytest.mark.slow)])
async def test_text_and_keys_stay_in_sight(size: tuple[int, int]) -> None:
    app = editing("\n".join(f"changed {n}\x1b" for n in range(300)))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for where in (TextEditor, KeyRow):
            assert app.screen.region.contains_region(app.screen.query_one(where).region)
        assert editor(app).region.height >= 3


# The operator's own editor.


@pytest.fixture
def lent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The terminal is lent out without there being one; as with a real one, what is raised meanwhile keeps it lent."""
    happened: list[str] = []

    @contextmanager
    def suspend(_app: App[Any]) -> Iterator[None]:
        happened.append("lent")
        yield
        happened.append("back")

    monkeypatch.setattr(App, "suspend", suspend)
    return happened


async def test_the_text_goes_through_the_operators_own_editor(monkeypatch: pytest.MonkeyPatch, lent: list[str]) -> None:
    monkeypatch.setenv("VISUAL", "sed -i s/pods/jobs/")
    app = editing()
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("x", "ctrl+o", "ctrl+s")
        await answered(pilot)
    assert app.answer == f"x{DOCUMENT.replace('pods', 'jobs')}"
    assert lent == ["lent", "back"]


async def test_an_editor_that_fails_leaves_the_text_as_it_is_and_says_so(
    monkeypatch: pytest.MonkeyPatch, lent: list[str]
) -> None:
    monkeypatch.setenv("VISUAL", "false [/]")
    app = editing()
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("ctrl+o")
        await pilot.pause()
        assert editor(app).meant == DOCUMENT
        assert [one.message for one in app._notifications] == ["false [/] ended with status 1; nothing was changed"]
    assert lent == ["lent", "back"]


async def test_an_interrupt_meant_for_the_editor_does_not_end_the_cockpit(
    monkeypatch: pytest.MonkeyPatch, lent: list[str]
) -> None:
    monkeypatch.setenv("VISUAL", f"kill -INT {os.getpid()}; sed -i s/a/b/")
    app = editing()
    async with app.run_test(size=SMALL):
        assert edit_in_editor(app, "a", ".sh") == "b"
    assert lent == ["lent", "back"]


async def test_a_terminal_that_cannot_be_lent_is_said() -> None:
    app = editing()
    async with app.run_test(size=SMALL) as pilot:
        with pytest.raises(Refused, match="suspend"):
            edit_in_editor(app, "a", ".sh")
        await pilot.press("ctrl+o")
        await pilot.pause()
        assert len(app._notifications) == 1


# Looked at.


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_a_step_while_it_is_edited(snap_compare: Any, size: tuple[int, int]) -> None:
    text = DOCUMENT.replace("--all", "app-7f9c\x1b[2J")

    async def typing(pilot: Pilot[None]) -> None:
        await pilot.press("down", "end")
        await still(pilot)

    app = editing(text, title="Edit “Delete the pods”")
    assert snap_compare(app, terminal_size=size, run_before=typing)
