"""The one writing connection: transactions one at a time, in this process and among all processes."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..errors import TrailUnusable, TrailWriteError
from .database import connect_writer, reason
from .lock import FileLock

CHECKPOINT_BYTES = 4 << 20
"""Of log, as estimated: SQLite's own default of 1000 pages."""
PAGE = 4096
PAGES_PER_COMMIT = 2
"""Measured: an event row and now and then a split."""


class Store:
    """Thread-safe. Every failure comes out as TrailWriteError, with nothing of the transaction kept."""

    def __init__(self, path: Path, busy_seconds: float) -> None:
        self._path = path
        self._turn = threading.RLock()
        self._lock = FileLock(path, busy_seconds)
        self._connection = self._open(busy_seconds)
        self._inode = path.stat().st_ino
        self._durable = True
        self._log_bytes = 0

    def _open(self, busy_seconds: float) -> sqlite3.Connection:
        try:
            self._lock.acquire()
        except TimeoutError as error:
            self._lock.close()
            raise TrailUnusable(f"The audit trail {self._path} is locked by another program.") from error
        try:
            return connect_writer(self._path, busy_seconds)
        except BaseException:
            self._lock.close()
            raise
        finally:
            self._unlock()

    def _unlock(self) -> None:
        if self._lock.is_open:
            self._lock.release()

    @contextmanager
    def transaction(self, *, durable: bool) -> Iterator[sqlite3.Connection]:
        """`durable` waits for the disk; without it a commit survives a crash of the process, not of the machine,
        until the next durable one carries it."""
        with self._exclusive():
            self._check_file()
            self._synchronise(durable)
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
                self._log_bytes += PAGES_PER_COMMIT * PAGE
            except BaseException:
                self._roll_back()
                raise

    @property
    def is_open(self) -> bool:
        return self._lock.is_open

    def query(self, statement: str, values: tuple[object, ...]) -> list[Any]:
        with self._turn:
            try:
                return self._connection.execute(statement, values).fetchall()
            except sqlite3.Error as error:
                raise self._failed(error) from error

    def grow(self, n_bytes: int) -> None:
        """Count bulk data of a transaction towards the next checkpoint."""
        self._log_bytes += n_bytes

    @property
    def wants_checkpoint(self) -> bool:
        return self._log_bytes >= CHECKPOINT_BYTES

    def checkpoint(self) -> None:
        """Move the log into the database as far as readers allow."""
        with self._exclusive():
            self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
            self._log_bytes = 0

    def close(self) -> None:
        """Closing the last connection makes SQLite checkpoint, hence the lock around it. Idempotent."""
        with self._turn:
            if not self._lock.is_open:
                return
            try:
                with self._exclusive():
                    self._connection.close()
            finally:
                self._lock.close()

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        with self._turn:
            if not self.is_open:
                raise TrailWriteError(f"The audit trail {self._path} has been closed.")
            try:
                self._lock.acquire()
                try:
                    yield
                finally:
                    self._lock.release()
            except (sqlite3.Error, OSError) as error:
                raise self._failed(error) from error

    def _synchronise(self, durable: bool) -> None:
        if durable is not self._durable:
            self._connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self._durable = durable

    def _check_file(self) -> None:
        if os.stat(self._path).st_ino != self._inode:  # noqa: PTH116 - three times as fast, at every commit
            raise OSError("the file was replaced while it was open")

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def _failed(self, error: sqlite3.Error | OSError) -> TrailWriteError:
        return TrailWriteError(f"The audit trail {self._path} could not be written: {_words(error)}.")


def _words(error: sqlite3.Error | OSError) -> str:
    if isinstance(error, sqlite3.Error):
        return reason(error)
    if isinstance(error, TimeoutError):
        return "another program has locked it"
    if isinstance(error, FileNotFoundError):
        return "the file was removed while it was open"
    return error.strerror or str(error)
