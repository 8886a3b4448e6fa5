"""What a run knows and its trail does not: secret values, texts that hold one, and what the shell was given of them.

It stays in memory as long as the run's process lives.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from . import commands as c
from .masking import Masking, holds_mask
from .model import NOTHING, Variable
from .state import RunState
from .variables import exports_of


class Withheld:
    def __init__(self, variables: Sequence[Variable], environment: Mapping[str, str], masking: Masking) -> None:
        """`environment` is what the shell starts with."""
        self._variables = variables
        self._environment = environment
        self._masking = masking
        self._secrets: dict[str, str] = {}
        """Inputs whose value the trail does not have, or has masked."""
        self._edits: dict[str, str] = {}
        """Step → the text of its edit, where the trail has it masked."""
        self._exported: dict[str, str] = {}

    def keep_value(self, command: c.SetVariable) -> str:
        """Answers why a secret value cannot be masked, if it cannot."""
        self._secrets.pop(command.name, None)
        reason = self._masking.learn(command.name, command.value) if command.secret else ""
        if command.secret or self._masking.text(command.value) != command.value:
            self._secrets[command.name] = command.value
        return reason or ""

    def keep_edit(self, command: c.Edit) -> None:
        self._edits.pop(command.step_id, None)
        if self._masking.text(command.text) != command.text:
            self._edits[command.step_id] = command.text

    def values(self, state: RunState) -> Mapping[str, str]:
        """Of the inputs, as far as they have one."""
        given = state.variables.items()
        known = {name: value for name, value in given if value is not None and not holds_mask(value)}
        return {**known, **self._secrets} if known or self._secrets else NOTHING

    def with_edits(self, state: RunState) -> RunState:
        """With every edited text as the operator wrote it."""
        if not self._edits:
            return state
        edited = {step_id: replace(state.steps[step_id], edited=text) for step_id, text in self._edits.items()}
        return replace(state, steps={**state.steps, **edited})

    def fresh_exports(self, state: RunState) -> tuple[tuple[str, str], ...]:
        """Inputs written `$NAME` that the shell does not have yet."""
        values = self.values(state)
        wanted = exports_of(self._variables, values).items()
        named = {name: value for name, value in wanted if name in values or name not in self._environment}
        return tuple((name, value) for name, value in named.items() if self._exported.get(name) != value)

    def export(self, state: RunState) -> tuple[tuple[str, str], ...]:
        """The same, and from now on the shell has them: once, so that a step may change them afterwards."""
        fresh = self.fresh_exports(state)
        self._exported.update(fresh)
        return fresh

    def forget_exports(self) -> None:
        """The next shell is a new one."""
        self._exported.clear()
