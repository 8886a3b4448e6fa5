"""A step that prints as fast as its terminal takes it: `python tests/benchmarks/flood.py`.

The output passes through the terminal, the shell session, the trail and a client that reads everything. Beside it, in
turns: the same command on a terminal that is only read, and under `script`, which writes it to a file.
"""

from __future__ import annotations

import argparse
import errno
import os
import shlex
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
os.environ["PYTHONPATH"] = str(ROOT)  # hosts run the same code

from support.hosts import Bench, run_current  # noqa: E402

from engine.address import Address  # noqa: E402
from engine.client import Client  # noqa: E402
from engine.feed import Gap, OutputPiece  # noqa: E402
from engine.trail import TrailReader, verify  # noqa: E402

MB = 1_000_000
PART_BYTES = 16 * MB
"""Printed again and again: far longer than what the trail compresses at once, so that its repetition is not seen."""
ATTEMPT = 1


def log_lines(n_bytes: int) -> bytes:
    """Lines of 80 to 100 bytes as services print them: alike, with times, ids and durations that differ."""
    state = 12345
    lines = []
    for number in range(n_bytes // 93):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        lines.append(
            f"2026-01-01T12:{number // 60000 % 60:02d}:{number // 1000 % 60:02d}.{number % 1000:03d}Z INFO "
            f"worker-{state % 8} request {state:08x} GET /api/v1/items/{state % 9973} took {state % 1700} ms\n"
        )
    return "".join(lines).encode()


class Flood:
    """`cat` of a file over and over: the terminal is slower than it by far."""

    def __init__(self, folder: Path, n_bytes: int) -> None:
        part = log_lines(min(PART_BYTES, n_bytes))
        path = folder / "lines"
        path.write_bytes(part)
        self._shown = part.replace(b"\n", b"\r\n")  # what a terminal makes of line ends
        self._times = max(1, round(n_bytes / len(part)))
        self.command = " ".join(["cat", *[shlex.quote(str(path))] * self._times])
        self.n_bytes = len(self._shown) * self._times

    def digest(self) -> str:
        sum_of_all = sha256()
        for _ in range(self._times):
            sum_of_all.update(self._shown)
        return sum_of_all.hexdigest()


def bare_reader(flood: Flood) -> float:
    """Seconds in which a terminal with the command on it is read to its end and nothing is done with it."""
    begun = time.perf_counter()
    master, peer = os.openpty()
    process = subprocess.Popen(["bash", "-c", flood.command], stdin=peer, stdout=peer, stderr=peer)
    os.close(peer)
    n_bytes = sum(len(data) for data in _reads(master))
    taken = time.perf_counter() - begun
    process.wait()
    os.close(master)
    if n_bytes != flood.n_bytes:
        raise RuntimeError(f"{n_bytes} bytes came instead of {flood.n_bytes}")
    return taken


def _reads(master: int) -> Iterator[bytes]:
    while True:
        try:
            data = os.read(master, 65536)
        except OSError as error:
            if error.errno != errno.EIO:  # the end of a terminal
                raise
            return
        yield data


def under_script(flood: Flood, folder: Path) -> float:
    record = folder / "typescript"
    begun = time.perf_counter()
    null = subprocess.DEVNULL
    subprocess.run(["script", "-q", "-c", flood.command, str(record)], stdin=null, stdout=null, check=True)
    taken = time.perf_counter() - begun
    record.unlink()
    return taken


@dataclass
class Recorded:
    """What became of one recorded flood."""

    seconds: float
    """From the operator's word until the client knows the step's end, which is durable then."""
    told_bytes: int = 0
    skipped_bytes: int = 0
    """Of output that passed while the client was busy, and that only the trail has."""
    peak_before_mb: float = 0.0
    peak_mb: float = 0.0
    host_cpu_seconds: float = 0.0
    stored_bytes: int = 0
    file_bytes: int = 0
    n_chunks: int = 0
    is_exact: bool = False
    is_whole: bool = False


def recorded(flood: Flood, folder: Path) -> Recorded:
    folder.mkdir()
    bench = Bench(folder)
    try:
        address, client = bench.start(f"# Flood\n\n## Print\n\n```bash\n{flood.command}\n```\n")
        peak_before = peak_mb(address)
        found = _run(client)
        found.peak_before_mb, found.peak_mb, found.host_cpu_seconds = (
            peak_before,
            peak_mb(address),
            cpu_seconds(address),
        )
        _look_into(found, flood, bench, address.run_id)
    finally:
        bench.close()
        shutil.rmtree(folder)
    return found


def _run(client: Client) -> Recorded:
    found = Recorded(seconds=0.0)
    begun = time.perf_counter()
    run_current(client)
    while client.state.phase == "running" or client.pending:
        told = client.told(30)
        if isinstance(told, OutputPiece):
            found.told_bytes += len(told.data)
        elif isinstance(told, Gap):
            found.skipped_bytes += told.end - told.first
        elif told is None:
            raise RuntimeError("the host says nothing")
    found.seconds = time.perf_counter() - begun
    return found


def peak_mb(address: Address) -> float:
    """The most memory the host has ever had, as the kernel counts it."""
    status = Path(f"/proc/{address.pid}/status").read_text()
    kilobytes = next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]
    return int(kilobytes) * 1024 / MB


def cpu_seconds(address: Address) -> float:
    fields = Path(f"/proc/{address.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _look_into(found: Recorded, flood: Flood, bench: Bench, run_id: str) -> None:
    """What the trail holds, against what was printed."""
    sum_of_all = sha256()
    with TrailReader.open(bench.trail) as reader:
        for chunk in reader.output(run_id, ATTEMPT):
            sum_of_all.update(chunk.data)
    found.is_exact = sum_of_all.hexdigest() == flood.digest()
    found.is_whole = not verify(bench.trail, run_id).findings
    connection = sqlite3.connect(bench.trail)
    asked = "SELECT count(*), sum(length(data) + length(times)) FROM chunk"
    found.n_chunks, found.stored_bytes = connection.execute(asked).fetchone()
    connection.close()
    found.file_bytes = sum(path.stat().st_size for path in bench.trail.parent.glob(f"{bench.trail.name}*"))


# Showing.


def say(line: str = "") -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def show_times(flood: Flood, bare: list[float], script: list[float], ours: list[float]) -> None:
    base = statistics.median(bare)
    say(f"{flood.n_bytes / MB:.0f} MB as the terminal shows them, {len(bare)} × each")
    say(f"{'':<36}{'s':>9}{'MB/s':>9}{'× bare reader':>16}")
    for name, taken in (("bare reader", bare), ("script -q", script), ("recorded, a client attached", ours)):
        if taken:
            half = statistics.median(taken)
            say(f"{name:<36}{half:>9.2f}{flood.n_bytes / MB / half:>9.0f}{base / half:>16.2f}")
    say("budget: 0.7 × bare reader or more")
    say()


def show_facts(flood: Flood, found: list[Recorded]) -> None:
    worst = max(found, key=lambda one: one.peak_mb)
    last = found[-1]
    facts = {
        "host's peak memory": (f"{worst.peak_mb:.0f} MB (before the step {worst.peak_before_mb:.0f})", "under 100 MB"),
        "host's CPU time": (f"{statistics.median(one.host_cpu_seconds for one in found):.2f} s", ""),
        "stored / printed": (f"{last.stored_bytes / flood.n_bytes:.1%} in {last.n_chunks} chunks", "at most 35%"),
        "files / printed": (f"{last.file_bytes / flood.n_bytes:.1%}", "at most 35%"),
        "told to the client": (f"{last.told_bytes / flood.n_bytes:.1%}, the rest as gaps", ""),
        "trail has exactly what was printed": (_yes(all(one.is_exact for one in found)), "yes"),
        "chain is whole": (_yes(all(one.is_whole for one in found)), "yes"),
        "client was told where gaps are": (
            _yes(all(one.told_bytes + one.skipped_bytes == flood.n_bytes for one in found)),
            "yes",
        ),
    }
    for name, (value, budget) in facts.items():
        say(f"{name:<36}{value:<42}{f'budget: {budget}' if budget else ''}".rstrip())


def _yes(fact: bool) -> str:
    return "yes" if fact else "NO"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="one round of 2 MB, to see that it works")
    parser.add_argument("--folder", help="where the trail is put (default: temporary)")
    arguments = parser.parse_args()
    megabytes, rounds = (2, 1) if arguments.quick else (arguments.megabytes, arguments.rounds)
    bare, script, ours = [], [], []
    with TemporaryDirectory(dir=arguments.folder) as name:
        folder = Path(name)
        flood = Flood(folder, round(megabytes * MB))
        for number in range(rounds):
            bare.append(bare_reader(flood))
            ours.append(recorded(flood, folder / f"round-{number}"))
            script += [under_script(flood, folder)] if shutil.which("script") else []
    show_times(flood, bare, script, [one.seconds for one in ours])
    show_facts(flood, ours)


if __name__ == "__main__":
    main()
