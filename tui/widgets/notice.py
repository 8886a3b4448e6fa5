"""A line for what was refused or has just happened. It stays until the next key, or until it is no longer so, and keeps
its place while empty."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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

    _is_so: Callable[[], bool] | None = None

    def show(self, sentence: str, tone: str = "") -> None:
        self._is_so = None
        self.remove_class("-many")
        self.update(one_line(sentence, STYLES[tone]))

    def show_all(self, sentences: Sequence[str], tone: str = "") -> None:
        """One below the other, the first few."""
        self._is_so = None
        shown = [one_line(one, STYLES[tone]) for one in sentences[:MANY]]
        if len(sentences) > MANY:
            shown.append(one_line(f"and {len(sentences) - MANY} more, said again at the end", STYLES[tone]))
        self.add_class("-many")
        self.update(joined(shown, "\n"))

    def keep_while(self, is_so: Callable[[], bool]) -> None:
        """What is shown now."""
        self._is_so = is_so

    def look_again(self) -> None:
        """Something has happened."""
        if self._is_so is not None and not self._is_so():
            self.clear()

    def clear(self) -> None:
        self._is_so = None
        self.remove_class("-many")
        self.update("")
