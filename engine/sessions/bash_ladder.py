"""Ending a running step: INT to whoever reads the terminal, then harder, and the shell itself only when all else fails.

Signals go to what the step has started, never to jobs of earlier steps, and never to a process that has got another
one's id since.
"""

from __future__ import annotations

import signal
import time

from . import processes, terminal
from .bash_shell import Shell
from .bash_step import LADDERS, Rung, Step

LAST_GRACE = 0.25
"""Seconds from KILL to the step's processes until the shell itself is killed."""
YOUNG_SECONDS = 0.1
"""A process bash has just forked loses an interrupt that comes before it has become its own program."""
ASK_LIMIT = 16
NUMBERS: dict[Rung, signal.Signals] = {
    "INT": signal.SIGINT,
    "HUP": signal.SIGHUP,
    "TERM": signal.SIGTERM,
    "KILL": signal.SIGKILL,
}


class Ladder:
    """All of it is called with the session's lock held, so that nothing is signalled once the step is over."""

    def __init__(self, shell: Shell, step: Step) -> None:
        self._shell = shell
        self._step = step

    def escalate(self) -> Rung:
        """Send the next harder signal and answer which it was."""
        step, rungs = self._step, LADDERS[self._step.ladder]
        rung = rungs[min(step.rung, len(rungs) - 1)]
        if step.rung >= len(rungs):
            self.kill_shell()
        elif rung == "INT":
            step.wants_interrupt = True
            step.interrupt_until = time.monotonic() + YOUNG_SECONDS
            self._keep_interrupting(time.monotonic())
        else:
            if step.wants_interrupt:
                self._interrupt()
            self._signal_family(NUMBERS[rung])
        if rung == "KILL" and step.last_due is None:
            step.last_due = time.monotonic() + min(LAST_GRACE, step.grace or LAST_GRACE)
        step.rung += 1
        return rung

    def keep_time(self, now: float) -> None:
        """Send what has become due."""
        step = self._step
        self._keep_interrupting(now)
        if step.due is not None and now >= step.due:
            step.due = now + step.grace
            self.escalate()
        if step.last_due is not None and now >= step.last_due:
            step.last_due = now + LAST_GRACE
            self.kill_shell()

    def expect_interrupt(self) -> None:
        """An INT is about to be sent or typed: see to it that it is noticed, and that the step's end is reported."""
        self._shell.await_busy()
        group = terminal.foreground(self._shell.master)
        self._step.receiver = processes.find(group) if group is not None else None
        self._step.unsure_until = time.monotonic() + YOUNG_SECONDS
        self.ask_again()

    def ask_again(self) -> None:
        """One more line that reports: an interrupt can have cost those before."""
        step = self._step
        step.asked_again += 1
        if step.asked_again <= ASK_LIMIT:
            self._shell.send(self._shell.settling(step.number, step.new_nonce()), patience=0.1)

    def kill_shell(self) -> None:
        self._step.shell_killed = True
        self._signal_family(signal.SIGKILL)
        self._shell.signal(signal.SIGKILL)

    def _keep_interrupting(self, now: float) -> None:
        """Send a wanted INT when it will be noticed, and once more when it was not."""
        step = self._step
        if step.wants_interrupt:
            if now >= step.interrupt_until or self._is_settled():
                self._interrupt()
        elif step.unsure_until and now >= step.unsure_until:
            step.unsure_until = 0.0
            if self._is_unnoticed():
                self._interrupt()

    def _interrupt(self) -> None:
        self._step.wants_interrupt = False
        self.expect_interrupt()
        terminal.interrupt_foreground(self._shell.master)

    def _is_settled(self) -> bool:
        """Whether bash has not started anything just now and is not about to."""
        family = processes.descendants(self._shell.pid, self._step.newest)
        latest = max(map(processes.started, family), default=0.0)
        return not self._shell.at_prompt() and processes.uptime() - latest > YOUNG_SECONDS / 2

    def _is_unnoticed(self) -> bool:
        """Whether an interrupt has gone to nobody: to a process still too young, or to bash just before its fork."""
        group, receiver = terminal.foreground(self._shell.master), self._step.receiver
        if receiver is None or group is None or group == self._shell.pid:
            return False
        if receiver.pid == self._shell.pid:
            return True
        was_young = processes.uptime() - processes.started(receiver) < 2 * YOUNG_SECONDS
        now = processes.find(group)
        return was_young and now is not None and (now.pid, now.started) == (receiver.pid, receiver.started)

    def _signal_family(self, signum: int) -> None:
        """Everything the step has started. What is stopped has to wake to obey."""
        family = processes.descendants(self._shell.pid, self._step.newest)
        for process in family:
            processes.send(process, signum)
            processes.send(process, signal.SIGCONT)
        if signum == signal.SIGTERM and not family:
            self._shell.signal(signum)  # which bash ignores, unless the step has trapped it
        self._shell.signal(signal.SIGCONT)
