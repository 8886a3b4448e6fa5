"""What a report says, before anybody decides how it looks: frozen values, described one by one in this folder's README.

No field is called like a method of `dict`, because templates read them as keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from ..levels import Level

Certainty = Literal["noted", "inferred", "at_latest", "unknown"]
"""Somebody wrote it down · told by an item or a step · it was then or before · nothing on record says so."""
FORMAT = 1
"""Of the JSON; grows when a field changes its meaning or goes away."""


@dataclass(frozen=True, slots=True)
class Known:
    """A value, and in words what it is known from. Both empty where it is not known."""

    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Run:
    id: str
    title: str
    path: str
    document_sha256: str
    mode: str
    unreal: str
    """In one sentence, what it was in place of the real thing; empty for a real run."""
    section: tuple[str, ...]
    version: str
    incident: str | None
    incident_from: str
    """What it is known from, in words; empty where it is not."""
    commander: str
    commander_from: str
    phase: str
    outcome: str | None
    reason: str
    exit_code: int
    started_at: datetime | None
    ended_at: datetime | None
    """None while the run is open."""
    duration_ms: float
    """Until its end, or until its newest event."""
    directory: str
    events: int
    progress: str
    """`3 of 7 steps ran, 4 did not run`."""


@dataclass(frozen=True, slots=True)
class Person:
    login: str
    uid: int
    sudo_user: str | None
    host: str
    tty: str | None
    ssh_client: str | None
    first_at: datetime
    last_at: datetime
    did: Mapping[str, int]
    """`steps started` → how many."""


@dataclass(frozen=True, slots=True)
class Input:
    name: str
    value: str | None
    """None for a secret."""
    secret: bool
    source: str


@dataclass(frozen=True, slots=True)
class Surrounding:
    """One thing that was expected of the place the run worked in, when it was last looked at."""

    ok: bool
    words: str


@dataclass(frozen=True, slots=True)
class Milestone:
    name: str
    title: str
    at: datetime | None
    by: str
    certainty: Certainty
    because: str
    """What it is known from, or how it could have been."""


@dataclass(frozen=True, slots=True)
class Question:
    """Something of the impact that only people know."""

    title: str
    answer: str
    """Empty where the record does not say."""
    hint: str
    source: str = ""
    """What the answer is known from, in words; empty for what is reckoned."""


@dataclass(frozen=True, slots=True)
class Moment:
    at: datetime
    by: str
    kind: str
    """Kind of the event."""
    sign: str
    words: str
    step_id: str | None
    attempt: int | None


@dataclass(frozen=True, slots=True)
class Check:
    """An item of a checklist."""

    text: str
    status: str
    """`open`, `ticked` or `waived`."""
    reason: str
    by: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Edit:
    at: datetime
    by: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Output:
    bytes: int
    text: str
    """What is shown of it, without colours."""
    ansi: str
    """The same with its colours as sequences; for the filter `coloured`, and not part of the JSON."""
    left_out: str
    """What is not shown, in words; empty when all of it is."""


@dataclass(frozen=True, slots=True)
class Attempt:
    number: int
    by: str
    started_at: datetime
    beside: str
    """`dry run` or `suggestion`; empty where the step itself ran."""
    text: str
    level: Level
    category: str
    rule: str
    why: str
    target: str
    database: str
    """Where its statements went; empty for what is no SQL."""
    approval: str
    approval_words: str
    typed: str
    outcome: str
    """`running` while it has no end."""
    exit_status: int | None
    duration_ms: float | None
    message: str
    decision: str
    """What became of a statement that waited to be committed, in words; empty where none did."""
    changes: tuple[str, ...]
    """What it would have done to which file, where it ran in a sandbox."""
    settlement: str | None
    redactions: Mapping[str, int]
    output: Output


@dataclass(frozen=True, slots=True)
class Remark:
    at: datetime
    by: str
    text: str
    step_id: str | None


@dataclass(frozen=True, slots=True)
class Step:
    id: str
    number: int | None
    """As `oncue steps` counts; None for what is only copied."""
    kind: str
    title: str
    section: tuple[str, ...]
    lines: tuple[int, int]
    status: str
    sign: str
    reason: str
    checklist: tuple[Check, ...]
    edits: tuple[Edit, ...]
    attempts: tuple[Attempt, ...]
    notes: tuple[Remark, ...]


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A step that was skipped, or an item that was waived."""

    title: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FollowUp:
    what: str
    because: str
    step_id: str | None


@dataclass(frozen=True, slots=True)
class Duty:
    """An item or a step of what the runbook wants done after an incident."""

    section: str
    text: str
    status: str
    reason: str
    line: int


@dataclass(frozen=True, slots=True)
class Message:
    """A text of the runbook to be sent, with the values of this run."""

    title: str
    section: str
    line: int
    text: str
    lacking: tuple[str, ...]
    """Inputs without a value: their placeholders still stand in the text."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What a look at the trail found while the report was made."""

    ok: bool
    findings: tuple[str, ...]
    checked: str


@dataclass(frozen=True, slots=True)
class Record:
    """Where all of it is from."""

    head: str
    """Hash of the run's newest event, in hex."""
    verify: str
    """The command that checks the run."""
    verification: Verification


@dataclass(frozen=True, slots=True)
class Report:
    run: Run
    record: Record
    metadata: Mapping[str, str]
    people: tuple[Person, ...]
    inputs: tuple[Input, ...]
    context: tuple[Surrounding, ...]
    milestones: tuple[Milestone, ...]
    impact: tuple[Question, ...]
    timeline: tuple[Moment, ...]
    steps: tuple[Step, ...]
    skipped: tuple[PassedOver, ...]
    waived: tuple[PassedOver, ...]
    notes: tuple[Remark, ...]
    follow_ups: tuple[FollowUp, ...]
    duties: tuple[Duty, ...]
    messages: tuple[Message, ...]
    redactions: Mapping[str, int] = field(default_factory=dict)
    format: int = FORMAT
