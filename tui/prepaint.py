"""Title and headings on the terminal before anything heavy is imported. The live frame takes their place; a word of
complaint takes them away. Imports nothing that Python has not imported already: it runs in a millisecond.
"""

from __future__ import annotations

import os
import sys

from engine import whole_screen

TYPE_CHECKING = False  # type checkers take it for true; `typing` itself costs more than the paint
if TYPE_CHECKING:
    from types import FrameType, TracebackType
    from typing import Any, TextIO

SCANNED_BYTES = 64 * 1024
"""More headings than fit on a screen stand in there, and it takes one read."""
TERMINAL = 2
"""Where frames go."""
MARGIN = 4
"""Lines that are no heading: the title, what is being done, an empty one, and the last, which must not scroll."""
ENTER, LEAVE = "\x1b[?1049h", "\x1b[?1049l"
CLEAR, BOLD, DIM, PLAIN = "\x1b[H\x1b[2J", "\x1b[1m", "\x1b[2m", "\x1b[m"
NO_WRAP, WRAP = "\x1b[?7l", "\x1b[?7h"
TERMINATED = 143
"""What a shell says of a program that was told to end."""
OPENING = "opening …"


class Paint:
    """What stands on the terminal until the first live frame.

    Used as a context: whatever goes wrong in it, the terminal is as it was before anything is said there.
    """

    def __init__(self, words: list[str]) -> None:
        """`words` of the command line. Nothing is painted unless they surely ask for a document on a whole screen."""
        self._words = words
        self._stands = False
        self._streams: tuple[TextIO, TextIO] | None = None
        self._terminated_before: Any = None

    def __enter__(self) -> Paint:
        name = document_of(self._words) if whole_screen.is_there(os.environ) else None
        found = scan(name) if name else None
        if found is not None:
            self._paint(*found)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.take_away()
        if self._streams is not None:
            sys.stdout, sys.stderr = self._streams

    def hand_over(self) -> bool:
        """The live screen goes on from here: whether it finds the alternate screen entered already."""
        stood, self._stands = self._stands, False
        if stood:
            import signal

            signal.signal(signal.SIGTERM, self._terminated_before)
        return stood

    def take_away(self) -> None:
        """Leave the terminal as it was found; nothing happens when there is no paint on it (any more)."""
        if self.hand_over():
            try:
                os.write(TERMINAL, (PLAIN + LEAVE).encode())
            except OSError:  # the terminal is gone, and the paint with it
                return

    def _paint(self, title: str, headings: list[str]) -> None:
        try:
            columns, rows = os.get_terminal_size(TERMINAL)
            if rows <= MARGIN or columns <= MARGIN:
                return
            self._watch()
            self._stands = True
            os.write(TERMINAL, picture(title, headings, columns, rows).encode(errors="replace"))
        except OSError:  # a terminal that cannot be written to is for those to report who need it
            return

    def _watch(self) -> None:
        """See to it that nothing is said, and that the program does not end, while the paint is in the way."""
        import signal  # with its enums the dearest part of this file, and needed by every screen anyway

        self._terminated_before = signal.signal(signal.SIGTERM, self._terminated)
        self._streams = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = Curtain(sys.stdout, self), Curtain(sys.stderr, self)

    def _terminated(self, _signal: int, _frame: FrameType | None) -> None:
        sys.exit(TERMINATED)


class Curtain:
    """A text stream before which the paint is taken away as soon as something is written to it."""

    def __init__(self, stream: TextIO, paint: Paint) -> None:
        stream.reconfigure(errors="backslashreplace")  # type: ignore[attr-defined]
        self._stream = stream
        self._paint = paint

    def write(self, text: str) -> int:
        self._paint.take_away()
        return self._stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def document_of(words: list[str]) -> str | None:
    """FILE of `run FILE …`. None where it stands elsewhere, or where no screen may be meant: the parser, which knows,
    takes as long as Python itself to import."""
    for word in words:
        if word.startswith(("-h", "--h", "--p")):  # help and plain, whole or abbreviated
            return None
    return words[1] if len(words) > 1 and words[0] == "run" and not words[1].startswith("-") else None


def scan(name: str) -> tuple[str, list[str]] | None:
    """Title, and headings of the first two levels. None for what is not an ordinary readable file."""
    try:
        if not os.path.isfile(name):  # noqa: PTH113 - `pathlib` costs more than the paint
            return None
        with open(name, "rb", buffering=0) as document:  # noqa: PTH123
            text = document.read(SCANNED_BYTES).decode(errors="replace")
    except (OSError, ValueError):  # ValueError: a NUL in the name
        return None
    headings = headings_of(text.lstrip("\ufeff").splitlines())
    return (headings[0] if headings else os.path.basename(name)), headings[1:]  # noqa: PTH119


def headings_of(lines: list[str]) -> list[str]:
    """Without those that stand in fences or in front matter."""
    found, fence = [], "---" if lines[:1] == ["---"] else ""
    for line in lines[1:] if fence else lines:
        opener = line.lstrip()[:3]
        if fence:
            fence = "" if opener == fence else fence
        elif opener in ("```", "~~~"):
            fence = opener
        elif line.startswith(("# ", "## ")):
            found.append(line.strip("# \t"))
    return found


def picture(title: str, headings: list[str], columns: int, rows: int) -> str:
    """As `screens.starting` lays it out, so that the live frame changes nothing but the colours."""
    shown = [PLAIN + clean(heading, columns) for heading in headings[: rows - MARGIN]]
    lines = [BOLD + clean(f"oncue {title}", columns), PLAIN + clean(OPENING, columns), "", *shown]
    return ENTER + CLEAR + NO_WRAP + "\r\n".join(lines) + PLAIN + WRAP


def clean(text: str, columns: int) -> str:
    """One line in which every character can be seen, beginning a column in, as `engine.output.visible` spells it."""
    shown = "".join(one if one.isprintable() else spelled(ord(one)) for one in " ".join(text.split()))
    return f" {shown[: columns - 2]}"


def spelled(code: int) -> str:
    return "^" + chr(code ^ 0x40) if code < 0x20 or code == 0x7F else f"<U+{code:04X}>"
