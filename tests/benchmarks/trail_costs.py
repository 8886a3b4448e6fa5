"""What the trail costs beside the barest thing that does the same work: `python tests/benchmarks/trail_costs.py`.

Ratios, because only they mean something on another machine. Both sides of a ratio are measured in turns.
"""

from __future__ import annotations

import gc
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from engine import events as e  # noqa: E402
from engine.trail import TrailReader, TrailWriter, verify  # noqa: E402

DOCUMENT = b"# Redis is full\n" * 900
ACTOR = e.Actor(login="alice", uid=1000, euid=1000, host="bastion", tty="pts/3", pid=4711)
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
TEXT = "kubectl get pods -n production -o wide | grep -v Running | awk '{print $1}' | sort | uniq -c"


def stamp(number: int) -> e.Stamp:
    return e.Stamp(at=EPOCH + timedelta(milliseconds=number), mono_ns=number * 10**6, boot_id="b", actor=ACTOR)


def started() -> e.RunStarted:
    return e.RunStarted(
        title="Redis is full",
        path="redis.md",
        document_sha256=sha256(DOCUMENT).hexdigest(),
        version="0",
        plan=(),
        shell_name="bash",
        directory="/",
        columns=80,
        rows=24,
    )


def intent(attempt: int) -> e.StepStarted:
    return e.StepStarted(step_id="resolution/flush", attempt=attempt, session="shell", text=TEXT, level="safe")


def conclusion(attempt: int, n_bytes: int, head: str) -> e.StepEnded:
    return e.StepEnded(
        step_id="resolution/flush",
        attempt=attempt,
        outcome="succeeded",
        exit_status=0,
        duration_ns=10**6,
        output_bytes=n_bytes,
        output_head=head,
        directory="/home/alice",
    )


def show(what: str, ratio: float, budget: str, detail: str) -> None:
    print(f"{what:<46} {ratio:8.2f} ×  budget {budget:<8} {detail}")


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def side_by_side(ours: Callable[[], object], bare: Callable[[], object], rounds: int) -> tuple[float, float]:
    gc.collect()
    pairs = [(timed(ours), timed(bare)) for _ in range(rounds)]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


def bare_database(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    connection.execute("CREATE TABLE row (id INTEGER PRIMARY KEY, data BLOB)")
    return connection


def appending(place: Path) -> None:
    bare = bare_database(place / "bare.db")
    row = b"x" * 600

    def commit() -> None:
        bare.execute("BEGIN IMMEDIATE")
        bare.execute("INSERT INTO row (data) VALUES (?)", (row,))
        bare.execute("COMMIT")

    with TrailWriter.open(place / "audit.db", floor_bytes=0) as writer:
        writer.start_run("run", DOCUMENT, started(), stamp(0))
        counter = iter(range(1, 10**9))
        ours, theirs = side_by_side(
            lambda: writer.append("run", (intent(next(counter)),), stamp(1)), commit, rounds=1500
        )
        show("append one event / bare commit, FULL", ours / theirs, "", f"{ours * 1e3:.3f} ms, {theirs * 1e3:.3f} ms")
        shell = timed(lambda: [subprocess.run(["bash", "-c", "true"], check=True) for _ in range(50)]) / 50

        def step() -> None:
            attempt = next(counter)
            writer.append("run", (intent(attempt),), stamp(1))
            n_bytes, _, head = writer.end_output("run", attempt)
            writer.append("run", (conclusion(attempt, n_bytes, head),), stamp(2))

        costs = sorted(timed(step) for _ in range(800))
        half, most = costs[400], costs[791]
        show("a silent step's two events / bash -c true", half / shell, "", f"{half * 1e3:.3f} ms")
        show("the same, p99 / p50", most / half, "3", f"{most * 1e3:.3f} ms")
    bare.close()


def write_events(path: Path, n_runs: int, n_steps: int, output: bytes = b"") -> None:
    with TrailWriter.open(path, floor_bytes=0) as writer:
        for run in range(n_runs):
            run_id = f"run-{run:05d}"
            writer.start_run(run_id, DOCUMENT, started(), stamp(0))
            batch: list[e.Event] = []
            for attempt in range(1, n_steps + 1):
                writer.write_output(run_id, attempt, output, attempt)
                n_bytes, _, head = writer.end_output(run_id, attempt)
                batch += [intent(attempt), conclusion(attempt, n_bytes, head)]
            writer.append(run_id, [*batch, e.RunEnded(outcome="done")], stamp(5))


def loading(place: Path) -> None:
    path = place / "load.db"
    write_events(path, 1, 5000)
    connection = sqlite3.connect(path)
    with TrailReader.open(path) as reader:
        every = "SELECT * FROM event WHERE run_id = ? ORDER BY seq"
        reader.events("run-00000")
        ours, raw = side_by_side(
            lambda: reader.events("run-00000"), lambda: connection.execute(every, ("run-00000",)).fetchall(), 15
        )
        show("10,000 events as values / raw tuples", ours / raw, "2", f"{ours * 1e3:.0f} ms, {raw * 1e3:.0f} ms")
        ours, raw = side_by_side(
            lambda: reader.raw_events("run-00000"), lambda: connection.execute(every, ("run-00000",)).fetchall(), 15
        )
        show("10,000 raw events / raw tuples", ours / raw, "2", f"{ours * 1e3:.0f} ms")
    connection.close()


def listing(place: Path) -> None:
    path = place / "list.db"
    write_events(path, 190, 20)

    def open_and_list() -> None:
        with TrailReader.open(path) as reader:
            assert len(reader.runs()) == 190

    costs = [timed(open_and_list) for _ in range(20)]
    taken = statistics.median(costs) * 1e3
    show("open and list 190 runs / 5 ms", taken / 5, "1", f"{taken:.2f} ms")


def verifying(place: Path) -> None:
    path = place / "verify.db"
    write_events(path, 10, 5000)
    connection = sqlite3.connect(path)
    columns = "run_id || at || boot_id || actor || origin || target || action || outcome || step_id"
    rows = connection.execute(f"SELECT payload, CAST({columns} AS BLOB) FROM event ORDER BY run_id, seq").fetchall()
    connection.close()
    material = [payload + rest + b"\0" * 120 for payload, rest in rows]

    def bare() -> None:
        head = b""
        for row in material:
            head = sha256(head + row).digest()

    def ours() -> None:
        assert not verify(path).findings

    taken, theirs = side_by_side(ours, bare, 5)
    show("verify / bare chained hash", taken / theirs, "6", f"{len(rows) / taken:,.0f} events/s")


def log_text(n_bytes: int) -> bytes:
    """Lines as services print them: mostly alike, with times, ids and durations that differ."""
    state = 12345
    lines = []
    for number in range(n_bytes // 95):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        lines.append(
            f"2026-01-01T12:{number // 60000 % 60:02d}:{number // 1000 % 60:02d}.{number % 1000:03d}Z INFO "
            f"worker-{state % 8} request {state:08x} GET /api/v1/items/{state % 9973} took {state % 1700} ms\n"
        )
    return "".join(lines).encode()


def output(place: Path) -> None:
    data = log_text(64 << 20)
    path = place / "output.db"
    pieces = [data[at : at + 4096] for at in range(0, len(data), 4096)]

    def ours() -> None:
        for number, piece in enumerate(pieces):
            writer.write_output("run", 1, piece, number * 1000)
        writer.end_output("run", 1)
        writer.append("run", (e.Noted(text="done"),), stamp(9))

    with TrailWriter.open(path, floor_bytes=0) as writer:
        writer.start_run("run", DOCUMENT, started(), stamp(0))
        writer.append("run", (intent(1),), stamp(1))
        taken = timed(ours)
        read, written = os.pipe()

        def bare() -> None:
            for piece in pieces:
                os.write(written, piece)
                os.read(read, 65536)

        floor = timed(bare)
    stored = path.stat().st_size
    speed = len(data) / taken / 1e6
    show("output recorded / through a pipe and back", taken / floor, "", f"{speed:.0f} MB/s from 4 KiB reads")
    show("bytes on disk / bytes of log text", stored / len(data), "0.35", f"{stored >> 20} of {len(data) >> 20} MiB")
    taken = timed(lambda: verify(path))
    show("verify output / writing it", taken / (len(data) / speed / 1e6), "", f"{len(data) / taken / 1e6:.0f} MB/s")

    with TrailReader.open(path) as reader:
        reader.head("run")
        offsets = [len(data) * number // 50 for number in range(50)]
        costs = [timed(lambda at=at: next(reader.output("run", 1, at))) for at in offsets]  # type: ignore[misc]
    taken = statistics.median(costs) * 1e3
    show("one chunk from anywhere in 64 MiB / 1 ms", taken, "1", f"{taken:.2f} ms")


def starting(place: Path) -> None:
    """A fresh machine's first `open`, in a process of its own, beside a process that imports what it needs anyway."""
    base = "import sqlite3, pydantic, engine.events; from pathlib import Path; import sys; "
    ours = f"{base}from engine.trail import TrailWriter; TrailWriter.open(Path(sys.argv[1]), floor_bytes=0).close()"
    counter = iter(range(99))

    def run(code: str) -> None:
        subprocess.run([sys.executable, "-c", code, str(place / f"{next(counter)}.db")], check=True, cwd=ROOT)

    taken, floor = side_by_side(lambda: run(ours), lambda: run(base), 9)
    show("a process that makes a trail / only imports", taken / floor, "", f"{(taken - floor) * 1e3:.0f} ms more")


def main() -> None:
    if sys.flags.dont_write_bytecode:
        raise SystemExit("without byte code every import is measured four times slower")
    with tempfile.TemporaryDirectory() as directory:
        for measure in (appending, listing, loading, verifying, output, starting):
            place = Path(directory, measure.__name__)
            place.mkdir()
            measure(place)


if __name__ == "__main__":
    main()
