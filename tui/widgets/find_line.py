"""The line at the top of a list that narrows it down. It has the focus from the start; moving in the list goes on from
here, so that nobody has to leave it.
"""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input


class FindLine(Input):
    """Its text is told by `Input.Changed`, Enter by `Input.Submitted`."""

    DEFAULT_CSS = """
    FindLine { border: none; height: 1; padding: 0 1; background: $panel; }
    FindLine:focus { border: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "pass_on('move', -1)", "up", show=False),
        Binding("down", "pass_on('move', 1)", "down", show=False),
        Binding("pageup", "pass_on('page', -1)", "page up", show=False),
        Binding("pagedown", "pass_on('page', 1)", "page down", show=False),
    ]

    class Moved(Message):
        """The operator wants to move in the list. `action` is one of the list's."""

        def __init__(self, action: str, by: int) -> None:
            super().__init__()
            self.action = action
            self.by = by

    def __init__(self, placeholder: str, *, id: str | None = None) -> None:
        super().__init__(placeholder=placeholder, select_on_focus=False, compact=True, id=id)
        self.cursor_blink = False  # nothing is drawn while nothing happens

    def action_pass_on(self, action: str, by: int) -> None:
        self.post_message(self.Moved(action, by))
