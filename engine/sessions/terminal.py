"""What the kernel knows about a pseudo-terminal: its modes, size, foreground group and unread input."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import select
import signal
import struct
import termios
import time
from contextlib import suppress
from typing import Any

from .contract import TerminalMode

# Not in the `termios` module; the numbers are the kernel's for every architecture but alpha, mips, powerpc and sparc.
TIOCGPTN = 0x80045430
TIOCGPTPEER = 0x5441
TIOCSIG = 0x40045436

IFLAG, LFLAG, CC = 0, 3, 6
"""Places in the list that `termios.tcgetattr` answers."""

Attributes = list[Any]

SCREEN_SWITCH = re.compile(rb"\x1b\[\?([0-9;]*)([hl])")
SCREEN_NUMBERS = {b"47", b"1047", b"1049"}
UNFINISHED = re.compile(rb"\x1b(?:\[(?:\?[0-9;]{0,24})?)?\Z")
"""The beginning of a switch at the end of a read; its rest comes with the next one."""


class AlternateScreen:
    """Watches output for programs that take the whole screen, also when a switch is split between two reads."""

    def __init__(self) -> None:
        self.on = False
        self._held = b""

    def feed(self, data: bytes) -> None:
        if self._held:
            data = self._held + data
        elif b"\x1b" not in data:
            return
        for numbers, action in SCREEN_SWITCH.findall(data):
            if not SCREEN_NUMBERS.isdisjoint(numbers.split(b";")):
                self.on = action == b"h"
        unfinished = UNFINISHED.search(data, max(0, len(data) - 32))
        self._held = unfinished.group() if unfinished else b""


def attributes(fd: int) -> Attributes:
    return termios.tcgetattr(fd)


def mode(fd: int, alternate_screen: bool) -> TerminalMode:
    """The mode of the terminal behind the master `fd`; the default one when it has been hung up."""
    try:
        local = termios.tcgetattr(fd)[LFLAG]
    except termios.error:
        return TerminalMode(alternate_screen=alternate_screen)
    return TerminalMode(bool(local & termios.ECHO), bool(local & termios.ICANON), alternate_screen)


def interrupts(fd: int) -> bytes:
    """The characters that send a signal when typed; empty in a mode where none does."""
    now = termios.tcgetattr(fd)
    if not now[LFLAG] & termios.ISIG:
        return b""
    return b"".join(now[CC][place] for place in (termios.VINTR, termios.VQUIT))


def restore(fd: int, sane: Attributes) -> None:
    """Undo `stty raw`, `stty -echo` and the like."""
    if termios.tcgetattr(fd) != sane:
        termios.tcsetattr(fd, termios.TCSANOW, sane)


def release(fd: int, sane: Attributes) -> None:
    """Let output flow again after a typed Ctrl-S: the kernel does when IXON goes off."""
    flowing = [*sane]
    flowing[IFLAG] &= ~termios.IXON
    termios.tcsetattr(fd, termios.TCSANOW, flowing)
    termios.tcsetattr(fd, termios.TCSANOW, sane)


def discard_input(master: int, peer: int, sane: Attributes) -> None:
    """Throw away what was typed and not read.

    A flush empties only the first 4 KiB; what waits behind it arrives afterwards, so all of it is read away, in a
    mode in which unfinished lines can be read.
    """
    raw = [*sane]
    raw[IFLAG] &= ~termios.IXON  # and let output flow that a typed Ctrl-S has stopped
    raw[LFLAG] &= ~(termios.ICANON | termios.ECHO | termios.ISIG)
    raw[CC] = [*sane[CC]]
    raw[CC][termios.VMIN] = 1
    raw[CC][termios.VTIME] = 0
    termios.tcsetattr(master, termios.TCSANOW, raw)
    with suppress(OSError):  # EAGAIN: nothing is left; EIO: the terminal is gone and its input with it
        while os.read(peer, 65536):
            pass
    termios.tcsetattr(master, termios.TCSANOW, sane)


def type_into(master: int, data: bytes, patience: float) -> int:
    """How many bytes the terminal took in so many seconds. More than it can hold it takes only as they are read."""
    written = 0
    until = time.monotonic() + patience
    while written < len(data):
        try:
            written += os.write(master, data[written:])
        except BlockingIOError:
            left = until - time.monotonic()
            if left <= 0 or not ready(master, select.POLLOUT, left):
                break
        except OSError:  # hung up
            break
    return written


def ready(fd: int, event: int, timeout: float) -> bool:
    """Whether a descriptor of any number is ready, now or within so many seconds."""
    poll = select.poll()
    poll.register(fd, event)
    return bool(poll.poll(timeout * 1000))


def open_peer(master: int) -> int:
    """The terminal's own side, without making it anybody's controlling terminal."""
    flags = os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        return fcntl.ioctl(master, TIOCGPTPEER, flags)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTTY):
            raise
    number = struct.unpack("I", fcntl.ioctl(master, TIOCGPTN, bytes(4)))[0]
    return os.open(f"/dev/pts/{number}", flags)


def set_size(master: int, columns: int, rows: int) -> None:
    termios.tcsetwinsize(master, (rows, columns))


def foreground(master: int) -> int | None:
    """The process group that reads the terminal, or None when nobody does."""
    try:
        return os.tcgetpgrp(master) or None
    except OSError:
        return None


def interrupt_foreground(master: int) -> None:
    """INT to the foreground group, by the kernel: no process id is involved, and another user's process gets it too."""
    with suppress(OSError):  # hung up: nobody is there
        fcntl.ioctl(master, TIOCSIG, int(signal.SIGINT))
