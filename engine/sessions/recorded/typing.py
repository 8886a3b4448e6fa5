"""A line as it is typed at a terminal: what the terminal shows of each key, what the line comes to, and what of a
recording is the echo of another line, typed then. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

END = b"\x04"
LINE_ENDS = (b"\r", b"\n", END)
ERASE, ERASE_LINE = (b"\x7f", b"\x08"), b"\x15"
RUBBED_OUT = b"\b \b"
LONGEST_LINE = 4096
"""Bytes, as of a terminal's line."""


class TypedLine:
    def __init__(self, newline: bytes = b"\r\n") -> None:
        """`newline` is what the end of the line shows."""
        self._newline = newline
        self._typed = bytearray()
        self.end = b""
        """The key that ended it; empty until then."""

    @property
    def text(self) -> str:
        """Without its end, and without what was rubbed out again."""
        return self._typed.decode(errors="replace")

    def feed(self, data: bytes) -> bytes:
        """Answers what is shown. What stands behind the line's end is no part of it."""
        return b"".join(map(self._key, (bytes([byte]) for byte in data)))

    def _key(self, key: bytes) -> bytes:
        if self.end:
            return b""
        if key in LINE_ENDS:
            self.end = key
            return b"" if key == END else self._newline
        if key in ERASE:
            return self._rub_out()
        if key == ERASE_LINE:
            return b"".join(iter(self._rub_out, b""))
        if len(self._typed) >= LONGEST_LINE:
            return b""
        self._typed += key
        return _shown(key[0])

    def _rub_out(self) -> bytes:
        """The last character, however many bytes it has."""
        columns = len(_shown(self._typed[-1])) if self._typed else 0
        while self._typed and 0x80 <= self._typed[-1] < 0xC0:
            del self._typed[-1]
        del self._typed[-1:]
        return RUBBED_OUT * columns


def _shown(byte: int) -> bytes:
    """A control character as `^` and its letter."""
    return b"^" + bytes([byte ^ 0x40]) if byte < 0x20 and byte != 0x09 else bytes([byte])


def line_of(text: str) -> str:
    """What a recorded line came to."""
    typed = TypedLine()
    typed.feed(text.encode(errors="replace"))
    return typed.text


class OldEcho:
    """Taken out of what was recorded, because now something else was typed in its place."""

    def __init__(self) -> None:
        self._parts: deque[bytes] = deque()
        self.held = b""
        """The beginning of a part, or of other output: it is not known yet which."""

    def expect(self, parts: Iterable[bytes]) -> None:
        """Next, each whole or not at all."""
        self._parts.extend(parts)

    def taken_out_of(self, data: bytes) -> bytes:
        data, self.held = self.held + data, b""
        while self._parts:
            part = self._parts.popleft()
            if data.startswith(part):
                data = data[len(part) :]
            elif part.startswith(data):
                self._parts.appendleft(part)
                self.held = data
                return b""
            else:
                self._parts.clear()
        return data
