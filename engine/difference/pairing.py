"""Which step of one run is which of the other: by identity, then by title and section, then by place."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from itertools import zip_longest

from ..events import PlannedStep
from ..state import StepState

Pair = tuple[StepState | None, StepState | None]


def pair(before: Sequence[StepState], after: Sequence[StepState]) -> list[Pair]:
    """In the order of the second run; what only the first has stands where it stood."""
    partner: dict[int, int] = {}
    for key in (_identity, _name):
        _match(before, after, partner, key)
    return _with_places(before, after, partner)


def _identity(step: PlannedStep) -> Hashable:
    return step.id


def _name(step: PlannedStep) -> Hashable:
    return step.kind, step.section, step.title


def _match(
    before: Sequence[StepState],
    after: Sequence[StepState],
    partner: dict[int, int],
    key: Callable[[PlannedStep], Hashable],
) -> None:
    taken = set(partner.values())
    free: dict[Hashable, list[int]] = {}
    for number, step in reversed(list(enumerate(before))):
        if number not in taken:
            free.setdefault(key(step.planned), []).append(number)
    for number, step in enumerate(after):
        if number not in partner and (found := free.get(key(step.planned))):
            partner[number] = found.pop()


def _with_places(before: Sequence[StepState], after: Sequence[StepState], partner: dict[int, int]) -> list[Pair]:
    """Between two matched steps the others are taken for each other in turn, where they are of one kind."""
    pairs: list[Pair] = []
    taken = set(partner.values())
    left = 0
    waiting: list[StepState] = []
    for number, step in enumerate(after):
        if number not in partner:
            waiting.append(step)
            continue
        mine = partner[number]
        gap = [before[at] for at in range(left, mine) if at not in taken]
        pairs += _in_turn(gap, waiting)
        pairs.append((before[mine], step))
        left, waiting = max(left, mine + 1), []
    gap = [before[at] for at in range(left, len(before)) if at not in taken]
    return pairs + _in_turn(gap, waiting)


def _in_turn(before: Sequence[StepState], after: Sequence[StepState]) -> list[Pair]:
    pairs: list[Pair] = []
    for mine, theirs in zip_longest(before, after):
        if mine and theirs and mine.planned.kind != theirs.planned.kind:
            pairs += [(mine, None), (None, theirs)]
        else:
            pairs.append((mine, theirs))
    return pairs
