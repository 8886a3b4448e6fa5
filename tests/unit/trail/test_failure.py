"""A write that fails is told at once, ends all recording, and leaves a trail that verifies."""

from __future__ import annotations

import errno
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from unit.trail.books import begin_step, end, open_writer, rows_of, stamp, start, walk_step

from engine import events as e
from engine.errors import TrailUnusable, TrailWriteError
from engine.trail import TrailReader, TrailWriter, verify

MIB = 1 << 20


@pytest.fixture(params=[3 * MIB, 4 * MIB, 6 * MIB, 8 * MIB], ids="{} bytes".format)
def small_disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    mount_point = tmp_path / "disk"
    mount_point.mkdir()
    options = f"size={request.param},mode=700"
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "none", mount_point], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("a small file system cannot be mounted here")
    yield mount_point
    subprocess.run(["umount", mount_point], check=True)


def fill(writer: TrailWriter, attempt: int = 1) -> None:
    """Output that does not compress, until it cannot be recorded."""
    number = 0
    while True:
        number += 1
        writer.write_output("run-1", attempt, os.urandom(50_000), number)


def test_a_full_disk_stops_the_recording_and_the_closing_record_still_fits(small_disk: Path) -> None:
    place = small_disk / "audit.db"
    writer = open_writer(place, floor_bytes=MIB, interval=0.05)
    start(writer)
    walk_step(writer, "run-1", 1, [b"before\n"])
    begin_step(writer, "run-1", 2)
    with pytest.raises(TrailWriteError, match="could not be written: the disk is full"):
        fill(writer, 2)
    assert writer.lost_bytes > 0
    for attempted in (
        lambda: begin_step(writer, "run-1", 3),
        lambda: writer.write_output("run-1", 2, b"x", 1),
        lambda: writer.end_output("run-1", 2),
        lambda: start(writer, "run-2"),
        lambda: writer.record_access("viewed", None, stamp()),
    ):
        with pytest.raises(TrailWriteError, match="the disk is full"):
            attempted()
    closing = e.RecordingFailed(reason="the disk is full")
    (recorded,) = writer.append("run-1", (closing,), stamp(8))
    assert (recorded.seq, recorded.event) == (5, closing)
    with pytest.raises(TrailWriteError):
        writer.append("run-1", (closing,), stamp(8))
    writer.close()
    assert verify(place).findings == ()
    with TrailReader.open(place) as reader:
        assert reader.events("run-1")[-1] == recorded
        assert sum(len(chunk.data) for chunk in reader.output("run-1", 2)) > 0


def test_a_disk_without_room_for_the_reserve_is_refused(small_disk: Path) -> None:
    room = os.statvfs(small_disk)
    filler = small_disk / "filler"
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, room.f_bavail * room.f_frsize - MIB // 2)
    place = small_disk / "audit.db"
    with pytest.raises(TrailUnusable, match="no space left on device"):
        open_writer(place, floor_bytes=1)
    assert (small_disk / "audit.db.reserve").stat().st_size == 0
    with pytest.raises(TrailUnusable, match="has too little room: 0 MiB free, 1 MiB needed to start a run"):
        open_writer(place, floor_bytes=MIB)
    filler.unlink()
    open_writer(place, floor_bytes=1).close()


def test_a_failure_while_nobody_writes_is_told_by_callback(place: Path) -> None:
    told: list[TrailWriteError] = []
    heard = threading.Event()

    def hear(error: TrailWriteError) -> None:
        told.append(error)
        heard.set()

    writer = open_writer(place, interval=0.001, on_failure=hear)
    start(writer)
    begin_step(writer, "run-1", 1)
    place.rename(place.with_name("gone.db"))
    writer.write_output("run-1", 1, b"the last for a long time\n", 1)
    assert heard.wait(10)
    assert str(told[0]) == f"The audit trail {place} could not be written: the file was removed while it was open."
    assert writer.failure is told[0]
    assert writer.lost_bytes == 25
    with pytest.raises(TrailWriteError):
        writer.append("run-1", (e.RecordingFailed(reason="gone"),), stamp())
    writer.close()
    assert len(told) == 1


def test_a_callback_may_write_the_closing_record(place: Path, watched: Callable[[str], str]) -> None:
    said = watched(
        f"""
import threading
from engine import events as e
done = threading.Event()
def close_out(error):
    writer.append("run-1", (e.RecordingFailed(reason="disk"),), stamp())
    done.set()
writer = open_writer(Path({str(place)!r}), interval=0.001, on_failure=close_out)
start(writer)
begin_step(writer, "run-1", 1)
fail(1, {errno.EIO}, 1)
writer.write_output("run-1", 1, b"x", 1)
print(done.wait(10))
writer.close()
"""
    )
    assert said == "True"
    assert verify(place).findings == ()
    assert rows_of(place, "SELECT action FROM event ORDER BY seq")[-1] == ("recording_failed",)


def test_writers_waiting_for_the_queue_are_let_go_when_it_fails(place: Path) -> None:
    writer = open_writer(place, interval=0.001, bound=10)
    start(writer)
    begin_step(writer, "run-1", 1)
    place.rename(place.with_name("gone.db"))
    with pytest.raises(TrailWriteError, match="removed while it was open"):
        fill(writer)
    writer.close()


def test_a_replaced_file_is_noticed_before_the_next_write(place: Path) -> None:
    writer = open_writer(place)
    start(writer)
    place.rename(place.with_name("gone.db"))
    place.touch()
    with pytest.raises(TrailWriteError, match="the file was replaced while it was open"):
        end(writer)
    writer.close()
    assert place.stat().st_size == 0


def test_a_limit_on_file_size_is_a_failure_and_not_a_death(place: Path, watched: Callable[[str], str]) -> None:
    said = watched(
        f"""
import resource
from engine.errors import TrailWriteError
writer = open_writer(Path({str(place)!r}), interval=0.01)
start(writer)
begin_step(writer, "run-1", 1)
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
try:
    for number in range(1000):
        writer.write_output("run-1", 1, os.urandom(50_000), number)
except TrailWriteError as error:
    print(error)
writer.close()
"""
    )
    assert said == f"The audit trail {place} could not be written: the disk reports an input/output error."
    assert verify(place).findings == ()


SCENARIO = """
def walk(writer, acknowledged):
    start(writer)
    acknowledged.append(1)
    for attempt in (1, 2):
        begin_step(writer, "run-1", attempt)
        acknowledged.append(1)
        for number in range(3):
            writer.write_output("run-1", attempt, lines(50_000), number)
        end_step(writer, "run-1", attempt)
        acknowledged.append(1)
    end(writer)
    acknowledged.append(1)
"""

FAULTS = [
    (errno.EIO, 1 << 40),
    (errno.ENOSPC, 1),
    pytest.param(errno.EIO, 1, marks=pytest.mark.slow),
    pytest.param(errno.ENOSPC, 1 << 40, marks=pytest.mark.slow),
    pytest.param(errno.EROFS, 2, marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("number", "times"), FAULTS)
def test_whichever_disk_call_fails_nothing_acknowledged_is_lost(
    place: Path, watched: Callable[[str], str], number: int, times: int
) -> None:
    """The n-th call fails, for n = 1, 2, 3 … until the run gets through."""
    said = watched(
        SCENARIO
        + f"""
from itertools import count
from engine import events as e
from engine.errors import TrailWriteError
from engine.trail import TrailReader, verify
for nth in count(1):
    place = Path({str(place)!r}).parent / str(nth) / "audit.db"
    writer, acknowledged, failed = open_writer(place), [], None
    fail(nth, {number}, {times})
    try:
        walk(writer, acknowledged)
    except TrailWriteError as error:
        failed = error
        try:
            writer.append("run-1", (e.RecordingFailed(reason="x"),), stamp())
            acknowledged.append(1)
        except TrailWriteError:
            pass
    reached = value("n_operations").value >= value("fail_at").value
    fail(1 << 40, 0)
    writer.close()
    assert verify(place).findings == (), (nth, verify(place).findings)
    with TrailReader.open(place) as reader:
        stored = len(reader.events("run-1"))
    # A commit may have reached the disk without being acknowledged; never the other way round.
    assert stored in (len(acknowledged), len(acknowledged) + 1), (nth, stored, acknowledged)
    if not reached:
        assert failed is None
        break
print(nth)
"""
    )
    assert int(said) > 10
