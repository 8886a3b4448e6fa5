"""What goes wrong with databases, and what is said about it."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from support.desk import Desk, opened, until
from support.servers import PASSWORD, Server, free_port

from engine.sessions.contract import Outcome

MEGABYTE = 1024 * 1024


@pytest.fixture(params=["postgres", "mariadb"])
def server(request: pytest.FixtureRequest) -> Server:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Server)
    return found


@pytest.fixture
def desk(server: Server) -> Iterator[Desk]:
    with opened(server.url()) as one:
        yield one


def failure(desk: Desk, text: str, **details: Any) -> str:
    outcome = desk.run(text, **details)
    assert outcome.status == "failed", desk.said
    return outcome.message


@pytest.mark.parametrize("scheme", ["postgresql", "mysql"])
def test_a_host_that_is_down_is_said_to_be(scheme: str) -> None:
    with opened(f"{scheme}://app:s3cret@127.0.0.1:{free_port()}/x") as desk:
        message = failure(desk, "SELECT 1")
        assert message.startswith("the database cannot be reached: ")
        assert "refused" in message
        assert "s3cret" not in message


def test_a_host_nobody_knows_is_said_to_be(server: Server) -> None:
    with opened(server.url().replace("127.0.0.1", "nowhere.invalid")) as desk:
        assert failure(desk, "SELECT 1").startswith("the database cannot be reached: ")


def test_a_database_that_is_missing_is_named(server: Server) -> None:
    with opened(server.url().rpartition("/")[0] + "/nothing_there") as desk:
        assert "nothing_there" in failure(desk, "SELECT 1")


def test_what_is_not_permitted_is_said(server: Server) -> None:
    with opened(server.url()) as root:
        root.run("DROP TABLE IF EXISTS secret; CREATE TABLE secret (a int)")
        if server.name == "PostgreSQL":
            root.run(f"DROP ROLE IF EXISTS guest; CREATE ROLE guest LOGIN PASSWORD '{PASSWORD}'")
        else:
            root.run(f"CREATE OR REPLACE USER guest@'%' IDENTIFIED BY '{PASSWORD}'")
            root.run("CREATE DATABASE IF NOT EXISTS shared; GRANT SELECT ON shared.* TO guest@'%'")
    url = server.url(user="guest")
    with opened(url if server.name == "PostgreSQL" else url.replace("/app", "/shared")) as desk:
        table = "secret" if server.name == "PostgreSQL" else "app.secret"
        assert "denied" in failure(desk, f"SELECT * FROM {table}")
        assert desk.run("SELECT 1").status == "succeeded"


def test_a_syntax_error_is_shown_at_its_place(desk: Desk, server: Server) -> None:
    message = failure(desk, "SELECT 1;\nSELECT 2\nFORM t u")
    assert "syntax" in message.lower()
    if server.name == "PostgreSQL":
        assert desk.heard[-2:] == ["FORM t u", "     ^"]
    else:
        assert "near 't u' at line 2" in message


def test_a_server_that_goes_down_under_a_statement_that_reads(server: Server) -> None:
    with opened(server.url()) as desk:
        outcome = _while_it_goes_down(desk, server, "SELECT pg_sleep(60)", "SELECT sleep(60)")
        assert outcome.status == "failed"
        assert "connection" in outcome.message
        assert "nobody knows" not in outcome.message
        again = desk.run("SELECT 1")
        assert (again.status, again.message) == ("succeeded", "the connection had been lost and was opened again")


def test_a_server_that_goes_down_under_a_statement_that_writes_leaves_it_unknown(server: Server) -> None:
    with opened(server.url()) as desk:
        desk.run("DROP TABLE IF EXISTS slow; CREATE TABLE slow (a int)")
        outcome = _while_it_goes_down(
            desk, server, "INSERT INTO slow SELECT 1 FROM pg_sleep(60)", "INSERT INTO slow SELECT sleep(60)"
        )
        assert outcome.status == "lost"
        assert "nobody knows whether the statement was carried out: look at what it changes" in outcome.message


def _while_it_goes_down(desk: Desk, server: Server, postgres: str, mariadb: str) -> Outcome:
    found: list[Outcome] = []
    desk.run("SELECT 1")
    statement = postgres if server.name == "PostgreSQL" else mariadb
    running = threading.Thread(target=lambda: found.append(desk.run(statement)))
    running.start()
    with opened(server.url()) as other:
        query = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND wait_event = 'PgSleep'"
        if server.name == "MariaDB":
            query = "SELECT count(*) FROM information_schema.processlist WHERE state = 'User sleep'"
        until(lambda: other.value(query) == "1")
        server.stop()
    running.join(30)
    server.start()
    return found[0]


def test_of_two_that_wait_for_each_other_one_is_told(server: Server) -> None:
    with opened(server.url()) as one, opened(server.url()) as two:
        one.run("DROP TABLE IF EXISTS knot; CREATE TABLE knot (id int PRIMARY KEY, n int)")
        one.run("INSERT INTO knot VALUES (1, 0), (2, 0)")
        for desk, key in ((one, 1), (two, 2)):
            if server.name == "PostgreSQL":  # the other one may have to wait on
                desk.run("SET lock_timeout = '1500ms'")
            assert desk.run(f"BEGIN; UPDATE knot SET n = 1 WHERE id = {key}").status == "succeeded"
        waiting = threading.Thread(target=one.run, args=("UPDATE knot SET n = 2 WHERE id = 2",))
        waiting.start()
        two.run("UPDATE knot SET n = 2 WHERE id = 1")
        said = two.said
        two.run("ROLLBACK")
        waiting.join(30)
        said += one.said
        assert "deadlock" in said.lower()
        words = "its transaction is still open" if server.name == "PostgreSQL" else "the whole transaction was rolled"
        assert words in said


@pytest.mark.parametrize("name", ["LATIN1", "SQL_ASCII"])
def test_encodings_of_postgres_that_lack_a_character(postgres: Server, name: str) -> None:
    with opened(postgres.url()) as desk:
        desk.run(f"DROP DATABASE IF EXISTS {name.lower()}")
        desk.run(f"CREATE DATABASE {name.lower()} ENCODING '{name}' LOCALE 'C' TEMPLATE template0")
    with opened(postgres.url().rpartition("/")[0] + f"/{name.lower()}") as desk:
        assert desk.value("SELECT 'é'") == "é"
        if name == "LATIN1":
            assert 'no equivalent in encoding "LATIN1"' in failure(desk, "SELECT '日'")
        else:
            assert desk.run("SELECT E'\\xff\\xfe' AS broken").status in ("succeeded", "failed")
        assert desk.value("SELECT 1") == "1"


def test_text_that_is_none_is_shown_as_bytes(tmp_path: Path, mariadb: Server) -> None:
    sqlite3.connect(tmp_path / "a.db").close()
    with opened(f"sqlite:///{tmp_path}/a.db") as desk:
        assert desk.value("SELECT CAST(x'61ff' AS TEXT)") == "a\\xff"
    with opened(mariadb.url()) as desk:
        assert desk.value("SELECT x'61ff'") == "61ff"


def test_a_statement_of_five_megabytes_runs(desk: Desk) -> None:
    values = "x" * 5 * MEGABYTE
    assert desk.value(f"SELECT length('{values}')") == str(5 * MEGABYTE)


def test_a_cell_of_a_hundred_megabytes_is_cut_and_its_length_said(postgres: Server, tmp_path: Path) -> None:
    size = 100 * MEGABYTE
    with opened(postgres.url()) as desk:
        outcome = desk.run(f"SELECT 1 AS n, repeat('x', {size}) AS wide")
        assert f"… ({size} characters)" in desk.said
        assert len(desk.said) < 2000
        assert (len(outcome.fetched[0].rows[0][1] or ""), outcome.fetched[0].cut) == (10_000, 1)
    sqlite3.connect(tmp_path / "a.db").close()
    with opened(f"sqlite:///{tmp_path}/a.db") as desk:
        assert desk.run(f"SELECT zeroblob({size}) AS wide").status == "succeeded"
        assert f"({size} bytes)" in desk.said


def test_of_many_wide_cells_only_a_few_are_held_at_once(mariadb: Server) -> None:
    with opened(mariadb.url()) as desk:
        desk.run("SELECT 1")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert desk.run("SELECT repeat('x', 1000000) AS wide FROM seq_1_to_300").status == "succeeded", desk.said
        assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < 100 * MEGABYTE


GROWTH = """
import resource, sys
from support.desk import opened
with opened(sys.argv[1]) as desk:
    desk.run("SELECT 1")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert desk.run(sys.argv[2]).status == "succeeded", desk.said
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def grown(url: str, statement: str) -> int:
    """Bytes, in a process of its own."""
    root = Path(__file__).parents[2]
    paths = {**os.environ, "PYTHONPATH": f"{root}:{root}/tests"}
    done = subprocess.run(
        [sys.executable, "-c", GROWTH, url, statement], env=paths, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout) * 1024


def test_of_many_large_cells_one_is_held_at_a_time(postgres: Server, tmp_path: Path) -> None:
    size, rows = 20 * MEGABYTE, 12
    sqlite3.connect(tmp_path / "a.db").close()
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})"
    for url, statement in (
        (postgres.url(), f"SELECT repeat('x', {size}) FROM generate_series(1, {rows})"),
        (f"sqlite:///{tmp_path}/a.db", f"{numbers} SELECT zeroblob({size}), i FROM n"),
    ):
        assert grown(url, statement) < 3 * size + 100 * MEGABYTE


def test_what_is_cut_says_its_size_in_its_own_measure(postgres: Server, mariadb: Server) -> None:
    with opened(postgres.url()) as desk:
        desk.run("SELECT repeat('é', 20000) AS a, convert_to(repeat('x', 30000), 'UTF8') AS b, 'ab'::bytea AS c")
        assert "… (20000 characters)  " in desk.said
        assert "… (30000 bytes)  \\x6162" in desk.said
    with opened(mariadb.url()) as desk:
        desk.run("SELECT repeat(x'ff', 30000), repeat(x'ff', 150)")
        assert "… (30000 bytes)  " in desk.said
        assert "… (150 bytes)" in desk.said


def test_a_key_that_is_bytes_is_not_looked_for_as_text(mariadb: Server) -> None:
    with opened(mariadb.url()) as desk:
        desk.run("DROP TABLE IF EXISTS ids; CREATE TABLE ids (id binary(2) PRIMARY KEY, n int)")
        desk.run("INSERT INTO ids VALUES (x'00ff', 1)")
        assert desk.run("UPDATE ids SET n = 2", decide=lambda _asked: "commit").status == "succeeded"
        assert "none of these rows is there" not in desk.said
        assert "these rows are not shown afterwards" in desk.said


def test_columns_of_the_same_name_all_stand_there(desk: Desk) -> None:
    assert desk.lines("SELECT 1 AS a, 2 AS a") == ["a  a", "-  -", "1  2", "(1 row)"]


def test_rows_without_a_column_are_counted(postgres: Server) -> None:
    with opened(postgres.url()) as desk:
        assert desk.lines("SELECT FROM generate_series(1, 3)") == ["(3 rows without a column)"]


def test_a_result_without_a_row_has_its_columns(desk: Desk) -> None:
    assert desk.lines("SELECT 1 AS a WHERE 1 = 0")[0].strip() == "a"
    assert desk.heard[-1] == "(0 rows)"


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A file system that is soon full; skips where none can be had."""
    with TemporaryDirectory() as folder:
        mounted = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", folder]
        if shutil.which("mount") is None or subprocess.run(mounted, capture_output=True, check=False).returncode:
            pytest.skip("no small file system can be mounted here")
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "-l", folder], check=True)


def test_a_file_that_is_no_database_or_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a database, and longer than a header" * 10)
    for name, said in (("notes.txt", "file is not a database"), ("nowhere.db", "there is no database")):
        with opened(f"sqlite:///{tmp_path}/{name}") as desk:
            assert said in failure(desk, "SELECT * FROM sqlite_master")
    assert not (tmp_path / "nowhere.db").exists()


def test_a_full_disk_is_said_and_nothing_is_kept() -> None:
    with small_disk(1) as folder:
        with closing(sqlite3.connect(folder / "a.db", isolation_level=None)) as database:
            database.execute("CREATE TABLE t (a)")
        with opened(f"sqlite:///{folder}/a.db") as desk:
            rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) "
            rows += "INSERT INTO t SELECT randomblob(1000) FROM n"
            assert "full" in failure(desk, rows, decide=lambda _asked: "commit")
            assert desk.value("SELECT count(*) FROM t") == "0"


def test_a_full_tablespace_is_said(postgres: Server) -> None:
    with small_disk(8) as folder, opened(postgres.url()) as desk:
        place = folder / "space"
        place.mkdir()
        shutil.chown(place, postgres.user or None)
        assert desk.run(f"CREATE TABLESPACE small LOCATION '{place}'").status == "succeeded", desk.said
        try:
            desk.run("CREATE TABLE wide (a text) TABLESPACE small")
            fill = "INSERT INTO wide SELECT repeat(md5(g::text), 30) FROM generate_series(1, 30000) g"
            assert "No space left on device" in failure(desk, fill, decide=lambda _asked: "commit")
            assert desk.value("SELECT count(*) FROM wide") == "0"
        finally:
            desk.run("DROP TABLE IF EXISTS wide")
            desk.run("DROP TABLESPACE small")
