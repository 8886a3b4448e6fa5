"""The inputs a run wants: shown and asked in one place before the first step, changed one by one at any later one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from typing import Any

from .. import commands as c
from ..client import Client
from ..console import Console
from ..errors import Refused
from ..model import Lines, Step, Variable
from ..redact import stays_visible, why_not
from ..state import walked
from ..variables import CannotFill, check, missing
from .questions import Questions, WentBack

LISTED = 20
"""Proposals shown; the rest can be typed."""
SOURCES_TAKEN = ("typed", "--var")
"""The operator has said this very value, so it needs no second look."""


@dataclass(frozen=True, slots=True)
class Input:
    """A variable as the host tells it."""

    variable: Variable
    known: bool
    """The host has a value for it; a secret's is lost with the process that was told it."""

    @property
    def name(self) -> str:
        return self.variable.name


def input_of(told: Mapping[str, Any]) -> Input:
    """From what the host answers, which knows lists only."""
    given = {one.name: _frozen(told[one.name]) for one in fields(Variable)}
    return Input(Variable(**given), bool(told["known"]))


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


class Inputs:
    def __init__(self, client: Client, console: Console, questions: Questions) -> None:
        self._client = client
        self._console = console
        self._questions = questions
        self._all: list[Input] = []
        self._told: set[str] = set()
        """Secrets typed here, which the host knows from then on."""

    def load(self) -> None:
        self._all = [input_of(told) for told in self._client.ask("inputs")["inputs"]]

    def ask_first(self) -> None:
        """Everything the walked steps want, on one page; what has no value is asked. Without a terminal nothing is."""
        wanted = self._wanted()
        lacking = [one for one in wanted if not self._value(one)]
        if not self._console.interactive or not wanted or (self._client.state.attempts and not lacking):
            return
        self._console.say()
        self._console.say("Inputs", "title")
        self._show(wanted)
        with suppress(WentBack):  # Ctrl-C: the rest is left for the steps that need it
            if lacking:
                self._console.say("Enter leaves an input for the step that needs it.", "dim", "  ")
                self._ask_all(lacking)
            elif any(self._source(one) not in SOURCES_TAKEN for one in wanted):
                self._change(wanted)

    def of(self, step: Step) -> list[Input]:
        """What this step's text wants."""
        return [one for one in self._all if _stands_in(one, step.lines)]

    def ask_of(self, step: Step) -> None:
        """One input is asked at once; of several the operator names those to change."""
        inputs = self._with_needs(self.of(step))
        if len(inputs) == 1 or not all(map(self._value, inputs)):
            self._ask_all(inputs)
            return
        self._show(inputs)
        self._change(inputs)

    def ask_named(self, names: Iterable[str]) -> None:
        described = {one.name: one for one in self._all}
        self._ask_all(described[name] for name in names)

    # Showing.

    def _show(self, inputs: Sequence[Input]) -> None:
        for number, one in enumerate(inputs, 1):
            self._console.say_parts(
                (f"{number:>4}  ", "dim"),
                (one.name, "bold"),
                (f" = {self._shown(one)}", None),
                (self._about(one), "dim"),
            )

    def _shown(self, one: Input) -> str:
        if not self._value(one):
            return "?"
        return "(secret)" if one.variable.secret else self._value(one)

    def _about(self, one: Input) -> str:
        """Where the value came from, what the input is, what it may be, and where it stands."""
        variable = one.variable
        source = self._source(one) if self._value(one) else ""
        parts = (source, variable.description, " / ".join(variable.choices), self._where(variable))
        told = " · ".join(part for part in parts if part)
        return f"   {told}" if told else ""

    def _where(self, variable: Variable) -> str:
        """Lines of the steps that use it; its description has a line too, which nobody looks for here."""
        places = [Lines(*step.planned.lines) for step in self._client.state.steps.values()]
        lines = [line for line in variable.lines if any(first <= line <= last for first, last in places)]
        more = ", …" if len(lines) > 4 else ""
        return f"line {', '.join(map(str, lines[:4]))}{more}" if lines else ""

    def _source(self, one: Input) -> str:
        if one.name in self._client.state.variables:
            return self._client.state.sources.get(one.name, "")
        return "default"

    def _value(self, one: Input) -> str:
        """What the run would use; for a secret any text that is not empty."""
        known = self._client.state.variables
        if one.name not in known:
            return one.variable.default or ""
        value = known[one.name]
        if value is not None:
            return value
        return "secret" if one.known or one.name in self._told else ""

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
        self._console.say(self._about(one).strip(), "dim", "  ")
        proposed = one.variable.choices or self._proposed(one)
        self._list(proposed)
        known = self._value(one) or (proposed[0] if len(proposed) == 1 and not one.variable.choices else "")
        shown = "" if not known else " [secret]" if one.variable.secret else f" [{known}]"
        while typed := self._questions.optional(f"  {one.name}{shown}:", hidden=one.variable.secret):
            value = _picked(typed, proposed)
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

    def _wanted(self) -> list[Input]:
        steps = [step.planned for step in walked(self._client.state)]
        places = [Lines(*step.lines) for step in steps if step.kind in ("shell", "sql")]
        named = {one.name for one in self._all if any(_stands_in(one, lines) for lines in places)}
        return self._with_needs([one for one in self._all if one.name in named])

    def _with_needs(self, inputs: Sequence[Input]) -> list[Input]:
        """Before each one those that its own command needs."""
        known = {one.name: one for one in self._all}
        variables = [one.variable for one in self._all]
        found: dict[str, Input] = {}
        for one in inputs:
            command = one.variable.from_command
            needs = missing(command, "shell", variables, {}) if command else ()
            found |= {name: known[name] for name in needs if name not in found}
            found.setdefault(one.name, one)
        return list(found.values())

    def _set(self, one: Input, value: str, source: str) -> None:
        self._client.command(c.SetVariable(name=one.name, value=value, secret=one.variable.secret, source=source))
        if one.variable.secret and (reason := why_not(value.encode(errors="surrogateescape"))):
            self._console.say_prose(stays_visible(one.name, reason), "warn", indent="  ")
        if one.variable.secret:
            self._told.add(one.name)


def problem_of(variable: Variable, value: str) -> str | None:
    """Why this value will not do, in a sentence; None when it will."""
    try:
        check(variable, value)
    except CannotFill as error:
        return str(error)
    return None


def _picked(typed: str, proposed: Sequence[str]) -> str:
    """The value itself, or its number in the list."""
    if typed not in proposed and typed.isdigit() and 1 <= int(typed) <= min(len(proposed), LISTED):
        return proposed[int(typed) - 1]
    return typed


def _stands_in(one: Input, lines: Lines) -> bool:
    return any(lines.first <= line <= lines.last for line in one.variable.lines)
