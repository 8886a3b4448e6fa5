"""How long the steps of a runbook took before, and who ran them: `last time 1.2 s, bob, 3 November`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from statistics import median_low
from typing import TYPE_CHECKING, Any

from .state import RunState
from .summary import took

if TYPE_CHECKING:
    from .trail import TrailReader
    from .trail.reader import PastAttempt


@dataclass(frozen=True, slots=True)
class LastTime:
    """The newest success of a step in an earlier run."""

    duration_ns: int
    login: str
    at: datetime
    """When it was started."""
    run_id: str
    times: int
    """How many successes are known; those of the newest runs are."""
    median_ns: int
    """Of their durations."""


def read_last_times(reader: TrailReader, state: RunState) -> dict[str, LastTime]:
    """By step id, from the other runs of this run's document; a step that never succeeded there has none."""
    if state.started is None:
        return {}
    return last_times(reader.past_attempts(state.started.title, state.started.path, apart_from=state.run_id))


def last_times(attempts: Iterable[PastAttempt]) -> dict[str, LastTime]:
    """Of attempts that come newest first."""
    by_step: dict[str, list[PastAttempt]] = {}
    for attempt in attempts:
        by_step.setdefault(attempt.step_id, []).append(attempt)
    return {step_id: _summed(found) for step_id, found in by_step.items()}


def _summed(found: list[PastAttempt]) -> LastTime:
    last, durations = found[0], [one.duration_ns for one in found]
    return LastTime(last.duration_ns, last.login, last.at, last.run_id, len(found), median_low(durations))


def sentence_of(last: LastTime, now: datetime) -> str:
    """In `now`'s time zone; the clock for what was today, the year for what was in another one."""
    at = last.at.astimezone(now.tzinfo)
    day = f"{at.day} {at:%B}"
    if at.date() == now.date():
        day = f"today at {at:%H:%M}"
    elif at.year != now.year:
        day = f"{day} {at.year}"
    return f"last time {took(last.duration_ns)}, {last.login}, {day}"


def to_json(times: Mapping[str, LastTime]) -> dict[str, Any]:
    """As a host answers it."""
    return {step_id: {**asdict(last), "at": last.at.isoformat()} for step_id, last in times.items()}


def from_json(told: Mapping[str, Mapping[str, Any]]) -> dict[str, LastTime]:
    return {step_id: _last_time(one) for step_id, one in told.items()}


def _last_time(told: Mapping[str, Any]) -> LastTime:
    given = {one.name: told[one.name] for one in fields(LastTime)}
    return LastTime(**{**given, "at": datetime.fromisoformat(told["at"])})
