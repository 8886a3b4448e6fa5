"""Keys pressed while a step floods the screen: `python tests/benchmarks/cockpit_flood.py`.

A real host runs the step; a small application with the cockpit's output pane shows it on a terminal of its own, and is
pressed keys meanwhile. Beside it, in turns: the same application with Textual's `RichLog`, fed with the same.
"""

from __future__ import annotations

import argparse
import errno
import os
import pty
import random
import re
import select
import shlex
import signal
import statistics
import struct
import sys
import termios
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from fcntl import ioctl
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
os.environ["PYTHONPATH"] = str(ROOT)  # hosts and applications run the same code

from support.hosts import Bench  # noqa: E402

from engine.address import Address  # noqa: E402

MB = 1_000_000
COLUMNS, ROWS = 120, 40
KEY_SECONDS = (0.03, 0.11)
"""Between two keys, drawn anew each time, so that they meet every phase of a frame."""
REACTION_SECONDS = 20.0
IDLE_SECONDS = 2.0
KINDS = ("nothing", "pane", "RichLog")
"""What shows the output. The first takes it and shows nothing: the machine's part in every figure."""
LAST = re.compile(rb"last line at (\d+\.\d+)")
PRINTER = """
import os, sys, time
rate, seconds = float(sys.argv[1]), float(sys.argv[2])
part = open(sys.argv[3], "rb").read()
begun, printed, place = time.monotonic(), 0, 0
while (passed := time.monotonic() - begun) < seconds:
    if printed < rate * passed:
        printed += os.write(1, part[place : place + 16384])
        place = (place + 16384) % len(part)
    else:
        time.sleep(0.001)
"""
SAY_LAST = f"""{shlex.quote(sys.executable)} -c 'import time; print(f"\\nlast line at {{time.time():.6f}}")'"""


# The application, which runs in a process of its own.


def run_application(kind: str, run_id: str, socket: str) -> None:
    import tui.pace  # noqa: F401 - before any screen is loaded
    from tui.opening import MOST_BEHIND  # isort: skip

    from textual.app import App, ComposeResult
    from textual.widgets import RichLog, Static

    from engine import clock
    from engine import commands as c
    from engine import events as e
    from engine.client import Client
    from engine.feed import OutputPiece
    from tui.bridge import Bridge, Output
    from tui.messages import Happened, OutputArrived
    from tui.themes import register_themes
    from tui.widgets.output_pane import OutputPane

    class Cockpit(App[None]):
        """Counts keys at the top; `ctrl+g` starts the step."""

        n_keys = 0
        over = ""

        def compose(self) -> ComposeResult:
            count = Static("", id="count")
            count.styles.height = 1
            yield count
            if kind == "pane":
                yield OutputPane()
            elif kind == "RichLog":
                yield RichLog(max_lines=10_000)

        def on_mount(self) -> None:
            register_themes(self)  # type: ignore[arg-type]
            client = Client(Address(run_id, socket, 0), "bench", clock.this_actor(os.environ), MOST_BEHIND)
            client.catch_up()
            self.bridge = Bridge(client, self.post_message)
            self.bridge.start()
            self.count()

        async def on_key(self, event: object) -> None:
            if getattr(event, "key", "") == "ctrl+g":
                self.run_worker(self.start())
            elif getattr(event, "key", "") == "k":
                self.n_keys += 1
                self.count()

        def count(self) -> None:
            self.query_one("#count", Static).update(f"keys {self.n_keys};{self.over}", layout=False)

        async def start(self) -> None:
            step_id = self.bridge.state.current
            prepared = (await self.bridge.ask("prepare", step_id=step_id))["prepared"]
            typed = prepared["verdict"]["target"]
            text = prepared["text"]
            command = c.Start(step_id=str(step_id), text=text, again=True, approval="typed", typed=typed)
            await self.bridge.command(command)

        def on_happened(self, message: Happened) -> None:
            match message.recorded.event:
                case e.StepStarted() as started if kind == "pane":
                    self.query_one(OutputPane).show(started.attempt, title="flood", live=True)
                case e.StepEnded():
                    if kind == "pane":
                        self.query_one(OutputPane).ended()
                    self.over = " step over"
                    self.count()

        def on_output_arrived(self, _message: OutputArrived) -> None:
            pieces = self.bridge.take_output()
            if kind == "pane":
                self.query_one(OutputPane).take(pieces)
            elif kind == "RichLog":
                self.log_output(pieces)

        def log_output(self, pieces: list[Output]) -> None:
            from rich.text import Text

            data = b"".join(piece.data for piece in pieces if isinstance(piece, OutputPiece))
            self.query_one(RichLog).write(Text.from_ansi(data.decode(errors="replace")))

    Cockpit().run(mouse=False)


# The measuring side.


class Screen:
    """The application on a terminal of its own, read without a pause."""

    def __init__(self, kind: str, address: Address) -> None:
        arguments = [sys.executable, __file__, "--application", kind, address.run_id, address.socket]
        self.pid, self._master = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
            os.environ.pop("NO_COLOR", None)
            os.execv(sys.executable, arguments)  # noqa: S606
        ioctl(self._master, termios.TIOCSWINSZ, struct.pack("4H", ROWS, COLUMNS, 0, 0))
        self._recent = b""
        self.n_bytes = 0
        self.last_line_ms = float("nan")
        """From the last line's printing to its bytes on the terminal."""
        self.is_over = False

    def press(self, keys: bytes) -> None:
        os.write(self._master, keys)

    def until(self, shown: Callable[[bytes], object], seconds: float) -> bool:
        """Read until the latest output shows it; False when it has not after so long."""
        end = time.perf_counter() + seconds
        while not shown(self._recent):
            left = end - time.perf_counter()
            if left <= 0 or not self._read(left):
                return False
        return True

    def read_for(self, seconds: float) -> None:
        self.until(lambda _recent: False, seconds)

    def forget(self) -> None:
        self._recent = b""

    def close(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._master)

    def memory_mb(self, name: str) -> float:
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith(name)).split()[1]) * 1024 / MB

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self._master, 65536)
        except OSError as error:
            if error.errno == errno.EIO:
                raise RuntimeError(f"the application has ended: {self._recent[-2000:]!r}") from error
            raise
        self.n_bytes += len(data)
        self._recent = (self._recent + data)[-65536:]
        self._notice()
        return True

    def _notice(self) -> None:
        if (last := LAST.search(self._recent)) and self.last_line_ms != self.last_line_ms:
            self.last_line_ms = 1000 * (time.time() - float(last[1]))
        self.is_over = self.is_over or b"step over" in self._recent


@dataclass
class Found:
    """What one application did under one flood."""

    idle: list[float] = field(default_factory=list)
    """Milliseconds from a key to its reaction, before the step."""
    flooded: list[float] = field(default_factory=list)
    idle_bytes: int = 0
    last_line_ms: float = float("nan")
    shown_mb: float = 0.0
    grown_mb: float = 0.0
    cpu_share: float = 0.0
    is_over: bool = False
    printed_mb: float = 0.0


class Presser:
    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._chance = random.Random(1)
        self._n_keys = 0

    def reaction(self) -> float:
        """Milliseconds until the next key has been answered."""
        self._screen.read_for(self._chance.uniform(*KEY_SECONDS))
        self._n_keys += 1
        answer = b"keys %d;" % self._n_keys
        begun = time.perf_counter()
        self._screen.press(b"k")
        if not self._screen.until(lambda recent: answer in recent, REACTION_SECONDS):
            return REACTION_SECONDS * 1000
        return 1000 * (time.perf_counter() - begun)


def measured(kind: str, command: str, folder: Path, n_idle: int, seconds: float) -> Found:
    folder.mkdir()
    bench = Bench(folder)
    address, client = bench.start(f"# Flood\n\n## Print\n\n```bash\n{command}\n{SAY_LAST}\n```\n")
    client.close()  # nobody else reads what the application is told
    screen = Screen(kind, address)
    try:
        found = _walk(screen, n_idle, seconds)
        found.printed_mb = bench.state(address.run_id).attempts[1].output_bytes / MB if found.is_over else 0.0
        return found
    finally:
        screen.close()
        bench.close()


def _walk(screen: Screen, n_idle: int, seconds: float) -> Found:
    found = Found()
    if not screen.until(lambda recent: b"keys 0;" in recent, 20):
        raise RuntimeError("the application does not start")
    screen.read_for(1.0)
    presser = Presser(screen)
    found.idle = [presser.reaction() for _ in range(n_idle)]
    screen.read_for(0.5)
    before, memory, cpu = screen.n_bytes, screen.memory_mb("VmRSS"), screen.cpu_seconds()
    screen.read_for(IDLE_SECONDS)
    found.idle_bytes = screen.n_bytes - before
    screen.forget()
    begun = time.perf_counter()
    screen.press(b"\x07")
    _flooded(screen, presser, found, seconds)
    found.cpu_share = (screen.cpu_seconds() - cpu) / (time.perf_counter() - begun)
    found.grown_mb = screen.memory_mb("VmHWM") - memory
    found.shown_mb = (screen.n_bytes - before) / MB
    return found


def _flooded(screen: Screen, presser: Presser, found: Found, seconds: float) -> None:
    latest = time.perf_counter() + seconds + REACTION_SECONDS
    while not screen.is_over and time.perf_counter() < latest:
        found.flooded.append(presser.reaction())
    screen.until(LAST.search, 1.0)
    found.last_line_ms, found.is_over = screen.last_line_ms, screen.is_over


# Showing.


def say(line: str = "") -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def share(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(part * len(values)))] if values else float("nan")


def show(name: str, found: Found) -> None:
    figures = (
        f"{statistics.median(found.idle):.1f}",
        f"{statistics.median(found.flooded):.1f}",
        f"{share(found.flooded, 0.99):.1f}",
        f"{max(found.flooded):.1f}",
        f"{found.last_line_ms:.0f}",
        f"{found.printed_mb:.0f}",
        f"{found.grown_mb:.1f}",
        f"{found.cpu_share:.0%}",
        str(found.idle_bytes),
        str(len(found.flooded)),
    )
    say(f"{name:<34}" + "".join(f"{figure:>8}" for figure in figures))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--application", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=float, default=8.0, help="of each flood")
    parser.add_argument("--megabytes", type=float, default=2000.0, help="of the flood after which memory is looked at")
    parser.add_argument("--quick", action="store_true", help="one short flood, to see that it works")
    parser.add_argument("--only", help="floods whose name holds this")
    parser.add_argument("--without-richlog", action="store_true")
    arguments = parser.parse_args()
    if arguments.application:
        run_application(*arguments.application)
        return
    seconds, megabytes = (1.0, 16.0) if arguments.quick else (arguments.seconds, arguments.megabytes)
    with TemporaryDirectory() as name:
        folder = Path(name)
        _measure_all(folder, seconds, megabytes, arguments)


def _measure_all(folder: Path, seconds: float, megabytes: float, arguments: argparse.Namespace) -> None:
    from flood import log_lines  # beside this script

    lines, printer = folder / "lines", folder / "printer.py"
    lines.write_bytes(log_lines(16 * MB))
    printer.write_text(PRINTER)
    paced = f"{shlex.quote(sys.executable)} {printer} {10 * MB} {seconds} {lines}"
    times = max(1, round(megabytes / 16))
    floods = {
        "10 MB/s": paced,
        "yes": f"timeout {seconds} yes || true",
        "log lines, unpaced": f"timeout {seconds} bash -c 'while cat {lines}; do :; done' || true",
        f"{times * 16} MB": "cat " + " ".join([str(lines)] * times),
    }
    titles = ("idle", "p50", "p99", "max", "last ms", "MB", "+MB", "cpu", "idle B", "keys")
    say(f"{'':<34}" + "".join(f"{title:>8}" for title in titles))
    latest = max(60.0, seconds + megabytes / 10)
    n_idle = 5 if arguments.quick else 60
    for number, (flood, command) in enumerate(floods.items()):
        if (arguments.only and arguments.only not in flood) or (arguments.quick and number):
            continue
        for kind in KINDS:
            if kind != "RichLog" or not (arguments.without_richlog or number == len(floods) - 1):
                show(f"{flood}: {kind}", measured(kind, command, folder / f"{kind}-{number}", n_idle, latest))
    say("budget: p50 at most 3 × idle and p99 at most 50 ms at 10 MB/s; p99 at most 75 ms unpaced;")
    say("last line at most 100 ms; +30 MB; no byte while idle")


if __name__ == "__main__":
    main()
