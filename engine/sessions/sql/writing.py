"""A writing statement in a transaction of its own: run, shown, and kept only when it is to be.

Whatever happens before COMMIT is sent, the database rolls back, also when the connection or this process is gone.
"""

from __future__ import annotations

from collections.abc import Callable

from ..contract import Decide, Uncommitted
from .link import DatabaseError, Link, Say

BEGIN = {"postgres": "BEGIN", "mysql": "START TRANSACTION", "sqlite": "BEGIN"}
NOT_ROLLED_BACK = "1196"
"""MySQL's warning that tables without transactions were changed for good."""
ROLLBACK_TIMES = 5
"""An interrupt may hit the rolling back as well."""


class CommitLost(DatabaseError):
    """The connection went while COMMIT was on its way."""


def run_held(
    link: Link, perform: Callable[[], int | None], say: Say, *, expect_rows: int | None, decide: Decide | None
) -> None:
    """`perform` runs the statement and answers how many rows it affected. Raises `DatabaseError` for what was rolled
    back."""
    execute(link, BEGIN[link.dialect])
    try:
        _agree(perform(), expect_rows, decide)
        commit(link)
    except BaseException:
        roll_back(link, say)
        raise
    say("committed")


def _agree(rows: int | None, expect_rows: int | None, decide: Decide | None) -> None:
    """Raises where it is not to be kept."""
    if expect_rows is not None and rows != expect_rows:
        raise DatabaseError(f"rolled back: {rows} row(s) affected, and {expect_rows} expected")
    if decide is not None and decide(Uncommitted(rows)) == "roll_back":
        raise DatabaseError("rolled back, nothing was changed")


def commit(link: Link) -> None:
    find_out = _way_to_find_out(link)
    try:
        execute(link, "COMMIT")
    except DatabaseError as error:
        if not error.lost:
            raise
        text = f"{error}; nobody knows whether it was committed: {find_out}"
        raise CommitLost(text, lost=True) from error


def roll_back(link: Link, say: Say) -> None:
    """The server does it by itself for what has lost its connection."""
    for _ in range(ROLLBACK_TIMES):
        if not link.in_transaction:
            return
        try:
            execute(link, "ROLLBACK")
            _warn(link, say)
        except DatabaseError as error:
            if error.lost:
                return
    link.cut()


def execute(link: Link, statement: str) -> None:
    result = link.run(statement)
    for _ in result.rows():
        pass
    result.close()


def _way_to_find_out(link: Link) -> str:
    if link.dialect == "postgres":
        rows = list(link.run("SELECT txid_current_if_assigned()").rows())
        if rows and rows[0][0] is not None:
            return f"ask the server with SELECT txid_status({rows[0][0]})"
    return "look at the rows it changes"


def _warn(link: Link, say: Say) -> None:
    if link.dialect != "mysql":
        return
    for _level, code, message in link.run("SHOW WARNINGS").rows():
        if str(code) == NOT_ROLLED_BACK:
            say(f"warning: {message}")
