"""From the name of a step on the command line or in a scenario to the one step it means. The wrong one would run the
wrong thing, so it is exact.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from ..errors import UsageError
from ..model import Runbook, Step
from ..plan import numbers_of

RUNNING = ("shell", "sql")


def approved_steps(runbook: Runbook, names: Iterable[str]) -> frozenset[str]:
    """Ids of the steps named by number, id or its beginning, `{name=…}` or exact title. UsageError for any other."""
    return frozenset(named_step(runbook, name, "--approve").id for name in names)


def named_step(runbook: Runbook, name: str, by: str, kinds: Collection[str] = RUNNING) -> Step:
    """`by` is what named it, for the sentence that refuses it."""
    steps = [step for step in runbook.steps if step.kind in kinds]
    none = "no step that runs" if kinds is RUNNING else "no step"
    return _find(runbook.path, steps, numbers_of(runbook), name.strip(), by, none=none)


def _find(path: str, steps: Sequence[Step], numbers: Mapping[str, int], name: str, by: str, *, none: str) -> Step:
    found = [one for one in steps if name in _names(one, numbers)]
    found = found or [one for one in steps if name and one.id.startswith(name)]
    if len(found) == 1:
        return found[0]
    said = f"could be any of {len(found)} steps" if found else f"names {none}"
    listing = "".join(f"\n{numbers.get(one.id, ''):>4}  {one.id}  {one.title}" for one in found or steps)
    raise UsageError(f"{path}: {by} {name!r} {said}; name one by its number or id:{listing}")


def _names(step: Step, numbers: Mapping[str, int]) -> tuple[str | None, ...]:
    """What is only copied has no number."""
    number = str(numbers[step.id]) if step.id in numbers else None
    return (number, step.id, step.attributes.get("name"), step.title)
