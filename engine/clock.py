"""Who, where and when: the stamp that goes with every event. The only file that asks the machine for them."""

from __future__ import annotations

import getpass
import os
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
        login=_login(),
        uid=os.getuid(),
        euid=os.geteuid(),
        sudo_user=environment.get("SUDO_USER"),
        host=socket.gethostname(),
        tty=_tty(),
        ssh_client=connection[0] if connection else None,
        pid=os.getpid(),
    )


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a uid without a passwd entry, as in many containers
        return str(os.getuid())


def _tty() -> str | None:
    for descriptor in (0, 1, 2):
        try:
            return os.ttyname(descriptor)
        except OSError:
            continue
    return None
