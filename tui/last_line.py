"""The last line before the terminal: whatever a widget was given, nothing that a terminal obeys or hides gets through.

Text is made visible long before it comes here. This is for what somebody forgets, so it may be blunt: it drops what
takes no room, puts a sign in the place of what does, and keeps every line as wide as it was.
"""

from __future__ import annotations

import re

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

from engine.output.characters import C0_AND_DELETE, C1, INVISIBLE, SURROGATES

OBEYED_OR_HIDDEN = re.compile(f"[{C0_AND_DELETE}{C1}{INVISIBLE}{SURROGATES}]")
SIGN = "\N{REPLACEMENT CHARACTER}"
"""One column wide."""


class LastLine(LineFilter):
    """Also takes links away: they are sent to the terminal as a string with the address in it, as it was written."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - the base class's
        if all(map(_is_fine, segments)):
            return segments
        return [_mended(segment) for segment in segments if not segment.control]


LAST_LINE = LastLine()
"""One for all: what it has filtered is remembered under it."""


def _is_fine(segment: Segment) -> bool:
    text, style, control = segment
    # Nearly every text is printable ASCII, which is told without looking at each character twice.
    plain = (text.isascii() and text.isprintable()) or OBEYED_OR_HIDDEN.search(text) is None
    return plain and not control and (style is None or style.link is None)


def _mended(segment: Segment) -> Segment:
    return Segment(without_controls(segment.text), _unlinked(segment.style))


def without_controls(text: str) -> str:
    """As many columns as before, and nothing in it that a terminal obeys or hides."""
    cleaned = OBEYED_OR_HIDDEN.sub(lambda match: SIGN * cell_len(match[0]), text)
    columns = cell_len(text)
    return cleaned if cell_len(cleaned) == columns else set_cell_size(cleaned, columns)


def _unlinked(style: Style | None) -> Style | None:
    return style.update_link(None) if style is not None and style.link is not None else style
