"""The real terminal, lent to a running step: its output goes there, every key goes to it, and the host records both.

It ends when the step gives the screen back, is over, or the operator presses the key that comes back. Whatever the
step did to the terminal is undone then.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

from textual.events import Key, Paste
from textual.message import Message

from engine import commands as c
from engine import events as e
from engine.client import Told
from engine.console import Closed, Console, meaning_of
from engine.feed import Gap, OutputPiece
from engine.ladder import Ladder
from engine.sessions.contract import TerminalMode
from engine.summary import mark_of

from .key_bytes import to_bytes
from .recent import FullScreen, Replay

if TYPE_CHECKING:
    from .app import OncueApp
    from .bridge import Bridge

Handback = Literal["left", "ended", "asked", "closed", "gone", "impossible"]
"""The step's program has given the screen back · it is over · the operator came back · the terminal is gone · the host
is gone · this terminal cannot be lent."""

BACK, BACK_LABEL = b"\x1d", "ctrl+]"
"""As in telnet: no editor and no pager has a use for it, and it never stands inside a control sequence."""
INTERRUPT_LABEL = "ctrl+\\"
SENTENCE = f"The step has the terminal: {BACK_LABEL} comes back, {INTERRUPT_LABEL} interrupts it."
FIRST_SECONDS = 1.2
"""To read it in, before a full-screen program covers it for the first time; any key ends that."""
WORDS: Mapping[Handback, str] = {
    "asked": "the step goes on",
    "impossible": "this terminal cannot be given to the step",
    "closed": "the terminal was closed",
}
"""What is left to be said afterwards."""
ALTERNATE_SCREEN = b"\x1b[?1049h"
MOST_WAITING = 256 * 1024
"""Bytes on their way to a terminal that is slower than the step."""
REDRAW_SECONDS = 0.15
"""How long a program may take to notice one size before it is given the other: two changes at once are none."""
LOOK_SECONDS = 0.25
"""Between two looks at what nothing is told of: a new size of the terminal, and a bridge that has ended."""
SHOWN_BYTES = 16 * 1024
"""Of a step that writes line by line: its end, so that the prompt is there."""


async def hand_over(app: OncueApp, bridge: Bridge, *, until_end: bool = False, first: bool = False) -> Handback:
    """Lend the app's terminal; the event loop stands still meanwhile.

    A program that has the whole screen has it until it gives that back. Any other step has it only with `until_end`,
    until it is over. `first`: nobody here has been told yet which key comes back.
    """
    from textual.app import SuspendNotSupported

    ahead = TypedAhead(app)
    try:
        with app.suspend():
            typed = ahead.stop()
            if until_end and typed:  # asked for with a key, so what was typed behind that key was meant for the step
                bridge.keys(typed)
            handback = take_over(bridge, Console(os.environ), until_end=until_end, first=first)
            app.ignore_input_until_now()
    except SuspendNotSupported:
        return "impossible"
    finally:
        ahead.stop()
    return handback


class TypedAhead:
    """What is typed from now until `stop`: while the app is about to let go of its terminal."""

    def __init__(self, app: OncueApp) -> None:
        self._driver = app._driver
        self._typed: list[bytes] = []
        if self._driver is not None:
            self._send = self._driver.send_message
            self._driver.send_message = self._collect  # type: ignore[method-assign]

    def stop(self) -> bytes:
        """What it was, up to the key that comes back."""
        if self._driver is not None:
            self._driver.send_message = self._send  # type: ignore[method-assign]
        return b"".join(self._typed).partition(BACK)[0]

    def _collect(self, message: Message) -> None:
        if isinstance(message, Key):
            self._typed.append(to_bytes(message.key, message.character) or b"")
        elif isinstance(message, Paste):
            self._typed.append(message.text.encode(errors="replace"))
        else:
            self._send(message)


def take_over(bridge: Bridge, console: Console, *, until_end: bool = False, first: bool = False) -> Handback:
    """Until one of the ways in which it ends. The terminal is in its ordinary state before and after."""
    return Handover(bridge, console, until_end=until_end, first=first).run()


class Mailbox:
    """What the bridge tells, on its way from its thread to this one."""

    def __init__(self) -> None:
        self._told: deque[Replay | Told | None] = deque()
        self._waiting = 0
        self._bell = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._closing = threading.Lock()
        self._closed = False
        self.running = True

    def fileno(self) -> int:
        return self._bell

    def close(self) -> None:
        """The bridge may still be about to put something in."""
        with self._closing:
            self._closed = True
            os.close(self._bell)

    def _ring(self) -> None:
        with self._closing:
            if not self._closed:
                os.eventfd_write(self._bell, 1)

    @property
    def is_full(self) -> bool:
        return self._waiting > MOST_WAITING

    def begin(self, replay: Replay, *, running: bool) -> None:
        self.running = running
        self._put(replay)

    def take(self, told: Told | None) -> None:
        self._waiting += len(told.data) if isinstance(told, OutputPiece) else 0
        self._put(told)

    def empty(self) -> list[Replay | Told | None]:
        """Everything that is there."""
        with suppress(BlockingIOError):
            os.eventfd_read(self._bell)
        told = [self._told.popleft() for _ in range(len(self._told))]
        self._waiting -= sum(len(one.data) for one in told if isinstance(one, OutputPiece))
        return told

    def _put(self, told: Replay | Told | None) -> None:
        self._told.append(told)
        self._ring()


class Handover:
    def __init__(self, bridge: Bridge, console: Console, *, until_end: bool, first: bool) -> None:
        self._bridge = bridge
        self._console = console
        self._until_end = until_end
        self._first = first
        self._mailbox = Mailbox()
        self._handback: Handback | None = None
        self._mode = TerminalMode()
        self._screen = FullScreen()
        self._resized = False
        """The step is to be told the terminal's size, which it is first of all once it has been shown."""
        self._size: tuple[int, int] | None = None
        self._redraw_at: float | None = None
        """When a program that was given a wrong size, so that it draws itself anew, is given the right one."""

    def run(self) -> Handback:
        try:
            with self._bridge.diverted(self._mailbox), self._console.passing_keys(self._on_resize):
                return self._follow()
        except Closed:
            return "closed"
        finally:
            with suppress(OSError):  # the terminal is gone: nothing has to be undone there
                self._console.program_ended()
            self._mailbox.close()

    def _follow(self) -> Handback:
        while self._handback is None:
            keys, ready = self._console.wait(self._mailbox.fileno(), self._patience())
            if ready:
                self._take_all()
            if keys:
                self._press(keys)
            self._keep_size()
            if self._bridge.is_over and not ready:
                self._handback = self._handback or "gone"
        return self._handback

    # What the host tells.

    def _take_all(self) -> None:
        was_full = self._mailbox.is_full
        for told in self._mailbox.empty():
            self._take(told)
        if was_full:
            self._bridge.go_on()

    def _take(self, told: Replay | Told | None) -> None:
        match told:
            case Replay():
                self._replay(told)
            case OutputPiece():
                self._output(told)
            case Gap():
                self._missed()
            case e.Recorded(event=e.StepEnded() | e.StepUnknown()):
                self._handback = self._handback or "ended"
            case e.Recorded(event=e.InterruptSent() as event) if not self._screen.on:
                self._console.say(Ladder(event.signal, event.reason).said, "warn")
            case None | str():
                self._handback = "gone" if told is None else "ended"

    def _replay(self, replay: Replay) -> None:
        """The same bytes again are the same picture, as far back as they are known."""
        self._screen = FullScreen(replay.full_screen)
        self._size, self._resized = self._bridge.size, True
        if replay.pieces:
            self._mode = replay.pieces[-1].mode
        if not self._mailbox.running:
            self._handback = "ended"
        elif replay.full_screen:
            self._until_end = False
            self._show_screen(replay)
        elif self._until_end:
            self._show_end(replay)
        else:
            self._handback = "left"

    @property
    def _sentence(self) -> str:
        mark = mark_of(self._bridge.state)
        return f"{mark} · {SENTENCE}" if mark else SENTENCE

    def _show_screen(self, replay: Replay) -> None:
        if self._first:
            self._console.say(self._sentence, "bold")
            self._press(self._console.wait(None, FIRST_SECONDS)[0])
        self._console.program_goes_on(replay.before)
        if not self._mode.alternate_screen:
            # What the operator's own terminal showed before the cockpit is not for this program to overwrite.
            self._console.program_output(ALTERNATE_SCREEN, full_screen=True)
        for piece in replay.pieces:
            self._show(piece)
        if not replay.is_whole:
            self._redraw()

    def _show_end(self, replay: Replay) -> None:
        self._console.say(self._sentence, "dim")
        rows = self._console.size[1]
        data = b"".join(piece.data for piece in replay.pieces)
        lines = data[-SHOWN_BYTES:].split(b"\n")
        whole = len(data) <= SHOWN_BYTES and len(lines) <= rows
        shown = data if whole else b"\n".join(lines[1:][-rows:])
        self._show(OutputPiece(0, 0, shown, self._mode))

    def _output(self, piece: OutputPiece) -> None:
        was_on = self._screen.on
        self._screen.follow(piece)
        self._show(piece)
        self._mode = piece.mode
        if self._redraw_at is not None:
            self._redraw_at = time.monotonic()
        if was_on and not self._screen.on and not self._until_end:
            self._handback = "left"

    def _show(self, piece: OutputPiece) -> None:
        mode = piece.mode
        self._console.step_output(piece.data, canonical=mode.canonical, alternate_screen=mode.alternate_screen)

    def _missed(self) -> None:
        if self._screen.on:
            self._redraw()
        else:
            self._console.say("… some output passed too fast to show; the trail has all of it …", "warn")

    # What the operator presses.

    def _press(self, keys: bytes) -> None:
        typed, back, _ = keys.partition(BACK)
        if typed:
            self._pass_on(typed)
        if back:
            self._handback = "asked"

    def _pass_on(self, keys: bytes) -> None:
        meaning = meaning_of(keys, canonical=self._mode.canonical)
        if meaning == "interrupts":
            self._bridge.send(c.Interrupt())
        elif meaning == "typed":
            self._bridge.keys(keys)
        elif not self._screen.on:
            self._console.say(f"ctrl+z would strand the step; {INTERRUPT_LABEL} interrupts it", "warn")

    # The size.

    def _on_resize(self) -> None:
        """In a signal handler, which may have come in the middle of anything."""
        self._resized = True
        os.eventfd_write(self._mailbox.fileno(), 1)

    def _redraw(self) -> None:
        """Programs draw themselves anew when their size changes, so it is changed and changed back."""
        columns, rows = self._console.size
        if self._redraw_at is None and columns > 1:
            self._tell_size(columns - 1, rows)
            self._redraw_at = time.monotonic() + REDRAW_SECONDS

    def _keep_size(self) -> None:
        due = self._redraw_at is not None and time.monotonic() >= self._redraw_at
        if (self._resized and self._redraw_at is None) or due:
            self._resized, self._redraw_at = False, None
            self._tell_size(*self._console.size)

    def _tell_size(self, columns: int, rows: int) -> None:
        if self._screen.on and self._size != (columns, rows):
            self._console.program_resized()
        self._size = (columns, rows)
        self._bridge.send(c.Resize(columns=columns, rows=rows))

    def _patience(self) -> float:
        return LOOK_SECONDS if self._redraw_at is None else max(0.0, self._redraw_at - time.monotonic())
