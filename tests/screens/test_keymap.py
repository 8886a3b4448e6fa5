"""Actions on other keys: what the screens bind, what they show, and where the settings come from."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.cockpit import Cockpit, Desk, cockpit
from textual.binding import Binding
from textual.dom import DOMNode

import tui.screens
import tui.widgets
from engine.config.actions import ACTIONS, EVERYWHERE
from engine.config.settings import THEMES
from engine.errors import UsageError
from tui.app import OncueApp
from tui.look import Look, glimpse, look_of
from tui.screens.help import HelpScreen
from tui.screens.keys import KeysScreen, keys_of
from tui.screens.library import LibraryScreen
from tui.themes import THEMES as OURS
from tui.widgets.key_row import KeyRow, key_name

DOCUMENT = (Path(__file__).parent / "redis.md").read_text()
NOT_MOVED = {"finding.find", "finding.keys", "finding.details", "past_run.next", "diff.part", "results.part"}
"""On tab, which moves everywhere."""
REBOUND = Look(keys={"note": "f2", "skip": "S,f8", "leave": "n", "paranoid": "full_stop"})


def rebound() -> Look:
    return REBOUND


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, DOCUMENT)


def bindings() -> Iterator[Binding]:
    """All that has an id, of every screen and widget there is."""
    for package in (tui.screens, tui.widgets):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            for one in vars(importlib.import_module(module.name)).values():
                if isinstance(one, type) and issubclass(one, DOMNode) and one.__module__ == module.name:
                    yield from (own for own in vars(one).get("BINDINGS", ()) if isinstance(own, Binding) and own.id)


def test_what_can_be_put_on_another_key_is_what_the_screens_bind() -> None:
    bound = {one.id: one.key for one in bindings()}
    assert {one: keys for one, keys in bound.items() if one not in NOT_MOVED} == {
        action: place.actions[action] for action, place in ACTIONS.items()
    }


def test_the_themes_that_can_be_configured_are_those_there_are() -> None:
    assert tuple(OURS) == THEMES


async def test_a_rebound_key_does_it_and_the_old_one_does_not(desk: Desk) -> None:
    async with cockpit(desk, look=rebound) as one:
        await one.press("f2")
        assert one.screen is not one.run
        await one.press("escape", "s")
        assert one.screen is one.run
        await one.press("f8")
        assert one.screen is not one.run


async def test_a_key_that_moved_to_another_action_does_that(desk: Desk) -> None:
    async with cockpit(desk, look=rebound) as one:
        await one.press("n")
        assert "Leave the run?" in one.text


async def test_the_footer_shows_the_keys_as_they_are_now(desk: Desk, tmp_path: Path) -> None:
    async with cockpit(desk) as one:
        assert {"n note", "s skip", "q leave"} <= set(one.offered)
    (folder := tmp_path / "again").mkdir()
    again = Desk(folder, DOCUMENT)
    async with cockpit(again, look=rebound) as one:
        assert {"f2 note", "S skip", "n leave"} <= set(one.offered)
        assert {"n note", "s skip", "q leave"}.isdisjoint(one.offered)


async def test_the_help_shows_the_keys_as_they_are_now(desk: Desk) -> None:
    async with cockpit(desk, (120, 60), look=rebound) as one:
        await one.press("question_mark")
        assert isinstance(one.screen, HelpScreen)
        assert lines_with(one, "ask before every step")[0].split()[1] == "."
        assert lines_with(one, "keep a note with the run")[0].split()[1] == "f2"


def lines_with(one: Cockpit, words: str) -> list[str]:
    return [line for line in one.text.split("\n") if words in line]


async def test_keys_of_the_library_can_be_others_too(tmp_path: Path) -> None:
    library = LibraryScreen(tmp_path / "audit.db", {"HOME": str(tmp_path)}, directory=tmp_path)
    app = OncueApp(library=lambda: library, look=lambda: Look(keys={"library.help": "f1,f12", "library.quit": "Q"}))
    async with app.run_test() as pilot:
        while not app.rebound:
            await pilot.pause()
        await pilot.press("tab")
        await pilot.pause()
        row = library.query_one(KeyRow).render().plain
        assert "f1 help" in row
        assert "Q quit" in row
        await pilot.press("f12")
        await pilot.pause()
        assert isinstance(app.screen, KeysScreen)
        assert ("f1 f12", "what can be done here") in keys_of(library)


async def test_ctrl_c_says_the_key_that_leaves(desk: Desk) -> None:
    async with cockpit(desk, look=rebound) as one:
        await one.press("ctrl+c")
        assert one.notice.startswith("Nothing is running. n leaves the run;")


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("question_mark", "?"),
        ("slash", "/"),
        ("full_stop", "."),
        ("escape", "esc"),
        ("enter", "enter"),
        ("space", "space"),
        ("up", "↑"),
        ("pagedown", "pgdn"),
        ("ctrl+p", "ctrl+p"),
        ("ctrl+shift+up", "ctrl+shift+up"),
        ("E", "E"),
        ("f2", "f2"),
    ],
)
def test_keys_are_called_as_people_call_them(key: str, shown: str) -> None:
    assert key_name(key) == shown


def test_no_action_is_on_a_key_that_is_the_same_everywhere() -> None:
    taken = {key for place in ACTIONS.values() for keys in place.actions.values() for key in keys.split(",")}
    assert taken & EVERYWHERE.keys() == {"ctrl+c"}


# Where they come from.


def own(home: Path, text: str) -> dict[str, str]:
    path = home / ".config" / "oncue" / "oncue.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return {"HOME": str(home)}


def test_without_a_file_everything_is_built_in(tmp_path: Path) -> None:
    assert look_of({"HOME": str(tmp_path)}) == Look("oncue-dark", {})
    assert glimpse({"HOME": str(tmp_path)}) == "oncue-dark"


def test_ones_own_file_says_theme_and_keys(tmp_path: Path) -> None:
    environ = own(tmp_path, 'theme = "oncue-light"  # at work\n[keys]\nnote = "f2"\n')
    assert look_of(environ) == Look("oncue-light", {"note": "f2"})
    assert glimpse(environ) == "oncue-light"


def test_the_first_frame_does_not_read_more_than_it_understands(tmp_path: Path) -> None:
    environ = own(tmp_path, 'theme = "monokai"\n')
    assert glimpse(environ) == "oncue-dark"
    with pytest.raises(UsageError, match=r"oncue\.toml:1: `theme` is 'monokai'"):
        look_of(environ)
    assert glimpse(environ, str(tmp_path / "missing.toml")) == "oncue-dark"


async def test_settings_that_cannot_be_read_leave_the_screen_usable_and_are_said(desk: Desk) -> None:
    def broken() -> Look:
        raise UsageError("/home/alice/oncue.toml:3: `keys.[red]nte` is no action")

    async with cockpit(desk, look=broken) as one:
        assert one.notice.endswith("/home/alice/oncue.toml:3: `keys.[red]nte` is no action")
        assert one.app.theme == "oncue-dark"
        assert "n note" in one.offered


async def test_settings_count_once_the_run_is_there(desk: Desk) -> None:
    async with cockpit(desk, look=lambda: Look("oncue-contrast", {"note": "f2"})) as one:
        assert one.app.theme == "oncue-contrast"
        assert "f2 note" in one.offered
