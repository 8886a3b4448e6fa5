"""Records `orders-api-down.cast`: the cockpit in a terminal, and somebody who walks a real incident with it.

uv run python recordings/make_recording.py
"""

from __future__ import annotations

import codecs
import fcntl
import json
import os
import pty
import select
import struct
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from frames import Screen, difference
from incident import COMMIT, READING, ROOT, WALK, WORDS, asks, is_past, keys_of, stranger

from engine.state import RunState, fold
from engine.trail import TrailReader

RECORDING = Path(__file__).with_name("orders-api-down.cast")
COLUMNS, ROWS = 110, 30
LAUNCH = "import sys, incident; incident.become_somebody(); from tui.__main__ import main; sys.exit(main())"
LONGEST_PAUSE = 1.3
"""Seconds for which nothing changes; more is cut."""
PATIENCE = 60.0
BYTES = {"enter": "\r", "space": " "}
FRAME = 0.05
"""Seconds that are shown as one picture."""


class Terminal:
    """A program on a terminal of its own, and everything it has shown, each with its time."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.shown: list[tuple[float, str]] = []
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._child, self._terminal = pty.fork()
        if self._child == 0:
            inside = {**environment, "PYTHONPATH": f"{ROOT / 'recordings'}:{ROOT}"}
            inside.pop("COLORTERM")  # 256 colours are half the bytes
            os.execve(sys.executable, [sys.executable, "-c", LAUNCH, *WORDS], inside)  # noqa: S606
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))

    def press(self, key: str) -> None:
        os.write(self._terminal, BYTES.get(key, key).encode())

    def watch(self, until: Callable[[], object], seconds: float = PATIENCE) -> None:
        """Raises when it is not so after `seconds`."""
        deadline = time.monotonic() + seconds
        while not until():
            if time.monotonic() > deadline:
                raise TimeoutError("".join(text for _, text in self.shown[-5:]))
            self._read(0.02)

    def watch_for(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._read(left)

    def ended(self) -> None:
        """Watch until the program is gone."""
        while self._read(PATIENCE):
            pass
        os.waitpid(self._child, 0)

    def _read(self, seconds: float) -> bool:
        if not select.select([self._terminal], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self._terminal, 1 << 16)
        except OSError:  # the other end is closed
            return False
        self.shown.append((time.monotonic(), self._decoder.decode(data)))
        return bool(data)


def main() -> None:
    os.chdir(ROOT)
    with TemporaryDirectory() as home:
        terminal = Terminal(stranger(Path(home)))
        walk(terminal, Path(home) / ".local" / "state" / "oncue" / "audit.db")
        terminal.ended()
    lines = [
        json.dumps(header()),
        *(json.dumps(event, ensure_ascii=False, separators=(",", ":")) for event in events(terminal.shown)),
    ]
    RECORDING.write_text("\n".join(lines) + "\n")
    duration = json.loads(lines[-1])[0]
    sys.stdout.write(f"{RECORDING.relative_to(ROOT)}: {duration:.0f} s, {RECORDING.stat().st_size} bytes\n")


def walk(terminal: Terminal, trail: Path) -> None:
    terminal.watch(lambda: any("finds every action" in text for _, text in terminal.shown))
    terminal.watch_for(3.0)
    for stop in WALK:
        for key, pause in keys_of(stop):
            terminal.watch_for(pause)
            terminal.press(key)
        if stop.commits:
            terminal.watch(lambda: asks(state_of(trail)))
            terminal.watch_for(READING)
            terminal.press(COMMIT)
        terminal.watch(lambda stop=stop: is_past(state_of(trail), stop))
        terminal.watch_for(0.6)
    for phase in ("ended", ""):
        terminal.watch_for(1.5)
        terminal.press("enter")
        if phase:
            terminal.watch(lambda phase=phase: state_of(trail).phase == phase)


def state_of(trail: Path) -> RunState:
    with TrailReader.open(trail) as reader:
        return fold(reader.events(reader.find_run(None)))


def to_line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def header() -> Mapping[str, object]:
    return {
        "version": 2,
        "width": COLUMNS,
        "height": ROWS,
        "title": "oncue: Orders API answers 503",
        "env": {"SHELL": "/bin/bash", "TERM": "xterm-256color"},
    }


def events(shown: list[tuple[float, str]]) -> Iterator[tuple[float, str, str]]:
    """A prompt with the command, then the pictures, each by what is new in it."""
    at = 0.0
    for character in f"$ oncue {' '.join(WORDS[:4])}":
        at += 0.04
        yield round(at, 3), "o", character
    at += 0.5
    yield round(at, 3), "o", "\x1b[2J\x1b[?25l"
    before = shown[0][0]
    for when, words in pictures(shown):
        at += min(when - before, LONGEST_PAUSE)
        before = when
        yield round(at, 3), "o", words
    yield round(at + 1, 3), "o", f"\x1b[{ROWS};1H\x1b[?25h"


def pictures(shown: list[tuple[float, str]]) -> Iterator[tuple[float, str]]:
    """Those that differ from the one before."""
    screen = Screen(COLUMNS, ROWS)
    before = [list(row) for row in screen.cells]
    for number, (when, text) in enumerate(shown):
        screen.feed(text)
        is_last = number + 1 == len(shown)
        if (is_last or shown[number + 1][0] - when > FRAME) and (words := difference(before, screen.cells)):
            yield when, words
            before = [list(row) for row in screen.cells]


if __name__ == "__main__":
    main()
