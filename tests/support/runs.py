"""Small plans and stamped events, made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from engine import events as e

ACTOR = e.Actor(login="alice", uid=1000, euid=1000, host="bastion", pid=1)
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)

PLAN = (
    e.PlannedStep(
        id="check",
        kind="shell",
        title="Check",
        section=("Diagnosis",),
        lines=(3, 4),
        items=(e.PlannedItem(id="dba", text="the DBA knows", line=2),),
    ),
    e.PlannedStep(id="look", kind="sql", title="Look", section=("Diagnosis",), lines=(6, 7)),
    e.PlannedStep(id="call", kind="manual", title="Call", section=("Resolution",), lines=(9, 9)),
    e.PlannedStep(id="kube", kind="shell", title="Kube", section=("Resolution",), lines=(11, 11), options=("k",)),
    e.PlannedStep(id="dock", kind="shell", title="Dock", section=("Resolution",), lines=(12, 12), options=("d",)),
    e.PlannedStep(id="text", kind="template", title="Message", section=("Resolution",), lines=(14, 15)),
    e.PlannedStep(
        id="bad", kind="shell", title="Bad", section=("Resolution",), lines=(17, 18), broken="the quote never ends"
    ),
)
CHOICES = (
    e.PlannedChoice(
        id="platform",
        title="Platform",
        options=(e.PlannedOption(id="k", label="Kubernetes"), e.PlannedOption(id="d", label="Docker")),
    ),
)


def started(
    plan: tuple[e.PlannedStep, ...] = PLAN,
    choices: tuple[e.PlannedChoice, ...] = CHOICES,
    section: tuple[str, ...] = (),
) -> e.RunStarted:
    return e.RunStarted(
        title="Redis is full",
        path="redis.md",
        document_sha256="0" * 64,
        version="0",
        plan=plan,
        choices=choices,
        section=section,
        shell_name="bash",
        directory="/",
        columns=80,
        rows=24,
    )


def stamp(seq: int = 0) -> e.Stamp:
    return e.Stamp(at=EPOCH + timedelta(seconds=seq), mono_ns=seq * 10**9, boot_id="boot", actor=ACTOR)


def recorded(events: Sequence[e.Event], after: int = 0) -> tuple[e.Recorded, ...]:
    return tuple(
        e.Recorded(run_id="run", seq=seq, stamp=stamp(seq), event=event) for seq, event in enumerate(events, after + 1)
    )
