"""Two runs side by side: what is a difference, what is none, and how it is told."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.runs import PLAN, recorded, started

from engine import events as e
from engine.difference import Difference, Side, compare, to_json, to_text
from engine.difference.comparing import READ_BYTES, SHOWN_LINES
from engine.difference.noise import ROWS, pieces, quiet
from engine.difference.words import MOST_LINES, QUIET, compared
from engine.state import RunState, fold


class Outputs:
    def __init__(self, *outputs: bytes) -> None:
        self._outputs = dict(enumerate(outputs, 1))

    def size(self, attempt: int) -> int:
        return len(self._outputs.get(attempt, b""))

    def read(self, attempt: int, start: int) -> Iterator[bytes]:
        data = self._outputs.get(attempt, b"")[start:]
        yield from (data[at : at + 60_000] for at in range(0, len(data), 60_000))


def step(
    step_id: str,
    attempt: int = 1,
    *,
    text: str = "uptime",
    ms: int = 10,
    outcome: e.StepOutcome = "succeeded",
    **more: Any,
) -> tuple[e.Event, ...]:
    return (
        e.StepStarted(step_id=step_id, attempt=attempt, session="shell", text=text, **more),
        e.StepEnded(
            step_id=step_id,
            attempt=attempt,
            outcome=outcome,
            exit_status=0 if outcome == "succeeded" else 1,
            duration_ns=ms * 10**6,
            output_bytes=0,
            output_head="",
        ),
    )


def run(*events: e.Event, plan: Sequence[e.PlannedStep] = PLAN[:2]) -> RunState:
    return fold(recorded((started(tuple(plan), ()), *events)))


def between(before: bytes, after: bytes) -> Difference:
    state = run(*step("check"))
    return compare(Side(state, Outputs(before)), Side(state, Outputs(after)))


@pytest.mark.parametrize(("one", "other"), [pair for row in ROWS for pair in row.same])
def test_what_differs_between_any_two_runs_is_no_difference(one: str, other: str) -> None:
    assert quiet(one) == quiet(other)


@pytest.mark.parametrize(("one", "other"), [pair for row in ROWS for pair in row.different])
def test_what_only_looks_like_it_is_one(one: str, other: str) -> None:
    assert quiet(one) != quiet(other)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (b"id \xff\xfe\n", b"id \xfe\xff\n", [r"      ~ id \{+xfe\+}xff[-\xfe-]"]),
        (b"\xff\n", b"\\xff\n", ["      ! bytes that are no text are not the same"]),
        (b"cut \xc3", b"cut \xe2", None),
        (b"lost \xff\r\nshown\n", b"lost \xfe\r\nshown\n", None),
    ],
)
def test_bytes_that_are_no_text_are_told_apart(before: bytes, after: bytes, told: list[str] | None) -> None:
    difference = between(before, after)
    assert not difference.is_same
    assert between(before, before).is_same
    if told is not None:
        lines = list(to_text(difference))
        assert [line for line in lines if line in told] == told, lines


@given(st.text())
def test_the_words_of_a_line_are_the_line(line: str) -> None:
    assert "".join(shown for shown, _ in pieces(line)) == line


@given(st.text(st.characters(exclude_categories=("Nd",)), max_size=40))
def test_a_line_without_a_digit_counts_as_it_stands_but_for_pods(line: str) -> None:
    assert quiet(line) == line or "⟨pod⟩" in quiet(line)


def test_a_run_is_the_same_as_itself() -> None:
    state = run(*step("check"), *step("look", 2))
    difference = compare(Side(state, Outputs(b"up\n")), Side(state, Outputs(b"up\n")))
    assert difference.is_same
    assert list(to_text(difference))[2:] == ["= Check", "= Look", "", "the same: 2 steps"]


def test_a_changed_word_is_told_within_its_line_and_the_time_beside_it_is_not() -> None:
    difference = between(b"03:12:40 replicas: 3 ready\n\x1b[31mdone\x1b[m\n", b"04:44:01 replicas: 2 ready\ndone\n")
    assert [str(line.sign + line.text) for line in difference.steps[0].output.lines] == [
        "~04:44:01 replicas: [-3-]{+2+} ready",
        " done",
    ]
    assert not difference.is_same


def test_times_alone_make_no_difference() -> None:
    assert between(b"03:12:40 took 310 ms, pid 12\n", b"04:00:00 took 4.2 s, pid 4711\n").is_same


def test_lines_that_have_little_in_common_are_told_whole() -> None:
    lines = compared(["alpha beta gamma"], ["one two three"], QUIET)
    assert [line.sign for line in lines] == ["-", "+"]


def test_many_differences_are_bounded_and_counted() -> None:
    before = [f"alpha {word}" for word in "abcdefghij" * 20]
    lines = compared(before, [], QUIET)
    assert len(lines) == MOST_LINES + 1
    assert lines[-1].text == f"… and {200 - MOST_LINES} more lines that differ"


def test_a_long_output_is_the_same_when_only_its_times_differ() -> None:
    lines = SHOWN_LINES + 50
    before = b"".join(b"03:00:%02d row\n" % (number % 60) for number in range(lines))
    after = b"".join(b"04:00:%02d row\n" % (number % 60) for number in range(lines))
    assert between(before, after).is_same


def test_a_difference_far_down_is_named_although_it_is_not_shown() -> None:
    before = b"row\n" * (SHOWN_LINES + 50)
    found = between(before, before + b"one more\n").steps[0].output
    assert not found.lines
    assert "those after them differ too" in found.problem


def test_what_is_beyond_every_bound_counts_byte_for_byte() -> None:
    same = (b"row" * 42 + b".\n") * (READ_BYTES // 128)
    assert between(same + b"a" * 5000, same + b"a" * 5000).is_same
    far = between(same + b"a" * 5000, same + b"a" * 4999 + b"b").steps[0].output
    assert far.problem.startswith("only the first 4.2 MB of 4.2 MB and 4.2 MB were compared")


def test_a_step_is_known_by_its_identity_wherever_it_stands() -> None:
    difference = compare(Side(run(*step("check")), Outputs()), Side(run(*step("check"), plan=PLAN[1::-1]), Outputs()))
    assert [(one.before_id, one.after_id, one.is_same) for one in difference.steps] == [
        ("look", "look", True),
        ("check", "check", True),
    ]


def test_a_step_whose_text_was_rewritten_is_known_by_its_title() -> None:
    rewritten = PLAN[0].model_copy(update={"id": "check-2"})
    before, after = run(*step("check", text="df -h /")), run(*step("check-2", text="df -h /data"), plan=(rewritten,))
    first = compare(Side(before, Outputs()), Side(after, Outputs())).steps[0]
    assert (first.before_id, first.after_id) == ("check", "check-2")
    assert [line.text for line in first.text.lines] == ["df -h /{+data+}"]


def test_a_step_with_another_title_is_known_by_its_place() -> None:
    other = PLAN[1].model_copy(update={"id": "query", "title": "Query"})
    first, second = compare(Side(run(), Outputs()), Side(run(plan=(PLAN[0], other)), Outputs())).steps
    assert (second.before_id, second.after_id, second.where) == ("look", "query", "both")
    assert (second.facts["title"].before, second.facts["title"].after) == ("Look", "Query")
    assert first.is_same


def test_what_only_one_run_has_is_said() -> None:
    difference = compare(Side(run(), Outputs()), Side(run(plan=PLAN[:3]), Outputs()))
    assert list(to_text(difference))[-3:] == [
        "+ Call  (only in the second run)",
        "",
        "different: 0 of 3 steps, 1 only in the second",
    ]


def test_status_verdict_checklist_and_inputs_are_told() -> None:
    before = run(e.VariableSet(name="host", value="a"), e.ItemTicked(item_id="dba"), *step("check", level="safe"))
    after = run(
        e.VariableSet(name="host", value="b"),
        e.ItemWaived(item_id="dba", reason="night"),
        *step("check", level="caution", why="stops it", outcome="failed"),
    )
    assert list(to_text(compare(Side(before, Outputs()), Side(after, Outputs()))))[2:9] == [
        "input host: a → b",
        "~ Check",
        "    status: succeeded → failed",
        "    checklist: the DBA knows ticked → the DBA knows waived (night)",
        "    exit status: 0 → 1",
        "    verdict: safe → caution · stops it",
        "= Look",
    ]


def test_a_duration_is_told_when_it_is_far_off_and_never_makes_a_difference() -> None:
    slow, quick = run(*step("check", ms=9000)), run(*step("check", ms=90))
    difference = compare(Side(quick, Outputs()), Side(slow, Outputs()))
    assert difference.is_same
    assert "= Check  (90 ms → 9.0 s)" in list(to_text(difference))


def test_a_secret_is_not_told() -> None:
    before, after = run(e.VariableSet(name="token", value=None, secret=True)), run()
    assert "input token: (secret) → nothing" in list(to_text(compare(Side(before, Outputs()), Side(after, Outputs()))))


def test_what_a_terminal_would_obey_does_not_reach_it() -> None:
    title = PLAN[0].model_copy(update={"title": "a\x1b]0;owned\x07\u202eb"})
    state = run(*step("check"), plan=(title,))
    difference = compare(Side(state, Outputs(b"x\x1b]52;c;AA\x07\n")), Side(state, Outputs("y\u202e\n".encode())))
    text = "\n".join(to_text(difference))
    assert not {"\x1b", "\x07", "\u202e"} & set(text)


def test_the_json_says_the_same_as_the_text() -> None:
    told = json.loads(json.dumps(to_json(between(b"3 pods\n", b"2 pods\n"))))
    assert told["same"] is False
    assert told["steps"][0]["output"] == {"lines": [{"sign": "~", "text": "[-3-]{+2+} pods"}], "problem": ""}
    assert told["steps"][0]["durations_ms"] == [10.0, 10.0]
