"""What a client is told of a SQL step, and what it may answer: the contract of every face of Oncue."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from support.hosts import Bench, kill, until, until_idle
from support.terminal import environment

from engine import commands as c
from engine import events as e
from engine.client import Client, Told
from engine.errors import Refused
from engine.machine import allowed
from engine.summary import uncommitted_of

DOCUMENT = """# Orders

```sql
DELETE FROM orders WHERE id = 1
```

```sql
SELECT id, state FROM orders
```
"""


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    with closing(sqlite3.connect(tmp_path / "orders.db", isolation_level=None)) as database:
        database.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, state TEXT)")
        database.execute("INSERT INTO orders VALUES (1, 'open'), (2, NULL)")
    bench = Bench(tmp_path)
    yield bench
    bench.close()


def start(client: Client, **more: object) -> None:
    step_id = client.state.current
    assert step_id is not None
    prepared = client.ask("prepare", step_id=step_id)["prepared"]
    client.command(c.Start(step_id=step_id, text=prepared["text"], approval="confirmed", **more))  # type: ignore[arg-type]


def is_asked(client: Client, _told: Told) -> bool:
    return client.state.asked is not None


def ids(folder: Path) -> list[int]:
    with closing(sqlite3.connect(folder / "orders.db")) as database:
        return [one for (one,) in database.execute("SELECT id FROM orders ORDER BY id")]


def databases(folder: Path) -> dict[str, str]:
    return {"orders": f"sqlite:///{folder}/orders.db"}


def test_the_state_has_the_question_and_whoever_has_the_keyboard_answers_it(bench: Bench) -> None:
    address, client = bench.start(DOCUMENT, databases=databases(bench.folder))
    start(client, hold=True)
    output = until(client, is_asked)
    assert b"1 row(s) affected" in output, "what was done is told before the question"
    asked = client.state.asked
    assert asked is not None
    assert (asked.statement, asked.rows) == ("DELETE FROM orders WHERE id = 1", 1)
    assert {"commit", "roll_back"} <= allowed(client.state)
    watcher = bench.attach(address)
    assert watcher.state.asked == asked
    answer = c.Commit(attempt=asked.attempt, question=asked.question)
    with pytest.raises(Refused, match="has the keyboard"):
        watcher.command(answer)
    assert ids(bench.folder) == [1, 2]
    client.command(answer)
    until_idle(client)
    assert client.state.asked is None
    assert client.state.attempts[1].decision == "commit"
    assert not {"commit", "roll_back"} & allowed(client.state)
    assert ids(bench.folder) == [2]


def test_rows_are_told_as_an_event_and_handed_out_again_when_asked_for(bench: Bench) -> None:
    _, client = bench.start(DOCUMENT, databases=databases(bench.folder))
    client.command(c.Select(step_id=list(client.state.steps)[1]))
    start(client)
    told: list[e.RowsFetched] = []

    def is_over(client: Client, one: Told) -> bool:
        if isinstance(one, e.Recorded) and isinstance(one.event, e.RowsFetched):
            told.append(one.event)
        return client.state.phase == "idle" and not client.pending

    until(client, is_over)
    (rows,) = told
    assert (rows.columns, rows.numeric, rows.rows) == (("id", "state"), (True, False), (("1", "open"), ("2", None)))
    (again,) = client.ask("rows", attempt=1)["results"]
    assert again["rows"] == [["1", "open"], ["2", None]]
    assert client.ask("rows", attempt=7)["results"] == []
    assert client.state.attempts[1].results == 1


def test_a_host_that_dies_while_it_waits_has_changed_nothing(bench: Bench) -> None:
    address, client = bench.start(DOCUMENT, databases=databases(bench.folder))
    start(client, hold=True)
    until(client, is_asked)
    kill(address)
    assert ids(bench.folder) == [1, 2]
    _, back = bench.resume(address.run_id)
    assert (back.state.phase, back.state.asked) == ("unknown", None)
    assert "nobody had answered: the database has rolled it back" in uncommitted_of(back.state.attempts[1])
