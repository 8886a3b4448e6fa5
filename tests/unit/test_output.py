"""What a program prints cannot act on the operator's terminal, and is not lost either."""

from __future__ import annotations

import sys
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.output import OutputLines, TerminalFilter, visible


def filtered(data: bytes, *, full_screen: bool = False) -> bytes:
    stream = TerminalFilter()
    return stream.feed(data, full_screen=full_screen) + stream.flush()


def in_chunks(data: bytes, cuts: list[int], *, full_screen: bool) -> bytes:
    stream = TerminalFilter()
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    pieces = [data[a:b] for a, b in pairwise(places)]
    return b"".join(stream.feed(piece, full_screen=full_screen) for piece in pieces) + stream.flush()


PASSED_IN_LINES = [
    b"plain text\n",
    b"col\tumns\r\n",
    b"\rprogress 50%\b\b\b60%",
    b"\x1b[m\x1b[0m\x1b[1;31m\x1b[38;2;1;2;3mred\x1b[38:5:12m",
    b"\x1b[K\x1b[0K\x1b[1K\x1b[2K",
    b"\x1b[12G\x1b[C\x1b[3D",
    "é ✔ 漢字 ‘quoted’ 👍".encode(),
    b"\x07",
]


@pytest.mark.parametrize("data", PASSED_IN_LINES)
def test_text_colours_and_moves_within_a_line_pass_unchanged(data: bytes) -> None:
    assert filtered(data) == data


CHANGED_IN_LINES = [
    (b"a\x1b]0;title\x07b", b"ab"),
    (b"a\x1b]52;c;cm0gLXJmIC8=\x1b\\b", b"ab"),
    (b"a\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\b", b"alinkb"),
    (b"a\x1bPtmux;\x1b\x1b]52;c;eA==\x07\x1b\\b", b"ab"),
    (b"a\x1b_G1;payload\x1b\\b", b"ab"),
    (b"a\x1b^private\x1b\\b\x1bXstart\x1b\\c", b"abc"),
    (b"a\x1bcb", b"ab"),
    (b"a\x1b[6nb\x1b[cb\x1b[>c\x1b[21tc\x1b[?6$pd", b"abbcd"),
    (b"a\x1b[?1049hb\x1b[?25lc\x1b[?1000hd", b"abcd"),
    (b"a\x1b[2Jb\x1b[Hc\x1b[3Jd\x1b[5Ae\x1b[5Bf", b"abcdef"),
    (b"a\x1b[>4;2mb\x1b[?4mc", b"abc"),
    (b"a\x1b[999999999Cb", b"ab"),
    (b"a\x1b(0b\x1b)0c\x1b#8d\x1b%Ge", b"abcde"),
    (b"a\x1b7b\x1b8c\x1b=d\x1b>e", b"abcde"),
    ("a\x9d52;c;eA==\x9cb\x9b6nc\x90q\x9cd\x85e".encode(), b"abcde"),
    (b"a\x9b6nb", "a\ufffd6nb".encode()),
    (b"caf\xe9 \xff", "caf\ufffd \ufffd".encode()),
    (b"\x00\x03\x04\x0b\x0c\x7f", b"^@^C^D^K^L^?"),
    (b"\x1b[1mbold\x1b[m\x0f plain \x0eshifted\x0f", b"\x1b[1mbold\x1b[m plain shifted"),
    ("user\u202etxt.exe\u200b\ufeff".encode(), b"user<U+202E>txt.exe<U+200B><U+FEFF>"),
    (b"a\x1b\x1b[31mb", b"a\x1b[31mb"),
    (b"a\x1b[31\nmb", b"a\nmb"),
    (b"\x07\x07\x07", b"\x07"),
    (b"cut short \x1b[3", b"cut short "),
    (b"cut short \xe2\x80", "cut short \ufffd".encode()),
]


@pytest.mark.parametrize(("data", "shown"), CHANGED_IN_LINES)
def test_what_a_terminal_would_obey_is_dropped_or_made_visible(data: bytes, shown: bytes) -> None:
    assert filtered(data) == shown


def test_an_unclosed_string_does_not_swallow_the_lines_after_it() -> None:
    assert filtered(b"a\x1b]0;never closed\nnext line\n") == b"a\nnext line\n"


def test_an_unclosed_string_on_one_long_line_swallows_a_bounded_part_of_it() -> None:
    assert filtered(b"\x1bP" + b"x" * 100_000).count(b"x") == 100_000 - 4096


PASSED_IN_FULL_SCREEN = [
    b"\x1b[?1049h\x1b[?1h\x1b=\x1b[?2004h\x1b[?25l",
    b"\x1b[1;24r\x1b[12;40H\x1b[2J\x1b[J\x1b[3A\x1b[2L\x1b[M\x1b[4P\x1b[@\x1b[5X\x1b[3d\x1b[S\x1b[T",
    b"\x1b7\x1b8\x1bM\x1b(0lqk\x1b(B\x0e\x0f",
    b"\x1b[?1000h\x1b[?1002;1006h\x1b[?12;25h\x1b[4h\x1b[4l\x1b[2 q",
]


@pytest.mark.parametrize("data", PASSED_IN_FULL_SCREEN)
def test_an_editor_gets_the_screen(data: bytes) -> None:
    assert filtered(data, full_screen=True) == data


DROPPED_IN_FULL_SCREEN = [
    b"\x1b]52;c;eA==\x07",
    b"\x1b]0;title\x1b\\",
    b"\x1bP+q544e\x1b\\",
    b"\x1bc",
    b"\x1b[6n",
    b"\x1b[c",
    b"\x1b[>c",
    b"\x1b[14t",
    b"\x1b[?2026$p",
    b"\x1b[3J",
    b"\x1b[5i",
    b"\x1b[?1001h",
    b"\x1b[?3h",
    b"\x1b[!p",
    b"\x1b#8",
    b"\x1b[3g",
    b"\x1b[1;2;3;4;5T",
    b"\x05",
    b"\x00",
]


@pytest.mark.parametrize("data", DROPPED_IN_FULL_SCREEN)
def test_even_an_editor_cannot_ask_or_set_what_outlives_it(data: bytes) -> None:
    assert filtered(data, full_screen=True) == b""


def test_of_several_modes_set_at_once_only_the_allowed_ones_pass() -> None:
    assert filtered(b"\x1b[?3;25;1001;1006l", full_screen=True) == b"\x1b[?25;1006l"


def test_leaving_undoes_what_a_killed_editor_had_set() -> None:
    stream = TerminalFilter()
    stream.feed(b"\x1b[?1049h\x1b[?25l\x1b[1;10r\x1b[?1000h\x1b=\x1b[31m", full_screen=True)
    undone = stream.leave()
    expected = (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b7\x1b[r\x1b8", b"\x1b[?1000l", b"\x1b>", b"\x1b[m")
    assert sorted(expected) == sorted(part for part in expected if part in undone)
    assert undone.endswith(b"\x1b[m")
    assert stream.leave() == b""


def test_leaving_says_nothing_after_an_editor_that_cleaned_up() -> None:
    stream = TerminalFilter()
    stream.feed(b"\x1b[?1049h\x1b[?25l\x1b=", full_screen=True)
    stream.feed(b"\x1b[?1049l\x1b[?25h\x1b>", full_screen=True)
    assert stream.leave() == b"\x1b[m"


def test_leaving_plain_text_says_nothing() -> None:
    stream = TerminalFilter()
    stream.feed(b"plain\n", full_screen=False)
    assert stream.leave() == b""


SPICE = st.sampled_from(
    [
        *(b"\x1b", b"\x1b[", b"\x1b]", b"\x1bP", b"\x1b\\", b"\x07", b"[", b"?", b";", b"0", b"1049", b"25", b"m"),
        *(b"h", b"6n", b"$p", b"K", b"\n", b"\r", b"\xc2", b"\x9b", b"\x9d", b"\x9c", b"\xe2\x80\xae", b"\xe2"),
        *(b"\x80", b"a", b"\x1b[31m", b"\x1b[?25l", b"\xf0\x9f\x91\x8d", b" q", b"(", b"\x18", b"\x00", b"\xff"),
    ]
)
NOISE = st.one_of(st.binary(max_size=60), st.lists(SPICE, max_size=30).map(b"".join))


@given(NOISE, st.lists(st.integers(0, 200), max_size=12), st.booleans())
def test_where_the_stream_was_cut_makes_no_difference(data: bytes, cuts: list[int], full_screen: bool) -> None:
    cut = in_chunks(data, cuts, full_screen=full_screen).replace(b"\x07", b"")
    assert cut == filtered(data, full_screen=full_screen).replace(b"\x07", b"")


@given(NOISE, st.booleans())
def test_filtering_twice_changes_nothing_more(data: bytes, full_screen: bool) -> None:
    once = filtered(data, full_screen=full_screen)
    assert filtered(once, full_screen=full_screen) == once


LINE_FINALS = "mKCDG"
SCREEN_FINALS = "@ABCDEFGHIJKLMPSTXZ`abdefhlmqrsu"


def obeyed(data: bytes, *, full_screen: bool) -> list[str]:
    """What a terminal would do beyond printing, by a scanner that shares nothing with the filter."""
    text = data.decode("utf-8", "strict")
    found: list[str] = []
    at = 0
    while at < len(text):
        character = text[at]
        at += 1
        if character == "\x1b":
            sequence, at = sequence_at(text, at)
            found.append(sequence)
        elif character == "\x07" or (full_screen and character in "\x0e\x0f"):
            found.append(character)
        elif unicodedata.category(character) in ("Cc", "Cf") and character not in "\n\r\t\b":
            found.append(f"forbidden {character!r}")
    return found


def sequence_at(text: str, at: int) -> tuple[str, int]:
    end = at + 1
    if text[at : at + 1] == "[":
        while end < len(text) and not "@" <= text[end] <= "~":
            end += 1
        return text[at : end + 1], end + 1
    if text[at : at + 1] in ("(", ")"):
        end += 1
    return text[at:end], end


def may_pass(sequence: str, *, full_screen: bool) -> bool:
    if sequence == "\x07":
        return True
    body, final = sequence[1:-1], sequence[-1:]
    if sequence.startswith("[") and not full_screen:
        return final in LINE_FINALS and set(body) <= set("0123456789;:")
    if sequence.startswith("["):
        return final in SCREEN_FINALS and set(body) <= set("0123456789;:? ") and not (final == "J" and "3" in body)
    return full_screen and sequence in {*"78=>DEM", "(B", "(0", "(A", ")B", ")0", ")A", "\x0e", "\x0f"}


@given(NOISE, st.booleans())
def test_nothing_a_terminal_would_obey_gets_through(data: bytes, full_screen: bool) -> None:
    found = obeyed(filtered(data, full_screen=full_screen), full_screen=full_screen)
    assert [sequence for sequence in found if not may_pass(sequence, full_screen=full_screen)] == []


HANGUL_FILLERS = "\u115f\u1160\u3164\uffa0"
"""Letters to Unicode, nothing at all to the eye."""


@given(st.text(st.characters(categories=("L", "N", "P", "S", "Zs"), exclude_characters=HANGUL_FILLERS)))
def test_printable_text_of_any_language_arrives_as_it_is(text: str) -> None:
    assert filtered(text.encode()) == text.encode()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Restart the service", "Restart the service"),
        ("two\nlines\tand a tab\r", "two^Jlines^Iand a tab^M"),
        ("\x1b]52;c;x\x07", "^[]52;c;x^G"),
        ("C1 \x9b31m", "C1 <U+009B>31m"),
        ("admin\u202egpj.exe", "admin<U+202E>gpj.exe"),
        ("zero\u200bwidth\u2060\ufeff", "zero<U+200B>width<U+2060><U+FEFF>"),
        ("bad name \udcff", "bad name <U+DCFF>"),
        ("tag \U000e0041", "tag <U+E0041>"),
        ("filler \u3164", "filler <U+3164>"),
        ("née ✔ 漢字", "née ✔ 漢字"),
    ],
)
def test_a_title_is_one_line_with_nothing_hidden(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_every_format_character_is_made_visible() -> None:
    hidden = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) in ("Cf", "Cc", "Cs")]
    assert [character for character in hidden if visible(character) == character] == []


@given(st.text(alphabet=st.characters()))
def test_making_visible_twice_changes_nothing_more(text: str) -> None:
    assert visible(visible(text)) == visible(text)


def held(data: bytes, **bounds: int) -> OutputLines:
    output = OutputLines(**bounds)
    output.feed(data)
    return output


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"", []),
        (b"one\ntwo\n", ["one", "two"]),
        (b"one\r\ntwo", ["one", "two"]),
        (b"\n\nx", ["", "", "x"]),
        (b" 10%\r 50%\r100%\n", ["100%"]),
        (b"working\r\x1b[Kdone\n", ["done"]),
        (b"abc\b\bX\n", ["aXc"]),
        (b"abc\x1b[2GX\x1b[5GY\n", ["aXc Y"]),
        (b"abcdef\x1b[3D\x1b[K\n", ["abc"]),
        (b"abcdef\x1b[4D\x1b[1K\n", ["   def"]),
        (b"\x1b[31mred\nstill\x1b[0m plain\nplain\n", ["\x1b[31mred", "\x1b[31mstill\x1b[0m plain", "plain"]),
        (b"\x1b[1m\x1b[31mx\x1b[22my\nz\n", ["\x1b[1m\x1b[31mx\x1b[22my", "\x1b[31mz"]),
        (b"\x1b[38;5;9;44mx\nz\x1b[39m\nw\n", ["\x1b[38;5;9;44mx", "\x1b[38;5;9;44mz\x1b[39m", "\x1b[44mw"]),
        (b"\x1b[32mold\r\x1b[31mnew\x1b[m\n", ["\x1b[31mnew"]),
        (b"a\x1b]0;t\x07b\x1b[6n\n", ["ab"]),
    ],
)
def test_lines_are_what_would_be_seen(data: bytes, lines: list[str]) -> None:
    assert list(held(data).lines) == lines


def test_old_lines_make_room_and_are_counted() -> None:
    output = held(b"".join(b"%d\n" % n for n in range(100)), max_lines=10)
    assert list(output.lines) == [str(n) for n in range(90, 100)]
    assert output.dropped == 90
    assert len(output) == 10


def test_a_line_without_an_end_stays_bounded() -> None:
    output = OutputLines(max_length=100)
    for _ in range(1000):
        output.feed(b"x" * 1000)
    assert output.last_line == "x" * 100 + "…"
    output.feed(b"\nnext")
    assert list(output.lines) == ["x" * 100 + "…", "next"]


def test_a_progress_bar_of_a_million_steps_is_its_last_state() -> None:
    output = OutputLines(max_length=100)
    for n in range(1000):
        output.feed(b"".join(b"\r%3d of 1000" % n for _ in range(100)))
    assert output.last_line == "999 of 1000"


def test_the_last_line_is_what_stands_after_the_last_newline() -> None:
    output = held(b"one\nPassword: ")
    assert output.last_line == "Password: "
    output.feed(b"\n")
    assert output.last_line == ""


COLOURFUL = st.lists(
    st.sampled_from(
        [b"ab", b"\n", b"\r", b"\r\n", b"\x1b[31m", b"\x1b[0m", b"\x1b[1;44m", b"\x1b[K", b"\b", b"\x1b[3G"]
    ),
    max_size=25,
).map(b"".join)


@given(COLOURFUL, st.integers(0, 80))
def test_lines_do_not_depend_on_where_the_output_was_cut(data: bytes, cut: int) -> None:
    output = OutputLines(max_length=7)
    output.feed(data[:cut])
    output.feed(data[cut:])
    assert list(output.lines) == list(held(data, max_length=7).lines)
