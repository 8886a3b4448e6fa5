"""A command that proposes values runs by itself only when it is proved safe, and is on record before it does."""

from __future__ import annotations

import os
from collections.abc import Mapping

import pytest

from engine.danger import Memory, Surroundings, Verdict
from engine.errors import Refused
from engine.judging import Judging
from engine.lookups import RECORDED_LENGTH, Lookup, Lookups, begun
from engine.model import Variable
from engine.variables import CannotFill

ENVIRONMENT = {"PATH": os.environ["PATH"]}


def judge(text: str, _language: str, around: Surroundings) -> Verdict:
    assert around.memory == Memory(), "the shell's functions are not there"
    level = "dangerous" if "rm" in text else "unknown" if "make" in text else "safe"
    return Verdict(level, "opaque", "test", "it says so", (0, len(text)))  # type: ignore[arg-type]


def lookups(command: str, **more: object) -> Lookups:
    variables = [
        Variable("pod", "angle", (1,), from_command=command, **more),  # type: ignore[arg-type]
        Variable("ns", "angle", (2,)),
        Variable("token", "angle", (3,), secret=True),
    ]
    return Lookups(variables, Judging(judge=judge))


def found(command: str, values: Mapping[str, str] | None = None) -> Lookup:
    return lookups(command).find("pod", values or {})


def values(command: str, **more: object) -> tuple[str, ...]:
    one = lookups(command, **more)
    return one.run(one.find("pod", {}), ENVIRONMENT, "")[1]


def test_the_verdict_is_on_the_command_with_its_inputs_filled_in() -> None:
    assert found("get pods -n <ns>", {"ns": "a b"}).command == "get pods -n 'a b'"
    assert found("get pods -n <ns>", {"ns": "prod"}).verdict.level == "safe"
    assert begun(found("get pods")).approval == "safe"
    assert begun(found("make list")).approval == "asked"


def test_a_dangerous_command_proposes_nothing() -> None:
    with pytest.raises(Refused, match="would propose values for pod, but it is dangerous: it says so"):
        found("rm -rf x")


def test_it_waits_for_the_inputs_it_needs_and_refuses_those_that_do_not_fit() -> None:
    with pytest.raises(Refused, match="needs ns first"):
        found("get pods -n <ns>")
    with pytest.raises(CannotFill, match="option"):
        found("get pods <ns>", {"ns": "--all"})
    with pytest.raises(Refused, match="no command that proposes values for ns"):
        lookups("ls").find("ns", {})


def test_a_secret_it_needs_is_not_part_of_its_text() -> None:
    assert found("get -p <token>", {"token": "hunter2"}).command == 'get -p "${ONCUE_SECRET_token}"'


def test_each_line_is_a_value_once() -> None:
    assert values("printf 'web-0\\n  web-1 \\n\\nweb-0\\n\\xff\\nweb-2\\x1b\\n'") == ("web-0", "web-1")


def test_a_line_that_the_pattern_refuses_is_no_value() -> None:
    assert values("printf 'NAME READY\\nweb-0\\n'", pattern="[a-z]+-[0-9]") == ("web-0",)


def test_there_are_never_more_values_than_can_be_chosen_from() -> None:
    assert len(values("seq 1000")) == 200


@pytest.mark.parametrize(
    ("command", "outcome", "message"),
    [
        ("echo a; echo 'no such context' >&2; exit 1", "failed", "it ended with status 1: no such context"),
        ("true", "succeeded", "it printed no value that this input takes"),
        ("no-such-tool-at-all", "failed", "status 127"),
    ],
)
def test_why_there_are_no_values_is_recorded(command: str, outcome: str, message: str) -> None:
    one = lookups(command)
    ended, proposed = one.run(one.find("pod", {}), ENVIRONMENT, "")
    assert (ended.outcome, proposed) == (outcome, ())
    assert message in ended.message


def test_only_the_beginning_of_a_long_output_is_kept() -> None:
    one = lookups("seq 100000")
    assert len(one.run(one.find("pod", {}), ENVIRONMENT, "")[0].output) == RECORDED_LENGTH
