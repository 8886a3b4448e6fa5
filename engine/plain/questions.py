"""Questions to the person at the terminal: a key out of some, a word that is needed, a word that is not."""

from __future__ import annotations

from collections.abc import Mapping

from ..console import Console

COMMON_KEYS: Mapping[str, str] = {"n": "note", "b": "back", "j": "jump", "l": "list", "q": "quit"}
"""Offered at every question about a step."""


class WentBack(Exception):
    """Ctrl-C at a question inside another: nothing is done, and the outer question is asked again."""


class Questions:
    def __init__(self, console: Console) -> None:
        self._console = console
        self.interrupts = 0
        """Ctrl-C pressed at questions since the last real answer."""

    def key(self, keys: Mapping[str, str], hide: frozenset[str] = frozenset()) -> str:
        """One of `keys`. Enter alone is no answer; what was typed before the question does not count."""
        self._console.say_prose("  ".join(_offer(*one) for one in keys.items() if one[0] not in hide), "dim")
        while (answer := self._console.ask("›", fresh=True).strip().lower()) not in keys:
            self._console.say(f"please answer with one of: {' '.join(keys)}", "dim")
        self.interrupts = 0
        return answer

    def required(self, question: str) -> str:
        while not (answer := self.optional(question)):
            self._console.say("a word is needed here; Ctrl-C goes back", "dim")
        return answer

    def optional(self, question: str, *, hidden: bool = False) -> str:
        """One line, maybe empty. Raises `WentBack` on Ctrl-C."""
        try:
            return self._console.ask(question, hidden=hidden).strip()
        except KeyboardInterrupt:
            self._console.say()
            raise WentBack from None


def _offer(key: str, label: str) -> str:
    """`[r]un`, or `[y] tick it` where the key is not the label's first letter."""
    return f"[{key}]{label[1:]}" if label.startswith(key) else f"[{key}] {label}"
