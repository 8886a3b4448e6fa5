"""SQL texts into statements."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.syntax.sql import _easy_ends, reads_as_sql, split_statements
from engine.syntax.sql_readings import CLIENTS
from engine.syntax.sql_tokens import boundaries

SPLITS = [
    ("", "sql", []),
    ("-- only a comment", "sql", []),
    ("SELECT 1", "sql", ["SELECT 1"]),
    ("SELECT 1; SELECT 2;", "sql", ["SELECT 1", "SELECT 2"]),
    ("-- why\nSELECT 1;\n\n-- end\n", "sql", ["-- why\nSELECT 1"]),
    ("SELECT 1; -- not a title\nSELECT 2;", "sql", ["SELECT 1", "SELECT 2"]),
    ("SELECT ';' , \"a;b\", `c;d`;SELECT 2", "mysql", ["SELECT ';' , \"a;b\", `c;d`", "SELECT 2"]),
    ("SELECT 'it''s; ok'; SELECT 2", "sql", ["SELECT 'it''s; ok'", "SELECT 2"]),
    ("/* a; b */ SELECT 1; SELECT 2", "sql", ["/* a; b */ SELECT 1", "SELECT 2"]),
    ("SELECT $$a;b$$; SELECT 2", "sql", ["SELECT $$a;b$$", "SELECT 2"]),
    ("SELECT $x$ a; $$ b $x$; SELECT 2", "psql", ["SELECT $x$ a; $$ b $x$", "SELECT 2"]),
    (
        "CREATE FUNCTION f() RETURNS int AS $$\nBEGIN\n  RETURN 1;\nEND $$ LANGUAGE plpgsql;\nSELECT 1;",
        "postgresql",
        ["CREATE FUNCTION f() RETURNS int AS $$\nBEGIN\n  RETURN 1;\nEND $$ LANGUAGE plpgsql", "SELECT 1"],
    ),
    (
        "DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; END//\nDELIMITER ;\nSELECT 2;",
        "mysql",
        ["CREATE PROCEDURE p() BEGIN SELECT 1; END", "SELECT 2"],
    ),
    (
        "CREATE TRIGGER t AFTER INSERT ON x BEGIN UPDATE a SET b = CASE WHEN 1 THEN 2 END; SELECT 3; END;\nSELECT 1",
        "sqlite",
        [
            "CREATE TRIGGER t AFTER INSERT ON x BEGIN UPDATE a SET b = CASE WHEN 1 THEN 2 END; SELECT 3; END",
            "SELECT 1",
        ],
    ),
    (
        "DROP FUNCTION IF EXISTS f; CREATE FUNCTION g() RETURN 1; SELECT 1;",
        "mysql",
        ["DROP FUNCTION IF EXISTS f", "CREATE FUNCTION g() RETURN 1", "SELECT 1"],
    ),
    ("--was: DELETE FROM t; SELECT 1;\nSELECT 2; --x; y", "mysql", ["--was: DELETE FROM t; SELECT 1;\nSELECT 2"]),
    ("/* c */ --x; DROP TABLE t", "mysql", ["/* c */ --x", "DROP TABLE t"]),
    ("SELECT 1 --1; SELECT 2", "mysql", ["SELECT 1 --1", "SELECT 2"]),
    ("use app\nSELECT 1;\nuse b;\nstatus\nSELECT 2", "mysql", ["use app", "SELECT 1", "use b", "status", "SELECT 2"]),
    ("SELECT 1\nFROM status\nUSE INDEX (a);", "mysql", ["SELECT 1\nFROM status\nUSE INDEX (a)"]),
    ("use app\nSELECT 1;", "sql", ["use app\nSELECT 1"]),
    ("BEGIN; UPDATE t SET a = 1; COMMIT;", "sql", ["BEGIN", "UPDATE t SET a = 1", "COMMIT"]),
    ("\\x on\nSELECT 1;\n\\dt", "psql", ["\\x on", "SELECT 1", "\\dt"]),
    ("SELECT '\n\\dt'; SELECT 2", "psql", ["SELECT '\n\\dt'", "SELECT 2"]),
    ("SELECT 'never closed; SELECT 2", "sql", ["SELECT 'never closed; SELECT 2"]),
]


@pytest.mark.parametrize(("text", "dialect", "statements"), SPLITS)
def test_a_text_falls_into_its_statements(text: str, dialect: str, statements: list[str]) -> None:
    assert [statement.text for statement in split_statements(text, dialect)] == statements


def test_a_statement_knows_its_rows() -> None:
    found = split_statements("-- a\nSELECT 1;\n\nSELECT\n 2;\n", "sql")
    assert [(statement.row, statement.last_row) for statement in found] == [(0, 1), (3, 4)]


WORDS = [
    "SELECT",
    "1",
    ";",
    " ",
    "\n",
    "'",
    '"',
    "`",
    "--",
    "/*",
    "*/",
    "$$",
    "$a$",
    "BEGIN",
    "END",
    "CREATE FUNCTION",
    "DELIMITER //",
    "//",
    "\\dt",
    "\\",
    "é",
    "#",
]
BETWEEN = re.compile(r"(?:\s|\\?;|\\\\|//|--[^\n]*|/\*.*?\*/|#[^\n]*|DELIMITER\s+\S+[^\n]*)*", re.DOTALL)


@settings(deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=25).map("".join), st.sampled_from(["sql", "mysql", "psql", "sqlite"]))
def test_nothing_of_a_text_is_dropped(text: str, dialect: str) -> None:
    end = 0
    for statement in split_statements(text, dialect):
        assert statement.start >= end
        assert text[statement.start : statement.end] == statement.text
        assert BETWEEN.fullmatch(text, end, statement.start)
        assert statement.row == text.count("\n", 0, statement.start)
        end = statement.end
    assert BETWEEN.fullmatch(text, end)


SQL = [
    ("SELECT 1;", True),
    ("select count(*)\nfrom t;", True),
    ("-- look\nSHOW FULL PROCESSLIST;", True),
    ("WITH a AS (SELECT 1) SELECT * FROM a;", True),
    ("ALTER SYSTEM SET x = 1;", True),
    ("VACUUM ANALYZE t;", True),
    ("Select a plan; go on.", False),
    ("Update the page and set it aside;", False),
    ("show me the way", False),
    ("create a ticket", False),
    ("kubectl get pods", False),
    ("set -e; ls", False),
]


@pytest.mark.parametrize(("text", "is_sql"), SQL)
def test_sql_is_told_from_english_and_shell(text: str, is_sql: bool) -> None:
    assert reads_as_sql(text) == is_sql


def test_plain_sql_is_split_without_sqlglot() -> None:
    code = (
        "import sys; from engine.syntax.sql import split_statements as split; "
        "split('SELECT 1; SELECT 2'); sys.exit('sqlglot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


EASY = [
    *("/*", "*/", "/* ; */", "/", "*", "/*/"),
    *(
        "SELECT 1",
        ";",
        ";",
        " ",
        "\n",
        "'",
        '"',
        "-- ",
        "--",
        "-",
        "(",
        ")",
        "'a;b'",
        '"c;d"',
        "''",
        "a",
        "é",
        "{{x}}",
        "<b>",
    ),
    *(
        "BEGIN",
        "END",
        "CASE",
        "CREATE TABLE",
        "!",
        "@a",
        ".",
        "\u00a0",
        "\x1f",
        "\n.t",
        "go\n",
        "host x",
        "\nuse a",
        "\nstatus\n",
        "\n'> ",
        "db=> ",
    ),
]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(EASY), max_size=18).map("".join))
def test_the_fast_way_splits_where_every_client_does(text: str) -> None:
    ends = _easy_ends(text)
    for reading in CLIENTS.values() if ends is not None else ():
        found = [(stop, past) for past, stop in boundaries(text, reading)[1].items()]
        assert sorted(one for one in found if one != (len(text), len(text))) == ends
