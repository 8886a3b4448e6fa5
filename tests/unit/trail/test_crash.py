"""A writer that dies at any moment leaves a trail that verifies and holds everything it had acknowledged."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from unit.trail.books import end, open_writer, rows_of
from unit.trail.test_failure import SCENARIO

from engine.trail import TrailReader, verify

CHANCE = random.Random
ROOT = Path(__file__).resolve().parents[3]

ENDLESS = """
import sys
from itertools import count
from pathlib import Path
from unit.trail.books import begin_step, end_step, lines, open_writer, start
writer = open_writer(Path(sys.argv[1]), interval=0.005)
start(writer)
print("started", flush=True)
for attempt in count(1):
    begin_step(writer, "run-1", attempt)
    print("begun", attempt, flush=True)
    for number in range(attempt % 7):
        writer.write_output("run-1", attempt, lines(30_000), number)
    end_step(writer, "run-1", attempt)
    print("ended", attempt, flush=True)
"""


def kill_after(place: Path, n_lines: int, seed: int) -> list[str]:
    """What the writer had acknowledged when it was killed, somewhere behind the n-th acknowledgement."""
    with subprocess.Popen(
        [sys.executable, "-c", ENDLESS, str(place)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"},
    ) as process:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(n_lines)]
        for _ in range(CHANCE(seed).randrange(20_000)):
            os.getppid()  # burns a random part of a step's time without sleeping
        process.send_signal(signal.SIGKILL)
        said += process.stdout.readlines()
    return [line.strip() for line in said if line.endswith("\n")]


def check_after_kill(place: Path, acknowledged: list[str]) -> None:
    result = verify(place)
    assert result.findings == ()
    kinds = {"started": "run_started", "begun": "step_started", "ended": "step_ended"}
    expected = [kinds[line.split()[0]] for line in acknowledged]
    with TrailReader.open(place) as reader:
        stored = [recorded.event.kind for recorded in reader.events("run-1")]
    assert stored[: len(expected)] == expected
    assert len(stored) <= len(expected) + 1
    with open_writer(place) as writer:
        writer.reopen_run("run-1")
        end(writer)
    assert verify(place).findings == ()


@pytest.mark.parametrize("seed", range(6))
def test_a_killed_writer_loses_nothing_it_acknowledged(place: Path, seed: int) -> None:
    check_after_kill(place, kill_after(place, CHANCE(seed).randrange(1, 60), seed))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6, 106))
def test_a_killed_writer_loses_nothing_it_acknowledged_over_and_over(place: Path, seed: int) -> None:
    check_after_kill(place, kill_after(place, CHANCE(seed).randrange(1, 400), seed))


def test_a_writer_killed_at_any_disk_call_leaves_a_trail_that_can_go_on(
    place: Path, watched: Callable[[str], str]
) -> None:
    """A child dies at the n-th call, for n = 1, 2, 3 … until one gets through, beginning with making the file."""
    said = watched(
        SCENARIO
        + f"""
from itertools import count
from engine.errors import UsageError
from engine.trail import verify
for nth in count(1):
    place = Path({str(place)!r}).parent / str(nth) / "audit.db"
    pipe, theirs = os.pipe()
    child = os.fork()
    if not child:
        fail(nth, -1)
        class Told(list):
            def append(self, item):
                os.write(theirs, b"x")
        with open_writer(place) as writer:
            walk(writer, Told())
        os._exit(0)
    os.close(theirs)
    _, status = os.waitpid(child, 0)
    acknowledged = len(os.read(pipe, 100))
    os.close(pipe)
    with open_writer(place) as writer:
        try:
            writer.reopen_run("run-1")
        except UsageError:
            assert acknowledged == 0
            start(writer)
        end(writer)
    result = verify(place)
    assert result.findings == (), (nth, result.findings)
    assert result.events_checked >= acknowledged + 1, (nth, result, acknowledged)
    if status == 0:
        break
print(nth)
"""
    )
    assert int(said) > 20


def test_output_that_a_dead_writer_left_is_known_to_the_byte(place: Path) -> None:
    kill_after(place, 40, 7)
    with open_writer(place) as writer:
        for (attempt,) in rows_of(place, "SELECT DISTINCT attempt FROM chunk"):
            totals = writer.recover_output("run-1", int(str(attempt)))
            stored = "SELECT sum(n_bytes), count(*) FROM chunk WHERE attempt = ?"
            assert rows_of(place, stored, attempt) == [totals[:2]]
