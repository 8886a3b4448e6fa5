"""One result as Textual's table: numbers to the right, every value inert, columns no wider than they need."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets import DataTable

from engine.events import RowsFetched

from .. import result_words as words

MOVES = {
    "up": "cursor_up",
    "down": "cursor_down",
    "left": "cursor_left",
    "right": "cursor_right",
    "pageup": "page_up",
    "pagedown": "page_down",
    "home": "scroll_home",
    "end": "scroll_end",
    "ctrl+home": "scroll_top",
    "ctrl+end": "scroll_bottom",
}
"""Without Enter, which belongs to the screen."""


class ResultTable(DataTable[Text], inherit_bindings=False):
    BINDINGS: ClassVar[list[BindingType]] = [Binding(key, action, show=False) for key, action in MOVES.items()]

    def fill(self, result: RowsFetched) -> None:
        self.clear(columns=True)
        widths = words.widths(result)
        for name, width, numeric in zip(result.columns, widths, result.numeric, strict=True):
            self.add_column(_justified(words.name_of(name, width), numeric=numeric), width=width)
        for row in result.rows if result.columns else ():
            cells = zip(row, widths, result.numeric, strict=True)
            self.add_row(*(_justified(words.in_column(value, width), numeric=right) for value, width, right in cells))


def _justified(text: Text, *, numeric: bool) -> Text:
    text.justify = "right" if numeric else "left"
    return text
