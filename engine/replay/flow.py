"""What happened and what was printed, one after the other, from any moment on."""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import NamedTuple

from ..events import Event, InputSent, Recorded, StepEnded, StepStarted, StepUnknown
from .marks import Mark
from .replay import Replay


class Printed(NamedTuple):
    attempt: int
    data: bytes
    """As the program printed it: to be cleaned before it is shown."""


Told = Recorded | Printed | Mark
"""A mark is a marker, which no event says."""
Happenings = Iterable[tuple[int, Recorded | Mark]]


def flow(replay: Replay, from_us: int = 0) -> Iterator[tuple[int, Told]]:
    """Everything from a moment on, with its moment. Output comes before an event or a marker of its time."""
    history = replay.history
    first = bisect_left(history.times, from_us)
    output = _Output(replay, from_us)
    output.begin(history.after(first).running)
    events: Happenings = zip(history.times[first:], history.events[first:], strict=True)
    markers: Happenings = ((mark.at_us, mark) for mark in replay.marks if mark.is_marker and mark.at_us >= from_us)
    for at_us, one in heapq.merge(events, markers, key=itemgetter(0)):
        event = one.event if isinstance(one, Recorded) else None
        yield from output.before(at_us, event)
        yield at_us, one
        if isinstance(event, StepStarted):
            output.begin(event.attempt)
    yield from output.rest()


class _Output:
    """Of the attempt in flight."""

    def __init__(self, replay: Replay, from_us: int) -> None:
        self._outputs = replay.outputs
        self._from_us = from_us
        self._n_bytes = 0
        self._pieces: Iterator[tuple[int, Printed]] = iter(())
        self._next: tuple[int, Printed] | None = None

    def begin(self, attempt: int | None) -> None:
        if attempt is not None:
            self._n_bytes = self._outputs.size_at(attempt, self._from_us - 1)
            pieces = self._outputs.pieces(attempt, self._from_us)
            self._pieces = ((at_us, Printed(attempt, data)) for at_us, data in pieces)
            self._next = next(self._pieces, None)

    def before(self, at_us: int, event: Event | None) -> Iterator[tuple[int, Told]]:
        """What was printed before an event of that moment; None for a marker."""
        if isinstance(event, StepStarted | StepEnded | StepUnknown):
            return self.rest()
        if isinstance(event, InputSent) and event.after_bytes is not None:
            return self._first(event.after_bytes)
        return self._until(at_us)

    def rest(self) -> Iterator[tuple[int, Told]]:
        while self._next is not None:
            yield self._take(self._next)

    def _until(self, at_us: int) -> Iterator[tuple[int, Told]]:
        while self._next is not None and self._next[0] <= at_us:
            yield self._take(self._next)

    def _first(self, n_bytes: int) -> Iterator[tuple[int, Told]]:
        """What is left of the first so many bytes, to the byte."""
        while self._next is not None and self._n_bytes < n_bytes:
            at_us, printed = self._next
            yield self._take((at_us, printed._replace(data=printed.data[: n_bytes - self._n_bytes])))

    def _take(self, piece: tuple[int, Printed]) -> tuple[int, Told]:
        """The next piece, or its beginning."""
        at_us, printed = piece
        if self._next is not None and (rest := self._next[1].data[len(printed.data) :]):
            self._next = (at_us, printed._replace(data=rest))
        else:
            self._next = next(self._pieces, None)
        self._n_bytes += len(printed.data)
        return piece
