"""The run's host, as the event loop sees it: a thread of its own speaks with it, and posts what it tells.

Output is handed over a few times a second and the socket is not read meanwhile, so that a step that floods its
terminal costs the screen no more than what can be shown: the host skips what is not fetched in time.
"""

from __future__ import annotations

import asyncio
import queue
import select
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from typing import Any, Protocol

from textual.message import Message

from engine.client import Client, Told
from engine.commands import Command
from engine.errors import HostUnreachable, OncueError, Refused
from engine.events import Recorded, TerminalResized
from engine.feed import Gap, OutputPiece
from engine.state import RunState
from engine.waker import Waker

from .messages import Happened, HostEnded, OutputArrived
from .recent import Aside, Output, Recent, Replay

FRAME_SECONDS = 1 / 20
"""Between two portions of output: more frames a second buy nothing and make keys wait."""
PORTION_BYTES = 256 * 1024
"""Output fetched for one frame at most."""


class Sink(Protocol):
    """Who is handed what the host tells while the event loop stands still. Called on the bridge's thread."""

    @property
    def is_full(self) -> bool:
        """Output is not fetched until `Bridge.go_on` says that there is room again."""
        ...

    def begin(self, replay: Replay, *, running: bool) -> None:
        """What came before."""
        ...

    def take(self, told: Told | None) -> None:
        """None is the last thing: the host is gone."""
        ...


class Bridge:
    def __init__(self, client: Client, post: Callable[[Message], object]) -> None:
        """`client` has caught up with the past and belongs to the bridge's thread from `start` on."""
        self._client = client
        self._post = post
        self._requests: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._waker = Waker()
        self._output: list[Output] = []
        self._output_bytes = 0
        self._announced = False
        self._next_frame = 0.0
        self._taking = threading.Lock()
        self._sink: Sink | None = None
        self._recent = Recent()
        self._aside = Aside(PORTION_BYTES)
        """What the sink was handed, for the screen that comes back."""
        self.size: tuple[int, int] | None = None
        """Columns and rows of the steps' terminal; None until it is told."""
        self._over = False
        self._stopped = False
        """The thread has answered its last request."""
        self._submitting = threading.Lock()
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

    @property
    def full_screen(self) -> bool:
        """The running step's program has the whole screen, as far as its output has arrived."""
        return self._recent.full_screen

    @property
    def is_over(self) -> bool:
        """The host tells nothing any more."""
        return self._over

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
        self._submit(lambda: None if self._over else self._client.keys(data))

    def take_output(self) -> list[Output]:
        """What has arrived since the last time."""
        with self._taking:
            taken, self._output = self._output, []
            self._output_bytes = 0
            self._announced = False
        self._waker.wake()
        return taken

    def send(self, command: Command) -> None:
        """Have a command carried out and wait for nothing: for when the event loop stands still."""

        def carry_out() -> None:
            with suppress(Refused):  # the step has just ended, or somebody else has the keyboard now
                if not self._over:
                    self._client.command(command)

        self._submit(carry_out)

    @contextmanager
    def diverted(self, sink: Sink) -> Iterator[None]:
        """Hand everything the host tells to `sink` at once, beginning with what a terminal has to be shown before.

        Events are posted as always; the end of the output is there for the screen afterwards.
        """
        self._submit(lambda: self._divert(sink))
        try:
            yield
        finally:
            self._submit(self._come_back)

    def go_on(self) -> None:
        """The sink has room again."""
        self._waker.wake()

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
        if self._sink is not None:
            self._sink.take(None)
        with self._submitting:
            self._stopped = True
            self._answer_requests()  # whoever waits for an answer gets one
        self._waker.close()

    def _once(self) -> None:
        full = self._is_full
        if not self._client.pending:
            watched: list[Any] = [self._waker] if full else [self._waker, self._client]
            ready, _, _ = select.select(watched, [], [], self._patience())
            if self._waker in ready:
                self._waker.clear()
            self._answer_requests()
            if self._client in ready and not self._over:
                self._take(self._client.told(0))
        while self._client.pending and not self._over and not self._is_full:
            self._take(self._client.told(0))
        if self._client.pending and full:
            self._wait_for_taker()
        self._announce()

    @property
    def _is_full(self) -> bool:
        return self._sink.is_full if self._sink is not None else self._output_bytes >= PORTION_BYTES

    def _wait_for_taker(self) -> None:
        ready, _, _ = select.select([self._waker], [], [], self._patience())
        if ready:
            self._waker.clear()
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
        if isinstance(told, OutputPiece):
            self._recent.add(told)
        if self._sink is not None and told is not None:
            self._sink.take(told)
        if isinstance(told, Recorded) and isinstance(told.event, TerminalResized):
            self.size = (told.event.columns, told.event.rows)
            self._recent.resized()
        match told:
            case OutputPiece() | Gap() if self._sink is not None:
                self._aside.add(told)
            case OutputPiece() | Gap():
                self._keep(told)
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

    def _keep(self, output: Output) -> None:
        with self._taking:
            self._output.append(output)
            self._output_bytes += len(output.data) if isinstance(output, OutputPiece) else 0

    def _divert(self, sink: Sink) -> None:
        self._sink = sink
        sink.begin(self._recent.replay(), running=self._client.state.phase == "running" and not self._over)

    def _come_back(self) -> None:
        self._sink = None
        for output in self._aside.take():
            self._keep(output)
        self._flush()

    def _part(self, reason: str) -> None:
        if not self._over:
            self._over = True
            self._client.close(reason)

    # Between the threads.

    async def _do(self, call: Callable[[], Any]) -> Any:
        future: Future[Any] = Future()

        def answer() -> None:
            if not future.set_running_or_notify_cancel():  # nobody waits for it any more
                return
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
        with self._submitting:
            self._requests.put(request)
            if self._stopped:  # nobody else answers it any more
                self._answer_requests()
        self._waker.wake()
