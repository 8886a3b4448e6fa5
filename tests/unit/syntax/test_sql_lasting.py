"""What no transaction takes back is known before it runs."""

from __future__ import annotations

import pytest

from engine.syntax.sql_lasting import begins_anew, find_lasting, gravest, is_boundary, is_control, keeps

LASTING = [
    ("postgres", "VACUUM FULL orders"),
    ("postgres", "ALTER SYSTEM SET work_mem = '1GB'"),
    ("postgres", "-- now\nCREATE DATABASE shop"),
    ("postgres", "SELECT pg_terminate_backend(7)"),
    ("postgres", "select pid, pg_terminate_backend (pid) from pg_stat_activity"),
    ("postgres", "COPY orders TO '/tmp/orders'"),
    ("postgres", "CALL tidy()"),
    ("postgres", "SELECT pg_create_physical_replication_slot('a')"),
    ("postgres", "DO $$ BEGIN PERFORM pg_create_restore_point('a'); END $$"),
    ("postgres", "SELECT pg_logical_slot_get_changes('a', NULL, NULL)"),
    ("postgres", "SELECT pg_backup_start('a')"),
    ("mysql", "SELECT * FROM orders INTO OUTFILE '/tmp/orders'"),
    ("mysql", "RESTART"),
    ("mysql", "ALTER TABLE orders ADD note int"),
    ("mysql", "/* now */ TRUNCATE orders"),
    ("mysql", "DROP TABLE orders"),
    ("mysql", "GRANT SELECT ON *.* TO guest"),
    ("mysql", "KILL 7"),
    ("mysql", "EXECUTE gone"),
    ("mysql", "EXECUTE IMMEDIATE 'TRUNCATE orders'"),
    ("mysql", "/*!50000 TRUNCATE orders */"),
    ("mysql", "/*M! DROP */ TABLE orders"),
    ("mysql", "BEGIN NOT ATOMIC DELETE FROM orders; COMMIT; END"),
]
HELD = [
    ("postgres", "DROP TABLE orders"),
    ("postgres", "TRUNCATE orders"),
    ("postgres", "CREATE INDEX i ON orders (a)"),
    ("postgres", "COPY orders FROM '/tmp/orders'"),
    ("mysql", "DELETE FROM orders"),
    ("mysql", "INSERT INTO orders VALUES ('CREATE TABLE')"),
    ("sqlite", "DROP TABLE orders"),
    ("postgres", "EXECUTE gone(1)"),
    ("postgres", "/*! TRUNCATE orders */ SELECT 1"),
    ("", "VACUUM"),
]


@pytest.mark.parametrize(("dialect", "statement"), LASTING)
def test_what_lasts_whatever_comes_behind_it_is_known(dialect: str, statement: str) -> None:
    assert find_lasting(statement, dialect) is not None
    assert gravest(f"SELECT 1;\n{statement};", dialect) is not None


@pytest.mark.parametrize(("dialect", "statement"), HELD)
def test_what_can_be_rolled_back_is_none_of_it(dialect: str, statement: str) -> None:
    assert find_lasting(statement, dialect) is None
    assert gravest(statement, dialect) is None


@pytest.mark.parametrize(
    ("dialect", "statement"),
    [
        ("postgres", "CREATE INDEX CONCURRENTLY i ON t (a)"),
        ("postgres", "ALTER TABLE t DETACH PARTITION p CONCURRENTLY"),
        ("postgres", "SELECT pg_try_advisory_lock(1)"),
        ("mysql", "SELECT get_lock('a', 1)"),
    ],
)
def test_what_lasts_and_harms_nobody_is_said_and_not_grave(dialect: str, statement: str) -> None:
    assert find_lasting(statement, dialect) is not None
    assert gravest(statement, dialect) is None


@pytest.mark.parametrize("statement", ["BEGIN", "commit", "-- done\nEND;", "ROLLBACK TO a", "START  TRANSACTION"])
def test_a_transaction_is_begun_and_ended_as_it_is_written(statement: str) -> None:
    assert is_boundary(statement)
    assert is_control(statement)


@pytest.mark.parametrize("statement", ["SET search_path = a", "LOCK TABLES t READ", "SET @a = 1"])
def test_what_concerns_the_connection_gets_no_transaction_of_its_own(statement: str) -> None:
    assert is_control(statement)
    assert not is_boundary(statement)


def test_a_block_of_code_begins_no_transaction() -> None:
    assert not is_boundary("BEGIN NOT ATOMIC SELECT 1; END", "mysql")
    assert is_boundary("/*! COMMIT */", "mysql")
    assert not is_boundary("/*! COMMIT */ DELETE FROM t", "postgres")


@pytest.mark.parametrize(
    ("dialect", "statement", "anew"),
    [
        ("postgres", "COMMIT AND CHAIN", True),
        ("postgres", "COMMIT", False),
        ("postgres", "BEGIN", False),
        ("mysql", "BEGIN", True),
        ("mysql", "start transaction read only", True),
        ("mysql", "BEGIN NOT ATOMIC SELECT 1; END", False),
    ],
)
def test_one_transaction_may_be_over_while_another_is_open(dialect: str, statement: str, anew: bool) -> None:
    assert begins_anew(statement, dialect) == anew


def test_a_setting_for_one_statement_counts_as_that_statement() -> None:
    assert not is_control("SET STATEMENT max_statement_time = 5 FOR DELETE FROM t")
    assert find_lasting("SET STATEMENT a = 1 FOR TRUNCATE t", "mysql") is not None


def test_a_commit_keeps_what_was_done_and_a_prepared_one_does_by_itself() -> None:
    assert keeps("COMMIT")
    assert keeps("END")
    assert not keeps("ROLLBACK")
    assert not keeps("COMMITTED")
