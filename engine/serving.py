"""A run's clients on its socket: each is answered what it asks, and told of everything that happens."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from . import clock
from . import commands as c
from .errors import OncueError, Refused
from .events import Actor, CommitDecision, Recorded
from .feed import Cursor, Gap, OutputPiece
from .keyboard import NOBODY
from .limits import span
from .past_times import read_last_times, to_json
from .rows import rows_of
from .rows import to_json as to_json_rows
from .runner import Runner
from .state import RunState
from .trail import TrailReader
from .waker import Waker
from .wire import Decoder, Keys, Message, encode

ORPHAN_SECONDS = 12 * 3600.0
"""A run nobody has come back to for a night is left open and its host ends; `oncue resume` still brings it back."""
REHEARSAL_SECONDS = 60.0
"""The same of a rehearsal, whatever it plays: nothing real goes on in it, so there is only time to come back after a
lost connection."""
CLIENT_FRAME_LIMIT = 8 * 1024 * 1024
"""Above the longest edit of a step; a host listens to several clients at once."""
STOP_SECONDS = 5.0
"""How long a stopped step may take to be recorded."""
DRAIN_SECONDS = 5.0
"""How long the end waits for clients to read what they have not read yet."""
PARTING_SECONDS = 1.0
"""How long a newcomer waits for a client that is gone to be recorded as such; that takes a millisecond."""
WAITING_BYTES = 64 * 1024
"""Sent and not yet read, for a watcher that wants to see the end of a flood at once; the kernel doubles it."""


DECISIONS: Mapping[str, CommitDecision] = {"commit": "commit", "roll_back": "roll_back"}


class Host:
    def __init__(self, runner: Runner, listener: socket.socket, actor: Actor, trail: Path) -> None:
        self.runner = runner
        self.actor = actor
        self.trail = trail
        self._listener = listener
        self._waker = Waker()
        self._connections: set[Connection] = set()
        self.door = threading.Lock()
        """Clients come in one after the other, so that each knows of all before it."""
        self._told_to_stop = False

    def serve(self) -> None:
        """Until the run is left or over, or the trail fails."""
        threading.Thread(target=self._watch, name="watch", daemon=True).start()
        self._catch_signals()
        quiet_since = time.monotonic()
        while not self._over():
            watched: list[Any] = [self._listener, self._waker]
            ready, _, _ = select.select(watched, [], [], _patience(self.runner.state) / 12)
            if self._waker in ready:
                self._waker.clear()
            if self._listener in ready:
                Connection(self, self._listener.accept()[0]).start()
            if self._told_to_stop:
                self._stop("the host was told to stop")
            limit = given_up_after(self.runner.state, attended=bool(self._connections))
            if limit is None:
                quiet_since = time.monotonic()
            elif time.monotonic() - quiet_since > limit:
                what = "the rehearsal" if is_rehearsal(self.runner.state) else "it"
                self._stop(f"nobody came back to {what} within {span(limit)}")
        self._listener.close()
        signal.set_wakeup_fd(-1)

    def drain(self) -> None:
        """Let the clients read to the end. Nothing is served after it."""
        self.runner.feed.close()
        deadline = time.monotonic() + DRAIN_SECONDS
        for connection in list(self._connections):
            connection.join(max(0.0, deadline - time.monotonic()))
        self._waker.close()

    def joined(self, connection: Connection) -> None:
        self._connections.add(connection)

    def see_off(self) -> None:
        """Whoever has hung up has parted before somebody else comes, so that nobody waits for a keyboard that a dead
        client holds."""
        for connection in list(self._connections):
            connection.see_off()

    def parted(self, connection: Connection) -> None:
        self._connections.discard(connection)
        self._waker.wake()

    def _over(self) -> bool:
        return self.runner.state.phase in ("left", "ended") or self.runner.failure is not None

    def _watch(self) -> None:
        cursor = Cursor()
        while self.runner.feed.next(cursor) is not None:
            if self._over():
                break
        self._waker.wake()

    def _catch_signals(self) -> None:
        def stop(_signal: int, _frame: object) -> None:
            self._told_to_stop = True

        for number in (signal.SIGHUP, signal.SIGINT):  # a handler, because what is ignored stays so in every command
            signal.signal(number, lambda _signal, _frame: None)
        signal.signal(signal.SIGTERM, stop)
        signal.set_wakeup_fd(self._waker.writing)

    def _stop(self, reason: str) -> None:
        self.runner.stop("host_stopping", self.actor)
        self.runner.wait_idle(STOP_SECONDS)
        with suppress(OncueError):  # over already, or the trail has failed, which ends the host as well
            self.runner.submit(c.Leave(reason=reason), self.actor)


class Connection:
    """One client: a thread that answers it and a thread that tells it what happens."""

    def __init__(self, host: Host, peer: socket.socket) -> None:
        self._host = host
        self._runner = host.runner
        self._peer = peer
        self._sending = threading.Lock()
        self._actor: Actor = host.actor
        self._client = ""
        self._client_id = NOBODY
        self._parting = "the connection was lost"
        self._parted = threading.Event()
        self._cursor = Cursor()
        self._teller = threading.Thread(target=self._tell, name="teller", daemon=True)
        self._answers: Mapping[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]] = {
            "hello": self._hello,
            "command": self._command,
            "prepare": self._prepare,
            "inputs": self._inputs,
            "propose": self._propose,
            "context": self._context,
            "waiting": self._waiting,
            "rows": self._rows,
            "last_times": self._last_times,
            "bye": self._bye,
        }

    def start(self) -> None:
        threading.Thread(target=self._listen, name="listener", daemon=True).start()

    def join(self, timeout: float) -> None:
        if self._teller.is_alive():
            self._teller.join(timeout)

    def _listen(self) -> None:
        decoder = Decoder(CLIENT_FRAME_LIMIT)
        try:
            while data := self._peer.recv(65536):
                for message in decoder.feed(data):
                    self._handle(message)
        except (OSError, OncueError, RecursionError) as error:
            self._parting = str(error)
        finally:
            self._part()

    def see_off(self) -> None:
        hung_up = select.poll()
        with suppress(ValueError, OSError):  # closed meanwhile
            hung_up.register(self._peer, select.POLLRDHUP)
            if hung_up.poll(0):
                self._parted.wait(PARTING_SECONDS)

    def _part(self) -> None:
        self._detach()
        self._host.parted(self)
        self._parted.set()
        self._peer.close()

    def _detach(self) -> None:
        """Once; what is still asked on this connection is then no client's."""
        client, self._client = self._client, ""
        if client:
            detach = c.Detach(client=client, reason=self._parting, client_id=self._client_id)
            with suppress(OncueError):  # an ended or failed run takes no more events, and needs none
                self._runner.submit(detach, self._actor)

    def _handle(self, message: Message) -> None:
        if isinstance(message, Keys):
            with suppress(Refused):  # typed as the step ended, or by a watcher, whose keys do not count
                self._runner.type(message.data, self._actor, self._client_id)
        elif isinstance(message, Mapping):
            self._send({"re": message.get("id"), **self._answer(message)})

    def _answer(self, message: Mapping[str, Any]) -> Mapping[str, Any]:
        answer = self._answers.get(str(message.get("ask")))
        if answer is None or (not self._client and message.get("ask") != "hello"):
            return {"failed": "the host does not know that request", "exit_code": 2}
        try:
            return answer(message)
        except Refused as error:
            return {"refused": self._runner.masked(str(error))}
        except OncueError as error:
            return {"failed": self._runner.masked(str(error)), "exit_code": error.exit_code}
        except (ValidationError, KeyError, TypeError) as error:
            return {"failed": self._runner.masked(f"the request does not fit: {error}"), "exit_code": 2}

    def _hello(self, message: Mapping[str, Any]) -> Mapping[str, Any]:
        if self._client_id != NOBODY:
            raise Refused("this connection has been greeted already")
        pid, uid, _ = struct.unpack("3i", self._peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
        if uid not in (os.getuid(), 0):
            raise Refused("this run belongs to another user")
        claimed = Actor.model_validate_json(json.dumps(message["actor"]))
        known = {"uid": uid, "pid": pid, "login": clock.login_of(uid), "host": self._host.actor.host}
        self._actor = claimed.model_copy(update=known)
        client = str(message["client"])
        self._cursor.most_behind = _most_behind(message.get("most_behind"))
        with self._host.door:
            self._host.see_off()
            self._client_id, seen = self._runner.attach(client, self._actor)
            self._client = client
            self._host.joined(self)
        self._teller.start()
        return {"run_id": self._runner.run_id, "seen": seen, "client_id": self._client_id}

    def _command(self, message: Mapping[str, Any]) -> Mapping[str, Any]:
        command = c.command_adapter().validate_json(json.dumps(message["command"]))
        recorded = self._runner.submit(command, self._actor, self._client_id)
        return {"ok": [one.seq for one in recorded]}

    def _prepare(self, message: Mapping[str, Any]) -> Mapping[str, Any]:
        suggestion, dry_run = message.get("suggestion"), bool(message.get("dry_run"))
        closing = DECISIONS.get(str(message.get("closing")))
        prepared = self._runner.prepare(message["step_id"], suggestion, dry_run=dry_run, closing=closing)
        return {"prepared": {**asdict(prepared), "verdict": prepared.verdict.to_json()}}

    def _inputs(self, _message: Mapping[str, Any]) -> Mapping[str, Any]:
        inputs = [{**asdict(one), "known": self._runner.knows(one.name)} for one in self._runner.variables]
        return {"inputs": inputs}

    def _propose(self, message: Mapping[str, Any]) -> Mapping[str, Any]:
        approved = message.get("approved")
        proposal = self._runner.propose(str(message["name"]), approved and str(approved), self._actor, self._client_id)
        return {"proposal": asdict(proposal)}

    def _context(self, _message: Mapping[str, Any]) -> Mapping[str, Any]:
        checked = self._runner.check_context(self._actor, self._client_id)
        return {"context": checked.model_dump(mode="json") if checked else None}

    def _waiting(self, _message: Mapping[str, Any]) -> Mapping[str, Any]:
        waiting = self._runner.waiting()
        return {"waiting": asdict(waiting) if waiting else None, "waits_for": self._runner.waits_for()}

    def _rows(self, message: Mapping[str, Any]) -> Mapping[str, Any]:
        with TrailReader.open(self._host.trail) as reader:
            results = rows_of(reader.events(self._runner.run_id), int(message["attempt"]))
        return {"results": to_json_rows(results)}

    def _last_times(self, _message: Mapping[str, Any]) -> Mapping[str, Any]:
        with TrailReader.open(self._host.trail) as reader:
            return {"last_times": to_json(read_last_times(reader, self._runner.state))}

    def _bye(self, message: Mapping[str, Any]) -> Mapping[str, Any]:
        self._parting = str(message.get("reason", "left"))
        self._detach()
        return {"ok": []}

    def _tell(self) -> None:
        feed = self._runner.feed
        if self._cursor.most_behind is not None:  # what lies in the socket is behind as well
            self._peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, WAITING_BYTES)
        with suppress(OSError):  # the client is gone; its listener sees that and says so
            while (piece := feed.next(self._cursor)) is not None:
                self._send(_told(piece))
            self._send({"closing": self._runner.failure or self._runner.state.phase})
            self._peer.shutdown(socket.SHUT_RDWR)

    def _send(self, message: Message) -> None:
        with self._sending:
            self._peer.sendall(encode(message))


def given_up_after(state: RunState, *, attended: bool) -> float | None:
    """Seconds; None as long as somebody is attached, or something real is running."""
    is_busy = state.phase == "running" and not is_rehearsal(state)
    return None if attended or is_busy else _patience(state)


def is_rehearsal(state: RunState) -> bool:
    return state.started is not None and state.started.mode == "rehearsal"


def _patience(state: RunState) -> float:
    return REHEARSAL_SECONDS if is_rehearsal(state) else ORPHAN_SECONDS


def _most_behind(said: object) -> int | None:
    if said is None or (isinstance(said, int) and said > 0):
        return said
    raise Refused("`most_behind` is a number of bytes")


def _told(piece: Recorded | OutputPiece | Gap) -> Message:
    if isinstance(piece, OutputPiece):
        return piece
    if isinstance(piece, Gap):
        return {"gap": [piece.attempt, piece.first, piece.end]}
    return {"recorded": piece.model_dump(mode="json")}
