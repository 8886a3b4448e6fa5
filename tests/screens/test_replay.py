"""A past run, played: any moment of it on the screen, and every key that chooses one."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from support.modals import shown, until
from support.past_trails import NOW, PastTrail, write_past
from textual.pilot import Pilot
from textual.widgets import Static

from engine import events as e
from engine.casting import cast
from engine.errors import UsageError
from engine.replay import Replay, open_recording, open_run
from engine.trail import TrailReader
from tui.app import OncueApp
from tui.screens.asking import PickScreen
from tui.screens.history import HistoryScreen
from tui.screens.keys import KeysScreen
from tui.screens.past_run import PastRunScreen
from tui.screens.replay import ReplayScreen, replay_of
from tui.widgets.checklist import Checklist
from tui.widgets.key_bar import KeyBar
from tui.widgets.outline import Outline
from tui.widgets.replay_output import ReplayOutput
from tui.widgets.scrub_bar import ScrubBar
from tui.widgets.search_line import SearchLine

DONE, LEFT_OPEN = "20260105-031200-cccccc", "20260108-025900-dddddd"
SIZES = [(80, 24), (120, 40), (200, 60)]
SECOND = 1_000_000


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def trail(tmp_path: Path) -> Path:
    return write_past(tmp_path / "audit.db")


class Watch:
    """A clock that stands until the test moves it."""

    def __init__(self) -> None:
        self.now_ns = 0

    def __call__(self) -> int:
        return self.now_ns

    def pass_seconds(self, seconds: float) -> None:
        self.now_ns += int(seconds * 1e9)


class Seen:
    """A replay on a screen, and its operator."""

    def __init__(self, pilot: Pilot[Any], screen: ReplayScreen, watch: Watch) -> None:
        self.pilot, self.screen, self.watch = pilot, screen, watch

    @property
    def text(self) -> str:
        return shown(self.pilot.app)

    @property
    def at(self) -> float:
        return self.screen._at_us / SECOND

    @property
    def offered(self) -> list[str]:
        return [f"{one.key} {one.label}" for one in self.screen.query_one(KeyBar).hints]

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def sees(self, words: str) -> None:
        await until(self.pilot, lambda: words in self.text)

    async def until(self, done: Callable[[], object]) -> None:
        await until(self.pilot, done)


@asynccontextmanager
async def watching(screen: Callable[[Watch], ReplayScreen], size: tuple[int, int] = (120, 40)) -> AsyncIterator[Seen]:
    watch = Watch()
    replay = screen(watch)
    app = OncueApp(library=lambda: replay)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: replay._at_us >= 0 or "problem" not in str(replay.classes))
        await pilot.pause()
        yield Seen(pilot, replay, watch)


def of_run(trail: Path, run_id: str = DONE, at_us: int = 0, **more: Any) -> Callable[[Watch], ReplayScreen]:
    def screen(watch: Watch) -> ReplayScreen:
        opener = partial(open_run, trail, run_id, {})
        return ReplayScreen(opener, lambda _: at_us, name=run_id, is_alone=True, now=watch, **more)

    return screen


def header(seen: Seen) -> str:
    return str(seen.screen.query_one("#output .header", Static).content)


async def test_the_first_moment_is_the_run_as_it_began(trail: Path) -> None:
    async with watching(of_run(trail)) as seen:
        await seen.sees("‖ paused  0:00 of 5:00  1×    0:00 ▶ run started: Redis is full")
        assert "03:12:00" in seen.text
        assert "☐ the DBA on call knows" in seen.text
        assert "nothing has run yet" in seen.text


async def test_a_moment_shows_what_stood_then_and_nothing_that_came_later(trail: Path) -> None:
    async with watching(of_run(trail)) as seen:
        await seen.press("down")
        await seen.sees("used_memory_human:3.98G")
        assert seen.at == 100
        assert "☑ the DBA on call knows" in seen.text
        assert "☒ the status page says degraded · waived: nobody is awake" in seen.text
        assert "redis-cli info memory" in seen.text
        assert "03:13:40" in seen.text
        assert "running 0:00" in seen.text
        assert "▶ Check memory" in header(seen)
        assert "310 ms" not in seen.text
        await seen.press("down")
        assert seen.at == 180
        await seen.sees("(error) timeout")
        assert "‼ dangerous · data destruction · removes every key of db 0 on redis.prod" in seen.text
        assert "✔ Check memory           310 ms" in seen.text
        await seen.press("up")
        await seen.sees("used_memory_human:3.98G")
        assert "(error) timeout" not in seen.text
        assert "310 ms" not in seen.text


async def test_what_is_known_is_told_and_what_is_not_is_not(trail: Path) -> None:
    async with watching(of_run(trail, at_us=200 * SECOND)) as seen:
        await seen.sees("hits redis.prod/0")
        assert "dry run" not in seen.text


async def test_the_end_shows_how_it_went(trail: Path) -> None:
    async with watching(of_run(trail)) as seen:
        await seen.press("end")
        await seen.sees("The run is over: done")
        assert "■ end  5:00 of 5:00" in seen.text
        await seen.until(lambda: "■ step ended" in header(seen))
        await seen.press("home")
        await seen.sees("0:00 of 5:00")
        assert "The run is over" not in seen.text


async def test_it_plays_pauses_and_plays_on_from_there(trail: Path) -> None:
    async with watching(of_run(trail)) as seen:
        assert "space play" in seen.offered
        await seen.press("space")
        assert "space pause" in seen.offered
        seen.watch.pass_seconds(12.5)
        await seen.until(lambda: seen.at == 12.5)
        await seen.press("space")
        seen.watch.pass_seconds(100)
        await seen.press("right")
        assert seen.at == 17.5
        assert "‖ paused  0:17 of 5:00" in seen.text


async def test_it_stops_at_the_end_and_begins_again_there(trail: Path) -> None:
    async with watching(of_run(trail)) as seen:
        await seen.press("space")
        seen.watch.pass_seconds(1000)
        await seen.until(lambda: seen.at == 300)
        assert "space play" in seen.offered
        await seen.press("space")
        assert seen.at == 0


async def test_output_grows_while_it_plays(tmp_path: Path) -> None:
    book = PastTrail(tmp_path / "audit.db")
    book.begin(LEFT_OPEN, 0.01)
    begun = int(book._at.timestamp() * 1e9)
    book.say(e.StepStarted(step_id="check", attempt=1, session="shell", text="tail -f log"))
    for number in range(40):
        book._writer.write_output(LEFT_OPEN, 1, b"line %d\r\n" % number, begun + (20 + number) * 10**9)
    totals = book._writer.end_output(LEFT_OPEN, 1)
    book._at = NOW
    ended = e.StepEnded(
        step_id="check", attempt=1, outcome="succeeded", exit_status=0, duration_ns=1,
        output_bytes=totals.n_bytes, output_head=totals.head_hex,
    )  # fmt: skip
    book.say(ended)
    book.close()
    async with watching(of_run(tmp_path / "audit.db", LEFT_OPEN, 20 * SECOND)) as seen:
        await seen.sees("line 0")
        await seen.press("space")
        for number in (1, 5, 39):
            seen.watch.now_ns = number * 10**9 + 1000
            await seen.sees(f"line {number}")
            assert f"line {number + 1}" not in seen.text
        await seen.press("space", "left")
        await seen.sees("line 34")
        assert "line 35" not in seen.text


async def test_speeds_and_pauses_can_be_changed(trail: Path) -> None:
    async with watching(of_run(trail, idle_us=5 * SECOND)) as seen:
        await seen.press("plus", "plus", "minus")
        assert "2×  pauses ≤ 5 s" in seen.text
        await seen.press("space")
        seen.watch.pass_seconds(5)
        await seen.until(lambda: seen.at == 40)  # ten seconds of playing: two pauses of twenty, cut to five each
        await seen.press("space", "i")
        assert "pauses ≤" not in seen.text
        assert seen.at == 40
        await seen.press("i", "right")
        assert seen.at == 60


async def test_steps_and_notes_are_gone_to_by_keys_as_long_as_there_are_some(trail: Path) -> None:
    async with watching(of_run(trail)) as seen:
        assert {"↓ next step", "m next note"} <= set(seen.offered)
        assert "↑ step before" not in seen.offered
        await seen.press("m")
        assert seen.at == 160
        assert "alice: evictions do not keep up" in seen.text
        assert "m next note" not in seen.offered
        await seen.press("m")
        assert "there is no note after this moment" in seen.text
        await seen.press("right_square_bracket", "right_square_bracket", "left_square_bracket")
        assert seen.at == 180
        await seen.press("M", "greater_than_sign", "less_than_sign", "less_than_sign")
        assert seen.at == 100


async def test_a_click_on_the_line_goes_there_and_dragging_goes_along(trail: Path) -> None:
    async with watching(of_run(trail)) as seen:
        bar = seen.screen.query_one(ScrubBar)
        await seen.pilot.click(bar, offset=(bar.size.width // 2, 1))
        await seen.until(lambda: abs(seen.at - 150) < 3)
        await seen.pilot.mouse_down(bar, offset=(1, 1))
        await seen.until(lambda: seen.at < 3)
        await seen.pilot.hover(bar, offset=(bar.region.width - 1, 0))
        await seen.until(lambda: seen.at == 300)
        await seen.pilot.mouse_up(bar, offset=(bar.region.width - 1, 0))
        await seen.pilot.hover(bar, offset=(5, 0))
        assert seen.at == 300


async def test_a_search_goes_through_all_output_and_to_the_moment_it_was_printed(trail: Path) -> None:
    async with watching(of_run(trail)) as seen:
        await seen.press("slash", *"ok", "enter")
        await seen.until(lambda: seen.at == 220)
        await seen.sees("OK")
        assert "n next hit" in seen.offered
        await seen.press("slash", "ctrl+u", *"human", "enter")
        await seen.until(lambda: seen.at == 100)
        await seen.sees("1:40, round the end")
        first = seen.screen._hit
        assert first is not None
        await seen.press("n")
        await seen.until(lambda: seen.screen._hit and seen.screen._hit.spot != first.spot)
        assert seen.at == 100  # another line of the same read
        await seen.press("N")
        await seen.until(lambda: seen.screen._hit and seen.screen._hit.spot == first.spot)
        await seen.press("slash", "ctrl+u", *"no such words", "enter")
        await seen.sees("not found in any output")
        await seen.press("escape")
        assert not seen.screen.query(SearchLine)
        assert "n next hit" not in seen.offered


async def test_what_is_found_in_the_middle_of_one_read_is_brought_into_view(tmp_path: Path) -> None:
    book = PastTrail(tmp_path / "audit.db")
    book.begin(LEFT_OPEN, 0.01)
    numbers = b"".join(b"number %d.\r\n" % number for number in range(20_000))
    book.step("check", 1, numbers)
    book.close()
    async with watching(of_run(tmp_path / "audit.db", LEFT_OPEN, 40 * SECOND)) as seen:
        await seen.sees("number 19999.")
        await seen.press("slash", *"number 7000.", "enter")
        await seen.until(lambda: "number 7000." in seen.text.split("/number")[0])
        await seen.press("escape", "slash", *"number 71", "enter")
        await seen.until(lambda: "number 71." in seen.text.split("/number")[0])
        await seen.press("n")
        await seen.until(lambda: "number 710." in seen.text.split("/number")[0])


async def test_any_moment_is_gone_to_by_its_words(trail: Path) -> None:
    async with watching(of_run(trail)) as seen:
        await seen.press("j")
        await seen.until(lambda: isinstance(seen.pilot.app.screen, PickScreen))
        await seen.press(*"skipped", "enter")
        await seen.until(lambda: seen.at == 260)


async def test_another_step_is_looked_at_as_it_stood_then(trail: Path) -> None:
    async with watching(of_run(trail, at_us=190 * SECOND)) as seen:
        await seen.sees("(error) timeout")
        seen.screen.query_one(Outline).focus()
        await seen.press("up")
        await seen.sees("used_memory_human:3.98G")
        assert "☑ the DBA on call knows" in seen.text
        assert seen.at == 190
        await seen.press("enter")
        assert seen.at == 100


async def test_the_checklist_stands_as_it_stood(trail: Path) -> None:
    async with watching(of_run(trail)) as seen:
        for at, signs in ((59, "☐☐"), (60, "☑☐"), (79, "☑☐"), (80, "☑☒"), (60, "☑☐")):
            seen.screen._go(at * SECOND)
            await seen.pilot.pause()
            rows = str(seen.screen.query_one(Checklist).render()).split("\n")
            assert "".join(row.strip()[0] for row in rows) == signs


async def test_nothing_of_it_can_be_changed(trail: Path) -> None:
    with closing(sqlite3.connect(trail)) as connection:
        before = connection.execute("SELECT count(*), max(hash) FROM event").fetchall()
    async with watching(of_run(trail)) as seen:
        await seen.press("enter", "s", "d", "e", "t", "w", "k", "space", "n", "end", "enter")
        assert seen.pilot.app.screen is seen.screen
    with closing(sqlite3.connect(trail)) as connection:
        assert connection.execute("SELECT count(*), max(hash) FROM event").fetchall() == before


async def test_watching_is_recorded_once(trail: Path) -> None:
    async with watching(of_run(trail)) as seen:
        await seen.press("space", "end", "home")
    with closing(sqlite3.connect(trail)) as connection:
        found = connection.execute("SELECT action, run_id FROM ledger WHERE action = 'replayed'").fetchall()
    assert found == [("replayed", DONE)]


async def test_a_recording_is_watched_the_same_way(trail: Path, tmp_path: Path) -> None:
    path = tmp_path / "run.cast"
    with TrailReader.open(trail) as reader:
        path.write_bytes(b"".join(cast(reader, DONE)) + b"[oops\n")

    def screen(watch: Watch) -> ReplayScreen:
        return ReplayScreen(partial(open_recording, path), name="run.cast", is_alone=True, now=watch)

    async with watching(screen) as seen:
        await seen.sees("this line is not JSON")
        await seen.press("down")
        await seen.sees("used_memory_human:3.98G")
        await seen.press("slash", *"timeout", "enter")
        await seen.until(lambda: seen.at == 180)


async def test_a_recording_from_elsewhere_shows_its_marker_what_was_typed_and_no_date(tmp_path: Path) -> None:
    path = tmp_path / "run.cast"
    rows = '[1.0, "o", "one\\r\\n"]', '[2.0, "i", "ls\\r"]', '[4.0, "m", "chapter 1"]', '[9.0, "o", "two\\r\\n"]'
    path.write_text("\n".join(['{"version": 2, "width": 80, "height": 24, "title": "A walk"}', *rows, ""]))

    def screen(watch: Watch) -> ReplayScreen:
        return ReplayScreen(partial(open_recording, path), name="run.cast", is_alone=True, now=watch)

    async with watching(screen) as seen:
        await seen.until(lambda: seen.at == 0)
        await seen.press("m")
        await seen.until(lambda: seen.at == 4)
        await seen.sees("replay   undated")
        assert "00:00:0" not in seen.text
        await seen.sees("0:04 ◆ marker “chapter 1”")
        await seen.press("home", "space")
        seen.watch.pass_seconds(3)
        await seen.sees("0:02 ⌨ typed “ls” into “A walk”")


async def test_a_recording_that_vanishes_is_a_sentence_until_it_is_there_again(
    trail: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path("run.cast")
    with TrailReader.open(trail) as reader:
        path.write_bytes(b"".join(cast(reader, DONE)))

    def screen(watch: Watch) -> ReplayScreen:
        return ReplayScreen(partial(open_recording, path), name="run.cast", is_alone=True, now=watch)

    async with watching(screen) as seen:
        path.rename("elsewhere")
        gone = "the recording cannot be read: No such file"
        await seen.press("down")
        await seen.until(lambda: seen.text.count(gone) == 2)  # in the pane and below it
        assert "no output yet" not in seen.text
        await seen.press("slash", *"timeout", "enter")
        await seen.until(lambda: "searching" not in seen.text and seen.text.count(gone) > 2)
        await seen.press("escape")
        Path("elsewhere").rename(path)
        await seen.press("right")
        await seen.sees("used_memory_human:3.98G")
        assert gone not in seen.text


@pytest.mark.parametrize(
    "error", [OSError(5, "Input/output error"), ValueError("bad luck")], ids=["of the disk", "ours"]
)
async def test_whatever_goes_wrong_with_reading_is_said(
    trail: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def broken(*_: object) -> bytes:
        raise error

    async with watching(of_run(trail)) as seen:
        monkeypatch.setattr("engine.replay.outputs.Outputs.size_at", broken)
        await seen.press("down")
        await seen.sees(str(error.args[-1]))
        await seen.press("slash", *"timeout", "enter")
        await seen.until(lambda: seen.text.count(str(error.args[-1])) > 1 and "searching" not in seen.text)


async def test_whatever_goes_wrong_with_opening_is_said() -> None:
    def broken() -> Replay:
        raise ValueError("bad luck")

    app = OncueApp(library=lambda: ReplayScreen(broken, name="run.cast", is_alone=True))
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.error is not None)
    assert str(app.error) == "run.cast: ValueError: bad luck"


async def test_what_cannot_be_read_ends_the_program_that_shows_nothing_else(trail: Path) -> None:
    app = OncueApp(library=lambda: of_run(trail, "20990101-000000-ffffff")(Watch()))
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.error is not None)
    assert "There is no run 20990101-000000-ffffff" in str(app.error)


async def test_what_cannot_be_read_is_a_sentence_on_a_screen_above_others(trail: Path) -> None:
    app = OncueApp(library=lambda: HistoryScreen(trail, {}, now=lambda: NOW))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        app.push_screen(replay_of(trail, "20990101-000000-ffffff", {}))
        await until(pilot, lambda: "There is no run 20990101-000000-ffffff" in shown(app))
        await pilot.press("space", "right", "end", "m", "slash", "n", "j", "i", "plus", "o", "down", "escape")
        await until(pilot, lambda: isinstance(app.screen, HistoryScreen))


async def test_a_start_that_is_not_there_is_refused(trail: Path) -> None:
    def refused(_replay: object) -> int:
        raise UsageError("--from 9:00: it is 5:00 long")

    screen = ReplayScreen(partial(open_run, trail, DONE, {}), refused, name=DONE, is_alone=True)
    app = OncueApp(library=lambda: screen)
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.error is not None)
    assert str(app.error) == "--from 9:00: it is 5:00 long"


async def test_it_is_opened_from_the_list_of_runs_and_from_a_past_run_and_leads_back(trail: Path) -> None:
    app = OncueApp(library=lambda: HistoryScreen(trail, {}, now=lambda: NOW))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "Redis is full" in shown(app))
        await pilot.press("tab", "down", "p")
        await until(pilot, lambda: isinstance(app.screen, ReplayScreen) and "0:00 of 5:00" in shown(app))
        await pilot.press("slash", *"ok", "enter")
        await until(pilot, lambda: "3:40 of 5:00" in shown(app))
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, HistoryScreen))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, PastRunScreen) and "run the itself" not in shown(app))
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.screen, ReplayScreen) and "0:00 of 5:00" in shown(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, PastRunScreen))


async def test_the_keys_are_explained_and_can_be_others(trail: Path) -> None:
    async with watching(of_run(trail)) as seen:
        seen.pilot.app.rebound = {"replay.play": "f2"}
        seen.pilot.app.set_keymap({"replay.play": "f2"})
        await seen.press("f2")
        assert "f2 pause" in seen.offered
        await seen.press("question_mark")
        assert isinstance(seen.pilot.app.screen, KeysScreen)
        await seen.sees("f2         play or pause")
        await seen.press("escape", "ctrl+p")
        await seen.sees("replay: ")


async def test_nothing_a_run_holds_is_taken_for_markup_or_obeyed(tmp_path: Path) -> None:
    bad = "[red]x[/] [/] \x1b]52;c;YQ==\x07\x9b6n \u202e"
    book = PastTrail(tmp_path / "audit.db")
    book.begin(LEFT_OPEN, 0.01, title=bad, path=bad, incident=bad)
    book.say(e.Noted(text=bad))
    book.step("check", 1, b"\x1b]0;owned\x07\x1bPq\x1b\\\x1b[6nplain\x1bc\r\n", text=bad, why=bad, target=bad)
    book.close()
    async with watching(of_run(tmp_path / "audit.db", LEFT_OPEN), (200, 60)) as seen:
        await seen.press("m")
        await seen.sees("✍ alice: [red]x[/] [/] ^[]52;c;YQ==^G<U+009B>6n <U+202E>")
        await seen.press("down")
        await seen.sees("plain")
        await seen.press("j")
        await seen.sees("Go to which moment?")
        assert not any(character in seen.text for character in "\x1b\x07\x9b\u202e")


@pytest.mark.parametrize("size", [(20, 6), (40, 12), (99, 30), (300, 90)])
async def test_it_can_be_resized_at_any_moment(trail: Path, size: tuple[int, int]) -> None:
    async with watching(of_run(trail)) as seen:
        await seen.press("space")
        await seen.pilot.resize_terminal(*size)
        seen.watch.pass_seconds(110)
        await seen.until(lambda: seen.at == 110)
        await seen.press("l", "o", "slash", "escape", "l", "o")
        await seen.pilot.resize_terminal(80, 24)
        await seen.sees("used_memory_human:3.98G")
        assert seen.screen.query_one(ReplayOutput).region.height > 2
        assert seen.screen.query_one(ScrubBar).region.bottom == 22


async def test_without_colours_it_says_the_same(trail: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with watching(of_run(trail, at_us=200 * SECOND)) as seen:
        await seen.sees("✘ failed · exit 1 · 310 ms")
        assert "▾" in seen.text
        assert "✘ “Flush the cache” failed" in seen.text


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_a_replay_looks_as_it_should(snap_compare: Any, trail: Path, size: tuple[int, int]) -> None:
    async def ready(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: "(error) timeout" in shown(pilot.app))
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()

    screen = of_run(trail, at_us=205 * SECOND, idle_us=2 * SECOND)(Watch())
    assert snap_compare(OncueApp(library=lambda: screen), run_before=ready, terminal_size=size)


@pytest.fixture
def tried(tmp_path: Path) -> Path:
    """A run whose second step had a dry run, of another text, and then nothing more."""
    book = PastTrail(tmp_path / "audit.db")
    book.begin(LEFT_OPEN, 0.01)
    book.step("check", 1, b"ok\r\n")
    danger = {"level": "dangerous", "category": "data_destruction", "why": "removes every key", "target": "redis"}
    book.step("flush", 2, b"timeout\r\n", "failed", text="redis-cli FLUSHDB", **danger)
    book.step("flush", 3, b"17 keys\r\n", text="redis-cli DBSIZE", dry_run=True)
    book.close()
    return tmp_path / "audit.db"


async def test_a_dry_run_is_shown_as_one_and_then_the_step_itself_again(tried: Path) -> None:
    async with watching(of_run(tried, LEFT_OPEN, at_us=115 * SECOND)) as seen:
        await seen.sees("▶ dry run of “Flush the cache”")
        assert "▷ dry run of the step, not the step itself" in seen.text
        assert "redis-cli DBSIZE" in seen.text
        assert "▶ dry run of it is running" in seen.text
        await seen.press("end")
        await seen.until(lambda: "✔ dry run of “Flush the cache”" in header(seen))
        assert "✔ dry run of “Flush the cache” succeeded, exit 0, 310 ms" in seen.text
        assert "redis-cli FLUSHDB" in seen.text
        assert "‼ dangerous · data destruction · removes every key" in seen.text
        assert "✘ failed · exit 1 · 310 ms" in seen.text
        assert "DBSIZE" not in seen.text
        assert "not the step itself" not in seen.text
        await seen.press("j")
        await seen.until(lambda: isinstance(seen.pilot.app.screen, PickScreen))
        assert "✔ dry run of “Flush the cache” succeeded" in seen.text
