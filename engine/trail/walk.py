"""Walking a chain of rows: where it breaks first, and what was done to it there."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .chain import Chain, Row
from .finding import Tampering

FARTHEST_SHIFT = 64
"""Rows removed in one place for which closing up the numbers is still told from any other change."""


class Break(NamedTuple):
    position: int
    """Number of the row that was touched, from 1."""
    kind: Tampering


class Walk:
    """One table's chains. `position` is the column that numbers the rows of a chain from 1."""

    def __init__(self, chain: Chain, position: int) -> None:
        self._digest = chain.digest
        self._position = position
        self._prev = chain.n_hashed
        self._hash = chain.n_hashed + 1

    def intact(self, genesis: bytes, rows: Iterable[Row]) -> tuple[list[bytes], bool]:
        """The hashes up to the first break, and whether there was none."""
        digest, position, prev_at, hash_at = self._digest, self._position, self._prev, self._hash
        heads: list[bytes] = []
        prev = genesis
        try:
            for number, row in enumerate(rows, 1):
                if row[position] != number or row[prev_at] != prev or digest(prev, row) != row[hash_at]:
                    return heads, False
                prev = row[hash_at]
                heads.append(prev)
        except (TypeError, ValueError, OverflowError, struct.error):
            return heads, False
        return heads, True

    def first_break(self, genesis: bytes, rows: Sequence[Row]) -> Break | None:
        """What happened to the first row that does not continue its chain."""
        prev = genesis
        for number, row in enumerate(rows, 1):
            if row[self._position] != number:
                return _misnumbered(row[self._position], number)
            if row[self._prev] != prev or not self._matches(prev, row):
                return self._explain(genesis, rows, number)
            prev = row[self._hash]
        return None

    def _matches(self, prev: bytes, row: Row) -> bool:
        try:
            return bool(self._digest(prev, row) == row[self._hash])
        except (TypeError, ValueError, OverflowError, struct.error):
            return False

    def _explain(self, genesis: bytes, rows: Sequence[Row], number: int) -> Break:
        """Rows `number` on do not continue what stands before them."""
        row = rows[number - 1]
        prev = row[self._prev]
        before = [genesis, *(earlier[self._hash] for earlier in rows[: number - 1])]
        later = [other[self._hash] for other in rows[number:]]
        if row[self._hash] in before:
            return Break(number, "inserted")
        if prev == before[-1] or self._matches(before[-1], row):
            return Break(number, "changed")
        if number > 1 and prev == before[-2]:
            return Break(number - 1, "inserted")
        if prev in before or prev in later:
            return Break(number, "reordered")
        if self._matches(prev, row):
            return Break(max(number - 1, 1), "replaced")
        return Break(number, "removed" if self._was_later(row, number) else "changed")

    def _was_later(self, row: Row, number: int) -> bool:
        """Whether the row matches its hash under a number it does not carry any more."""
        at = self._position
        return any(
            self._matches(row[self._prev], (*row[:at], number + shift, *row[at + 1 :]))
            for shift in range(1, FARTHEST_SHIFT)
        )


def _misnumbered(found: object, expected: int) -> Break:
    if isinstance(found, int) and found > expected:
        return Break(expected, "removed")
    return Break(expected, "inserted")
