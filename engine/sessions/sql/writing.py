"""A statement in a transaction of its own: one that writes is kept only when it is to be, one that reads can do no
more.

Whatever happens before COMMIT is sent, the database rolls back, also when the connection or this process is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from ...databases import Dialect
from ..contract import Decide, Uncommitted
from .link import DatabaseError, Link, Say

BEGIN: Mapping[Dialect, str] = {"postgres": "BEGIN", "mysql": "START TRANSACTION", "sqlite": "BEGIN"}
BEGIN_READING: Mapping[Dialect, str] = {
    "postgres": "BEGIN READ ONLY",
    "mysql": "START TRANSACTION READ ONLY",
    "sqlite": "PRAGMA query_only = ON",
}
END_READING: Mapping[Dialect, str] = {"postgres": "COMMIT", "mysql": "COMMIT", "sqlite": "PRAGMA query_only = OFF"}
NOT_ROLLED_BACK = "1196"
"""MySQL's warning that tables without transactions were changed for good."""
ROLLBACK_TIMES = 5
"""An interrupt may hit the rolling back as well."""
SHOWN = 200
"""Characters of a statement that is asked about."""
KEPT = ", but not all of it: tables without transactions keep what was changed"
JUDGED_WRONGLY = (
    "it was taken for one that only reads, and so ran in a transaction that allows no more; "
    "where it has to write, put BEGIN before it and COMMIT behind it"
)


class CommitLost(DatabaseError):
    """The connection went while COMMIT was on its way."""


class RolledBack(DatabaseError):
    """The statement has run, and is not kept."""


def run_held(
    link: Link,
    statement: str,
    perform: Callable[[], int | None],
    say: Say,
    *,
    expect_rows: int | None,
    decide: Decide | None,
) -> None:
    """`perform` runs the statement and answers how many rows it affected. Raises `DatabaseError` for what was rolled
    back."""
    execute(link, BEGIN[link.dialect])
    try:
        rows = perform()
        _agree(Uncommitted(" ".join(statement.split())[:SHOWN], rows), expect_rows, decide)
        commit(link)
    except DatabaseError as error:
        is_whole = roll_back(link)
        if isinstance(error, RolledBack):
            raise RolledBack(str(error) + ("" if is_whole else KEPT)) from error
        if not is_whole:
            say(f"{error}{KEPT}")
        if error.lost and not isinstance(error, CommitLost):
            text = f"{error}; nothing was changed: the server rolls back what was not committed"
            raise DatabaseError(text, lost=True) from error
        raise
    except BaseException:
        roll_back(link)
        raise
    say("committed")


def _agree(done: Uncommitted, expect_rows: int | None, decide: Decide | None) -> None:
    """Raises where it is not to be kept."""
    if expect_rows is not None and done.rows != expect_rows:
        raise RolledBack(f"rolled back: {done.rows} row(s) affected, and {expect_rows} expected")
    if decide is not None and decide(done) == "roll_back":
        raise RolledBack("rolled back")


def commit(link: Link) -> None:
    find_out = _way_to_find_out(link)
    try:
        execute(link, "COMMIT")
    except DatabaseError as error:
        if not error.lost:
            raise
        text = f"{error}; nobody knows whether it was committed: {find_out}"
        raise CommitLost(text, lost=True) from error


def roll_back(link: Link) -> bool:
    """Whether all of it could be. The server does it by itself for what has lost its connection."""
    is_whole = True
    for _ in range(ROLLBACK_TIMES):
        if not link.in_transaction:
            return is_whole
        try:
            execute(link, "ROLLBACK")
            is_whole = is_whole and not _keeps_some(link)
        except DatabaseError as error:
            if error.lost:
                return is_whole
    link.cut()
    return is_whole


@contextmanager
def reading(link: Link) -> Iterator[None]:
    """The database itself refuses what would write."""
    if link.dialect == "sqlite" and _first(link, "PRAGMA query_only"):
        yield  # the document, or who opened the connection, wants that for longer
        return
    execute(link, BEGIN_READING[link.dialect])
    try:
        yield
    except DatabaseError as error:
        if error.read_only:
            raise DatabaseError(f"{error}\n{JUDGED_WRONGLY}", place=error.place) from error
        raise
    finally:
        if link.dialect == "sqlite":
            execute(link, END_READING["sqlite"])
        elif link.in_transaction:
            _end_reading(link)


def _end_reading(link: Link) -> None:
    """Nothing can be lost by it, so it does not matter how it ends as long as it does."""
    for ending in (END_READING[link.dialect], "ROLLBACK", "ROLLBACK"):
        try:
            execute(link, ending)
        except DatabaseError as error:
            if error.lost:
                return
        if not link.in_transaction:
            return


def _first(link: Link, query: str) -> object:
    rows = list(link.run(query).rows())
    return rows[0][0] if rows else None


def execute(link: Link, statement: str) -> None:
    result = link.run(statement)
    for _ in result.rows():
        pass
    result.close()


def _way_to_find_out(link: Link) -> str:
    if link.dialect == "postgres":
        number = _first(link, "SELECT txid_current_if_assigned()")
        if number is not None:
            return f"ask the server with SELECT txid_status({number})"
    return "look at the rows it changes"


def _keeps_some(link: Link) -> bool:
    if link.dialect != "mysql":
        return False
    return any(str(code) == NOT_ROLLED_BACK for _level, code, _message in link.run("SHOW WARNINGS").rows())
