"""A rehearsal in the cockpit: it never looks like the real thing, asks for what nobody recorded, and lets go of a step
that hangs."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest
from support.cockpit import Cockpit, Desk, cockpit, key_of
from textual.screen import Screen

from engine import events as e
from engine.parse import read_runbook
from engine.sessions.recorded import Answers, RecordedSession
from tui import cockpit as cockpit_module
from tui.screens.asking import AskScreen, PickScreen
from tui.screens.editing import EditScreen
from tui.screens.gate import GateScreen
from tui.screens.help import HelpScreen
from tui.widgets.status_bar import StatusBar
from tui.widgets.typing_line import TypingLine

DOCUMENT = """# Redis is full of the sessions of everybody who has ever been here

## First look at it, and do nothing else

```bash
# Look
df -h
```

```bash
# Restart
systemctl restart redis
```
"""
SMALL = (80, 24)
MARK = "▷ rehearsal"
STEPS = {step.title: step.id for step in read_runbook("redis.md", DOCUMENT.encode()).steps}


class Rehearsed:
    """Desks of rehearsals, which are put away afterwards."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, **told: Any) -> Desk:
        rehearsal = e.Rehearsal(**told)
        session = RecordedSession("shell", Answers(rehearsal))
        return Desk(self._folder, DOCUMENT, session=session, mode="rehearsal", rehearsal=rehearsal)


@pytest.fixture
def rehearsed(tmp_path: Path) -> Rehearsed:
    return Rehearsed(tmp_path)


def marked(one: Cockpit) -> bool:
    """In the words of what is on top, or in the first line where that is not covered."""
    if MARK in one.text:
        return True
    covered = {child.region.y for child in one.screen.children if child.display}
    return one.screen is not one.run and min(covered) > 0 and MARK in str(one.run.query_one(StatusBar).render())


@pytest.mark.parametrize("size", [SMALL, (60, 15)], ids=str)
async def test_it_is_called_a_rehearsal_at_all_times(rehearsed: Rehearsed, size: tuple[int, int]) -> None:
    answers = (e.Answer(step_id=STEPS["Look"], output="98%"),)
    places: dict[str, type[Screen[Any]]] = {
        "help": HelpScreen,
        "edit": EditScreen,
        "note": AskScreen,
        "jump": PickScreen,
        "leave": PickScreen,
    }
    async with cockpit(rehearsed(answers=answers, speed=0), size=size) as one:
        assert marked(one), one.text
        await one.press(key_of("proceed"))
        await one.shows("98%")
        await one.settled()
        assert marked(one), one.text
        await one.send(key_of("proceed"))
        await one.asks(GateScreen)
        assert marked(one), one.text
        await one.press("escape")
        for action_id, screen in places.items():
            await one.send(key_of(action_id))
            await one.asks(screen)
            assert marked(one), (action_id, one.text)
            await one.press("escape")


def test_it_is_called_so_from_the_first_frame(tmp_path: Path) -> None:
    (tmp_path / "redis.md").write_text(DOCUMENT)
    arguments = Namespace(file=str(tmp_path / "redis.md"), inject=[])
    title, _ = cockpit_module._first_look(arguments)
    assert title.startswith(f"{MARK}  ")


async def test_a_real_run_is_called_nothing(tmp_path: Path) -> None:
    async with cockpit(Desk(tmp_path, DOCUMENT), size=SMALL) as one:
        assert "▷" not in one.text


async def test_what_nothing_answers_is_asked_where_the_step_would_ask(rehearsed: Rehearsed) -> None:
    async with cockpit(rehearsed(speed=0), size=SMALL) as one:
        await one.send(key_of("proceed"))
        await one.until(lambda: one.run.query_one(TypingLine).is_open, "the line to type into")
        await one.shows("Whoever leads the rehearsal decides")
        assert marked(one), one.text
        await one.answer("1 no such disk")
        await one.settled()
        await one.shows("no such disk")
        [attempt] = one.desk.state.attempts.values()
        assert (attempt.outcome, attempt.exit_status) == ("failed", 1)


async def test_a_step_that_hangs_on_purpose_is_interrupted_like_any_other(rehearsed: Rehearsed) -> None:
    hang = (e.Injection(fault="hang", step_id=STEPS["Look"]),)
    answers = (e.Answer(step_id=STEPS["Look"], output="98%"),)
    async with cockpit(rehearsed(answers=answers, injections=hang, speed=0), size=SMALL) as one:
        await one.send(key_of("proceed"))
        await one.until(lambda: one.state.phase == "running", "the step")
        await one.send(key_of("interrupt"))
        await one.settled()
        assert one.desk.state.steps[STEPS["Look"]].status == "interrupted"
        assert marked(one), one.text


# The same screen over a run that is executed again.


async def test_what_was_made_of_a_step_in_the_run_before_is_shown_and_taken_only_by_a_key(tmp_path: Path) -> None:
    then = e.Rerun(run_id="20261102-000000-abcdef", edits={STEPS["Look"]: "df -h /srv"})
    async with cockpit(Desk(tmp_path, DOCUMENT, rerun=then)) as one:
        await one.shows("in the run before, its operator made of it:")
        await one.shows("df -h /srv")
        assert f"{key_of('last_edit')} use the last edit" in one.offers
        await one.press(key_of("last_edit"))
        assert one.desk.state.steps[STEPS["Look"]].edited == "df -h /srv"
        await one.hides("in the run before")
        assert "use the last edit" not in one.offers
        await one.press(key_of("proceed"))
        await one.settled()
        assert [attempt.text for attempt in one.desk.state.attempts.values()] == ["df -h /srv"]


async def test_where_nothing_was_edited_before_there_is_nothing_to_take(tmp_path: Path) -> None:
    async with cockpit(Desk(tmp_path, DOCUMENT)) as one:
        assert "use the last edit" not in one.offers
        await one.press(key_of("last_edit"))
        await one.notes("it was not edited in a run before")
