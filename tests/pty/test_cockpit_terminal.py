"""What a terminal may do to the cockpit besides sending keys."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from support.terminal import Operator

DOCUMENT = "# Noise\n\n```bash\n# Look around\ntrue\n```\n"


def test_a_byte_that_is_no_text_is_one_unknown_key(tmp_path: Path) -> None:
    (tmp_path / "noise.md").write_text(DOCUMENT)
    operator = Operator(tmp_path, "run", "noise.md")
    operator.sees("· safe")
    operator.rests()
    os.write(operator.fd, b"\xff\xc3(q")
    operator.sees("Leave the run?")
    operator.rests()
    operator.presses("\r")
    assert operator.ends() == 3


def test_ending_the_screen_gives_the_terminal_back_and_says_what_comes_back(tmp_path: Path) -> None:
    (tmp_path / "noise.md").write_text(DOCUMENT)
    operator = Operator(tmp_path, "run", "noise.md")
    operator.sees("· safe")
    operator.rests()
    os.kill(operator.pid, signal.SIGTERM)
    operator.sees("\x1b[?1049l")
    operator.sees("the screen was ended by SIGTERM")
    operator.sees("oncue attach")
    assert operator.ends() == 128 + signal.SIGTERM
