"""The end of an output that is still being written, as far back as memory is kept for it."""

from __future__ import annotations

KEEP_BYTES = 512 * 1024
"""More than any screen shows; what is older is in the trail by the time somebody scrolls there."""


class Tail:
    def __init__(self, start: int = 0) -> None:
        self.start = start
        """Byte of the output at which it begins."""
        self.skipped = 0
        """Bytes right before `start` that never came here."""
        self._data = bytearray()

    @property
    def end(self) -> int:
        return self.start + len(self._data)

    def append(self, offset: int, data: bytes) -> None:
        """What was known already is passed over; after a hole the tail begins anew."""
        if offset > self.end:
            self.skip(offset)
        if fresh := data[self.end - offset :]:
            self._data += fresh
        if len(self._data) > 2 * KEEP_BYTES:
            self._drop(len(self._data) - KEEP_BYTES)

    def skip(self, end: int) -> None:
        """Everything up to byte `end` has passed by."""
        if end > self.end:
            self.skipped = end - self.end
            self.start = end
            self._data.clear()

    def prepend(self, offset: int, data: bytes) -> None:
        """Bytes that have been read from elsewhere and end where the tail begins, or later."""
        missing = self.start - offset
        if 0 < missing <= len(data):
            self._data[:0] = data[:missing]
            self.start = offset
            self.skipped = 0

    def read(self, first: int, end: int) -> bytes:
        """What it holds between two bytes of the output."""
        return bytes(self._data[max(0, first - self.start) : max(0, end - self.start)])

    def _drop(self, n_bytes: int) -> None:
        del self._data[:n_bytes]
        self.start += n_bytes
        self.skipped = 0
