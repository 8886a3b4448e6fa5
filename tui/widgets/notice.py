"""A line for what was refused or has just happened. It stays until the next key, and keeps its place while empty."""

from __future__ import annotations

from textual.widgets import Static

from ..text import one_line

STYLES = {"": "$text", "warning": "bold $warning", "error": "bold $error"}


class Notice(Static):
    DEFAULT_CSS = "Notice { height: auto; min-height: 1; max-height: 4; padding: 0 1; }"

    def show(self, sentence: str, tone: str = "") -> None:
        self.update(one_line(sentence, STYLES[tone]))

    def clear(self) -> None:
        self.update("")
