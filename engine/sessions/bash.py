"""The live shell session: one interactive bash on one terminal, a step at a time.

Here is what the runner asks for, and one shell following another. How a step is followed is in `bash_watch.py`, how
it is ended in `bash_ladder.py`, and bash itself in `bash_shell.py`. `~/.bashrc` is not read, so that a run is the same
for everybody; a trap that a step leaves behind, on EXIT too, is dropped and not run.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import termios
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from ..errors import OncueError, Refused, UsageError
from ..events import ShellRestarted, StepOutcome
from . import processes, terminal
from .bash_drain import Drain
from .bash_restart import (
    LOST,
    NAME,
    NEWS,
    Capture,
    export_line,
    exported_variables,
    latest_capture,
    quoted,
    surviving_environment,
)
from .bash_script import unclosed_document, write_block, write_script
from .bash_shell import READ_SIZE, Report, Shell, first_environment, write_private
from .bash_step import Step
from .bash_watch import Watch
from .contract import Outcome, Signal, Sink, Task, Waiting

START_SECONDS = 20.0
"""Bash has reported long before; a machine where it has not is in trouble that a longer wait does not cure."""
END_GRACE = 0.3
"""Between closing bash's input, hanging up on it and killing it."""
CAPTURE_SECONDS = 2.0
"""Bash needs a millisecond for it; where it has not come by then, a signal or a full disk has cost it."""
CAPTURE_POLL = 0.001
VALUE_LIMIT = 4096
"""Characters of a watched variable's value; a longer one is not told."""
CLOSED = "the session is closed; the step was not started"
NOT_RUN = "not run: the shell that it was meant for has ended, and another one stands in its place; look at it again"
WRITE_SECONDS = 0.25
LINE_LIMIT = 4095
"""Bytes of a typed line that a terminal takes in canonical mode; more it drops without a word."""


class BashSession:
    """Performs shell steps. `scratch` is an existing directory that only its owner may enter."""

    def __init__(
        self,
        directory: Path,
        environment: Mapping[str, str],
        *,
        columns: int,
        rows: int,
        scratch: Path,
        watched: Sequence[str] = (),
    ) -> None:
        """`watched` are the names of variables that `held` tells of."""
        self._watched = tuple(watched)
        self._scratch = scratch
        self._environment = first_environment(environment)
        self._columns, self._rows = columns, rows
        self._directory = str(directory)
        self._lock = threading.RLock()
        """Held while `_watch` or `_shell` changes or is signalled. Never held across a call of the sink."""
        self._turn = threading.Lock()
        """Held by `run`, and by whoever reads the terminal between steps."""
        self._watch: Watch | None = None
        self._runner: int | None = None
        self._closing = self._ended = False
        self._interrupt_wanted = False
        """An interrupt came between the call of `run` and the step's beginning."""
        self._typed = False
        """Something was typed into the last step, and may not have been read."""
        self._steps = self._shells = 0
        self._reported = self._uncaptured = 0
        """The last step that ended with its shell alive, and the last that nothing was written down after."""
        self._restarted: ShellRestarted | None = None
        self._call = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._shell = self._start(self._environment, directory)
        self._expected = self._greet(self._shell)
        """Nonce of the first report, which the first step waits for."""
        self._drain = Drain(self._turn)
        with self._turn:
            self._drain.listen(self._shell)

    @property
    def pid(self) -> int:
        """Bash's process id; another one after a restart."""
        return self._shell.pid

    def run(self, task: Task, sink: Sink) -> Outcome:
        """Perform a step. Raises ValueError, and then nothing was sent, for what no shell can be given."""
        _check(task)
        if self._runner == threading.get_ident():
            raise RuntimeError("a step cannot be started by the sink of another one")
        with self._turn:
            if self._closing:
                return Outcome("lost", None, message=CLOSED)
            self._runner = threading.get_ident()
            self._drain.hush()
            try:
                return self._perform(task, sink)
            except UsageError:
                if not self._closing:
                    raise
                return Outcome("lost", None, message=CLOSED)
            finally:
                self._runner = None
                with self._lock:
                    self._watch = None
                    self._interrupt_wanted = False
                if self._closing:
                    self._end()
                else:
                    self._drain.listen(self._shell)

    def exported(self) -> Mapping[str, str]:
        """The environment a program would get, as it was when the last step was over. Bash writes it down right after
        the step has ended; raises `Refused` when it does not."""
        capture = self._newest_capture()
        return (exported_variables(capture) if capture else None) or self._environment

    def held(self) -> Mapping[str, str | None]:
        """What the watched variables held when the last step was over; None for what is not set. One that is no single
        text, or a very long one, is left out. Raises `Refused` as `exported` does."""
        capture = self._newest_capture()
        if capture is None:
            return {name: self._environment.get(name) for name in self._watched}
        if capture.variables is None:
            raise Refused("the shell's variables cannot be read")
        values = {name: capture.variables.get(name, "") for name in self._watched}
        known = {name: value for name, value in values.items() if value is not None and len(value) < VALUE_LIMIT}
        return {name: value if name in capture.variables else None for name, value in known.items()}

    def _newest_capture(self) -> Capture | None:
        """None before there is any."""
        until = time.monotonic() + CAPTURE_SECONDS
        while (capture := self._complete_capture()) is None or capture.step < self._reported:
            if not self._reported:
                return None
            if time.monotonic() > until or self._uncaptured == self._reported:
                self._uncaptured = self._reported
                raise Refused(
                    "the shell has not written down its environment since its last step; run a safe one first"
                )
            time.sleep(CAPTURE_POLL)
        return capture

    def _complete_capture(self) -> Capture | None:
        try:
            return latest_capture(self._shell.captures)
        except OSError:  # a step has removed the folder, and with it every answer
            return None

    def interrupt(self) -> Signal:
        """For a step that has not quite begun it is kept until it has; when none runs it does nothing."""
        with self._lock:
            watch = self._watch
            if watch is None:
                self._interrupt_wanted = self._runner is not None
            if watch is None or watch.step.ending:
                return "INT"
            watch.step.interrupted = True
            rung = watch.ladder.escalate()
            os.eventfd_write(self._call, 1)
            return "TERM" if rung == "HUP" else rung

    def write(self, data: bytes) -> bool:
        """Raises `Refused` when no step runs or the step does not take what is typed, and says how much was lost."""
        with self._lock:
            watch = self._watch
            if watch is None or watch.step.ending:
                raise Refused("no step is running, so there is nothing to type into")
            master = watch.shell.master
            mode = terminal.mode(master, False)
            if mode.canonical and max(map(len, re.split(rb"[\r\n]", data))) > LINE_LIMIT:
                raise Refused(f"a terminal takes lines of {LINE_LIMIT} bytes at most; nothing was typed")
            watch.step.typed = True
            if not set(terminal.interrupts(master)).isdisjoint(data):
                watch.step.typed_interrupt = True
                watch.ladder.expect_interrupt()
            written = terminal.type_into(master, data, WRITE_SECONDS)
        if written < len(data):
            raise Refused(f"the step does not read: {len(data) - written} of {len(data)} typed bytes were not taken")
        return mode.echo

    def waiting(self) -> Waiting | None:
        with self._lock:
            watch = self._watch
            if watch is None or not watch.is_waiting():
                return None
            mode = terminal.mode(watch.shell.master, watch.step.screen.on)
            return Waiting(watch.step.tail.decode(errors="replace"), mode=mode, blocked=watch.is_blocked())

    def resize(self, columns: int, rows: int) -> None:
        with self._lock:
            self._columns, self._rows = columns, rows
            if self._ended:
                return
            with suppress(OSError, termios.error):  # hung up: the next shell gets the new size
                terminal.set_size(self._shell.master, columns, rows)

    def close(self) -> None:
        """End the shell and the running step. Background jobs live on, as they do after `exit`."""
        with self._lock:
            self._closing = True
            if not self._ended:
                os.eventfd_write(self._call, 1)
        if self._runner == threading.get_ident():
            return  # called by the sink: `run` closes when it is through
        with self._turn:
            self._end()

    # A step from its beginning to its end.

    def _perform(self, task: Task, sink: Sink) -> Outcome:
        shell = self._ready_shell()
        if self._steps and self._restarted is not None:
            return self._not_run()
        self._steps += 1
        text = task.text.encode(errors="surrogateescape")
        path = f"{self._scratch}/step-{self._steps}.sh"
        try:
            command = write_script(path, text) if task.script else write_block(path, text)
            if not task.script and (complaint := unclosed_document(path, text, self._environment)):
                return self._refuse(complaint, sink)
            watch = self._begin(shell, task, sink, command)
            watch.follow()
            while watch.step.untouched and watch.step.error is None and not self._closing:
                shell = self._ready_shell()
                if self._restarted is not None:
                    return self._not_run()
                watch = self._begin(shell, task, sink, command)
                watch.follow()
            return self._conclude(watch.step, task)
        finally:
            with suppress(FileNotFoundError):
                os.unlink(path)  # noqa: PTH108 - a Path costs more than the call

    def _not_run(self) -> Outcome:
        """What was shown was about the shell that has ended, and what its variables held."""
        restarted, self._restarted = self._restarted, None
        return Outcome("failed", None, self._directory, message=NOT_RUN, restarted=restarted)

    def _refuse(self, complaint: bytes, sink: Sink) -> Outcome:
        sink(complaint, terminal.mode(self._shell.master, False))
        message = "not run: a here-document has no end, so everything after its start would be taken for its text"
        return Outcome("failed", 2, self._directory, message=message)

    def _begin(self, shell: Shell, task: Task, sink: Sink, command: bytes) -> Watch:
        deadline = None if task.timeout is None else time.monotonic() + task.timeout
        step = Step(number=self._steps, sink=sink, newest=processes.newest_pid(), deadline=deadline)
        shell.reset_terminal(self._typed)
        self._typed = False
        self._put_start_mark(shell, step)
        tty = shell.tty.encode()
        if task.exports:
            command = export_line(task.exports) + b" 2>" + tty + b" && " + command
        report = b'; \\__oncue_report %s "$?"\n' % step.new_nonce().encode()
        redirected = command + b" 0<>" + tty + b" 1>&0 2>&0"
        watch = Watch(shell, step, self._lock, self._call, lambda: self._closing)
        lines = redirected + report + shell.settling(step.number, step.new_nonce())
        with self._lock:
            self._watch = watch
            step.sent_from = shell.sent
            shell.send(lines)
            if self._interrupt_wanted:
                self.interrupt()
        return watch

    def _put_start_mark(self, shell: Shell, step: Step) -> None:
        """A read that leaves nothing behind has everything written so far; only where it does not, a mark is needed."""
        if self._drain.read_once(shell) < READ_SIZE:
            return
        mark = step.output.expect_start()
        while not shell.mark(mark):
            if not self._drain.read_once(shell):
                shell.release()

    def _conclude(self, step: Step, task: Task) -> Outcome:
        stray, self._drain.count = self._drain.count + step.output.before, step.output.after
        self._typed = step.typed
        if step.report is not None:
            self._directory = step.report.directory
            self._reported = step.number
        if step.error is not None:
            raise step.error
        status = step.report.status if step.report is not None else step.exit_status
        if self._closing:
            message = "the session was closed while the step ran"
            return Outcome("interrupted", status, self._directory, message=message)
        said = [_about(stray)] if stray else []
        if step.dead:
            said += self._replace_shell(_reason(step, status), task.exports)
        elif step.unusable:
            said += self._replace_shell(self._finish_off(), task.exports)
        restarted, self._restarted = self._restarted, None
        return Outcome(
            status=_outcome(step, status),
            exit_status=None if step.lost else status,
            directory=self._directory,
            children=step.children,
            message="; ".join(said),
            restarted=restarted,
        )

    def _finish_off(self) -> str:
        """End a shell that cannot be used any more, and answer what was wrong with it."""
        status = self._shell.reap(END_GRACE)
        if status is not None:
            return f"the shell ended with status {status} right after the step"
        self._shell.signal(signal.SIGKILL)
        self._shell.reap(START_SECONDS)
        return "the step has replaced a file descriptor that belongs to the shell (0 or one from 10 up)"

    def _replace_shell(self, reason: str, exports: Sequence[tuple[str, str]]) -> list[str]:
        """A new shell, or what there is to say when there can be none. The step's own outcome stands either way."""
        try:
            self._restarted = self._restart(reason, exports)
        except (OncueError, OSError) as error:
            return [f"{reason}, and a new one could not be started: {error}"]
        return []

    # Shells, one after the other.

    def _start(self, environment: Mapping[str, str], directory: Path) -> Shell:
        self._shells += 1
        self._scratch.mkdir(mode=0o700, parents=True, exist_ok=True)  # a step may have removed it
        return Shell(
            directory,
            environment,
            columns=self._columns,
            rows=self._rows,
            scratch=self._scratch,
            number=self._shells,
            call=self._call,
            watched=self._watched,
        )

    def _greet(self, shell: Shell, lines: bytes = b"") -> str:
        """Have a new shell report when it is ready, and take its first capture. Answers the report's nonce."""
        nonce = f"{self._steps}-{os.urandom(8).hex()}"
        shell.send(lines + shell.settling(self._steps, nonce))
        return nonce

    def _ready_shell(self) -> Shell:
        expected, self._expected = self._expected, ""
        if expected and self._shell.reap(0) is None:
            with suppress(UsageError):  # then it has ended, and another one is tried
                self._meet(self._shell, expected)
        if self._shell.reap(0) is not None:
            reason = f"the shell had ended with status {self._shell.exit_status} while no step ran"
            self._restarted = self._restart(reason, ())
        return self._shell

    def _meet(self, shell: Shell, nonce: str) -> Report:
        """Wait for a new shell's first report."""
        until = time.monotonic() + START_SECONDS
        while (left := until - time.monotonic()) > 0 and not self._closing:
            there = shell.wait(left)
            if "output" in there:
                self._drain.read_once(shell)
            for report in shell.reports():
                if report.nonce == nonce:
                    shell.load_options()
                    self._directory = report.directory
                    return report
            if "death" in there:
                break
        shell.signal(signal.SIGKILL)
        shell.reap(START_SECONDS)
        raise UsageError("bash did not start")

    def _restart(self, reason: str, exports: Sequence[tuple[str, str]]) -> ShellRestarted:
        """A new shell with the directory and the exported environment of the old one when its last step was over."""
        old, wanted = self._shell, self._directory
        capture = self._complete_capture()
        environment = surviving_environment(self._environment, capture is not None)
        directory = Path(wanted) if Path(wanted).is_dir() else Path("/")
        new = self._start(environment, directory)
        path = self._scratch / f"restore-{self._shells}"
        # What the capture was too early for; later it may hold what the step has made of the values.
        early = exports if capture is None or capture.step < self._steps else ()
        write_private(path, (capture.lines if capture else b"") + export_line(early) + b"\n")
        where = quoted(os.fsencode(wanted))
        lines = b"\\builtin . %s\n\\builtin cd -- %s\n" % (os.fsencode(shlex.quote(str(path))), where)
        with self._lock:
            self._shell = new
        old.close()
        try:
            report = self._meet(new, self._greet(new, lines))
        finally:
            path.unlink(missing_ok=True)
        place = (f"the directory {wanted}",)
        moved = report.directory != wanted
        stale = capture is None or capture.step < self._reported
        return ShellRestarted(
            reason=reason,
            restored=("the exported environment", *(() if moved else place)),
            lost=(*(place if moved else ()), *((NEWS,) if stale else ()), *LOST),
        )

    def _end(self) -> None:
        """End the shell for good. Called with the turn taken."""
        with self._lock:
            if self._ended:
                return
            self._ended = True
        self._drain.close()
        shell = self._shell
        shell.finish()
        if shell.reap(END_GRACE) is None:
            shell.signal(signal.SIGHUP)
        if shell.reap(END_GRACE) is None:
            shell.signal(signal.SIGKILL)
        shell.reap(START_SECONDS)
        shell.close()
        os.close(self._call)


def _check(task: Task) -> None:
    if "\0" in task.text:
        raise ValueError("the text holds a NUL byte, which no shell can be given")
    for name, value in task.exports:
        if not NAME.match(name):
            raise ValueError(f"{name!r} is not a name a shell can export")
        if "\0" in value:
            raise ValueError(f"the value of {name} holds a NUL byte, which no environment can carry")


def _outcome(step: Step, status: int | None) -> StepOutcome:
    if step.lost:
        return "lost"
    if step.timed_out:
        return "timed_out"
    if step.interrupted or (step.typed_interrupt and status == 128 + signal.SIGINT):
        return "interrupted"
    return "succeeded" if status == 0 else "failed"


def _reason(step: Step, status: int | None) -> str:
    if step.lost:
        return "the shell had stopped reporting, so nobody can know how the step ended"
    if step.shell_killed:
        return "nothing less than killing the shell ended the step"
    return f"the shell ended with status {status} during the step"


def _about(stray: int) -> str:
    return f"background jobs wrote {stray} bytes before this step; they are in no step's output"
