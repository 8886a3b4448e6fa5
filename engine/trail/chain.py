"""The hash of a row: SHA-256 over a domain, the previous hash and every column with its length.

    domain ‖ prev ‖ each number as 8 bytes ‖ the length of each text in characters and of each blob in bytes,
    8 bytes each ‖ the texts in UTF-8 ‖ the blobs

Numbers are big-endian and signed. Stored values are hashed verbatim: nothing is parsed in order to verify.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from struct import Struct
from typing import Any

from .layout import CHUNK, DOCUMENT, EVENT, LEDGER, Layout

Row = Sequence[Any]
"""A row as the driver gives it: whatever an altered file holds, so no column's type can be taken for granted."""


class Chain:
    """Hashes the rows of one table."""

    def __init__(self, layout: Layout) -> None:
        self._domain = f"oncue {layout.table} 1\0".encode()
        self._texts = len(layout.numbers)
        self._blobs = self._texts + len(layout.texts)
        self.n_hashed = self._blobs + len(layout.blobs)
        self._pack = Struct(f">{self.n_hashed}q").pack

    def digest(self, prev: bytes, row: Row) -> bytes:
        """TypeError, ValueError, OverflowError or struct.error when a column does not hold what its table says."""
        texts = row[self._texts : self._blobs]
        blobs = row[self._blobs : self.n_hashed]
        head = self._pack(*row[: self._texts], *map(len, texts), *map(len, blobs))
        return sha256(b"".join((self._domain, prev, head, "".join(texts).encode(), *blobs))).digest()

    def sealed(self, prev: bytes, row: Row) -> tuple[Any, ...]:
        """The row with `prev_hash` and `hash` added, ready to be inserted."""
        return (*row, prev, self.digest(prev, row))


EVENTS = Chain(EVENT)
CHUNKS = Chain(CHUNK)
LEDGERS = Chain(LEDGER)
DOCUMENTS = Chain(DOCUMENT)

LEDGER_GENESIS = sha256(b"oncue ledger genesis 1\0").digest()


def run_genesis(run_id: str) -> bytes:
    """The hash before a run's first event."""
    return sha256(b"oncue run genesis 1\0" + run_id.encode()).digest()


def output_genesis(run_id: str, attempt: int) -> bytes:
    """The hash before an attempt's first chunk."""
    return sha256(f"oncue output genesis 1\0{attempt}\0{run_id}".encode()).digest()


def empty_head(run_id: str, attempt: int) -> str:
    """`StepEnded.output_head` of an attempt that wrote nothing."""
    return output_genesis(run_id, attempt).hex()
