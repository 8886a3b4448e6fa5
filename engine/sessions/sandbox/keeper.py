"""The process in charge of a sandbox: `python -m engine.sessions.sandbox.keeper SOCKET SCRATCH`. It builds the room,
runs in it what it is sent, and says what that would have done. It ends when nobody holds its socket's other end.
"""

from __future__ import annotations

import fcntl
import os
import resource
import select
import signal
import socket
import sys
import termios
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import kernel
from .changes import Mark, between, look
from .messages import receive, send
from .room import MOST_DESCRIPTORS, OWN_FOLDER, Room, Unavailable

MOST_TOLD = 500
"""Changes of one step; the rest is counted."""


def main() -> int:
    peer = socket.socket(fileno=int(sys.argv[1]))
    try:
        room = Room(Path(sys.argv[2]))
    except (Unavailable, OSError) as error:
        send(peer, {"unavailable": str(error)})
        return 1
    send(peer, {"hidden": room.hidden})
    Keeper(peer, room).serve()
    return 0


class Keeper:
    def __init__(self, peer: socket.socket, room: Room) -> None:
        self._peer = peer
        self._room = room
        self._marks = self._look()

    def serve(self) -> None:
        while (received := receive(self._peer)) is not None:
            message, terminal = received
            if terminal is None:  # a signal for a step that has just ended
                continue
            status = self._run(message, terminal)
            before, self._marks = self._marks, self._look()
            changes = between(before, self._marks)
            answer = {"status": status, "directory": _directory(), "changes": changes[:MOST_TOLD]}
            send(self._peer, {**answer, "more": max(0, len(changes) - MOST_TOLD)})

    def _look(self) -> dict[str, Mark]:
        return {**look(self._room.layers), **self._room.marks_outside_overlays()}

    def _run(self, message: Mapping[str, Any], terminal: int) -> int:
        for name, text in message["files"].items():
            path = Path(OWN_FOLDER, name)
            path.write_bytes(text.encode(errors="surrogateescape"))
            path.chmod(0o700)
        step = os.fork()
        if step == 0:
            _become_step(message, terminal, self._room.descriptor_limits)
        os.close(terminal)
        return self._await(step)

    def _await(self, step: int) -> int:
        ended = os.pidfd_open(step)
        try:
            while True:
                ready, _, _ = select.select([ended, self._peer.fileno()], [], [])
                if ended in ready:
                    break
                received = receive(self._peer)
                if received is None:
                    os._exit(0)  # the other end is gone; init goes with us, and everything in the room with it
                self._signal(ended, received[0]["signal"])
        finally:
            os.close(ended)
        code = os.waitstatus_to_exitcode(os.waitpid(step, 0)[1])
        return code if code >= 0 else 128 - code

    def _signal(self, step: int, name: str) -> None:
        if name == "SIGKILL":
            self._kill_all()
        else:
            signal.pidfd_send_signal(step, signal.Signals[name])

    def _kill_all(self) -> None:
        """What minds nothing else. From inside, `-1` is everybody but the first process."""
        killer = os.fork()
        if killer == 0:
            try:
                os.kill(-1, signal.SIGKILL)
            finally:
                os._exit(0)
        os.waitpid(killer, 0)


def _directory() -> str:
    try:
        return Path(OWN_FOLDER, "directory").read_bytes().decode(errors="surrogateescape").removesuffix("\n")
    except OSError:
        return ""


def _become_step(message: Mapping[str, Any], terminal: int, descriptor_limits: tuple[int, int]) -> None:
    """Does not return."""
    try:
        os.setsid()
        fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
        for fd in (0, 1, 2):
            os.dup2(terminal, fd)
        os.closerange(3, MOST_DESCRIPTORS)
        try:
            os.chdir(message["directory"])
        except OSError:
            os.chdir("/")
        for number in (signal.SIGPIPE, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTERM, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_NOFILE, descriptor_limits)
        kernel.give_up_privileges()
        command = message["command"]
        os.execve(command[0], command, dict(message["environment"]))  # noqa: S606
    except OSError as error:
        os.write(2, f"{error}\r\n".encode())
    finally:
        os._exit(126)


if __name__ == "__main__":
    sys.exit(main())
