"""When a key counts: only after the question has been seen, and only when it was not typed for something else.

A terminal tells no key release, so a key that is held down looks like presses that follow each other fast. Times are
those at which the keys were read, in seconds of a monotonic clock. Pure.
"""

from __future__ import annotations

QUIET_SECONDS = 0.3
"""Typing ahead leaves no such pause, nor does a key that repeats; a reader of a question takes longer anyway."""
ALONE_SECONDS = 0.15
"""A held key repeats within a tenth of a second. Before it first does, most terminals wait longer than `QUIET_SECONDS`,
so the first of its row is told by the second."""


class Settling:
    def __init__(self, quiet: float = QUIET_SECONDS, alone: float = ALONE_SECONDS) -> None:
        self.quiet = quiet
        self.alone = alone
        self._since: float | None = None
        """The question's painting, or the last key that did not count; None before it is painted."""
        self._settled = False

    @property
    def settled(self) -> bool:
        """A key has counted, or `rests` has found nothing in its way."""
        return self._settled

    def begin(self, at: float) -> None:
        """The question was painted, or something was typed that shows that nobody has read it."""
        self._since = at
        self._settled = False

    def counts(self, at: float) -> bool:
        """Whether a key read at this time is an answer. One that is not makes the quiet begin anew."""
        if self.rests(at):
            return True
        if self._since is not None:
            self._since = max(self._since, at)
        return False

    def rests(self, now: float) -> bool:
        """Whether a key would count now."""
        if self._since is not None and now - self._since >= self.quiet:
            self._settled = True
        # Once settled, a key that was read before that and waited in a queue still does not count.
        return self._settled and self._since is not None and now - self._since >= self.quiet

    def left(self, now: float) -> float:
        """Seconds until it may rest; all of them before it is painted."""
        return self.quiet if self._since is None else max(0.0, self._since + self.quiet - now)
