"""A shell block into titled parts: a comment that opens a paragraph is a boundary, between complete commands only."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..expressions import expression
from ..syntax.shell import Outline
from .commands import reads_as_command
from .inline import shorten

RULE = expression(r"^[-=#*_~+.\s]*$")
NUMBERED = expression(
    r"(?:step\s+)?(?:\d+|[a-z])[.):]\s+(?=\S)|step\s+\d+\s*[-–—]?\s+(?=\S)|\d+[a-z]?\s*[-–—]\s+(?=\S)", re.I
)
WARNING = expression(r"(?:⚠️?\s*)?(?:WARNING|CAUTION|DANGER|IMPORTANT|NOTE|ATTENTION|TODO|TIP|NB)\b\s*[:!-]?", re.I)
WARNINGS = frozenset({"warn", "caut", "dang", "impo", "note", "atte", "todo", "tip ", "tip:", "nb: ", "nb "})
CONDITIONAL = expression(
    r"or\b|otherwise\b|alternatively\b|optional(?:ly)?\b|force\b.*\bif\b|.*\bif (?:needed|necessary|required)\b", re.I
)
JUST_OR = expression(r"(?:or|alternatively)\W*", re.IGNORECASE)
ASIDE = expression(r"^\(.*\)$", re.S)


@dataclass(slots=True)
class Part:
    """Rows `first` to `last` of the block, both included."""

    first: int
    last: int
    title: str = ""
    notes: list[str] = field(default_factory=list)
    """Comment lines of its head that are not the title."""
    numbered: bool = False
    has_commands: bool = True
    heads: list[str] = field(default_factory=list)
    """All comment lines that open it, without their `#`."""


def split(lines: Sequence[str], outline: Outline) -> list[Part]:
    """The parts in order; one untitled part when no comment opens a paragraph."""
    starts = _boundaries(lines, outline)
    if not starts or starts[0][0] > _first_filled(lines):
        starts.insert(0, (_first_filled(lines), 0))
    parts: list[Part] = []
    for index, (row, height) in enumerate(starts):
        following = starts[index + 1][0] if index + 1 < len(starts) else len(lines)
        last = following - 1
        while last > row and not lines[last].strip():
            last -= 1
        parts.append(_part(lines, outline, row, last, height))
    return parts


def _first_filled(lines: Sequence[str]) -> int:
    return next((row for row, line in enumerate(lines) if line.strip()), 0)


def _boundaries(lines: Sequence[str], outline: Outline) -> list[tuple[int, int]]:
    """First row and height of each run of comment lines that opens a part."""
    comments = outline.comments
    if not comments:
        return []
    is_tight = _is_tight(lines, outline)
    found: list[tuple[int, int]] = []
    row = 0
    while row < len(lines):
        if row not in comments:
            row += 1
            continue
        end = row
        while end + 1 in comments:
            end += 1
        opens = row == 0 or not lines[row - 1].strip()
        if _is_head(lines[row : end + 1], opens, is_tight):
            found.append((row, end - row + 1))
        row = end + 1
    return found


def _is_tight(lines: Sequence[str], outline: Outline) -> bool:
    """No blank line in the whole block, and it opens with a comment: then the comments are the paragraphs."""
    return 0 in outline.comments and all(line.strip() for line in lines)


def _is_head(run: Sequence[str], opens: bool, is_tight: bool) -> bool:
    text = _bare(run[0])
    if not text or reads_as_command(text) or (len(run) > 1 and all(reads_as_command(_bare(line)) for line in run)):
        return False
    if opens:
        return True
    if is_tight and (text[0].isupper() or text[0].isdigit()):
        return True
    return bool(maybe_number(text) or CONDITIONAL.match(text))


def _bare(line: str) -> str:
    return line.strip("# \t").rstrip("=-# \t")


def _part(lines: Sequence[str], outline: Outline, row: int, last: int, height: int) -> Part:
    heads = [text for line in lines[row : row + height] if (text := _bare(line)) and not RULE.match(text)]
    part = headed(row, last, heads)
    place = bisect_left(outline.statements, row)
    part.has_commands = place < len(outline.statements) and outline.statements[place] <= last
    return part


def headed(first: int, last: int, heads: list[str]) -> Part:
    """A part under comment lines. Its title is the numbered line, or else the first that is no warning and no aside."""
    part = Part(first, last, heads=heads)
    if not heads:
        return part
    chosen = next((index for index, text in enumerate(heads) if maybe_number(text)), None)
    if chosen is None:
        chosen = next((index for index, text in enumerate(heads) if not _is_remark(text)), None)
    else:
        part.numbered = True
    if chosen is not None:
        part.title = unnumbered(heads[chosen])
    part.notes = heads[:chosen] + heads[chosen + 1 :] if chosen is not None else heads
    return part


def maybe_number(text: str) -> re.Match[str] | None:
    """The number a comment opens with: `3. `, `b) `, `Step 2: `."""
    may_be = text[0].isdigit() or text[1:2] in {".", ")", ":"} or text[0] in "sS"
    return NUMBERED.match(text) if may_be else None


def _is_remark(text: str) -> bool:
    if text[:4].lower() in WARNINGS:
        return WARNING.match(text) is not None
    return text[0] in "(oOaA⚠" and (ASIDE.match(text) or JUST_OR.fullmatch(text) or WARNING.match(text)) is not None


def unnumbered(text: str) -> str:
    """A comment as a title: without its number, so that inserting a step does not rename the ones below."""
    number = maybe_number(text)
    words = text[number.end() :] if number else text
    return shorten(words.strip().rstrip(":").strip() or text)
