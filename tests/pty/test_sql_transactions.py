"""Transactions and settings of a runbook's own, which go with the run's process: nothing of them is lost unsaid."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.desk import opened
from support.orders import UPDATE, Desk
from support.servers import Server
from support.terminal import Operator, oncue, shown

from engine.sessions.contract import Task
from engine.sessions.sql import Past, SqlSession

OPENED = "the transaction that step 1 opened on "
LOST = " was never committed"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def statuses(desk: Desk) -> list[str]:
    return [step["status"] for step in shown(desk.home)["steps"]]


def test_a_run_that_ends_with_a_transaction_open_has_failed_and_says_what_was_lost(desk: Desk) -> None:
    desk.write("BEGIN", UPDATE, "SELECT 1")
    done = desk.run("--yes")
    assert done.returncode == 1
    told = f"rolled back: {OPENED}{desk.home}/orders.db{LOST}"
    assert f"failed: {told}" in done.stdout
    assert desk.state == "open"
    assert statuses(desk) == ["failed", "failed", "succeeded"]
    assert told in oncue(desk.home, "show").stdout
    assert LOST in oncue(desk.home, "report").stdout
    assert oncue(desk.home, "verify").returncode == 0


def test_a_transaction_that_only_read_is_nothing_to_lose(desk: Desk) -> None:
    desk.write("BEGIN", "SELECT count(*) FROM orders")
    assert desk.run("--yes").returncode == 0


def test_a_transaction_that_the_runbook_rolls_back_is_as_it_wants_it(desk: Desk) -> None:
    desk.write("BEGIN", UPDATE, "ROLLBACK")
    assert desk.run("--yes").returncode == 0
    assert statuses(desk) == ["succeeded"] * 3


@pytest.mark.parametrize(("key", "state", "code"), [("c", "late", 0), ("r", "open", 1), ("e", "open", 1)])
def test_at_the_end_somebody_is_asked_what_becomes_of_an_open_transaction(
    desk: Desk, key: str, state: str, code: int
) -> None:
    operator = desk.walk("BEGIN", UPDATE)
    operator.answers("", "y")
    operator.sees(f"! {OPENED}")
    operator.sees("is still open: when the run ends, it is")
    operator.answers(key)
    if key != "e":
        operator.sees("COMMIT succeeded" if key == "c" else "ROLLBACK succeeded")
        if key == "r":
            operator.sees("its operator had the transaction rolled back")
            operator.answers("q", "e")
    assert operator.ends() == code
    assert desk.state == state
    assert statuses(desk) == ["succeeded" if key == "c" else "failed"] * 2


def test_whoever_leaves_with_a_transaction_open_is_told_and_comes_back_to_where_it_began(desk: Desk) -> None:
    operator = desk.walk("BEGIN", UPDATE, "SELECT 1 AS last")
    operator.answers("", "y", "q")
    operator.sees(f"! {OPENED}")
    operator.answers("l")
    assert operator.ends() == 1
    assert statuses(desk) == ["failed", "failed", "pending"]
    back = Operator(desk.home, "resume", "--plain")
    back.sees("Step 1 of 3")
    back.answers("y", "y")
    back.sees("1 row(s) affected")
    back.answers("", "c")
    back.sees("COMMIT succeeded")
    assert back.ends() == 0
    assert desk.state == "late"


BOOK = """---
kind: procedure
databases:
  shop: {url}
---

# Jobs

```sql
{first}
```

```sql
{second}
```
"""


def test_what_was_set_on_a_connection_is_missed_after_the_run_comes_back(tmp_path: Path, postgres: Server) -> None:
    with_tables = "CREATE SCHEMA IF NOT EXISTS staging; CREATE TABLE IF NOT EXISTS staging.jobs(i int)"
    with opened(postgres.url()) as root:
        root.run(f"{with_tables}; CREATE TABLE IF NOT EXISTS jobs(i int); DELETE FROM jobs")
        root.run("INSERT INTO jobs VALUES (1)")
        url = postgres.url()
        book = BOOK.format(url=url, first="SET search_path = staging", second="DELETE FROM jobs WHERE i = 1")
        (tmp_path / "book.md").write_text(book)
        operator = Operator(tmp_path, "run", "book.md", "--plain")
        operator.answers("", "q", "l")
        operator.ends()
        back = Operator(tmp_path, "resume", "--plain")
        back.sees("what was set on shop (SET")
        back.answers("y")
        back.sees("not run: what earlier steps have set on the connection is lost (SET search_path = staging)")
        back.answers("q", "l")
        back.ends()
        assert root.value("SELECT count(*) FROM public.jobs") == "1"


def test_a_step_whose_end_nobody_saw_has_left_whatever_its_text_might(tmp_path: Path) -> None:
    Desk(tmp_path)
    url = f"sqlite:///{tmp_path}/orders.db"
    heard: list[bytes] = []
    for unfinished, past, said in (
        ((None, f"BEGIN; {UPDATE}"), {}, "the transaction that an earlier step opened was lost"),
        (("main", "CREATE TEMP TABLE a (b)"), {}, "is lost (CREATE TEMP TABLE a (b))"),
        (None, {f"{tmp_path}/orders.db": Past(in_transaction=True)}, "the transaction that an earlier step opened"),
        (None, {f"{tmp_path}/orders.db": Past(("ATTACH 'x' AS y",))}, "is lost (ATTACH 'x' AS y)"),
    ):
        session = SqlSession({"main": url}, past=past, unfinished=unfinished)
        outcome = session.run(Task(UPDATE), lambda data, _mode: heard.append(data))
        assert (outcome.status, said in outcome.message) == ("failed", True), outcome
        assert session.run(Task(UPDATE), lambda data, _mode: heard.append(data)).status == "succeeded"
        session.close()
