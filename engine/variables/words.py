"""Values in a text that people read and nothing runs, such as an item of a checklist."""

from __future__ import annotations

from collections.abc import Mapping

from ..model import Variable
from .filling import fill
from .placeholders import placeholders
from .values import CannotFill


def in_words(text: str, values: Mapping[str, str | None]) -> str:
    """With what is known put in. None stands for a secret, which nobody reads: its placeholder stays, as that of
    whatever has no value does."""
    named = dict.fromkeys(one.name for one in placeholders(text, "template"))
    known = {name: value for name in named if (value := values.get(name))}
    if not known:
        return text
    try:
        return fill(text, "template", known, [Variable(name, "braces", ()) for name in known]).text
    except CannotFill:  # of another version's trail, or a file's: as it was written says nothing that is not so
        return text
