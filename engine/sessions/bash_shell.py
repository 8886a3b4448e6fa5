"""One bash on one pseudo-terminal: started, spoken to, read and ended. What a step is, only `bash.py` knows.

Bash takes its lines from a pipe that nobody else can write to; its terminal carries the steps' own input and output
and nothing else. It reports over a FIFO of its own. Marks in the output are written by this side, to the terminal's
own end, and are known to nobody before.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import select
import shlex
import shutil
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from ptyprocess import PtyProcess

from ..errors import UsageError
from . import processes, terminal

READ_SIZE = 65536
"""A read of a terminal gives 4 KiB at most; what is there at once is joined up to this."""
BUSY_SECONDS = 0.02
HELD_LIMIT = 1 << 20
"""Bytes without an end in the status FIFO, into which only somebody else can have written so much."""
SETTLE = b'__oncue_status=$?; \\builtin trap - DEBUG ERR RETURN; \\__oncue_settle %s %s "$__oncue_status"\n'
"""These three traps come back when a function that has cleared them returns, so they are cleared outside of one."""
DEFAULT_SIGNALS = (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTERM)
"""What Python or our own process ignores would stay ignored in every command: `yes | head` would complain."""
PR_SET_CHILD_SUBREAPER = 36
NOT_RESTORED = frozenset({"SHELLOPTS", "BASHOPTS", "TMOUT", "PROMPT_COMMAND", "PS0", "HISTFILE", "COLUMNS", "LINES"})
"""Variables of the operator that would change how the session itself works, or that say another terminal's size."""
DEFAULTS = {"PAGER": "cat", "GIT_PAGER": "cat"}
UNTRAPPED = {signal.SIGKILL, signal.SIGSTOP}
TRAPS = "EXIT " + " ".join(one.name for one in signal.Signals if one not in UNTRAPPED)


class Report(NamedTuple):
    """Bash has come to the end of a line."""

    nonce: str
    status: int
    directory: str


class Shell:
    """A running bash. `number` tells the files of one shell of a session from those of the next.

    `call` is a descriptor of the session's own that ends a `wait`.
    """

    def __init__(
        self,
        directory: Path,
        environment: Mapping[str, str],
        *,
        columns: int,
        rows: int,
        scratch: Path,
        number: int,
        call: int,
        watched: Sequence[str] = (),
    ) -> None:
        self._status_path = scratch / f"status-{number}"
        self._options = scratch / f"options-{number}"
        self.captures = (scratch / f"environment-{number}-0", scratch / f"environment-{number}-1")
        self._rcfile = scratch / f"rcfile-{number}"
        write_private(
            self._rcfile, _rcfile(self._status_path, self._options, watched, environment.get("POSIXLY_CORRECT"))
        )
        for path in (self._options, *self.captures):
            write_private(path, b"")
        os.mkfifo(self._status_path, 0o600)
        self._status = os.open(self._status_path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        reading, self._lines = os.pipe2(os.O_CLOEXEC)
        try:
            self.pid, self.master = _spawn(self._rcfile, directory, environment, reading, (rows, columns))
        finally:
            self.pipe = f"pipe:[{os.fstat(reading).st_ino}]"
            os.close(reading)
        os.set_blocking(self.master, False)
        os.set_blocking(self._lines, False)
        os.set_inheritable(self.master, False)
        self.peer = terminal.open_peer(self.master)
        self.tty = os.ttyname(self.peer)
        self.sane = terminal.attributes(self.master)
        self.alive = True
        self.sent = 0
        """Bytes given to the pipe that bash takes its lines from."""
        self._held = b""
        self._pidfd = os.pidfd_open(self.pid)
        self._poll = select.poll()
        self._names = {self.master: "output", self._status: "report", self._pidfd: "death", call: "call"}
        for fd in self._names:
            self._poll.register(fd, select.POLLIN)
        self.exit_status: int | None = None

    # Speaking to bash.

    def send(self, lines: bytes, patience: float = 10.0) -> bool:
        """Give bash lines to execute. False when it does not take them, which only a dead or wedged one does."""
        view = memoryview(lines)
        deadline = time.monotonic() + patience
        while view:
            try:
                written = os.write(self._lines, view)
                view = view[written:]
                self.sent += written
            except BlockingIOError:
                # A dead bash shows as an error of the pipe, which is ready then.
                if not terminal.ready(self._lines, select.POLLOUT, max(0.0, deadline - time.monotonic())):
                    return False
            except BrokenPipeError:
                return False
        return True

    def settling(self, number: int, nonce: str) -> bytes:
        """The line that puts bash in order after step `number`, has it write down its environment, and report."""
        return SETTLE % (nonce.encode(), os.fsencode(shlex.quote(str(self.captures[number % 2]))))

    def finish(self) -> None:
        """No more lines: bash ends when it has done the last one, and its background jobs go on."""
        if self._lines >= 0:
            os.close(self._lines)
            self._lines = -1

    def load_options(self) -> None:
        """Make the file of the shell's own options proof against functions of the same names."""
        lines = self._options.read_bytes().splitlines()
        write_private(self._options, b"".join(b"builtin " + line + b"\n" for line in lines))

    # Listening.

    def wait(self, timeout: float) -> set[str]:
        """What there is, of `output`, `report`, `death` and `call`; nothing after so many seconds."""
        return {self._names[fd] for fd, _ in self._poll.poll(max(0.0, timeout * 1000))}

    def read(self) -> bytes | None:
        """What the terminal has at once, up to `READ_SIZE`; empty for nothing, None when it has hung up."""
        parts: list[bytes] = []
        size = 0
        while size < READ_SIZE:
            try:
                data = os.read(self.master, READ_SIZE)
            except BlockingIOError:
                break
            except OSError:  # EIO: the session's leader is gone and all has been read
                return b"".join(parts) if parts else None
            parts.append(data)
            size += len(data)
        return b"".join(parts)

    def has_output(self) -> bool:
        return terminal.ready(self.master, select.POLLIN, 0)

    def reports(self) -> list[Report]:
        with suppress(BlockingIOError):
            self._held += os.read(self._status, READ_SIZE)
        *whole, self._held = self._held[-HELD_LIMIT:].split(b"\0")
        return [report for text in whole if (report := _report(text)) is not None]

    # The terminal.

    def mark(self, mark: bytes) -> bool:
        """Put a mark into the output, after everything written so far. False when there is no room for it now."""
        try:
            return os.write(self.peer, mark) == len(mark)
        except BlockingIOError:
            return False
        except OSError:  # hung up: there is no more output to tell apart
            return True

    def release(self) -> None:
        """Let output flow again that a typed Ctrl-S has stopped."""
        with suppress(OSError, termios.error):
            terminal.release(self.master, self.sane)

    def reset_terminal(self, typed: bool) -> None:
        """The terminal as it was in the beginning, with nothing left to read."""
        with suppress(OSError, termios.error):  # hung up: its end is noticed elsewhere
            terminal.restore(self.master, self.sane)
            if typed:
                terminal.discard_input(self.master, self.peer, self.sane)
            else:
                termios.tcflush(self.peer, termios.TCIFLUSH)

    # Its end.

    def idle(self) -> bool:
        """Whether bash waits for its next line."""
        process = processes.find(self.pid)
        return self.at_prompt() and process is not None and process.state == "S" and self.taken() == self.sent

    def taken(self) -> int:
        """Bytes that bash has read of those sent: of what it has not read it can have executed nothing."""
        return self.sent - int(struct.unpack("i", fcntl.ioctl(self._lines, termios.FIONREAD, bytes(4)))[0])

    def await_busy(self) -> None:
        """Give bash the moment it needs to have read its line: an interrupt then would leave half of it to execute."""
        until = time.monotonic() + BUSY_SECONDS
        while self.at_prompt() and time.monotonic() < until:
            os.sched_yield()

    def at_prompt(self) -> bool:
        """Whether bash has its own input, and not a step's terminal or what a step has put in its place."""
        try:
            return os.readlink(f"/proc/{self.pid}/fd/0") == self.pipe  # noqa: PTH115 - once a step, at a third of a Path
        except OSError:
            return False

    def signal(self, signum: int) -> None:
        with suppress(OSError):
            signal.pidfd_send_signal(self._pidfd, signum)

    def let_go(self) -> None:
        """Close the terminal's own end, without which the other end shows no end of output."""
        if self.peer >= 0:
            os.close(self.peer)
            self.peer = -1

    def reap(self, timeout: float) -> int | None:
        """Its exit status, 128 + n for signal n, once it has ended; None if it has not ended in time."""
        if self.exit_status is None and terminal.ready(self._pidfd, select.POLLIN, timeout):
            self.exit_status = _wait(self.pid)
            self.alive = False
        return self.exit_status

    def close(self) -> None:
        """Give back descriptors and files. The process must have been reaped."""
        self.finish()
        self.let_go()
        for fd in (self.master, self._status, self._pidfd):
            os.close(fd)
        for path in (self._rcfile, self._status_path, self._options, *self.captures):
            path.unlink(missing_ok=True)


def write_private(path: Path | str, data: bytes, permissions: int = 0o600) -> None:
    """Write a file that only its owner may read. No link is followed."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    fd = os.open(path, flags, permissions)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(fd, view) :]
    finally:
        os.close(fd)


def first_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The operator's environment with what every session wants."""
    kept = {name: value for name, value in environment.items() if name not in NOT_RESTORED}
    return {"TERM": "xterm-256color", **kept, **DEFAULTS}


def find_bash(environment: Mapping[str, str]) -> str:
    bash = shutil.which("bash", path=environment.get("PATH") or os.defpath)
    if bash is None:
        raise UsageError("there is no bash on this machine's PATH, and steps run in bash")
    return bash


def _spawn(
    rcfile: Path, directory: Path, environment: Mapping[str, str], lines: int, size: tuple[int, int]
) -> tuple[int, int]:
    bash = find_bash(environment)
    prctl = ctypes.CDLL(None).prctl
    own = {name: value for name, value in environment.items() if name != "POSIXLY_CORRECT"}

    def prepare() -> None:
        os.dup2(lines, 0)
        os.close(lines)
        # Processes that detach themselves stay bash's children, so that they can be named and ended.
        prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        for number in DEFAULT_SIGNALS:
            signal.signal(number, signal.SIG_DFL)

    spawned = PtyProcess.spawn(
        [bash, "--noprofile", "--rcfile", str(rcfile), "--noediting", "-i"],
        cwd=str(directory),
        env=own,
        preexec_fn=prepare,
        dimensions=size,
        pass_fds=(lines,),
    )
    # Left to itself the object would end bash when it is collected.
    master = fcntl.fcntl(spawned.fd, fcntl.F_DUPFD_CLOEXEC, 3)
    spawned.fileobj.close()
    spawned.closed = True
    return spawned.pid, master


def _rcfile(status: Path, options: Path, watched: Sequence[str], posix: str | None) -> bytes:
    text = resources.files(__package__).joinpath("rcfile.sh").read_text()
    words: dict[str, Callable[[], str]] = {
        "@POSIX_ON@": lambda: "POSIXLY_CORRECT=y",
        "@POSIX_OFF@": lambda: "\\unset -v POSIXLY_CORRECT" if posix is None else _exported(posix),
        "@SET_POSIX@": lambda: "" if posix is None else f"builtin {_exported(posix)}",
        "@STATUS@": lambda: shlex.quote(str(status)),
        "@OPTIONS@": lambda: shlex.quote(str(options)),
        "@TRAPS@": lambda: TRAPS,
        # Nothing is expanded here: a name reference could have this shell evaluate something.
        "@DECLARED@": lambda: f"builtin declare -p {shlex.join(watched)}" if watched else "",
    }
    for word, value in words.items():
        text = text.replace(word, value())
    return os.fsencode(text)


def _exported(posix: str) -> str:
    return f"export POSIXLY_CORRECT={shlex.quote(posix)}"


def _report(text: bytes) -> Report | None:
    nonce, _, rest = text.partition(b" ")
    status, _, directory = rest.partition(b" ")
    if not status.isdigit():
        return None
    return Report(nonce.decode(errors="replace"), int(status), os.fsdecode(directory.removesuffix(b"\n")))


def _wait(pid: int) -> int:
    try:
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except ChildProcessError:  # somebody else in this process has reaped it
        return 255
    return code if code >= 0 else 128 - code
