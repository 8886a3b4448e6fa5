"""SQLite by the standard library: a file, or memory that lives as long as the run."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from ...databases import Dialect
from ...errors import UsageError
from ...expressions import expression
from ...limits import Limits
from .grid import kept, kept_text
from .link import Column, DatabaseError, Say
from .waits import FILE_LOCK, Look, Waits, reached

MEMORY = ":memory:"
LOCK_POLL = 0.05
"""SQLite's own waiting for a lock cannot be interrupted, so it waits this long at a time."""
STEPS = 100_000
"""Of SQLite's machine between two looks at the clock: a millisecond or a few."""
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
    whereabouts = ""

    def __init__(self, path: str, *, read_only: bool, say: Say, limits: Limits) -> None:
        if path != MEMORY and not Path(path).is_file():
            raise UsageError(f"there is no database {path}")
        address = f"file:{quote(path)}{'?mode=ro' if read_only and path != MEMORY else ''}"
        self._stopped = threading.Event()
        self._limits = limits
        self._say = say
        self._waits: Waits | None = None
        self._began = 0.0
        try:
            self._connection = sqlite3.connect(
                address, uri=True, timeout=LOCK_POLL, isolation_level=None, check_same_thread=False
            )
            self._connection.text_factory = _text
            self._connection.set_progress_handler(self._is_over, STEPS)
            if read_only:
                self._connection.execute("PRAGMA query_only = ON")
        except sqlite3.Error as error:
            raise DatabaseError(f"{path} cannot be opened: {error}") from error

    @property
    def in_transaction(self) -> bool:
        return self._connection.in_transaction

    @property
    def waits_for(self) -> str:
        waits = self._waits
        return waits.latest if waits else ""

    def limit(self, limits: Limits) -> None:
        self._limits = limits

    def run(self, statement: str) -> SqliteResult:
        return self.ask(statement, ())

    def ask(self, statement: str, values: Sequence[str | None]) -> SqliteResult:
        self._stopped.clear()
        self._began = time.monotonic()
        try:
            return SqliteResult(self, self._execute(statement, values))
        finally:
            self._waits = None

    def is_alive(self) -> bool:
        return True

    def cancel(self) -> str:
        self._stopped.set()
        self._connection.interrupt()
        return ""

    def cut(self) -> None:
        self.cancel()

    def close(self) -> None:
        self._connection.close()

    def _execute(self, statement: str, values: Sequence[str | None]) -> sqlite3.Cursor:
        """Waits for a lock for a while: a statement that was refused one has done nothing yet."""
        while True:
            try:
                return self._connection.execute(NUMBERED.sub(r"?\1", statement) if values else statement, values)
            except sqlite3.Error as error:
                if not _is_busy(error):
                    raise self.failed(error) from error
                if self._stopped.is_set():
                    raise DatabaseError("interrupted while it waited for somebody else's lock") from error
                self._wait_on(error)

    def _wait_on(self, error: sqlite3.Error) -> None:
        """Raises once it was waited for too long. SQLite has waited already, and says nothing of who holds it."""
        took = time.monotonic() - self._began
        waits = self._waits = self._waits or Waits(lambda: Look(FILE_LOCK), self._limits.lock)
        waits.latest = FILE_LOCK
        if took > self._limits.lock:
            raise DatabaseError(reached(str(error), "the limit for locks", took, waits), timed_out=True) from error
        if took > waits.seconds and (line := waits.look()):
            self._say(line)

    # For the result.

    def failed(self, error: sqlite3.Error) -> DatabaseError:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        said, took = str(error), time.monotonic() - self._began
        timed_out = code == sqlite3.SQLITE_INTERRUPT and took > self._limits.statement and not self._stopped.is_set()
        if timed_out:
            said = reached(said, "the limit for a statement", took, None)
        return DatabaseError(said, read_only=code == sqlite3.SQLITE_READONLY, timed_out=timed_out)

    def _is_over(self) -> bool:
        """Whether the running statement has to end."""
        return time.monotonic() - self._began > self._limits.statement


def _is_busy(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


def _text(data: bytes) -> str:
    """A file may hold text that is none."""
    return kept_text(data, "backslashreplace")


class SqliteResult:
    def __init__(self, link: SqliteLink, cursor: sqlite3.Cursor) -> None:
        self._link = link
        self._cursor = cursor
        self._description = cursor.description

    @property
    def columns(self) -> Sequence[Column] | None:
        return None if self._description is None else [Column(one[0]) for one in self._description]

    def rows(self) -> Iterator[Sequence[object]]:
        try:
            for row in self._cursor:
                cells = [kept(value) for value in row]
                del row  # before the next one is read: each may be as large as memory has room for
                yield cells
        except sqlite3.Error as error:
            raise self._link.failed(error) from error

    @property
    def affected(self) -> int | None:
        return self._cursor.rowcount if self._cursor.rowcount >= 0 else None

    @property
    def last_key(self) -> int | None:
        return self._cursor.lastrowid

    def close(self) -> None:
        self._cursor.close()

    def more(self) -> None:
        """A statement of SQLite's answers one result."""
