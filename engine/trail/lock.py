"""The lock that makes writers of several processes take turns.

SQLite before 3.51.3 can corrupt a write-ahead log when two connections write or checkpoint at the same instant;
SQLite's own locks do not prevent it, so every write and every checkpoint of ours happens under this one.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from .place import companion, make_private

FIRST_PAUSE, LONGEST_PAUSE = 0.0002, 0.005
"""Seconds between two tries. A commit takes 0.2 ms, a checkpoint of 4 MiB tens of milliseconds."""


class FileLock:
    """`flock` on `<database>.lock`, with a time limit, which the system call itself does not have."""

    def __init__(self, database: Path, timeout: float) -> None:
        self._descriptor = make_private(companion(database, ".lock"))
        self._timeout = timeout

    @property
    def is_open(self) -> bool:
        return self._descriptor >= 0

    def acquire(self) -> None:
        """TimeoutError when another process keeps the lock for longer than the limit."""
        if not self._try():
            self._wait()

    def release(self) -> None:
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Gives the lock up too. Idempotent."""
        if self.is_open:
            os.close(self._descriptor)
            self._descriptor = -1

    def _try(self) -> bool:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _wait(self) -> None:
        deadline = time.monotonic() + self._timeout
        pause = FIRST_PAUSE
        while not self._try():
            if time.monotonic() >= deadline:
                raise TimeoutError
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
