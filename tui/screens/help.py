"""`?`: every key of the run screen, those that work here and now first, with why the others do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from ..keys import ACTIONS, Action, label_of, why_not
from ..situation import Situation
from ..text import joined, plain

KEY_WIDTH = 9
HINT = "esc closes · arrows scroll · ctrl+p finds an action by name"


class HelpScreen(ModalScreen[None]):
    CSS_PATH = "drawer.tcss"
    AUTO_FOCUS = "#rows"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark,enter", "dismiss(None)", "close")]

    def __init__(self, situation: Situation, key_of: Callable[[str, str], str]) -> None:
        super().__init__()
        self._situation = situation
        self._key_of = key_of

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Static(Content.styled("Keys", "bold"), id="title")
            with VerticalScroll(id="rows"):
                yield Static(joined(list(self._lines()), "\n"))
            yield Static(Content.styled(HINT, "$foreground-muted"), id="hint")

    def _lines(self) -> Iterator[Content]:
        actions = [one for one in ACTIONS.values() if not one.id.startswith("offer_") or one.id == "offer_1"]
        yield Content.styled("Here and now", "bold $primary")
        for one in actions:
            if not why_not(one.id, self._situation):
                yield self._line(one, f"{label_of(one, self._situation)}: {one.help}")
        yield Content("")
        yield Content.styled("Elsewhere", "bold $primary")
        for one in actions:
            if reason := why_not(one.id, self._situation):
                yield self._line(one, f"{one.help} · {reason}", "$foreground-muted")

    def _line(self, one: Action, words: str, style: str = "") -> Content:
        key = "1-9" if one.id == "offer_1" else self._key_of(one.id, one.key)
        return Content.assemble((f"{key:<{KEY_WIDTH}}", "bold $accent"), plain(words, style))
