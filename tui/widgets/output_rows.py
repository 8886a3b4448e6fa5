"""Lines of output as rows of a screen: colours decoded, tabs set, wrapped at the width, what was sought lit up.

Only what is looked at is laid out, and kept as long as it is looked at.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from rich.ansi import AnsiDecoder
from rich.cells import cell_len, chop_cells
from rich.style import Style
from rich.text import Text
from textual.cache import LRUCache

from engine.expressions import expression
from engine.scrollback import Needle

TAB = 8
"""As a terminal sets them."""
KEPT = 256
"""Lines; several screens full of short ones, and few enough for a screen of very long ones."""
_PIECE = expression(r"\x1b\[[0-9;:]*m|\t|[^\x1b\t]+")


class Looks(NamedTuple):
    """Styles, resolved once for as long as the theme stays."""

    base: Style
    hit: Style
    bar: Style
    note: Style
    problem: Style


class Laid:
    """One line, laid out."""

    def __init__(self, text: Text | str, columns: Sequence[int]) -> None:
        self.columns = columns
        """Characters at which its rows begin."""
        self._text = text
        """A string when the line has no colours, as most have not: a `Text` costs thirty times as much."""
        self._parts: Sequence[Text] | None = None

    @property
    def plain(self) -> str:
        return self._text if isinstance(self._text, str) else self._text.plain

    def row(self, column: int) -> Text | str:
        """The row with this character: it begins there, unless the view has just been given another width."""
        index = max(0, bisect_right(self.columns, column) - 1)
        if isinstance(self._text, str):
            return (
                self._text[column : self.columns[index + 1]] if index + 1 < len(self.columns) else self._text[column:]
            )
        if self._parts is None:
            self._parts = list(self._text.divide(self.columns[1:]))
        return self._parts[index]


class Layout:
    def __init__(self, width: int, *, wrap: bool, needle: Needle | None, looks: Looks) -> None:
        self.width = max(2, width)
        self.wrap = wrap
        self.looks = looks
        self._needle = needle
        self._laid: LRUCache[str, Laid] = LRUCache(KEPT)
        self._offsets: dict[tuple[int, int], Style] = {}

    def of(self, line: str) -> Laid:
        kept = self._laid.get(line)
        if kept is None:
            kept = self._laid[line] = self._lay(_with_tabs_set(line) if "\t" in line else line)
        return kept

    def rows_of(self, line: str) -> Sequence[int]:
        return self.of(line).columns

    def hits(self, plain: str) -> list[tuple[int, int]]:
        return self._needle.spans(plain) if self._needle else []

    def offset(self, left: int, y: int) -> Style:
        """What tells a mouse which character it is on."""
        key = (left, y)
        if key not in self._offsets:
            self._offsets[key] = Style.from_meta({"offset": key})
        return self._offsets[key]

    def marked(self, row: Text | str, first: int, end: int, style: Style) -> Text:
        """A row with a part of it in another style."""
        text = Text(row, self.looks.base, end="") if isinstance(row, str) else row.copy()
        text.stylize(style, first, end)
        return text

    def _lay(self, line: str) -> Laid:
        hits = self.hits(line) if "\x1b" not in line else None
        if hits == []:
            return Laid(line, self._columns(line))
        text = AnsiDecoder().decode_line(line)
        text.end = ""
        text.stylize_before(self.looks.base)
        for first, end in self.hits(text.plain) if hits is None else hits:
            text.stylize(self.looks.hit, first, end)
        return Laid(text, self._columns(text.plain))

    def _columns(self, plain: str) -> Sequence[int]:
        if not self.wrap or len(plain) * 2 <= self.width:
            return (0,)
        if plain.isascii():
            return range(0, max(1, len(plain)), self.width)
        return tuple(accumulate(map(len, chop_cells(plain, self.width)[:-1]), initial=0))


def _with_tabs_set(line: str) -> str:
    return "".join(_set_tabs(line))


def _set_tabs(line: str) -> Iterator[str]:
    column = 0
    for piece in _PIECE.findall(line):
        shown = " " * (TAB - column % TAB) if piece == "\t" else piece
        column += 0 if piece[0] == "\x1b" else cell_len(shown)
        yield shown
