"""Marks stand below what they mark, in whatever way the text is shown."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.output import underlined, visible


def shown(text: str, part: str, columns: int = 60) -> list[tuple[str, str]]:
    start = text.index(part)
    return [tuple(one) for one in underlined(text, (start, start + len(part)), columns)]


@pytest.mark.parametrize(
    ("text", "part", "expected"),
    [
        ("kubectl delete ns app", "delete ns", [("kubectl delete ns app", "        ^^^^^^^^^")]),
        ("a\nb rm c\nd", "rm", [("a", ""), ("b rm c", "  ^^"), ("d", "")]),
        ("if x; then\n  rm y\nfi", "then\n  rm", [("if x; then", "      ^^^^"), ("  rm y", "  ^^"), ("fi", "")]),
        ("\trm x", "rm", [("    rm x", "    ^^")]),
        ("a\trm", "rm", [("a   rm", "    ^^")]),
        ("日本 rm", "rm", [("日本 rm", "     ^^")]),
        ("rm 日本", "日本", [("rm 日本", "   ^^^^")]),
        ("e\u0301 rm", "rm", [("e\u0301 rm", "  ^^")]),
        ("a\u202eb rm", "rm", [("a<U+202E>b rm", "           ^^")]),
        ("a\x1b[2J rm", "\x1b[2J", [("a^[[2J rm", " ^^^^^")]),
        ("rm \r", "rm \r", [("rm ^M", "^^")]),
    ],
)
def test_marks_follow_what_is_shown(text: str, part: str, expected: list[tuple[str, str]]) -> None:
    assert shown(text, part) == expected


def test_a_marked_line_is_broken_where_the_terminal_would_break_it() -> None:
    assert shown("0123456789", "67", 4) == [("0123", ""), ("4567", "  ^^"), ("89", "")]
    assert shown("日本日本 rm", "rm", 5) == [("日本", ""), ("日本 ", ""), ("rm", "^^")]


def test_a_part_of_many_lines_is_told_by_its_beginning() -> None:
    text = "\n".join("x" for _ in range(9))
    assert [marks for _, marks in underlined(text, (0, len(text)), 80)] == ["^"] * 6 + [""] * 3


def test_nothing_is_marked_for_an_empty_part() -> None:
    assert list(underlined("ls", (1, 1), 80)) == [("ls", "")]


def width(text: str) -> int:
    combining = sum(1 for one in text if unicodedata.combining(one) or unicodedata.category(one) in ("Mn", "Me"))
    return len(text) - combining + sum(1 for one in text if unicodedata.east_asian_width(one) in "WF")


@given(st.text(alphabet="a b\t\n日\u0301\u202e\x1bé—", max_size=40), st.integers(-2, 45), st.integers(-2, 45))
def test_the_text_is_shown_whole_and_the_marks_never_reach_beyond_it(text: str, start: int, end: int) -> None:
    rows = list(underlined(text, (start, end), 7))
    joined = "".join(row.text for row in rows).replace(" ", "")
    assert joined == "".join(visible(line.expandtabs(4)) for line in text.split("\n")).replace(" ", "")
    for row in rows:
        assert set(row.marks) <= {" ", "^"}
        assert len(row.marks) <= width(row.text)
