"""A line for what was refused or has just happened. It stays until the next key, and keeps its place while empty."""

from __future__ import annotations

from collections.abc import Sequence

from textual.widgets import Static

from ..text import joined, one_line

STYLES = {"": "$text", "warning": "bold $warning", "error": "bold $error"}
MANY = 3
"""Sentences that are shown at once; with more, a short window had no room for the step."""


class Notice(Static):
    DEFAULT_CSS = """
    Notice { height: auto; min-height: 1; max-height: 4; padding: 0 1; }
    Notice.-many { max-height: 8; }
    """

    def show(self, sentence: str, tone: str = "") -> None:
        self.remove_class("-many")
        self.update(one_line(sentence, STYLES[tone]))

    def show_all(self, sentences: Sequence[str], tone: str = "") -> None:
        """One below the other, the first few."""
        shown = [one_line(one, STYLES[tone]) for one in sentences[:MANY]]
        if len(sentences) > MANY:
            shown.append(one_line(f"and {len(sentences) - MANY} more, said again at the end", STYLES[tone]))
        self.add_class("-many")
        self.update(joined(shown, "\n"))

    def clear(self) -> None:
        self.remove_class("-many")
        self.update("")
