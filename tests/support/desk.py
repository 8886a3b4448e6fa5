"""A SQL session on one database, and what its steps have said."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from engine.sessions.contract import Outcome, Task, Uncommitted
from engine.sessions.sql import SqlSession

SECONDS = 30.0


class Desk:
    def __init__(self, url: str, **options: Any) -> None:
        self.session = SqlSession({"main": url}, **options)
        self._heard: list[bytes] = []
        self._news = threading.Condition()
        self.asked: list[Uncommitted] = []

    @property
    def said(self) -> str:
        """By the latest step."""
        return b"".join(self._heard).decode()

    def run(self, text: str, **details: Any) -> Outcome:
        self._heard = []
        return self.session.run(Task(text, **details), lambda data, _mode: self._hear(data))

    def decided(self, text: str, decision: str, **details: Any) -> Outcome:
        """Held, with this answer to every question."""
        return self.run(text, decide=lambda one: self.asked.append(one) or decision, **details)

    def lines(self, text: str, **details: Any) -> list[str]:
        assert self.run(text, **details).status == "succeeded", self.said
        return self.heard

    @property
    def heard(self) -> list[str]:
        """Without the word of where this is."""
        return [line for line in self.said.splitlines() if not line.startswith("connected to")]

    def value(self, query: str) -> str:
        """Of the only cell."""
        lines = self.lines(query)
        return lines[lines.index("(1 row)") - 1].strip()

    def sees(self, words: str) -> None:
        """Waits until the running step has said it."""
        with self._news:
            assert self._news.wait_for(lambda: words in self.said, SECONDS), self.said

    def _hear(self, data: bytes) -> None:
        with self._news:
            self._heard.append(data)
            self._news.notify_all()


@contextmanager
def opened(url: str, **options: Any) -> Iterator[Desk]:
    one = Desk(url, **options)
    try:
        yield one
    finally:
        one.session.close()


def until(happened: Callable[[], object]) -> None:
    """Nothing tells when a server has got somewhere, so it is asked again and again."""
    deadline = time.monotonic() + SECONDS
    while not happened():
        assert time.monotonic() < deadline
        threading.Event().wait(0.02)
