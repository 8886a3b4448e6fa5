"""The full-screen program: opens a run or the library, holds what all screens share, and gives the terminal back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import work
from textual.app import App
from textual.binding import Binding, BindingType
from textual.filter import LineFilter

from engine.errors import OncueError

from .last_line import LastLine
from .opening import Opened, Opener
from .screens.starting import StartingScreen
from .themes import register_themes


class OncueApp(App[int]):
    CSS_PATH = "app.tcss"
    TITLE = "oncue"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        # Textual's own ctrl+q would end the program without a word about what is still running.
        Binding("ctrl+q", "ask_to_leave", show=False, priority=True),
    ]

    def __init__(
        self,
        opener: Opener,
        *,
        title: str,
        headings: Sequence[str] = (),
        keymap: Mapping[str, str] | None = None,
        theme: str | None = None,
    ) -> None:
        """`opener` does what takes long, on a thread; `title` and `headings` are shown meanwhile."""
        super().__init__()
        self._opener = opener
        self._wanted_theme = theme
        self._starting = StartingScreen(title, headings)
        self.rebound: Mapping[str, str] = keymap or {}
        self.opened: Opened | None = None
        self.error: OncueError | None = None
        """Why the program ended before its time."""
        self.last_words = ""

    def get_line_filters(self) -> Sequence[LineFilter]:
        return (*super().get_line_filters(), LastLine())

    def on_mount(self) -> None:
        register_themes(self)
        if self._wanted_theme is not None:
            self.theme = self._wanted_theme
        self.set_keymap(dict(self.rebound))
        self.push_screen(self._starting)
        self.call_after_refresh(self._open)

    @work(thread=True, exit_on_error=False)
    def _open(self) -> None:
        try:
            self._opener.read()
            sections = self._opener.sections()
            if sections:
                self.call_from_thread(self._pick_section, sections)
                return
            self._opened(self._opener.connect(()))
        except OncueError as error:
            self.call_from_thread(self._fail, error)

    @work
    async def _pick_section(self, sections: Sequence[tuple[tuple[str, ...], str]]) -> None:
        from .screens.asking import PickScreen

        options = [(str(number), label) for number, (_, label) in enumerate(sections)]
        title = "This document is a catalogue of procedures. Which one?"
        picked = await self.push_screen_wait(PickScreen(title, [*options, ("all", "everything, in order")], find=True))
        if picked is None:
            self.leave(0)
            return
        self._connect(() if picked == "all" else sections[int(picked)][0])

    @work(thread=True, exit_on_error=False)
    def _connect(self, section: tuple[str, ...]) -> None:
        try:
            self._opened(self._opener.connect(section))
        except OncueError as error:
            self.call_from_thread(self._fail, error)

    def _opened(self, opened: Opened) -> None:
        self.opened = opened
        self.call_from_thread(self._show_run, opened)

    def _show_run(self, opened: Opened) -> None:
        from .bridge import Bridge
        from .screens.run import RunScreen

        bridge = Bridge(opened.client, self._post_to_run)
        self._run = RunScreen(bridge, opened.runbook, opened.permission, opened.trail, opened.remarks)
        self.switch_screen(self._run)

    def _post_to_run(self, message: object) -> None:
        self._run.post_message(message)  # type: ignore[arg-type]

    def _fail(self, error: OncueError) -> None:
        self.error = error
        self.exit(error.exit_code)

    def leave(self, code: int, last_words: str = "") -> None:
        """Give the terminal back; `last_words` are said there."""
        self.last_words = last_words
        self.exit(code)

    def copy(self, text: str) -> None:
        """To the clipboard, through the terminal: the only string that the program sends to it."""
        self.copy_to_clipboard(text)
        self.notify(f"{len(text)} characters copied")

    def action_ask_to_leave(self) -> None:
        if hasattr(self.screen, "action_do"):
            self.screen.action_do("leave")
        else:
            self.leave(0)
