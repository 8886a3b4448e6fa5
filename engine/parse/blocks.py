"""The Markdown blocks of a document as a tree, each with its 1-based source lines: what the rules of steps read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(slots=True)
class Heading:
    first: int
    last: int
    level: int
    text: str


@dataclass(slots=True)
class Paragraph:
    first: int
    last: int
    text: str
    """Inline Markdown as written, lines without their indentation."""


@dataclass(slots=True)
class Code:
    first: int
    last: int
    """With the lines of the fence markers, where there are any."""
    text: str
    """Indentation of the container removed; ends without a newline."""
    info: str
    fenced: bool
    closed: bool = True
    skipped: int = 0
    """Lines at the top of the fence that are options of a directive and not part of `text`."""
    is_misplaced: bool = False
    """A fence that is indented so far that Markdown reads it, markers and all, as plain text."""
    nested_fence: int | None = None
    """Line of a fence that opens inside this one, which means that this one was probably never closed."""

    @property
    def body_first(self) -> int:
        """Line of the first line of `text`."""
        return self.first + self.skipped + 1 if self.fenced else self.first


@dataclass(slots=True)
class Entry:
    first: int
    last: int
    text: str
    """Its first paragraph without the checkbox; empty when it opens with something else."""
    ticked: bool | None
    """None when the entry carries no checkbox."""
    blocks: list[Block]
    """Everything after that first paragraph."""


@dataclass(slots=True)
class Listing:
    first: int
    last: int
    ordered: bool
    entries: list[Entry]
    start: int = 1
    has_code: bool = False
    """A code block stands somewhere inside, however deep."""

    @property
    def is_checklist(self) -> bool:
        return any(entry.ticked is not None for entry in self.entries)


@dataclass(slots=True)
class Container:
    """A quotation, an admonition, a tab: blocks inside blocks."""

    first: int
    last: int
    kind: Literal["quote", "admonition", "tab"]
    title: str
    blocks: list[Block] = field(default_factory=list)


@dataclass(slots=True)
class Table:
    first: int
    last: int
    header: tuple[str, ...]
    rows: list[tuple[str, ...]]


@dataclass(slots=True)
class Html:
    first: int
    last: int
    text: str


Block = Heading | Paragraph | Code | Listing | Container | Table | Html
