"""The run's own process: it owns the runner, the sessions and the writing connection, and serves clients on a socket.

Started as `python -m engine.host [DOCUMENT]` with a `Launch` on standard input; answers one JSON line on standard
output (where the socket is, or what was refused) and then has no terminal any more. It outlives every client, and ends
when the run is left or over.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any

from pydantic import Field, ValidationError

from . import __version__, clock, plan
from . import commands as c
from .address import Address, Claim, runtime_directory, sweep
from .config.secrets import Databases, secret_variables, without_secrets
from .config.settings import Settings
from .config.travel import from_json
from .databases import databases_of, default_database, written_databases
from .errors import OncueError, TrailUnusable, TrailWriteError, UsageError
from .events import Actor, Mode, Recorded, Rehearsal, Rerun, RunResumed, RunStarted, Said
from .guard import Guard
from .incident import IncidentRuns
from .judging import Judging, judging_for
from .keyboard import PATIENCE_SECONDS
from .left_behind import connections_lost, left_behind
from .lookups import Lookups
from .masking import MaskedErrors, Masking
from .model import Runbook, Variable
from .parse import read_runbook
from .redact import Redactor, pattern, secrets_of
from .runner import Runner
from .serving import Host
from .sessions.bash import BashSession
from .sessions.contract import Session
from .sessions.sql import SqlSession
from .state import fold
from .trail import FLOOR_BYTES, TrailReader, TrailWriter
from .variables import all_read_from_shell, find

SHELL_LOSES = ("the shell's variables, exported or not", "functions", "aliases", "background jobs")


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
        settings, named = self._settings, databases_of(runbook, launch.databases)
        databases = self._databases(runbook)
        past, unfinished = left_behind(fold(recorded), runbook)
        default = default_database(named, settings.default_database)
        judging = judging_for(runbook, {**settings.databases, **named}, settings.policy, settings.environment, default)
        variables = find(runbook.steps, runbook.declared, os.environ)
        watched = all_read_from_shell(runbook.steps) if mode in ("live", "probe") else ()
        sessions: Mapping[str, Callable[[], Session]] = {
            "shell": lambda: _shell_of(mode, watched)(
                directory, environment, columns=launch.columns, rows=launch.rows, scratch=self._new_scratch()
            ),
            "sql": lambda: SqlSession(databases, default, read_only=mode == "probe", past=past, unfinished=unfinished),
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
            limits=settings.limits,
        )

    def _databases(self, runbook: Runbook) -> Databases:
        """Those of the command line come first, those of the configuration last; their passwords are masked."""
        given = self._launch.databases
        written = {name: url for name, url in written_databases(runbook).items() if name not in given}
        for name, password in secrets_of({**written, **given}).items():
            self._masking.learn(name, password)
        for name in {name for url in given.values() for name in secret_variables(url)} & os.environ.keys():
            self._masking.learn(name, os.environ[name])
        return Databases({**self._settings.databases, **given}, os.environ, written)

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
        dialects = {step.id: judging.dialect(step) for step in runbook.steps}
        return (
            {
                "shell": lambda: RecordedSession("shell", answers),
                "sql": lambda: RecordedSession("sql", answers, lambda task: dialects.get(task.step_id, "")),
            },
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
            not_restored=(*SHELL_LOSES, *connections_lost(state)),
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
        databases={name: clock.printable(without_secrets(url)) for name, url in launch.databases.items()},
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
