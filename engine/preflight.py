"""What a run without a terminal would stop at: found before anything runs, so that nothing runs half way."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

from .model import Runbook, Step, Variable


def obstacles(
    runbook: Runbook,
    section: tuple[str, ...],
    variables: Sequence[Variable],
    given: Container[str],
    *,
    waived: bool,
) -> list[str]:
    """One sentence for each thing only a person can settle, with its place; empty when nobody is needed."""
    steps = [step for step in runbook.steps if step.section[: len(section)] == section and step.kind != "template"]
    found: dict[str, None] = {}
    for step in steps:
        found.update(dict.fromkeys(_of_step(runbook, step, variables, given, waived=waived)))
    return list(found)


def _of_step(
    runbook: Runbook, step: Step, variables: Sequence[Variable], given: Container[str], *, waived: bool
) -> Iterator[str]:
    place = f"{runbook.path}:{step.lines.first}"
    for choice in runbook.choices:
        if any(option.id in step.options for option in choice.options):
            yield f"{runbook.path}:{choice.lines.first}: “{choice.title}” is a choice; --section walks one of them"
    if step.broken:
        yield f"{runbook.path}:{step.broken.line}: the block is broken: {step.broken.message}"
    if not waived:
        for item in step.items:
            yield f"{runbook.path}:{item.lines.first}: “{item.text}” is to be ticked; --waive REASON passes over it"
        if step.kind == "manual" and not step.items:
            yield f"{place}: “{step.title}” is for a person to do; --waive REASON passes over it"
    if step.kind in ("shell", "sql"):
        yield from _missing(runbook, step, variables, given)


def _missing(runbook: Runbook, step: Step, variables: Sequence[Variable], given: Container[str]) -> Iterator[str]:
    for variable in variables:
        here = [line for line in variable.lines if step.lines.first <= line <= step.lines.last]
        if here and variable.default is None and variable.name not in given:
            yield f"{runbook.path}:{here[0]}: {variable.name} has no value; give it with --var {variable.name}=VALUE"
