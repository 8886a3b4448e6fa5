"""SQL steps against SQLite, by the standard library's driver. Other databases are refused with a sentence.

Results are written as bytes of an aligned table, so that they are recorded and shown like any other output. Each
statement commits by itself; the order of gates before it is not this file's business.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from ..errors import UsageError
from ..plan import check_database, database_url
from .contract import Outcome, Signal, Sink, Task, TerminalMode, Waiting

ROW_LIMIT = 1000
"""Rows shown of one result; how many were left out is said."""
CELL_LIMIT = 200
"""Characters shown of one cell."""
BUSY_SECONDS = 5.0


class SqlSession:
    """One connection per database, opened at first need and kept for the run."""

    def __init__(self, databases: Mapping[str, str], default: str = "", *, read_only: bool = False) -> None:
        """`default` is the name of the database for a step that names none. With `read_only` the database itself
        refuses whatever would write."""
        self._databases = databases
        self._read_only = read_only
        self._default = default
        self._connections: dict[str, sqlite3.Connection] = {}
        self._running: sqlite3.Connection | None = None
        self._interrupted = False

    def run(self, task: Task, sink: Sink) -> Outcome:
        mode = TerminalMode()
        self._interrupted = False
        try:
            self._running = self._connection(task)
            for statement in statements(task.text):
                for text in _perform(self._running, statement):
                    sink(text.encode(), mode)
        except (sqlite3.Error, UsageError) as error:
            sink(f"{error}\n".encode(), mode)
            return Outcome("interrupted" if self._interrupted else "failed", None, message=str(error))
        finally:
            self._running = None
        return Outcome("succeeded", None)

    def interrupt(self) -> Signal:
        self._interrupted = True
        if self._running is not None:
            self._running.interrupt()
        return "INT"

    def write(self, data: bytes) -> bool:
        """A database reads no keystrokes; they are dropped, and may be recorded as typed."""
        return bool(data)

    def waiting(self) -> Waiting | None:
        return None

    def resize(self, columns: int, rows: int) -> None:
        """A result has no terminal of its own."""

    def close(self) -> None:
        while self._connections:
            _, connection = self._connections.popitem()
            connection.close()

    def _connection(self, task: Task) -> sqlite3.Connection:
        path = self._path(task)
        if path not in self._connections:
            if path != ":memory:" and not Path(path).is_file():
                raise UsageError(f"there is no database {path}")
            self._connections[path] = self._connect(path)
        return self._connections[path]

    def _connect(self, path: str) -> sqlite3.Connection:
        address = f"file:{quote(path)}{'?mode=ro' if self._read_only and path != ':memory:' else ''}"
        connection = sqlite3.connect(
            address, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        if self._read_only:
            connection.execute("PRAGMA query_only = ON")
        return connection

    def _path(self, task: Task) -> str:
        url = database_url(task.database, self._databases, self._default)
        check_database(url)
        path = unquote(urlsplit(url).path)
        if path in ("", "/", "/:memory:"):
            return ":memory:"
        # SQLAlchemy's form: three slashes before a relative path, four before an absolute one
        return str(Path(task.directory or ".") / path.removeprefix("/"))


def statements(text: str) -> Iterator[str]:
    """The statements of a text as SQLite itself tells them apart (`sqlite3_complete`)."""
    start = 0
    for end, character in enumerate(text, 1):
        if character == ";" and sqlite3.complete_statement(text[start:end]):
            yield text[start:end]
            start = end
    if text[start:].strip():
        yield text[start:]


def _perform(connection: sqlite3.Connection, statement: str) -> Iterator[str]:
    cursor = connection.execute(statement)
    if cursor.description is None:
        if cursor.rowcount >= 0:
            yield f"{cursor.rowcount} row(s) affected\n"
        return
    names = [column[0] for column in cursor.description]
    yield from table(names, cursor.fetchmany(ROW_LIMIT))
    if left := sum(1 for _ in cursor):
        yield f"({left} more row(s) not shown)\n"


def table(names: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    """Aligned lines; numbers to the right, NULL shown as such."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(names, *cells, strict=True)] if names else []
    yield "  ".join(name.ljust(width) for name, width in zip(names, widths, strict=True)).rstrip() + "\n"
    yield "  ".join("-" * width for width in widths) + "\n"
    for row, texts in zip(rows, cells, strict=True):
        yield "  ".join(map(_align, row, texts, widths)).rstrip() + "\n"
    yield f"({len(rows)} row{'' if len(rows) == 1 else 's'})\n"


def _align(value: object, text: str, width: int) -> str:
    return text.rjust(width) if isinstance(value, int | float) else text.ljust(width)


def _cell(value: object) -> str:
    if value is None:
        return "NULL"
    text = value.hex() if isinstance(value, bytes) else str(value)
    text = text.replace("\n", "\\n").replace("\r", "\\r")
    return text if len(text) <= CELL_LIMIT else f"{text[:CELL_LIMIT]}… ({len(text)} characters)"
