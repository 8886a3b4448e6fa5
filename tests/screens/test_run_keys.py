"""Every key in every situation of a run: it does something that can be seen, or a line says why it does not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest
from _pytest.mark import ParameterSet
from support.cockpit import TURN, Cockpit, Desk, cockpit

from engine import commands as c
from engine.state import RunState
from tui.keys import ACTIONS, why_not
from tui.settling import Settling
from tui.widgets.commit_bar import ANSWERS, NO_ANSWER
from tui.widgets.notice import Notice

DOCUMENT = (Path(__file__).parent / "redis.md").read_text()
UNBOUND = ("z", "m", "Z", "f5", "0", "delete", "ctrl+z", "alt+x")


class Place(NamedTuple):
    """How a run gets into a situation."""

    before: Callable[[Desk], object]
    """On the desk, before the cockpit comes."""
    after: tuple[str, ...] = ()
    """Keys, once it is there."""
    later: Callable[[Desk], object] | None = None
    """On the desk, while the cockpit is there."""


def at(title: str) -> Place:
    return Place(lambda desk: desk.go_to(title))


def ran(title: str, *, wait: bool = True) -> Place:
    """A step has run, and the run stands on it again."""

    def before(desk: Desk) -> None:
        desk.start(title)
        if wait:
            assert desk.runner.wait_idle(10)
            desk.go_to(title)

    return Place(before)


def ended(title: str, how: Callable[[Desk, str], c.AnyCommand]) -> Place:
    def before(desk: Desk) -> None:
        desk.go_to(title)
        desk.do(how(desk, desk.step_id(title)))
        desk.go_to(title)

    return Place(before)


def at_choice(desk: Desk) -> None:
    desk.go_to("Count")
    desk.do(skip(desk, desk.step_id("Count")))


def skip(_desk: Desk, step_id: str) -> c.Skip:
    return c.Skip(step_id=step_id, reason="a drill")


def interrupted(desk: Desk) -> None:
    desk.start("Follow")
    desk.do(c.Interrupt())
    assert desk.runner.wait_idle(10)


def settle_all(desk: Desk) -> None:
    while (step_id := desk.state.current) is not None:
        desk.do(c.Skip(step_id=step_id, reason="a drill"))


def tick_all(title: str) -> Callable[[Desk], None]:
    def before(desk: Desk) -> None:
        desk.go_to(title)
        for item in desk.state.steps[desk.step_id(title)].planned.items:
            desk.do(c.Tick(item_id=item.id))

    return before


def somebody_else_first(desk: Desk) -> None:
    desk.attach("plain", "bob")


def ask_commit(desk: Desk) -> None:
    desk.go_to("Count")
    desk.do(c.Edit(step_id=desk.step_id("Count"), text="UPDATE orders SET state = 'late' WHERE id = 1"))
    desk.start("Count", hold=True)
    while desk.state.asked is None:
        threading.Event().wait(TURN)


def both(*acts: Callable[[Desk], object]) -> Callable[[Desk], None]:
    def before(desk: Desk) -> None:
        for act in acts:
            act(desk)

    return before


PLACES: Mapping[str, Place] = {
    "at a safe step": at("Look"),
    "at a step that asks": at("Restart"),
    "at a dangerous step": at("Flush"),
    "at a step nobody understands": at("Unheard"),
    "at a step without its values": at("Named"),
    "at a broken step": at("Broken"),
    "at a held step": at("Held"),
    "at a step that is held no more": Place(tick_all("Held")),
    "at a checklist": at("Tell"),
    "at something to do": at("Call the DBA"),
    "at something to do with a command": at("Look with df -h again"),
    "at a query": at("Count"),
    "at a choice": Place(at_choice),
    "looking at a text to copy": Place(lambda desk: desk.go_to("Message")),
    "looking at another step": Place(lambda desk: desk.go_to("Look"), ("tab", "down", "escape")),
    "where it has succeeded": ran("Look"),
    "where it has failed": ran("Search"),
    "where it was interrupted": Place(interrupted),
    "where it was skipped": ended("Flush", skip),
    "where it was done by hand": ended("Flush", lambda _desk, step_id: c.MarkDone(step_id=step_id)),
    "while a step runs": ran("Follow", wait=False),
    "while a step that was interrupted runs on": Place(
        both(lambda desk: setattr(desk.shell, "minds", "KILL"), lambda desk: desk.start("Follow")), ("ctrl+c",)
    ),
    "where nobody saw the end": Place(lambda desk: desk.crash("Look")),
    "where everything is settled": Place(settle_all),
    "once the run has ended": Place(settle_all, later=lambda desk: desk.do(c.End())),
    "once the run was left": Place(lambda desk: desk.go_to("Look"), later=lambda desk: desk.do(c.Leave(reason="x"))),
    "once the trail has failed": Place(lambda desk: desk.go_to("Look"), later=lambda desk: desk.break_trail()),
    "watching": Place(both(somebody_else_first, lambda desk: desk.go_to("Restart"))),
    "watching a step that runs": Place(both(somebody_else_first, lambda desk: desk.start("Follow"))),
    "while it is asked whether to commit": Place(ask_commit),
    "watching while it is asked whether to commit": Place(both(somebody_else_first, ask_commit)),
    "watching where nobody saw the end": Place(both(lambda desk: desk.crash("Look"), somebody_else_first)),
    "where every step asks": Place(lambda desk: desk.go_to("Look"), ("p",)),
}
KEYS = tuple(dict.fromkeys(key for one in ACTIONS.values() for key in one.key.split(",")))
QUICK = ("while a step runs", "watching")
"""Tried each time; `tests/unit/test_keys.py` holds all of them against the machine without a screen."""
NO_ANSWERS = ("enter", "space", "escape")
"""Keys that mean nothing to the question whether to commit, which says so."""
SCROLLS = ("up", "down", "pageup", "pagedown")
"""At the end of what there is they do nothing, as everywhere."""


class Seen(NamedTuple):
    """Everything that a key may have changed and an operator would notice."""

    state: RunState
    screens: tuple[str, ...]
    focus: str
    classes: frozenset[str]
    notice: str
    copied: str
    over: bool
    text: str


def seen(one: Cockpit) -> Seen:
    return Seen(
        replace(one.desk.state, seq=0),  # the terminal's size is an event too, and nobody's doing
        tuple(type(screen).__name__ for screen in one.app.screen_stack),
        str(one.run.focused),
        one.run.classes,
        one.notice,
        one.app.clipboard,
        one.app.return_code is not None,
        one.text,
    )


def is_as_before(before: Seen, after: Seen) -> bool:
    """So that the next key can be tried on the same cockpit."""
    return before[:4] == after[:4]


def _marked(place: str) -> ParameterSet | str:
    return place if place in QUICK else pytest.param(place, marks=pytest.mark.slow)


@pytest.fixture
def every_key_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Settling.__init__, "__defaults__", (0.001, 0.001))


@pytest.mark.usefixtures("every_key_counts")
@pytest.mark.parametrize("place", map(_marked, PLACES))
async def test_every_key_does_something_or_says_why_not(place: str, tmp_path: Path) -> None:
    left = list(KEYS)
    n_desks = 0
    while left:
        n_desks += 1
        folder = tmp_path / str(n_desks)
        folder.mkdir()
        async with cockpit(_arranged(folder, place), (80, 24)) as one:
            await _enter(one, PLACES[place])
            while left and await _try(one, left.pop()):
                continue


def _arranged(folder: Path, place: str) -> Desk:
    desk = Desk(folder, DOCUMENT)
    PLACES[place].before(desk)
    return desk


async def _enter(one: Cockpit, place: Place) -> None:
    await one.press(*place.after)
    if place.later is not None:
        place.later(one.desk)
        await one.until(lambda: one.state.phase in ("left", "ended", "broken"), "over")
        await one.rests()


async def _try(one: Cockpit, key: str) -> bool:
    """Presses it. Answers whether the cockpit is as it was before."""
    action_id = next(one.id for one in ACTIONS.values() if key in one.key.split(","))
    reason = why_not(action_id, one.run.situation)
    is_answer = one.run.situation.decides and key in ANSWERS
    is_none = one.run.situation.decides and key in NO_ANSWERS
    one.run.query_one(Notice).clear()
    await one.rests()
    before = seen(one)
    await one.send(key)
    if is_answer:
        await one.until(lambda: one.state.asked is None, f"an answer by {key}")
        return False
    if is_none:
        await one.shows(NO_ANSWER)
    is_refused = bool(reason) and action_id != "interrupt" and not is_none
    said = " ".join(reason.split())
    if is_refused:  # not anything at all: a clock on the screen goes on by itself
        await one.until(lambda: one.notice == said, f"why {key} does nothing")
    await one.until(lambda: seen(one) != before or is_none or key in SCROLLS, f"anything from {key}")
    await one.rests()
    after = seen(one)
    if is_none:
        assert is_as_before(before, after)
    elif is_refused:
        assert after.notice == said
        assert is_as_before(before, after)
    elif not after.over and action_id != "interrupt":
        assert not after.notice.startswith("not done"), f"{key} was offered: {after.notice}"
    return await _back_as_it_was(one, before)


async def _back_as_it_was(one: Cockpit, before: Seen) -> bool:
    if one.app.return_code is not None:
        return False
    for _ in range(3):
        if one.app.screen is one.run and str(one.run.focused) == before.focus:
            break
        await one.press("escape")
    return is_as_before(before, seen(one))


@pytest.mark.parametrize("place", ["at a dangerous step", "while a step runs"])
async def test_a_key_that_means_nothing_does_nothing(place: str, tmp_path: Path) -> None:
    async with cockpit(_arranged(tmp_path, place), (80, 24)) as one:
        before = seen(one)
        await one.press(*UNBOUND)
        assert seen(one)[:4] == before[:4]
        assert one.notice == ""
