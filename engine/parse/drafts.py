"""Steps and choices while they are still being put together: the same words as the model, but open to change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..model import NOTHING, Problem, StepKind, Suggestion


@dataclass(slots=True, eq=False)
class OptionDraft:
    label: str
    first: int
    last: int
    is_used: bool = False
    """A step stands under it."""


@dataclass(slots=True, eq=False)
class ChoiceDraft:
    title: str
    section: tuple[str, ...]
    options: list[OptionDraft] = field(default_factory=list)


@dataclass(slots=True)
class ItemDraft:
    text: str
    first: int
    last: int
    depth: int
    ticked: bool
    suggestions: list[Suggestion] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Draft:
    kind: StepKind
    title: str
    first: int
    last: int
    text: str = ""
    language: str = ""
    guessed: bool = False
    prose: str = ""
    items: list[ItemDraft] = field(default_factory=list)
    options: list[OptionDraft] = field(default_factory=list)
    sample: str = ""
    expectation: str = ""
    interpreter: str = ""
    suggestions: list[Suggestion] = field(default_factory=list)
    attributes: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    broken: Problem | None = None
    unlike: tuple[str, ...] = ()

    @property
    def runs(self) -> bool:
        return self.kind in {"shell", "sql"}


@dataclass(slots=True, eq=False)
class Gate:
    """A checklist, before it is known which step it holds."""

    title: str
    items: list[ItemDraft]
    prose: str
    options: list[OptionDraft]


@dataclass(slots=True, eq=False)
class Hint:
    """Commands in the prose of a section, before it is known which step they belong to."""

    title: str
    suggestions: list[Suggestion]
    first: int
    last: int
    prose: str
    options: list[OptionDraft]


Event = Draft | Gate | Hint


def add_prose(draft: Draft, prose: str) -> None:
    """Prose that stands before what the draft already has."""
    if prose.strip():
        draft.prose = f"{prose}\n\n{draft.prose}" if draft.prose.strip() else prose


def add_expectation(draft: Draft, text: str) -> None:
    text = text.strip("\n")
    draft.expectation = f"{draft.expectation}\n{text}" if draft.expectation else text
