"""The state of a run at any moment: the fold of the events up to there, from the nearest state that was kept. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from ..collector import no_collector
from ..errors import OncueError
from ..events import Recorded
from ..state import RunState, apply, fold

EVERY = 32
"""Events between two states that are kept: folding so many takes a few milliseconds in a run of ten thousand, of which
the kept ones take some twenty megabytes."""


class DoesNotFollow(OncueError):
    """An event that cannot have happened after those before it."""

    def __init__(self, place: int) -> None:
        """`place` counts the events from 0."""
        self.place = place
        super().__init__(f"event {place + 1} of the run does not follow from those before it")


class History:
    """Folds everything once, when it is made. `times` never run backwards."""

    def __init__(self, events: Sequence[Recorded], times: Sequence[int]) -> None:
        """`DoesNotFollow` for the first event that does not."""
        self.events = events
        self.times = times
        """Microseconds since the beginning, one for each event."""
        self._kept = [RunState()]
        with no_collector():
            for first in range(0, len(events), EVERY):
                self._kept.append(self._checked(first))
        self._last = (0, RunState())
        """How many events were folded last, into what: whoever plays goes on from there."""

    def _checked(self, first: int) -> RunState:
        state = self._kept[-1]
        for place in range(first, min(first + EVERY, len(self.events))):
            try:
                state = apply(state, self.events[place])
            except (KeyError, StopIteration) as error:  # of a file that was edited
                raise DoesNotFollow(place) from error
        return state

    def count(self, at_us: int) -> int:
        """Events that had happened by then."""
        return bisect_right(self.times, at_us)

    def state(self, at_us: int) -> RunState:
        return self.after(self.count(at_us))

    def after(self, count: int) -> RunState:
        """So many events."""
        known, state = self._last
        kept = min(count // EVERY, len(self._kept) - 1)
        if not kept * EVERY <= known <= count:
            known, state = min(kept * EVERY, len(self.events)), self._kept[kept]
        state = fold(self.events[known:count], state)
        self._last = (count, state)
        return state
