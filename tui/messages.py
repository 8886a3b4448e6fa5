"""What the bridge tells the screen of a run. Posted from its thread, in the order in which the host told it."""

from __future__ import annotations

from textual.message import Message

from engine.events import Recorded
from engine.state import RunState


class Happened(Message, bubble=False):
    """One event, with the state after it."""

    def __init__(self, recorded: Recorded, state: RunState) -> None:
        super().__init__()
        self.recorded = recorded
        self.state = state


class OutputArrived(Message, bubble=False):
    """There is output to be taken from the bridge."""


class HostEnded(Message, bubble=False):
    """The run's own process has nothing more to tell."""

    def __init__(self, reason: str, *, lost: bool) -> None:
        """`lost`: it went away without a last word."""
        super().__init__()
        self.reason = reason
        self.lost = lost
