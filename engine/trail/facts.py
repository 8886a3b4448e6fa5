"""What one table says about another, collected while its own rows are checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pydantic_core import from_json

from .chain import Row
from .entries import CLOSING
from .layout import EVENT, columns_of

E = columns_of(EVENT)
CLAIMING = frozenset({"step_ended", "step_unknown"})
"""Kinds that state how much output an attempt has."""
TELLING = CLAIMING | CLOSING | {"run_started", "step_started"}


class Mark(NamedTuple):
    """What the ledger says about a run at one moment."""

    no: int
    action: str
    n_events: int
    head: bytes


class Claim(NamedTuple):
    """What an event says about an attempt's output."""

    seq: int
    n_bytes: int
    head: str | None
    """None where it says nothing about it."""


@dataclass(slots=True)
class RunFacts:
    """What a run's events say about its row, its output and the ledger."""

    intact: bool = False
    telling: list[Row] = field(default_factory=list)

    def keeping(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Passes rows on."""
        action, keep = E["action"], self.telling.append
        for row in rows:
            if row[action] in TELLING:
                keep(row)
            yield row

    @property
    def started(self) -> frozenset[int]:
        """Attempts."""
        action, attempt = E["action"], E["attempt"]
        return frozenset(row[attempt] for row in self.telling if row[action] == "step_started")

    @property
    def closings(self) -> list[tuple[str, int]]:
        """Kind and number of each event that the ledger notes too."""
        action, seq = E["action"], E["seq"]
        return [(row[action], row[seq]) for row in self.telling if row[action] in CLOSING]

    def claims(self) -> Iterator[tuple[int, Claim]]:
        """By attempt; an event that cannot be read claims a number of bytes that nothing has."""
        action, seq, attempt, payload = E["action"], E["seq"], E["attempt"], E["payload"]
        for row in self.telling:
            if row[action] in CLAIMING:
                said = _read(row[payload])
                n_bytes = said.get("output_bytes")
                claimed = n_bytes if isinstance(n_bytes, int) else -1
                yield row[attempt], Claim(row[seq], claimed, said.get("output_head"))

    def described(self) -> tuple[Any, ...] | None:
        """The run's row from `title` on, as its first event tells it; None when it does not."""
        first = self.telling[0] if self.telling else None
        if first is None or first[E["action"]] != "run_started":
            return None
        said = _read(first[E["payload"]])
        told = tuple(said.get(name) for name in ("title", "path", "document_sha256", "incident"))
        return (*told, first[E["actor"]], first[E["at"]])


def _read(payload: bytes) -> dict[str, Any]:
    """Empty when it is not an object in JSON."""
    try:
        said = from_json(payload)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
