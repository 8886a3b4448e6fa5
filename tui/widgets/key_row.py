"""The keys of a question, as they are bound at this moment: each can be clicked, and is dim while it is not taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.geometry import Size
from textual.keys import format_key
from textual.screen import Screen
from textual.style import Style
from textual.widget import Widget

GAP = 3
"""Blanks between two keys."""
MUTED = "$foreground-muted"
ACTION = "key_row_action"
"""Marks where a key stands, so that a click finds its action; Textual's own mark would draw it as a link."""
SPELT = ("enter", "space", "backspace", "delete", "tab")
"""Keys whose sign not everybody knows."""


class KeyRow(Widget):
    """Of the screen it stands on. A key that the focused widget would take as text is not offered."""

    DEFAULT_CSS = """
    KeyRow { height: auto; }
    """

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._renew)

    def _renew(self, _screen: Screen[object]) -> None:
        if self.screen.is_current:
            self.refresh(layout=True)

    async def on_click(self, event: events.Click) -> None:
        if action := event.style.meta.get(ACTION):
            await self.screen.run_action(action)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        return len(self._rows(width))

    def render(self) -> Content:
        rows = self._rows(self.size.width)
        return Content("\n").join(Content(" " * GAP).join(row) for row in rows)

    def _rows(self, width: int) -> Sequence[Sequence[Content]]:
        return in_rows(self._keys(), width, GAP)

    def _keys(self) -> Iterator[Content]:
        """One for each action: the first key of it that is bound."""
        seen: set[str] = set()
        for namespace, binding, enabled, _tooltip in self.screen.active_bindings.values():
            if namespace is self.screen and binding.show and binding.action not in seen:
                seen.add(binding.action)
                yield _content(binding, enabled=enabled)


def in_rows(keys: Iterable[Content], width: int, gap: int) -> list[list[Content]]:
    """As many on each row as it has room for, at least one; none is broken."""
    rows: list[list[Content]] = [[]]
    used = 0
    for key in keys:
        if rows[-1] and used + gap + key.cell_length > width:
            rows.append([])
            used = 0
        used += key.cell_length + (gap if rows[-1] else 0)
        rows[-1].append(key)
    return rows


def _content(binding: Binding, *, enabled: bool) -> Content:
    key = Content.styled(key_name(binding.key), "bold $accent" if enabled else MUTED)
    content = Content.assemble(key, " ", (binding.description, "$foreground" if enabled else MUTED))
    return content.stylize(Style.from_meta({ACTION: binding.action}))


def key_name(key: str) -> str:
    """As people call it: `esc`, `ctrl+t`, `?`."""
    return key if "+" in key or key in SPELT else format_key(key)
