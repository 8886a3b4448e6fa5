"""Watchers of a run: everything in order, each at its own pace, and the truth about what was missed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.hosts import Bench, run_current, until_idle
from support.runs import recorded, started

from engine import clock
from engine import events as e
from engine.client import Client
from engine.errors import Refused
from engine.feed import Cursor, Feed, Gap, OutputPiece
from engine.sessions.contract import TerminalMode

MODE = TerminalMode()
START = e.StepStarted(step_id="check", attempt=1, session="shell", text="true")
END = e.StepEnded(
    step_id="check", attempt=1, outcome="succeeded", exit_status=0, duration_ns=1, output_bytes=0, output_head=""
)


def told(feed: Feed, cursor: Cursor) -> list[object]:
    pieces: list[object] = []
    while (piece := feed.next(cursor, timeout=0)) is not None:
        pieces.append(piece)
    return pieces


def test_the_end_of_a_step_is_told_after_all_of_its_output() -> None:
    feed, cursor = Feed(), Cursor()
    events = recorded((started(), START, END))
    feed.add(events[0])
    feed.add(events[1])
    feed.add_output(1, b"one\n", MODE)
    feed.add(events[2])
    assert told(feed, cursor) == [events[0], events[1], OutputPiece(1, 0, b"one\n", MODE), events[2]]


def test_a_late_watcher_is_told_everything_from_the_start() -> None:
    feed = Feed()
    events = recorded((started(), START, END))
    for one in events:
        feed.add(one)
    feed.close()
    assert told(feed, Cursor()) == list(events)
    assert feed.next(Cursor(events=3)) is None


def test_a_watcher_that_fell_behind_is_told_exactly_what_it_missed() -> None:
    feed, cursor = Feed(keep_bytes=10), Cursor()
    events = recorded((started(), START))
    for one in events:
        feed.add(one)
    mode = TerminalMode(echo=False)
    feed.add_output(1, b"a" * 8, MODE)
    feed.add_output(1, b"b" * 8, mode)
    assert told(feed, cursor)[2:] == [Gap(1, 0, 8), OutputPiece(1, 8, b"b" * 8, mode)]


def test_a_watcher_of_the_end_jumps_over_what_is_too_far_back() -> None:
    feed, cursor = Feed(), Cursor(most_behind=6)
    for one in recorded((started(), START)):
        feed.add(one)
    feed.add_output(1, b"a" * 4, MODE)
    feed.add_output(1, b"b" * 6, MODE)
    assert told(feed, cursor)[2:] == [Gap(1, 0, 4), OutputPiece(1, 4, b"b" * 6, MODE)]
    feed.add_output(1, b"c" * 6, MODE)
    assert told(feed, cursor) == [OutputPiece(1, 10, b"c" * 6, MODE)]


@given(
    st.lists(st.tuples(st.binary(min_size=1, max_size=9), st.booleans(), st.booleans()), max_size=30),
    st.sampled_from((None, 1, 7, 50)),
)
def test_pieces_and_gaps_cover_the_output_without_overlap(
    reads: list[tuple[bytes, bool, bool]], most_behind: int | None
) -> None:
    feed, cursor, whole, seen = Feed(keep_bytes=20), Cursor(most_behind=most_behind), b"", 0
    for one in recorded((started(), START)):
        feed.add(one)
    assert len(told(feed, cursor)) == 2
    for data, echo, look in reads:
        feed.add_output(1, data, TerminalMode(echo=echo))
        whole += data
        for piece in told(feed, cursor) if look else []:
            seen = _follows(piece, seen, whole)
    for piece in told(feed, cursor):
        seen = _follows(piece, seen, whole)
    assert seen == len(whole)


def _follows(piece: object, seen: int, whole: bytes) -> int:
    if isinstance(piece, Gap):
        assert piece.first == seen < piece.end
        return piece.end
    assert isinstance(piece, OutputPiece)
    assert (piece.offset, piece.data) == (seen, whole[seen : piece.end])
    return piece.end


def test_a_slow_client_that_wants_the_end_is_told_the_end(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    try:
        address, client = bench.start("# Flood\n\n```bash\nseq 1 500000\n```\n")
        watcher = Client(address, "watcher", clock.this_actor(os.environ), most_behind=100_000)
        watcher.catch_up()
        run_current(client)
        until_idle(client)
        told = [piece for piece in iter(lambda: watcher.told(0.2), None) if isinstance(piece, OutputPiece | Gap)]
        data = b"".join(piece.data for piece in told if isinstance(piece, OutputPiece))
        assert len(data) < 1_000_000
        assert data.endswith(b"499999\r\n500000\r\n")
        assert told[-1].end == client.state.attempts[1].output_bytes
        watcher.hang_up()
    finally:
        bench.close()


@pytest.mark.parametrize("nonsense", ["many", 0, -1, 1.5])
def test_a_host_says_what_it_does_not_understand_of_a_greeting(tmp_path: Path, nonsense: object) -> None:
    bench = Bench(tmp_path)
    try:
        address, _ = bench.start("# Empty\n\n```bash\ntrue\n```\n")
        with pytest.raises(Refused, match="number of bytes"):
            Client(address, "watcher", clock.this_actor(os.environ), most_behind=nonsense)  # type: ignore[arg-type]
    finally:
        bench.close()
