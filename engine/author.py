"""What a runbook's author says about a step's danger, in the attributes of its fence.

An author can raise a verdict. Lowering one needs a reason, which is shown with the step and recorded with its start.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from .errors import UsageError
from .levels import Level
from .model import Problem

if TYPE_CHECKING:
    from .limits import Limits

LEVELS: tuple[Level, ...] = get_args(Level)
RAISES, LOWERS, REASON = "confirm", "danger", "reason"
ROWS = "expect_rows"
LEAST_CONFIRM: Level = "caution"
"""What any other word behind `confirm=` comes to: whoever writes it wants to be asked."""


@dataclass(frozen=True, slots=True)
class Stance:
    at_least: Level = "safe"
    at_most: Level = "dangerous"
    """Lower than `dangerous` only together with a `reason`."""
    reason: str = ""


def stance_of(attributes: Mapping[str, str]) -> Stance:
    said = _level(attributes.get(LOWERS))
    reason = " ".join(attributes.get(REASON, "").split())
    at_least = max(_raised(attributes.get(RAISES)), said or "safe", key=LEVELS.index)
    return Stance(at_least, at_least, reason) if said and reason else Stance(at_least)


def find_problems(attributes: Mapping[str, str], line: int) -> Iterator[Problem]:
    """What an author says about danger that cannot be heeded. `line` is the fence's."""
    try:
        expected_rows(attributes)
    except UsageError as error:
        yield Problem(line, "expect-rows", f"{error}; the step cannot run")
    levels = ", ".join(LEVELS)
    if (confirm := attributes.get(RAISES)) is not None and _level(confirm) is None:
        yield Problem(line, "confirm-level", f"`confirm={confirm}` names no level ({levels}); the step asks")
    if (danger := attributes.get(LOWERS)) is None:
        return
    if (level := _level(danger)) is None:
        yield Problem(line, "danger-level", f"`danger={danger}` names no level ({levels}); it is ignored")
    elif level != "dangerous" and not attributes.get(REASON, "").strip():
        message = f'`danger={danger}` needs a reason, `reason="…"`; without one it lowers nothing, though it may raise'
        yield Problem(line, "danger-reason", message)


def expected_rows(attributes: Mapping[str, str]) -> int | None:
    """How many rows each statement of the fence has to affect. Raises `UsageError` for what is no number."""
    said = attributes.get(ROWS)
    if said is None:
        return None
    if not (said.isascii() and said.isdigit()):
        raise UsageError(f"{ROWS}={said} is no number of rows")
    return int(said)


def conditions_of(attributes: Mapping[str, str], limits: Limits) -> str:
    """What a SQL step's statements have to keep to, in words."""
    rows = attributes.get(ROWS)
    expected = f"expects {rows} row(s) affected, another number is rolled back; " if rows else ""
    return expected + limits.of(attributes).sentence()


def _level(word: str | None) -> Level | None:
    return next((level for level in LEVELS if word is not None and level == word.strip().lower()), None)


def _raised(word: str | None) -> Level:
    return "safe" if word is None else _level(word) or LEAST_CONFIRM
