"""What a statement that takes long is waiting for, as another connection sees it, and in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

FIRST_SECONDS = 1.0
"""Before the first look; each further one comes after twice the time."""
LONGEST_SECONDS = 30.0
LOOK_SECONDS = 2
"""For the look itself: the statement's own result is not read meanwhile."""
FILE_LOCK = "the lock on its file, held by another process"
POSTGRES = """SELECT a.wait_event_type, a.wait_event, h.pid, b.usename, b.application_name, b.state,
extract(epoch FROM now() - b.xact_start)::int, left(regexp_replace(b.query, '\\s+', ' ', 'g'), 80)
FROM pg_stat_activity a LEFT JOIN LATERAL unnest(pg_blocking_pids(a.pid)) h(pid) ON true
LEFT JOIN pg_stat_activity b ON b.pid = h.pid WHERE a.pid = %s"""
MARIADB_STATE = "SELECT state FROM information_schema.processlist WHERE id = {}"
MARIADB_HOLDERS = """SELECT p.id, p.user, NULL, p.command, timestampdiff(SECOND, b.trx_started, now()),
left(regexp_replace(coalesce(b.trx_query, ''), '\\\\s+', ' '), 80)
FROM information_schema.innodb_trx w
JOIN information_schema.innodb_lock_waits l ON l.requesting_trx_id = w.trx_id
JOIN information_schema.innodb_trx b ON b.trx_id = l.blocking_trx_id
LEFT JOIN information_schema.processlist p ON p.id = b.trx_mysql_thread_id WHERE w.trx_mysql_thread_id = {}"""
"""Of a row's lock. Who holds a table's (`Waiting for table metadata lock`) MariaDB tells by a plugin only."""
WAITING_STATES = ("waiting", "user lock", "user sleep")
"""How the states of a thread begin that waits; all others are work."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a running statement."""

    event: str
    """What it waits for; empty where it works."""
    holders: str = ""
    """Who is in its way, in words."""

    @property
    def words(self) -> str:
        return f"{self.event}, held by {self.holders}" if self.event and self.holders else self.event


class Waits:
    """Of one statement."""

    def __init__(self, look: Callable[[], Look | None], lock_seconds: float) -> None:
        """`look` answers None where it cannot be seen. The first one comes before the limit for locks is over."""
        self._look = look
        self._said = ""
        self.seconds = min(FIRST_SECONDS, lock_seconds / 2)
        """Until the next look."""
        self.latest = ""
        """As it was seen last."""

    def look(self) -> str:
        """What is new about it, as a line for the operator; empty for nothing."""
        self.seconds = min(2 * self.seconds, LONGEST_SECONDS)
        found = self._look()
        if found is None:  # a help for whoever waits; the statement goes on without it
            return ""
        self.latest = found.words
        said = f"still running: it waits for {found.words or 'nothing'}"
        if said == self._said:
            return ""
        self._said = said
        return said


def reached(said: str, limit: str, took: float, waits: Waits | None) -> str:
    """What the server `said`, with the limit that ended a statement after `took` seconds."""
    waited = f"; it was waiting for {waits.latest}" if waits and waits.latest else ""
    return f"{said}\n{limit} was reached after {took:.1f} s{waited}"


def look_at_postgres(details: dict[str, Any], pid: int) -> Look | None:
    """`details` are those of the connection the statement runs on."""
    import psycopg

    known = {**details, "connect_timeout": LOOK_SECONDS, "options": f"-c statement_timeout={LOOK_SECONDS}s"}
    try:
        with psycopg.connect(**known) as connection:
            rows = connection.execute(POSTGRES, (pid,)).fetchall()
    except (psycopg.Error, OSError):
        return None
    if not rows:
        return None
    kind, event = rows[0][:2]
    return Look(f"{kind} {event}" if kind else "", _holders([row[2:] for row in rows if row[2] is not None]))


def look_at_mariadb(connect: Callable[[], Any], thread: int) -> Look | None:
    """`connect` opens another connection, limited in time."""
    import pymysql

    try:
        with connect() as connection, connection.cursor() as cursor:
            cursor.execute(MARIADB_STATE.format(thread))
            state = str((cursor.fetchone() or ("",))[0] or "")
            holders = _rows(cursor, MARIADB_HOLDERS.format(thread))
    except (pymysql.Error, OSError):
        return None
    if holders:
        return Look("a row's lock", _holders(holders))
    return Look(state if state.lower().startswith(WAITING_STATES) else "")


def _rows(cursor: Any, query: str) -> Sequence[Sequence[Any]]:
    """Empty where the user may not see them, or the server has no such tables."""
    import pymysql

    try:
        cursor.execute(query)
    except pymysql.Error:
        return ()
    found: Sequence[Sequence[Any]] = cursor.fetchall()
    return found


def _holders(rows: Sequence[Sequence[Any]]) -> str:
    return "; ".join(map(_holder, rows))


def _holder(row: Sequence[Any]) -> str:
    pid, user, program, state, seconds, query = row
    if pid == 0:
        return "a prepared transaction"
    since = f" for {seconds} s" if seconds is not None else ""
    doing = f"{state or '?'}{since}{f': {query}' if query else ''}"
    return f"process {pid} ({'; '.join(filter(None, (', '.join(filter(None, (user, program))), doing)))})"
