"""What the steps of a run have set on a connection, which is gone when the connection is."""

from __future__ import annotations

import re

SETTING = re.compile(
    r"""\s*(?:(?:--[^\n]*\n|/\*.*?\*/)\s*)*
    (SET\b(?!\s+(?:LOCAL|GLOBAL|PERSIST)\b) | USE\b | CREATE\s+(?:OR\s+REPLACE\s+)?(?:LOCAL\s+)?TEMP(?:ORARY)?\b
    | PREPARE\b | DECLARE\b | LISTEN\b | LOCK\s+TABLES?\b | ATTACH\b | PRAGMA\s+\w+\s*= | RESET\b
    | SELECT\b.*?\b(?:set_config|pg_advisory_lock|get_lock)\s*\( | SELECT\b.*?\bINTO\s+TEMP)""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
"""Statements whose effect lasts as long as the connection."""
LOCKING = re.compile(r"\s*(?:UN)?LOCK\s+TABLES?\b", re.IGNORECASE)
KEPT = 5
LONGEST = 60


class Memory:
    def __init__(self) -> None:
        self.opened = False
        """There was a connection before."""
        self.in_transaction = False
        """The document's own: opened by a statement of it, and not ended yet."""
        self.has_locked = False
        """Tables are locked on MySQL, and the next transaction would unlock them."""
        self._settings: list[str] = []

    def learn(self, statement: str) -> None:
        if LOCKING.match(statement):
            self.has_locked = statement.lstrip()[:1] in "Ll"
        if SETTING.match(statement):
            self._settings.append(" ".join(statement.split())[:LONGEST])

    def reopened(self) -> str:
        rolled_back = "; its open transaction was rolled back" if self.in_transaction else ""
        return f"the connection had been lost and was opened again{rolled_back}"

    def forget(self) -> str:
        """For a new connection. Answers why the step may not run on it: what earlier steps have set decides what a
        statement means, so it does not run without; empty where nothing is missing."""
        lost, self._settings = self._settings, []
        in_transaction, self.in_transaction, self.has_locked = self.in_transaction, False, False
        if in_transaction:
            return (
                "not run: the transaction that an earlier step opened was lost with its connection; "
                "go back to where it begins"
            )
        if not lost:
            return ""
        more = f" and {len(lost) - KEPT} more" if len(lost) > KEPT else ""
        return (
            f"not run: what earlier steps have set on the connection is lost ({'; '.join(lost[:KEPT])}{more}); "
            "run those again, then this one"
        )
