"""A short command outside of the run's shell, to look something up: nothing to type into, little to say, soon over."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

OUTPUT_LIMIT = 65_536
"""Bytes kept; what a command says beyond them is read and dropped, so that it does not wait for ever."""
GRACE_SECONDS = 0.2
"""Between the command's end and the end of what it left behind with its output still open."""
LEFT_OUT = frozenset({"BASH_ENV", "ENV", "SHELLOPTS", "BASHOPTS", "PROMPT_COMMAND", "PS4", "BASH_XTRACEFD", "CDPATH"})
"""They would run something else first, or change what the command's words mean."""
DEFAULTS = {"PAGER": "cat", "GIT_PAGER": "cat"}


@dataclass(frozen=True, slots=True)
class Probed:
    """How it went. `message` is empty when all is well, else one sentence for the operator."""

    status: int | None
    """128 + n for signal n; None when it could not be started or was stopped."""
    output: bytes
    """Standard output, at most `OUTPUT_LIMIT`."""
    timed_out: bool
    message: str


def probe(command: str, *, environment: Mapping[str, str], directory: str, timeout: float) -> Probed:
    """Run it in a bash of its own and wait, so many seconds at most; then it is ended with all of its group.

    Exported functions are not handed on, so that its words mean what they were judged to mean. Never raises for what
    the command does.
    """
    if "\0" in command:
        return Probed(None, b"", False, "it holds a NUL byte, which no shell can take")
    try:
        process = _start(command, _clean(environment), directory)
    except OSError as error:
        place = f": {error.filename}" if error.filename and error.filename == directory else ""
        return Probed(None, b"", False, f"it could not be started: {error.strerror or error}{place}")
    try:
        return _follow(process, timeout)
    finally:
        _end(process)


def _clean(environment: Mapping[str, str]) -> dict[str, str]:
    kept = {
        name: value
        for name, value in environment.items()
        if name not in LEFT_OUT and not name.startswith("BASH_FUNC_") and "\0" not in value
    }
    return {**DEFAULTS, **kept, **DEFAULTS}


def _start(command: str, environment: Mapping[str, str], directory: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        ["bash", "--noprofile", "--norc", "-c", command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(environment),
        cwd=directory or None,
        start_new_session=True,
    )


def _follow(process: subprocess.Popen[bytes], timeout: float) -> Probed:
    deadline = time.monotonic() + timeout
    output, complaint = bytearray(), bytearray()
    over = _read(process, output, complaint, deadline)
    if not over:
        return Probed(None, bytes(output), True, f"it was not done after {timeout:g} seconds and was ended")
    status = process.returncode if process.returncode >= 0 else 128 - process.returncode
    return Probed(status, bytes(output), False, _message(status, complaint))


def _read(process: subprocess.Popen[bytes], output: bytearray, complaint: bytearray, deadline: float) -> bool:
    """Until the command is over. What it leaves in the background may hold the pipes open a little longer."""
    with selectors.DefaultSelector() as selector:
        for stream, kept in ((process.stdout, output), (process.stderr, complaint)):
            assert stream is not None  # noqa: S101 - asked for above
            os.set_blocking(stream.fileno(), False)
            selector.register(stream, selectors.EVENT_READ, kept)
        pidfd = os.pidfd_open(process.pid)
        try:
            selector.register(pidfd, selectors.EVENT_READ)
            return _drain(process, selector, deadline)
        finally:
            os.close(pidfd)


def _drain(process: subprocess.Popen[bytes], selector: selectors.BaseSelector, deadline: float) -> bool:
    ended = False
    while len(selector.get_map()) > (0 if ended else 1) or not ended:
        left = deadline - time.monotonic()
        ready = selector.select(max(0.0, left))
        if not ready:
            return ended
        for key, _ in ready:
            if key.data is None:
                selector.unregister(key.fd)
                process.wait()
                ended, deadline = True, min(deadline, time.monotonic() + GRACE_SECONDS)
            elif not _take(key.fd, key.data):
                selector.unregister(key.fileobj)
    return True


def _take(fd: int, kept: bytearray) -> bool:
    """What can be read now; False at its end."""
    try:
        data = os.read(fd, OUTPUT_LIMIT)
    except BlockingIOError:
        return True
    kept += data[: max(0, OUTPUT_LIMIT - len(kept))]
    return bool(data)


def _message(status: int, complaint: bytearray) -> str:
    if status == 0:
        return ""
    last = complaint.decode(errors="replace").strip().rsplit("\n", 1)[-1].strip()
    return f"it ended with status {status}{f': {last}' if last else ''}"


def _end(process: subprocess.Popen[bytes]) -> None:
    """The whole group, also after an ordinary end: a proposal leaves nothing running."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()
