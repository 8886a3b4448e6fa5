"""The inputs a run wants: asked in one place before the first step, and again by the step that lacks one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from .. import commands as c
from ..client import Client
from ..console import Console
from ..model import Step
from ..state import walked
from .questions import Questions, WentBack

Input = Mapping[str, Any]
"""A `model.Variable` as the host tells it."""


class Inputs:
    def __init__(self, client: Client, console: Console, questions: Questions) -> None:
        self._client = client
        self._console = console
        self._questions = questions
        self._all: list[Input] = []

    def load(self) -> None:
        self._all = list(self._client.ask("inputs")["inputs"])

    def ask_first(self) -> None:
        """Everything the walked steps want and have not got. Without a terminal only defaults are taken."""
        wanted = [one for one in self._wanted() if one["name"] not in self._client.state.variables]
        if not self._console.interactive:
            for one in wanted:
                if one["default"] is not None:
                    self._set(one, str(one["default"]))
        elif wanted:
            self._console.say()
            self._console.say("Inputs", "title")
            self._console.say("Enter takes the default, or leaves it for the step that needs it.", "dim", "  ")
            with suppress(WentBack):  # Ctrl-C: the rest is left for the steps that need it
                self._ask_all(wanted)

    def of(self, step: Step) -> list[Input]:
        """What this step's text wants."""
        first, last = step.lines
        return [one for one in self._all if any(first <= line <= last for line in one["lines"])]

    def ask_of(self, step: Step) -> None:
        self._ask_all(self.of(step))

    def ask_named(self, names: Iterable[str]) -> None:
        described = {one["name"]: one for one in self._all}
        self._ask_all(described[name] for name in names)

    def _ask_all(self, inputs: Iterable[Input]) -> None:
        for one in inputs:
            self._ask(one)

    def _wanted(self) -> list[Input]:
        steps = [step.planned for step in walked(self._client.state)]
        places = [step.lines for step in steps if step.kind in ("shell", "sql")]
        return [
            one for one in self._all if any(first <= line <= last for first, last in places for line in one["lines"])
        ]

    def _ask(self, one: Input) -> None:
        """Enter keeps the value it has, or takes the default, or leaves it without one."""
        self._console.say(_about(one), "dim", "  ")
        known = self._client.state.variables.get(one["name"], one["default"])
        shown = "" if known is None or one["secret"] else f" [{known}]"
        while value := self._questions.optional(f"  {one['name']}{shown}:", hidden=bool(one["secret"])) or known or "":
            problem = problem_of(one, value)
            if problem is None:
                self._set(one, value)
                return
            self._console.say(problem, "warn", "  ")
            known = None

    def _set(self, one: Input, value: str) -> None:
        self._client.command(c.SetVariable(name=one["name"], value=value, secret=bool(one["secret"])))


def problem_of(one: Input, value: str) -> str | None:
    """Why this value will not do, in a few words; None when it will."""
    if one["choices"] and value not in one["choices"]:
        return f"one of: {', '.join(one['choices'])}"
    try:
        fits = not one["pattern"] or re.fullmatch(one["pattern"], value)
    except re.error as error:
        return f"the runbook's pattern {one['pattern']} is no regular expression: {error}"
    return None if fits else f"it has to match {one['pattern']}"


def _about(one: Input) -> str:
    """What it is, what it may be, and where it stands."""
    lines = ", ".join(str(line) for line in one["lines"][:4])
    parts = (one["description"], " / ".join(one["choices"]), f"line {lines}" if lines else "")
    return " · ".join(part for part in parts if part)
