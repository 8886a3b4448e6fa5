"""A connection of PyMySQL's that says when it waits for an answer; opened so that nothing is waited for too long.

Imports the driver: only for somebody who has it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from struct import Struct
from typing import Any

import pymysql
from pymysql.connections import Connection, MySQLResult

from .addresses import without
from .link import CANCEL_SECONDS, DatabaseError, PasswordWanted

DENIED = frozenset({1045, 1698})
STATUS = Struct("<3xH")
"""Where the server's status stands in the packet behind the last row."""


def _nothing() -> None:
    return


class Watched(Connection):
    """`before_answer` is called when a statement is sent, and may return late."""

    before_answer: Callable[[], None] = staticmethod(_nothing)
    _is_sent = False

    def query(self, sql: Any, unbuffered: bool = False) -> Any:
        self._is_sent = True
        return super().query(sql, unbuffered)

    def _read_query_result(self, unbuffered: bool = False) -> Any:
        if self._is_sent:  # further results of the same statement have come already
            self._is_sent = False
            self.before_answer()
        self._result = None
        answer = Answer(self)
        answer.init_unbuffered_query() if unbuffered else answer.read()
        self._result = answer
        self.tell(answer.server_status)
        return answer.affected_rows

    def tell(self, status: int | None) -> None:
        """What the server says of itself at the end of an answer."""
        if status is not None:
            self.server_status: int = status


class Answer(MySQLResult):
    """Rows end with the server's status too, which the driver passes over: a transaction may be over by then."""

    def _check_packet_is_eof(self, packet: Any) -> bool:
        owner = self.connection
        is_end = bool(super()._check_packet_is_eof(packet))  # type: ignore[misc]
        if is_end and isinstance(owner, Watched):
            owner.tell(STATUS.unpack_from(packet.get_all_data())[0])
        return is_end


def connect(details: Mapping[str, Any], seconds: float) -> Any:
    """A server that accepts the connection and says nothing is given up after so many seconds."""
    try:
        # The driver's own connect_timeout ends with the TCP connection; a read timeout covers the greeting.
        # A password that is text would be sent as latin-1.
        password = {"password": (details.get("password") or "").encode(errors="surrogateescape")}
        connection: Any = Watched(**{**details, **password, "connect_timeout": seconds, "read_timeout": seconds})
    except (pymysql.Error, OSError, ValueError, RuntimeError) as error:
        number = error.args[0] if error.args and isinstance(error.args[0], int) else None
        secret = details.get("password") or ""
        said = " ".join(str(error.args[-1] if error.args else error).split())
        said = without(secret, said)
        kind = PasswordWanted if number in DENIED else DatabaseError
        failure = kind(f"the database cannot be reached: {said}{f' ({number})' if number else ''}")
    else:
        connection._read_timeout = None
        return connection
    raise failure


def connect_to_look(details: Mapping[str, Any], seconds: float) -> Any:
    """Whatever is asked on it is answered within that time too. Raises the driver's errors."""
    password = {"password": (details.get("password") or "").encode(errors="surrogateescape")}
    return Watched(**{**details, **password, "connect_timeout": seconds, "read_timeout": seconds})


def kill_query(details: Mapping[str, Any], thread: int) -> None:
    """Ends what the thread runs, on a connection of its own."""
    connection = connect(details, CANCEL_SECONDS)
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"KILL QUERY {thread:d}")
    finally:
        connection.close()
