"""A SQL step that is answered in somebody's words: it stops and asks where a real database does."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest
from support.desk import Desk, opened

from engine import events as e
from engine.sessions.contract import Decide, Task, Uncommitted
from engine.sessions.recorded import Answers, RecordedSession

FRESH = (
    "CREATE TABLE orders (id int PRIMARY KEY, state); INSERT INTO orders VALUES (1, 'open'), (2, 'open'), (3, 'new')"
)
OWN_WORDS = re.compile(r"(?m)^(?:committed|rolled back.*|not held for an answer: .*|not run: .*|connected to .*)\n")
"""Lines that a database's session says by itself."""
LATE = "UPDATE orders SET state = 'late' WHERE state = 'open'"


class Heard(NamedTuple):
    said: str
    asked: list[Uncommitted]
    outcome: tuple[str, str]


class Rehearsed:
    """A session whose steps are answered by these words, one after the other."""

    def __init__(self, *answers: str | tuple[str, int], dialect: str = "sqlite", **rehearsal: object) -> None:
        told = [one if isinstance(one, tuple) else (one, 0) for one in answers]
        said = tuple(e.Answer(step_id="step", output=output, exit_status=status) for output, status in told)
        one = e.Rehearsal.model_validate({"speed": 0, "strict": True, "answers": said, **rehearsal})
        self.session = RecordedSession("sql", Answers(one), lambda _: dialect)

    def run(self, text: str, decision: e.CommitDecision | None = "commit", rows: int | None = None) -> Heard:
        asked: list[Uncommitted] = []
        heard: list[bytes] = []
        task = Task(text, step_id="step", expect_rows=rows, decide=answering(asked, decision))
        outcome = self.session.run(task, lambda data, _mode: heard.append(data))
        return Heard(b"".join(heard).decode(errors="replace"), asked, (outcome.status, outcome.message))


def answering(asked: list[Uncommitted], decision: e.CommitDecision | None) -> Decide | None:
    def decide(one: Uncommitted) -> e.CommitDecision:
        asked.append(one)
        assert decision is not None
        return decision

    return None if decision is None else decide


WALKS: list[Sequence[tuple[str, e.CommitDecision | None, int | None]]] = [
    [(LATE, "commit", None)],
    [(LATE, "roll_back", None)],
    [(LATE, None, None)],
    [(LATE, "commit", 2)],
    [(LATE, "commit", 1)],
    [(LATE, None, 1)],
    [(LATE, None, 2)],
    [("SELECT id FROM orders", "commit", None), ("DELETE FROM orders WHERE id = 9", "commit", None)],
    [("CREATE TABLE more (a)", "roll_back", None)],
    [("CREATE TEMP TABLE more (a)", "roll_back", None)],
    [("PRAGMA user_version = 7", "commit", None)],
    [("VACUUM", "commit", None), ("VACUUM", "commit", 3)],
    [(f"{LATE}; SELECT id FROM orders; DELETE FROM orders WHERE id = 3", "commit", None)],
    [(f"{LATE}; DELETE FROM orders WHERE id = 3", "commit", 2)],
    [("BEGIN", "commit", None), (LATE, "commit", None), ("COMMIT", "commit", None), (LATE, "commit", None)],
    [("BEGIN", "commit", None), (LATE, "commit", 1), (LATE, "commit", 2), ("ROLLBACK", "commit", None)],
    [(f"BEGIN; {LATE}; COMMIT", "roll_back", None), (LATE, "commit", None)],
    [(f"BEGIN; {LATE}", "commit", 1), (LATE, "commit", 2)],
]


@pytest.mark.parametrize("walk", WALKS)
def test_it_stops_and_asks_where_a_real_database_does(
    tmp_path: Path, walk: Sequence[tuple[str, e.CommitDecision | None, int | None]]
) -> None:
    live = [performed(desk, *one) for desk in database(tmp_path) for one in walk]
    rehearsed = Rehearsed(*(OWN_WORDS.sub("", one.said) for one in live))
    again = [rehearsed.run(*one) for one in walk]
    assert [(one.asked, one.outcome) for one in again] == [(one.asked, one.outcome) for one in live]
    if all(one.outcome[0] == "succeeded" for one in live):
        copied = Rehearsed(*(one.said for one in live))
        assert [copied.run(*one) for one in walk] == live


def database(folder: Path) -> Iterator[Desk]:
    with closing(sqlite3.connect(folder / "orders.db")) as connection:
        connection.executescript(FRESH)
    with opened(f"sqlite:///{folder}/orders.db") as desk:
        yield desk


def performed(desk: Desk, text: str, decision: e.CommitDecision | None, rows: int | None) -> Heard:
    asked: list[Uncommitted] = []
    outcome = desk.run(text, decide=answering(asked, decision), expect_rows=rows)
    said = "".join(f"{line}\n" for line in desk.heard)
    return Heard(said, asked, (outcome.status, outcome.message))


TWO = f"{LATE}; DELETE FROM orders"
FIRST, SECOND = Uncommitted(LATE, 2), Uncommitted("DELETE FROM orders", 5)
ASKED = [
    (TWO, "2 row(s) affected\n5 row(s) affected", [FIRST, SECOND]),
    (TWO, ("2 row(s) affected\nERROR: gone", 1), [FIRST]),
    (TWO, ("ERROR: gone", 1), []),
    (TWO, "7 row(s) affected", [Uncommitted(LATE, None), Uncommitted("DELETE FROM orders", None)]),
    (LATE, "", [Uncommitted(LATE, None)]),
    (LATE, "the 7 row(s) affected are gone", [Uncommitted(LATE, None)]),
    (LATE, ("2 row(s) affected\nERROR: gone", 1), []),
    ("COPY orders FROM STDIN", "3 row(s) affected", []),
    ("SELECT 1", "3 row(s) affected", []),
]


@pytest.mark.parametrize(("text", "answer", "asked"), ASKED)
def test_what_is_asked_comes_of_the_words(text: str, answer: str | tuple[str, int], asked: list[Uncommitted]) -> None:
    assert Rehearsed(answer, dialect="postgres").run(text).asked == asked


def test_the_question_comes_before_the_words_that_follow_it() -> None:
    heard = Rehearsed("2 row(s) affected\ncommitted\n1 row(s) affected").run(f"{LATE}; DELETE FROM orders", "roll_back")
    assert heard == Heard("2 row(s) affected\nrolled back\n", [FIRST], ("failed", "rolled back"))
    heard = Rehearsed("2 row(s) affected\n5 row(s) affected").run(TWO, rows=2)
    ended = "rolled back: 5 row(s) affected, and 2 expected"
    assert heard.said == f"2 row(s) affected\ncommitted\n5 row(s) affected\n{ended}\n"
    assert heard.outcome == ("failed", f"{ended}; 1 statement(s) before it were carried out")


@pytest.mark.parametrize(
    ("fault", "asked", "status"),
    [
        ("fail", [], "failed"),
        ("lost-connection", [], "lost"),
        ("slow", [Uncommitted(LATE, 2)], "succeeded"),
        ("garbage", [Uncommitted(LATE, None)], "succeeded"),
    ],
)
def test_what_goes_wrong_on_purpose_asks_for_nothing_that_was_not_done(
    fault: e.Fault, asked: list[Uncommitted], status: str
) -> None:
    injected = (e.Injection(fault=fault, step_id="step"),)
    heard = Rehearsed("2 row(s) affected", injections=injected).run(LATE)
    assert (heard.asked, heard.outcome[0]) == (asked, status)


def test_a_statement_that_hangs_never_comes_to_its_question() -> None:
    injected = (e.Injection(fault="hang", step_id="step"),)
    rehearsed, asked = Rehearsed("2 row(s) affected", injections=injected), list[Uncommitted]()
    task = Task(LATE, step_id="step", timeout=5, decide=answering(asked, "commit"))
    outcome = rehearsed.session.run(task, lambda _data, _mode: None)
    assert (outcome.status, asked) == ("timed_out", [])


def test_whose_sql_it_is_decides_as_on_a_server() -> None:
    alter = "ALTER TABLE orders ADD note int"
    assert Rehearsed("", dialect="postgres").run(alter).asked == [Uncommitted(alter, None)]
    heard = Rehearsed("", dialect="mysql").run(alter)
    assert (heard.asked, heard.said.partition(":")[0]) == ([], "not held for an answer")
    locked = Rehearsed("", "1 row(s) affected", dialect="mysql")
    locked.run("LOCK TABLES orders WRITE")
    assert "would be unlocked" in locked.run(LATE).said


def test_a_connection_that_is_lost_leaves_no_transaction_open() -> None:
    lost = (e.Injection(fault="lost-connection", step_id="step"),)
    rehearsed = Rehearsed("", injections=lost)
    assert rehearsed.run("BEGIN").outcome[0] == "lost"
    assert len(rehearsed.run(LATE).asked) == 1


def test_a_lock_of_postgres_ends_with_its_transaction() -> None:
    rehearsed = Rehearsed("", dialect="postgres")
    for text in ("BEGIN", "LOCK TABLE orders", "COMMIT"):
        assert rehearsed.run(text).asked == []
    assert len(rehearsed.run(LATE).asked) == 1


def test_an_interrupt_while_it_is_asked_is_how_it_ends() -> None:
    rehearsed = Rehearsed("2 row(s) affected")

    def decide(_asked: Uncommitted) -> e.CommitDecision:
        rehearsed.session.interrupt()
        return "roll_back"

    outcome = rehearsed.session.run(Task(LATE, step_id="step", decide=decide), lambda _data, _mode: None)
    assert (outcome.status, outcome.message) == ("interrupted", "rolled back")
