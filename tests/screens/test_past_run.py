"""One past run, looked into: what ran, what was known, who let it run, what it printed. Looking is recorded."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from support.modals import shown, until
from support.past_trails import NOW, PastTrail, write_past
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Static
from unit.trail.books import tampering

from engine import events as e
from tui.screens.keys import KeysScreen
from tui.screens.past_run import PastRunScreen
from tui.themes import register_themes
from tui.widgets.facts import Facts
from tui.widgets.output_pane import OutputPane
from tui.widgets.row_list import RowList

SIZES = [(80, 24), (120, 40), (200, 60)]
DONE, LEFT_OPEN = "20260105-031200-cccccc", "20260108-025900-dddddd"


class Shown(App[int]):
    def __init__(self, trail: Path, run_id: str = DONE) -> None:
        super().__init__()
        self.past_run = PastRunScreen(trail, run_id, {}, now=lambda: NOW)

    def on_mount(self) -> None:
        register_themes(self)
        self.push_screen(self.past_run)


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


@pytest.fixture
def trail(tmp_path: Path) -> Path:
    return write_past(tmp_path / "audit.db")


async def settled(pilot: Pilot[Any]) -> None:
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def facts(app: App[Any]) -> str:
    return "\n".join(one.plain.rstrip() for one in app.screen.query_one(Facts)._lines(100))


def accesses(trail: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(trail)) as connection:
        return connection.execute("SELECT action, run_id FROM ledger WHERE action = 'viewed'").fetchall()


async def test_who_ran_it_when_and_its_last_hash_stand_on_top(trail: Path) -> None:
    async with Shown(trail).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        first, second = str(pilot.app.screen.query_one("#heading", Static).content).split("\n")
        when = "started 2026-01-05 03:12"
        assert first == f"run {DONE} · {when} by alice@bastion (pts/3 from 192.0.2.7)"
        assert len(second) == len("head ") + 64


async def test_the_run_itself_tells_its_inputs_notes_and_place(trail: Path) -> None:
    async with Shown(trail).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        said = facts(pilot.app)
        assert "in         /srv/runbooks" in said
        assert "input      host = redis.prod  (--var)" in said
        assert "input      password = [secret:password]  (typed)" in said
        assert "note       2026-01-05 03:14 alice: evictions do not keep up" in said
        assert "progress   2 of 4 steps ran, 2 skipped or done by hand" in said


async def test_a_step_tells_its_checklist_its_verdict_its_answer_and_its_output(trail: Path) -> None:
    async with Shown(trail).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("down")
        await settled(pilot)
        assert "☑ the DBA on call knows" in facts(pilot.app)
        assert "☒ the status page says degraded  (waived: nobody is awake)" in facts(pilot.app)
        await until(pilot, lambda: "used_memory_human:3.98G" in shown(pilot.app))
        await pilot.press("down")
        await settled(pilot)
        said = facts(pilot.app)
        for line in (
            "edited     by alice, 2026-01-05 03:14",
            "    - redis-cli FLUSHALL",
            "    + redis-cli FLUSHDB",
            "verdict    ‼ dangerous · data destruction · removes every key of db 0 on redis.prod",
            "hits       redis.prod/0",
            "answer     its target typed, “redis.prod/0”",
            "ended      ✔ succeeded · exit 0 · 310 ms · 4 bytes of output",
            "note       2026-01-05 03:14 alice: evictions do not keep up",
        ):
            assert line in said.split("\n")


async def test_every_attempt_can_be_looked_at(trail: Path) -> None:
    async with Shown(trail).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("down", "down", "down")
        await settled(pilot)
        assert "✘ failed · exit 1" in facts(pilot.app)
        await until(pilot, lambda: "(error) timeout" in shown(pilot.app))
        await pilot.press("down")
        await until(pilot, lambda: "(error) timeout" not in shown(pilot.app))


async def test_what_did_not_run_says_why(trail: Path) -> None:
    async with Shown(trail).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("end", "up")
        await settled(pilot)
        assert "step       – skipped: traffic warms it" in facts(pilot.app)
        await pilot.press("down")
        await settled(pilot)
        assert "step       ✔ done: called Carol" in facts(pilot.app)
        assert "nothing has run" in shown(pilot.app)


async def test_looking_into_a_run_is_recorded_once_for_each_look(trail: Path) -> None:
    async with Shown(trail).run_test() as pilot:
        await settled(pilot)
        await pilot.press("down", "up", "f5")
        await settled(pilot)
    assert accesses(trail) == [("viewed", DONE), ("viewed", DONE)]


async def test_a_trail_that_cannot_be_written_is_shown_all_the_same_and_that_is_said(
    trail: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.past_run.record_access", lambda *_: "that this was viewed could not be recorded: full")
    async with Shown(trail).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        heading = str(pilot.app.screen.query_one("#heading", Static).content)
        assert heading.endswith("! that this was viewed could not be recorded: full")


async def test_a_run_whose_host_died_leaves_its_step_unknown(tmp_path: Path) -> None:
    trail = PastTrail(tmp_path / "audit.db")
    trail.begin("20260108-025900-eeeeee", 0.01)
    trail.say(e.StepStarted(step_id="check", attempt=1, session="shell", text="sleep 100"))
    trail.close()
    async with Shown(tmp_path / "audit.db", "20260108-025900-eeeeee").run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("down")
        await settled(pilot)
        assert "step       ? unknown" in facts(pilot.app)


@pytest.mark.parametrize(
    ("run_id", "harm", "sentence"),
    [
        ("20990101-000000-ffffff", "SELECT 1", "There is no run 20990101-000000-ffffff"),
        (DONE, "UPDATE event SET payload = '{' WHERE seq = 3", "cannot be read back"),
        (DONE, "UPDATE event SET action = 'danced' WHERE seq = 3", "of the unknown kind 'danced'"),
    ],
)
async def test_what_cannot_be_read_is_a_sentence(trail: Path, run_id: str, harm: str, sentence: str) -> None:
    with tampering(trail) as connection:
        connection.execute(harm)
    async with Shown(trail, run_id).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert sentence in str(pilot.app.screen.query_one("#problem", Static).content)
        await pilot.press("down", "tab", "f5", "slash", "n", "y")
        await settled(pilot)
        await pilot.press("escape")
        assert not isinstance(pilot.app.screen, PastRunScreen)


async def test_all_parts_are_reached_by_tab_and_the_output_has_keys_of_its_own(trail: Path) -> None:
    async with Shown(trail).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("down")
        await settled(pilot)
        reached = []
        for _ in range(3):
            reached.append(pilot.app.focused.id or pilot.app.focused.parent.id)
            await pilot.press("tab")
        assert reached == ["parts", "details", "output"]
        assert pilot.app.focused is pilot.app.screen.query_one(RowList)


async def test_the_keys_are_explained_and_escape_leads_back_step_by_step(trail: Path) -> None:
    async with Shown(trail).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("question_mark")
        await pilot.pause()
        assert isinstance(pilot.app.screen, KeysScreen)
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, PastRunScreen)
        await pilot.press("escape")
        assert not isinstance(pilot.app.screen, PastRunScreen)


async def test_nothing_a_trail_holds_is_taken_for_markup_or_obeyed(tmp_path: Path) -> None:
    bad = "[red]x[/] [/] \x1b]52;c;YQ==\x07\x9b6n \u202e"
    trail = PastTrail(tmp_path / "audit.db")
    trail.begin("20260108-025900-eeeeee", 0.01, title=bad, path=bad, incident=bad)
    trail.say(e.Noted(text=bad), e.VariableSet(name="[/]", value=bad, source=bad))
    trail.step("check", 1, b"\x1b]0;owned\x07\x1bPq\x1b\\\x1b[6nplain\x1bc\r\n", text=bad, why=bad, target=bad)
    trail.close()
    async with Shown(tmp_path / "audit.db", "20260108-025900-eeeeee").run_test(size=(200, 60)) as pilot:
        await settled(pilot)
        assert "[red]x[/] [/] ^[]52;c;YQ==^G<U+009B>6n <U+202E>" in shown(pilot.app)
        await pilot.press("down")
        await until(pilot, lambda: "plain" in shown(pilot.app))
        assert not any(character in shown(pilot.app) for character in "\x1b\x07\x9b\u202e")


@pytest.mark.parametrize("size", [(20, 6), (40, 12), (99, 30), (300, 90)])
async def test_it_can_be_resized_at_any_moment(trail: Path, size: tuple[int, int]) -> None:
    async with Shown(trail).run_test(size=(120, 40)) as pilot:
        await pilot.resize_terminal(*size)
        await settled(pilot)
        await pilot.press("down", "down")
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert pilot.app.screen.query_one(RowList).key == "flush"
        assert pilot.app.screen.query_one(OutputPane).region.height > 2


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_a_past_run_looks_as_it_should(snap_compare: Any, trail: Path, size: tuple[int, int]) -> None:
    async def ready(pilot: Pilot[Any]) -> None:
        await settled(pilot)
        await pilot.press("down", "down")
        await until(pilot, lambda: "OK" in shown(pilot.app))
        await settled(pilot)

    assert snap_compare(Shown(trail), run_before=ready, terminal_size=size)


async def test_a_dry_run_stands_below_its_step_and_not_for_it(tmp_path: Path) -> None:
    trail = PastTrail(tmp_path / "audit.db")
    trail.begin(LEFT_OPEN, 0.01)
    trail.step("check", 1, b"17 keys\r\n", text="redis-cli DBSIZE", dry_run=True)
    trail.close()
    async with Shown(tmp_path / "audit.db", LEFT_OPEN).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("down")
        await settled(pilot)
        assert "step       ○ pending" in facts(pilot.app)
        assert "DBSIZE" not in facts(pilot.app)
        assert "17 keys" not in shown(pilot.app)
        await pilot.press("down")
        await until(pilot, lambda: "17 keys" in shown(pilot.app))
        assert "ended      ✔ dry run succeeded · exit 0 · 310 ms · 9 bytes of output" in facts(pilot.app)
        assert "output of attempt 1, dry run" in shown(pilot.app)
