"""The tables as SQLModel classes, and the DDL generated from them into `tables.sql`.

Importing this costs 310 ms, so only the generator and the tests do: at run time `tables.sql` is executed.
`python -m engine.trail.schema > engine/trail/tables.sql` writes the file anew.
"""

from __future__ import annotations

import sys
from typing import ClassVar

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, MetaData, Text
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlmodel import Field, SQLModel

LONG = BigInteger().with_variant(Integer, "sqlite")
TRAIL = MetaData()


class Row(SQLModel):
    metadata: ClassVar[MetaData] = TRAIL


class Run(Row, table=True):
    """One row per run, for listings. Everything in it also stands in the run's first event."""

    no: int = Field(primary_key=True, sa_type=Integer)
    """Number of the ledger row that opened the run."""
    run_id: str = Field(unique=True, sa_type=Text)
    title: str = Field(sa_type=Text)
    path: str = Field(sa_type=Text)
    document_sha256: str = Field(sa_type=Text, foreign_key="document.sha256")
    incident: str | None = Field(sa_type=Text)
    operator: str = Field(sa_type=Text)
    started_at: str = Field(sa_type=Text)


class Event(Row, table=True):
    __table_args__ = {"sqlite_with_rowid": False}

    run_id: str = Field(primary_key=True, sa_type=Text, foreign_key="run.run_id")
    seq: int = Field(primary_key=True, sa_type=LONG)
    action: str = Field(sa_type=Text)
    """The event's kind."""
    outcome: str = Field(sa_type=Text)
    target: str = Field(sa_type=Text)
    step_id: str = Field(sa_type=Text)
    attempt: int = Field(sa_type=LONG)
    at: str = Field(sa_type=Text)
    """UTC, RFC 3339, microseconds."""
    mono_ns: int = Field(sa_type=LONG)
    boot_id: str = Field(sa_type=Text)
    actor: str = Field(sa_type=Text)
    """Login name."""
    actor_uid: int = Field(sa_type=LONG)
    run_as: int = Field(sa_type=LONG)
    """Effective user id."""
    origin: str = Field(sa_type=Text)
    """JSON: host, terminal, ssh client, sudo user, process."""
    payload: bytes = Field(sa_type=LargeBinary)
    """The whole event as JSON, hashed as stored."""
    redactions: int = Field(sa_type=LONG)
    prev_hash: bytes = Field(sa_type=LargeBinary)
    hash: bytes = Field(sa_type=LargeBinary)
    key_id: str | None = Field(sa_type=Text)
    sig: bytes | None = Field(sa_type=LargeBinary)


class Chunk(Row, table=True):
    """At most 64 KiB of an attempt's output. The bytes come last, so that reading offsets reads no bytes."""

    __table_args__ = (Index("chunk_by_offset", "run_id", "attempt", "byte_off"),)

    run_id: str = Field(primary_key=True, sa_type=Text, foreign_key="run.run_id")
    attempt: int = Field(primary_key=True, sa_type=LONG)
    idx: int = Field(primary_key=True, sa_type=LONG)
    """From 1."""
    stream: str = Field(sa_type=Text)
    byte_off: int = Field(sa_type=LONG)
    n_bytes: int = Field(sa_type=LONG)
    t0_mono_ns: int = Field(sa_type=LONG)
    redactions: int = Field(sa_type=LONG)
    codec: str = Field(sa_type=Text)
    sha256: bytes = Field(sa_type=LargeBinary)
    """Of the uncompressed bytes."""
    prev_hash: bytes = Field(sa_type=LargeBinary)
    hash: bytes = Field(sa_type=LargeBinary)
    times: bytes = Field(sa_type=LargeBinary)
    """One pair of varints per read: microseconds since the read before it, length."""
    data: bytes = Field(sa_type=LargeBinary)


class Document(Row, table=True):
    sha256: str = Field(primary_key=True, sa_type=Text)
    """Of the uncompressed bytes, in hex."""
    n_bytes: int = Field(sa_type=LONG)
    codec: str = Field(sa_type=Text)
    hash: bytes = Field(sa_type=LargeBinary)
    data: bytes = Field(sa_type=LargeBinary)


class Ledger(Row, table=True):
    """What happened to the trail as a whole: runs opened and closed, with their heads, and every access."""

    __table_args__ = (Index("ledger_by_run", "run_id", "action", "no"),)

    no: int = Field(primary_key=True, sa_type=Integer)
    action: str = Field(sa_type=Text)
    run_id: str = Field(sa_type=Text)
    n_events: int = Field(sa_type=LONG)
    n_steps_done: int = Field(sa_type=LONG)
    output_bytes: int = Field(sa_type=LONG)
    outcome: str = Field(sa_type=Text)
    head: bytes = Field(sa_type=LargeBinary)
    """Hash of the run's event number `n_events`."""
    at: str = Field(sa_type=Text)
    mono_ns: int = Field(sa_type=LONG)
    boot_id: str = Field(sa_type=Text)
    actor: str = Field(sa_type=Text)
    actor_uid: int = Field(sa_type=LONG)
    run_as: int = Field(sa_type=LONG)
    origin: str = Field(sa_type=Text)
    prev_hash: bytes = Field(sa_type=LargeBinary)
    hash: bytes = Field(sa_type=LargeBinary)
    key_id: str | None = Field(sa_type=Text)
    sig: bytes | None = Field(sa_type=LargeBinary)


REFUSED_INSERTS = {
    "document": """EXISTS (SELECT 1 FROM document WHERE sha256 = NEW.sha256 OR rowid = NEW.rowid)""",
    "run": """NEW.no <= (SELECT max(no) FROM run) OR EXISTS (SELECT 1 FROM run WHERE run_id = NEW.run_id)""",
    "event": """(NEW.seq - 1, NEW.prev_hash) IS NOT
    (SELECT seq, hash FROM event WHERE run_id = NEW.run_id ORDER BY seq DESC LIMIT 1)
  AND (NEW.seq IS NOT 1 OR EXISTS (SELECT 1 FROM event WHERE run_id = NEW.run_id))""",
    "chunk": """EXISTS (SELECT 1 FROM chunk WHERE rowid = NEW.rowid)
  OR (NEW.idx - 1, NEW.prev_hash) IS NOT
    (SELECT idx, hash FROM chunk WHERE run_id = NEW.run_id AND attempt = NEW.attempt ORDER BY idx DESC LIMIT 1)
  AND (NEW.idx IS NOT 1 OR EXISTS (SELECT 1 FROM chunk WHERE run_id = NEW.run_id AND attempt = NEW.attempt))""",
    "ledger": """(NEW.no - 1, NEW.prev_hash) IS NOT (SELECT no, hash FROM ledger ORDER BY no DESC LIMIT 1)
  AND (NEW.no IS NOT 1 OR EXISTS (SELECT 1 FROM ledger))""",
}
"""An insert is refused when it would replace a row or does not continue its chain. Table order is creation order."""


def ddl() -> str:
    """Every statement that makes an empty database a trail, in order."""
    return "\n\n".join([*_tables(), *_indexes(), *_triggers()]) + "\n"


def _tables() -> list[str]:
    created = (CreateTable(TRAIL.tables[name]).compile(dialect=sqlite.dialect()) for name in REFUSED_INSERTS)
    return ["\n".join(line.rstrip() for line in str(text).strip().splitlines()) + ";" for text in created]


def _indexes() -> list[str]:
    found = (index for name in REFUSED_INSERTS for index in TRAIL.tables[name].indexes)
    return [f"{CreateIndex(index).compile(dialect=sqlite.dialect())};" for index in found]


def _triggers() -> list[str]:
    return [text for table, refused in REFUSED_INSERTS.items() for text in _triggers_of(table, refused)]


def _triggers_of(table: str, refused: str) -> tuple[str, ...]:
    def trigger(verb: str, condition: str = "") -> str:
        return (
            f"CREATE TRIGGER {table}_{verb.lower()} BEFORE {verb} ON {table}{condition}\n"
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;"
        )

    return trigger("UPDATE"), trigger("DELETE"), trigger("INSERT", f"\nWHEN {refused}")


if __name__ == "__main__":
    sys.stdout.write(ddl())
