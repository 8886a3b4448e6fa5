"""What there is to say after a rehearsal, from its events alone."""

from __future__ import annotations

import pytest
from support.runs import recorded, started

from engine import events as e
from engine.debrief import Debrief, debrief
from engine.recording import OTHER_ANSWER


def told(*events: e.Event) -> Debrief:
    return debrief(recorded([started(), *events]), None)


def begun(step_id: str = "look", **details: object) -> e.StepStarted:
    said = {"step_id": step_id, "attempt": 1, "session": "sql", "text": "x", "level": "caution", **details}
    return e.StepStarted.model_validate(said)


def ended(message: str = "", outcome: e.StepOutcome = "succeeded") -> e.StepEnded:
    return e.StepEnded(
        step_id="look", attempt=1, outcome=outcome, exit_status=None, duration_ns=1, output_bytes=0, output_head="",
        message=message,
    )  # fmt: skip


def question(rows: int | None, decision: e.CommitDecision, reason: e.CommitReason = "operator") -> tuple[e.Event, ...]:
    return (
        e.CommitAsked(attempt=1, question=1, statement="DELETE FROM orders", rows=rows, seconds=60),
        e.CommitAnswered(attempt=1, question=1, decision=decision, reason=reason),
    )


STARTED = "! caution: Look, confirmed"
GATES: list[tuple[int | None, e.CommitDecision, e.CommitReason, str]] = [
    (3, "commit", "operator", "✔ not committed yet: Look, 3 row(s) affected, decided to commit"),
    (None, "roll_back", "operator", "↶ not committed yet: Look, decided to roll back"),
    (
        1,
        "roll_back",
        "interrupt",
        "↶ not committed yet: Look, 1 row(s) affected, rolled back, because it was interrupted",
    ),
]


@pytest.mark.parametrize(("rows", "decision", "reason", "sentence"), GATES)
def test_whether_to_commit_is_a_gate_that_was_answered(
    rows: int | None, decision: e.CommitDecision, reason: e.CommitReason, sentence: str
) -> None:
    debriefed = told(begun(approval="confirmed"), *question(rows, decision, reason), ended())
    assert debriefed.gates[1:] == (sentence,)
    assert debriefed.wrong_turns == ()


@pytest.mark.parametrize("reason", ["time", "absence"])
def test_a_question_whether_to_commit_that_nobody_answered_is_a_wrong_turn(reason: e.CommitReason) -> None:
    debriefed = told(begun(), *question(1, "roll_back", reason), ended("rolled back", "failed"))
    assert len(debriefed.gates) == 1
    assert debriefed.wrong_turns[0].startswith("“Look” was rolled back, because nobody ")


@pytest.mark.parametrize(
    ("details", "sentence"),
    [
        ({"approval": "confirmed"}, "caution: Look, confirmed"),
        ({"dry_run": True, "level": "safe"}, "safe: dry run of “Look”, tried"),
        ({"suggestion": True, "approval": "confirmed"}, "caution: a suggestion of “Look”, confirmed"),
        ({"closing": True, "approval": "confirmed"}, "caution: the end of a transaction with “Look”, confirmed"),
    ],
)
def test_what_was_let_run_is_told_for_what_it_was(details: dict[str, object], sentence: str) -> None:
    [gate] = told(begun(**details), ended()).gates
    assert gate.partition(" ")[2] == sentence


@pytest.mark.parametrize("message", [OTHER_ANSWER, f"another; {OTHER_ANSWER}"])
def test_what_was_typed_otherwise_than_in_the_recording_is_a_wrong_turn(message: str) -> None:
    assert told(begun(), ended(message)).wrong_turns == ("something else was typed into “Look” than in the recording",)
    assert told(begun(), ended("another")).wrong_turns == ()
