"""The run's own process: it owns the runner, the sessions and the writing connection, and serves clients on a socket.

Started as `python -m engine.host [DOCUMENT]` with a `Launch` on standard input; answers one JSON line on standard
output (where the socket is, or what was refused) and then has no terminal any more. It outlives every client, and ends
when the run is left or over.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import struct
import sys
import threading
import time
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import asdict
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any

from pydantic import Field, ValidationError

from . import __version__, clock, plan
from . import commands as c
from .address import Address, Claim, runtime_directory, sweep
from .config.secrets import Databases
from .config.settings import Settings
from .config.travel import from_json
from .errors import OncueError, Refused, TrailUnusable, TrailWriteError, UsageError
from .events import Actor, Mode, Recorded, Rehearsal, Rerun, RunResumed, RunStarted, Said
from .feed import Cursor, Gap, OutputPiece
from .guard import Guard
from .incident import IncidentRuns
from .judging import Judging, judging_for
from .keyboard import NOBODY, PATIENCE_SECONDS
from .lookups import Lookups
from .masking import MaskedErrors, Masking
from .model import Runbook, Variable
from .parse import read_runbook
from .past_times import read_last_times, to_json
from .redact import Redactor, pattern, secrets_of
from .rows import rows_of
from .rows import to_json as to_json_rows
from .runner import Runner
from .sessions.bash import BashSession
from .sessions.contract import Session
from .sessions.sql import SqlSession
from .state import fold
from .trail import FLOOR_BYTES, TrailReader, TrailWriter
from .variables import all_read_from_shell, find
from .waker import Waker
from .wire import Decoder, Keys, Message, encode

ORPHAN_SECONDS = 12 * 3600.0
"""A run nobody has come back to for a night is left open and its host ends; `oncue resume` still brings it back."""
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


class Launch(Said):
    """Everything a host needs to know. `document` is base64 of the file's bytes, ignored when resuming."""

    trail: str
    run_id: str
    path: str
    document: str = ""
    resume: bool = False
    section: tuple[str, ...] = ()
    incident: str | None = None
    mode: Mode = "live"
    """Ignored when resuming, like `rerun`."""
    rerun: Rerun | None = None
    rehearsal: Rehearsal | None = None
    """For the mode of that name, and ignored when resuming too."""
    directory: str = ""
    """Where a run starts that is not to start where its client stands."""
    databases: Mapping[str, str] = Field(default_factory=dict)
    settings: Mapping[str, Any] = Field(default_factory=dict)
    """As `config.travel` writes them; empty for what is built in."""
    columns: int = 80
    rows: int = 24
    actor: Actor
    patience: float = PATIENCE_SECONDS
    """Seconds in which whoever holds the keyboard answers who wants it."""
    log: str = ""
    """Where standard error goes; removed at the end when nothing was said there."""


class Host:
    def __init__(self, runner: Runner, listener: socket.socket, actor: Actor, trail: Path) -> None:
        self.runner = runner
        self.actor = actor
        self.trail = trail
        self._listener = listener
        self._waker = Waker()
        self._connections: set[Connection] = set()
        self._told_to_stop = False

    def serve(self) -> None:
        """Until the run is left or over, or the trail fails."""
        threading.Thread(target=self._watch, name="watch", daemon=True).start()
        self._catch_signals()
        quiet_since = time.monotonic()
        while not self._over():
            watched: list[Any] = [self._listener, self._waker]
            ready, _, _ = select.select(watched, [], [], ORPHAN_SECONDS / 12)
            if self._waker in ready:
                self._waker.clear()
            if self._listener in ready:
                Connection(self, self._listener.accept()[0]).start()
            if self._told_to_stop:
                self._stop("the host was told to stop")
            if self._connections or self.runner.state.phase == "running":
                quiet_since = time.monotonic()
            elif time.monotonic() - quiet_since > ORPHAN_SECONDS:
                self._stop("nobody came back to it")
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
        self._host.see_off()
        self._cursor.most_behind = _most_behind(message.get("most_behind"))
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
        prepared = self._runner.prepare(message["step_id"], suggestion, dry_run=dry_run)
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
        return {"waiting": asdict(waiting) if waiting else None}

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


def main() -> int:
    foreseen = _foresee(sys.argv[1:])
    request = sys.stdin.buffer.read()
    if not request:  # abandoned: the client found something to refuse
        return UsageError.exit_code
    try:
        launch = Launch.model_validate_json(request)
        run = _Run(launch, foreseen)
    except ValidationError as error:
        _reply({"failed": f"the run cannot be started: {error}", "exit_code": UsageError.exit_code})
        return UsageError.exit_code
    except OncueError as error:
        _reply({"failed": str(error), "exit_code": error.exit_code, "error": type(error).__name__})
        return error.exit_code
    _reply({"socket": run.address.socket})
    return run.serve()


def _reply(answer: Mapping[str, Any]) -> None:
    os.write(1, json.dumps(answer).encode() + b"\n")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.close(null)


class _Run:
    """Everything one hosted run holds. What has been opened when something is refused is closed again."""

    def __init__(self, launch: Launch, foreseen: Runbook | None = None) -> None:
        self._launch = launch
        self._foreseen = foreseen
        self._settings = from_json(launch.settings) if launch.settings else Settings()
        self._masking = Masking(_redactor(self._settings), self._settings.secret_names)
        sys.stderr = MaskedErrors(sys.stderr, self._masking)
        with ExitStack() as opened:
            self._open(opened)
            self._opened = opened.pop_all()

    def serve(self) -> int:
        """Until the run is left or over. Answers the exit code."""
        with self._opened:
            self._host.serve()
        log = Path(self._launch.log)
        if self._launch.log and log.is_file() and not log.stat().st_size:
            log.unlink(missing_ok=True)
        return 0 if self._runner.failure is None else TrailWriteError.exit_code

    def _open(self, opened: ExitStack) -> None:
        launch, trail_path = self._launch, Path(self._launch.trail)
        if launch.directory:
            _go_to(launch.directory)
        recorded, document = _past(launch, trail_path)
        runbook = _read(launch.path, document, self._foreseen)
        floor = 0 if launch.resume else FLOOR_BYTES  # what has begun may be brought to its end on a full disk
        self._trail = TrailWriter.open(trail_path, floor_bytes=floor, on_failure=self._recording_failed)
        opened.callback(self._close_trail)
        claim = Claim(trail_path, launch.run_id)
        opened.callback(claim.release)
        directory = runtime_directory(os.environ, os.getuid())
        sweep(directory)
        self.address = Address(launch.run_id, str(directory / f"{launch.run_id}.sock"), os.getpid())
        scratch = TemporaryDirectory(prefix=f"{launch.run_id}-", dir=directory, ignore_cleanup_errors=True)
        self._scratch = Path(opened.enter_context(scratch))
        listener = opened.enter_context(_listen(self.address.socket))
        opened.callback(Path(self.address.socket).unlink, missing_ok=True)
        self._runner = self._open_runner(runbook, recorded)
        self._host = Host(self._runner, listener, launch.actor, trail_path)
        opened.callback(self._host.drain)
        opened.callback(self._runner.close)
        self._begin(runbook, document)
        claim.publish(self.address)

    def _begin(self, runbook: Runbook, document: bytes) -> None:
        try:
            if self._launch.resume:
                self._resume(document)
            else:
                self._runner.begin(document, _started(self._launch, runbook, self._settings), self._launch.actor)
        except TrailWriteError as error:  # nothing has run yet, so the trail is unusable rather than lost
            raise TrailUnusable(str(error)) from error

    def _close_trail(self) -> None:
        with suppress(TrailWriteError):  # said already, to every client
            self._trail.close()

    def _recording_failed(self, error: TrailWriteError) -> None:
        """Called on the trail's own thread, which must not be kept waiting for what is done about it."""
        threading.Thread(target=self._runner.fail, args=(str(error), self._launch.actor), daemon=True).start()

    def _open_runner(self, runbook: Runbook, recorded: tuple[Recorded, ...]) -> Runner:
        launch = self._launch
        mode = _mode_of(launch, recorded)
        directory = _directory_of(recorded)
        # Values for inputs may be secret, and are no business of what the steps start.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ONCUE_VAR_")}
        settings, named = self._settings, plan.databases_of(runbook, launch.databases)
        databases = Databases(settings.databases, os.environ, named)
        for name, password in secrets_of(named).items():
            self._masking.learn(name, password)
        judging = judging_for(runbook, {**settings.databases, **named}, settings.policy, settings.environment)
        variables = find(runbook.steps, runbook.declared, os.environ)
        watched = all_read_from_shell(runbook.steps) if mode in ("live", "probe") else ()
        sessions: Mapping[str, Callable[[], Session]] = {
            "shell": lambda: _shell_of(mode, watched)(
                directory, environment, columns=launch.columns, rows=launch.rows, scratch=self._new_scratch()
            ),
            "sql": lambda: SqlSession(
                databases, plan.default_database(named, settings.default_database), read_only=mode == "probe"
            ),
        }
        guard = Guard(runbook.expects, judging, databases=databases, seconds=settings.context_timeout)
        lookups = Lookups(variables, judging)
        if mode == "rehearsal":
            sessions, guard, lookups = self._rehearsed(recorded, runbook, variables, judging)
        return Runner(
            run_id=launch.run_id,
            runbook=runbook,
            trail=self._trail,
            sessions=sessions,
            stamp=clock.stamp,
            variables=variables,
            recorded=recorded,
            judging=judging,
            step_timeout=settings.step_timeout,
            past_runs=IncidentRuns(Path(launch.trail)),
            masking=self._masking,
            environment=environment,
            watched=watched,
            guard=guard,
            patience=launch.patience,
            lookups=lookups,
        )

    def _rehearsed(
        self, recorded: tuple[Recorded, ...], runbook: Runbook, variables: Sequence[Variable], judging: Judging
    ) -> tuple[Mapping[str, Callable[[], Session]], Guard, Lookups]:
        """In place of all that would reach something real."""
        from .rehearsal import RecordedGuard, RecordedLookups, open_recording  # hardly any run wants them
        from .sessions.recorded import Answers, RecordedSession

        started = fold(recorded).started
        rehearsal = (self._launch.rehearsal if started is None else started.rehearsal) or Rehearsal()
        recording = open_recording(rehearsal, Path(self._launch.trail), self._scratch)
        answers = Answers(rehearsal, recording, self._masking.text)
        return (
            {"shell": lambda: RecordedSession("shell", answers), "sql": lambda: RecordedSession("sql", answers)},
            RecordedGuard(runbook.expects, judging, recording),
            RecordedLookups(variables, judging, recording),
        )

    def _new_scratch(self) -> Path:
        """A fresh folder for each shell: a step may have removed the last one."""
        self._scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Path(mkdtemp(dir=self._scratch))

    def _resume(self, document: bytes) -> None:
        self._trail.reopen_run(self._launch.run_id)
        state = self._runner.state
        attempt = state.running or 0
        recovered = self._trail.recover_output(self._launch.run_id, attempt).n_bytes if attempt else 0
        resumed = RunResumed(
            document_changed=_differs(self._launch.path, document),
            not_restored=("the shell's variables, exported or not", "functions", "aliases", "background jobs"),
            config=tuple(map(clock.printable, self._settings.record())),
        )
        self._runner.submit(c.Resume(resumed=resumed, recovered_bytes=recovered), self._launch.actor)


def _foresee(names: Sequence[str]) -> Runbook | None:
    """What the client will probably ask for, read while it is not ready to. What is wrong with it the client says."""
    for name in names:
        with suppress(OncueError, OSError):
            if Path(name).is_file():
                return read_runbook(name, Path(name).read_bytes())
    return None


def _read(path: str, document: bytes, foreseen: Runbook | None) -> Runbook:
    if foreseen is not None and (foreseen.path, foreseen.sha256) == (path, sha256(document).hexdigest()):
        return foreseen
    return read_runbook(path, document)


def _past(launch: Launch, trail: Path) -> tuple[tuple[Recorded, ...], bytes]:
    if not launch.resume:
        return (), b64decode(launch.document)
    with TrailReader.open(trail) as reader:
        return reader.events(launch.run_id), reader.document(launch.run_id)


def _shell_of(mode: Mode, watched: Sequence[str]) -> Callable[..., Session]:
    if mode != "sandbox":
        return partial(BashSession, watched=watched)
    from .sessions.sandbox import SandboxSession  # hardly any run wants it

    return SandboxSession


def _go_to(directory: str) -> None:
    try:
        os.chdir(directory)
    except OSError as error:
        raise UsageError(f"the run cannot start in {directory}: {error.strerror}") from error


def _mode_of(launch: Launch, recorded: tuple[Recorded, ...]) -> Mode:
    started = fold(recorded).started
    return launch.mode if started is None else started.mode


def _directory_of(recorded: tuple[Recorded, ...]) -> Path:
    """Where the shell starts: where the run's last shell stood, as far as that place still exists."""
    last = Path(fold(recorded).directory or ".")
    return last if last.is_dir() else Path.cwd()


def _differs(path: str, document: bytes) -> bool:
    try:
        return Path(path).read_bytes() != document
    except OSError:
        return True


def _redactor(settings: Settings) -> Redactor:
    """What is secret before the run begins."""
    patterns = [pattern(one.name, one.pattern) for one in settings.secret_patterns]
    return Redactor(secrets_of(os.environ, settings.secret_names), patterns)


def _started(launch: Launch, runbook: Runbook, settings: Settings) -> RunStarted:
    return RunStarted(
        title=runbook.title,
        path=launch.path,
        document_sha256=runbook.sha256,
        version=__version__,
        mode=launch.mode,
        rerun=launch.rerun,
        rehearsal=launch.rehearsal,
        section=launch.section,
        incident=launch.incident,
        plan=plan.steps_of(runbook),
        choices=plan.choices_of(runbook),
        shell_name="bash",
        directory=clock.printable(str(Path.cwd())),
        columns=launch.columns,
        rows=launch.rows,
        environment_names=tuple(sorted(map(clock.printable, os.environ))),
        environment=clock.printable(settings.environment),
        config=tuple(map(clock.printable, settings.record())),
    )


def _listen(path: str) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    Path(path).unlink(missing_ok=True)
    mask = os.umask(0o177)
    try:
        listener.bind(path)
    finally:
        os.umask(mask)
    listener.listen()
    return listener


if __name__ == "__main__":
    sys.exit(main())
