"""One line of a screen being written to: overwriting, backing up and erasing come down to what would be seen."""

from __future__ import annotations

from itertools import groupby

from ..expressions import expression
from .style import Style

_TOKEN = expression(r"\x1b\[(?P<parameters>[0-9;:]*)(?P<final>[mKCDG])|(?P<move>\r+|\x08+)|(?P<run>[^\x1b\r\b]+)")
_COLOURED_GROWTH = 4
"""A row whose colours would make it longer than this many times its bound is kept without them."""
ELLIPSIS = "…"


class Row:
    """Counts characters, not columns: a wide character overwritten by a narrow one is a place off.

    Takes only what `TerminalFilter` lets through in line mode. `style` is followed, so that after the last token
    it is the style the next line starts with.
    """

    def __init__(self, style: Style, max_length: int) -> None:
        self._style = style
        self._max_length = max_length
        self._characters: list[str] = []
        self._styles: list[str] = []
        self._column = 0
        self._cut = False

    def feed(self, text: str) -> None:
        for token in _TOKEN.finditer(text):
            if run := token["run"]:
                self._write(run)
            elif token["final"] == "m":
                self._style.apply(token["parameters"])
            else:
                self._move(token["final"] or token["move"][0], int(token["parameters"] or len(token["move"] or "")))

    def __str__(self) -> str:
        plain = "".join(self._characters) + (ELLIPSIS if self._cut else "")
        coloured = self._coloured()
        return coloured if len(coloured) <= _COLOURED_GROWTH * self._max_length else plain

    def _coloured(self) -> str:
        pieces: list[str] = []
        for style, cells in groupby(zip(self._styles, self._characters, strict=True), key=lambda cell: cell[0]):
            pieces += ("\x1b[m" if pieces else "", style, *(character for _, character in cells))
        return "".join(pieces) + (ELLIPSIS if self._cut else "")

    def _write(self, run: str) -> None:
        start, end = self._column, self._column + len(run)
        self._cut = self._cut or end > self._max_length
        self._column = min(end, self._max_length)
        self._pad(start)
        length = self._column - start
        self._characters[start : self._column] = run[:length]
        self._styles[start : self._column] = [str(self._style)] * length

    def _pad(self, column: int) -> None:
        missing = column - len(self._characters)
        if missing > 0:
            self._characters += " " * missing
            self._styles += [""] * missing

    def _move(self, final: str, count: int) -> None:
        if final == "K":
            self._erase(count)
            return
        columns = {
            "\r": 0,
            "\b": self._column - count,
            "C": self._column + max(1, count),
            "D": self._column - max(1, count),
            "G": max(1, count) - 1,
        }
        self._column = min(max(0, columns[final]), self._max_length)

    def _erase(self, what: int) -> None:
        if what in (1, 2):
            erased = min(self._column + 1, len(self._characters))
            self._characters[:erased] = " " * erased
            self._styles[:erased] = [""] * erased
        if what in (0, 2):
            del self._characters[self._column :]
            del self._styles[self._column :]
            self._cut = False
