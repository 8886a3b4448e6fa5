"""Which control sequences may pass to the operator's terminal, as tables over the grammar of ECMA-48.

A sequence that no row names is dropped whole. Parameters are bounded: a count of a thousand million is a way
to hang a terminal. What a sequence changes for longer than itself has a row that says how it is undone.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ..expressions import expression
from .characters import C1, INVISIBLE

PARAMETER_LIMIT = 96
"""Characters of parameters; two true colours and every attribute together take about 60."""
STRING_LIMIT = 4096
"""Characters dropped after an opener of a string (OSC, DCS …) that nobody closes; what follows is shown again."""

_COUNT = "[0-9]{0,5}"
_PAIR = f"{_COUNT}(?:;{_COUNT})?"

LINE_ROWS = (
    rf"\[[0-9;:]{{0,{PARAMETER_LIMIT}}}m",  # colours
    r"\[[0-2]?K",  # erase in line
    rf"\[{_COUNT}[CDG]",  # right, left, column: progress bars within their own line
)
FULL_SCREEN_ROWS = (
    *LINE_ROWS,
    rf"\[{_COUNT}[@ABEFILMPSTXZ`abde]",  # moves, inserts, deletes, scrolls
    rf"\[{_PAIR}[Hf]",  # cursor address
    r"\[[0-2]?J",  # erase in display, but never the scrollback (3)
    r"\[[su]",  # save and restore the cursor
    r"[78DEM]",
)
"""What may follow ESC, and leaves nothing behind that needs undoing."""


class Lasting(NamedTuple):
    """A sequence that changes the terminal until it is changed back."""

    pattern: re.Pattern[str]
    normal: str
    """The sequence that is the terminal's ordinary state."""
    undo: str


_LASTING_ROWS = (
    (r"\x1b[=>]", "\x1b>", "\x1b>"),  # keypad
    (r"\x1b\([AB0]", "\x1b(B", "\x1b(B"),  # line drawing
    (r"\x1b\)[AB0]", "\x1b)B", "\x1b)B"),
    (r"[\x0e\x0f]", "\x0f", "\x0f"),
    (r"\x1b\[4[hl]", "\x1b[4l", "\x1b[4l"),  # insert
    (r"\x1b\[[0-6]? q", "\x1b[0 q", "\x1b[0 q"),  # cursor shape
    (rf"\x1b\[(?:{_PAIR})r", "\x1b[r", "\x1b7\x1b[r\x1b8"),  # scroll region; resetting it homes the cursor
)
LASTING = tuple(Lasting(re.compile(pattern), normal, undo) for pattern, normal, undo in _LASTING_ROWS)

MODES = expression(r"\x1b\[\?([0-9;]+)([hl])")
NORMAL_MODES = {
    "1": "l",  # cursor keys
    "7": "h",  # wrap
    "12": "l",  # cursor blink
    "25": "h",  # cursor shown
    "1000": "l",  # mouse; 1001 is left out: it waits for an answer
    "1002": "l",
    "1003": "l",
    "1004": "l",
    "1005": "l",
    "1006": "l",
    "2004": "l",  # bracketed paste
    "47": "l",  # alternate screen
    "1047": "l",
    "1048": "l",  # cursor saved
    "1049": "l",
}
"""Private modes a full-screen program may set, with their ordinary state."""

_STRING_OPENER = r"(?:\x1b[P\]X^_]|[\x90\x98\x9d-\x9f])"
_STRING = rf"[^\x00-\x1f\x7f{C1}]{{0,{STRING_LIMIT}}}+"
_CONTROL = rf"[0-?]{{0,{PARAMETER_LIMIT}}}+[ -/]{{0,4}}+"
_ESCAPE = r"[ -/]{0,4}+"

UNFINISHED = expression(rf"(?:{_STRING_OPENER}{_STRING}\x1b?|(?:\x1b\[|\x9b){_CONTROL}|\x1b{_ESCAPE})\Z")
"""The start of a sequence at the end of what has been read so far."""

_AFTER_ESCAPE = rf"[P\]X^_]{_STRING}(?:\x07|\x1b\\|\x9c)?|\[{_CONTROL}[@-~]?|{_ESCAPE}[0-~]?"
_AFTER_C1 = rf"(?<=[\x90\x98\x9d-\x9f]){_STRING}(?:\x07|\x1b\\|\x9c)?|(?<=\x9b){_CONTROL}[@-~]?|"


def _to_change(rows: tuple[str, ...]) -> re.Pattern[str]:
    """Matches only what may not pass as it is, so that clean text is skipped at the speed of a search.

    It opens with one character class because the engine searches for that in a tight loop.
    """
    special = rf"[\x00-\x07\x0b\x0c\x0e-\x1f\x7f{C1}{INVISIBLE}]"
    allowed = "|".join(rows)
    return re.compile(rf"{special}(?<!\x1b(?={allowed}))(?:(?<=\x1b)(?:{_AFTER_ESCAPE})|(?<!\x1b)(?:{_AFTER_C1}))")


TO_CHANGE_IN_LINES = _to_change(LINE_ROWS)
TO_CHANGE_IN_FULL_SCREEN = _to_change(FULL_SCREEN_ROWS)
