"""A text that is edited in place. Nothing in it reaches the terminal as a command, and nothing of it gets lost."""

from __future__ import annotations

import re

from textual import events
from textual.widgets import TextArea

from ..stand_ins import StandIns

LINE_END = re.compile(r"\r\n?")


class TextEditor(TextArea):
    """Tab is typed: a here-document may need it, and there is nothing beside the text to go to."""

    def __init__(self, text: str, *, id: str | None = None) -> None:
        self._stand_ins = StandIns(text)
        super().__init__(
            self._stand_ins.shown(text),
            soft_wrap=True,
            show_line_numbers=True,
            tab_behavior="indent",
            highlight_cursor_line=False,
            id=id,
        )
        self.indent_type = "tabs" if "\n\t" in f"\n{text}" else "spaces"

    @property
    def meant(self) -> str:
        """The text with everything in it that cannot be seen."""
        return self._stand_ins.meant(self.text)

    @property
    def legend(self) -> str:
        """Which signs stand for what cannot be seen; empty for none."""
        return self._stand_ins.legend()

    def put(self, text: str) -> None:
        """In place of all there is; can be undone."""
        self.replace(self._stand_ins.shown(text), self.document.start, self.document.end)

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "escape":  # the screen's, which hears of it after every letter before it
            event.prevent_default()

    async def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        self._take(event.text)

    def action_paste(self) -> None:
        self._take(self.app.clipboard)

    def _take(self, pasted: str) -> None:
        """A terminal sends line ends as it likes."""
        text = self._stand_ins.shown(LINE_END.sub("\n", pasted))
        if result := self._replace_via_keyboard(text, *self.selection):
            self.move_cursor(result.end_location)
