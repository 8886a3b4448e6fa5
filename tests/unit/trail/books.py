"""Trails made for tests, and ways of tampering with them that leave no other trace."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from engine import events as e
from engine.trail import TrailWriter

ACTOR = e.Actor(
    login="alice",
    uid=1000,
    euid=0,
    sudo_user="alice",
    host="bastion",
    tty="pts/3",
    ssh_client="192.0.2.7",
    pid=4711,
)
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
DOCUMENT = b"# Redis is full\n\n" + b"Look at the memory before anything else.\n" * 20
BOOT = "0d1e2f"


def stamp(number: int = 0) -> e.Stamp:
    return e.Stamp(
        at=EPOCH + timedelta(microseconds=1_000_001 * number),
        mono_ns=1_000_001_000 * number,
        boot_id=BOOT,
        actor=ACTOR,
    )


def started(document: bytes = DOCUMENT, incident: str | None = "INC-1") -> e.RunStarted:
    return e.RunStarted(
        title="Redis is full",
        path="redis.md",
        document_sha256=sha256(document).hexdigest(),
        version="0",
        incident=incident,
        plan=(),
        shell_name="bash",
        directory="/",
        columns=80,
        rows=24,
    )


def open_writer(path: Path, **options: object) -> TrailWriter:
    return TrailWriter.open(path, **{"floor_bytes": 0, "busy_seconds": 0.2, "interval": 60.0, **options})  # type: ignore[arg-type]


def start(writer: TrailWriter, run_id: str = "run-1", document: bytes = DOCUMENT) -> e.Recorded:
    return writer.start_run(run_id, document, started(document), stamp())


def begin_step(writer: TrailWriter, run_id: str, attempt: int) -> None:
    intent = e.StepStarted(step_id=f"step-{attempt}", attempt=attempt, session="shell", text=f"echo {attempt}")
    writer.append(run_id, (intent,), stamp(attempt * 2))


def end_step(writer: TrailWriter, run_id: str, attempt: int) -> e.StepEnded:
    totals = writer.end_output(run_id, attempt)
    ended = e.StepEnded(
        step_id=f"step-{attempt}",
        attempt=attempt,
        outcome="succeeded",
        exit_status=0,
        duration_ns=5,
        output_bytes=totals.n_bytes,
        output_head=totals.head_hex,
    )
    writer.append(run_id, (ended,), stamp(attempt * 2 + 1))
    return ended


def walk_step(writer: TrailWriter, run_id: str, attempt: int, output: Sequence[bytes] = ()) -> e.StepEnded:
    begin_step(writer, run_id, attempt)
    for number, data in enumerate(output):
        writer.write_output(run_id, attempt, data, 1_000_000 * number)
    return end_step(writer, run_id, attempt)


def end(writer: TrailWriter, run_id: str = "run-1") -> None:
    writer.append(run_id, (e.RunEnded(outcome="done"),), stamp(900))


def lines(n_bytes: int) -> bytes:
    text = b"".join(b"%06d a line of output that a program printed\n" % number for number in range(n_bytes // 40))
    return text[:n_bytes]


def write_book(path: Path) -> None:
    """Three runs: one ended with output of several chunks, one left, one still open."""
    with open_writer(path) as writer:
        start(writer, "run-1")
        walk_step(writer, "run-1", 1, [lines(70_000), lines(70_000)])
        walk_step(writer, "run-1", 2, [b"short\n"])
        walk_step(writer, "run-1", 3)
        end(writer, "run-1")
        start(writer, "run-2", b"# Another\n")
        walk_step(writer, "run-2", 1, [b"half\n"])
        writer.append("run-2", (e.RunLeft(reason="the laptop was closed"),), stamp(901))
        start(writer, "run-3")
        walk_step(writer, "run-3", 1, [b"open\n"])
        writer.record_access("viewed", "run-1", stamp(902))


@contextmanager
def tampering(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection without the append-only triggers, which are back afterwards."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        yield connection
        for _, sql in triggers:
            connection.execute(sql)


def rows_of(path: Path, statement: str, *values: object) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return connection.execute(statement, values).fetchall()
