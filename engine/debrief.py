"""What there is to say after a rehearsal: time against the recording, gates, wrong turns, steps never reached. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from . import events as e
from .beside import named
from .checklist import item_texts
from .levels import LEVEL_SIGNS
from .recording import OTHER_ANSWER, Recording
from .state import RunState, StepState, apply, fold, own_attempts, unresolved
from .summary import APPROVALS, DECISIONS, sign_of, took

DECIDED: Mapping[e.CommitDecision, str] = {"commit": "✔", "roll_back": "↶"}
UNANSWERED: frozenset[e.CommitReason] = frozenset({"time", "absence"})
TITLE_WIDTH = 33
"""So that a line has room in a terminal of 80 columns."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """One step that somebody stood on, with the thinking."""

    step_id: str
    title: str
    status: str
    here_ns: int
    then_ns: int | None
    """None when the recording does not know."""
    ran_ns: int | None
    then_ran_ns: int | None


@dataclass(frozen=True, slots=True)
class Debrief:
    steps: tuple[Stretch, ...]
    gates: tuple[str, ...]
    """One sentence for each text that was let run, for what was decided about a commit, and for what was ticked or
    waived."""
    faults: tuple[str, ...]
    """What went wrong on purpose, and what became of it."""
    wrong_turns: tuple[str, ...]
    unreached: tuple[str, ...]
    """As `never_reached`."""


def debrief(recorded: Sequence[e.Recorded], recording: Recording | None) -> Debrief:
    """`recorded` is the rehearsal itself."""
    state = fold(recorded)
    then = fold(recording.events) if recording else RunState()
    return Debrief(
        steps=tuple(_stretches(recorded, state, recording, then)),
        gates=tuple(_gates(recorded, state)),
        faults=tuple(_faults(state)),
        wrong_turns=tuple(_wrong_turns(recorded, state, then, recording)),
        unreached=never_reached(recorded),
    )


def time_spent(recorded: Sequence[e.Recorded]) -> Mapping[str, int]:
    """Step → nanoseconds for which the run stood on it, within one boot."""
    spent: dict[str, int] = defaultdict(int)
    state, last = RunState(), None
    for one in recorded:
        if last is not None and state.current and last.boot_id == one.stamp.boot_id:
            spent[state.current] += max(0, one.stamp.mono_ns - last.mono_ns)
        state, last = apply(state, one), one.stamp
    return dict(spent)


def never_reached(recorded: Sequence[e.Recorded]) -> tuple[str, ...]:
    """Titles of steps that still want something and that nobody ever stood on."""
    state, met = RunState(), set[str]()
    for one in recorded:
        state = apply(state, one)
        met.add(state.current or "")
    return tuple(step.planned.title for step in unresolved(state) if step.planned.id not in met)


def lines_of(told: Debrief) -> Iterator[str]:
    yield f"{'':2}{'':<{TITLE_WIDTH}} {'spent on it':>19}   {'of that it ran':>19}"
    yield f"{'':2}{'step':<{TITLE_WIDTH}} {'here':>9} {'then':>9}   {'here':>9} {'then':>9}"
    for one in told.steps:
        times = (
            f"{took(one.here_ns):>9} {_known(one.then_ns):>9}   {_known(one.ran_ns):>9} {_known(one.then_ran_ns):>9}"
        )
        yield f"{sign_of(one.status)} {_cut(one.title):<{TITLE_WIDTH}} {times}"
    for name, sentences in (
        ("gates answered", told.gates),
        ("gone wrong on purpose", told.faults),
        ("wrong turns", told.wrong_turns),
        ("never reached", told.unreached),
    ):
        yield f"{name}: {len(sentences) or 'none'}"
        yield from (f"    {sentence}" for sentence in sentences)


def _stretches(
    recorded: Sequence[e.Recorded], state: RunState, recording: Recording | None, then: RunState
) -> Iterator[Stretch]:
    here, before = time_spent(recorded), time_spent(recording.events) if recording else {}
    ran = _ran_then(recording)
    for step in state.steps.values():
        planned = step.planned
        if planned.id not in here or planned.kind == "template":
            continue
        twin = _twin(then, planned)
        durations = [one.duration_ns or 0 for one in own_attempts(state, step)]
        yield Stretch(
            planned.id,
            planned.title,
            step.status,
            here[planned.id],
            before.get(twin),
            sum(durations) if durations else None,
            ran.get(twin or planned.id),
        )


def _ran_then(recording: Recording | None) -> Mapping[str, int]:
    ran: dict[str, int] = defaultdict(int)
    for step in recording.steps if recording else ():
        if not (step.suggestion or step.dry_run):
            ran[step.id] += step.duration_us * 1000
    return dict(ran)


def _starts_in(recording: Recording | None) -> Mapping[str, int]:
    """Step → how often it was started, also behind the first event that is missing."""
    return Counter(one.id for one in recording.steps if not (one.suggestion or one.dry_run)) if recording else {}


def _twin(then: RunState, planned: e.PlannedStep) -> str:
    """Id of the same step in the recorded run; empty for none."""
    if planned.id in then.steps:
        return planned.id
    named = [step.planned.id for step in then.steps.values() if step.planned.title == planned.title]
    return named[0] if len(named) == 1 else ""


def _gates(recorded: Sequence[e.Recorded], state: RunState) -> Iterator[str]:
    items = item_texts(state)
    rows: int | None = None
    for event in (one.event for one in recorded):
        if isinstance(event, e.StepStarted):
            yield _let_run(event, state)
        elif isinstance(event, e.CommitAsked):
            rows = event.rows
        elif isinstance(event, e.CommitAnswered) and event.reason not in UNANSWERED:
            affected = "" if rows is None else f", {rows} row(s) affected"
            decided = DECISIONS[event.decision, event.reason]
            yield f"{DECIDED[event.decision]} not committed yet: {_of(event.attempt, state)}{affected}, {decided}"
        elif isinstance(event, e.ItemTicked):
            yield f"☑ {items.get(event.item_id, event.item_id)}"
        elif isinstance(event, e.ItemWaived):
            yield f"☒ {items.get(event.item_id, event.item_id)}, waived: {event.reason}"


def _let_run(event: e.StepStarted, state: RunState) -> str:
    how = APPROVALS[event.approval] or ("tried" if event.dry_run else "started")
    name = named(event, state.steps[event.step_id].planned.title)
    return f"{LEVEL_SIGNS[event.level]} {event.level}: {name}, {how}{f': {event.typed}' if event.typed else ''}"


def _of(attempt: int, state: RunState) -> str:
    return state.steps[state.attempts[attempt].step_id].planned.title


def unmet(state: RunState) -> Iterator[tuple[str, str]]:
    """What was to go wrong and did not, because its step was not started as often: each fault with the step's title."""
    for step, _, left in _met(state):
        yield from ((fault, step.planned.title) for fault in left)


def _met(state: RunState) -> Iterator[tuple[StepState, list[str], list[str]]]:
    """For each step what went wrong on purpose, and what was only meant to."""
    for step_id, faults in _injected(state).items():
        if (step := state.steps.get(step_id)) is not None:
            count = len(own_attempts(state, step))
            yield step, faults[:count], faults[count:]


def _faults(state: RunState) -> Iterator[str]:
    for step, met, left in _met(state):
        title = f"“{step.planned.title}”"
        if met:
            yield f"{title}: {', '.join(met)}; in the end {step.status.replace('_', ' ')}"
        if left:
            yield f"{title}: {', '.join(left)}, not met"


def _injected(state: RunState) -> Mapping[str, list[str]]:
    """Step → what goes wrong at its starts, in their order."""
    rehearsal = state.started.rehearsal if state.started else None
    found: dict[str, list[str]] = defaultdict(list)
    for one in rehearsal.injections if rehearsal else ():
        found[one.step_id].append(one.fault)
    return dict(found)


def _wrong_turns(
    recorded: Sequence[e.Recorded], state: RunState, then: RunState, recording: Recording | None
) -> Iterator[str]:
    """Where the walk left the document's order, its text, or the recording's way, or left a question open."""
    titles = {step_id: step.planned.title for step_id, step in state.steps.items()}
    for event in (one.event for one in recorded):
        if isinstance(event, e.StepSelected):
            yield f"went to “{titles[event.step_id]}” out of turn"
        elif isinstance(event, e.StepEdited):
            yield f"“{titles[event.step_id]}” was edited"
        elif isinstance(event, e.CommitAnswered) and event.reason in UNANSWERED:
            yield f"“{_of(event.attempt, state)}” was {DECISIONS[event.decision, event.reason]}"
        elif isinstance(event, e.StepEnded) and OTHER_ANSWER in event.message:
            yield f"something else was typed into “{titles[event.step_id]}” than in the recording"
    if then.started is not None:
        yield from _off_the_way(state, then, _starts_in(recording))


def _off_the_way(state: RunState, then: RunState, starts: Mapping[str, int]) -> Iterator[str]:
    """What was started again because something went wrong on purpose is no wrong turn."""
    injected = _injected(state)
    for step_id, step in state.steps.items():
        twin = then.steps.get(_twin(then, step.planned))
        if twin is None or step.planned.kind == "template":
            continue
        n_here, n_then = len(own_attempts(state, step)), starts.get(twin.planned.id, 0)
        if n_then and not n_here and step.status in ("skipped", "done"):
            yield f"“{step.planned.title}” ran in the recording and was {step.status} here"
        elif n_here and not n_then:
            yield f"“{step.planned.title}” did not run in the recording"
        elif n_here > n_then + len(injected.get(step_id, ())):
            yield f"“{state.steps[step_id].planned.title}” was started {n_here} times, {n_then} in the recording"
    for choice_id, option_id in state.chosen.items():
        if then.chosen.get(choice_id, option_id) != option_id:
            yield f"another alternative was chosen at {_title_of(state, choice_id)!r}"


def _title_of(state: RunState, choice_id: str) -> str:
    choices = state.started.choices if state.started else ()
    return next((one.title for one in choices if one.id == choice_id), choice_id)


def _known(ns: int | None) -> str:
    return took(ns) or "-"


def _cut(title: str) -> str:
    return title if len(title) <= TITLE_WIDTH else f"{title[: TITLE_WIDTH - 1]}…"
