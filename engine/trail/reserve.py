"""Room on the disk: the floor below which no run starts, and a reserve given up so that a run can be closed."""

from __future__ import annotations

import os
from pathlib import Path

from ..errors import TrailUnusable
from .place import companion, make_private

FLOOR_BYTES = 64 << 20
RESERVE_BYTES = 1 << 20
"""A closing record takes under 64 KiB of log; the rest is for file systems that hand out space in large pieces."""


def check_floor(path: Path, floor_bytes: int) -> None:
    """TrailUnusable when the file system has less free space than the floor. 0 asks for none."""
    if not floor_bytes:
        return
    found = os.statvfs(path.parent)
    free = found.f_bavail * found.f_frsize
    if free < floor_bytes:
        raise TrailUnusable(
            f"The audit trail {path} has too little room: {free >> 20} MiB free, "
            f"{floor_bytes >> 20} MiB needed to start a run."
        )


class Reserve:
    """`<database>.reserve`: filled while there is room, emptied when a write has failed."""

    def __init__(self, database: Path, size: int = RESERVE_BYTES) -> None:
        self._path = companion(database, ".reserve")
        self._size = size

    def fill(self) -> None:
        """OSError when there is no room."""
        if self._path.exists() and self._path.stat().st_size >= self._size:
            return
        descriptor = make_private(self._path)
        try:
            os.posix_fallocate(descriptor, 0, self._size)
        except OSError:
            os.truncate(descriptor, 0)
            raise
        finally:
            os.close(descriptor)

    def release(self) -> None:
        if self._path.exists():
            os.truncate(self._path, 0)
