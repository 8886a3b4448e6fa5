"""What happened and what was printed, one after the other, from any moment on."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from ..events import Recorded, StepEnded, StepStarted, StepUnknown
from .replay import Replay


class Printed(NamedTuple):
    attempt: int
    data: bytes
    """As the program printed it: to be cleaned before it is shown."""


Told = Recorded | Printed


def flow(replay: Replay, from_us: int = 0) -> Iterator[tuple[int, Told]]:
    """Everything from a moment on, with its moment. Output comes before an event of its time."""
    history = replay.history
    first = bisect_left(history.times, from_us)
    output = _Output(replay, from_us)
    output.begin(history.after(first).running)
    for at_us, one in zip(history.times[first:], history.events[first:], strict=True):
        is_end = isinstance(one.event, StepStarted | StepEnded | StepUnknown)
        yield from output.rest() if is_end else output.until(at_us)
        yield at_us, one
        if isinstance(one.event, StepStarted):
            output.begin(one.event.attempt)
    yield from output.rest()


class _Output:
    """Of the attempt in flight."""

    def __init__(self, replay: Replay, from_us: int) -> None:
        self._outputs = replay.outputs
        self._from_us = from_us
        self._pieces: Iterator[tuple[int, Printed]] = iter(())
        self._next: tuple[int, Printed] | None = None

    def begin(self, attempt: int | None) -> None:
        if attempt is not None:
            pieces = self._outputs.pieces(attempt, self._from_us)
            self._pieces = ((at_us, Printed(attempt, data)) for at_us, data in pieces)
            self._next = next(self._pieces, None)

    def until(self, at_us: int) -> Iterator[tuple[int, Told]]:
        while self._next is not None and self._next[0] <= at_us:
            yield self._next
            self._next = next(self._pieces, None)

    def rest(self) -> Iterator[tuple[int, Told]]:
        while self._next is not None:
            yield self._next
            self._next = next(self._pieces, None)
