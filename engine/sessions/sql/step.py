"""What a SQL step has said, read and done so far."""

from __future__ import annotations

import threading

from ...output import visible
from ..contract import Fetched, Sink, TerminalMode
from .reading import KEPT_CHARACTERS, Reading

HIDDEN = TerminalMode(echo=False)


class Step:
    """What a step has said and done so far."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._turn = threading.Lock()
        """What cannot be cancelled is said while something else may be."""
        self._mode = TerminalMode()
        self.statement = ""
        self.writes = False
        self.is_held = False
        """It waits in a transaction of its own to be kept."""
        self.done = 0
        """Statements carried out."""
        self._fetched: list[Fetched] = []
        self._room = KEPT_CHARACTERS
        self.remark = ""
        """What has to stand in the trail whatever comes of it."""
        self.limit = ""
        """The step's own limit that was reached, in words."""
        self.cut = ""
        """The connection was cut: how to see what the server still does; empty for no."""

    @property
    def results(self) -> tuple[Fetched, ...]:
        return tuple(self._fetched)

    def keep(self, reading: Reading) -> None:
        """As values, as far as there is room."""
        fetched, self._room = reading.fetched(self.done + 1, self._room)
        self._fetched.append(fetched)

    def say(self, line: str) -> None:
        """What came from the server may hold anything, and no terminal is to obey it."""
        shown = "\n".join(map(visible, line.split("\n")))
        with self._turn:
            self._sink(f"{shown}\n".encode(errors="replace"), self._mode)

    def ask(self, text: str) -> None:
        with self._turn:
            self._sink(visible(text).encode(errors="replace"), HIDDEN)
