"""What a run without a terminal would stop at: found before anything runs, so that nothing runs half way."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

from .model import Choice, Runbook, Step, Variable
from .plan import implied_options


def obstacles(
    runbook: Runbook,
    section: tuple[str, ...],
    variables: Sequence[Variable],
    given: Container[str],
    *,
    waived: bool,
) -> list[str]:
    """One sentence for each thing only a person can settle, with its place; empty when nobody is needed."""
    inside = [step for step in runbook.steps if step.section[: len(section)] == section and step.kind != "template"]
    chosen = implied_options(runbook.steps, section)
    found: dict[str, None] = {}
    for step in inside:
        found.update(dict.fromkeys(_of_choices(runbook, step, chosen)))
        found.update(dict.fromkeys(_of_step(runbook, step, waived=waived)))
    found.update(dict.fromkeys(_missing(runbook, inside, variables, given)))
    return list(found)


def _of_choices(runbook: Runbook, step: Step, chosen: Container[str]) -> Iterator[str]:
    for choice in runbook.choices:
        options = [option.id for option in choice.options]
        if any(option in step.options for option in options) and not any(option in chosen for option in options):
            yield f"{runbook.path}:{choice.lines.first}: “{choice.title}” is a choice between {_labels(choice)}"


def _labels(choice: Choice) -> str:
    return ", ".join(f"“{option.label}”" for option in choice.options)


def _of_step(runbook: Runbook, step: Step, *, waived: bool) -> Iterator[str]:
    place = f"{runbook.path}:{step.lines.first}"
    if step.broken:
        yield f"{runbook.path}:{step.broken.line}: the block is broken: {step.broken.message}"
    if not waived:
        for item in step.items:
            yield f"{runbook.path}:{item.lines.first}: “{item.text}” is to be ticked; --waive REASON passes over it"
        if step.kind == "manual" and not step.items:
            yield f"{place}: “{step.title}” is for a person to do; --waive REASON passes over it"


def _missing(
    runbook: Runbook, steps: Sequence[Step], variables: Sequence[Variable], given: Container[str]
) -> Iterator[str]:
    places = [step.lines for step in steps if step.kind in ("shell", "sql")]
    for variable in variables:
        here = [line for line in variable.lines if any(first <= line <= last for first, last in places)]
        if here and variable.default is None and variable.name not in given:
            yield f"{runbook.path}:{here[0]}: {variable.name} has no value; give it with --var {variable.name}=VALUE"
