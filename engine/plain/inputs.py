"""The inputs a run wants: asked in one place before the first step, and again by the step that lacks one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from .. import commands as c
from ..client import Client
from ..console import Console
from ..state import walked

Input = Mapping[str, Any]
"""A `model.Variable` as the host tells it."""


class Inputs:
    def __init__(self, client: Client, console: Console) -> None:
        self._client = client
        self._console = console
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
            for one in wanted:
                self._ask(one, required=False)

    def ask_missing(self, names: Iterable[str]) -> None:
        described = {one["name"]: one for one in self._all}
        for name in names:
            self._ask(described[name], required=True)

    def _wanted(self) -> list[Input]:
        steps = [step.planned for step in walked(self._client.state)]
        places = [step.lines for step in steps if step.kind in ("shell", "sql")]
        return [
            one for one in self._all if any(first <= line <= last for first, last in places for line in one["lines"])
        ]

    def _ask(self, one: Input, *, required: bool) -> None:
        self._console.say(_about(one), "dim", "  ")
        while True:
            value = self._console.ask(_prompt(one), hidden=bool(one["secret"])) or one["default"] or ""
            if not value and not required:
                return
            problem = problem_of(one, value)
            if problem is None:
                break
            self._console.say(problem, "warn", "  ")
        self._set(one, value)

    def _set(self, one: Input, value: str) -> None:
        self._client.command(c.SetVariable(name=one["name"], value=value, secret=bool(one["secret"])))


def problem_of(one: Input, value: str) -> str | None:
    """Why this value will not do, in a few words; None when it will."""
    if not value:
        return "a value is needed here; Ctrl-C goes back"
    if one["choices"] and value not in one["choices"]:
        return f"one of: {', '.join(one['choices'])}"
    if one["pattern"] and not re.fullmatch(one["pattern"], value):
        return f"it has to match {one['pattern']}"
    return None


def _about(one: Input) -> str:
    """What it is, what it may be, and where it stands."""
    lines = ", ".join(str(line) for line in one["lines"][:4])
    parts = (one["description"], " / ".join(one["choices"]), f"line {lines}" if lines else "")
    return " · ".join(part for part in parts if part)


def _prompt(one: Input) -> str:
    default = f" [{one['default']}]" if one["default"] is not None else ""
    return f"  {one['name']}{default}:"
