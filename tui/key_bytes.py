"""Textual's keys as the bytes a terminal sends for them: ECMA-48 sequences with xterm's numbers for the modifiers."""

from __future__ import annotations

from collections.abc import Mapping

ESCAPE = "\x1b"
SIMPLE: Mapping[str, str] = {
    "enter": "\r",
    "return": "\r",
    "tab": "\t",
    "escape": ESCAPE,
    "backspace": "\x7f",
    "space": " ",
}
LETTERS: Mapping[str, str] = {"up": "A", "down": "B", "right": "C", "left": "D", "end": "F", "home": "H"}
"""Cursor keys: `CSI letter`, and `SS3 letter` while the program has asked for application cursor keys."""
FUNCTION_LETTERS: Mapping[str, str] = {"f1": "P", "f2": "Q", "f3": "R", "f4": "S"}
NUMBERS: Mapping[str, int] = {
    "insert": 2,
    "delete": 3,
    "pageup": 5,
    "pagedown": 6,
    "f5": 15,
    "f6": 17,
    "f7": 18,
    "f8": 19,
    "f9": 20,
    "f10": 21,
    "f11": 23,
    "f12": 24,
}
"""`CSI number ~`."""
CONTROLS: Mapping[str, str] = {
    "at": "\x00",
    "space": "\x00",
    "2": "\x00",
    "left_square_bracket": ESCAPE,
    "3": ESCAPE,
    "backslash": "\x1c",
    "4": "\x1c",
    "right_square_bracket": "\x1d",
    "5": "\x1d",
    "circumflex_accent": "\x1e",
    "6": "\x1e",
    "underscore": "\x1f",
    "slash": "\x1f",
    "7": "\x1f",
    "8": "\x7f",
    "question_mark": "\x7f",
    "backspace": "\b",
}
"""With ctrl; letters are their place in the alphabet."""
SHIFTED = {f"f{number + 12}": f"f{number}" for number in range(1, 13)}
"""xterm has twelve function keys, and sends the next twelve as the first with shift."""
MODIFIERS: Mapping[str, int] = {"shift": 1, "alt": 2, "ctrl": 4}


def to_bytes(key: str, character: str | None = None, *, application_cursor: bool = False) -> bytes | None:
    """None for a key that no terminal sends: one with super or hyper, caps lock by itself and the like.

    `key` and `character` are those of `textual.events.Key`.
    """
    *names, base = key.split("+")
    modifiers = frozenset(names) | ({"shift"} if base in SHIFTED else set())
    if not MODIFIERS.keys() >= modifiers:
        return None
    number = 1 + sum(map(MODIFIERS.__getitem__, modifiers))
    sequence = _sequence(SHIFTED.get(base, base), number, application_cursor=application_cursor)
    text = sequence or _typed(base, modifiers, character)
    return None if text is None else text.encode(errors="replace")


def _sequence(base: str, number: int, *, application_cursor: bool) -> str | None:
    """Keys that send a control sequence. `number` is 1 without a modifier."""
    if base in NUMBERS:
        return f"{ESCAPE}[{NUMBERS[base]}{'' if number == 1 else f';{number}'}~"
    letter = LETTERS.get(base) or FUNCTION_LETTERS.get(base)
    if letter is None:
        return f"{ESCAPE}[Z" if base == "tab" and number == 2 else None
    if number != 1:
        return f"{ESCAPE}[1;{number}{letter}"
    return f"{ESCAPE}O{letter}" if application_cursor or base in FUNCTION_LETTERS else f"{ESCAPE}[{letter}"


def _typed(base: str, modifiers: frozenset[str], character: str | None) -> str | None:
    """Keys that send a character, with an escape before it for alt."""
    text = _controlled(base) if "ctrl" in modifiers else SIMPLE.get(base) or _printed(base, modifiers, character)
    if text is None:
        return None
    return ESCAPE + text if "alt" in modifiers else text


def _controlled(base: str) -> str | None:
    if len(base) == 1 and base.isascii() and base.isalpha():
        return chr(ord(base.lower()) & 0x1F)
    return CONTROLS.get(base) or SIMPLE.get(base)


def _printed(base: str, modifiers: frozenset[str], character: str | None) -> str | None:
    if character and character.isprintable():
        return character
    if len(base) == 1:
        return base.upper() if "shift" in modifiers else base
    return _named(base)


def _named(name: str) -> str | None:
    from textual.keys import key_to_character

    found = key_to_character(name)
    return found if found and found.isprintable() else None
