"""The rules of order, as tables and as a property of any sequence of commands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.runs import CHOICES, PLAN, recorded, started

from engine import commands as c
from engine import events as e
from engine import keyboard
from engine.errors import Refused
from engine.levels import Level
from engine.machine import (
    DECISIONS,
    GATES,
    INFORMED,
    PHASES,
    STATUSES,
    Known,
    allowed,
    decide,
    outcome_of,
)
from engine.state import APPLY, Phase, RunState, Status, fold, next_step, orphaned, previous_step, unresolved
from engine.summary import exit_code_of, lines_of

ALL_COMMANDS = (*get_args(get_args(c.Command)[0]), *get_args(c.Report))
ALL_EVENTS = get_args(get_args(e.Event)[0])


SAFE = Known("safe", "read_only", "test", "it only reads")


def run(*commands: c.AnyCommand, section: tuple[str, ...] = (), known: Known = SAFE) -> RunState:
    state = fold(recorded((started(section=section),)))
    for command in commands:
        state = fold(recorded(decide(state, command, known), state.seq), state)
    return state


def start(step_id: str, **more: Any) -> c.Start:
    return c.Start(step_id=step_id, text="true", **more)


def conclude(outcome: e.StepOutcome = "succeeded", status: int = 0) -> c.Conclude:
    return c.Conclude(outcome=outcome, exit_status=status, duration_ns=1, output_bytes=0, output_head="")


CHECKED = (c.Tick(item_id="dba"), start("check"), conclude())
RESUME = c.Resume(resumed=e.RunResumed(document_changed=False))


def test_every_command_has_a_decision_and_every_event_a_row_in_the_fold() -> None:
    assert {*DECISIONS, *INFORMED, *keyboard.DECISIONS} == set(ALL_COMMANDS)
    assert set(GATES) == set(get_args(Level))
    assert set(APPLY) == set(ALL_EVENTS)
    assert set(PHASES) == set(get_args(Phase))
    assert set(STATUSES) == set(get_args(Status))


def test_a_client_can_send_no_report() -> None:
    with pytest.raises(ValueError, match="union_tag"):
        c.command_adapter().validate_json(b'{"do":"conclude","outcome":"succeeded"}')


REFUSED: list[tuple[str, tuple[c.AnyCommand, ...], c.AnyCommand, str]] = [
    ("a checklist item holds its step", (), start("check"), "held by 1 checklist item"),
    ("a step the run does not stand on", (), start("look"), "another step"),
    ("a step that is not there", (), start("nowhere"), "no step 'nowhere'"),
    ("a second step while one runs", CHECKED[:2], start("check"), "a step is running"),
    ("a waiver without a reason", (), c.Waive(item_id="dba", reason=" "), "a reason is needed to waive"),
    ("a tick of a ticked item", (c.Tick(item_id="dba"),), c.Tick(item_id="dba"), "ticked or waived already"),
    ("an untick of an open item", (), c.Untick(item_id="dba"), "not ticked"),
    ("a skip without a reason", (), c.Skip(step_id="check", reason=""), "a reason is needed to skip"),
    ("a template that is started", (c.Select(step_id="text"),), start("text"), "text to copy"),
    ("a broken block that is started", (c.Select(step_id="bad"),), start("bad"), "the quote never ends"),
    ("an empty text", CHECKED, c.Start(step_id="look", text=" \n"), "nothing to run"),
    ("a succeeded step again", (*CHECKED, c.Select(step_id="check")), start("check"), "already succeeded"),
    ("an edit to nothing", CHECKED, c.Edit(step_id="look", text=""), "empty"),
    ("an edit with a NUL", CHECKED, c.Edit(step_id="look", text="a\0b"), "NUL"),
    ("an edit of a manual step", (c.Select(step_id="call"),), c.Edit(step_id="call", text="x"), "only a step that"),
    ("an unknown option", (), c.Choose(choice_id="platform", option_id="x"), "no option 'x'"),
    ("an unknown choice", (), c.Choose(choice_id="x", option_id="k"), "no choice 'x'"),
    ("an empty note", (), c.Note(text=""), "a text is needed"),
    ("an interrupt of nothing", (), c.Interrupt(), "no step is running"),
    ("a settlement of nothing", (), c.Settle(step_id="check", settlement="worked"), "no step is running"),
    ("anything in a left run", (c.Leave(reason="late"),), c.Note(text="x"), "oncue resume"),
    ("anything in an ended run", (c.End(),), c.Note(text="x"), "has ended"),
    ("a manual step with open items", (), c.MarkDone(step_id="check"), "held by 1"),
]


@pytest.mark.parametrize(("before", "command", "sentence"), [row[1:] for row in REFUSED], ids=[r[0] for r in REFUSED])
def test_it_refuses_with_a_sentence_and_changes_nothing(
    before: tuple[c.AnyCommand, ...], command: c.AnyCommand, sentence: str
) -> None:
    state = run(*before)
    with pytest.raises(Refused, match=sentence):
        decide(state, command, SAFE)
    assert state == run(*before)


def test_a_step_that_succeeded_leads_to_the_next_one() -> None:
    state = run(*CHECKED)
    assert (state.steps["check"].status, state.current, state.phase) == ("succeeded", "look", "idle")


@pytest.mark.parametrize("outcome", ["failed", "interrupted", "timed_out", "lost"])
def test_a_step_that_did_not_succeed_stays_and_can_be_run_again(outcome: e.StepOutcome) -> None:
    state = run(*CHECKED[:2], conclude(outcome, 1), start("check"), conclude())
    assert (state.current, state.steps["check"].attempts) == ("look", (1, 2))


def test_a_succeeded_step_runs_again_when_that_is_asked_for() -> None:
    assert run(*CHECKED, c.Select(step_id="check"), start("check", again=True)).phase == "running"


def test_a_broken_block_runs_once_it_is_edited() -> None:
    state = run(c.Select(step_id="bad"), c.Edit(step_id="bad", text="true"), start("bad"))
    assert state.phase == "running"


def test_an_unmade_choice_holds_its_steps_and_a_made_one_leaves_the_others_out() -> None:
    skipped = (c.Skip(step_id="look", reason="r"), c.MarkDone(step_id="call"))
    before = run(*CHECKED, *skipped)
    assert before.current == "kube"
    with pytest.raises(Refused, match="choose first: Platform"):
        decide(before, start("kube"))
    after = run(*CHECKED, *skipped, c.Choose(choice_id="platform", option_id="d"))
    assert after.current == "dock"
    assert "kube" not in {step.planned.id for step in unresolved(after)}


def test_jumping_to_a_step_takes_its_alternative_and_its_section() -> None:
    state = run(c.Select(step_id="dock"), section=("Diagnosis",))
    assert state.chosen == {"platform": "d"}
    assert {step.planned.id for step in unresolved(state)} == {"check", "look", "call", "dock", "bad"}


def test_a_section_is_walked_alone() -> None:
    assert [step.planned.id for step in unresolved(run(section=("Diagnosis",)))] == ["check", "look"]


def test_back_goes_to_the_walked_step_before() -> None:
    state = run(*CHECKED)
    assert (previous_step(state, "look"), previous_step(state, "check")) == ("check", None)


def test_after_the_last_step_the_walk_returns_to_what_was_left_open() -> None:
    assert next_step(run(), "bad") == "check"


def test_a_step_without_an_end_is_unknown_after_resume_and_has_to_be_settled() -> None:
    state = run(*CHECKED[:2], RESUME)
    assert (state.phase, state.steps["check"].status) == ("unknown", "unknown")
    with pytest.raises(Refused, match="settle it first"):
        decide(state, start("check"))


@pytest.mark.parametrize(
    ("settlement", "status", "current"),
    [("worked", "done", "look"), ("did_not_work", "failed", "check"), ("run_again", "pending", "check")],
)
def test_settling_an_unknown_step(settlement: e.Settlement, status: str, current: str) -> None:
    state = run(*CHECKED[:2], RESUME, c.Settle(step_id="check", settlement=settlement))
    assert (state.steps["check"].status, state.current, state.phase) == (status, current, "idle")


def test_an_unknown_step_left_open_is_still_unknown_when_it_comes_back() -> None:
    state = run(*CHECKED[:2], RESUME, c.Leave(reason="r"), RESUME)
    assert state.phase == "unknown"


def test_a_suggestion_that_ran_leaves_its_manual_step_to_the_operator() -> None:
    for step_id in ("call", "check"):  # also a step whose checklist item mentions it, and holds it
        state = run(c.Select(step_id=step_id), start(step_id, suggestion=True), conclude())
        assert (state.steps[step_id].status, state.current) == ("pending", step_id)


def test_the_outcome_says_whether_all_was_done() -> None:
    assert outcome_of(run()) == "abandoned"
    assert outcome_of(run(*CHECKED[:2], conclude("failed", 1))) == "failed"
    done = run(*CHECKED, c.Skip(step_id="look", reason="r"), section=("Diagnosis",))
    assert outcome_of(done) == "done"


def test_passing_over_a_failure_does_not_undo_it() -> None:
    failed = (*CHECKED[:2], conclude("failed", 1))
    skipped = run(*failed, c.Skip(step_id="check", reason="r"), c.Skip(step_id="look", reason="r"))
    assert outcome_of(skipped) == "failed"
    by_hand = run(*failed, c.MarkDone(step_id="check"), c.Skip(step_id="look", reason="r"), section=("Diagnosis",))
    assert outcome_of(by_hand) == "done"


def settled(settlement: e.Settlement) -> c.Settle:
    return c.Settle(step_id="check", settlement=settlement)


UNSEEN = (*CHECKED[:2], RESUME)
LOST = (*CHECKED[:2], conclude("lost", 1))
PASSED_OVER = (c.Skip(step_id="check", reason="seen elsewhere"), c.Skip(step_id="look", reason="r"))
ENDS: Sequence[tuple[str, tuple[c.AnyCommand, ...], str, int, str]] = (
    ("lost", LOST, "unknown", 5, "✘ lost"),
    ("lost and skipped", (*LOST, *PASSED_OVER), "unknown", 5, "? unknown"),
    ("lost and made good", (*LOST, start("check"), conclude(), PASSED_OVER[1]), "done", 0, "✔ succeeded"),
    ("lost and done by hand", (*LOST, c.MarkDone(step_id="check"), PASSED_OVER[1]), "done", 0, "✔ done"),
    ("unseen and skipped", (*UNSEEN, settled("run_again"), *PASSED_OVER), "unknown", 5, "? unknown"),
    ("unseen and not run again", (*UNSEEN, settled("run_again")), "unknown", 5, "? unknown"),
    ("unseen and it worked", (*UNSEEN, settled("worked"), PASSED_OVER[1]), "done", 0, "✔ done"),
    ("it did not work and was skipped", (*UNSEEN, settled("did_not_work"), *PASSED_OVER), "failed", 1, "– skipped"),
)


@pytest.mark.parametrize(
    ("commands", "outcome", "code", "line"), [row[1:] for row in ENDS], ids=[row[0] for row in ENDS]
)
def test_passing_over_what_nobody_knows_the_end_of_does_not_tell_it(
    commands: tuple[c.AnyCommand, ...], outcome: str, code: int, line: str
) -> None:
    state = run(*commands, section=("Diagnosis",))
    assert (outcome_of(state), exit_code_of(state)) == (outcome, code)
    told = next(lines_of(state))
    assert told.startswith(line)
    assert told.endswith("Check  (skipped: seen elsewhere)") == (line == "? unknown" and PASSED_OVER[0] in commands)
    ended = run(*commands, c.End(reason=""), section=("Diagnosis",))
    assert (ended.outcome, exit_code_of(ended)) == (outcome, code)


def test_a_section_that_is_an_alternative_chooses_it() -> None:
    plan = tuple(step.model_copy(update={"section": ("Resolution", step.title)}) for step in PLAN)
    state = fold(recorded((started(plan=plan, section=("Resolution", "Dock")),)))
    assert (state.chosen, state.current) == ({"platform": "d"}, "dock")


def test_a_step_in_flight_whose_host_is_gone_is_unknown_to_every_reader() -> None:
    state = orphaned(run(*CHECKED[:2]))
    assert (state.steps["check"].status, state.attempts[1].outcome) == ("unknown", "unknown")
    assert orphaned(run(*CHECKED)) == run(*CHECKED)


def test_what_is_allowed_follows_phase_and_status() -> None:
    assert {"start", "skip", "mark_done", "leave"} <= allowed(run())
    assert allowed(run(*CHECKED[:2])) >= {"interrupt", "note"}
    assert "start" not in allowed(run(*CHECKED[:2]))
    assert allowed(run(c.End())) == set()


step_ids = st.sampled_from([step.id for step in PLAN])
item_ids = st.sampled_from([item.id for step in PLAN for item in step.items] + ["nothing"])
reasons = st.sampled_from(["", "because"])
COMMANDS: st.SearchStrategy[c.AnyCommand] = st.one_of(
    st.builds(c.Tick, item_id=item_ids),
    st.builds(c.Untick, item_id=item_ids),
    st.builds(c.Waive, item_id=item_ids, reason=reasons),
    st.builds(c.Start, step_id=step_ids, text=st.sampled_from(["", "true"]), again=st.booleans()),
    st.builds(c.Edit, step_id=step_ids, text=st.sampled_from(["", "x", "\0"])),
    st.builds(c.Skip, step_id=step_ids, reason=reasons),
    st.builds(c.MarkDone, step_id=step_ids),
    st.builds(c.Select, step_id=step_ids),
    st.builds(
        c.Choose,
        choice_id=st.sampled_from([choice.id for choice in CHOICES] + ["?"]),
        option_id=st.sampled_from("kd?"),
    ),
    st.builds(c.Settle, step_id=step_ids, settlement=st.sampled_from(get_args(e.Settlement))),
    st.builds(c.Note, text=reasons, step_id=st.none() | step_ids),
    st.builds(c.SetVariable, name=st.just("n"), value=st.text(max_size=3), secret=st.booleans()),
    st.builds(conclude, st.sampled_from(get_args(e.StepOutcome))),
    st.builds(c.Leave, reason=reasons),
    st.builds(c.End),
    st.just(RESUME),
    st.builds(c.ReportSignal, signal=st.just("INT"), reason=st.just("operator")),
    st.builds(c.ReportInput, n_bytes=st.just(1), text=st.none()),
)


@given(st.lists(COMMANDS, max_size=40))
def test_any_sequence_of_commands_leaves_the_state_its_stored_events_fold_to(commands: list[c.AnyCommand]) -> None:
    stored = [recorded((started(),))[0].model_dump_json()]
    state = fold(recorded((started(),)))
    for command in commands:
        try:
            decided = decide(state, command)
        except Refused:
            continue
        fresh = recorded(decided, state.seq)
        stored += [one.model_dump_json() for one in fresh]
        state = fold(fresh, state)
        assert (state.phase == "running") == any(step.status == "running" for step in state.steps.values())
        assert (state.phase == "unknown") <= (state.running is not None)
    assert fold(e.Recorded.model_validate_json(text) for text in stored) == state


@given(st.lists(COMMANDS, max_size=20), COMMANDS)
def test_what_allowed_leaves_out_is_always_refused(commands: list[c.AnyCommand], last: c.AnyCommand) -> None:
    state = fold(recorded((started(),)))
    for command in commands:
        try:
            state = fold(recorded(decide(state, command), state.seq), state)
        except Refused:
            continue
    if last.do not in allowed(state, getattr(last, "step_id", None)):
        with pytest.raises(Refused):
            decide(state, last)


def test_interrupting_what_does_not_end_by_itself_is_its_success() -> None:
    begun = (c.Tick(item_id="dba"), start("check"))
    stopped = run(*begun, conclude("interrupted", 130), known=SAFE)
    followed = run(*begun, conclude("interrupted", 130), known=replace(SAFE, endless="ctrl+c ends it"))
    assert (stopped.steps["check"].status, stopped.current) == ("interrupted", "check")
    assert (followed.steps["check"].status, followed.current) == ("succeeded", "look")
    assert followed.attempts[1].outcome == "interrupted"
    killed = run(*begun, conclude("interrupted", 137), known=replace(SAFE, endless="ctrl+c ends it"))
    assert (killed.steps["check"].status, killed.current) == ("interrupted", "check")


WRITES = Known("caution", "data_destruction", "test", "it writes")


def kept(transaction: int, undone: str = "", settings: tuple[str, ...] = (), attempt: int = 1) -> e.ConnectionChanged:
    return e.ConnectionChanged(
        attempt=attempt, database="shop", transaction=transaction, undone=undone, settings=settings
    )


def opened(undone: str = "") -> RunState:
    """A step has written in a transaction that is open."""
    before = run(c.Tick(item_id="dba"))
    state = fold(recorded(decide(before, start("check", approval="confirmed"), WRITES), before.seq), before)
    for command in (conclude().model_copy(update={"connection": kept(1)}),):
        state = fold(recorded(decide(state, command), state.seq), state)
    return state


LEFT = c.Leave(reason="tea")


@pytest.mark.parametrize("command", [c.End(), LEFT, RESUME])
def test_what_was_written_in_a_transaction_comes_to_nothing_with_the_process(command: c.AnyCommand) -> None:
    state = opened()
    assert outcome_of(state) == "failed"
    after = fold(recorded(decide(state, command), state.seq), state)
    assert after.steps["check"].status == "failed"
    assert after.steps["check"].reason == (
        "rolled back: the transaction that step 1 opened on shop was never committed"
    )
    assert after.current == "check"
    assert after.connections["shop"].was_cut
    assert orphaned(state).steps["check"].status == "failed"


def test_passing_over_what_was_rolled_back_does_not_make_it_good() -> None:
    state = opened()
    for command in (RESUME, c.Skip(step_id="check", reason="never mind")):
        state = fold(recorded(decide(state, command), state.seq), state)
    assert (state.steps["check"].status, outcome_of(state)) == ("skipped", "failed")


def test_a_transaction_that_is_ended_by_the_runbook_keeps_what_it_did() -> None:
    state = opened()
    after = fold(recorded((kept(0),), state.seq), state)
    assert after.steps["check"].status == "succeeded"
    undone = fold(recorded((kept(0, "the database ended it"),), state.seq), state)
    assert undone.steps["check"].reason == "rolled back: the database ended it"


def test_nothing_is_closed_where_no_transaction_is_open() -> None:
    state = run(*CHECKED, c.Select(step_id="check"))
    with pytest.raises(Refused, match="no transaction is open"):
        decide(state, c.Start(step_id="check", text="COMMIT", closing=True, approval="confirmed"), WRITES)
