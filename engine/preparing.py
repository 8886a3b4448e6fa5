"""What would run if the operator said so now: the final text of a step, with its verdict and who ran it already."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from .author import conditions_of
from .danger import Memory, Verdict
from .endless import sentence
from .errors import OncueError, Refused
from .events import CommitDecision
from .judging import Judging, Language, ShellMemory, is_exported
from .limits import BUILT_IN, Limits
from .model import NOTHING, Runbook, Step, Variable
from .precedents import Precedent, document_of, matching, precedents_in, sentence_of
from .state import ENDINGS, Attempt, RunState
from .variables import fill, missing, read_from_shell, spans_of

PastRuns = Callable[[str, str], Sequence[Precedent]]
"""Incident and run → what the other runs of that incident started. Raises `OncueError` when it cannot be read."""
UNREAD = "whether it ran already in this incident could not be looked up"


def no_past_runs(_incident: str, _run_id: str) -> Sequence[Precedent]:
    return ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of a step's texts is meant."""

    step_id: str
    suggestion: int | None = None
    """Number of a command that the step's words mention; None for the step itself."""
    dry_run: bool = False
    """The verdict's dry run of it."""
    closing: CommitDecision | None = None
    """What ends the transaction that is open on its database, in place of the step itself."""


class Held(NamedTuple):
    """What variables of the shell hold between two steps."""

    values: Mapping[str, str | None] = NOTHING
    """None for what is not set; a name that is not there is one that nobody knows about."""
    looked: bool = False
    """Somebody wants to know; else nothing is said of what is not there."""
    secret: Container[str] = ()
    """Names of those whose values nobody is told."""


UNKNOWN = Held()


@dataclass(frozen=True, slots=True)
class Prepared:
    """What would run if the operator said so now."""

    step_id: str
    text: str
    session: Language
    verdict: Verdict
    missing: tuple[str, ...] = ()
    """Inputs without a value; the text still shows their placeholders."""
    problem: str = ""
    """Why it cannot be prepared, in one sentence; empty when it can."""
    warnings: tuple[str, ...] = ()
    """What a value lays open by going where it goes, one sentence each."""
    ran_before: tuple[str, ...] = ()
    """One sentence for each time it ran already, newest first, when it is not safe."""
    endless: str = ""
    """How it is ended, in a sentence; empty for what ends by itself."""
    held: tuple[tuple[str, str], ...] = ()
    """Names and values of the shell's own variables that the text reads; secret ones are left out."""
    empty: tuple[str, ...] = ()
    """The same, a sentence for each that is empty, not set or unknown there: only a step that was named runs so."""
    limits: str = ""
    """How long its statements may wait and run, in words; empty for what is no SQL."""
    database: str = ""
    """Where its statements go, `shop: app@db.internal:5432/orders`; empty for what is no SQL, and where nobody says."""
    inputs: tuple[tuple[int, int], ...] = ()
    """Where the inputs stand in the text: their values, or their placeholders where one is missing."""


def _with_held(plain: Prepared, held: Held, inputs: Container[str]) -> Prepared:
    """What is empty counts as known too: `rm -r $DIR/*` is about `/` then."""
    if not held.looked:
        return plain
    read = [name for name in read_from_shell(plain.text) if name not in inputs]
    known = tuple((name, held.values[name] or "") for name in read if name in held.values and name not in held.secret)
    return replace(plain, held=known, empty=tuple(_doubt(name, held) for name in read if not held.values.get(name)))


def _doubt(name: str, held: Held) -> str:
    if name not in held.values:
        return f"nobody knows what ${name} holds in the shell"
    return f"${name} is {'not set' if held.values[name] is None else 'empty'} in the shell"


def not_judged(text: str, why: str) -> Verdict:
    return Verdict("unknown", "opaque", "not-prepared", why, (0, len(text)))


class Preparation:
    """Prepares the steps of one run. Asks for state and values anew each time."""

    def __init__(
        self,
        runbook: Runbook,
        variables: Sequence[Variable],
        judging: Judging,
        past_runs: PastRuns = no_past_runs,
        mask: Callable[[str], str] = str,
        *,
        limits: Limits = BUILT_IN,
    ) -> None:
        """`mask` makes of a text what stands of it in the trail."""
        self._steps = {step.id: step for step in runbook.steps}
        self._variables = tuple(variables)
        self._judging = judging
        self._past_runs = past_runs
        self._mask = mask
        self._limits = limits
        self._memory = ShellMemory(judging.remember, self._leaves_something)

    def prepare(
        self,
        state: RunState,
        values: Mapping[str, str],
        fresh: Mapping[str, str],
        wanted: Wanted,
        held: Held = UNKNOWN,
    ) -> Prepared:
        """`fresh` are inputs that the shell's environment will be given right before the text. What its own variables
        hold is unknown for a step that does not come next."""
        step = self.step(state, wanted.step_id)
        text = ENDINGS[wanted.closing] if wanted.closing else self.standing(state, step, wanted.suggestion)
        session: Language = "sql" if step.kind == "sql" and wanted.suggestion is None else "shell"
        language: Literal["shell", "sql", "template"] = "template" if step.kind == "template" else session
        misfit = self._judging.misfit(step) if session == "sql" and state.steps[step.id].edited is None else ""
        if misfit:
            return Prepared(step.id, text, session, not_judged(text, misfit), problem=misfit)
        lacking = missing(text, language, self._variables, values)
        if lacking:
            verdict = not_judged(text, f"no value for {', '.join(lacking)}")
            return Prepared(step.id, text, session, verdict, lacking, inputs=spans_of(text, language, self._variables))
        try:
            dialect = self._judging.dialect(step) if language == "sql" else ""
            filled, _, warnings, spans = fill(text, language, values, self._variables, dialect)
        except OncueError as error:
            return Prepared(step.id, text, session, not_judged(text, str(error)), problem=str(error))
        if step.kind == "template":
            return Prepared(step.id, filled, session, not_judged(filled, "this is text to copy"), inputs=spans)
        plain = Prepared(step.id, filled, session, not_judged(filled, ""), warnings=warnings, inputs=spans)
        if session == "shell":
            plain = _with_held(plain, held, inputs=values)
        else:
            limits = conditions_of(step.attributes, self._limits)
            plain = replace(plain, limits=limits, database=self._judging.database(step))
        return self._judged(state, values, fresh, wanted, plain)

    def candidates(self, step_id: str, *, suggestion: bool, dry_run: bool, closing: bool = False) -> Sequence[Wanted]:
        """What a client can have been shown."""
        if closing:
            return [Wanted(step_id, closing=one) for one in ENDINGS]
        offers = range(len(self._steps[step_id].offers)) if suggestion else (None,)
        return [Wanted(step_id, number, dry_run) for number in offers]

    def step(self, state: RunState, step_id: str) -> Step:
        if step_id not in self._steps or step_id not in state.steps:
            raise Refused(f"the run has no step {step_id!r}")
        return self._steps[step_id]

    def standing(self, state: RunState, step: Step, suggestion: int | None = None) -> str:
        """The text as it stands, placeholders and all: the operator's edit or the document's."""
        if suggestion is None:
            edited = state.steps[step.id].edited
            return step.text if edited is None else edited
        if not 0 <= suggestion < len(step.offers):
            raise Refused("the step has no such suggestion")
        return step.offers[suggestion].text

    def _judged(
        self,
        state: RunState,
        values: Mapping[str, str],
        fresh: Mapping[str, str],
        wanted: Wanted,
        plain: Prepared,
    ) -> Prepared:
        step, memory = self._steps[plain.step_id], self._memory_for(state, values, fresh)
        memory = memory._replace(values={**memory.values, **dict(plain.held)}) if plain.held else memory
        if wanted.suggestion is None:
            edited = state.steps[step.id].edited is not None
            verdict = self._judging.own(step, plain.text, plain.session, memory, edited=edited)
        else:
            verdict = self._judging.suggestion(plain.text, memory)
        if wanted.closing:
            return replace(plain, verdict=self._judging.dry_run(step, plain.text, plain.session, memory))
        if wanted.dry_run:
            return self._dry_run(step, verdict, memory, plain)
        ran = () if verdict.level == "safe" else self._ran_before(state, wanted, plain.text)
        endless = sentence(plain.text) if plain.session == "shell" else None
        return replace(plain, verdict=verdict, ran_before=ran, endless=endless or "")

    def _dry_run(self, step: Step, verdict: Verdict, memory: Memory, plain: Prepared) -> Prepared:
        if verdict.dry_run is None:
            raise Refused("there is no dry run of this")
        form = verdict.dry_run.form
        return replace(plain, text=form, inputs=(), verdict=self._judging.dry_run(step, form, plain.session, memory))

    def _memory_for(self, state: RunState, values: Mapping[str, str], fresh: Mapping[str, str]) -> Memory:
        """The shell's variables: inputs it was given, what steps made of them, inputs it is about to be given."""
        memory = self._memory.of(state)
        given = {v.name: values[v.name] for v in self._variables if is_exported(v) and v.name in values}
        known = {name: value for name, value in fresh.items() if name in given}
        return memory._replace(values={**given, **memory.values, **known}) if given else memory

    def _ran_before(self, state: RunState, wanted: Wanted, text: str) -> tuple[str, ...]:
        """Fails closed: what cannot be looked up has to be confirmed as if it had run."""
        found = list(precedents_in(state))
        unread = []
        if state.started is not None and state.started.incident:
            try:
                found += self._past_runs(state.started.incident, state.run_id)
            except OncueError as error:
                unread = [f"{UNREAD}: {error}"]
        step_id = wanted.step_id if wanted.suggestion is None else ""
        same = matching(found, run_id=state.run_id, document=document_of(state), step_id=step_id, text=self._mask(text))
        return (*unread, *(sentence_of(one, state.run_id) for one in same))

    def _leaves_something(self, attempt: Attempt) -> bool:
        step = self._steps[attempt.step_id]
        return attempt.suggestion or (step.kind != "sql" and not step.interpreter)
