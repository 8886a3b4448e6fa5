"""Draws `cockpit.svg`, the picture in the README: the cockpit in the middle of a real run.

uv run python recordings/make_picture.py
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from incident import COMMIT, ROOT, WALK, WORDS, Stop, asks, become_somebody, is_past, keys_of, stranger
from textual.pilot import Pilot

from engine.state import RunState
from tui.app import OncueApp
from tui.opening import opener_of
from tui.screens.run import RunScreen

PICTURE = Path(__file__).with_name("cockpit.svg")
SIZE = (118, 34)
SHOWN = "Keep a copy of the messages"
"""The step on which the picture is taken, with one of its items ticked."""
FASTER = 0.7
"""Of the time that a person would take."""
PATIENCE = 60.0
FONTS = "'Fira Code', 'DejaVu Sans Mono', Menlo, Consolas, monospace"


def main() -> None:
    os.chdir(ROOT)
    with TemporaryDirectory() as home:
        environment = stranger(Path(home))
        os.environ.clear()
        os.environ.update(environment)
        become_somebody()
        PICTURE.write_text(asyncio.run(walk()))
    sys.stdout.write(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size} bytes\n")


async def walk() -> str:
    """The run goes on to its end after the picture has been taken: its last steps remove what it made."""
    app = OncueApp(opener_of(WORDS))
    picture = ""
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, RunScreen) and len(verdicts(app)) > len(WALK) - 2)
        for stop in WALK:
            if stop.title == SHOWN:
                await press(pilot, stop, 1)
                picture = drawn(app)
                await press(pilot, stop, stop.n_items - 1)
                stop = stop._replace(n_items=0)  # noqa: PLW2901 - they are ticked
            await press(pilot, stop)
            if stop.commits:
                await until(pilot, lambda: asks(state_of(app)))
                await asyncio.sleep(FASTER)
                await pilot.press(COMMIT)
            await until(pilot, lambda stop=stop: is_past(state_of(app), stop))
        await pilot.press("enter")
        await until(pilot, lambda: state_of(app).phase == "ended")
    return picture


def run_screen(app: OncueApp) -> RunScreen:
    return next(one for one in app.screen_stack if isinstance(one, RunScreen))


def state_of(app: OncueApp) -> RunState:
    return run_screen(app).situation.state


def verdicts(app: OncueApp) -> dict[str, Any]:
    return run_screen(app)._levels


async def press(pilot: Pilot[Any], stop: Stop, n_items: int | None = None) -> None:
    for key, pause in keys_of(stop, n_items):
        await asyncio.sleep(pause * FASTER)
        await pilot.press({" ": "space", "?": "question_mark"}.get(key, key))
    await asyncio.sleep(FASTER)


async def until(pilot: Pilot[Any], is_so: Any) -> None:
    async with asyncio.timeout(PATIENCE):
        while not is_so():
            await pilot.pause(0.1)


def drawn(app: OncueApp) -> str:
    """Without fonts from elsewhere: a page that shows pictures does not fetch any."""
    svg = app.export_screenshot(title="oncue")
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    svg = re.sub(r"font-family: ?[^;]+;", f"font-family: {FONTS};", svg)
    return re.sub(r"terminal-\d+", "oncue", re.sub(r"\n\s*\n", "\n", svg))


if __name__ == "__main__":
    main()
