"""The clocks of a run: how long it goes on, how long its step and its section, who is to be called when. Pure.

Time counts on while a run is left open or has no host: the incident does not wait for us.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from .model import Escalation, Runbook, Section
from .state import Attempt, RunState

RING_AFTER = timedelta(seconds=10)
"""Whoever waits longer than that for a step has looked away."""
NONE = timedelta(0)

Standing = Literal["quiet", "due", "over"]
"""`due`: from now on it may be expected. `over`: it should be over by now."""


@dataclass(frozen=True, slots=True)
class BoxClock:
    """The time box the operator is in."""

    section: Section
    spent: timedelta
    """Since the section was entered first."""
    low: timedelta
    high: timedelta

    @property
    def standing(self) -> Standing:
        """A box that begins at 0 has no lower end, so it is quiet until it is over."""
        if self.spent >= self.high:
            return "over"
        return "due" if NONE < self.low <= self.spent else "quiet"

    @property
    def left(self) -> timedelta:
        """Until it is over; negative afterwards."""
        return self.high - self.spent


@dataclass(frozen=True, slots=True)
class EscalationClock:
    """Somebody who is to be called."""

    escalation: Escalation
    left: timedelta
    """Until then; negative afterwards."""

    @property
    def due(self) -> bool:
        return self.left <= NONE


def run_time(state: RunState, now: datetime) -> timedelta:
    """Since the run was started, until its end."""
    return _since(state.started_at, state.ended_at or now)


def step_time(state: RunState, now: datetime) -> timedelta | None:
    """Of the step that is running; None when none is."""
    attempt = state.attempts.get(state.running or 0)
    return _since(attempt.started_at, now) if attempt is not None and state.phase == "running" else None


def box_clock(state: RunState, runbook: Runbook, now: datetime) -> BoxClock | None:
    """Of the innermost section with a time box around the step the run stands on; None where there is none."""
    section = _boxed_section(state, runbook)
    if section is None or section.time_box is None:
        return None
    box = section.time_box
    spent = _since(state.entered.get(section.path), state.ended_at or now)
    return BoxClock(section, spent, timedelta(minutes=box.low), timedelta(minutes=box.high))


def escalation_clocks(state: RunState, runbook: Runbook, now: datetime) -> tuple[EscalationClock, ...]:
    """In the order in which they are due; those of the same minute as the document has them."""
    elapsed = run_time(state, now)
    escalations = sorted(runbook.escalations, key=lambda one: one.after_minutes)
    return tuple(EscalationClock(one, timedelta(minutes=one.after_minutes) - elapsed) for one in escalations)


def next_escalation(clocks: tuple[EscalationClock, ...]) -> EscalationClock | None:
    """The first that is not due yet; None when all are."""
    return next((one for one in clocks if not one.due), None)


def as_clock(time: timedelta) -> str:
    """`17:19`, `1:12:41`; without a sign."""
    seconds = int(abs(time).total_seconds())
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def should_ring(attempt: Attempt) -> bool:
    """Whether its end is worth a bell. Nobody saw an end that is unknown."""
    return attempt.duration_ns is not None and timedelta(microseconds=attempt.duration_ns // 1000) >= RING_AFTER


def _boxed_section(state: RunState, runbook: Runbook) -> Section | None:
    here = state.steps.get(state.current or "")
    if here is None:
        return None
    around = [one for one in runbook.sections if one.time_box and here.planned.section[: len(one.path)] == one.path]
    return max(around, key=lambda one: len(one.path), default=None)


def _since(start: datetime | None, now: datetime) -> timedelta:
    """Never negative: a clock that was set back does not undo what has passed."""
    return NONE if start is None else max(NONE, now - start)
