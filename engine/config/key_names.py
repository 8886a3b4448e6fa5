"""What a key is called. The names are those of Textual; a character may also stand for itself."""

from __future__ import annotations

import unicodedata
from difflib import get_close_matches
from string import ascii_lowercase, digits, printable

SHORTER = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
"""Unicode's name of a character → Textual's."""
ARROWS = ("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "delete")
FUNCTIONS = tuple(f"f{number}" for number in range(1, 25))
ALONE = ("enter", "escape", "space", "tab", "backspace", "insert", *ARROWS, *FUNCTIONS)
SAME = {
    "ctrl+h": "backspace",
    "ctrl+i": "tab",
    "ctrl+j": "enter",
    "ctrl+m": "enter",
    "ctrl+left_square_bracket": "escape",
}
"""Terminals send one byte for both."""
TYPED = frozenset({"space", "enter", "backspace", "delete", "insert", "left", "right", "home", "end"})
"""What writing a text needs, beside the characters."""


def of_character(character: str) -> str:
    """`question_mark` for `?`; letters and digits are their own names."""
    if character.isalnum():
        return character
    name = unicodedata.name(character, "").lower().replace("-", "_").replace(" ", "_")
    return SHORTER.get(name, name)


def _known() -> frozenset[str]:
    combined = (
        *(f"{modifier}+{key}" for modifier in ("ctrl", "shift", "ctrl+shift") for key in ARROWS),
        *(f"ctrl+{key}" for key in (*FUNCTIONS, *ascii_lowercase)),
        *(f"alt+{key}" for key in (*ascii_lowercase, *digits)),
    )
    characters = (of_character(one) for one in printable if not one.isspace())
    return frozenset((*ALONE, "shift+tab", *combined, *characters)) - SAME.keys()


KNOWN = _known()
"""Every key that terminals tell apart."""


def key_of(text: str) -> str:
    """Textual's name of the key that somebody calls `text`. Raises `ValueError`, beginning with a verb."""
    if len(text) == 1 and text.isprintable() and text != " ":
        return of_character(text)
    *modifiers, name = text.strip().lower().split("+")
    key = "+".join((*sorted(modifiers), name))
    if key in SAME:
        raise ValueError(f"is {text!r}, which terminals do not tell from {SAME[key]!r}")
    if key not in KNOWN:
        near = get_close_matches(key, KNOWN, 1)
        raise ValueError(f"is {text!r}, which is no key{f'; the nearest is {near[0]!r}' if near else ''}")
    return key


def types(key: str) -> bool:
    """Whether somebody who writes a text presses it."""
    return "+" not in key and (key in TYPED or key not in ALONE)
