"""What SQL steps have left on the connections of a run, as its events tell.

A connection lives as long as its process.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from . import events as e


@dataclass(frozen=True, slots=True)
class Connection:
    """To one database."""

    database: str
    transaction: int = 0
    """Number of the runbook's own that is open; 0 for none."""
    attempts: tuple[int, ...] = ()
    """That ran in it, the one that opened it first."""
    settings: tuple[str, ...] = ()
    """Statements that have set something for as long as the connection lasts, in words."""
    was_cut: bool = False
    """A transaction was open when it went, and no step has run on the database since."""


def changed(before: Connection | None, event: e.ConnectionChanged) -> Connection:
    goes_on = before is not None and before.transaction == event.transaction
    attempts = (*(before.attempts if before and goes_on else ()), event.attempt) if event.transaction else ()
    return Connection(event.database, event.transaction, attempts, event.settings)


def gone(connection: Connection) -> Connection:
    """Its process has ended. What it had set is still wanted by the steps that come."""
    return replace(connection, transaction=0, attempts=(), was_cut=connection.was_cut or bool(connection.transaction))
