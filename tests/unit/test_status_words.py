"""The first line of the run screen: what matters most comes first, and what is not due is quiet."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from support.runs import ACTOR, EPOCH, recorded, started

from engine import events as e
from engine.ladder import Ladder
from engine.model import Escalation, Lines, Runbook, Section, Step, TimeBox
from engine.plan import steps_of
from engine.state import RunState, fold
from tui import status_words
from tui.situation import Situation
from tui.widgets.step_pane import banner

SECTION = Section("Look", 2, ("Look",), Lines(1, 9), TimeBox(0, 5, 1))
STEP = Step("look", "shell", "Look", ("Look",), Lines(3, 3), "df")
ESCALATION = Escalation(30, "call L2", 2)
RUNBOOK = Runbook("a.md", "0" * 64, "", "A", "procedure", {}, {}, (SECTION,), (STEP,), escalations=(ESCALATION,))


def run(*happened: e.Event, **more: object) -> RunState:
    begun = started(plan=steps_of(RUNBOOK), choices=()).model_copy(update=more)
    return fold(recorded([begun, *happened]))


def marks(minutes: float, *happened: e.Event, ladder: Ladder | None = None, **more: object) -> list[str]:
    s = Situation(run(*happened, incident=more.pop("incident", None)), RUNBOOK, STEP)
    return words(replace(s, **more), at(minutes), ladder)  # type: ignore[arg-type]


def words(s: Situation, now: datetime, ladder: Ladder | None = None) -> list[str]:
    return [said for said, _ in status_words.status(s, now, ladder or Ladder()).marks]


def at(minutes: float) -> datetime:
    return EPOCH + timedelta(minutes=minutes, seconds=1)


START = e.StepStarted(step_id="look", attempt=1, session="shell", text="df")
ATTACHED = e.OperatorAttached(client="cockpit", client_id=1, keyboard=True)


def test_while_nothing_is_due_the_clocks_are_quiet() -> None:
    assert marks(2) == ["2 min", "box 2 min of 5 min", "escalate in 28 min"]


def test_what_is_due_comes_first() -> None:
    assert marks(31)[:2] == ["! due: call L2", "! time box over: 31 min of 5 min"]


def test_a_running_step_comes_before_everything() -> None:
    assert marks(31, START)[0] == "running 30:59"
    assert marks(31, START, ladder=Ladder("INT"))[0] == "running 30:59, sent INT"


def test_a_run_that_is_over_has_no_clock_that_goes_on() -> None:
    over = marks(45, e.RunEnded(outcome="failed"))
    assert over == ["failed", "0 min"]


def test_who_is_there_is_said() -> None:
    other = e.OperatorAttached(client="plain", client_id=2)
    assert marks(0, ATTACHED)[-1] == f"{ACTOR.login}@{ACTOR.host}"
    assert marks(0, ATTACHED, other)[-2] == "1 more watching"


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"watching": "bob has the keyboard"}, "watching"),
        ({"paranoid": True}, "paranoid"),
        ({"incident": "INC-4211"}, "INC-4211"),
    ],
)
def test_what_is_unusual_is_said(more: dict[str, object], word: str) -> None:
    assert word in marks(2, **more)  # type: ignore[arg-type]


def test_the_line_stays_the_same_within_a_minute() -> None:
    s = Situation(run(), RUNBOOK, STEP)
    lines = {status_words.status(s, at(2 + seconds / 60), Ladder()) for seconds in range(1, 60)}
    assert len(lines) == 1


def test_after_an_hour_hours_are_said() -> None:
    assert "1 h 05 min" in marks(65)


@pytest.mark.parametrize(
    ("event", "client_id", "sentence"),
    [
        (e.KeyboardKept(client_id=1), 1, "the keyboard was kept"),
        (e.KeyboardKept(client_id=1), 2, "the keyboard stays where it is"),
        (e.KeyboardPassed(from_id=None, to_id=1, reason="free"), 1, "you have the keyboard now"),
        (e.KeyboardPassed(from_id=None, to_id=1, reason="free"), 2, "alice@bastion has the keyboard now"),
    ],
)
def test_a_keyboard_that_passes_is_said_to_each(
    event: e.KeyboardPassed | e.KeyboardKept, client_id: int, sentence: str
) -> None:
    assert status_words.keyboard_sentence(run(ATTACHED), event, client_id) == sentence


ASKED = e.CommitAsked(attempt=1, question=1, statement="UPDATE orders", rows=3, seconds=60)


def test_what_waits_to_be_committed_comes_before_the_running_step() -> None:
    started = run(START, ASKED)
    assert started.asked_at is not None
    later = started.asked_at + timedelta(seconds=18)
    assert words(Situation(started, RUNBOOK, STEP), later)[0] == "commit? 42 s"


def test_a_step_whose_end_nobody_saw_says_what_became_of_what_waited() -> None:
    unknown = e.StepUnknown(step_id="look", attempt=1, output_bytes=0)
    asked = Situation(run(START, ASKED, unknown), RUNBOOK, STEP)
    assert words(asked, at(1))[0] != "commit? 42 s"
    assert "the database has rolled it back" in str(banner(asked))
    answered = e.CommitAnswered(attempt=1, question=1, decision="commit", reason="operator")
    assert "shows only in the rows" in str(banner(Situation(run(START, ASKED, answered, unknown), RUNBOOK, STEP)))
