"""The live shell session: one interactive bash on one terminal, a step at a time.

Everything that decides when a step is over, how it ended and which bytes are its own is in `run` and what it calls;
bash itself is in `bash_shell.py`. `~/.bashrc` is not read, so that a run is the same for everybody.
"""

from __future__ import annotations

import os
import re
import select
import shlex
import signal
import termios
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from ..errors import Refused, UsageError
from ..events import ShellRestarted, StepOutcome
from . import processes, terminal
from .bash_restart import LOST, NAME, export_line, latest_capture, quoted, surviving_environment
from .bash_script import unclosed_document, write_block, write_script
from .bash_shell import READ_SIZE, Report, Shell, first_environment, write_private
from .bash_step import LADDERS, Rung, Step
from .contract import Outcome, Signal, Sink, Task, Waiting
from .processes import Process

START_SECONDS = 20.0
"""Bash has reported long before; a machine where it has not is in trouble that a longer wait does not cure."""
LOOK_SECONDS = 0.25
"""How often a silent step is looked at, to see whether its shell still does what it should."""
YOUNG_SECONDS = 0.1
"""A process bash has just forked loses an interrupt that comes before it has become its own program."""
SETTLE_SECONDS = 0.005
TIMEOUT_GRACE = 2.0
QUICK_GRACE = 0.05
"""Between two signals when a step has to be gone within a quarter of a second."""
LAST_GRACE = 0.25
"""From KILL to the step's processes until the shell itself is killed."""
PIPE_GRACE = 0.1
"""For `>(tee log)` and the like, whose last output comes after the shell is back."""
MARK_SECONDS = 1.0
"""Until an end mark that does not come is taken for lost."""
WRITE_SECONDS = 0.25
ERROR_LIMIT = 10
END_GRACE = 0.3
"""Between closing bash's input, hanging up on it and killing it."""
LINE_LIMIT = 4095
"""Bytes of a typed line that a terminal takes in canonical mode; more it drops without a word."""
SETTLE = b'__oncue_status=$?; \\builtin trap - DEBUG ERR RETURN; \\__oncue_settle %s %s "$__oncue_status"\n'
"""These three traps come back when a function that has cleared them returns, so they are cleared outside of one."""
NUMBERS: dict[Rung, signal.Signals] = {
    "INT": signal.SIGINT,
    "HUP": signal.SIGHUP,
    "TERM": signal.SIGTERM,
    "KILL": signal.SIGKILL,
}


class BashSession:
    """Performs shell steps. `scratch` is an existing directory that only its owner may enter."""

    def __init__(
        self, directory: Path, environment: Mapping[str, str], *, columns: int, rows: int, scratch: Path
    ) -> None:
        self._scratch = scratch
        self._environment = first_environment(environment)
        self._columns, self._rows = columns, rows
        self._directory = str(directory)
        self._lock = threading.RLock()
        """Held while `_step` or `_shell` changes or is signalled. Never held across a call of the sink."""
        self._turn = threading.Lock()
        """Held by `run`, and by whoever reads the terminal between steps."""
        self._step: Step | None = None
        self._runner: int | None = None
        self._closing = self._ended = False
        self._typed = False
        self._steps = self._shells = 0
        self._stray = 0
        """Bytes that background jobs have written since the last step."""
        self._listening = -1
        self._restarted: ShellRestarted | None = None
        self._call = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._between = select.epoll()
        self._stop = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._between.register(self._stop, select.EPOLLIN)
        self._shell = self._start(self._environment, directory)
        self._expected = self._greet(self._shell)
        self._listen()
        self._idler = threading.Thread(target=self._listen_between, name="terminal between steps", daemon=True)
        self._idler.start()

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
                return Outcome("lost", None, message="the session is closed; the step was not started")
            self._runner = threading.get_ident()
            self._hush()
            try:
                return self._perform(task, sink)
            finally:
                self._runner = None
                with self._lock:
                    self._step = None
                if self._closing:
                    self._end()
                else:
                    self._listen()

    def interrupt(self) -> Signal:
        """Does nothing when no step runs."""
        with self._lock:
            step = self._step
            if step is None or step.ending:
                return "INT"
            step.interrupted = True
            rung = self._escalate(step)
            os.eventfd_write(self._call, 1)
            return "TERM" if rung == "HUP" else rung

    def write(self, data: bytes) -> bool:
        """Raises `Refused` when no step runs or the step does not take what is typed, and says how much was lost."""
        with self._lock:
            step, shell = self._step, self._shell
            if step is None or step.ending:
                raise Refused("no step is running, so there is nothing to type into")
            mode = terminal.mode(shell.master, False)
            if mode.canonical and max(map(len, re.split(rb"[\r\n]", data))) > LINE_LIMIT:
                raise Refused(f"a terminal takes lines of {LINE_LIMIT} bytes at most; nothing was typed")
            step.typed = True
            interrupting = not set(terminal.interrupts(shell.master)).isdisjoint(data)
            if interrupting:
                step.typed_interrupt = True
                self._expect_interrupt(shell, step)
            written = _type(shell.master, data)
        if written < len(data):
            raise Refused(f"the step does not read: {len(data) - written} of {len(data)} typed bytes were not taken")
        return mode.echo

    def waiting(self) -> Waiting | None:
        with self._lock:
            step, shell = self._step, self._shell
            if step is None or step.ending or step.taking or shell.has_output():
                return None
            mode = terminal.mode(shell.master, step.screen.on)
            if mode.echo and not _is_read(shell, step):
                return None
            return Waiting(step.tail.decode(errors="replace"), mode)

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
        self._steps += 1
        text = task.text.encode(errors="surrogateescape")
        path = f"{self._scratch}/step-{self._steps}.sh"
        try:
            command = write_script(path, text) if task.script else write_block(path, text)
            if not task.script and (complaint := unclosed_document(path, text, self._environment)):
                return self._refuse(complaint, sink)
            step = self._begin(shell, task, sink, command)
            self._follow(shell, step)
            return self._conclude(step, task)
        finally:
            with suppress(FileNotFoundError):
                os.unlink(path)  # noqa: PTH108 - a Path costs more than the call

    def _refuse(self, complaint: bytes, sink: Sink) -> Outcome:
        sink(complaint, terminal.mode(self._shell.master, False))
        message = "not run: a here-document has no end, so everything after its start would be taken for its text"
        return Outcome("failed", 2, self._directory, message=message)

    def _begin(self, shell: Shell, task: Task, sink: Sink, command: bytes) -> Step:
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
        with self._lock:
            self._step = step
            shell.send(redirected + report + self._settling(shell, step.number, step.new_nonce()))
        return step

    def _put_start_mark(self, shell: Shell, step: Step) -> None:
        """A read that leaves nothing behind has everything written so far; only where it does not, a mark is needed."""
        data = shell.read() or b""
        self._stray += len(data)
        if len(data) >= READ_SIZE:
            mark = step.output.expect_start()
            while not shell.mark(mark):
                self._make_room(shell)

    def _settling(self, shell: Shell, number: int, nonce: str) -> bytes:
        capture = os.fsencode(shlex.quote(str(shell.captures[number % 2])))
        return SETTLE % (nonce.encode(), capture)

    def _follow(self, shell: Shell, step: Step) -> None:
        while not step.over:
            try:
                self._attend(shell, step)
            except BaseException as error:  # noqa: BLE001 - kept, and raised again when the step is gone
                self._fall_out(shell, step, error)

    def _fall_out(self, shell: Shell, step: Step, error: BaseException) -> None:
        """Have the step gone quickly. An error that comes again and again is not the sink's: no more is tried then."""
        step.errors += 1
        if step.errors == 1:
            step.error = error
            step.hurry("interrupt", time.monotonic(), QUICK_GRACE)
        elif step.errors > ERROR_LIMIT:
            shell.signal(signal.SIGKILL)
            shell.reap(START_SECONDS)
            step.over = step.dead = True

    def _attend(self, shell: Shell, step: Step) -> None:
        there = shell.wait(self._patience(step))
        if "call" in there:
            self._answer_call(step)
        if "output" in there:
            self._take_output(shell, step)
        if "report" in there:
            self._take_reports(shell, step)
        if "death" in there and step.report is None and not step.over:
            self._bury(shell, step)
        self._keep_time(shell, step, bool(there))

    def _patience(self, step: Step) -> float:
        """Seconds until something has to be done even if nothing happens."""
        now = time.monotonic()
        if step.report is not None:
            return 0.005 if not step.marked else max(0.0, min(LOOK_SECONDS, step.mark_until - now))
        if step.wants_interrupt:
            return SETTLE_SECONDS
        times = [at for at in (step.deadline, step.due, step.last_due, step.unsure_until or None) if at is not None]
        return max(0.0, min([LOOK_SECONDS, *(at - now for at in times)]))

    def _answer_call(self, step: Step) -> None:
        with suppress(BlockingIOError):
            os.eventfd_read(self._call)
        if self._closing and step.ladder != "closing":
            step.hurry("closing", time.monotonic(), QUICK_GRACE)

    def _take_output(self, shell: Shell, step: Step) -> None:
        step.taking = True
        data = shell.read()
        if data is None:
            if step.report is not None:
                self._finish(step)
            return
        self._hand_on(shell, step, step.output.feed(data))
        if step.output.ended:
            step.over = True

    def _hand_on(self, shell: Shell, step: Step, data: bytes) -> None:
        if not data:
            step.taking = False
            return
        step.remember(data)
        step.taking = False
        if step.error is None:
            step.sink(data, terminal.mode(shell.master, step.screen.on))

    def _take_reports(self, shell: Shell, step: Step) -> None:
        for report in shell.reports():
            if report.nonce in step.nonces and step.report is None:
                with self._lock:
                    step.report = report
                self._directory = report.directory
                self._wind_up(shell, step)

    def _wind_up(self, shell: Shell, step: Step) -> None:
        """The shell is back; output of the step may still be in the terminal, or on its way through a pipe."""
        now = time.monotonic()
        running = processes.descendants(shell.pid, step.newest)
        if any(one.group == shell.pid for one in running):
            step.linger_until = step.linger_until or now + PIPE_GRACE
            if now < step.linger_until:
                return
        step.children = tuple(one.pid for one in running)
        step.wound_up = True
        self._take_last(shell, step)

    def _take_last(self, shell: Shell, step: Step) -> None:
        """As before the step: what a read leaves behind may be a background job's, and a mark divides it."""
        data = shell.read()
        self._hand_on(shell, step, step.output.feed(data or b""))
        if data is None or (len(data) < READ_SIZE and not step.output.start):
            self._finish(step)
            return
        shell.reset_terminal(typed=False)
        step.mark_until = time.monotonic() + MARK_SECONDS
        step.marked = shell.mark(step.output.expect_end())

    def _bury(self, shell: Shell, step: Step) -> None:
        """The step has ended the shell. The kernel has hung up the terminal; what was written before is still there."""
        self._take_reports(shell, step)
        if step.report is not None:
            return
        with self._lock:
            step.dead = True
            step.exit_status = shell.reap(START_SECONDS)
            shell.let_go()
        until = time.monotonic() + MARK_SECONDS
        while (data := shell.read()) is not None and time.monotonic() < until:
            self._hand_on(shell, step, step.output.feed(data))
        self._finish(step)

    def _finish(self, step: Step) -> None:
        step.over = True
        self._hand_on(self._shell, step, step.output.rest())

    def _keep_time(self, shell: Shell, step: Step, eventful: bool) -> None:
        now = time.monotonic()
        if step.over:
            return
        if step.report is not None:
            self._keep_ending(shell, step, now)
            return
        if step.deadline is not None and now >= step.deadline:
            step.deadline, step.timed_out = None, True
            step.hurry("interrupt", now, TIMEOUT_GRACE)
        with self._lock:
            self._keep_interrupting(shell, step, now)
            if step.due is not None and now >= step.due:
                step.due = now + step.grace
                self._escalate(step)
            if step.last_due is not None and now >= step.last_due:
                step.last_due = now + LAST_GRACE
                self._kill_shell(shell, step)
        if not eventful:
            self._look(shell, step)

    def _keep_ending(self, shell: Shell, step: Step, now: float) -> None:
        if not step.wound_up:
            self._wind_up(shell, step)
        elif not step.marked:
            shell.release()
            step.marked = shell.mark(step.output.expect_end())
        elif now >= step.mark_until:
            self._finish(step)

    def _look(self, shell: Shell, step: Step) -> None:
        """A shell that waits for its next line and has not reported never will: it is asked again."""
        step.suspicion = step.suspicion + 1 if shell.idle() else 0
        if step.suspicion < 2:
            return
        step.suspicion = 0
        if step.asked_again < 3:
            self._ask_again(step)
        else:
            step.lost = True
            self._kill_shell(shell, step)

    def _ask_again(self, step: Step) -> None:
        """One more line that reports: an interrupt can have cost those before."""
        with self._lock:
            step.asked_again += 1
            if step.asked_again <= 16:
                self._shell.send(self._settling(self._shell, step.number, step.new_nonce()), patience=0.1)

    # Signals.

    def _escalate(self, step: Step) -> Rung:
        ladder = LADDERS[step.ladder]
        rung = ladder[min(step.rung, len(ladder) - 1)]
        if step.rung >= len(ladder):
            self._kill_shell(self._shell, step)
        elif rung == "INT":
            step.wants_interrupt = True
            step.interrupt_until = time.monotonic() + YOUNG_SECONDS
            self._keep_interrupting(self._shell, step, time.monotonic())
        else:
            if step.wants_interrupt:
                self._send_interrupt(self._shell, step)
            self._signal_family(self._shell, step, NUMBERS[rung])
        if rung == "KILL" and step.last_due is None:
            step.last_due = time.monotonic() + min(LAST_GRACE, step.grace or LAST_GRACE)
        step.rung += 1
        return rung

    def _keep_interrupting(self, shell: Shell, step: Step, now: float) -> None:
        """Send a wanted INT when it will be noticed, and once more when it was not."""
        if step.wants_interrupt:
            if now >= step.interrupt_until or _is_settled(shell, step):
                self._send_interrupt(shell, step)
        elif step.unsure_until and now >= step.unsure_until:
            step.unsure_until = 0.0
            if _is_unnoticed(shell, step):
                self._send_interrupt(shell, step)

    def _send_interrupt(self, shell: Shell, step: Step) -> None:
        step.wants_interrupt = False
        self._expect_interrupt(shell, step)
        terminal.interrupt_foreground(shell.master)

    def _expect_interrupt(self, shell: Shell, step: Step) -> None:
        shell.await_busy()
        group = terminal.foreground(shell.master)
        step.receiver = processes.find(group) if group is not None else None
        step.unsure_until = time.monotonic() + YOUNG_SECONDS
        self._ask_again(step)

    def _signal_family(self, shell: Shell, step: Step, signum: int) -> None:
        """Everything the step has started, and not the jobs of earlier steps. A stopped process has to wake to obey."""
        family = processes.descendants(shell.pid, step.newest)
        for process in family:
            processes.send(process, signum)
            processes.send(process, signal.SIGCONT)
        if signum == signal.SIGTERM and not family:
            shell.signal(signum)  # which bash ignores, unless the step has trapped it
        shell.signal(signal.SIGCONT)

    def _kill_shell(self, shell: Shell, step: Step) -> None:
        step.shell_killed = True
        self._signal_family(shell, step, signal.SIGKILL)
        shell.signal(signal.SIGKILL)

    # Its outcome.

    def _conclude(self, step: Step, task: Task) -> Outcome:
        stray, self._stray = self._stray + step.output.before, step.output.after
        self._typed = step.typed
        if step.error is not None:
            raise step.error
        if self._closing:
            message = "the session was closed while the step ran"
            return Outcome("interrupted", _status(step), self._directory, message=message)
        status = _status(step)
        if step.dead:
            self._restarted = self._restart(_reason(step, status), task.exports)
        restarted, self._restarted = self._restarted, None
        return Outcome(
            status=_outcome(step, status),
            exit_status=None if step.lost else status,
            directory=self._directory,
            children=step.children,
            message=_message(stray),
            restarted=restarted,
        )

    # Shells, one after the other.

    def _start(self, environment: Mapping[str, str], directory: Path) -> Shell:
        self._shells += 1
        return Shell(
            directory,
            environment,
            columns=self._columns,
            rows=self._rows,
            scratch=self._scratch,
            number=self._shells,
            call=self._call,
        )

    def _greet(self, shell: Shell, lines: bytes = b"") -> str:
        """Have a new shell report when it is ready, and take its first capture. Answers the report's nonce."""
        nonce = f"{self._steps}-{os.urandom(8).hex()}"
        shell.send(lines + self._settling(shell, self._steps, nonce))
        return nonce

    def _ready_shell(self) -> Shell:
        if self._shell.reap(0) is not None:
            status = self._shell.exit_status
            self._restarted = self._restart(f"the shell had ended with status {status} while no step ran", ())
        if self._expected:
            self._meet(self._shell, self._expected)
            self._expected = ""
        return self._shell

    def _meet(self, shell: Shell, nonce: str) -> Report:
        """Wait for a new shell's first report."""
        until = time.monotonic() + START_SECONDS
        while (left := until - time.monotonic()) > 0 and not self._closing:
            there = shell.wait(left)
            if "output" in there:
                self._stray += len(shell.read() or b"")
            for report in shell.reports():
                if report.nonce == nonce:
                    shell.load_options()
                    self._directory = report.directory
                    return report
            if "death" in there:
                break
        shell.signal(signal.SIGKILL)
        shell.reap(START_SECONDS)
        raise UsageError("the session was closed" if self._closing else "bash did not start")

    def _restart(self, reason: str, exports: Sequence[tuple[str, str]]) -> ShellRestarted:
        """A new shell with the directory and the exported environment of the old one when its last step was over."""
        old, wanted = self._shell, self._directory
        capture = latest_capture(old.captures)
        environment = surviving_environment(self._environment, capture is not None)
        directory = Path(wanted) if Path(wanted).is_dir() else Path("/")
        new = self._start(environment, directory)
        path = self._scratch / f"restore-{self._shells}"
        write_private(path, (capture or b"") + export_line(exports) + b"\n")
        where = quoted(os.fsencode(wanted))
        lines = b"\\builtin . %s\n\\builtin cd -- %s\n" % (os.fsencode(shlex.quote(str(path))), where)
        with self._lock:
            self._shell = new
        old.close()
        try:
            report = self._meet(new, self._greet(new, lines))
        finally:
            path.unlink(missing_ok=True)
        lost = LOST if report.directory == wanted else (f"the directory {wanted}", *LOST)
        restored = (
            "the exported environment",
            *((f"the directory {wanted}",) if report.directory == wanted else ()),
        )
        return ShellRestarted(reason=reason, restored=restored, lost=lost)

    def _end(self) -> None:
        """End the shell for good. Called with the turn taken."""
        with self._lock:
            if self._ended:
                return
            self._ended = True
            os.eventfd_write(self._stop, 1)
        self._idler.join()
        shell = self._shell
        shell.finish()
        if shell.reap(END_GRACE) is None:
            shell.signal(signal.SIGHUP)
        if shell.reap(END_GRACE) is None:
            shell.signal(signal.SIGKILL)
        shell.reap(START_SECONDS)
        shell.close()
        self._between.close()
        os.close(self._stop)
        os.close(self._call)

    # The terminal while no step runs.

    def _listen_between(self) -> None:
        """Read what background jobs write between steps, so that they never block, and count it."""
        while self._stop not in {fd for fd, _ in self._between.poll()}:
            if not self._turn.acquire(blocking=False):
                continue
            try:
                data = self._shell.read()
                self._stray += len(data or b"")
                if data is None:
                    self._hush()
            finally:
                self._turn.release()

    def _listen(self) -> None:
        self._between.register(self._shell.master, select.EPOLLIN)
        self._listening = self._shell.master

    def _hush(self) -> None:
        if self._listening >= 0:
            self._between.unregister(self._listening)
            self._listening = -1

    def _make_room(self, shell: Shell) -> None:
        data = shell.read()
        self._stray += len(data or b"")
        if not data:
            shell.release()


def _check(task: Task) -> None:
    if "\0" in task.text:
        raise ValueError("the text holds a NUL byte, which no shell can be given")
    for name, value in task.exports:
        if not NAME.match(name):
            raise ValueError(f"{name!r} is not a name a shell can export")
        if "\0" in value:
            raise ValueError(f"the value of {name} holds a NUL byte, which no environment can carry")


def _type(master: int, data: bytes) -> int:
    """How many bytes the terminal took, within a bounded time."""
    written = 0
    until = time.monotonic() + WRITE_SECONDS
    while written < len(data):
        try:
            written += os.write(master, data[written:])
        except BlockingIOError:
            left = until - time.monotonic()
            if left <= 0 or not select.select([], [master], [], left)[1]:
                break
        except OSError:  # hung up
            break
    return written


def _is_read(shell: Shell, step: Step) -> bool:
    """Whether a process in the foreground is blocked reading the terminal."""
    group = terminal.foreground(shell.master)
    if group is None:
        return False
    members = {one.pid for one in processes.descendants(shell.pid, step.newest) if one.group == group}
    return any(processes.reads_terminal(pid, shell.tty) for pid in {group, *members})


def _is_settled(shell: Shell, step: Step) -> bool:
    """Whether whoever reads the terminal has been there for a moment, and bash is not about to start another."""
    family = processes.descendants(shell.pid, step.newest)
    latest = max(map(processes.started, family), default=0.0)
    return not shell.at_prompt() and processes.uptime() - latest > YOUNG_SECONDS / 2


def _is_unnoticed(shell: Shell, step: Step) -> bool:
    """Whether an interrupt has gone to nobody: to a process still the same, or to a shell that then started one."""
    group = terminal.foreground(shell.master)
    if step.receiver is None or group is None or group == shell.pid:
        return False
    if step.receiver.pid == shell.pid:
        return True
    now = processes.find(group)
    return now is not None and now == step.receiver._replace(state=now.state) and _was_young(step.receiver)


def _was_young(process: Process) -> bool:
    return processes.uptime() - processes.started(process) < 2 * YOUNG_SECONDS


def _status(step: Step) -> int | None:
    return step.report.status if step.report is not None else step.exit_status


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
    return f"the step ended the shell with status {status}"


def _message(stray: int) -> str:
    if not stray:
        return ""
    return f"background jobs wrote {stray} bytes before this step; they are in no step's output"
