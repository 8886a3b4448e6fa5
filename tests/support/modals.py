"""A question on an otherwise empty screen, and what was answered to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual import events
from textual.app import App
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import Input, TextArea

from tui.themes import DARK, register_themes

OPEN = "still open"


class Asked(App[None]):
    def __init__(self, question: ModalScreen[Any]) -> None:
        super().__init__()
        self._question = question
        self.answer: Any = OPEN

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return DARK.variables

    def on_mount(self) -> None:
        register_themes(self)
        self.push_screen(self._question, self._answered)

    def _answered(self, answer: Any) -> None:
        self.answer = answer


async def until(pilot: Pilot[None], done: Callable[[], object]) -> None:
    """The test's own limit of time ends what never comes."""
    while not done():
        await pilot.pause()


async def rush(pilot: Pilot[None], *keys: str) -> None:
    """Keys that are all there before the first of them has been looked at, as from a quick typist or a slow line."""
    for key in keys:
        pilot.app.post_message(events.Key(key, key if len(key) == 1 else None))
    await pilot.pause()


async def still(pilot: Pilot[None]) -> None:
    """For a picture: no cursor that blinks."""
    await pilot.pause()
    for field in pilot.app.screen.query(Input):
        field.cursor_blink = False
    for area in pilot.app.screen.query(TextArea):
        area.cursor_blink = False
    await pilot.pause()


def shown(app: App[None]) -> str:
    """What stands on the screen, row by row."""
    return "\n".join("".join(segment.text for segment in strip) for strip in rows(app))


def rows(app: App[None]) -> list[Any]:
    return list(app.screen._compositor.render_strips())
