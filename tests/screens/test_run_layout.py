"""How the run screen stands in its terminal: its looks, its size, and that it draws nothing while nothing happens."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support.cockpit import EPOCH, Cockpit, Desk, cockpit
from textual.pilot import Pilot

from engine import clock
from engine import commands as c
from engine.sessions.contract import Outcome, Sink, Task
from tui.app import OncueApp
from tui.screens.run import RunScreen

DOCUMENT = (Path(__file__).parent / "redis-memory.md").read_text()
STEP_NS = 1_234_000_000
"""What each step takes on a picture."""

Snap = Callable[..., bool]
Scene = Callable[[Cockpit], Awaitable[None]]


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing in a picture depends on when and by whom it is made."""
    monkeypatch.setattr(clock, "login_of", lambda _uid: "alice")
    monkeypatch.setattr("tui.screens.run.now", lambda: EPOCH.replace(minute=24, second=41))
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


@pytest.fixture
def desk(still: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path, DOCUMENT, incident="INC-4211")
    run = made.shell.run
    spent_ns = 0

    def perform(task: Task, sink: Sink) -> Outcome:
        nonlocal spent_ns
        outcome = run(task, sink)
        spent_ns += STEP_NS
        return outcome

    monkeypatch.setattr(made.shell, "run", perform)
    frozen = SimpleNamespace(monotonic=time.monotonic, monotonic_ns=lambda: spent_ns)
    monkeypatch.setattr("engine.runner.time", frozen)
    yield made
    made.close()


def pictured(snap: Snap, desk: Desk, size: tuple[int, int], scene: Scene) -> bool:
    """Whether the cockpit looks as it did, once the scene has been played."""
    app = OncueApp(desk)

    async def play(pilot: Pilot[Any]) -> None:
        one = Cockpit(desk, app, pilot)
        await one.until(lambda: isinstance(app.screen, RunScreen) and app.screen.is_mounted)
        await one.rests()
        await scene(one)
        await one.rests()
        await steady(one)

    try:
        return snap(app, terminal_size=size, run_before=play)
    finally:
        if app.bridge is not None:
            app.bridge.close("left")


SMALL, MIDDLE, LARGE = (80, 24), (120, 40), (200, 60)


@pytest.mark.parametrize("size", [SMALL, MIDDLE, LARGE], ids=["small", "middle", "large"])
def test_a_safe_step(desk: Desk, snap_compare: Snap, size: tuple[int, int]) -> None:
    """The step, its verdict, and Enter runs it."""

    async def scene(one: Cockpit) -> None:
        await one.until(lambda: one.offered[0] == "enter run")

    assert pictured(snap_compare, desk, size, scene)


@pytest.mark.parametrize("size", [SMALL, MIDDLE, LARGE], ids=["small", "middle", "large"])
def test_a_dangerous_step_that_is_held(desk: Desk, snap_compare: Snap, size: tuple[int, int]) -> None:
    """What holds it, what it hits and why, after the output of the steps before."""
    desk.finish("Confirm the alert")
    desk.finish("Look for refused writes")
    desk.go_to("Flush the session cache")

    async def scene(one: Cockpit) -> None:
        await one.press("space", "enter")
        await one.until(lambda: one.offered[0] == "enter held by 1 item")

    assert pictured(snap_compare, desk, size, scene)


@pytest.mark.parametrize("size", [SMALL, MIDDLE], ids=["small", "middle"])
def test_a_step_that_runs(desk: Desk, snap_compare: Snap, size: tuple[int, int]) -> None:
    """Output below, and how to end it."""
    desk.finish("Confirm the alert")
    desk.start("Follow the log")

    async def scene(one: Cockpit) -> None:
        await one.shows("first line")

    assert pictured(snap_compare, desk, size, scene)


@pytest.mark.parametrize("size", [SMALL, MIDDLE], ids=["small", "middle"])
def test_the_end(desk: Desk, snap_compare: Snap, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]) -> None:
    """How it went, and what proves it."""
    monkeypatch.setattr("engine.trail.TrailReader.head", lambda _self, _run: "5f0c" * 16)
    desk.finish("Confirm the alert")
    desk.finish("Look for refused writes")

    async def scene(one: Cockpit) -> None:
        desk.do(c.End(reason="the drill is over"))
        await one.shows("head 5f0c")

    assert pictured(snap_compare, desk, size, scene)


# Without a picture.


async def test_the_panes_keep_their_places_while_a_run_goes_on(tmp_path: Path) -> None:
    desk = Desk(tmp_path, DOCUMENT)

    def places(one: Cockpit) -> list[Any]:
        return [one.run.query_one(name).region for name in ("#outline", "#step", "#output", "#notice", "#keys")]

    async with cockpit(desk) as one:
        before = places(one)
        await one.press("enter")
        await one.settled()
        assert places(one) == before
        await one.press("enter")
        await one.settled()
        desk.start("Follow the log")
        await one.until(lambda: one.state.phase == "running")
        await one.rests()
        assert places(one) == before


async def test_a_document_of_500_steps_mounts_what_one_of_five_does(tmp_path: Path) -> None:
    counts = []
    for n_steps in (5, 500):
        folder = tmp_path / str(n_steps)
        folder.mkdir()
        steps = "".join(f"## Rack {n}\n\n1. Look at the lamps of rack {n}\n\n" for n in range(n_steps))
        async with cockpit(Desk(folder, f"# Racks\n\n{steps}"), (100, 30)) as one:
            await one.shows(f"of {n_steps}")
            counts.append(sum(1 for _ in one.run.walk_children(with_self=True)))
    assert counts[0] == counts[1]
    assert counts[0] <= 40


async def test_nothing_is_drawn_while_nothing_happens(
    still: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ticks = 0
    tick = RunScreen._tick

    def counted(screen: RunScreen) -> None:
        nonlocal ticks
        ticks += 1
        tick(screen)

    monkeypatch.setattr(RunScreen, "_tick", counted)
    async with cockpit(Desk(tmp_path, DOCUMENT)) as one:
        await one.until(lambda: one.n_told_size > 0, "the terminal's size told")
        await steady(one)
        frames: list[Any] = []
        monkeypatch.setattr(one.app, "_display", lambda *shown: frames.append(shown))
        ticks = 0
        await one.until(lambda: ticks >= 2, "two seconds")
        assert frames == []


SIZES = [(80, 24), (20, 5), (200, 60), (40, 12), (1, 1), (100, 30), (80, 24)]


@pytest.mark.parametrize("phase", ["idle", "running", "asking", "over"])
async def test_the_terminal_may_have_any_size_at_any_moment(still: None, phase: str, tmp_path: Path) -> None:
    desk = Desk(tmp_path, DOCUMENT)
    if phase == "running":
        desk.finish("Confirm the alert")
        desk.start("Follow the log")
    async with cockpit(desk, SIZES[0]) as one:
        if phase == "asking":
            await one.press("q")
            await one.shows("Leave the run?")
        if phase == "over":
            desk.do(c.End(reason="x"))
            await one.until(lambda: one.run.situation.head)
        await one.rests()
        before = await through(one, [(81, 24), SIZES[0]])
        await through(one, SIZES[1:])
        await one.until(lambda: one.text.split() == before.split(), "as it was at this size before")


async def through(one: Cockpit, sizes: Sequence[tuple[int, int]]) -> str:
    """What is shown at the last of these sizes."""
    for size in sizes:
        await one.pilot.resize_terminal(*size)
        await one.rests()
    return await steady(one)


async def steady(one: Cockpit) -> str:
    """What is shown once it does not change any more."""
    texts = [""]
    while len(texts) < 4 or len(set(texts[-3:])) > 1:
        texts.append(one.text)
        await one.pilot.pause()
    return texts[-1]
