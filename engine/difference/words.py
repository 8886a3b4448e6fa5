"""Two texts compared line by line, and within a line word by word."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from . import noise
from .facts import Line


class Reading(NamedTuple):
    line: Callable[[str], str]
    """A line → what of it counts."""
    pieces: Callable[[str], Iterator[tuple[str, str]]]
    """A line → its words, each as it stands and as it counts."""


Pieces = Sequence[tuple[str, str]]
EXACT = Reading(str, noise.words)
QUIET = Reading(noise.quiet, noise.pieces)
"""Without what differs between any two runs."""
AROUND = 1
"""Lines that are the same shown on either side of a difference."""
MOST_LINES = 60
"""Differing lines told of one text; the rest is counted."""
LONGEST_LINE = 400
"""Characters of a line that are looked at word by word; longer ones are told whole."""
ALIKE = 0.4
"""Lines that share less than that are two lines."""
GAP = Line(" ", "…")


def compared(before: Sequence[str], after: Sequence[str], reading: Reading = EXACT) -> tuple[Line, ...]:
    """Empty when both read the same."""
    mine, theirs = [reading.line(one) for one in before], [reading.line(one) for one in after]
    if mine == theirs:
        return ()
    lines: list[Line] = []
    for group in SequenceMatcher(None, mine, theirs).get_grouped_opcodes(AROUND):
        if lines:
            lines.append(GAP)
        for tag, a, b, c, d in group:
            lines += _told(tag, before[a:b], after[c:d], reading)
    return _bounded(lines)


def _told(tag: str, before: Sequence[str], after: Sequence[str], reading: Reading) -> Iterator[Line]:
    if tag == "equal":
        yield from (Line(" ", line) for line in after)
    elif tag == "replace" and len(before) == len(after):
        for mine, theirs in zip(before, after, strict=True):
            yield from _replaced(mine, theirs, reading)
    else:
        yield from (Line("-", line) for line in before)
        yield from (Line("+", line) for line in after)


def _replaced(before: str, after: str, reading: Reading) -> Iterator[Line]:
    if reading.line(before) == reading.line(after):
        yield Line(" ", after)
        return
    whole = (Line("-", before), Line("+", after))
    if max(len(before), len(after)) > LONGEST_LINE:
        yield from whole
        return
    mine, theirs = list(reading.pieces(before)), list(reading.pieces(after))
    matcher = SequenceMatcher(None, [one for _, one in mine], [one for _, one in theirs], autojunk=False)
    yield from (Line("~", _marked(matcher, mine, theirs)),) if _is_alike(matcher, mine, theirs) else whole


def _marked(matcher: SequenceMatcher[str], mine: Pieces, theirs: Pieces) -> str:
    marked = []
    for tag, a, b, c, d in matcher.get_opcodes():
        gone, new = _joined(mine[a:b]), _joined(theirs[c:d])
        marked.append(new if tag == "equal" else (f"[-{gone}-]" if gone else "") + (f"{{+{new}+}}" if new else ""))
    return "".join(marked)


def _is_alike(matcher: SequenceMatcher[str], mine: Pieces, theirs: Pieces) -> bool:
    """Blanks are in every line."""
    shared = sum(_length(mine[block.a : block.a + block.size]) for block in matcher.get_matching_blocks())
    return 2 * shared >= ALIKE * (_length(mine) + _length(theirs))


def _length(pieces: Pieces) -> int:
    return sum(len(counts) for _, counts in pieces if not counts.isspace())


def _joined(pieces: Pieces) -> str:
    return "".join(shown for shown, _ in pieces)


def _bounded(lines: list[Line]) -> tuple[Line, ...]:
    if len(lines) <= MOST_LINES:
        return tuple(lines)
    left = sum(1 for line in lines[MOST_LINES:] if line.sign != " ")
    return (*lines[:MOST_LINES], Line(" ", f"… and {left} more lines that differ"))
