"""The question before a text runs: what answers it, and all that does not."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from support.modals import OPEN, Asked, rush, shown, still, until
from textual import events
from textual.app import App
from textual.containers import VerticalScroll
from textual.pilot import Pilot
from textual.widgets import Static

from engine.levels import Level
from engine.output import visible
from engine.permission import Passed
from engine.preparing import Prepared, not_judged
from tui.screens.gate import GateAnswer, GateScreen, Mode
from tui.settling import Settling
from tui.widgets.exact_text import rows_of
from tui.widgets.key_row import KeyRow
from tui.widgets.target_input import TargetInput

SMALL = (80, 24)
SIZES = [(80, 24), pytest.param((120, 40), marks=pytest.mark.slow), pytest.param((200, 60), marks=pytest.mark.slow)]
NATIVE = {"form": "kubectl -n production scale deploy/app --replicas=3 --dry-run=server", "grade": "native", "note": ""}
FLUSH = "redis-cli -h redis.prod FLUSHDB"


def prepared(level: Level = "caution", text: str = FLUSH, **more: Any) -> dict[str, Any]:
    """As the host answers to `prepare`."""
    verdict = {
        "level": level,
        "category": "data_destruction",
        "rule": "redis-flush",
        "why": "removes every key of database 0 on redis.prod",
        "span": [24, 31],
        "target": "redis.prod/0",
        "dry_run": None,
    }
    verdict |= {name: more.pop(name) for name in list(more) if name in verdict}
    plain = asdict(Prepared("flush", text, "shell", not_judged(text, "")))
    return {**plain, "verdict": verdict, **more}


def asked(asks: dict[str, Any] | None = None, settling: Settling | None = None, **more: Any) -> Asked:
    """The question, which takes keys as soon as it is painted where nothing else is said."""
    settling = settling or Settling(quiet=0, alone=0.001)
    title = more.pop("title", "Flush the session cache")
    return Asked(GateScreen(title, "redis.md:41", asks or prepared(), settling=settling, **more))


async def ready(pilot: Pilot[None]) -> None:
    await until(pilot, lambda: pilot.app.screen.focused is not None)


async def answered(pilot: Pilot[None]) -> None:
    app = pilot.app
    assert isinstance(app, Asked)
    await until(pilot, lambda: app.answer != OPEN)


def said(app: App[None]) -> str:
    return str(app.screen.query_one("#answer", Static).content)


# What lets it run.


@pytest.mark.parametrize(("level", "approval"), [("safe", "asked"), ("unknown", "confirmed"), ("caution", "confirmed")])
async def test_y_lets_run_what_is_not_dangerous(level: Level, approval: Any) -> None:
    app = asked(prepared(level))
    async with app.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await pilot.press("y")
        await answered(pilot)
    assert app.answer == GateAnswer("run", Passed(approval))


async def test_what_is_dangerous_runs_when_its_target_has_been_typed() -> None:
    app = asked(prepared("dangerous"))
    async with app.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await rush(pilot, *"redis.prod/0", "enter")
        await answered(pilot)
    assert app.answer == GateAnswer("run", Passed("typed", "redis.prod/0"))


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("y", "something else from character 1 on: y"),
        ("redis.prod", "2 characters to go"),
        ("redis.prod/", "1 character to go"),
        ("REDIS", "something else from character 1 on: REDIS"),
        ("redis.prod/00", "something else from character 13 on: 0"),
    ],
)
async def test_anything_but_the_target_does_not_let_it_run(typed: str, why: str) -> None:
    app = asked(prepared("dangerous"))
    async with app.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await rush(pilot, *typed, "enter")
        await until(pilot, lambda: said(app) == f"not run: {why}")
    assert app.answer == OPEN


@pytest.mark.parametrize(
    ("level", "why"),
    [
        ("safe", "y to run it; Enter alone does nothing here."),
        ("unknown", "y to run it; Enter alone does nothing here."),
        ("caution", "y to run it; Enter alone does nothing here."),
        ("dangerous", "Enter alone does nothing here: type redis.prod/0"),
    ],
)
async def test_enter_alone_does_nothing_and_says_so(level: Level, why: str) -> None:
    app = asked(prepared(level))
    async with app.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await pilot.press("enter", "enter", "space", "enter")
        assert said(app).endswith(why)
    assert app.answer == OPEN


@pytest.mark.parametrize("level", ["safe", "unknown", "caution", "dangerous"])
async def test_nothing_that_takes_the_focus_says_yes(level: Level) -> None:
    app = asked(prepared(level))
    async with app.run_test(size=SMALL) as pilot:
        await ready(pilot)
        assert {one.id for one in app.screen.focus_chain} <= {"facts", "typed"}
        for _ in range(3):
            await pilot.press("tab", "enter")
    assert app.answer == OPEN


async def test_yes_cannot_be_put_on_another_key() -> None:
    app = asked()
    async with app.run_test(size=SMALL) as pilot:
        app.set_keymap({"run": "enter", "gate.run": "enter", "gate.back": "f10"})
        await ready(pilot)
        await pilot.press("enter", "escape")
        assert app.answer == OPEN
        await pilot.press("f10")
        await answered(pilot)
    assert app.answer is None


# What was not typed for it.


async def test_keys_typed_before_it_was_seen_do_not_count() -> None:
    app = asked(settling=Settling(quiet=3600))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("y", "enter", "s", "e", "escape", "y")
        assert said(app) == "what was typed before this was here does not count"
    assert app.answer == OPEN


async def test_letters_typed_before_it_was_seen_do_not_stand_in_its_line() -> None:
    app = asked(prepared("dangerous"), settling=Settling(quiet=3600))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press(*"redis.prod/0", "enter")
        line = app.screen.query_one(TargetInput)
        line.focus()
        await pilot.press(*"redis.prod/0", "enter")
        assert line.value == ""
    assert app.answer == OPEN


async def test_a_click_before_it_was_seen_does_not_count() -> None:
    app = asked(settling=Settling(quiet=3600))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        await pilot.click(KeyRow, offset=(1, 0))
        assert app.answer == OPEN


async def test_a_key_that_is_held_down_is_no_answer() -> None:
    app = asked(settling=Settling(quiet=0, alone=3600))
    async with app.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await pilot.press("y", "y", "y")
        assert said(app) == "keys came too fast to be an answer: press y once"
    assert app.answer == OPEN


async def test_y_and_enter_as_other_programs_want_them_is_one_answer() -> None:
    app = asked(settling=Settling(quiet=0, alone=0.05))
    async with app.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await pilot.press("y", "enter")
        await answered(pilot)
    assert app.answer == GateAnswer("run", Passed("confirmed"))


@pytest.mark.parametrize(
    ("painted", "read", "counts"),
    [
        (None, [9.0], [False]),
        (1.0, [1.1], [False]),
        (1.0, [1.3], [True]),
        (1.0, [0.5, 1.31], [False, True]),
        (1.0, [1.2, 1.4, 1.75], [False, False, True]),
        (1.0, [1.4, 1.41, 1.42], [True, True, True]),
        (1.0, [2.0, 1.1], [True, False]),
    ],
)
def test_a_key_counts_after_a_pause_since_the_painting(
    painted: float | None, read: list[float], counts: list[bool]
) -> None:
    settling = Settling(quiet=0.3)
    if painted is not None:
        settling.begin(painted)
    assert [settling.counts(at) for at in read] == counts


@given(st.lists(st.floats(min_value=0.001, max_value=0.299), max_size=50))
def test_a_row_of_keys_without_a_pause_never_counts(gaps: list[float]) -> None:
    settling, now = Settling(quiet=0.3), 100.0
    settling.begin(now)
    for gap in gaps:
        now += gap
        assert not settling.counts(now)
    assert settling.left(now) == pytest.approx(0.3)
    assert settling.counts(now + 0.31)


# A target, as it is typed.


@pytest.mark.parametrize(("target", "taken"), [("redis.prod/0", ""), ("größe/表", "größe/表")])
async def test_a_paste_is_taken_only_for_what_not_every_keyboard_has(target: str, taken: str) -> None:
    app = asked(prepared("dangerous", target=target))
    async with app.run_test(size=SMALL) as pilot:
        await ready(pilot)
        app.post_message(events.Paste(f"{target}\n"))
        await until(pilot, lambda: said(app) != "To run it, type what it hits, as it stands above.")
        assert app.screen.query_one(TargetInput).value == taken
        await pilot.press("enter")
        if taken:
            await answered(pilot)
    assert app.answer == (GateAnswer("run", Passed("typed", target)) if taken else OPEN)


async def test_a_refused_paste_is_said() -> None:
    app = asked(prepared("dangerous"))
    async with app.run_test(size=SMALL) as pilot:
        await ready(pilot)
        app.copy_to_clipboard("redis.prod/0")
        await pilot.press("ctrl+v")
        await pilot.pause()
        assert said(app) == "a paste is not taken here: type it, letter by letter"


@pytest.mark.parametrize(
    ("target", "typed"),
    [
        ("\u202eevil", "<U+202E>evil"),
        ("a\x1b[2Jb", "a^[[2Jb"),
        ("  two  blanks ", "two  blanks"),
        ("[red]x[/]", "[red]x[/]"),
        ("x" * 300, "x" * 300),
    ],
)
async def test_a_target_is_typed_as_it_can_be_seen(target: str, typed: str) -> None:
    app = asked(prepared("dangerous", target=target))
    async with app.run_test(size=SMALL) as pilot:
        await ready(pilot)
        assert typed[:20] in shown(app)
        app.screen.query_one(TargetInput).value = typed
        await pilot.press("enter")
        await answered(pilot)
    assert app.answer == GateAnswer("run", Passed("typed", target))


async def test_what_is_to_be_typed_next_of_a_long_target_is_in_sight() -> None:
    target = "".join(f"host-{n:03}," for n in range(60))
    app = asked(prepared("dangerous", target=target))
    async with app.run_test(size=SMALL) as pilot:
        await ready(pilot)
        assert "host-050" not in shown(app)
        app.screen.query_one(TargetInput).value = target[:448]
        await until(pilot, lambda: "host-050" in shown(app))


@pytest.mark.parametrize(
    ("asks", "why"),
    [
        (prepared("dangerous", target=" "), "nobody can say what this would hit"),
        (prepared("caution", problem="the value cannot stand there"), "the value cannot stand there"),
        (prepared("unknown", missing=["HOST", "PORT"]), "no value for HOST, PORT"),
    ],
)
async def test_what_cannot_be_let_run_says_why_and_has_no_yes(asks: dict[str, Any], why: str) -> None:
    app = asked(asks)
    async with app.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await pilot.press("y", "enter")
        assert why in said(app)
        assert "run it" not in shown(app)
        await pilot.press("e")
        await answered(pilot)
    assert app.answer == GateAnswer("edit")


# Other answers.


@pytest.mark.parametrize(("key", "kind"), [("t", "dry_run"), ("e", "edit"), ("s", "skip")])
@pytest.mark.parametrize("level", ["caution", "dangerous"])
async def test_the_dry_run_an_edit_and_a_skip_are_one_key_away(level: Level, key: str, kind: Any) -> None:
    app = asked(prepared(level, dry_run=NATIVE))
    async with app.run_test(size=SMALL) as pilot:
        await ready(pilot)
        key = f"ctrl+{key}" if level == "dangerous" else key
        assert f"{key} " in shown(app)
        await pilot.press(key)
        await answered(pilot)
    assert app.answer == GateAnswer(kind)


async def test_beside_the_line_letters_are_keys_again() -> None:
    app = asked(prepared("dangerous"))
    async with app.run_test(size=SMALL) as pilot:
        await ready(pilot)
        await pilot.press("s", "tab", "s")
        await answered(pilot)
    assert app.answer == GateAnswer("skip")


@pytest.mark.parametrize(
    ("mode", "offered"),
    [("own", "y t e s esc"), ("suggestion", "y t esc"), ("dry_run", "y esc")],
)
async def test_each_text_has_its_own_answers(mode: Mode, offered: str) -> None:
    app = asked(prepared("caution", dry_run=NATIVE), mode=mode)
    async with app.run_test(size=SMALL) as pilot:
        await ready(pilot)
        last = shown(app).split("\n")[app.screen.query_one(KeyRow).region.y]
        assert re.findall(r"(?:^|\s)(y|t|e|s|esc)(?= )", last) == offered.split()
        await pilot.press("escape")
        await answered(pilot)
    assert app.answer is None


async def test_a_key_can_be_clicked() -> None:
    app = asked()
    async with app.run_test(size=SMALL) as pilot:
        await ready(pilot)
        row = shown(app).split("\n")[app.screen.query_one(KeyRow).region.y]
        await pilot.click(offset=(row.index("skip"), app.screen.query_one(KeyRow).region.y))
        await answered(pilot)
    assert app.answer == GateAnswer("skip")


# What is shown.


async def test_who_ran_it_already_and_what_a_value_lays_open_is_said() -> None:
    ran = [f"ran already at 0{hour}:11 by bob" for hour in range(5)]
    app = asked(prepared(ran_before=ran, warnings=["TOKEN will stand in ps"]), again=True, context="production")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        text = shown(app)
        assert "y to run it again" in said(app)
    for sentence in ("01:11 by bob", "02:11", "and 2 times more", "TOKEN will stand in ps", "redis.md:41 · production"):
        assert sentence in text
    assert "03:11" not in text


async def test_a_title_is_never_taken_for_markup() -> None:
    app = asked(title="[/] [red]x\x1b]52;c;aGk=\x07")
    async with app.run_test(size=SMALL) as pilot:
        await ready(pilot)
        assert "[/] [red]x^[]52;c;aGk=^G" in shown(app)


async def test_a_long_text_is_there_whole_and_what_caused_the_verdict_is_told_first() -> None:
    lines = [f"echo line {n}" for n in range(2000)]
    lines[1499] = "rm -rf /srv/sessions"
    text = "\n".join(lines)
    at = text.index("rm -rf")
    app = asked(prepared("dangerous", text, span=[at, at + 20]))
    async with app.run_test(size=SMALL) as pilot:
        await ready(pilot)
        assert "because of line 1,500" in shown(app)
        assert "1500 rm -rf /srv/sessions" in shown(app)
        app.screen.query_one("#facts", VerticalScroll).scroll_end(animate=False)
        await pilot.pause()
        assert "2000 echo line 1999" in shown(app)
        before = app.screen.query_one("#facts").scroll_y
        await pilot.press("up", "pageup")
        assert app.screen.query_one("#facts").scroll_y < before


async def test_a_line_of_100_kb_is_folded_into_the_room_there_is() -> None:
    app = asked(prepared(text="x" * 100_000, span=[0, 100_000]))
    async with app.run_test(size=SMALL) as pilot:
        await ready(pilot)
        assert all(cell_len(line) == SMALL[0] for line in shown(app).split("\n"))


async def test_what_caused_the_verdict_far_in_a_long_line_is_told_first() -> None:
    text = "echo " + "x" * 90_000 + "; rm -rf /srv/sessions"
    at = text.index("rm -rf")
    app = asked(prepared("dangerous", text, span=[at, at + 20]))
    async with app.run_test(size=SMALL) as pilot:
        await ready(pilot)
        assert "because of line 1" in shown(app)
        assert "; rm -rf /srv/sessions" in shown(app)


@pytest.mark.parametrize(
    ("line", "span", "rows"),
    [
        ("rm -rf a", (0, 8), [("rm -rf a", "^^^^^^^^")]),
        ("x  rm ", (1, 6), [("x  rm ", "   ^^")]),
        ("a\trm", (2, 4), [("a   rm", "    ^^")]),
        ("\x1b[2J rm", (5, 7), [("^[[2J rm", "      ^^")]),
        ("表 rm", (2, 4), [("表 rm", "   ^^")]),
        ("0123456789abc", (8, 12), [("0123456789", "        ^^"), ("abc", "^^")]),
        ("", (0, 1), [("", "")]),
    ],
)
def test_marks_stand_below_what_they_mark(line: str, span: tuple[int, int], rows: list[tuple[str, str]]) -> None:
    told = [row for row in rows_of([line], span, 10) if not row.is_marks]
    assert [(row.text, row.marks) for row in told] == rows


def test_only_the_beginning_of_a_long_part_is_marked() -> None:
    rows = list(rows_of(["x" * 1000], (0, 1000), 10))
    assert sum(row.is_marks for row in rows) == 6
    assert sum(bool(row.marks) and not row.is_marks for row in rows) == 6


@pytest.mark.parametrize("size", [(40, 12), (80, 24), pytest.param((200, 60), marks=pytest.mark.slow)])
async def test_target_line_and_keys_stay_in_sight_however_small_the_terminal(size: tuple[int, int]) -> None:
    asks = prepared("dangerous", "\n".join(["true"] * 500), ran_before=["ran already " * 30], warnings=["w " * 200])
    app = asked(asks)
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        for where in ("#target", "#typed", "#answer"):
            assert app.screen.region.contains_region(app.screen.query_one(where).region)
        assert app.screen.region.contains_region(app.screen.query_one(KeyRow).region)
        assert app.screen.query_one("#facts").region.height >= 3


@given(st.text(max_size=200), st.tuples(st.integers(0, 200), st.integers(0, 200)), st.integers(8, 60))
@example("\U0001f3fb", (0, 0), 8)  # takes no room of its own
def test_rows_hold_every_character_and_none_is_too_wide(text: str, span: tuple[int, int], columns: int) -> None:
    rows = list(rows_of(text.split("\n"), span, columns))
    told = "".join(row.text for row in rows if not row.is_marks)
    whole = "".join(visible(line.expandtabs(4)) for line in text.split("\n"))
    assert told.replace(" ", "") == whole.replace(" ", "")
    assert all(cell_len(row.text) <= columns for row in rows)


# Looked at.


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_question_about_a_dangerous_text(snap_compare: Any, size: tuple[int, int]) -> None:
    asks = prepared("dangerous", ran_before=["ran already at 02:11 by bob in run 20260101-021100-aa11bb, exit 0"])

    async def typing(pilot: Pilot[None]) -> None:
        await ready(pilot)
        await pilot.press(*"redis")
        await still(pilot)

    assert snap_compare(asked(asks, context="production"), terminal_size=size, run_before=typing)


def test_the_question_about_a_text_that_can_be_put_back(snap_compare: Any) -> None:
    text = "cd /srv\nkubectl -n production scale deploy/app \\\n    --replicas=3"
    why = "changes how many copies of the service run"
    asks = prepared(
        "caution", text, span=[8, 67], dry_run=NATIVE, target="production/app", why=why, category="config_change"
    )
    assert snap_compare(asked(asks, title="Scale up"), terminal_size=SMALL, run_before=ready)
