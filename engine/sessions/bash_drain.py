"""Reads the terminal while no step runs, so that background jobs never block on it, and counts what they wrote.

What they write belongs to no step. It is not kept; how much it was is said with the next step.
"""

from __future__ import annotations

import os
import select
import threading

from .bash_shell import Shell


class Drain:
    """`turn` is held by whoever reads the terminal: here, or a step."""

    def __init__(self, turn: threading.Lock) -> None:
        self.count = 0
        """Bytes since the last step."""
        self._turn = turn
        self._shell: Shell | None = None
        self._stop = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._poll = select.epoll()
        self._poll.register(self._stop, select.EPOLLIN)
        self._thread = threading.Thread(target=self._read_on, name="terminal between steps", daemon=True)
        self._thread.start()

    def listen(self, shell: Shell) -> None:
        """From now on. Called with the turn taken."""
        self._shell = shell
        self._poll.register(shell.master, select.EPOLLIN)

    def hush(self) -> None:
        """Until told to listen again. Called with the turn taken."""
        if self._shell is not None:
            self._poll.unregister(self._shell.master)
            self._shell = None

    def read_once(self, shell: Shell) -> int:
        """Read what is there, count it, and answer how much it was."""
        data = shell.read()
        if data is None:
            self.hush()
        self.count += len(data or b"")
        return len(data or b"")

    def close(self) -> None:
        os.eventfd_write(self._stop, 1)
        self._thread.join()
        self._poll.close()
        os.close(self._stop)

    def _read_on(self) -> None:
        while self._stop not in {fd for fd, _ in self._poll.poll()}:
            if self._turn.acquire(blocking=False):
                try:
                    if self._shell is not None:
                        self.read_once(self._shell)
                finally:
                    self._turn.release()
