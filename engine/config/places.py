"""The line of every key and list entry in a TOML text, which the standard library's parser does not tell.

It only ever sees text which that parser has accepted, so it looks for no mistakes; it has to agree about what the keys
are.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterator, Mapping

Place = tuple[str | int, ...]
"""Keys, and positions in lists from 0, from the outside inwards: `("rules", 0, "level")`."""

BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
SPACE = re.compile(r"[ \t]*")
KEY = re.compile(r"""[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*'""")
TEXT = re.compile(
    r'''"""(?:\\[\s\S]|[^\\])*?"{3,5}'''
    r"""|'''[\s\S]*?'{3,5}"""
    r'''|"(?:\\.|[^"\\\n])*"'''
    r"""|'[^'\n]*'"""
)
PLAIN = re.compile(r"[^,\]}#\n]+")
"""A number, a truth value or a date, which may hold a blank."""


def places(text: str) -> Mapping[Place, int]:
    """Place → the 1-based line where it is first named. `text` is valid TOML with `\\n` as its line ends."""
    scan = _Scan(text)
    scan.document()
    return scan.found


class _Scan:
    def __init__(self, text: str) -> None:
        self.found: dict[Place, int] = {}
        self._text = text
        self._at = 0
        self._line_ends = [at for at, character in enumerate(text) if character == "\n"]
        self._counts: dict[Place, int] = {}
        """How many `[[tables]]` of a name there have been."""

    def document(self) -> None:
        table: Place = ()
        while self._skip(BLANK):
            if self._sees("["):
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> Place:
        """`[a.b]` or `[[a.b]]`. Answers the table that the pairs after it belong to."""
        start, width = self._at, 2 if self._text.startswith("[[", self._at) else 1
        self._at += width
        self._skip(SPACE)
        *outer, last = self._key()
        self._at = self._text.index("]", self._at) + width
        table: Place = ()
        for key in outer:
            table = self._latest(self._note((*table, key), start))
        table = self._note((*table, last), start)
        if width == 1:
            return table
        self._counts[table] = self._counts.get(table, 0) + 1
        return self._note(self._latest(table), start)

    def _latest(self, table: Place) -> Place:
        """The last of the `[[tables]]` of that name, or the table itself."""
        return (*table, self._counts[table] - 1) if table in self._counts else table

    def _pair(self, table: Place) -> None:
        start = self._at
        for key in self._key():
            table = self._note((*table, key), start)
        self._at = self._text.index("=", self._at) + 1
        self._skip(SPACE)
        self._value(table)

    def _key(self) -> Iterator[str]:
        """The parts of a dotted key. What is read is not read again, so take them all."""
        while match := KEY.match(self._text, self._at):
            self._at = match.end()
            yield _plain_key(match[0])
            self._skip(SPACE)
            if not self._sees("."):
                return
            self._at += 1
            self._skip(SPACE)

    def _value(self, place: Place) -> None:
        if self._sees("["):
            for position, _ in enumerate(self._entries("]")):
                self._value(self._note((*place, position), self._at))
        elif self._sees("{"):
            for _ in self._entries("}"):
                self._pair(place)
        elif match := TEXT.match(self._text, self._at) or PLAIN.match(self._text, self._at):
            self._at = match.end()

    def _entries(self, end: str) -> Iterator[None]:
        """Stands at each entry of a bracketed list in turn; the caller reads it."""
        self._at += 1
        while self._skip(BLANK) and not self._sees(end):
            yield
            self._skip(BLANK)
            if self._sees(","):
                self._at += 1
        self._at += 1

    def _note(self, place: Place, at: int) -> Place:
        self.found.setdefault(place, bisect_left(self._line_ends, at) + 1)
        return place

    def _sees(self, sign: str) -> bool:
        return self._text.startswith(sign, self._at)

    def _skip(self, what: re.Pattern[str]) -> bool:
        """Whether anything comes after it."""
        if match := what.match(self._text, self._at):
            self._at = match.end()
        return self._at < len(self._text)


def _plain_key(written: str) -> str:
    if written.startswith("'"):
        return written[1:-1]
    if written.startswith('"'):
        return str(tomllib.loads(f"key = {written}")["key"])
    return written
