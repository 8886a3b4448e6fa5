"""The end of a running step's output, kept so that a real terminal can be brought to where the step's own stands."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from copy import deepcopy
from typing import NamedTuple

from engine.feed import Gap, OutputPiece
from engine.output import TerminalFilter

Output = OutputPiece | Gap
KEEP_BYTES = 256 * 1024
"""A full-screen program draws itself anew in a few KiB; what has been cut away it is asked to draw again."""


class Replay(NamedTuple):
    """What to show a terminal that takes over now."""

    before: TerminalFilter
    """Has been fed what came before `pieces`; a copy, to be fed with them and with all that follows."""
    pieces: Sequence[OutputPiece]
    is_whole: bool
    """Nothing is missing since the program took the screen."""
    alternate_screen: bool
    canonical: bool


class Recent:
    """Of one attempt at a time. In the alternate screen it goes back to where the program entered it."""

    def __init__(self, keep_bytes: int = KEEP_BYTES) -> None:
        self._keep_bytes = keep_bytes
        self._attempt = 0
        self._forget()

    def add(self, piece: OutputPiece) -> None:
        if piece.attempt != self._attempt:
            self._attempt = piece.attempt
            self._forget()
        elif piece.mode.alternate_screen != self._last_alternate:
            self._forget()
        self._pieces.append(piece)
        self._kept += len(piece.data)
        while self._kept > self._keep_bytes:
            self._drop()

    @property
    def _last_alternate(self) -> bool:
        return bool(self._pieces) and self._pieces[-1].mode.alternate_screen

    def replay(self) -> Replay:
        canonical = self._pieces[-1].mode.canonical if self._pieces else True
        return Replay(deepcopy(self._before), tuple(self._pieces), self._is_whole, self._last_alternate, canonical)

    def _forget(self) -> None:
        self._pieces: deque[OutputPiece] = deque()
        self._kept = 0
        self._before = TerminalFilter()
        self._is_whole = True

    def _drop(self) -> None:
        """What a full-screen program has set for longer than a screenful stays known."""
        piece = self._pieces.popleft()
        self._kept -= len(piece.data)
        self._is_whole = False
        if piece.mode.alternate_screen:
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
