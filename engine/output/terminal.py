"""A program's bytes made safe for the operator's own terminal, as a stream cut anywhere."""

from __future__ import annotations

import codecs
import re

from .characters import spell
from .sequences import (
    LASTING,
    MODES,
    NORMAL_MODES,
    TO_CHANGE_IN_FULL_SCREEN,
    TO_CHANGE_IN_LINES,
    UNFINISHED,
)

OPENERS = "\x1b\x90\x98\x9b\x9d\x9e\x9f"
"""What a sequence can begin with."""
LOOK_BACK = 8192
"""Characters from the end; an unfinished sequence is never longer."""
_OBEYED = bytes({*range(0x20), 0x7F} - set(b"\t\n\r\b"))
_STYLED = b"\x1b["
_BELL = "\x07"
_SHIFTS = "\x0e\x0f"
_SILENT = frozenset(map(chr, {*range(0x20), 0x7F})) - {_BELL}


class TerminalFilter:
    """Passes what a person should see; drops what a terminal would obey. The output is always valid UTF-8.

    Line by line only colours and moves within the line pass. With `full_screen`, for a step that has put its
    terminal in raw mode or on the alternate screen, what editors and pagers need passes too; queries, strings
    (titles, clipboard, links), window operations and resets never do. The result does not depend on where the
    stream was cut, except that each `feed` lets one bell through.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._unfinished = ""
        self._undo: dict[str, str] = {}
        """What undoes a thing that the step has changed for longer than itself → what did it."""
        self._styled = False
        self._bell_rung = False

    def feed(self, data: bytes, *, full_screen: bool) -> bytes:
        if self._is_plain(data):
            return data
        text = self._unfinished + self._decoder.decode(data)
        text = self._without_unfinished(text)
        return self._cleaned(text, full_screen=full_screen)

    def flush(self) -> bytes:
        """Ends the stream: a cut character becomes U+FFFD, a cut sequence is dropped."""
        self._unfinished = ""
        text = self._decoder.decode(b"", final=True)
        self._decoder.reset()
        return text.encode()

    def leave(self) -> bytes:
        """What brings the terminal back to its ordinary state; nothing when nothing was changed."""
        undo = "".join(reversed(self._undo)) + ("\x1b[m" if self._styled else "")
        self._undo.clear()
        self._styled = False
        return undo.encode()

    def enter(self) -> bytes:
        """What brings a terminal in its ordinary state to where the step has brought one; its picture apart."""
        return "".join(self._undo.values()).encode()

    def _is_plain(self, data: bytes) -> bool:
        """Printable ASCII with nothing held back: most of what is ever printed, told at memory speed."""
        if self._unfinished or self._decoder.getstate()[0] or not data.isascii():
            return False
        return len(data.translate(None, _OBEYED)) == len(data)

    def _without_unfinished(self, text: str) -> str:
        cut = UNFINISHED.search(text, _last_opener(text))
        start = cut.start() if cut else len(text)
        self._unfinished = text[start:]
        return text[:start]

    def _cleaned(self, text: str, *, full_screen: bool) -> bytes:
        self._bell_rung = False
        if full_screen:
            cleaned = TO_CHANGE_IN_FULL_SCREEN.sub(self._in_full_screen, text)
        else:
            cleaned = TO_CHANGE_IN_LINES.sub(self._in_lines, text)
        encoded = cleaned.encode()
        self._styled = self._styled or _STYLED in encoded
        return encoded

    def _in_lines(self, match: re.Match[str]) -> str:
        found = match[0]
        if found == _BELL:
            return self._ring()
        if found in _SHIFTS:  # most resets of `terminfo` end in one
            return ""
        if found[0] == "\x1b" or "\x80" <= found[0] <= "\x9f":
            return ""
        return spell(found)

    def _in_full_screen(self, match: re.Match[str]) -> str:
        found = match[0]
        if len(found) == 1 and found not in _SHIFTS:
            # A caret would stand in the middle of somebody's screen layout.
            return "" if found in _SILENT else self._in_lines(match)
        if modes := MODES.fullmatch(found):
            return self._set_modes(modes[1].split(";"), modes[2])
        for row in LASTING:
            if row.pattern.fullmatch(found):
                self._remember(row.undo, found, normal=found == row.normal)
                return found
        return ""

    def _set_modes(self, modes: list[str], letter: str) -> str:
        allowed = [mode for mode in modes if mode in NORMAL_MODES]
        for mode in allowed:
            normal = NORMAL_MODES[mode]
            self._remember(f"\x1b[?{mode}{normal}", f"\x1b[?{mode}{letter}", normal=letter == normal)
        return f"\x1b[?{';'.join(allowed)}{letter}" if allowed else ""

    def _remember(self, undo: str, done: str, *, normal: bool) -> None:
        if normal:
            self._undo.pop(undo, None)
        else:
            self._undo[undo] = done

    def _ring(self) -> str:
        rung, self._bell_rung = self._bell_rung, True
        return "" if rung else _BELL


def _last_opener(text: str) -> int:
    """Where the search for an unfinished sequence begins: at the last character that opens one, or at the one before an
    escape that ends the text, which may belong to either."""
    end = len(text) - text.endswith("\x1b")
    opened = max(text.rfind(opener, 0, end) for opener in OPENERS)
    return max(opened, len(text) - LOOK_BACK) if opened >= 0 else end
