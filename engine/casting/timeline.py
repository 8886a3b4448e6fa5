"""One time line for a run that may have lived in several hosts, boots and machines.

Within a boot the monotonic clock counts, between two boots the wall clock. It never runs backwards, whatever was done
to either of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ..events import Stamp

MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Anchor:
    """One moment on two clocks."""

    boot_id: str
    mono_ns: int
    at_us: int

    def at(self, mono_ns: int) -> int:
        """Of a moment of the same boot."""
        return self.at_us + (mono_ns - self.mono_ns) // 1000


class Timeline:
    def __init__(self, first: Stamp) -> None:
        self._begin: datetime = first.at
        self._anchor = Anchor(first.boot_id, first.mono_ns, 0)
        self._now_us = 0

    def pass_to(self, stamp: Stamp) -> int:
        """Microseconds since the first event; the line goes on from there."""
        if stamp.boot_id == self._anchor.boot_id:
            at_us = self._anchor.at(stamp.mono_ns)
        else:
            at_us = (stamp.at - self._begin) // MICROSECOND
        self._now_us = max(self._now_us, at_us)
        if stamp.boot_id != self._anchor.boot_id:
            self._anchor = Anchor(stamp.boot_id, stamp.mono_ns, self._now_us)
        return self._now_us

    @property
    def anchor(self) -> Anchor:
        """For what has no stamp of its own: output carries its host's monotonic time only."""
        return self._anchor


def length_us(stamps: list[Stamp]) -> int:
    timeline = Timeline(stamps[0])
    return max(map(timeline.pass_to, stamps))
