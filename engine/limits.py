"""How long a statement may wait and run, and how long it waits for its answer: what is in force, and in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from .durations import seconds

UNITS = ((3600, "h"), (60, "min"))


@dataclass(frozen=True, slots=True)
class Limits:
    """In seconds."""

    lock: float = 5.0
    """For somebody else's lock: a statement that waits stands in the way of all who come after it."""
    statement: float = 300.0
    commit: float = 60.0
    """For an answer, while a statement's transaction is open: its locks stand in the way of everybody else."""

    def of(self, attributes: Mapping[str, str]) -> Limits:
        """A step's: its fence's `timeout` is for each of its statements too."""
        named = seconds(attributes.get("timeout", ""))
        return replace(self, statement=named) if named else self

    def sentence(self) -> str:
        """Short, because it stands beside every SQL step."""
        return f"at most {span(self.lock)} for a lock, {span(self.statement)} a statement (or the server's own limits)"


BUILT_IN = Limits()


def span(seconds: float) -> str:
    """`5 s`, `1.5 s`, `5 min`, `90 s`: whole numbers of the largest unit, or else seconds."""
    for size, unit in UNITS:
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g} {unit}"
    return f"{seconds:g} s"
