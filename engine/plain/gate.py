"""The question before a text runs. What it takes to say yes grows with the verdict: Enter, a key, the target typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..console import Console
from ..permission import Passed
from .questions import Questions

ENTER = ""
ALSO_YES = frozenset({"r", "y"})
"""Understood where Enter is enough, and not offered."""


class Gate:
    def __init__(self, console: Console, questions: Questions) -> None:
        self._console = console
        self._questions = questions

    def ask(self, prepared: Mapping[str, Any], keys: Mapping[str, str], *, again: bool = False) -> Passed | str:
        """`Passed`, or one of `keys`. Enter alone never lets run what is not safe."""
        level, verb = prepared["verdict"]["level"], "run again" if again else "run"
        if level == "dangerous":
            return self._type(prepared["verdict"]["target"], keys, again=again)
        if level != "safe":
            answer = self._questions.key({"y": verb, **keys})
            return Passed("confirmed") if answer == "y" else answer
        yes = dict.fromkeys(ALSO_YES, verb)
        answer = self._questions.key({ENTER: verb, **keys, **yes}, hide=ALSO_YES)
        return Passed("asked") if answer in (ENTER, *ALSO_YES) else answer

    def _type(self, target: str, keys: Mapping[str, str], *, again: bool) -> Passed | str:
        """A target that is also a key is typed with a word before it."""
        wanted = f"run {target}" if target.lower() in keys else target
        self._console.say(f"To run it{' again' if again else ''}, type: {wanted}", "bold")
        answer = self._questions.word(wanted, keys)
        return Passed("typed", target) if answer is None else answer
