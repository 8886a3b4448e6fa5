"""What everybody else reads: runs, events, output and documents, over a connection that cannot write."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from pydantic_core import from_json

from ..collector import no_collector
from ..errors import TrailUnusable, UsageError
from ..events import Recorded
from . import statements
from .chunks import CHUNK_BYTES, Codec, OutputChunk, Read, unpack_times
from .damage import TrailDamaged
from .database import connect_reader, is_undecodable, reason
from .rows import read_time, to_recorded

DOCUMENT_LIMIT = 256 << 20
"""Bytes; a frame that declares more is not a runbook."""
CHUNKS_AT_ONCE = 64
"""4 MiB of output in memory, and no read transaction held open between two batches: that would stop checkpoints."""

PLACES_AT_ONCE = 10_000

PAST_RUNS = 10
"""Of one document: what happened before them says little about today."""
PAST_ROWS = 2000
"""Starts and ends read in all, at some 2 µs each; ten runs of a hundred steps."""


@dataclass(frozen=True, slots=True)
class PastAttempt:
    """One success of a step."""

    run_id: str
    step_id: str
    at: datetime
    """When it was started."""
    login: str
    """Who started it."""
    duration_ns: int


class Origin(NamedTuple):
    """Of a run."""

    digest: str = ""
    """Of its document."""
    directory: str = ""
    """Which its path counts from."""
    mode: str = ""


@dataclass(frozen=True, slots=True)
class RunSummary:
    run_id: str
    title: str
    path: str
    started_at: datetime
    ended_at: datetime | None
    """None while the run is open, also when its host has left it."""
    outcome: str | None
    incident: str | None
    operator: str
    """Login name of whoever started it."""
    n_events: int
    n_steps_done: int
    output_bytes: int
    head: str
    """Hash of the newest event, in hex."""


class TrailReader:
    """Read-only; never checkpoints. Every method sees what was committed when it was called. TrailDamaged is raised
    for rows that cannot be read back."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection = connection
        self._codec = Codec()

    @classmethod
    def open(cls, path: Path, *, busy_seconds: float = 5.0) -> Self:
        """TrailUnusable when there is no trail, or none that this version can read."""
        return cls(path, connect_reader(path, busy_seconds))

    def runs(self, limit: int | None = None, *, open_only: bool = False) -> tuple[RunSummary, ...]:
        """Newest first."""
        statement = statements.OPEN_RUNS if open_only else statements.RUNS
        rows = self._all(f"{statement} LIMIT ?", -1 if limit is None else limit)
        return tuple(self._summary(row) for row in rows)

    def origins(self, limit: int | None = None) -> Mapping[str, Origin]:
        """By id of each of the newest runs."""
        rows = self._all(statements.RUN_ORIGINS, -1 if limit is None else limit)
        return {run_id: Origin(digest, directory or "", mode or "") for run_id, digest, directory, mode in rows}

    def runs_of(self, incident: str) -> tuple[str, ...]:
        """Ids of the runs that were started for this incident, oldest first."""
        return tuple(row[0] for row in self._all(statements.INCIDENT_RUNS, incident))

    def live_runs_of(self, title: str, path: str) -> tuple[str, ...]:
        """Ids of the newest real runs of the document with this title or path, newest first."""
        return tuple(row[0] for row in self._all(statements.DOCUMENT_RUNS, title, path, "", PAST_RUNS))

    def past_attempts(self, title: str, path: str, *, apart_from: str) -> Iterator[PastAttempt]:
        """Successes of steps, newest first, in the newest other runs of the document with this title or path."""
        left = PAST_ROWS
        for (run_id,) in self._all(statements.DOCUMENT_RUNS, title, path, apart_from, PAST_RUNS):
            rows = self._all(statements.ATTEMPTS_OF, run_id, left)
            yield from reversed(self._attempts(run_id, rows))
            left -= len(rows)

    def find_run(self, prefix: str | None = None) -> str:
        """The one run whose id begins so; the latest for None. UsageError names the candidates."""
        ids: list[str] = [row[0] for row in self._all(statements.RUN_IDS)]
        if prefix is None:
            if not ids:
                raise UsageError(f"There is no run in {self._path} yet.")
            return ids[0]
        found = [run_id for run_id in ids if run_id.startswith(prefix)]
        if len(found) == 1 or prefix in found:
            return prefix if prefix in found else found[0]
        raise UsageError(_which(prefix, found))

    def events(self, run_id: str, after: int = 0) -> tuple[Recorded, ...]:
        """In order, from number `after` + 1 on. Empty for a run that is not there."""
        with no_collector():
            return tuple([to_recorded(run_id, row) for row in self.raw_events(run_id, after)])

    def head(self, run_id: str) -> str:
        """Hash of the run's newest event, in hex; empty for a run that is not there."""
        found = self._all(statements.LAST_EVENT, run_id)
        return str(found[0][1].hex()) if found else ""

    def raw_events(self, run_id: str, after: int = 0) -> list[tuple[Any, ...]]:
        """Rows of RAW_EVENTS as stored: number, kind, payload and the columns of the stamp."""
        return self._all(statements.RAW_EVENTS, run_id, after)

    def output(self, run_id: str, attempt: int, start: int = 0, *, from_chunk: int = 0) -> Iterator[OutputChunk]:
        """Chunks from the one that holds byte `start` on, up to what was stored when the last one was fetched.
        `from_chunk`: from the one of that number, counted from 1."""
        found = [] if from_chunk else self._all(statements.CHUNK_AT, run_id, attempt, start)
        idx = found[0][0] if found else from_chunk or 1
        at_once = 1  # whoever seeks wants one chunk soon; whoever goes on wants many
        while rows := self._all(statements.CHUNKS_FROM, run_id, attempt, idx, at_once):
            for row in rows:
                yield self._chunk(row)
            idx = rows[-1][0] + 1
            at_once = min(at_once * 2, CHUNKS_AT_ONCE)

    def output_index(self, run_id: str, attempt: int) -> Iterator[tuple[int, int, int]]:
        """Of each chunk its first byte, how many it has, and its host's monotonic time; none of them is expanded."""
        idx = 0
        while rows := self._all(statements.CHUNK_PLACES, run_id, attempt, idx, PLACES_AT_ONCE):
            yield from (row[1:] for row in rows)
            idx = rows[-1][0]

    def output_reads(self, run_id: str, attempt: int, chunk: int) -> tuple[Read, ...]:
        """Of the chunk of this number, counted from 1; empty when it is not there."""
        found = self._all(statements.CHUNK_READS, run_id, attempt, chunk)
        return unpack_times(*found[0]) if found else ()

    def output_size(self, run_id: str, attempt: int) -> int:
        """Bytes of an attempt's output stored so far."""
        found = self._all(statements.LAST_CHUNK, run_id, attempt)
        return int(found[0][1]) if found else 0

    def document(self, run_id: str) -> bytes:
        """The document as it stood when the run started. UsageError for a run that is not there."""
        found = self._all(statements.STORED_DOCUMENT, run_id)
        if not found:
            raise UsageError(f"There is no run {run_id}, or its document is gone.")
        n_bytes, codec, stored = found[0]
        return self._codec.expand(codec, stored, n_bytes, DOCUMENT_LIMIT)

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _all(self, statement: str, *values: object) -> list[Any]:
        try:
            return self._connection.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            damaged = not isinstance(error, sqlite3.OperationalError) or is_undecodable(error)
            kind = TrailDamaged if damaged else TrailUnusable
            raise kind(f"The audit trail {self._path} cannot be read: {reason(error)}.") from error

    def _summary(self, row: tuple[Any, ...]) -> RunSummary:
        run_id, title, path, started_at, incident, operator, seq, head, *mark = row
        action, at, outcome, n_events, n_steps_done, output_bytes = mark
        ended = action == "run_ended"
        if n_events != seq:  # still open, or opened again since: what the ledger noted is out of date
            n_steps_done = self._all(statements.STEPS_DONE, run_id)[0][0]
            output_bytes = self._all(statements.OUTPUT_BYTES, run_id)[0][0]
        return RunSummary(
            run_id=run_id,
            title=title,
            path=path,
            started_at=self._time(started_at),
            ended_at=self._time(at) if ended else None,
            outcome=outcome if ended else None,
            incident=incident,
            operator=operator,
            n_events=seq,
            n_steps_done=n_steps_done,
            output_bytes=output_bytes,
            head=head.hex(),
        )

    def _attempts(self, run_id: str, rows: list[tuple[Any, ...]]) -> list[PastAttempt]:
        """Of the steps themselves, not of what ran beside them."""
        found, starts = [], {}
        for attempt, step_id, at, login, end, beside in rows:
            if end is None and not beside:
                starts[attempt] = (self._time(at), login)
            elif end is not None and attempt in starts:
                found.append(PastAttempt(run_id, step_id, *starts[attempt], self._duration(end)))
        return found

    def _duration(self, payload: bytes) -> int:
        try:
            return int(from_json(payload)["duration_ns"])
        except (ValueError, TypeError, KeyError) as error:
            raise TrailDamaged(f"The audit trail {self._path} holds an end of a step without a duration.") from error

    def _time(self, text: str) -> datetime:
        try:
            return read_time(text)
        except (TypeError, ValueError) as error:
            raise TrailDamaged(f"The audit trail {self._path} holds {text!r} for a time.") from error

    def _chunk(self, row: tuple[Any, ...]) -> OutputChunk:
        idx, offset, n_bytes, start, codec, times, stored = row
        try:
            data = self._codec.expand(codec, stored, n_bytes, CHUNK_BYTES)
            return OutputChunk(offset, data, unpack_times(times, start))
        except TrailDamaged as error:
            raise TrailDamaged(f"Output chunk {idx} in {self._path} cannot be read. {error}") from error


def _which(prefix: str, found: list[str]) -> str:
    if not found:
        return f"There is no run whose id begins with {prefix!r}."
    shown = ", ".join(found[:5]) + (", …" if len(found) > 5 else "")
    return f"{len(found)} runs begin with {prefix!r}: {shown}."
