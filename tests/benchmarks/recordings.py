"""What a recording costs: `python tests/benchmarks/recordings.py`.

A run with one long output is exported and read back, each in a process of its own. Beside them, in turns: the same
output read from the trail and thrown away, and the same file parsed line by line as bare JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ["PYTHONPATH"] = str(ROOT)

from flood import log_lines  # noqa: E402
from trail_costs import DOCUMENT, conclusion, intent, stamp, started  # noqa: E402

from engine import events as e  # noqa: E402
from engine.casting import cast  # noqa: E402
from engine.recording import read  # noqa: E402
from engine.trail import TrailReader, TrailWriter  # noqa: E402

MB = 1_000_000
PART_BYTES = 16 * MB
READ_BYTES = 4096
"""What one read of a terminal brings."""
GAP_NS = 40_000
RUN = "run"
JUMPS = 50


def plain(n_bytes: int) -> bytes:
    return log_lines(n_bytes).replace(b"\n", b"\r\n")


def coloured(n_bytes: int) -> bytes:
    """Each line with two colours and a sign that is not ASCII."""
    return plain(n_bytes * 5 // 6).replace(b" INFO ", " \x1b[32mINFO\x1b[0m ✔ ".encode())


def binary(n_bytes: int) -> bytes:
    """As when somebody prints an archive: hardly a character of it is text."""
    state = bytearray(range(256)) * 16
    return bytes((state * (n_bytes // len(state) + 1))[:n_bytes])


KINDS: dict[str, Callable[[int], bytes]] = {
    "plain lines": plain,
    "coloured lines": coloured,
    "binary": binary,
}


def write_trail(path: Path, part: bytes, n_bytes: int) -> None:
    """One step, read by read."""
    with TrailWriter.open(path, floor_bytes=0) as writer:
        writer.start_run(RUN, DOCUMENT, started(), stamp(0))
        writer.append(RUN, (intent(1),), stamp(0))
        view, left, now = memoryview(part), n_bytes, 0
        while left > 0:
            for at in range(0, min(len(part), left), READ_BYTES):
                now += GAP_NS
                writer.write_output(RUN, 1, bytes(view[at : at + READ_BYTES]), now)
            left -= len(part)
        totals = writer.end_output(RUN, 1)
        ended = conclusion(1, totals.n_bytes, totals.head_hex)
        writer.append(RUN, (ended, e.RunEnded(outcome="done")), stamp(now // 10**6 + 1))


# What is measured, each in a process of its own.


def exporting(trail: Path, recording: Path) -> None:
    with TrailReader.open(trail) as reader, recording.open("wb") as file:
        file.writelines(cast(reader, RUN))


def fetching(trail: Path, _recording: Path) -> None:
    with TrailReader.open(trail) as reader:
        sum(len(chunk.data) for chunk in reader.output(RUN, 1))


def reading(_trail: Path, recording: Path) -> None:
    steps = read(recording).steps
    if len(steps) != 1 or not steps[0].output_bytes:
        raise RuntimeError("the recording does not hold what was exported")


def parsing(_trail: Path, recording: Path) -> None:
    with recording.open("rb") as file:
        sum(len(json.loads(line)) for line in file)


def playing(_trail: Path, recording: Path) -> None:
    sum(len(piece.data) for piece in read(recording).steps[0].pieces())


def jumping(_trail: Path, recording: Path) -> None:
    opened = read(recording)
    costs = []
    for number in range(JUMPS):
        begun = time.perf_counter()
        next(opened.moments(opened.duration_us * number // JUMPS))
        costs.append(time.perf_counter() - begun)
    print(f"{statistics.median(costs) * 1e3:.2f} {max(costs) * 1e3:.2f}")


WORKS = {work.__name__: work for work in (exporting, fetching, reading, parsing, playing, jumping)}


@dataclass(frozen=True)
class Cost:
    seconds: float
    peak_mb: float
    printed: str


def work_alone(name: str, trail: Path, recording: Path) -> None:
    begun = time.perf_counter()
    WORKS[name](trail, recording)
    taken = time.perf_counter() - begun
    print(f"{taken} {peak_mb()}")


def peak_mb() -> float:
    """Of this process since it began; what `getrusage` says counts its parent too."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def cost_of(name: str, trail: Path, recording: Path) -> Cost:
    command = [sys.executable, __file__, "--work", name, str(trail), str(recording)]
    *printed, last = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    seconds, peak = map(float, last.split())
    return Cost(seconds, peak, "\n".join(printed))


def middle(costs: Sequence[Cost]) -> Cost:
    return sorted(costs, key=lambda cost: cost.seconds)[len(costs) // 2]


def show(what: str, ours: Cost, bare: Cost, n_bytes: int) -> None:
    speed = n_bytes / ours.seconds / MB
    print(f"{what:<34} {ours.seconds / bare.seconds:6.2f} ×  {speed:7.0f} MB/s  peak {ours.peak_mb:5.0f} MB")


def measure(kind: str, n_bytes: int, rounds: int, folder: Path) -> None:
    trail, recording = folder / "audit.db", folder / "run.cast"
    write_trail(trail, KINDS[kind](min(PART_BYTES, n_bytes)), n_bytes)

    def turns(ours: str, bare: str) -> tuple[Cost, Cost]:
        pairs = [(cost_of(ours, trail, recording), cost_of(bare, trail, recording)) for _ in range(rounds)]
        return middle([pair[0] for pair in pairs]), middle([pair[1] for pair in pairs])

    print(f"{kind}, {n_bytes / MB:.0f} MB")
    show("  export / output fetched", *turns("exporting", "fetching"), n_bytes)
    show("  read and check / json.loads", *turns("reading", "parsing"), n_bytes)
    show("  read, then play / json.loads", *turns("playing", "parsing"), n_bytes)
    median, worst = cost_of("jumping", trail, recording).printed.split()
    print(f"  jump anywhere                      median {median} ms, worst {worst} ms")
    print(f"  file / output                      {recording.stat().st_size / n_bytes:.2f} ×")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="only to see that it runs")
    parser.add_argument("--kind", choices=sorted(KINDS), action="append")
    parser.add_argument("--work", nargs=3, metavar=("NAME", "TRAIL", "RECORDING"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work:
        name, trail, recording = arguments.work
        work_alone(name, Path(trail), Path(recording))
        return
    n_bytes = (2 if arguments.quick else arguments.megabytes) * MB
    for kind in arguments.kind or KINDS:
        with TemporaryDirectory() as folder:
            measure(kind, n_bytes, 1 if arguments.quick else arguments.rounds, Path(folder))


if __name__ == "__main__":
    main()
