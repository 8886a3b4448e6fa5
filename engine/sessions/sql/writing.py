"""A statement in a transaction of its own: one that writes is kept only when it is to be, one that reads can do no
more.

Whatever happens before COMMIT is sent, the database rolls back, also when the connection or this process is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

from ...databases import Dialect
from ..contract import Decide, Uncommitted
from .holding import COMMITTED, ROLLED_BACK, other_rows, uncommitted
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
KEPT = ", but not all of it: tables without transactions keep what was changed"
BY_ITSELF = "it has committed by itself; there is nothing to roll back"
OVER_BEFORE = "its transaction was over before it failed, so part of it may be kept: look at what it changes"
LOST_BEFORE = (
    "it was not committed: the server rolls its rows back, at the latest when it sees that the connection is gone; "
    "what a function does outside of the transaction stays, such as the number a sequence has given"
)
JUDGED_WRONGLY = (
    "it was taken for one that only reads, and so ran in a transaction that allows no more; "
    "where it has to write, put BEGIN before it and COMMIT behind it"
)


class CommitLost(DatabaseError):
    """The connection went while COMMIT was on its way."""


class KeptAnyway(DatabaseError):
    """The statement has done what it should not have, and nothing takes it back."""


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
) -> bool:
    """`perform` runs the statement and answers how many rows it affected. Raises `DatabaseError` for what was rolled
    back, and for another number of rows than expected. Answers False for what has committed by itself."""
    execute(link, BEGIN[link.dialect])
    find_out = ""
    try:
        rows = perform()
        if not link.in_transaction:
            _agree_afterwards(rows, expect_rows)
            say(BY_ITSELF)
            return False
        find_out = way_to_find_out(link)
        _agree(uncommitted(statement, rows), expect_rows, decide)
        commit(link, find_out)
    except DatabaseError as error:
        if _is_over(link, error):
            raise DatabaseError(f"{error}; {OVER_BEFORE}", place=error.place, timed_out=error.timed_out) from error
        is_whole = roll_back(link)
        if isinstance(error, RolledBack):
            raise RolledBack(str(error) + ("" if is_whole else KEPT)) from error
        if not is_whole:
            say(f"{error}{KEPT}")
        if error.lost and not isinstance(error, CommitLost):
            text = "; ".join(filter(None, (str(error), LOST_BEFORE, find_out)))
            raise DatabaseError(text, lost=True) from error
        raise
    except BaseException:
        roll_back(link)
        raise
    say(COMMITTED)
    return True


def _is_over(link: Link, error: DatabaseError) -> bool:
    """What failed had ended its own transaction."""
    if link.dialect != "mysql" or error.lost or error.undone or isinstance(error, RolledBack | KeptAnyway):
        return False
    look_again(link)
    return not link.in_transaction


def look_again(link: Link) -> None:
    """MySQL tells whether a transaction is open with what succeeds, not with an error."""
    if link.dialect == "mysql":
        with suppress(DatabaseError):
            execute(link, "DO 0")


def _agree_afterwards(rows: int | None, expect_rows: int | None) -> None:
    if expect_rows is not None and rows != expect_rows:
        raise KeptAnyway(f"{other_rows(rows, expect_rows)}; {BY_ITSELF}")


def _agree(done: Uncommitted, expect_rows: int | None, decide: Decide | None) -> None:
    """Raises where it is not to be kept."""
    if expect_rows is not None and done.rows != expect_rows:
        raise RolledBack(f"{ROLLED_BACK}: {other_rows(done.rows, expect_rows)}")
    if decide is not None and decide(done) == "roll_back":
        raise RolledBack(ROLLED_BACK)


def commit(link: Link, find_out: str) -> None:
    with sending_commit(find_out):
        execute(link, "COMMIT")


@contextmanager
def sending_commit(find_out: str) -> Iterator[None]:
    """What is lost while it runs may have been committed; `find_out` is how to know."""
    try:
        yield
    except DatabaseError as error:
        if not error.lost:
            raise
        text = f"{error}; nobody knows whether it was committed: {find_out or 'look at the rows it changes'}"
        raise CommitLost(text, lost=True) from error


def roll_back(link: Link) -> bool:
    """Whether all of it could be. The server does it by itself for what has lost its connection."""
    is_whole = True
    for _ in range(ROLLBACK_TIMES):
        if not link.in_transaction:
            return is_whole
        try:
            execute(link, "ROLLBACK")
            is_whole = is_whole and not keeps_some(link)
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


def way_to_find_out(link: Link) -> str:
    """What became of the open transaction; empty where only its rows tell."""
    if link.dialect != "postgres":
        return ""
    try:
        number = _first(link, "SELECT txid_current_if_assigned()")
    except DatabaseError as error:
        if error.lost:
            raise
        return ""  # it has failed already, and can only be rolled back
    return "" if number is None else f"ask the server with SELECT txid_status({number})"


def keeps_some(link: Link) -> bool:
    """After a rollback, which cannot reach tables without transactions."""
    if link.dialect != "mysql":
        return False
    return any(str(code) == NOT_ROLLED_BACK for _level, code, _message in link.run("SHOW WARNINGS").rows())
