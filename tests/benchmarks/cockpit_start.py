"""How long the cockpit takes until something is there: `python tests/benchmarks/cockpit_start.py`.

Each turn is a whole process on a terminal of its own, in turns with `python -c pass` and with a Textual app that shows
one line. Beside the time on the wall stands what the process itself has computed until then: on a machine that does
other work too, the second is the one to compare.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import select
import shutil
import signal
import statistics
import struct
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from start_up import ROOT, SIZES, document, oncue

from engine.address import live

ROWS, COLUMNS = 40, 120
PATIENCE = 60.0
"""Seconds until something is taken for something that never comes."""

MINIMAL = """
from textual.app import App
from textual.widgets import Static
class Minimal(App[None]):
    def compose(self):
        yield Static("a live frame")
Minimal().run()
"""
ANY = b""
LIVE = b"\x1b[?1000h"
"""Textual asks for the mouse when it has the terminal: what is written next is its first frame."""
TITLE = b"orders service"


class Moment(NamedTuple):
    name: str
    seen: Sequence[bytes]
    """Which stand in the output one after the other."""
    press: bytes = b""
    """Typed when it has come."""
    beside: str = "python -c pass"
    budget: str = ""


class Took(NamedTuple):
    wall: float
    cpu: float
    megabytes: float = 0.0
    """Resident in memory."""


PASS, TEXTUAL = "python -c pass", "a minimal Textual app"
COCKPIT = (
    Moment("first content", (ANY,), budget="2"),
    Moment("first live frame", (LIVE, TITLE), beside=TEXTUAL, budget="1.25"),
    Moment("the step and its verdict", (LIVE, b"safe"), b"?", beside=TEXTUAL),
    Moment("a key answered", (LIVE, b"safe", b"Here and now"), beside=TEXTUAL),
)
NEIGHBOURS = {"posting": b"Collection", "harlequin": b"Query Editor"}
"""What is on the first frame of each that shows more than a colour."""


class Terminal:
    """Processes on terminals that are looked at and never drawn."""

    def __init__(self, folder: Path) -> None:
        self._environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "HOME": str(folder)}
        self._environment |= {"PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}
        for name in ("PYTHONDONTWRITEBYTECODE", "NO_COLOR"):
            self._environment.pop(name, None)
        self._folder = folder
        self.trail = folder / "audit.db"

    def moments(self, words: Sequence[str], moments: Sequence[Moment]) -> dict[str, Took]:
        """When each moment came. The process is killed then, and the host of its run too."""
        begun = time.perf_counter()
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(self._folder)
            os.execvpe(words[0], list(words), self._environment)  # noqa: S606 - no shell is what is meant
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        try:
            return self._watch(pid, terminal, begun, moments)
        finally:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            os.close(terminal)
            for host in live(self.trail):
                os.kill(host.pid, signal.SIGKILL)

    def _watch(self, pid: int, terminal: int, begun: float, moments: Sequence[Moment]) -> dict[str, Took]:
        seen, came = b"", dict[str, Took]()
        while len(came) < len(moments):
            ready, _, _ = select.select([terminal], [], [], PATIENCE)
            if not ready:
                raise RuntimeError(f"{moments[len(came)].name} never came: {seen[-2000:]!r}")
            seen += os.read(terminal, 1 << 16)
            now = Took(time.perf_counter() - begun, computed(pid), resident(pid))
            for moment in moments:
                if moment.name not in came and holds(seen, moment.seen):
                    came[moment.name] = now
                    os.write(terminal, moment.press)
        return came


def computed(pid: int) -> float:
    """Seconds that a process has computed, all its threads together; the kernel counts them in nanoseconds."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9


def resident(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def holds(seen: bytes, words: Sequence[bytes]) -> bool:
    at = 0
    for word in words:
        at = seen.find(word, at)
        if at < 0:
            return False
        at += len(word)
    return True


def measured(
    folder: Path, rounds: int, sizes: Mapping[str, int], neighbours: Mapping[str, str]
) -> dict[str, list[Took]]:
    """Every way in turns; a first turn, in which caches fill, is not counted."""
    terminal = Terminal(folder)
    for size in sizes.values():
        (folder / f"{size}.md").write_text(document(size))
    taken: dict[str, list[Took]] = {}
    for _ in range(rounds + 1):
        came = {PASS: terminal.moments([sys.executable, "-c", "print()"], [Moment("", (ANY,))])[""]}
        came[TEXTUAL] = terminal.moments([sys.executable, "-c", MINIMAL], [Moment("", (LIVE, b"a live frame"))])[""]
        for name, size in sizes.items():
            run = oncue("run", f"{size}.md", "--section", "Say something first", "--audit", str(terminal.trail))
            came |= {f"{moment}, {name}": took for moment, took in terminal.moments(run, COCKPIT).items()}
        for name, command in neighbours.items():
            came[name] = terminal.moments([command], [Moment("", (LIVE, NEIGHBOURS[name]))])[""]
        for what, took in came.items():
            taken.setdefault(what, []).append(took)
    return {what: took[1:] for what, took in taken.items()}


def show(taken: Mapping[str, Sequence[Took]]) -> None:
    moments = {f"{moment.name}, {size}": moment for moment in COCKPIT for size in SIZES}
    say(f"{'':<38}{'ms':>8}{'ms computed':>13}  {'ratio':>6}{'computed':>10}{'budget':>8}  beside")
    for what, took in taken.items():
        moment = moments.get(what)
        beside = moment.beside if moment else PASS if what in (PASS, TEXTUAL) else TEXTUAL
        wall, cpu = halves(took)
        base_wall, base_cpu = halves(taken[beside])
        ratios = f"{wall / base_wall:>6.2f}{cpu / base_cpu:>10.2f}"
        say(f"{what:<38}{wall * 1e3:>8.1f}{cpu * 1e3:>13.1f}  {ratios}{moment.budget if moment else '':>8}  {beside}")


def halves(took: Sequence[Took]) -> tuple[float, float]:
    return (statistics.median(one.wall for one in took), statistics.median(one.cpu for one in took))


def say(line: str) -> None:
    sys.stdout.write(f"{line.rstrip()}\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--quick", action="store_true", help="one round, to see that it works")
    for name in NEIGHBOURS:
        parser.add_argument(f"--{name}", metavar="COMMAND", default=shutil.which(name), help="where it is installed")
    arguments = parser.parse_args()
    neighbours = {name: vars(arguments)[name] for name in NEIGHBOURS if vars(arguments)[name]}
    sizes = {name: size for name, size in SIZES.items() if size < 1_000_000}
    with TemporaryDirectory() as folder:
        show(measured(Path(folder), 1 if arguments.quick else arguments.rounds, sizes, neighbours))
    for name in NEIGHBOURS.keys() - neighbours.keys():
        say(f"{name} is not there, and so not measured: --{name} COMMAND")


if __name__ == "__main__":
    main()
