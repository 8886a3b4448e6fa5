"""What two runs differ in: frozen values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from ..state import RunState


class Outputs(Protocol):
    """The recorded outputs of a run."""

    def size(self, attempt: int) -> int: ...

    def read(self, attempt: int, start: int) -> Iterator[bytes]:
        """From byte `start` on, in pieces."""
        ...


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two runs."""

    state: RunState
    outputs: Outputs


@dataclass(frozen=True, slots=True)
class Change:
    """One word or fact that is not the same."""

    before: str
    after: str


class Part(NamedTuple):
    """Some words of a line."""

    sign: str
    """` ` the same · `-` only before · `+` only after."""
    text: str


MARKS: Mapping[str, tuple[str, str]] = {" ": ("", ""), "-": ("[-", "-]"), "+": ("{+", "+}")}
"""Sign → what stands around such words within a line."""


@dataclass(frozen=True, slots=True)
class Line:
    """Of a text or an output."""

    sign: str
    """` ` the same · `-` only before · `+` only after · `~` the same line with other words."""
    text: str
    """What differs within it stands in `MARKS`."""
    parts: tuple[Part, ...] = ()
    """Of a `~` line: the same without the marks, so that none is taken for one that was printed."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Two texts, line by line."""

    lines: tuple[Line, ...] = ()
    """Empty when there is no difference worth telling; stretches that are the same are left out."""
    problem: str = ""
    """What could not be compared, which counts as a difference; empty when all was."""

    def __bool__(self) -> bool:
        return bool(self.lines or self.problem)


@dataclass(frozen=True, slots=True)
class StepDifference:
    title: str
    before_id: str | None
    """None where the first run has no such step."""
    after_id: str | None
    facts: Mapping[str, Change]
    """`status`, `exit status`, `verdict`, `attempts`, `checklist`, … → before and after."""
    durations_ms: tuple[float | None, float | None]
    """Never counted as a difference."""
    text: Compared
    output: Compared

    @property
    def where(self) -> str:
        """`both`, `before` or `after`."""
        if self.before_id is None:
            return "after"
        return "before" if self.after_id is None else "both"

    @property
    def is_same(self) -> bool:
        return self.where == "both" and not (self.facts or self.text or self.output)


@dataclass(frozen=True, slots=True)
class Difference:
    before: RunState
    after: RunState
    facts: Mapping[str, Change]
    """Of the runs as a whole: outcome, document, section, inputs."""
    steps: tuple[StepDifference, ...]

    @property
    def is_same(self) -> bool:
        return not self.facts and all(step.is_same for step in self.steps)
