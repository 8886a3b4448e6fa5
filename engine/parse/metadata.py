"""Who owns the document and when it was tested: front matter, `**Service**: …` lines, HTML comments."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from ..expressions import expression
from .blocks import Block, Html, Listing, Paragraph
from .inline import plain
from .sections import Unit

BOLD_KEY = expression(r"[*_]{1,2}(?P<key>[^*_:\n]{1,40}?)\s*:?[*_]{1,2}\s*:?\s*(?P<value>\S.*)$")
COMMENT_KEY = expression(r"\s*(?:<!--)?\s*(?P<key>[A-Za-z][\w .-]{0,30}?)\s*[:=]\s*(?P<value>\S.*?)\s*(?:-->)?\s*$")
INFORMATION = expression(
    r"(?:service |runbook |document )?(?:information|metadata|details|quick reference|about|summary|overview)\b", re.I
)
FOOTER_LINES = 12
"""Lines such as `*Last Updated: …*` may also stand at the very end."""


def read_metadata(units: Sequence[Unit], front_matter: Mapping[str, object], line_count: int) -> Mapping[str, str]:
    """Keys in lower case; front matter goes before what the text says, and the text before comments."""
    found: dict[str, str] = {}
    for key, value in front_matter.items():
        if isinstance(value, (str, int, float, bool, datetime.date)):
            found.setdefault(key.lower(), str(value))
    for key, value in _written(units, line_count):
        found.setdefault(key, value)
    return MappingProxyType(found)


def _written(units: Sequence[Unit], line_count: int) -> Iterator[tuple[str, str]]:
    comments: list[tuple[str, str]] = []
    for block in units[0].blocks:
        yield from _of_block(block)
        if isinstance(block, Html) and block.text.lstrip().startswith("<!--"):
            comments.extend(_of_comment(block.text))
    for unit in units[1:3]:
        if INFORMATION.match(unit.title):
            for block in unit.blocks:
                yield from _of_block(block)
    for block in units[-1].blocks[-3:] if len(units) > 1 else []:
        if isinstance(block, Paragraph) and block.first > line_count - FOOTER_LINES and block.text.startswith("*"):
            yield from _of_lines(_strip_emphasis(block.text.split("\n")))
    yield from comments


def _strip_emphasis(lines: Iterable[str]) -> list[str]:
    """`*Last Updated: today*` reads like `**Last Updated**: today`."""
    found = []
    for line in lines:
        whole = re.fullmatch(r"\s*\*([^*:]+):\s*([^*]+)\*\s*", line)
        found.append(f"**{whole[1]}**: {whole[2]}" if whole else line)
    return found


def _of_block(block: Block) -> Iterator[tuple[str, str]]:
    if isinstance(block, Paragraph):
        yield from _of_lines(block.text.split("\n"))
    elif isinstance(block, Listing) and not block.ordered:
        yield from _of_lines([entry.text for entry in block.entries])


def _of_lines(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        found = BOLD_KEY.match(line.strip())
        if found and ":" in line[: found.start("value")]:
            yield found["key"].strip().lower(), plain(found["value"])


def _of_comment(text: str) -> Iterator[tuple[str, str]]:
    for line in text.split("\n"):
        found = COMMENT_KEY.match(line)
        if found and "expected_similarity" not in line:
            yield found["key"].strip().lower(), found["value"]
