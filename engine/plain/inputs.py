"""The inputs a run wants: shown and asked in one place before the first step, changed one by one at any later one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from ..client import Client
from ..console import Console
from ..errors import Refused
from ..inputs import Input, Sheet, inputs_of, picked, problem_of, setting, warning_of
from ..model import Step
from .questions import Questions, WentBack

LISTED = 20
"""Proposals shown; the rest can be typed."""


class Inputs:
    def __init__(self, client: Client, console: Console, questions: Questions) -> None:
        self._client = client
        self._console = console
        self._questions = questions
        self._all: tuple[Input, ...] = ()
        self._told: set[str] = set()
        """Secrets typed here, which the host knows from then on."""

    def load(self) -> None:
        self._all = inputs_of(self._client.ask("inputs"))

    def ask_first(self) -> None:
        """Everything the walked steps want, on one page; what has no value is asked. Without a terminal nothing is."""
        sheet = self._sheet()
        wanted = sheet.wanted()
        lacking = sheet.lacking(wanted)
        if not self._console.interactive or not wanted or (self._client.state.attempts and not lacking):
            return
        self._console.say()
        self._console.say("Inputs", "title")
        self._show(wanted)
        with suppress(WentBack):  # Ctrl-C: the rest is left for the steps that need it
            if lacking:
                self._console.say("Enter leaves an input for the step that needs it.", "dim", "  ")
                self._ask_all(lacking)
            elif sheet.unseen(wanted):
                self._change(wanted)

    def of(self, step: Step) -> list[Input]:
        """What this step's text wants."""
        return self._sheet().of([step.lines])

    def ask_of(self, step: Step) -> None:
        """One input is asked at once; of several the operator names those to change."""
        inputs = self.of(step)
        if len(inputs) == 1 or self._sheet().lacking(inputs):
            self._ask_all(inputs)
            return
        self._show(inputs)
        self._change(inputs)

    def ask_named(self, names: Collection[str]) -> None:
        self._ask_all(self._sheet().named(names))

    def _sheet(self) -> Sheet:
        return Sheet(self._all, self._client.state, frozenset(self._told))

    # Showing.

    def _show(self, inputs: Sequence[Input]) -> None:
        sheet = self._sheet()
        for number, one in enumerate(inputs, 1):
            self._console.say_parts(
                (f"{number:>4}  ", "dim"),
                (one.name, "bold"),
                (f" = {sheet.shown(one) or '?'}", None),
                (_about(sheet, one), "dim"),
            )

    # Asking.

    def _change(self, inputs: Sequence[Input]) -> None:
        """Until Enter alone."""
        while answer := self._questions.optional("  number to change one, Enter to go on:"):
            if answer.isdigit() and 1 <= int(answer) <= len(inputs):
                self._ask(inputs[int(answer) - 1])
                self._show(inputs)
            else:
                self._console.say(f"a number from 1 to {len(inputs)}", "warn", "  ")

    def _ask_all(self, inputs: Iterable[Input]) -> None:
        for one in inputs:
            self._ask(one)

    def _ask(self, one: Input) -> None:
        """Enter keeps the value it has, or takes the default, or leaves it without one."""
        sheet = self._sheet()
        self._console.say(_about(sheet, one).strip(), "dim", "  ")
        proposed = one.variable.choices or self._proposed(one)
        self._list(proposed)
        known = sheet.value(one) or (proposed[0] if len(proposed) == 1 and not one.variable.choices else "")
        shown = "" if not known else " [secret]" if one.variable.secret else f" [{known}]"
        while typed := self._questions.optional(f"  {one.name}{shown}:", hidden=one.variable.secret):
            value = picked(typed, proposed, LISTED)
            problem = problem_of(one.variable, value)
            if problem is None:
                self._set(one, value, "typed")
                return
            self._console.say(problem, "warn", "  ")
        if known and not one.variable.secret and known != self._client.state.variables.get(one.name):
            self._set(one, known, "default" if known == one.variable.default else one.variable.from_command)

    def _list(self, values: Sequence[str]) -> None:
        for number, value in enumerate(values[:LISTED], 1):
            self._console.say(f"{number:>6}  {value}")
        if len(values) > LISTED:
            self._console.say(f"        and {len(values) - LISTED} more, to be typed", "dim")

    def _proposed(self, one: Input) -> tuple[str, ...]:
        """What the input's command says. One that is not proved safe is shown first."""
        if not one.variable.from_command:
            return ()
        try:
            told = self._client.ask("propose", name=one.name)["proposal"]
            if not told["ran"] and self._agrees(told):
                told = self._client.ask("propose", name=one.name, approved=told["command"])["proposal"]
        except Refused as error:
            self._console.say(str(error), "warn", "  ")
            return ()
        if told["ran"] and told["message"]:
            self._console.say(f"`{told['command']}`: {told['message']}", "warn", "  ")
        return tuple(told["values"])

    def _agrees(self, told: Mapping[str, Any]) -> bool:
        self._console.say("values can be looked up with", "dim", "  ")
        self._console.say(told["command"], "command", "    ")
        self._console.say(f"{told['level']}: {told['why']}", "warn", "  ")
        return self._questions.optional("  run it? y, or Enter to type the value yourself:").lower() in ("y", "yes")

    def _set(self, one: Input, value: str, source: str) -> None:
        self._client.command(setting(one, value, source))
        if warning := warning_of(one, value):
            self._console.say_prose(warning, "warn", indent="  ")
        if one.variable.secret:
            self._told.add(one.name)


def _about(sheet: Sheet, one: Input) -> str:
    """Where the value came from, what the input is, what it may be, and where it stands."""
    variable = one.variable
    parts = (sheet.source(one), variable.description, " / ".join(variable.choices), sheet.place(one))
    told = " · ".join(part for part in parts if part)
    return f"   {told}" if told else ""
