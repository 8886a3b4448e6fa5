"""Where the live host of a run is found: one small file per run beside the trail, locked as long as the host lives.

The lock is the truth (the kernel drops it however the host dies); the text inside only says where the socket is.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from .errors import TrailUnusable, UsageError

SOCKET_PATH_LIMIT = 100
"""`sun_path` holds 108 bytes on Linux and 104 elsewhere, with the final NUL."""


CLAIM_TRIES = 20
"""A look at who is alive holds the lock for microseconds; so often in 20 ms nobody looks by chance."""


@dataclass(frozen=True, slots=True)
class Address:
    run_id: str
    socket: str
    pid: int


class Claim:
    """The host's hold on a run: while it lives nobody else may host that run."""

    def __init__(self, trail: Path, run_id: str) -> None:
        """Raises `UsageError` when another host has the run."""
        self._path = _directory(trail) / f"{run_id}.host"
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        self._descriptor = os.open(self._path, flags, 0o600)
        if not any(_try_lock(self._descriptor) for _ in range(CLAIM_TRIES)):
            os.close(self._descriptor)
            raise UsageError(f"run {run_id} has a live host; `oncue attach {run_id}` goes there") from None

    def publish(self, address: Address) -> None:
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, json.dumps(asdict(address)).encode(), 0)

    def release(self) -> None:
        self._path.unlink(missing_ok=True)
        os.close(self._descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        time.sleep(0.001)
        return False
    return True


def live(trail: Path) -> list[Address]:
    """Addresses of the hosts alive now for runs in this trail, oldest run first."""
    directory = _path(trail)
    return list(_live_in(directory)) if directory.is_dir() else []


def runtime_directory(environment: Mapping[str, str], uid: int) -> Path:
    """Where sockets live: 0700, ours, no link. Raises `UsageError` when somebody else has made it."""
    base = environment.get("XDG_RUNTIME_DIR", "")
    directory = Path(base) / "oncue" if base.startswith("/") and Path(base).is_dir() else Path(f"/tmp/oncue-{uid}")  # noqa: S108 - checked below
    if len(os.fsencode(directory)) > SOCKET_PATH_LIMIT - len("/20261231-235959-abcdef.sock"):
        directory = Path(f"/tmp/oncue-{uid}")  # noqa: S108
    with suppress(FileExistsError):
        directory.mkdir(mode=0o700)
    status = directory.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != uid:
        raise UsageError(f"{directory} is not a directory of yours; remove it or set XDG_RUNTIME_DIR")
    directory.chmod(0o700)
    return directory


def sweep(directory: Path) -> None:
    """Remove what hosts that died without a word have left: their sockets and the scratch folders of their shells."""
    for path in directory.glob("*.sock"):
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(path))
            except ConnectionRefusedError:
                path.unlink(missing_ok=True)
                for left in directory.glob(f"{path.stem}-*"):
                    shutil.rmtree(left, ignore_errors=True)
            except OSError:  # another host is just removing its own
                continue


def _live_in(directory: Path) -> Iterator[Address]:
    for path in sorted(directory.glob("*.host")):
        with suppress(OSError), path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                if text := file.read():
                    yield Address(**json.loads(text))


def _path(trail: Path) -> Path:
    return trail.with_name(f"{trail.name}.hosts")


def _directory(trail: Path) -> Path:
    directory = _path(trail)
    with suppress(FileExistsError):
        directory.mkdir(mode=0o700)
    status = directory.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        raise TrailUnusable(f"{directory} is not a directory of yours")
    return directory
