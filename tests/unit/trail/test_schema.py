"""The tables are those of the models, and nothing in them can be changed, taken away or put in out of order."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from engine.trail import layout, schema
from engine.trail.database import connect_writer
from engine.trail.layout import Layout
from engine.trail.migrations import table_statements

MODELS = {"event": schema.Event, "chunk": schema.Chunk, "ledger": schema.Ledger, "document": schema.Document}


def test_the_statements_on_file_are_those_of_the_models() -> None:
    """After a change of the models: `python -m engine.trail.schema > engine/trail/tables.sql`."""
    assert "\n\n".join(table_statements()) + "\n" == schema.ddl()


@pytest.mark.parametrize("table", [layout.EVENT, layout.CHUNK, layout.LEDGER, layout.DOCUMENT])
def test_every_column_of_a_model_is_hashed(table: Layout) -> None:
    model: type[SQLModel] = MODELS[table.table]
    unhashed = set(model.model_fields) - set(table.hashed)
    assert unhashed <= {"prev_hash", "hash", "key_id", "sig"}
    assert set(table.hashed) <= set(model.model_fields)


@pytest.mark.parametrize("table", [layout.EVENT, layout.CHUNK, layout.LEDGER, layout.DOCUMENT])
def test_columns_are_hashed_as_what_their_model_says(table: Layout) -> None:
    types = {name: field.annotation for name, field in MODELS[table.table].model_fields.items()}
    assert {types[name] for name in table.numbers} == {int}
    assert {types[name] for name in table.texts} == {str}
    assert {types[name] for name in table.blobs} == {bytes}


@pytest.mark.parametrize("table", [layout.EVENT, layout.CHUNK, layout.LEDGER, layout.DOCUMENT])
def test_the_description_of_the_hash_names_the_columns_in_their_order(table: Layout) -> None:
    described = Path(layout.__file__).with_name("README.md").read_text(encoding="utf-8")
    groups = (" ".join(columns) for columns in (table.numbers, table.texts, table.blobs))
    assert f"| `{table.table}` | {' | '.join(groups)} |\n" in described


@pytest.fixture
def connection(book: Path) -> Iterator[sqlite3.Connection]:
    """As the writer has it."""
    with closing(connect_writer(book, 0)) as writing:
        yield writing


TABLES = ("run", "event", "chunk", "document", "ledger")


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM {table}",
        "UPDATE {table} SET {column} = {column}",
        "UPDATE OR REPLACE {table} SET {column} = {column}",
        "UPDATE OR IGNORE {table} SET {column} = {column}",
        "INSERT INTO {table} SELECT * FROM {table} LIMIT 1",
        "INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1",
        "REPLACE INTO {table} SELECT * FROM {table} LIMIT 1",
    ],
)
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_rows_can_be_neither_changed_nor_removed_nor_replaced(
    connection: sqlite3.Connection, table: str, statement: str, recursive: str
) -> None:
    connection.execute(f"PRAGMA recursive_triggers = {recursive}")
    column = connection.execute(f"SELECT name FROM pragma_table_info('{table}') WHERE NOT pk").fetchone()[0]
    before = connection.execute(f"SELECT * FROM {table}").fetchall()
    with pytest.raises(sqlite3.IntegrityError, match=f"{table} is append-only"):
        connection.execute(statement.format(table=table, column=column))
    assert connection.execute(f"SELECT * FROM {table}").fetchall() == before


@pytest.mark.parametrize("table", ["chunk", "document"])
def test_a_row_cannot_be_replaced_by_its_hidden_number(connection: sqlite3.Connection, table: str) -> None:
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    values = ", ".join("'other'" if name in ("run_id", "sha256") else name for name in columns)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(
            f"INSERT OR REPLACE INTO {table} (rowid, {', '.join(columns)}) SELECT rowid, {values} FROM {table} LIMIT 1"
        )


def put(connection: sqlite3.Connection, table: Layout, where: str, **changed: object) -> None:
    """A copy of one row with some columns changed."""
    columns = {name: name for name in table.stored}
    columns |= {name: f":{name}" for name in changed}
    connection.execute(
        f"INSERT INTO {table.table} ({', '.join(columns)}) "
        f"SELECT {', '.join(columns.values())} FROM {table.table} WHERE {where}",
        changed,
    )


LAST = [
    (layout.EVENT, "run_id = 'run-3' AND seq = 3", "seq", 3),
    (layout.CHUNK, "run_id = 'run-1' AND attempt = 1 AND idx = 3", "idx", 3),
    (layout.LEDGER, "no = 6", "no", 6),
]


@pytest.mark.parametrize(("table", "where", "position", "last"), LAST)
def test_a_row_must_continue_its_chain(
    connection: sqlite3.Connection, table: Layout, where: str, position: str, last: int
) -> None:
    head = connection.execute(f"SELECT hash FROM {table.table} WHERE {where}").fetchone()[0]
    for wrong in (last, last + 2, 0, -1, None):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            put(connection, table, where, prev_hash=head, **{position: wrong})
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        put(connection, table, where, prev_hash=b"\0" * 32, **{position: last + 1})
    put(connection, table, where, prev_hash=head, **{position: last + 1})


def test_an_event_needs_its_run(connection: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        put(connection, layout.EVENT, "run_id = 'run-3' AND seq = 1", run_id="run-9")
