"""The line in which a target is typed, letter by letter."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.message import Message
from textual.widgets import Input


class TargetInput(Input):
    """Takes no paste, unless it may: whoever pastes a target has not read it. A clipboard is also where the last
    target still is, or the whole command with a line end behind it.
    """

    class PasteRefused(Message):
        """Something was pasted and nothing of it was taken."""

    def __init__(self, counts: Callable[[events.Key], bool], *, may_paste: bool, id: str | None = None) -> None:
        """`counts` says whether a key is an answer; what is not is dropped."""
        super().__init__(id=id, compact=True, select_on_focus=False)
        self._counts = counts
        self._may_paste = may_paste

    async def _on_key(self, event: events.Key) -> None:
        if not self._counts(event):
            event.stop()
            event.prevent_default()

    def _on_paste(self, event: events.Paste) -> None:
        if not self._may_paste:
            event.stop()
            event.prevent_default()
            self.post_message(self.PasteRefused())

    def action_paste(self) -> None:
        if self._may_paste:
            super().action_paste()
        else:
            self.post_message(self.PasteRefused())
