"""The clocks of a run at given moments: elapsed times, time boxes, escalations, the bell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from support.runs import EPOCH, recorded, started

from engine import events as e
from engine.model import Escalation, Lines, Runbook, Section, Step, TimeBox
from engine.plan import steps_of
from engine.state import Attempt, RunState, fold
from engine.timing import (
    as_clock,
    box_clock,
    escalation_clocks,
    next_escalation,
    run_time,
    should_ring,
    step_time,
)

SECTIONS = (
    Section("Immediate actions (First 5 Minutes)", 2, ("Immediate",), Lines(1, 9), TimeBox(0, 5, 1)),
    Section("Diagnosis", 2, ("Diagnosis",), Lines(10, 30), TimeBox(5, 15, 10)),
    Section("Memory", 3, ("Diagnosis", "Memory"), Lines(12, 20)),
    Section("Disk", 3, ("Diagnosis", "Disk"), Lines(21, 30), TimeBox(10, 10, 21)),
    Section("Aftermath", 2, ("Aftermath",), Lines(31, 40)),
)
STEPS = tuple(
    Step(section.path[-1].lower(), "shell", section.title, section.path, section.lines, "true")
    for section in SECTIONS
    if section.path != ("Diagnosis",)
)
ESCALATIONS = (
    Escalation(30, "call L2 when it persists", 3),
    Escalation(15, "tell the team's lead", 4),
    Escalation(30, "call the vendor", 5),
)
RUNBOOK = Runbook("a.md", "0" * 64, "", "A", "procedure", {}, {}, SECTIONS, STEPS, escalations=ESCALATIONS)


def at(minutes: float) -> datetime:
    return EPOCH + timedelta(minutes=minutes)


def run(*happened: tuple[float, e.Event]) -> RunState:
    """Events, each with the minute in which it happened; the run begins in minute 0."""
    events = ((0.0, started(plan=steps_of(RUNBOOK), choices=())), *happened)
    rows = recorded([event for _, event in events])
    stamps = [one.stamp.model_copy(update={"at": at(minute)}) for one, (minute, _) in zip(rows, events, strict=True)]
    return fold(one.model_copy(update={"stamp": stamp}) for one, stamp in zip(rows, stamps, strict=True))


def select(step_id: str) -> e.StepSelected:
    return e.StepSelected(step_id=step_id)


def begin(step_id: str = "immediate", attempt: int = 1) -> e.StepStarted:
    return e.StepStarted(step_id=step_id, attempt=attempt, session="shell", text="true")


def end(step_id: str = "immediate", outcome: e.StepOutcome = "succeeded") -> e.StepEnded:
    return e.StepEnded(
        step_id=step_id, attempt=1, outcome=outcome, exit_status=0, duration_ns=1, output_bytes=0, output_head=""
    )


LEFT = (e.RunLeft(reason="r"), e.RunResumed(document_changed=False))
ELAPSED: list[tuple[str, Callable[[RunState, datetime], object], tuple[tuple[float, e.Event], ...], float, object]] = [
    ("a run goes on", run_time, (), 12, 12),
    ("also while it is left open", run_time, ((2, LEFT[0]),), 30, 30),
    ("and after it came back", run_time, ((2, LEFT[0]), (20, LEFT[1])), 30, 30),
    ("until its end", run_time, ((7, e.RunEnded(outcome="done")),), 30, 7),
    ("a clock that was set back", run_time, (), -3, 0),
    ("no step runs", step_time, (), 3, None),
    ("a step runs", step_time, ((1, begin()),), 3, 2),
    ("it has ended", step_time, ((1, begin()), (2, end())), 3, None),
    (
        "nobody knows whether it runs",
        step_time,
        ((1, begin()), (2, LEFT[1]), (2, e.StepUnknown(step_id="immediate", attempt=1, output_bytes=0))),
        3,
        None,
    ),
]


@pytest.mark.parametrize(
    ("clock", "happened", "now", "minutes"), [row[1:] for row in ELAPSED], ids=[r[0] for r in ELAPSED]
)
def test_how_long_it_has_gone_on(
    clock: Callable[[RunState, datetime], object], happened: Any, now: float, minutes: float | None
) -> None:
    assert clock(run(*happened), at(now)) == (None if minutes is None else timedelta(minutes=minutes))


def test_a_run_that_has_not_begun_has_taken_no_time() -> None:
    assert run_time(RunState(), at(5)) == timedelta(0)


AWAY = ((1, select("disk")), (3, select("aftermath")), (8, select("disk")))
BOXES: list[tuple[str, tuple[tuple[float, e.Event], ...], float, tuple[str, float, str, float] | None]] = [
    ("a box from 0 is quiet", (), 4.9, ("Immediate", 4.9, "quiet", 0.1)),
    ("until it is over", (), 5, ("Immediate", 5, "over", 0)),
    ("long over", (), 8, ("Immediate", 8, "over", -3)),
    ("it counts from where the section was entered", ((2, select("memory")),), 6.9, ("Diagnosis", 4.9, "quiet", 10.1)),
    ("from its lower end on it is due", ((2, select("memory")),), 7, ("Diagnosis", 5, "due", 10)),
    ("and over at its upper end", ((2, select("memory")),), 17, ("Diagnosis", 15, "over", 0)),
    ("the innermost box counts", ((1, select("memory")), (2, select("disk"))), 4, ("Disk", 2, "quiet", 8)),
    ("a box of one length is never due", ((2, select("disk")),), 12, ("Disk", 10, "over", 0)),
    ("coming back does not start it again", AWAY, 9, ("Disk", 8, "quiet", 2)),
    (
        "a part was entered, and so the whole",
        ((1, select("disk")), (3, select("memory"))),
        4,
        ("Diagnosis", 3, "quiet", 12),
    ),
    ("where there is no box", ((1, select("aftermath")),), 4, None),
    ("it stops with the run", ((3, e.RunEnded(outcome="failed")),), 9, ("Immediate", 3, "quiet", 2)),
]


@pytest.mark.parametrize(("happened", "now", "wanted"), [row[1:] for row in BOXES], ids=[row[0] for row in BOXES])
def test_the_time_box_of_the_section(happened: Any, now: float, wanted: Any) -> None:
    clock = box_clock(run(*happened), RUNBOOK, at(now))
    if wanted is None:
        assert clock is None
    else:
        assert clock is not None
        minutes = [round(time / timedelta(minutes=1), 6) for time in (clock.spent, clock.left)]
        assert (clock.section.path[-1], minutes[0], clock.standing, minutes[1]) == wanted


def test_nothing_is_counted_where_all_is_done() -> None:
    done = [(1.0, e.StepSkipped(step_id=step.id, reason="r")) for step in STEPS]
    assert box_clock(run(*done), RUNBOOK, at(2)) is None


@pytest.mark.parametrize(
    ("now", "due", "upcoming"),
    [
        (0, [], "tell the team's lead"),
        (14.9, [], "tell the team's lead"),
        (15, ["tell the team's lead"], "call L2 when it persists"),
        (30, ["tell the team's lead", "call L2 when it persists", "call the vendor"], None),
    ],
)
def test_escalations_are_quiet_until_they_are_due(now: float, due: list[str], upcoming: str | None) -> None:
    clocks = escalation_clocks(run(), RUNBOOK, at(now))
    assert [one.escalation.after_minutes for one in clocks] == [15, 30, 30]
    assert [one.escalation.text for one in clocks if one.due] == due
    soon = next_escalation(clocks)
    assert (soon and soon.escalation.text) == upcoming
    assert clocks[0].left == timedelta(minutes=15 - now)


def test_an_escalation_counts_on_while_the_run_is_left_open() -> None:
    clocks = escalation_clocks(run((2, LEFT[0]), (20, LEFT[1])), RUNBOOK, at(21))
    assert [one.due for one in clocks] == [True, False, False]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0:00"),
        (59.9, "0:59"),
        (1039, "17:19"),
        (761, "12:41"),
        (4361, "1:12:41"),
        (-61, "1:01"),
        (90000, "25:00:00"),
    ],
)
def test_a_time_as_a_clock_shows_it(seconds: float, text: str) -> None:
    assert as_clock(timedelta(seconds=seconds)) == text


@pytest.mark.parametrize(
    ("duration_ns", "rings"), [(None, False), (0, False), (9_999_999_999, False), (10_000_000_000, True)]
)
def test_the_end_of_a_long_step_rings(duration_ns: int | None, rings: bool) -> None:
    assert should_ring(Attempt(1, "check", "true", EPOCH, duration_ns=duration_ns)) == rings
