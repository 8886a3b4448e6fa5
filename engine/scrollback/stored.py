"""Output read back from the trail, on whichever thread asks."""

from __future__ import annotations

from pathlib import Path


class TrailOutput:
    """A `Source`. Every request has a connection of its own, so that no thread waits for another."""

    def __init__(self, trail: Path, run_id: str) -> None:
        self._trail = trail
        self._run_id = run_id

    def page(self, attempt: int, start: int, n_bytes: int) -> bytes:
        """Raises `TrailUnusable` or `TrailDamaged`."""
        from ..trail import TrailReader  # loads the database's driver, which a live screen needs late or never

        pieces: list[bytes] = []
        end = start + n_bytes
        with TrailReader.open(self._trail) as reader:
            for chunk in reader.output(self._run_id, attempt, start):
                if chunk.offset >= end:
                    break
                pieces.append(chunk.data[max(0, start - chunk.offset) : end - chunk.offset])
                if chunk.offset + len(chunk.data) >= end:
                    break
        return b"".join(pieces)

    def size(self, attempt: int) -> int:
        from ..trail import TrailReader

        with TrailReader.open(self._trail) as reader:
            return reader.output_size(self._run_id, attempt)
