"""A step's own time limit, which stands still while its operator decides."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from ...events import CommitDecision
from ..contract import Decide, Uncommitted


class TimeLimit:
    """Runs from `start` to `stop`; `run_out` is called at most once, on a thread of its own."""

    def __init__(self, seconds: float | None, run_out: Callable[[float], None]) -> None:
        """None for no limit."""
        self._seconds = seconds
        self._left = seconds or 0.0
        self._run_out = run_out
        self._timer: threading.Timer | None = None
        self._began = 0.0

    def __enter__(self) -> TimeLimit:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        if self._seconds is None:
            return
        self._began = time.monotonic()
        self._timer = threading.Timer(self._left, self._run_out, (self._seconds,))
        self._timer.daemon = True
        self._timer.start()

    def stop(self) -> None:
        if self._timer is None:
            return
        self._timer.cancel()
        self._timer = None
        self._left = max(0.0, self._left - (time.monotonic() - self._began))

    def around(self, decide: Decide | None) -> Decide | None:
        """What the operator is asked, outside of the time."""
        if decide is None:
            return None
        asks = decide

        def asked(uncommitted: Uncommitted) -> CommitDecision:
            self.stop()
            try:
                return asks(uncommitted)
            finally:
                self.start()

        return asked
