"""PostgreSQL by psycopg 3, one level below its cursors: results come as the server writes them, a chunk at a time.

A cursor would turn every value into a Python one, which loses what Python has no word for (`infinity`, years before
1), and has no streaming that also takes statements without rows. The extended protocol takes one statement only.
"""

from __future__ import annotations

import os
import select
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ...databases import Dialect
from ...limits import Limits
from ...syntax.sql_lasting import keeps
from .addresses import Address, driver_missing, parsed, shown
from .grid import CELL_KEPT, Cut, kept_text
from .link import (
    CANCEL_SECONDS,
    Ask,
    Column,
    DatabaseError,
    Say,
    readable,
)
from .waits import Look, Waits, look_at_postgres, reached

if TYPE_CHECKING:
    import psycopg
    from psycopg.pq.abc import PGresult

FRESH_SECONDS = 1.0
"""A connection heard of so lately is taken for alive."""
NUMERIC_TYPES = frozenset({20, 21, 23, 26, 28, 700, 701, 790, 1700})
"""Object ids of int8, int2, int4, oid, xid, float4, float8, money, numeric."""
BYTEA = 17
HEXADECIMAL = b"\\x"
READ_ONLY = "25006"
LOCK_REACHED = "55P03"
CANCELLED = "57014"
NOT_COMMITTED = "rolled back in place of being committed: a statement of the transaction had failed"
LIMITS = """SELECT set_config(name, CASE name WHEN 'lock_timeout' THEN $2 ELSE $3 END, false) FROM pg_settings
WHERE name IN ('lock_timeout', 'statement_timeout') AND setting = ANY (string_to_array($1, ','))"""
"""Another value is the server's, the role's, the URL's or the document's, and stays."""
WHERE_AM_I = """SELECT current_user, coalesce(host(inet_server_addr()), ''), current_database(),
current_setting('server_version'), current_setting('lock_timeout'), current_setting('statement_timeout')"""


class PostgresLink:
    dialect: Dialect = "postgres"

    def __init__(self, connection: psycopg.Connection[Any], say: Say, details: dict[str, Any], limits: Limits) -> None:
        """`details` are for another connection, which looks what a long statement waits for."""
        self._connection = connection
        self._pgconn = connection.pgconn
        self._pid = connection.pgconn.backend_pid
        self._heard = time.monotonic()
        self._lock = threading.Lock()
        """Held while it changes whether a statement runs, so that a cancelling hits that statement and no later one."""
        self._running = False
        connection.add_notice_handler(lambda notice: say(f"{notice.severity}: {notice.message_primary}"))
        self.greeting = ""
        self._say = say
        self._details = details
        self._waits: Waits | None = None
        self._began = 0.0
        self._limits = limits
        self._ours = ["0"]
        """Milliseconds that a limit was given here, and what stands for none."""
        self._is_cancelled = False

    @property
    def in_transaction(self) -> bool:
        from psycopg.pq import TransactionStatus

        return self._pgconn.transaction_status in (TransactionStatus.INTRANS, TransactionStatus.INERROR)

    @property
    def waits_for(self) -> str:
        waits = self._waits
        return waits.latest if waits else ""

    def limit(self, limits: Limits) -> None:
        from psycopg.pq import TransactionStatus

        if limits != self._limits and self._pgconn.transaction_status != TransactionStatus.INERROR:
            self._limits = limits
            self.put_limits()

    def put_limits(self) -> None:
        lock, statement = (str(max(1, round(1000 * one))) for one in (self._limits.lock, self._limits.statement))
        for _ in self.ask(LIMITS, (",".join(self._ours), lock, statement)).rows():
            pass
        self._ours += {lock, statement}

    def run(self, statement: str) -> PostgresResult:
        return self.ask(statement, ())

    def ask(self, statement: str, values: Sequence[str | None]) -> PostgresResult:
        """With values for `$1`, `$2`, …"""
        try:
            text = statement.encode(self._connection.info.encoding)
        except UnicodeEncodeError as error:
            raise DatabaseError(f"the database's encoding has no {error.object[error.start]!r}") from error
        with self._lock:
            self._running, self._is_cancelled = True, False
        self._began = time.monotonic()
        self._waits = Waits(self._look, self._limits.lock)
        try:
            self._pgconn.send_query_params(text, [None if one is None else one.encode() for one in values])
            self._pgconn.set_single_row_mode()
        except Exception as error:
            self._finished()
            raise self._failure(str(error)) from error
        return PostgresResult(self, statement)

    def is_alive(self) -> bool:
        try:
            while readable(self._pgconn.socket):  # a server that goes says so, and hangs up
                self._pgconn.consume_input()
        except Exception:  # noqa: BLE001 - a border: whatever it is, there is no connection
            return False
        if time.monotonic() - self._heard < FRESH_SECONDS:
            return not self._is_lost()
        try:
            for _ in self.run("SELECT 1").rows():
                pass
        except DatabaseError as error:
            return not error.lost
        return True

    @property
    def whereabouts(self) -> str:
        return f"SELECT state, query FROM pg_stat_activity WHERE pid = {self._pid}"  # noqa: S608 - a number

    def cancel(self) -> str:
        with self._lock:
            if not self._running:
                return ""
            self._is_cancelled = True
            try:
                self._connection.cancel_safe(timeout=CANCEL_SECONDS)
            except Exception as error:  # noqa: BLE001 - a border: whatever it is, it is said
                return " ".join(str(error).split())
            return ""

    def cut(self) -> None:
        with suppress(OSError), socket.socket(fileno=os.dup(self._pgconn.socket)) as same:  # gone already
            same.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._connection.close()

    # For the result.

    def next_result(self) -> PGresult | None:
        """Waits for it. None at the end of what the statement answers."""
        try:
            while self._pgconn.is_busy():
                self._flush()
                self._wait(select.POLLIN)
                self._pgconn.consume_input()
            result = self._pgconn.get_result()
        except Exception as error:
            self._finished()
            raise self._failure(str(error)) from error
        self._heard = time.monotonic()
        if result is None:
            self._finished()
        return result

    def failure_of(self, result: PGresult, statement: str) -> DatabaseError:
        from psycopg.pq import DiagnosticField as Field

        encoding = self._connection.info.encoding

        def told(field: Field) -> str:
            return (result.error_field(field) or b"").decode(encoding, "replace")

        if not told(Field.SQLSTATE):
            return self._failure(result.error_message.decode(encoding, "replace"))
        place = told(Field.STATEMENT_POSITION)
        lines = [f"{told(Field.SEVERITY)}: {told(Field.MESSAGE_PRIMARY)} ({told(Field.SQLSTATE)})"]
        lines += [f"detail: {text}" for text in [told(Field.MESSAGE_DETAIL)] if text]
        lines += [f"hint: {text}" for text in [told(Field.MESSAGE_HINT)] if text]
        is_last = told(Field.SEVERITY) in ("FATAL", "PANIC") or told(Field.SQLSTATE)[:3] == "57P"
        offset = int(place) - 1 if place.isdigit() and int(place) <= len(statement) + 1 else None
        lost, refused = is_last or self._is_lost(), told(Field.SQLSTATE) == READ_ONLY
        said, took = "\n".join(lines), time.monotonic() - self._began
        limit = self._reached(told(Field.SQLSTATE), told(Field.SOURCE_FUNCTION), lines[0], took)
        if limit:
            said = reached(said, limit, took, self._waits)
        return DatabaseError(said, place=offset, lost=lost, read_only=refused, timed_out=bool(limit))

    def _reached(self, state: str, function: str, said: str, took: float) -> str:
        """The limit that ended a statement; empty for none. Messages may be in any language, and what locks with
        NOWAIT has the same state as what waited too long."""
        if state == LOCK_REACHED:
            return "lock_timeout" if function == "ProcessInterrupts" else ""
        over = took >= self._limits.statement or "statement timeout" in said
        return "statement_timeout" if state == CANCELLED and over and not self._is_cancelled else ""

    def decode(self, value: bytes | None) -> str | None:
        return None if value is None else kept_text(value, "replace", self._connection.info.encoding)

    def refuse_copy(self) -> None:
        self._pgconn.put_copy_end(b"COPY FROM STDIN cannot be used here")

    # Waiting.

    def _flush(self) -> None:
        while self._pgconn.flush():
            self._wait(select.POLLIN | select.POLLOUT)
            self._pgconn.consume_input()

    def _wait(self, events: int) -> None:
        poll = select.poll()
        poll.register(self._pgconn.socket, events)
        waits = self._waits or Waits(self._look, self._limits.lock)
        while not poll.poll(waits.seconds * 1000):
            if line := waits.look():
                self._say(line)

    def _look(self) -> Look | None:
        return look_at_postgres(self._details, self._pid)

    def _finished(self) -> None:
        with self._lock:
            self._running = False
        self._waits = None

    def _is_lost(self) -> bool:
        from psycopg.pq import ConnStatus

        return self._pgconn.status == ConnStatus.BAD

    def _failure(self, said: str) -> DatabaseError:
        from psycopg.pq import ConnStatus

        lost = self._pgconn.status == ConnStatus.BAD
        text = " ".join(said.split())
        return DatabaseError(f"the connection was lost: {text}" if lost else text, lost=lost)


class PostgresResult:
    def __init__(self, link: PostgresLink, statement: str) -> None:
        self._link = link
        self._statement = statement
        self._affected: int | None = None
        self._done = False
        self._is_refused = False
        """It was a COMMIT, and the server has rolled back."""
        self._first = self._next()
        """Rows that came with the columns."""
        self._columns = self._read_columns()

    @property
    def columns(self) -> Sequence[Column] | None:
        return self._columns

    def rows(self) -> Iterator[Sequence[object]]:
        result, self._first = self._first, None
        while result is not None:
            for row in range(result.ntuples):
                yield [self._cell(result, row, place) for place in range(result.nfields)]
            result = None  # before the next one is read: each may be as large as memory has room for
            result = self._next()

    def _cell(self, result: PGresult, row: int, place: int) -> str | None:
        data = result.get_value(row, place)
        if data is not None and result.ftype(place) == BYTEA and data.startswith(HEXADECIMAL):
            return _kept_bytes(data)
        return self._link.decode(data)

    @property
    def affected(self) -> int | None:
        return self._affected

    @property
    def last_key(self) -> None:
        """Its own tables tell which rows a transaction has inserted."""

    def close(self) -> None:
        if self._done:
            return
        self._link.cancel()
        with suppress(DatabaseError):  # that it was cancelled
            while self._next() is not None:
                pass

    def more(self) -> None:
        """The extended protocol answers one result."""

    def _next(self) -> PGresult | None:
        """The next piece that may hold rows; None once the statement is over."""
        from psycopg.pq import ExecStatus as Status

        while (result := None if self._done else self._link.next_result()) is not None:
            if result.status in (Status.SINGLE_TUPLE, Status.TUPLES_CHUNK):
                return result
            if result.status in (Status.TUPLES_OK, Status.COMMAND_OK, Status.EMPTY_QUERY):
                self._affected = result.command_tuples
                self._is_refused = result.command_status == b"ROLLBACK" and keeps(self._statement)
                if result.status == Status.TUPLES_OK:
                    return result
            elif result.status == Status.COPY_IN:
                self._link.refuse_copy()
            elif result.status == Status.COPY_OUT:
                self.close()
                raise DatabaseError("COPY TO STDOUT cannot be used here; write the SELECT instead")
            else:
                self._end_with(result)
        self._done = True
        if self._is_refused:
            raise DatabaseError(NOT_COMMITTED, undone=True)
        return None

    def _end_with(self, failed: PGresult) -> None:
        error = self._link.failure_of(failed, self._statement)
        self._done = True
        with suppress(DatabaseError):
            while self._link.next_result() is not None:
                pass
        raise error

    def _read_columns(self) -> Sequence[Column] | None:
        if self._first is None:
            return None
        first, decode = self._first, self._link.decode
        return [
            Column(decode(first.fname(place)) or "", first.ftype(place) in NUMERIC_TYPES)
            for place in range(first.nfields)
        ]


def _kept_bytes(data: bytes) -> str:
    """As the server writes them; the length of what is cut is theirs, not that of their writing."""
    text = data[:CELL_KEPT].decode()
    return text if len(data) <= CELL_KEPT else Cut(text, (len(data) - len(HEXADECIMAL)) // 2, "bytes")


def open_postgres(address: Address, *, read_only: bool, say: Say, ask: Ask, limits: Limits) -> PostgresLink:
    """Raises `DatabaseError` or `UsageError`, never with the password in it. `~/.pgpass` and `PG…` are libpq's."""
    try:
        import psycopg  # noqa: F401 - only to see whether it is there
    except ImportError as error:
        raise driver_missing("postgres") from error
    from .postgres_connection import connected

    url = parsed(address)

    connection, details = connected(url, say, lambda: ask(f"password for {shown(url)}: "))
    connection.prepare_threshold = None
    link = PostgresLink(connection, say, details, limits)
    if read_only:
        _all(link, "SET default_transaction_read_only = on")
    link.put_limits()
    user, host, database, version, lock, statement = (str(one or "") for one in _all(link, WHERE_AM_I)[0])
    place = shown(url, user=user, database=database, host=url.host or host)
    link.greeting = (
        f"connected to {place}, PostgreSQL {version.partition(' ')[0]}; "
        f"lock_timeout {lock}, statement_timeout {statement}"
    )
    return link


def _all(link: PostgresLink, statement: str) -> list[Sequence[object]]:
    return list(link.run(statement).rows())
