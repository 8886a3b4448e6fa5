"""The question before a text runs. What it takes to say yes grows with the verdict: Enter, a key, the target typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..console import Console
from ..events import Approval
from ..machine import flag_for
from .questions import Questions

ENTER = ""
ALSO_YES = frozenset({"r", "y"})
"""Understood where Enter is enough, and not offered."""


@dataclass(frozen=True, slots=True)
class Passed:
    """The operator said that it runs."""

    approval: Approval
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Permission:
    """What the command line allows without asking."""

    yes: bool = False
    waive: str | None = None
    """A reason that waives every checklist item and manual step; None leaves them to a person."""
    approved: frozenset[str] = frozenset()
    """Ids of the steps that were named as to be run whatever they are."""

    def of(self, step_id: str, prepared: Mapping[str, Any]) -> Passed | None:
        """None when somebody has to be asked."""
        level, target = prepared["verdict"]["level"], prepared["verdict"]["target"]
        ran_before = bool(prepared["ran_before"])
        flag = flag_for(level, ran_before=ran_before, yes=self.yes, named=step_id in self.approved)
        return None if flag is None else Passed(flag, target if flag == "approve_flag" else "")


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
