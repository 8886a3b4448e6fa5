"""The line at the top of a list that narrows it down. It has the focus from the start; keys that it does not need go on
to the screen, which moves in the list, so that nobody has to leave it.
"""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input


class FindLine(Input, inherit_bindings=False):
    """Its text is told by `Input.Changed`. Enter is the screen's."""

    DEFAULT_CSS = """
    FindLine { border: none; height: 1; padding: 0 1; background: $panel; }
    FindLine:focus { border: none; }
    FindLine.-textual-compact { padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        one for one in Input.BINDINGS if isinstance(one, Binding) and one.action != "submit"
    ]

    def __init__(self, placeholder: str, *, id: str | None = None) -> None:
        super().__init__(placeholder=placeholder, select_on_focus=False, compact=True, id=id)
        self.cursor_blink = False  # nothing is drawn while nothing happens
