"""Commit or roll back: a question that waits for its answer, and not longer than somebody is there to give one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Literal

from .events import CommitDecision

ABSENCE_SECONDS = 20.0
"""How long a question stands that nobody is there to answer: time to log in again after a lost connection, and no more,
because its locks stand in the way of everybody else."""


class Decision:
    def __init__(self, seconds: float, is_alone: Callable[[], bool], absence: float) -> None:
        """`is_alone` answers whether everybody who was there has gone, which is borne for `absence` seconds; whoever
        knows that it has changed says so by `look_again`."""
        self._deadline = time.monotonic() + seconds
        self._is_alone = is_alone
        self._absence = absence
        self._alone_since: float | None = None
        self._answer: CommitDecision | None = None
        self._changed = threading.Condition()

    def answer(self, answer: CommitDecision) -> None:
        """The first one counts."""
        with self._changed:
            self._answer = self._answer or answer
            self._changed.notify_all()

    def look_again(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def wait(self) -> CommitDecision | Literal["time", "absence"]:
        """The answer, or why there is none."""
        with self._changed:
            while self._answer is None:
                now = time.monotonic()
                until = min(self._deadline, self._given_up_at(now))
                if now >= until:
                    return "time" if until == self._deadline else "absence"
                self._changed.wait(until - now)
            return self._answer

    def answered(self) -> CommitDecision:
        """Waits for it, however long."""
        with self._changed:
            self._changed.wait_for(lambda: self._answer is not None)
            assert self._answer is not None  # noqa: S101 - waited for
            return self._answer

    def _given_up_at(self, now: float) -> float:
        if not self._is_alone():
            self._alone_since = None
            return self._deadline
        self._alone_since = self._alone_since or now
        return self._alone_since + self._absence
