"""What no transaction takes back, for each kind of database, and what begins or ends one itself."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .link import Dialect

COMMENTS = re.compile(r"(?:\s|--[^\n]*(?:\n|\Z)|/\*.*?\*/)*", re.DOTALL)
CONTROL = re.compile(
    r"(?:BEGIN|START\s+TRANSACTION|COMMIT|END|ROLLBACK|ABORT|SAVEPOINT|RELEASE|PREPARE\s+TRANSACTION|SET|RESET|USE"
    r"|PREPARE|DEALLOCATE|LISTEN|UNLISTEN|DISCARD|LOCK|UNLOCK|PRAGMA|ATTACH|DETACH)\b",
    re.IGNORECASE,
)
"""Concerns the transaction or the connection, so it is not put into a transaction of its own."""
LASTING: Mapping[Dialect, tuple[tuple[str, str], ...]] = {
    "postgres": (
        (r"VACUUM\b|CHECKPOINT\b|ALTER\s+SYSTEM\b|CLUSTER\s*;?\s*\Z", "it works outside of transactions"),
        (r"(?:CREATE|DROP|ALTER)\s+(?:DATABASE|TABLESPACE|SUBSCRIPTION)\b", "it works outside of transactions"),
        (r"(?:CREATE|DROP|REINDEX)\b[^;]*\bCONCURRENTLY\b", "it works outside of transactions"),
        (r"REINDEX\b(?:\s*\([^)]*\))?\s+(?:DATABASE|SYSTEM|SCHEMA)\b", "it works outside of transactions"),
        (r"CALL\b", "a procedure may commit by itself"),
        (r"COPY\b.*\bTO\b", "it writes a file or runs a program on the server"),
        (r".*\b(?:pg_terminate_backend|pg_cancel_backend|dblink_exec|dblink)\s*\(", "what it does is done at once"),
    ),
    "mysql": (
        (r"(?:CREATE|ALTER|DROP|RENAME|TRUNCATE)\b", "it commits by itself, as all DDL does there"),
        (r"(?:GRANT|REVOKE|ANALYZE|OPTIMIZE|REPAIR|FLUSH|RESET|INSTALL|UNINSTALL|CACHE)\b", "it commits by itself"),
        (r"(?:KILL|PURGE|CHANGE|SHUTDOWN|STOP)\b", "what it does is done at once"),
        (r"CALL\b", "a procedure may commit by itself"),
    ),
    "sqlite": ((r"VACUUM\b", "it works outside of transactions"),),
}
_PATTERNS = {
    dialect: [(re.compile(text, re.IGNORECASE | re.DOTALL), why) for text, why in rows]
    for dialect, rows in LASTING.items()
}


def why_lasting(statement: str, dialect: Dialect) -> str:
    """Why it cannot be rolled back; empty for what can."""
    start = _start(statement)
    return next((why for pattern, why in _PATTERNS[dialect] if pattern.match(statement, start)), "")


def is_control(statement: str) -> bool:
    return CONTROL.match(statement, _start(statement)) is not None


def _start(statement: str) -> int:
    found = COMMENTS.match(statement)
    return found.end() if found else 0
