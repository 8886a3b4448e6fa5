"""The footer: exactly the keys that do something now, on as many lines as they take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual import events
from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from .key_row import ACTION, MUTED

NO_BREAK = "\u00a0"


class KeyHint(NamedTuple):
    key: str
    label: str
    action: str
    """As Textual writes it, for the mouse."""
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

    async def on_click(self, event: events.Click) -> None:
        if action := event.style.meta.get(ACTION):
            await self.screen.run_action(action)


def _hint(one: KeyHint) -> Content:
    """Blanks inside do not break, so that a key keeps its label."""
    key, label = one.key.replace(" ", NO_BREAK), f"{NO_BREAK}{one.label}".replace(" ", NO_BREAK)
    if one.dim:
        content = Content.styled(key + label, MUTED)
    else:
        content = Content.assemble((key, "bold $accent"), (label, "bold" if one.primary else ""))
    return content.stylize(Style.from_meta({ACTION: one.action}))
