"""Two runs of the trail compared on a thread of a screen's: what they are first, then step after step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from engine.difference import Change, Outputs, Side, StepDifference, changed_facts, compare_step, pairs_of
from engine.state import RunState
from engine.two_runs import opened

IsWanted = Callable[[], bool]


class Begun(NamedTuple):
    """What is known before the first step has been compared."""

    before: RunState
    after: RunState
    facts: Mapping[str, Change]
    n_steps: int
    alive: frozenset[str]
    complaints: tuple[str, ...]


class NoLongerWanted(Exception):
    """Whoever asked has gone on to something else."""


def differences(
    trail: Path, both: tuple[str, str], environ: Mapping[str, str], is_wanted: IsWanted
) -> Iterator[Begun | StepDifference]:
    """Raises what the trail raises, and `NoLongerWanted` soon after `is_wanted` has become false."""
    with opened(trail, *both, environ) as runs:
        mine, theirs = (Side(side.state, Heeding(side.outputs, is_wanted)) for side in (runs.before, runs.after))
        facts, pairs = changed_facts(mine.state, theirs.state), pairs_of(mine.state, theirs.state)
        yield Begun(mine.state, theirs.state, facts, len(pairs), runs.alive, runs.complaints)
        for pair in pairs:
            _go_on(is_wanted)
            yield compare_step(mine, theirs, pair)


class Heeding:
    """Outputs of which no more is read once nobody waits for it."""

    def __init__(self, outputs: Outputs, is_wanted: IsWanted) -> None:
        self._outputs = outputs
        self._is_wanted = is_wanted

    def size(self, attempt: int) -> int:
        return self._outputs.size(attempt)

    def read(self, attempt: int, start: int) -> Iterator[bytes]:
        for piece in self._outputs.read(attempt, start):
            _go_on(self._is_wanted)
            yield piece


def _go_on(is_wanted: IsWanted) -> None:
    if not is_wanted():
        raise NoLongerWanted
