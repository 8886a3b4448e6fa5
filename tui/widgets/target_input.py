"""The line in which a target is typed, letter by letter."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.message import Message

from .line_input import LineInput


class TargetInput(LineInput):
    """Takes no paste, unless it may: whoever pastes a target has not read it. A clipboard is also where the last
    target still is, or the whole command with a line end behind it.
    """

    class PasteRefused(Message):
        """Something was pasted and nothing of it was taken."""

    def __init__(self, counts: Callable[[events.Key], bool], *, may_paste: bool, id: str | None = None) -> None:
        """`counts` says whether a key is an answer; what is not is dropped."""
        super().__init__(id=id)
        self._counts = counts
        self._may_paste = may_paste

    async def _on_key(self, event: events.Key) -> None:
        if not self._counts(event):
            event.stop()
            event.prevent_default()

    def take_paste(self, text: str) -> None:
        if self._may_paste:
            super().take_paste(text)
        else:
            self.post_message(self.PasteRefused())
