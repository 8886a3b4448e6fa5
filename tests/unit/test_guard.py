"""The guard asks only what is proved safe, all at once and in one stretch of time, and takes no answer for a yes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from engine.danger import Memory, Surroundings, Verdict
from engine.errors import UsageError
from engine.guard import Guard, Place, judged
from engine.judging import Judging
from engine.model import Expectation

PATH = {"PATH": os.environ["PATH"]}


def all_safe(text: str, _language: str, around: Surroundings) -> Verdict:
    assert around.memory == Memory(), "the shell's functions are not there"
    return Verdict("safe", "read_only", "test", "it only reads", (0, len(text)))


def guard(*commands: str, wanted: str = "*", seconds: float = 20.0) -> Guard:
    expectations = [Expectation(f"`{command}`", (wanted,), 3, command) for command in commands]
    return Guard(expectations, Judging(judge=all_safe), seconds=seconds)


def place(directory: str = "", **environment: str) -> Place:
    return Place({**PATH, **environment}, directory)


def test_commands_run_where_the_shell_stands_with_what_it_exports(tmp_path: Path) -> None:
    results = guard("pwd", 'echo "$NS"').check(place(str(tmp_path), NS="shop"))
    assert [one.found for one in results] == [str(tmp_path), "shop"]
    assert all(one.ok for one in results)


@pytest.mark.parametrize(
    "command",
    [
        "sleep 300",
        "trap '' INT TERM HUP; while :; do sleep 300; done",
        "(trap '' TERM; sleep 300) & sleep 300",
        "yes",
        "while :; do :; done",
        "cat /dev/zero",
    ],
)
def test_one_that_hangs_is_not_known_and_holds_nobody_up(command: str) -> None:
    [result] = guard(command, seconds=0.4).check(place())
    assert (result.ok, result.found) == (False, "")
    assert result.message == f"`{command}` was not done after 0.4 seconds"


def test_one_that_hangs_takes_nothing_from_the_others() -> None:
    results = guard("sleep 300", "echo a", "sleep 300", "echo b", seconds=0.4).check(place())
    assert [(one.ok, one.found) for one in results] == [(False, ""), (True, "a"), (False, ""), (True, "b")]


def test_more_than_run_at_once_share_the_same_time() -> None:
    results = guard(*["sleep 300"] * 9, seconds=0.3).check(place())
    assert not any(one.ok for one in results)
    assert results[8].message == "the 0.3 seconds for all of them were over"


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("echo prod; echo 'no such context' >&2; exit 1", "it ended with status 1: no such context"),
        ("no-such-tool-at-all", "no-such-tool-at-all: command not found"),
        ("kill -9 $$", "it ended with status 137"),
        ("head -c 10000000 /dev/zero | tr '\\0' a", "it printed more than can be compared"),
        ("echo prod\0", "NUL"),
    ],
)
def test_an_answer_that_is_none_is_said_and_never_as_expected(command: str, message: str) -> None:
    [result] = guard(command).check(place())
    assert not result.ok
    assert message in result.message


def test_bytes_that_are_no_text_are_shown_as_such() -> None:
    [result] = guard("printf 'prod\\xff\\n'").check(place())
    assert result.found == "prod\\xff"
    assert not guard("printf 'prod\\xff\\n'", wanted="prod").check(place())[0].ok


def test_what_is_left_in_the_background_with_the_output_open_is_not_waited_for() -> None:
    [result] = guard("sleep 300 & echo prod").check(place())
    assert (result.ok, result.found) == (True, "prod")


def test_a_directory_that_is_gone_is_said(tmp_path: Path) -> None:
    [result] = guard("echo prod").check(place(str(tmp_path / "gone")))
    assert not result.ok
    assert "it could not be started" in result.message


@pytest.mark.parametrize("command", ["kubectl delete ns app", "make whoami", "echo a > b", "$(cat x)", "echo 'a"])
def test_a_command_that_is_not_proved_safe_is_not_run(command: str, tmp_path: Path) -> None:
    one = Guard([Expectation("x", ("*",), 3, command)])
    [result] = one.check(place(str(tmp_path)))
    assert not result.ok
    assert f"`{command}` is not run, because it is not proved safe: " in result.message
    assert list(tmp_path.iterdir()) == []


def test_every_command_of_ours_is_proved_safe() -> None:
    from engine.expects import NAMED

    expectations = [Expectation(name, ("*",), 3, shown.command) for name, shown in NAMED.items()]
    assert [one.problem for one in judged(expectations, Judging())] == [""] * len(NAMED)


class NoDatabases(Mapping[str, str]):
    """As the configuration's are, when a variable that a URL needs is not set."""

    def __getitem__(self, name: str) -> str:
        raise UsageError(f"database {name!r} needs $SECRET, which is not set")

    def __iter__(self) -> Iterator[str]:
        return iter(["orders"])

    def __len__(self) -> int:
        return 1


def test_a_mistake_and_a_database_that_cannot_be_told_are_not_as_expected() -> None:
    broken = Expectation("hots", (), 3, problem="the nearest is `host`")
    database = Expectation("database orders host", ("*",), 4, database=("orders", "host"))
    results = Guard([broken, database], databases=NoDatabases()).check(place())
    assert [(one.ok, one.message) for one in results] == [
        (False, "the nearest is `host`"),
        (False, "database 'orders' needs $SECRET, which is not set"),
    ]
