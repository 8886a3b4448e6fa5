"""Outputs of a run of the trail: one entry for each stored chunk, which is a tenth of a second or 64 KiB."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from ..casting.timeline import Anchor
from ..scrollback.stored import page_of
from ..trail import TrailReader
from .outputs import Index, Page, Read

FOREVER = 1 << 62


class Attempt(NamedTuple):
    """When it ran: no output is earlier or later than that."""

    anchor: Anchor
    """A moment on the clock that its output was timed by."""
    begin_us: int
    end_us: int = FOREVER

    def at(self, mono_ns: int) -> int:
        return min(max(self.begin_us, self.anchor.at(mono_ns)), self.end_us)


def index_of(reader: TrailReader, run_id: str, number: int, attempt: Attempt) -> Index | None:
    """None for what printed nothing."""
    index = Index()
    last = attempt.begin_us
    for offset, n_bytes, mono_ns in reader.output_index(run_id, number):
        last = max(last, attempt.at(mono_ns))
        index.add(last, offset)
        index.size = offset + n_bytes
    if not index.size:
        return None
    index.end_us = max([last, *(one.at_us for one in _reads(reader, run_id, number, len(index.times) - 1, attempt))])
    return index


def _reads(reader: TrailReader, run_id: str, number: int, entry: int, attempt: Attempt) -> Iterator[Read]:
    last = 0
    for one in reader.output_reads(run_id, number, entry + 1):
        last = max(last, attempt.at(one.mono_ns))
        yield Read(last, one.n_bytes)


class TrailStore:
    """Every request has a connection of its own, so that no thread waits for another."""

    def __init__(self, trail: Path, run_id: str, attempts: Mapping[int, Attempt]) -> None:
        self._trail = trail
        self._run_id = run_id
        self._attempts = attempts

    @contextmanager
    def pages(self) -> Iterator[Page]:
        with TrailReader.open(self._trail) as reader:
            yield partial(page_of, reader, self._run_id)

    def reads(self, attempt: int, entry: int) -> Sequence[Read]:
        with TrailReader.open(self._trail) as reader:
            return tuple(_reads(reader, self._run_id, attempt, entry, self._attempts[attempt]))

    def pieces(self, attempt: int, entry: int) -> Iterator[tuple[int, bytes]]:
        about, last = self._attempts[attempt], 0
        with TrailReader.open(self._trail) as reader:
            for chunk in reader.output(self._run_id, attempt, from_chunk=entry + 1):
                start = 0
                for one in chunk.reads:
                    last = max(last, about.at(one.mono_ns))
                    yield last, chunk.data[start : start + one.n_bytes]
                    start += one.n_bytes
