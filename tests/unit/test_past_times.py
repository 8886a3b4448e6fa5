"""How long a step took before: read from a real trail of earlier runs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from support.hosts import Bench, run_current, until_idle
from support.runs import ACTOR, EPOCH, recorded, started
from support.terminal import environment
from unit.trail.books import tampering

from engine import commands as c
from engine import events as e
from engine.past_times import LastTime, from_json, last_times, read_last_times, sentence_of, to_json
from engine.state import fold
from engine.trail import TrailDamaged, TrailReader, TrailWriter
from engine.trail.reader import PAST_RUNS

DOCUMENT = b"# Redis is full\n"
SECOND = 10**9
LAST = LastTime(1_200_000_000, "bob", datetime(2026, 11, 3, 2, 11, tzinfo=UTC), "run-1", 3, SECOND)


class Book:
    """A trail of runs, one day after the other."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writer = TrailWriter.open(path, floor_bytes=0)
        self._days = 0

    def run(
        self, *attempts: tuple[str, int], login: str = "alice", outcome: e.StepOutcome = "succeeded", **more: object
    ) -> str:
        """Steps with their durations in seconds. `more` goes into each start."""
        self._days += 1
        run_id = f"run-{self._days}"
        actor = ACTOR.model_copy(update={"login": login})
        stamp = e.Stamp(at=EPOCH + timedelta(days=self._days), mono_ns=0, boot_id="boot", actor=actor)
        self._writer.start_run(run_id, DOCUMENT, self._started(), stamp)
        for number, (step_id, seconds) in enumerate(attempts, 1):
            begun = e.StepStarted(step_id=step_id, attempt=number, session="shell", text="true", **more)  # type: ignore[arg-type]
            end = e.StepEnded(
                step_id=step_id,
                attempt=number,
                outcome=outcome,
                exit_status=0,
                duration_ns=seconds * SECOND,
                output_bytes=0,
                output_head="",
            )
            self._writer.append(run_id, (begun, end), stamp)
        return run_id

    def read(self, apart_from: str = "", title: str = "Redis is full", path: str = "redis.md") -> dict[str, LastTime]:
        begun = started().model_copy(update={"title": title, "path": path})
        state = replace(fold(recorded((begun,))), run_id=apart_from)
        with TrailReader.open(self.path) as reader:
            return read_last_times(reader, state)

    def close(self) -> None:
        self._writer.close()

    def _started(self) -> e.RunStarted:

        return started().model_copy(update={"document_sha256": hashlib.sha256(DOCUMENT).hexdigest()})


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    book = Book(tmp_path / "state" / "audit.db")
    yield book
    book.close()


def test_the_newest_success_counts_and_the_median_of_all(book: Book) -> None:
    book.run(("check", 1), login="alice")
    book.run(("check", 9), login="carol")
    last = book.run(("check", 2), ("look", 5), login="bob")
    times = book.read()
    assert times["check"] == LastTime(2 * SECOND, "bob", EPOCH + timedelta(days=3), last, 3, 2 * SECOND)
    assert (times["look"].times, times["look"].median_ns) == (1, 5 * SECOND)


def test_within_a_run_the_latest_attempt_is_the_newest(book: Book) -> None:
    book.run(("check", 1), ("check", 7))
    assert book.read()["check"].duration_ns == 7 * SECOND


def test_what_failed_or_ran_beside_a_step_says_nothing_about_it(book: Book) -> None:
    book.run(("check", 1), outcome="failed")
    book.run(("check", 1), suggestion=True)
    book.run(("check", 1), dry_run=True)
    assert book.read() == {}


def test_a_text_that_looks_like_a_mark_of_the_record_is_only_a_text(book: Book) -> None:
    book.run(("check", 1), why='{"suggestion":true,"dry_run":true}')
    assert set(book.read()) == {"check"}


def test_the_run_itself_and_other_documents_do_not_count(book: Book) -> None:
    run_id = book.run(("check", 1))
    assert book.read(apart_from=run_id) == {}
    assert book.read(title="Another", path="another.md") == {}
    assert set(book.read(title="Renamed")) == {"check"}
    assert set(book.read(path="moved/redis.md")) == {"check"}


def test_only_the_newest_runs_are_looked_at(book: Book) -> None:
    book.run(("once", 1))
    for _ in range(PAST_RUNS):
        book.run(("check", 1))
    times = book.read()
    assert (set(times), times["check"].times) == ({"check"}, PAST_RUNS)


def test_a_damaged_end_is_said(book: Book) -> None:
    book.run(("check", 1))
    book.close()
    with tampering(book.path) as connection:
        connection.execute("UPDATE event SET payload = CAST('{}' AS BLOB) WHERE action = 'step_ended'")
    with pytest.raises(TrailDamaged, match="an end of a step without a duration"):
        book.read()


def test_no_earlier_run_is_no_time() -> None:
    assert last_times([]) == {}


def test_times_survive_the_way_to_a_client() -> None:
    assert from_json(json.loads(json.dumps(to_json({"check": LAST})))) == {"check": LAST}


@pytest.mark.parametrize(
    ("now", "sentence"),
    [
        (datetime(2026, 11, 20, tzinfo=UTC), "last time 1.2 s, bob, 3 November"),
        (datetime(2026, 11, 3, 5, tzinfo=UTC), "last time 1.2 s, bob, today at 02:11"),
        (datetime(2027, 1, 2, tzinfo=UTC), "last time 1.2 s, bob, 3 November 2026"),
        (datetime(2026, 11, 20, tzinfo=timezone(timedelta(hours=-5))), "last time 1.2 s, bob, 2 November"),
    ],
)
def test_it_is_said_in_the_time_zone_of_whoever_reads_it(now: datetime, sentence: str) -> None:
    assert sentence_of(LAST, now) == sentence


def test_a_host_tells_what_the_run_before_took(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    bench = Bench(tmp_path)
    _, first = bench.start("# T\n\n```bash\ntrue\n```\n")
    assert first.ask("last_times")["last_times"] == {}
    run_current(first)
    until_idle(first)
    first.command(c.End())
    _, second = bench.start("# T\n\n```bash\ntrue\n```\n\nA word more.\n")
    times = from_json(second.ask("last_times")["last_times"])
    attempt = first.state.attempts[1]
    assert set(times) == {attempt.step_id}
    told = times[attempt.step_id]
    assert (told.duration_ns, told.at, told.run_id) == (attempt.duration_ns, attempt.started_at, first.run_id)
    assert told.times == 1
    bench.close()
