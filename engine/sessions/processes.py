"""Processes as `/proc` shows them. A process is known by its id and start time together, because ids come back."""

from __future__ import annotations

import os
import platform
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

FEW = 64
"""So many ids are asked for one by one; from here on listing `/proc` is cheaper."""

READ_CALLS = {"x86_64": {"0", "19"}, "aarch64": {"63", "65"}, "riscv64": {"63", "65"}}.get(platform.machine(), set())
"""The numbers of `read` and `readv`."""


class Process(NamedTuple):
    pid: int
    state: str
    parent: int
    group: int
    started: int
    """Clock ticks after boot."""


def find(pid: int) -> Process | None:
    """None when there is no such process, or only its zombie."""
    try:
        with open(f"/proc/{pid}/stat", "rb", buffering=0) as file:  # noqa: PTH123 - twice as fast as Path
            stat = file.read(1024)
    except OSError:
        return None
    fields = stat[stat.rindex(b")") + 2 :].split()
    state = fields[0].decode()
    if state in "ZX":
        return None
    return Process(pid, state, int(fields[1]), int(fields[2]), int(fields[19]))


def uptime() -> float:
    """Seconds since boot, suspension included."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def started(process: Process) -> float:
    """Its start in the same seconds, to a clock tick below."""
    return process.started / os.sysconf("SC_CLK_TCK")


def newest_pid() -> int:
    """The last process id given out, by which later ones can be told from earlier ones."""
    loads = _loads()
    if loads is None:
        return max(_listed())
    return int(os.pread(loads, 128, 0).split()[4])


@cache
def _loads() -> int | None:
    """`/proc/loadavg`, kept open: it is read twice a step. None where a container puts another file in its place."""
    fd = os.open("/proc/loadavg", os.O_RDONLY | os.O_CLOEXEC)
    if os.fstat(fd).st_dev == os.stat("/proc").st_dev:  # noqa: PTH116
        return fd
    os.close(fd)
    return None


def _listed() -> Iterable[int]:
    return (int(name) for name in os.listdir("/proc") if name.isdigit())  # noqa: PTH208 - names are all it takes


def descendants(ancestor: int, after: int) -> tuple[Process, ...]:
    """Living descendants of a process with ids given out later than `after`, parents before their children.

    What has an earlier process between itself and the ancestor is that one's, and left out.
    """
    found: dict[int, Process] = {}
    waiting = [process for pid in _later(after) if (process := find(pid)) is not None]
    while True:
        family = [one for one in waiting if one.parent == ancestor or one.parent in found]
        if not family:
            return tuple(found.values())
        found.update((one.pid, one) for one in family)
        waiting = [one for one in waiting if one.pid not in found]


def _later(after: int) -> Iterable[int]:
    newest = newest_pid()
    if after <= newest <= after + FEW:
        return range(after + 1, newest + 1)
    if after <= newest:
        return [pid for pid in _listed() if after < pid <= newest]
    # Ids have started again from the bottom.
    return [pid for pid in _listed() if pid > after or pid <= newest]


def send(process: Process, signum: int) -> None:
    """Signal exactly this process: never one that has got its id since."""
    try:
        fd = os.pidfd_open(process.pid)
    except OSError:
        return
    try:
        now = find(process.pid)
        if now is not None and now.started == process.started:
            with suppress(OSError):  # it has just ended, or belongs to another user
                signal.pidfd_send_signal(fd, signum)
    finally:
        os.close(fd)


def reads_terminal(pid: int, terminal: str) -> bool:
    """Whether the process is blocked in a read of that terminal, as far as the kernel lets one see."""
    try:
        with open(f"/proc/{pid}/syscall", "rb", buffering=0) as file:  # noqa: PTH123
            call = file.read(256).decode().split()
        if len(call) < 2 or (READ_CALLS and call[0] not in READ_CALLS):
            return False
        return str(Path(f"/proc/{pid}/fd/{int(call[1], 16)}").readlink()) in (terminal, "/dev/tty")
    except OSError:
        return False
