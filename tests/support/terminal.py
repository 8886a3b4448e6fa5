"""An operator at a real terminal: `oncue` on a PTY, read and answered as a person would."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pexpect

PROMPT = "› "
SECONDS = 20
STILL_SECONDS = 0.3


def environment(home: Path, **more: str) -> dict[str, str]:
    """A fresh user's: an empty home, no colours, nothing of the developer's own."""
    runtime = home / "runtime"
    runtime.mkdir(mode=0o700, parents=True, exist_ok=True)
    base = {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "NO_COLOR": "1",
        "XDG_RUNTIME_DIR": str(runtime),
        "XDG_STATE_HOME": str(home / "state"),
    }
    return {**base, **more}


class Operator:
    """`oncue ARGUMENTS` in a terminal of 100 × 30. What is expected is looked for after what was seen last."""

    def __init__(self, home: Path, *arguments: str, cwd: Path | None = None, **more: str) -> None:
        self._child = pexpect.spawn(
            sys.executable,
            ["-m", "tui", *arguments],
            env=environment(home, **more),  # type: ignore[arg-type]
            cwd=str(cwd or home),
            dimensions=(30, 100),
            timeout=SECONDS,
            encoding="utf-8",
            codec_errors="replace",
        )
        self._child.delaybeforesend = None
        self.seen = ""

    @property
    def pid(self) -> int:
        return int(self._child.pid)

    @property
    def fd(self) -> int:
        """For bytes that are no text."""
        return int(self._child.child_fd)

    def sees(self, text: str) -> str:
        """Waits until `text` is shown; answers what was shown before it."""
        try:
            self._child.expect_exact(text)
        except (pexpect.TIMEOUT, pexpect.EOF) as error:
            shown = self.seen + str(self._child.before)
            raise AssertionError(f"{text!r} was not shown; the terminal has:\n{shown[-3000:]}") from error
        before = str(self._child.before)
        self.seen += before + text
        return before

    def answers(self, *words: str) -> None:
        """Each word at the next question."""
        for word in words:
            self.sees(PROMPT)
            self._child.sendline(word)

    def asked(self) -> str | None:
        """The text that leads up to the next question, or None when the command has ended."""
        found = self._child.expect_exact([PROMPT, "(Enter for nothing) ", " it is rolled back in ", pexpect.EOF])
        before = str(self._child.before)
        self.seen += before
        return before[before.rfind("\n[") :] if found < 3 else None

    def says(self, text: str) -> None:
        """A line at a question that has words of its own, or into a running step."""
        self._child.sendline(text)

    def presses(self, keys: str) -> None:
        self._child.send(keys)

    def interrupts(self) -> None:
        """Ctrl-C once the command sleeps: one that comes while Python is about to wait is only noticed with the next
        key."""
        while Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "S":
            continue
        self._child.send("\x03")

    def rests(self) -> None:
        """Waits until nothing more is drawn. An escape that is followed at once by a key is another key."""
        while self._child.expect([pexpect.TIMEOUT, r"(?s).+"], timeout=STILL_SECONDS) == 1:
            self.seen += str(self._child.before) + str(self._child.after)

    def resizes(self, columns: int, rows: int) -> None:
        self._child.setwinsize(rows, columns)

    def hangs_up(self) -> None:
        """The terminal is gone, as when a connection breaks; waits until the command is gone as well."""
        self._child.ptyproc.fileobj.close()  # pexpect's own way of closing sends signals besides
        deadline = time.monotonic() + SECONDS
        while self._child.isalive():
            assert time.monotonic() < deadline, "the command outlives its terminal"
            threading.Event().wait(0.01)
        self._child.ptyproc.closed = self._child.closed = True

    def ends(self) -> int:
        """Waits for the end; answers the exit code."""
        self._child.expect(pexpect.EOF)
        self.seen += str(self._child.before)
        self._child.close()
        return int(self._child.exitstatus if self._child.exitstatus is not None else -self._child.signalstatus)


def oncue(home: Path, *arguments: str, cwd: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    """The command without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "tui", *arguments],
        env=environment(home, **more),
        cwd=cwd or home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def shown(home: Path, run: str = "") -> Mapping[str, Any]:
    """`oncue show --json` of a run, the latest by default."""
    done = oncue(home, "show", *([run] if run else []), "--json")
    assert done.returncode == 0, done.stderr
    value: Mapping[str, Any] = json.loads(done.stdout)
    return value


def statuses(home: Path) -> list[str]:
    return [step["status"] for step in shown(home)["steps"]]


def run_id_in(text: str) -> str:
    found = re.search(r"run (\d{8}-\d{6}-[0-9a-f]{6})", text)
    assert found, text
    return found[1]
