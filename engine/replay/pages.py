"""The runbook a run walked, as far as its own words are kept: what they do not say, its plan does."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from .. import events as e
from ..errors import DocumentError
from ..model import Choice, Item, Lines, Option, Problem, Runbook, Section, Step
from ..parse import read_runbook


def runbook_of(started: e.RunStarted, document: bytes | None) -> Runbook:
    """Every step of the plan is in it, whatever the document says today's reader."""
    read = _read(started, document)
    known = {step.id: step for step in read.steps}
    if all(planned.id in known for planned in started.plan):
        return read
    steps = tuple(known.get(planned.id) or _step(planned) for planned in started.plan)
    return replace(read, steps=steps, choices=tuple(map(_choice, started.choices)))


def _read(started: e.RunStarted, document: bytes | None) -> Runbook:
    if document is not None:
        with suppress(DocumentError):  # another version's reader could use it
            return read_runbook(started.path, document)
    paths = dict.fromkeys(
        planned.section[: depth + 1] for planned in started.plan for depth in range(len(planned.section))
    )
    return Runbook(
        path=started.path,
        sha256=started.document_sha256,
        source="",
        title=started.title,
        shape="procedure",
        metadata={},
        front_matter={},
        sections=tuple(Section(path[-1], len(path) + 1, path, Lines(1, 1)) for path in paths),
        steps=(),
    )


def _step(planned: e.PlannedStep) -> Step:
    return Step(
        id=planned.id,
        kind=planned.kind,
        title=planned.title,
        section=planned.section,
        lines=Lines(*planned.lines),
        text="",
        items=tuple(Item(item.id, item.text, Lines(item.line, item.line)) for item in planned.items),
        options=planned.options,
        broken=None if planned.broken is None else Problem(planned.lines[0], "broken", planned.broken),
    )


def _choice(planned: e.PlannedChoice) -> Choice:
    lines = Lines(1, 1)
    options = tuple(Option(option.id, option.label, lines) for option in planned.options)
    return Choice(planned.id, planned.title, lines, options)
