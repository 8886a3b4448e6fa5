"""Who, where and when: the stamp that goes with every event. The only file that asks the machine for them."""

from __future__ import annotations

import os
import pwd
import socket
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from .events import Actor, Stamp


def stamp(actor: Actor) -> Stamp:
    return Stamp(at=datetime.now(UTC), mono_ns=time.monotonic_ns(), boot_id=boot_id(), actor=actor)


@cache
def boot_id() -> str:
    """The kernel's id of this boot; monotonic times compare only within one. Empty where the system has none."""
    path = Path("/proc/sys/kernel/random/boot_id")
    return path.read_text().strip() if path.exists() else ""


def this_actor(environment: Mapping[str, str]) -> Actor:
    """The person at this process's terminal, as far as the system can say."""
    connection = environment.get("SSH_CONNECTION", "").split()
    return Actor(
        login=login_of(os.getuid()),
        uid=os.getuid(),
        euid=os.geteuid(),
        sudo_user=environment.get("SUDO_USER"),
        host=socket.gethostname(),
        tty=_tty(),
        ssh_client=connection[0] if connection else None,
        pid=os.getpid(),
    )


def printable(text: str) -> str:
    """A name from the system whose bytes may be no UTF-8, as text that can be stored: `\\xff` for such a byte."""
    return os.fsencode(text).decode(errors="backslashreplace")


def login_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:  # a uid without a passwd entry, as in many containers
        return str(uid)


def _tty() -> str | None:
    for descriptor in (0, 1, 2):
        try:
            return os.ttyname(descriptor)
        except OSError:
            continue
    return None
