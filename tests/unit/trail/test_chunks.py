"""Output is stored byte for byte, in bounded pieces, with the time of every read."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from itertools import accumulate, pairwise
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from unit.trail.books import begin_step, end_step, lines, open_writer, rows_of, stamp, start, tampering, walk_step

from engine import events as e
from engine.errors import TrailWriteError
from engine.trail import OutputChunk, Read, TrailDamaged, TrailReader, verify
from engine.trail.chunks import CHUNK_BYTES, Codec, pack_times, unpack_times


@given(st.binary(max_size=70_000) | st.integers(0, 70_000).map(lines))
def test_what_is_compressed_expands_to_the_same_bytes(data: bytes) -> None:
    codec, stored = Codec().compress(data)
    assert len(stored) <= len(data)
    assert Codec().expand(codec, stored, len(data), CHUNK_BYTES * 2) == data


BOMB = zstandard.ZstdCompressor().compress(b"\0" * (64 << 20))
HONEST = zstandard.ZstdCompressor().compress(lines(1000))
SILENT = zstandard.ZstdCompressor(write_content_size=False).compress(lines(1000))
DAMAGED_FRAMES = [
    ("zstd", BOMB, CHUNK_BYTES),
    ("zstd", BOMB, 64 << 20),
    ("zstd", HONEST, 999),
    ("zstd", HONEST[:-1], 1000),
    ("zstd", HONEST + b"x", 1000),
    ("zstd", HONEST + HONEST, 1000),
    ("zstd", SILENT, 1000),
    ("zstd", b"", 0),
    ("zstd", b"garbage" * 9, 63),
    ("raw", b"abc", 4),
    ("raw", b"abc", -1),
    ("gzip", b"abc", 3),
]


@pytest.mark.parametrize(("codec", "stored", "n_bytes"), DAMAGED_FRAMES)
def test_stored_bytes_that_lie_about_themselves_are_not_expanded(codec: str, stored: bytes, n_bytes: int) -> None:
    with pytest.raises(TrailDamaged):
        Codec().expand(codec, stored, n_bytes, CHUNK_BYTES)


@given(st.lists(st.tuples(st.integers(0, 2**50), st.integers(1, 2**20)), min_size=1))
def test_times_are_kept_to_the_microsecond_without_drifting(reads: list[tuple[int, int]]) -> None:
    starts = accumulate(since for since, _ in reads)
    exact = [Read(mono_ns, n_bytes) for mono_ns, (_, n_bytes) in zip(starts, reads, strict=True)]
    found = unpack_times(pack_times(exact), exact[0].mono_ns)
    assert [read.n_bytes for read in found] == [read.n_bytes for read in exact]
    assert all(0 <= want.mono_ns - got.mono_ns < 1000 for want, got in zip(exact, found, strict=True))
    assert found[0] == exact[0]


def test_a_clock_that_goes_back_stands_still_in_the_record() -> None:
    found = unpack_times(pack_times([Read(5000, 1), Read(9000, 1), Read(1000, 1), Read(9000, 1)]), 5000)
    assert [read.mono_ns for read in found] == [5000, 9000, 9000, 9000]


@given(st.binary(max_size=60))
def test_any_stored_times_are_read_or_refused(packed: bytes) -> None:
    try:
        reads = unpack_times(packed, 0)
    except TrailDamaged:
        return
    assert all(later.mono_ns >= earlier.mono_ns for earlier, later in pairwise(reads))


def written(place: Path, pieces: Sequence[bytes], start_at: int = 0) -> list[OutputChunk]:
    with open_writer(place) as writer:
        start(writer)
        walk_step(writer, "run-1", 1, pieces)
    assert verify(place).findings == ()
    with TrailReader.open(place) as reader:
        return list(reader.output("run-1", 1, start_at))


EVERY_BYTE = bytes(range(256)) * 3
PIECES = [
    [],
    [b""],
    [b"x"],
    [EVERY_BYTE],
    [b"x" * CHUNK_BYTES],
    [b"x" * (CHUNK_BYTES - 1), b"yz"],
    [b"x" * (CHUNK_BYTES + 1)],
    [b"line\n" * 60_000, b"", b"\xff\xfe\0\x9b", EVERY_BYTE],
    [bytes([n % 256]) for n in range(5000)],
]


@pytest.mark.parametrize("pieces", PIECES, ids=[f"{len(pieces)} pieces" for pieces in PIECES])
def test_output_is_read_back_as_it_was_written(place: Path, pieces: list[bytes]) -> None:
    whole = b"".join(pieces)
    chunks = written(place, pieces)
    assert b"".join(chunk.data for chunk in chunks) == whole
    assert [chunk.offset for chunk in chunks] == list(range(0, len(whole), CHUNK_BYTES))
    assert all(sum(read.n_bytes for read in chunk.reads) == len(chunk.data) for chunk in chunks)
    # `walk_step` says that read n took place at millisecond n.
    times = [read.mono_ns for chunk in chunks for read in chunk.reads]
    assert times == sorted(times)
    assert set(times) == {1_000_000 * number for number, piece in enumerate(pieces) if piece}


@pytest.mark.parametrize("start_at", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, 150_000, 199_999, 200_000, 10**9])
def test_output_can_be_read_from_the_middle(place: Path, start_at: int) -> None:
    chunks = written(place, [lines(200_000)], start_at)
    first = min(start_at // CHUNK_BYTES, 3) * CHUNK_BYTES
    assert chunks[0].offset == first
    assert b"".join(chunk.data for chunk in chunks) == lines(200_000)[first:]


def test_output_of_nothing_is_nothing(book: Path) -> None:
    with TrailReader.open(book) as reader:
        assert list(reader.output("run-1", 3)) == []
        assert list(reader.output("run-1", 99)) == []
        assert list(reader.output("run-9", 1)) == []


def test_a_damaged_chunk_is_refused_when_read(book: Path) -> None:
    with tampering(book) as connection:
        connection.execute("UPDATE chunk SET data = x'00' WHERE run_id = 'run-1' AND idx = 2")
    with TrailReader.open(book) as reader:
        chunks = reader.output("run-1", 1)
        assert next(chunks).offset == 0
        with pytest.raises(TrailDamaged, match=r"Output chunk 2 in .* cannot be read"):
            next(chunks)


def test_output_reaches_the_database_while_its_step_still_runs(place: Path) -> None:
    with open_writer(place, interval=0.01) as writer:
        start(writer)
        begin_step(writer, "run-1", 1)
        writer.write_output("run-1", 1, b"waiting for locks", 1)
        with TrailReader.open(place) as reader:
            while not (chunks := list(reader.output("run-1", 1))):
                pass
        assert [chunk.data for chunk in chunks] == [b"waiting for locks"]
        assert writer.lost_bytes in (0, 17)  # the commit is visible a moment before it is counted
        end_step(writer, "run-1", 1)
        assert writer.lost_bytes == 0
    assert verify(place).findings == ()


def test_output_of_several_attempts_at_once_is_kept_apart(place: Path) -> None:
    with open_writer(place, interval=0.002) as writer:
        start(writer)
        for attempt in (1, 2, 3):
            begin_step(writer, "run-1", attempt)

        def print_numbers(attempt: int) -> None:
            for number in range(400):
                writer.write_output("run-1", attempt, b"%d:%05d\n" % (attempt, number) * 40, number)

        threads = [threading.Thread(target=print_numbers, args=(attempt,)) for attempt in (1, 2, 3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for attempt in (1, 2, 3):
            end_step(writer, "run-1", attempt)
    assert verify(place).findings == ()
    with TrailReader.open(place) as reader:
        for attempt in (1, 2, 3):
            found = b"".join(chunk.data for chunk in reader.output("run-1", attempt))
            assert found == b"".join(b"%d:%05d\n" % (attempt, number) * 40 for number in range(400))


def test_output_after_its_end_is_refused(place: Path) -> None:
    with open_writer(place) as writer:
        start(writer)
        walk_step(writer, "run-1", 1, [b"all\n"])
        with pytest.raises(ValueError, match="the output of attempt 1 has already ended"):
            writer.write_output("run-1", 1, b"more", 9)
        with pytest.raises(ValueError, match="the output of attempt 1 has already ended"):
            writer.end_output("run-1", 1)


def test_writing_waits_when_too_much_is_on_the_way_and_goes_on_when_it_has_passed(place: Path) -> None:
    """A megabyte through a queue of a thousand bytes: it can only get through by waiting for commits."""
    with open_writer(place, interval=0.001, bound=1000) as writer:
        start(writer)
        begin_step(writer, "run-1", 1)
        most = 0
        for number in range(250):
            writer.write_output("run-1", 1, os.urandom(999), number)
            most = max(most, writer.lost_bytes)
        end_step(writer, "run-1", 1)
    assert most < 2000
    assert rows_of(place, "SELECT sum(n_bytes) FROM chunk") == [(250 * 999,)]


def test_output_is_not_lost_with_an_event_that_could_not_be_written(place: Path) -> None:
    """The rows of the ended output travel with the next event; when that one is interrupted, with the one after it."""
    with open_writer(place) as writer:
        start(writer)
        begin_step(writer, "run-1", 1)
        writer.write_output("run-1", 1, b"all\n", 1)
        totals = writer.end_output("run-1", 1)
        with pytest.raises(KeyboardInterrupt), writer._writing():
            raise KeyboardInterrupt
        assert writer.lost_bytes == 4
        writer.append("run-1", (e.Noted(text="again"),), stamp())
        assert writer.lost_bytes == 0
        assert writer.recover_output("run-1", 1) == totals
    assert verify(place).findings == ()


def test_pending_output_is_written_when_the_trail_is_closed(place: Path) -> None:
    with open_writer(place) as writer:
        start(writer)
        begin_step(writer, "run-1", 1)
        writer.write_output("run-1", 1, b"last words", 1)
    with TrailReader.open(place) as reader:
        assert [chunk.data for chunk in reader.output("run-1", 1)] == [b"last words"]


def test_nothing_is_taken_after_closing(place: Path) -> None:
    writer = open_writer(place)
    start(writer)
    writer.close()
    with pytest.raises(TrailWriteError, match="closed"):
        writer.write_output("run-1", 1, b"late", 1)
