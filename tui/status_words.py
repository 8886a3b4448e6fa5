"""What the first line of the run screen says. Pure: a situation, the time, and how hard the step was asked to end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from engine import events as e
from engine import keyboard, timing
from engine.ladder import Ladder
from engine.state import RunState
from engine.summary import mark_of

from . import commit_words
from .situation import OVER, Situation
from .widgets.status_bar import Status

Marks = Iterator[tuple[str, str]]
SOON = timedelta(minutes=2)


def status(s: Situation, now: datetime, ladder: Ladder) -> Status:
    started = s.state.started
    section = " › ".join(s.step.section) if s.step else ""
    title = started.title if started else s.runbook.title
    return Status(title, section, mark_of(s.state), tuple(_marks(s, now, ladder)))


def _marks(s: Situation, now: datetime, ladder: Ladder) -> Marks:
    """The most important first."""
    yield from _run(s, now, ladder)
    yield from _due(s, now)
    yield from _place(s)
    yield from _quiet(s, now)
    yield from _people(s)


def _run(s: Situation, now: datetime, ladder: Ladder) -> Marks:
    if s.watching:
        yield "watching", "bold $warning"
    question = commit_words.question_of(s, now)
    running = timing.step_time(s.state, now)
    if question is not None:
        yield commit_words.mark(question)
    elif running is not None:
        yield f"running {timing.as_clock(running)}{f', sent {ladder.sent}' if ladder.sent else ''}", "bold $primary"
        if s.waits_for:
            yield "waits", "bold reverse $warning"
    elif s.state.phase in OVER:
        yield s.state.outcome or s.state.phase, "bold"
    if s.paranoid:
        yield "paranoid", "bold $warning"


def _due(s: Situation, now: datetime) -> Marks:
    """Clocks that want something by now."""
    if s.state.phase in OVER:
        return
    due = [one for one in timing.escalation_clocks(s.state, s.runbook, now) if one.due]
    if due:
        yield f"! due: {due[-1].escalation.text}", "bold $error"
    box = timing.box_clock(s.state, s.runbook, now)
    if box is not None and box.standing == "over":
        yield f"! time box over: {_minutes(box.spent)} of {_minutes(box.high)}", "bold $warning"


def _place(s: Situation) -> Marks:
    started = s.state.started
    if started is not None and started.environment:
        yield started.environment, "bold $warning"
    if started is not None and started.incident:
        yield started.incident, "bold"


def _quiet(s: Situation, now: datetime) -> Marks:
    """By the minute, so that a screen on which nothing happens is drawn once a minute."""
    yield _minutes(timing.run_time(s.state, now)), "$foreground-muted"
    if s.state.phase in OVER:
        return
    box = timing.box_clock(s.state, s.runbook, now)
    if box is not None and box.standing != "over":
        yield f"box {_minutes(box.spent)} of {_minutes(box.high)}", "$foreground-muted"
    coming = timing.next_escalation(timing.escalation_clocks(s.state, s.runbook, now))
    if coming is not None:
        yield f"escalate in {_minutes(coming.left)}", "$warning" if coming.left <= SOON else "$foreground-muted"


def _people(s: Situation) -> Marks:
    others = len(s.state.attached) - 1 - bool(s.watching)
    if others > 0:
        yield f"{others} more watching", "$foreground-muted"
    holder = s.state.keyboard
    if holder is not None:
        yield f"{holder.login}@{holder.host}", "$foreground-muted"


def _minutes(time: timedelta) -> str:
    minutes = int(time.total_seconds() // 60)
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min"


def keyboard_sentence(state: RunState, event: e.KeyboardPassed | e.KeyboardKept, client_id: int) -> str:
    if isinstance(event, e.KeyboardKept):
        return "the keyboard was kept" if keyboard.holds(state, client_id) else "the keyboard stays where it is"
    if event.to_id == client_id:
        return "you have the keyboard now"
    return f"{keyboard.name_of(state.keyboard)} has the keyboard now" if state.keyboard else "nobody has the keyboard"
