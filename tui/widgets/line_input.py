"""A line to type into. What is pasted comes into it as what can be seen of it."""

from __future__ import annotations

from textual import events
from textual.widgets import Input

from engine.output import visible


class LineInput(Input):
    def __init__(
        self, value: str = "", *, placeholder: str = "", password: bool = False, id: str | None = None
    ) -> None:
        super().__init__(value, placeholder, password=password, compact=True, select_on_focus=False, id=id)

    def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        self.take_paste(event.text)

    def action_paste(self) -> None:
        self.take_paste(self.app.clipboard)

    def take_paste(self, text: str) -> None:
        """Its first line; characters that a terminal would obey or hide are left out."""
        line = next(iter(text.splitlines()), "")
        self.insert_text_at_cursor("".join(character for character in line if visible(character) == character))
