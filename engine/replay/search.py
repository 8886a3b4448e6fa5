"""A text sought through every output of a run, in the order in which they were printed, on either side of a place."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from ..scrollback import BLOCK, Needle, find_line
from ..scrollback.search import Stop
from .outputs import Outputs, Page


class Spot(NamedTuple):
    """A byte of an output."""

    attempt: int
    byte: int


class Hit(NamedTuple):
    spot: Spot
    """Where the line begins that shows it."""
    at_us: int
    """When all of that line had been printed."""
    is_around: bool
    """The search went past the end and on from the other one."""


def seek(outputs: Outputs, needle: Needle, spot: Spot, *, forward: bool, stop: Stop) -> Hit | None:
    """The first line after the spot, or the last before it; then on from the other end. `stop` is told bytes passed."""
    with outputs.pages() as page:
        passed = 0
        for attempt, place, is_around in _places(outputs, spot, forward=forward):
            size = outputs.size(attempt)
            read, stopped = partial(_read, page, attempt), partial(_stopped, stop, passed)
            found = find_line(read, size, needle, place, forward=forward, stop=stopped)
            if found is not None:
                last = found + max(1, _length(page, attempt, found)) - 1
                return Hit(Spot(attempt, found), outputs.time_of(attempt, last), is_around)
            passed += size
            if stop(passed):
                return None
    return None


def _read(page: Page, attempt: int, first: int, end: int) -> bytes:
    return page(attempt, first, end - first)


def _stopped(stop: Stop, passed: int, reached: int) -> bool:
    return stop(passed + reached)


def _places(outputs: Outputs, spot: Spot, *, forward: bool) -> Iterator[tuple[int, int, bool]]:
    """Attempt, byte from which it is sought there, and whether that is past the end."""
    order = sorted(outputs.indexes)
    turned = order if forward else order[::-1]
    later = [one for one in turned if (one > spot.attempt if forward else one < spot.attempt)]
    earlier = [one for one in turned if (one < spot.attempt if forward else one > spot.attempt)]
    if spot.attempt in outputs.indexes:
        yield spot.attempt, spot.byte, False
    for attempts, is_around in ((later, False), (earlier, True)):
        for attempt in attempts:
            yield attempt, _outside(outputs, attempt, forward=forward), is_around
    if spot.attempt in outputs.indexes:
        yield spot.attempt, _outside(outputs, spot.attempt, forward=forward), True


def _outside(outputs: Outputs, attempt: int, *, forward: bool) -> int:
    return -1 if forward else outputs.size(attempt) + 1


def _length(page: Page, attempt: int, start: int) -> int:
    """Of the line that begins there, without its end; of a longer one, so much of it as is shown as one."""
    data = page(attempt, start, BLOCK)
    end = data.find(b"\n")
    return len(data) if end < 0 else end
