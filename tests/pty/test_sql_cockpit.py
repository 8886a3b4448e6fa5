"""SQL steps in the real cockpit, on real databases: asked, answered, looked at as a table, left behind."""

from __future__ import annotations

import json
import os
import signal
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from support.desk import until
from support.orders import READ, UPDATE, Desk
from support.servers import PASSWORD, Server
from support.terminal import Operator, oncue


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def ask(operator: Operator) -> None:
    """As far as the question, which has been looked at."""
    operator.sees("confirm…")
    operator.rests()
    operator.presses("\r")
    operator.sees("Enter alone does nothing here")
    operator.rests()
    operator.presses("y")
    operator.sees("? Not committed yet, 1 row affected")
    operator.sees("Without an answer it is rolled back in")
    operator.rests()


def hang_up(operator: Operator) -> None:
    """As a terminal that is closed does."""
    os.kill(operator.pid, signal.SIGHUP)
    operator.ends()


@pytest.mark.parametrize(
    ("key", "said", "state"),
    [("c", "decided to commit", "late"), ("r", "decided to roll back", "open")],
)
def test_a_file_is_changed_only_on_its_operators_word(desk: Desk, key: str, said: str, state: str) -> None:
    operator = desk.open(UPDATE)
    ask(operator)
    assert desk.state == "open"
    operator.presses("\r")
    operator.sees("that is no answer")
    operator.rests()
    operator.presses(key)
    operator.sees(said)
    hang_up(operator)
    assert desk.state == state
    assert desk.attempt()["decision_reason"] == "operator"


def test_rows_are_looked_at_as_a_table(desk: Desk) -> None:
    operator = desk.open(READ, UPDATE)
    operator.sees("only reads")
    operator.rests()
    operator.presses("\r")
    operator.sees("(3 rows)")
    operator.rests()
    operator.presses("R")
    operator.sees("3 rows")
    operator.sees("row 1 of 3")
    operator.presses("\x1b[C\x1b[C")
    operator.sees("no value")
    hang_up(operator)


def test_postgres_says_its_limits_and_keeps_nothing_that_is_rolled_back(desk: Desk, postgres: Server) -> None:
    def state() -> str:
        with closing(connected(postgres)) as database:
            return str(database.execute("SELECT state FROM cockpit_orders").fetchone()[0])  # type: ignore[index]

    with closing(connected(postgres)) as database:
        database.execute("DROP TABLE IF EXISTS cockpit_orders")
        database.execute("CREATE TABLE cockpit_orders (id int PRIMARY KEY, state text)")
        database.execute("INSERT INTO cockpit_orders VALUES (1, 'open')")
    desk.write(UPDATE.replace("orders", "cockpit_orders"))
    book = desk.home / "book.md"
    book.write_text(book.read_text().replace("databases:\n  orders: sqlite:///orders.db\n", ""))
    url = postgres.url(password="").replace("app@", "app:${SHOP_PASSWORD}@")
    (desk.home / "oncue.toml").write_text(f'[databases]\nshop = "{url}"\n')
    operator = Operator(desk.home, "run", "book.md", SHOP_PASSWORD=PASSWORD)
    ask(operator)
    assert state() == "open"
    operator.presses("r")
    operator.sees("decided to roll back")
    assert state() == "open"
    operator.rests()
    ask_again(operator)
    operator.presses("c")
    operator.sees("decided to commit")
    hang_up(operator)
    assert state() == "late"
    assert PASSWORD not in operator.seen
    assert "lock_timeout" in oncue(desk.home, "show", "--output", "1").stdout


def ask_again(operator: Operator) -> None:
    operator.presses("\r")
    operator.sees("to run it again")
    operator.rests()
    operator.presses("y")
    operator.sees("Not committed yet")
    operator.rests()


def connected(server: Server) -> psycopg.Connection[tuple[object, ...]]:
    known = {"host": "127.0.0.1", "port": server.port, "user": "app", "password": PASSWORD, "dbname": "postgres"}
    return psycopg.connect(**known, autocommit=True)  # type: ignore[arg-type]


def test_interrupting_rolls_it_back(desk: Desk) -> None:
    operator = desk.open(UPDATE)
    ask(operator)
    operator.presses("\x03")
    operator.sees("interrupted")
    hang_up(operator)
    assert desk.state == "open"
    assert desk.attempt()["decision_reason"] == "interrupt"


def test_a_lost_terminal_leaves_the_question_to_whoever_comes_back(desk: Desk) -> None:
    operator = desk.open(UPDATE)
    ask(operator)
    hang_up(operator)
    other = Operator(desk.home, "attach")
    other.sees("? Not committed yet, 1 row affected")
    other.rests()
    other.presses("r")
    other.sees("decided to roll back")
    hang_up(other)
    assert desk.state == "open"


def test_leaving_says_that_it_is_not_committed_and_the_end_of_the_host_rolls_it_back(desk: Desk) -> None:
    operator = desk.open(UPDATE)
    ask(operator)
    operator.presses("q")
    operator.sees("is still running")
    operator.rests()
    operator.presses("\r")
    operator.ends()
    assert "oncue attach" in operator.seen
    (address,) = desk.home.rglob("*.hosts/*.host")
    os.kill(json.loads(address.read_text())["pid"], signal.SIGTERM)
    until(lambda: not address.exists() or not address.read_text())
    until(lambda: desk.attempt()["outcome"] is not None)
    assert desk.state == "open"
    assert "rolled back" in oncue(desk.home, "show").stdout
