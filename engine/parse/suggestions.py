"""Commands that stand in inline code: which of them are meant to be typed, and not only named."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..expressions import expression
from ..model import Lines, Suggestion
from .blocks import Block, Container, Listing, Paragraph
from .commands import SHELLISH, reads_as_command
from .inline import code_spans

TELLING = expression(
    r"(?:\b(?:run|running|execute|executing|type|issue|use|using|with|try|do|enter|call)|:)\s*$", re.IGNORECASE
)
"""Words right before a short command that is to be typed: `Run terraform plan`."""


def suggestions_of(text: str, first: int) -> list[Suggestion]:
    """The commands in a text whose first line is line `first` of the document."""
    return [
        Suggestion(span.text.removeprefix("$ "), Lines(first + span.row, first + span.row))
        for span in code_spans(text)
        if reads_as_command(span.text)
        and (_says_enough(span.text) or not span.before.strip() or TELLING.search(span.before))
    ]


def _says_enough(command: str) -> bool:
    """`helm upgrade` only names a command; one with an option, a path or a third word says what to type."""
    return command.count(" ") > 1 or SHELLISH.search(command.partition(" ")[2]) is not None


def suggestions_in(blocks: Iterable[Block]) -> list[Suggestion]:
    found: list[Suggestion] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            found.extend(suggestions_of(block.text, block.first))
        elif isinstance(block, Listing):
            for entry in block.entries:
                found.extend(suggestions_of(entry.text, entry.first))
                found.extend(suggestions_in(entry.blocks))
        elif isinstance(block, Container):
            found.extend(suggestions_in(block.blocks))
    return found
