"""A document's SQL falls into the statements that a session takes it for, and where that is not sure it stays whole."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.runs import recorded, started

from engine import events as e
from engine.databases import Dialect
from engine.judging import judging_for
from engine.model import Runbook, Step
from engine.parse import read_runbook
from engine.plan import steps_of
from engine.preflight import Granted, Preflight
from engine.preparing import Preparation, Wanted
from engine.sessions.sql.commands import LISTS, patterns, reaction
from engine.sessions.sql.pieces import Piece, pieces
from engine.state import fold
from engine.syntax.sql import split_statements
from engine.syntax.sql_readings import CLIENTS
from engine.syntax.sql_tokens import Statement, boundaries

DIALECTS: tuple[Dialect, ...] = ("postgres", "mysql", "sqlite")
TEXTS = st.lists(
    st.sampled_from(
        [
            *(
                "SELECT 1",
                ";",
                ";",
                " ",
                "\n",
                "'",
                '"',
                "`",
                "-- ",
                " # ",
                "/*",
                "*/",
                "/*!40101 ",
                "$$",
                "$a$",
                "a$$",
            ),
            *(
                "$1",
                "E'",
                "\\'",
                "\\",
                "\\dt\n",
                "\\x\n",
                "\\G",
                "\\g\n",
                "\\c",
                "\\;",
                "[",
                "]",
                "(",
                ")",
                "END",
                "CASE ",
            ),
            *(
                "CREATE FUNCTION f() BEGIN ATOMIC ",
                "CREATE TRIGGER t BEGIN ",
                "\n.tables\n",
                "COPY t FROM STDIN",
                "\n\\.\n",
            ),
            *(
                "é",
                "é\u00a0$$é",
                "\n'> ",
                "\nx-# ",
                "{{",
                "}}",
                "<%",
                "%>",
                "system ls",
                "U&'",
                "\r",
                "@a",
                ":'a'",
                "\t",
            ),
        ]
    ),
    max_size=18,
).map("".join)
PROPERTY = settings(max_examples=300, deadline=None)


def document(text: str, about: str, front: str = "") -> Runbook:
    return read_runbook("a.md", f"{front}# A\n\n```{about}\n{text}\n```\n".encode())


def texts(runbook: Runbook) -> list[str]:
    return [step.text for step in runbook.steps]


def words(piece: Piece) -> tuple[str, ...]:
    """What it comes to; of one that is refused the reason, for a text ends elsewhere than its last step."""
    return (piece.refusal,) if piece.refusal else (piece.text.strip(), piece.kind, str(piece.expanded))


@PROPERTY
@given(TEXTS, st.sampled_from(DIALECTS))
def test_the_steps_of_a_block_are_what_a_session_makes_of_it(text: str, dialect: Dialect) -> None:
    whole = list(pieces(text, dialect))
    steps = [list(pieces(one.text, dialect)) for one in split_statements(text, dialect)]
    is_refused = len(whole) == 1 and whole[0].refusal and whole[0].text == text
    if not is_refused and not re.search("--|DELIMITER", text):  # at the end of a text two dashes are always a comment
        assert [[words(piece)] for piece in whole] == [list(map(words, step)) for step in steps if step]


@PROPERTY
@given(TEXTS, st.sampled_from(DIALECTS))
def test_a_step_of_nobodys_sql_is_whole_statements_for_everybody(text: str, dialect: Dialect) -> None:
    text = text.replace("--", "- ")
    read, _ = boundaries(text, CLIENTS[dialect])
    for one in split_statements(text):
        if dialect not in one.unlike:
            inside = [statement for statement in read if one.start <= statement.start < one.end]
            alone, _ = boundaries(one.text, CLIENTS[dialect])
            assert _tokens(text, inside) == _tokens(one.text, alone)


def _tokens(text: str, read: list[Statement]) -> list[list[tuple[str, str]]]:
    found = ([(token.kind, text[token.start : token.end].strip()) for token in one.tokens] for one in read)
    return [one for one in found if any(text for _, text in one)]


COMMENTED = "SELECT count(*) FROM t; # never again; DELETE FROM t WHERE id=2;\nSELECT 2;"
KEPT = [
    ("mysql", COMMENTED, ["SELECT count(*) FROM t", "SELECT 2"]),
    ("mysql", "SELECT 1; # it's; DELETE FROM t;\nSELECT 2;", ["SELECT 1", "SELECT 2"]),
    ("mysql", 'UPDATE t SET v = "a\\"; DELETE FROM t; -- " WHERE id = 3;', None),
    ("mysql", "UPDATE t SET v = 'a\\'; DELETE FROM t; -- ' WHERE id = 3;", None),
    ("mysql", "SELECT 5--1; SELECT 2;", ["SELECT 5--1", "SELECT 2"]),
    ("mysql", "SELECT 1\\G\nSELECT 2;", ["SELECT 1\\G", "SELECT 2"]),
    ("mysql", "DELETE FROM t\\c\nSELECT 2", None),
    (
        "mysql",
        "DELIMITER $$\nCREATE PROCEDURE p() BEGIN DELETE FROM t; END$$\nDELIMITER ;\nSELECT 2;",
        ["CREATE PROCEDURE p() BEGIN DELETE FROM t; END", "SELECT 2"],
    ),
    ("mysql", "DELIMITER //\nSELECT 1; SELECT 2//", None),
    ("psql", "SELECT E'it\\'s; x'; SELECT 2;", ["SELECT E'it\\'s; x'", "SELECT 2"]),
    ("psql", "SELECT a$$b;c$$ FROM x", ["SELECT a$$b", "c$$ FROM x"]),
    ("psql", "CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM a; DELETE FROM b);", None),
    ("psql", "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN a THEN 1 END; SELECT 2; END;", None),
    ("psql", "COPY t FROM STDIN;\n1;2\n\\.", None),
    ("psql", "DELETE FROM t\n\\dt\nWHERE id = 1", None),
    ("psql", "\\! echo \\\\ DELETE FROM t;", None),
    ("psql", "SELECT\n'> a; DELETE FROM t; '", None),
    ("psql", "# it's; DELETE FROM t;\nSELECT 'x'", None),
    ("sqlite", 'SELECT [a;b], [;] FROM t; SELECT "a""b;";', ["SELECT [a;b], [;] FROM t", 'SELECT "a""b;"']),
    ("sql", COMMENTED, ["SELECT count(*) FROM t", "# never again; DELETE FROM t WHERE id=2;\nSELECT 2;"]),
    ("sql", 'SELECT "a\\"; DELETE FROM t; -- ";', None),
    ("sql", "SELECT 5--1; DELETE FROM t;", None),
    ("sql", "DO $$ BEGIN a; END $$; SELECT 2;", ["DO $$ BEGIN a; END $$", "SELECT 2"]),
    ("sql", 'SELECT \'{"a": "\\n"}\'; SELECT 2;', ['SELECT \'{"a": "\\n"}\'', "SELECT 2"]),
]


@pytest.mark.parametrize(("about", "text", "steps"), KEPT)
def test_what_a_client_keeps_together_is_one_step(about: str, text: str, steps: list[str] | None) -> None:
    """None stands for the text as one step, its last semicolon aside."""
    found = texts(document(text, about))
    assert found == steps or (steps is None and [one.rstrip(";") for one in found] == [text.rstrip(";")])


@pytest.mark.parametrize(
    ("about", "front"),
    [
        (" {database=my}", "databases: {my: 'mysql://h/a', pg: 'postgresql://h/a'}"),
        (" {db=my}", "databases: {my: 'mariadb+pymysql://h/a', pg: 'postgresql://h/a'}"),
        ("", "databases: {my: 'mysql://h/a'}"),
        (" {database=mysql://h/a}", "kind: procedure"),
    ],
)
def test_the_database_of_a_block_tells_its_dialect(about: str, front: str) -> None:
    runbook = document(COMMENTED, f"sql{about}", f"---\n{front}\n---\n")
    assert texts(runbook) == ["SELECT count(*) FROM t", "SELECT 2"]
    assert not runbook.problems


def test_a_block_that_nobody_can_split_says_so_with_its_line() -> None:
    (problem,) = document(f"SELECT 0;\n\n{COMMENTED}", "sql").problems
    assert (problem.line, problem.code) == (6, "unsplit-sql")
    assert "this stays one step: PostgreSQL, MySQL and SQLite would split it in different places" in problem.message
    assert "name it on the fence" in problem.message


def test_a_fence_that_names_another_dialect_than_its_database_says_so() -> None:
    (problem,) = document(COMMENTED, "mysql", "---\ndatabases: {pg: 'postgresql://h/a'}\n---\n").problems[:1]
    assert problem.message.startswith("PostgreSQL, where it goes to, would split this in other places than `mysql`")


def misfits(runbook: Runbook, url: str) -> list[str]:
    judging = judging_for(runbook, {"main": url})
    return [judging.misfit(step) for step in runbook.steps]


def test_a_server_gets_no_piece_of_what_it_would_split_in_other_places() -> None:
    runbook = document('SELECT 0;\nSELECT "a\\"; DELETE FROM t; -- ";', "mysql")
    said = misfits(runbook, "postgresql://h/a")
    assert said[0] == ""
    assert said[1].startswith("PostgreSQL, where it goes to, would split the block around it in other places; ")
    assert misfits(runbook, "mysql://h/a") == ["", ""]
    assert misfits(document("SELECT 1; SELECT 'it''s;'; -- it's\nSELECT 2", "psql"), "sqlite://") == ["", "", ""]


def test_such_a_step_runs_after_an_edit_only() -> None:
    runbook = document('SELECT "a\\"; DELETE FROM t; -- ";', "mysql")
    judging = judging_for(runbook, {"main": "postgresql://h/a"})
    (step,) = runbook.steps
    begun = started(plan=steps_of(runbook), choices=())
    edited = e.StepEdited(step_id=step.id, before=step.text, after="SELECT 1")
    preparation = Preparation(runbook, (), judging)

    def problem(*happened: e.Event) -> str:
        return preparation.prepare(fold(recorded([begun, *happened])), {}, {}, Wanted(step.id)).problem

    assert problem().startswith("PostgreSQL, where it goes to")
    assert problem(edited) == ""
    (obstacle,) = Preflight(runbook, (), Granted(approved=frozenset({step.id})), judging).obstacles(())
    assert obstacle.startswith("a.md:4: PostgreSQL, where it goes to")


PSQL = [
    "\\d",
    "\\d+ app.orders",
    "\\dt",
    "\\dt pg_catalog.*",
    "\\l",
    "\\x on",
    "\\timing",
    "\\conninfo",
    "\\set ON_ERROR_STOP on",
]


@pytest.mark.parametrize("about", ["psql", "sql", "sql {database=postgresql://h/a}"])
def test_commands_of_psql_are_steps(about: str) -> None:
    text = "\n".join(PSQL)
    runbook = document(f"-- Look around\n{text}\nSELECT 1;", about)
    assert texts(runbook) == [f"-- Look around\n{PSQL[0]}", *PSQL[1:], "SELECT 1"]
    assert runbook.steps[0].title == "Look around"
    assert not runbook.problems


REFUSED = [
    ("psql", "\\c shop", "\\c cannot be used here: a step is connected to the database its fence names"),
    (
        "sql",
        "\\copy t FROM 'f'",
        "\\copy cannot be used here: it reads or writes a file of the client's; use a shell step",
    ),
    ("psql", "SELECT 'x' \\gexec", "\\gexec cannot be used here: write the statements themselves"),
    ("psql", "SELECT 1\n\\dt", "\\dt stands within a statement: end that with a semicolon first"),
    ("mysql", "\\d t", "\\d cannot be used here: it belongs to the client program; write it as SQL"),
    ("mysql", "SELECT 1 \\c", "\\c stands within a statement"),
    ("mysql", "system ls", "system is a command of the client program; write it as SQL"),
    ("sqlite", ".tables", ".tables is a command of the client program; write it as SQL"),
]


@pytest.mark.parametrize(("about", "text", "said"), REFUSED)
def test_a_command_that_is_not_carried_out_says_what_to_write_instead(about: str, text: str, said: str) -> None:
    runbook = document(f"SELECT 0;\n\n{text}", about)
    step: Step = runbook.steps[-1]
    assert step.broken is not None
    assert step.broken.message.startswith(said)
    assert step.broken.line == 6
    assert runbook.problems == (step.broken,)


@pytest.mark.parametrize(
    ("argument", "asked"),
    [
        ("", (None, None)),
        ("orders", (None, "orders")),
        ("App.Ord*", ("app", "ord%")),
        ("pg_catalog.", ("pg\\_catalog", "%")),
        ('"My.Table"', (None, "My.Table")),
        ('app."O*"', ("app", "O*")),
        ("a?b", (None, "a_b")),
    ],
)
def test_a_pattern_of_psql_becomes_two_of_like(argument: str, asked: tuple[str | None, str | None]) -> None:
    assert patterns(argument) == asked


def test_the_catalogue_is_asked_in_what_every_postgres_knows() -> None:
    """`split_part` counts from the end since version 14 only."""
    queries = [query for name in [*LISTS, "d", "dt", "dti"] for query in _queries(f"\\{name}")]
    assert len(queries) == len(LISTS) + 3
    assert not [query for query in queries if "split_part" in query or "{" in query]


def _queries(command: str) -> tuple[str, ...]:
    return reaction(command, "postgres", expanded=False).queries
