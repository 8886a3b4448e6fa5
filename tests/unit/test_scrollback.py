"""Looking back over an output: every line is found from everywhere, whatever the bytes and wherever one starts."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.trail.books import begin_step, end_step, open_writer, start

from engine.feed import Gap, OutputPiece
from engine.output import OutputLines
from engine.scrollback import (
    BLOCK,
    Book,
    Elsewhere,
    Needle,
    Position,
    Reach,
    Row,
    Tail,
    TrailOutput,
    above,
    below,
    find_line,
    line_at,
    page_of,
)
from engine.sessions.contract import TerminalMode

MODE = TerminalMode()
PIECES = (
    b"a line of output\r\n",
    b"\n",
    b"\x1b[31mred\x1b[0m and plain\n",
    b"\x1b[1;34m",
    b"\r 50%\r100%",
    b"caf\xc3\xa9 \xe6\xbc\xa2\xe5\xad\x97\n",
    b"\xff\xfe invalid \xc3\n",
    b"\x1b]0;a title\x07after\n",
    b"\x1bP dcs \x1b\\\x9b31m\x1bc\x1b[6n\n",
    b"x" * 300,
    b"no end ",
    b"\x00\x07\x08\n",
    b"y\r\n" * 200,
)


class Held:
    """A source that holds everything."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def page(self, attempt: int, start: int, n_bytes: int) -> bytes:
        return self.data[start : start + n_bytes]

    def size(self, attempt: int) -> int:
        return len(self.data)


def fetched(book: Book, reach: Callable[[], Reach]) -> list[Row]:
    """All that was asked for, once what is lacking has been fetched."""
    while (reached := reach()).missing is not None:
        assert book.receive(reached.missing, book.fetch(reached.missing))
    return list(reached.rows)


def opened(data: bytes) -> Book:
    book = Book(1, Held(data), live=False)
    assert book.receive(None, book.fetch(None)) or not data
    return book


def whole_lines(data: bytes) -> list[str]:
    lines = OutputLines(max_lines=10**6, max_length=10**6)
    lines.feed(data)
    return list(lines.lines)


def one_row(_text: str) -> tuple[int, ...]:
    return (0,)


def in_rows_of_ten(text: str) -> tuple[int, ...]:
    return tuple(range(0, max(1, len(text)), 10))


def upwards(book: Book, height: int, rows_of: Callable[[str], tuple[int, ...]]) -> list[Row]:
    """Every row, read page by page from the bottom to the top."""
    rows: list[Row] = []
    top = Position(book.size)
    while True:
        part = fetched(book, partial(above, book, top, height, rows_of))
        if not part:
            return rows
        rows[:0] = part
        top = part[0].position


def downwards(book: Book, height: int, rows_of: Callable[[str], tuple[int, ...]]) -> list[Row]:
    rows: list[Row] = []
    at = Position(0)
    while True:
        part = fetched(book, partial(below, book, at, height + 1, rows_of))
        rows += part[:height]
        if len(part) <= height:
            return rows
        at = part[height].position


def lines_of(rows: list[Row]) -> list[str]:
    return [row.text for row in rows if row.position.column == 0]


@st.composite
def outputs(draw: st.DrawFn) -> bytes:
    """Some hundred kilobytes in which every kind of piece follows every other."""
    chance = random.Random(draw(st.integers(0, 2**32)))
    kinds = draw(st.lists(st.sampled_from(PIECES) | st.binary(min_size=1, max_size=40), min_size=1, max_size=8))
    size = draw(st.integers(0, 5 * BLOCK))
    data = bytearray()
    while len(data) < size:
        data += chance.choice(kinds)
    return bytes(data)


@settings(max_examples=60, deadline=None)
@given(outputs(), st.integers(1, 200))
def test_from_the_bottom_to_the_top_every_line_is_seen_once(data: bytes, height: int) -> None:
    rows = upwards(opened(data), height, one_row)
    assert rows == downwards(opened(data), height, one_row)
    if all(len(line) < BLOCK for line in data.split(b"\n")):
        assert [_uncoloured(row.text) for row in rows] == [_uncoloured(line) for line in whole_lines(data)]
    starts = [row.position.start for row in rows]
    assert starts == sorted(set(starts))


@settings(max_examples=30, deadline=None)
@given(outputs(), st.integers(1, 50))
def test_wrapped_rows_are_the_same_from_both_ends(data: bytes, height: int) -> None:
    up, down = upwards(opened(data), height, in_rows_of_ten), downwards(opened(data), height, in_rows_of_ten)
    assert [row.position for row in up] == [row.position for row in down]
    assert lines_of(up) == lines_of(down)


def _uncoloured(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;:]*m", "", text)


@settings(max_examples=40, deadline=None)
@given(outputs(), st.lists(st.integers(1, 3 * BLOCK), max_size=12))
def test_a_live_book_shows_what_a_stored_one_shows(data: bytes, cuts: list[int]) -> None:
    book, place = Book(1, Held(data), live=True), 0
    for length in [*cuts, len(data)]:
        if piece := data[place : place + length]:
            book.take(OutputPiece(1, place, piece, MODE))
            above(book, Position(book.size), 30, one_row, torn=True)
        place += length
    assert upwards(book, 40, one_row) == upwards(opened(data), 40, one_row)


LONG = {
    "letters": b"x" * (40 * BLOCK),
    "characters of three bytes": "漢".encode() * (10 * BLOCK),
    "colours": b"\x1b[31mred\x1b[0mplain" * (BLOCK // 2),
    "titles": (b"\x1b]0;" + b"t" * 3000 + b"\x07shown") * 30,
    "a progress bar": b"".join(b"\r%6d of 100000" % number for number in range(20000)),
}


@pytest.mark.parametrize("name", LONG)
def test_a_line_without_end_is_shown_in_pieces_that_lose_nothing(name: str) -> None:
    data = LONG[name]
    texts = [_uncoloured(row.text) for row in upwards(opened(data + b"\nlast"), 10, one_row)]
    assert texts[-1] == "last"
    assert max(map(len, texts)) <= 2 * BLOCK
    if name != "a progress bar":
        assert "".join(texts[:-1]) == _uncoloured(whole_lines(data)[0]) if len(data) < 10**6 else True
    assert "\ufffd" not in "".join(texts)
    assert "[31m" not in "".join(texts)


def test_colours_set_on_the_page_before_are_carried_over() -> None:
    data = b"\x1b[31m" + b"red line\n" * 2500
    assert above(opened(data), Position(len(data)), 1, one_row).rows[0].text.startswith("\x1b[31m")


def test_what_passed_too_fast_is_read_when_somebody_scrolls_there() -> None:
    data = b"".join(b"line %06d\n" % number for number in range(40_000))
    book = Book(1, Held(data), live=True)
    book.take(OutputPiece(1, 0, data[:100], MODE))
    book.take(Gap(1, 100, len(data) - 300))
    book.take(OutputPiece(1, len(data) - 300, data[-300:], MODE))
    assert book.tail.skipped == len(data) - 400
    reach = above(book, Position(book.size), 50, one_row, torn=True)
    assert [row.text for row in reach.rows][-1] == "line 039999"
    assert len(reach.rows) < 50
    assert reach.missing is not None
    assert lines_of(upwards(book, 1000, one_row)) == data.decode().splitlines()


def test_a_portion_that_does_not_reach_what_is_needed_is_not_kept() -> None:
    """The trail is a moment behind what is shown."""
    data = b"line\n" * 20_000
    source = Held(data[: 2 * BLOCK])
    book = Book(1, source, live=True)
    book.take(Gap(1, 0, len(data)))
    assert not book.receive(book.last, book.fetch(book.last))
    with pytest.raises(Elsewhere):
        book.page(book.last)
    source.data = data
    assert book.receive(book.last, book.fetch(book.last))
    assert book.page(book.last).texts[-1] == "line"


def test_a_tail_keeps_its_end_and_says_what_it_skipped() -> None:
    tail = Tail()
    tail.append(0, b"abc")
    tail.append(1, b"bcd")
    assert tail.read(0, 10) == b"abcd"
    tail.append(10, b"xyz")
    assert (tail.start, tail.end, tail.skipped) == (10, 13, 6)
    tail.prepend(6, b"uvwx")
    assert (tail.start, tail.read(0, 20), tail.skipped) == (6, b"uvwxxyz", 0)
    tail.prepend(2, b"no")
    assert tail.start == 6
    for number in range(40):
        tail.append(13 + number * 100_000, b"z" * 100_000)
    assert tail.end == 13 + 4_000_000
    assert len(tail.read(0, tail.end)) <= 1024 * 1024


def test_a_line_is_found_from_any_byte_of_it() -> None:
    data = b"one\ntwo\nthree"
    book = opened(data)
    assert [line_at(book, place) for place in (0, 3, 4, 7, 8, 12)] == [0, 0, 4, 4, 8, 8]


def test_an_empty_output_has_no_lines() -> None:
    assert above(opened(b""), Position(0), 5, one_row).rows == []
    assert page_of(0, b"", 0).texts == ()


# Search.


def found(data: bytes, needle: str, place: int, *, forward: bool = False) -> int | None:
    read = lambda first, end: data[first:end]  # noqa: E731
    return find_line(read, len(data), Needle(needle), place, forward=forward, stop=lambda _place: False)


HAYSTACK = b"first ERROR here\n" + b"nothing\n" * 5000 + b"conn\x1b[1;31merr\x1b[0mor\n" + b"nothing\n" * 9000 + b"end"
FINDINGS = (
    ("error", len(HAYSTACK), False, HAYSTACK.index(b"conn")),
    ("error", HAYSTACK.index(b"conn"), False, 0),
    ("error", 0, False, None),
    ("error", 0, True, HAYSTACK.index(b"conn")),
    ("ERROR", len(HAYSTACK), False, 0),
    ("connerror", len(HAYSTACK), False, HAYSTACK.index(b"conn")),
    ("Error", len(HAYSTACK), False, None),
    ("[1;31m", len(HAYSTACK), False, None),
    ("end", 0, True, len(HAYSTACK) - 3),
)


@pytest.mark.parametrize(("needle", "place", "forward", "line"), FINDINGS)
def test_a_search_finds_the_next_line_that_shows_the_text(
    needle: str, place: int, forward: bool, line: int | None
) -> None:
    assert found(HAYSTACK, needle, place, forward=forward) == line


def test_a_search_sees_what_is_struck_over_and_what_is_not_ascii() -> None:
    assert found(b"N\bNA\bAM\bME\bE\n", "name", 100) == 0
    assert found("x\nÜBER\n".encode(), "über", 100) == 2


@settings(max_examples=30, deadline=None)
@given(outputs(), st.integers(0, 5 * BLOCK))
def test_a_search_in_both_directions_finds_exactly_the_lines_that_show_it(data: bytes, place: int) -> None:
    rows = [row for row in upwards(opened(data), 500, one_row) if "plain" in _uncoloured(row.text)]
    starts = [row.position.start for row in rows]
    assert found(data, "plain", place) == max((one for one in starts if one < place), default=None)
    assert found(data, "plain", place, forward=True) == min((one for one in starts if one > place), default=None)


def test_a_search_can_be_stopped() -> None:
    places: list[int] = []

    def stop(place: int) -> bool:
        places.append(place)
        return len(places) == 3

    data = b"nothing\n" * 2_000_000
    assert (
        find_line(lambda first, end: data[first:end], len(data), Needle("x"), 10**9, forward=False, stop=stop) is None
    )
    assert places == sorted(places, reverse=True)
    assert len(places) == 3


# The trail.


@pytest.fixture
def trail(tmp_path: Path) -> tuple[Path, bytes]:
    data = b"".join(b"%06d a line of output that a program printed\n" % number for number in range(20_000))
    path = tmp_path / "audit.db"
    with open_writer(path) as writer:
        start(writer)
        begin_step(writer, "run-1", 1)
        for first in range(0, len(data), 50_000):
            writer.write_output("run-1", 1, data[first : first + 50_000], first)
        end_step(writer, "run-1", 1)
    return path, data


def test_any_bytes_of_an_output_are_read_from_the_trail(trail: tuple[Path, bytes]) -> None:
    path, data = trail
    stored = TrailOutput(path, "run-1")
    assert stored.size(1) == len(data)
    assert stored.size(2) == 0
    for first, length in ((0, 10), (65_530, 20), (100_000, 200_000), (len(data) - 5, 50), (len(data) + 5, 5), (7, 0)):
        assert stored.page(1, first, length) == data[first : first + length]


def test_a_past_attempt_is_looked_through_from_the_trail(trail: tuple[Path, bytes]) -> None:
    path, data = trail
    book = Book(1, TrailOutput(path, "run-1"), live=False)
    assert book.receive(None, book.fetch(None))
    assert lines_of(upwards(book, 300, one_row)) == data.decode().splitlines()
    line = find_line(book.reader(), book.size, Needle("000123 A".lower()), 10**9, forward=False, stop=lambda _: False)
    assert line == data.index(b"000123 a")
