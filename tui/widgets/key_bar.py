"""The footer: the keys that do something now, the most wanted first.

It always has the same height, so that nothing moves when the situation changes; how many have no room is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual import events
from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from .key_row import ACTION, MUTED, in_rows

ROWS = 2
GAP = 2


class KeyHint(NamedTuple):
    key: str
    label: str
    action: str
    """As Textual writes it, for the mouse."""
    primary: bool = False
    dim: bool = False
    """It does nothing yet, and its label says why."""


class KeyBar(Static):
    DEFAULT_CSS = f"KeyBar {{ height: {ROWS}; padding: 0 1; background: $panel; color: $foreground; }}"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.hints: Sequence[KeyHint] = ()
        self._n_last = 0

    def show(self, hints: Sequence[KeyHint], n_last: int = 0) -> None:
        """The last `n_last` are shown whatever has no room, the first of them with how many that are."""
        if hints != self.hints:
            self.hints, self._n_last = hints, n_last
            self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        rows = fitting(self.hints, self._n_last, max(1, self.content_size.width))
        self.update(Content("\n").join(Content(" " * GAP).join(row) for row in rows))

    async def on_click(self, event: events.Click) -> None:
        if action := event.style.meta.get(ACTION):
            await self.screen.run_action(action)


def fitting(hints: Sequence[KeyHint], n_last: int, width: int) -> list[list[Content]]:
    """Rows of the footer. What has no room is left out before the last ones, from the end."""
    first, last = list(hints[: len(hints) - n_last]), hints[len(hints) - n_last :]
    n_left_out = 0
    while True:
        shown = [*map(_hint, first), *(_hint(one, n_left_out if n == 0 else 0) for n, one in enumerate(last))]
        rows = in_rows(shown, width, GAP)
        if len(rows) <= ROWS or not first:
            return rows[:ROWS]
        first.pop()
        n_left_out += 1


def _hint(one: KeyHint, n_left_out: int = 0) -> Content:
    label = f" {one.label}" + (f" (+{n_left_out})" if n_left_out else "")
    if one.dim:
        content = Content.styled(one.key + label, MUTED)
    else:
        content = Content.assemble((one.key, "bold $accent"), (label, "bold" if one.primary else ""))
    return content.stylize(Style.from_meta({ACTION: one.action}))
