"""What a report is headed by: which incident, how severe, which service, who led it. Each with where it is known from.

What the command line says counts before a note, the latest note before the rest. What nothing says is left open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from .. import events as e
from ..state import RunState
from .facts import Known

Name = Literal["incident", "severity", "service", "commander"]
LONGEST = 200
"""Characters of a note that are taken for a value; a longer one tells a story."""


class Row(NamedTuple):
    name: Name
    inputs: tuple[str, ...]
    """As inputs are called, without case and separators."""
    note: str
    """How a note begins that says it, in front of a colon."""
    metadata: tuple[str, ...] = ()
    """What the runbook calls it. It is about every incident, and so are most of these keys."""
    runbook_first: bool = False


ROWS = (
    Row(
        "incident",
        ("incident", "incidentid", "incidentnumber", "incidentno", "incidentkey", "incidentref", "incidentticket"),
        r"incident(?: id| number| no\.?| key| ticket)?",
    ),
    Row(
        "severity",
        ("severity", "incidentseverity", "severitylevel", "sev", "priority", "incidentpriority"),
        r"sev(?:erity)?|priority",
        ("severity",),
    ),
    Row(
        "service",
        ("service", "servicename", "affectedservice"),
        r"(?:affected )?service",
        ("service",),
        runbook_first=True,  # an input may be called so for a unit of systemd
    ),
    Row(
        "commander",
        ("commander", "incidentcommander", "ic", "incidentlead", "incidentmanager"),
        r"(?:incident )?commander|ic|incident (?:lead|manager)",
    ),
)


def heading(recorded: Sequence[e.Recorded], state: RunState, metadata: Mapping[str, str]) -> Mapping[Name, Known]:
    """`metadata` is the runbook's, masked."""
    return {row.name: next(_ways(row, recorded, state, metadata), Known("", "")) for row in ROWS}


def _ways(row: Row, recorded: Sequence[e.Recorded], state: RunState, metadata: Mapping[str, str]) -> Iterator[Known]:
    if row.name == "incident" and state.started is not None and state.started.incident:
        yield Known(state.started.incident, "--incident")
    yield from _noted(row, state)
    written = _written(row, metadata)
    yield from (*written, *_given(row, state)) if row.runbook_first else (*_given(row, state), *written)
    if row.name == "commander":
        actor = recorded[0].stamp.actor
        yield Known(f"{actor.login}@{actor.host}", "the start of the run")


def _noted(row: Row, state: RunState) -> Iterator[Known]:
    says = re.compile(rf"\W*(?:{row.note})\s*:\s*(?P<value>\S[^\n]*)", re.IGNORECASE)
    for note in reversed(state.notes):
        if (found := says.match(note.text)) and len(value := found["value"].strip()) <= LONGEST:
            yield Known(value, f"a note by {note.login}")


def _given(row: Row, state: RunState) -> list[Known]:
    """By value of its inputs, in the row's order. A secret is nobody's to read."""
    named = {re.sub(r"[^a-z0-9]", "", name.casefold()): name for name in reversed(list(state.variables))}
    names = [named[one] for one in row.inputs if one in named]
    return [
        Known(value, ", ".join(filter(None, (f"input {name}", state.sources.get(name, "")))))
        for name in names
        if (value := state.variables[name] or "").strip()
    ]


def _written(row: Row, metadata: Mapping[str, str]) -> list[Known]:
    named = {name.casefold(): value for name, value in metadata.items()}
    return [Known(named[key], "the runbook") for key in row.metadata if named.get(key)]
