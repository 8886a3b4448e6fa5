"""MySQL and MariaDB by PyMySQL, unbuffered: rows stay at the server until they are read."""

from __future__ import annotations

import re
import select
import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ...databases import Dialect
from ...limits import Limits
from .addresses import Address, driver_missing, parsed, shown
from .grid import kept
from .link import CONNECT_SECONDS, Ask, Column, DatabaseError, PasswordWanted, Say, readable
from .mysql_limits import MysqlLimits
from .waits import LOOK_SECONDS, Look, Waits, look_at_mariadb, reached

if TYPE_CHECKING:
    from pymysql.cursors import SSCursor

    Connection = Any
    """The stubs know neither `server_status` nor `thread_id`."""

FRESH_SECONDS = 1.0
LOST = frozenset({0, 1927, 2006, 2013, 2014, 2045, 2055, 4031})
"""Error numbers after which there is no connection any more. 1927: it was killed."""
LOCK_REACHED = 1205
DEADLOCK = 1213
STATEMENT_REACHED = frozenset({1969, 3024})
"""MariaDB's and MySQL's."""
READ_ONLY = 1792
"""In a transaction that only reads."""
NUMERIC_TYPES = frozenset({0, 1, 2, 3, 4, 5, 8, 9, 13, 246})
"""The protocol's numbers of DECIMAL, TINY, SHORT, LONG, FLOAT, DOUBLE, LONGLONG, INT24, YEAR, NEWDECIMAL."""
IN_TRANSACTION = 0x0001
NO_BACKSLASH_ESCAPES = 0x0200
"""Of the server's status."""


class MysqlLink:
    dialect: Dialect = "mysql"

    def __init__(
        self, connection: Connection, details: Mapping[str, Any], limits: Limits, say: Say, *, is_maria: bool
    ) -> None:
        self._connection = connection
        self._details = details
        """For a second connection: one ends a statement on this one, another looks what it waits for."""
        self.greeting = ""
        self._limits = limits
        self._settings = MysqlLimits(is_maria=is_maria)
        self._say = say
        self._waits: Waits | None = None
        self._began = 0.0
        connection.before_answer = self._await_answer
        self._heard = time.monotonic()
        self._lock = threading.Lock()
        """Held while it changes whether a statement runs, so that a cancelling hits that statement and no later one."""
        self._running = False

    @property
    def in_transaction(self) -> bool:
        return bool(self._connection.server_status & IN_TRANSACTION)

    @property
    def waits_for(self) -> str:
        waits = self._waits
        return waits.latest if waits else ""

    def limit(self, limits: Limits) -> None:
        if limits != self._limits:
            self._limits = limits
            self.put_limits()

    def put_limits(self) -> str:
        """Answers what is in force then, in words."""
        names = self._settings.names
        read = _first(self, f"SELECT {', '.join(f'@@SESSION.{name}' for name in names)}")
        there = {name: float(str(value)) for name, value in zip(names, read, strict=True)}
        for name, value in self._settings.to_set(self._limits, there).items():
            _run(self, f"SET SESSION {name} = {value:.15g}")
            there[name] = value
        return self._settings.sentence(there)

    def run(self, statement: str) -> MysqlResult:
        from pymysql.cursors import SSCursor

        with self._lock:
            self._running = True
        self._began = time.monotonic()
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

    @property
    def whereabouts(self) -> str:
        thread = self._connection.thread_id()
        return f"SHOW PROCESSLIST lists it as {thread}, and KILL {thread} ends it"

    def cancel(self) -> str:
        from .mysql_connection import kill_query

        with self._lock:
            if not self._running:
                return ""
            try:
                kill_query(self._details, self._connection.thread_id())
            except Exception as error:  # noqa: BLE001 - a border: whatever it is, it is said
                return " ".join(str(error).split())
            return ""

    def cut(self) -> None:
        ours = getattr(self._connection, "_sock", None)
        if ours is not None:
            with suppress(OSError):  # gone already
                ours.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        with suppress(Exception):  # gone already
            self._connection.close()

    # Waiting.

    def _await_answer(self) -> None:
        """Looks now and then what keeps the answer."""
        waits = self._waits = Waits(self._look, self._limits.lock)
        poll = select.poll()
        poll.register(self._connection._sock, select.POLLIN)
        while not poll.poll(waits.seconds * 1000):
            if line := waits.look():
                self._say(line)

    def _look(self) -> Look | None:
        from .mysql_connection import connect_to_look

        return look_at_mariadb(lambda: connect_to_look(self._details, LOOK_SECONDS), self._connection.thread_id())

    # For the result.

    def finished(self) -> None:
        with self._lock:
            self._running = False
        self._waits = None
        self._heard = time.monotonic()

    def failed(self, error: Exception) -> DatabaseError:
        waits, took = self._waits, time.monotonic() - self._began
        self.finished()
        number = error.args[0] if error.args and isinstance(error.args[0], int) else None
        said = " ".join(str(error.args[-1] if error.args else error).split())
        lost = number in LOST or not self._connection.open or isinstance(error, OSError)
        message = f"{said} ({number})" if number else said
        said = f"the connection was lost: {message}" if lost else message
        if number == DEADLOCK:  # an error comes without the server's status
            self._connection.server_status &= ~IN_TRANSACTION
        limit = self._reached(number)
        if limit:
            said = reached(said, limit, took, waits)
        return DatabaseError(
            said, lost=lost, read_only=number == READ_ONLY, timed_out=bool(limit), undone=number == DEADLOCK
        )

    def _reached(self, number: int | None) -> str:
        """The limit that ended a statement; empty for none."""
        if number == LOCK_REACHED:
            return "the limit for locks"
        return "the limit for a statement" if number in STATEMENT_REACHED else ""


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
            cells = [kept(value) for value in row]
            del row  # before the next one is read: each may be as large as memory has room for
            yield cells

    @property
    def affected(self) -> int | None:
        return None if self._description is not None else self._cursor.rowcount

    @property
    def last_key(self) -> int | None:
        """Of several rows, the first one's."""
        return self._cursor.lastrowid or None

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


def open_mysql(address: Address, *, read_only: bool, say: Say, ask: Ask, limits: Limits) -> MysqlLink:
    """Raises `DatabaseError` or `UsageError`, never with the password in it."""
    try:
        import pymysql  # noqa: F401 - only to see whether it is there
    except ImportError as error:
        raise driver_missing("mysql") from error
    from .mysql_connection import connect

    url = parsed(address)
    _, details = url.get_dialect()().create_connect_args(url)
    details = {"charset": "utf8mb4", **details, "autocommit": True, "conv": {}, "init_command": None}
    try:
        connection = connect(details, CONNECT_SECONDS)
    except PasswordWanted:
        typed = ask(f"password for {shown(url)}: ")
        if typed is None:
            raise
        details["password"] = typed
        connection = connect(details, CONNECT_SECONDS)
    is_maria = "MariaDB" in connection.get_server_info()
    link = MysqlLink(connection, details, limits, say, is_maria=is_maria)
    version, user, database = (str(one or "") for one in _first(link, "SELECT version(), user(), database()"))
    in_force = link.put_limits()
    if read_only:
        _run(link, "SET SESSION TRANSACTION READ ONLY")
    name = "MariaDB" if is_maria else "MySQL"
    place = shown(url, user=user.partition("@")[0], database=database)
    link.greeting = f"connected to {place}, {name} {version.partition('-')[0]}; {in_force}"
    return link


def _run(link: MysqlLink, statement: str) -> None:
    for _ in link.run(statement).rows():
        pass


def _first(link: MysqlLink, statement: str) -> Sequence[object]:
    (row,) = link.run(statement).rows()
    return row
