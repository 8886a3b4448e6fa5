"""Headings into sections: paths, the lines they cover, and which heading is the title of the document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from .blocks import Block, Heading
from .inline import title_of
from .labels import describes


@dataclass(slots=True, eq=False)
class Unit:
    """What stands directly under one heading, down to the next heading of any level."""

    title: str
    level: int
    """0 for what stands before any heading, and for what stands directly under the document's title."""
    path: tuple[str, ...]
    first: int
    last: int
    """Last line of the whole section, with the sections inside it."""
    blocks: list[Block] = field(default_factory=list)
    parent: Unit | None = None
    describes: bool = False
    """It, or a section around it, is there to be read and not to be done."""


def read_units(blocks: Sequence[Block], line_count: int, named: str = "") -> list[Unit]:
    """The units in order. The first is the document itself, called by its title heading where there is one, else as
    its front matter has `named` it. Beside that name only a heading of the first level is a title.
    """
    title = _title_heading(blocks)
    if title is not None and named and title.level > 1:
        title = None
    root = Unit(named, 0, (), 1, line_count)
    units = [root]
    stack = [root]
    for block in blocks:
        if not isinstance(block, Heading):
            units[-1].blocks.append(block)
        elif block is title:
            root.title = title_of(block.text)
        else:
            units.append(_open(block, stack, line_count))
    return units


def _open(heading: Heading, stack: list[Unit], line_count: int) -> Unit:
    while stack[-1].level >= heading.level:
        stack.pop().last = heading.first - 1
    parent = stack[-1]
    name = title_of(heading.text) or "(untitled)"
    unit = Unit(
        name,
        heading.level,
        (*parent.path, name),
        heading.first,
        line_count,
        parent=parent,
        describes=parent.describes or describes(name),
    )
    stack.append(unit)
    return unit


def _title_heading(blocks: Sequence[Block]) -> Heading | None:
    """The first heading, when it is the only one of its level and nothing stands above it.

    In a document with several headings of the first level, the first is only the title if it holds nothing to run.
    """
    headings = [block for block in blocks if isinstance(block, Heading)]
    if not headings or any(heading.level < headings[0].level for heading in headings):
        return None
    first = headings[0]
    equals = sum(1 for heading in headings if heading.level == first.level)
    if equals == 1:
        return first if first.level == 1 or len(headings) > 1 else None
    return first if first.level == 1 and not _holds_anything(blocks, first, headings) else None


def _holds_anything(blocks: Sequence[Block], first: Heading, headings: Sequence[Heading]) -> bool:
    end = next(heading.first for heading in headings[1:] if heading.level == first.level)
    return any(first.first < block.first < end and not isinstance(block, Heading) for block in blocks)


def fallback_title(path: str) -> str:
    """A document without any title is called by its file's name."""
    stem = PurePath(path).name.split(".")[0]
    return stem.replace("_", " ").replace("-", " ").strip() or path
