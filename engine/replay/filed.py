"""Outputs of a recording, read from its file."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

from ..recording import RecordedStep
from .outputs import Index, Page, Read


def index_of(step: RecordedStep) -> Index:
    printed = step.printed
    return Index(printed.times, printed.offsets, step.output_bytes, printed.end_us)


class CastStore:
    def __init__(self, steps: Iterable[RecordedStep]) -> None:
        self._steps: Mapping[int, RecordedStep] = {step.attempt: step for step in steps}

    def pages(self) -> AbstractContextManager[Page]:
        return nullcontext(self._page)

    def _page(self, attempt: int, start: int, n_bytes: int) -> bytes:
        step = self._steps[attempt]
        entry = max(0, bisect_right(step.printed.offsets, start) - 1)
        if not step.output_bytes or n_bytes <= 0:
            return b""
        skipped = start - step.printed.offsets[entry]
        data = bytearray()
        for piece in step.printed_from(entry):
            data += piece.data
            if len(data) >= skipped + n_bytes:
                break
        return bytes(data[skipped : skipped + n_bytes])

    def reads(self, attempt: int, entry: int) -> Sequence[Read]:
        step = self._steps[attempt]
        index = index_of(step)
        left, reads = index.end_of(entry) - index.offsets[entry], []
        for piece in step.printed_from(entry):
            if left <= 0:
                break
            reads.append(Read(piece.at_us, len(piece.data)))
            left -= len(piece.data)
        return tuple(reads)

    def pieces(self, attempt: int, entry: int) -> Iterator[tuple[int, bytes]]:
        for piece in self._steps[attempt].printed_from(entry):
            yield piece.at_us, piece.data
