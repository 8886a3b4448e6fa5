"""Ctrl-C while C code waits for a line: every one counts."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

AGAIN_SECONDS = 0.1


@contextmanager
def heard() -> Iterator[None]:
    """SIGINT raises `KeyboardInterrupt` in this block, which the main thread spends in a wait of C code's own.

    A signal that comes between Python's last look and the wait does not end it, and would be noticed with the next key
    only. So it is sent again until it is.
    """
    noticed = threading.Event()

    def notice(number: int, frame: FrameType | None) -> None:
        noticed.set()
        signal.default_int_handler(number, frame)

    reading, writing = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    os.set_blocking(reading, True)
    sender = threading.Thread(target=_send_again, args=(reading, noticed), name="interrupts", daemon=True)
    sender.start()
    before = signal.getsignal(signal.SIGINT)
    waking = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    try:
        signal.signal(signal.SIGINT, notice)
        yield
    finally:
        signal.set_wakeup_fd(waking)
        signal.signal(signal.SIGINT, before)
        noticed.set()
        os.close(writing)
        sender.join()


def _send_again(reading: int, noticed: threading.Event) -> None:
    """Until the other end is closed."""
    with open(reading, "rb", buffering=0) as came:
        while numbers := came.read(64):
            while signal.SIGINT in numbers and not noticed.wait(AGAIN_SECONDS):
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
