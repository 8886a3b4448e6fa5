"""Who ran this already: starts of a step or of its text, in this run or in another one of the same incident.

Pure functions of `RunState`s; where the other runs come from is `incident.py`'s business.
"""

from __future__ import annotations

import os.path
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from . import events as e
from .state import Attempt, RunState

UNKNOWN_ENDS: Mapping[e.Settlement | None, str] = {
    None: "and nobody knows how it ended",
    "worked": "and worked, as somebody saw",
    "did_not_work": "",
    "run_again": "",
}


@dataclass(frozen=True, slots=True)
class Precedent:
    """A start that succeeded, or of which nobody knows that it did not."""

    run_id: str
    document: str
    """Absolute path."""
    step_id: str
    """Empty for a command that the step's words mention: only its text can be the same."""
    text: str
    at: datetime
    login: str
    how: str
    """How it ended, in words."""


def precedents_in(state: RunState) -> Iterator[Precedent]:
    """In the order of their starts. Dry runs are none."""
    for attempt in state.attempts.values():
        how = _how(attempt)
        if how and not attempt.dry_run:
            step_id = "" if attempt.suggestion else attempt.step_id
            yield Precedent(
                state.run_id, document_of(state), step_id, attempt.text, attempt.started_at, attempt.login, how
            )


def document_of(state: RunState) -> str:
    """Absolute path of the run's document, empty before the run has begun."""
    return path_of(state.started.directory, state.started.path) if state.started else ""


def path_of(directory: str, path: str) -> str:
    return os.path.normpath(os.path.join(directory, path))  # noqa: PTH118 - about a text, not about a file


def matching(
    precedents: Iterable[Precedent], *, run_id: str, document: str, step_id: str, text: str
) -> list[Precedent]:
    """Those that are this step, or this text, newest first. `step_id` is empty for a command that words mention.

    Within a run a document may well say the same twice; there only the step itself counts.
    """

    def is_same(one: Precedent) -> bool:
        if step_id and (one.step_id, one.document) == (step_id, document):
            return True
        return one.text == text and (one.run_id != run_id or not (step_id or one.step_id))

    return sorted(filter(is_same, precedents), key=lambda one: one.at, reverse=True)


def sentence_of(precedent: Precedent, run_id: str) -> str:
    """`ran already 02:11 by bob in run …, exit 0`, in local time."""
    where = "this run" if precedent.run_id == run_id else f"run {precedent.run_id}"
    return f"ran already {precedent.at.astimezone():%H:%M} by {precedent.login} in {where}, {precedent.how}"


def _how(attempt: Attempt) -> str:
    """Empty when it is known not to have succeeded."""
    if attempt.outcome == "succeeded":
        return "succeeded" if attempt.exit_status is None else f"exit {attempt.exit_status}"
    if attempt.outcome is None:
        return "not over yet, or its end was never seen"
    if attempt.outcome == "lost":
        return UNKNOWN_ENDS[None]
    return UNKNOWN_ENDS[attempt.settlement] if attempt.outcome == "unknown" else ""
