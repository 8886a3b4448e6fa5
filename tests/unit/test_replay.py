"""A run as it happened: state, output and clock of any moment, from the trail and from a recording alike."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.past_trails import ALICE, DOCUMENT, NOW, PLAN, write_past
from support.past_trails import started as begun
from support.runs import recorded, started
from unit.trail.books import tampering

from engine import events as e
from engine.casting import cast
from engine.errors import DocumentError, TrailUnusable
from engine.replay import Gap, Hit, Pace, Player, Replay, Spot, flow, next_mark, open_recording, open_run, seek
from engine.replay.flow import Printed
from engine.replay.history import EVERY, KEPT_ENTRIES, DoesNotFollow, History
from engine.replay.marks import waits_of
from engine.replay.pace import gaps_of
from engine.scrollback import Needle
from engine.state import fold
from engine.trail import TrailReader, TrailWriter

DONE, LEFT_OPEN = "20260105-031200-cccccc", "20260108-025900-dddddd"
RUN = "20260101-000000-aaaaaa"
MS, SECOND = 10**6, 10**6
"""Nanoseconds of a millisecond; microseconds of a second."""


# The history.


def ticking(count: int) -> tuple[e.Recorded, ...]:
    """A run of so many events, most of them at the step `check`."""
    events: list[e.Event] = [started()]
    while len(events) < count:
        number = len(events)
        events += [
            e.ItemTicked(item_id="dba"),
            e.Noted(text=f"note {number}", step_id="check"),
            e.StepStarted(step_id="check", attempt=number, session="shell", text="true"),
            e.StepEnded(
                step_id="check",
                attempt=number,
                outcome="succeeded" if number % 3 else "failed",
                exit_status=0,
                duration_ns=1,
                output_bytes=0,
                output_head="",
            ),
            e.ItemUnticked(item_id="dba"),
        ]
    return recorded(events[:count])


EVENTS = ticking(5 * EVERY + 7)


@given(
    steps=st.lists(st.integers(0, 3), min_size=len(EVENTS) - 1, max_size=len(EVENTS) - 1),
    moments=st.lists(st.integers(0, 600), min_size=1, max_size=8),
)
@settings(deadline=None, max_examples=60)
def test_the_state_of_a_moment_is_the_fold_of_what_had_happened(steps: list[int], moments: list[int]) -> None:
    times = [0]
    for step in steps:
        times.append(times[-1] + step)
    history = History(EVENTS, times)
    for at_us in moments:  # in any order, as somebody jumps about
        before = [one for one, when in zip(EVENTS, times, strict=True) if when <= at_us]
        assert history.state(at_us) == fold(before)


@pytest.mark.parametrize("count", [1, EVERY - 1, EVERY, EVERY + 1, 2 * EVERY, len(EVENTS)])
def test_a_state_after_so_many_events_is_their_fold(count: int) -> None:
    history = History(EVENTS[:count], range(count))
    for number in (count, 0, count // 2, count):
        assert history.after(number) == fold(EVENTS[:number])


def test_kept_states_take_no_more_than_so_much_however_long_a_run_is(monkeypatch: pytest.MonkeyPatch) -> None:
    events = ticking(2000)
    whole = History(events, range(len(events)))
    monkeypatch.setattr("engine.replay.history.KEPT_ENTRIES", 10_000)
    bounded = History(events, range(len(events)))
    assert sum(len(state.attempts) for state in whole.kept) > 10_000
    assert sum(len(state.attempts) for state in bounded.kept) <= 10_000
    assert 10 < len(bounded.kept) < len(whole.kept)
    for number in (1999, 0, 700, 2000, 701, 1024, 1):
        assert bounded.after(number) == fold(events[:number])


def test_an_event_that_cannot_follow_is_named() -> None:
    strange = recorded([started(), e.Noted(text="x"), e.StepStarted(step_id="gone", attempt=1, session="sql", text="")])
    with pytest.raises(DoesNotFollow, match="event 3 of the run does not follow from those before it"):
        History(strange, range(3))


# How long it takes.

PACES: Sequence[tuple[str, int | None, int, Sequence[tuple[int, int]]]] = (
    ("without a cut it takes as long as it took", None, 100, [(0, 0), (35, 35), (100, 100)]),
    ("a long pause counts as the cut", 10, 60, [(0, 0), (20, 20), (45, 25), (70, 30), (90, 50), (100, 60)]),
    ("a pause as long as the cut is left", 50, 100, [(45, 45), (100, 100)]),
    ("beyond either end is that end", 10, 60, [(-5, 0), (500, 60)]),
)


@pytest.mark.parametrize(("idle", "length", "pairs"), [row[1:] for row in PACES], ids=[row[0] for row in PACES])
def test_pauses_are_cut(idle: int | None, length: int, pairs: Sequence[tuple[int, int]]) -> None:
    pace = Pace((Gap(20, 70),), 100, idle)
    assert pace.length == length
    assert [(moment, pace.played(moment)) for moment, _ in pairs] == list(pairs)
    assert [pace.moment(played) for moment, played in pairs if 0 <= moment <= 100] == [
        moment for moment, _ in pairs if 0 <= moment <= 100
    ]


@given(
    times=st.lists(st.integers(0, 10**8), max_size=20).map(sorted),
    idle=st.integers(10**5, 10**7),
    moments=st.lists(st.integers(0, 10**8), min_size=2, max_size=2).map(sorted),
)
def test_cut_time_runs_forward_and_never_longer_than_real_time(times: list[int], idle: int, moments: list[int]) -> None:
    pace = Pace(gaps_of(times, 10**8), 10**8, idle)
    before, after = map(pace.played, moments)
    assert 0 <= after - before <= moments[1] - moments[0] + 1
    assert abs(pace.played(pace.moment(before)) - before) <= 1
    assert moments[1] == 10**8 or pace.length >= after


def test_what_happens_between_short_pauses_leaves_no_gap() -> None:
    assert gaps_of([0, 50_000, 150_000, 900_000], 950_000) == (Gap(150_000, 900_000),)
    assert gaps_of([], 500_000) == (Gap(0, 500_000),)


def test_a_player_plays_pauses_and_jumps() -> None:
    player = Player((Gap(10 * SECOND, 70 * SECOND),), 100 * SECOND)
    player.play(0)
    assert player.moment(4_000 * MS) == 4 * SECOND
    player.faster(4_000 * MS)
    assert player.moment(5_000 * MS) == 6 * SECOND
    player.pause(5_000 * MS)
    assert player.moment(60_000 * MS) == 6 * SECOND
    player.cut(2 * SECOND, 60_000 * MS)
    player.step_by(5 * SECOND, 60_000 * MS)
    assert player.moment(0) == 40 * SECOND  # half way through the pause that counts as two seconds
    player.seek(95 * SECOND, 0)
    player.play(0)
    assert player.moment(1_000 * MS) == 97 * SECOND
    assert player.moment(3_000 * MS) == 100 * SECOND
    assert not player.is_playing
    player.play(4_000 * MS)
    assert player.moment(4_000 * MS) == 0


def test_speeds_end_where_they_end() -> None:
    player = Player((), 100, speed=3.0)
    player.slower(0)
    assert player.speed == 2.0
    for _ in range(20):
        player.faster(0)
    assert player.speed == 128.0
    for _ in range(20):
        player.slower(0)
    assert player.speed == 0.25


# A run and its recording.


class Book:
    """One run, written at moments of the test's choosing, read from the trail and from a recording."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.trail = folder / "audit.db"
        self.boot = "boot-1"
        self._writer = TrailWriter.open(self.trail, floor_bytes=0)
        self._writer.start_run(RUN, DOCUMENT, begun(), self._stamp(0))

    def _stamp(self, ms: int) -> e.Stamp:
        return e.Stamp(at=NOW + timedelta(milliseconds=ms), mono_ns=ms * MS, boot_id=self.boot, actor=ALICE)

    def say(self, ms: int, *events: e.Event) -> None:
        self._writer.append(RUN, events, self._stamp(ms))

    def step(
        self,
        attempt: int,
        first: int,
        last: int,
        *reads: tuple[int, bytes],
        step_id: str = "check",
        said: Sequence[tuple[int, e.Event]] = (),
    ) -> None:
        self.say(first, e.StepStarted(step_id=step_id, attempt=attempt, session="shell", text="make"))
        for ms, data in reads:
            self._writer.write_output(RUN, attempt, data, ms * MS)
        totals = self._writer.end_output(RUN, attempt)
        for ms, event in said:
            self.say(ms, event)
        facts = {"output_bytes": totals.n_bytes, "output_head": totals.head_hex, "duration_ns": (last - first) * MS}
        self.say(last, e.StepEnded(step_id=step_id, attempt=attempt, outcome="succeeded", exit_status=0, **facts))

    def both(self, version: Any = 2) -> tuple[Replay, Replay]:
        """From the trail and from a recording of it."""
        self._writer.close()
        path = self.folder / "run.cast"
        with TrailReader.open(self.trail) as reader:
            path.write_bytes(b"".join(cast(reader, RUN, version)))
        return open_run(self.trail, RUN, {}), open_recording(path)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path)


def printed(replay: Replay, attempt: int, at_us: int) -> bytes:
    return replay.outputs.page(attempt, 0, replay.outputs.size_at(attempt, at_us))


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("run_id", [DONE, LEFT_OPEN, "20260101-020000-bbbbbb", "20251220-101500-aaaaaa"])
def test_a_recording_is_watched_as_the_run_itself(tmp_path: Path, run_id: str, version: Any) -> None:
    trail = write_past(tmp_path / "audit.db")
    with TrailReader.open(trail) as reader:
        (tmp_path / "run.cast").write_bytes(b"".join(cast(reader, run_id, version)))
    one, other = open_run(trail, run_id, {}), open_recording(tmp_path / "run.cast")
    assert one.duration_us == other.duration_us
    assert (one.marks, one.gaps, one.title, one.starts) == (other.marks, other.gaps, other.title, other.starts)
    assert list(flow(one)) == list(flow(other))
    for at_us in range(0, one.duration_us + 1, 5 * SECOND):
        assert one.state(at_us) == other.state(at_us)
        assert one.now(at_us) == other.now(at_us) == one.history.events[0].stamp.at + timedelta(microseconds=at_us)
        for attempt in one.outputs.indexes:
            assert printed(one, attempt, at_us) == printed(other, attempt, at_us)
    assert (other.warnings, one.complaint) == ((), "")


@pytest.mark.parametrize("version", [2, 3])
def test_output_is_there_from_the_moment_it_was_printed(book: Book, version: Any) -> None:
    book.step(1, 1000, 9000, (2000, b"one\r\n"), (2050, b"two\r\n"), (5000, b"\xff\xfe\r\n"), (8999, b"end"))
    for replay in book.both(version):
        found = [printed(replay, 1, ms * 1000) for ms in (0, 1999, 2000, 2049, 2050, 4999, 5000, 8998, 8999, 9000)]
        assert [len(one) for one in found] == [0, 0, 5, 5, 10, 10, 14, 14, 17, 17]
        assert found[-1] == b"one\r\ntwo\r\n\xff\xfe\r\nend"
        assert [replay.outputs.time_of(1, byte) for byte in (0, 4, 5, 9, 10, 16)] == [
            ms * 1000 for ms in (2000, 2000, 2050, 2050, 5000, 8999)
        ]


@given(
    reads=st.lists(st.tuples(st.integers(0, 400), st.binary(min_size=1, max_size=3000)), min_size=1, max_size=40),
    places=st.lists(st.integers(0, 20_000), min_size=1, max_size=10),
)
@settings(deadline=None, max_examples=20)
def test_any_moment_and_any_byte_of_an_output_are_found(
    tmp_path_factory: pytest.TempPathFactory, reads: list[tuple[int, bytes]], places: list[int]
) -> None:
    book = Book(tmp_path_factory.mktemp("book"))
    now, timed = 10, []
    for step, data in reads:
        now += step
        timed.append((now, data))
    book.step(1, 5, now + 5, *timed)
    whole = b"".join(data for _, data in timed)
    for replay in book.both():
        assert [one for _, one in replay.outputs.pieces(1)] == [data for _, data in timed]
        for place in places:
            assert printed(replay, 1, place * 1000) == b"".join(data for ms, data in timed if ms <= place)
            assert replay.outputs.page(1, place, 777) == whole[place : place + 777]
            if place < len(whole):
                at_us = replay.outputs.time_of(1, place)
                assert replay.outputs.size_at(1, at_us) > place >= replay.outputs.size_at(1, at_us - 1)


def test_output_belongs_to_its_step_whatever_its_clock_says(book: Book) -> None:
    book.step(1, 1000, 2000, (10, b"early"), (99_000, b"late"))
    one, other = book.both()
    assert [at_us for at_us, _ in one.outputs.pieces(1)] == [1000_000, 2000_000]
    assert list(flow(one)) == list(flow(other))


def test_a_run_that_was_resumed_after_a_boot_goes_on_by_the_wall_clock(book: Book) -> None:
    book.step(1, 1000, 2000, (1500, b"one\n"))
    book.say(2500, e.RunLeft(reason="closed"))
    book.boot = "boot-2"
    book.say(60_000, e.RunResumed(document_changed=False))
    book.step(2, 61_000, 62_000, (61_500, b"two\n"))
    one, other = book.both()
    assert list(one.history.times) == list(other.history.times)
    assert one.outputs.size_at(2, 61_499_999) == other.outputs.size_at(2, 61_499_999) == 0
    assert one.outputs.size_at(2, 61_500_000) == other.outputs.size_at(2, 61_500_000) == 4


def test_what_happened_from_a_moment_on_begins_with_it(book: Book) -> None:
    book.step(1, 1000, 2000, (1500, b"one\n"), (1700, b"two\n"))
    book.say(2500, e.Noted(text="so far"))
    for replay in book.both():
        told = [one.data if isinstance(one, Printed) else one.event.kind for _, one in flow(replay, 1_700_000)]
        assert told == [b"two\n", "step_ended", "noted"]
        assert [at_us for at_us, _ in flow(replay, 2_000_000)] == [2_000_000, 2_500_000]
        assert list(flow(replay, 9_000_000)) == []


@pytest.mark.parametrize("version", [2, 3])
def test_what_was_typed_comes_before_what_answered_it(book: Book, version: Any) -> None:
    reads = (2000, b"password: "), (4000, b"\r\nok\r\nname: "), (7000, b"bob\r\nsure? "), (8000, b"yes\r\n")
    typed = [
        e.InputSent(attempt=1, n_bytes=9, text=text, after_bytes=after)
        for text, after in ((None, 10), ("bob\r", 22), ("y", 33))
    ]
    book.step(1, 1000, 8900, *reads, said=((4001, typed[0]), (7500, typed[1]), (8800, typed[2])))
    for replay in book.both(version):
        told = [(at, one.data if isinstance(one, Printed) else one.event.kind) for at, one in flow(replay)][2:-1]
        assert told == [
            (2_000_000, b"password: "),
            (4_000_000, "input_sent"),
            (4_000_000, b"\r\nok\r\nname: "),
            (7_000_000, "input_sent"),
            (7_000_000, b"bob\r\nsure? "),
            (8_000_000, "input_sent"),
            (8_000_000, b"yes\r\n"),
        ]
        assert [mark.at_us for mark in replay.marks if mark.kind == "typed"] == [4_000_000, 7_000_000, 8_000_000]
        assert replay.now(8_100_000) == NOW + timedelta(milliseconds=8100)


def test_a_read_is_cut_where_somebody_typed(book: Book) -> None:
    typed = e.InputSent(attempt=1, n_bytes=2, text="y\r", after_bytes=6)
    book.step(1, 1000, 3000, (2000, b"sure? y\r\nyes\r\n"), said=((2001, typed),))
    for replay in book.both():
        told = [one.data if isinstance(one, Printed) else one.event.kind for _, one in flow(replay, 2_000_000)]
        assert told == [b"sure? ", "input_sent", b"y\r\nyes\r\n", "step_ended"]


def test_the_terminal_has_the_size_of_then(book: Book) -> None:
    book.say(1000, e.TerminalResized(columns=120, rows=40))
    for replay in book.both():
        assert [replay.size(at_us) for at_us in (0, 999_999, 1_000_000)] == [(80, 24), (80, 24), (120, 40)]
        assert [mark.words for mark in replay.marks if mark.kind == "resize"] == ["terminal resized to 120x40"]


# Its moments.


def test_moments_are_gone_to_by_their_kind(book: Book) -> None:
    book.step(1, 1000, 2000)
    book.say(3000, e.Noted(text="look"))
    book.step(2, 4000, 5000)
    book.say(50_000, e.RunEnded(outcome="done"))
    replay, _ = book.both()

    def at(moment: int, kind: str, *, forward: bool) -> int | None:
        mark = next_mark(replay.marks, moment, (kind,), forward=forward)
        return None if mark is None else mark.at_us // 1000

    assert at(0, "step", forward=True) == 1000
    assert at(1_000_000, "step", forward=True) == 4000
    assert at(4_000_000, "step", forward=True) is None
    assert at(4_000_000, "step", forward=False) == 1000
    assert at(4_000_001, "step", forward=False) == 4000
    assert at(0, "note", forward=True) == 3000
    assert [(mark.at_us, mark.words) for mark in waits_of(replay.gaps)] == [(5_000_000, "nothing for 45.0 s")]


def test_ending_what_does_not_end_by_itself_is_nothing_bad(book: Book) -> None:
    for attempt, endless in ((1, "q or ctrl+c ends it"), (2, "")):
        about = {"step_id": "check", "attempt": attempt}
        book.say(attempt * 1000, e.StepStarted(**about, session="shell", text="tail -f", endless=endless))
        facts = {"duration_ns": 1, "output_bytes": 0, "output_head": ""}
        book.say(attempt * 1000 + 500, e.StepEnded(**about, outcome="interrupted", exit_status=130, **facts))
    replay, _ = book.both()
    assert [mark.is_bad for mark in replay.marks if mark.kind == "end"] == [False, True]


def test_a_step_whose_host_died_is_running_until_nobody_knows(book: Book) -> None:
    book.say(1000, e.StepStarted(step_id="check", attempt=1, session="shell", text="sleep"))
    book.say(2000, e.Noted(text="the last word"))
    for replay in book.both():
        assert replay.state(1_500_000).steps["check"].status == "running"
        assert replay.state(2_000_000).steps["check"].status == "unknown"


# Search.


def never(_passed: int) -> bool:
    return False


def test_a_search_goes_through_all_outputs_in_their_order_and_round_the_end(book: Book) -> None:
    book.step(1, 1000, 2000, (1100, b"an apple\r\n"), (1500, b"a pear\r\nan APPLE pie\r\n"))
    book.step(2, 3000, 4000, (3100, b"nothing\r\n"))
    book.step(3, 5000, 6000, (5100, b"one more app"), (5900, b"le\r\n"))
    for replay in book.both():
        hits = []
        spot = Spot(0, 0)
        for _ in range(4):
            hit = seek(replay.outputs, Needle("apple"), spot, forward=True, stop=never)
            assert hit is not None
            hits.append(hit)
            spot = hit.spot
        assert hits == [
            Hit(Spot(1, 0), 1_100_000, is_around=False),
            Hit(Spot(1, 18), 1_500_000, is_around=False),
            Hit(Spot(3, 0), 5_900_000, is_around=False),
            Hit(Spot(1, 0), 1_100_000, is_around=True),
        ]
        back = seek(replay.outputs, Needle("apple"), Spot(1, 0), forward=False, stop=never)
        assert back == Hit(Spot(3, 0), 5_900_000, is_around=True)
        assert seek(replay.outputs, Needle("APPLE"), Spot(0, 0), forward=True, stop=never) == hits[1]
        assert seek(replay.outputs, Needle("cherry"), Spot(2, 3), forward=True, stop=never) is None
        assert seek(replay.outputs, Needle("apple"), Spot(2, 3), forward=True, stop=lambda _: True) is None


# What cannot be read.


def cast_of(folder: Path, *lines: object, header: dict[str, object] | None = None) -> Path:
    path = folder / "some.cast"
    first = {"version": 2, "width": 80, "height": 24, **(header or {})}
    path.write_text("".join(json.dumps(line) + "\n" for line in (first, *lines)))
    return path


def test_a_recording_of_somebody_else_is_one_step_without_an_end(tmp_path: Path) -> None:
    path = cast_of(
        tmp_path, [0.5, "o", "one\r\n"], [1.0, "m", "here"], [2.0, "r", "100x30"], [9.0, "o", "two\r\n"],
        header={"title": "a walk", "timestamp": 1_700_000_000},
    )  # fmt: skip
    replay = open_recording(path)
    assert (replay.title, replay.duration_us) == ("a walk", 9_000_000)
    assert [step.title for step in replay.runbook.steps] == ["a walk"]
    assert replay.state(5_000_000).steps["recording"].status == "running"
    assert replay.state(9_000_000).steps["recording"].status == "unknown"
    assert printed(replay, 1, 8_999_999) == b"one\r\n"
    assert [mark.words for mark in replay.marks if mark.kind == "note"] == ["marker “here”"]
    assert replay.size(2_000_000) == (100, 30)
    assert replay.now(1_000_000).timestamp() == 1_700_000_001


def test_a_recording_from_the_end_of_time_is_watched_all_the_same(tmp_path: Path) -> None:
    path = cast_of(tmp_path, [40_000_000.0, "o", "one\r\n"], header={"timestamp": 253_370_764_799})
    replay = open_recording(path)
    assert replay.now(replay.duration_us).year == 9998
    assert replay.state(replay.duration_us).steps["recording"].status == "unknown"


def test_keys_of_somebody_elses_recording_are_told_by_the_line_and_at_its_step(tmp_path: Path) -> None:
    keys = [[0.5, "l"], [0.6, "s"], [0.7, "\r"], [1.0, "d"], [4.0, "f\r"], [5.0, "\u0003"]]
    path = cast_of(tmp_path, *([at, "i", key] for at, key in keys), [9.0, "o", "two\r\n"], header={"title": "a walk"})
    replay = open_recording(path)
    assert [(mark.at_us, mark.words) for mark in replay.marks if mark.kind == "typed"] == [
        (500_000, "typed “ls” into “a walk”"),
        (1_000_000, "typed “d” into “a walk”"),
        (4_000_000, "typed “f” into “a walk”"),
        (5_000_000, "typed “\x03” into “a walk”"),
    ]
    assert (replay.is_dated, replay.warnings) == (False, ())


def without_events(path: Path) -> None:
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not (line.startswith("[") and json.loads(line)[1] == "E")))


def test_a_recording_without_its_events_still_has_its_steps(book: Book) -> None:
    book.step(1, 1000, 2000, (1500, b"one\n"))
    book.step(2, 3000, 4000, (3500, b"two\n"), step_id="flush")
    book.both()
    without_events(book.folder / "run.cast")
    replay = open_recording(book.folder / "run.cast")
    state = replay.state(4_000_000)
    assert {state.steps[one].status for one in ("check", "flush")} == {"succeeded"}
    assert replay.state(3_600_000).steps["flush"].status == "running"
    assert printed(replay, 2, 3_600_000) == b"two\n"


def test_an_event_that_was_edited_ends_the_story_with_its_line(book: Book) -> None:
    book.step(1, 1000, 2000, (1500, b"one\n"))
    book.say(3000, e.ItemTicked(item_id="dba"))
    book.both()
    path = book.folder / "run.cast"
    lines = path.read_text().replace(
        '\\"step_id\\":\\"check\\",\\"attempt\\":1', '\\"step_id\\":\\"gone\\",\\"attempt\\":1'
    )
    path.write_text(lines)
    replay = open_recording(path)
    place = next(
        number for number, line in enumerate(lines.splitlines(), 1) if '"E"' in line and "step_started" in line
    )
    assert any(
        one == f"{path}:{place}: event 2 of the run does not follow from those before it; the run is told up to there"
        for one in replay.warnings
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "some.cast:1: this is no recording"),
        (b"# Redis\n", "some.cast:1: this is no recording"),
        (b'{"version": 9}\n', "some.cast:1: a recording of asciicast version 9 cannot be read"),
    ],
)
def test_what_is_no_recording_is_refused_with_its_line(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / "some.cast").write_bytes(content)
    with pytest.raises(DocumentError) as caught:
        open_recording(tmp_path / "some.cast")
    assert sentence in str(caught.value)


def test_a_recording_that_breaks_off_is_watched_as_far_as_it_goes(book: Book) -> None:
    book.step(1, 1000, 2000, *((1000 + n, b"%d\r\n" % n) for n in range(500)))
    book.both()
    path = book.folder / "run.cast"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    replay = open_recording(path)
    assert replay.state(replay.duration_us).steps["check"].status == "unknown"
    assert 0 < replay.outputs.size(1) < 500 * 4
    assert any("breaks off" in one for one in replay.warnings)


def test_a_recording_that_changes_while_it_is_watched_says_so(book: Book) -> None:
    book.step(1, 1000, 2000, (1500, b"one\n"))
    _, replay = book.both()
    with (book.folder / "run.cast").open("a") as file:
        file.write("\n")
    with pytest.raises(DocumentError, match="the recording was changed while it was in use"):
        printed(replay, 1, 1_600_000)


def test_a_run_whose_events_do_not_fit_together_is_refused(tmp_path: Path) -> None:
    trail = write_past(tmp_path / "audit.db")
    with tampering(trail) as connection:
        connection.execute(
            "UPDATE event SET payload = replace(payload, '\"check\"', '\"gone\"') WHERE run_id = ? AND action = ?",
            (DONE, "step_started"),
        )
    with pytest.raises(TrailUnusable, match=r"cannot be replayed: event \d+ of the run does not follow"):
        open_run(trail, DONE, {})


def test_the_steps_of_a_document_that_is_not_kept_are_those_of_the_plan(tmp_path: Path) -> None:
    replay = open_run(write_past(tmp_path / "audit.db"), DONE, {})
    assert [step.title for step in replay.runbook.steps] == [planned.title for planned in PLAN]
    assert [item.text for item in replay.runbook.steps[0].items] == [item.text for item in PLAN[0].items]
    assert replay.runbook.sha256 == sha256(DOCUMENT).hexdigest()


# Long ones.


@pytest.mark.slow
def test_a_long_recording_is_jumped_about_in(tmp_path: Path) -> None:
    """200 MB, of which only what is looked at is kept."""
    path, n_lines = tmp_path / "long.cast", 50_000
    with path.open("w") as file:
        file.write(json.dumps({"version": 2, "width": 80, "height": 24, "title": "long"}) + "\n")
        filling = "x" * 3990
        for number in range(n_lines):
            file.write(f'[{number / 100:.2f}, "o", "{number:08} {filling}\\r\\n"]\n')
    assert path.stat().st_size > 200_000_000
    watched = open_recording(path)
    size = watched.outputs.size(1) // n_lines
    for number in (n_lines - 1, 0, n_lines // 2, 17, n_lines - 2):
        at_us = number * 10_000
        assert watched.outputs.size_at(1, at_us) == (number + 1) * size
        assert watched.outputs.size_at(1, at_us - 1) == number * size
        assert watched.outputs.page(1, number * size, 8) == f"{number:08}".encode()
        assert watched.outputs.time_of(1, number * size) == at_us


@pytest.mark.slow
def test_a_recording_of_nothing_but_starts_takes_no_more_memory_than_one_of_lines(tmp_path: Path) -> None:
    path = tmp_path / "starts.cast"
    with path.open("w") as file:
        file.write(json.dumps({"version": 2, "width": 80, "height": 24, "oncue": {"format": 1}}) + "\n")
        for number in range(1, 20_001):
            about = {"oncue": "step_started", "id": "s", "attempt": number, "text_sha256": "x"}
            file.write(json.dumps([number / 100, "m", "▶ s " + json.dumps(about)]) + "\n")
    watched = open_recording(path)
    assert sum(len(state.attempts) for state in watched.history.kept) <= KEPT_ENTRIES
    assert max(watched.state(123_450_000).attempts) == 12_345
    assert max(watched.state(200_000_000).attempts) == 20_000


@pytest.mark.slow
def test_every_moment_of_ten_thousand_events_is_found() -> None:
    events = ticking(10_000)
    history = History(events, range(0, 10_000_000, 1000))
    state = fold(events[:5000])
    assert history.state(4_999_999) == state
    assert history.state(9_999_999) == fold(events[5000:], state)
    assert history.state(4_999_000) == state
    assert history.state(0) == fold(events[:1])
