"""Named points at which a test can have the host killed, as a power cut would, to see what the trail then says."""

from __future__ import annotations

import os
import signal

VARIABLE = "ONCUE_FAULT"
"""`name` or `name:n`: die without a word on the n-th time (default first) the named point is reached."""

POINTS = (
    "before-intent",
    "after-intent",
    "before-session",
    "first-output",
    "after-session",
    "output-ended",
    "before-end",
    "after-end",
)
"""In the order one step reaches them."""

_armed = os.environ.pop(VARIABLE, "").partition(":")  # taken out, so that no step inherits it
_left = int(_armed[2]) if _armed[2].isdigit() else 1


def reach(point: str) -> None:
    global _left  # noqa: PLW0603 - one process, one countdown
    if point == _armed[0]:
        _left -= 1
        if _left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
