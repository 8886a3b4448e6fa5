"""The end of a running step's output, kept so that a real terminal can be brought to where the step's own stands."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from copy import deepcopy
from typing import NamedTuple

from engine.feed import Gap, OutputPiece
from engine.output import TerminalFilter

Output = OutputPiece | Gap
KEEP_BYTES = 256 * 1024
"""A full-screen program draws itself anew in a few KiB; what has been cut away it is asked to draw again."""
DRAWS = re.compile(rb"\x1b\[(?:[0-9]*(?:;[0-9]*)?[Hf]|2J)")
"""Addresses the cursor or clears the screen: a program that reads key by key and does that has the whole of it, as
`top` does without ever entering the alternate screen. A line editor moves within its line."""


class FullScreen:
    """Whether the step's program has the whole screen, followed piece by piece."""

    def __init__(self, on: bool = False) -> None:
        self.on = on

    def follow(self, piece: OutputPiece) -> None:
        mode = piece.mode
        if mode.alternate_screen or mode.canonical:
            self.on = mode.alternate_screen
        else:
            self.on = self.on or DRAWS.search(piece.data) is not None


class Replay(NamedTuple):
    """What to show a terminal that takes over now."""

    before: TerminalFilter
    """Has been fed what came before `pieces`; a copy, to be fed with them and with all that follows."""
    pieces: Sequence[OutputPiece]
    is_whole: bool
    """Nothing is missing since the program took the screen, and it has had one size since then."""
    full_screen: bool


class Recent:
    """Of one attempt at a time. Of a program that has the whole screen it goes back to where that began."""

    def __init__(self, keep_bytes: int = KEEP_BYTES) -> None:
        self._keep_bytes = keep_bytes
        self._attempt = 0
        self._screen = FullScreen()
        self._forget()

    @property
    def full_screen(self) -> bool:
        return self._screen.on

    def add(self, piece: OutputPiece) -> None:
        if piece.attempt != self._attempt:
            self._attempt, self._screen = piece.attempt, FullScreen()
            self._forget()
        was_on = self._screen.on
        self._screen.follow(piece)
        if self._screen.on and not was_on:
            self._begin_screen()
        elif was_on and not self._screen.on:
            self._forget()
        self._pieces.append(piece)
        self._kept += len(piece.data)
        while self._kept > self._keep_bytes:
            self._drop()

    def replay(self) -> Replay:
        return Replay(deepcopy(self._before), tuple(self._pieces), self._is_whole, self._screen.on)

    def resized(self) -> None:
        """What was drawn for one size is no picture in another."""
        self._is_whole = False

    def _forget(self) -> None:
        self._pieces: deque[OutputPiece] = deque()
        self._kept = 0
        self._before = TerminalFilter()
        self._is_whole = True

    def _begin_screen(self) -> None:
        """From where the program began to read key by key: it sets its terminal up before it draws."""
        own: list[OutputPiece] = []
        while self._pieces and not self._pieces[-1].mode.canonical:
            own.append(self._pieces.pop())
        self._forget()
        self._pieces.extend(reversed(own))
        self._kept = sum(len(piece.data) for piece in own)

    def _drop(self) -> None:
        """What a full-screen program has set for longer than a screenful stays known."""
        piece = self._pieces.popleft()
        self._kept -= len(piece.data)
        self._is_whole = False
        if self._screen.on:
            self._before.feed(piece.data, full_screen=True)


class Aside:
    """Output that went elsewhere: its end, with a gap in front for what is too far back."""

    def __init__(self, keep_bytes: int) -> None:
        self._keep_bytes = keep_bytes
        self._gap: Gap | None = None
        self._pieces: deque[Output] = deque()
        self._kept = 0

    def add(self, output: Output) -> None:
        self._pieces.append(output)
        self._kept += _size(output)
        while self._kept > self._keep_bytes:
            self._widen(self._pieces.popleft())

    def take(self) -> list[Output]:
        taken = [*([self._gap] if self._gap else []), *self._pieces]
        self._gap, self._kept = None, 0
        self._pieces.clear()
        return taken

    def _widen(self, output: Output) -> None:
        self._kept -= _size(output)
        first = output.offset if isinstance(output, OutputPiece) else output.first
        if self._gap is not None and self._gap.attempt == output.attempt:
            first = self._gap.first
        self._gap = Gap(output.attempt, first, output.end)


def _size(output: Output) -> int:
    return len(output.data) if isinstance(output, OutputPiece) else 0
