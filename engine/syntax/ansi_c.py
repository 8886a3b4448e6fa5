r"""Escapes of `$'…'`: as bash reads them (Bash Reference Manual, "ANSI-C Quoting")."""

from __future__ import annotations

import re

from ..expressions import expression

ESCAPE = expression(
    r"\\(?:x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|([0-7]{1,3})|c(.)|(.))", re.DOTALL
)
NAMED = {
    "a": "\a",
    "b": "\b",
    "e": "\x1b",
    "E": "\x1b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
}


def decode(text: str) -> str:
    """The characters the quoted text stands for."""
    return ESCAPE.sub(_character, text) if "\\" in text else text


def _character(found: re.Match[str]) -> str:
    digits = found[1] or found[2] or found[3]
    if digits:
        code = int(digits, 16)
        return chr(code) if code <= 0x10FFFF else "\ufffd"
    if found[4]:
        return chr(int(found[4], 8) & 0xFF)
    if found[5]:
        return chr(ord(found[5].upper()) & 0x1F)
    return NAMED.get(found[6], found[6] if found[6] in "\\'\"?" else found[0])
