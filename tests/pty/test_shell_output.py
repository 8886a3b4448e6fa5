"""The bytes of a step: all of them, exactly, in order, and no others."""

from __future__ import annotations

import os
import resource
import signal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.sessions.bash_restart import quoted
from engine.sessions.bash_step import Between
from engine.sessions.contract import Task, TerminalMode

RUNS = 300
BYTES = 70_005


class Length:
    """A sink that keeps nothing but how much there was."""

    def __init__(self) -> None:
        self.length = 0
        self.longest = 0

    def __call__(self, data: bytes, mode: TerminalMode) -> None:
        assert data
        self.length += len(data)
        self.longest = max(self.longest, len(data))


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["", "exit 0", "exec head -c 0 /dev/zero"])
def test_no_step_loses_its_tail(shell, ending: str) -> None:
    runs = RUNS if not ending else RUNS // 10
    for _ in range(runs):
        digest = Length()
        shell.session.run(Task(f"head -c {BYTES} /dev/zero\n{ending}"), digest)
        assert digest.length == BYTES


def test_small_outputs_are_whole_and_each_steps_own(shell) -> None:
    for number in range(300):
        assert shell.run(f"echo {number}; (echo sub {number})").lines == [str(number), f"sub {number}"]


def test_every_byte_comes_as_it_is(shell, tmp_path: Path) -> None:
    data = bytes(range(256)) * 20 + b"\xff\xfe\xc3(\x9b\x9d\x00" + os.urandom(100_000)
    (tmp_path / "data").write_bytes(data)
    assert shell.run("stty -opost; cat data").output == data


def test_lines_end_as_a_terminal_ends_them(shell) -> None:
    assert shell.run("printf 'a\\nb\\r\\n\\tc'").output == b"a\r\nb\r\r\n\tc"


def test_both_streams_come_in_the_order_they_were_written(shell) -> None:
    ran = shell.run("for i in {1..200}; do echo out $i; echo err $i >&2; done")
    assert ran.lines == [f"{stream} {number}" for number in range(1, 201) for stream in ("out", "err")]


@pytest.mark.slow
def test_a_line_of_100_megabytes_passes_in_little_memory(shell) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    digest = Length()
    outcome = shell.session.run(Task("head -c 100000000 /dev/zero | tr '\\0' x"), digest)
    assert outcome.status == "succeeded"
    assert digest.length == 100_000_000
    assert digest.longest < 200_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000, "kilobytes"


@pytest.mark.slow
def test_a_gigabyte_passes_in_little_memory(shell) -> None:
    shell.run("true")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    digest = Length()
    assert shell.session.run(Task("head -c 1000000000 /dev/zero"), digest).status == "succeeded"
    assert digest.length == 1_000_000_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000, "kilobytes"


def test_a_background_job_does_not_delay_the_end_and_is_named(shell) -> None:
    ran = shell.run("sleep 100 & (sleep 100 &) ; setsid sleep 100 & echo $!; wait $!")
    assert ran.status == "succeeded"
    assert len(ran.outcome.children) == 3
    for pid in ran.outcome.children:
        shell.until(lambda pid=pid: Path(f"/proc/{pid}/comm").read_text() == "sleep\n")
    assert shell.run("true").outcome.children == (), "they are not the next step's"
    for pid in ran.outcome.children:
        os.kill(pid, signal.SIGKILL)


def test_a_detached_process_is_named_too(shell) -> None:
    ran = shell.run("setsid -f sleep 100 </dev/null >/dev/null 2>&1")
    (pid,) = ran.outcome.children
    shell.until(lambda: Path(f"/proc/{pid}/comm").read_text() == "sleep\n")
    os.kill(pid, signal.SIGKILL)


def test_the_last_output_of_a_process_substitution_is_the_steps(shell) -> None:
    ran = shell.run("echo late > >(sleep 0.02; cat); exec > >(cat); echo later")
    assert sorted(ran.lines) == ["late", "later"]
    assert ran.outcome.children == ()


def test_output_of_background_jobs_between_steps_is_counted_and_in_no_step(shell, tmp_path: Path) -> None:
    shell.run("(until [ -e go ]; do sleep 0.01; done; printf 12345678; touch written) &")
    (tmp_path / "go").touch()
    shell.until((tmp_path / "written").exists)
    ran = shell.run("echo mine")
    assert ran.output == b"mine\r\n"
    assert "8 bytes" in ran.outcome.message
    assert shell.run("true").outcome.message == ""


def test_a_background_job_that_floods_neither_blocks_nor_mixes_marks_in(shell) -> None:
    shell.run("(trap '' TTOU; exec yes flood) & echo $!")
    between = 0
    for number in range(20):
        ran = shell.run(f"echo mine {number}")
        assert b"mine %d\r\n" % number in ran.output
        assert set(ran.output.replace(b"mine %d\r\n" % number, b"").replace(b"\r\n", b"")) <= set(b"flood")
        between += "bytes" in ran.outcome.message
    assert between
    shell.run("kill %1; wait %1 2>/dev/null")


def test_a_job_writing_much_between_steps_never_blocks(shell, tmp_path: Path) -> None:
    shell.run("(until [ -e go ]; do sleep 0.01; done; head -c 3000000 /dev/zero; touch written) &")
    (tmp_path / "go").touch()
    shell.until((tmp_path / "written").exists)
    assert "3000000 bytes" in shell.run("true").outcome.message


@given(
    before=st.binary(max_size=80),
    body=st.binary(max_size=200),
    after=st.binary(max_size=80),
    cuts=st.lists(st.integers(0, 500)),
)
def test_marks_divide_the_bytes_however_they_are_cut(before: bytes, body: bytes, after: bytes, cuts: list[int]) -> None:
    between = Between()
    start, end = between.expect_start(), between.expect_end()
    stream = before + start + body + end + after
    places = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    found = b"".join(between.feed(stream[a:b]) for a, b in pairwise(places))
    assert (found, between.before, between.after, between.ended) == (body, len(before), len(after), True)


@given(st.binary(max_size=200))
def test_bytes_are_handed_on_when_the_end_mark_never_comes(body: bytes) -> None:
    between = Between()
    between.expect_end()
    assert between.feed(body) + between.rest() == body


@given(st.binary(max_size=60).filter(lambda value: b"\0" not in value))
def test_quoting_keeps_to_one_line_of_plain_characters(value: bytes) -> None:
    word = quoted(value)
    assert word.startswith(b"$'")
    assert word.endswith(b"'")
    assert all(32 <= byte < 127 for byte in word)
