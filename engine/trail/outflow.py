"""Output on its way to the database: buffered, cut into chunks, sealed and committed by a thread of its own.

A chunk is closed at 64 KiB or 100 ms after its first byte. Whoever writes output waits only while more than
`BOUND_BYTES` are on the way.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

from ..errors import TrailWriteError
from .chain import CHUNKS, output_genesis
from .chunks import CHUNK_BYTES, Codec, Read, pack_times
from .layout import CHUNK
from .statements import LAST_CHUNK
from .store import Store

INTERVAL_SECONDS = 0.1
BOUND_BYTES = 4 << 20
RAW_BYTES = CHUNK.hashed.index("n_bytes")

ChunkRow = tuple[Any, ...]
Key = tuple[str, int]
Piece = tuple[int, bytes]
"""When it was read, and what."""


class OutputTotals(NamedTuple):
    n_bytes: int
    n_chunks: int
    head_hex: str


@dataclass(slots=True)
class Stream:
    """One attempt's output. `idx`, `offset` and `head` are those of the last sealed chunk."""

    run_id: str
    attempt: int
    idx: int
    offset: int
    head: bytes
    pieces: list[Piece] = field(default_factory=list)
    n_pending: int = 0

    def take(self, *, everything: bool) -> list[list[Piece]]:
        """Pending pieces by chunk; what does not fill one stays, unless everything is asked for."""
        groups: list[list[Piece]] = []
        group: list[Piece] = []
        room = CHUNK_BYTES
        for mono_ns, data in self.pieces:
            at = 0
            while len(data) - at >= room:
                groups.append([*group, (mono_ns, data[at : at + room])])
                at, group, room = at + room, [], CHUNK_BYTES
            if at < len(data):
                group.append((mono_ns, data[at:]))
                room -= len(data) - at
        if everything and group:
            groups.append(group)
            group, room = [], CHUNK_BYTES
        self.pieces, self.n_pending = group, CHUNK_BYTES - room
        return groups

    def seal(self, pieces: Sequence[Piece], codec: Codec) -> ChunkRow:
        """The next row of the chain."""
        data = b"".join([piece for _, piece in pieces])
        reads = [Read(mono_ns, len(piece)) for mono_ns, piece in pieces]
        name, stored = codec.compress(data)
        row = CHUNKS.sealed(
            self.head,
            (
                *(self.attempt, self.idx + 1, self.offset, len(data), reads[0].mono_ns, 0),
                *(self.run_id, "o", name),
                *(pack_times(reads), sha256(data).digest(), stored),
            ),
        )
        self.idx, self.offset, self.head = self.idx + 1, self.offset + len(data), row[-1]
        return row

    @property
    def totals(self) -> OutputTotals:
        return OutputTotals(self.offset, self.idx, self.head.hex())


def stored_stream(store: Store, run_id: str, attempt: int) -> Stream:
    """An attempt as far as the database has it."""
    found = store.query(LAST_CHUNK, (run_id, attempt))
    idx, offset, head = found[0] if found else (0, 0, output_genesis(run_id, attempt))
    return Stream(run_id, attempt, idx, offset, head)


class Outflow:
    """`commit` is to write what `take_sealed` hands out; when it raises, the thread tells `fail` and ends."""

    def __init__(
        self,
        store: Store,
        commit: Callable[[], None],
        fail: Callable[[TrailWriteError], None],
        interval: float = INTERVAL_SECONDS,
        bound: int = BOUND_BYTES,
    ) -> None:
        self._store = store
        self._commit = commit
        self._fail = fail
        self._interval = interval
        self._bound = bound
        self._codec = Codec()
        self._streams: dict[Key, Stream] = {}
        self._ended: set[Key] = set()
        self._sealed: list[ChunkRow] = []
        self._queued = 0
        self._due: float | None = None
        self._stopped = False
        self._sealing = threading.Lock()
        """Held from taking pieces until their rows are in line, so that rows never overtake each other."""
        self._state = threading.Condition()
        self._thread = threading.Thread(target=self._work, name="oncue-trail", daemon=True)
        self._thread.start()

    def write(self, run_id: str, attempt: int, data: bytes, mono_ns: int) -> None:
        """Blocks while too much is on the way."""
        if not data:
            return
        key = (run_id, attempt)
        stream = self._stream(key)
        with self._state:
            self._state.wait_for(lambda: self._queued < self._bound or self._stopped)
            if self._streams.get(key) is not stream:
                raise ValueError(f"the output of attempt {attempt} has already ended")
            stream.pieces.append((mono_ns, data))
            stream.n_pending += len(data)
            self._queued += len(data)
            self._wake(full=stream.n_pending >= CHUNK_BYTES)

    def end(self, run_id: str, attempt: int) -> OutputTotals:
        """Seal what is left of the attempt; its rows go with whatever is committed next."""
        key = (run_id, attempt)
        with self._sealing:
            stream = self._stream(key)
            with self._state:
                del self._streams[key]
                self._ended.add(key)
                groups = stream.take(everything=True)
            self._line_up([stream.seal(group, self._codec) for group in groups])
        return stream.totals

    def take_sealed(self) -> list[ChunkRow]:
        """Rows that wait for a commit; the caller commits them."""
        with self._state:
            rows, self._sealed = self._sealed, []
            return rows

    def put_back(self, rows: list[ChunkRow]) -> None:
        """They have not been committed after all."""
        with self._state:
            self._sealed[:0] = rows

    def committed(self, rows: Sequence[ChunkRow]) -> None:
        with self._state:
            self._queued -= sum(row[RAW_BYTES] for row in rows)
            self._state.notify_all()

    @property
    def queued(self) -> int:
        """Bytes handed over and not committed yet."""
        return self._queued

    @property
    def has_sealed(self) -> bool:
        return bool(self._sealed)

    def hasten(self) -> None:
        """Let the thread commit, and check the log's size, at once."""
        with self._state:
            self._due = time.monotonic()
            self._state.notify_all()

    def stop(self) -> None:
        """The thread ends and nobody waits any more. What is pending stays pending."""
        with self._state:
            self._stopped = True
            self._state.notify_all()

    def finish(self) -> None:
        """Stop, and wait for what the thread is just writing."""
        self.stop()
        if self._thread is not threading.current_thread():
            self._thread.join()

    def flush(self, *, everything: bool) -> None:
        """Seal and commit what is pending."""
        with self._sealing:
            with self._state:
                taken = [(stream, stream.take(everything=everything)) for stream in self._streams.values()]
                if everything:
                    self._due = None
            self._line_up([stream.seal(group, self._codec) for stream, groups in taken for group in groups])
        self._commit()

    def _stream(self, key: Key) -> Stream:
        if stream := self._streams.get(key):
            return stream
        if key in self._ended:
            raise ValueError(f"the output of attempt {key[1]} has already ended")
        found = stored_stream(self._store, *key)
        with self._state:
            return self._streams.setdefault(key, found)

    def _line_up(self, rows: list[ChunkRow]) -> None:
        if rows:
            with self._state:
                self._sealed += rows
                self._wake(full=False)

    def _wake(self, *, full: bool) -> None:
        if self._due is None:
            self._due = time.monotonic() + self._interval
            self._state.notify_all()
        elif full:
            self._state.notify_all()

    def _work(self) -> None:
        try:
            while (everything := self._wait()) is not None:
                self.flush(everything=everything)
        except TrailWriteError as error:
            self._fail(error)
        except Exception as error:  # noqa: BLE001 - the border of a thread: nothing may die here unheard
            self._fail(TrailWriteError(f"Output could not be recorded: {error!r}."))

    def _wait(self) -> bool | None:
        """Whether everything is due, or only full chunks; None when the thread is to end."""
        with self._state:
            while not self._stopped:
                left = None if self._due is None else self._due - time.monotonic()
                if left is not None and left <= 0:
                    return True
                if any(stream.n_pending >= CHUNK_BYTES for stream in self._streams.values()):
                    return False
                self._state.wait(left)
            return None
