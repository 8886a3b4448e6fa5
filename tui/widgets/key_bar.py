"""The footer: exactly the keys that do something now, on as many lines as they take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual.content import Content
from textual.widgets import Static


class KeyHint(NamedTuple):
    key: str
    label: str
    action: str
    """As a Textual action, for the mouse."""
    primary: bool = False
    dim: bool = False
    """It does nothing yet, and its label says why."""


class KeyBar(Static):
    DEFAULT_CSS = "KeyBar { height: auto; max-height: 3; padding: 0 1; background: $panel; color: $foreground; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._hints: Sequence[KeyHint] = ()

    def show(self, hints: Sequence[KeyHint]) -> None:
        if hints != self._hints:
            self._hints = hints
            self.update(Content("  ").join(_hint(one) for one in hints))


def _hint(one: KeyHint) -> Content:
    """Blanks inside do not break, so that a key keeps its label."""
    words = f"{one.key} {one.label}".replace(" ", "\u00a0")
    key, rest = words[: len(one.key)], words[len(one.key) :]
    if one.dim:
        return Content.styled(words, "$text-muted").stylize(f"@click={one.action}")
    styled = Content.assemble((key, "bold $accent"), (rest, "bold" if one.primary else ""))
    return styled.stylize(f"@click={one.action}")
