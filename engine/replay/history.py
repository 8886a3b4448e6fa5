"""The state of a run at any moment: the fold of the events up to there, from the nearest state that was kept. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from ..collector import no_collector
from ..errors import OncueError
from ..events import Recorded
from ..state import RunState, apply, fold

EVERY = 32
"""Events between two states that are kept, as long as there is room: folding so many takes a few milliseconds."""
KEPT_ENTRIES = 2_000_000
"""What all kept states hold together, each counted for itself although they share most of it: enough for every one of
a run of ten thousand events. Of a longer run fewer are kept, further apart."""


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
        self.kept = [RunState()]
        """After none, `_every`, twice `_every` … events."""
        self._every = EVERY
        with no_collector():
            self._keep()
        self._last = (0, RunState())
        """How many events were folded last, into what: whoever plays goes on from there."""

    def _keep(self) -> None:
        state, room = self.kept[0], KEPT_ENTRIES
        for place, event in enumerate(self.events):
            try:
                state = apply(state, event)
            except (KeyError, StopIteration) as error:  # of a file that was edited
                raise DoesNotFollow(place) from error
            if (place + 1) % self._every == 0:
                self.kept.append(state)
                room -= _entries(state)
                while room < 0 and len(self.kept) > 1:
                    self.kept, self._every = self.kept[::2], self._every * 2
                    room = KEPT_ENTRIES - sum(map(_entries, self.kept))

    def count(self, at_us: int) -> int:
        """Events that had happened by then."""
        return bisect_right(self.times, at_us)

    def state(self, at_us: int) -> RunState:
        return self.after(self.count(at_us))

    def after(self, count: int) -> RunState:
        """So many events."""
        known, state = self._last
        kept = min(count, len(self.events)) // self._every
        if not kept * self._every <= known <= count:
            known, state = kept * self._every, self.kept[kept]
        state = fold(self.events[known:count], state)
        self._last = (count, state)
        return state


def _entries(state: RunState) -> int:
    return len(state.steps) + len(state.items) + len(state.attempts) + len(state.notes) + len(state.variables)
