"""The inputs a run wants, and what each of them stands at: what every page of inputs shows, and where it takes from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from . import commands as c
from .model import Lines, Variable
from .redact import stays_visible, why_not
from .state import RunState, walked
from .variables import CannotFill, check, missing

SOURCES_TAKEN = ("typed", "--var")
"""The operator has said this very value, so it needs no second look."""
MOST_LINES = 4
"""Places of an input that are told; a reader looks at the first ones."""
SECRET = "(secret)"  # noqa: S105 - what is shown of one


@dataclass(frozen=True, slots=True)
class Input:
    """A variable as the host tells it."""

    variable: Variable
    known: bool
    """The host has a value for it; a secret's is lost with the process that was told it."""

    @property
    def name(self) -> str:
        return self.variable.name


def inputs_of(answer: Mapping[str, Any]) -> tuple[Input, ...]:
    """From the host's answer to `inputs`, which knows lists only."""
    return tuple(_input_of(told) for told in answer["inputs"])


def _input_of(told: Mapping[str, Any]) -> Input:
    given = {one.name: _frozen(told[one.name]) for one in fields(Variable)}
    return Input(Variable(**given), bool(told["known"]))


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


@dataclass(frozen=True, slots=True)
class Sheet:
    """Every input of a run beside what the run knows of them."""

    inputs: tuple[Input, ...]
    state: RunState
    told: frozenset[str] = frozenset()
    """Secrets that the host was told since it was asked for its inputs."""

    def value(self, one: Input) -> str:
        """What the run would use, empty for nothing; for a secret any text that is not empty."""
        known = self.state.variables
        if one.name not in known:
            return one.variable.default or ""
        value = known[one.name]
        if value is not None:
            return value
        return SECRET if one.known or one.name in self.told else ""

    def shown(self, one: Input) -> str:
        """The value as it may be seen; empty for none."""
        return SECRET if one.variable.secret and self.value(one) else self.value(one)

    def source(self, one: Input) -> str:
        """Where its value came from, in words; empty where it has none."""
        if not self.value(one):
            return ""
        return self.state.sources.get(one.name, "") if one.name in self.state.variables else "default"

    def place(self, one: Input) -> str:
        """Lines of the steps that use it; its description has a line too, which nobody looks for here."""
        places = [Lines(*step.planned.lines) for step in self.state.steps.values()]
        lines = [line for line in one.variable.lines if any(first <= line <= last for first, last in places)]
        more = ", …" if len(lines) > MOST_LINES else ""
        return f"line {', '.join(map(str, lines[:MOST_LINES]))}{more}" if lines else ""

    def lacking(self, inputs: Iterable[Input]) -> list[Input]:
        return [one for one in inputs if not self.value(one)]

    def unseen(self, inputs: Iterable[Input]) -> list[Input]:
        """Those whose value nobody at this terminal has said."""
        return [one for one in inputs if self.source(one) not in SOURCES_TAKEN]

    def wanted(self) -> list[Input]:
        """What the walked steps want, in the document's order."""
        steps = [step.planned for step in walked(self.state)]
        return self.of([Lines(*step.lines) for step in steps if step.kind in ("shell", "sql")])

    def of(self, places: Sequence[Lines]) -> list[Input]:
        """What stands in these lines, and before each one what its own command needs."""
        return self._with_needs([one for one in self.inputs if stands_in(one, places)])

    def named(self, names: Collection[str]) -> list[Input]:
        """Those inputs, and before each one what its own command needs."""
        return self._with_needs([one for one in self.inputs if one.name in names])

    def _with_needs(self, inputs: Sequence[Input]) -> list[Input]:
        known = {one.name: one for one in self.inputs}
        variables = [one.variable for one in self.inputs]
        found: dict[str, Input] = {}
        for one in inputs:
            command = one.variable.from_command
            needs = missing(command, "shell", variables, {}) if command else ()
            found |= {name: known[name] for name in needs if name in known and name not in found}
            found.setdefault(one.name, one)
        return list(found.values())


def stands_in(one: Input, places: Sequence[Lines]) -> bool:
    return any(lines.first <= line <= lines.last for lines in places for line in one.variable.lines)


def problem_of(variable: Variable, value: str) -> str | None:
    """Why this value will not do, in a sentence; None when it will."""
    try:
        check(variable, value)
    except CannotFill as error:
        return str(error)
    return None


def setting(one: Input, value: str, source: str) -> c.SetVariable:
    return c.SetVariable(name=one.name, value=value, secret=one.variable.secret, source=source)


def warning_of(one: Input, value: str) -> str:
    """What the operator is told of a secret that cannot be masked; empty for anything else."""
    reason = why_not(value.encode(errors="surrogateescape")) if one.variable.secret else ""
    return stays_visible(one.name, reason) if reason else ""


def picked(typed: str, proposed: Sequence[str], listed: int) -> str:
    """The value itself, or its number among the first `listed` ones."""
    if typed not in proposed and typed.isdigit() and 1 <= int(typed) <= min(len(proposed), listed):
        return proposed[int(typed) - 1]
    return typed
