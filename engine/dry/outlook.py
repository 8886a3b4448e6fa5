"""What each step would be if it were reached now: its final text, judged with what the steps before it leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..author import conditions_of
from ..danger import Memory
from ..databases import database_url, dialect_of
from ..endless import sentence
from ..errors import OncueError, UsageError
from ..judging import Judging, Language, is_exported
from ..limits import BUILT_IN, Limits
from ..model import Expectation, Option, Runbook, Step, Variable
from ..plan import implied_options, numbers_of
from ..preparing import Prepared, not_judged
from ..variables import fill, missing, spans_of


@dataclass(frozen=True, slots=True)
class Prospect:
    """A step as it would be met."""

    step: Step
    number: int | None
    """As `oncue steps` counts; None for text to copy."""
    prepared: Prepared | None
    """None for what a person does."""
    alternatives: tuple[tuple[str, Option], ...] = ()
    """Title of a choice that has not been made, and the option of it that leads here."""
    no_database: str = ""
    """Why there is none for it, where it needs one."""

    @property
    def runs(self) -> bool:
        return self.step.kind in ("shell", "sql")

    def objections(self) -> Iterator[str]:
        """Why it could not run as things are, one sentence each; none of them is about what a person decides."""
        if not self.runs:
            return
        if self.step.broken is not None:
            yield f"the block is broken: {self.step.broken.message}"
        elif self.prepared is not None and self.prepared.missing:
            yield f"no value for {', '.join(self.prepared.missing)}"
        elif self.prepared is not None and self.prepared.problem:
            yield self.prepared.problem
        if self.no_database:
            yield self.no_database


@dataclass(frozen=True, slots=True)
class Outlook:
    """A document in the order in which it stands, alternatives one after another."""

    runbook: Runbook
    variables: Sequence[Variable]
    values: Mapping[str, str]
    judging: Judging
    section: tuple[str, ...] = ()
    limits: Limits = BUILT_IN

    def prospects(self) -> Iterator[Prospect]:
        numbers = numbers_of(self.runbook)
        chosen = implied_options(self.runbook.steps, self.section)
        memory = Memory(self._exported())
        for step in self.steps():
            prepared = None if step.kind == "manual" else self._prepared(step, memory)
            yield Prospect(
                step, numbers.get(step.id), prepared, tuple(self._open_options(step, chosen)), self._no_database(step)
            )
            if prepared is not None:
                memory = self._after(step, prepared, memory)

    def steps(self) -> Sequence[Step]:
        return [one for one in self.runbook.steps if one.section[: len(self.section)] == self.section]

    def inputs(self) -> Sequence[Variable]:
        """Those that these steps use."""
        places = [one.lines for one in self.steps()]
        return [
            one
            for one in self.variables
            if any(place.first <= line <= place.last for place in places for line in one.lines)
        ]

    def value(self, variable: Variable) -> str:
        """What would be used, empty for nothing. A default of a secret is none: it would stand in the document."""
        return self.values.get(variable.name) or ("" if variable.secret else variable.default or "")

    def unresolved(self, prospects: Sequence[Prospect]) -> list[str]:
        """One sentence for each thing without which a step could not run, with its place."""
        path = self.runbook.path
        steps = [f"{path}:{_line(one)}: “{one.step.title}”: {why}" for one in prospects for why in one.objections()]
        return [*map(self._unanswerable, filter(lambda one: one.problem, self.runbook.expects)), *steps]

    def _unanswerable(self, expectation: Expectation) -> str:
        return f"{self.runbook.path}:{expectation.line}: {expectation.name} cannot be checked: {expectation.problem}"

    # One step.

    def _prepared(self, step: Step, memory: Memory) -> Prepared:
        session: Language = "sql" if step.kind == "sql" else "shell"
        language = "template" if step.kind == "template" else session
        if step.broken is not None:
            return Prepared(step.id, step.text, session, not_judged(step.text, f"it is broken: {step.broken.message}"))
        if session == "sql" and (misfit := self.judging.misfit(step)):
            return Prepared(step.id, step.text, session, not_judged(step.text, misfit), problem=misfit)
        if lacking := missing(step.text, language, self.variables, self._usable()):
            verdict = not_judged(step.text, f"no value for {', '.join(lacking)}")
            spans = spans_of(step.text, language, self.variables)
            return Prepared(step.id, step.text, session, verdict, lacking, inputs=spans)
        try:
            dialect = self.judging.dialect(step) if language == "sql" else ""
            filled = fill(step.text, language, self._usable(), self.variables, dialect)
        except OncueError as error:
            return Prepared(step.id, step.text, session, not_judged(step.text, str(error)), problem=str(error))
        judged = (
            not_judged(filled.text, "this is text to copy")
            if language == "template"
            else self.judging.own(step, filled.text, session, memory, edited=False)
        )
        return Prepared(
            step.id,
            filled.text,
            session,
            judged,
            warnings=filled.warnings,
            endless=(sentence(filled.text) or "") if language == "shell" else "",
            limits=conditions_of(step.attributes, self.limits) if language == "sql" else "",
            database=self.judging.database(step) if language == "sql" else "",
            inputs=filled.spans,
        )

    def _after(self, step: Step, prepared: Prepared, memory: Memory) -> Memory:
        is_known = not (step.broken or prepared.missing or prepared.problem)
        if step.kind != "shell" or step.interpreter or not is_known:
            return memory
        return self.judging.remember(prepared.text, memory)

    def _open_options(self, step: Step, chosen: frozenset[str]) -> Iterator[tuple[str, Option]]:
        for choice in self.runbook.choices:
            if not any(option.id in chosen for option in choice.options):
                yield from ((choice.title, option) for option in choice.options if option.id in step.options)

    def _no_database(self, step: Step) -> str:
        if step.kind != "sql":
            return ""
        wanted = step.attributes.get("database") or step.attributes.get("db")
        try:
            url = database_url(wanted, self.judging.databases, self.judging.default)
            if "://" in url:  # else it names where the URL is kept
                dialect_of(url)
        except UsageError as error:
            return str(error)
        return ""

    def _usable(self) -> Mapping[str, str]:
        return {name: value for name, value in self.values.items() if value}

    def _exported(self) -> dict[str, str]:
        return {one.name: self.value(one) for one in self.variables if is_exported(one) and self.value(one)}


def _line(prospect: Prospect) -> int:
    broken = prospect.step.broken
    return broken.line if broken is not None else prospect.step.lines.first
