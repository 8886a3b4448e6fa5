"""What somebody wants to know who has never seen Oncue. It stands where output will be, until the first key."""

from __future__ import annotations

from collections.abc import Callable

from textual.content import Content
from textual.widgets import Static

from ..text import joined

KeyOf = Callable[[str], str]
"""Action → its key."""


class Hints(Static):
    DEFAULT_CSS = "Hints { padding: 1 2; background: $surface; }"

    def __init__(self, key_of: KeyOf, *, id: str | None = None) -> None:
        super().__init__(joined(list(map(_line, _sentences(key_of))), "\n"), id=id)


def _sentences(key_of: KeyOf) -> list[tuple[str, str]]:
    """Each with the key that it is about."""
    return [
        ("Nothing runs unasked.", ""),
        (key_of("proceed"), "runs what only looks; what changes something asks first"),
        (key_of("leave"), "leaves; the run waits, and all of it is on record"),
        (key_of("help"), "explains the keys; below stand those that work now"),
        ("ctrl+p", "finds every action by name"),
    ]


def _line(sentence: tuple[str, str]) -> Content:
    first, rest = sentence
    return Content.assemble((f"{first:<6}", "bold $accent" if rest else "bold"), f" {rest}" if rest else "")
