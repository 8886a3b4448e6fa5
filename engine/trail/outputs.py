"""The outputs of a run, read as far as they are asked for."""

from __future__ import annotations

from collections.abc import Iterator

from .reader import TrailReader


class TrailOutputs:
    def __init__(self, reader: TrailReader, run_id: str) -> None:
        self._reader = reader
        self._run_id = run_id

    def size(self, attempt: int) -> int:
        return self._reader.output_size(self._run_id, attempt)

    def read(self, attempt: int, start: int) -> Iterator[bytes]:
        for chunk in self._reader.output(self._run_id, attempt, start):
            yield chunk.data[max(0, start - chunk.offset) :]
