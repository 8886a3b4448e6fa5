"""Commit or roll back: who is asked, what counts as an answer, and what becomes of the rows."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from screens.test_mouse import click
from screens.test_run_layout import Snap, pictured
from support.cockpit import EPOCH, TURN, Cockpit, Desk, cockpit
from textual.widgets import Static

from engine import clock
from engine import commands as c
from engine.limits import Limits
from engine.permission import Permission
from engine.sessions.sql import SqlSession
from tui.screens.asking import AskScreen, PickScreen
from tui.screens.gate import GateScreen
from tui.settling import Settling
from tui.widgets.commit_bar import NO_ANSWER, TOO_EARLY, TOO_FAST, CommitBar
from tui.widgets.key_bar import KeyBar
from tui.widgets.output_view import OutputView

UPDATE = "UPDATE orders SET state = 'late' WHERE id = 1"
DOCUMENT = f"""# Orders

## Close

```sql
{UPDATE}
```

## Look

```sql
SELECT id, state FROM orders ORDER BY id
```

## Hostile

```sql
UPDATE orders SET state = '[red]x[/] \x1b[31m' WHERE id = 1
```

Call [the DBA](tel:5555).

## Contacts

| Who | Phone |
|---|---|
| DBA on call | 5555 |
"""


@pytest.fixture(autouse=True)
def every_key_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Settling.__init__, "__defaults__", (0.001, 0.001))
    monkeypatch.setattr(clock, "login_of", lambda _uid: "alice")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "orders.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, state TEXT)")
        database.execute("INSERT INTO orders VALUES (1, 'open'), (2, 'paid')")
    return path


@pytest.fixture
def desk_of(tmp_path: Path, database: Path) -> Iterator[Callable[..., Desk]]:
    def made(**more: Any) -> Desk:
        session = SqlSession({"orders": f"sqlite:///{database}"}, "orders")
        return Desk(tmp_path, DOCUMENT, session=session, **more)

    return made


@pytest.fixture
def desk(desk_of: Callable[..., Desk]) -> Desk:
    return desk_of()


def state_of(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        return str(connection.execute("SELECT state FROM orders WHERE id = 1").fetchone()[0])


async def ask(one: Cockpit, title: str = "Close") -> None:
    """As the operator does it: enter, the gate, yes; and then the statement has run."""
    one.desk.go_to(title)
    await one.rests()
    await one.press("enter")
    await one.asks(GateScreen)
    await one.send("y")
    await asked(one)


async def asked(one: Cockpit) -> None:
    await one.until(lambda: one.run.query_one(CommitBar).asked is not None, "the question")
    await one.until(lambda: one.run.query_one(CommitBar)._settling._since is not None, "a question that was painted")
    await one.pilot._wait_for_screen()


async def begun(desk: Desk) -> None:
    desk.start("Close", hold=True)
    while not desk.state.attempts[1].questions:
        await asyncio.sleep(TURN)


def outcome(one: Cockpit) -> str:
    return str(one.run.query_one("#outcome", Static).content)


@pytest.mark.parametrize(
    ("key", "said", "state"),
    [("c", "decided to commit, by alice", "late"), ("r", "decided to roll back, by alice", "open")],
)
async def test_what_was_written_is_kept_only_on_a_word(
    desk: Desk, database: Path, key: str, said: str, state: str
) -> None:
    async with cockpit(desk) as one:
        await ask(one)
        await one.shows("Not committed yet, 1 row affected: UPDATE orders")
        await one.shows("after, the same rows:")
        assert state_of(database) == "open"
        assert one.offered[:2] == ["c commit", "r roll back"]
        await one.send(key)
        await one.settled()
        assert one.notice == said
        assert state_of(database) == state
        assert not one.run.query_one(CommitBar).display
        assert one.run.focused is None
        one.desk.go_to("Close")
        await one.until(lambda: said in outcome(one), "the step's outcome")


async def test_what_was_typed_before_the_question_was_seen_is_no_answer(
    desk: Desk, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with cockpit(desk) as one:
        await ask(one)
        one.run.query_one(CommitBar)._settling.quiet = 1000
        await one.press("c")
        await one.shows(TOO_EARLY)
        assert one.desk.state.asked is not None
        assert state_of(database) == "open"


async def test_keys_that_follow_each_other_too_fast_are_no_answer(desk: Desk) -> None:
    async with cockpit(desk) as one:
        await ask(one)
        one.run.query_one(CommitBar)._settling.alone = 1000
        await one.press("c", "c")
        await one.shows(TOO_FAST)
        assert one.run.query_one(CommitBar)._pressed is None
        assert one.desk.state.asked is not None


@pytest.mark.parametrize("key", ["enter", "space", "escape"])
async def test_a_key_pressed_by_reflex_says_how_it_is_answered(desk: Desk, key: str) -> None:
    async with cockpit(desk) as one:
        await ask(one)
        await one.press(key)
        await one.shows(NO_ANSWER)
        assert one.desk.state.asked is not None


async def test_without_an_answer_it_is_rolled_back(desk_of: Callable[..., Desk], database: Path) -> None:
    async with cockpit(desk_of(limits=Limits(commit=0.05))) as one:
        await begun(one.desk)
        await one.settled()
        await one.notes("rolled back, because nobody answered in time")
        assert not one.run.query_one(CommitBar).display
        assert state_of(database) == "open"


async def test_interrupting_rolls_it_back(desk: Desk, database: Path) -> None:
    async with cockpit(desk) as one:
        await ask(one)
        await one.send("ctrl+c")
        await one.settled()
        assert state_of(database) == "open"
        one.desk.go_to("Close")
        await one.until(lambda: "rolled back, because it was interrupted" in outcome(one), "the step's outcome")


async def test_the_time_that_is_left_is_counted_down(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async with cockpit(desk) as one:
        await begun(one.desk)
        at = one.desk.state.asked_at
        assert at is not None
        for passed, said in ((0, "in 60 s"), (18.4, "in 42 s"), (59.9, "any moment now"), (-5, "in 60 s")):
            monkeypatch.setattr("tui.screens.run.now", lambda at=at, passed=passed: at + timedelta(seconds=passed))
            one.run._tick()
            await one.shows(f"Without an answer it is rolled back {said}")
        await one.shows("commit? 60 s")


async def test_a_step_that_waits_for_somebody_elses_lock_says_so(
    desk_of: Callable[..., Desk], database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.screens.run.QUIET_SECONDS", 0.02)
    monkeypatch.setattr("engine.sessions.sql.waits.FIRST_SECONDS", 0.02)
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        async with cockpit(desk_of(limits=Limits(lock=600))) as one:
            one.desk.go_to("Close")
            await one.shows("at most 10 min for a lock, 5 min a statement")
            other.execute("BEGIN EXCLUSIVE")
            one.desk.start("Close", hold=True)
            await one.shows("! it waits for the lock on its file, held by another process")
            await one.shows(" waits ")
            other.execute("ROLLBACK")
            await asked(one)
            assert not one.run.query_one("#banner").display


async def test_a_watcher_sees_it_and_cannot_answer(desk: Desk, database: Path) -> None:
    other = desk.attach()
    async with cockpit(desk) as one:
        await begun(desk)
        await one.shows("alice@bastion decides")
        assert not {"c commit", "r roll back"} & set(one.offered)
        assert one.run.focused is None
        await one.press("c", "r")
        question = desk.state.asked
        assert question is not None
        other.command(c.Commit(attempt=question.attempt, question=question.question))
        await one.settled()
        assert one.notice == "decided to commit, by alice"
        assert not one.run.query_one(CommitBar).display
        assert state_of(database) == "late"


async def test_whoever_gets_the_keyboard_meanwhile_is_asked(desk: Desk) -> None:
    other = desk.attach()
    async with cockpit(desk) as one:
        await begun(desk)
        await one.shows("alice@bastion decides")
        other.command(c.GiveKeyboard(to_id=one.run._bridge.client_id))
        await one.until(lambda: one.run.query_one(CommitBar).takes_answers, "the question")
        await asked(one)
        assert "c commit" in one.offered
        await one.send("r")
        await one.settled()
        assert one.notice == "decided to roll back, by alice"


async def test_whoever_loses_the_keyboard_meanwhile_only_watches(desk: Desk) -> None:
    async with cockpit(desk) as one:
        await begun(desk)
        await asked(one)
        other = desk.attach()
        other.command(c.TakeKeyboard())
        await one.asks(PickScreen)
        await one.press("down", "enter")
        await one.shows("alice@bastion decides")
        assert one.run.focused is None
        assert "c commit" not in one.offered


async def test_coming_back_in_the_middle_shows_it(desk: Desk, database: Path) -> None:
    await begun(desk)
    async with cockpit(desk) as one:
        await asked(one)
        await one.shows("Not committed yet, 1 row affected")
        await one.shows("after, the same rows:")
        await one.send("c")
        await one.settled()
    assert state_of(database) == "late"


async def test_the_output_can_be_looked_through_meanwhile(desk: Desk) -> None:
    async with cockpit(desk, (80, 24)) as one:
        await ask(one)
        view = one.run.query_one(OutputView)
        await one.until(lambda: view.following and "(1 row)" in one.text, "the output")
        await one.press("pageup", "pageup")
        await one.shows("row(s) match its condition now")
        await one.press("tab")
        while one.run.focused is not view:
            await one.press("tab")
        await one.shows("esc comes back to the question")
        bar = one.run.query_one(KeyBar)
        await one.until(lambda: all(hint.dim for hint in bar.hints[:2]), "answers that are not to be had here")
        await one.press("c")
        assert one.desk.state.asked is not None
        await one.press("escape")
        assert one.run.focused is one.run.query_one(CommitBar)
        await one.until(lambda: not any(hint.dim for hint in bar.hints[:2]), "answers that are to be had")


async def test_a_note_can_be_taken_meanwhile(desk: Desk) -> None:
    async with cockpit(desk) as one:
        await ask(one)
        await one.press("n")
        await one.asks(AskScreen)
        await one.answer("c r c")
        assert [note.text for note in one.desk.state.notes] == ["c r c"]
        assert one.desk.state.asked is not None
        await asked(one)
        await one.send("r")
        await one.settled()


async def test_it_is_said_above_whatever_else_is_open(desk: Desk) -> None:
    async with cockpit(desk) as one:
        await one.press("question_mark")
        await begun(desk)
        told = "a statement has run and waits to be committed or rolled back"
        await one.until(lambda: told in [toast.message for toast in one.app._notifications], "a word of it")
        await one.press("escape")
        await asked(one)
        assert one.run.focused is one.run.query_one(CommitBar)


async def test_leaving_says_what_becomes_of_it(desk: Desk) -> None:
    async with cockpit(desk) as one:
        await ask(one)
        await one.press("q")
        await one.asks(PickScreen)
        await one.shows("is not committed")
        await one.shows("20 s after everybody has gone")
        await one.press("escape")
        await asked(one)
        assert one.run.focused is one.run.query_one(CommitBar)


async def test_a_run_does_not_end_with_a_transaction_open_before_somebody_has_said_so(
    desk: Desk, database: Path
) -> None:
    async with cockpit(desk) as one:
        for title, text in (("Close", f"BEGIN; {UPDATE}"), ("Look", None), ("Hostile", None)):
            desk.go_to(title)
            if text:
                desk.do(c.Edit(step_id=desk.step_id(title), text=text))
                desk.start(title)
                await one.until(lambda: one.state.phase == "idle" and one.state.connections, "the step's end")
            else:
                desk.do(c.Skip(step_id=desk.step_id(title), reason="not now"))
        await one.shows("is still open: when the run ends")
        assert state_of(database) == "open"
        await one.press("enter")
        await one.asks(PickScreen)
        await one.shows("commit the transaction that is open")
        await one.press("down", "down", "enter")
        await one.until(lambda: state_of(database) == "late", "the commit")
        await one.until(lambda: one.state.current is None, "the run's end")
        await one.press("enter")
        await one.until(lambda: one.state.phase == "ended", "the run's end")
        assert one.state.outcome == "done"


async def test_it_can_be_answered_with_the_mouse(desk: Desk, database: Path) -> None:
    async with cockpit(desk) as one:
        await ask(one)
        await click(one, "c commit", KeyBar)
        await one.settled()
        assert state_of(database) == "late"


async def test_a_key_that_is_an_answer_does_nothing_else(desk: Desk) -> None:
    async with cockpit(desk) as one:
        await ask(one)
        assert not {"c contacts", "f full terminal", "i type into it"} & set(one.offered)
        await one.press("tab")
        await one.press("c", "i", "f")
        assert one.screen is one.run
        assert one.desk.state.asked is not None


async def test_a_statement_is_shown_as_it_is(desk: Desk) -> None:
    async with cockpit(desk) as one:
        await ask(one, "Hostile")
        await one.shows("UPDATE orders SET state = '[red]x[/] ^[[31m'")


async def test_what_a_flag_lets_run_is_not_held(desk: Desk) -> None:
    desk.permission = Permission(yes=True)  # type: ignore[misc]
    async with cockpit(desk) as one:
        await one.until(lambda: len(desk.state.attempts) == 3 and desk.state.phase == "idle", "every step")
        assert {(one.outcome, one.questions) for one in desk.state.attempts.values()} == {("succeeded", 0)}


async def test_an_answer_that_comes_too_late_says_so(desk: Desk) -> None:
    async with cockpit(desk) as one:
        await ask(one)
        question = one.desk.state.asked
        assert question is not None
        late = CommitBar.Answered(c.Commit(attempt=question.attempt, question=question.question + 1))
        one.run.post_message(late)
        await one.notes("not done: that was answered already; look at what waits now")
        assert one.desk.state.asked is not None


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["small", "middle"])
def test_the_question_looks_as_it_should(
    desk: Desk, snap_compare: Snap, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    monkeypatch.setattr("tui.screens.run.now", lambda: EPOCH + timedelta(seconds=1))

    async def scene(one: Cockpit) -> None:
        await begun(one.desk)
        await asked(one)
        await one.shows("after, the same rows:")

    assert pictured(snap_compare, desk, size, scene)


@pytest.mark.parametrize("size", [(20, 6), (40, 12), (200, 60)])
async def test_it_stays_answerable_at_any_size(desk: Desk, size: tuple[int, int]) -> None:
    async with cockpit(desk) as one:
        await ask(one)
        await one.pilot.resize_terminal(*size)
        await one.rests()
        await asked(one)
        await one.send("c")
        await one.settled()
        assert one.desk.state.attempts[1].decision == "commit"
