"""What a code block turns out to be: the pieces that become steps, and how whole blocks are read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from ..model import Problem, StepKind
from ..syntax.shell import Fault, Outline, outline
from .blocks import Code
from .forks import Fork
from .languages import Info


@dataclass(slots=True)
class Piece:
    """One step's worth of a block."""

    kind: StepKind
    text: str
    first: int
    """Source lines, 1-based, both included."""
    last: int
    language: str
    title: str = ""
    prose: str = ""
    guessed: bool = False
    sample: str = ""
    interpreter: str = ""
    broken: Problem | None = None
    fork: Fork | None = None
    unlike: tuple[str, ...] = ()
    """As `Step.unlike`."""
    doubt: Problem | None = None
    """What is worth a word although it runs."""


@dataclass(slots=True)
class Reading:
    """What a block turned out to be. A block that is only `output` has no pieces: it belongs to the step before."""

    pieces: list[Piece]
    info: Info
    output: str = ""
    problem: Problem | None = None


def whole(code: Code, info: Info, kind: StepKind) -> Piece:
    return Piece(kind, code.text.strip("\n"), code.first, code.last, info.language)


def template(code: Code, info: Info) -> Reading:
    return Reading([whole(code, info, "template")] if code.text.strip() else [], info)


@lru_cache(maxsize=512)
def outline_of(text: str) -> Outline:
    """The same block often stands in a document many times."""
    return outline(text)


def maybe_problem(fault: Fault | None, first_line: int) -> Problem | None:
    return Problem(first_line + fault.row, fault.code, fault.message) if fault else None
