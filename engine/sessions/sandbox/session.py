"""The session that performs shell steps in a sandbox. One sandbox for the run: what a step writes, sets or defines the
next one finds, and what it leaves running goes on until the run is over.
"""

from __future__ import annotations

import os
import pty
import secrets
import select
import shlex
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ...errors import UsageError
from ...events import FileChange, StepOutcome
from .. import processes, terminal
from ..bash_shell import DEFAULTS, find_bash, first_environment
from ..contract import Outcome, Signal, Sink, Task, Waiting
from .messages import receive, send
from .room import OWN_FOLDER

START_SECONDS = 20.0
READ_SIZE = 65_536
LADDER: tuple[Signal, ...] = ("INT", "TERM", "KILL")
GRACE_SECONDS = 2.0
"""Between one signal of a timeout and the next harder one."""
HIDDEN_TOLD = 10
DRAIN_SECONDS = 2.0
"""For the end of a step's output to come through the terminal."""
WRAPPER = r"""builtin shopt -s expand_aliases
builtin set -m
builtin trap '__oncue_status=$?; builtin trap - EXIT; { builtin declare -p; builtin declare -f; builtin alias -p; } \
  >| @/state 2>/dev/null; builtin pwd >| @/directory; builtin exit "$__oncue_status"' EXIT
[ -e @/state ] && builtin . @/state >/dev/null 2>&1
. @/exports
"""


class SandboxSession:
    def __init__(
        self, directory: Path, environment: Mapping[str, str], *, columns: int, rows: int, scratch: Path
    ) -> None:
        """`scratch` is an existing folder that only its owner may enter. Raises `UsageError` where there can be no
        sandbox."""
        self._directory = str(directory.absolute())
        self._environment = {**first_environment(environment), **DEFAULTS}
        self._bash = find_bash(environment)
        self._size = (columns, rows)
        self._lock = threading.Lock()
        self._master: int | None = None
        self._rung = 0
        self._scratch = scratch
        self._process, self._peer, self.hidden = _open(scratch)
        self._said_hidden = False

    def run(self, task: Task, sink: Sink) -> Outcome:
        if "\0" in task.text:
            raise ValueError("it holds a NUL byte, which no shell can take")
        master, peer = pty.openpty()
        os.set_inheritable(master, False)
        terminal.set_size(master, *self._size)
        with self._lock:
            self._master, self._rung = master, 0
        try:
            send(self._peer, self._message(task), peer)
            answer, timed_out = self._follow(master, sink, task.timeout)
            _drain(master, peer, sink)
        except OSError as error:
            return Outcome("lost", None, message=f"the sandbox is gone: {error}")
        finally:
            with self._lock:
                self._master = None
            os.close(peer)
            os.close(master)
        return self._outcome(answer, timed_out=timed_out)

    def interrupt(self) -> Signal:
        with self._lock:
            if self._master is None:
                return "INT"
            rung = LADDER[min(self._rung, len(LADDER) - 1)]
            self._rung += 1
            if rung == "INT":
                terminal.interrupt_foreground(self._master)
            with suppress(OSError):  # the keeper is gone, and the step with it
                send(self._peer, {"signal": f"SIG{rung}"})
            return rung

    def write(self, data: bytes) -> bool:
        with self._lock:
            if self._master is None:
                return True
            echo = terminal.mode(self._master, alternate_screen=False).echo
            terminal.type_into(self._master, data, GRACE_SECONDS)
            return echo

    def waiting(self) -> Waiting | None:
        with self._lock:
            if self._master is None:
                return None
            mode = terminal.mode(self._master, alternate_screen=False)
            group = terminal.foreground(self._master)
            members = [one for one in processes.descendants(self._process.pid, 0) if one.group == group]
            blocked = any(_reads_input(one.pid) for one in members)
            return Waiting("", blocked, mode) if blocked or not mode.echo else None

    def resize(self, columns: int, rows: int) -> None:
        self._size = (columns, rows)
        with self._lock:
            if self._master is not None:
                terminal.set_size(self._master, columns, rows)

    def close(self) -> None:
        """The keeper ends with its socket, and everything in the sandbox with the keeper."""
        self._peer.close()
        try:
            self._process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    # One step.

    def _message(self, task: Task) -> Mapping[str, Any]:
        exports = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in task.exports)
        block = f"{OWN_FOLDER}/block"
        last = f"{block}\n" if task.script else f"builtin . {block}\n"
        files = {"step": WRAPPER.replace("@", OWN_FOLDER) + last, "exports": exports, "block": f"{task.text}\n"}
        return {
            "files": files,
            "command": [self._bash, "--noprofile", "--norc", f"{OWN_FOLDER}/step"],
            "environment": self._environment,
            "directory": self._directory,
        }

    def _follow(self, master: int, sink: Sink, timeout: float | None) -> tuple[Mapping[str, Any] | None, bool]:
        """The keeper's answer, None where it gave none, and whether the time was over."""
        screen = terminal.AlternateScreen()
        deadline = None if timeout is None else time.monotonic() + timeout
        timed_out = False
        while True:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            ready, _, _ = select.select([master, self._peer.fileno()], [], [], left)
            if deadline is not None and time.monotonic() >= deadline:
                timed_out, deadline = True, time.monotonic() + GRACE_SECONDS
                self.interrupt()
            if master in ready:
                _pass_on(master, sink, screen)
            elif ready:
                received = receive(self._peer)
                return (received[0] if received else None), timed_out

    def _outcome(self, answer: Mapping[str, Any] | None, *, timed_out: bool) -> Outcome:
        if answer is None:
            return Outcome("lost", None, message="the sandbox ended in the middle of the step")
        self._directory = answer["directory"] or self._directory
        status: StepOutcome = "succeeded" if answer["status"] == 0 else "failed"
        if answer["status"] != 0 and self._rung:
            status = "timed_out" if timed_out else "interrupted"
        return Outcome(
            status,
            answer["status"],
            message=self._about_hidden(),
            changes=tuple(FileChange(change=change, path=_printable(path)) for change, path in answer["changes"]),
            more_changes=answer["more"],
        )

    def _about_hidden(self) -> str:
        """Once."""
        if self._said_hidden or not self.hidden:
            return ""
        self._said_hidden = True
        more = f" and {len(self.hidden) - HIDDEN_TOLD} more" if len(self.hidden) > HIDDEN_TOLD else ""
        return f"empty in the sandbox: {', '.join(map(_printable, self.hidden[:HIDDEN_TOLD]))}{more}"


def why_unavailable(environment: Mapping[str, str]) -> str:
    """In a sentence; empty where there can be a sandbox. Builds one to find out, and lets it go."""
    with tempfile.TemporaryDirectory(prefix="oncue-sandbox-") as scratch:
        try:
            session = SandboxSession(Path.cwd(), environment, columns=80, rows=24, scratch=Path(scratch))
        except UsageError as error:
            return str(error)
        session.close()
        return ""


def _open(scratch: Path) -> tuple[subprocess.Popen[bytes], socket.socket, tuple[str, ...]]:
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", f"{__package__}.keeper", str(theirs.fileno()), str(scratch)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=(theirs.fileno(),),
            start_new_session=True,
        )
    with _closing_unless_done(process, ours):
        ours.settimeout(START_SECONDS)
        received = receive(ours)
        ours.settimeout(None)
        answer = received[0] if received else {"unavailable": "its keeper ended at once"}
        if "unavailable" in answer:
            raise UsageError(f"there can be no sandbox here: {answer['unavailable']}")
    return process, ours, tuple(answer["hidden"])


@contextmanager
def _closing_unless_done(process: subprocess.Popen[bytes], peer: socket.socket) -> Iterator[None]:
    try:
        yield
    except BaseException:
        peer.close()
        process.kill()
        process.wait()
        raise


def _pass_on(master: int, sink: Sink, screen: terminal.AlternateScreen) -> None:
    data = os.read(master, READ_SIZE)
    screen.feed(data)
    sink(data, terminal.mode(master, screen.on))


def _drain(master: int, peer: int, sink: Sink) -> None:
    """What was written right before the end may still be on its way: a mark nobody can know is written behind it."""
    mark = b"\x1b_" + secrets.token_hex(16).encode() + b"\x1b\\"
    os.set_blocking(peer, False)
    try:
        os.write(peer, mark)
    except OSError:  # output is stopped, and nobody is there to let it go on
        return
    rest, until = b"", time.monotonic() + DRAIN_SECONDS
    while mark not in rest and terminal.ready(master, select.POLLIN, max(0.0, until - time.monotonic())):
        rest += os.read(master, READ_SIZE)
    if left := rest.partition(mark)[0]:
        sink(left, terminal.mode(master, alternate_screen=False))


def _reads_input(pid: int) -> bool:
    """Whether it is blocked reading a terminal; its name in there is nothing out here."""
    try:
        call = Path(f"/proc/{pid}/syscall").read_text().split()
        if call[0] not in processes.READ_CALLS:
            return False
        device = os.stat(f"/proc/{pid}/fd/{int(call[1], 16)}").st_rdev  # noqa: PTH116
    except (OSError, IndexError, ValueError):
        return False
    return os.major(device) in (5, 136)


def _printable(path: str) -> str:
    return path.encode(errors="surrogateescape").decode(errors="backslashreplace")
