"""A line for what was refused or has just happened. It stays until the next key, and takes no room while empty."""

from __future__ import annotations

from textual.widgets import Static

from ..text import one_line

STYLES = {"": "$text", "warning": "bold $warning", "error": "bold $error"}


class Notice(Static):
    DEFAULT_CSS = "Notice { height: auto; max-height: 4; padding: 0 1; display: none; }"

    def show(self, sentence: str, tone: str = "") -> None:
        self.update(one_line(sentence, STYLES[tone]))
        self.display = True

    def clear(self) -> None:
        self.display = False
