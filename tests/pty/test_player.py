"""Recordings and the program they were invented for: asciinema plays ours, and what it records can be read.

asciinema is started as a program of its own and never imported.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest
from support.terminal import environment, oncue

from engine.recording import read

ASCIINEMA = shutil.which("asciinema") or ""
installed = pytest.mark.skipif(not ASCIINEMA, reason="asciinema is not installed")
BOOK = """# Try

```bash
# Look
printf 'caf\\303\\251 \\033[31mred\\033[m\\n'; printf '\\033]0;title\\007'; sleep 0.05; echo after

# Look again
seq 3
```
"""


def asciinema(home: Path, *words: str) -> tuple[int, bytes]:
    """On a terminal of its own, which some versions want even for what they only print."""
    given = environment(home, LC_ALL="C.UTF-8")
    child = pexpect.spawn(ASCIINEMA, list(words), env=given, cwd=str(home), timeout=60)  # type: ignore[arg-type]
    child.expect(pexpect.EOF)
    child.close()
    return child.exitstatus or 0, child.before.replace(b"\r\r\n", b"\r\n")  # the terminal ends lines as well


@installed
def test_the_real_player_plays_what_was_exported(tmp_path: Path) -> None:
    (tmp_path / "try.md").write_text(BOOK)
    done = oncue(tmp_path, "run", "try.md", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    with (tmp_path / "run.cast").open("wb") as file:
        subprocess.run(
            [sys.executable, "-m", "tui", "export"], env=environment(tmp_path), cwd=tmp_path, stdout=file, check=True
        )
    for words in (("cat", "run.cast"), ("play", "--speed", "100", "run.cast")):
        status, played = asciinema(tmp_path, *words)
        assert status == 0, played
        assert "café \x1b[31mred\x1b[m\r\n".encode() in played
        assert b"after\r\n" in played
        assert b"1\r\n2\r\n3\r\n" in played
        assert b"\x1b]0;" not in played


@installed
def test_what_the_real_program_recorded_is_read_to_its_last_byte(tmp_path: Path) -> None:
    command = "printf 'one\\n'; sleep 0.05; printf 'caf\\303\\251\\n'"
    status, said = asciinema(tmp_path, "rec", "--quiet", "--command", command, "theirs.cast")
    assert status == 0, said
    recording = read(tmp_path / "theirs.cast")
    [whole] = recording.steps
    assert (whole.id, b"".join(piece.data for piece in whole.pieces())) == ("", "one\r\ncafé\r\n".encode())
    (tmp_path / "try.md").write_text(BOOK)
    done = oncue(tmp_path, "rehearse", "try.md", "--from", "theirs.cast", "--strict", "--yes", "--speed", "0")
    assert done.returncode == 1
    assert "the recording knows of no steps, so that nothing in it answers one" in done.stdout
