"""A trail with a few past runs in it, written event by event at fixed times."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from engine import events as e
from engine.trail import TrailWriter

NOW = datetime(2026, 1, 8, 3, 12, tzinfo=UTC)
ALICE = e.Actor(login="alice", uid=1000, euid=1000, host="bastion", tty="pts/3", ssh_client="192.0.2.7", pid=1)
BOB = e.Actor(login="bob", uid=1001, euid=1001, host="bastion", pid=2)
DOCUMENT = b"# Redis is full\n"
PLAN = (
    e.PlannedStep(
        id="check",
        kind="shell",
        title="Check memory",
        section=("Diagnosis",),
        lines=(12, 14),
        items=(
            e.PlannedItem(id="dba", text="the DBA on call knows", line=10),
            e.PlannedItem(id="page", text="the status page says degraded", line=11),
        ),
    ),
    e.PlannedStep(id="flush", kind="shell", title="Flush the cache", section=("Resolution",), lines=(41, 43)),
    e.PlannedStep(id="warm", kind="shell", title="Warm the cache", section=("Resolution",), lines=(50, 52)),
    e.PlannedStep(id="call", kind="manual", title="Tell support", section=("Afterwards",), lines=(60, 60)),
)


def stamp(at: datetime, actor: e.Actor = ALICE) -> e.Stamp:
    return e.Stamp(at=at, mono_ns=int(at.timestamp() * 1e9), boot_id="boot", actor=actor)


def started(
    title: str = "Redis is full",
    path: str = "redis.md",
    incident: str | None = None,
    plan: tuple[e.PlannedStep, ...] = PLAN,
) -> e.RunStarted:
    return e.RunStarted(
        title=title,
        path=path,
        document_sha256=sha256(DOCUMENT).hexdigest(),
        version="0.1.0",
        incident=incident,
        plan=plan,
        shell_name="bash",
        directory="/srv/runbooks",
        columns=80,
        rows=24,
    )


class PastTrail:
    def __init__(self, path: Path) -> None:
        self.path = path
        self._writer = TrailWriter.open(path, floor_bytes=0)

    def close(self) -> None:
        self._writer.close()

    def begin(self, run_id: str, days_ago: float, actor: e.Actor = ALICE, **about: Any) -> None:
        self._at = NOW - timedelta(days=days_ago)
        self._run, self._actor = run_id, actor
        self._writer.start_run(run_id, DOCUMENT, started(**about), stamp(self._at, actor))

    def say(self, *events: e.Event) -> None:
        for event in events:
            self._at += timedelta(seconds=20)
            self._writer.append(self._run, (event,), stamp(self._at, self._actor))

    def step(
        self, step_id: str, attempt: int, output: bytes, outcome: e.StepOutcome = "succeeded", **more: Any
    ) -> None:
        """A step from its intent to its end."""
        about = {"text": "redis-cli info memory", "level": "safe", "why": "only reads", **more}
        self.say(e.StepStarted(step_id=step_id, attempt=attempt, session="shell", **about))  # type: ignore[arg-type]
        if output:
            self._writer.write_output(self._run, attempt, output, 1)
        totals = self._writer.end_output(self._run, attempt)
        self.say(
            e.StepEnded(
                step_id=step_id,
                attempt=attempt,
                outcome=outcome,
                exit_status=0 if outcome == "succeeded" else 1,
                duration_ns=310_000_000,
                output_bytes=totals.n_bytes,
                output_head=totals.head_hex,
            )
        )


def write_past(path: Path) -> Path:
    """Four runs: one that was done with everything in it, one that failed, one abandoned, one left open."""
    with closing(PastTrail(path)) as trail:
        trail.begin("20251220-101500-aaaaaa", 19, BOB, title="Disk almost full", path="disk.md")
        trail.say(e.RunEnded(outcome="abandoned", reason="a drill"))
        trail.begin("20260101-020000-bbbbbb", 7, BOB, incident="INC-4200")
        trail.step("check", 1, b"OOM\n", "failed")
        trail.say(e.RunEnded(outcome="failed"))
        trail.begin("20260105-031200-cccccc", 3, incident="INC-4211")
        write_eventful_run(trail)
        trail.begin("20260108-025900-dddddd", 0.01, incident="INC-4212")
        trail.step("check", 1, b"used_memory_human:3.98G\r\n")
    return path


def write_eventful_run(trail: PastTrail) -> None:
    trail.say(
        e.VariableSet(name="host", value="redis.prod", source="--var"),
        e.VariableSet(name="password", value=None, secret=True, source="typed"),
        e.ItemTicked(item_id="dba"),
        e.ItemWaived(item_id="page", reason="nobody is awake"),
    )
    trail.step("check", 1, b"\x1b[32mused_memory_human\x1b[m:3.98G\r\nmaxmemory_human:4.00G\r\n")
    trail.say(
        e.StepEdited(step_id="flush", before="redis-cli FLUSHALL", after="redis-cli FLUSHDB"),
        e.Noted(text="evictions do not keep up", step_id="flush"),
    )
    danger = {
        "level": "dangerous",
        "category": "data_destruction",
        "why": "removes every key of db 0 on redis.prod",
        "target": "redis.prod/0",
        "approval": "typed",
        "typed": "redis.prod/0",
    }
    trail.step("flush", 2, b"(error) timeout\r\n", "failed", text="redis-cli FLUSHDB", **danger)
    trail.step("flush", 3, b"OK\r\n", text="redis-cli FLUSHDB", **danger)
    trail.say(
        e.StepSkipped(step_id="warm", reason="traffic warms it"),
        e.StepDone(step_id="call", note="called Carol"),
        e.RunEnded(outcome="done"),
    )
