"""When a screen in a test has done everything that a key, a click or a resize led to.

Textual takes a process for idle that has used no processor for twenty milliseconds, and waits for that twice after each
key: beside other work it never sees it and waits a second each time. Here it is asked whether anything is left to do.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from textual import _wait
from textual._context import active_app
from textual.app import App, ScreenStackError

wait_for_no_load = _wait.wait_for_idle


def install(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("app", "pilot"):
        monkeypatch.setattr(f"textual.{module}.wait_for_idle", wait_until_quiet)


async def wait_until_quiet(min_sleep: float = 0, max_sleep: float = 1) -> None:
    """Nothing is queued any more and everything is laid out and drawn. Work on a thread is waited for as Textual does:
    nothing says whether it is about to show something."""
    app = active_app.get(None)
    if app is None or any(not worker.is_finished for worker in app.workers):
        await wait_for_no_load(min_sleep, max_sleep)
        return
    deadline = time.monotonic() + max_sleep
    await _quiet(deadline)
    while (_draw(app) or app._resize_timer is not None) and time.monotonic() < deadline:
        await _quiet(deadline)


async def _quiet(deadline: float) -> None:
    loop: Any = asyncio.get_running_loop()
    await asyncio.sleep(0)
    while loop._ready and time.monotonic() < deadline:
        await asyncio.sleep(0)


def _draw(app: App[Any]) -> bool:
    """What would be done with the next frame. Answers whether something came of it."""
    loop: Any = asyncio.get_running_loop()
    try:
        app.screen._on_timer_update()
    except ScreenStackError:  # the last screen is gone
        return False
    return bool(loop._ready)
