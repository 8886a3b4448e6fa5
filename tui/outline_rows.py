"""The runbook as rows of an outline: sections with how far they are, steps with how they stand. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from engine.levels import LEVEL_SIGNS, Level
from engine.model import Runbook, TimeBox
from engine.state import RESOLVED, RunState, StepState, is_walked, option_of, own_attempts, standing, walked
from engine.summary import SIGNS, took

from .situation import OVER


class OutlineRow(NamedTuple):
    depth: int
    sign: str
    text: str
    right: str = ""
    """A duration, `2/3`, a level's sign."""
    step_id: str | None = None
    """None for a section."""
    is_current: bool = False
    tone: str = ""
    """A theme's colour: `$success`."""


TEXT_SIGN = "¶"
TONES: Mapping[str, str] = {
    "succeeded": "$success",
    "done": "$success",
    "skipped": "$foreground-muted",
    "pending": "",
    "running": "$primary",
}
"""By status; what is not named went wrong."""
LEVEL_TONES: Mapping[str, str] = {
    "safe": "",
    "unknown": "$unknown",
    "caution": "$caution",
    "dangerous": "$dangerous",
}


def outline(state: RunState, runbook: Runbook, levels: Mapping[str, Level]) -> list[OutlineRow]:
    """`levels` are the verdicts that are known so far, by step."""
    return list(_rows(state, walked(state), {section.path: section.time_box for section in runbook.sections}, levels))


def _rows(
    state: RunState,
    steps: Sequence[StepState],
    boxes: Mapping[tuple[str, ...], TimeBox | None],
    levels: Mapping[str, Level],
) -> Iterator[OutlineRow]:
    counts, alone = _counts(steps), _alone(steps, boxes)
    before: tuple[str, ...] = ()
    for step in steps:
        path = step.planned.section[:-1] if step.planned.section in alone else step.planned.section
        for depth in range(_shared(before, path), len(path)):
            yield _section(path[: depth + 1], counts, boxes)
        before = path
        is_text = step.planned.kind == "template"
        yield _text(step, len(path)) if is_text else _step(state, step, len(path), levels)


def _counts(steps: Sequence[StepState]) -> Mapping[tuple[str, ...], tuple[int, int]]:
    """Section path → steps settled and steps in all, those of its subsections too."""
    counts: dict[tuple[str, ...], tuple[int, int]] = {}
    for step in steps:
        if step.planned.kind == "template":  # nothing to be done about it
            continue
        for depth in range(len(step.planned.section)):
            path = step.planned.section[: depth + 1]
            settled, total = counts.get(path, (0, 0))
            counts[path] = (settled + (step.status in RESOLVED), total + 1)
    return counts


def _alone(steps: Sequence[StepState], boxes: Mapping[tuple[str, ...], TimeBox | None]) -> frozenset[tuple[str, ...]]:
    """Sections that are one step under the same name: a row for each would say it twice."""
    within: dict[tuple[str, ...], list[StepState]] = {}
    for step in steps:
        for depth in range(len(step.planned.section)):
            within.setdefault(step.planned.section[: depth + 1], []).append(step)
    alone = (path for path, found in within.items() if len(found) == 1 and found[0].planned.title == path[-1])
    return frozenset(path for path in alone if boxes.get(path) is None)


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    n_shared = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        n_shared += 1
    return n_shared


def _section(
    path: tuple[str, ...],
    counts: Mapping[tuple[str, ...], tuple[int, int]],
    boxes: Mapping[tuple[str, ...], TimeBox | None],
) -> OutlineRow:
    if path not in counts:
        return OutlineRow(len(path) - 1, "▸", path[-1], tone="$foreground-muted")
    settled, total = counts[path]
    sign = SIGNS["done"] if settled == total else "▸"
    box = boxes.get(path)
    minutes = f"{box.low}-{box.high} min " if box and "min" not in path[-1].lower() else ""
    tone = "$success" if settled == total else "$foreground-muted"
    return OutlineRow(len(path) - 1, sign, path[-1], f"{minutes}{settled}/{total}", tone=tone)


def _text(step: StepState, depth: int) -> OutlineRow:
    return OutlineRow(depth, TEXT_SIGN, step.planned.title, "copy", step.planned.id, tone="$foreground-muted")


def _step(state: RunState, step: StepState, depth: int, levels: Mapping[str, Level]) -> OutlineRow:
    step_id = step.planned.id
    is_current = step_id == state.current and state.phase not in OVER
    waits = option_of(state, step.planned) is not None
    sign = "▶" if is_current and step.status == "pending" else "◇" if waits else SIGNS[standing(state, step)]
    own = own_attempts(state, step)
    level = levels.get(step_id, "safe")
    pending = step.status == "pending"
    right = (LEVEL_SIGNS[level] if level != "safe" else "") if pending else took(own[-1].duration_ns) if own else ""
    tone = LEVEL_TONES[level] if pending else TONES.get(step.status, "$error")
    return OutlineRow(depth, sign, step.planned.title, right, step_id, is_current=is_current, tone=tone)


def is_shown(state: RunState, step_id: str) -> bool:
    """Whether the outline has a row for it."""
    return is_walked(state, state.steps[step_id].planned)
