"""What happened, in one line for each event that a reader has to know of, and who took part in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .. import events as e
from ..beside import before_name
from ..checklist import item_texts
from ..context import sentence_of
from ..state import RunState
from ..summary import APPROVALS, sign_of, took
from .facts import Moment, Person

Telling = tuple[str, str]
"""A sign and what happened, without who and when. Both empty where there is nothing to tell."""
SILENT: Telling = ("", "")
SETTLEMENTS = {
    "worked": "it worked",
    "did_not_work": "it did not work",
    "run_again": "it is to be run again",
}
PASSINGS = {
    "free": "nobody held it",
    "given": "its holder gave it",
    "unanswered": "its holder did not answer in time",
    "detached": "its holder went away",
}


class Names:
    """Ids → what people call them."""

    def __init__(self, state: RunState) -> None:
        choices = state.started.choices if state.started else ()
        self.steps = {step_id: step.planned.title for step_id, step in state.steps.items()}
        self.items = item_texts(state)
        self.choices = {choice.id: choice.title for choice in choices}
        self.options = {option.id: option.label for choice in choices for option in choice.options}
        self.attempts = {number: attempt.step_id for number, attempt in state.attempts.items()}
        self.besides = {number: before_name(attempt) for number, attempt in state.attempts.items()}

    def step(self, step_id: str) -> str:
        return f"“{self.steps.get(step_id, step_id)}”"

    def attempt(self, number: int) -> str:
        """`dry run of “Flush the cache”`, `“Flush the cache”`."""
        return self.besides.get(number, "") + self.step(self.attempts.get(number, str(number)))


def timeline(recorded: Iterable[e.Recorded], names: Names) -> tuple[Moment, ...]:
    found = []
    for one in recorded:
        sign, words = TELL[type(one.event)](one.event, names)
        if words:
            step_id, attempt = getattr(one.event, "step_id", None), getattr(one.event, "attempt", None)
            kind = one.event.kind
            found.append(Moment(one.stamp.at, one.stamp.actor.login, kind, sign, words, step_id, attempt))
    return tuple(found)


def _started(event: e.RunStarted, _names: Names) -> Telling:
    part = f", section {' › '.join(event.section)}" if event.section else ""
    mode = "" if event.mode == "live" else f" ({event.mode})"
    return "▶", f"run started{mode}: {event.title} ({event.path}{part})"


def _resumed(event: e.RunResumed, _names: Names) -> Telling:
    lacking = f"; not restored: {', '.join(event.not_restored)}" if event.not_restored else ""
    changed = "; the file on disk has changed since" if event.document_changed else ""
    return "▶", f"run resumed{lacking}{changed}"


def _ended(event: e.RunEnded, _names: Names) -> Telling:
    return "■", f"run ended: {event.outcome}{_reason(event.reason)}"


def _attached(event: e.OperatorAttached, _names: Names) -> Telling:
    keyboard = " and got the keyboard" if event.keyboard else ""
    return "→", f"came ({event.client}){keyboard}"


def _variable(event: e.VariableSet, _names: Names) -> Telling:
    value = "a secret value" if event.secret or event.value is None else event.value
    return "=", f"{event.name} = {value}{_reason(event.source)}"


def _context(event: e.ContextChecked, _names: Names) -> Telling:
    wrong = [sentence_of(one) for one in event.results if not one.ok]
    return ("✗", f"not the expected place: {'; '.join(wrong)}") if wrong else SILENT


def _chosen(event: e.OptionChosen, names: Names) -> Telling:
    choice = names.choices.get(event.choice_id, event.choice_id)
    return "◆", f"chose “{names.options.get(event.option_id, event.option_id)}” of {choice}"


def _waived(event: e.ItemWaived, names: Names) -> Telling:
    return "☒", f"waived: {names.items.get(event.item_id, event.item_id)}{_reason(event.reason)}"


def _step_started(event: e.StepStarted, names: Names) -> Telling:
    said = APPROVALS[event.approval]
    typed = f": {event.typed}" if event.typed else ""
    let = f", {said}{typed}" if said else ""
    return "▶", f"started {before_name(event)}{names.step(event.step_id)} ({event.level}{let})"


def _step_ended(event: e.StepEnded, names: Names) -> Telling:
    exit_status = "" if event.exit_status is None else f", exit {event.exit_status}"
    message = f"; {event.message}" if event.message else ""
    outcome = event.outcome.replace("_", " ")
    step, duration = names.attempt(event.attempt), took(event.duration_ns)
    return sign_of(event.outcome), f"{step} {outcome}{exit_status}, {duration}{message}"


def _settled(event: e.StepSettled, names: Names) -> Telling:
    return "?", f"said of {names.attempt(event.attempt)}: {SETTLEMENTS[event.settlement]}{_reason(event.reason)}"


def _restarted(event: e.ShellRestarted, _names: Names) -> Telling:
    lost = f"; lost: {', '.join(event.lost)}" if event.lost else ""
    return "↻", f"a new shell: {event.reason}{lost}"


DECIDERS = {
    "operator": "",
    "time": " (nobody answered in time)",
    "absence": " (nobody was attached any more)",
    "interrupt": " (interrupted)",
}


def _rows(count: int | None) -> str:
    return "" if count is None else f" ({count} row(s) affected)"


def _reason(text: str) -> str:
    return f" ({text})" if text else ""


def _nothing(_event: e.Event, _names: Names) -> Telling:
    return SILENT


TELL: Mapping[type[e.Said], Callable[[Any, Names], Telling]] = {
    e.RunStarted: _started,
    e.RunResumed: _resumed,
    e.RunLeft: lambda event, _: ("…", f"run left open{_reason(event.reason)}"),
    e.RunEnded: _ended,
    e.OperatorAttached: _attached,
    e.OperatorDetached: lambda event, _: ("←", f"went ({event.client}: {event.reason})"),
    e.KeyboardWanted: _nothing,
    e.KeyboardPassed: lambda event, _: ("⌨", f"the keyboard passed on: {PASSINGS[event.reason]}"),
    e.KeyboardKept: _nothing,
    e.VariableSet: _variable,
    e.ProbeStarted: _nothing,
    e.ProbeEnded: _nothing,
    e.ContextChecked: _context,
    e.OptionChosen: _chosen,
    e.StepSelected: _nothing,
    e.ItemTicked: lambda event, names: ("☑", f"ticked: {names.items.get(event.item_id, event.item_id)}"),
    e.ItemUnticked: lambda event, names: ("☐", f"unticked: {names.items.get(event.item_id, event.item_id)}"),
    e.ItemWaived: _waived,
    e.StepEdited: lambda event, names: ("✎", f"edited {names.step(event.step_id)}"),
    e.StepStarted: _step_started,
    e.StepEnded: _step_ended,
    e.CommitAsked: lambda event, names: (
        "?",
        f"{names.attempt(event.attempt)} asked whether to commit{_rows(event.rows)}",
    ),
    e.CommitAnswered: lambda event, _: (
        "✔" if event.decision == "commit" else "↶",
        f"decided to {event.decision.replace('_', ' ')}{DECIDERS[event.reason]}",
    ),
    e.RowsFetched: lambda *_: SILENT,
    e.ConnectionChanged: lambda event, _: (
        ("↶", f"nothing is kept of a transaction on {event.database}: {event.undone}") if event.undone else SILENT
    ),
    e.StepUnknown: lambda event, names: ("?", f"how {names.attempt(event.attempt)} ended is unknown: its host died"),
    e.StepSettled: _settled,
    e.StepSkipped: lambda event, names: ("–", f"skipped {names.step(event.step_id)}{_reason(event.reason)}"),
    e.StepDone: lambda event, names: ("✔", f"done by hand: {names.step(event.step_id)}{_reason(event.note)}"),
    e.Noted: lambda event, _: ("✍", event.text),
    e.InterruptSent: lambda event, names: ("!", f"{event.signal} sent to {names.attempt(event.attempt)}"),
    e.InputSent: _nothing,
    e.ShellRestarted: _restarted,
    e.TerminalResized: _nothing,
    e.RecordingFailed: lambda event, _: ("✗", f"the record could not be written any more: {event.reason}"),
}

DEEDS: Mapping[type[e.Said], str] = {
    e.RunStarted: "runs started",
    e.RunResumed: "runs resumed",
    e.RunEnded: "runs ended",
    e.StepStarted: "steps started",
    e.StepSkipped: "steps skipped",
    e.StepDone: "steps done by hand",
    e.StepEdited: "steps edited",
    e.StepSettled: "ends settled",
    e.CommitAnswered: "commits decided",
    e.ItemTicked: "items ticked",
    e.ItemWaived: "items waived",
    e.OptionChosen: "choices made",
    e.Noted: "notes",
    e.InterruptSent: "interrupts",
}


def people(recorded: Iterable[e.Recorded]) -> tuple[Person, ...]:
    """In the order in which they came; the same person from another terminal is told apart."""
    seen: dict[tuple[object, ...], list[e.Recorded]] = {}
    for one in recorded:
        actor = one.stamp.actor
        place = (actor.login, actor.uid, actor.sudo_user, actor.host, actor.tty, actor.ssh_client)
        seen.setdefault(place, []).append(one)
    return tuple(_person(theirs) for theirs in seen.values())


def _person(theirs: list[e.Recorded]) -> Person:
    actor = theirs[0].stamp.actor
    did = Counter(DEEDS[type(one.event)] for one in theirs if type(one.event) in DEEDS)
    return Person(
        login=actor.login,
        uid=actor.uid,
        sudo_user=actor.sudo_user,
        host=actor.host,
        tty=actor.tty,
        ssh_client=actor.ssh_client,
        first_at=theirs[0].stamp.at,
        last_at=theirs[-1].stamp.at,
        did=dict(did),
    )
