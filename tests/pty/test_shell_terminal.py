"""The terminal of a step: typing into it, programs that take it over, and what is left of it afterwards."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from engine.errors import Refused
from engine.sessions.contract import Waiting
from engine.sessions.terminal import AlternateScreen


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


def test_a_prompt_is_noticed_answered_and_may_be_recorded(shell) -> None:
    shell.begin('echo first; read -p "Name? " name; echo "hello $name"')
    shell.until(shell.session.waiting)
    waiting = shell.session.waiting()
    assert isinstance(waiting, Waiting)
    assert (waiting.last_line, waiting.mode.echo) == ("Name? ", True)
    assert shell.session.write(b"bob\n") is True
    assert shell.end().lines == ["first", "Name? bob", "hello bob"]


def test_a_password_prompt_is_noticed_and_must_not_be_recorded(shell) -> None:
    shell.begin('read -s -p "Password: " word; echo; echo "${#word}"')
    shell.until(lambda: (found := shell.session.waiting()) and found.last_line == "Password: ")
    assert shell.session.waiting().mode.echo is False
    assert shell.session.write(b"hunter2\n") is False
    ran = shell.end()
    assert ran.lines == ["Password: ", "7"]
    assert any(not mode.echo for mode in ran.modes)


def test_a_program_that_reads_its_terminal_is_noticed(shell) -> None:
    shell.begin("cat | tr a-z A-Z")
    shell.until(shell.session.waiting)
    shell.session.write(b"line\n\x04")
    assert shell.end().lines == ["line", "LINE"]


@pytest.mark.parametrize(
    "block", ["echo ready; sleep 100", "echo ready; while :; do :; done", "echo ready; tail -f /dev/null"]
)
def test_a_step_that_works_or_sleeps_does_not_wait_for_input(shell, block: str) -> None:
    shell.begin(block)
    shell.sees(b"ready")
    assert [shell.session.waiting() for _ in range(20)] == [None] * 20
    shell.session.interrupt()
    shell.end()


def test_nobody_waits_between_steps_and_nothing_can_be_typed(shell) -> None:
    shell.run("true")
    assert shell.session.waiting() is None
    with pytest.raises(Refused, match="no step is running"):
        shell.session.write(b"rm -rf /\n")


@pytest.mark.parametrize("mode", ["", "stty -icanon -echo; ", "stty raw; "])
@pytest.mark.parametrize("typed", [b"touch typed\n", b"touch typed", b"\ntouch typed\r" * 300, b"exit 7\n\x04"])
def test_what_is_typed_ahead_is_neither_a_command_nor_the_next_steps_input(
    shell, tmp_path: Path, mode: str, typed: bytes
) -> None:
    shell.begin(f"{mode}echo ready; until [ -e go ]; do sleep 0.01; done")
    shell.sees(b"ready")
    shell.session.write(typed)
    (tmp_path / "go").touch()
    assert shell.end().status == "succeeded"

    ran = shell.run('read -t 0.05 left; echo "$? [$left]"; ls')

    assert ran.lines[0] == "142 []"
    assert "typed" not in ran.lines
    assert shell.session.waiting() is None


def test_much_typed_ahead_is_thrown_away_whole(shell, tmp_path: Path) -> None:
    shell.begin("stty -icanon -echo; echo ready; until [ -e go ]; do sleep 0.01; done")
    shell.sees(b"ready")
    with pytest.raises(Refused, match="does not read"):
        shell.session.write(b"x" * 1_000_000)
    (tmp_path / "go").touch()
    shell.end()
    assert shell.run("stty -icanon; read -t 0.05 -n 1 left; echo $?").lines == ["142"]


def test_a_line_longer_than_a_terminal_takes_is_refused_whole(shell) -> None:
    shell.begin("read line; echo ${#line}")
    shell.until(shell.session.waiting)
    with pytest.raises(Refused, match="4095 bytes"):
        shell.session.write(b"x" * 5000 + b"\n")
    shell.session.write(b"x" * 4000 + b"\n")
    assert shell.end().lines[-1] == "4000"


def test_a_program_that_reads_takes_any_amount(shell, tmp_path: Path) -> None:
    shell.begin("stty raw -echo; echo ready; head -c 500000 | cksum")
    shell.sees(b"ready")
    data = os.urandom(500_000)
    sent = 0
    while sent < len(data):
        shell.session.write(data[sent : sent + 4096])
        sent += 4096
    (tmp_path / "data").write_bytes(data)
    sums = shell.end().lines[-1].split()
    assert shell.run("cksum < data").lines[-1].split() == sums


def test_a_stopped_terminal_flows_again_in_the_next_step(shell, tmp_path: Path) -> None:
    shell.begin("echo ready; until [ -e go ]; do sleep 0.01; done")
    shell.sees(b"ready")
    shell.session.write(b"\x13")
    (tmp_path / "go").touch()
    shell.end()
    assert shell.run("echo flows").output == b"flows\r\n"


def test_output_held_back_by_ctrl_s_is_let_go_by_ctrl_q(shell) -> None:
    shell.begin("echo ready; read -n 1; echo after")
    shell.sees(b"ready")
    shell.until(shell.session.waiting)
    shell.session.write(b"\x13")
    shell.session.write(b"x")
    shell.session.write(b"\x11")
    # the terminal may echo the held `x` before what was held with it or behind
    assert shell.end().lines in (["ready", "xafter"], ["ready", "after", "x"])


@needs("vim")
def test_vim_takes_the_whole_screen_and_gives_it_back(shell, tmp_path: Path) -> None:
    shell.begin("vim -u NONE -N note; echo done")
    shell.sees(b"\x1b[?1049h")
    shell.until(lambda: (found := shell.session.waiting()) and found.mode.alternate_screen)
    shell.session.write(b"ihello\x1b")
    shell.until(lambda: b"hello" in shell.written)
    shell.session.write(b":wq\r")
    ran = shell.end()
    assert ran.code == 0
    assert any(mode.alternate_screen and not mode.canonical for mode in ran.modes)
    assert not ran.modes[-1].alternate_screen
    assert (tmp_path / "note").read_text() == "hello\n"
    assert shell.run("stty -a | grep -o ' icanon'").status == "succeeded"


@needs("less")
def test_less_is_left_with_q(shell) -> None:
    shell.begin("seq 1000 | less; echo done")
    shell.sees(b"\x1b[?1049h")
    shell.until(lambda: (found := shell.session.waiting()) and not found.mode.canonical)
    shell.session.write(b"q")
    assert shell.end().lines[-1].endswith("done")


@needs("git")
def test_a_pager_does_not_wait_for_anybody(shell) -> None:
    ran = shell.run("git init -q . && git -c user.name=a -c user.email=b commit -q --allow-empty -m first && git log")
    assert ran.status == "succeeded"
    assert "    first" in ran.lines


@needs("python3")
def test_a_python_prompt_can_be_used(shell) -> None:
    shell.begin("python3 -q -E")
    shell.sees(b">>> ")
    shell.until(shell.session.waiting)
    shell.session.write(b"print(6 * 7)\n")
    shell.sees(b"42\r\n")
    shell.session.write(b"exit(3)\n")
    assert shell.end().code == 3


def test_a_job_can_be_stopped_and_brought_back(shell) -> None:
    shell.begin("bash -c 'echo ready; read x; echo got $x'; echo $?; fg >/dev/null; echo $?")
    shell.until(shell.session.waiting)
    shell.session.write(b"\x1a")
    shell.sees(b"148\r\n")
    shell.until(shell.session.waiting)
    shell.session.write(b"it\n")
    assert shell.end().lines[-2:] == ["got it", "0"]


@pytest.mark.parametrize("split", range(1, 9))
def test_the_alternate_screen_is_seen_when_split_between_reads(split: int) -> None:
    screen = AlternateScreen()
    switch = b"\x1b[?1049h"
    screen.feed(b"text" + switch[:split])
    screen.feed(switch[split:] + b"more")
    assert screen.on
    screen.feed(b"\x1b[0m plain \x1b[?25l")
    assert screen.on
    screen.feed(b"\x1b[?1;1049l")
    assert not screen.on


@pytest.mark.parametrize(
    ("data", "on"), [(b"\x1b[?47h", True), (b"\x1b[?1047h", True), (b"\x1b[?10490h", False), (b"\x1b[1049h", False)]
)  # fmt: skip
def test_only_the_three_known_numbers_switch_the_screen(data: bytes, on: bool) -> None:
    screen = AlternateScreen()
    screen.feed(data)
    assert screen.on is on
