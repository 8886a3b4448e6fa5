"""What the hash of a chunk does not tell: that it expands to what it declares and joins the one before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256

from .chain import Row
from .chunks import CHUNK_BYTES, Codec, unpack_times
from .damage import TrailDamaged
from .layout import CHUNK, columns_of

C = columns_of(CHUNK)


class Soundness:
    """One attempt's chunks, in order."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self.n_bytes = 0
        self.wrong_at: int | None = None
        """Number of the first chunk that is not sound."""

    def passing(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Passes rows on."""
        for number, row in enumerate(rows, 1):
            if self.wrong_at is None and not self._is_sound(row):
                self.wrong_at = number
            yield row

    def _is_sound(self, row: Row) -> bool:
        n_bytes = row[C["n_bytes"]]
        try:
            data = self._codec.expand(row[C["codec"]], row[C["data"]], n_bytes, CHUNK_BYTES)
            reads = unpack_times(row[C["times"]], row[C["t0_mono_ns"]])
        except (TrailDamaged, TypeError, ValueError):
            return False
        joins = row[C["byte_off"]] == self.n_bytes
        self.n_bytes += n_bytes
        whole = sum(read.n_bytes for read in reads) == n_bytes
        return bool(joins and whole and sha256(data).digest() == row[C["sha256"]])
