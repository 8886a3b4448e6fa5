"""A connection of PyMySQL's that says when it waits for an answer; opened so that nothing is waited for too long.

Imports the driver: only for somebody who has it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pymysql
from pymysql.connections import Connection

from .link import CANCEL_SECONDS, DatabaseError, PasswordWanted

DENIED = frozenset({1045, 1698})


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
        return super()._read_query_result(unbuffered)  # type: ignore[misc]


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
        said = said.replace(secret, "***") if secret else said
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
