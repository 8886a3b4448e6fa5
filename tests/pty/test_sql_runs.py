"""SQL steps as an operator meets them: asked before anything is kept, shown, exported, rehearsed, compared."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest
from support.orders import READ, UPDATE, Desk
from support.servers import PASSWORD, Server
from support.terminal import Operator, oncue


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.mark.parametrize(
    ("key", "said", "state", "decision"),
    [("c", "decided to commit", "late", "commit"), ("r", "decided to roll back", "open", "roll_back")],
)
def test_a_writing_step_is_kept_only_on_its_operators_word(
    desk: Desk, key: str, said: str, state: str, decision: str
) -> None:
    operator = desk.walk(UPDATE)
    operator.answers("y")
    operator.sees("1 row(s) match its condition now")
    operator.sees("1 row(s) affected")
    operator.sees("after, the same rows:")
    operator.sees(f"Not committed yet (1 row(s) affected): {UPDATE}")
    operator.sees("[c]ommit or [r]oll back? Without an answer it is rolled back in 60 s")
    assert desk.state == "open"
    operator.presses("\rxyz")
    operator.presses(key)
    operator.sees(said)
    operator.sees("✔ succeeded" if key == "c" else "✘ failed")
    operator.hangs_up()
    assert desk.state == state
    attempt = desk.attempt()
    assert (attempt["decision"], attempt["decision_reason"]) == (decision, "operator")
    assert attempt["decided_by"] == attempt["login"]
    assert said in oncue(desk.home, "show").stdout


def test_interrupting_instead_of_answering_rolls_it_back(desk: Desk) -> None:
    operator = desk.walk(UPDATE)
    operator.answers("y")
    operator.sees("[c]ommit or [r]oll back?")
    operator.interrupts()
    operator.sees("rolled back, because it was interrupted")
    operator.hangs_up()
    assert desk.state == "open"


def test_what_a_flag_lets_run_commits_by_itself(desk: Desk) -> None:
    desk.write(UPDATE)
    assert desk.run("--yes").returncode == 0
    assert desk.state == "late"
    assert desk.attempt()["decision"] is None


def test_a_flag_does_not_keep_another_number_of_rows_than_expected(desk: Desk) -> None:
    desk.write("UPDATE orders SET state = 'late' WHERE id < 3", attributes=" {expect_rows=1}")
    done = desk.run("--yes")
    assert done.returncode == 1
    assert "rolled back: 2 row(s) affected, and 1 expected" in done.stdout
    assert desk.state == "open"


def test_rows_are_handed_out_as_csv_and_json(desk: Desk) -> None:
    desk.write(READ, "SELECT 1 AS a, 2 AS a", "SELECT x FROM (SELECT 3 AS x) WHERE x > 3")
    assert desk.run("--yes").returncode == 0
    assert oncue(desk.home, "show", "--rows", "1").stdout == ('id,state,note\n1,open,\n2,paid,""\n3,"a,""b",NULL\n')
    (rows,) = json.loads(oncue(desk.home, "show", "--rows", "1", "--json").stdout)
    assert rows["columns"] == ["id", "state", "note"]
    assert rows["numeric"] == [True, False, False]
    assert rows["rows"] == [["1", "open", None], ["2", "paid", ""], ["3", 'a,"b', "NULL"]]
    assert oncue(desk.home, "show", "--rows", "2").stdout == "a,a\n1,2\n"
    assert oncue(desk.home, "show", "--rows", "3").stdout == "x\n"


def test_rows_that_are_not_there_are_said_to_be(desk: Desk) -> None:
    desk.write(READ)
    desk.run("--yes")
    for options, said in (
        (("--rows", "7"), "has no attempt 7"),
        (("--rows", "1", "--result", "2"), "no result 2"),
        (("--result", "1"), "--result goes with --rows"),
        (("--json", "--output", "1"), "--output is bytes, and --json is not"),
    ):
        done = oncue(desk.home, "show", *options)
        assert done.returncode == 2
        assert said in done.stderr


def test_what_was_cut_is_said_beside_the_rows(desk: Desk) -> None:
    desk.write("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500) SELECT i FROM n")
    assert desk.run("--yes").returncode == 0
    done = oncue(desk.home, "show", "--rows", "1")
    assert len(done.stdout.splitlines()) == 1001
    assert done.stderr == "oncue: not kept: 500 more row(s)\n"


def test_a_rehearsal_asks_for_the_decision_again(desk: Desk) -> None:
    operator = desk.walk(UPDATE)
    operator.answers("y")
    operator.sees("[c]ommit or [r]oll back?")
    operator.presses("c")
    operator.sees("✔ succeeded")
    operator.ends()
    assert desk.state == "late"
    with closing(sqlite3.connect(desk.home / "orders.db", isolation_level=None)) as database:
        database.execute("UPDATE orders SET state = 'open'")
    rehearsal = Operator(desk.home, "rehearse", "book.md", "--plain", "--speed", "0")
    rehearsal.answers("y")
    rehearsal.sees("1 row(s) affected")
    rehearsal.sees("[c]ommit or [r]oll back?")
    rehearsal.presses("r")
    rehearsal.sees("decided to roll back")
    rehearsal.sees("✘ failed")
    rehearsal.hangs_up()
    assert desk.state == "open", "nothing real is touched"


def test_the_report_and_the_comparison_tell_the_decision(desk: Desk) -> None:
    for key, ending in (("c", "✔ succeeded"), ("r", "✘ failed")):
        operator = desk.walk(UPDATE)
        operator.answers("y")
        operator.sees("[c]ommit or [r]oll back?")
        operator.presses(key)
        operator.sees(ending)
        if key == "r":
            operator.answers("q", "e")
        operator.ends()
    assert "decided to roll back" in oncue(desk.home, "report").stdout
    runs = json.loads(oncue(desk.home, "runs", "--json").stdout)
    different = oncue(desk.home, "diff", *(run["id"] for run in runs))
    assert different.returncode == 1
    assert "decision" in different.stdout


def test_a_password_is_nowhere_to_be_found(desk: Desk, postgres: Server) -> None:
    desk.write("SELECT current_user", "SELECT nonsense")
    book = desk.home / "book.md"
    book.write_text(book.read_text().replace("databases:\n  orders: sqlite:///orders.db\n", ""))
    url = postgres.url(password="").replace("app@", "app:${SHOP_PASSWORD}@")
    (desk.home / "oncue.toml").write_text(f'[databases]\nshop = "{url}"\n')
    done = oncue(desk.home, "run", "book.md", "--yes", SHOP_PASSWORD=PASSWORD)
    assert done.returncode == 1
    assert "connected to app@127.0.0.1:" in done.stdout
    assert 'column "nonsense" does not exist' in done.stdout
    told = done.stdout + done.stderr + oncue(desk.home, "show", "--json").stdout + oncue(desk.home, "report").stdout
    kept = b"".join(path.read_bytes() for path in desk.home.rglob("*") if path.is_file())
    for written in (PASSWORD, quote(PASSWORD, safe="")):
        assert written not in told
        assert written.encode() not in kept


def test_a_person_at_the_terminal_is_asked_for_a_password(desk: Desk, postgres: Server) -> None:
    desk.write("SELECT 40 + 2 AS answer")
    book = desk.home / "book.md"
    book.write_text(book.read_text().replace("sqlite:///orders.db", postgres.url(password="")))
    operator = Operator(desk.home, "run", "book.md", "--plain")
    operator.answers("")
    operator.sees(f"password for app@127.0.0.1:{postgres.port}/postgres: ")
    operator.presses(f"{PASSWORD}\r")
    operator.sees("    42")
    operator.sees("✔ succeeded")
    assert operator.ends() == 0
    assert PASSWORD not in operator.seen
    kept = b"".join(path.read_bytes() for path in desk.home.rglob("*") if path.is_file())
    assert PASSWORD.encode() not in kept


def test_whoever_comes_back_while_it_waits_is_asked(desk: Desk) -> None:
    operator = desk.walk(UPDATE)
    operator.answers("y")
    operator.sees("[c]ommit or [r]oll back?")
    operator.hangs_up()
    other = Operator(desk.home, "attach", "--plain")
    other.sees("Not committed yet (1 row(s) affected)")
    other.sees("[c]ommit or [r]oll back?")
    other.presses("c")
    other.sees("✔ succeeded")
    assert other.ends() == 0
    assert desk.state == "late"
