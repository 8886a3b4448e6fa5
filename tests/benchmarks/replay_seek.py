"""What a jump costs in a long run: `python tests/benchmarks/replay_seek.py`.

A run of ten thousand events, most of whose output is one step's, is opened from the trail and from its recording, each
in a process of its own. A jump is all that a screen has to have for one: the state, the size of the output by then, and
its last 64 KiB. Beside it, the same moment found from the beginning: every event folded, every chunk fetched.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ["PYTHONPATH"] = str(ROOT)

from flood import log_lines  # noqa: E402
from trail_costs import DOCUMENT, EPOCH, TEXT  # noqa: E402
from trail_costs import started as bare  # noqa: E402

from engine import events as e  # noqa: E402
from engine.casting import cast  # noqa: E402
from engine.replay import Replay, Spot, open_recording, open_run, seek  # noqa: E402
from engine.scrollback import Needle  # noqa: E402
from engine.state import fold  # noqa: E402
from engine.trail import TrailReader, TrailWriter  # noqa: E402
from recordings import peak_mb  # noqa: E402

MB = 1_000_000
RUN = "run"
EVENTS = 10_000
STEPS = 100
READ_BYTES = 4096
"""What one read of a terminal brings."""
GAP_NS = 40_000
PART_BYTES = 16 * MB
TAIL_BYTES = 64 << 10
JUMPS = 100
ACTOR = e.Actor(login="alice", uid=1000, euid=1000, host="bastion", tty="pts/3", pid=4711)
LONG = STEPS // 2
"""The attempt with all the output."""


class Clock:
    def __init__(self) -> None:
        self.now_ns = 0

    def stamp(self) -> e.Stamp:
        self.now_ns += 50_000_000
        at = EPOCH + timedelta(microseconds=self.now_ns // 1000)
        return e.Stamp(at=at, mono_ns=self.now_ns, boot_id="b", actor=ACTOR)


def started() -> e.RunStarted:
    plan = tuple(
        e.PlannedStep(
            id=f"step-{number}",
            kind="shell",
            title=f"Step {number}",
            section=(f"Part {number // 10}",),
            lines=(number, number),
            items=(e.PlannedItem(id=f"item-{number}", text="the DBA knows", line=number),),
        )
        for number in range(STEPS)
    )
    return bare().model_copy(update={"plan": plan})


def write_trail(path: Path, n_bytes: int, n_events: int) -> None:
    part = log_lines(min(PART_BYTES, n_bytes)).replace(b"\n", b"\r\n")
    clock = Clock()
    with TrailWriter.open(path, floor_bytes=0) as writer:
        writer.start_run(RUN, DOCUMENT, started(), clock.stamp())
        for attempt in range(1, n_events // 5 + 1):
            step_id = f"step-{attempt % STEPS}"
            first = (
                e.ItemTicked(item_id=step_id.replace("step", "item")),
                e.Noted(text=f"look at {attempt}", step_id=step_id),
                e.StepStarted(step_id=step_id, attempt=attempt, session="shell", text=TEXT, level="safe"),
            )
            writer.append(RUN, first, clock.stamp())
            left = n_bytes if attempt == LONG else 0
            writer.write_output(RUN, attempt, b"one line\r\n", clock.now_ns + 1)
            while left > 0:
                for at in range(0, min(len(part), left), READ_BYTES):
                    clock.now_ns += GAP_NS
                    writer.write_output(RUN, attempt, part[at : at + READ_BYTES], clock.now_ns)
                left -= len(part)
            totals = writer.end_output(RUN, attempt)
            ended = e.StepEnded(
                step_id=step_id,
                attempt=attempt,
                outcome="succeeded",
                exit_status=0,
                duration_ns=1,
                output_bytes=totals.n_bytes,
                output_head=totals.head_hex,
            )
            writer.append(RUN, (ended, e.ItemUnticked(item_id=step_id.replace("step", "item"))), clock.stamp())


# What is measured, each in a process of its own.


def opening(trail: Path, recording: Path | None) -> Replay:
    return open_run(trail, RUN, {}) if recording is None else open_recording(recording)


def jump(replay: Replay, at_us: int) -> None:
    state = replay.state(at_us)
    if attempt := max(state.attempts, default=0):
        size = replay.outputs.size_at(attempt, at_us)
        replay.outputs.page(attempt, max(0, size - TAIL_BYTES), TAIL_BYTES)


def jump_state(replay: Replay, at_us: int) -> None:
    replay.state(at_us)


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1e3


def measure(trail: Path, recording: Path | None) -> None:
    begun = time.perf_counter()
    replay = opening(trail, recording)
    opened = time.perf_counter() - begun
    chance = random.Random(1)
    moments = [chance.randrange(replay.duration_us) for _ in range(JUMPS)]
    times = replay.outputs.indexes[LONG].times
    within = [chance.randrange(times[0], times[-1]) for _ in range(JUMPS)]
    states = [timed(lambda at_us=at_us: jump_state(replay, at_us)) for at_us in moments]  # type: ignore[misc]
    jumps = [timed(lambda at_us=at_us: jump(replay, at_us)) for at_us in moments]  # type: ignore[misc]
    inside = [timed(lambda at_us=at_us: jump(replay, at_us)) for at_us in within]  # type: ignore[misc]
    size = sum(index.size for index in replay.outputs.indexes.values())
    needle = Needle("no such words anywhere")
    begun = time.perf_counter()
    seek(replay.outputs, needle, Spot(0, 0), forward=True, stop=lambda _: False)
    speed = size / (time.perf_counter() - begun) / MB
    print(f"  opened                      {opened:8.2f} s    peak {peak_mb():5.0f} MB")
    print(f"  state of a moment           {statistics.median(states):8.2f} ms   worst {max(states):6.2f} ms")
    print(f"  jump to a moment            {statistics.median(jumps):8.2f} ms   worst {max(jumps):6.2f} ms")
    print(f"  jump into the long output   {statistics.median(inside):8.2f} ms   worst {max(inside):6.2f} ms")
    print(f"  search                      {speed:8.0f} MB/s")


def measure_plainly(trail: Path) -> None:
    """The same of the last moment, without an index."""
    with TrailReader.open(trail) as reader:
        events = reader.events(RUN)
        folded = timed(lambda: fold(events))
        read = timed(lambda: sum(len(chunk.data) for chunk in reader.output(RUN, LONG)))
    print(f"  from the beginning          {folded + read:8.2f} ms   ({folded:.0f} ms of it folding)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--quick", action="store_true", help="only to see that it runs")
    parser.add_argument("--work", nargs="+", metavar=("TRAIL", "RECORDING"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work:
        trail, *recording = map(Path, arguments.work)
        measure(trail, recording[0] if recording else None)
        return
    n_bytes = (2 if arguments.quick else arguments.megabytes) * MB
    n_events = 500 if arguments.quick else arguments.events
    with TemporaryDirectory() as folder:
        trail, recording = Path(folder) / "audit.db", Path(folder) / "run.cast"
        write_trail(trail, n_bytes, n_events)
        with TrailReader.open(trail) as reader, recording.open("wb") as file:
            file.writelines(cast(reader, RUN))
        print(f"{n_events} events, {n_bytes / MB:.0f} MB of output")
        for what, files in (("from the trail", (trail,)), ("from its recording", (trail, recording))):
            print(what, flush=True)
            subprocess.run([sys.executable, __file__, "--work", *map(str, files)], check=True)
        print("without an index", flush=True)
        measure_plainly(trail)


if __name__ == "__main__":
    main()
