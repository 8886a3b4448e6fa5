"""A key that Textual has understood is sent on as the terminal sent it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual._xterm_parser import XTermParser

from tui.key_bytes import LETTERS, NUMBERS, to_bytes

TABLE = (
    ("a", "a", b"a"),
    ("A", "A", b"A"),
    ("é", "é", "é".encode()),
    ("plus", "+", b"+"),
    ("question_mark", "?", b"?"),
    ("space", " ", b" "),
    ("enter", "\r", b"\r"),
    ("tab", "\t", b"\t"),
    ("shift+tab", None, b"\x1b[Z"),
    ("escape", "\x1b", b"\x1b"),
    ("backspace", "\x7f", b"\x7f"),
    ("ctrl+c", "\x03", b"\x03"),
    ("ctrl+c", None, b"\x03"),
    ("ctrl+backslash", "\x1c", b"\x1c"),
    ("ctrl+right_square_bracket", "\x1d", b"\x1d"),
    ("ctrl+circumflex_accent", "\x1e", b"\x1e"),
    ("ctrl+underscore", "\x1f", b"\x1f"),
    ("ctrl+at", "\x00", b"\x00"),
    ("alt+x", "x", b"\x1bx"),
    ("alt+shift+x", "X", b"\x1bX"),
    ("alt+enter", None, b"\x1b\r"),
    ("alt+ctrl+c", None, b"\x1b\x03"),
    ("up", None, b"\x1b[A"),
    ("shift+up", None, b"\x1b[1;2A"),
    ("ctrl+left", None, b"\x1b[1;5D"),
    ("ctrl+shift+left", None, b"\x1b[1;6D"),
    ("alt+ctrl+shift+left", None, b"\x1b[1;8D"),
    ("home", None, b"\x1b[H"),
    ("delete", None, b"\x1b[3~"),
    ("shift+delete", None, b"\x1b[3;2~"),
    ("pageup", None, b"\x1b[5~"),
    ("f1", None, b"\x1bOP"),
    ("ctrl+f1", None, b"\x1b[1;5P"),
    ("f5", None, b"\x1b[15~"),
    ("f13", None, b"\x1b[1;2P"),
    ("f24", None, b"\x1b[24;2~"),
    ("shift+f5", None, b"\x1b[15;2~"),
    ("super+a", "a", None),
    ("caps_lock", None, None),
    ("left_shift", None, None),
)


@pytest.mark.parametrize(("key", "character", "wanted"), TABLE)
def test_a_key_becomes_what_a_terminal_sends(key: str, character: str | None, wanted: bytes | None) -> None:
    assert to_bytes(key, character) == wanted


@pytest.mark.parametrize("key", LETTERS)
def test_cursor_keys_follow_the_programs_wish(key: str) -> None:
    assert to_bytes(key, application_cursor=True) == f"\x1bO{LETTERS[key]}".encode()
    assert to_bytes(f"ctrl+{key}", application_cursor=True) == f"\x1b[1;5{LETTERS[key]}".encode()


def read(data: str) -> list[events.Key]:
    """As Textual reads it from a terminal."""
    parser = XTermParser()
    return [event for event in (*parser.feed(data), *parser.feed("")) if isinstance(event, events.Key)]


@pytest.mark.parametrize("key", [*LETTERS, *NUMBERS, "f1", "f4", "enter", "tab", "backspace", "space", "ctrl+d"])
def test_what_is_sent_is_read_as_the_same_key(key: str) -> None:
    sent = to_bytes(key)
    assert sent is not None
    assert [event.key for event in read(sent.decode())] == [key]


@pytest.mark.parametrize("modifier", ["shift", "ctrl", "ctrl+shift"])
@pytest.mark.parametrize("key", LETTERS)
def test_modifiers_survive(key: str, modifier: str) -> None:
    sent = to_bytes(f"{modifier}+{key}")
    assert sent is not None
    assert [event.key for event in read(sent.decode())] == [f"{modifier}+{key}"]


@given(st.characters(min_codepoint=0x21, exclude_categories=("C", "Z", "M")))
def test_a_printable_character_is_sent_as_itself(character: str) -> None:
    (event,) = read(character)
    assert to_bytes(event.key, event.character) == character.encode()


@given(st.text(max_size=20), st.none() | st.text(max_size=2))
def test_any_name_of_a_key_is_answered(key: str, character: str | None) -> None:
    sent = to_bytes(key, character)
    assert sent is None or sent
