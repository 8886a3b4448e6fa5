"""Output as it is stored: pieces of at most 64 KiB, compressed, each with the time and length of every read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from .damage import TrailDamaged

if TYPE_CHECKING:
    from zstandard import ZstdCompressor, ZstdDecompressor

CHUNK_BYTES = 64 << 10
SMALL_BYTES = 128
"""Below this a frame's overhead eats the gain, and the compressor need not even be loaded."""
LONGEST_VARINT = 10


class Read(NamedTuple):
    """One read from the terminal. The time is exact for a chunk's first read, to the microsecond after that."""

    mono_ns: int
    n_bytes: int


@dataclass(frozen=True, slots=True)
class OutputChunk:
    offset: int
    """Of the first byte, counted from the attempt's first."""
    data: bytes
    reads: tuple[Read, ...]


class Codec:
    """Compresses and expands. Not thread-safe: one for each thread or lock."""

    @cached_property
    def _compressor(self) -> ZstdCompressor:
        import zstandard

        return zstandard.ZstdCompressor(level=3)

    @cached_property
    def _decompressor(self) -> ZstdDecompressor:
        import zstandard

        return zstandard.ZstdDecompressor()

    def compress(self, data: bytes) -> tuple[str, bytes]:
        """The codec's name and the stored bytes, never longer than the data."""
        if len(data) >= SMALL_BYTES and len(packed := self._compressor.compress(data)) < len(data):
            return "zstd", packed
        return "raw", data

    def expand(self, codec: str, stored: bytes, n_bytes: int, limit: int) -> bytes:
        """The `n_bytes` that were compressed. TrailDamaged when it is any other number, or more than `limit`."""
        if codec not in ("raw", "zstd") or not 0 <= n_bytes <= limit:
            raise TrailDamaged(f"Stored bytes declare themselves as {n_bytes} bytes of {codec!r}.")
        data = stored if codec == "raw" else self._expand(stored, n_bytes)
        if len(data) != n_bytes:
            raise TrailDamaged(f"Stored bytes expand to {len(data)} instead of {n_bytes}.")
        return data

    def _expand(self, stored: bytes, n_bytes: int) -> bytes:
        import zstandard

        try:
            # The library allocates what the frame declares, whatever limit it is given.
            if zstandard.frame_content_size(stored) != n_bytes:
                raise TrailDamaged("A stored frame declares another size than its row.")
            return self._decompressor.decompress(stored, max_output_size=n_bytes, allow_extra_data=False)
        except zstandard.ZstdError as error:
            raise TrailDamaged(f"A stored frame cannot be expanded: {error}.") from error


def pack_times(reads: Sequence[Read]) -> bytes:
    """Two varints per read: microseconds since the read before it, never negative, and length."""
    packed = bytearray()
    start = reads[0].mono_ns
    last = 0
    for mono_ns, n_bytes in reads:
        tick = max(last, (mono_ns - start) // 1000)
        _put(packed, tick - last)
        _put(packed, n_bytes)
        last = tick
    return bytes(packed)


def unpack_times(packed: bytes, start: int) -> tuple[Read, ...]:
    """TrailDamaged when the bytes are not pairs of varints."""
    numbers = list(_numbers(packed))
    if len(numbers) % 2:
        raise TrailDamaged("The times of an output chunk are not pairs.")
    reads = []
    tick = 0
    for since, n_bytes in zip(numbers[::2], numbers[1::2], strict=True):
        tick += since
        reads.append(Read(start + tick * 1000, n_bytes))
    return tuple(reads)


def _put(packed: bytearray, number: int) -> None:
    while number > 0x7F:
        packed.append(number & 0x7F | 0x80)
        number >>= 7
    packed.append(number)


def _numbers(packed: bytes) -> Iterator[int]:
    number = length = 0
    for byte in packed:
        number |= (byte & 0x7F) << 7 * length
        length += 1
        if length > LONGEST_VARINT:
            raise TrailDamaged("The times of an output chunk hold a number without an end.")
        if byte < 0x80:
            yield number
            number = length = 0
    if length:
        raise TrailDamaged("The times of an output chunk break off.")
