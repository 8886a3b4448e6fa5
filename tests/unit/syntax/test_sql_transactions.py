"""What has opened a transaction, told by the statements alone."""

from __future__ import annotations

import sqlite3

import pytest

from engine.syntax.sql_transactions import transaction_behind

BEHIND = [
    ("postgres", "BEGIN", True),
    ("postgres", "-- now\nSTART TRANSACTION ISOLATION LEVEL SERIALIZABLE; UPDATE orders SET a = 1", True),
    ("postgres", "BEGIN; UPDATE orders SET a = 1; COMMIT", False),
    ("postgres", "BEGIN; END", False),
    ("postgres", "BEGIN; ROLLBACK WORK", False),
    ("postgres", "BEGIN; COMMIT AND CHAIN", True),
    ("postgres", "COMMIT AND CHAIN", False),
    ("postgres", "BEGIN; SAVEPOINT a; ROLLBACK TO a; ROLLBACK WORK TO SAVEPOINT a", True),
    ("postgres", "BEGIN; PREPARE TRANSACTION 'a'", False),
    ("postgres", "BEGIN; COMMIT PREPARED 'a'", True),
    ("postgres", "BEGIN; ALTER TABLE orders ADD note int", True),
    ("mysql", "BEGIN; ALTER TABLE orders ADD note int", False),
    ("mysql", "BEGIN; GRANT SELECT ON *.* TO guest", False),
    ("mysql", "BEGIN; LOCK TABLES orders WRITE", False),
    ("mysql", "BEGIN; KILL 7", True),
    ("mysql", "SAVEPOINT a", False),
    ("mysql", "BEGIN NOT ATOMIC DELETE FROM orders", False),
    ("mysql", "XA START 'a'; UPDATE orders SET a = 1; XA END 'a'", True),
    ("mysql", "XA START 'a'; XA END 'a'; XA PREPARE 'a'", False),
]
IN_SQLITE = [
    "BEGIN",
    "BEGIN IMMEDIATE; INSERT INTO orders VALUES (1)",
    "BEGIN; CREATE TABLE more (a)",
    "BEGIN; END TRANSACTION",
    "INSERT INTO orders VALUES (1)",
    "SAVEPOINT a",
    "SAVEPOINT a; RELEASE a",
    "SAVEPOINT a; SAVEPOINT b; RELEASE SAVEPOINT b",
    "SAVEPOINT a; SAVEPOINT b; RELEASE A",
    "SAVEPOINT a; ROLLBACK TO a",
    "BEGIN; SAVEPOINT a; RELEASE a",
    "BEGIN; ROLLBACK",
]


def behind(text: str, dialect: str) -> bool:
    found = ""
    for statement in text.split("; "):
        found = transaction_behind(statement, dialect, found)
    return bool(found)


@pytest.mark.parametrize(("dialect", "text", "is_open"), BEHIND)
def test_a_transaction_is_open_where_the_words_have_begun_one_and_not_ended_it(
    dialect: str, text: str, *, is_open: bool
) -> None:
    assert behind(text, dialect) == is_open


@pytest.mark.parametrize("text", IN_SQLITE)
def test_sqlite_says_the_same(text: str) -> None:
    database = sqlite3.connect(":memory:", isolation_level=None)
    database.execute("CREATE TABLE orders (a)")
    for statement in text.split("; "):
        database.execute(statement)
    assert behind(text, "sqlite") == database.in_transaction
    database.close()
