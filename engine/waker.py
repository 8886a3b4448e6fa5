"""Wake a thread that waits in `select`."""

from __future__ import annotations

import os
import threading
from contextlib import suppress


class Waker:
    """A pipe to itself, to stand in what a thread selects on."""

    def __init__(self) -> None:
        self._reading, self._writing = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._closing = threading.Lock()
        self._closed = False

    def fileno(self) -> int:
        """Readable from `wake` until `clear`."""
        return self._reading

    @property
    def writing(self) -> int:
        """For `signal.set_wakeup_fd`, to be taken back there before `close`."""
        return self._writing

    def wake(self) -> None:
        """From any thread, also after `close`, when nobody waits any more."""
        with self._closing:
            if not self._closed:
                with suppress(BlockingIOError):  # full means that a wake-up is already on its way
                    os.write(self._writing, b"w")

    def clear(self) -> None:
        os.read(self._reading, 4096)

    def close(self) -> None:
        """By the thread that waits, which does not any more."""
        with self._closing:
            if not self._closed:
                self._closed = True
                os.close(self._reading)
                os.close(self._writing)
