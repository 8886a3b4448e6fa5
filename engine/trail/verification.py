"""Whether the trail is what was written: every chain walked, every total compared, the first touched row named.

Everything is read in one snapshot, so a trail can be verified while it is being written.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from ..collector import no_collector
from .audit import Audit
from .damage import TrailDamaged
from .database import connect_reader, is_undecodable, reason
from .finding import Finding


@dataclass(frozen=True, slots=True)
class Verification:
    findings: tuple[Finding, ...]
    """Empty when nothing was touched. At most one for each chain: its first break."""
    runs_checked: int
    events_checked: int
    chunks_checked: int


def verify(path: Path, run_id: str | None = None) -> Verification:
    """Check one run, its output and its document, or everything; the ledger always as a whole.

    TrailUnusable when there is no trail at all. What cannot be seen from the file alone: the end cut off a run that
    is still open, and the newest runs taken away together with the newest ledger rows.
    """
    with no_collector():
        try:
            return _verify(path, run_id, str)
        except UnreadableText:
            return _verify(path, run_id, _text)


class UnreadableText(Exception):
    """A text column does not hold UTF-8."""


def _text(stored: bytes) -> str:
    """Invalid bytes become characters that cannot be encoded, so the row does not match its hash."""
    return stored.decode("utf-8", "surrogateescape")


def _verify(path: Path, run_id: str | None, text_factory: object) -> Verification:
    try:
        connection = connect_reader(path)
    except TrailDamaged as error:
        damaged = Finding("damaged", "database", None, "the database file", str(error))
        return Verification((damaged,), 0, 0, 0)
    connection.text_factory = text_factory
    audit = Audit(connection, run_id)
    try:
        connection.execute("BEGIN")
        audit.check()
    except sqlite3.OperationalError as error:
        if is_undecodable(error) and text_factory is str:
            raise UnreadableText from error
        audit.damaged(reason(error))
    except sqlite3.DatabaseError as error:
        audit.damaged(reason(error))
    finally:
        connection.close()
    return Verification(tuple(audit.findings), audit.n_runs, audit.n_events, audit.n_chunks)
