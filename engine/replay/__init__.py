"""A past run as it happened: any moment of it, from the trail or from a recording alike. Runs nothing.

The state at a moment is the fold of the events up to there, and the output at a moment is a number of bytes: both are
found by an index, so that a jump costs the same wherever it goes.
"""

from .flow import Printed, flow
from .history import History
from .marks import Mark, next_mark
from .opening import open_recording, open_run
from .outputs import Outputs
from .pace import SHORTEST_US, Gap, Pace
from .player import SPEEDS, Player
from .replay import Replay
from .search import Hit, Spot, seek
from .telling import clock, told

__all__ = [
    "SHORTEST_US",
    "SPEEDS",
    "Gap",
    "History",
    "Hit",
    "Mark",
    "Outputs",
    "Pace",
    "Player",
    "Printed",
    "Replay",
    "Spot",
    "clock",
    "flow",
    "next_mark",
    "open_recording",
    "open_run",
    "seek",
    "told",
]
