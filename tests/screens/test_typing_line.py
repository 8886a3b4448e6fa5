"""Typing into a running step from the cockpit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.pilot import Pilot
from textual.widgets import Input, Static

from tui.themes import register_themes
from tui.widgets.typing_line import LONGEST_LINE, TypingLine, prompt_of, take_late


def waiting(last_line: str = "", *, echo: bool = True, canonical: bool = True) -> Mapping[str, Any]:
    mode = {"echo": echo, "canonical": canonical, "alternate_screen": False}
    return {"last_line": last_line, "blocked": True, "mode": mode}


ASKED = waiting("Go on? [y/N] ")
PASSWORD = waiting("Password: ", echo=False)
KEY_BY_KEY = waiting(">>> ", canonical=False)
READLINE = waiting(">>> ", echo=False, canonical=False)


class Output(Static, can_focus=True):
    """Where the focus is before the line opens."""


class Bench(App[None]):
    """`i` opens the line; `s` and `pageup` mean something elsewhere."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("i", "open"), Binding("s", "skip"), Binding("pageup", "page")]

    def __init__(self) -> None:
        super().__init__()
        self.told: list[object] = []

    def compose(self) -> ComposeResult:
        yield Output("output")
        yield TypingLine()

    def on_mount(self) -> None:
        register_themes(self)
        self.query_one(Output).focus()

    def on_key(self, event: events.Key) -> None:
        if take_late(self, event):
            event.prevent_default()

    @property
    def line(self) -> TypingLine:
        return self.query_one(TypingLine)

    def action_open(self) -> None:
        self.line.open()

    def action_skip(self) -> None:
        self.told.append("skip")

    def action_page(self) -> None:
        self.told.append("page")

    def on_typing_line_typed(self, message: TypingLine.Typed) -> None:
        self.told.append(message.data)

    def on_typing_line_interrupted(self, _message: Message) -> None:
        self.told.append("interrupt")

    def on_typing_line_closed(self, _message: Message) -> None:
        self.told.append("closed")

    @property
    def hint(self) -> str:
        return str(self.query_one("#hint", Static).visual)

    @property
    def prompt(self) -> str:
        return str(self.query_one("#prompt", Static).visual)

    @property
    def value(self) -> str:
        return self.query_one(Input).value


async def opened(pilot: Pilot[None], told: Mapping[str, Any] | None) -> Bench:
    app = pilot.app
    assert isinstance(app, Bench)
    await pilot.pause()
    app.line.open(told)
    return app


TABLE: tuple[tuple[str, Mapping[str, Any] | None, list[str], list[object]], ...] = (
    ("a line ends as Enter ends it", ASKED, ["y", "enter"], [b"y\n"]),
    ("an empty line is an answer too", ASKED, ["enter"], [b"\n"]),
    ("on request nothing has to wait", None, ["l", "s", "enter"], [b"ls\n"]),
    ("several lines one after the other", ASKED, ["a", "enter", "b", "enter"], [b"a\n", b"b\n"]),
    ("beyond ASCII", ASKED, ["é", "日", "enter"], ["é日\n".encode()]),
    ("keys that mean something elsewhere are text", ASKED, ["s", "i", "enter"], [b"si\n"]),
    ("editing", ASKED, ["a", "b", "c", "left", "backspace", "home", "x", "end", "y", "enter"], [b"xacy\n"]),
    ("a whole line is taken back", ASKED, ["a", "b", "ctrl+u", "c", "enter"], [b"c\n"]),
    ("the end of the input", ASKED, ["ctrl+d"], [b"\x04"]),
    ("what stands there goes before the end", ASKED, ["a", "ctrl+d", "ctrl+d"], [b"a\x04", b"\x04"]),
    ("ctrl+c interrupts", ASKED, ["a", "ctrl+c"], ["interrupt"]),
    ("ctrl+backslash interrupts in every mode", KEY_BY_KEY, ["ctrl+backslash"], ["interrupt"]),
    ("escape closes and sends nothing", ASKED, ["a", "escape"], ["closed"]),
    ("other keys are left to others", ASKED, ["pageup"], ["page"]),
    ("a password", PASSWORD, ["s", "3", "enter"], [b"s3\n"]),
    ("key by key a line ends with a carriage return", KEY_BY_KEY, ["1", "enter"], [b"1\r"]),
    ("key by key ctrl+c is the step's own", KEY_BY_KEY, ["ctrl+c"], [b"\x03"]),
    ("key by key ctrl+z goes nowhere", KEY_BY_KEY, ["ctrl+z"], []),
    ("a menu takes arrows at once", KEY_BY_KEY, ["down", "down", "enter"], [b"\x1b[B", b"\x1b[B", b"\r"]),
    ("completion takes a tab at once", KEY_BY_KEY, ["tab"], [b"\t"]),
    ("what is being typed is edited here", KEY_BY_KEY, ["a", "b", "left", "backspace", "enter"], [b"b\r"]),
    ("line by line ctrl+z goes nowhere", ASKED, ["ctrl+z"], []),
    ("line by line a tab goes nowhere", ASKED, ["tab", "a", "enter"], [b"a\n"]),
)


@pytest.mark.parametrize(("told", "keys", "wanted"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
async def test_what_is_typed_is_sent(told: Mapping[str, Any] | None, keys: list[str], wanted: list[object]) -> None:
    async with Bench().run_test(size=(80, 24)) as pilot:
        app = await opened(pilot, told)
        await pilot.press(*keys)
        await pilot.pause()
        assert app.told == wanted


async def test_it_shows_what_the_step_asks() -> None:
    async with Bench().run_test(size=(80, 24)) as pilot:
        app = await opened(pilot, waiting("\x1b[1mGo on?\x1b[0m \x1b]0;title\x07[y/N] "))
        assert app.prompt == "Go on? [y/N] "
        assert app.line.display


async def test_the_end_of_a_long_question_is_shown() -> None:
    async with Bench().run_test(size=(80, 24)) as pilot:
        app = await opened(pilot, waiting("x" * 500 + " sure? "))
        await pilot.pause()
        assert app.prompt.startswith("…x")
        assert app.prompt.endswith(" sure? ")
        assert len(app.prompt) < 60


async def test_a_prompt_that_looks_like_markup_is_shown_as_it_is() -> None:
    async with Bench().run_test(size=(80, 24)) as pilot:
        app = await opened(pilot, waiting("[red]go[/] [/nothing] "))
        assert app.prompt == "[red]go[/] [/nothing] "


async def test_keys_typed_right_behind_the_one_that_opens_it_are_its_own() -> None:
    """The app has all of them in its queue before it opens the line."""
    async with Bench().run_test(size=(80, 24)) as pilot:
        app = pilot.app
        assert isinstance(app, Bench)
        for key in "issh":
            app.post_message(events.Key(key, key))
        app.post_message(events.Key("enter", "\r"))
        await pilot.pause()
        await pilot.pause()
        assert app.told == [b"ssh\n"]


async def test_it_can_be_shown_without_taking_the_focus() -> None:
    async with Bench().run_test(size=(80, 24)) as pilot:
        app = pilot.app
        assert isinstance(app, Bench)
        app.line.open(ASKED, focus=False)
        await pilot.press("s")
        await pilot.pause()
        assert app.told == ["skip"]
        assert app.line.display


async def test_closing_gives_the_focus_back_and_forgets_what_was_typed() -> None:
    async with Bench().run_test(size=(80, 24)) as pilot:
        app = await opened(pilot, PASSWORD)
        await pilot.press("a", "b", "escape", "s")
        await pilot.pause()
        assert app.told == ["closed", "skip"]
        assert isinstance(app.focused, Output)
        app.line.open(ASKED)
        assert app.value == ""


async def test_a_hidden_line_is_masked_and_says_so() -> None:
    async with Bench().run_test(size=(80, 24)) as pilot:
        app = await opened(pilot, PASSWORD)
        await pilot.press("s", "3")
        assert app.hint.startswith("not shown, not recorded")
        assert app.query_one(Input).password
        await pilot.press("ctrl+t")
        assert app.query_one(Input).password, "only a program that reads key by key may have an echo of its own"


async def test_a_line_becomes_hidden_when_the_echo_goes_off() -> None:
    async with Bench().run_test(size=(80, 24)) as pilot:
        app = await opened(pilot, ASKED)
        await pilot.press("s", "3")
        assert not app.query_one(Input).password
        app.line.show(PASSWORD)
        assert app.query_one(Input).password
        assert app.value == "s3"


async def test_what_is_typed_key_by_key_can_be_made_visible_until_it_is_sent() -> None:
    async with Bench().run_test(size=(80, 24)) as pilot:
        app = await opened(pilot, READLINE)
        assert app.query_one(Input).password
        await pilot.press("1", "ctrl+t")
        assert not app.query_one(Input).password
        assert app.hint.startswith("not recorded")
        await pilot.press("enter")
        assert app.query_one(Input).password


async def test_a_hidden_line_is_never_copied() -> None:
    async with Bench().run_test(size=(80, 24)) as pilot:
        app = await opened(pilot, PASSWORD)
        await pilot.press("s", "3", "ctrl+shift+a", "ctrl+x", "ctrl+c", "super+c")
        assert app.clipboard == ""


async def test_a_line_longer_than_a_terminal_holds_is_refused_and_kept() -> None:
    async with Bench().run_test(size=(80, 24)) as pilot:
        app = await opened(pilot, ASKED)
        app.line.paste("é" * 2_500)
        await pilot.press("enter")
        assert app.told == []
        assert app.hint.startswith("nothing was sent: a line of a terminal holds 4,095 bytes, and this one has 5,000")
        assert len(app.value) == 2_500


async def test_the_longest_line_is_sent_whole() -> None:
    async with Bench().run_test(size=(80, 24)) as pilot:
        app = await opened(pilot, ASKED)
        app.line.paste("x" * LONGEST_LINE)
        await pilot.press("enter")
        await pilot.pause()
        assert app.told == [b"x" * LONGEST_LINE + b"\n"]


async def test_a_program_that_reads_key_by_key_takes_any_length() -> None:
    async with Bench().run_test(size=(80, 24)) as pilot:
        app = await opened(pilot, KEY_BY_KEY)
        app.line.paste("x" * 5_000)
        await pilot.press("enter")
        await pilot.pause()
        assert app.told == [b"x" * 5_000 + b"\r"]


async def test_a_pasted_line_goes_in_at_the_cursor() -> None:
    async with Bench().run_test(size=(80, 24)) as pilot:
        app = await opened(pilot, ASKED)
        await pilot.press("a", "b", "left")
        app.post_message(events.Paste("1\x1b[2J2"))
        await pilot.pause()
        assert app.value == "a1[2J2b"
        assert app.hint == "1 control character left out of the paste"


async def test_several_pasted_lines_wait_for_a_yes() -> None:
    async with Bench().run_test(size=(80, 24)) as pilot:
        app = await opened(pilot, ASKED)
        app.post_message(events.Paste("one\r\ntwo\nthree"))
        await pilot.pause()
        assert app.hint == "3 lines pasted: enter sends them line by line, escape forgets them"
        await pilot.press("s")
        assert app.told == []
        await pilot.press("enter")
        await pilot.pause()
        assert app.told == [b"one\n", b"two\n"]
        assert app.value == "three", "a line without its end is not sent"


async def test_several_pasted_lines_can_be_forgotten() -> None:
    async with Bench().run_test(size=(80, 24)) as pilot:
        app = await opened(pilot, ASKED)
        app.post_message(events.Paste("one\ntwo\n"))
        await pilot.pause()
        await pilot.press("escape", "a", "enter")
        await pilot.pause()
        assert app.told == [b"a\n"]
        assert app.line.is_open


async def test_a_too_long_line_of_a_paste_stops_all_of_it() -> None:
    async with Bench().run_test(size=(80, 24)) as pilot:
        app = await opened(pilot, ASKED)
        app.post_message(events.Paste("one\n" + "x" * 5_000 + "\n"))
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert app.told == []
        assert "nothing was sent" in app.hint


async def test_it_works_at_any_size() -> None:
    async with Bench().run_test(size=(80, 24)) as pilot:
        app = await opened(pilot, waiting("Password of the administrator of this very database: ", echo=False))
        for size in ((20, 6), (200, 60), (1, 1), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        await pilot.press("a", "enter")
        await pilot.pause()
        assert app.told == [b"a\n"]


@pytest.mark.parametrize(
    ("last_line", "shown"),
    [
        ("Password: ", "Password: "),
        ("10%\r50%\r", "50%"),
        ("\x1b[31mred\x1b[0m> ", "red> "),
        ("\x1b]52;c;aGk=\x07ask ", "ask "),
        ("", ""),
    ],
)
def test_a_prompt_is_what_would_be_seen(last_line: str, shown: str) -> None:
    assert prompt_of(last_line) == shown
