"""What the steps of a run have set on a connection, which is gone when the connection is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...databases import Dialect
from ...syntax.sql_lasting import begins_anew, is_boundary
from ..contract import Standing

SETTING = re.compile(
    r"""\s*(?:(?:--[^\n]*\n|/\*.*?\*/)\s*)*
    (SET\b(?!\s+(?:LOCAL|GLOBAL|PERSIST|STATEMENT)\b) | USE\b
    | CREATE\s+(?:OR\s+REPLACE\s+)?(?:LOCAL\s+|GLOBAL\s+)?TEMP(?:ORARY)?\b
    | PREPARE\b | DECLARE\b | LISTEN\b | LOCK\s+TABLES?\b | FLUSH\s+TABLES\b.*\bREAD\s+LOCK\b | BACKUP\b
    | ATTACH\b | PRAGMA\s+\w+\s*= | RESET\b | HANDLER\b | LOAD\s+'
    | SELECT\b.*?\b(?:set_config|setseed|pg_(?:try_)?advisory_lock\w*|get_lock)\s*\(
    | SELECT\b.*?(?:@\w+\s*:=|\bINTO\s+(?:LOCAL\s+|GLOBAL\s+)?TEMP|\bINTO\s+@))""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
"""Statements whose effect lasts as long as the connection."""
LOCKING = re.compile(r"\s*(?:UN)?LOCK\s+TABLES?\b", re.IGNORECASE)
UNLOCKING = re.compile(r"\s*UNLOCK\s+TABLES?\b", re.IGNORECASE)
LOCKED = re.compile(r"(?:LOCK|FLUSH)\b", re.IGNORECASE)
BEGIN = re.compile(r"\s*(?:BEGIN|START\s+TRANSACTION)\b", re.IGNORECASE)
IN_MEMORY = "the database in memory itself"
UNTOLD = -1
"""In place of a transaction's number: the trail has to hear of it whatever comes next."""
KEPT = 5
LONGEST = 60
LOST_WITH_CONNECTION = "the transaction was lost with its connection"
ENDED_BY_DATABASE = "the database ended the whole transaction"


class Memory:
    def __init__(self, settings: Sequence[str] = (), *, lost: bool = False) -> None:
        """`settings` of a connection that has gone; `lost`: with a transaction open on it."""
        self.opened = False
        """There was a connection before."""
        self.has_locked = False
        """Tables are locked on MySQL, and the next transaction would unlock them."""
        self.transaction = 0
        """The document's own that is open, counted from 1: begun by a statement of it, and not ended yet."""
        self._count = 0
        self._lost = lost
        """A transaction went with its connection, and no step has been told."""
        self._undone = ""
        self._settings = list(settings)
        self._told = (0, tuple(self._settings))
        """Transaction and settings as the trail has them."""

    def learn(self, statement: str, dialect: Dialect, *, in_transaction: bool) -> None:
        """It was carried out; `in_transaction` is how it has left the connection."""
        self.has_locked = has_locked_behind(statement, dialect, self.has_locked)
        if UNLOCKING.match(statement):
            self._settings = [one for one in self._settings if not LOCKED.match(one)]
        if SETTING.match(statement):
            self.set(" ".join(statement.split())[:LONGEST])
        if not in_transaction:
            self.transaction = 0
        elif not self.transaction or begins_anew(statement, dialect):
            self._count += 1
            self.transaction = self._count

    def set(self, what: str) -> None:
        if what not in self._settings:
            self._settings.append(what)

    def guess(self, statement: str, dialect: Dialect) -> None:
        """Nobody knows whether it was carried out before its connection went."""
        self.learn(statement, dialect, in_transaction=False)
        if is_boundary(statement, dialect):
            self._lost = BEGIN.match(statement) is not None

    def failed(self, *, in_transaction: bool, is_undone: bool) -> None:
        """A statement did, and the connection is as good as before. Not `is_undone`: a transaction that is over now may
        have been committed."""
        if self.transaction and not in_transaction and is_undone:
            self._undo(ENDED_BY_DATABASE)
        elif not in_transaction:
            self.transaction = 0

    def lost(self, *, is_known: bool) -> None:
        """The connection went under a statement. Not `is_known`: it was the COMMIT of the open transaction."""
        if self.transaction and is_known:
            self._lost = True
            self._undo(LOST_WITH_CONNECTION)
        self.transaction = 0

    def _undo(self, why: str) -> None:
        if self.transaction == self._told[0]:
            self._undone = why
        self.transaction = 0

    def reopened(self) -> str:
        rolled_back = "; its open transaction was rolled back" if self.transaction or self._lost else ""
        return f"the connection had been lost and was opened again{rolled_back}"

    def forget(self, first: str) -> str:
        """For a new connection. Answers why the step, whose `first` statement this is, may not run on it: what earlier
        steps have set decides what a statement means, so it does not run without; empty where nothing is missing."""
        settings, self._settings = self._settings, []
        self.lost(is_known=True)
        has_lost, self._lost, self.has_locked = self._lost, False, False
        self._told = (UNTOLD if has_lost else self._told[0], self._told[1])
        if has_lost and not BEGIN.match(first):
            return (
                "not run: the transaction that an earlier step opened was lost with its connection; "
                "go back to where it begins"
            )
        if not settings:
            return ""
        more = f" and {len(settings) - KEPT} more" if len(settings) > KEPT else ""
        return (
            f"not run: what earlier steps have set on the connection is lost ({'; '.join(settings[:KEPT])}{more}); "
            "run those again, then this one"
        )

    def standing(self, database: str) -> Standing | None:
        """What the trail does not know of it yet, or has to hear of again because a transaction is open."""
        now = (self.transaction, tuple(self._settings))
        undone, self._undone = self._undone, ""
        if now == self._told and not undone and not self.transaction:
            return None
        self._told = now
        return Standing(database, self.transaction, undone, now[1])


def has_locked_behind(statement: str, dialect: str, before: bool) -> bool:
    """MySQL unlocks tables when a transaction begins; elsewhere a lock ends with its transaction."""
    is_about = dialect == "mysql" and LOCKING.match(statement) is not None
    return UNLOCKING.match(statement) is None if is_about else before
