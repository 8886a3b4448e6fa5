"""Questions to the person at the terminal: a key out of some, a word that is needed, a word that is not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

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
        """One of `keys`; what was typed before the question does not count. Enter alone is an answer where it is a
        key, and no answer elsewhere."""
        self._offer(keys, hide)
        while (answer := self._answer().lower()) not in keys:
            nothing = "" if answer else "Enter alone does nothing here; "
            self._console.say(f"{nothing}please answer with one of: {_names(keys, hide)}", "dim")
        self.interrupts = 0
        return answer

    def word(self, wanted: str, keys: Mapping[str, str]) -> str | None:
        """One of `keys`, or None for exactly the wanted word."""
        self._offer(keys, frozenset())
        while (answer := self._answer()) != wanted and answer.lower() not in keys:
            said = "that is something else" if answer else "Enter alone does nothing here"
            self._console.say(f"{said}; type {wanted} or answer with one of: {_names(keys)}", "dim")
        self.interrupts = 0
        return None if answer == wanted else answer.lower()

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

    def _offer(self, keys: Mapping[str, str], hide: frozenset[str]) -> None:
        self._console.say_prose("  ".join(_offer(*one) for one in keys.items() if one[0] not in hide), "dim")

    def _answer(self) -> str:
        return self._console.ask("›", fresh=True).strip()


def _names(keys: Iterable[str], hide: frozenset[str] = frozenset()) -> str:
    return " ".join(key or "Enter" for key in keys if key not in hide)


def _offer(key: str, label: str) -> str:
    """`[r]un`, or `[y] tick it` where the key is not the label's first letter."""
    if not key:
        return f"[Enter] {label}"
    return f"[{key}]{label[1:]}" if label.startswith(key) else f"[{key}] {label}"
