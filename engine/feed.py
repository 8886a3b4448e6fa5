"""What the watchers of a live run read: every event since the first, and the output of the latest attempts.

Each watcher has a `Cursor` and its own pace, so a slow terminal never slows the step. Output is kept in a bounded
ring; a watcher that falls off its end gets a `Gap`, never wrong bytes: the trail has them all.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, replace

from .events import CommitAsked, Recorded, StepEnded, StepStarted
from .sessions.contract import TerminalMode

KEEP_BYTES = 4 * 1024 * 1024
"""A fast terminal drains this in a tenth of a second; a slow one is better served by the end than by the middle."""
JOIN_BYTES = 64 * 1024
"""A read of a PTY brings 4 KiB at most; reads are joined up to here, so that a flood costs few wake-ups."""


@dataclass(frozen=True, slots=True)
class OutputPiece:
    attempt: int
    offset: int
    data: bytes
    mode: TerminalMode

    @property
    def end(self) -> int:
        return self.offset + len(self.data)


@dataclass(frozen=True, slots=True)
class Gap:
    """Bytes of an attempt's output that this watcher was too slow for."""

    attempt: int
    first: int
    end: int


Piece = Recorded | OutputPiece | Gap


@dataclass(slots=True)
class Cursor:
    """Where one watcher stands. `events` counts the events read; `offset` is within `attempt`'s output."""

    events: int = 0
    attempt: int = 0
    offset: int = 0
    most_behind: int | None = None
    """Bytes of output this watcher wants to be behind at most; what is further back becomes a `Gap`."""


class Feed:
    def __init__(self, keep_bytes: int = KEEP_BYTES) -> None:
        self._events: list[Recorded] = []
        self._pieces: deque[OutputPiece] = deque()
        self._kept = 0
        self._keep_bytes = keep_bytes
        self._totals: dict[int, int] = {}
        self._closed = False
        self._changed = threading.Condition()

    def __len__(self) -> int:
        return len(self._events)

    def add(self, recorded: Recorded) -> None:
        with self._changed:
            self._events.append(recorded)
            self._changed.notify_all()

    def add_output(self, attempt: int, data: bytes, mode: TerminalMode) -> None:
        with self._changed:
            offset = self._totals.get(attempt, 0)
            self._totals[attempt] = offset + len(data)
            self._keep(OutputPiece(attempt, offset, data, mode))
            self._changed.notify_all()

    def _keep(self, piece: OutputPiece) -> None:
        last = self._pieces[-1] if self._pieces else None
        if last and (last.attempt, last.mode) == (piece.attempt, piece.mode) and len(last.data) < JOIN_BYTES:
            self._pieces[-1] = replace(last, data=last.data + piece.data)
        else:
            self._pieces.append(piece)
        self._kept += len(piece.data)
        while self._kept > self._keep_bytes and len(self._pieces) > 1:
            self._kept -= len(self._pieces.popleft().data)

    def close(self) -> None:
        """No more will come; watchers that have read everything get None."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def next(self, cursor: Cursor, timeout: float | None = None) -> Piece | None:
        """The watcher's next piece; None when the feed is closed and read, or after `timeout` seconds of silence."""
        with self._changed:
            piece = self._take(cursor)
            if piece is None and not self._closed:
                self._changed.wait_for(lambda: self._closed or self._ready(cursor), timeout)
                piece = self._take(cursor)
            return piece

    @property
    def closed(self) -> bool:
        return self._closed

    def _ready(self, cursor: Cursor) -> bool:
        return cursor.events < len(self._events) or self._behind(cursor)

    def _behind(self, cursor: Cursor) -> bool:
        return cursor.offset < self._totals.get(cursor.attempt, 0)

    def _take(self, cursor: Cursor) -> Piece | None:
        if cursor.events < len(self._events):
            recorded = self._events[cursor.events]
            if not (isinstance(recorded.event, StepEnded | CommitAsked) and self._behind(cursor)):
                cursor.events += 1
                if isinstance(recorded.event, StepStarted):
                    cursor.attempt, cursor.offset = recorded.event.attempt, 0
                return recorded
        return self._take_output(cursor) if self._behind(cursor) else None

    def _take_output(self, cursor: Cursor) -> OutputPiece | Gap:
        total = self._totals[cursor.attempt]
        wanted = cursor.offset if cursor.most_behind is None else max(cursor.offset, total - cursor.most_behind)
        piece = next((p for p in self._pieces if p.attempt == cursor.attempt and p.end > wanted), None)
        start = max(wanted, piece.offset) if piece else total
        if piece is None or start > cursor.offset:
            gap = Gap(cursor.attempt, cursor.offset, start)
            cursor.offset = start
            return gap
        fresh = replace(piece, offset=start, data=piece.data[start - piece.offset :])
        cursor.offset = fresh.end
        return fresh
