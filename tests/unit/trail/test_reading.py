"""Listings, and finding a run by the beginning of its id."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from unit.trail.books import DOCUMENT, EPOCH, begin_step, end, open_writer, rows_of, stamp, start, tampering, walk_step

from engine import events as e
from engine.errors import TrailUnusable, UsageError
from engine.trail import RunSummary, TrailDamaged, TrailReader


def test_runs_are_listed_newest_first_with_their_totals(book: Path) -> None:
    heads = dict(rows_of(book, "SELECT run_id, lower(hex(hash)) FROM event GROUP BY run_id HAVING seq = max(seq)"))
    common = {
        "title": "Redis is full",
        "path": "redis.md",
        "started_at": EPOCH,
        "incident": "INC-1",
        "operator": "alice",
    }
    ended_at = EPOCH + timedelta(microseconds=1_000_001 * 900)
    open_run = {"ended_at": None, "outcome": None}
    with TrailReader.open(book) as reader:
        assert reader.runs() == (
            RunSummary("run-3", **common, **open_run, n_events=3, n_steps_done=1, output_bytes=5, head=heads["run-3"]),
            RunSummary("run-2", **common, **open_run, n_events=4, n_steps_done=1, output_bytes=5, head=heads["run-2"]),
            RunSummary(
                "run-1",
                **common,
                ended_at=ended_at,
                outcome="done",
                n_events=8,
                n_steps_done=3,
                output_bytes=140_006,
                head=heads["run-1"],
            ),
        )


def test_only_open_runs_can_be_listed_and_only_the_newest(book: Path) -> None:
    with TrailReader.open(book) as reader:
        assert [run.run_id for run in reader.runs(open_only=True)] == ["run-3", "run-2"]
        assert [run.run_id for run in reader.runs(1, open_only=True)] == ["run-3"]
        assert [run.run_id for run in reader.runs(limit=2)] == ["run-3", "run-2"]


def test_a_run_that_was_resumed_is_listed_as_it_stands_now(book: Path) -> None:
    with open_writer(book) as writer:
        writer.reopen_run("run-2")
        walk_step(writer, "run-2", 2, [b"12345678"])
        with TrailReader.open(book) as reader:
            found = reader.runs()[1]
            assert (found.n_events, found.n_steps_done, found.output_bytes, found.outcome) == (6, 2, 13, None)
            assert found.head == reader.head("run-2")
        end(writer, "run-2")
    with TrailReader.open(book) as reader:
        assert reader.runs()[1].outcome == "done"
        assert [run.run_id for run in reader.runs(open_only=True)] == ["run-3"]


def test_a_run_whose_recording_failed_stays_open(book: Path) -> None:
    with open_writer(book) as writer:
        writer.reopen_run("run-3")
        writer.append("run-3", (e.RecordingFailed(reason="the disk is full"),), stamp(5))
    with TrailReader.open(book) as reader:
        assert [run.run_id for run in reader.runs(open_only=True)] == ["run-3", "run-2"]


def test_a_step_counts_as_done_by_its_latest_end(place: Path) -> None:
    settled = [
        e.StepDone(step_id="a"),
        e.StepDone(step_id="b"),
        e.StepUnknown(step_id="b", attempt=1, output_bytes=0),
        e.StepUnknown(step_id="c", attempt=2, output_bytes=0),
        e.StepSettled(step_id="c", attempt=2, settlement="worked"),
        e.StepSkipped(step_id="a", reason="done already"),
    ]
    with open_writer(place) as writer:
        start(writer)
        writer.append("run-1", settled, stamp(1))
        with TrailReader.open(place) as reader:
            assert reader.runs()[0].n_steps_done == 2
        end(writer)
        with TrailReader.open(place) as reader:
            assert reader.runs()[0].n_steps_done == 2


def test_output_of_a_running_step_counts(place: Path) -> None:
    with open_writer(place, interval=0.001) as writer, TrailReader.open(place) as reader:
        start(writer)
        begin_step(writer, "run-1", 1)
        writer.write_output("run-1", 1, b"x" * 70_000, 1)
        while writer.lost_bytes:
            pass
        assert reader.runs()[0].output_bytes == 70_000


def test_an_empty_trail_lists_nothing(place: Path) -> None:
    open_writer(place).close()
    with TrailReader.open(place) as reader:
        assert reader.runs() == ()
        with pytest.raises(UsageError, match=r"There is no run in .* yet"):
            reader.find_run()


FINDS = [(None, "run-3"), ("run-1", "run-1"), ("run-2", "run-2")]


@pytest.mark.parametrize(("prefix", "expected"), FINDS)
def test_a_run_is_found_by_the_beginning_of_its_id(book: Path, prefix: str | None, expected: str) -> None:
    with TrailReader.open(book) as reader:
        assert reader.find_run(prefix) == expected


def test_an_id_that_begins_another_one_is_itself_found(book: Path) -> None:
    with open_writer(book) as writer:
        start(writer, "run-10")
    with TrailReader.open(book) as reader:
        assert reader.find_run("run-1") == "run-1"


def test_an_ambiguous_beginning_names_the_candidates(book: Path) -> None:
    with TrailReader.open(book) as reader, pytest.raises(UsageError) as caught:
        reader.find_run("run")
    assert str(caught.value) == "3 runs begin with 'run': run-3, run-2, run-1."


def test_a_beginning_that_nothing_has_is_refused(book: Path) -> None:
    with TrailReader.open(book) as reader:
        for prefix in ("nope", "%", "RUN-1"):
            with pytest.raises(UsageError, match=f"There is no run whose id begins with '{prefix}'"):
                reader.find_run(prefix)
        with pytest.raises(UsageError, match="There is no run nope"):
            reader.document("nope")
        assert reader.events("nope") == ()
        assert reader.head("nope") == ""


def test_raw_events_are_what_is_stored(book: Path) -> None:
    with TrailReader.open(book) as reader:
        seq, kind, payload, at, *_ = reader.raw_events("run-1", after=7)[0]
    assert (seq, kind, at) == (8, "run_ended", "2026-01-01T00:15:00.000900Z")
    assert payload == b'{"kind":"run_ended","outcome":"done","reason":""}'


DAMAGES = [
    ("action = 'step_exploded'", "Event 2 of run run-1 is of the unknown kind 'step_exploded'"),
    ("payload = x'7b7d'", "Event 2 of run run-1 cannot be read back as step_started"),
    ("payload = x'ff'", "Event 2 of run run-1 cannot be read back as step_started"),
    ("payload = CAST(replace(hex(zeroblob(50000)), '0', '[') AS BLOB)", "Event 2 of run run-1 cannot be read back"),
    ("at = 'yesterday'", "Event 2 of run run-1 cannot be read back"),
    ("origin = '{}'", "Event 2 of run run-1 cannot be read back"),
    ("target = CAST(x'ff' AS TEXT), boot_id = CAST(x'ff' AS TEXT)", "cannot be read: Could not decode"),
]


@pytest.mark.parametrize(("change", "said"), DAMAGES)
def test_an_event_that_cannot_be_read_back_is_damage(book: Path, change: str, said: str) -> None:
    with tampering(book) as connection:
        connection.execute(f"UPDATE event SET {change} WHERE run_id = 'run-1' AND seq = 2")
    with TrailReader.open(book) as reader, pytest.raises(TrailDamaged, match=said):
        reader.events("run-1")


def test_a_reader_cannot_write(book: Path) -> None:
    with TrailReader.open(book) as reader, pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader._connection.execute("CREATE TABLE mine (a)")


def test_a_reader_leaves_the_log_alone(place: Path) -> None:
    with open_writer(place) as writer:
        start(writer)
        size = Path(f"{place}-wal").stat().st_size
        TrailReader.open(place).close()
        assert Path(f"{place}-wal").stat().st_size == size


def test_a_reader_sees_what_was_committed_since_it_was_opened(place: Path) -> None:
    with open_writer(place) as writer, TrailReader.open(place) as reader:
        assert reader.runs() == ()
        start(writer)
        assert reader.document("run-1") == DOCUMENT


def test_a_reader_does_not_keep_the_writer_from_folding_its_log(place: Path) -> None:
    with open_writer(place) as writer, TrailReader.open(place) as reader:
        start(writer)
        begin_step(writer, "run-1", 1)
        for number in range(200):
            writer.write_output("run-1", 1, b"x" * 70_000, number)
        writer.end_output("run-1", 1)
        writer.append("run-1", (e.Noted(text="now"),), stamp())
        chunks = reader.output("run-1", 1)
        next(chunks)
        busy, n_pages, n_folded = writer._store.query("PRAGMA wal_checkpoint(RESTART)", ())[0]
    assert busy == 0
    assert n_pages == n_folded


def test_a_copy_in_a_directory_that_cannot_be_written_can_be_read(book: Path) -> None:
    """As an auditor has it: the file alone, on a medium that takes no log beside it."""
    book.parent.chmod(0o500)
    try:
        with TrailReader.open(book) as reader:
            assert len(reader.runs()) == 3
    finally:
        book.parent.chmod(0o700)


def test_a_trail_that_a_foreign_program_locks_is_named_when_read(book: Path) -> None:
    other = sqlite3.connect(book, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(TrailUnusable, match="another program has locked it"):
        TrailReader.open(book, busy_seconds=0.05)
    other.close()
