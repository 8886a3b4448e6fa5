"""The output pane as an operator uses it: every key, every state, any bytes, any size of terminal."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from engine.errors import TrailUnusable
from engine.feed import Gap, OutputPiece
from engine.scrollback import BLOCK, Source
from engine.sessions.contract import TerminalMode
from tui.themes import register_themes
from tui.widgets.output_pane import OutputPane
from tui.widgets.output_view import OutputView

MODE = TerminalMode()


class Held:
    """A source that holds everything, as far as it has been stored."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.threads: set[str] = set()

    def page(self, attempt: int, start: int, n_bytes: int) -> bytes:
        self.threads.add(threading.current_thread().name)
        return self.data[start : start + n_bytes]

    def size(self, attempt: int) -> int:
        return len(self.data)


class Broken(Held):
    def page(self, attempt: int, start: int, n_bytes: int) -> bytes:
        raise TrailUnusable("The audit trail \x1b]0;x\x07 cannot be read: gone.")


class Pane(App[None]):
    def __init__(self, source: Source) -> None:
        super().__init__()
        self.source = source
        self.copied: list[str] = []
        self.keys_left_over: list[str] = []

    def compose(self) -> ComposeResult:
        yield OutputPane(self.source)

    def on_mount(self) -> None:
        register_themes(self)  # type: ignore[arg-type]

    def on_output_view_copied(self, event: OutputView.Copied) -> None:
        self.copied.append(event.text)

    def on_key(self, event: Any) -> None:
        self.keys_left_over.append(event.key)


class Bench:
    """One pane on a terminal, and what can be seen of it."""

    def __init__(self, app: Pane, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot
        self.pane = app.query_one(OutputPane)
        self.view = app.query_one(OutputView)

    @property
    def lines(self) -> list[str]:
        return ["".join(segment.text for segment in strip) for strip in self.app.screen._compositor.render_strips()]

    @property
    def header(self) -> str:
        return self.lines[0]

    @property
    def shown(self) -> list[str]:
        """The rows of output, without the scroll bar and what is blank at the end."""
        return [line[:-1].rstrip() for line in self.lines[1 : 1 + self.view.size.height]]

    async def rest(self) -> None:
        """Until nothing is being fetched, sought or drawn any more."""
        for _ in range(2):
            await self.app.workers.wait_for_complete()
            await self.pilot.pause()

    async def until(self, seen: Callable[[], object]) -> None:
        latest = time.monotonic() + 20
        while not seen():
            assert time.monotonic() < latest, self.lines
            await self.rest()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.rest()

    async def past(self, data: bytes) -> None:
        assert isinstance(self.pane.source, Held)
        self.pane.source.data = data
        self.pane.show(1, title="Check memory", live=False)
        await self.rest()
        self.view.focus()
        await self.rest()

    async def live(self, *pieces: bytes) -> None:
        self.pane.show(1, title="Check memory", live=True)
        place = 0
        for data in pieces:
            self.pane.take([OutputPiece(1, place, data, MODE)])
            place += len(data)
        self.view.focus()
        await self.until(lambda: not self.view._frame_due)


@asynccontextmanager
async def benched(
    data: bytes = b"", size: tuple[int, int] = (60, 14), source: Source | None = None
) -> AsyncIterator[Bench]:
    app = Pane(source or Held(data))
    async with app.run_test(size=size) as pilot:
        yield Bench(app, pilot)


@pytest.fixture(autouse=True)
def in_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)


def numbered(count: int) -> bytes:
    return b"".join(b"line %06d\r\n" % number for number in range(count))


# What is shown when there is nothing to show.


async def test_a_pane_says_that_nothing_has_run_that_nothing_came_yet_and_that_nothing_came() -> None:
    async with benched() as bench:
        assert bench.shown[0] == "nothing has run yet"
        bench.pane.show(1, title="Check", live=True)
        await bench.rest()
        assert bench.shown[0] == "no output yet"
        bench.pane.ended()
        await bench.rest()
        assert bench.shown[0] == "no output"
        bench.pane.show(2, title="Check", live=False)
        await bench.rest()
        assert bench.shown[0] == "no output"
        bench.pane.show(None, live=False)
        await bench.rest()
        assert bench.shown[0] == "nothing has run yet"


async def test_a_trail_that_cannot_be_read_is_said_in_one_harmless_line() -> None:
    async with benched(source=Broken(b"x" * 100)) as bench:
        bench.pane.show(1, title="Check", live=False)
        await bench.rest()
        assert bench.shown[0].startswith("✘ The audit trail ^[]0;x^G cannot be read")


# Following.


async def test_a_live_output_is_followed_and_says_so_with_its_size() -> None:
    async with benched() as bench:
        await bench.live(numbered(1000), numbered(500))
        assert bench.shown[-1] == "line 000499"
        assert "▼ following" in bench.header
        assert "19.5 kB" in bench.header
        assert "Check memory" in bench.header
        bench.pane.ended()
        await bench.rest()
        assert "■ step ended" in bench.header


async def test_looking_back_stays_where_it_is_while_more_arrives_and_end_follows_again() -> None:
    data = numbered(5000)
    async with benched(data) as bench:
        await bench.live(data[:26000])
        await bench.press("pageup")
        before = bench.shown
        assert "▲ looking back" in bench.header
        bench.pane.take([OutputPiece(1, 26000, data[26000:], MODE)])
        await bench.until(lambda: bench.pane._live is not None and bench.pane._live.size == len(data))
        assert bench.shown == before
        await bench.press("end")
        assert bench.shown[-1] == "line 004999"
        assert "▼ following" in bench.header


async def test_coming_down_to_the_end_follows_it_again() -> None:
    async with benched() as bench:
        await bench.live(numbered(100))
        await bench.press("up", "up")
        assert "▲ looking back" in bench.header
        await bench.press("down", "down")
        assert "▼ following" in bench.header


async def test_the_last_line_is_shown_before_its_end_is_printed_and_progress_in_place() -> None:
    async with benched() as bench:
        await bench.live(b"first\r\n", b" 10%\r", b" 99%\r")
        assert bench.shown[:3] == ["first", " 99%", ""]


async def test_what_passed_too_fast_is_one_line_and_scrolling_back_reads_it() -> None:
    data = numbered(400_000)
    source = Held(b"")
    async with benched(source=source) as bench:
        bench.pane.show(1, title="Flood", live=True)
        bench.pane.take([Gap(1, 0, len(data) - 65), OutputPiece(1, len(data) - 65, data[-65:], MODE)])
        bench.view.focus()
        await bench.until(lambda: bench.shown[1] == "line 399995")
        assert bench.shown[0] == "… 5.2 MB passed too fast to show; scroll back to read it …"
        source.data = data
        await bench.until(lambda: bench.shown[0] == f"line {400_000 - len(bench.shown):06d}")
        await bench.press("pageup")
        assert "line 399980" in bench.shown
        await bench.press("home")
        assert bench.shown[0] == "line 000000"


async def test_a_flood_ends_on_its_last_line() -> None:
    async with benched() as bench:
        bench.pane.show(1, title="Flood", live=True)
        place = 0
        for number in range(300):
            data = b"y\r\n" * 20_000 + b"last %d\r\n" % number
            bench.pane.take([Gap(1, place, place + 1_000_000), OutputPiece(1, place + 1_000_000, data, MODE)])
            place += 1_000_000 + len(data)
        bench.pane.ended()
        await bench.rest()
        assert bench.shown[-1] == "last 299"


async def test_output_of_the_step_that_runs_is_kept_while_another_is_looked_at() -> None:
    async with benched(b"old\n") as bench:
        await bench.live(b"new 1\n")
        bench.pane.show(7, title="Old", live=False)
        bench.pane.take([OutputPiece(1, 6, b"new 2\n", MODE)])
        await bench.rest()
        assert bench.shown[:2] == ["old", ""]
        bench.pane.show(1, title="New", live=True)
        await bench.rest()
        assert bench.shown[:2] == ["new 1", "new 2"]


# Looking back through all of it.


async def test_a_past_output_is_read_on_threads_a_few_pages_at_a_time() -> None:
    async with benched() as bench:
        await bench.past(numbered(200_000))
        assert bench.shown[-1] == "line 199999"
        assert "■ step ended" in bench.header
        await bench.press("home")
        assert bench.shown[0] == "line 000000"
        assert "0%" in bench.header
        await bench.press("pagedown")
        assert bench.shown[0] == f"line {bench.view.size.height - 1:06d}"
        await bench.press("down")
        assert bench.shown[0] == f"line {bench.view.size.height:06d}"
        await bench.press("up", "pageup")
        assert bench.shown[0] == "line 000000"
        assert isinstance(bench.pane.source, Held)
        assert threading.main_thread().name not in bench.pane.source.threads


async def test_page_by_page_from_the_bottom_to_the_top_every_line_is_seen() -> None:
    chance = random.Random(7)
    lines = [f"{number} " + "x" * chance.choice((0, 5, 30, 70, 400)) for number in range(400)]
    async with benched(size=(60, 40)) as bench:
        await bench.past("\r\n".join(lines).encode())
        seen: list[tuple[Any, str]] = []
        while True:
            rows = [(row.position, row.text) for row in bench.view.rows]
            seen = [row for row in rows if not seen or row[0] < seen[0][0]] + seen
            before = bench.view.rows[0].position
            await bench.press("pageup")
            if bench.view.rows[0].position == before:
                break
        assert [text for position, text in seen if position.column == 0] == lines


async def test_the_wheel_and_the_scroll_bar_move_through_it() -> None:
    async with benched() as bench:
        await bench.past(numbered(10_000))
        bench.view.post_message(_wheel(bench.view))
        await bench.rest()
        assert bench.shown[-1] == "line 009996"
        await bench.pilot.click(OutputView, offset=(59, 0))
        await bench.rest()
        assert bench.shown[0] == "line 000000"
        await bench.pilot.click(OutputView, offset=(59, bench.view.size.height // 2))
        await bench.rest()
        assert bench.shown[0].startswith("line 005")
        await bench.pilot.click(OutputView, offset=(59, bench.view.size.height - 1))
        await bench.rest()
        assert bench.view.following


def _wheel(view: OutputView) -> Any:
    from textual.events import MouseScrollUp

    return MouseScrollUp(view, 1, 1, 0, 0, 0, False, False, False)


# Long lines.


async def test_a_long_line_is_wrapped_and_on_request_cut_with_marks_at_the_edges() -> None:
    line = "".join(chr(ord("a") + number % 26) for number in range(150))
    async with benched() as bench:
        await bench.past(line.encode() + b"\nshort\n")
        assert bench.shown[:4] == [line[:59], line[59:118], line[118:], "short"]
        await bench.press("z")
        assert bench.shown[:2] == [line[:58] + "›", "short"]
        await bench.press("right")
        assert bench.shown[0] == "‹" + line[9:66] + "›"
        await bench.press(*["right"] * 30)
        assert bench.shown[0].endswith(line[-10:])
        await bench.press("left", *["left"] * 30)
        assert bench.shown[0] == line[:58] + "›"
        await bench.press("z")
        assert bench.shown[2] == line[118:]


async def test_wide_characters_are_never_cut_in_half() -> None:
    async with benched(size=(12, 6)) as bench:
        await bench.past("漢字漢字漢字漢字\ta".encode())
        assert "".join(bench.shown).replace(" ", "") == "漢字漢字漢字漢字a"


async def test_a_line_of_a_hundred_megabytes_is_shown_at_once() -> None:
    async with benched() as bench:
        await bench.past(b"x" * 100_000_000 + b"\nend\n")
        assert bench.shown[-1] == "end"
        assert bench.shown[0] == "x" * 59
        await bench.press("home")
        assert set(bench.shown) == {"x" * 59}
        assert "0%" in bench.header


# Any bytes, any size.

HOSTILE = (
    b"\xff\xfe\xc3(\r\n\x1b]0;title\x07\x1b]52;c;AAAA\x07\x1bPdcs\x1b\\\x9b31m\x1b[6n\x1bc\x1b[2J\x1b[?1049h"
    b"\x1b[999;999H\x00\x07\x08\xc2\x9b31m\xe2\x80\xae[red]not markup[/]\x1b[31mred\x1b[0m\r\n"
)


async def test_nothing_a_program_prints_is_obeyed() -> None:
    async with benched(size=(120, 8)) as bench:
        await bench.live(HOSTILE * 3, b"after\r\n")
        text = "".join(bench.lines)
        assert "after" in text
        assert "[red]not markup[/]" in text
        assert not {character for character in text if ord(character) < 32 or 0x7F <= ord(character) < 0xA0}
        assert "\u202e" not in text
        assert "title" not in text


async def test_random_bytes_are_shown_at_every_size_and_every_key_does_something_sensible() -> None:
    chance = random.Random(3)
    data = chance.randbytes(3 * BLOCK)
    keys = ["up", "down", "pageup", "pagedown", "home", "end", "left", "right", "z", "y"]
    async with benched(size=(80, 24)) as bench:
        await bench.past(data)
        for _ in range(30):
            if chance.random() < 0.3:
                await bench.pilot.resize_terminal(chance.choice((1, 2, 20, 80, 200)), chance.choice((1, 2, 3, 24, 60)))
            await bench.press(chance.choice(keys))
            assert not {c for c in "".join(bench.lines) if ord(c) < 32 or 0x7F <= ord(c) < 0xA0}


async def test_a_resize_keeps_the_line_at_the_top() -> None:
    text = b"".join(b"%04d " % number + b"x" * 300 + b"\n" for number in range(300))
    async with benched() as bench:
        await bench.past(text)
        await bench.press("home", *["pagedown"] * 5)
        top = bench.view.rows[0].text
        for size in ((30, 8), (200, 50), (60, 14)):
            await bench.pilot.resize_terminal(*size)
            await bench.rest()
            assert bench.view.rows[0].text == top


# Searching.


async def test_a_search_goes_back_from_the_end_and_on_with_its_keys() -> None:
    data = numbered(100_000).replace(b"line 050000", b"line ERROR ").replace(b"line 000100", b"an error too")
    async with benched() as bench:
        await bench.past(data)
        await bench.press("slash", *"error", "enter")
        await bench.until(lambda: "back" in bench.lines[-1])
        assert any("line ERROR" in line for line in bench.shown)
        assert "650.0 kB back" in bench.lines[-1]
        assert bench.view.has_focus
        await bench.press("n")
        await bench.until(lambda: "1.3 MB back" in bench.lines[-1])
        assert any("an error too" in line for line in bench.shown)
        await bench.press("n")
        await bench.until(lambda: "not found further back" in bench.lines[-1])
        await bench.press("N")
        await bench.until(lambda: "650.0 kB back" in bench.lines[-1])
        assert any("line ERROR" in line for line in bench.shown)
        await bench.press("escape")
        assert bench.shown[-1] != ""
        assert not bench.view.is_searching


async def test_a_hit_is_lit_up_also_where_colours_divide_it() -> None:
    async with benched() as bench:
        await bench.past(b"a\nconn\x1b[31merr\x1b[0mor\nb\n")
        await bench.press("slash", *"connerror", "enter")
        await bench.until(lambda: "back" in bench.lines[-1])
        lit = bench.view.get_component_rich_style("output-view--hit").bgcolor
        strip = bench.app.screen._compositor.render_strips()[2]
        assert "".join(s.text for s in strip if s.style and s.style.bgcolor == lit) == "connerror"


async def test_a_text_that_is_nowhere_is_said_to_be_nowhere() -> None:
    async with benched() as bench:
        await bench.past(numbered(100))
        before = bench.shown
        await bench.press("slash", *"Line", "enter")
        await bench.until(lambda: "not found" in bench.lines[-1])
        assert bench.shown == before[1:]


async def test_escape_gives_a_search_up_and_the_focus_back() -> None:
    async with benched() as bench:
        await bench.past(numbered(100))
        await bench.press("slash", *"x", "escape")
        assert bench.view.has_focus
        assert not bench.pane._lines
        await bench.press("slash", "enter")
        assert not bench.pane._lines


async def test_the_keys_of_a_search_belong_to_the_screen_while_nothing_is_sought() -> None:
    async with benched() as bench:
        await bench.past(numbered(100))
        bench.app.keys_left_over.clear()
        await bench.press("n", "N", "escape")
        assert bench.app.keys_left_over == ["n", "N", "escape"]


# Copying.


async def test_what_is_copied_is_what_is_shown_and_wrapped_lines_are_whole() -> None:
    async with benched() as bench:
        await bench.past(b"short\n" + b"long " * 30 + b"\n")
        await bench.press("y")
        assert bench.app.copied == ["short\n" + ("long " * 30).rstrip()]


async def test_what_the_mouse_selects_stands_still_and_is_copied() -> None:
    async with benched() as bench:
        await bench.live(numbered(100))
        await bench.pilot.mouse_down(OutputView, offset=(5, 2))
        await bench.pilot.hover(OutputView, offset=(8, 3))
        await bench.pilot.mouse_up(OutputView, offset=(8, 3))
        await bench.rest()
        first = bench.shown[2]
        bench.pane.take([OutputPiece(1, 1300, b"more\r\n" * 50, MODE)])
        await bench.until(lambda: not bench.view._frame_due)
        assert bench.shown[2] == first
        await bench.press("y")
        assert bench.app.copied == [f"{first[5:]}\n{bench.shown[3][:9]}"]
        await bench.press("end")
        assert bench.shown[-1] == "more"


# What it costs.


async def test_an_idle_pane_paints_nothing_and_a_repetition_neither() -> None:
    async with benched() as bench:
        await bench.live(b"y\r\n" * 100_000)
        await bench.rest()
        painted = []
        bench.view.refresh = lambda *args, **more: painted.append(args) or bench.view  # type: ignore[method-assign]
        await bench.rest()
        bench.pane.take([OutputPiece(1, 300_000, b"y\r\n" * 10_000, MODE)])
        await bench.until(lambda: not bench.view._frame_due)
        assert painted == []


async def test_memory_does_not_grow_with_the_output() -> None:
    async with benched() as bench:
        bench.pane.show(1, title="Flood", live=True)
        part = b"a line of ordinary length, as programs print them\r\n" * 1300
        for number in range(400):
            bench.pane.take([OutputPiece(1, number * len(part), part, MODE)])
            bench.view.arrived()
        await bench.until(lambda: not bench.view._frame_due)
        book = bench.pane._live
        assert book is not None
        assert book.size == 400 * len(part)
        assert len(book.tail.read(0, book.size)) <= 1024 * 1024
        assert len(book._pages) <= 48


class Slow(Held):
    """A source that answers a search only when it is told to."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.may_answer = threading.Event()
        self.asked = threading.Event()

    def page(self, attempt: int, start: int, n_bytes: int) -> bytes:
        if n_bytes > 4 * BLOCK:
            self.asked.set()
            assert self.may_answer.wait(20)
        return super().page(attempt, start, n_bytes)


async def test_a_search_that_takes_long_is_given_up_with_escape() -> None:
    source = Slow(b"")
    async with benched(source=source) as bench:
        await bench.past(b"needle\n" + numbered(200_000))
        before = bench.shown
        await bench.pilot.press("slash", *"needle", "enter")
        while not source.asked.is_set():
            await bench.pilot.pause()
        assert "searching" in bench.lines[-1]
        await bench.pilot.press("escape")
        source.may_answer.set()
        await bench.rest()
        assert bench.shown == before
        assert not bench.pane._lines
        assert bench.view.following
