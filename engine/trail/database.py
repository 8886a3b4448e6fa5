"""Connections to the trail's file, and the sentence for each way in which it cannot be used."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from urllib.parse import quote

from ..errors import OncueError, TrailUnusable
from .damage import TrailDamaged
from .migrations import APPLICATION_ID, MIGRATIONS, migrate

COMMON_PRAGMAS = ("trusted_schema = OFF", "cell_size_check = ON")
WRITER_PRAGMAS = (
    "synchronous = FULL",
    "wal_autocheckpoint = 0",
    "foreign_keys = ON",
    "recursive_triggers = ON",  # else INSERT OR REPLACE deletes without asking the DELETE trigger
    "secure_delete = ON",
)

REASONS = {
    sqlite3.SQLITE_NOTADB: "it is not an SQLite database",
    sqlite3.SQLITE_CORRUPT: "the file is damaged",
    sqlite3.SQLITE_BUSY: "another program has locked it",
    sqlite3.SQLITE_LOCKED: "another program has locked it",
    sqlite3.SQLITE_READONLY: "it cannot be written",
    sqlite3.SQLITE_PERM: "it cannot be written",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the disk reports an input/output error",
    sqlite3.SQLITE_CONSTRAINT: "another program has written to the same run",
}


def reason(error: sqlite3.Error) -> str:
    """Why SQLite refused, in words that follow a colon."""
    code = getattr(error, "sqlite_errorcode", None)
    known = REASONS.get(code & 0xFF) if code is not None else None
    return known or str(error)


def is_undecodable(error: sqlite3.Error) -> bool:
    """The driver's own complaint about text that is not UTF-8, which has no code."""
    return isinstance(error, sqlite3.OperationalError) and str(error).startswith("Could not decode")


def connect_writer(path: Path, busy_seconds: float) -> sqlite3.Connection:
    """The writing connection, with the tables of this version. The caller holds the file lock meanwhile."""
    connection = _connect(path, "mode=rw", busy_seconds)
    try:
        version = _version(connection, path)
        _configure(connection)
        if version < len(MIGRATIONS):
            _migrate(connection, version)
    except sqlite3.Error as error:
        connection.close()
        raise _unusable(path, error) from error
    except BaseException:
        connection.close()
        raise
    return connection


def connect_reader(path: Path, busy_seconds: float = 5.0) -> sqlite3.Connection:
    """A connection that cannot write and never checkpoints.

    TrailUnusable when there is no trail to read, TrailDamaged when SQLite cannot make sense of its pages.
    """
    if not path.is_file() or not path.stat().st_size:
        raise TrailUnusable(f"There is no audit trail at {path}.")
    try:
        return _connect_reader(path, "mode=ro", busy_seconds)
    except sqlite3.OperationalError as error:
        if not _may_be_immutable(path, error):
            raise _unusable(path, error) from error
    except sqlite3.Error as error:
        raise _unusable(path, error) from error
    try:
        return _connect_reader(path, "mode=ro&immutable=1", busy_seconds)
    except sqlite3.Error as error:
        raise _unusable(path, error) from error


def _connect_reader(path: Path, mode: str, busy_seconds: float) -> sqlite3.Connection:
    connection = _connect(path, mode, busy_seconds)
    try:
        connection.execute("PRAGMA query_only = ON")
        _refuse_empty(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _refuse_empty(connection: sqlite3.Connection, path: Path) -> None:
    if _version(connection, path) == 0:
        raise TrailUnusable(f"There is no audit trail in {path}.")


def _may_be_immutable(path: Path, error: sqlite3.OperationalError) -> bool:
    """A copy in a directory that cannot be written needs no log when nothing is left in one."""
    log = path.with_name(path.name + "-wal")
    unopened = error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
    return unopened and not (log.exists() and log.stat().st_size)


def _connect(path: Path, mode: str, busy_seconds: float) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"file:{quote(os.fsencode(path))}?{mode}",
        uri=True,
        timeout=busy_seconds,
        isolation_level=None,
        check_same_thread=False,
    )
    for pragma in COMMON_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """0 for an empty database. TrailUnusable when it is somebody else's or from a newer Oncue."""
    application_id = connection.execute("PRAGMA application_id").fetchone()[0]
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if application_id != APPLICATION_ID:
        if application_id or version or connection.execute("SELECT 1 FROM sqlite_master").fetchone():
            raise TrailUnusable(f"{path} is a database of another program, not an audit trail.")
        return 0
    if version > len(MIGRATIONS):
        raise TrailUnusable(
            f"The audit trail {path} was written by a newer Oncue (format {version}; this one knows "
            f"{len(MIGRATIONS)}). Use that version, or name another place with ONCUE_AUDIT."
        )
    return version


def _configure(connection: sqlite3.Connection) -> None:
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise sqlite3.OperationalError(f"its file system cannot hold a write-ahead log (journal mode {mode})")
    for pragma in WRITER_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _migrate(connection: sqlite3.Connection, version: int) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        migrate(connection, version)
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _unusable(path: Path, error: sqlite3.Error) -> OncueError:
    damaged = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_CORRUPT
    kind = TrailDamaged if damaged else TrailUnusable
    return kind(f"The audit trail {path} cannot be used: {reason(error)}.")
