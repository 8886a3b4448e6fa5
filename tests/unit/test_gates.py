"""What it takes to start a text of each level, as a table and as a property of any sequence of commands."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.runs import PLAN, recorded, started

from engine import commands as c
from engine import events as e
from engine.errors import Refused
from engine.levels import Level
from engine.machine import GATES, Known, decide, flag_for
from engine.state import RunState, fold

LEVELS: tuple[Level, ...] = get_args(Level)
APPROVALS: tuple[e.Approval, ...] = get_args(e.Approval)
TARGET = "production/app"


def known(level: Level, *ran_before: str) -> Known:
    return Known(level, "availability", "rule-7", f"it is {level}", TARGET, ran_before, "the text that stood there")


def at_check() -> RunState:
    """On a step whose checklist is ticked."""
    state = fold(recorded((started(),)))
    return fold(recorded(decide(state, c.Tick(item_id="dba")), state.seq), state)


def start(**more: Any) -> c.Start:
    return c.Start(step_id="check", text="true", **more)


LETS_RUN = {
    "safe": {"asked", "confirmed", "typed", "yes_flag", "approve_flag"},
    "unknown": {"confirmed", "typed", "yes_flag", "approve_flag"},
    "caution": {"confirmed", "typed", "yes_flag", "approve_flag"},
    "dangerous": {"typed", "approve_flag"},
}


@pytest.mark.parametrize(("level", "runs"), [("safe", True), ("unknown", False), ("caution", False)])
def test_a_flag_for_all_lets_nothing_run_whose_variable_is_empty(level: Level, runs: bool) -> None:
    about = replace(known(level), empty=("$NS is empty in the shell",))
    if runs:
        assert decide(at_check(), start(approval="yes_flag"), about)
    else:
        with pytest.raises(Refused, match=r"^\$NS is empty in the shell; somebody has to let it run"):
            decide(at_check(), start(approval="yes_flag"), about)
    assert decide(at_check(), start(approval="confirmed"), about)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("approval", APPROVALS)
@pytest.mark.parametrize("typed", ["", TARGET, f"  {TARGET} ", TARGET.upper(), "production", "y"])
def test_each_level_takes_its_own_answers(level: Level, approval: e.Approval, typed: str) -> None:
    command = start(approval=approval, typed=typed)
    if approval in LETS_RUN[level] and (level != "dangerous" or typed.strip() == TARGET):
        [event] = decide(at_check(), command, known(level))
        assert isinstance(event, e.StepStarted)
        assert (event.level, event.category, event.rule) == (level, "availability", "rule-7")
        assert (event.why, event.target) == (f"it is {level}", TARGET)
        assert (event.approval, event.typed) == (approval, typed.strip())
    else:
        with pytest.raises(Refused, match=f"it is {level}"):
            decide(at_check(), command, known(level))


def test_a_text_that_nobody_judged_is_not_safe() -> None:
    with pytest.raises(Refused, match="it has to be confirmed: unknown, nobody has judged this"):
        decide(at_check(), start())


def test_a_dangerous_text_without_a_target_cannot_be_let_run_at_all() -> None:
    nameless = Known("dangerous", "disk", "r", "it wipes the disk")
    for approval in APPROVALS:
        with pytest.raises(Refused, match="it wipes the disk"):
            decide(at_check(), start(approval=approval), nameless)


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_not_safe_and_ran_already_has_to_be_asked_for_again(level: Level) -> None:
    ran = known(level, "ran already 02:11 by bob in run x, exit 0")
    answer = {"approval": "typed", "typed": TARGET}
    if level == "safe":
        assert decide(at_check(), start(**answer), ran)
    else:
        with pytest.raises(Refused, match="by bob in run x, exit 0; running it again has to be asked for"):
            decide(at_check(), start(**answer), ran)
    assert decide(at_check(), start(again=True, **answer), ran)


def test_an_edit_keeps_the_text_that_stood_there_and_its_own() -> None:
    state = at_check()
    for before, after in (("the text that stood there", "second"), ("second", "third")):
        [event] = decide(state, c.Edit(step_id="check", text=after), known("safe"))
        assert isinstance(event, e.StepEdited)
        assert (event.before, event.after) == (before, after)
        state = fold(recorded((event,), state.seq), state)
    assert [(one.before, one.after, one.login) for one in state.steps["check"].edits] == [
        ("the text that stood there", "second", "alice"),
        ("second", "third", "alice"),
    ]


@pytest.mark.parametrize("outcome", get_args(e.StepOutcome))
def test_a_dry_run_leaves_its_step_as_it_stood_and_a_safe_one_is_held_by_nothing(outcome: e.StepOutcome) -> None:
    state = fold(recorded((started(),)))
    [event] = decide(state, start(dry_run=True), known("safe"))
    state = fold(recorded((event,), state.seq), state)
    assert state.attempts[1].dry_run
    ended = c.Conclude(outcome=outcome, exit_status=0, duration_ns=1, output_bytes=0, output_head="")
    state = fold(recorded(decide(state, ended), state.seq), state)
    assert (state.current, state.steps["check"].status) == ("check", "pending")


def test_a_dry_run_that_is_not_safe_waits_for_the_checklist_too() -> None:
    state = fold(recorded((started(),)))
    with pytest.raises(Refused, match="held by 1 checklist item"):
        decide(state, start(dry_run=True, approval="confirmed"), known("caution"))
    with pytest.raises(Refused, match="it has to be confirmed"):
        decide(at_check(), start(dry_run=True), known("caution"))


FLAGS: list[tuple[Level, bool, dict[str, bool], e.Approval | None]] = [
    ("safe", False, {}, None),
    ("safe", False, {"yes": True}, "yes_flag"),
    ("safe", True, {"yes": True}, "yes_flag"),
    ("unknown", False, {"yes": True}, "yes_flag"),
    ("unknown", True, {"yes": True}, None),
    ("caution", False, {"yes": True}, "yes_flag"),
    ("caution", True, {"yes": True}, None),
    ("caution", True, {"yes": True, "named": True}, "approve_flag"),
    ("dangerous", False, {"yes": True}, None),
    ("dangerous", False, {"named": True}, "approve_flag"),
    ("dangerous", True, {"yes": True, "named": True}, "approve_flag"),
]


@pytest.mark.parametrize(("level", "ran_before", "given", "expected"), FLAGS)
def test_yes_covers_caution_at_most_and_approve_what_it_names(
    level: Level, ran_before: bool, given: dict[str, bool], expected: e.Approval | None
) -> None:
    flags = {"yes": False, "named": False, **given}
    assert flag_for(level, ran_before=ran_before, **flags) == expected


STARTS = st.builds(
    c.Start,
    step_id=st.sampled_from([step.id for step in PLAN]),
    text=st.just("true"),
    again=st.booleans(),
    suggestion=st.booleans(),
    dry_run=st.booleans(),
    approval=st.sampled_from(APPROVALS),
    typed=st.sampled_from(["", TARGET, TARGET.upper(), "x", f" {TARGET}"]),
)
OTHERS = st.sampled_from(
    [
        c.Tick(item_id="dba"),
        c.Waive(item_id="dba", reason="r"),
        c.Edit(step_id="check", text="x"),
        *(c.Select(step_id=step.id) for step in PLAN),
        c.Conclude(outcome="succeeded", exit_status=0, duration_ns=1, output_bytes=0, output_head=""),
        c.Conclude(outcome="lost", exit_status=None, duration_ns=1, output_bytes=0, output_head=""),
        c.Resume(resumed=e.RunResumed(document_changed=False)),
        c.Settle(step_id="check", settlement="run_again"),
        c.Leave(reason="r"),
    ]
)
FINDINGS = st.builds(known, st.sampled_from(LEVELS)) | st.just(known("dangerous", "ran already")) | st.just(Known())


@given(st.lists(st.tuples(STARTS | OTHERS, FINDINGS), max_size=40))
def test_no_sequence_of_commands_starts_what_is_dangerous_without_its_target(
    asked: list[tuple[c.AnyCommand, Known]],
) -> None:
    state = fold(recorded((started(),)))
    for command, found in asked:
        try:
            decided = decide(state, command, found)
        except Refused:
            continue
        for event in decided:
            if isinstance(event, e.StepStarted):
                assert event.approval in GATES[found.level]
                assert found.level != "dangerous" or event.typed == TARGET
                assert found.level == "safe" or not found.ran_before or getattr(command, "again", False)
        state = fold(recorded(decided, state.seq), state)


def test_a_start_recorded_by_an_older_version_still_folds() -> None:
    old = b'{"kind":"step_started","step_id":"check","attempt":1,"session":"shell","text":"true","approval":"asked"}'
    event = e.event_adapter().validate_json(old)
    state = at_check()
    attempt = fold(recorded((event,), state.seq), state).attempts[1]
    assert (attempt.level, attempt.target, attempt.dry_run, attempt.login) == ("unknown", "", False, "alice")
