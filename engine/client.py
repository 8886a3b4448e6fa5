"""A client's end of a host's socket: ask it, and read what it tells. Serialisable values only.

`Client` keeps the `RunState` by folding the events it is told, so every client sees the run as the trail has it.
"""

from __future__ import annotations

import json
import select
import socket
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from .address import Address
from .commands import Command
from .errors import HostUnreachable, OncueError, Refused
from .events import Actor, Recorded
from .feed import Gap, OutputPiece
from .keyboard import holds
from .launch import refusal
from .state import RunState, apply
from .wire import Decoder, Keys, Message, encode

REPLY_SECONDS = 30.0
"""A host answers in milliseconds; one that does not for so long is stuck or stopped."""

Told = Recorded | OutputPiece | Gap | str
"""What a host tells by itself; a string is its last word: `left`, `ended`, or why the trail failed."""


class Client:
    def __init__(self, address: Address, name: str, actor: Actor, most_behind: int | None = None) -> None:
        """Attach to a host. Raises `HostUnreachable` when nobody answers there.

        With `most_behind`, output further back than so many bytes is told as a `Gap`: who shows only the end of a
        flood is spared the rest of it.
        """
        self._socket = socket.socket(socket.AF_UNIX)
        try:
            self._socket.connect(address.socket)
        except OSError as error:
            raise HostUnreachable(f"the host of run {address.run_id} does not answer: {error.strerror}") from error
        self._decoder = Decoder()
        self._told: deque[Told] = deque()
        self._replies: dict[int, Mapping[str, Any]] = {}
        self._asked = 0
        self.state = RunState()
        self.last_word = ""
        """Why the host closed a run that was neither left nor over: its trail could not be written."""
        hello = self._greet(client=name, actor=actor.model_dump(mode="json"), most_behind=most_behind)
        self.run_id = str(hello["run_id"])
        self.seen = int(hello["seen"])
        """The event with which this client came; what is told up to there is the past."""
        self.id = int(hello["client_id"])
        """Of this client among the run's: whose commands count is `RunState.keyboard`."""

    def fileno(self) -> int:
        return self._socket.fileno()

    @property
    def has_keyboard(self) -> bool:
        """As far as it has been told; the others watch."""
        return holds(self.state, self.id)

    @property
    def pending(self) -> bool:
        """Something is already here that `told` would give without waiting."""
        return bool(self._told)

    def ask(self, what: str, **details: Any) -> Mapping[str, Any]:
        """One request and its reply. Raises `Refused`, or what else the host answered."""
        self._asked += 1
        number = self._asked
        self._send({"id": number, "ask": what, **details})
        while number not in self._replies:
            if not self._receive(REPLY_SECONDS):
                raise HostUnreachable("the run's own process does not answer any more")
        reply = self._replies.pop(number)
        if "refused" in reply:
            raise Refused(str(reply["refused"]))
        if "failed" in reply:
            raise refusal(reply)
        return reply

    def command(self, command: Command) -> None:
        """Have a command carried out, and see to it that `state` knows what came of it."""
        done = self.ask("command", command=command.model_dump(mode="json"))["ok"]
        while done and self.state.seq < done[-1] and self._receive(REPLY_SECONDS):
            continue

    def keys(self, data: bytes) -> None:
        self._send(Keys(data))

    def told(self, timeout: float | None = None) -> Told | None:
        """The next thing the host tells, None after `timeout` seconds. Raises `HostUnreachable` when it is gone."""
        while not self._told:
            if not self._receive(timeout):
                return None
        return self._told.popleft()

    def catch_up(self) -> None:
        """Read the past, so that `state` is where the run stands."""
        while self.state.seq < self.seen and self._receive(REPLY_SECONDS):
            continue

    def look(self) -> None:
        """Take in what is here already, so that `state` is not older than the last thing the host told."""
        with suppress(HostUnreachable):  # gone: the next thing asked says so
            while self._receive(0):
                continue

    def close(self, reason: str = "left") -> None:
        """Part in order where the host still listens."""
        with suppress(OncueError):  # gone already: then it knows
            self.ask("bye", reason=reason)
        self.hang_up()

    def hang_up(self) -> None:
        """Part without a word, as a client that dies does."""
        self._socket.close()

    def _greet(self, **details: Any) -> Mapping[str, Any]:
        try:
            return self.ask("hello", **details)
        except BaseException:
            self._socket.close()
            raise

    def _send(self, message: Message) -> None:
        try:
            self._socket.sendall(encode(message))
        except OSError as error:
            raise HostUnreachable("the run's own process is gone") from error

    def _receive(self, timeout: float | None) -> bool:
        """Read what is there, waiting up to `timeout` for something. Answers whether anything came."""
        ready, _, _ = select.select([self._socket], [], [], timeout)
        if not ready:
            return False
        try:
            data = self._socket.recv(1 << 20)
        except OSError as error:
            raise HostUnreachable("the run's own process is gone") from error
        if not data:
            raise HostUnreachable("the run's own process is gone")
        for message in self._decoder.feed(data):
            self._take(message)
        return True

    def _take(self, message: Message) -> None:
        match message:
            case OutputPiece():
                self._told.append(message)
            case Mapping() if "re" in message:
                self._replies[int(message["re"])] = message
            case Mapping() if "recorded" in message:
                recorded = Recorded.model_validate_json(json.dumps(message["recorded"]))
                self.state = apply(self.state, recorded)
                self._told.append(recorded)
            case Mapping() if "gap" in message:
                self._told.append(Gap(*message["gap"]))
            case Mapping() if "closing" in message:
                self.last_word = "" if message["closing"] in ("left", "ended") else str(message["closing"])
                self._told.append(str(message["closing"]))
            case _:
                raise HostUnreachable("the other side of the socket does not speak Oncue's protocol")
