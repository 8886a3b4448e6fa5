"""Follows one step on one shell until it is over: its output, its report, its time, and the shell's death."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from . import processes, terminal
from .bash_ladder import Ladder
from .bash_shell import READ_SIZE, Shell
from .bash_step import Step

LOOK_SECONDS = 0.25
"""How often a silent step is looked at, to see whether its shell still does what it should."""
SETTLE_SECONDS = 0.005
TIMEOUT_GRACE = 2.0
QUICK_GRACE = 0.05
"""Between two signals when a step has to be gone within a quarter of a second."""
PIPE_GRACE = 0.1
"""For `>(tee log)` and the like, whose last output comes after the shell is back."""
MARK_SECONDS = 1.0
"""Until an end mark that does not come is taken for lost."""
REAP_SECONDS = 20.0
ERROR_LIMIT = 10


class Watch:
    """`call` is the descriptor by which other threads wake `follow`; `lock` guards the step against their signals."""

    def __init__(
        self, shell: Shell, step: Step, lock: threading.RLock, call: int, is_closing: Callable[[], bool]
    ) -> None:
        self.shell = shell
        self.step = step
        self.ladder = Ladder(shell, step)
        self._lock = lock
        self._call = call
        self._is_closing = is_closing

    def follow(self) -> None:
        """Returns when the step is over. What the sink raises is kept in `step.error`."""
        while not self.step.over:
            try:
                self._attend()
            except BaseException as error:  # noqa: BLE001 - kept, and raised again when the step is gone
                self._fall_out(error)

    def is_waiting(self) -> bool:
        """Whether a process in the foreground is blocked reading the terminal, or hides what is typed."""
        shell, step = self.shell, self.step
        if step.ending or step.taking or shell.has_output():
            return False
        return not terminal.mode(shell.master, step.screen.on).echo or self.is_blocked()

    def is_blocked(self) -> bool:
        """Whether a process in the foreground is blocked reading the terminal."""
        shell, step = self.shell, self.step
        group = terminal.foreground(shell.master)
        if group is None:
            return False
        members = {one.pid for one in processes.descendants(shell.pid, step.newest) if one.group == group}
        return any(processes.reads_terminal(pid, shell.tty) for pid in {group, *members})

    def _attend(self) -> None:
        there = self.shell.wait(self._patience())
        if "call" in there:
            self._answer_call()
        if "output" in there:
            self._take_output()
        if "report" in there:
            self._take_reports()
        if "death" in there and self.step.report is None and not self.step.over:
            self._bury()
        if not self.step.over:
            self._keep_time(bool(there))

    def _patience(self) -> float:
        """Seconds until something has to be done even if nothing happens."""
        step, now = self.step, time.monotonic()
        if step.report is not None:
            return SETTLE_SECONDS if not step.marked else max(0.0, min(LOOK_SECONDS, step.mark_until - now))
        if step.wants_interrupt:
            return SETTLE_SECONDS
        times = [at for at in (step.deadline, step.due, step.last_due, step.unsure_until or None) if at is not None]
        return max(0.0, min([LOOK_SECONDS, *(at - now for at in times)]))

    def _answer_call(self) -> None:
        with suppress(BlockingIOError):
            os.eventfd_read(self._call)
        if self._is_closing() and self.step.ladder != "closing":
            self.step.hurry("closing", time.monotonic(), QUICK_GRACE)

    def _fall_out(self, error: BaseException) -> None:
        """Have the step gone quickly. An error that comes again and again is not the sink's: no more is tried then."""
        step = self.step
        step.errors += 1
        if step.errors == 1:
            step.error = error
            step.hurry("interrupt", time.monotonic(), QUICK_GRACE)
        elif step.errors > ERROR_LIMIT:
            self.shell.signal(signal.SIGKILL)
            self.shell.reap(REAP_SECONDS)
            step.over = step.dead = True

    # Output.

    def _take_output(self) -> None:
        self.step.taking = True
        data = self.shell.read()
        if data is not None:
            self._hand_on(self.step.output.feed(data))
            self.step.over = self.step.output.ended
        elif self.step.report is not None:
            self._finish()

    def _hand_on(self, data: bytes) -> None:
        if data:
            self.step.remember(data)
        self.step.taking = False
        if data and self.step.error is None:
            self.step.sink(data, terminal.mode(self.shell.master, self.step.screen.on))

    # The end.

    def _take_reports(self) -> None:
        for report in self.shell.reports():
            if report.nonce in self.step.nonces and self.step.report is None:
                with self._lock:
                    self.step.report = report
                    self.step.unusable = not self.shell.at_prompt()
                self._wind_up()

    def _wind_up(self) -> None:
        """The shell is back; output of the step may still be in the terminal, or on its way through a pipe."""
        step, now = self.step, time.monotonic()
        running = processes.descendants(self.shell.pid, step.newest)
        # With job control a background job has a group of its own; what is in bash's is a process substitution.
        if any(one.group == self.shell.pid for one in running):
            step.linger_until = step.linger_until or now + PIPE_GRACE
            if now < step.linger_until:
                return
        step.children = tuple(one.pid for one in running)
        step.wound_up = True
        self._take_last()

    def _take_last(self) -> None:
        """A read that leaves nothing behind has had everything written before the report: the kernel delivers what is
        on its way before it says that there is nothing. Where others go on writing, a mark divides it.
        """
        step, data = self.step, self.shell.read()
        self._hand_on(step.output.feed(data or b""))
        if data is None or (len(data) < READ_SIZE and not step.output.start):
            self._finish()
            return
        self.shell.reset_terminal(typed=False)
        step.mark_until = time.monotonic() + MARK_SECONDS
        step.marked = self.shell.mark(step.output.expect_end())

    def _bury(self) -> None:
        """The step has ended the shell. The kernel has hung up the terminal; what was written before is still there."""
        self._take_reports()
        if self.step.report is not None:
            return
        with self._lock:
            self.step.dead = True
            self.step.exit_status = self.shell.reap(REAP_SECONDS)
            self.shell.let_go()
        until = time.monotonic() + MARK_SECONDS
        while (data := self.shell.read()) is not None and time.monotonic() < until:
            self._hand_on(self.step.output.feed(data))
        self.step.untouched = not self.step.heard and self.shell.taken() <= self.step.sent_from
        self._finish()

    def _finish(self) -> None:
        self.step.over = True
        self._hand_on(self.step.output.rest())

    # Time.

    def _keep_time(self, eventful: bool) -> None:
        step, now = self.step, time.monotonic()
        if step.report is not None:
            self._keep_ending(now)
            return
        if step.deadline is not None and now >= step.deadline:
            step.deadline, step.timed_out = None, True
            step.hurry("interrupt", now, TIMEOUT_GRACE)
        with self._lock:
            self.ladder.keep_time(now)
            if not eventful:
                self._look()

    def _keep_ending(self, now: float) -> None:
        if not self.step.wound_up:
            self._wind_up()
        elif not self.step.marked:
            self.shell.release()
            self.step.marked = self.shell.mark(self.step.output.expect_end())
        elif now >= self.step.mark_until:
            self._finish()

    def _look(self) -> None:
        """A shell that waits for its next line and has not reported never will: it is asked again."""
        step = self.step
        step.suspicion = step.suspicion + 1 if self.shell.idle() else 0
        if step.suspicion < 2:
            return
        step.suspicion = 0
        if step.asked_again < 3:
            self.ladder.ask_again()
        else:
            step.lost = True
            self.ladder.kill_shell()
