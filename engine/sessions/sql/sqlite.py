"""SQLite by the standard library: a file, or memory that lives as long as the run."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from ...errors import UsageError
from ...expressions import expression
from ...plan import Dialect
from .link import LOCK_SECONDS, Column, DatabaseError

MEMORY = ":memory:"
LOCK_POLL = 0.05
"""SQLite's own waiting for a lock cannot be interrupted, so it waits this long at a time."""
ROWS_AT_ONCE = 256
NUMBERED = expression(r"\$(\d+)")


def path_of(url: str, directory: str) -> str:
    """SQLAlchemy's form: three slashes before a relative path, four before an absolute one."""
    path = unquote(urlsplit(url).path)
    if path in ("", "/", f"/{MEMORY}"):
        return MEMORY
    return str(Path(directory or ".") / path.removeprefix("/"))


class SqliteLink:
    dialect: Dialect = "sqlite"
    greeting = ""

    def __init__(self, path: str, *, read_only: bool) -> None:
        if path != MEMORY and not Path(path).is_file():
            raise UsageError(f"there is no database {path}")
        address = f"file:{quote(path)}{'?mode=ro' if read_only and path != MEMORY else ''}"
        self._stopped = threading.Event()
        try:
            self._connection = sqlite3.connect(
                address, uri=True, timeout=LOCK_POLL, isolation_level=None, check_same_thread=False
            )
            self._connection.text_factory = _text
            if read_only:
                self._connection.execute("PRAGMA query_only = ON")
        except sqlite3.Error as error:
            raise DatabaseError(f"{path} cannot be opened: {error}") from error

    @property
    def in_transaction(self) -> bool:
        return self._connection.in_transaction

    def run(self, statement: str) -> SqliteResult:
        return self.ask(statement, ())

    def ask(self, statement: str, values: Sequence[str | None]) -> SqliteResult:
        self._stopped.clear()
        return SqliteResult(self._execute(statement, values))

    def is_alive(self) -> bool:
        return True

    def cancel(self) -> None:
        self._stopped.set()
        self._connection.interrupt()

    def cut(self) -> None:
        self.cancel()

    def close(self) -> None:
        self._connection.close()

    def _execute(self, statement: str, values: Sequence[str | None]) -> sqlite3.Cursor:
        """Waits for a lock for a while: a statement that was refused one has done nothing yet."""
        until = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                return self._connection.execute(NUMBERED.sub(r"?\1", statement) if values else statement, values)
            except sqlite3.Error as error:
                is_busy = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
                if is_busy and self._stopped.is_set():
                    raise DatabaseError("interrupted while it waited for somebody else's lock") from error
                if not is_busy or time.monotonic() > until:
                    raise _failure(error, is_busy) from error


def _failure(error: sqlite3.Error, is_busy: bool = False) -> DatabaseError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return DatabaseError(str(error), busy=is_busy, read_only=code == sqlite3.SQLITE_READONLY)


def _text(data: bytes) -> str:
    """A file may hold text that is none."""
    return data.decode(errors="backslashreplace")


class SqliteResult:
    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor
        self._description = cursor.description

    @property
    def columns(self) -> Sequence[Column] | None:
        return None if self._description is None else [Column(one[0]) for one in self._description]

    def rows(self) -> Iterator[Sequence[object]]:
        try:
            while some := self._cursor.fetchmany(ROWS_AT_ONCE):
                yield from some
        except sqlite3.Error as error:
            raise _failure(error) from error

    @property
    def affected(self) -> int | None:
        return self._cursor.rowcount if self._cursor.rowcount >= 0 else None

    def close(self) -> None:
        self._cursor.close()

    def more(self) -> None:
        """A statement of SQLite's answers one result."""
