"""What is on the screen before a run is: the picture painted at once, and the live frame in its place."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.cockpit import Desk, cockpit
from textual.app import App
from textual.events import Key

from engine.output import visible
from tui.app import OncueApp
from tui.opening import Opened
from tui.prepaint import clean, document_of, headings_of, picture, scan
from tui.screens.run import RunScreen
from tui.screens.starting import StartingScreen
from tui.themes import register_themes

SEQUENCE = re.compile(r"\x1b\[[?0-9;]*[a-zA-Z]")
DOCUMENT = "# Restart\n\n## Look\n\n```bash\nuptime\n```\n"


@pytest.mark.parametrize(
    ("words", "document"),
    [
        ("run page.md", "page.md"),
        ("run page.md --section Look --yes", "page.md"),
        ("run page.md --audit --strange", "page.md"),
        ("run", None),
        ("run --yes page.md", None),
        ("run page.md --plain", None),
        ("run page.md --pl", None),
        ("run page.md -h", None),
        ("run page.md --help", None),
        ("run page.md --he", None),
        ("steps page.md", None),
        ("resume", None),
        ("", None),
    ],
)
def test_a_picture_is_painted_only_where_a_screen_is_surely_meant(words: str, document: str | None) -> None:
    assert document_of(words.split()) == document


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("# Title\n\n## One\n\n### Deeper\n\n## Two\n", ["Title", "One", "Two"]),
        ("# Closed #\n", ["Closed"]),
        ("---\n# a comment\nowner: x\n---\n# Title\n", ["Title"]),
        ("# Title\n```bash\n# 1. Look\n```\n## After\n", ["Title", "After"]),
        ("# Title\n~~~\n```\n# in it\n~~~\n## After\n", ["Title", "After"]),
        ("- item\n  ```\n# in it\n  ```\n## After\n", ["After"]),
        ("#No heading\n#\n", []),
        ("", []),
    ],
)
def test_headings_are_those_that_no_fence_and_no_front_matter_holds(text: str, found: list[str]) -> None:
    assert headings_of(text.splitlines()) == found


@pytest.mark.parametrize(
    ("data", "title"),
    [
        (b"\xef\xbb\xbf# Title\r\n\r\n## One\r\n", "Title"),
        (b"# Caf\xe9\n", "Caf\ufffd"),
        (b"no heading at all\n", "page.md"),
        (b"", "page.md"),
    ],
)
def test_a_document_of_any_kind_has_a_title(data: bytes, title: str, tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_bytes(data)
    found = scan(str(path))
    assert found is not None
    assert found[0] == title


def test_what_is_no_ordinary_file_is_not_even_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.md")
    for name in (tmp_path / "fifo.md", tmp_path, tmp_path / "absent.md", "a\0b"):
        assert scan(str(name)) is None


@given(st.text())
def test_no_character_of_a_document_reaches_the_terminal_that_it_would_obey(text: str) -> None:
    shown = clean(text, 10_000)
    assert shown.isprintable()
    assert clean(shown, 10_000) == shown


@pytest.mark.parametrize("text", ["\x1b]52;c;eA==\a", "\x9b2J", "a\x00b\x7f", "\u202eabc", "plain [red]x[/]"])
def test_characters_are_spelled_as_they_are_everywhere(text: str) -> None:
    assert clean(text, 100) == f" {visible(text)}"


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (20, 6), (200, 60)])
def test_a_picture_fits_the_terminal(columns: int, rows: int) -> None:
    lines = SEQUENCE.sub("", picture("T" * 300, ["H" * 300] * 100, columns, rows)).split("\r\n")
    assert len(lines) < rows
    assert max(map(len, lines)) < columns


@pytest.mark.parametrize("headings", [["Look"], ["One", "Two  words", "[red]Three[/]", "Four\x1b[2J"]])
async def test_the_live_frame_has_the_same_words_at_the_same_places(headings: Sequence[str]) -> None:
    class Frame(App[None]):
        def on_mount(self) -> None:
            register_themes(self)
            self.push_screen(StartingScreen("Restart", headings))

    app = Frame()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        strips = app.screen._compositor.render_strips()
    live = ["".join(segment.text for segment in strip).rstrip() for strip in strips]
    painted = SEQUENCE.sub("", picture("Restart", list(headings), 80, 24)).split("\r\n")
    assert live[: len(painted)] == [line.rstrip() for line in painted]
    assert not any(live[len(painted) :])


async def test_a_key_counts_from_the_first_frame_of_the_run_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    show_run = OncueApp._show_run

    def show_run_to_somebody_hasty(app: OncueApp, opened: Opened) -> None:
        show_run(app, opened)
        for key in ("enter", "q"):
            event = Key(key, None)
            event.set_sender(app)
            assert app._driver is not None
            app._driver.send_message(event)

    monkeypatch.setattr(OncueApp, "_show_run", show_run_to_somebody_hasty)
    async with cockpit(Desk(tmp_path, DOCUMENT)) as one:
        assert isinstance(one.screen, RunScreen)
        assert one.state.attempts == {}
        assert one.notice == ""
        await one.press("enter")
        await one.settled()
        assert [attempt.text for attempt in one.state.attempts.values()] == ["uptime"]
