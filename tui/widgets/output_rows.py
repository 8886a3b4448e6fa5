"""Lines of output as rows of a screen: colours decoded, tabs set, wrapped at the width, what was sought lit up.

Only what is looked at is laid out, and kept as long as it is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from rich.ansi import AnsiDecoder
from rich.cells import cell_len, chop_cells
from rich.console import Console
from rich.style import Style
from rich.text import Text
from textual.cache import LRUCache
from textual.strip import Strip

from engine.expressions import expression
from engine.scrollback import Needle

TAB = 8
"""As a terminal sets them."""
KEPT = 256
"""Lines; several screens full of short ones, and few enough for a screen of very long ones."""
_PIECE = expression(r"\x1b\[[0-9;:]*m|\t|[^\x1b\t]+")


class Laid:
    """One line, laid out."""

    def __init__(self, text: Text, columns: Sequence[int]) -> None:
        self.columns = columns
        """Characters at which its rows begin."""
        self._text = text
        self._parts: Sequence[Text] | None = None

    @property
    def plain(self) -> str:
        return self._text.plain

    def row(self, column: int) -> Text:
        """The row that begins at this character."""
        if self._parts is None:
            self._parts = list(self._text.divide(self.columns[1:]))
        return self._parts[self.columns.index(column)]


class Layout:
    def __init__(self, width: int, *, wrap: bool, needle: Needle | None, base: Style, hit: Style) -> None:
        self.width = max(2, width)
        self.wrap = wrap
        self._needle = needle
        self._base = base
        self._hit = hit
        self._laid: LRUCache[str, Laid] = LRUCache(KEPT)

    def of(self, line: str) -> Laid:
        if kept := self._laid.get(line):
            return kept
        text = AnsiDecoder().decode_line(_with_tabs_set(line) if "\t" in line else line)
        text.end = ""
        text.stylize_before(self._base)
        for first, end in self.hits(text.plain):
            text.stylize(self._hit, first, end)
        laid = self._laid[line] = Laid(text, self._columns(text.plain))
        return laid

    def rows_of(self, line: str) -> Sequence[int]:
        return self.of(line).columns

    def hits(self, plain: str) -> list[tuple[int, int]]:
        return self._needle.spans(plain) if self._needle else []

    def strip(self, text: Text, console: Console, left: int = 0) -> Strip:
        """A row from cell `left` on, as wide as the layout."""
        strip = Strip(text.render(console), cell_len(text.plain))
        return strip.crop_extend(left, left + self.width, self._base)

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
        if piece == "\t":
            piece = " " * (TAB - column % TAB)  # noqa: PLW2901
        column += 0 if piece[0] == "\x1b" else cell_len(piece)
        yield piece
