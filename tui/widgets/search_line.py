"""The line under an output in which is typed what to look for, with what has come of it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from ..text import one_line


class SearchLine(Horizontal):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "end the search", show=False, id="output.close_search"),
        Binding("up", "again(False)", "next hit back", show=False, id="output.next_from_line"),
        Binding("down", "again(True)", "next hit on", show=False, id="output.previous_from_line"),
    ]
    DEFAULT_CSS = """
    SearchLine {
        height: 1;
        background: $panel;
        & > .sign { width: 2; padding: 0 0 0 1; color: $primary; }
        & > Input { width: 1fr; height: 1; border: none; padding: 0; background: $panel; }
        & > .status { width: auto; max-width: 60%; padding: 0 1; color: $text-muted; }
    }
    """

    class Submitted(Message):
        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class AskedAgain(Message):
        def __init__(self, *, forward: bool) -> None:
            super().__init__()
            self.forward = forward

    class Closed(Message):
        pass

    def compose(self) -> ComposeResult:
        yield Static("/", classes="sign")
        field = Input(compact=True, placeholder="search all output; case counts when there is a capital")
        field.cursor_blink = False  # an idle screen draws nothing
        yield field
        yield Static("", classes="status")

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def say(self, words: str) -> None:
        self.query_one(".status", Static).update(one_line(words))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Submitted(event.value))

    def action_close(self) -> None:
        self.post_message(self.Closed())

    def action_again(self, forward: bool) -> None:
        self.post_message(self.AskedAgain(forward=forward))
