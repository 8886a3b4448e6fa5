"""Writing statements on real databases: shown before they are kept, and kept only when somebody says so."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from support.desk import Desk, opened, until
from support.servers import Server

from engine.sessions.contract import Outcome, Uncommitted

FRESH = """DROP TABLE IF EXISTS orders;
CREATE TABLE orders (id int PRIMARY KEY, state varchar(20));
INSERT INTO orders VALUES (1, 'open'), (2, 'open'), (3, 'paid')"""


@pytest.fixture(params=["postgres", "mariadb", "sqlite"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        sqlite3.connect(tmp_path / "orders.db").close()
        return f"sqlite:///{tmp_path}/orders.db"
    server = request.getfixturevalue(request.param)
    assert isinstance(server, Server)
    return server.url()


@pytest.fixture
def desk(url: str) -> Iterator[Desk]:
    with opened(url) as one:
        assert one.run(FRESH).status == "succeeded", one.said
        yield one


def test_what_a_statement_did_is_shown_before_it_is_kept(desk: Desk) -> None:
    outcome = desk.decided("UPDATE orders SET state = 'late' WHERE state = 'open'", "commit")
    assert outcome.status == "succeeded"
    assert desk.heard == [
        "2 row(s) match its condition now",
        "before, for example:",
        "id  state",
        "--  -----",
        " 1  open",
        " 2  open",
        "(2 rows)",
        "2 row(s) affected",
        "after, the same rows:",
        "id  state",
        "--  -----",
        " 1  late",
        " 2  late",
        "(2 rows)",
        "committed",
    ]
    assert desk.asked == [Uncommitted("UPDATE orders SET state = 'late' WHERE state = 'open'", 2)]
    assert desk.value("SELECT count(*) FROM orders WHERE state = 'late'") == "2"


def test_what_is_rolled_back_has_not_happened(desk: Desk) -> None:
    outcome = desk.decided("DELETE FROM orders WHERE id = 3", "roll_back")
    assert (outcome.status, outcome.message) == ("failed", "rolled back")
    assert "after: none of these rows is there any more" in desk.said
    assert desk.value("SELECT count(*) FROM orders") == "3"


def test_nobody_else_sees_what_waits_for_its_answer(desk: Desk, url: str) -> None:
    seen: list[str] = []

    def decide(_asked: Uncommitted) -> str:
        with opened(url) as other:
            seen.append(other.value("SELECT state FROM orders WHERE id = 1"))
        return "commit"

    assert desk.run("UPDATE orders SET state = 'late' WHERE id = 1", decide=decide).status == "succeeded"
    assert seen == ["open"]


def test_a_composite_key_is_a_key_too(desk: Desk) -> None:
    desk.run("DROP TABLE IF EXISTS parts")
    desk.run("CREATE TABLE parts (a int, b varchar(9), n int, PRIMARY KEY (a, b))")
    desk.run("INSERT INTO parts VALUES (1, 'x', 5), (1, 'it''s', 6)")
    assert desk.decided("UPDATE parts SET n = n + 1 WHERE a = 1", "commit").status == "succeeded"
    after = desk.heard[desk.heard.index("after, the same rows:") :]
    assert sorted(line.split()[-1] for line in after[3:5]) == ["6", "7"]


def test_a_table_without_a_key_shows_rows_before_and_says_why_there_are_none_after(desk: Desk) -> None:
    desk.run("DROP TABLE IF EXISTS heap")
    desk.run("CREATE TABLE heap (a int)")
    desk.run("INSERT INTO heap VALUES (1), (1)")
    desk.decided("DELETE FROM heap", "commit")
    assert [line.strip() for line in desk.heard] == [
        "2 row(s) match its condition now",
        "before, for example:",
        *["a", "-", "1", "1", "(2 rows)"],
        "these rows are not shown afterwards: no primary key finds them again",
        "2 row(s) affected",
        "committed",
    ]


COUNTED = {
    "postgresql": "id serial PRIMARY KEY",
    "mysql": "id int AUTO_INCREMENT PRIMARY KEY",
    "sqlite": "id integer PRIMARY KEY",
}


def test_inserted_rows_are_shown_by_the_number_they_were_given(desk: Desk, url: str) -> None:
    desk.run("DROP TABLE IF EXISTS counted")
    desk.run(f"CREATE TABLE counted ({COUNTED[_dialect(url)]}, note varchar(9))")
    desk.decided("INSERT INTO counted (note) VALUES ('one')", "commit")
    assert desk.heard == [
        "1 row(s) affected",
        "inserted, for example:",
        *["id  note", "--  ----", " 1  one", "(1 row)"],
        "committed",
    ]
    desk.decided("INSERT INTO counted (note) SELECT note FROM counted", "roll_back")
    assert " 2  one" in desk.heard


def _dialect(url: str) -> str:
    return url.partition(":")[0]


def test_rows_that_were_given_their_key_are_said_not_to_be_shown(desk: Desk, url: str) -> None:
    without_number = "WITHOUT ROWID" if url.startswith("sqlite") else ""
    desk.run(f"DROP TABLE IF EXISTS named; CREATE TABLE named (name varchar(9) PRIMARY KEY) {without_number}")
    desk.decided("INSERT INTO named VALUES ('a')", "commit")
    assert desk.heard == [
        "1 row(s) affected",
        "the inserted rows are not shown: no number of the database's own finds them; RETURNING would show them",
        "committed",
    ]


@pytest.mark.parametrize(
    "statement", ["INSERT INTO orders VALUES (9, 'new') RETURNING id", "INSERT INTO orders SELECT 9, 'new' WHERE 1 = 0"]
)
def test_what_returning_shows_or_was_not_inserted_is_not_talked_about(desk: Desk, statement: str) -> None:
    assert desk.decided(statement, "commit").status == "succeeded", desk.said
    assert "inserted" not in desk.said


def test_a_statement_that_joins_says_that_it_was_neither_counted_nor_shown(desk: Desk, url: str) -> None:
    desk.run("DROP TABLE IF EXISTS tardy; CREATE TABLE tardy (id int PRIMARY KEY); INSERT INTO tardy VALUES (1)")
    joined = "UPDATE orders SET state = 'late' FROM tardy WHERE tardy.id = orders.id"
    if url.startswith("mysql"):
        joined = "UPDATE orders JOIN tardy ON tardy.id = orders.id SET state = 'late'"
    desk.decided(joined, "commit")
    assert desk.heard == [
        "neither counted nor shown beforehand: the text alone does not tell which rows it hits",
        "1 row(s) affected",
        "committed",
    ]


def test_another_number_of_rows_than_expected_is_rolled_back(desk: Desk) -> None:
    outcome = desk.run("DELETE FROM orders", expect_rows=1)
    assert (outcome.status, outcome.message) == ("failed", "rolled back: 3 row(s) affected, and 1 expected")
    assert desk.value("SELECT count(*) FROM orders") == "3"
    assert desk.run("DELETE FROM orders WHERE id = 1", expect_rows=1).status == "succeeded"
    assert desk.value("SELECT count(*) FROM orders") == "2"


def test_nobody_is_asked_about_the_wrong_number_of_rows(desk: Desk) -> None:
    assert desk.decided("DELETE FROM orders", "commit", expect_rows=1).status == "failed"
    assert desk.asked == []


def test_an_error_in_a_held_statement_leaves_nothing_behind(desk: Desk) -> None:
    assert desk.decided("INSERT INTO orders VALUES (4, 'new'), (1, 'twice')", "commit").status == "failed"
    assert desk.asked == []
    assert desk.value("SELECT count(*) FROM orders") == "3"
    assert desk.decided("INSERT INTO orders VALUES (4, 'new')", "commit").status == "succeeded"


def test_each_statement_of_a_step_is_asked_about(desk: Desk) -> None:
    answers = iter(["commit", "roll_back"])
    text = "DELETE FROM orders WHERE id = 1; DELETE FROM orders WHERE id = 2; DELETE FROM orders WHERE id = 3"
    outcome = desk.run(text, decide=lambda _asked: next(answers))
    assert outcome.message == "rolled back; 1 statement(s) before it were carried out"
    assert desk.value("SELECT count(*) FROM orders") == "2"


def test_a_step_that_fails_in_an_open_transaction_can_be_run_again(desk: Desk) -> None:
    desk.run("BEGIN")
    desk.run("DELETE FROM orders WHERE id = 1")
    failed = desk.run("DELETE FROM orders WHERE id = 2; DELETE FROM nowhere")
    assert failed.status == "failed"
    assert "its transaction is still open" in desk.said
    assert desk.value("SELECT count(*) FROM orders") == "2", "the step's own first statement is undone, no other"
    assert desk.run("DELETE FROM orders WHERE id = 2").status == "succeeded"
    assert "a transaction is open: what it does is kept at its COMMIT" in desk.said
    assert desk.run("COMMIT").status == "succeeded"
    assert desk.value("SELECT count(*) FROM orders") == "1"


def test_a_transaction_that_a_failing_step_has_opened_is_ended(desk: Desk) -> None:
    assert desk.run("BEGIN; DELETE FROM orders; DELETE FROM nowhere").status == "failed"
    assert "the transaction that this step opened was rolled back" in desk.said
    assert desk.value("SELECT count(*) FROM orders") == "3"


def test_what_belongs_to_the_runbooks_own_transaction_is_not_asked_about(desk: Desk) -> None:
    desk.run("BEGIN")
    assert desk.decided("DELETE FROM orders", "roll_back").status == "succeeded"
    assert "not held for an answer: it belongs to the transaction that the runbook has opened" in desk.said
    desk.run("ROLLBACK")
    assert desk.value("SELECT count(*) FROM orders") == "3"


def test_rows_are_counted_within_the_runbooks_own_transaction_too(desk: Desk) -> None:
    desk.run("BEGIN")
    assert desk.decided("DELETE FROM orders WHERE id = 1", "commit", expect_rows=1).status == "succeeded", desk.said
    failed = desk.decided("DELETE FROM orders", "commit", expect_rows=1)
    assert (failed.status, failed.message) == ("failed", "2 row(s) affected, and 1 expected")
    assert "what this step did was rolled back, and its transaction is still open: it can be run again" in desk.said
    desk.run("COMMIT")
    assert desk.value("SELECT count(*) FROM orders") == "2"


def test_rows_in_tables_without_transactions_are_not_promised_back(mariadb: Server) -> None:
    with opened(mariadb.url()) as desk:
        desk.run(FRESH + "; ALTER TABLE orders ENGINE=MyISAM")
        desk.run("BEGIN")
        assert desk.run("DELETE FROM orders", expect_rows=1).status == "failed"
        assert "can be run again" not in desk.said
        assert desk.value("SELECT count(*) FROM orders") == "0"


def test_a_statement_that_only_reads_cannot_write(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.sessions.sql import performing
    from engine.sessions.sql.judgement import Judgement

    monkeypatch.setattr(performing, "judged", lambda *_: Judgement(reads=True))
    assert desk.run("DELETE FROM orders").status == "failed"
    assert "it was taken for one that only reads" in desk.said
    monkeypatch.undo()
    assert desk.value("SELECT count(*) FROM orders") == "3"
    assert desk.run("DELETE FROM orders").status == "succeeded"


@pytest.mark.parametrize("statement", ["VACUUM", "CREATE INDEX CONCURRENTLY late ON orders (state)", "CHECKPOINT"])
def test_what_no_transaction_takes_back_is_said_and_not_asked_about(postgres: Server, statement: str) -> None:
    with opened(postgres.url()) as desk:
        desk.run(FRESH)
        assert desk.decided(statement, "roll_back").status == "succeeded", desk.said
        assert "not held for an answer: it works outside of transactions" in desk.said
        assert desk.asked == []


def test_ddl_of_mysql_is_not_held_and_not_run_where_its_rows_are_counted(mariadb: Server) -> None:
    with opened(mariadb.url()) as desk:
        desk.run(FRESH)
        assert desk.decided("ALTER TABLE orders ADD note int", "roll_back").status == "succeeded"
        assert "not held for an answer: it commits by itself, as all DDL does there" in desk.said
        refused = desk.run("TRUNCATE orders", expect_rows=3)
        assert refused.message.startswith("not run: its rows are expected to be 3")
        assert desk.value("SELECT count(*) FROM orders") == "3"


def test_ddl_of_postgres_is_held_like_anything_else(postgres: Server) -> None:
    with opened(postgres.url()) as desk:
        desk.run(FRESH)
        assert desk.decided("DROP TABLE orders", "roll_back").status == "failed"
        assert desk.value("SELECT count(*) FROM orders") == "3"


@pytest.mark.parametrize(
    "statement", ["EXECUTE IMMEDIATE 'TRUNCATE orders'", "/*! TRUNCATE orders */", "EXECUTE gone", "CALL emptied()"]
)
def test_what_may_commit_by_itself_is_known_beforehand(mariadb: Server, statement: str) -> None:
    with opened(mariadb.url()) as desk:
        desk.run(FRESH)
        desk.run("CREATE OR REPLACE PROCEDURE emptied() TRUNCATE orders")
        desk.run("PREPARE gone FROM 'TRUNCATE orders'")
        assert desk.decided(statement, "roll_back").status == "succeeded", desk.said
        assert "not held for an answer: " in desk.said
        assert desk.asked == []
        assert desk.value("SELECT count(*) FROM orders") == "0"


def test_what_has_committed_by_itself_is_said_to_have(mariadb: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.sessions.sql import holding

    monkeypatch.setattr(holding, "find_lasting", lambda *_: None)
    with opened(mariadb.url()) as desk:
        desk.run(FRESH)
        outcome = desk.decided("EXECUTE IMMEDIATE 'TRUNCATE orders'", "roll_back")
        assert (outcome.status, outcome.message) == (
            "succeeded",
            "it has committed by itself; there is nothing to roll back",
        )
        assert desk.heard[-1] == outcome.message
        assert desk.asked == []
        desk.run("INSERT INTO orders VALUES (1, 'open')")
        outcome = desk.run("EXECUTE IMMEDIATE 'TRUNCATE orders'", expect_rows=1)
        assert outcome.status == "failed"
        assert outcome.message == (
            "0 row(s) affected, and 1 expected; it has committed by itself; there is nothing to roll back"
        )
        outcome = desk.decided("EXECUTE IMMEDIATE 'TRUNCATE nowhere'", "roll_back")
        assert "its transaction was over before it failed, so part of it may be kept" in outcome.message
        outcome = desk.decided("EXECUTE IMMEDIATE 'ANALYZE TABLE orders'", "roll_back")
        assert outcome.message == "it has committed by itself; there is nothing to roll back"


def test_a_statement_that_fails_in_a_transaction_it_has_ended_is_not_said_to_be_undone(mariadb: Server) -> None:
    with opened(mariadb.url()) as desk:
        desk.run(FRESH)
        desk.run("BEGIN")
        desk.run("DELETE FROM orders WHERE id = 1")
        assert desk.run("ALTER TABLE nowhere ADD a int").status == "failed"
        assert "the transaction is over: what failed has committed what was done before it" in desk.said
        assert desk.value("SELECT count(*) FROM orders") == "2"


def test_a_pragma_says_why_it_is_not_held(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "a.db").close()
    with opened(f"sqlite:///{tmp_path}/a.db") as desk:
        desk.decided("PRAGMA user_version = 5", "roll_back")
        assert desk.heard == ["not held for an answer: a PRAGMA takes effect at once"]
        desk.decided("PRAGMA user_version", "roll_back")
        assert "not held" not in desk.said


def test_locked_tables_stay_locked(mariadb: Server) -> None:
    with opened(mariadb.url()) as desk:
        desk.run(FRESH)
        desk.run("LOCK TABLES orders WRITE")
        desk.run("SELECT count(*) FROM orders")
        assert desk.decided("DELETE FROM orders WHERE id = 1", "commit").status == "succeeded"
        assert "not held for an answer: the tables that the runbook has locked would be unlocked" in desk.said
        assert desk.run("SELECT * FROM mysql.user").status == "failed", "no other table is to be had meanwhile"
        desk.run("UNLOCK TABLES")
        assert desk.decided("DELETE FROM orders WHERE id = 2", "commit").status == "succeeded"
        assert len(desk.asked) == 1


def test_a_rollback_says_so_where_tables_have_no_transactions(mariadb: Server) -> None:
    with opened(mariadb.url()) as desk:
        desk.run("DROP TABLE IF EXISTS plain; CREATE TABLE plain (a int) ENGINE = MyISAM; INSERT INTO plain VALUES (1)")
        outcome = desk.decided("DELETE FROM plain", "roll_back")
        assert outcome.message == "rolled back, but not all of it: tables without transactions keep what was changed"


def test_what_stands_behind_a_setting_is_held_like_any_other(mariadb: Server) -> None:
    with opened(mariadb.url()) as desk:
        desk.run(FRESH)
        desk.decided("SET STATEMENT max_statement_time = 10 FOR DELETE FROM orders WHERE id = 2", "roll_back")
        assert desk.asked
        assert desk.value("SELECT count(*) FROM orders") == "3"


def test_a_comment_that_is_code_reaches_the_server_whole(mariadb: Server) -> None:
    with opened(mariadb.url()) as desk:
        desk.run(FRESH)
        assert desk.decided("DELETE FROM orders /*! WHERE id = 2 */;", "commit").status == "succeeded"
        assert desk.value("SELECT count(*) FROM orders") == "2"


def test_a_temporary_table_is_asked_about_only_when_its_query_changes_something(postgres: Server) -> None:
    with opened(postgres.url()) as desk:
        desk.run(FRESH)
        desk.decided("CREATE TEMP TABLE seen AS SELECT id FROM orders", "commit")
        assert not desk.asked
        desk.decided(
            "CREATE TEMP TABLE gone AS WITH d AS (DELETE FROM orders WHERE id = 2 RETURNING *) SELECT * FROM d",
            "roll_back",
        )
        assert desk.asked
        assert desk.value("SELECT count(*) FROM orders") == "3"


def test_a_connection_lost_between_the_statement_and_its_commit_leaves_it_unknown(postgres: Server) -> None:
    with opened(postgres.url()) as desk:
        desk.run(FRESH)

        def decide(_asked: Uncommitted) -> str:
            kill_others(postgres)
            return "commit"

        outcome = desk.run("DELETE FROM orders", decide=decide)
        assert outcome.status == "lost"
        assert "nobody knows whether it was committed: ask the server with SELECT txid_status(" in outcome.message
        assert desk.value(outcome.message.partition("ask the server with ")[2]) == "aborted"
        assert desk.value("SELECT count(*) FROM orders") == "3"


def test_a_connection_lost_under_a_held_statement_has_committed_nothing(postgres: Server) -> None:
    with opened(postgres.url()) as desk:
        desk.run(FRESH)
        statement = "INSERT INTO orders SELECT 9, 'new' FROM pg_sleep(30)"
        outcomes: list[Outcome] = []
        running = threading.Thread(target=lambda: outcomes.append(desk.decided(statement, "commit")))
        running.start()
        with opened(postgres.url()) as other:
            until(lambda: other.value("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == "1")
        kill_others(postgres)
        running.join(30)
        assert outcomes[0].status == "failed"
        assert "it was not committed: the server rolls its rows back" in outcomes[0].message
        assert "what a function does outside of the transaction stays" in outcomes[0].message


def test_a_commit_of_the_runbooks_own_that_is_lost_says_how_to_find_out(postgres: Server) -> None:
    with opened(postgres.url()) as desk:
        desk.run(FRESH)
        desk.run("BEGIN; DELETE FROM orders")
        link = next(iter(desk.session._links.values()))
        real = link.run

        def cut_at_commit(statement: str) -> object:
            if statement == "COMMIT":
                link.cut()
            return real(statement)

        link.run = cut_at_commit  # type: ignore[method-assign, assignment]
        outcome = desk.run("COMMIT")
        assert outcome.status == "lost"
        assert "nobody knows whether it was committed: ask the server with SELECT txid_status(" in outcome.message


def test_a_commit_that_the_server_turns_into_a_rollback_has_failed(postgres: Server) -> None:
    with opened(postgres.url()) as desk:
        desk.run(FRESH)
        desk.run("BEGIN; DELETE FROM orders")
        assert desk.run("RELEASE SAVEPOINT nowhere").status == "failed"
        outcome = desk.run("COMMIT")
        assert outcome.status == "failed"
        assert "rolled back in place of being committed" in outcome.message
        assert outcome.standing is not None
        assert (outcome.standing.transaction, outcome.standing.undone) == (
            0,
            "the database ended the whole transaction",
        )
        assert desk.value("SELECT count(*) FROM orders") == "3"


def kill_others(server: Server) -> None:
    with opened(server.url()) as other:
        other.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = 'app'"
        )
        until(lambda: other.value("SELECT count(*) FROM pg_stat_activity WHERE usename = 'app'") == "1")


def test_a_connection_lost_at_the_commit_leaves_it_unknown_and_says_how_to_find_out(
    postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.sessions.sql import writing

    real = writing.execute

    def cut_at_commit(link: object, statement: str) -> None:
        if statement == "COMMIT":
            link.cut()  # type: ignore[attr-defined]
        real(link, statement)  # type: ignore[arg-type]

    with opened(postgres.url()) as desk:
        desk.run(FRESH)
        monkeypatch.setattr(writing, "execute", cut_at_commit)
        outcome = desk.decided("DELETE FROM orders", "commit")
        monkeypatch.undo()
        assert outcome.status == "lost"
        assert "nobody knows whether it was committed: ask the server with SELECT txid_status(" in outcome.message
        query = outcome.message.partition("ask the server with ")[2]
        assert desk.value(query) in ("aborted", "committed")


def test_interrupting_what_waits_rolls_it_back(desk: Desk) -> None:
    def decide(_asked: Uncommitted) -> str:
        threading.Thread(target=desk.session.interrupt).start()
        return "roll_back"

    assert desk.run("DELETE FROM orders", decide=decide).status in ("interrupted", "failed")
    assert desk.value("SELECT count(*) FROM orders") == "3"


def test_sqlite_holds_other_writers_off_only_while_it_waits(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db", isolation_level=None)) as other:
        other.execute("CREATE TABLE t (a)")
        with opened(f"sqlite:///{tmp_path}/a.db") as desk:
            desk.decided("INSERT INTO t VALUES (1)", "commit")
            other.execute("INSERT INTO t VALUES (2)")
            assert desk.value("SELECT count(*) FROM t") == "2"


def test_a_lock_of_postgres_is_gone_with_its_transaction_and_the_next_statement_is_held(postgres: Server) -> None:
    with opened(postgres.url()) as desk:
        desk.run(FRESH)
        assert desk.run("BEGIN; LOCK TABLE orders; COMMIT").status == "succeeded", desk.said
        desk.decided("DELETE FROM orders", "commit")
        assert desk.asked == [Uncommitted("DELETE FROM orders", 3)]
