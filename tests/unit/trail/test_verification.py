"""Whatever is done to a trail, `verify` names the first row it was done to."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from unit.trail.books import (
    begin_step,
    end,
    end_step,
    lines,
    open_writer,
    rows_of,
    stamp,
    start,
    tampering,
    walk_step,
)

from engine.errors import TrailUnusable, UsageError
from engine.trail import Finding, verify
from engine.trail.chain import CHUNKS, EVENTS
from engine.trail.layout import CHUNK, DOCUMENT, EVENT, LEDGER


def findings_after(book: Path, *statements: str) -> tuple[Finding, ...]:
    with tampering(book) as connection:
        for statement in statements:
            connection.execute(statement)
    return verify(book).findings


def only(findings: tuple[Finding, ...]) -> str:
    assert len(findings) == 1, [str(finding) for finding in findings]
    return str(findings[0])


def test_an_untouched_trail_verifies(book: Path) -> None:
    result = verify(book)
    assert result.findings == ()
    assert (result.runs_checked, result.events_checked, result.chunks_checked) == (3, 15, 6)


def test_one_run_can_be_verified_alone(book: Path) -> None:
    result = verify(book, "run-2")
    assert result.findings == ()
    assert (result.runs_checked, result.events_checked, result.chunks_checked) == (1, 4, 1)


def test_a_run_that_is_not_there_cannot_be_verified(book: Path) -> None:
    with pytest.raises(UsageError, match="There is no run run-9"):
        verify(book, "run-9")


def test_there_is_nothing_to_verify_without_a_trail(tmp_path: Path) -> None:
    with pytest.raises(TrailUnusable, match="There is no audit trail"):
        verify(tmp_path / "none.db")


def other(value: object) -> object:
    """Another value of the same type."""
    if isinstance(value, int):
        return value + 100
    if isinstance(value, bytes):
        return bytes([value[0] ^ 1]) + value[1:] if value else b"x"
    return f"{value}x"


def where(table: str) -> str:
    return {
        "event": "run_id = 'run-1' AND seq = 4",
        "chunk": "run_id = 'run-1' AND attempt = 1 AND idx = 2",
        "ledger": "no = 2",
        "document": "sha256 = (SELECT document_sha256 FROM run WHERE run_id = 'run-1')",
        "run": "run_id = 'run-1'",
    }[table]


RUN_COLUMNS = ("title", "path", "document_sha256", "incident", "operator", "started_at", "no", "run_id")
COLUMNS = [
    *(("event", column) for column in (*EVENT.stored, "key_id", "sig")),
    *(("chunk", column) for column in CHUNK.stored),
    *(("ledger", column) for column in (*LEDGER.stored, "key_id", "sig")),
    *(("document", column) for column in (*DOCUMENT.hashed, "hash")),
    *(("run", column) for column in RUN_COLUMNS),
]


PLACES = {
    "event": "Event 4 of run run-1",
    "chunk": "Output chunk 2 of attempt 1 of run run-1",
    "ledger": "Ledger row 2",
    "document": "Document ",
    "run": "Run run-1",
}


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_a_changed_column_is_found(book: Path, table: str, column: str) -> None:
    with tampering(book) as connection:
        value = connection.execute(f"SELECT {column} FROM {table} WHERE {where(table)}").fetchone()[0]
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE {where(table)}", (other(value),))
    findings = verify(book).findings
    assert findings
    if column not in ("run_id", "seq", "attempt", "idx", "no", "sha256", "document_sha256"):
        assert findings[0].kind == "changed"
        assert PLACES[table] in str(findings[0])


TYPED = [
    *(("event", column) for column in EVENT.stored),
    *(("chunk", column) for column in CHUNK.stored),
    *(("ledger", column) for column in LEDGER.stored if column != "no"),
]


@pytest.mark.parametrize(("table", "column"), TYPED)
def test_a_value_stored_as_another_type_is_found(book: Path, table: str, column: str) -> None:
    as_text, as_blob = f"CAST({column} AS TEXT)", f"CAST(CAST({column} AS TEXT) AS BLOB)"
    findings = findings_after(
        book,
        f"UPDATE {table} SET {column} = iif(typeof({column}) = 'blob', {as_text}, {as_blob}) WHERE {where(table)}",
    )
    assert findings


def test_text_that_is_not_utf8_is_found_and_named(book: Path) -> None:
    findings = findings_after(book, f"UPDATE event SET target = CAST(x'ff' AS TEXT) WHERE {where('event')}")
    assert only(findings) == "Event 4 of run run-1 was changed after it was written."


EVENT_TAMPERINGS = [
    ("one row removed", ["DELETE FROM event WHERE run_id = 'run-1' AND seq = 4"], "Event 4 of run run-1 was removed."),
    (
        "one row removed and the numbers closed up",
        [
            "DELETE FROM event WHERE run_id = 'run-1' AND seq = 4",
            *(f"UPDATE event SET seq = {n} WHERE run_id = 'run-1' AND seq = {n + 1}" for n in range(4, 8)),
        ],
        "Event 4 of run run-1 was removed.",
    ),
    (
        "two rows swapped",
        [
            "UPDATE event SET seq = -1 WHERE run_id = 'run-1' AND seq = 4",
            "UPDATE event SET seq = 4 WHERE run_id = 'run-1' AND seq = 5",
            "UPDATE event SET seq = 5 WHERE run_id = 'run-1' AND seq = -1",
        ],
        "Event 4 of run run-1 stands where another one belongs.",
    ),
    (
        "the tail of an ended run cut",
        ["DELETE FROM event WHERE run_id = 'run-1' AND seq > 5"],
        "Everything from event 6 of run run-1 on was cut off. There were 8.",
    ),
    (
        "the tail of a run that was left cut",
        ["DELETE FROM event WHERE run_id = 'run-2' AND seq > 2"],
        "Everything from event 3 of run run-2 on was cut off. There were 4.",
    ),
]


@pytest.mark.parametrize(
    ("statements", "said"), [row[1:] for row in EVENT_TAMPERINGS], ids=[r[0] for r in EVENT_TAMPERINGS]
)
def test_tampering_with_events_is_named(book: Path, statements: list[str], said: str) -> None:
    findings = findings_after(book, *statements)
    assert str(findings[0]) == said


def copied_event(connection: sqlite3.Connection, seq: int) -> list[object]:
    columns = ", ".join(EVENT.stored)
    return list(
        connection.execute(f"SELECT {columns} FROM event WHERE run_id = 'run-1' AND seq = ?", (seq,)).fetchone()
    )


def put_event(connection: sqlite3.Connection, row: list[object], verb: str = "INSERT") -> None:
    marks = ", ".join("?" * len(EVENT.stored))
    connection.execute(f"{verb} INTO event ({', '.join(EVENT.stored)}) VALUES ({marks})", row)


def make_room(connection: sqlite3.Connection, at: int) -> None:
    for seq in range(8, at - 1, -1):
        connection.execute("UPDATE event SET seq = ? WHERE run_id = 'run-1' AND seq = ?", (seq + 1, seq))


def test_a_duplicated_row_is_named(book: Path) -> None:
    with tampering(book) as connection:
        row = copied_event(connection, 4)
        make_room(connection, 5)
        put_event(connection, [5, *row[1:]])
    assert str(verify(book).findings[0]) == "Event 5 of run run-1 was inserted later."


def test_an_inserted_row_with_a_right_hash_is_named(book: Path) -> None:
    with tampering(book) as connection:
        row = copied_event(connection, 4)
        prev = row[-1]
        make_room(connection, 5)
        put_event(connection, list(EVENTS.sealed(prev, [5, *row[1:-2]])))
    assert str(verify(book).findings[0]) == "Event 5 of run run-1 was inserted later."


def test_a_row_replaced_with_a_right_hash_is_named(book: Path) -> None:
    with tampering(book) as connection:
        row = copied_event(connection, 4)
        row[EVENT.stored.index("payload")] = b"{}"
        put_event(connection, list(EVENTS.sealed(row[-2], row[:-2])), "INSERT OR REPLACE")
    assert only(verify(book).findings) == "Event 4 of run run-1 was replaced by another one."


def test_a_run_rewritten_with_right_hashes_does_not_match_the_ledger(book: Path) -> None:
    with tampering(book) as connection:
        rows = [copied_event(connection, seq) for seq in range(1, 9)]
        rows[3][EVENT.stored.index("actor")] = "mallory"
        prev = rows[3][-2]
        for row in rows[3:]:
            sealed = EVENTS.sealed(prev, row[:-2])
            put_event(connection, list(sealed), "INSERT OR REPLACE")
            prev = sealed[-1]
    said = str(verify(book).findings[0])
    assert said.startswith("Event 2 of run run-1 was replaced by another one. The ledger's row 2")


@pytest.mark.parametrize("run_id", ["run-1", "run-2", "run-3"])
def test_a_whole_run_removed_is_named(book: Path, run_id: str) -> None:
    tables = ("chunk", "event", "run")
    findings = findings_after(book, *(f"DELETE FROM {table} WHERE run_id = '{run_id}'" for table in tables))
    assert f"Run {run_id} was removed." in [str(finding) for finding in findings]


def test_a_run_removed_together_with_its_ledger_rows_breaks_the_ledger(book: Path) -> None:
    tables = ("chunk", "event", "run", "ledger")
    findings = findings_after(book, *(f"DELETE FROM {table} WHERE run_id = 'run-2'" for table in tables))
    assert "Ledger row 3 was removed." in [str(finding) for finding in findings]


def test_the_end_of_the_ledger_cut_off_is_noticed_by_the_runs_it_closed(book: Path) -> None:
    findings = findings_after(book, "DELETE FROM ledger WHERE no > 3")
    said = [str(finding) for finding in findings]
    assert said == [
        "The ledger's row for run_left of run run-2 was removed.",
        "Run run-3 was inserted later.",
    ]


def test_a_listing_row_without_events_is_named(book: Path) -> None:
    findings = findings_after(
        book,
        "INSERT INTO run SELECT 77, 'run-x', title, path, document_sha256, incident, operator, started_at FROM run "
        "WHERE run_id = 'run-1'",
    )
    assert only(findings) == "Run run-x was removed."


CHUNK_TAMPERINGS = [
    (
        "DELETE FROM chunk WHERE run_id = 'run-1' AND attempt = 1 AND idx = 2",
        "Output chunk 2 of attempt 1 of run run-1 was removed.",
    ),
    (
        "DELETE FROM chunk WHERE run_id = 'run-1' AND attempt = 1 AND idx = 3",
        "Everything from output chunk 3 of attempt 1 of run run-1 on was cut off. "
        "Event 3 says 140000 bytes, 131072 are stored.",
    ),
    (
        "DELETE FROM chunk WHERE run_id = 'run-1' AND attempt = 2",
        "Everything from output chunk 1 of attempt 2 of run run-1 on was cut off. Event 5 says 6 bytes, 0 are stored.",
    ),
    (
        "UPDATE chunk SET attempt = 9 WHERE run_id = 'run-2'",
        "Output chunk 1 of attempt 9 of run run-2 was changed after it was written.",
    ),
]


@pytest.mark.parametrize(("statement", "said"), CHUNK_TAMPERINGS)
def test_tampering_with_output_is_named(book: Path, statement: str, said: str) -> None:
    assert said in [str(finding) for finding in findings_after(book, statement)]


def forge_chunk(book: Path, run_id: str, attempt: int, **columns: object) -> None:
    """An additional first chunk, rightly hashed."""
    from engine.trail.chain import output_genesis

    with tampering(book) as connection:
        row = list(connection.execute(f"SELECT {', '.join(CHUNK.hashed)} FROM chunk WHERE run_id = 'run-2'").fetchone())
        for name, value in {"run_id": run_id, "attempt": attempt, **columns}.items():
            row[CHUNK.hashed.index(name)] = value
        sealed = CHUNKS.sealed(output_genesis(run_id, attempt), row)
        marks = ", ".join("?" * len(sealed))
        connection.execute(f"INSERT OR REPLACE INTO chunk ({', '.join(CHUNK.stored)}) VALUES ({marks})", sealed)


def test_output_of_a_step_that_never_started_is_named(book: Path) -> None:
    forge_chunk(book, "run-2", 7)
    assert only(verify(book).findings) == "The output of attempt 7 of run run-2 was inserted later."


def test_output_added_to_a_step_without_any_is_named(book: Path) -> None:
    forge_chunk(book, "run-1", 3)
    assert only(verify(book).findings) == (
        "Output chunk 1 of attempt 3 of run run-1 was inserted later. Event 7 says 0 bytes, 5 are stored."
    )


def test_output_replaced_by_as_many_other_bytes_is_named(book: Path) -> None:
    forge_chunk(book, "run-2", 1, t0_mono_ns=99)
    assert only(verify(book).findings) == (
        "Output chunk 1 of attempt 1 of run run-2 was replaced by another one. Event 3 says 5 bytes, 5 are stored."
    )


@pytest.mark.parametrize(
    "columns",
    [
        {"data": b"hALf\n"},
        {"n_bytes": 4},
        {"n_bytes": 1 << 40},
        {"byte_off": 3},
        {"times": b"\x00\x04"},
        {"times": b"\x80" * 30},
        {"codec": "gzip"},
        {"codec": "zstd"},
    ],
)
def test_a_chunk_that_is_not_what_it_declares_is_named_even_if_rightly_hashed(
    book: Path, columns: dict[str, object]
) -> None:
    forge_chunk(book, "run-2", 1, **columns)
    assert only(verify(book).findings) == "Output chunk 1 of attempt 1 of run run-2 was changed after it was written."


SCHEMA_TAMPERINGS = [
    ("DROP TRIGGER event_delete", "The trigger event_delete was removed."),
    (
        "CREATE TRIGGER more AFTER INSERT ON event BEGIN SELECT 1; END",
        "The trigger more does not belong to an audit trail.",
    ),
    ("CREATE VIEW runs AS SELECT 1", "The view runs does not belong to an audit trail."),
    ("CREATE TABLE mine (a)", "The table mine does not belong to an audit trail."),
    ("DROP TABLE ledger", "The table ledger was removed."),
    ("ALTER TABLE event ADD COLUMN more TEXT", "The table event was changed after it was written."),
    ("DROP INDEX ledger_by_run", "The index ledger_by_run was removed."),
]


@pytest.mark.parametrize(("statement", "said"), SCHEMA_TAMPERINGS)
def test_a_changed_schema_is_named(book: Path, statement: str, said: str) -> None:
    connection = sqlite3.connect(book)
    connection.execute(statement)
    connection.commit()
    connection.close()
    assert said in [str(finding) for finding in verify(book).findings]


def test_a_document_that_is_gone_is_named(book: Path) -> None:
    digest = rows_of(book, "SELECT document_sha256 FROM run WHERE run_id = 'run-2'")[0][0]
    findings = findings_after(book, f"DELETE FROM document WHERE sha256 = '{digest}'")
    assert only(findings) == f"Document {digest} was removed."


def test_an_access_taken_out_of_the_ledger_is_named(book: Path) -> None:
    with open_writer(book) as writer:
        writer.record_access("exported", None, stamp(903))
    findings = findings_after(book, "DELETE FROM ledger WHERE action = 'viewed'")
    assert only(findings) == "Ledger row 6 was removed."


def test_a_damaged_page_is_reported_and_not_raised(book: Path) -> None:
    size = book.stat().st_size
    with book.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (size - 4096))
    findings = verify(book).findings
    assert findings[0].kind == "damaged"
    assert findings[0].message.startswith("The database file cannot be read. SQLite says: ")


def test_a_truncated_file_is_reported(book: Path) -> None:
    with book.open("r+b") as file:
        file.truncate(book.stat().st_size // 2)
    assert verify(book).findings


@pytest.mark.slow
def test_no_flipped_byte_of_a_database_page_goes_unseen_by_readers(book: Path, tmp_path: Path) -> None:
    """Each byte of the file flipped: either `verify` finds it, or no stored value differs."""
    whole = book.read_bytes()
    truth = contents(book)
    unseen = []
    for at in range(0, len(whole), 31):
        book.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        try:
            if not verify(book).findings and contents(book) != truth:
                unseen.append(at)
        except TrailUnusable:
            continue
    assert unseen == []


def contents(path: Path) -> list[object] | None:
    tables = ("run", "event", "chunk", "document", "ledger")
    try:
        return [rows_of(path, f"SELECT * FROM {table}") for table in tables]
    except sqlite3.DatabaseError:
        return None


def test_a_trail_can_be_verified_while_it_is_written(place: Path) -> None:
    with open_writer(place) as writer:
        start(writer)
        for attempt in range(1, 6):
            begin_step(writer, "run-1", attempt)
            writer.write_output("run-1", attempt, lines(100_000), attempt)
            assert verify(place).findings == ()
            end_step(writer, "run-1", attempt)
            assert verify(place).findings == ()
        end(writer)
    assert verify(place).findings == ()


def test_a_resumed_run_verifies(book: Path) -> None:
    with open_writer(book) as writer:
        writer.reopen_run("run-2")
        walk_step(writer, "run-2", 2, [b"more\n"])
        end(writer, "run-2")
    assert verify(book).findings == ()
