"""What the host writes: runs, events, output and accesses, each durable when the call returns, output within 100 ms.

One failed write ends it: nothing more can be recorded, except a run's closing record.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from sqlite3 import Connection
from types import TracebackType
from typing import Self

from ..errors import TrailWriteError, UsageError
from ..events import Event, Recorded, RecordingFailed, RunStarted, Stamp
from . import statements
from .chain import run_genesis
from .entries import Sealed, insert_access, insert_document, insert_events, insert_start, seal_events
from .layout import CHUNK
from .outflow import BOUND_BYTES, INTERVAL_SECONDS, Outflow, OutputTotals, stored_stream
from .place import prepare, unusable
from .reserve import FLOOR_BYTES, Reserve, check_floor
from .rows import RunLog, recorded
from .store import Store

STORED_DATA = CHUNK.hashed.index("data")


class TrailWriter:
    """Thread-safe. `failure` is set as soon as any write has failed, also one in the background."""

    def __init__(
        self,
        store: Store,
        reserve: Reserve,
        on_failure: Callable[[TrailWriteError], None] | None,
        interval: float,
        bound: int,
    ) -> None:
        self.failure: TrailWriteError | None = None
        self._store = store
        self._reserve = reserve
        self._on_failure = on_failure
        self._runs: dict[str, RunLog] = {}
        self._closed_out: set[str] = set()
        self._turn = threading.RLock()
        """Held while a run's next sequence number is being used up."""
        self._outflow = Outflow(store, self._commit_output, self._fail_unseen, interval, bound)

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        floor_bytes: int = FLOOR_BYTES,
        busy_seconds: float = 5.0,
        on_failure: Callable[[TrailWriteError], None] | None = None,
        interval: float = INTERVAL_SECONDS,
        bound: int = BOUND_BYTES,
    ) -> Self:
        """Make or open the trail; TrailUnusable says why not.

        `floor_bytes=0` is for what must be possible on a full disk, such as leaving a run. `on_failure` is called, on
        a thread of the writer's own, when output cannot be written while nobody is waiting for it; no lock is held.
        """
        place = prepare(path)
        check_floor(place, floor_bytes)
        reserve = Reserve(place)
        try:
            if floor_bytes:
                reserve.fill()
            store = Store(place, busy_seconds)
        except OSError as error:
            raise unusable(place, error) from error
        return cls(store, reserve, on_failure, interval, bound)

    def start_run(self, run_id: str, document: bytes, started: RunStarted, stamp: Stamp) -> Recorded:
        """Freeze the document and write the run's first event. UsageError when the run is already there."""
        if sha256(document).hexdigest() != started.document_sha256:
            raise ValueError("the document is not the one that was started")
        with self._turn:
            self._refuse_after_failure()
            if self._store.query(statements.HAS_RUN, (run_id,)):
                raise UsageError(f"There is already a run {run_id}.")
            log = RunLog(run_id, started.path, 0, run_genesis(run_id))
            rows = seal_events(log, (started,), stamp)
            with self._writing() as connection:
                insert_document(connection, document, started.document_sha256)
                insert_start(connection, run_id, started, stamp, rows[0])
            return self._advance(log, rows, (started,), stamp)[0]

    def reopen_run(self, run_id: str) -> None:
        """Continue a run that is in the trail. UsageError when it is not."""
        with self._turn:
            self._runs[run_id] = self._load(run_id)

    def append(self, run_id: str, events: Sequence[Event], stamp: Stamp) -> tuple[Recorded, ...]:
        """One commit, on the disk when it returns. After a failure only RecordingFailed is let through, once."""
        if not events:
            return ()
        with self._turn:
            self._admit(run_id, events)
            log = self._runs.get(run_id)
            if log is None:
                raise UsageError(f"The run {run_id} is not open for writing.")
            rows = seal_events(log, events, stamp)
            with self._writing() as connection:
                insert_events(connection, log, rows, events, stamp)
            return self._advance(log, rows, events, stamp)

    def write_output(self, run_id: str, attempt: int, data: bytes, mono_ns: int) -> None:
        """In the database within 100 ms. Blocks only while the queue is over its bound."""
        self._refuse_after_failure()
        self._outflow.write(run_id, attempt, data, mono_ns)
        self._refuse_after_failure()

    def end_output(self, run_id: str, attempt: int) -> OutputTotals:
        """Totals for the attempt's end event. The last chunks are committed together with the next event."""
        self._refuse_after_failure()
        return self._outflow.end(run_id, attempt)

    def recover_output(self, run_id: str, attempt: int) -> OutputTotals:
        """What is stored of an attempt whose host died."""
        return stored_stream(self._store, run_id, attempt).totals

    def record_access(self, action: str, run_id: str | None, stamp: Stamp) -> None:
        """Viewing, exporting and verifying are part of the record."""
        with self._turn:
            self._refuse_after_failure()
            with self._writing() as connection:
                insert_access(connection, action, run_id, stamp)

    @property
    def lost_bytes(self) -> int:
        """Output that was handed over and is not in the database; after a failure it never will be."""
        return self._outflow.queued

    def close(self) -> None:
        """Write what is pending, then close. Idempotent; TrailWriteError when the writing fails."""
        self._outflow.finish()
        try:
            if self.failure is None and self._store.is_open:
                self._outflow.flush(everything=True)
                self._store.checkpoint()
        except TrailWriteError as error:
            self._fail(error)
            raise
        finally:
            self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A durable transaction whose failure is the last."""
        try:
            with self._carrying_output(durable=True) as connection:
                yield connection
        except TrailWriteError as error:
            self._fail(error)
            raise
        if self._store.wants_checkpoint:
            self._outflow.hasten()

    def _commit_output(self) -> None:
        """Runs on the output's thread."""
        if self._outflow.has_sealed:
            with self._carrying_output(durable=False):
                pass
        if self._store.wants_checkpoint:
            self._store.checkpoint()

    @contextmanager
    def _carrying_output(self, *, durable: bool) -> Iterator[Connection]:
        """A transaction that begins with the output sealed so far, except for a closing record, which goes alone.

        Chunks are taken and inserted under the store's lock, so that they cannot overtake each other.
        """
        chunks: list[Sealed] = []
        try:
            with self._store.transaction(durable=durable) as connection:
                chunks = [] if self.failure else self._outflow.take_sealed()
                connection.executemany(statements.INSERT_CHUNK, chunks)
                yield connection
        except BaseException:
            self._outflow.put_back(chunks)
            raise
        self._outflow.committed(chunks)
        self._store.grow(sum(len(row[STORED_DATA]) for row in chunks))

    def _advance(
        self, log: RunLog, rows: Sequence[Sealed], events: Sequence[Event], stamp: Stamp
    ) -> tuple[Recorded, ...]:
        first = log.seq + 1
        log.seq, log.head = log.seq + len(rows), rows[-1][-1]
        self._runs[log.run_id] = log
        return tuple(recorded(log.run_id, seq, stamp, event) for seq, event in enumerate(events, first))

    def _load(self, run_id: str) -> RunLog:
        found = self._store.query(statements.RUN_PATH, (run_id,))
        if not found:
            raise UsageError(f"There is no run {run_id}.")
        seq, head = self._store.query(statements.LAST_EVENT, (run_id,))[0]
        steps = dict(self._store.query(statements.ATTEMPTS, (run_id,)))
        return RunLog(run_id, found[0][0], seq, head, steps)

    def _admit(self, run_id: str, events: Sequence[Event]) -> None:
        """After a failure: the closing record, once per run, in the room kept for it and on what is really stored."""
        if self.failure is None:
            return
        if run_id in self._closed_out or not all(isinstance(event, RecordingFailed) for event in events):
            self._refuse_after_failure()
        self._closed_out.add(run_id)
        with suppress(OSError):  # then the record has to fit without it
            self._reserve.release()
        try:
            self._runs[run_id] = self._load(run_id)
        except UsageError:  # not even its beginning was written
            self._refuse_after_failure()

    def _refuse_after_failure(self) -> None:
        if self.failure is not None:
            raise TrailWriteError(str(self.failure)) from self.failure

    def _fail(self, error: TrailWriteError) -> None:
        """The first failure is the one that is told."""
        if self.failure is not None:
            return
        self.failure = error
        self._outflow.stop()

    def _fail_unseen(self, error: TrailWriteError) -> None:
        """A failure on the output's thread, which no call of anybody raises."""
        if self.failure is not None:
            return
        self._fail(error)
        if self._on_failure is not None:
            self._on_failure(error)
