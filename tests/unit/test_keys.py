"""The one registry of keys against the machine: what is offered is accepted, what is not offered has a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from support.runs import EPOCH, recorded

from engine import commands as c
from engine import machine
from engine.errors import Refused
from engine.events import CommitAsked, RunStarted
from engine.levels import Level
from engine.model import Runbook
from engine.parse import read_runbook
from engine.plan import choices_of, steps_of
from engine.state import Attached, Attempt, Phase, RunState, Status, fold, held_by
from tui.keys import ACTIONS, Action, label_of, offered, proceed_label, why_not
from tui.situation import Situation

DOCUMENT = Path(__file__).resolve().parents[1] / "screens" / "redis.md"
RUNBOOK: Runbook = read_runbook("redis.md", DOCUMENT.read_bytes())
IDS = {step.title: step.id for step in RUNBOOK.steps}
KINDS = (
    "Look",
    "Broken",
    "Held",
    "Tell",
    "Call the DBA",
    "Look with df -h again",
    "Count",
    "Message",
    "Option A: scale up",
)
"""A step of each kind: plain, broken, held, a checklist, by hand, with a command in its words, SQL, text, a choice."""
STATUSES: Sequence[Status] = ("pending", "succeeded", "failed", "interrupted", "timed_out", "lost", "skipped", "done")
PHASES: Sequence[Phase] = ("running", "unknown", "left", "ended", "broken")
SETTLED: Sequence[Phase] = ("idle", "ended", "left")
STANDS: Mapping[Phase, Status] = {"running": "running", "unknown": "unknown"}
ASKED = CommitAsked(attempt=1, question=1, statement="UPDATE orders", rows=3, seconds=60)
ME = Attached(1, "cockpit", "alice", "bastion", None, EPOCH)
OTHER = Attached(2, "plain", "bob", "bastion", None, EPOCH)


def prepared(level: str = "safe", *, missing: tuple[str, ...] = (), problem: str = "", form: bool = False) -> Any:
    dry_run = {"form": "true", "grade": "native", "note": ""} if form else None
    verdict = {"level": level, "category": "", "rule": "", "why": "", "span": (0, 1), "target": "redis.prod"}
    return {
        "text": "df",
        "verdict": {**verdict, "dry_run": dry_run},
        "missing": missing,
        "problem": problem,
        "ran_before": (),
    }


PREPARED = {
    "not judged yet": None,
    "safe": prepared(),
    "dangerous": prepared("dangerous", form=True),
    "without a value": prepared("unknown", missing=("host",)),
    "that cannot be prepared": prepared("unknown", problem="the value cannot stand there"),
}


def begun() -> RunState:
    started = RunStarted(
        title="Redis is full",
        path="redis.md",
        document_sha256=RUNBOOK.sha256,
        version="0",
        plan=steps_of(RUNBOOK),
        choices=choices_of(RUNBOOK),
        shell_name="bash",
        directory="/",
        columns=80,
        rows=24,
    )
    state = fold(recorded([started]))
    return replace(state, attached={1: ME, 2: OTHER}, newcomers=2, keyboard=ME)


BEGUN = begun()


def standing(title: str, status: Status = "pending", phase: Phase = "idle") -> RunState:
    step_id = IDS[title]
    step = replace(BEGUN.steps[step_id], status=status)
    state = replace(BEGUN, phase=phase, current=step_id, steps={**BEGUN.steps, step_id: step})
    if phase not in ("running", "unknown"):
        return state
    attempt = Attempt(1, step_id, "df", EPOCH, outcome="unknown" if phase == "unknown" else None)
    return replace(state, attempts={1: attempt}, running=1)


def shown(state: RunState, title: str | None, about: str = "safe", **more: Any) -> Situation:
    step = next((step for step in RUNBOOK.steps if step.title == title), None)
    items = step.items if step else ()
    runs = step is not None and step.kind != "manual"
    first = {"item_id": items[0].id if items else None, "prepared": PREPARED[about] if runs else None}
    watching = "" if state.keyboard == ME else "bob has the keyboard; ask for it first"
    return Situation(state, RUNBOOK, step, **{**first, "watching": watching, "client_id": 1, **more})


def ticked(state: RunState) -> RunState:
    return replace(state, items=dict.fromkeys(state.items, "ticked"))


def situations() -> Iterator[Situation]:
    for title, status, about in product(KINDS, STATUSES, PREPARED):
        yield shown(standing(title, status), title, about)
    for title, about in product(KINDS, PREPARED):
        here = standing(title)
        yield shown(ticked(here), title, about)
        yield shown(standing("Search"), title, about)
        yield shown(here, title, about, paranoid=True, n_inputs=0)
        yield shown(replace(here, keyboard=OTHER), title, about)
        yield shown(replace(here, keyboard=OTHER, wanting=(1,)), title, about)
        yield shown(replace(here, keyboard=None), title, about)
    for title, phase in product(KINDS, PHASES):
        there = standing(title, STANDS.get(phase, "pending"), phase)
        yield shown(there, title)
        yield shown(there, "Search")
        yield shown(replace(there, keyboard=OTHER), title)
    for title in KINDS:
        there = replace(standing("Count", "running", "running"), asked=ASKED)
        yield shown(there, title)
        yield shown(replace(there, keyboard=OTHER), title)
    settled = replace(BEGUN, current=None)
    yield from (shown(replace(settled, phase=phase), None) for phase in SETTLED)


SITUATIONS = tuple(situations())


# What each key comes to once its questions are answered.


def _proceeds(s: Situation) -> c.Command | None:
    if s.state.phase in ("left", "ended", "broken"):
        return None
    if s.state.phase == "unknown":
        return c.Settle(step_id=s.state.attempts[1].step_id, settlement="worked")
    if s.step is None:
        return c.End()
    if s.lacks_values and (s.step.kind == "template" or not (s.is_elsewhere or s.choice)):
        return _sets(s)
    if s.step.kind == "template":
        return None
    if s.is_elsewhere:
        return c.Select(step_id=s.step.id)
    if s.choice is not None:
        return c.Choose(choice_id=s.choice.id, option_id=s.choice.options[0].id)
    return c.MarkDone(step_id=s.step.id) if s.step.kind == "manual" else _starts(s)


def _starts(s: Situation, **more: Any) -> c.Command:
    assert s.step is not None
    return c.Start(step_id=s.step.id, text="df", again=True, approval="typed", typed="redis.prod", **more)


def _sets(_s: Situation) -> c.Command:
    return c.SetVariable(name="host", value="a")


def _ticks(s: Situation) -> c.Command:
    assert s.item is not None
    is_open = s.state.items[s.item.id] == "open"
    return c.Tick(item_id=s.item.id) if is_open else c.Untick(item_id=s.item.id)


def _goes_back(s: Situation) -> c.Command | None:
    return None if s.is_elsewhere else c.Select(step_id=IDS["Look"])


def _offers(s: Situation) -> c.Command:
    if s.choice is not None:
        return c.Choose(choice_id=s.choice.id, option_id=s.choice.options[0].id)
    return _starts(s, suggestion=True)


def _about_step(kind: Callable[..., c.Command], **more: Any) -> Callable[[Situation], c.Command]:
    return lambda s: kind(step_id=s.step.id if s.step else "", **more)


COMMANDS: Mapping[str, Callable[[Situation], c.Command | None]] = {
    "proceed": _proceeds,
    "tick": _ticks,
    "waive": lambda s: c.Waive(item_id=s.item_id or "", reason="a drill"),
    "interrupt": lambda _s: c.Interrupt(),
    "dry_run": lambda s: _starts(s, dry_run=True),
    "edit": _about_step(c.Edit, text="df -h"),
    "edit_outside": _about_step(c.Edit, text="df -h"),
    "skip": _about_step(c.Skip, reason="a drill"),
    "mark_done": _about_step(c.MarkDone),
    "values": _sets,
    "note": lambda _s: c.Note(text="a drill"),
    "back": _goes_back,
    "jump": lambda _s: c.Select(step_id=IDS["Look"]),
    "keyboard": lambda _s: c.TakeKeyboard(),
    "offer_1": _offers,
}
LEAVING: Mapping[str, c.Command] = {"leave": c.Leave(reason="a drill"), "end": c.End(reason="a drill")}
"""What `q` asks about; it offers of these what the machine allows."""


def known(s: Situation, action_id: str) -> machine.Known:
    level: Level = s.prepared["verdict"]["level"] if s.prepared and action_id == "proceed" else "safe"
    return machine.Known(level=level, target="redis.prod", standing="df")


@pytest.mark.parametrize("action_id", COMMANDS)
def test_what_is_offered_is_accepted(action_id: str) -> None:
    n_offered = 0
    for s in SITUATIONS:
        if why_not(action_id, s) or (command := COMMANDS[action_id](s)) is None:
            continue
        n_offered += 1
        try:
            machine.decide(s.state, command, known(s, action_id), by=1)
        except Refused as error:
            pytest.fail(f"{action_id} was offered where {described(s)}, and is refused: {error}")
    assert n_offered, f"{action_id} is never offered"


def described(s: Situation) -> str:
    step = f"{s.step.title} ({s.status})" if s.step else "nothing"
    about = next(name for name, one in PREPARED.items() if one == s.prepared)
    return f"the run is {s.state.phase}, {step} is shown, {about}, elsewhere={s.is_elsewhere}, {s.watching}"


# What the machine would allow and no key asks for.

NOT_BY_KEY: Mapping[str, Callable[[Situation], bool]] = {
    "resize": lambda _s: True,
    "report_context": lambda s: not s.runbook.expects,
    "begin_probe": lambda _s: True,
    "end_probe": lambda _s: True,
    "resume": lambda _s: True,
    "conclude": lambda _s: True,
    "report_signal": lambda _s: True,
    "report_input": lambda _s: True,
    "ask_commit": lambda _s: True,
    "answer_commit": lambda _s: True,
    "commit": lambda s: s.decides,
    "roll_back": lambda s: s.decides,
    "attach": lambda _s: True,
    "detach": lambda _s: True,
    "pass_keyboard": lambda _s: True,
    "give_keyboard": lambda s: not s.state.wanting,
    "choose": lambda s: s.choice is None or s.is_elsewhere,
    "start": lambda s: s.is_elsewhere or s.choice is not None or not runs(s) or bool(why_not("proceed", s)),
    "edit": lambda s: s.is_elsewhere,
    "skip": lambda s: s.is_elsewhere or is_text(s),
    "mark_done": lambda s: s.is_elsewhere or is_text(s) or holds(s),
    "select": lambda _s: False,
    "set_variable": lambda s: s.n_inputs == 0,
    "tick": lambda s: s.item is None or s.state.items[s.item.id] != "open",
    "untick": lambda s: s.item is None or s.state.items[s.item.id] == "open",
    "waive": lambda s: s.item is None or s.state.items[s.item.id] != "open",
}
"""Command → where no key asks for it, although the run would take it: the screen, the host and the questions do; a step
that is only looked at is gone to first; what has no inputs, no items or no words has nothing to be asked for."""


def runs(s: Situation) -> bool:
    return s.step is not None and s.step.kind in ("shell", "sql")


def is_text(s: Situation) -> bool:
    return s.step is not None and s.step.kind == "template"


def holds(s: Situation) -> bool:
    return s.step is not None and bool(held_by(s.state, s.step.id))


def test_what_is_not_offered_has_a_reason() -> None:
    for s in SITUATIONS:
        asked_for = set(asked(s))
        for name in s.allowed - asked_for:
            assert name in NOT_BY_KEY, f"no key asks for {name}"
            assert NOT_BY_KEY[name](s), f"no key asks for {name} where {described(s)}"


def asked(s: Situation) -> Iterator[str]:
    for one in offered(s):
        command = COMMANDS[one.id](s) if one.id in COMMANDS else None
        if command is not None:
            yield command.do
        if one.id == "leave":
            yield from (s.allowed & set(LEAVING))
        if one.id == "proceed" and s.choice is None and s.lacks_values:
            yield "start"  # next, once the values are there


def test_leaving_asks_for_what_the_machine_allows() -> None:
    for s in SITUATIONS:
        for name in s.allowed & set(LEAVING):
            machine.decide(s.state, LEAVING[name], by=1)


def test_a_watcher_is_offered_nothing_that_counts() -> None:
    watching = [s for s in SITUATIONS if s.watching]
    offers = {one.id for s in watching for one in offered(s)}
    counting = {
        "tick",
        "waive",
        "interrupt",
        "edit",
        "skip",
        "mark_done",
        "values",
        "dry_run",
        "jump",
        "type",
        "offer_1",
    }
    assert watching
    assert not offers & counting
    assert {"note", "keyboard", "leave", "help"} <= offers


@pytest.mark.parametrize("action", ACTIONS.values(), ids=lambda one: one.id)
def test_every_reason_is_a_sentence(action: Action) -> None:
    for s in SITUATIONS:
        reason = action.hindrance(s)
        assert reason == reason.strip()
        assert not reason or (" " in reason and not reason.endswith("."))
        assert label_of(action, s)


@pytest.mark.parametrize(
    ("s", "label"),
    [
        (shown(standing("Look"), "Look"), "run"),
        (shown(standing("Look"), "Look", paranoid=True), "confirm…"),
        (shown(standing("Look"), "Look", "dangerous"), "type its target…"),
        (shown(standing("Look", "failed"), "Look"), "run again"),
        (shown(standing("Look", "failed"), "Look", "dangerous"), "run again, type its target…"),
        (shown(standing("Look"), "Look", "without a value"), "give its values…"),
        (shown(standing("Call the DBA"), "Call the DBA"), "done"),
        (shown(standing("Look"), "Search"), "go to this step"),
        (shown(standing("Look"), "Message"), "copy it"),
        (shown(standing("Option A: scale up"), "Option A: scale up"), "choose…"),
        (shown(standing("Look", "unknown", "unknown"), "Look"), "settle…"),
        (shown(replace(BEGUN, current=None), None), "end the run"),
        (shown(replace(BEGUN, current=None, phase="ended"), None), "close"),
    ],
)
def test_enter_says_what_it_would_do(s: Situation, label: str) -> None:
    assert proceed_label(s) == label


def test_no_key_means_two_things() -> None:
    keys = [key for one in ACTIONS.values() for key in one.key.split(",")]
    assert len(keys) == len(set(keys))
