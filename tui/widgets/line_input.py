"""A line to type into. What is pasted comes into it as what can be seen of it.

A key that means something to the screen is told as a message, with the line as it was then. A binding would be looked
up only after the key has gone up to the app, and letters typed meanwhile would stand in the line by then.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from engine.output import visible


class LineInput(Input, inherit_bindings=False):
    BINDINGS: ClassVar[list[BindingType]] = [
        one for one in Input.BINDINGS if isinstance(one, Binding) and one.key != "enter"
    ]

    class Pressed(Message):
        """One of the keys that the screen wants to hear of."""

        def __init__(self, key: str, value: str) -> None:
            super().__init__()
            self.key = key
            self.value = value

    def __init__(
        self,
        value: str = "",
        *,
        keys: Collection[str] = ("enter",),
        placeholder: str = "",
        password: bool = False,
        id: str | None = None,
    ) -> None:
        super().__init__(value, placeholder, password=password, compact=True, select_on_focus=False, id=id)
        self._keys = keys

    async def _on_key(self, event: events.Key) -> None:
        if event.key in self._keys:
            event.prevent_default()
            event.stop()
            self.post_message(self.Pressed(event.key, self.value))

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
