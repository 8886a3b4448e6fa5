"""Output read back from the trail, on whichever thread asks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..trail import TrailReader


class TrailOutput:
    """A `Source`. Every request has a connection of its own, so that no thread waits for another."""

    def __init__(self, trail: Path, run_id: str) -> None:
        self._trail = trail
        self._run_id = run_id

    def page(self, attempt: int, start: int, n_bytes: int) -> bytes:
        """Raises `TrailUnusable` or `TrailDamaged`."""
        from ..trail import TrailReader  # loads the database's driver, which a live screen needs late or never

        with TrailReader.open(self._trail) as reader:
            return page_of(reader, self._run_id, attempt, start, n_bytes)

    def size(self, attempt: int) -> int:
        from ..trail import TrailReader

        with TrailReader.open(self._trail) as reader:
            return reader.output_size(self._run_id, attempt)


def page_of(reader: TrailReader, run_id: str, attempt: int, start: int, n_bytes: int) -> bytes:
    """Fewer bytes only at the end of what is stored."""
    pieces: list[bytes] = []
    end = start + n_bytes
    for chunk in reader.output(run_id, attempt, start):
        if chunk.offset >= end:
            break
        pieces.append(chunk.data[max(0, start - chunk.offset) : end - chunk.offset])
        if chunk.offset + len(chunk.data) >= end:
            break
    return b"".join(pieces)
