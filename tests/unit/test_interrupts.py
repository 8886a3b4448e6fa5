"""Ctrl-C that comes right before C code begins to wait."""

from __future__ import annotations

import operator
import os
import select
import signal
from functools import partial
from pathlib import Path

import pytest

from engine.interrupts import heard


def test_an_interrupt_right_before_a_wait_ends_the_wait() -> None:
    reading, writing = os.pipe()
    # Between two calls that C code makes Python does not look at signals.
    interrupt = partial(os.kill, os.getpid(), signal.SIGINT)
    wait = partial(select.select, [reading], [], [])
    before = signal.getsignal(signal.SIGINT)
    try:
        with pytest.raises(KeyboardInterrupt), heard():
            list(map(operator.call, (interrupt, wait)))
    finally:
        os.close(reading)
        os.close(writing)
    assert signal.getsignal(signal.SIGINT) is before


def test_nothing_stays_behind() -> None:
    def open_descriptors() -> int:
        return sum(1 for _ in Path("/proc/self/fd").iterdir())

    before, waking = open_descriptors(), signal.set_wakeup_fd(-1)
    signal.set_wakeup_fd(waking)
    with heard():
        pass
    assert open_descriptors() == before
    assert signal.set_wakeup_fd(waking) == waking
