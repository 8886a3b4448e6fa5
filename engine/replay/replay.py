"""One past run, ready to be watched."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from ..events import InputSent, RunStarted, StepStarted, TerminalResized
from ..model import Runbook
from ..state import RunState, orphaned
from .history import History
from .marks import Mark
from .outputs import Outputs
from .pace import Gap


@dataclass(frozen=True)
class Replay:
    name: str
    """`run 20260105-…`, or the recording's path."""
    runbook: Runbook
    """As it was walked, as far as that is known."""
    history: History
    marks: tuple[Mark, ...]
    gaps: tuple[Gap, ...]
    outputs: Outputs = field(repr=False)
    duration_us: int
    is_live: bool = False
    """It went on while it was read; what came later is not here."""
    is_dated: bool = True
    """False where nobody knows when it began: moments count from its beginning then, and `now` means nothing."""
    warnings: tuple[str, ...] = ()
    """What of it could not be read, each with its place."""
    complaint: str = ""
    """Why it could not be recorded that somebody looked; empty when it was, or where there is no record."""

    @property
    def title(self) -> str:
        first = self.history.events[0].event
        return first.title if isinstance(first, RunStarted) else ""

    def state(self, at_us: int) -> RunState:
        """The fold up to there. A step that nobody saw the end of is unknown at the end, and was running before."""
        state = self.history.state(at_us)
        return orphaned(state) if at_us >= self.duration_us and not self.is_live else state

    def now(self, at_us: int) -> datetime:
        """What the clock on the wall said: it goes on from the last event, but for what was typed, which is recorded
        later than it happened."""
        place = max(0, self.history.count(at_us) - 1)
        while isinstance(self.history.events[place].event, InputSent):
            place -= 1
        return later(self.history.events[place].stamp.at, at_us - self.history.times[place])

    def size(self, at_us: int) -> tuple[int, int]:
        """Columns and rows of the terminal."""
        return self._sizes[max(0, bisect_right(self._size_times, at_us) - 1)]

    @cached_property
    def starts(self) -> tuple[tuple[int, int], ...]:
        """Moment and number of each attempt, in their order."""
        pairs = zip(self.history.times, self.history.events, strict=True)
        return tuple((at_us, one.event.attempt) for at_us, one in pairs if isinstance(one.event, StepStarted))

    @cached_property
    def _size_times(self) -> list[int]:
        return [at_us for at_us, one in self._resizes]

    @cached_property
    def _sizes(self) -> list[tuple[int, int]]:
        return [size for _, size in self._resizes] or [(80, 24)]

    @cached_property
    def _resizes(self) -> list[tuple[int, tuple[int, int]]]:
        pairs = zip(self.history.times, self.history.events, strict=True)
        return [
            (at_us, (one.event.columns, one.event.rows))
            for at_us, one in pairs
            if isinstance(one.event, RunStarted | TerminalResized)
        ]


def later(at: datetime, us: int) -> datetime:
    """A file may claim to begin at the end of time, which then stands still."""
    try:
        return at + timedelta(microseconds=us)
    except OverflowError:
        return at
