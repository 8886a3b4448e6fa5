"""What is kept of a step's output so that a terminal can take over in the middle of it."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events

from engine.feed import Gap, OutputPiece
from engine.sessions.contract import TerminalMode
from tui.handover import TypedAhead
from tui.recent import Aside, FullScreen, Recent

LINES = TerminalMode()
KEYS = TerminalMode(echo=False, canonical=False)
SCREEN = TerminalMode(echo=False, canonical=False, alternate_screen=True)


def pieces(*written: tuple[bytes, TerminalMode], attempt: int = 1) -> list[OutputPiece]:
    found: list[OutputPiece] = []
    for data, mode in written:
        found.append(OutputPiece(attempt, found[-1].end if found else 0, data, mode))
    return found


def recent(*written: tuple[bytes, TerminalMode], keep_bytes: int = 1000) -> Recent:
    kept = Recent(keep_bytes)
    for piece in pieces(*written):
        kept.add(piece)
    return kept


TABLE = (
    ("a pager", [(b"\x1b[?1049hone", SCREEN)], True),
    ("lines", [(b"\x1b[2J\x1b[H", LINES)], False),
    ("a line editor", [(b"\r\x1b[K>>> \x1b[4C", KEYS)], False),
    ("a program that clears the screen and reads key by key", [(b"\x1b[?1h", KEYS), (b"\x1b[H\x1b[2Jtop", KEYS)], True),
    ("after the pager", [(b"\x1b[?1049hone", SCREEN), (b"\x1b[?1049lbye", LINES)], False),
    ("after the other one", [(b"\x1b[1;1Htop", KEYS), (b"bye\n", LINES)], False),
    ("nothing yet", [], False),
)


@pytest.mark.parametrize(("written", "on"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_who_has_the_whole_screen_is_told_by_the_output(written: list[tuple[bytes, TerminalMode]], on: bool) -> None:
    screen = FullScreen()
    for piece in pieces(*written):
        screen.follow(piece)
    assert screen.on is on
    assert recent(*written).full_screen is on


def test_a_screen_is_replayed_from_where_the_program_took_it() -> None:
    replay = recent((b"before\n", LINES), (b"\x1b[?1h", KEYS), (b"\x1b[?1049h", SCREEN), (b"drawn", SCREEN)).replay()
    assert [piece.data for piece in replay.pieces] == [b"\x1b[?1h", b"\x1b[?1049h", b"drawn"]
    assert replay.is_whole
    assert replay.full_screen


def test_what_a_screen_has_set_outlives_what_is_kept_of_it() -> None:
    kept = recent((b"\x1b[?1049h\x1b[?1h", SCREEN), (b"x" * 900, SCREEN), (b"y" * 900, SCREEN))
    replay = kept.replay()
    assert [piece.data for piece in replay.pieces] == [b"y" * 900]
    assert not replay.is_whole
    assert replay.before.enter() == b"\x1b[?1049h\x1b[?1h"
    assert replay.before.leave() == b"\x1b[?1l\x1b[?1049l\x1b[m"
    assert kept.replay().before.enter() == b"\x1b[?1049h\x1b[?1h", "a replay is a copy"


def test_a_picture_for_another_size_is_not_whole() -> None:
    kept = recent((b"\x1b[?1049hdrawn", SCREEN))
    kept.resized()
    assert not kept.replay().is_whole


def test_another_attempt_begins_anew() -> None:
    kept = recent((b"\x1b[?1049hdrawn", SCREEN))
    kept.add(OutputPiece(2, 0, b"second\n", LINES))
    assert [piece.attempt for piece in kept.replay().pieces] == [2]
    assert not kept.full_screen


@given(st.lists(st.tuples(st.binary(min_size=1, max_size=60), st.sampled_from([LINES, KEYS, SCREEN])), max_size=30))
def test_what_is_kept_is_an_end_of_the_output_within_its_bound(written: list[tuple[bytes, TerminalMode]]) -> None:
    replay = recent(*written, keep_bytes=100).replay()
    shown = b"".join(piece.data for piece in replay.pieces)
    assert b"".join(data for data, _ in written).endswith(shown)
    assert len(shown) <= 100


@given(st.lists(st.integers(1, 40), max_size=30))
def test_output_put_aside_is_its_end_with_one_gap_before_it(sizes: list[int]) -> None:
    written = pieces(*((b"x" * size, LINES) for size in sizes))
    aside = Aside(100)
    for piece in written:
        aside.add(piece)
    taken = aside.take()
    assert aside.take() == []
    assert sum(isinstance(one, Gap) for one in taken) <= 1
    places = [(one.first if isinstance(one, Gap) else one.offset, one.end) for one in taken]
    assert all(before[1] == after[0] for before, after in pairwise(places))
    assert (places[0][0], places[-1][1]) == (0, sum(sizes)) if sizes else not places


def test_what_is_typed_while_the_app_lets_go_is_kept_as_bytes() -> None:
    passed: list[Any] = []
    driver = SimpleNamespace(send_message=passed.append)
    ahead = TypedAhead(SimpleNamespace(_driver=driver))  # type: ignore[arg-type]
    for message in (
        events.Key("a", "a"),
        events.Key("up", None),
        events.Paste("b\nc"),
        events.AppBlur(),
        events.Key("ctrl+right_square_bracket", "\x1d"),
        events.Key("z", "z"),
    ):
        driver.send_message(message)
    assert ahead.stop() == b"a\x1b[Ab\nc"
    driver.send_message(events.Key("y", "y"))
    assert [type(one) for one in passed] == [events.AppBlur, events.Key]
