"""Characters that a terminal obeys or hides, and how they are shown instead."""

from __future__ import annotations

from ..expressions import expression

C0_AND_DELETE = "\x00-\x1f\x7f"
C1 = "\x80-\x9f"
INVISIBLE = (
    "\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Format characters and fillers: they reorder text or take no room, so what is read differs from what is there."""
SURROGATES = "\ud800-\udfff"
"""Undecodable bytes of a file name arrive as these; a terminal would be sent the bytes."""

_HIDDEN = expression(f"[{C0_AND_DELETE}{C1}{INVISIBLE}{SURROGATES}]")


def spell(character: str) -> str:
    """`^M` for a control character, `<U+202E>` for anything else that cannot be seen."""
    code = ord(character)
    if code < 0x20 or code == 0x7F:
        return "^" + chr(code ^ 0x40)
    return f"<U+{code:04X}>"


def visible(text: str) -> str:
    """A title, name or path as one line in which every character can be seen; printable text is unchanged."""
    return _HIDDEN.sub(lambda match: spell(match[0]), text)
