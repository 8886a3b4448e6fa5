"""How hard a running step has been asked to end, and what the next request is. Pure: it follows the run's events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from . import events as e

Signal = Literal["INT", "TERM", "KILL"]

NEXT: Mapping[Signal | None, Signal] = {None: "INT", "INT": "TERM", "TERM": "KILL", "KILL": "KILL"}
HARDER: Mapping[Signal, str] = {"INT": "again for TERM", "TERM": "again for KILL", "KILL": "the hardest there is"}
WORDS: Mapping[Signal, str] = {"INT": "interrupts", "TERM": "asks it to terminate", "KILL": "kills it"}
REASONS: Mapping[str, str] = {
    "operator": "",
    "timeout": ", because its time is up",
    "recording_failed": ", because the trail cannot be written",
    "host_stopping": ", because the run's own process is stopping",
}


@dataclass(frozen=True, slots=True)
class Ladder:
    """Of one attempt; the next one begins anew."""

    sent: Signal | None = None
    reason: str = "operator"

    @property
    def next(self) -> Signal:
        return NEXT[self.sent]

    @property
    def offer(self) -> str:
        """What the key that interrupts does next, to be put behind the key's name."""
        return WORDS[self.next] if self.sent != "KILL" else "kills it again"

    @property
    def said(self) -> str:
        """What has been sent, and what comes next; empty while nothing was."""
        if self.sent is None:
            return ""
        return f"sent {self.sent} to the step{REASONS[self.reason]} ({HARDER[self.sent]})"


def follow(ladder: Ladder, event: e.Event) -> Ladder:
    """The ladder after one more event of its run."""
    match event:
        case e.InterruptSent():
            return Ladder(event.signal, event.reason)
        case e.StepStarted() | e.StepEnded() | e.StepUnknown():
            return Ladder()
        case _:
            return ladder
