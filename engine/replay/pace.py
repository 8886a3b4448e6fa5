"""How long a run takes to watch: pauses that are too long count less. Pure.

Run time is what the clock showed then; playing time is what passes now, at speed 1. Both are microseconds.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

SHORTEST_US = 100_000
"""Pauses below this are never cut: output is stored in pieces as long."""


class Gap(NamedTuple):
    """Nothing happened and nothing was printed in between."""

    start_us: int
    end_us: int


def gaps_of(times: Iterable[int], end_us: int) -> tuple[Gap, ...]:
    """Between moments in their order, and up to the end, those that are long enough to be cut."""
    found = []
    last = 0
    for at_us in times:
        if at_us - last > SHORTEST_US:
            found.append(Gap(last, at_us))
        last = max(last, at_us)
    if end_us - last > SHORTEST_US:
        found.append(Gap(last, end_us))
    return tuple(found)


class Pace:
    """With an `idle_us`, a longer gap takes that long: its time runs faster, evenly, so that clocks still pass it."""

    def __init__(self, gaps: Sequence[Gap], duration_us: int, idle_us: int | None = None) -> None:
        self.idle_us = idle_us
        self._moments, self._played = [0], [0]
        """Where one pace ends and the next begins, in run time and in playing time."""
        for gap in gaps:
            if idle_us is not None and gap.end_us - gap.start_us > idle_us:
                self._add(gap.start_us, gap.start_us - self._moments[-1])
                self._add(gap.end_us, idle_us)
        self._add(duration_us, duration_us - self._moments[-1])

    def _add(self, moment: int, takes: int) -> None:
        self._moments.append(moment)
        self._played.append(self._played[-1] + takes)

    @property
    def length(self) -> int:
        """In playing time."""
        return self._played[-1]

    def played(self, moment: int) -> int:
        """How far the playing is at a moment of the run."""
        return _between(moment, self._moments, self._played)

    def moment(self, played: int) -> int:
        """Which moment of the run is on when so much has been played."""
        return _between(played, self._played, self._moments)


def _between(value: int, froms: Sequence[int], tos: Sequence[int]) -> int:
    """The same place on the other scale; what lies beyond either end counts as that end."""
    after = bisect_right(froms, value)
    if after == 0:
        return tos[0]
    if after == len(froms):
        return tos[-1]
    low, high = froms[after - 1], froms[after]
    return tos[after - 1] + (value - low) * (tos[after] - tos[after - 1]) // (high - low)
