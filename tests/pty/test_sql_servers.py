"""SQL steps on a real PostgreSQL and a real MariaDB, which the tests start on loopback."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from support.desk import Desk, opened, until
from support.servers import PASSWORD, Server, silent_server

from engine.limits import Limits
from engine.sessions.contract import Outcome
from engine.sessions.sql import SqlSession, addresses, mysql, postgres_connection, waits
from engine.sessions.sql import session as sessions

CANCELLED = ("canceling statement due to user request", "interrupted")
"""As the servers say it; a lock that was waited for too long they call otherwise."""


@pytest.fixture(params=["postgres", "mariadb"])
def server(request: pytest.FixtureRequest) -> Server:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Server)
    return found


@pytest.fixture
def desk(server: Server) -> Iterator[Desk]:
    with opened(server.url()) as one:
        yield one


@contextmanager
def lock_on(server: Server, table: str) -> Iterator[None]:
    """Somebody else's transaction holds every row of the table."""
    with opened(server.url()) as other:
        assert other.run(f"BEGIN; DELETE FROM {table}").status == "succeeded"
        yield


def sleep(server: Server) -> str:
    return "SELECT pg_sleep(30)" if server.name == "PostgreSQL" else "SELECT sleep(30)"


def interrupt_soon(desk: Desk) -> threading.Timer:
    timer = threading.Timer(0.2, desk.session.interrupt)
    timer.start()
    return timer


def test_numbers_stand_to_the_right_and_null_is_not_the_text_null(desk: Desk) -> None:
    lines = desk.lines("SELECT 1 AS n, 'a' AS t, NULL AS nothing, 'NULL' AS word UNION ALL SELECT 20, '日本', NULL, ''")
    assert lines == [
        " n  t     nothing  word",
        "--  ----  -------  ------",
        " 1  a     NULL     'NULL'",
        "20  日本  NULL",
        "(2 rows)",
    ]


def test_the_connection_says_where_it_goes_and_which_limits_are_in_force(desk: Desk, server: Server) -> None:
    desk.run("SELECT 1")
    greeting = desk.said.splitlines()[0]
    assert greeting.startswith(f"connected to app@127.0.0.1:{server.port}/")
    assert server.name in greeting
    assert (
        "lock_timeout 5s, statement_timeout 5min" in greeting or "lock wait 5 s, max_statement_time 5 min" in greeting
    )


def test_what_one_step_sets_is_there_for_the_next(desk: Desk) -> None:
    desk.run("CREATE TEMPORARY TABLE kept (a int)")
    desk.run("INSERT INTO kept VALUES (7)")
    assert desk.lines("SELECT a FROM kept")[-2:] == ["7", "(1 row)"]


def test_a_lost_connection_is_opened_again_with_a_word(server: Server) -> None:
    with opened(server.url()) as desk:
        desk.run("SELECT 1")
        server.stop()
        server.start()
        outcome = desk.run("SELECT 2")
        assert (outcome.status, outcome.message) == ("succeeded", "the connection had been lost and was opened again")


def test_no_statement_runs_without_what_earlier_steps_have_set(server: Server) -> None:
    with opened(server.url()) as desk:
        desk.run("CREATE TEMPORARY TABLE gone (a int)")
        server.stop()
        server.start()
        outcome = desk.run("SELECT 1")
        assert outcome.status == "failed"
        assert (
            "what earlier steps have set on the connection is lost (CREATE TEMPORARY TABLE gone (a int))" in desk.said
        )
        assert desk.run("SELECT 1").status == "succeeded"


def test_rows_are_capped_and_what_was_cut_is_said(desk: Desk, server: Server) -> None:
    rows = "SELECT generate_series(1, {0})" if server.name == "PostgreSQL" else "SELECT * FROM seq_1_to_{0}"
    few, many = desk.lines(rows.format(1500)), desk.lines(rows.format(50_000_000))
    assert few[-2:] == ["(1000 rows)", "(500 more row(s) not shown)"]
    assert many[-1].startswith("(at least ")
    assert desk.lines("SELECT 1")[-1] == "(1 row)", "the connection is good for the next statement"


def test_percent_signs_and_backslashes_reach_the_server_as_they_are(desk: Desk, server: Server) -> None:
    text = r"SELECT '%s %d', 'C:\'" if server.name == "PostgreSQL" else r"SELECT '%s %d', 'C:\\'"
    assert desk.lines(text)[-2].split("  ")[0] == "%s %d"
    assert desk.lines(text)[-2].endswith("  C:\\")


def test_statements_run_one_after_the_other_up_to_the_one_that_fails(desk: Desk) -> None:
    outcome = desk.run("SELECT 1 AS first; SELECT nonsense; SELECT 3 AS third")
    assert outcome.status == "failed"
    assert "nonsense" in outcome.message
    assert "first" in desk.said
    assert "third" not in desk.said


def test_an_error_of_postgres_is_shown_at_its_place(postgres: Server) -> None:
    with opened(postgres.url()) as desk:
        desk.run("SELECT 1,\n  nope FROM pg_class")
        assert desk.said.splitlines()[-3:] == [
            'ERROR: column "nope" does not exist (42703)',
            "  nope FROM pg_class",
            "  ^",
        ]


def test_interrupting_ends_the_statement_on_the_server_within_a_second(desk: Desk, server: Server) -> None:
    desk.run("SELECT 1")
    timer = interrupt_soon(desk)
    outcome = desk.run(sleep(server))
    timer.join()
    assert outcome.status == "interrupted"
    assert any(words in outcome.message for words in CANCELLED)
    running = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT pg_sleep%'"
    if server.name == "MariaDB":
        running = "SELECT count(*) FROM information_schema.processlist WHERE info LIKE 'SELECT sleep%'"
    assert desk.lines(running)[-2].strip() == "0"


def test_interrupting_ends_a_statement_that_waits_for_a_lock(desk: Desk, server: Server) -> None:
    desk.run("DROP TABLE IF EXISTS locked")
    desk.run("CREATE TABLE locked (a int PRIMARY KEY)")
    desk.run("INSERT INTO locked VALUES (1)")
    with lock_on(server, "locked"):
        timer = interrupt_soon(desk)
        outcome = desk.run("DELETE FROM locked")
        timer.join()
        assert outcome.status == "interrupted"
        assert any(words in outcome.message for words in CANCELLED)
    assert desk.lines("SELECT a FROM locked")[-2] == "1"


def test_sqlite_too_can_be_interrupted_while_it_waits_for_a_lock(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db", isolation_level=None)) as other:
        other.execute("CREATE TABLE t (a)")
        other.execute("BEGIN EXCLUSIVE")
        with opened(f"sqlite:///{tmp_path}/a.db") as desk:
            timer = interrupt_soon(desk)
            outcome = desk.run("DELETE FROM t")
            timer.join()
        assert outcome.status == "interrupted"
        assert any(words in outcome.message for words in CANCELLED)


@contextmanager
def alone(mariadb: Server) -> Iterator[Desk]:
    """A user of whom the server lets one connection in: nobody else can tell it to end a statement."""
    with opened(mariadb.url()) as root:
        root.run("DROP TABLE IF EXISTS held; CREATE TABLE held (a int); INSERT INTO held VALUES (1)")
        root.run(f"CREATE OR REPLACE USER single@'%' IDENTIFIED BY '{PASSWORD}' WITH MAX_USER_CONNECTIONS 1")
        root.run("GRANT ALL ON *.* TO single@'%'")
        with opened(mariadb.url(user="single")) as desk:
            assert desk.run("SELECT 1").status == "succeeded", desk.said
            yield desk


NOT_TOLD = "the server could not be told to end it: the database cannot be reached: User 'single' has"


def test_a_statement_the_server_cannot_be_told_to_end_is_waited_for(mariadb: Server) -> None:
    with alone(mariadb) as desk:
        found: list[Outcome] = []
        running = threading.Thread(target=lambda: found.append(desk.run("SELECT sleep(2), 'awake'")))
        running.start()
        until(lambda: desk.session._running is not None and desk.session._running._running)  # type: ignore[attr-defined]
        desk.session.interrupt()
        desk.sees(NOT_TOLD)
        assert "it goes on until it is done there" in desk.said
        running.join(30)
        assert "awake" in desk.said


@pytest.mark.parametrize("is_held", [True, False])
def test_what_is_cut_off_from_a_server_that_may_run_it_on_is_unknown(mariadb: Server, is_held: bool) -> None:
    with alone(mariadb) as desk, opened(mariadb.url()) as other:
        decide = {"decide": lambda _asked: "commit"} if is_held else {}
        found: list[Outcome] = []
        statement = "INSERT INTO held SELECT sleep(30)"
        running = threading.Thread(target=lambda: found.append(desk.run(statement, **decide)))
        running.start()
        query = "SELECT count(*) FROM information_schema.processlist WHERE info LIKE 'INSERT INTO held%sleep%'"
        until(lambda: other.value(query) == "1")
        desk.session.interrupt()
        desk.sees(NOT_TOLD)
        assert desk.session.interrupt() == "TERM"
        running.join(30)
        assert found[0].status == "lost"
        assert "the connection was cut, and the server may still be running it: SHOW PROCESSLIST" in found[0].message
        assert "nothing was changed" not in desk.said + found[0].message
        number = found[0].message.partition(" lists it as ")[2].partition(",")[0]
        assert other.run(f"KILL {number}").status == "succeeded", other.said


def test_a_step_out_of_time_ends_although_the_server_cannot_be_told(
    mariadb: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "INSISTING_TIMES", 2)
    with alone(mariadb) as desk:
        outcome = desk.run("SELECT sleep(30)", timeout=0.3)
        assert outcome.status == "timed_out"
        assert "the connection was cut, and the server may still be running it" in outcome.message


def test_a_step_that_takes_too_long_is_ended_on_the_server(desk: Desk, server: Server) -> None:
    assert desk.run(sleep(server), timeout=0.3).status == "timed_out"
    assert desk.lines("SELECT 1")[-1] == "(1 row)"


def test_a_read_only_session_is_one_to_the_server(server: Server) -> None:
    with opened(server.url()) as desk:
        desk.run("CREATE TABLE IF NOT EXISTS guarded (a int)")
    with opened(server.url(), read_only=True) as desk:
        assert desk.run("INSERT INTO guarded VALUES (1)").status == "failed"
        assert "read-only" in desk.said or "READ ONLY" in desk.said
        assert desk.run("SELECT * FROM guarded").status == "succeeded"


def test_a_password_is_asked_for_and_never_shown(server: Server) -> None:
    with opened(server.url(password="")) as desk:
        typing = threading.Thread(target=type_when_asked, args=(desk.session, PASSWORD))
        typing.start()
        outcome = desk.run("SELECT 1")
        typing.join()
        assert outcome.status == "succeeded", desk.said
        assert f"password for app@127.0.0.1:{server.port}/" in desk.said
        assert PASSWORD not in desk.said


def test_a_password_file_that_others_can_read_is_named_when_it_is_not_used(
    postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "pgpass"
    escaped = PASSWORD.replace("\\", "\\\\").replace(":", "\\:")
    file.write_text(f"127.0.0.1:{postgres.port}:*:app:{escaped}\n")
    monkeypatch.setenv("PGPASSFILE", str(file))
    file.chmod(0o644)
    with opened(postgres.url(password="")) as desk:
        typing = threading.Thread(target=type_when_asked, args=(desk.session, PASSWORD))
        typing.start()
        assert desk.run("SELECT 1").status == "succeeded", desk.said
        typing.join()
        assert f"{file} is not used: others may read it; `chmod 600` makes it count" in desk.said
    file.chmod(0o600)
    with opened(postgres.url(password="")) as desk:
        assert desk.value("SELECT 1") == "1"


def test_a_wrong_password_is_said_without_it(server: Server) -> None:
    with opened(server.url(password="wr0ng-one")) as desk:  # noqa: S106
        typing = threading.Thread(target=type_when_asked, args=(desk.session, "another"))
        typing.start()
        outcome = desk.run("SELECT 1")
        typing.join()
        assert outcome.status == "failed"
        assert "the database cannot be reached" in outcome.message
        assert "wr0ng-one" not in desk.said + outcome.message
        assert "another" not in desk.said + outcome.message


def test_a_wrong_password_of_one_letter_leaves_the_words_of_the_error_whole(server: Server) -> None:
    with opened(server.url(password="")) as desk:
        typing = threading.Thread(target=type_when_asked, args=(desk.session, "e"))
        typing.start()
        message = desk.run("SELECT 1").message
        typing.join()
        assert "password" in message
        assert "***" not in message


def test_nothing_in_a_cell_is_obeyed_by_a_terminal(desk: Desk, server: Server) -> None:
    hexadecimal = "1b5d303b7469746c6507091b5b324b08080ce280ae676f6e65"
    text = f"CONVERT(x'{hexadecimal}' USING utf8mb4)"
    if server.name == "PostgreSQL":
        text = f"convert_from('\\x{hexadecimal}', 'UTF8')"
    outcome = desk.run(f"SELECT {text} AS a")
    assert outcome.status == "succeeded", desk.said
    assert desk.heard[-2] == "^[]0;title^G^I^[[2K^H^H^L<U+202E>gone"
    assert outcome.fetched[0].rows == ((bytes.fromhex(hexadecimal).decode(),),), "the data is kept as it is"
    if server.name == "PostgreSQL":
        desk.run(f"DO $$ BEGIN RAISE NOTICE '%', {text}; END $$")
        assert "\x1b" not in desk.said


def type_when_asked(session: SqlSession, text: str) -> None:
    """No event tells that a question is asked, as none does of a terminal."""
    until = time.monotonic() + 20
    while session.waiting() is None and time.monotonic() < until:
        threading.Event().wait(0.01)
    assert session.write(f"{text}\r".encode()) is False


@pytest.mark.parametrize("scheme", ["postgresql", "mysql"])
def test_a_host_that_says_nothing_is_given_up(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_connection, "CONNECT_SECONDS", 2)
    monkeypatch.setattr(mysql, "CONNECT_SECONDS", 1)
    with silent_server() as port, opened(f"{scheme}://app:pw@127.0.0.1:{port}/x") as desk:
        outcome = desk.run("SELECT 1")
        assert outcome.status == "failed"
        assert "the database cannot be reached" in outcome.message


@pytest.mark.parametrize("dialect", ["postgres", "mysql"])
def test_a_missing_driver_says_which_extra_to_install(dialect: Any) -> None:
    assert f"pip install 'oncue[{dialect}]'" in str(addresses.driver_missing(dialect))


def test_psql_commands_are_answered_from_the_catalogue(postgres: Server) -> None:
    with opened(postgres.url()) as desk:
        desk.run("DROP TABLE IF EXISTS catalogued; CREATE TABLE catalogued (id int PRIMARY KEY, note text DEFAULT '-')")
        assert [line.split()[:3] for line in desk.lines(r"\dt cat*")[2:3]] == [["public", "catalogued", "table"]]
        described = "\n".join(desk.lines(r"\d catalogued"))
        assert "not null" in described
        assert "catalogued_pkey" in described
        assert "catalogued_pkey" in "\n".join(desk.lines(r"\d public.catalogued"))
        assert [line.split()[:3] for line in desk.lines(r"\dti public.cat*")[2:-1]] == [
            ["public", "catalogued", "table"],
            ["public", "catalogued_pkey", "index"],
        ]
        own = desk.lines(r"\dt pg_catalog.pg_cl*")
        assert [line.split()[1] for line in own[2:-1]] == ["pg_class"]
        assert "pg_class" not in "\n".join(desk.lines(r"\dt"))
        assert "pg_class" in "\n".join(desk.lines(r"\dtS"))
        assert any(line.startswith("postgres") for line in desk.lines(r"\l"))
        assert desk.lines("\\x\nSELECT 1 AS one;\n\\x")[1:-1] == ["-[ row 1 ]-", "one | 1", "(1 row)"]
        assert desk.lines("SELECT 1 AS one \\gx") == ["-[ row 1 ]-", "one | 1", "(1 row)"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (r"\c other", r"\c cannot be used here: a step is connected to the database its fence names"),
        (r"\copy t FROM 'file'", r"\copy cannot be used here: it reads or writes a file of the client's"),
        (r"\i file.sql", "write the file's statements into the runbook"),
        ("COPY t FROM STDIN;\n1\n\\.\n", "COPY FROM STDIN reads its rows from the client"),
        ("SELECT 'open", "a quote or a parenthesis in it has no end"),
    ],
)
def test_what_cannot_be_sent_is_refused_before_anything_runs(postgres: Server, text: str, said: str) -> None:
    with opened(postgres.url()) as desk:
        outcome = desk.run(f"SELECT 1;\n{text}")
        assert outcome.status == "failed"
        assert said in outcome.message
        assert "(1 row)" not in desk.said


def test_a_procedure_written_with_delimiter_answers_all_its_results(mariadb: Server) -> None:
    with opened(mariadb.url()) as desk:
        desk.run("DROP PROCEDURE IF EXISTS two")
        desk.run("DELIMITER //\nCREATE PROCEDURE two() BEGIN SELECT 1 AS a; SELECT 2 AS b; END//\nDELIMITER ;\n")
        assert [line.strip() for line in desk.lines("CALL two()")][:8] == [
            "a",
            "-",
            "1",
            "(1 row)",
            "b",
            "-",
            "2",
            "(1 row)",
        ]


def test_a_notice_belongs_to_the_step_it_comes_in(postgres: Server) -> None:
    with opened(postgres.url()) as desk:
        desk.run("SELECT 1")
        assert desk.lines("DO $$ BEGIN RAISE NOTICE 'halfway'; END $$") == ["NOTICE: halfway"]


def _wanted(desk: Desk) -> None:
    desk.run("DROP TABLE IF EXISTS wanted; CREATE TABLE wanted (a int PRIMARY KEY); INSERT INTO wanted VALUES (1)")


HOLDER = {
    "PostgreSQL": ("Lock transactionid", "(app, oncue; idle in transaction for ", "s: DELETE FROM wanted)"),
    "MariaDB": ("a row's lock", "(app; Sleep for ", " s)"),
}
"""What a locked row is called there, who is told to hold it, since when and by what."""


def test_a_statement_that_takes_long_says_what_it_waits_for(
    server: Server, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waits, "FIRST_SECONDS", 0.1)
    _wanted(desk)
    event, *holder = HOLDER[server.name]
    with lock_on(server, "wanted"):
        running = threading.Thread(target=desk.run, args=("DELETE FROM wanted",))
        running.start()
        desk.sees(f"still running: it waits for {event}, held by process ")
        for words in holder:
            desk.sees(words)
            assert words in desk.session.waits_for()
        desk.session.interrupt()
        running.join()
    assert desk.session.waits_for() == ""
    running = threading.Thread(target=desk.run, args=(sleep(server),))
    running.start()
    desk.sees(f"still running: it waits for {'Timeout PgSleep' if server.name == 'PostgreSQL' else 'User sleep'}")
    desk.session.interrupt()
    running.join()


def test_the_limit_for_locks_says_so_and_who_was_in_the_way(server: Server, desk: Desk) -> None:
    _wanted(desk)
    event, *holder = HOLDER[server.name]
    with lock_on(server, "wanted"):
        outcome = desk.run("DELETE FROM wanted", limits=Limits(lock=1.5))
    assert outcome.status == "timed_out"
    limit = "lock_timeout" if server.name == "PostgreSQL" else "the limit for locks"
    assert f"{limit} was reached after " in outcome.message
    assert f"; it was waiting for {event}, held by process " in outcome.message
    assert all(words in outcome.message for words in holder)
    assert desk.run("DELETE FROM wanted").status == "succeeded"


def test_the_limit_for_a_statement_says_so(server: Server, desk: Desk) -> None:
    outcome = desk.run(sleep(server), limits=Limits(statement=0.3))
    limit = "statement_timeout" if server.name == "PostgreSQL" else "the limit for a statement"
    assert outcome.status == "timed_out"
    assert f"{limit} was reached after 0." in outcome.message
    assert desk.run("SELECT 1").status == "succeeded", "the next step has its own limits"


def test_a_step_that_is_out_of_time_says_how_much_it_had(server: Server, desk: Desk) -> None:
    assert "the step's time limit of 0.3 s was reached" in desk.run(sleep(server), timeout=0.3).message


def test_a_limit_that_the_document_sets_stays(server: Server, desk: Desk) -> None:
    name, shown = ("lock_timeout", "7s") if server.name == "PostgreSQL" else ("lock_wait_timeout", "7")
    desk.run(f"SET {name} = {7000 if server.name == 'PostgreSQL' else 7}")
    desk.run("SELECT 1", limits=Limits(lock=3, statement=9))
    query = f"SELECT current_setting('{name}')" if server.name == "PostgreSQL" else f"SELECT @@{name}"
    assert desk.value(query) == shown


def test_the_limits_of_a_step_are_in_force_and_those_of_the_next_one_after_it(server: Server, desk: Desk) -> None:
    is_postgres = server.name == "PostgreSQL"
    query = "SELECT current_setting('statement_timeout')" if is_postgres else "SELECT round(@@max_statement_time)"
    read = [
        desk.run(query, limits=limits).fetched[0].rows[0][0]
        for limits in (None, Limits(statement=1800), Limits(statement=90), None)
    ]
    assert read == (["5min", "30min", "90s", "5min"] if is_postgres else ["300", "1800", "90", "300"])


def test_sqlite_has_the_same_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waits, "FIRST_SECONDS", 0.1)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    with closing(sqlite3.connect(tmp_path / "a.db", isolation_level=None)) as other:
        other.execute("CREATE TABLE t (a)")
        with opened(f"sqlite:///{tmp_path}/a.db") as desk:
            outcome = desk.run(endless, limits=Limits(statement=0.2))
            assert (outcome.status, outcome.message.partition(" after ")[0]) == (
                "timed_out",
                "interrupted; the limit for a statement was reached",
            )
            other.execute("BEGIN EXCLUSIVE")
            outcome = desk.run("DELETE FROM t", limits=Limits(lock=0.3))
            assert outcome.status == "timed_out"
            assert "database is locked; the limit for locks was reached after 0." in outcome.message
            assert "it was waiting for the lock on its file, held by another process" in outcome.message
            assert "still running: it waits for the lock on its file" in desk.said
            other.execute("ROLLBACK")
            assert desk.run("DELETE FROM t").status == "succeeded"
