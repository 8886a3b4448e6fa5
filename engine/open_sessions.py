"""The sessions of one run, each opened at its first use, and the one that is performing a step."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from .sessions.contract import Session

OPENING_POLL = 0.05
"""Seconds between looks at whether a session that is just being opened has come to nothing."""


class OpenSessions:
    """Any thread may ask; steps are performed on one."""

    def __init__(self, openers: Mapping[str, Callable[[], Session]]) -> None:
        self._openers = openers
        self._opened: dict[str, Session] = {}
        self._size: tuple[int, int] | None = None
        self._idle = threading.Event()
        self._idle.set()
        self._engaged = threading.Event()
        """Set while `_in_flight` is the session that performs the step in flight."""
        self._in_flight: Session | None = None

    def get(self, kind: str) -> Session:
        """Raises what its opener raises."""
        if kind not in self._opened:
            self._opened[kind] = self._openers[kind]()
            if self._size is not None:  # the terminal has changed since the session's opener was made
                self._opened[kind].resize(*self._size)
        return self._opened[kind]

    def find(self, kind: str) -> Session | None:
        """The session as far as it has been opened."""
        return self._opened.get(kind)

    def drop(self, kind: str) -> None:
        """End a session that broke; the next use opens another."""
        self._opened.pop(kind).close()

    def resize(self, columns: int, rows: int) -> None:
        self._size = (columns, rows)
        for session in self._opened.values():
            session.resize(columns, rows)

    def close(self) -> None:
        for session in self._opened.values():
            session.close()

    def step_begins(self) -> None:
        """From its intent on a step is in flight, although its session may have to be opened first."""
        self._idle.clear()

    def step_ended(self) -> None:
        self._engaged.clear()
        self._in_flight = None
        self._idle.set()

    def engage(self, session: Session) -> None:
        """This session performs the step in flight."""
        self._in_flight = session
        self._engaged.set()

    def wait_idle(self, timeout: float | None = None) -> bool:
        """True once no step is in flight."""
        return self._idle.wait(timeout)

    def performing(self) -> Session | None:
        """The session of the step in flight, waiting for it to be open; None when no step is."""
        while not self._idle.is_set():
            if self._engaged.wait(OPENING_POLL) and (session := self._in_flight) is not None:
                return session
        return None
