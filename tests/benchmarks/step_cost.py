"""What a step `true` costs beside other ways to run one: `python tests/benchmarks/step_cost.py`.

A step goes through the real runner, trail and shell; its intent and its end are durable when it counts as over. All
ways are measured in turns, because only ratios of one run mean something on another machine.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from hashlib import sha256
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
os.environ["PYTHONPATH"] = str(ROOT)  # hosts run the same code

from support.hosts import Bench, run_current, until_idle  # noqa: E402

from engine import clock, plan  # noqa: E402
from engine import commands as c  # noqa: E402
from engine import events as e  # noqa: E402
from engine.client import Client  # noqa: E402
from engine.parse import read_runbook  # noqa: E402
from engine.runner import Runner  # noqa: E402
from engine.sessions.bash import BashSession  # noqa: E402
from engine.trail import TrailWriter  # noqa: E402

TURN = 25
"""Runs of one way before the next has its turn: few enough that all ways meet the same noise."""
SHELL = "bash -c true"
SYNCS = "fsync,fdatasync,sync,syncfs,sync_file_range,msync"
BEGIN, END = "/oncue-step-begins", "/oncue-step-ends"
"""Looked for, never found: a system call that strace sees, at either end of a step."""

Way = Callable[[], None]

NOTEBOOK = """
import json, sys, time, nbformat
from nbclient import NotebookClient
cells = [nbformat.v4.new_code_cell("true") for _ in range(int(sys.argv[1]) + 1)]
kernel = {"kernelspec": {"name": "bash", "language": "bash", "display_name": "Bash"}}
client = NotebookClient(nbformat.v4.new_notebook(cells=cells, metadata=kernel))
times = []
with client.setup_kernel():
    for number, cell in enumerate(client.nb.cells):
        begun = time.perf_counter()
        client.execute_cell(cell, number)
        times.append(time.perf_counter() - begun)
print(json.dumps(times[1:]))
"""


def document(n_steps: int) -> bytes:
    """A procedure of so many steps `true`."""
    steps = [f"## Step {number}\n\n```bash\ntrue # {number}\n```\n" for number in range(1, n_steps + 1)]
    return "\n".join(["# True\n", *steps]).encode()


class Walker:
    """Walks documents of `n_steps` steps, one run after another, each with a shell of its own."""

    def __init__(self, folder: Path, trail: TrailWriter, n_steps: int) -> None:
        self._folder = folder
        self._trail = trail
        self._document = document(n_steps)
        self._runbook = read_runbook("true.md", self._document)
        self._actor = clock.this_actor(os.environ)
        self._runs = count()
        self._runner = self._begin()
        self._shown = self._show()
        self.step()

    def prepare(self) -> None:
        """Show the next step to the operator; never a run's first one, which would start the shell."""
        if self._runner.state.current is None:
            self.close()
            self._runner = self._begin()
            self._shown = self._show()
            self.step()
        self._shown = self._show()

    def step(self) -> None:
        """From the operator's word to the durable end."""
        self._runner.submit(self._shown, self._actor)
        self._runner.wait_idle()

    def close(self) -> None:
        self._runner.close()

    def _show(self) -> c.Start:
        step_id = self._runner.state.current or ""
        return c.Start(step_id=step_id, text=self._runner.prepare(step_id).text, approval="confirmed")

    def _begin(self) -> Runner:
        runner = Runner(
            run_id=f"run-{next(self._runs)}",
            runbook=self._runbook,
            trail=self._trail,
            sessions={"shell": self._session},
            stamp=clock.stamp,
        )
        runner.begin(self._document, self._started(), self._actor)
        return runner

    def _session(self) -> BashSession:
        return BashSession(self._folder, os.environ, columns=80, rows=24, scratch=self._folder)

    def _started(self) -> e.RunStarted:
        return e.RunStarted(
            title="True",
            path="true.md",
            document_sha256=sha256(self._document).hexdigest(),
            version="0",
            plan=plan.steps_of(self._runbook),
            shell_name="bash",
            directory=str(self._folder),
            columns=80,
            rows=24,
        )


class Hosted:
    """The same through a host and a client on its socket, as the command line does it: shown, started, told the end."""

    def __init__(self, folder: Path, n_steps: int) -> None:
        folder.mkdir()
        self._bench = Bench(folder)
        self._document = document(n_steps).decode()
        self._client: Client | None = None

    def prepare(self) -> None:
        if self._client is None or self._client.state.current is None:
            _, self._client = self._bench.start(self._document)
            self.step()

    def step(self) -> None:
        if self._client is not None:
            run_current(self._client)
            until_idle(self._client)

    def close(self) -> None:
        self._bench.close()


def two_commits(folder: Path) -> Way:
    """What two durable commits of a row as long as a control event's cost at least."""
    connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE row (data BLOB)")
    row = (b"x" * 700,)

    def commit() -> None:
        for _ in range(2):
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO row VALUES (?)", row)
            connection.execute("COMMIT")

    return commit


def command(*words: str) -> Way:
    def run() -> None:
        subprocess.run(words, check=True)

    return run


def nothing() -> None:
    return None


def timed(work: Way) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


@contextmanager
def opened(folder: Path, n_steps: int, way: type[Walker] | type[Hosted]) -> Iterator[Walker | Hosted]:
    with ExitStack() as stack:
        if way is Walker:
            trail = stack.enter_context(TrailWriter.open(folder / "audit.db"))
            walker: Walker | Hosted = Walker(folder, trail, n_steps)
        else:
            walker = Hosted(folder / "hosted", n_steps)
        stack.callback(walker.close)
        yield walker


def measure(folder: Path, n_steps: int, rounds: int) -> dict[str, list[float]]:
    """Seconds of every single run of every way."""
    (folder / "Makefile").write_text("all:\n\t@true\n")
    with opened(folder, n_steps, Walker) as walker, opened(folder, n_steps, Hosted) as hosted:
        ways: dict[str, tuple[Way, Way]] = {
            "a step `true`": (walker.step, walker.prepare),
            "the same through host and client": (hosted.step, hosted.prepare),
            SHELL: (command("bash", "-c", "true"), nothing),
            "two durable commits, nothing else": (two_commits(folder), nothing),
        }
        if shutil.which("make"):
            ways["make, one target"] = (
                command("make", "-s", "-C", str(folder), "--no-print-directory"),
                nothing,
            )
        times: dict[str, list[float]] = {name: [] for name in ways}
        for turn in range(0, rounds, TURN):
            for name, (work, prepare) in ways.items():
                for _ in range(min(TURN, rounds - turn)):
                    prepare()
                    times[name].append(timed(work))
        return times


def notebook(python: str, rounds: int) -> list[float]:
    done = subprocess.run([python, "-c", NOTEBOOK, str(rounds)], check=True, capture_output=True, text=True)
    times: list[float] = json.loads(done.stdout.splitlines()[-1])
    return times


# Counting what waits for the disk.


def walk_marked(folder: Path, rounds: int) -> None:
    """Steps whose beginning and end can be told in a trace of system calls."""
    with opened(folder, rounds + 1, Walker) as walker:
        for _ in range(rounds):
            walker.prepare()
            os.access(BEGIN, os.F_OK)
            walker.step()
            os.access(END, os.F_OK)


def count_syncs(folder: Path, rounds: int) -> list[Counter[str]] | None:
    """What each step synced, by system call and file; None where there is no strace that may trace."""
    if shutil.which("strace") is None:
        return None
    trace = folder / "trace"
    strace = ["strace", "-f", "-y", "-qq", "-e", "signal=none", "-e", f"trace={SYNCS},/^(access|faccessat)"]
    walk = [sys.executable, __file__, "--marked", str(rounds), "--folder", str(folder)]
    done = subprocess.run([*strace, "-o", str(trace), *walk], check=False, capture_output=True, text=True)
    if done.returncode != 0:
        sys.stderr.write(f"{done.stderr}\n")
        return None
    return _syncs_in(trace.read_text(errors="replace").splitlines())


def _syncs_in(trace: Sequence[str]) -> list[Counter[str]]:
    steps: list[Counter[str]] = []
    inside = False
    for line in trace:
        if f'"{BEGIN}"' in line or f'"{END}"' in line:
            inside = f'"{BEGIN}"' in line
            if inside:
                steps.append(Counter())
        elif inside and (call := _sync_in(line)):
            steps[-1][call] += 1
    return steps


def _sync_in(line: str) -> str | None:
    """`fdatasync audit.db-wal` of a line such as `12 fdatasync(7</tmp/x/audit.db-wal>) = 0`; a call is counted once."""
    call, bracket, rest = line.split(maxsplit=1)[1].partition("(")
    if not bracket or call not in SYNCS.split(","):
        return None
    return f"{call} {Path(rest.partition('<')[2].partition('>')[0]).name}"


# Showing.


def say(line: str = "") -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def show_times(times: dict[str, list[float]]) -> None:
    base = statistics.median(times[SHELL])
    say(f"{'':<36}{'p50 ms':>9}{'p99 ms':>9}{'p99/p50':>9}{'× ' + SHELL:>16}")
    for name, taken in times.items():
        p50, p99 = statistics.median(taken), sorted(taken)[len(taken) * 99 // 100]
        say(f"{name:<36}{p50 * 1e3:>9.3f}{p99 * 1e3:>9.3f}{p99 / p50:>9.1f}{p50 / base:>16.2f}")
    say(f"budget of a step: 1.0 × {SHELL}, p99/p50 at most 3")


def show_syncs(steps: list[Counter[str]] | None) -> None:
    if steps is None:
        say("syncs: not counted, for want of a strace that may trace")
        return
    for calls, n_steps in Counter(tuple(sorted(step.items())) for step in steps).most_common():
        told = ", ".join(f"{number} × {call}" for call, number in calls) or "nothing"
        say(f"syncs: {told}, in {n_steps} of {len(steps)} steps")
    say("budget: exactly 2 in every step")


def main() -> None:
    arguments = _arguments()
    if arguments.marked:
        walk_marked(Path(arguments.folder), arguments.marked)
        return
    rounds, n_steps = (10, 11) if arguments.quick else (arguments.rounds, arguments.steps + 1)
    with TemporaryDirectory(dir=arguments.folder) as name:
        folder = Path(name)
        times = measure(folder, n_steps, rounds)
        if arguments.nbclient:
            with suppress(subprocess.CalledProcessError):
                times["nbclient with bash_kernel"] = notebook(arguments.nbclient, min(rounds, 50))
        traced = folder / "traced"
        traced.mkdir()
        syncs = count_syncs(traced, min(rounds, 100))
    say(f"{rounds} of each, in documents of {n_steps - 1} steps")
    show_times(times)
    show_syncs(syncs)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1000, help="steps measured")
    parser.add_argument("--steps", type=int, default=50, help="steps of the document that is walked")
    parser.add_argument("--quick", action="store_true", help="a few rounds, to see that it works")
    parser.add_argument("--nbclient", metavar="PYTHON", help="an interpreter that has nbclient and bash_kernel")
    parser.add_argument("--folder", help="where files are put: the disk that is measured (default: temporary)")
    parser.add_argument("--marked", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
