"""What a report costs: `python tests/benchmarks/report.py`.

The run of `replay_seek.py`, of ten thousand events, is gathered from its trail and rendered. Beside it, the least that
any report of it has to do: fetch its events and fold them.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ["PYTHONPATH"] = str(ROOT)

from replay_seek import EVENTS, MB, RUN, timed, write_trail  # noqa: E402

from engine.casting import cast  # noqa: E402
from engine.report import Format, Limits, Report, Source, Verification, gather, render  # noqa: E402
from engine.state import fold  # noqa: E402
from engine.trail import TrailReader  # noqa: E402
from engine.trail.outputs import TrailOutputs  # noqa: E402
from recordings import peak_mb  # noqa: E402

FORMATS: tuple[Format, ...] = ("md", "html", "json")


def gathered(reader: TrailReader) -> Report:
    source = Source(
        recorded=reader.events(RUN),
        head=reader.head(RUN),
        runbook=None,
        outputs=TrailOutputs(reader, RUN),
        verification=Verification(ok=True, findings=(), checked=RUN),
    )
    return gather(source, Limits())


def measure(trail: Path, turns: int) -> None:
    with TrailReader.open(trail) as reader:
        work = {
            "events fetched and folded": lambda: fold(reader.events(RUN)),
            "gathered": lambda: gathered(reader),
            **{
                f"gathered and rendered, {name}": lambda name=name: render(gathered(reader), name, cast(reader, RUN))
                for name in FORMATS
            },
        }
        times: dict[str, list[float]] = {name: [] for name in work}
        for _ in range(turns):
            for name, one in work.items():
                times[name].append(timed(one))
    bare = statistics.median(times["events fetched and folded"])
    for name, found in times.items():
        middle = statistics.median(found)
        print(f"  {name:<32} {middle:8.0f} ms   {middle / bare:6.1f} x")
    print(f"  peak {peak_mb():.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="only to see that it runs")
    arguments = parser.parse_args()
    n_events, n_bytes, turns = arguments.events, arguments.megabytes * MB, arguments.turns
    if arguments.quick:
        n_events, n_bytes, turns = 500, 2 * MB, 1
    with TemporaryDirectory() as folder:
        trail = Path(folder) / "audit.db"
        write_trail(trail, n_bytes, n_events)
        print(f"{n_events} events, {n_bytes / MB:.0f} MB of output")
        measure(trail, turns)


if __name__ == "__main__":
    main()
