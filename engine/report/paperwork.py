"""What the runbook itself wants written and done afterwards: its messages filled in, its checklist as it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from ..checklist import item_text
from ..errors import OncueError
from ..model import Runbook, Step, Variable
from ..state import RunState
from ..variables import fill, find, in_words, missing
from .facts import Duty, Message

AFTERWARDS = re.compile(
    r"post[-\s]?(?:incident|mortem)|after(?:wards?\b|care\b|\s+the\s+incident)|follow[-\s]?ups?\b|\bclos(?:e|ing|ure)\b|"
    r"\bwrap[-\s]?up\b|retrospective|lessons|hand[-\s]?over|debrief",
    re.IGNORECASE,
)
"""Titles of sections that are about the time after."""
MESSAGE = re.compile(
    r"(?<!commit )\bmessages?\b|template|notif|communicat|announce|broadcast|slack|e-?mail|stakeholder|"
    r"\bstatus[-\s]?page|\b(?:status|customer|incident)\s+updates?\b",
    re.IGNORECASE,
)
"""Titles over a text that is written to be sent."""
LANGUAGES = frozenset({"", "text", "txt", "plain", "plaintext", "none", "markdown", "md", "message", "email", "slack"})

Mask = Callable[[str], str]


def messages(runbook: Runbook, state: RunState, mask: Mask) -> Iterator[Message]:
    """Every text that is to be sent, also of sections that were not walked."""
    environment = state.started.environment_names if state.started else ()
    variables = find(runbook.steps, runbook.declared, environment)
    values = {name: value for name, value in state.variables.items() if value is not None}
    for step in runbook.steps:
        if _is_message(step):
            text, lacking = _filled(_standing(step, state), variables, values)
            section = " › ".join(step.section)
            yield Message(mask(step.title), mask(section), step.lines.first, mask(text), lacking)


def _is_message(step: Step) -> bool:
    titles = (*step.section, step.title)
    return step.kind == "template" and step.language in LANGUAGES and any(map(MESSAGE.search, titles))


def _standing(step: Step, state: RunState) -> str:
    known = state.steps.get(step.id)
    return step.text if known is None or known.edited is None else known.edited


def _filled(text: str, variables: tuple[Variable, ...], values: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """What has no value stays a placeholder; a secret's value is nobody's to read."""
    lacking = missing(text, "template", variables, values)
    open_ones = [one for one in variables if one.name not in lacking and not one.secret]
    secrets = [one for one in variables if one.secret]
    hidden = missing(text, "template", [replace(one, default=None) for one in secrets], {})
    try:
        filled = fill(text, "template", values, open_ones).text
    except OncueError:
        return text, tuple(one.name for one in variables)
    return filled, tuple(dict.fromkeys((*lacking, *hidden)))


def duties(state: RunState, mask: Mask) -> Iterator[Duty]:
    """Items and steps by hand of the sections about the time after, walked or not."""
    for step in state.steps.values():
        planned = step.planned
        if not any(map(AFTERWARDS.search, planned.section)):
            continue
        section = mask(" › ".join(planned.section))
        for item in planned.items:
            reason = state.waivers.get(item.id, "")
            yield Duty(section, mask(item_text(state, item)), state.items[item.id], reason, item.line)
        if planned.kind == "manual" and not _repeats_item(planned.title, [item.text for item in planned.items]):
            yield Duty(
                section, mask(in_words(planned.title, state.variables)), step.status, step.reason, planned.lines[0]
            )


def _repeats_item(title: str, items: list[str]) -> bool:
    """A checklist without a step of its own is one that is named after its section or its items."""
    return bool(items) and (title in items or AFTERWARDS.search(title) is not None)
