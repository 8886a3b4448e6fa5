"""What a run without a terminal would stop at: found before anything runs, so that nothing runs half way."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .danger import Memory, Verdict
from .errors import OncueError
from .judging import Judging, Language, is_exported
from .machine import flag_for
from .model import NOTHING, Choice, Runbook, Step, Variable
from .plan import implied_options, numbers_of
from .summary import held_sentence
from .variables import fill, in_words, missing

RanBefore = Callable[[Step, str], Sequence[str]]
"""Step and its final text → one sentence for each time it ran already."""


def never_ran(_step: Step, _text: str) -> Sequence[str]:
    return ()


@dataclass(frozen=True, slots=True)
class Granted:
    """What the command line has settled already."""

    values: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    yes: bool = False
    waived: bool = False
    approved: frozenset[str] = frozenset()
    """Ids of the steps that `--approve` names."""


@dataclass(slots=True)
class Preflight:
    """Walks the steps in the document's order, so that a step is judged with what those before it leave behind."""

    runbook: Runbook
    variables: Sequence[Variable]
    granted: Granted
    judging: Judging = field(default_factory=Judging)
    ran_before: RanBefore = never_ran

    def obstacles(self, section: tuple[str, ...]) -> list[str]:
        """One sentence for each thing only a person can settle, with its place; empty when nobody is needed."""
        inside = [
            step for step in self.runbook.steps if step.section[: len(section)] == section and step.kind != "template"
        ]
        chosen = implied_options(self.runbook.steps, section)
        found: dict[str, None] = {}
        memory = Memory(self._given())
        for step in inside:
            found.update(dict.fromkeys(self._of_choices(step, chosen)))
            found.update(dict.fromkeys(self._of_step(step)))
            text = self._final(step)
            if text is not None:
                found.update(dict.fromkeys(self._of_verdict(step, text, memory)))
                memory = self._after(step, text, memory)
        found.update(dict.fromkeys(self._missing(inside)))
        return list(found)

    def _of_choices(self, step: Step, chosen: Container[str]) -> Iterator[str]:
        for choice in self.runbook.choices:
            options = [option.id for option in choice.options]
            if any(option in step.options for option in options) and not any(option in chosen for option in options):
                place = f"{self.runbook.path}:{choice.lines.first}"
                yield f"{place}: “{choice.title}” is a choice between {_labels(choice)}"

    def _of_step(self, step: Step) -> Iterator[str]:
        if step.broken:
            yield f"{self.runbook.path}:{step.broken.line}: the block is broken: {step.broken.message}"
        elif step.kind == "sql" and (misfit := self.judging.misfit(step)):
            yield f"{self._place(step)}: {misfit}"
        if not self.granted.waived:
            for item in step.items:
                place = f"{self.runbook.path}:{item.lines.first}"
                text = in_words(item.text, self._readable())
                yield f"{place}: “{text}” is to be ticked; --waive REASON passes over it"
            if step.kind == "manual" and not step.items:
                yield f"{self._place(step)}: “{step.title}” is for a person to do; --waive REASON passes over it"

    def _of_verdict(self, step: Step, text: str | OncueError, memory: Memory) -> Iterator[str]:
        if isinstance(text, OncueError):
            yield f"{self._place(step)}: {text}"
            return
        verdict = self.judging.own(step, text, _language(step), memory, edited=False)
        ran_before = () if verdict.level == "safe" else self.ran_before(step, text)
        if not self._may_run(step, verdict, ran_before):
            number = numbers_of(self.runbook)[step.id]
            said = held_sentence(
                step.title, verdict.level, verdict.why, verdict.target, ran_before=ran_before, number=number
            )
            yield f"{self._place(step)}: {said}"

    def _may_run(self, step: Step, verdict: Verdict, ran_before: Sequence[str]) -> bool:
        named = step.id in self.granted.approved
        return flag_for(verdict.level, ran_before=bool(ran_before), yes=self.granted.yes, named=named) is not None

    def _missing(self, steps: Sequence[Step]) -> Iterator[str]:
        places = [step.lines for step in steps if step.kind in ("shell", "sql")]
        for variable in self.variables:
            here = [line for line in variable.lines if any(first <= line <= last for first, last in places)]
            if here and variable.default is None and variable.name not in self.granted.values:
                place = f"{self.runbook.path}:{here[0]}"
                how = "--var-file FILE" if variable.secret else f"--var {variable.name}=VALUE"
                yield f"{place}: {variable.name} has no value; give it with {how}"

    # What would run.

    def _values(self) -> dict[str, str]:
        defaults = {one.name: one.default for one in self.variables if one.default is not None}
        return {**defaults, **self.granted.values}

    def _readable(self) -> dict[str, str]:
        """Those that may stand in a sentence."""
        secret = {one.name for one in self.variables if one.secret}
        return {name: value for name, value in self._values().items() if name not in secret}

    def _given(self) -> dict[str, str]:
        values = self._values()
        return {one.name: values[one.name] for one in self.variables if is_exported(one) and one.name in values}

    def _final(self, step: Step) -> str | OncueError | None:
        """None where there is nothing to judge yet: it is no step that runs, it is broken, or it lacks a value."""
        if step.kind not in ("shell", "sql") or step.broken:
            return None
        values = self._values()
        if missing(step.text, _language(step), self.variables, values):
            return None
        try:
            dialect = self.judging.dialect(step) if step.kind == "sql" else ""
            return fill(step.text, _language(step), values, self.variables, dialect).text
        except OncueError as error:
            return error

    def _after(self, step: Step, text: str | OncueError, memory: Memory) -> Memory:
        if isinstance(text, OncueError) or step.kind == "sql" or step.interpreter:
            return memory
        return self.judging.remember(text, memory)

    def _place(self, step: Step) -> str:
        return f"{self.runbook.path}:{step.lines.first}"


def _language(step: Step) -> Language:
    return "sql" if step.kind == "sql" else "shell"


def _labels(choice: Choice) -> str:
    return ", ".join(f"“{option.label}”" for option in choice.options)
