"""What is there at once: the document's title and headings, while its host is being started."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Static

from ..text import joined, one_line


class StartingScreen(Screen[None]):
    DEFAULT_CSS = """
    StartingScreen #title { height: 1; padding: 0 1; background: $panel; }
    StartingScreen #headings { height: 1fr; padding: 0 1; color: $text-muted; }
    """

    def __init__(self, title: str, headings: Sequence[str]) -> None:
        super().__init__()
        self._title = title
        self._headings = headings

    def compose(self) -> ComposeResult:
        yield Static(one_line(f"oncue {self._title}", "bold"), id="title")
        yield Static(joined([one_line(one) for one in ("opening …", "", *self._headings)], "\n"), id="headings")
