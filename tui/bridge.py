"""The run's host, as the event loop sees it: a thread of its own speaks with it, and posts what it tells.

Output is handed over a few times a second and the socket is not read meanwhile, so that a step that floods its
terminal costs the screen no more than what can be shown: the host skips what is not fetched in time.
"""

from __future__ import annotations

import asyncio
import os
import queue
import select
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

from textual.message import Message

from engine.client import Client, Told
from engine.commands import Command
from engine.errors import HostUnreachable, OncueError
from engine.events import Recorded
from engine.feed import Gap, OutputPiece
from engine.state import RunState

from .messages import Happened, HostEnded, OutputArrived

FRAME_SECONDS = 1 / 20
"""Between two portions of output: more frames a second buy nothing and make keys wait."""
PORTION_BYTES = 256 * 1024
"""Output fetched for one frame at most."""

Output = OutputPiece | Gap
Sink = Callable[[Output], None]


class Bridge:
    def __init__(self, client: Client, post: Callable[[Message], object]) -> None:
        """`client` has caught up with the past and belongs to the bridge's thread from `start` on."""
        self._client = client
        self._post = post
        self._requests: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._wake_read, self._wake_write = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._output: list[Output] = []
        self._output_bytes = 0
        self._announced = False
        self._next_frame = 0.0
        self._taking = threading.Lock()
        self._sink: Sink | None = None
        self._over = False
        self._thread = threading.Thread(target=self._run, name="bridge", daemon=True)

    @property
    def state(self) -> RunState:
        return self._client.state

    @property
    def run_id(self) -> str:
        return self._client.run_id

    @property
    def client_id(self) -> int:
        """Of this cockpit among those attached."""
        return self._client.id

    @property
    def last_word(self) -> str:
        """Why the host closed a run that was neither left nor over; empty while it has not."""
        return self._client.last_word

    def start(self) -> None:
        self._thread.start()

    async def ask(self, what: str, **details: Any) -> Mapping[str, Any]:
        """Raises `Refused`, or what else the host answered."""
        answer: Mapping[str, Any] = await self._do(lambda: self._client.ask(what, **details))
        return answer

    async def command(self, command: Command) -> None:
        """Have a command carried out; `state` knows then what came of it."""
        await self._do(lambda: self._client.command(command))

    def keys(self, data: bytes) -> None:
        """Type into the running step."""
        self._submit(lambda: self._client.keys(data))

    def take_output(self) -> list[Output]:
        """What has arrived since the last time."""
        with self._taking:
            taken, self._output = self._output, []
            self._output_bytes = 0
            self._announced = False
        self._wake()
        return taken

    @contextmanager
    def diverted(self, sink: Sink) -> Iterator[None]:
        """Hand every piece of output to `sink` at once, on the bridge's thread, what was not taken yet first."""
        self._submit(lambda: self._divert(sink))
        try:
            yield
        finally:
            self._submit(lambda: self._divert(None))

    def close(self, reason: str) -> None:
        """Part from the host in order. The run goes on there."""
        self._submit(lambda: self._part(reason))
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    # On the bridge's own thread.

    def _run(self) -> None:
        try:
            while not self._over:
                self._once()
        except (HostUnreachable, OSError) as error:
            self._over = True
            self._flush()
            self._post(HostEnded(self._client.last_word or str(error), lost=not self._client.last_word))
        while not self._requests.empty():  # whoever waits for an answer gets one
            self._requests.get()()

    def _once(self) -> None:
        full = self._output_bytes >= PORTION_BYTES
        if not self._client.pending:
            watched: list[Any] = [self._wake_read] if full else [self._wake_read, self._client]
            ready, _, _ = select.select(watched, [], [], self._patience())
            if self._wake_read in ready:
                os.read(self._wake_read, 4096)
            self._answer_requests()
            if self._client in ready and not self._over:
                self._take(self._client.told(0))
        while self._client.pending and not self._over and self._output_bytes < PORTION_BYTES:
            self._take(self._client.told(0))
        if self._client.pending and full:
            self._wait_for_taker()
        self._announce()

    def _wait_for_taker(self) -> None:
        ready, _, _ = select.select([self._wake_read], [], [], self._patience())
        if ready:
            os.read(self._wake_read, 4096)
        self._answer_requests()

    def _patience(self) -> float | None:
        """Seconds until output that is held back may be announced; None for as long as it takes."""
        if not self._output or self._announced:
            return None
        return max(0.0, self._next_frame - time.monotonic())

    def _answer_requests(self) -> None:
        while not self._requests.empty():
            self._requests.get()()

    def _take(self, told: Told | None) -> None:
        match told:
            case OutputPiece() | Gap() if self._sink is not None:
                self._sink(told)
            case OutputPiece() | Gap():
                with self._taking:
                    self._output.append(told)
                    self._output_bytes += len(told.data) if isinstance(told, OutputPiece) else 0
            case Recorded():
                self._flush()
                self._post(Happened(told, self._client.state))
            case str():
                self._flush()
                self._over = True
                self._post(HostEnded(self._client.last_word or told, lost=False))

    def _announce(self) -> None:
        if self._output and not self._announced and time.monotonic() >= self._next_frame:
            self._flush()

    def _flush(self) -> None:
        """Announce what there is, so that it is shown before what is told next."""
        if self._output and not self._announced:
            self._announced = True
            self._next_frame = time.monotonic() + FRAME_SECONDS
            self._post(OutputArrived())

    def _divert(self, sink: Sink | None) -> None:
        self._sink = sink
        if sink is not None:
            for piece in self.take_output():
                sink(piece)

    def _part(self, reason: str) -> None:
        if not self._over:
            self._over = True
            self._client.close(reason)

    # Between the threads.

    async def _do(self, call: Callable[[], Any]) -> Any:
        future: Future[Any] = Future()

        def answer() -> None:
            if self._over:
                future.set_exception(HostUnreachable("the run's own process is gone"))
                return
            try:
                future.set_result(call())
            except OncueError as error:
                future.set_exception(error)

        self._submit(answer)
        return await asyncio.wrap_future(future)

    def _submit(self, request: Callable[[], None]) -> None:
        self._requests.put(request)
        self._wake()

    def _wake(self) -> None:
        try:
            os.write(self._wake_write, b"w")
        except BlockingIOError:
            return  # full: a wake-up is already on its way
