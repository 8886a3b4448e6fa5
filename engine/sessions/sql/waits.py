"""What a statement that takes long is waiting for on PostgreSQL, as another connection sees it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

FIRST_SECONDS = 1.0
"""Before the first look; each further one comes after twice the time."""
LONGEST_SECONDS = 30.0
LOOK_SECONDS = 2
"""For the look itself: the statement's own result is not read meanwhile."""
QUERY = """SELECT a.wait_event_type, a.wait_event, b.pid, b.usename, b.application_name, b.state,
extract(epoch FROM now() - b.xact_start)::int, left(regexp_replace(b.query, '\\s+', ' ', 'g'), 80)
FROM pg_stat_activity a LEFT JOIN pg_stat_activity b ON b.pid = ANY (pg_blocking_pids(a.pid)) WHERE a.pid = %s"""


class Waits:
    """Of one statement. Says what is new."""

    def __init__(self, details: dict[str, Any], pid: int) -> None:
        """`details` are those of the connection the statement runs on."""
        self._details = {**details, "connect_timeout": LOOK_SECONDS, "options": f"-c statement_timeout={LOOK_SECONDS}s"}
        self._pid = pid
        self._said = ""
        self.seconds = FIRST_SECONDS
        """Until the next look."""

    def look(self) -> Iterator[str]:
        import psycopg

        self.seconds = min(2 * self.seconds, LONGEST_SECONDS)
        try:
            with psycopg.connect(**self._details) as connection:
                rows = connection.execute(QUERY, (self._pid,)).fetchall()
        except (psycopg.Error, OSError):
            return  # a help for whoever waits; the statement goes on without it
        if rows and (said := _sentence(rows)) != self._said:
            self._said = said
            yield said


def _sentence(rows: Sequence[Sequence[Any]]) -> str:
    kind, event = rows[0][:2]
    if kind is None:
        return "still running: it waits for nothing"
    holders = "; ".join(_holder(row[2:]) for row in rows if row[2] is not None)
    return f"still running: it waits for {kind} {event}" + (f", held by {holders}" if holders else "")


def _holder(row: Sequence[Any]) -> str:
    pid, user, program, state, seconds, query = row
    since = f" for {seconds} s" if seconds is not None else ""
    return f"process {pid} ({', '.join(filter(None, (user, program)))}; {state or '?'}{since}: {query})"
