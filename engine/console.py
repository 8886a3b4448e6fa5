"""The operator's own terminal in plain mode: lines out, answers in, and keystrokes passed on while a step runs.

Everything shown goes through here, and text that comes from a document or a trail is made visible before it does.
"""

from __future__ import annotations

import os
import re
import select
import shutil
import signal
import termios
import textwrap
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, Literal

from . import interrupts
from .editor import edited, editor_of
from .errors import OncueError
from .output import TerminalFilter, visible

STYLES: Mapping[str, str] = {
    "bold": "1",
    "dim": "2",
    "good": "32",
    "bad": "31",
    "warn": "33",
    "command": "36",
    "title": "1;36",
}
LOCAL_FLAGS = termios.ICANON | termios.ECHO | termios.ISIG | termios.IEXTEN
INPUT_FLAGS = termios.ICRNL | termios.IXON | termios.INLCR | termios.IGNCR


CTRL_C, CTRL_Z, CTRL_BACKSLASH = b"\x03", b"\x1a", b"\x1c"
Meaning = Literal["typed", "interrupts", "strands"]


class Closed(Exception):
    """The terminal is gone (end of file at a prompt)."""


class Console:
    """`interactive` means that a person is there: both standard input and output are terminals."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.interactive = os.isatty(0) and os.isatty(1)
        self.coloured = os.isatty(1) and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"
        self._editor = editor_of(environment)
        self._filter = TerminalFilter()
        self._at_line_start = True

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        size = shutil.get_terminal_size((80, 24))
        return size.columns, size.lines

    # Lines out.

    def style(self, text: str, name: str) -> str:
        return f"\x1b[{STYLES[name]}m{text}\x1b[m" if self.coloured and text else text

    def say(self, text: str = "", style: str | None = None, indent: str = "") -> None:
        """Lines of our own or of a document, each made visible; never what a program printed."""
        self.fresh_line()
        for line in text.split("\n"):
            shown = visible(line.expandtabs(4))
            self._write(f"{indent}{self.style(shown, style) if style else shown}\n".encode())

    def say_prose(self, text: str, style: str | None = None, *, indent: str = "") -> None:
        """Markdown as written, its long lines broken between words; tables and code keep their lines."""
        width = max(20, self.size[0] - len(indent))
        for line in text.split("\n"):
            whole = len(line) <= width or line.startswith(("|", "    ", "\t"))
            self.say(line if whole else "\n".join(textwrap.wrap(line, width)), style, indent)

    def say_parts(self, *parts: tuple[str, str | None], indent: str = "") -> None:
        """One line of differently styled parts."""
        self.fresh_line()
        line = "".join(self.style(visible(text), style) if style else visible(text) for text, style in parts)
        self._write(f"{indent}{line}\n".encode())

    def program_output(self, data: bytes, *, full_screen: bool) -> None:
        """What a step printed: cleaned, and else as it came."""
        if cleaned := self._filter.feed(data, full_screen=full_screen):
            self._write(cleaned if self.interactive else cleaned.replace(b"\r\n", b"\n"))
            self._at_line_start = cleaned.endswith(b"\n") or full_screen

    def step_output(self, data: bytes, *, canonical: bool, alternate_screen: bool) -> None:
        """The same of a step whose terminal was set so when it wrote this."""
        full_screen = alternate_screen or not canonical
        self.translate_newlines(not full_screen)
        self.program_output(data, full_screen=full_screen)

    def program_goes_on(self, filtered: TerminalFilter) -> None:
        """Bring the terminal to where `filtered`, which has been fed what came before, says that a program left it."""
        self._filter = filtered
        self._write(filtered.enter())

    def program_resized(self) -> None:
        """A program is told another size: as in any terminal whose size changes, all of it scrolls again."""
        self._write(b"\x1b7\x1b[r\x1b8")

    def program_ended(self) -> None:
        """Give back a terminal in its ordinary state, whatever the step did to it."""
        self._write(self._filter.flush() + self._filter.leave())
        self._filter = TerminalFilter()

    def fresh_line(self) -> None:
        if not self._at_line_start:
            self._write(b"\n")
            self._at_line_start = True

    def _write(self, data: bytes) -> None:
        while data:
            data = data[os.write(1, data) :]

    # Answers in.

    def ask(self, prompt: str, *, hidden: bool = False, fresh: bool = False) -> str:
        """One line. Raises `Closed` at end of file and `KeyboardInterrupt` on Ctrl-C.

        With `fresh`, for a question whose answer makes something happen, what was typed before it does not count.
        """
        self.fresh_line()
        if fresh:
            termios.tcflush(0, termios.TCIFLUSH)
        shown = self.style(visible(prompt), "bold") + " "
        try:
            with _no_echo() if hidden else _as_is(), interrupts.heard():
                typed = _line_editor()(_readline_prompt(shown))
                return typed.encode(errors="surrogateescape").decode(errors="replace")
        except EOFError:
            self.say()
            raise Closed from None
        finally:
            if hidden:
                self.say()

    def edit(self, text: str, suffix: str) -> str | None:
        """The operator's editor on `text`; None when it failed or changed nothing."""
        try:
            return edited(text, suffix, self._editor)
        except OncueError as error:
            self.say(str(error), "warn")
            return None

    # Keystrokes passed on.

    @contextmanager
    def passing_keys(self, on_resize: Callable[[], None]) -> Iterator[None]:
        """While a step runs: every key goes to it, none is echoed here. The terminal is restored on every way out."""
        if not self.interactive:
            yield
            return
        before = termios.tcgetattr(0)
        previous = signal.signal(signal.SIGWINCH, lambda _number, _frame: on_resize())
        try:
            termios.tcsetattr(0, termios.TCSANOW, _passing(before))
            yield
        finally:
            termios.tcsetattr(0, termios.TCSADRAIN, before)
            signal.signal(signal.SIGWINCH, previous)

    def translate_newlines(self, on: bool) -> None:
        """Off while a step drives the whole screen: then a line feed is only that."""
        if not self.interactive:
            return
        mode = termios.tcgetattr(0)
        mode[1] = mode[1] | termios.OPOST if on else mode[1] & ~termios.OPOST
        termios.tcsetattr(0, termios.TCSANOW, mode)

    def wait(self, other: int | None, timeout: float | None) -> tuple[bytes, bool]:
        """Keys typed (empty for none) and whether `other` is readable. Raises `Closed` when the terminal is gone."""
        watched = [*([0] if self.interactive else []), *([] if other is None else [other])]
        ready, _, _ = select.select(watched, [], [], timeout)
        keys = b""
        if 0 in ready:
            with suppress(OSError):  # EIO: the terminal is gone, which an empty read says too
                keys = os.read(0, 65536)
            if not keys:
                raise Closed
        return keys, other in ready


def meaning_of(keys: bytes, *, canonical: bool) -> Meaning:
    """What keys passed on to a step come to. Ctrl-C is the step's own while it reads key by key, as an editor does;
    Ctrl-\\ always interrupts. What `strands` it would stop the step, or the program in it that has a use for that
    key, where nobody can let it go on.
    """
    if keys == CTRL_BACKSLASH or (keys == CTRL_C and canonical):
        return "interrupts"
    return "strands" if keys == CTRL_Z else "typed"


def _passing(mode: list[Any]) -> list[Any]:
    """`mode` (as of `termios.tcgetattr`) with every key handed on at once and as typed."""
    changed = list(mode)
    changed[0] = mode[0] & ~INPUT_FLAGS
    changed[3] = mode[3] & ~LOCAL_FLAGS
    return changed


@contextmanager
def _no_echo() -> Iterator[None]:
    before = termios.tcgetattr(0)
    silent = list(before)
    silent[3] = before[3] & ~termios.ECHO
    termios.tcsetattr(0, termios.TCSAFLUSH, silent)
    try:
        yield
    finally:
        termios.tcsetattr(0, termios.TCSAFLUSH, before)


@contextmanager
def _as_is() -> Iterator[None]:
    yield


def _line_editor() -> Callable[[str], str]:
    """`input` with readline's editing, loaded at the first question (2 ms)."""
    with suppress(ImportError):  # a Python built without readline still reads lines
        import readline

        readline.set_auto_history(False)
    return input


def _readline_prompt(text: str) -> str:
    """Colour sequences marked as taking no room, as readline wants them."""
    return re.sub(r"(\x1b\[[0-9;]*m)", "\x01\\1\x02", text)


def raise_on_hangup() -> None:
    """Let a lost terminal end this client in order: the run does not depend on it."""

    def hang_up(_number: int, _frame: FrameType | None) -> None:
        raise Closed

    signal.signal(signal.SIGHUP, hang_up)
    signal.signal(signal.SIGQUIT, lambda _number, _frame: None)  # Ctrl-\ is for a running step, not for us
