"""What is written is read back: events, output, documents, accesses."""

from __future__ import annotations

import pickle
import shutil
from datetime import datetime
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from unit.trail.books import (
    ACTOR,
    BOOT,
    DOCUMENT,
    begin_step,
    end,
    end_step,
    open_writer,
    rows_of,
    stamp,
    start,
    started,
    walk_step,
)
from unit.trail.events_strategy import events, stamps

from engine import events as e
from engine.errors import TrailWriteError, UsageError
from engine.trail import TrailReader, empty_head, verify


def test_a_run_begins_with_its_document_and_its_first_event(place: Path) -> None:
    with open_writer(place) as writer:
        recorded = start(writer)
        with TrailReader.open(place) as reader:
            assert reader.events("run-1") == (recorded,)
            assert reader.document("run-1") == DOCUMENT
    assert recorded == e.Recorded(run_id="run-1", seq=1, stamp=stamp(), event=started())


def test_what_is_recorded_is_an_ordinary_value(place: Path) -> None:
    with open_writer(place) as writer:
        written = start(writer)
    with TrailReader.open(place) as reader:
        (read,) = reader.events("run-1")
    for one in (written, read):
        assert one == e.Recorded(run_id="run-1", seq=1, stamp=stamp(), event=started())
        assert e.Recorded.model_validate_json(one.model_dump_json()) == one
        assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301
        assert one.model_copy(update={"seq": 2}).seq == 2
        assert repr(one) == repr(written)
        with pytest.raises(ValidationError, match="frozen"):
            one.seq = 3  # type: ignore[misc]


def test_a_document_is_kept_once_for_all_its_runs(place: Path) -> None:
    with open_writer(place) as writer:
        for run_id in ("run-1", "run-2"):
            start(writer, run_id)
        start(writer, "run-3", b"")
    assert rows_of(place, "SELECT n_bytes FROM document ORDER BY n_bytes") == [(0,), (len(DOCUMENT),)]
    with TrailReader.open(place) as reader:
        assert [reader.document(f"run-{n}") for n in (1, 2, 3)] == [DOCUMENT, DOCUMENT, b""]


def test_a_run_is_started_once(place: Path) -> None:
    with open_writer(place) as writer:
        start(writer)
        with pytest.raises(UsageError, match="There is already a run run-1"):
            start(writer)
        end(writer)


def test_the_document_must_be_the_one_that_was_started(place: Path) -> None:
    with open_writer(place) as writer, pytest.raises(ValueError, match="not the one that was started"):
        writer.start_run("run-1", b"another", started(), stamp())


def test_a_run_must_be_open_to_be_written(place: Path) -> None:
    with open_writer(place) as writer:
        start(writer)
    with open_writer(place) as writer:
        with pytest.raises(UsageError, match="run-1 is not open for writing"):
            end(writer)
        with pytest.raises(UsageError, match="There is no run run-9"):
            writer.reopen_run("run-9")
        writer.reopen_run("run-1")
        end(writer)
    assert verify(place).findings == ()


def test_a_reopened_run_goes_on_counting(place: Path) -> None:
    with open_writer(place) as writer:
        start(writer)
        begin_step(writer, "run-1", 1)
    with open_writer(place) as writer:
        writer.reopen_run("run-1")
        recorded = writer.append("run-1", (e.Noted(text="again"), e.RunEnded(outcome="failed")), stamp(9))
        assert [one.seq for one in recorded] == [3, 4]
    with TrailReader.open(place) as reader:
        assert [one.event.kind for one in reader.events("run-1")] == [
            "run_started",
            "step_started",
            "noted",
            "run_ended",
        ]
        assert reader.events("run-1", after=2) == recorded
        assert reader.events("run-1", after=99) == ()


def test_nothing_is_written_for_no_events(place: Path) -> None:
    with open_writer(place) as writer:
        start(writer)
        assert writer.append("run-1", (), stamp()) == ()


def test_events_of_one_command_stand_or_fall_together(place: Path) -> None:
    with open_writer(place) as writer:
        start(writer)
        with pytest.raises(TrailWriteError, match="not Unicode"):
            writer.append("run-1", (e.Noted(text="fine"), e.RunLeft(reason="\ud800")), stamp())
        with TrailReader.open(place) as reader:
            assert len(reader.events("run-1")) == 1
        end(writer)


def test_a_time_without_a_zone_is_refused(place: Path) -> None:
    with open_writer(place) as writer:
        start(writer)
        naive = stamp().model_copy(update={"at": datetime(2026, 1, 1)})
        with pytest.raises(ValueError, match="must carry its zone"):
            writer.append("run-1", (e.Noted(text="when?"),), naive)
        end(writer)


AUDITED = [
    (e.StepStarted(step_id="s", attempt=4, session="shell", text="x"), "redis.md#s", "pending"),
    (e.InterruptSent(attempt=4, signal="INT"), "redis.md#s", "success"),
    (e.InputSent(attempt=4, n_bytes=3, text="yes"), "redis.md#s", "success"),
    (e.StepUnknown(step_id="s", attempt=4, output_bytes=0), "redis.md#s", "unknown"),
    (e.StepSettled(step_id="s", attempt=4, settlement="worked"), "redis.md#s", "success"),
    (e.StepSettled(step_id="s", attempt=4, settlement="did_not_work"), "redis.md#s", "failure"),
    (e.ItemTicked(item_id="dba"), "redis.md#dba", "success"),
    (e.VariableSet(name="HOST", value="x"), "redis.md#HOST", "success"),
    (e.OptionChosen(choice_id="platform", option_id="k"), "redis.md#platform", "success"),
    (e.Noted(text="looks bad"), "redis.md", "success"),
    (e.Noted(text="looks bad", step_id="s"), "redis.md#s", "success"),
    (e.RunEnded(outcome="abandoned"), "redis.md", "failure"),
    (e.RecordingFailed(reason="disk"), "redis.md", "failure"),
]


def test_an_auditor_can_ask_who_did_what_to_what_with_what_result(place: Path) -> None:
    with open_writer(place) as writer:
        start(writer)
        for event, _, _ in AUDITED:
            writer.append("run-1", (event,), stamp(7))
    expected = [(event.kind, target, outcome) for event, target, outcome in AUDITED]
    assert rows_of(place, "SELECT action, target, outcome FROM event WHERE seq > 1 ORDER BY seq") == expected
    who = "actor, actor_uid, run_as, boot_id, at, mono_ns, origin"
    assert set(rows_of(place, f"SELECT {who} FROM event WHERE seq > 1")) == {
        (
            *(ACTOR.login, ACTOR.uid, ACTOR.euid, BOOT, "2026-01-01T00:00:07.000007Z", 7_000_007_000),
            '{"sudo_user":"alice","host":"bastion","tty":"pts/3","ssh_client":"192.0.2.7","pid":4711}',
        )
    }


ENDS = [
    ("succeeded", "success"),
    ("failed", "failure"),
    ("timed_out", "failure"),
    ("interrupted", "interrupted"),
    ("lost", "unknown"),
]


@pytest.mark.parametrize(("outcome", "expected"), ENDS)
def test_how_a_step_ended_is_an_outcome(place: Path, outcome: Any, expected: str) -> None:
    ended = e.StepEnded(
        step_id="s",
        attempt=1,
        outcome=outcome,
        exit_status=None,
        duration_ns=1,
        output_bytes=0,
        output_head=empty_head("run-1", 1),
    )
    with open_writer(place) as writer:
        start(writer)
        writer.append("run-1", (ended,), stamp())
    assert rows_of(place, "SELECT outcome FROM event WHERE action = 'step_ended'") == [(expected,)]


def test_looking_at_the_trail_is_recorded_in_it(place: Path) -> None:
    with open_writer(place) as writer:
        start(writer)
        end(writer)
        writer.record_access("viewed", "run-1", stamp(3))
        writer.record_access("verified", None, stamp(4))
    ledger = rows_of(place, "SELECT action, run_id, n_events, actor FROM ledger ORDER BY no")
    assert ledger == [
        ("run_started", "run-1", 1, "alice"),
        ("run_ended", "run-1", 2, "alice"),
        ("viewed", "run-1", 2, "alice"),
        ("verified", "", 0, "alice"),
    ]


@pytest.mark.parametrize("seconds", [float("inf"), float("nan")])
def test_an_event_holds_no_number_that_json_has_no_word_for(seconds: float) -> None:
    with pytest.raises(ValidationError):
        e.CommitAsked(attempt=1, question=1, statement="DELETE FROM t", rows=None, seconds=seconds)


FRESH = count()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(commands=st.lists(st.tuples(st.lists(events(), max_size=3), stamps()), max_size=6))
def test_any_events_are_read_back_equal_and_verify(
    tmp_path: Path, commands: list[tuple[list[e.Event], e.Stamp]]
) -> None:
    place = tmp_path / str(next(FRESH)) / "audit.db"
    with open_writer(place) as writer:
        written = [start(writer)]
        for group, when in commands:
            written += writer.append("run-1", group, when)
    with TrailReader.open(place) as reader:
        assert list(reader.events("run-1")) == written
    claims = {"step_ended", "step_unknown"}
    if not any(one.event.kind in claims for one in written):  # made up, they state output that is not there
        assert verify(place).findings == ()
    assert all(finding.table == "chunk" for finding in verify(place).findings)
    shutil.rmtree(place.parent)


def test_what_is_acknowledged_is_on_the_disk_with_one_sync_per_command(place: Path, watched: Any) -> None:
    """The step's intent, its end: two syncs, whether it printed anything or not."""
    counted = watched(
        f"""
with open_writer(Path({str(place)!r})) as writer:
    start(writer)
    begin_step(writer, "run-1", 1)
    before = syncs()
    walk_step(writer, "run-1", 2)
    silent = syncs()
    walk_step(writer, "run-1", 3, [b"a line\\n"] * 9)
    spoken = syncs()
print(silent - before, spoken - silent)
"""
    )
    assert counted == "2 2"


def test_closing_twice_is_closing_once(place: Path) -> None:
    writer = open_writer(place)
    start(writer)
    writer.close()
    writer.close()
    with pytest.raises(TrailWriteError, match="has been closed"):
        end(writer)


def test_a_closed_trail_is_one_file_without_a_log(place: Path) -> None:
    with open_writer(place) as writer:
        start(writer)
        walk_step(writer, "run-1", 1, [b"x" * 100_000])
        assert Path(f"{place}-wal").stat().st_size > 0
    assert not Path(f"{place}-wal").exists()
    assert verify(place).findings == ()


def test_the_log_is_folded_into_the_database_when_it_has_grown(place: Path, watched: Any) -> None:
    noise = "bytes(random.Random(n).randbytes(60_000))"
    grown = watched(
        f"""
import random
place = Path({str(place)!r})
with open_writer(place, interval=0.01) as writer:
    start(writer)
    begin_step(writer, "run-1", 1)
    for n in range(400):
        writer.write_output("run-1", 1, {noise}, n)
    end_step(writer, "run-1", 1)
    print(Path(f"{{place}}-wal").stat().st_size < 16 << 20, place.stat().st_size > 8 << 20)
"""
    )
    assert grown == "True True"
    assert verify(place).findings == ()


def test_totals_of_a_dead_step_are_those_that_were_stored(place: Path) -> None:
    with open_writer(place) as writer:
        start(writer)
        begin_step(writer, "run-1", 1)
        assert writer.recover_output("run-1", 1) == (0, 0, empty_head("run-1", 1))
        writer.write_output("run-1", 1, b"half a line", 5)
    with open_writer(place) as writer:
        totals = writer.recover_output("run-1", 1)
        assert totals[:2] == (11, 1)
        writer.reopen_run("run-1")
        begin_step(writer, "run-1", 2)
        assert end_step(writer, "run-1", 2).output_head == empty_head("run-1", 2)
    assert rows_of(place, "SELECT lower(hex(hash)) FROM chunk") == [(totals.head_hex,)]


def test_the_hash_of_an_event_can_be_worked_out_from_its_description(place: Path) -> None:
    """Written down here once more, independently, because other programs will have to."""
    with open_writer(place) as writer:
        start(writer)
    numbers = "seq, attempt, mono_ns, redactions, actor_uid, run_as"
    texts = "run_id, action, step_id, at, boot_id, target, outcome, actor, origin"
    (row,) = rows_of(place, f"SELECT {numbers}, {texts}, payload, prev_hash, hash FROM event")
    integers, strings, (payload, prev, digest) = row[:6], row[6:15], row[15:]
    lengths = [len(text) for text in (*strings, payload)]  # type: ignore[arg-type]
    material = b"oncue event 1\0" + prev  # type: ignore[operator]
    material += b"".join(number.to_bytes(8, "big", signed=True) for number in (*integers, *lengths))  # type: ignore[union-attr]
    material += "".join(strings).encode() + payload  # type: ignore[arg-type]
    assert sha256(material).digest() == digest
    assert sha256(b"oncue run genesis 1\0run-1").digest() == prev


def test_a_second_writer_of_the_same_run_cannot_fork_it(place: Path) -> None:
    with open_writer(place) as first, open_writer(place) as second:
        start(first)
        second.reopen_run("run-1")
        second.append("run-1", (e.Noted(text="mine"),), stamp())
        with pytest.raises(TrailWriteError, match="another program has written to the same run"):
            first.append("run-1", (e.Noted(text="mine too"),), stamp())
    assert verify(place).findings == ()
