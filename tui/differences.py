"""How a text differs from another one, line by line. Pure, and quick enough to be told with every key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

MOST_COMPARED = 300
"""Lines on either side that are compared each with each; of more, all are told as gone and come."""


class Difference(NamedTuple):
    sign: str
    """`-` for a line that is gone, `+` for one that came."""
    number: int
    """Of the line, in the text it stands in."""
    line: str


def differences(before: str, after: str) -> list[Difference]:
    old, new = before.split("\n"), after.split("\n")
    start = _n_same(old, new)
    end = _n_same(old[start:][::-1], new[start:][::-1])
    return list(_middle(old[start : len(old) - end], new[start : len(new) - end], start + 1))


def _n_same(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines are the same from the beginning on."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (left, right) in pairs if left != right), min(len(one), len(other)))


def _middle(old: Sequence[str], new: Sequence[str], first: int) -> Iterator[Difference]:
    if max(len(old), len(new)) > MOST_COMPARED:
        blocks = [("replace", 0, len(old), 0, len(new))]
    else:
        blocks = list(SequenceMatcher(None, old, new, autojunk=False).get_opcodes())
    for kind, old_first, old_end, new_first, new_end in blocks:
        if kind != "equal":
            yield from (Difference("-", first + place, old[place]) for place in range(old_first, old_end))
            yield from (Difference("+", first + place, new[place]) for place in range(new_first, new_end))
