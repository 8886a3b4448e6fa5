"""MySQL and MariaDB by PyMySQL, unbuffered: rows stay at the server until they are read."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ...plan import Dialect
from .addresses import Address, driver_missing, parsed, shown
from .link import (
    CANCEL_SECONDS,
    CONNECT_SECONDS,
    LOCK_SECONDS,
    STATEMENT_SECONDS,
    Ask,
    Column,
    DatabaseError,
    PasswordWanted,
    readable,
)

if TYPE_CHECKING:
    from pymysql.cursors import SSCursor

    Connection = Any
    """The stubs know neither `server_status` nor `thread_id`."""

FRESH_SECONDS = 1.0
LOST = frozenset({0, 1927, 2006, 2013, 2014, 2045, 2055, 4031})
"""Error numbers after which there is no connection any more. 1927: it was killed."""
DENIED = frozenset({1045, 1698})
READ_ONLY = 1792
"""In a transaction that only reads."""
NUMERIC_TYPES = frozenset({0, 1, 2, 3, 4, 5, 8, 9, 13, 246})
"""The protocol's numbers of DECIMAL, TINY, SHORT, LONG, FLOAT, DOUBLE, LONGLONG, INT24, YEAR, NEWDECIMAL."""
IN_TRANSACTION = 0x0001
NO_BACKSLASH_ESCAPES = 0x0200
"""Of the server's status."""


class MysqlLink:
    dialect: Dialect = "mysql"

    def __init__(self, connection: Connection, details: Mapping[str, Any], greeting: str) -> None:
        self._connection = connection
        self._details = details
        """For a second connection, which is what ends a statement on this one."""
        self.greeting = greeting
        self._heard = time.monotonic()
        self._lock = threading.Lock()
        """Held while it changes whether a statement runs, so that a cancelling hits that statement and no later one."""
        self._running = False

    @property
    def in_transaction(self) -> bool:
        return bool(self._connection.server_status & IN_TRANSACTION)

    def run(self, statement: str) -> MysqlResult:
        from pymysql.cursors import SSCursor

        with self._lock:
            self._running = True
        try:
            cursor = self._connection.cursor(SSCursor)
            cursor.execute(statement)
        except Exception as error:
            raise self.failed(error) from error
        self._heard = time.monotonic()
        return MysqlResult(self, cursor)

    def ask(self, statement: str, values: Sequence[str | None]) -> MysqlResult:
        """The driver has no values of the server's own, so they are written as literals."""
        if not values:
            return self.run(statement)
        literals = ["NULL" if one is None else self._literal(one) for one in values]
        return self.run(re.sub(r"\$(\d+)", lambda found: literals[int(found[1]) - 1], statement))

    def _literal(self, value: str) -> str:
        from pymysql.converters import escape_string

        plain = self._connection.server_status & NO_BACKSLASH_ESCAPES
        return f"'{value.replace(chr(39), 2 * chr(39)) if plain else escape_string(value)}'"

    def is_alive(self) -> bool:
        ours = getattr(self._connection, "_sock", None)
        if ours is None or readable(ours.fileno()):  # a server says something between two statements when it goes
            return False
        if time.monotonic() - self._heard < FRESH_SECONDS:
            return True
        try:
            self._connection.ping(reconnect=False)
        except Exception:  # noqa: BLE001 - whatever it is, it does not answer
            return False
        return True

    def cancel(self) -> None:
        with self._lock:
            if not self._running:
                return
            with suppress(Exception):  # whatever it is, the connection is cut next
                _kill(self._details, self._connection.thread_id())

    def cut(self) -> None:
        ours = getattr(self._connection, "_sock", None)
        if ours is not None:
            with suppress(OSError):  # gone already
                ours.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        with suppress(Exception):  # gone already
            self._connection.close()

    # For the result.

    def finished(self) -> None:
        with self._lock:
            self._running = False
        self._heard = time.monotonic()

    def failed(self, error: Exception) -> DatabaseError:
        self.finished()
        number = error.args[0] if error.args and isinstance(error.args[0], int) else None
        said = " ".join(str(error.args[-1] if error.args else error).split())
        lost = number in LOST or not self._connection.open or isinstance(error, OSError)
        message = f"{said} ({number})" if number else said
        said = f"the connection was lost: {message}" if lost else message
        return DatabaseError(said, lost=lost, read_only=number == READ_ONLY)


class MysqlResult:
    def __init__(self, link: MysqlLink, cursor: SSCursor) -> None:
        self._link = link
        self._cursor = cursor
        self._description = cursor.description
        self._open = cursor.description is not None

    @property
    def columns(self) -> Sequence[Column] | None:
        description: Sequence[Any] | None = self._description
        if description is None:
            return None
        return [Column(str(one[0]), one[1] in NUMERIC_TYPES) for one in description]

    def rows(self) -> Iterator[Sequence[object]]:
        while self._open:
            try:
                row = self._cursor.fetchone()
            except Exception as error:
                self._open = False
                raise self._link.failed(error) from error
            if row is None:
                self._open = False
                return
            yield row

    @property
    def affected(self) -> int | None:
        return None if self._description is not None else self._cursor.rowcount

    def more(self) -> MysqlResult | None:
        try:
            return MysqlResult(self._link, self._cursor) if self._cursor.nextset() else None
        except Exception as error:
            raise self._link.failed(error) from error

    def close(self) -> None:
        """The driver reads what is left, so the server is told first that there need not be more."""
        if self._open:
            self._open = False
            self._link.cancel()
        with suppress(Exception):  # that it was cancelled
            self._cursor.close()
        self._link.finished()


def open_mysql(address: Address, *, read_only: bool, ask: Ask) -> MysqlLink:
    """Raises `DatabaseError` or `UsageError`, never with the password in it."""
    try:
        import pymysql  # noqa: F401 - only to see whether it is there
    except ImportError as error:
        raise driver_missing("mysql") from error
    url = parsed(address)
    _, details = url.get_dialect()().create_connect_args(url)
    details = {"charset": "utf8mb4", **details, "autocommit": True, "conv": {}, "init_command": None}
    try:
        connection = _connect(details, CONNECT_SECONDS)
    except PasswordWanted:
        typed = ask(f"password for {shown(url)}: ")
        if typed is None:
            raise
        details["password"] = typed
        connection = _connect(details, CONNECT_SECONDS)
    link = MysqlLink(connection, details, "")
    version, user, database = (str(one or "") for one in _first(link, "SELECT version(), user(), database()"))
    is_maria = "MariaDB" in version
    limits = _limit(link, is_maria=is_maria)
    if read_only:
        _run(link, "SET SESSION TRANSACTION READ ONLY")
    name = "MariaDB" if is_maria else "MySQL"
    place = shown(url, user=user.partition("@")[0], database=database)
    link.greeting = f"connected to {place}, {name} {version.partition('-')[0]}; {limits}"
    return link


def _limit(link: MysqlLink, *, is_maria: bool) -> str:
    _run(link, f"SET SESSION innodb_lock_wait_timeout = {LOCK_SECONDS}, lock_wait_timeout = {LOCK_SECONDS}")
    name, unit = ("max_statement_time", 1) if is_maria else ("max_execution_time", 1000)
    (there,) = _first(link, f"SELECT @@SESSION.{name}")
    seconds = float(str(there)) / unit
    if not seconds:
        seconds = STATEMENT_SECONDS
        _run(link, f"SET SESSION {name} = {STATEMENT_SECONDS * unit}")
    return f"lock wait {LOCK_SECONDS}s, {name} {seconds:g}s"


def _connect(details: Mapping[str, Any], seconds: float) -> Connection:
    """A server that accepts the connection and says nothing is given up after so many seconds."""
    import pymysql

    try:
        # The driver's own connect_timeout ends with the TCP connection; a read timeout covers the greeting.
        # A password that is text would be sent as latin-1.
        password = {"password": (details.get("password") or "").encode(errors="surrogateescape")}
        connection: Any = pymysql.connect(
            **{**details, **password, "connect_timeout": seconds, "read_timeout": seconds}
        )
    except (pymysql.Error, OSError, ValueError, RuntimeError) as error:
        number = error.args[0] if error.args and isinstance(error.args[0], int) else None
        secret = details.get("password") or ""
        said = " ".join(str(error.args[-1] if error.args else error).split())
        said = said.replace(secret, "***") if secret else said
        kind = PasswordWanted if number in DENIED else DatabaseError
        failure = kind(f"the database cannot be reached: {said}{f' ({number})' if number else ''}")
    else:
        connection._read_timeout = None
        return connection
    raise failure


def _kill(details: Mapping[str, Any], thread: int) -> None:
    connection = _connect(details, CANCEL_SECONDS)
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"KILL QUERY {thread:d}")
    finally:
        connection.close()


def _run(link: MysqlLink, statement: str) -> None:
    for _ in link.run(statement).rows():
        pass


def _first(link: MysqlLink, statement: str) -> Sequence[object]:
    (row,) = link.run(statement).rows()
    return row
