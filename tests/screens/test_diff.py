"""Two runs step by step on a screen: what differs, what is shown of it, and every key."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from support.modals import shown, until
from support.past_trails import NOW, PLAN, PastTrail
from textual.pilot import Pilot
from textual.widgets import Static
from unit.trail.books import tampering

import tui.app
from engine import events as e
from engine.trail.outputs import TrailOutputs
from tui import diff_words
from tui.app import OncueApp
from tui.diff_words import HIT, LONGEST_LINE
from tui.screens.diff import DIFFERENT, LEFT, SAME, DiffScreen
from tui.screens.keys import KeysScreen
from tui.screens.past_run import PastRunScreen
from tui.widgets.key_row import KeyRow
from tui.widgets.side_by_side import ROOMY, SideBySide

TUESDAY, SATURDAY = "20260105-031200-aaaaaa", "20260108-025900-bbbbbb"
SIZES = [(80, 24), (120, 40), (200, 60)]


class Shown(OncueApp):
    CSS_PATH = Path(tui.app.__file__).with_name("app.tcss")

    def __init__(self, trail: Path, before: str = TUESDAY, after: str = SATURDAY) -> None:
        self.copied: list[str] = []
        self.answered: int | None = None
        super().__init__(library=lambda: DiffScreen(trail, before, after, {}, now=lambda: NOW))

    def copy_to_clipboard(self, text: str) -> None:
        self.copied.append(text)

    def leave(self, code: int | None, last_words: str = "") -> None:
        self.answered = code
        super().leave(code, last_words)


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


@pytest.fixture
def trail(tmp_path: Path) -> Path:
    """The same four steps twice; the first is the same, the last is skipped in one and done by hand in the other."""
    path = tmp_path / "audit.db"
    with closing(PastTrail(path)) as written:
        written.begin(TUESDAY, 3, incident="INC-4211")
        written.say(e.VariableSet(name="host", value="redis.test"), e.ItemTicked(item_id="dba"))
        written.step("check", 1, b"03:12:40 used_memory_human:3.98G\r\n")
        written.step("flush", 2, b"3 replicas: ready\r\nOK\r\n", text="redis-cli -n 0 FLUSHDB")
        written.step("warm", 3, b"warmed\r\n", text="warm --all")
        written.say(e.StepSkipped(step_id="call", reason="nobody was hit"), e.RunEnded(outcome="done"))
        written.begin(SATURDAY, 0.01, incident="INC-4212")
        written.say(e.VariableSet(name="host", value="redis.prod"), e.ItemTicked(item_id="dba"))
        written.step("check", 1, b"02:59:03 used_memory_human:3.98G\r\n")
        written.step(
            "flush",
            2,
            b"2 replicas: ready\r\n(error) timeout\r\n",
            "failed",
            text="redis-cli -n 1 FLUSHDB",
            level="dangerous",
            category="data_destruction",
            why="removes every key of db 1",
            target="redis.prod/1",
        )
        written.step("warm", 3, b"warmed\r\n", text="warm --all")
        written.say(e.StepDone(step_id="call", note="called Carol"))
    return path


async def settled(pilot: Pilot[Any]) -> None:
    await pilot.app.workers.wait_for_complete()
    await until(pilot, lambda: diff(pilot)._ended is not None or not diff(pilot).is_mounted)
    await pilot.pause()


def diff(pilot: Pilot[Any]) -> DiffScreen:
    return next(screen for screen in pilot.app.screen_stack if isinstance(screen, DiffScreen))


def keys(pilot: Pilot[Any]) -> list[str]:
    return [entry.key for entry in diff(pilot)._entries]


def told(pilot: Pilot[Any], width: int = 80) -> list[str]:
    """The details, as they would be at a width."""
    return [line.plain.rstrip() for line in diff(pilot).query_one(SideBySide).lines(width)]


async def test_every_step_says_by_sign_and_word_whether_it_differs_and_in_what(trail: Path) -> None:
    async with Shown(trail).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        rows = diff(pilot).rows
        lines = [" ".join(rows.render_line(y).text.split()) for y in range(1, 6)]
        assert lines == [
            "▸~ differs ≡ the runs as a whole outcome, input host",
            "= same Check memory",
            "~ differs Flush the cache status, exit status, verdict, target, tex…",
            "= same Warm the cache",
            "~ differs Tell support status, reason",
        ]


async def test_the_runs_themselves_are_told_above_everything_and_in_the_first_row(trail: Path) -> None:
    async with Shown(trail).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        heading = str(diff(pilot).query_one("#heading", Static).content).split("\n")
        assert heading == [
            f"- {TUESDAY} · 2026-01-05 03:12 · Redis is full · done",
            f"+ {SATURDAY} · 2026-01-08 02:57 · Redis is full · left open",
        ]
        assert told(pilot)[1:] == [
            f"run          - {TUESDAY}",
            f"             + {SATURDAY}",
            "began        - 2026-01-05 03:12",
            "             + 2026-01-08 02:57",
            "outcome      - done",
            "             + left open",
            "input host   - redis.test",
            "             + redis.prod",
        ]
        assert "different: 2 of 4 steps" in shown(pilot.app)


async def test_a_narrow_screen_tells_one_under_the_other(trail: Path) -> None:
    async with Shown(trail).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("n")
        assert told(pilot, ROOMY - 1) == [
            "Flush the cache",
            "status       - ✔ succeeded",
            "             + ✘ failed",
            "exit status  - 0",
            "             + 1",
            "verdict      - safe · only reads",
            "             + dangerous · data destruction · removes every key of db 1",
            "target       - nothing",
            "             + redis.prod/1",
            "took           310 ms",
            "text         ~ redis-cli -n [-0-]{+1+} FLUSHDB",
            "output       ~ [-3-]{+2+} replicas: ready",
            "             - OK",
            "             + (error) timeout",
        ]


async def test_a_wide_one_has_them_side_by_side(trail: Path) -> None:
    async with Shown(trail).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("n")
        lines = [" ".join(line.split()) for line in told(pilot, ROOMY)]
        assert lines == [
            "Flush the cache",
            "status - ✔ succeeded │ + ✘ failed",
            "exit status - 0 │ + 1",
            "verdict - safe · only reads │ + dangerous · data destruction ·",
            "│ removes every key of db 1",
            "target - nothing │ + redis.prod/1",
            "took 310 ms │ 310 ms",
            "text ~ redis-cli -n [-0-] FLUSHDB │ ~ redis-cli -n {+1+} FLUSHDB",
            "output ~ [-3-] replicas: ready │ ~ {+2+} replicas: ready",
            "- OK │",
            "│ + (error) timeout",
        ]


async def test_a_step_that_is_the_same_says_so_and_how_it_stood(trail: Path) -> None:
    async with Shown(trail).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("down")
        assert told(pilot, 200)[1:] == [
            f"{'status':<13}  {'✔ succeeded':<90} │   ✔ succeeded",
            f"{'took':<13}  {'310 ms':<90} │   310 ms",
            "Nothing differs. Times, ids, durations and numbers of processes in an output are no difference.",
        ]


async def test_what_only_one_run_has_is_said(tmp_path: Path) -> None:
    with closing(PastTrail(tmp_path / "audit.db")) as written:
        written.begin(TUESDAY, 3, plan=PLAN[:2])
        written.begin(SATURDAY, 1, plan=PLAN[1:])
    async with Shown(tmp_path / "audit.db").run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        signs = [diff_words.COLUMNS[0].cell(entry)[0] for entry in diff(pilot)._entries]
        assert signs == ["= same", "- only first", "= same", "+ only second", "+ only second"]
        await pilot.press("n")
        assert told(pilot) == [
            "Check memory",
            "Only the first run has this step.",
            "status       - ○ pending",
            "             + nothing",
        ]


# Keys.


async def test_n_goes_from_difference_to_difference_and_shift_n_back(trail: Path) -> None:
    async with Shown(trail).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        walked = []
        for key in ("n", "n", "n", "N", "N", "N"):
            await pilot.press(key)
            walked.append(diff(pilot).rows.key)
        assert walked == ["1", "3", "3", "1", "runs", "runs"]


async def test_d_shows_only_what_differs_and_then_everything_again(trail: Path) -> None:
    async with Shown(trail).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("down", "down", "d")
        assert keys(pilot) == ["runs", "1", "3"]
        assert diff(pilot).rows.key == "1"
        assert "3 shown" in shown(pilot.app)
        await pilot.press("d")
        assert keys(pilot) == ["runs", "0", "1", "2", "3"]
        assert diff(pilot).rows.key == "1"


async def test_words_are_found_in_titles_texts_and_outputs_and_lit_where_they_stand(trail: Path) -> None:
    async with Shown(trail).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        for words, found in (("tell", ["3"]), ("flushdb", ["1"]), ("TIMEOUT", ["1"]), ("same", ["0", "2"]), ("zz", [])):
            await pilot.press("slash", *words)
            await pilot.pause()
            assert keys(pilot) == found, words
            lines = diff(pilot).query_one(SideBySide).lines(80)
            lit = "".join(line.plain[one.start : one.end] for line in lines for one in line.spans if one.style == HIT)
            assert lit.casefold() == ("" if words in ("same", "zz") else words.casefold())
            await pilot.press("escape")
            assert len(keys(pilot)) == 5
        assert pilot.app.screen is diff(pilot)


async def test_what_finds_nothing_says_so_and_the_keys_go_on_working(trail: Path) -> None:
    async with Shown(trail).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("slash", *"zz", "enter", "n", "N", "y", "enter", "down", "d")
        await pilot.pause()
        assert "“zz” stands nowhere" in str(diff(pilot).query_one("#empty > Static", Static).content)
        assert pilot.app.copied == []
        await pilot.press("escape")
        assert keys(pilot) == ["runs", "1", "3"]


async def test_letters_are_typed_in_the_find_line_and_arrows_move_in_the_list(trail: Path) -> None:
    async with Shown(trail).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("slash", *"nd", "down")
        assert diff(pilot).find_line.value == "nd"
        await pilot.press("enter")
        assert pilot.app.focused is diff(pilot).rows


async def test_y_copies_what_oncue_diff_would_print_of_the_step(trail: Path) -> None:
    async with Shown(trail).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("n", "n", "y")
        assert pilot.app.copied == [
            "~ Tell support\n    status: skipped → done\n    reason: nobody was hit → called Carol"
        ]


@pytest.mark.parametrize(("key", "run_id"), [("1", TUESDAY), ("2", SATURDAY)])
async def test_either_run_can_be_opened_in_full(trail: Path, key: str, run_id: str) -> None:
    async with Shown(trail).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press(key)
        await until(pilot, lambda: isinstance(pilot.app.screen, PastRunScreen))
        assert pilot.app.screen._run_id == run_id
        await pilot.app.workers.wait_for_complete()
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, DiffScreen)


@pytest.mark.parametrize("key", ["tab", "enter"])
async def test_the_details_are_reached_and_scroll_and_lead_back(trail: Path, key: str) -> None:
    async with Shown(trail).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("n", key)
        details = diff(pilot).details
        assert pilot.app.focused is details
        await pilot.press("end")
        await until(pilot, lambda: details.scroll_y > 0)
        assert "(error) timeout" in shown(pilot.app)
        await pilot.press(key)
        assert pilot.app.focused is diff(pilot).rows


async def test_f5_compares_again_and_each_look_is_recorded(trail: Path) -> None:
    async with Shown(trail).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        with closing(PastTrail(trail)) as more:
            more.begin("20260108-030000-cccccc", 0.001)
        await pilot.press("f5")
        await settled(pilot)
        assert len(keys(pilot)) == 5
    with closing(sqlite3.connect(trail)) as connection:
        looks = connection.execute("SELECT run_id FROM ledger WHERE action = 'compared' ORDER BY rowid").fetchall()
    assert [run_id for (run_id,) in looks] == [TUESDAY, SATURDAY] * 2


async def test_the_keys_stand_in_the_footer_and_are_explained(trail: Path) -> None:
    async with Shown(trail).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        row = diff(pilot).query_one(KeyRow).render().plain
        for words in ("n next difference", "d only what differs", "/ find", "y copy", "esc back", "? help"):
            assert words in row
        await pilot.press("question_mark")
        await pilot.pause()
        assert isinstance(pilot.app.screen, KeysScreen)


# The end.


@pytest.mark.parametrize(("after", "answer"), [(TUESDAY, SAME), (SATURDAY, DIFFERENT)])
@pytest.mark.parametrize("key", ["escape", "q", "ctrl+q"])
async def test_leaving_answers_as_diff_does(trail: Path, key: str, after: str, answer: int) -> None:
    app = Shown(trail, TUESDAY, after)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press(key)
    assert app.answered == answer


async def test_leaving_does_not_wait_for_what_is_still_to_be_read(trail: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An output without an end."""
    began = threading.Event()

    def endless(_self: object, _attempt: int, _start: int) -> Iterator[bytes]:
        while True:
            began.set()
            yield b""

    monkeypatch.setattr(TrailOutputs, "read", endless)
    app = Shown(trail)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: began.is_set() and diff(pilot)._begun)
        assert "comparing 0 of 4 …" in shown(pilot.app)
        diff(pilot)._begun = diff(pilot)._begun._replace(facts={})
        await pilot.press("q")
    assert app.answered == LEFT


# What is not as it should be.


@pytest.mark.parametrize(
    ("after", "harm", "sentence"),
    [
        ("20990101-000000-ffffff", "SELECT 1", "There is no run whose id begins with '20990101-000000-ffffff'"),
        (SATURDAY, "UPDATE event SET payload = '{' WHERE seq = 3", "cannot be read back"),
    ],
)
async def test_what_cannot_be_read_is_a_sentence(trail: Path, after: str, harm: str, sentence: str) -> None:
    with tampering(trail) as connection:
        connection.execute(harm)
    app = Shown(trail, TUESDAY, after)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert sentence in str(diff(pilot).query_one("#empty > Static", Static).content)
        await pilot.press("n", "N", "d", "tab", "enter", "y", "slash", "escape", "f5")
        await settled(pilot)
        await pilot.press("q")
    assert app.answered == LEFT


async def test_an_output_that_cannot_be_read_leaves_what_was_compared_before_it(trail: Path) -> None:
    with tampering(trail) as connection:
        connection.execute("UPDATE chunk SET data = x'00' WHERE attempt = 2")
    async with Shown(trail).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert keys(pilot) == ["runs", "0"]
        assert "! " in str(diff(pilot).query_one("#heading", Static).content)
        assert "not compared to the end" in shown(pilot.app)


async def test_nothing_that_is_compared_is_taken_for_markup_or_obeyed(tmp_path: Path) -> None:
    bad = "[red]x[/] [/] [-y-] \x1b]52;c;YQ==\x07\x9b6n \u202e"
    with closing(PastTrail(tmp_path / "audit.db")) as written:
        written.begin(TUESDAY, 3, title=bad)
        written.say(e.VariableSet(name="[/]", value=bad))
        written.step("check", 1, b"\x1b]0;owned\x07[/] a [-b-] c d\x1bPq\x1b\\\x1b[6n\r\n", text=bad, why=bad)
        written.begin(SATURDAY, 1, title=bad)
        written.step("check", 1, b"\x1b]0;owned\x07[/] a [-b-] c e\x1bc\r\n", text=f"{bad} z", why=f"{bad}!")
    async with Shown(tmp_path / "audit.db").run_test(size=(200, 60)) as pilot:
        await settled(pilot)
        await pilot.press("n")
        await settled(pilot)
        assert "[red]x[/] [/] [-y-] ^[]52;c;YQ==^G<U+009B>6n <U+202E>" in "\n".join(told(pilot, 200))
        assert "[/] a [-b-] c [-d-]{+e+}" in "\n".join(told(pilot, 80))
        await pilot.press("slash", *"[/]")
        await pilot.pause()
        assert not any(character in shown(pilot.app) for character in "\x1b\x07\x9b\u202e")


async def test_a_line_without_an_end_is_cut_and_that_is_said(tmp_path: Path) -> None:
    with closing(PastTrail(tmp_path / "audit.db")) as written:
        for run_id, days, letter in ((TUESDAY, 3, "a"), (SATURDAY, 1, "b")):
            written.begin(run_id, days)
            written.step("check", 1, b"", text=letter * (LONGEST_LINE + 5))
    async with Shown(tmp_path / "audit.db").run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("n")
        assert "b… 5 characters more" in told(pilot, 5000)[-1]


@pytest.mark.parametrize("size", [(20, 6), (40, 12), (169, 30), (300, 90)])
async def test_it_can_be_resized_at_any_moment(trail: Path, size: tuple[int, int]) -> None:
    async with Shown(trail).run_test(size=(120, 40)) as pilot:
        await pilot.resize_terminal(*size)
        await settled(pilot)
        await pilot.press("n", "enter", "end", "tab", "slash", "x", "escape")
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert diff(pilot).rows.key == "1"
        assert diff(pilot).details.region.height > 2


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_two_runs_look_as_they_should(snap_compare: Any, trail: Path, size: tuple[int, int]) -> None:
    async def ready(pilot: Pilot[Any]) -> None:
        await settled(pilot)
        await pilot.press("n")
        await settled(pilot)

    assert snap_compare(Shown(trail), run_before=ready, terminal_size=size)
