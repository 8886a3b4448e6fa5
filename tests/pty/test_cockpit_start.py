"""From the command line to the cockpit: what stands on the terminal at once, and what is left if nothing opens."""

from __future__ import annotations

import os
import re
import signal
import sys
from pathlib import Path

import pexpect
import pytest
from support.terminal import PROMPT, Operator, environment, shown, statuses

ROOT = Path(__file__).resolve().parents[2]
ENTER, LEAVE = "\x1b[?1049h", "\x1b[?1049l"
LIVE = "\x1b[?1000h"
"""Asking for the mouse is among the first things that the live screen does."""
SEQUENCE = re.compile(r"\x1b\[[?<>0-9;:]*[a-zA-Z]")
DOCUMENT = "# Restart the shop\n\n## Look\n\n```bash\nuptime\n```\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "page.md").write_text(DOCUMENT)
    return tmp_path


def words_left(seen: str) -> str:
    """What a terminal shows that was on its alternate screen for a while: the words after it."""
    assert seen.count(ENTER) == seen.count(LEAVE) <= 1
    return SEQUENCE.sub("", seen.rpartition(LEAVE)[2]).replace("\r\n", "\n")


def leave(operator: Operator) -> None:
    operator.presses("q")
    operator.sees("Leave the run?")
    operator.presses("\r")
    operator.ends()


def test_title_and_headings_stand_there_before_the_live_screen_begins(home: Path) -> None:
    operator = Operator(home, "run", "page.md")
    picture = operator.sees(LIVE)
    assert picture.startswith(ENTER)
    assert " oncue Restart the shop" in picture
    assert " Look" in picture
    operator.sees("safe")
    assert operator.seen.count(ENTER) == 1
    assert LEAVE not in operator.seen
    leave(operator)
    assert operator.seen.count(LEAVE) == 1


REFUSALS = {
    "--strange": "unrecognized arguments: --strange",
    "--section Nowhere": "oncue: page.md: no section 'Nowhere'",
    "--audit": "expected one argument",
    "--var nonsense": "oncue: ",
    "--config absent.toml": "oncue: ",
}


@pytest.mark.parametrize("words", REFUSALS)
def test_a_refusal_stands_alone_on_the_terminal(words: str, home: Path) -> None:
    operator = Operator(home, "run", "page.md", *words.split())
    assert operator.ends() == 2
    left = words_left(operator.seen)
    assert REFUSALS[words] in left
    assert left.startswith(("oncue: ", "usage: "))
    assert "opening" not in left


@pytest.mark.parametrize("name", ["absent.md", "."])
def test_a_document_that_cannot_be_read_leaves_one_sentence(name: str, home: Path) -> None:
    operator = Operator(home, "run", name)
    assert operator.ends() == 2
    assert words_left(operator.seen).startswith(f"oncue: {name}: ")
    assert len(words_left(operator.seen).splitlines()) == 1


def test_plain_mode_is_never_painted_over(home: Path) -> None:
    operator = Operator(home, "run", "page.md", "--plain")
    operator.answers("q", "l")
    operator.ends()
    assert ENTER not in operator.seen


def test_frames_never_go_where_complaints_are_kept(home: Path) -> None:
    terminal = Terminal(home, "bash", "-c", f"exec {sys.executable} -m tui run page.md 2>complaints.txt")
    for answer in ("q", "l"):
        terminal.sees(PROMPT)
        terminal.child.sendline(answer)
    terminal.ends()
    assert ENTER not in terminal.seen
    assert ENTER not in (home / "complaints.txt").read_text()


def test_what_is_typed_before_the_run_is_seen_does_not_count(home: Path) -> None:
    operator = Operator(home, "run", "page.md")
    operator.sees("opening")
    operator.presses("\r\r\rq")
    operator.sees("safe")
    operator.rests()
    assert "Leave the run?" not in operator.seen
    assert shown(home)["steps"][0]["attempts"] == []
    operator.presses("\r")
    operator.sees("Every step is settled")
    assert statuses(home) == ["succeeded"]
    leave(operator)


# While the picture stands.


class Terminal:
    def __init__(self, home: Path, *words: str) -> None:
        self.child = pexpect.spawn(
            words[0],
            list(words[1:]),
            env={**environment(home), "PYTHONPATH": str(ROOT)},  # type: ignore[arg-type]
            cwd=str(home),
            dimensions=(24, 80),
            timeout=20,
            encoding="utf-8",
        )
        self.seen = ""

    def sees(self, text: str) -> None:
        self.child.expect_exact(text)
        self.seen += str(self.child.before) + text

    def ends(self) -> int:
        self.child.expect(pexpect.EOF)
        self.seen += str(self.child.before)
        self.child.close()
        status = self.child.exitstatus
        return int(status if status is not None else -self.child.signalstatus)


PAINTED = "import signal, sys\nfrom tui.prepaint import Paint\nwith Paint(['run', 'page.md']):\n    {}"

ENDS = {
    "print('done')": (0, "done\n"),
    "sys.stderr.write('oops\\n'); sys.stderr.flush()": (0, "oops\n"),
    "sys.exit('no way')": (1, "no way\n"),
    "sys.exit(7)": (7, ""),
    "pass": (0, ""),
}


@pytest.mark.parametrize("statement", ENDS)
def test_whatever_ends_the_program_early_finds_the_terminal_as_it_was(statement: str, home: Path) -> None:
    terminal = Terminal(home, sys.executable, "-c", PAINTED.format(statement))
    code = terminal.ends()
    assert terminal.seen.startswith(ENTER)
    assert (code, words_left(terminal.seen)) == ENDS[statement]


def test_a_fault_is_reported_on_the_terminal_as_it_was(home: Path) -> None:
    terminal = Terminal(home, sys.executable, "-c", PAINTED.format("raise RuntimeError('unforeseen')"))
    assert terminal.ends() == 1
    assert words_left(terminal.seen).endswith("RuntimeError: unforeseen\n")
    assert words_left(terminal.seen).startswith("Traceback")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_takes_the_picture_away_without_a_word(number: signal.Signals, code: int, home: Path) -> None:
    """The parser is never come to: what has to be imported for it takes for ever."""
    program = (
        "import signal, sys\n"
        "class Endless:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'engine.cli': print('importing', file=sys.__stderr__, flush=True)\n"
        "        while name == 'engine.cli': pass\n"
        "sys.meta_path.insert(0, Endless())\n"
        "sys.argv = ['oncue', 'run', 'page.md']\n"
        "from tui.__main__ import main\n"
        "sys.exit(main())"
    )
    terminal = Terminal(home, sys.executable, "-c", program)
    terminal.sees("importing")
    os.kill(terminal.child.pid, number)
    assert terminal.ends() == code
    assert words_left(terminal.seen) == ""
