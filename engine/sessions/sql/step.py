"""What a SQL step has said, read and done so far."""

from __future__ import annotations

from ..contract import Fetched, Sink, TerminalMode
from .reading import KEPT_CHARACTERS, Reading

HIDDEN = TerminalMode(echo=False)


class Step:
    """What a step has said and done so far."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._mode = TerminalMode()
        self.statement = ""
        self.writes = False
        self.done = 0
        """Statements carried out."""
        self._fetched: list[Fetched] = []
        self._room = KEPT_CHARACTERS
        self.remark = ""
        """What has to stand in the trail whatever comes of it."""
        self.limit = ""
        """The step's own limit that was reached, in words."""

    @property
    def results(self) -> tuple[Fetched, ...]:
        return tuple(self._fetched)

    def keep(self, reading: Reading) -> None:
        """As values, as far as there is room."""
        fetched, self._room = reading.fetched(self.done + 1, self._room)
        self._fetched.append(fetched)

    def say(self, line: str) -> None:
        self._sink(f"{line}\n".encode(errors="replace"), self._mode)

    def ask(self, text: str) -> None:
        self._sink(text.encode(errors="replace"), HIDDEN)
