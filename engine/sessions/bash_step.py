"""One step while it runs: which bytes are its own, what it has been sent, and what is known of its end."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Literal

from .bash_shell import Report
from .contract import Sink
from .processes import Process
from .terminal import AlternateScreen

TAIL = 4096
"""Bytes of an unfinished line that are kept to be shown; a line can be longer than memory."""

Rung = Literal["INT", "HUP", "TERM", "KILL"]
LADDERS: dict[str, tuple[Rung, ...]] = {
    "interrupt": ("INT", "TERM", "KILL"),
    "closing": ("HUP", "TERM", "KILL"),
}


class Between:
    """The step's bytes out of the terminal's: those after one mark and before another, which may come in pieces.

    Marks are needed only where others write at the same time; without them all bytes are the step's.
    """

    def __init__(self) -> None:
        self.start = self.end = b""
        self.before = self.after = 0
        """Bytes outside the marks: of background jobs."""
        self.ended = False
        self._held = b""

    def expect_start(self) -> bytes:
        """The mark to write; what comes before it is not the step's."""
        self.start = new_mark()
        return self.start

    def expect_end(self) -> bytes:
        """The mark to write; what comes after it is not the step's."""
        self.end = self.end or new_mark()
        return self.end

    def feed(self, data: bytes) -> bytes:
        if not self.start and not self.end:
            return data
        data = self._held + data
        self._held = b""
        if self.start:
            data = self._skip_to_start(data)
        if self.ended:
            self.after += len(data)
            return b""
        return self._cut_at_end(data) if self.end and not self.start else data

    def rest(self) -> bytes:
        """What was held back, when no mark will come any more."""
        held, self._held = self._held, b""
        return b"" if self.start else held

    def _skip_to_start(self, data: bytes) -> bytes:
        before, mark, after = data.partition(self.start)
        if mark:
            self.start = b""
            self.before += len(before)
            return after
        self.before += len(self._hold(data, self.start))
        return b""

    def _cut_at_end(self, data: bytes) -> bytes:
        before, mark, after = data.partition(self.end)
        if not mark:
            return self._hold(data, self.end)
        self.ended = True
        self.after += len(after)
        return before

    def _hold(self, data: bytes, mark: bytes) -> bytes:
        """All but what could be the beginning of the mark."""
        split = max(0, len(data) - len(mark) + 1)
        self._held = data[split:]
        return data[:split]


@dataclass(eq=False, slots=True)
class Step:
    """`number` counts the session's steps; `newest` is the last process id given out before this one began."""

    number: int
    sink: Sink
    newest: int
    deadline: float | None
    output: Between = field(default_factory=Between)
    nonces: list[str] = field(default_factory=list)
    screen: AlternateScreen = field(default_factory=AlternateScreen)
    tail: bytes = b""
    taking: bool = False
    """Output is being read, so that `tail` may be behind."""
    report: Report | None = None
    exit_status: int | None = None
    """Of the shell, when the step has ended it."""
    dead: bool = False
    untouched: bool = False
    """The shell had ended before it read anything of the step."""
    unusable: bool = False
    """The shell reported, and then ended, or has something else in the place of its own input."""
    sent_from: int = 0
    """How much had been sent to bash before the lines that perform the step."""
    heard: bool = False
    """It has written something."""
    over: bool = False
    lost: bool = False
    shell_killed: bool = False
    error: BaseException | None = None
    """What the sink raised, or what came up in `run` itself."""
    errors: int = 0
    interrupted: bool = False
    timed_out: bool = False
    typed: bool = False
    typed_interrupt: bool = False
    ladder: str = "interrupt"
    rung: int = 0
    grace: float = 0.0
    due: float | None = None
    """When the next signal is sent without anybody asking."""
    last_due: float | None = None
    """When the shell itself is killed."""
    wound_up: bool = False
    marked: bool = False
    linger_until: float = 0.0
    mark_until: float = 0.0
    wants_interrupt: bool = False
    interrupt_until: float = 0.0
    """When a wanted INT is sent at the latest."""
    receiver: Process | None = None
    """Who read the terminal when INT was sent last."""
    unsure_until: float = 0.0
    """When to see whether the last interrupt was lost; 0 for never."""
    suspicion: int = 0
    asked_again: int = 0
    children: tuple[int, ...] = ()

    @property
    def ending(self) -> bool:
        """The shell is back or gone: nothing may be signalled or typed any more."""
        return self.over or self.dead or self.report is not None

    def new_nonce(self) -> str:
        self.nonces.append(f"{self.number}-{os.urandom(8).hex()}")
        return self.nonces[-1]

    def hurry(self, ladder: str, now: float, grace: float) -> None:
        """Send all the ladder's signals from now on, one every `grace` seconds."""
        self.ladder, self.rung, self.grace = ladder, 0, grace
        self.due = now

    def remember(self, data: bytes) -> None:
        """Keep the text after the last newline."""
        self.heard = True
        newline = data.rfind(b"\n", max(0, len(data) - TAIL))
        if newline >= 0:
            self.tail = data[newline + 1 :]
        else:
            self.tail = (self.tail + data[-TAIL:])[-TAIL:]
        self.screen.feed(data)


def new_mark() -> bytes:
    """Long enough never to be written by chance, and known to nobody before it is written."""
    return b"\x1b_" + os.urandom(12).hex().encode() + b"\x1b\\"
