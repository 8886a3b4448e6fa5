"""The full-screen program: opens a run or the library, holds what all screens share, and gives the terminal back."""

from __future__ import annotations

import asyncio
import math
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

from textual import work
from textual.app import App
from textual.binding import Binding, BindingType
from textual.events import Event, InputEvent, Key, Paste
from textual.filter import LineFilter
from textual.screen import ModalScreen, Screen
from textual.worker import WorkerFailed

from engine.collector import release
from engine.config.files import own_path
from engine.errors import OncueError
from engine.output import visible

from .last_line import LAST_LINE
from .look import Look
from .opening import Opened, Opener, opener_of
from .screens.starting import StartingScreen
from .text import plain
from .themes import DEFAULT, begin_with
from .widgets.key_row import key_name
from .widgets.typing_line import Line, take_late

if TYPE_CHECKING:
    from rich.console import RenderableType

    from .bridge import Bridge
    from .screens.history import HistoryScreen
    from .screens.library import LibraryScreen
    from .screens.replay import ReplayScreen


class OncueApp(App[int]):
    CSS_PATH = "app.tcss"
    TITLE = "oncue"
    ENABLE_COMMAND_PALETTE = False
    """Textual's own, whose Enter takes what was highlighted before the last letters were looked up."""
    BINDINGS: ClassVar[list[BindingType]] = [
        # Textual's own ctrl+q would end the program without a word about what is still running.
        Binding("ctrl+q", "ask_to_leave", show=False, priority=True),
        Binding("ctrl+p", "palette", show=False, priority=True),
    ]

    def __init__(
        self,
        opener: Opener | None = None,
        *,
        title: str = "",
        headings: Sequence[str] = (),
        library: Callable[[], Screen[Any]] | None = None,
        theme: str = DEFAULT,
        look: Callable[[], Look] = Look,
        is_new: Callable[[], bool] = lambda: False,
    ) -> None:
        """`opener` does what takes long, on a thread; `title` and `headings` are shown meanwhile. Without one the
        `library` is the first screen, and a run is opened from there; what it is dismissed with ends the program.
        `theme` is that of the first frame; `look` is asked for while it is there, on a thread, and may raise
        `OncueError`. `is_new` says whether the operator is."""
        super().__init__()
        self._opener = opener
        self._library = library
        begin_with(self, theme)
        self._read_look = look
        self._look_remarks: tuple[str, ...] = ()
        self._is_new = is_new
        self._starting = StartingScreen(title, headings)
        self.rebound: Mapping[str, str] = {}
        """Action → its keys, where they are not the built-in ones."""
        self.opened: Opened | None = None
        self.bridge: Bridge | None = None
        self.error: OncueError | None = None
        """Why the program ended before its time."""
        self.last_words = ""
        self._input_from = 0.0
        self.fault: BaseException | None = None
        """What no part of the screen expected. The run does not depend on the screen."""

    def _fatal_error(self) -> None:
        """Without Textual's own report, which shows every local variable, and so may show a secret."""
        broken = self._exception
        cause = broken.error if isinstance(broken, WorkerFailed) else broken
        if isinstance(cause, OncueError):  # refused, with a sentence that says it all
            self.error = cause
        else:
            self.fault = cause
        self._close_messages_no_wait()

    def get_line_filters(self) -> Sequence[LineFilter]:
        return (*super().get_line_filters(), LAST_LINE)

    def _set_pointer_shape(self, shape: str) -> None:
        """Not sent: a terminal takes it as a string, and nothing but the clipboard needs one."""

    async def on_event(self, event: Event) -> None:
        if isinstance(event, (InputEvent, Paste)) and event.time < self._input_from:
            return
        await super().on_event(event)

    def ignore_input_until_now(self) -> None:
        """What was typed while a program was about to take the terminal, or before there was anything to see, was not
        meant for this screen."""
        self._input_from = monotonic()

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Every frame passes here; with the first one of a run it can be seen what a key would be pressed for."""
        if self._input_from == math.inf and screen.is_mounted and renderable is not None:
            self.ignore_input_until_now()
            release()
        super()._display(screen, renderable)

    @property
    def listens(self) -> bool:
        """What is typed from now on counts."""
        return self._input_from <= monotonic()

    def on_key(self, event: Key) -> None:
        if take_late(self, event):
            event.prevent_default()

    def get_default_screen(self) -> Screen[Any]:
        return super().get_default_screen() if self._opener is None else self._starting

    def on_mount(self) -> None:
        if not self.is_headless:
            self._catch_signals()
        if self._opener is not None:
            self.call_after_refresh(self._open, self._opener)
        elif self._library is not None:
            self.push_screen(self._library(), self.leave)
            self.call_after_refresh(release)
            self.run_worker(self._dress, thread=True, exit_on_error=False)

    def _catch_signals(self) -> None:
        """Whoever ends the program gets the terminal back as it was, and a word on what goes on."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self.leave, 128 + number, f"the screen was ended by {number.name}")

    # How it looks.

    def _dress(self) -> None:
        """On a thread. A live run can be come back to whatever the settings are: the look is not worth refusing it."""
        try:
            self.call_from_thread(self.take_look, self._read_look())
        except OncueError as error:
            self._look_remarks = (f"look and keys are the built-in ones: {error}",)

    def take_look(self, look: Look) -> None:
        self.theme = look.theme
        self.rebound = look.keys
        self.set_keymap(dict(look.keys))

    def choose_theme(self, name: str) -> None:
        """For this session; says how to keep it."""
        self.theme = name
        place = own_path(os.environ) or "an oncue.toml"
        self.notify(visible(f'to keep it: theme = "{name}" in {place}'), title=name, markup=False)

    def key_of(self, action_id: str, built_in: str) -> str:
        """As people call it; the first one where there are several."""
        return key_name(self.rebound.get(action_id, built_in).split(",")[0])

    # Every action by name.

    def action_palette(self) -> None:
        from .palette import commands_of
        from .screens.palette import PaletteScreen

        screen = self.screen
        say = screen.say if hasattr(screen, "say") else self.notify
        self.push_screen(PaletteScreen(commands_of(self, screen), say))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A question is answered first, and what is typed into a step goes there."""
        if action == "palette":
            return not isinstance(self.screen, ModalScreen) and not isinstance(self.focused, Line)
        return super().check_action(action, parameters)

    # From the library.

    def on_library_screen_chosen(self, message: LibraryScreen.Chosen) -> None:
        self._open_from_here("run", str(message.path), *_section(message.section))

    def on_library_screen_rehearsal_wanted(self, message: LibraryScreen.RehearsalWanted) -> None:
        from engine.summary import MODE_MARKS  # loads pydantic, which the library does without

        title = f"{MODE_MARKS['rehearsal']}  {message.path}"
        self._open_from_here("rehearse", str(message.path), *_section(message.section), title=title)

    def on_library_screen_resumed(self, message: LibraryScreen.Resumed) -> None:
        self._come_back(message.run_id)

    def on_history_screen_resumed(self, message: HistoryScreen.Resumed) -> None:
        self._come_back(message.run_id)

    def on_library_screen_history_wanted(self) -> None:
        from .cockpit import history

        self.push_screen(history())

    def on_replay_screen_failed(self, message: ReplayScreen.Failed) -> None:
        self.error = message.error
        self.exit(message.error.exit_code)

    def _come_back(self, run_id: str) -> None:
        from .cockpit import is_live

        self._open_from_here("attach" if is_live(run_id) else "resume", run_id)

    def _open_from_here(self, *words: str, title: str = "") -> None:
        self._opener = opener_of(words)
        self._starting = StartingScreen(title or words[1], ())
        self.push_screen(self._starting)
        self.call_after_refresh(self._open, self._opener)

    # Opening a run.

    @work(thread=True, exit_on_error=False)
    def _open(self, opener: Opener) -> None:
        try:
            opener.read()
            if self._library is None:
                self._dress()
            sections = opener.sections()
            if sections:
                self.call_from_thread(self._pick_section, opener, sections)
                return
            self.call_later(self._load_run_screen)
            self._opened(opener.connect(()))
        except OncueError as error:
            self.call_from_thread(self._fail, error)

    def _load_run_screen(self) -> None:
        """While the run's host is being waited for."""
        from .screens import run  # noqa: F401

    @work
    async def _pick_section(self, opener: Opener, sections: Sequence[tuple[tuple[str, ...], str]]) -> None:
        from .screens.asking import PickScreen

        options = [(str(number), label) for number, (_, label) in enumerate(sections)]
        title = "This document is a catalogue of procedures. Which one?"
        picked = await self.push_screen_wait(PickScreen(title, [*options, ("all", "everything, in order")], find=True))
        if picked is None:
            self._give_up(opener)
            return
        self._connect(opener, () if picked == "all" else sections[int(picked)][0])

    def _give_up(self, opener: Opener) -> None:
        """Nothing has been started: back to where the operator came from."""
        opener.close()
        if self._library is not None:
            self.pop_screen()
        else:
            self.leave(0)

    @work(thread=True, exit_on_error=False)
    def _connect(self, opener: Opener, section: tuple[str, ...]) -> None:
        try:
            self._opened(opener.connect(section))
        except OncueError as error:
            self.call_from_thread(self._fail, error)

    def _opened(self, opened: Opened) -> None:
        self.opened = opened
        self.call_from_thread(self._show_run, opened)

    def _show_run(self, opened: Opened) -> None:
        from .bridge import Bridge
        from .screens.run import RunScreen

        self.bridge = bridge = Bridge(opened.client, self._post_to_run)
        is_new = not opened.client.state.attempts and self._is_new()
        remarks = (*opened.remarks, *self._look_remarks)
        self._run = RunScreen(bridge, opened.runbook, opened.permission, opened.trail, remarks, is_new=is_new)
        self._input_from = math.inf
        if self._library is None:
            self.push_screen(self._run)  # the first screen of a program stays below all others
        else:
            self.switch_screen(self._run)

    def _post_to_run(self, message: object) -> None:
        self._run.post_message(message)  # type: ignore[arg-type]

    def _fail(self, error: OncueError) -> None:
        """In the library a document that cannot be run is one of many; otherwise there is nothing else to do."""
        if self._library is not None and self._opener is not None:
            self._opener.close()
            self.pop_screen()
            self.notify(plain(str(error)).markup, title="not opened", severity="error", timeout=15)
            return
        self.error = error
        self.exit(error.exit_code)

    def leave(self, code: int | None, last_words: str = "") -> None:
        """Give the terminal back; `last_words` are said there."""
        self.last_words = last_words
        self.exit(code or 0)

    def copy(self, text: str) -> None:
        """To the clipboard, through the terminal: the only string that the program sends to it."""
        self.copy_to_clipboard(text)
        self.notify(f"{len(text)} characters copied")

    def action_ask_to_leave(self) -> None:
        if hasattr(self.screen, "action_do"):
            self.screen.action_do("leave")
        else:
            self.leave(getattr(self.screen, "answer", 0))


def _section(path: Sequence[str] | None) -> tuple[str, ...]:
    """As the command line names it."""
    return ("--section", " › ".join(path)) if path else ()
