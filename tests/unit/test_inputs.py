"""What the inputs of a run stand at, and what each of them is told to be."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import pytest
from support.runs import recorded, started

from engine import commands as c
from engine import events as e
from engine.inputs import Input, Sheet, inputs_of, picked, problem_of, setting, warning_of
from engine.model import Lines, Variable
from engine.state import RunState, fold


def variable(name: str, *lines: int, **more: Any) -> Variable:
    return Variable(name, "braces", lines, **more)


HOST = Input(variable("HOST", 3, 40, default="redis.prod"), known=True)
PORT = Input(variable("PORT", 7), known=False)
TOKEN = Input(variable("TOKEN", 9, secret=True), known=False)
REPLICA = Input(variable("REPLICA", 11, from_command="redis-cli -h {HOST} -p {PORT} role"), known=False)
ALL = (HOST, PORT, TOKEN, REPLICA)
DOCKER = e.OptionChosen(choice_id="platform", option_id="d")


def state(*happened: e.Event) -> RunState:
    return fold(recorded((started(), *happened)))


def is_set(name: str, value: str | None, source: str = "typed") -> e.VariableSet:
    return e.VariableSet(name=name, value=value, secret=value is None, source=source)


def sheet(*happened: e.Event, told: tuple[str, ...] = ()) -> Sheet:
    return Sheet(ALL, state(*happened), frozenset(told))


@pytest.mark.parametrize(
    ("one", "happened", "told", "stands_at"),
    [
        (HOST, [], (), ("redis.prod", "redis.prod", "default")),
        (HOST, [is_set("HOST", "other", "--var")], (), ("other", "other", "--var")),
        (PORT, [], (), ("", "", "")),
        (PORT, [is_set("PORT", "6379")], (), ("6379", "6379", "typed")),
        (TOKEN, [], (), ("", "", "")),
        (TOKEN, [is_set("TOKEN", None)], (), ("", "", "")),
        (TOKEN, [is_set("TOKEN", None)], ("TOKEN",), ("(secret)", "(secret)", "typed")),
        (replace(TOKEN, known=True), [is_set("TOKEN", None)], (), ("(secret)", "(secret)", "typed")),
        (Input(variable("PIN", 3, default="1234", secret=True), known=True), [], (), ("1234", "(secret)", "default")),
    ],
)
def test_an_input_stands_at_what_the_run_would_use(
    one: Input, happened: list[e.Event], told: tuple[str, ...], stands_at: tuple[str, str, str]
) -> None:
    page = sheet(*happened, told=told)
    assert (page.value(one), page.shown(one), page.source(one)) == stands_at


def test_a_secret_that_was_lost_with_its_host_is_lacking_again() -> None:
    assert sheet(is_set("TOKEN", None)).lacking([HOST, TOKEN]) == [TOKEN]
    assert sheet(is_set("TOKEN", None), told=("TOKEN",)).lacking([HOST, TOKEN]) == []


def test_a_value_that_somebody_typed_needs_no_second_look() -> None:
    page = sheet(is_set("PORT", "1"), is_set("TOKEN", "x", "--var"), is_set("REPLICA", "db", "redis-cli role"))
    assert page.unseen(ALL) == [HOST, REPLICA]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ((3,), "line 3"),
        ((3, 40), "line 3"),
        ((1, 2), ""),
        ((3, 4, 6, 7, 11, 12), "line 3, 4, 6, 7, …"),
    ],
)
def test_only_lines_of_steps_are_told(lines: tuple[int, ...], told: str) -> None:
    assert sheet().place(Input(variable("X", *lines), known=False)) == told


def test_what_is_walked_wants_its_inputs_and_before_each_what_its_command_lacks() -> None:
    wants = Input(variable("REPLICA", 11, from_command="redis-cli -h {HOST} -p {PORT} role"), known=False)
    page = Sheet((wants, PORT, HOST, TOKEN), state())
    assert [one.name for one in page.wanted()] == ["PORT", "REPLICA", "HOST"]
    passed_over = Sheet((wants, PORT, HOST, TOKEN), state(DOCKER))
    assert [one.name for one in passed_over.wanted()] == ["PORT", "HOST"]


def test_a_step_wants_what_stands_in_its_lines() -> None:
    assert sheet().of([Lines(6, 7)]) == [PORT]
    assert sheet().of([Lines(11, 11)]) == [PORT, REPLICA]
    assert sheet().of([Lines(20, 30)]) == []


def test_those_that_are_named_come_with_what_they_need() -> None:
    assert sheet().named(["REPLICA", "NOBODY"]) == [PORT, REPLICA]


def test_what_the_host_answers_is_read_back() -> None:
    first = replace(HOST.variable, choices=("a", "b"), pattern="[ab]")
    told = {"inputs": [{**asdict(first), "lines": [3, 40], "choices": ["a", "b"], "known": True}]}
    assert inputs_of(told) == (Input(first, known=True),)


@pytest.mark.parametrize(
    ("one", "value", "problem"),
    [
        (variable("X"), "anything", None),
        (variable("X", choices=("a", "b")), "b", None),
        (variable("X", choices=("a", "b")), "c", "the value of X is none of a, b: give another value"),
        (variable("X", pattern="[0-9]+"), "x", "the value of X does not fit its pattern [0-9]+: give another value"),
        (
            variable("X"),
            "a\x1b",
            "the value of X has a control character or is not text: give another value",
        ),
    ],
)
def test_a_value_that_will_not_do_is_told_in_a_sentence(one: Variable, value: str, problem: str | None) -> None:
    assert problem_of(one, value) == problem


def test_a_secret_that_cannot_be_masked_is_warned_of() -> None:
    assert warning_of(TOKEN, "abc").startswith("TOKEN stays visible where it is printed")
    assert warning_of(TOKEN, "correct-horse-battery") == ""
    assert warning_of(HOST, "abc") == ""


def test_a_value_is_set_as_secret_where_its_input_is() -> None:
    assert setting(TOKEN, "x", "typed") == c.SetVariable(name="TOKEN", value="x", secret=True, source="typed")
    assert setting(HOST, "x", "--var") == c.SetVariable(name="HOST", value="x", secret=False, source="--var")


@pytest.mark.parametrize(
    ("typed", "value"), [("1", "db-1"), ("2", "db-2"), ("3", "3"), ("0", "0"), ("db-9", "db-9"), ("7", "7")]
)
def test_a_number_stands_for_what_is_listed_under_it_unless_it_is_proposed_itself(typed: str, value: str) -> None:
    assert picked(typed, ("db-1", "db-2", "7"), listed=2) == value
