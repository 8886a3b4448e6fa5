"""An input in words and colours: its row in the list, and what there is to say about it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from textual.content import Content

from engine.inputs import SECRET, Input, Sheet
from engine.output import visible

from .text import badge, one_line

MUTED = "$foreground-muted"
LONGEST_NAME = 28
"""Columns; a longer name is cut in the list and whole above the field."""
NO_VALUE = "no value yet"


def heading(title: str, n_inputs: int, n_lacking: int, mark: str = "") -> Content:
    """`mark` says of a run that is not the real thing what it is."""
    told = f"{n_lacking} of {n_inputs} without a value" if n_lacking else "every input has a value"
    if not n_inputs:
        told = "nothing that is walked wants one"
    return Content.assemble(badge(mark), one_line(title, "bold"), "  ", (told, "$warning" if n_lacking else MUTED))


def name_width(inputs: Iterable[Input]) -> int:
    return min(LONGEST_NAME, max((len(visible(one.name)) for one in inputs), default=0))


def row(sheet: Sheet, one: Input, width: int, *, warned: bool) -> Content:
    """`width` is the one of all names."""
    name = Content(visible(one.name)).truncate(width, ellipsis=True, pad=True)
    value = sheet.shown(one)
    sign = Content.styled("✔", "$success") if value else Content.styled("○", "bold $warning")
    shown = one_line(value) if value else Content.styled(NO_VALUE, "$warning")
    warning = Content.styled("! ", "$warning") if warned else Content("")
    return Content("  ").join([sign, name.stylize("bold"), warning + shown, one_line(sheet.source(one), MUTED)])


def name_of(one: Input) -> Content:
    return Content("  ").join([one_line(one.name, "bold"), one_line(one.variable.description)])


def facts(sheet: Sheet, one: Input) -> Iterator[str]:
    """Whether it is shown, where its value came from, what it has to look like, and where it stands."""
    variable, source = one.variable, sheet.source(one)
    if variable.secret:
        yield "secret: never shown, never recorded"
    if source:
        yield f"from {source}" if source == variable.from_command else source
    if variable.pattern:
        yield f"fits {variable.pattern}"
    if place := sheet.place(one):
        yield place


def placeholder(sheet: Sheet, one: Input) -> str:
    """What stands in the field while nothing is typed."""
    value = sheet.value(one)
    if one.variable.secret:
        return f"{SECRET} Enter keeps it" if value else "typed without being shown"
    return "Enter keeps its value, which holds what cannot be typed here" if value else NO_VALUE


def asks_first(told: Mapping[str, Any]) -> str:
    """Of a look-up that is not safe."""
    return f"values can be looked up with `{told['command']}`, which asks first ({told['level']}: {told['why']})"


def as_prepared(told: Mapping[str, Any]) -> Mapping[str, Any]:
    """A look-up as what a gate asks about."""
    verdict = {
        "level": told["level"],
        "category": "",
        "rule": "look-up",
        "why": told["why"],
        "span": [0, 0],
        "target": "",
        "dry_run": None,
    }
    more = {
        "missing": (),
        "problem": "",
        "warnings": (),
        "ran_before": (),
        "held": (),
        "empty": (),
        "limits": "",
        "database": "",
    }
    return {"text": told["command"], "session": "shell", "verdict": verdict, **more}
