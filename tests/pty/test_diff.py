"""`oncue diff` in a terminal: on the whole screen there, as text everywhere else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.past_trails import write_past
from support.terminal import Operator, oncue

BOTH = ("20260101", "20260105", "--audit", "audit.db")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write_past(tmp_path / "audit.db")
    return tmp_path


def test_a_terminal_shows_both_runs_and_each_difference_and_leaving_answers_as_diff_does(home: Path) -> None:
    operator = Operator(home, "diff", *BOTH)
    operator.sees("\x1b[?1049h")
    operator.sees("the runs as a whole")
    operator.sees("Flush the cache")
    operator.rests()
    operator.presses("n")
    operator.sees("exit status")
    operator.presses("q")
    operator.sees("\x1b[?1049l")
    assert operator.ends() == 1


@pytest.mark.parametrize("words", [("--plain",), ("--json",)])
def test_a_terminal_gets_text_when_it_asks_for_it(home: Path, words: tuple[str, ...]) -> None:
    operator = Operator(home, "diff", *BOTH, *words)
    assert operator.ends() == 1
    assert "\x1b" not in operator.seen
    assert "Flush the cache" in operator.seen


def test_a_pipe_gets_text(home: Path) -> None:
    done = oncue(home, "diff", *BOTH)
    assert done.returncode == 1
    assert done.stdout.startswith("--- 20260101-020000-bbbbbb")
    assert json.loads(oncue(home, "diff", *BOTH, "--json").stdout)["same"] is False


def test_what_is_not_there_is_said_without_a_screen(home: Path) -> None:
    operator = Operator(home, "diff", "nope", "20260105", "--audit", "audit.db")
    assert operator.ends() == 2
    assert operator.seen == "oncue: There is no run whose id begins with 'nope'.\r\n"
