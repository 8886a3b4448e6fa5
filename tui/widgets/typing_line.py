"""One line at the foot of the output: what the step asks, and what is typed into it. It sends nothing by itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

from textual import events
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.reactive import var
from textual.widget import Widget
from textual.widgets import Input, Static

from engine.output import OutputLines

from ..key_bytes import to_bytes
from ..settling import Settling
from ..text import plain

LONGEST_LINE = 4095
"""Bytes before the line end: a terminal that works line by line drops the rest of a longer one, and says nothing."""
OBEYED = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]")
END_OF_FILE, CTRL_C = b"\x04", b"\x03"
TOO_EARLY = "enter was pressed before this question was here; once more sends an empty line"
PROMPT_SHARE = 0.6
"""Of the width at most; the end of a prompt says more than its beginning."""
EDITING: Mapping[str, Callable[[Input], None]] = {
    "left": Input.action_cursor_left,
    "right": Input.action_cursor_right,
    "home": Input.action_home,
    "ctrl+a": Input.action_home,
    "end": Input.action_end,
    "ctrl+e": Input.action_end,
    "ctrl+left": Input.action_cursor_left_word,
    "ctrl+right": Input.action_cursor_right_word,
    "backspace": Input.action_delete_left,
    "delete": Input.action_delete_right,
    "ctrl+w": Input.action_delete_left_word,
    "ctrl+u": Input.action_delete_left_all,
    "ctrl+k": Input.action_delete_right_all,
}
PASSED_ON = frozenset({"up", "down", "left", "right", "home", "end", "backspace", "delete", "tab", "shift+tab"})
"""Keys that a program which reads key by key gets at once, as long as nothing has been typed."""
NO_SCREEN: Mapping[str, bool] = {"echo": True, "canonical": True, "alternate_screen": False}


class Line(Input):
    """Handles every key itself and at once: keys that come in a burst are taken in their order."""

    def __init__(self) -> None:
        super().__init__(compact=True, select_on_focus=False)
        self.cursor_blink = False

    async def _on_key(self, event: events.Key) -> None:
        event.prevent_default()
        if self.typing.press(event):
            event.stop()

    def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        self.typing.paste(event.text)

    def action_cut(self) -> None:
        """What is hidden is not put where everybody can paste it."""
        if self.password:
            self.delete_selection()
        else:
            super().action_cut()

    def action_copy(self) -> None:
        if not self.password:
            super().action_copy()

    @property
    def typing(self) -> TypingLine:
        return next(one for one in self.ancestors if isinstance(one, TypingLine))


class TypingLine(Widget):
    """Shown from `open` to `close`. Keys count from the moment `open` returns."""

    DEFAULT_CSS = """
    TypingLine { height: auto; display: none; padding: 0 1; background: $panel; }
    TypingLine.-open { display: block; }
    TypingLine Horizontal { height: 1; }
    TypingLine #prompt { width: auto; }
    TypingLine Line { width: 1fr; background: $panel; }
    TypingLine #hint { height: auto; color: $text-muted; }
    TypingLine.-refused #hint { color: $text-warning; }
    """

    class Typed(Message):
        """To be sent to the step as it is."""

        def __init__(self, data: bytes) -> None:
            super().__init__()
            self.data = data

    class Interrupted(Message):
        """The operator pressed what interrupts in a terminal."""

    class Closed(Message):
        """The operator is done typing."""

    is_open: var[bool] = var(False)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._line = Line()
        self._prompt = Static(id="prompt")
        self._hint = Static(id="hint")
        self._mode: Mapping[str, bool] = NO_SCREEN
        self._last_line = ""
        self._pasted: list[str] = []
        """Lines that wait for a yes; the last one has no end yet."""
        self._revealed = False
        self._settling: Settling | None = None
        self._before: Widget | None = None
        self._passed: events.Key | None = None

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield self._prompt
            yield self._line
        yield self._hint

    # From above.

    def open(
        self, waiting: Mapping[str, Any] | None = None, *, focus: bool = True, settling: Settling | None = None
    ) -> None:
        """`waiting` is what the host says of a step that waits; None when nobody knows that it does. `settling` where
        nobody asked for the line: an empty answer, which may be a yes, then counts only once it can have been seen."""
        if not self.is_open:
            self._empty()
            self._settling = settling
            if settling is not None:
                settling.begin(monotonic())
            self._draw()
            self.set_class(True, "-open")
            self.is_open = True
        self.show(waiting)
        if focus and self.screen.focused is not self._line:
            self._before = self.screen.focused
            self.screen.set_focus(self._line)

    def show(self, waiting: Mapping[str, Any] | None) -> None:
        """What the step asks by now, and how its terminal is set."""
        mode, last_line = (waiting["mode"], waiting["last_line"]) if waiting else (NO_SCREEN, "")
        if (mode, last_line) != (self._mode, self._last_line):
            self._mode, self._last_line = mode, last_line
            self._draw()

    def close(self) -> None:
        """Nothing that was typed and not sent is kept."""
        if not self.is_open:
            return
        had_focus = self.screen.focused is self._line
        self._empty()
        self.is_open = False
        self.set_class(False, "-open")
        if had_focus:
            self.screen.set_focus(self._before)
        self._before = None

    def press(self, event: events.Key) -> bool:
        """A key for this line. False for one that has no meaning here."""
        if self._pasted:
            return self._answer_paste(event.key)
        own = self._own_keys().get(event.key)
        if own == self._send_line and not self._line.value and not self._counts(event):
            self._refuse(TOO_EARLY)
        elif own is not None:
            own()
        elif not self._pass_on(event) and not self._edit(event):
            self._passed = event
            return False
        return True

    def _counts(self, event: events.Key) -> bool:
        return self._settling is None or self._settling.counts(event.time)

    def take_late(self, event: events.Key) -> bool:
        """A key that was on its way elsewhere when the line opened. False for one that has been here already."""
        if event is self._passed or self.screen.focused is not self._line:
            return False
        return self.press(event)

    def paste(self, text: str) -> None:
        """One line goes in at the cursor; several are sent line by line, after a yes."""
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        cleaned = [OBEYED.sub("", line) for line in lines]
        n_dropped = sum(map(len, lines)) - sum(map(len, cleaned))
        if len(cleaned) == 1:
            self._insert(cleaned[0])
            self._say(f"{counted(n_dropped, 'control character')} left out of the paste" if n_dropped else "")
            return
        before, after = self._line.value[: self._line.cursor_position], self._line.value[self._line.cursor_position :]
        cleaned[0] = before + cleaned[0]
        cleaned[-1] += after
        self._pasted = cleaned
        n_lines = len(cleaned) - (not cleaned[-1])
        left_out = f", {counted(n_dropped, 'control character')} left out" if n_dropped else ""
        self._say(f"{counted(n_lines, 'line')} pasted{left_out}: enter sends them line by line, escape forgets them")

    # Keys.

    def _own_keys(self) -> Mapping[str, Callable[[], None]]:
        return {
            "enter": self._send_line,
            "ctrl+j": self._send_line,
            "ctrl+d": self._send_end,
            "ctrl+c": self._interrupt,
            "ctrl+backslash": lambda: self._post(self.Interrupted()),
            "ctrl+z": self._suspend,
            "ctrl+t": self._reveal,
            "escape": self._leave,
        }

    def _send_line(self) -> None:
        self._send([self._line.value], ended=True)

    def _send_end(self) -> None:
        """The first one sends what stands there, as in a terminal; on an empty line it is the end of the input."""
        self._post(self.Typed(_encoded(self._line.value) + END_OF_FILE))
        self._empty()
        self._draw()

    def _interrupt(self) -> None:
        self._post(self.Interrupted() if self._mode["canonical"] else self.Typed(CTRL_C))

    def _suspend(self) -> None:
        self._refuse("ctrl+z would strand the step; ctrl+c interrupts it")

    def _reveal(self) -> None:
        """Programs that read key by key switch the echo off to do it themselves, so it need not be a secret."""
        if self._is_hidden and not self._mode["canonical"]:
            self._revealed = not self._revealed
            self._draw()

    def _leave(self) -> None:
        self.close()
        self._post(self.Closed())

    def _pass_on(self, event: events.Key) -> bool:
        if self._mode["canonical"] or self._line.value or event.is_printable:
            return False
        data = to_bytes(event.key, event.character) if event.key in PASSED_ON or _is_control(event.key) else None
        if data is not None:
            self._post(self.Typed(data))
        return data is not None

    def _edit(self, event: events.Key) -> bool:
        if event.is_printable and event.character is not None:
            self._insert(event.character)
            return True
        action = EDITING.get(event.key)
        if action is not None:
            action(self._line)
        return action is not None or event.key in ("tab", "shift+tab")

    def _answer_paste(self, key: str) -> bool:
        if key in ("enter", "ctrl+j"):
            lines, self._pasted = self._pasted, []
            self._send(lines[:-1], ended=True, rest=lines[-1])
        elif key in ("escape", "ctrl+c"):
            self._pasted = []
            self._draw()
        return True

    # Sending.

    def _send(self, lines: list[str], *, ended: bool, rest: str = "") -> None:
        encoded = [_encoded(line) for line in lines]
        longest = max(map(len, encoded), default=0)
        if self._mode["canonical"] and longest > LONGEST_LINE:
            self._refuse(
                f"nothing was sent: a line of a terminal holds {LONGEST_LINE:,} bytes, and this one has {longest:,}. "
                "put it into a file, or make it shorter"
            )
            return
        end = (b"\n" if self._mode["canonical"] else b"\r") if ended else b""
        for line in encoded:
            self._post(self.Typed(line + end))
        self._empty()
        self._line.value = rest
        self._line.cursor_position = len(rest)
        self._last_line = ""
        self._draw()

    def _insert(self, text: str) -> None:
        self._say("")
        self._line.insert_text_at_cursor(text)

    def _empty(self) -> None:
        self._pasted = []
        self._revealed = False
        self._line.value = ""

    def _post(self, message: Message) -> None:
        self.post_message(message)

    # Showing.

    @property
    def _is_hidden(self) -> bool:
        return not self._mode["echo"]

    def _draw(self) -> None:
        self._line.password = self._is_hidden and not self._revealed
        self._prompt.update(self._prompt_content())
        self._say("")

    def _prompt_content(self) -> Content:
        shown = prompt_of(self._last_line)
        room = max(8, int(self.size.width * PROMPT_SHARE)) if self.size.width else 40
        if len(shown) > room:
            shown = "…" + shown[1 - room :]
        return plain(f"{shown.rstrip()} " if shown.strip() else "› ", "bold $accent")

    def on_resize(self) -> None:
        self._prompt.update(self._prompt_content())

    def _say(self, words: str) -> None:
        self.set_class(False, "-refused")
        self._hint.update(plain(words or self._usual_hint()))

    def _refuse(self, sentence: str) -> None:
        self.set_class(True, "-refused")
        self._hint.update(plain(sentence))

    def _usual_hint(self) -> str:
        keys = "enter sends  ctrl+d end  ctrl+c interrupts  esc closes"
        if not self._is_hidden:
            return keys
        reveal = "" if self._mode["canonical"] else "  ctrl+t shows it" if not self._revealed else "  ctrl+t hides it"
        return f"{'not recorded' if self._revealed else 'not shown, not recorded'}{reveal}  {keys}"


def prompt_of(last_line: str) -> str:
    """What a program's last line looks like, without its colours."""
    from rich.text import Text

    lines = OutputLines(max_lines=1)
    lines.feed(last_line.encode(errors="replace"))
    return Text.from_ansi(lines.last_line).plain


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def take_late(app: App[Any], event: events.Key) -> bool:
    """Give a key that nobody has used to the typing line that has opened in front of it.

    Keys travel from the widget that had the focus when they were pressed; what is typed right behind the key that
    opens the line arrives at the app by the old way.
    """
    line = app.focused
    return isinstance(line, Line) and line.typing.take_late(event)


def _encoded(text: str) -> bytes:
    return text.encode(errors="replace")


def _is_control(key: str) -> bool:
    """Ctrl or alt with something, and function keys."""
    return key.startswith(("ctrl+", "alt+", "f")) and key not in ("f",)
