"""Rows as they are written inside a transaction: a run's events, its document, and the ledger's notes about it."""

from __future__ import annotations

from collections.abc import Sequence
from sqlite3 import Connection
from typing import Any

from ..events import Event, RunEnded, RunStarted, Stamp, StepStarted
from . import statements
from .chain import DOCUMENTS, EVENTS, LEDGER_GENESIS, LEDGERS
from .chunks import Codec
from .rows import FIXED_OUTCOMES, RunLog, actor_columns, event_row, written_time

CLOSING = frozenset({"run_left", "run_ended", "recording_failed"})
"""Kinds after which the ledger notes the run's head and totals."""

Sealed = tuple[Any, ...]
"""The stored columns of a row, `hash` last."""


def seal_events(log: RunLog, events: Sequence[Event], stamp: Stamp) -> list[Sealed]:
    """The run's next rows. Of the log only its memory of attempts changes, so a failed write can be left as it is."""
    rows = []
    head = log.head
    for seq, event in enumerate(events, log.seq + 1):
        if isinstance(event, StepStarted):
            log.steps[event.attempt] = event.step_id
        row = EVENTS.sealed(head, event_row(log, seq, event, stamp))
        rows.append(row)
        head = row[-1]
    return rows


def insert_document(connection: Connection, document: bytes, digest: str) -> None:
    """Once for all runs that share it."""
    if connection.execute(statements.HAS_DOCUMENT, (digest,)).fetchone():
        return
    codec, stored = Codec().compress(document)
    row = (len(document), digest, codec, stored)
    connection.execute(statements.INSERT_DOCUMENT, (*row, DOCUMENTS.digest(b"", row)))


def insert_start(connection: Connection, run_id: str, started: RunStarted, stamp: Stamp, first: Sealed) -> None:
    """The ledger's note, the run's row and its first event."""
    no = insert_ledger(connection, "run_started", run_id, stamp, n_events=1, head=first[-1])
    described = (started.title, started.path, started.document_sha256, started.incident)
    row = (no, run_id, *described, stamp.actor.login, written_time(stamp.at))
    connection.execute(statements.INSERT_RUN, row)
    connection.execute(statements.INSERT_EVENT, first)


def insert_events(
    connection: Connection, log: RunLog, rows: Sequence[Sealed], events: Sequence[Event], stamp: Stamp
) -> None:
    """And, where the run ends or is left, its totals."""
    connection.executemany(statements.INSERT_EVENT, rows)
    for seq, (row, event) in enumerate(zip(rows, events, strict=True), log.seq + 1):
        if event.kind in CLOSING:
            _mark_end(connection, event, stamp, run_id=log.run_id, n_events=seq, head=row[-1])


def insert_access(connection: Connection, action: str, run_id: str | None, stamp: Stamp) -> None:
    """The run's head at that moment goes with it."""
    found = connection.execute(statements.LAST_EVENT, (run_id,)).fetchone() or (0, b"")
    insert_ledger(connection, action, run_id or "", stamp, n_events=found[0], head=found[1])


def insert_ledger(
    connection: Connection,
    action: str,
    run_id: str,
    stamp: Stamp,
    *,
    n_events: int,
    head: bytes,
    outcome: str = "success",
    n_steps_done: int = 0,
    output_bytes: int = 0,
) -> int:
    """The number of the new row."""
    last, prev = connection.execute(statements.LAST_LEDGER).fetchone() or (0, LEDGER_GENESIS)
    numbers, texts = actor_columns(stamp.actor)
    row = (
        *(last + 1, n_events, n_steps_done, output_bytes, stamp.mono_ns, *numbers),
        *(action, run_id, outcome, written_time(stamp.at), stamp.boot_id, *texts),
        head,
    )
    connection.execute(statements.INSERT_LEDGER, LEDGERS.sealed(prev, row))
    return int(last) + 1


def _mark_end(connection: Connection, event: Event, stamp: Stamp, *, run_id: str, n_events: int, head: bytes) -> None:
    insert_ledger(
        connection,
        event.kind,
        run_id,
        stamp,
        n_events=n_events,
        head=head,
        outcome=event.outcome if isinstance(event, RunEnded) else FIXED_OUTCOMES.get(event.kind, "success"),
        n_steps_done=connection.execute(statements.STEPS_DONE, (run_id,)).fetchone()[0],
        output_bytes=connection.execute(statements.OUTPUT_BYTES, (run_id,)).fetchone()[0],
    )
