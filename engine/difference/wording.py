"""A difference as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..output import visible
from ..state import RunState
from ..summary import took
from .facts import Change, Compared, Difference, StepDifference

FORMAT = 1
"""Of the JSON."""
NOTABLE = (2.0, 1000.0)
"""A duration is told when it is so many times the other and at least so many milliseconds off."""
SIGNS = {"before": "-", "after": "+"}


def to_text(difference: Difference) -> Iterator[str]:
    """Lines, each safe for a terminal. A step that is the same takes one."""
    yield from run_to_text(difference)
    for step in difference.steps:
        yield from step_to_text(step)
    yield ""
    yield _safe(summary_of(difference))


def run_to_text(difference: Difference) -> Iterator[str]:
    """Which runs they are, and what they differ in as a whole."""
    yield _safe(f"--- {_run(difference.before)}")
    yield _safe(f"+++ {_run(difference.after)}")
    yield from map(_safe, _facts(difference.facts.items(), ""))


def step_to_text(step: StepDifference) -> Iterator[str]:
    yield from map(_safe, _step(step))


def _safe(line: str) -> str:
    return visible(line.expandtabs(4)).rstrip()


def _run(state: RunState) -> str:
    at = f"{state.started_at:%Y-%m-%d %H:%M:%S} UTC" if state.started_at else "never started"
    title = state.started.title if state.started else ""
    return f"{state.run_id}  {at}  {title}"


def _step(step: StepDifference) -> Iterator[str]:
    slower = notable_durations(step)
    if step.where != "both":
        yield f"{SIGNS[step.where]} {step.title}  (only in the {'first' if step.where == 'before' else 'second'} run)"
        return
    if step.is_same:
        yield f"= {step.title}{f'  ({slower})' if slower else ''}"
        return
    yield f"~ {step.title}"
    yield from _facts(step.facts.items(), "    ")
    if slower:
        yield f"    duration: {slower}"
    yield from _compared("text", step.text)
    yield from _compared("output", step.output)


def _facts(facts: Any, indent: str) -> Iterator[str]:
    for name, change in facts:
        yield f"{indent}{name}: {_one_line(change.before)} → {_one_line(change.after)}"


def _one_line(text: str) -> str:
    return " ".join(text.split()) or "nothing"


def notable_durations(step: StepDifference) -> str:
    """`310 ms → 4.2 s`; empty where they say nothing."""
    before, after = step.durations_ms
    if before is None or after is None:
        return ""
    times, least = NOTABLE
    notable = abs(after - before) >= least and max(before, after) >= times * min(before, after)
    return f"{took(int(before * 1e6))} → {took(int(after * 1e6))}" if notable else ""


def _compared(name: str, compared: Compared) -> Iterator[str]:
    if compared:
        yield f"    {name}:"
    yield from (f"      {line.sign} {line.text}" for line in compared.lines)
    if compared.problem:
        yield f"      ! {compared.problem}"


def summary_of(difference: Difference) -> str:
    """`different: 2 of 7 steps, 1 only in the second run`."""
    if difference.is_same:
        return f"the same: {_steps(len(difference.steps))}"
    changed = sum(1 for step in difference.steps if step.where == "both" and not step.is_same)
    counts = {where: sum(1 for step in difference.steps if step.where == where) for where in ("before", "after")}
    words = (
        f"different: {changed} of {_steps(len(difference.steps))}",
        counts["before"] and f"{counts['before']} only in the first run",
        counts["after"] and f"{counts['after']} only in the second",
    )
    return ", ".join(str(one) for one in words if one)


def _steps(count: int) -> str:
    return f"{count} step" if count == 1 else f"{count} steps"


def to_json(difference: Difference) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "same": difference.is_same,
        "before": _run_to_json(difference.before),
        "after": _run_to_json(difference.after),
        "facts": {name: _change_to_json(change) for name, change in difference.facts.items()},
        "steps": [_step_to_json(step) for step in difference.steps],
    }


def _run_to_json(state: RunState) -> dict[str, Any]:
    started = state.started
    return {
        "id": state.run_id,
        "title": started.title if started else "",
        "path": started.path if started else "",
        "started_at": state.started_at.isoformat() if state.started_at else None,
        "outcome": state.outcome,
    }


def _step_to_json(step: StepDifference) -> dict[str, Any]:
    return {
        "title": step.title,
        "where": step.where,
        "same": step.is_same,
        "before_id": step.before_id,
        "after_id": step.after_id,
        "facts": {name: _change_to_json(change) for name, change in step.facts.items()},
        "durations_ms": list(step.durations_ms),
        "text": _compared_to_json(step.text),
        "output": _compared_to_json(step.output),
    }


def _change_to_json(change: Change) -> dict[str, str]:
    return {"before": change.before, "after": change.after}


def _compared_to_json(compared: Compared) -> dict[str, Any]:
    lines = [{"sign": line.sign, "text": line.text} for line in compared.lines]
    return {"lines": lines, "problem": compared.problem}
