"""ctrl+p: every action by name, with its key, and with why it cannot be done now."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from support.cockpit import Cockpit, Desk, cockpit
from support.modals import Asked, still
from textual.pilot import Pilot

from engine import commands as c
from tui import palette
from tui.app import OncueApp
from tui.keys import ACTIONS
from tui.look import Look
from tui.palette import Command, fitting
from tui.screens.gate import GateScreen
from tui.screens.library import LibraryScreen
from tui.screens.palette import PaletteScreen
from tui.widgets.row_list import RowList

DOCUMENT = (Path(__file__).parent / "redis.md").read_text()
SIZES = [(40, 12), (80, 24), (120, 40), (200, 60)]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, DOCUMENT)


def listed(one: Cockpit) -> list[Command]:
    return list(one.screen.query_one(RowList)._items)


def named(one: Cockpit, name: str) -> Command:
    return next(command for command in listed(one) if command.name == name)


async def choose(one: Cockpit, *words: str) -> None:
    await one.press("ctrl+p")
    await one.send(*words, "enter")
    await one.rests()


async def test_it_lists_every_action_once_with_its_key_and_what_it_does(desk: Desk) -> None:
    async with cockpit(desk) as one:
        await one.press("ctrl+p")
        assert isinstance(one.screen, PaletteScreen)
        actions = [action for action in ACTIONS.values() if not action.id.startswith("offer_")]
        found = {command.name: command for command in listed(one)}
        assert len(found) == len(listed(one))
        for action in actions:
            named = [command for command in found.values() if command.help == action.help]
            assert [command.name.partition(": ")[0] for command in named] == [action.area], action.id
            assert named[0].key, action.id


async def test_what_can_be_done_comes_first_and_the_rest_says_why_not(desk: Desk) -> None:
    async with cockpit(desk) as one:
        await one.press("ctrl+p")
        actions = [command for command in listed(one) if not command.name.startswith(("look at:", "theme:"))]
        doable = [not command.why_not for command in actions]
        assert doable == sorted(doable, reverse=True)
        assert named(one, "step: run").why_not == ""
        assert named(one, "running step: interrupt").why_not == "no step is running"
        await one.press(*"interrupt")
        assert "no step is running" in one.text


async def test_an_action_is_done_by_its_name(desk: Desk) -> None:
    async with cockpit(desk) as one:
        await choose(one, *"paranoid")
        assert one.run.situation.paranoid
        assert one.screen is one.run


async def test_what_enter_does_fits_the_last_letter_however_fast_it_came(desk: Desk) -> None:
    async with cockpit(desk) as one:
        await one.press("ctrl+p")
        screen = one.screen
        for key in (*"paranoid", "enter"):
            one.app.simulate_key(key)
        await one.until(lambda: one.screen is not screen, "the palette has been answered")
        await one.rests()
        assert one.run.situation.paranoid


async def test_what_cannot_be_done_is_not_done_and_says_why(desk: Desk) -> None:
    async with cockpit(desk) as one:
        await choose(one, *"running step interrupt")
        assert one.notice == "no step is running"


async def test_a_dangerous_step_is_still_asked_about(desk: Desk) -> None:
    desk.go_to("Flush")
    async with cockpit(desk) as one:
        await choose(one, *"step: type its target")
        await one.until(lambda: isinstance(one.screen, GateScreen), "the gate")
        assert not desk.shell.tasks


async def test_a_safe_step_runs_from_it(desk: Desk) -> None:
    async with cockpit(desk) as one:
        await choose(one, *"step: run")
        await one.settled()
        assert [task.text for task in desk.shell.tasks] == ["df -h"]


async def test_a_step_that_came_while_it_was_open_does_not_run(desk: Desk) -> None:
    async with cockpit(desk) as one:
        await one.press("ctrl+p", *"step: run")
        desk.go_to("Held")
        await one.rests()
        await one.press("enter")
        assert one.notice == palette.MOVED_ON
        assert not desk.shell.tasks


async def test_steps_are_found_by_their_title_and_looked_at_without_going_there(desk: Desk) -> None:
    async with cockpit(desk) as one:
        await choose(one, *"look at restart")
        s = one.run.situation
        assert s.step is not None
        assert (s.step.title, s.is_elsewhere) == ("Restart", True)


async def test_alternatives_and_mentioned_commands_are_listed_by_their_words(desk: Desk) -> None:
    desk.go_to("Look with df -h again")
    async with cockpit(desk) as one:
        await one.press("ctrl+p")
        assert named(one, "step: df -h").key == "1"
        await one.press("escape")
        desk.go_to("Count")
        desk.do(c.Skip(step_id=desk.step_id("Count"), reason="a drill"))
        await one.rests()
        await one.press("ctrl+p")
        assert [one_.key for one_ in listed(one) if one_.help == "choose this alternative"] == ["1", "2"]


async def test_a_theme_is_put_on_for_the_session(desk: Desk) -> None:
    async with cockpit(desk) as one:
        await choose(one, *"theme oncue-light")
        assert one.app.theme == "oncue-light"
        await one.press("ctrl+p")
        assert named(one, "theme: oncue-light").why_not == "the screen looks like this"
        (said,) = [notification.message for notification in one.app._notifications]
        assert said.startswith('to keep it: theme = "oncue-light" in ')


async def test_it_shows_the_keys_as_they_are_now(desk: Desk) -> None:
    async with cockpit(desk, look=lambda: Look(keys={"note": "f2"})) as one:
        await one.press("ctrl+p")
        assert named(one, "run: note").key == "f2"


async def test_it_tells_what_an_action_is_called_in_the_settings(desk: Desk) -> None:
    async with cockpit(desk) as one:
        await one.press("ctrl+p")
        actions = [command for command in listed(one) if not command.name.startswith(("look at:", "theme:"))]
        assert {command.setting.removeprefix("keys.") for command in actions} <= ACTIONS.keys()
        await one.press(*"done by hand")
        assert "keys.mark_done" in one.text


async def test_a_question_is_answered_before_it_opens(desk: Desk) -> None:
    desk.go_to("Flush")
    async with cockpit(desk) as one:
        await one.press("enter")
        gate = one.screen
        await one.press("ctrl+p")
        assert one.screen is gate


async def test_what_is_typed_into_a_step_is_the_steps(desk: Desk) -> None:
    desk.go_to("Answer")
    async with cockpit(desk) as one:
        await one.send("enter")
        await one.until(lambda: one.state.phase == "running")
        await one.send("i", "ctrl+p")
        assert one.screen is one.run
        desk.shell.write(b"\n")
        await one.settled()


async def test_escape_and_ctrl_p_close_it(desk: Desk) -> None:
    async with cockpit(desk) as one:
        for key in ("escape", "ctrl+p"):
            await one.press("ctrl+p", key)
            assert one.screen is one.run


async def test_it_is_scrolled_by_keys_and_clicked(desk: Desk) -> None:
    async with cockpit(desk) as one:
        await one.press("ctrl+p", "down", "down", "up")
        rows = one.screen.query_one(RowList)
        assert rows.item == rows._items[1]
        await one.press(*"paranoid")
        await one.pilot.click(RowList, offset=(5, 0), times=2)
        await one.rests()
        assert one.run.situation.paranoid


@pytest.mark.parametrize("size", SIZES)
async def test_line_list_and_keys_are_in_sight_at_any_size(desk: Desk, size: tuple[int, int]) -> None:
    async with cockpit(desk, size) as one:
        await one.press("ctrl+p")
        words = ("type what you want to do", "step: run", "esc close")
        await one.until(lambda: all(each in one.text for each in words))


async def test_the_library_lists_what_it_can_do_also_while_something_is_found(tmp_path: Path) -> None:
    library = LibraryScreen(tmp_path / "audit.db", {"HOME": str(tmp_path)}, directory=tmp_path)
    app = OncueApp(library=lambda: library)
    async with app.run_test() as pilot:
        await pilot.press("ctrl+p")
        await pilot.pause()
        found = {command.name: command for command in app.screen.query_one(RowList)._items}
        assert (found["library: history"].key, found["library: history"].setting) == ("h", "keys.library.history")
        assert found["library: resume"].why_not == "not here"
        app.screen.query_one("#find").value = "library: help"  # type: ignore[attr-defined]
        await pilot.press("enter")
        while isinstance(app.screen, PaletteScreen | LibraryScreen):
            await asyncio.sleep(0)
            await pilot.pause()
        assert type(app.screen).__name__ == "KeysScreen"


def command(name: str, why_not: str = "", help: str = "") -> Command:
    return Command(name, "", help, do=lambda: None, why_not=why_not)


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("", ["a: skip", "b: stop", "a: note"]),
        ("stop", ["b: stop"]),
        ("note", ["a: note"]),
        ("spoken", ["a: note"]),
        ("xyz", []),
    ],
)
def test_the_list_is_narrowed_by_name_and_by_what_it_does(typed: str, names: list[str]) -> None:
    commands = [command("a: skip"), command("b: stop"), command("a: note", help="spoken of later")]
    assert [one.name for one in fitting(commands, typed)] == names


def test_what_fits_best_comes_first_and_of_equals_what_can_be_done() -> None:
    commands = [command("step: interrupt", why_not="not now"), command("step: interrupt"), command("x: i.n.t.errupt")]
    assert [(one.name, one.why_not) for one in fitting(commands, "int")] == [
        ("step: interrupt", ""),
        ("step: interrupt", "not now"),
        ("x: i.n.t.errupt", ""),
    ]


COMMANDS = (
    Command("step: type its target", "enter", "do what comes next: run the step", print, "", "keys.proceed"),
    Command("step: edit", "e", "edit the step's text here; it is judged again", print),
    Command("step: kubectl get pods -n [red]payments", "1", "a command that the step's words mention", print),
    Command("run: note", "f2", "keep a note with the run, at any moment", print),
    Command("checklist: tick", "space", "tick the item under the cursor", print, "this step has no checklist"),
    Command("running step: interrupt", "ctrl+c", "interrupt the running step", print, "no step is running"),
    Command("look at: 1 ✔ Check memory", "", "Diagnosis", print),
    Command("theme: oncue-light", "", "for this session", print),
)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_the_palette(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    """What can be done, what cannot and why, steps and themes."""
    assert snap_compare(Asked(PaletteScreen(COMMANDS, print)), run_before=still, terminal_size=size)


def test_the_palette_over_an_action_that_cannot_be_done_now(snap_compare: Callable[..., bool]) -> None:
    """Narrowed; the reason stands below in full."""

    async def narrow(pilot: Pilot[None]) -> None:
        await pilot.press(*"int")
        await still(pilot)

    assert snap_compare(Asked(PaletteScreen(COMMANDS, print)), run_before=narrow, terminal_size=(80, 24))
