"""The library: what is in it, what is found by typing, and what each key leads to."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
from support.modals import shown, until
from support.past_trails import NOW, write_past
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Static

from engine.errors import UsageError
from engine.library.dates import Cared
from engine.library.entry import Entry, Worst
from engine.library.finding import Unreadable
from engine.library.news import AllFound, AllRead, Glanced, Judged, LeftOut, LookedIn, LookupRefused, News
from engine.library.places import Place
from engine.library.reader import Library
from tui.app import OncueApp
from tui.screens.keys import KeysScreen
from tui.screens.library import LibraryScreen
from tui.themes import register_themes
from tui.widgets.facts import Facts
from tui.widgets.find_line import FindLine

SIZES = [(80, 24), (120, 40), (200, 60)]
REDIS = Entry(
    "/srv/runbooks/redis.md",
    "Redis is full",
    is_read=True,
    sha256="another",
    shape="catalogue",
    service="redis",
    severity="SEV2",
    owner="data team",
    cared=Cared("tested", date(2025, 3, 1)),
    n_steps=12,
    alerts=(("RedisMemoryHigh", ("Resolution", "Flush")), ("RedisDown", ("Restart",))),
    problems=("line 80: the fence never ends",),
)
DISK = Entry("/srv/runbooks/disk.md", "Disk almost full", True, "d", "procedure", service="any host", n_steps=4)
CALL = Entry("/srv/runbooks/call.md", "Call the vendor", True, "c", "procedure", n_steps=1)
BROKEN = Entry("/srv/runbooks/latin.md", "latin", is_read=True, unreadable="latin.md:3: is not UTF-8 text")
ALL: Sequence[News] = (
    LookedIn((Place("/srv/runbooks"), Place("/srv", depth=1))),
    Glanced({one.path: one.title for one in (REDIS, DISK, CALL, BROKEN)} | {"/srv/about.md": "About us"}),
    AllFound(),
    REDIS,
    DISK,
    CALL,
    BROKEN,
    LeftOut("/srv/about.md"),
    Unreadable("/srv/runbooks/huge.md", "is larger than 5 MB"),
    AllRead(),
)
VERDICTS = {
    REDIS.path: Worst("dangerous", "removes every key", "Flush the cache", 41),
    DISK.path: Worst("caution", "removes what is made again", "Empty the cache", 12),
    CALL.path: Worst(None),
}


class StandIn:
    """A reading process that tells what it is told to tell."""

    def __init__(self, news: Sequence[News]) -> None:
        self._news = news
        self._told: SimpleQueue[News | None] = SimpleQueue()
        self.judged: list[list[str]] = []
        self.looks = 0

    def __call__(self, directory: Path, environ: object, **said: object) -> StandIn:
        self._told = SimpleQueue()
        return self

    def look(self) -> None:
        self.looks += 1
        for one in self._news:
            self._told.put(one)

    def judge(self, paths: Sequence[str]) -> None:
        self.judged.append(list(paths))
        for path in paths:
            self._told.put(Judged(path, VERDICTS.get(path, Worst(None))))

    def news(self) -> Iterator[News]:
        while (one := self._told.get()) is not None:
            yield one

    def close(self) -> None:
        self._told.put(None)


class Shown(App[int]):
    def __init__(self, trail: Path, library: Any, directory: Path = Path("/srv")) -> None:
        super().__init__()
        self.library = LibraryScreen(trail, os.environ, directory=directory, now=lambda: NOW, library=library)
        self.told: list[tuple[object, ...]] = []

    def on_mount(self) -> None:
        register_themes(self)
        self.push_screen(self.library)

    def on_library_screen_chosen(self, message: LibraryScreen.Chosen) -> None:
        self.told.append(("chosen", str(message.path), message.section))

    def on_library_screen_rehearsal_wanted(self, message: LibraryScreen.RehearsalWanted) -> None:
        self.told.append(("rehearsal", str(message.path), message.section))

    def on_library_screen_resumed(self, message: LibraryScreen.Resumed) -> None:
        self.told.append(("resumed", message.run_id))

    def on_library_screen_history_wanted(self) -> None:
        self.told.append(("history",))


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


@pytest.fixture
def trail(tmp_path: Path) -> Path:
    return write_past(tmp_path / "audit.db")


def titles(app: Any) -> list[str]:
    return [row.alert or row.title for row in app.library.rows._items]


def facts(app: Any) -> str:
    return "\n".join(one.plain.rstrip() for one in app.screen.query_one(Facts)._lines(100))


async def filled(pilot: Pilot[Any]) -> None:
    """Everything has been read, and what is in view has a verdict."""
    shelf = pilot.app.library._shelf
    await until(pilot, lambda: shelf.is_read and shelf.worst.keys() >= VERDICTS.keys() and shelf.past.runs)
    await until(pilot, lambda: not pilot.app.library._is_due)


def shown_with(trail: Path, news: Sequence[News] = ALL) -> Shown:
    return Shown(trail, StandIn(news))


# What is in it.


async def test_what_was_left_open_comes_first_then_the_runbooks_by_title_then_what_cannot_be_used(trail: Path) -> None:
    async with shown_with(trail).run_test(size=(120, 40)) as pilot:
        await filled(pilot)
        assert titles(pilot.app) == [
            "Redis is full", "Call the vendor", "Disk almost full", "Redis is full", "/srv/runbooks/huge.md", "latin",
        ]  # fmt: skip
        screen = shown(pilot.app)
        assert "left open: Redis is full" in screen
        assert "‼ dangerous" in screen
        assert "· manual" in screen
        assert "4 runbooks   1 cannot be read   1 with nothing to walk" in screen


async def test_the_highlighted_runbook_is_told_in_full(trail: Path) -> None:
    async with shown_with(trail).run_test(size=(80, 24)) as pilot:
        await filled(pilot)
        await pilot.press("down", "down", "down")
        await pilot.pause()
        said = facts(pilot.app).split("\n")
        assert said[0] == "Redis is full"
        for line in (
            "file       /srv/runbooks/redis.md",
            "worst step ‼ dangerous at line 41, “Flush the cache”: removes every key",
            "! stale    changed since it last worked on 2026-01-05",
            "alerts     RedisMemoryHigh, RedisDown",
            "problem    line 80: the fence never ends",
        ):
            assert line in said
        assert "service redis · severity SEV2 · owner data team · 12 steps · a catalogue" in facts(pilot.app)
        assert "○ left open · 2026-01-08 02:57 (14 min ago) by alice for INC-4212" in facts(pilot.app)


async def test_what_cannot_be_used_says_why_and_is_not_opened(trail: Path) -> None:
    async with shown_with(trail).run_test(size=(80, 24)) as pilot:
        await filled(pilot)
        await pilot.press("tab", "end", "enter")
        await pilot.pause()
        assert "unusable   latin.md:3: is not UTF-8 text" in facts(pilot.app)
        assert pilot.app.told == []


async def test_titles_are_there_before_anything_has_been_read(trail: Path) -> None:
    async with shown_with(trail, ALL[:3]).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Disk almost full" in titles(pilot.app))
        assert "reading …" in shown(pilot.app)


async def test_only_what_can_be_seen_is_judged(trail: Path) -> None:
    many = [Entry(f"/srv/{n:03}.md", f"Number {n:03}", True, str(n), "procedure", n_steps=1) for n in range(500)]
    VERDICTS.update({one.path: Worst("safe") for one in many})
    library = StandIn([LookedIn(()), Glanced({one.path: one.title for one in many}), AllFound(), *many, AllRead()])
    try:
        async with Shown(trail, library).run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda: pilot.app.library._shelf.worst)
            assert 0 < len({path for paths in library.judged for path in paths}) < 40
            await pilot.press("tab", "end")
            await until(pilot, lambda: "/srv/499.md" in pilot.app.library._shelf.worst)
    finally:
        for one in many:
            del VERDICTS[one.path]


# What is found.


FOUND: Sequence[tuple[str, list[str]]] = (
    ("disk", ["Disk almost full"]),
    ("vendor call", ["Call the vendor"]),
    ("any host", ["Disk almost full"]),
    ("memory", ["RedisMemoryHigh"]),
    ("rmh", []),
    ("redis", ["RedisDown", "RedisMemoryHigh", "Redis is full", "Redis is full"]),
    ("data", []),
    ("latin", ["latin"]),
    ("4212", ["Redis is full"]),
    ("dsk", ["Disk almost full"]),
)


async def test_typing_finds_titles_services_alerts_and_paths(trail: Path) -> None:
    async with shown_with(trail).run_test(size=(80, 24)) as pilot:
        await filled(pilot)
        for typed, found in FOUND:
            pilot.app.library.find_line.value = typed
            await pilot.pause()
            assert sorted(titles(pilot.app)) == sorted(found), typed


async def test_an_alert_leads_to_its_section(trail: Path) -> None:
    async with shown_with(trail).run_test(size=(120, 40)) as pilot:
        await filled(pilot)
        await pilot.press(*"redismem", "enter")
        await pilot.pause()
        assert "alert RedisMemoryHigh → Resolution › Flush" in shown(pilot.app)
        assert pilot.app.told == [("chosen", REDIS.path, ("Resolution", "Flush"))]


# What the keys do.


async def test_enter_opens_what_the_keys_before_it_chose_however_fast_they_came(trail: Path) -> None:
    async with shown_with(trail).run_test(size=(80, 24)) as pilot:
        await filled(pilot)
        await pilot.press(*"full", "down", "enter")
        await pilot.pause()
        assert pilot.app.told == [("chosen", DISK.path, None)]


async def test_enter_on_what_was_left_open_goes_on_with_it(trail: Path) -> None:
    async with shown_with(trail).run_test(size=(80, 24)) as pilot:
        await filled(pilot)
        await pilot.press("enter")
        await pilot.pause()
        assert pilot.app.told == [("resumed", "20260108-025900-dddddd")]


async def test_r_goes_on_with_the_open_run_of_a_runbook_and_does_nothing_where_there_is_none(trail: Path) -> None:
    async with shown_with(trail).run_test(size=(80, 24)) as pilot:
        await filled(pilot)
        await pilot.press("tab", "down", "r", "down", "r")
        assert pilot.app.told == []
        await pilot.press("down", "r")
        await pilot.pause()
        assert pilot.app.told == [("resumed", "20260108-025900-dddddd")]


async def test_shift_r_rehearses_a_runbook_or_the_section_of_an_alert_and_nothing_else(trail: Path) -> None:
    async with shown_with(trail).run_test(size=(120, 40)) as pilot:
        await filled(pilot)
        await pilot.press("tab", "R", "down", "down", "R", "end", "R")
        await pilot.press("slash", *"redismem", "tab", "R")
        await pilot.pause()
        assert pilot.app.told == [
            ("rehearsal", DISK.path, None),
            ("rehearsal", REDIS.path, ("Resolution", "Flush")),
        ]


class NeverOpened:
    """An opener that is refused at once."""

    def read(self) -> None:
        raise UsageError("no rehearsal today")

    def close(self) -> None:
        """There is no host."""


async def test_a_rehearsal_from_the_library_is_the_command_and_comes_back_when_it_is_refused(
    trail: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Sequence[str]] = []
    monkeypatch.setattr("tui.app.opener_of", lambda words: asked.append(words) or NeverOpened())
    library = LibraryScreen(trail, os.environ, directory=Path("/srv"), now=lambda: NOW, library=StandIn(ALL))
    app: Any = OncueApp(library=lambda: library)
    app.library = library
    async with app.run_test(size=(120, 40)) as pilot:
        await filled(pilot)
        await pilot.press(*"redismem", "tab", "R")
        await until(pilot, lambda: [one.message for one in app._notifications] == ["no rehearsal today"])
        assert app.screen is library
        assert asked == [("rehearse", REDIS.path, "--section", "Resolution › Flush")]


async def test_h_asks_for_the_history_only_outside_the_find_line(trail: Path) -> None:
    async with shown_with(trail).run_test(size=(80, 24)) as pilot:
        await filled(pilot)
        await pilot.press("h")
        assert pilot.app.library.query_one(FindLine).value == "h"
        await pilot.press("escape", "tab", "h")
        await pilot.pause()
        assert pilot.app.told == [("history",)]


async def test_slash_and_tab_lead_back_to_the_find_line_and_escape_clears_it(trail: Path) -> None:
    async with shown_with(trail).run_test(size=(80, 24)) as pilot:
        await filled(pilot)
        for keys in (("slash",), ("tab", "tab"), ("tab", "slash")):
            await pilot.press(*"disk", "tab", *keys)
            assert isinstance(pilot.app.focused, FindLine)
            await pilot.press("escape")
            assert len(titles(pilot.app)) == 6


async def test_q_leaves(trail: Path) -> None:
    app = shown_with(trail)
    async with app.run_test(size=(80, 24)) as pilot:
        await filled(pilot)
        await pilot.press("tab", "q")
    assert app.return_value == 0


async def test_every_key_is_explained(trail: Path) -> None:
    async with shown_with(trail).run_test(size=(80, 24)) as pilot:
        await filled(pilot)
        await pilot.press("tab", "question_mark")
        await pilot.pause()
        assert isinstance(pilot.app.screen, KeysScreen)
        keys = {key for key, _ in pilot.app.screen._keys}
        assert keys == {"enter", "r", "R", "h", "tab /", "tab", "esc", "f5", "?", "q"}
        await pilot.press("escape")
        assert pilot.app.screen is pilot.app.library


async def test_f5_looks_again_and_the_cursor_stays_where_it_was(trail: Path) -> None:
    app = shown_with(trail)
    async with app.run_test(size=(80, 24)) as pilot:
        await filled(pilot)
        await pilot.press("down", "down")
        looks = app.library._library.looks
        await pilot.press("f5")
        await filled(pilot)
        assert app.library._library.looks == looks + 1
        assert app.library.rows.key == DISK.path


async def test_a_reading_process_that_ends_is_said_and_started_again(trail: Path) -> None:
    app = shown_with(trail)
    async with app.run_test(size=(120, 40)) as pilot:
        await filled(pilot)
        app.library._library.close()
        await until(pilot, lambda: "reading has stopped, look again" in shown(app))
        await pilot.press("f5")
        await until(pilot, lambda: "reading has stopped" not in shown(app))


# When there is nothing, or something is wrong.


async def test_an_empty_library_says_where_it_looked_and_how_to_begin(tmp_path: Path) -> None:
    app = shown_with(tmp_path / "audit.db", [ALL[0], AllFound(), AllRead()])
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "No runbook was found." in shown(app))
        said = shown(app)
        for words in (
            "/srv/runbooks and every folder below it",
            "/srv and the folders in it",
            'library = ["~/ops/runbooks"]',
            "`oncue run FILE`",
        ):
            assert words in said
        await pilot.press("enter", "tab", "r", "down", "enter", "h")
        await pilot.pause()
        assert app.told == [("history",)]


async def test_settings_that_cannot_be_used_are_told_with_their_line(tmp_path: Path) -> None:
    app = shown_with(tmp_path / "audit.db", [LookupRefused("/srv/oncue.toml:3: `colour` is not a setting")])
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "/srv/oncue.toml:3: `colour` is not a setting" in shown(app))


async def test_a_trail_that_cannot_be_read_hides_no_runbook(tmp_path: Path) -> None:
    (tmp_path / "audit.db").write_text("not a database at all, but long enough to be looked at" * 30)
    app = shown_with(tmp_path / "audit.db")
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.library._shelf.is_read and app.library._trail_problem)
        await until(pilot, lambda: "the trail cannot be read" in shown(app))
        assert "it is not an SQLite database" in facts(app)
        assert "Disk almost full" in titles(app)


async def test_nothing_a_document_says_is_taken_for_markup_or_obeyed(tmp_path: Path) -> None:
    bad = "[red]x[/] [/] \x1b]52;c;YQ==\x07\x9b6n \u202e"
    entry = Entry(
        f"/srv/{bad}.md", bad, True, "x", "procedure", bad, bad, bad, alerts=((bad, (bad,)),), problems=(bad,)
    )
    VERDICTS[entry.path] = Worst("unknown", bad, bad, 1)
    try:
        app = shown_with(
            tmp_path / "audit.db", [LookedIn(()), Glanced({entry.path: bad}), AllFound(), entry, AllRead()]
        )
        async with app.run_test(size=(200, 60)) as pilot:
            await until(pilot, lambda: app.library._shelf.worst)
            await pilot.press(*"red")
            await until(pilot, lambda: "alert [red]x[/] [/] ^[]52;c;YQ==^G<U+009B>6n <U+202E>" in shown(app))
            assert not any(character in shown(app) for character in "\x1b\x07\x9b\u202e")
    finally:
        del VERDICTS[entry.path]


@pytest.mark.parametrize("size", [(20, 6), (40, 12), (300, 90)])
async def test_it_can_be_resized_at_any_moment(trail: Path, size: tuple[int, int]) -> None:
    async with shown_with(trail).run_test(size=(120, 40)) as pilot:
        await pilot.resize_terminal(*size)
        await filled(pilot)
        await pilot.press("down", "down")
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert pilot.app.library.rows.key == DISK.path


async def test_a_real_folder_is_read_by_a_real_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "runbooks").mkdir()
    (tmp_path / "runbooks" / "redis.md").write_text("# Redis is full\n\n```bash\nredis-cli FLUSHALL\n```\n")
    app = Shown(tmp_path / "audit.db", Library, tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "‼ dangerous" in shown(app))
        process = app.library._library._process
        await pilot.press("enter")
        await pilot.pause()
        assert app.told == [("chosen", str(tmp_path / "runbooks" / "redis.md"), None)]
    assert process.poll() is not None


def test_the_cockpits_process_reads_no_document_itself() -> None:
    screens = "import tui.screens.library, tui.screens.history, tui.screens.past_run"
    heavy = {"sqlmodel", "sqlalchemy", "sqlglot", "tree_sitter", "markdown_it", "pexpect", "yaml"}
    program = f"import sys\n{screens}\nprint(sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], text=True, capture_output=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_library_looks_as_it_should(snap_compare: Any, trail: Path, size: tuple[int, int]) -> None:
    async def ready(pilot: Pilot[Any]) -> None:
        await filled(pilot)
        await pilot.press("down", "down", "down")
        await pilot.pause()

    assert snap_compare(shown_with(trail), run_before=ready, terminal_size=size)


def test_an_empty_library_looks_as_it_should(snap_compare: Any, tmp_path: Path) -> None:
    app = shown_with(tmp_path / "audit.db", [ALL[0], AllFound(), AllRead()])

    async def ready(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: app.library.query_one("#empty > Static", Static).region.height > 2)

    assert snap_compare(app, run_before=ready, terminal_size=(80, 24))
