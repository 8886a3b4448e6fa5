"""The state of a run: what its events, one after another, make of it, and nothing else.

`fold` is the only way a `RunState` comes about. Each event has one row in `APPLY`; an event without a row is a bug
that a test finds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce
from itertools import chain, islice
from types import MappingProxyType
from typing import Any, Literal

from . import events as e
from .connections import Connection, changed, gone
from .grown import Row, grown
from .levels import Level
from .plan import implied_options

Phase = Literal["unstarted", "idle", "running", "unknown", "left", "ended", "broken"]
"""`left`: open, without a host. `broken`: the trail could not be written, so nothing more may run."""
Status = Literal[
    "pending",
    "running",
    "succeeded",
    "failed",
    "interrupted",
    "timed_out",
    "lost",
    "unknown",
    "skipped",
    "done",
]
ItemStatus = Literal["open", "ticked", "waived"]

ENDINGS: Mapping[e.CommitDecision, str] = {"commit": "COMMIT", "roll_back": "ROLLBACK"}
"""What ends a transaction that steps have left open, on every kind of database."""
BY_OPERATOR = "its operator had the transaction rolled back"
KILLED = 128 + 9
"""Exit status of what was ended by force: it did not stop as it should have."""
RESOLVED: frozenset[Status] = frozenset({"succeeded", "skipped", "done"})
FAILED: frozenset[Status] = frozenset({"failed", "interrupted", "timed_out", "lost"})


@dataclass(frozen=True, slots=True)
class Attempt:
    """One start of a step."""

    number: int
    step_id: str
    text: str
    started_at: datetime
    login: str = ""
    """Who started it."""
    suggestion: bool = False
    dry_run: bool = False
    closing: bool = False
    before: Status = "pending"
    """How the step stood when this attempt began; what runs beside it leaves it so."""
    shell: int = 0
    """Which of the run's shells it was given to, counted from 0."""
    level: Level = "unknown"
    category: str = ""
    rule: str = ""
    why: str = ""
    target: str = ""
    database: str = ""
    endless: str = ""
    approval: e.Approval = "asked"
    typed: str = ""
    hold: bool = False
    questions: int = 0
    """How often it was asked whether to commit."""
    decision: e.CommitDecision | None = None
    """Of the latest statement that waited for one; None while it waits."""
    decided: e.CommitReason | None = None
    decider: str = ""
    """Who answered, where somebody did."""
    results: int = 0
    """How many results the trail has as rows: each is an event `RowsFetched`, and too large to be kept here."""
    outcome: e.StepOutcome | Literal["unknown"] | None = None
    exit_status: int | None = None
    duration_ns: int | None = None
    output_bytes: int = 0
    message: str = ""
    changes: tuple[e.FileChange, ...] = ()
    more_changes: int = 0
    settlement: e.Settlement | None = None
    """What a person said about an end that nobody saw."""
    undone: str = ""
    """Why nothing is kept of it although it succeeded: its transaction has come to nothing."""

    @property
    def is_beside(self) -> bool:
        """Something else than the step itself ran."""
        return self.suggestion or self.dry_run or self.closing


@dataclass(frozen=True, slots=True)
class Rewriting:
    """One edit of a step's text by its operator."""

    at: datetime
    login: str
    before: str
    after: str


NONE: Row[int] = Row()


@dataclass(frozen=True, slots=True)
class StepState:
    planned: e.PlannedStep
    status: Status = "pending"
    edited: str | None = None
    """The operator's text, which stands in place of the document's."""
    edits: tuple[Rewriting, ...] = ()
    attempts: Row[int] = NONE
    """Numbers of its starts."""
    reason: str = ""
    """Why it was skipped, or the note it was marked done with."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A client of the run, and who sits at it."""

    id: int
    client: str
    """`plain`, `cockpit`, …"""
    login: str
    host: str
    tty: str | None
    since: datetime


@dataclass(frozen=True, slots=True)
class Remark:
    """A note, with when and by whom."""

    at: datetime
    login: str
    text: str
    step_id: str | None


def _empty() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class RunState:
    run_id: str = ""
    phase: Phase = "unstarted"
    started: e.RunStarted | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    seq: int = 0
    steps: Mapping[str, StepState] = field(default_factory=_empty)
    """In document order."""
    items: Mapping[str, ItemStatus] = field(default_factory=_empty)
    waivers: Mapping[str, str] = field(default_factory=_empty)
    """Item id → why it was waived."""
    item_values: Mapping[str, Mapping[str, str | None]] = field(default_factory=_empty)
    """Item id → the inputs as they were when it was last ticked, unticked or waived."""
    attempts: Mapping[int, Attempt] = field(default_factory=dict)
    chosen: Mapping[str, str] = field(default_factory=_empty)
    """Choice id → option id."""
    variables: Mapping[str, str | None] = field(default_factory=_empty)
    """None stands for a secret, whose value only the host's memory has."""
    sources: Mapping[str, str] = field(default_factory=_empty)
    """Input → where its value came from, in words."""
    context: e.ContextChecked | None = None
    """The latest look at where the run works."""
    scopes: tuple[tuple[str, ...], ...] = ((),)
    """Section paths being walked; a jump out of them adds one."""
    current: str | None = None
    """The step the operator stands on; None when everything is resolved."""
    entered: Mapping[tuple[str, ...], datetime] = field(default_factory=dict)
    """Section path → when the operator first came into it, or into a part of it."""
    running: int | None = None
    """The attempt in flight, or the one whose end is unknown."""
    asked: e.CommitAsked | None = None
    """What waits to be committed or rolled back."""
    asked_at: datetime | None = None
    """Since when the latest such question has stood."""
    shells: int = 0
    """How many shells were lost so far: each new one has forgotten what the steps before it set."""
    connections: Mapping[str, Connection] = field(default_factory=_empty)
    """By their databases, as far as steps have left something on them."""
    notes: tuple[Remark, ...] = ()
    resumed: e.RunResumed | None = None
    """The latest return of the run, with what did not return with it."""
    attached: Mapping[int, Attached] = field(default_factory=dict)
    """By id, in the order in which they came; a record that does not tell clients apart names none."""
    newcomers: int = 0
    """How many clients have come so far; the next one's id is one more."""
    keyboard: Attached | None = None
    """Whose commands count. None when its holder has gone and nobody has asked for it or come since."""
    wanting: tuple[int, ...] = ()
    """Ids of those who have asked its holder for the keyboard, earliest first."""
    directory: str = ""
    outcome: e.RunOutcome | None = None
    reason: str = ""


def fold(recorded: Iterable[e.Recorded], state: RunState | None = None) -> RunState:
    return reduce(apply, recorded, state or RunState())


def apply(state: RunState, recorded: e.Recorded) -> RunState:
    """One event further. `state` is left as it was."""
    changed = APPLY[type(recorded.event)](state, recorded.event, recorded.stamp)
    if changed.current != state.current:
        changed = _entering(changed, recorded.stamp.at)
    return replace(changed, seq=recorded.seq, run_id=recorded.run_id)


def _entering(state: RunState, at: datetime) -> RunState:
    here = state.steps.get(state.current or "")
    section = here.planned.section if here is not None else ()
    fresh = {section[:depth]: at for depth in range(1, len(section) + 1) if section[:depth] not in state.entered}
    return replace(state, entered={**state.entered, **fresh}) if fresh else state


# What a reader may ask of a state.


def orphaned(state: RunState) -> RunState:
    """The state as it is when no host is alive any more: a step in flight is unknown, and no transaction is open any
    more, whatever the trail says last."""
    state = _without_connections(state)
    attempt = state.attempts.get(state.running or 0)
    if attempt is None or attempt.outcome is not None:
        return state
    return replace(
        state,
        phase="unknown",
        steps={**state.steps, attempt.step_id: replace(state.steps[attempt.step_id], status="unknown")},
        attempts=grown(state.attempts, attempt.number, replace(attempt, outcome="unknown")),
    )


def has_failed(state: RunState, step: StepState) -> bool:
    """Its latest attempt failed and nobody has made it good: passing over a failure does not undo it."""
    if step.status in FAILED:
        return True
    own = own_attempts(state, step)
    if step.status != "skipped" or not own:
        return False
    last = own[-1]
    return last.outcome in FAILED - {"interrupted"} or last.settlement == "did_not_work" or bool(last.undone)


def is_unknown(state: RunState, step: StepState) -> bool:
    """How its latest attempt ended nobody knows and nobody has said: to pass over it, or to mean to run it again, tells
    nothing of it."""
    if step.status in ("unknown", "lost"):
        return True
    own = own_attempts(state, step)
    if step.status not in ("skipped", "pending") or not own:
        return False
    is_settled = own[-1].settlement not in (None, "run_again")
    return own[-1].outcome == "lost" or (own[-1].outcome == "unknown" and not is_settled)


def standing(state: RunState, step: StepState) -> Status:
    """Its status; of one that was passed over, what has to be known of it all the same."""
    return "unknown" if step.status != "lost" and is_unknown(state, step) else step.status


def own_attempts(state: RunState, step: StepState) -> list[Attempt]:
    """Starts of the step itself, not of what ran beside it."""
    return [state.attempts[number] for number in step.attempts if not state.attempts[number].is_beside]


def edit_of_then(state: RunState, step_id: str) -> str:
    """What was made of the step in the run that is executed again; empty for nothing, and once it is edited here."""
    again = state.started.rerun if state.started else None
    return again.edits.get(step_id, "") if again and state.steps[step_id].edited is None else ""


def option_of(state: RunState, step: e.PlannedStep) -> tuple[e.PlannedChoice, str] | None:
    """The first choice this step hangs on that has not been made, with the step's own option."""
    for choice, option_id in _choices_of(state, step):
        if choice.id not in state.chosen:
            return choice, option_id
    return None


def is_walked(state: RunState, step: e.PlannedStep) -> bool:
    """In a section being walked, and not under an alternative that was passed over."""
    chosen = (state.chosen.get(choice.id, option) == option for choice, option in _choices_of(state, step))
    return _in_scope(state, step) and all(chosen)


def walked(state: RunState) -> list[StepState]:
    return [step for step in state.steps.values() if is_walked(state, step.planned)]


def unresolved(state: RunState) -> list[StepState]:
    """Walked steps that still want something. Templates are there to read and never want anything."""
    return [step for step in state.steps.values() if _is_open(state, step)]


def _is_open(state: RunState, step: StepState) -> bool:
    return step.status not in RESOLVED and step.planned.kind != "template" and is_walked(state, step.planned)


def held_by(state: RunState, step_id: str) -> list[e.PlannedItem]:
    """Checklist items that still hold this step."""
    return [item for item in state.steps[step_id].planned.items if state.items[item.id] == "open"]


def next_step(state: RunState, after: str | None) -> str | None:
    """The next unresolved step in document order after `after`, else the first one anywhere, else None."""
    order = list(state.steps.values())
    start = list(state.steps).index(after) + 1 if after is not None and after in state.steps else 0
    following = chain(islice(order, start, None), islice(order, start))
    return next((step.planned.id for step in following if _is_open(state, step)), None)


def previous_step(state: RunState, before: str) -> str | None:
    """The walked step before this one, whatever became of it."""
    order = [s.planned.id for s in walked(state) if s.planned.kind != "template" or s.planned.id == before]
    place = order.index(before) if before in order else 0
    return order[place - 1] if place > 0 else None


def _in_scope(state: RunState, step: e.PlannedStep) -> bool:
    return any(step.section[: len(scope)] == scope for scope in state.scopes)


def _choices_of(state: RunState, step: e.PlannedStep) -> list[tuple[e.PlannedChoice, str]]:
    if not step.options or state.started is None:
        return []
    return [
        (choice, option.id)
        for choice in state.started.choices
        for option in choice.options
        if option.id in step.options
    ]


def open_transactions(state: RunState) -> list[Connection]:
    """Those in which steps have written, and whose writes are lost when the run ends now."""
    return [one for one in state.connections.values() if writers_of(state, one)]


def writers_of(state: RunState, connection: Connection) -> list[Attempt]:
    """Of its open transaction: what is not proved to only read."""
    ran = (state.attempts[number] for number in connection.attempts)
    return [one for one in ran if one.level != "safe" and not one.is_beside and one.outcome == "succeeded"]


def steps_in(state: RunState, connection: Connection) -> list[str]:
    """Ids of those that have written in its open transaction, in the order in which they did."""
    return list(dict.fromkeys(one.step_id for one in writers_of(state, connection)))


def number_of(state: RunState, step_id: str) -> int:
    """As `oncue steps` shows it."""
    return [step.planned.id for step in state.steps.values() if step.planned.kind != "template"].index(step_id) + 1


def opened_by(state: RunState, connection: Connection) -> str:
    """`the transaction that step 2 opened on orders`."""
    opener = state.attempts[connection.attempts[0]].step_id
    return f"the transaction that step {number_of(state, opener)} opened on {connection.database}"


# One row per event.


def _run_started(state: RunState, event: e.RunStarted, stamp: e.Stamp) -> RunState:
    begun = replace(
        state,
        phase="idle",
        started=event,
        started_at=stamp.at,
        steps={step.id: StepState(step) for step in event.plan},
        items={item.id: "open" for step in event.plan for item in step.items},
        scopes=(event.section,),
        chosen=_implied(event),
        directory=event.directory,
    )
    return replace(begun, current=next_step(begun, None))


def _implied(event: e.RunStarted) -> dict[str, str]:
    """Naming a section that is one of several alternatives has chosen it."""
    implied = implied_options(event.plan, event.section)
    return {choice.id: option.id for choice in event.choices for option in choice.options if option.id in implied}


def _run_resumed(state: RunState, event: e.RunResumed, _stamp: e.Stamp) -> RunState:
    phase: Phase = "idle" if state.running is None else "unknown"
    state = _without_connections(state)
    alone = replace(state, attached={}, keyboard=None, wanting=())  # whoever was attached was so to a host that is gone
    return replace(alone, phase=phase, resumed=event, shells=state.shells + 1)


def _without_connections(state: RunState) -> RunState:
    """They have gone with their process. The run stands where the first transaction began that came to nothing."""
    lost = open_transactions(state)
    for one in lost:
        state = _undo(state, one, f"{opened_by(state, one)} was never committed")
    first = state.attempts[lost[0].attempts[0]].step_id if lost and state.running is None else state.current
    connections = {name: gone(one) for name, one in state.connections.items()}
    return replace(state, connections=connections, current=first)


def _undo(state: RunState, connection: Connection, why: str) -> RunState:
    """What succeeded in its transaction has come to nothing."""
    writers = writers_of(state, connection)
    if not writers:
        return state
    for attempt in (state.attempts[connection.attempts[0]], *writers):
        state = _with_attempt(state, attempt.number, undone=why)
        step = state.steps[attempt.step_id]
        if step.status in ("succeeded", "running") and not attempt.is_beside:
            state = _with_step(state, attempt.step_id, status="failed", reason=f"rolled back: {why}")
    return state


def _connection_changed(state: RunState, event: e.ConnectionChanged, _stamp: e.Stamp) -> RunState:
    before = state.connections.get(event.database)
    attempt = state.attempts[event.attempt]
    why = event.undone or (BY_OPERATOR if attempt.closing and attempt.text == ENDINGS["roll_back"] else "")
    if before is not None and before.transaction != event.transaction and why:
        state = _undo(state, before, why)
    return replace(state, connections={**state.connections, event.database: changed(before, event)})


def _run_left(state: RunState, event: e.RunLeft, _stamp: e.Stamp) -> RunState:
    return replace(_without_connections(state), phase="left", reason=event.reason)


def _run_ended(state: RunState, event: e.RunEnded, stamp: e.Stamp) -> RunState:
    return replace(
        _without_connections(state),
        phase="ended",
        ended_at=stamp.at,
        outcome=event.outcome,
        reason=event.reason,
    )


def _operator_attached(state: RunState, event: e.OperatorAttached, stamp: e.Stamp) -> RunState:
    if not event.client_id:
        return state
    actor = stamp.actor
    newcomer = Attached(event.client_id, event.client, actor.login, actor.host, actor.tty, stamp.at)
    return replace(
        state,
        attached={**state.attached, newcomer.id: newcomer},
        newcomers=newcomer.id,
        keyboard=newcomer if event.keyboard else state.keyboard,
    )


def _operator_detached(state: RunState, event: e.OperatorDetached, _stamp: e.Stamp) -> RunState:
    held = state.keyboard is not None and state.keyboard.id == event.client_id
    return replace(
        state,
        attached={number: one for number, one in state.attached.items() if number != event.client_id},
        keyboard=None if held else state.keyboard,
        wanting=tuple(one for one in state.wanting if one != event.client_id),
    )


def _keyboard_wanted(state: RunState, event: e.KeyboardWanted, _stamp: e.Stamp) -> RunState:
    return replace(state, wanting=(*state.wanting, event.client_id))


def _keyboard_passed(state: RunState, event: e.KeyboardPassed, _stamp: e.Stamp) -> RunState:
    """Whoever else has asked, has asked the one before; they may ask again."""
    return replace(state, keyboard=state.attached[event.to_id], wanting=())


def _keyboard_kept(state: RunState, _event: e.KeyboardKept, _stamp: e.Stamp) -> RunState:
    return replace(state, wanting=())


def _nothing(state: RunState, _event: e.Event, _stamp: e.Stamp) -> RunState:
    return state


def _variable_set(state: RunState, event: e.VariableSet, _stamp: e.Stamp) -> RunState:
    sources = {**state.sources, event.name: event.source}
    return replace(state, variables={**state.variables, event.name: event.value}, sources=sources)


def _context_checked(state: RunState, event: e.ContextChecked, _stamp: e.Stamp) -> RunState:
    return replace(state, context=event)


def _option_chosen(state: RunState, event: e.OptionChosen, _stamp: e.Stamp) -> RunState:
    chosen = replace(state, chosen={**state.chosen, event.choice_id: event.option_id})
    here = chosen.steps.get(chosen.current or "")
    if here is not None and is_walked(chosen, here.planned):
        return chosen
    return replace(chosen, current=next_step(chosen, chosen.current))


def _step_selected(state: RunState, event: e.StepSelected, _stamp: e.Stamp) -> RunState:
    planned = state.steps[event.step_id].planned
    scopes = state.scopes if _in_scope(state, planned) else (*state.scopes, planned.section)
    chosen = {**state.chosen, **{choice.id: option for choice, option in _choices_of(state, planned)}}
    return replace(state, current=event.step_id, scopes=scopes, chosen=chosen)


def _item(status: ItemStatus) -> Callable[[RunState, Any, e.Stamp], RunState]:
    def apply_item(state: RunState, event: Any, _stamp: e.Stamp) -> RunState:
        values = {**state.item_values, event.item_id: state.variables}
        return replace(state, items={**state.items, event.item_id: status}, item_values=values)

    return apply_item


def _item_waived(state: RunState, event: e.ItemWaived, stamp: e.Stamp) -> RunState:
    waived = _item("waived")(state, event, stamp)
    return replace(waived, waivers={**state.waivers, event.item_id: event.reason})


def _with_step(state: RunState, step_id: str, **changes: Any) -> RunState:
    return replace(state, steps={**state.steps, step_id: replace(state.steps[step_id], **changes)})


def _resolve(state: RunState, step_id: str, **changes: Any) -> RunState:
    resolved = _with_step(state, step_id, **changes)
    return replace(resolved, current=next_step(resolved, step_id))


def _step_edited(state: RunState, event: e.StepEdited, stamp: e.Stamp) -> RunState:
    edit = Rewriting(stamp.at, stamp.actor.login, event.before, event.after)
    edits = (*state.steps[event.step_id].edits, edit)
    return _with_step(state, event.step_id, edited=event.after, edits=edits)


def _step_started(state: RunState, event: e.StepStarted, stamp: e.Stamp) -> RunState:
    attempt = Attempt(
        number=event.attempt,
        started_at=stamp.at,
        login=stamp.actor.login,
        before=state.steps[event.step_id].status,
        shell=state.shells,
        **event.model_dump(exclude={"kind", "attempt", "session"}),
    )
    numbers = state.steps[event.step_id].attempts.plus(event.attempt)
    started = _with_step(state, event.step_id, status="running", attempts=numbers)
    attempts = grown(state.attempts, event.attempt, attempt)
    return replace(started, phase="running", running=event.attempt, current=event.step_id, attempts=attempts)


def _step_ended(state: RunState, event: e.StepEnded, _stamp: e.Stamp) -> RunState:
    attempt = replace(
        state.attempts[event.attempt],
        outcome=event.outcome,
        exit_status=event.exit_status,
        duration_ns=event.duration_ns,
        output_bytes=event.output_bytes,
        message=event.message,
        changes=event.changes,
        more_changes=event.more_changes,
    )
    ended = replace(
        state,
        phase="idle",
        running=None,
        asked=None,
        attempts=grown(state.attempts, event.attempt, attempt),
        directory=event.directory or state.directory,
        shells=state.shells + (event.outcome == "lost"),
    )
    if attempt.is_beside:
        now = state.steps[event.step_id].status
        again = _with_step(ended, event.step_id, status=attempt.before if now == "running" else now)
        return replace(again, current=next_step(again, event.step_id)) if attempt.closing else again
    followed = attempt.endless and event.outcome == "interrupted" and event.exit_status != KILLED
    if event.outcome == "succeeded" or followed:
        return _resolve(ended, event.step_id, status="succeeded")
    return _with_step(ended, event.step_id, status=event.outcome)


def _commit_asked(state: RunState, event: e.CommitAsked, stamp: e.Stamp) -> RunState:
    waiting = {"questions": event.question, "decision": None, "decided": None, "decider": ""}
    return replace(_with_attempt(state, event.attempt, **waiting), asked=event, asked_at=stamp.at)


def _commit_answered(state: RunState, event: e.CommitAnswered, stamp: e.Stamp) -> RunState:
    decider = stamp.actor.login if event.reason == "operator" else ""
    decided = {"decision": event.decision, "decided": event.reason, "decider": decider}
    return replace(_with_attempt(state, event.attempt, **decided), asked=None)


def _rows_fetched(state: RunState, event: e.RowsFetched, _stamp: e.Stamp) -> RunState:
    return _with_attempt(state, event.attempt, results=state.attempts[event.attempt].results + 1)


def _with_attempt(state: RunState, number: int, **changes: Any) -> RunState:
    attempt = replace(state.attempts[number], **changes)
    return replace(state, attempts=grown(state.attempts, number, attempt))


def _step_unknown(state: RunState, event: e.StepUnknown, _stamp: e.Stamp) -> RunState:
    attempt = replace(state.attempts[event.attempt], outcome="unknown", output_bytes=event.output_bytes)
    unknown = _with_step(state, event.step_id, status="unknown")
    return replace(
        unknown,
        phase="unknown",
        asked=None,
        running=event.attempt,
        current=event.step_id,
        attempts=grown(state.attempts, event.attempt, attempt),
    )


def _step_settled(state: RunState, event: e.StepSettled, _stamp: e.Stamp) -> RunState:
    attempt = replace(state.attempts[event.attempt], settlement=event.settlement)
    settled = replace(state, phase="idle", running=None, attempts=grown(state.attempts, event.attempt, attempt))
    if attempt.is_beside:
        return _with_step(settled, event.step_id, status=attempt.before)
    if event.settlement == "worked":
        return _resolve(settled, event.step_id, status="done", reason=event.reason)
    status: Status = "failed" if event.settlement == "did_not_work" else "pending"
    return _with_step(settled, event.step_id, status=status, reason=event.reason)


def _step_skipped(state: RunState, event: e.StepSkipped, _stamp: e.Stamp) -> RunState:
    return _resolve(state, event.step_id, status="skipped", reason=event.reason)


def _step_done(state: RunState, event: e.StepDone, _stamp: e.Stamp) -> RunState:
    return _resolve(state, event.step_id, status="done", reason=event.note)


def _shell_restarted(state: RunState, _event: e.ShellRestarted, _stamp: e.Stamp) -> RunState:
    return replace(state, shells=state.shells + 1)


def _noted(state: RunState, event: e.Noted, stamp: e.Stamp) -> RunState:
    remark = Remark(stamp.at, stamp.actor.login, event.text, event.step_id)
    return replace(state, notes=(*state.notes, remark))


def _recording_failed(state: RunState, event: e.RecordingFailed, _stamp: e.Stamp) -> RunState:
    return replace(state, phase="broken", reason=event.reason)


APPLY: Mapping[type[e.Said], Callable[[RunState, Any, e.Stamp], RunState]] = {
    e.RunStarted: _run_started,
    e.RunResumed: _run_resumed,
    e.RunLeft: _run_left,
    e.RunEnded: _run_ended,
    e.OperatorAttached: _operator_attached,
    e.OperatorDetached: _operator_detached,
    e.KeyboardWanted: _keyboard_wanted,
    e.KeyboardPassed: _keyboard_passed,
    e.KeyboardKept: _keyboard_kept,
    e.VariableSet: _variable_set,
    e.ProbeStarted: _nothing,
    e.ProbeEnded: _nothing,
    e.ContextChecked: _context_checked,
    e.OptionChosen: _option_chosen,
    e.StepSelected: _step_selected,
    e.ItemTicked: _item("ticked"),
    e.ItemUnticked: _item("open"),
    e.ItemWaived: _item_waived,
    e.StepEdited: _step_edited,
    e.StepStarted: _step_started,
    e.StepEnded: _step_ended,
    e.CommitAsked: _commit_asked,
    e.CommitAnswered: _commit_answered,
    e.RowsFetched: _rows_fetched,
    e.ConnectionChanged: _connection_changed,
    e.StepUnknown: _step_unknown,
    e.StepSettled: _step_settled,
    e.StepSkipped: _step_skipped,
    e.StepDone: _step_done,
    e.Noted: _noted,
    e.InterruptSent: _nothing,
    e.InputSent: _nothing,
    e.ShellRestarted: _shell_restarted,
    e.TerminalResized: _nothing,
    e.RecordingFailed: _recording_failed,
}
