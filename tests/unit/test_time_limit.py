"""The time a SQL step has: it stands still while its operator decides."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.events import CommitDecision
from engine.sessions.contract import Uncommitted
from engine.sessions.sql import time_limit
from engine.sessions.sql.time_limit import TimeLimit

ASKED = Uncommitted("DELETE FROM orders", 1)


class Timers:
    """In place of `threading.Timer`: what runs now, with its seconds."""

    def __init__(self) -> None:
        self.running: list[float] = []

    def __call__(self, seconds: float, _function: Callable[..., None], _values: tuple[float, ...]) -> Timers:
        self._seconds = seconds
        return self

    def start(self) -> None:
        self.running.append(self._seconds)

    def cancel(self) -> None:
        self.running.clear()


@pytest.fixture
def timers(monkeypatch: pytest.MonkeyPatch) -> Timers:
    made = Timers()
    monkeypatch.setattr(time_limit.threading, "Timer", made)
    return made


def test_no_time_passes_while_somebody_decides(timers: Timers) -> None:
    seen: list[list[float]] = []

    def decide(_asked: Uncommitted) -> CommitDecision:
        seen.append(list(timers.running))
        return "commit"

    with TimeLimit(60, lambda _seconds: None) as limit:
        asks = limit.around(decide)
        assert asks is not None
        assert timers.running == [60]
        assert asks(ASKED) == "commit"
        assert seen == [[]]
        assert timers.running[0] <= 60, "what was left goes on"
    assert timers.running == []


def test_without_a_limit_or_a_question_there_is_nothing_to_stop(timers: Timers) -> None:
    with TimeLimit(None, lambda _seconds: None) as limit:
        assert limit.around(None) is None
        assert timers.running == []
