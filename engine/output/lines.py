"""The last lines of an output, for a screen: bounded in number and length, each readable by itself."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from ..expressions import expression
from .row import Row
from .style import Style
from .terminal import TerminalFilter

_MOVE = expression(r"\x1b\[[0-9]*[KCDG]")


def _has_moves(text: str) -> bool:
    return "\r" in text or "\b" in text or ("\x1b" in text and _MOVE.search(text) is not None)


class OutputLines:
    """Fed with raw bytes; every line it holds is safe text whose only control sequences are colours.

    A line begins with the colours in force there, so any one can be shown without those before it. Progress bars
    (carriage returns, backspaces, erasing) come down to what would be seen; a line over `max_length` characters
    is cut and ends in `…`. The full bytes are in the trail: nothing is lost by the bounds.
    """

    def __init__(self, *, max_lines: int = 10_000, max_length: int = 2_000) -> None:
        self.dropped = 0
        """Lines let go at the top: the number of the first line held, counted from 0."""
        self._lines: deque[str] = deque(maxlen=max_lines)
        self._max_length = max_length
        self._filter = TerminalFilter()
        self._style = Style()
        """In force at the start of the unfinished line."""
        self._row: Row | None = None
        """The unfinished line once it is too long to be kept as written."""
        self._written = ""
        """What came after the last newline, or after what `_row` has taken."""

    def feed(self, data: bytes) -> None:
        text = self._filter.feed(data, full_screen=False).decode().replace("\a", "").replace("\r\n", "\n")
        first, *rest = text.split("\n")
        self._written += first
        if rest:
            self._keep([self._finished()])
            *whole, self._written = rest
            self._keep(self._to_lines(whole, text))
        if len(self._written) > 2 * self._max_length:
            self._fold()

    def __len__(self) -> int:
        """Finished lines held."""
        return len(self._lines)

    @property
    def lines(self) -> Sequence[str]:
        """Every line held, the unfinished one last when anything was written to it."""
        unfinished = self.last_line
        return (*self._lines, unfinished) if unfinished else tuple(self._lines)

    @property
    def last_line(self) -> str:
        """What stands after the last newline, as it would be seen now; empty right after a newline."""
        if self._row is not None:
            self._fold()
            return str(self._row)
        return self._to_line(self._written, self._style.copy())

    def _finished(self) -> str:
        if self._row is None:
            return self._to_line(self._written, self._style)
        self._fold()
        line, self._row = str(self._row), None
        return line

    def _fold(self) -> None:
        self._row = self._row or Row(self._style, self._max_length)
        self._row.feed(self._written)
        self._written = ""

    def _to_lines(self, whole: list[str], text: str) -> list[str]:
        if max(map(len, whole), default=0) > self._max_length or _has_moves(text):
            return [self._to_line(line, self._style) for line in whole]
        return [self._coloured(line, self._style) for line in whole] if "\x1b" in text or self._style else whole

    def _to_line(self, written: str, style: Style) -> str:
        """`written` as it would be seen, starting in `style`, which is moved on to its end."""
        written = written.rstrip("\r")
        if len(written) > self._max_length or _has_moves(written):
            row = Row(style, self._max_length)
            row.feed(written)
            return str(row)
        return self._coloured(written, style)

    @staticmethod
    def _coloured(written: str, style: Style) -> str:
        start = str(style) if style else ""
        if "\x1b" in written:
            style.follow(written)
        return start + written if written else ""

    def _keep(self, lines: list[str]) -> None:
        limit = self._lines.maxlen or 0
        self.dropped += max(0, len(self._lines) + len(lines) - limit)
        self._lines.extend(lines)
