"""The rules of order: what may happen next in a run, and which events say so. Pure; no clock and no effects.

`PHASES` says which commands a run takes in each phase, `STATUSES` which of those about a step it takes while the step
stands as it does, `GATES` which answer lets a text of each level run, `keyboard` from whom, and `DECISIONS`, `INFORMED`
and `keyboard.DECISIONS` what each command becomes. A command that is not allowed raises `Refused` with a sentence the
operator can act on, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from . import commands as c
from . import events as e
from . import keyboard
from .checklist import item_text
from .errors import Refused
from .levels import Level
from .state import (
    Phase,
    RunState,
    Status,
    StepState,
    has_failed,
    held_by,
    is_unknown,
    open_transactions,
    opened_by,
    option_of,
    steps_in,
    unresolved,
    walked,
)

ALWAYS: frozenset[type[e.Said]] = frozenset({c.Note, c.Resize, c.ReportContext, *keyboard.DECISIONS})
ITEMS: frozenset[type[e.Said]] = frozenset({c.Tick, c.Untick, c.Waive})
COMMITS: frozenset[type[e.Said]] = frozenset({c.Commit, c.RollBack, c.AskCommit, c.AnswerCommit})
PROBES: frozenset[type[e.Said]] = frozenset({c.BeginProbe, c.EndProbe})

PHASES: Mapping[Phase, frozenset[type[e.Said]]] = {
    "unstarted": frozenset({c.Begin}),
    "idle": ALWAYS
    | ITEMS
    | PROBES
    | {c.SetVariable, c.Choose, c.Select, c.Edit, c.Start, c.Skip, c.MarkDone, c.Leave, c.End, c.Resume},
    "running": ALWAYS
    | ITEMS
    | COMMITS
    | {c.Interrupt, c.ReportSignal, c.ReportInput, c.Conclude, c.Resume, c.EndProbe},
    "unknown": ALWAYS | ITEMS | {c.Settle, c.Leave, c.Resume, c.EndProbe},
    "left": frozenset({c.Resume}),
    "broken": frozenset({c.Resume}),
    "ended": frozenset(),
}
"""`Resume` is also allowed where a host died without a word: the trail then still says idle, running or unknown."""

PHASE_SENTENCE: Mapping[Phase, str] = {
    "unstarted": "the run has not started",
    "idle": "no step is running",
    "running": "a step is running; wait for its end or interrupt it",
    "unknown": "nobody knows how the last step ended; settle it first: it worked, it did not, or run it again",
    "left": "the run was left open; `oncue resume` brings it back",
    "broken": "the trail could not be written, so nothing more can run",
    "ended": "the run has ended",
}

STEP_COMMANDS: frozenset[type[e.Said]] = frozenset({c.Start, c.Edit, c.Skip, c.MarkDone})
STATUSES: Mapping[Status, frozenset[type[e.Said]]] = {
    "pending": STEP_COMMANDS,
    "failed": STEP_COMMANDS,
    "interrupted": STEP_COMMANDS,
    "timed_out": STEP_COMMANDS,
    "lost": STEP_COMMANDS,
    "skipped": STEP_COMMANDS,
    "succeeded": frozenset({c.Start, c.Edit}),
    "done": frozenset({c.Start, c.Edit}),
    "running": frozenset(),
    "unknown": frozenset(),
}
"""What may be asked about a step in each of its states; `Settle` is bound by the phase."""


GATES: Mapping[Level, frozenset[e.Approval]] = {
    "safe": frozenset({"asked", "confirmed", "typed", "yes_flag", "approve_flag"}),
    "unknown": frozenset({"confirmed", "typed", "yes_flag", "approve_flag"}),
    "caution": frozenset({"confirmed", "typed", "yes_flag", "approve_flag"}),
    "dangerous": frozenset({"typed", "approve_flag"}),
}
"""Level of the verdict → how it may be let run. At `dangerous` the target has to come with the answer."""
GATE_SENTENCE: Mapping[Level, str] = {
    "safe": "it only has to be started",
    "unknown": "it has to be confirmed",
    "caution": "it has to be confirmed",
    "dangerous": "its target has to be typed",
}


WHOLE: Mapping[e.Mode, e.RunOutcome] = {
    "live": "done",
    "rehearsal": "rehearsed",
    "probe": "abandoned",
    "sandbox": "abandoned",
}
"""What a run is called of which nothing is left to do."""
WALKED_BY_SOMEBODY: frozenset[e.Mode] = frozenset({"live", "rehearsal"})
"""Runs in which checklists and choices hold; where nobody sits, nobody could answer them."""


def flag_for(level: Level, *, ran_before: bool, yes: bool, named: bool) -> e.Approval | None:
    """Which option of the command line lets a step run unasked: `--yes` at most caution, and nothing that is not safe
    and ran already; `--approve` the step it names."""
    if named:
        return "approve_flag"
    return "yes_flag" if yes and (level == "safe" or (level != "dangerous" and not ran_before)) else None


@dataclass(frozen=True, slots=True)
class Known:
    """What the runner has found out by itself about the text a command is about. None of it comes from a client."""

    level: Level = "unknown"
    category: str = "opaque"
    rule: str = "not-judged"
    why: str = "nobody has judged this"
    target: str = ""
    """What an answer at `dangerous` has to repeat."""
    ran_before: tuple[str, ...] = ()
    """When and by whom it ran already, one sentence each."""
    standing: str = ""
    """The text that an edit replaces."""
    endless: str = ""
    """How it is ended, in a sentence; empty for what ends by itself."""
    elsewhere: str = ""
    """How the place is another one than the runbook expects, in one sentence; empty when it is the right one."""
    database: str = ""
    """Where its statements go, in words."""
    empty: tuple[str, ...] = ()
    """Variables of the shell that it reads and that are empty, not set or unknown, one sentence each."""


NOTHING_KNOWN = Known()


def decide(
    state: RunState, command: c.AnyCommand, known: Known = NOTHING_KNOWN, by: int = keyboard.OURSELVES
) -> tuple[e.Event, ...]:
    """The events this command becomes, in order; `by` is the client that asks. Raises `Refused`, and then nothing has
    changed."""
    kind = type(command)
    if kind not in PHASES[state.phase]:
        raise Refused(f"not now: {PHASE_SENTENCE[state.phase]}")
    keyboard.refuse_watcher(state, kind, by)
    if kind in keyboard.DECISIONS:
        return keyboard.DECISIONS[kind](state, command, by)
    if kind in INFORMED:
        return INFORMED[kind](state, command, known)
    return DECISIONS[kind](state, command)


def allowed(state: RunState, step_id: str | None = None, by: int = keyboard.OURSELVES) -> frozenset[str]:
    """Names (`do`) of the commands this run takes now, about this step where they are about a step, and from this
    client where one is named."""
    step = state.steps.get(step_id or state.current or "")
    kinds = (
        kind
        for kind in PHASES[state.phase]
        if _fits(kind, step) and keyboard.may(state, kind, by) and (state.asked or kind not in COMMITS)
    )
    return frozenset(map(_name, kinds))


def outcome_of(state: RunState) -> e.RunOutcome:
    """What the run would be called if it ended now. Only what is real can be done."""
    if any(is_unknown(state, step) for step in walked(state)):
        return "unknown"
    if open_transactions(state) or any(has_failed(state, step) for step in walked(state)):
        return "failed"
    return "abandoned" if unresolved(state) else WHOLE[_mode(state)]


def _name(kind: type[e.Said]) -> str:
    return str(kind.model_fields["do"].default)


def _fits(kind: type[e.Said], step: StepState | None) -> bool:
    if kind not in STEP_COMMANDS:
        return True
    if step is None or kind not in STATUSES[step.status]:
        return False
    return kind not in (c.Start, c.Edit) or step.planned.kind in ("shell", "sql") or kind is c.Start


def _begin(_state: RunState, command: c.Begin) -> tuple[e.Event, ...]:
    return (command.started,)


def _resume(state: RunState, command: c.Resume) -> tuple[e.Event, ...]:
    attempt = state.attempts.get(state.running or 0)
    if attempt is None or attempt.outcome is not None:
        return (command.resumed,)
    unknown = e.StepUnknown(step_id=attempt.step_id, attempt=attempt.number, output_bytes=command.recovered_bytes)
    return (command.resumed, unknown)


def _set_variable(_state: RunState, command: c.SetVariable) -> tuple[e.Event, ...]:
    value = None if command.secret else command.value
    return (e.VariableSet(name=command.name, value=value, secret=command.secret, source=command.source),)


def _begin_probe(state: RunState, command: c.BeginProbe) -> tuple[e.Event, ...]:
    mode = _mode(state)
    if mode not in WALKED_BY_SOMEBODY and command.started.level != "safe":  # it runs outside of any sandbox
        raise Refused(f"only what is proved safe runs in a {mode} run, and this is {command.started.level}")
    return (command.started,)


def _end_probe(_state: RunState, command: c.EndProbe) -> tuple[e.Event, ...]:
    return (command.ended,)


def _report_context(_state: RunState, command: c.ReportContext) -> tuple[e.Event, ...]:
    return (command.checked,)


def _choose(state: RunState, command: c.Choose) -> tuple[e.Event, ...]:
    choice = next((one for one in _choices(state) if one.id == command.choice_id), None)
    if choice is None:
        raise Refused(f"the runbook has no choice {command.choice_id!r}")
    if command.option_id not in {option.id for option in choice.options}:
        raise Refused(f"{choice.title!r} has no option {command.option_id!r}")
    return (e.OptionChosen(choice_id=choice.id, option_id=command.option_id),)


def _select(state: RunState, command: c.Select) -> tuple[e.Event, ...]:
    _step(state, command.step_id)
    return (e.StepSelected(step_id=command.step_id),)


def _tick(state: RunState, command: c.Tick) -> tuple[e.Event, ...]:
    _item(state, command.item_id, wanted="open", otherwise="it is ticked or waived already")
    return (e.ItemTicked(item_id=command.item_id),)


def _untick(state: RunState, command: c.Untick) -> tuple[e.Event, ...]:
    if _item(state, command.item_id) == "open":
        raise Refused("the item is not ticked")
    return (e.ItemUnticked(item_id=command.item_id),)


def _waive(state: RunState, command: c.Waive) -> tuple[e.Event, ...]:
    _item(state, command.item_id, wanted="open", otherwise="it is ticked or waived already")
    return (e.ItemWaived(item_id=command.item_id, reason=_reason(command.reason, "waive an item")),)


def _edit(state: RunState, command: c.Edit, known: Known) -> tuple[e.Event, ...]:
    step = _current(state, command)
    if step.planned.kind not in ("shell", "sql"):
        raise Refused("only a step that runs can be edited")
    if not command.text.strip():
        raise Refused("the edited text is empty; skip the step instead")
    if "\0" in command.text:
        raise Refused("the edited text holds a NUL byte, which no shell can take")
    before = known.standing if step.edited is None else step.edited
    return (e.StepEdited(step_id=command.step_id, before=before, after=command.text),)


def _start(state: RunState, command: c.Start, known: Known) -> tuple[e.Event, ...]:
    step = _current(state, command)
    _refuse_unready(state, step, command, known)
    _refuse_out_of_mode(_mode(state), step, command, known)
    _refuse_unapproved(_mode(state), command, known)
    return (
        e.StepStarted(
            step_id=command.step_id,
            attempt=len(state.attempts) + 1,
            session="sql" if step.planned.kind == "sql" and not command.suggestion else "shell",
            text=command.text,
            suggestion=command.suggestion,
            dry_run=command.dry_run,
            closing=command.closing,
            level=known.level,
            category=known.category,
            rule=known.rule,
            why=known.why,
            target=known.target,
            endless=known.endless,
            database=known.database,
            approval=command.approval,
            typed=command.typed.strip(),
            hold=command.hold,
        ),
    )


def _refuse_out_of_mode(mode: e.Mode, step: StepState, command: c.Start, known: Known) -> None:
    if mode == "probe" and known.level != "safe":
        raise Refused(f"a probe runs only what is proved safe: {known.level}, {known.why}")
    if mode == "sandbox" and step.planned.kind == "sql" and not command.suggestion:
        raise Refused("a database cannot be put into a sandbox; --probe runs the statements that only read")


def _refuse_unapproved(mode: e.Mode, command: c.Start, known: Known) -> None:
    if known.level != "safe" and known.elsewhere:
        raise Refused(known.elsewhere)
    if known.level != "safe" and known.ran_before and not command.again:
        raise Refused(f"{known.ran_before[0]}; running it again has to be asked for")
    if known.level != "safe" and known.empty and command.approval == "yes_flag":
        raise Refused(f"{known.empty[0]}; somebody has to let it run")
    if mode == "sandbox" and command.approval == "sandboxed":
        return
    if command.approval not in GATES[known.level]:
        raise Refused(f"{GATE_SENTENCE[known.level]}: {known.level}, {known.why}")
    if known.level == "dangerous" and (not known.target or command.typed.strip() != known.target):
        raise Refused(f"what was typed is not the target, which is {known.target}: dangerous, {known.why}")


def _refuse_unready(state: RunState, step: StepState, command: c.Start, known: Known) -> None:
    if not command.text.strip():
        raise Refused("there is nothing to run here")
    if command.closing and not any(step.planned.id in steps_in(state, one) for one in open_transactions(state)):
        raise Refused("no transaction is open that this step has written in")
    if command.closing or command.suggestion or (command.dry_run and known.level == "safe"):
        return
    is_real = _mode(state) in WALKED_BY_SOMEBODY  # a look at things, and what reaches nothing, wait for nobody
    choice = option_of(state, step.planned) if is_real else None
    held = held_by(state, step.planned.id) if is_real else []
    if step.planned.kind == "template":
        raise Refused("this is text to copy; it does not run")
    if step.planned.kind == "manual":
        raise Refused("this is for a person to do; it does not run")
    if step.planned.broken and step.edited is None:
        raise Refused(f"the block is broken ({step.planned.broken}); edit it before it can run")
    if choice is not None:
        raise Refused(f"choose first: {choice[0].title}")
    if held:
        raise Refused(f"held by {len(held)} checklist item(s), first: {item_text(state, held[0])}")
    if step.status in ("succeeded", "done") and not (command.again or command.dry_run):
        raise Refused("this step already succeeded in this run; running it again has to be asked for")


def _skip(state: RunState, command: c.Skip) -> tuple[e.Event, ...]:
    _current(state, command)
    return (e.StepSkipped(step_id=command.step_id, reason=_reason(command.reason, "skip a step")),)


def _mark_done(state: RunState, command: c.MarkDone) -> tuple[e.Event, ...]:
    step = _current(state, command)
    held = held_by(state, command.step_id)
    if held:
        raise Refused(f"held by {len(held)} checklist item(s), first: {item_text(state, held[0])}")
    if step.planned.kind == "template":
        raise Refused("this is text to copy; there is nothing to mark")
    return (e.StepDone(step_id=command.step_id, note=command.note),)


def _note(state: RunState, command: c.Note) -> tuple[e.Event, ...]:
    if command.step_id is not None:
        _step(state, command.step_id)
    return (e.Noted(text=_reason(command.text, "keep a note", what="text"), step_id=command.step_id),)


def _interrupt(_state: RunState, _command: c.Interrupt) -> tuple[e.Event, ...]:
    return ()  # the session says which signal it came to; that is reported


def _report_signal(state: RunState, command: c.ReportSignal) -> tuple[e.Event, ...]:
    return (e.InterruptSent(attempt=_attempt(state), signal=command.signal, reason=command.reason),)


def _report_input(state: RunState, command: c.ReportInput) -> tuple[e.Event, ...]:
    return (e.InputSent(attempt=_attempt(state), **command.model_dump(exclude={"do"})),)


def _conclude(state: RunState, command: c.Conclude) -> tuple[e.Event, ...]:
    number = _attempt(state)
    ended = e.StepEnded(
        step_id=state.attempts[number].step_id,
        attempt=number,
        **command.model_dump(exclude={"do", "restarted", "fetched", "connection"}),
    )
    restarted = () if command.restarted is None else (command.restarted,)
    connection = () if command.connection is None else (command.connection,)
    return (*command.fetched, *connection, *restarted, ended)  # the end is a step's last word


def _ask_commit(state: RunState, command: c.AskCommit) -> tuple[e.Event, ...]:
    number = _attempt(state)
    question = state.attempts[number].questions + 1
    details = command.model_dump(exclude={"do"})
    return (e.CommitAsked(attempt=number, question=question, **details),)


def _answer_commit(state: RunState, command: c.Commit | c.RollBack | c.AnswerCommit) -> tuple[e.Event, ...]:
    asked = state.asked
    if asked is None:
        raise Refused("nothing waits to be committed or rolled back")
    reason: e.CommitReason = "operator"
    decision: e.CommitDecision
    if isinstance(command, c.AnswerCommit):
        decision, reason = command.decision, command.reason
    elif (command.attempt, command.question) != (asked.attempt, asked.question):
        raise Refused("that was answered already; look at what waits now")
    else:
        decision = command.do
    return (e.CommitAnswered(attempt=asked.attempt, question=asked.question, decision=decision, reason=reason),)


def _settle(state: RunState, command: c.Settle) -> tuple[e.Event, ...]:
    attempt = state.attempts[_attempt(state)]
    if attempt.step_id != command.step_id:
        raise Refused("that is not the step whose end is unknown")
    return (
        e.StepSettled(
            step_id=command.step_id,
            attempt=attempt.number,
            settlement=command.settlement,
            reason=command.reason,
        ),
    )


def _resize(_state: RunState, command: c.Resize) -> tuple[e.Event, ...]:
    return (e.TerminalResized(columns=command.columns, rows=command.rows),)


def _leave(state: RunState, command: c.Leave) -> tuple[e.Event, ...]:
    return (e.RunLeft(reason="; ".join((_reason(command.reason, "leave the run"), *lost(state)))),)


def _end(state: RunState, command: c.End) -> tuple[e.Event, ...]:
    return (e.RunEnded(outcome=outcome_of(state), reason="; ".join(filter(None, (command.reason, *lost(state))))),)


def lost(state: RunState) -> list[str]:
    """What the end of the run, or of its host, undoes: one sentence each."""
    return [f"rolled back: {opened_by(state, one)} was never committed" for one in open_transactions(state)]


DECISIONS: Mapping[type[e.Said], Callable[[RunState, Any], tuple[e.Event, ...]]] = {
    c.Begin: _begin,
    c.Resume: _resume,
    c.SetVariable: _set_variable,
    c.BeginProbe: _begin_probe,
    c.EndProbe: _end_probe,
    c.ReportContext: _report_context,
    c.Choose: _choose,
    c.Select: _select,
    c.Tick: _tick,
    c.Untick: _untick,
    c.Waive: _waive,
    c.Skip: _skip,
    c.MarkDone: _mark_done,
    c.Note: _note,
    c.Interrupt: _interrupt,
    c.ReportSignal: _report_signal,
    c.ReportInput: _report_input,
    c.Conclude: _conclude,
    c.AskCommit: _ask_commit,
    c.Commit: _answer_commit,
    c.RollBack: _answer_commit,
    c.AnswerCommit: _answer_commit,
    c.Settle: _settle,
    c.Resize: _resize,
    c.Leave: _leave,
    c.End: _end,
}
INFORMED: Mapping[type[e.Said], Callable[[RunState, Any, Known], tuple[e.Event, ...]]] = {
    c.Edit: _edit,
    c.Start: _start,
}
"""Decisions that need more than state and command."""


# What the decisions share.


def _choices(state: RunState) -> tuple[e.PlannedChoice, ...]:
    return state.started.choices if state.started else ()


def _mode(state: RunState) -> e.Mode:
    return state.started.mode if state.started else "live"


def _step(state: RunState, step_id: str) -> StepState:
    step = state.steps.get(step_id)
    if step is None:
        raise Refused(f"the run has no step {step_id!r}")
    return step


def _current(state: RunState, command: c.Start | c.Edit | c.Skip | c.MarkDone) -> StepState:
    step = _step(state, command.step_id)
    if state.current != command.step_id:
        raise Refused("the run stands on another step; go to this one first")
    if type(command) not in STATUSES[step.status]:
        raise Refused(f"not for a step that is {step.status}")
    return step


def _item(state: RunState, item_id: str, wanted: str | None = None, otherwise: str = "") -> str:
    status = state.items.get(item_id)
    if status is None:
        raise Refused(f"the run has no checklist item {item_id!r}")
    if wanted is not None and status != wanted:
        raise Refused(otherwise)
    return status


def _reason(text: str, purpose: str, what: str = "reason") -> str:
    if not text.strip():
        raise Refused(f"a {what} is needed to {purpose}")
    return text.strip()


def _attempt(state: RunState) -> int:
    if state.running is None:
        raise Refused("no step is running")
    return state.running
