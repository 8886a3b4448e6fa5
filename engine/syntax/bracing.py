"""Shell text as the grammar reads it without mistakes: `$NAME` as `${NAME}`. And the way back to the text's own places.

The grammar cuts `$A/$B/$C` into `$A/$` and `B/$C`, and marks no error; of names in braces it makes no such mistake.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from itertools import accumulate

from ..expressions import expression

ESCAPE = "\ue002"
"""Stands for a backslash that begins a line, which the grammar reads together with the line end before it."""
_EXPANDED = expression(
    r"\$(?P<name>\$|[A-Za-z_]\w*|[0-9@*#?!-])"
    r"|\$(?![{(\['\"])"
    r"|(?<=\S)\\[^'`\n]|\\[ \t]|\ue002[^'`\n]"
    r"|(?P<kept>\\.|(?<!<)<<-?[ \t]*[^\s;&|<>()]+)",
    re.DOTALL | re.ASCII,
)
"""Names; a `$` that is only one; what a backslash takes from the shell. The last two are letters to the grammar: it
reads `$ B` as `$B`, cuts a word at a backslash, and drops a word `\\ ` at a line's end. Inside single quotes, where a
backslash is none, other letters change nothing as long as their end stays. The word that ends a here-document is left
alone: its backslash is a quote."""


class Braced:
    """One text as the grammar reads it. Its places are bytes, those of the text are characters."""

    __slots__ = ("_added", "_bytes", "_placed", "original", "text")

    def __init__(self, text: str) -> None:
        self.original = text
        self.text = text
        self._added: list[int] = []
        """Characters of the braced text that are not in the text, ascending."""
        self._placed: list[int] = []
        """Characters of the text that a brace was put before."""
        if any(sign in text for sign in ("$", "\\", ESCAPE)):
            self._brace()
        self._bytes = None if self.text.isascii() else [0, *accumulate(len(c.encode()) for c in self.text)]

    def _brace(self) -> None:
        pieces: list[str] = []
        at = 0
        for found in _EXPANDED.finditer(self.original):
            name = found["name"]
            if name is None:
                letters = found["kept"] or "_" * len(found[0])
                pieces += (self.original[at : found.start()], letters)
                at = found.end()
                continue
            first, last = found.span("name")
            count = len(self._placed)
            self._placed += (first, last)
            self._added += (first + count, last + count + 1)
            pieces += (self.original[at:first], "{", name, "}")
            at = last
        self.text = "".join((*pieces, self.original[at:]))

    def to_character(self, byte: int) -> int:
        """Where in the text that is which the grammar has at a byte."""
        place = byte if self._bytes is None else bisect_right(self._bytes, byte) - 1
        return place - bisect_left(self._added, place) if self._added else place

    def to_bytes(self, start: int, end: int) -> tuple[int, int]:
        """A stretch of the text as the grammar has it."""
        if self._placed:
            start, end = start + bisect_right(self._placed, start), end + bisect_left(self._placed, end)
            end = max(start, end)
        return (start, end) if self._bytes is None else (self._bytes[start], self._bytes[end])

    def source(self, start: int, end: int) -> str:
        """What stands in the text between two places of the grammar."""
        return self.original[self.to_character(start) : self.to_character(end)]
