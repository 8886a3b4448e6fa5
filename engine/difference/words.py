"""Two texts compared line by line, and within a line word by word."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import chain
from typing import NamedTuple

from . import noise
from .facts import MARKS, Line, Part


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
    left = 0
    for group in SequenceMatcher(None, mine, theirs).get_grouped_opcodes(AROUND):
        if 0 < len(lines) < MOST_LINES:
            lines.append(GAP)
        for one, other in chain.from_iterable(_pairs(tag, before[a:b], after[c:d]) for tag, a, b, c, d in group):
            if len(lines) < MOST_LINES:
                lines += _told(one, other, reading)
            else:
                left += one is None or other is None or reading.line(one) != reading.line(other)
    return (*lines, Line(" ", f"… and {left} more lines that differ")) if left else tuple(lines)


def _pairs(tag: str, before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str | None, str | None]]:
    if tag == "equal" or (tag == "replace" and len(before) == len(after)):
        yield from zip(before, after, strict=True)
    else:
        yield from ((line, None) for line in before)
        yield from ((None, line) for line in after)


def _told(before: str | None, after: str | None, reading: Reading) -> Iterator[Line]:
    if before is not None and after is not None:
        yield from _replaced(before, after, reading)
    elif before is not None:
        yield Line("-", before)
    elif after is not None:
        yield Line("+", after)


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
    yield from (_mixed(_parts(matcher, mine, theirs)),) if _is_alike(matcher, mine, theirs) else whole


def _parts(matcher: SequenceMatcher[str], mine: Pieces, theirs: Pieces) -> Iterator[Part]:
    for tag, a, b, c, d in matcher.get_opcodes():
        gone, new = _joined(mine[a:b]), _joined(theirs[c:d])
        if tag == "equal":
            yield Part(" ", new)
            continue
        if gone:
            yield Part("-", gone)
        if new:
            yield Part("+", new)


def _mixed(parts: Iterable[Part]) -> Line:
    known = tuple(parts)
    return Line("~", "".join(part.text.join(MARKS[part.sign]) for part in known), known)


def _is_alike(matcher: SequenceMatcher[str], mine: Pieces, theirs: Pieces) -> bool:
    """Blanks are in every line."""
    shared = sum(_length(mine[block.a : block.a + block.size]) for block in matcher.get_matching_blocks())
    return 2 * shared >= ALIKE * (_length(mine) + _length(theirs))


def _length(pieces: Pieces) -> int:
    return sum(len(counts) for _, counts in pieces if not counts.isspace())


def _joined(pieces: Pieces) -> str:
    return "".join(shown for shown, _ in pieces)
