"""A step in a transaction that the document has opened: where it fails, all of it is undone, so that it can be run
again from where it began.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...syntax.sql_lasting import is_boundary
from .link import DatabaseError, Link, Say
from .writing import KEPT, execute, keeps_some, look_again, roll_back

MARK = "oncue_step"
OVER = "what failed has committed what was done before it, or the database has rolled it back; look at what it changed"


class Retry:
    def __init__(self, link: Link, statements: Sequence[str], say: Say) -> None:
        """`statements` are the step's. One that begins or ends a transaction itself is left to itself."""
        self._link = link
        self._say = say
        self._was_open = link.in_transaction
        self.is_marked = (
            self._was_open
            and not any(is_boundary(one, link.dialect) for one in statements)
            and self._attempt("SAVEPOINT")
        )
        """What the step does can be undone without what was done before it."""

    def succeeded(self) -> None:
        if not self._link.in_transaction:
            return
        if self.is_marked:
            self._attempt("RELEASE SAVEPOINT")
        self._say("a transaction is open: what it does is kept at its COMMIT")

    def failed(self, error: DatabaseError) -> bool:
        """Not for a connection that has gone. Answers whether a transaction that is over now was rolled back; else it
        may have been committed."""
        look_again(self._link)
        if self.is_marked:
            if self._attempt("ROLLBACK TO SAVEPOINT"):
                again = "" if keeps_some(self._link) else ": it can be run again"
                self._attempt("RELEASE SAVEPOINT")
                undone = f"what this step did was rolled back{'' if again else KEPT}"
                self._say(f"{undone}, and its transaction is still open{again}")
            elif self._link.dialect == "mysql" and not error.undone:
                self._say(f"the transaction is over: {OVER}")
                return False
            else:
                self._say("the whole transaction was rolled back: go back to where it begins")
        elif self._link.in_transaction and not self._was_open:
            is_whole = roll_back(self._link)
            self._say(f"the transaction that this step opened was rolled back{'' if is_whole else KEPT}")
        return True

    def _attempt(self, what: str) -> bool:
        """An interrupt may hit it as well, so it is tried twice."""
        for _ in range(2):
            if not self._link.in_transaction:
                return False
            try:
                execute(self._link, f"{what} {MARK}")
            except DatabaseError as error:
                if error.lost:
                    return False
                continue
            return True
        return False
