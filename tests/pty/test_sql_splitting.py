"""A text's statements as the servers' own clients see them: what `psql` and `mysql` send of any text is its pieces, and
what `sqlite3` answers to it is what it answers to them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.desk import opened
from support.servers import PASSWORD, Server

from engine.sessions.sql.pieces import pieces
from engine.syntax.sql import split_statements
from engine.syntax.sql_readings import CLIENTS
from engine.syntax.sql_tokens import statements

SHARED = ["'", '"', "--", "/*", "*/", ";", ";", "\n", " ", "a", "1", "SELECT 1", "SELECT 'x;y'", "-", "/", "*", "é"]
POSTGRES = st.lists(
    st.sampled_from(
        [
            *SHARED,
            *("$$", "$a$", "$a", "$1", "E'", "U&'", "E'\\'", "'\\'", '"a;b"', "a$$", "/* /* */", "(", ")", "(1;2)"),
            *(
                "\n'> ",
                "BEGIN ATOMIC ",
                "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1;",
                "END",
                "\u00a0$$",
                "\r",
            ),
        ]
    )
).map("".join)
# Within a statement two dashes want a blank behind them to be a comment of MySQL; its client writes some comments anew.
MYSQL = st.lists(
    st.sampled_from(
        [
            *("'", '"', ";", ";", "\n", " ", "a", "1", "SELECT 1", "SELECT 'x;y'", "é", "`", "`a;b`", " # ", "'\\'"),
            *(
                '"\\"',
                "''",
                "-- ",
                "1 --1",
                "/* ; */",
                "/* ' */ ",
                "/*!40101 1 */",
                "\n'> ",
                "[",
                "(",
                "$$",
                ";--1",
                "\n--a;'",
            ),
        ]
    )
).map("".join)
PROGRAM = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,  # what another program makes of a text is no reason for one change to fail and not the other
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def sent(text: str, dialect: str) -> list[str] | None:
    """None for what is refused as a whole, or is not for the server. As the steps of a document it is sent the same."""
    found = list(pieces(text, dialect))  # type: ignore[arg-type]
    if any(piece.refusal or piece.kind == "command" for piece in found):
        return None
    steps = [list(pieces(one.text, dialect)) for one in split_statements(text, dialect)]  # type: ignore[arg-type]
    assert [[piece] for piece in found] == steps
    return [piece.text for piece in found]


def bare(texts: Sequence[str], dialect: str) -> list[list[str]]:
    """The words of each: comments and the semicolon are sent by some clients and not by others."""
    read = (statements(text, CLIENTS[dialect]) for text in texts)
    both = zip(texts, read, strict=True)
    found = ([text[one.start : one.end] for part in parts for one in part.tokens] for text, parts in both)
    return [words for words in found if words]


@PROGRAM
@given(text=POSTGRES)
def test_psql_sends_the_same_statements(postgres: Server, text: str) -> None:
    ours = sent(text, "postgres")
    theirs = _logged_by_postgres(postgres, text)
    if ours is not None:
        assert bare(ours, "postgres") == bare(theirs, "postgres")


def _logged_by_postgres(server: Server, text: str) -> list[str]:
    if (psql := shutil.which("psql")) is None:
        pytest.skip("no psql is installed")
    log = server.folder / "server.log"
    start = log.stat().st_size
    told = {"PGPASSWORD": PASSWORD, "PGOPTIONS": "-c log_min_duration_statement=0", "LC_ALL": "C.UTF-8"}
    subprocess.run(
        [psql, "-X", "-q", "-h", "127.0.0.1", "-p", str(server.port), "-U", "app", "-f", "-", "postgres"],
        input=text.encode(), env={**os.environ, **told}, capture_output=True, check=False,
    )  # fmt: skip
    with log.open("rb") as file:
        file.seek(start)
        written = file.read().decode()
    found = re.finditer(r"(?:LOG:  duration: [\d.]+ ms  statement: |STATEMENT:  )(.*(?:\n\t.*)*)", written)
    return [one[1].replace("\n\t", "\n") for one in found]


@PROGRAM
@given(text=MYSQL)
def test_mysql_sends_the_same_statements(mariadb: Server, text: str) -> None:
    ours = sent(text, "mysql")
    theirs = _logged_by_mariadb(mariadb, text)
    if ours is not None:
        assert bare(ours, "mysql") == bare(theirs, "mysql")


def _logged_by_mariadb(server: Server, text: str) -> list[str]:
    program = shutil.which("mariadb") or shutil.which("mysql")
    if program is None:
        pytest.skip("no client of MariaDB is installed")
    log = server.folder / "general.log"
    with opened(server.url()) as desk:
        desk.run(f"SET GLOBAL general_log_file = '{log}'")
        start = log.stat().st_size if log.exists() else 0
        desk.run("SET GLOBAL general_log = 1")
        subprocess.run(
            [program, "--no-defaults", "--force", "--comments", "--skip-auto-rehash", "-h", "127.0.0.1", "-u", "app",
             "-P", str(server.port), "app"],
            input=text.encode(), env={**os.environ, "MYSQL_PWD": PASSWORD}, capture_output=True, check=False,
        )  # fmt: skip
        desk.run("SET GLOBAL general_log = 0")
    return list(_queries(log, start))


def _queries(log: Path, start: int) -> Sequence[str]:
    with log.open("rb") as file:
        file.seek(start)
        written = file.read().decode()
    found = re.findall(r"\t *\d+ Query\t(.*(?:\n(?!\d{6} |\t).*)*)", written)
    return [one for one in found if not one.startswith("SET GLOBAL general_log")]


LITERALS = st.lists(
    st.sampled_from(
        ["'it''s; ok'", '"a;b"', "`a;b`", "[a;b]", "x'00'", "1 -- ;\n", "/* ; */ 2", "'--'", "'/*'", "3/*;*//1", "'\\'"]
    ),
    min_size=1,
    max_size=4,
)


@PROGRAM
@given(statements=st.lists(LITERALS, min_size=1, max_size=4), separator=st.sampled_from([";", ";\n", " ; -- end;\n"]))
def test_sqlite3_answers_the_same(statements: list[list[str]], separator: str) -> None:
    if (program := shutil.which("sqlite3")) is None:
        pytest.skip("no sqlite3 is installed")
    columns = "CREATE TEMP TABLE t (\"a;b\"); INSERT INTO t VALUES ('column');"
    text = separator.join(f"SELECT {', '.join(one)} FROM t" for one in statements)

    def ask(text: str) -> str:
        command = [program, "-batch", "-cmd", columns, ":memory:"]
        return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout

    apart = [ask(f"{one};") for one in sent(text, "sqlite") or ()]
    assert len(apart) == len(statements)
    assert "".join(apart) == ask(text)
