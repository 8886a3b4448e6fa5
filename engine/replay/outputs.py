"""Where each output stood when: an index in memory, and behind it whatever holds the bytes."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, Protocol


class Read(NamedTuple):
    """What one read of the terminal brought."""

    at_us: int
    n_bytes: int


@dataclass(slots=True)
class Index:
    """Of one output: its entries in order, each with the moment and the byte at which it begins."""

    times: array[int] = field(default_factory=lambda: array("q"))
    offsets: array[int] = field(default_factory=lambda: array("q"))
    size: int = 0
    """Bytes in all."""
    end_us: int = 0
    """Of its last read, or later."""

    def add(self, at_us: int, offset: int) -> None:
        self.times.append(at_us)
        self.offsets.append(offset)

    def end_of(self, entry: int) -> int:
        """The byte behind it."""
        return self.offsets[entry + 1] if entry + 1 < len(self.offsets) else self.size


Page = Callable[[int, int, int], bytes]
"""Of an attempt, from a byte on, so many bytes: fewer only at the end."""


class Store(Protocol):
    """Bytes and reads, fetched when they are asked for, on whichever thread asks."""

    def pages(self) -> AbstractContextManager[Page]:
        """For several requests in a row, by one thread."""
        ...

    def reads(self, attempt: int, entry: int) -> Sequence[Read]:
        """Of one entry of the index, with times that never run backwards."""
        ...

    def pieces(self, attempt: int, entry: int) -> Iterator[tuple[int, bytes]]:
        """Read by read with their moments, from an entry on."""
        ...


class Outputs:
    """All outputs of a run. A `Source` of whole ones."""

    def __init__(self, indexes: Mapping[int, Index], store: Store) -> None:
        self.indexes = indexes
        """By attempt; what printed nothing is not among them."""
        self._store = store
        self._reads = lru_cache(maxsize=64)(store.reads)
        """Whoever plays looks at one entry a few times before the next."""

    def size(self, attempt: int) -> int:
        return self.indexes[attempt].size if attempt in self.indexes else 0

    def is_all(self, attempt: int, at_us: int, n_bytes: int | None) -> bool:
        """Whether so many bytes are all that it had printed by then, as far as that is known without reading."""
        index = self.indexes.get(attempt)
        if index is None:
            return n_bytes is not None
        return n_bytes == index.size and at_us >= index.end_us

    def page(self, attempt: int, start: int, n_bytes: int) -> bytes:
        with self._store.pages() as page:
            return page(attempt, start, n_bytes)

    def pages(self) -> AbstractContextManager[Page]:
        return self._store.pages()

    def size_at(self, attempt: int, at_us: int) -> int:
        """Bytes that had been printed by then."""
        index = self.indexes.get(attempt)
        entry = bisect_right(index.times, at_us) - 1 if index else -1
        if index is None or entry < 0:
            return 0
        if at_us >= index.end_us:
            return index.size
        printed = sum(one.n_bytes for one in self._reads(attempt, entry) if one.at_us <= at_us)
        return min(index.offsets[entry] + printed, index.end_of(entry))

    def time_of(self, attempt: int, byte: int) -> int:
        """When this byte had been printed."""
        index = self.indexes[attempt]
        entry = max(0, bisect_right(index.offsets, byte) - 1)
        end = index.offsets[entry]
        for one in self._reads(attempt, entry):
            end += one.n_bytes
            if end > byte:
                return one.at_us
        return index.end_us

    def pieces(self, attempt: int, from_us: int = 0) -> Iterator[tuple[int, bytes]]:
        """What was printed from a moment on, read by read."""
        if (index := self.indexes.get(attempt)) is None:
            return
        entry = max(0, bisect_left(index.times, from_us) - 1)
        for at_us, data in self._store.pieces(attempt, entry):
            if at_us >= from_us:
                yield at_us, data
