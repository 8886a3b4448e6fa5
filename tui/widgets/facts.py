"""Lines that each begin with what they are about; a long one goes on below its own beginning, at any width."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from ..text import one_line, plain

QUIET = "$foreground-muted"
"""For words beside others. `$text-muted` counts from a ground, which a piece of content does not know."""
LABEL = 11
"""Cells for the label with the blank behind it."""
NARROWEST = 12


class Fact(NamedTuple):
    label: str | None
    """None for a line that takes the whole width."""
    text: Content


def fact(label: str, text: str, style: str = "") -> Fact:
    return Fact(label, plain(text, style))


def heading(text: str) -> Fact:
    return Fact(None, one_line(text, "bold"))


class Facts(Widget):
    DEFAULT_CSS = "Facts { height: auto; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._facts: Sequence[Fact] = ()

    def show(self, facts: Sequence[Fact]) -> None:
        self._facts = facts
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        return len(self._lines(width))

    def render(self) -> Content:
        return Content("\n").join(self._lines(self.size.width))

    def _lines(self, width: int) -> list[Content]:
        return [line for one in self._facts for line in _wrapped(one, width)]


def _wrapped(one: Fact, width: int) -> Iterator[Content]:
    if one.label is None:
        yield from one.text.wrap(max(NARROWEST, width))
        return
    label = Content.styled(f"{one.label:<{LABEL}}", QUIET)
    for line in one.text.wrap(max(NARROWEST, width - LABEL)):
        yield label + line
        label = Content(" " * LABEL)
