"""`?` on a screen without steps: its keys, each with what it does. Reads the screen's own bindings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from ..text import joined, plain
from ..widgets.facts import QUIET
from ..widgets.key_row import key_name

KEY_WIDTH = 11


def keys_of(screen: Screen[Any]) -> list[tuple[str, str]]:
    """Each action's keys as they are bound at this moment, and what it does."""
    keys: dict[str, list[str]] = {}
    words: dict[str, str] = {}
    for key, binding in screen._bindings.copy():
        if not binding.tooltip:  # Textual's own
            continue
        bound = screen.app._keymap.get(binding.id or "", key).split(",")
        keys.setdefault(binding.action, []).extend(map(key_name, bound))
        words[binding.action] = binding.tooltip
    return [(" ".join(dict.fromkeys(keys[action])), words[action]) for action in keys]


class KeysScreen(ModalScreen[None]):
    CSS_PATH = "keys.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark,enter", "dismiss(None)", "close")]

    def __init__(self, title: str, keys: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._title = title
        self._keys = keys

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Static(Content.styled(self._title, "bold"), id="title")
            with VerticalScroll(id="rows"):
                yield Static(joined([_line(key, words) for key, words in self._keys], "\n"))
            yield Static(Content.styled("esc closes · arrows scroll", QUIET), id="hint")

    def on_mount(self) -> None:
        self.query_one("#rows").focus()


def _line(key: str, words: str) -> Content:
    return Content.assemble((f"{key:<{KEY_WIDTH}}", "bold $accent"), plain(words))
