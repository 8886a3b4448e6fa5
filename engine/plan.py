"""From a runbook to the plan a run freezes in its first event."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from .events import PlannedChoice, PlannedItem, PlannedOption, PlannedStep
from .model import Choice, Item, Runbook, Step


class Sectioned(Protocol):
    @property
    def section(self) -> tuple[str, ...]: ...
    @property
    def options(self) -> tuple[str, ...]: ...


def implied_options(steps: Iterable[Sectioned], section: tuple[str, ...]) -> frozenset[str]:
    """Options that naming this section has chosen already: those all of its steps hang on."""
    inside = [frozenset(step.options) for step in steps if section and step.section[: len(section)] == section]
    return frozenset.intersection(*inside) if inside else frozenset()


def numbers_of(runbook: Runbook) -> dict[str, int]:
    """Step id → the number `oncue steps` shows. What is only copied has none."""
    walked = (step.id for step in runbook.steps if step.kind != "template")
    return {step_id: number for number, step_id in enumerate(walked, 1)}


def steps_of(runbook: Runbook) -> tuple[PlannedStep, ...]:
    return tuple(_step(step) for step in runbook.steps)


def choices_of(runbook: Runbook) -> tuple[PlannedChoice, ...]:
    return tuple(_choice(choice) for choice in runbook.choices)


def _step(step: Step) -> PlannedStep:
    return PlannedStep(
        id=step.id,
        kind=step.kind,
        title=step.title,
        section=step.section,
        lines=(step.lines.first, step.lines.last),
        items=tuple(_item(item) for item in step.items),
        options=step.options,
        broken=step.broken.message if step.broken else None,
    )


def _item(item: Item) -> PlannedItem:
    return PlannedItem(id=item.id, text=item.text, line=item.lines.first)


def _choice(choice: Choice) -> PlannedChoice:
    options = tuple(PlannedOption(id=option.id, label=option.label) for option in choice.options)
    return PlannedChoice(id=choice.id, title=choice.title, options=options)
