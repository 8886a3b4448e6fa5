"""How a dry run ends: one sentence, and the exit code that says the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ..context import sentence_of
from .outlook import Prospect
from .tried import Tried

DONE, FAILED, HELD, INTERRUPTED = 0, 1, 3, 130


class Ending(NamedTuple):
    exit_code: int
    sentence: str


def ending(prospects: Sequence[Prospect], unresolved: Sequence[str], tried: Tried | None) -> Ending:
    """What a probe or a sandbox passes over because of what it is, holds nothing up; a step that it should have run and
    did not does, and so does a try in which nothing ran at all."""
    if tried is not None and tried.complaint:
        return Ending(INTERRUPTED, f"Stopped early: {tried.complaint}.")
    if unresolved:
        count = len(unresolved)
        return Ending(HELD, f"{count} thing{'s are' if count > 1 else ' is'} unresolved.")
    if tried is None:
        return Ending(DONE, "Everything could run.")
    ids = [one.step.id for one in prospects if one.runs]
    return next(filter(None, (rule(tried, ids) for rule in RULES)))


Rule = Callable[[Tried, Sequence[str]], Ending | None]
"""Takes the ids of the steps that run. The first that says something counts."""


def _failed(tried: Tried, _ids: Sequence[str]) -> Ending | None:
    ends = Counter(one.outcome.replace("_", " ") for one in tried.attempted.values() if one.outcome != "succeeded")
    told = ", ".join(f"{count} {end}" for end, count in ends.items())
    return Ending(FAILED, f"Not everything that ran succeeded: {told}.") if ends else None


def _elsewhere(tried: Tried, _ids: Sequence[str]) -> Ending | None:
    wrong = [sentence_of(one) for one in tried.context if not one.ok]
    return Ending(HELD, f"A run would be held here: {'; '.join(wrong)}.") if wrong else None


def _held(tried: Tried, ids: Sequence[str]) -> Ending | None:
    held = sum(1 for one in ids if one in tried.held)
    return Ending(HELD, f"{_steps(held)} that should have run did not.") if held else None


def _nothing(tried: Tried, ids: Sequence[str]) -> Ending | None:
    if not ids or tried.attempted:
        return None
    return Ending(HELD, f"None of {_steps(len(ids))} ran, so that nothing has been tried.")


def _all_that_may(tried: Tried, ids: Sequence[str]) -> Ending | None:
    over = sum(1 for one in ids if one not in tried.attempted)
    what = "What is proved safe" if tried.mode == "probe" else "What a sandbox can hold"
    return Ending(DONE, f"{what} ran and succeeded; {_steps(over)} passed over.") if over else None


def _all(_tried: Tried, _ids: Sequence[str]) -> Ending:
    return Ending(DONE, "Everything ran and succeeded.")


RULES: tuple[Rule, ...] = (_failed, _elsewhere, _held, _nothing, _all_that_may, _all)


def _steps(count: int) -> str:
    return f"{count} step{'s' * (count != 1)}"
