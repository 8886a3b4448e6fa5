"""When the alert came, who acknowledged it, when the cause was found and the service was back: as far as a run says so.

A note counts before an item, an item before a step. What nothing says is left open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple

from .. import events as e
from ..checklist import item_text
from ..state import RunState
from .facts import Milestone


class Row(NamedTuple):
    name: str
    title: str
    note: str
    """How a note begins that says it, in front of a colon, a dash, a time or its end."""
    item: str
    """Found in a checklist item, or in the title of a step that is done by hand."""
    section: str = ""
    """Title of the sections whose last success, where nothing better is known, it was."""
    level: tuple[str, ...] = ("safe", "unknown", "caution", "dangerous")
    """Verdicts of the steps that count there."""


CHANGING = ("unknown", "caution", "dangerous")
ROWS = (
    Row(
        "alert",
        "Alert",
        r"alert(?:ed|s| fired| received| came)?|paged?|first report(?:ed)?|detected",
        r"\balert (?:fired|received|came|seen)\b|\bpage received\b",
    ),
    Row("acknowledged", "Acknowledged", r"ack(?:nowledged|ed)?", r"\back(?:nowledged?)?\b"),
    Row(
        "found",
        "Cause found",
        r"(?:root )?cause(?: found| known| is| identified)?|found|diagnosed",
        r"\bcause (?:is |was |has been )?(?:found|known|identified|confirmed)\b|\bidentif\w+ (?:the )?(?:root )?cause",
    ),
    Row(
        "mitigated",
        "Mitigated",
        r"mitigated|mitigation|contained|worked around|impact stopped",
        r"\bmitigated\b|\bmitigation (?:is )?in place\b|\bimpact (?:has )?stopped\b",
        r"mitigat|contain|work-?around|resol|\bfix|remed|roll-?back|repair|recover",
        CHANGING,
    ),
    Row(
        "restored",
        "Restored",
        r"restored|resolved|recovered|all clear|back to normal|fixed",
        r"\b(?:service|traffic|access|orders?|users?)\b.*\b(?:restored|recovered|back)\b|\ball clear\b",
        r"verif|validat|confirm|restor|health",
    ),
)

_TIME = re.compile(
    r"\b(?:(?P<day>\d{4}-\d\d-\d\d)[T ])?(?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?"
    r" ?(?P<zone>Z|UTC|[+-](?:0\d|1[0-4]):?[0-5]\d)(?!\w)"
)


def milestones(recorded: Sequence[e.Recorded], state: RunState) -> tuple[Milestone, ...]:
    return tuple(_milestone(row, recorded, state) for row in ROWS)


def _milestone(row: Row, recorded: Sequence[e.Recorded], state: RunState) -> Milestone:
    for find in (_noted, _itemised, _stepped):
        if found := next(find(row, recorded, state), None):
            return found
    if row.name == "acknowledged" and state.started_at is not None:
        by = recorded[0].stamp.actor.login
        return Milestone(row.name, row.title, state.started_at, by, "at_latest", "the run was started then")
    word = re.sub(r"\W.*", "", row.title).lower() if row.name != "found" else "cause"
    return Milestone(row.name, row.title, None, "", "unknown", f"no note of the run begins with “{word}:”")


def _noted(row: Row, recorded: Sequence[e.Recorded], _state: RunState) -> Iterator[Milestone]:
    says = re.compile(rf"\W*(?:{row.note})\s*(?:[:,;@–—-]|at\b|$|\d)", re.IGNORECASE)
    for one in recorded:
        if isinstance(one.event, e.Noted) and says.match(one.event.text):
            at = time_in(one.event.text, one.stamp.at) or one.stamp.at
            because = f"note: {_first_line(one.event.text)}"
            yield Milestone(row.name, row.title, at, one.stamp.actor.login, "noted", because)


def _itemised(row: Row, recorded: Sequence[e.Recorded], state: RunState) -> Iterator[Milestone]:
    says = re.compile(row.item, re.IGNORECASE)
    items = {item.id: item for step in state.steps.values() for item in step.planned.items}
    for one in recorded:
        match one.event:
            case e.ItemTicked(item_id=item_id) if state.items.get(item_id) == "ticked":
                text, shown = items[item_id].text, item_text(state, items[item_id])
            case e.StepDone(step_id=step_id):
                text = shown = state.steps[step_id].planned.title
            case _:
                continue
        if says.search(text):
            because = f"ticked off: {_first_line(shown)}"
            yield Milestone(row.name, row.title, one.stamp.at, one.stamp.actor.login, "inferred", because)


def _stepped(row: Row, recorded: Sequence[e.Recorded], state: RunState) -> Iterator[Milestone]:
    if not row.section:
        return
    says = re.compile(row.section, re.IGNORECASE)
    for one in reversed(recorded):
        if not isinstance(one.event, e.StepEnded) or one.event.outcome != "succeeded":
            continue
        attempt, planned = state.attempts[one.event.attempt], state.steps[one.event.step_id].planned
        if not attempt.is_beside and attempt.level in row.level and any(map(says.search, planned.section)):
            because = f"the last success in “{planned.section[-1]}”: {planned.title}"
            yield Milestone(row.name, row.title, one.stamp.at, attempt.login, "inferred", because)


def time_in(text: str, written_at: datetime) -> datetime | None:
    """The first time in a note that names its zone; without a day the latest such time before the note was written.

    A time without a zone is somebody's local time, and nobody knows whose.
    """
    for found in _TIME.finditer(text):
        at = _time_of(found, written_at)
        if at is not None and at <= written_at:
            return at
    return None


def _time_of(found: re.Match[str], written_at: datetime) -> datetime | None:
    zone = _zone(found["zone"])
    clock = (int(found["hour"]), int(found["minute"]), int(found["second"] or 0))
    try:
        day = datetime.fromisoformat(found["day"]) if found["day"] else written_at.astimezone(zone)
    except ValueError:
        return None
    at = datetime(day.year, day.month, day.day, *clock, tzinfo=zone)
    if not found["day"] and at > written_at:
        at -= timedelta(days=1)
    return at.astimezone(UTC)


def _zone(written: str) -> timezone:
    if written in ("Z", "UTC"):
        return UTC
    digits = written[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if written[0] == "-" else offset)


def _first_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 160 else f"{line[:159]}…"
