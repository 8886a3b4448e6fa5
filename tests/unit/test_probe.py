"""A look-up is short: it reads nothing, says little, is over in time, and leaves nothing behind."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.sessions import processes
from engine.sessions.probe import OUTPUT_LIMIT, Probed, probe

PATH = {"PATH": os.environ["PATH"]}


def run(command: str, timeout: float = 20.0, directory: str = "", **environment: str) -> Probed:
    return probe(command, environment={**PATH, **environment}, directory=directory, timeout=timeout)


def assert_gone(pid: Path) -> None:
    """A killed process may need a moment more to be gone; the suite's own timeout says when that is too long."""
    while processes.find(int(pid.read_text())) is not None:
        os.sched_yield()


def test_it_answers_status_and_output() -> None:
    assert run("echo a; echo b >&2; echo c") == Probed(0, b"a\nc\n", False, "")


def test_a_failure_says_the_last_line_of_its_complaint() -> None:
    probed = run("echo a; printf 'x\\nno such pod\\n' >&2; exit 3")
    assert (probed.status, probed.output, probed.message) == (3, b"a\n", "it ended with status 3: no such pod")


def test_it_runs_in_the_directory_and_the_environment_it_is_given(tmp_path: Path) -> None:
    assert run('pwd; echo "$NS"', directory=str(tmp_path), NS="a b").output == f"{tmp_path}\na b\n".encode()


def test_there_is_nothing_to_read_and_no_terminal() -> None:
    assert run("cat; read -r x; echo $?; [ -t 1 ]; echo $?").output == b"1\n1\n"


@pytest.mark.parametrize(
    "command", ["sleep 60", "trap '' INT TERM HUP; sleep 60 & wait", "while :; do :; done", "yes > /dev/null"]
)
def test_one_that_hangs_is_ended_with_all_of_its_group(command: str, tmp_path: Path) -> None:
    probed = run(f"echo $$ > {tmp_path}/pid; echo first; {command}", timeout=0.5)
    assert (probed.status, probed.output, probed.timed_out) == (None, b"first\n", True)
    assert "was not done after 0.5 seconds" in probed.message
    assert_gone(tmp_path / "pid")


def test_what_it_leaves_in_the_background_is_neither_waited_for_nor_left(tmp_path: Path) -> None:
    probed = run(f"sleep 60 & echo $! > {tmp_path}/pid; echo done")
    assert (probed.status, probed.output, probed.timed_out) == (0, b"done\n", False)
    assert_gone(tmp_path / "pid")


def test_a_flood_is_cut_and_not_waited_on() -> None:
    probed = run("head -c 5000000 /dev/zero; echo over >&2")
    assert (probed.status, probed.output) == (0, b"\0" * OUTPUT_LIMIT)


def test_functions_and_start_files_of_the_environment_do_not_change_what_its_words_mean(tmp_path: Path) -> None:
    start = tmp_path / "start"
    start.write_text("echo started\n")
    environment = {"BASH_ENV": str(start), "BASH_FUNC_date%%": "() { echo function; }", "SHELLOPTS": "noexec"}
    assert run("date +%%; echo on", **environment).output == b"%\non\n"


@pytest.mark.parametrize(("command", "status"), [("kill -9 $$", 137), ("exit 300", 44), ("syntax (", 1), ("nope", 127)])
def test_whatever_it_does_is_an_answer(command: str, status: int) -> None:
    assert run(command).status in (status, 2)


def test_what_cannot_be_started_is_said() -> None:
    assert "could not be started" in probe("ls", environment={"PATH": "/nowhere"}, directory="", timeout=1).message
    assert "NUL" in run("ls \0").message
    assert "could not be started" in run("x" * 3_000_000).message


def test_a_directory_that_is_gone_is_said() -> None:
    probed = run("echo here", directory="/nowhere/at/all")
    assert (probed.output, probed.message) == (
        b"",
        "it could not be started: No such file or directory: /nowhere/at/all",
    )
