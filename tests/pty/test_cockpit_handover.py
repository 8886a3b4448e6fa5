"""The real terminal, lent by the cockpit to a step that wants all of it."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest
from support.terminal import Operator, shown

CTRL_RIGHT_BRACKET, CTRL_BACKSLASH, CTRL_D = "\x1d", "\x1c", "\x04"

LET_GO = "\x1b[?1004l"
"""The last that the cockpit sends before somebody else has the terminal."""

PROGRAM = r"""
import os, signal, sys, termios, tty

def draw(*_):
    size = os.get_terminal_size()
    sys.stdout.write(f"\x1b[H\x1b[2JDRAWN {size.columns}x{size.lines}\r\n")
    sys.stdout.flush()

before = termios.tcgetattr(0)
tty.setraw(0)
signal.signal(signal.SIGWINCH, draw)
sys.stdout.write("\x1b[?1049h\x1b[?1h\x1b[?1000h\x1b[?25l\x1b[4h\x1b[2;5r\x1b]0;TITLE\x07\x1b[6n\x1b[>c")
draw()
while (key := os.read(0, 100)) != b"q":
    sys.stdout.write(f"KEY {key!r}\r\n")
    sys.stdout.flush()
if "tidy" in sys.argv:
    termios.tcsetattr(0, termios.TCSADRAIN, before)
    sys.stdout.write("\x1b[r\x1b[4l\x1b[?25h\x1b[?1000l\x1b[?1l\x1b[?1049l")
    print("LEFT IN ORDER")
"""

TALKER = """
import os, select

print("TALKING", flush=True)
while select.select([0], [], [])[0] and (line := os.read(0, 1000)):
    print("got", line.decode().strip(), flush=True)
"""
"""Takes lines, but never sits in a read, so that nobody knows that it waits for them."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "program.py").write_text(PROGRAM)
    (tmp_path / "talker.py").write_text(TALKER)
    return tmp_path


def begin(home: Path, command: str) -> Operator:
    """The cockpit, with this step running in it."""
    (home / "a.md").write_text(f"# Screens\n\n```bash\n{command}\n```\n\nThen wait:\n\n- [ ] all is well\n")
    return Operator(home, "run", "a.md", "--yes")


def lent(home: Path, arguments: str = "tidy") -> Operator:
    """The same, once the terminal is the program's."""
    operator = begin(home, f"{sys.executable} program.py {arguments}")
    operator.sees("The step has the terminal")
    operator.sees("DRAWN 100x30")
    return operator


def leave_open(operator: Operator) -> None:
    operator.presses("q")
    operator.sees("leave it open")
    operator.presses("\r")
    operator.ends()


def output(home: Path) -> str:
    text: str = shown(home)["steps"][0]["attempts"][0]["output"]
    return text


def modes(written: str) -> dict[str, str]:
    """The private modes of the terminal as these bytes leave them."""
    return {
        mode: letter
        for found in re.finditer(r"\x1b\[\?([0-9;]+)([hl])", written)
        for mode in found[1].split(";")
        for letter in found[2]
    }


def test_a_full_screen_program_has_the_terminal_until_it_gives_it_back(home: Path) -> None:
    operator = lent(home)
    operator.presses("k")
    operator.sees("KEY b'k'")
    operator.presses("\x1bOA")
    operator.sees(r"KEY b'\x1bOA'")
    operator.resizes(90, 25)
    operator.sees("DRAWN 90x25")
    operator.presses("q")
    operator.sees("LEFT IN ORDER")
    operator.sees("all is well")
    leave_open(operator)
    assert "KEY b'k'\r\nKEY b'\\x1bOA'\r\n" in output(home)
    assert shown(home)["steps"][0]["status"] == "succeeded"


def test_one_key_comes_back_and_another_gives_the_terminal_again(home: Path) -> None:
    operator = lent(home)
    operator.presses(f"a{CTRL_RIGHT_BRACKET}")
    operator.sees("the step goes on")
    operator.presses("f")
    operator.sees(LET_GO)
    operator.sees("KEY b'a'")
    operator.sees("DRAWN 100x30")
    operator.presses("b")
    operator.sees("KEY b'b'")
    operator.presses("q")
    operator.sees("all is well")
    leave_open(operator)
    assert CTRL_RIGHT_BRACKET not in output(home)


@pytest.mark.slow
def test_nothing_of_what_a_program_did_to_the_terminal_stays(home: Path) -> None:
    """It neither resets a mode nor leaves the alternate screen before it ends."""
    operator = lent(home, "untidy")
    before = operator.seen
    operator.presses("q")
    operator.sees("\x1b[?1004h")
    after = operator.seen[len(before) :]
    assert "\x1b[4l" in after
    assert "\x1b[r" in after
    assert modes(before)["1"] == "h"
    assert modes(after)["1"] == "l"
    operator.sees("all is well")
    leave_open(operator)
    assert {mode: letter for mode, letter in modes(operator.seen).items() if letter == "h"}.keys() <= {"7", "25"}


@pytest.mark.slow
def test_only_what_a_terminal_may_be_told_passes(home: Path) -> None:
    operator = lent(home)
    operator.presses("q")
    operator.sees("all is well")
    leave_open(operator)
    for obeyed in ("TITLE\x07", "\x1b]0;", "\x1b[6n", "\x1b[>c"):
        assert obeyed not in operator.seen
    assert "\x1b]0;TITLE" in output(home), "the record has every byte"


@pytest.mark.slow
def test_a_program_that_never_enters_the_alternate_screen_gets_one_of_its_own(home: Path) -> None:
    program = (home / "program.py").read_text().replace("\\x1b[?1049h", "").replace("\\x1b[?1049l", "")
    (home / "program.py").write_text(program)
    operator = lent(home)
    assert operator.seen.rpartition("The step has the terminal")[2].count("\x1b[?1049h") == 1
    operator.presses("q")
    operator.sees("\x1b[?1049l")
    operator.sees("all is well")
    leave_open(operator)


def test_any_running_step_can_be_given_the_terminal(home: Path) -> None:
    operator = begin(home, f"{sys.executable} talker.py")
    operator.sees("TALKING")
    operator.presses("f")
    operator.sees("The step has the terminal")
    operator.sees("TALKING")
    operator.presses("hello\r")
    operator.sees("got hello")
    operator.presses("\x1a")
    operator.sees("ctrl+z would strand the step")
    operator.presses(CTRL_D)
    operator.sees("all is well")
    leave_open(operator)
    assert output(home).startswith("TALKING\r\nhello\r\ngot hello\r\n")


def test_an_interrupt_goes_to_the_step_and_is_said(home: Path) -> None:
    operator = begin(home, f"{sys.executable} talker.py")
    operator.sees("TALKING")
    operator.presses("f")
    operator.sees("The step has the terminal")
    operator.presses(CTRL_BACKSLASH)
    operator.sees("sent INT to the step (again for TERM)")
    operator.sees("\x1b[?1049h")
    leave_open(operator)
    assert shown(home)["steps"][0]["status"] == "interrupted"


@pytest.mark.slow
def test_a_lost_terminal_leaves_the_program_running_and_attach_brings_it_back(home: Path) -> None:
    operator = lent(home)
    run_id = shown(home)["id"]
    operator.hangs_up()
    again = Operator(home, "attach", run_id)
    again.sees("DRAWN 100x30")
    again.sees("The step has the terminal")
    again.sees("DRAWN 100x30")
    again.presses("q")
    again.sees("all is well")
    leave_open(again)
    assert shown(home)["steps"][0]["status"] == "succeeded"


@pytest.mark.skipif(shutil.which("less") is None, reason="less is not installed")
def test_nothing_is_missing_on_the_first_screen_of_a_pager(home: Path) -> None:
    (home / "lines.txt").write_text("".join(f"line {number}.\n" for number in range(1, 101)))
    operator = begin(home, "less lines.txt")
    operator.sees("The step has the terminal")
    operator.sees("\x1b[?1049h")
    for number in range(1, 30):
        operator.sees(f"line {number}.")
    operator.presses("G")
    operator.sees("line 100.")
    operator.presses("q")
    operator.sees("all is well")
    leave_open(operator)
