"""The verdict on SQL: what each kind of statement does, and that no disguise lowers it."""

from __future__ import annotations

import random
import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.danger.sql import judge_sql
from engine.danger.sql.client import CLIENT_RULES, ClientRule, judge_command
from engine.danger.sql.functions import FUNCTIONS, FunctionRule, called, find_rule
from engine.danger.sql.part import Part
from engine.danger.sql.properties import PROPERTIES
from engine.danger.sql.rule import SqlRule, Table
from engine.danger.sql.statement import ALTERATIONS, STATEMENTS
from engine.danger.verdict import Verdict
from engine.syntax.sql_readings import READINGS, readings
from engine.syntax.sql_tokens import statements
from tests.unit.danger.sql_cases import CASES

ROWS = [(level, dialect, text) for (level, dialect), texts in CASES.items() for text in texts]
PLAIN = [
    (dialect, text)
    for level, dialect, text in ROWS
    if level != "unknown"
    and not re.search(r"[\\\ufffc{<#\n`]|^[.'\"]|--|//|/\*|[=>]# |> |\bGO\b|^(?:system|source|PAUSE)", text)
]
"""Statements without client commands, prompts and line ends, which stay what they are however they are laid out."""
DIALECTS = sorted(READINGS)


def shell(text: str) -> Verdict:
    """Stands in for the other half: it knows one command."""
    level = "dangerous" if "rm -rf" in text else "safe" if text == "ls" else "unknown"
    return Verdict(level, "opaque", "shell", "a shell command", (0, len(text)), "files" if level == "dangerous" else "")  # type: ignore[arg-type]


def judge(text: str, dialect: str = "") -> Verdict:
    return judge_sql(text, dialect, shell)


def only(text: str) -> Part:
    read = statements(text, readings(text, "")[0])
    assert len(read) == 1
    return Part(text, read[0].tokens)


@pytest.mark.parametrize(("level", "dialect", "text"), ROWS)
def test_a_statement_has_its_level(level: str, dialect: str, text: str) -> None:
    assert judge(text, dialect).level == level


@pytest.mark.parametrize(("level", "dialect", "text"), [row for row in ROWS if row[0] == "dangerous"])
def test_a_dangerous_statement_says_what_it_hits_on_one_line(level: str, dialect: str, text: str) -> None:
    assert re.fullmatch(r"[\x20-\x7e]{1,60}", judge(text, dialect).target)


def decided_by(table: Table, rule: SqlRule, text: str) -> bool:
    match = table.decide(only(text), rule.dialects.split()[0] if rule.dialects else "")
    return match is not None and match.rule is rule


@pytest.mark.parametrize("rule", STATEMENTS.rules, ids=lambda rule: rule.id)
def test_a_row_decides_its_own_examples(rule: SqlRule) -> None:
    assert rule.yes
    assert [text for text in rule.yes if not decided_by(STATEMENTS, rule, text)] == []
    assert [text for text in rule.no if decided_by(STATEMENTS, rule, text)] == []


@pytest.mark.parametrize("rule", ALTERATIONS.rules, ids=lambda rule: rule.id)
def test_a_row_about_an_alteration_decides_its_own_examples(rule: SqlRule) -> None:
    assert rule.yes
    assert [text for text in rule.yes if not decided_by(ALTERATIONS, rule, text)] == []
    assert [text for text in rule.no if decided_by(ALTERATIONS, rule, text)] == []


def test_rows_have_names_of_their_own() -> None:
    for table in (STATEMENTS, ALTERATIONS):
        names = [rule.id for rule in table.rules]
        assert sorted({name for name in names if names.count(name) > 1}) == []


@pytest.mark.parametrize("rule", FUNCTIONS, ids=lambda rule: rule.names.split("|")[0])
def test_a_function_is_known_by_its_name(rule: FunctionRule) -> None:
    assert rule.yes
    for text in rule.yes:
        assert [find_rule(name.lower()) for name, _ in called(only(text))] == [rule]
    for text in rule.no:
        assert rule not in [find_rule(name.lower()) for name, _ in called(only(text))]


@pytest.mark.parametrize("rule", CLIENT_RULES, ids=lambda rule: rule.id)
def test_a_command_of_a_client_is_known_by_its_line(rule: ClientRule) -> None:
    assert rule.yes
    for line in rule.yes:
        assert next(one for one in CLIENT_RULES if one.pattern.fullmatch(line)) is rule
        assert judge_command(line, shell).level != "unknown" or "shell" in rule.pattern.groupindex
    for line in rule.no:
        assert not rule.pattern.fullmatch(line) or rule.id == "look"


def test_a_row_that_asks_for_an_unknown_property_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown property"):
        Table([SqlRule("DROP @nonsense", "safe", "read_only", "x")], PROPERTIES).rows("DROP")


def test_the_span_is_the_statement_that_caused_it() -> None:
    text = "SELECT 1; -- look first\nDROP TABLE orders ;\nSELECT 2"
    found = judge(text)
    assert text[slice(*found.span)] == "DROP TABLE orders"
    assert (found.target, found.category) == ("orders", "data_destruction")


TARGETS = {
    "DELETE o FROM orders o": "orders",
    'DELETE FROM shop."Users"': "shop.Users",
    "DROP DATABASE IF EXISTS shop": "database shop",
    "DROP ROLE app": "role app",
    "DROP USER 'app'@'%'": "role app@%",
    "DROP SCHEMA public CASCADE": "schema public",
    "SHUTDOWN": "the server",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity": "all sessions",
    "SELECT pg_drop_replication_slot('s2')": "replication slot s2",
    "ALTER TABLE people DROP COLUMN phone": "people.phone",
    "ALTER TABLE orders ADD a int, DROP PARTITION p1": "orders",
    "TRUNCATE {{env}}_orders": "{{env}}_orders",
    "DROP TABLE \ufffc": "?",
    "VACUUM FULL": "every table",
    "VACUUM FULL orders": "orders",
    "GRANT ALL ON DATABASE shop TO app": "DATABASE shop",
    "DELETE FROM": "the database",
}


@pytest.mark.parametrize(("text", "target"), TARGETS.items())
def test_the_target_names_what_is_hit(text: str, target: str) -> None:
    assert judge(text).target == target


DRY_RUNS = {
    "DELETE FROM orders o WHERE o.id = 1 RETURNING *": "SELECT count(*) FROM orders o WHERE o.id = 1",
    "DELETE FROM orders": "SELECT count(*) FROM orders",
    "UPDATE t SET a = 1, b = (SELECT 2) WHERE c = 'x'": "SELECT count(*) FROM t WHERE c = 'x'",
    "TRUNCATE TABLE orders CASCADE": "SELECT count(*) FROM orders",
    "UPDATE a SET x = 1 FROM b WHERE a.i = b.i": "EXPLAIN UPDATE a SET x = 1 FROM b WHERE a.i = b.i",
    "INSERT INTO t SELECT * FROM s": "EXPLAIN INSERT INTO t SELECT * FROM s",
    "EXPLAIN (ANALYZE) DELETE FROM t WHERE a = 1": "EXPLAIN DELETE FROM t WHERE a = 1",
    "SELECT pg_terminate_backend(pid) FROM x WHERE a = 1": "SELECT count(*) FROM x WHERE a = 1",
    "db=# DELETE FROM t\ndb-# WHERE a = 1; -- all": "SELECT count(*) FROM t WHERE a = 1",
    "SELECT 1; DELETE FROM t WHERE a = 1;": "SELECT count(*) FROM t WHERE a = 1",
}


@pytest.mark.parametrize(("text", "form"), DRY_RUNS.items())
def test_rows_are_counted_or_planned_first(text: str, form: str) -> None:
    found = judge(text)
    assert found.dry_run is not None
    assert found.dry_run.form == form
    assert found.dry_run.grade == "approximate"
    assert found.dry_run.note
    assert judge(form).level == "safe"


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ("", "DROP TABLE orders"),
        ("", "DELETE FROM a; DELETE FROM b"),
        ("", "DELETE FROM t WHERE f(id) = 1"),
        ("", "INSERT INTO t VALUES (1)"),
        ("tsql", "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN DELETE"),
        ("", "BEGIN; DELETE FROM parcels; COMMIT"),
    ],
)
def test_no_dry_run_is_offered_that_would_mislead(dialect: str, text: str) -> None:
    found = judge(text, dialect)
    assert found.dry_run is None or found.dry_run.form.startswith("SELECT count(*) FROM orders")


def test_shell_commands_within_sql_are_judged_as_shell() -> None:
    seen: list[str] = []

    def remembering(text: str) -> Verdict:
        seen.append(text)
        return shell(text)

    for text in (
        "\\! rm -rf a",
        "COPY t FROM PROGRAM 'rm -rf b'",
        ".shell rm -rf c",
        "\\set x `rm -rf d`",
        "system rm -rf e; f",
    ):
        found = judge_sql(text, "", remembering)
        assert (found.level, found.span) == ("dangerous", (0, len(text)))
    assert seen == ["rm -rf a", "rm -rf b", "rm -rf c", "rm -rf d", "rm -rf e; f"]


def test_a_program_on_the_server_is_dangerous_whatever_it_is() -> None:
    assert (judge("COPY t FROM PROGRAM 'ls'").level, judge("COPY t FROM PROGRAM 'ls'").category) == (
        "dangerous",
        "privilege",
    )
    assert judge("\\! ls").level == "safe"


def test_quotes_are_read_as_the_dialect_reads_them() -> None:
    hidden = "SELECT 'a\\'; DROP TABLE x; -- '"
    assert judge(hidden, "postgres").level == "dangerous"
    assert judge(hidden, "mysql").level == "safe"
    assert judge(hidden).level == "dangerous"


def test_a_quote_without_its_end_hides_nothing() -> None:
    assert judge("SELECT 'it's; DROP TABLE x").level == "dangerous"
    assert judge("SELECT 'abc").level == "unknown"


def test_a_rollback_takes_back_rows_but_no_definitions_of_mysql() -> None:
    text = "BEGIN; DROP TABLE orders; ROLLBACK"
    assert {dialect: judge(text, dialect).level for dialect in ("postgres", "sqlite", "mysql", "")} == {
        "postgres": "caution",
        "sqlite": "caution",
        "mysql": "dangerous",
        "": "dangerous",
    }
    assert judge("BEGIN; SELECT pg_promote(); ROLLBACK").level == "dangerous"
    assert judge("SET autocommit = 0; DELETE FROM parcels; ROLLBACK").level == "caution"


def test_judging_sql_needs_no_heavy_library() -> None:
    program = (
        "import sys; from engine.danger.sql import judge_sql; judge_sql('DO $$ BEGIN DROP TABLE x; END $$', '', None);"
        "print([name for name in ('sqlglot', 'sqlalchemy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


PIECES = r"""SELECT DROP TABLE DELETE FROM WHERE UPDATE SET ( ) , ; ' " ` $$ -- /* */ # \\ \\! \\g . = 1 orders BEGIN
END COMMIT ROLLBACK EXECUTE PREPARE AS DO WITH EXPLAIN ANALYZE COPY PROGRAM DELIMITER // GRANT ALL TO ALTER ADD IF
THEN CASE CREATE FUNCTION EVENT { {{ }} < > @x :y /*! [ ] .shell q'[ E' GO KILL SYSTEM NOT OR AND EXISTS MERGE"""
WORDS = st.sampled_from([*PIECES.split(), "\n", "\ufffc"])


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(), st.lists(WORDS, max_size=30).map(" ".join)), st.sampled_from([*DIALECTS, "klingon"]))
def test_any_text_gets_a_verdict_on_a_part_of_itself(text: str, dialect: str) -> None:
    found = judge(text, dialect)
    assert 0 <= found.span[0] <= found.span[1] <= len(text)
    assert found.level != "dangerous" or found.target
    assert found.dry_run is None or judge(found.dry_run.form, dialect).level == "safe"


DEEP = {
    "(" * 5000: "dangerous",
    "EXPLAIN ANALYZE " * 2000: "safe",
    "BEGIN " * 3000: "safe",
    "DELETE FROM t WHERE " + "NOT (" * 3000: "caution",
    "DELETE FROM t WHERE " + "(" * 3000 + "1" + ")" * 3000: "dangerous",
    "SELECT " + "(" * 5000 + "1" + ")" * 5000: "safe",
    "f(" * 5000: "unknown",
    "'\\" * 5000: "unknown",
    "DO $a$" * 501: "caution",
    "".join(f"DO $a{i}$" for i in range(50)) + "".join(f"$a{i}$" for i in reversed(range(50))): "dangerous",
    "[a" * 5000: "unknown",
    "-" * 20000: "safe",
    "(DELETE " * 3000: "dangerous",
    "CREATE FUNCTION f BEGIN;" * 500: "caution",
}


@pytest.mark.parametrize("text", DEEP, ids=lambda text: text[:20])
def test_deep_and_long_texts_end(text: str) -> None:
    assert judge(text).level == DEEP[text]


GAPS = (" ", "\n", "\t ", " /* DROP TABLE x */ ", "\r\n", " -- TRUNCATE t\n", " /**/ ")


def disguised(text: str, seed: int) -> str:
    """The same statements in other letters, with blanks and comments between their tokens."""
    chance = random.Random(seed)
    pieces: list[str] = []
    for place, statement in enumerate(statements(text, READINGS["postgres"][0])):
        pieces += [chance.choice((";", " ; ", ";\n"))] if place else []
        before = None
        for token in statement.tokens:
            glued = before is not None and token.start == before.end
            pieces += [] if before is None or glued else [chance.choice(GAPS)]
            word = text[token.start : token.end]
            folds = token.kind == "word" and word in (word.lower(), word.upper())
            pieces.append(chance.choice((word.lower(), word.upper(), word.title())) if folds else word)
            before = token
    return "".join(pieces)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PLAIN), st.integers(0, 2**32))
def test_letters_blanks_and_comments_change_nothing(case: tuple[str, str], seed: int) -> None:
    dialect, text = case
    assert judge(disguised(text, seed), dialect).level == judge(text, dialect).level


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([(dialect, text) for dialect, text in PLAIN if judge(text, dialect).level == "dangerous"]),
    st.lists(
        st.sampled_from(
            [text for dialect, text in PLAIN if judge(text).level == "safe" and "BEGIN" not in text.upper()]
        )
    ),
)
def test_what_stands_before_lowers_nothing(case: tuple[str, str], before: list[str]) -> None:
    dialect, text = case
    assert judge(";\n".join([*before, text]), dialect).level == "dangerous"


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ("postgres", "SELECT 1\n'> '; DELETE FROM t; --'"),
        ("postgres", "DROP--#\nTABLE t"),
        ("postgres", "SELECT 1 <% 'a'; DELETE FROM t; SELECT 2 %> 3"),
        ("postgres", "SELECT 1\u00a0$$;DELETE FROM t;$$"),
        ("postgres", "SELECT 1\\; DELETE FROM t;"),
        ("postgres", "SELECT 1 -- x\r; DELETE FROM t"),
        ("postgres", "SELECT (1; DELETE FROM t"),
        ("mysql", "DELETE FROM t /*!999999 WHERE id = 1 */"),
        ("", "DROP--#\nTABLE t"),
        ("", "USE shop DROP TABLE t"),
        ("tsql", "USE shop DELETE FROM t"),
        ("mysql", "/* c */ --x; DROP TABLE t"),
        ("", "/* c */ --x\nUSE shop\nDROP TABLE t"),
    ],
)
def test_what_a_server_may_read_otherwise_is_judged_as_the_worst_of_it(dialect: str, text: str) -> None:
    assert judge(text, dialect).level == "dangerous"
