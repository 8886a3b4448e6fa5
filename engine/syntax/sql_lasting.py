"""What no transaction takes back, for each kind of database, and what begins or ends one itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from ..expressions import expression
from .sql_readings import READINGS
from .sql_tokens import statements

COMMENTS = expression(r"(?:\s|--[^\n]*(?:\n|\Z)|/\*.*?\*/)*", re.DOTALL)
BOUNDARY = expression(
    r"(?:BEGIN(?!\s+NOT\s+ATOMIC\b)|START\s+TRANSACTION|COMMIT|END|ROLLBACK|ABORT|SAVEPOINT|RELEASE|PREPARE\s+TRANSACTION|XA)\b",
    re.IGNORECASE,
)
CONNECTION = expression(
    r"(?:SET(?!\s+STATEMENT\b)|RESET|USE|PREPARE|DEALLOCATE|LISTEN|UNLISTEN|DISCARD|LOCK|UNLOCK|PRAGMA|ATTACH|DETACH"
    r"|DECLARE|FETCH|MOVE|CLOSE|HANDLER)\b",
    re.IGNORECASE,
)
"""Concerns the connection, so it is not put into a transaction of its own."""
SCRATCH = expression(r"CREATE\s+(?:LOCAL\s+|GLOBAL\s+)?TEMP(?:ORARY)?\b", re.IGNORECASE)
FOR_ONE = expression(r"SET\s+STATEMENT\b.*?\bFOR\s+", re.IGNORECASE | re.DOTALL)
"""MariaDB's settings for the one statement behind them."""
CODE_COMMENT = expression(r"/\*M?!\d*")
"""Opens what MySQL runs although it stands in a comment."""
KEEPING = expression(r"(?:COMMIT|END)\b(?!\s+PREPARED)", re.IGNORECASE)

CHAIN = r"(?:COMMIT|END|ROLLBACK|ABORT)\b.*\bAND\s+CHAIN\b"
ANEW = (
    expression(CHAIN, re.IGNORECASE | re.DOTALL),
    expression(rf"{CHAIN}|(?:BEGIN(?!\s+NOT\s+ATOMIC\b)|START\s+TRANSACTION)\b", re.IGNORECASE | re.DOTALL),
)
"""MySQL ends an open transaction when another one is begun; the others keep it."""

OUTSIDE = "it works outside of transactions"
AT_ONCE = "what it does is done at once"
COMMITS = "it commits by itself, as all DDL does there, and with it what an open transaction did before"
MAY_COMMIT = "a procedure may commit by itself"
HIDES = "what it runs is not in its text, and may commit by itself"
FUNCTIONS = (
    "pg_terminate_backend|pg_cancel_backend|dblink_exec|dblink|pg_reload_conf|pg_rotate_logfile|pg_switch_wal|pg_promote"
    r"|pg_(?:drop|create_physical|create_logical|copy_physical|copy_logical)_replication_slot|pg_replication_slot_advance"
    r"|pg_sync_replication_slots|pg_logical_slot_get_\w+|pg_logical_emit_message|pg_replication_origin_\w+"
    r"|pg_(?:backup_)?(?:start|stop)(?:_backup)?|pg_create_restore_point|pg_(?:wal|xlog)_replay_\w+|pg_switch_xlog"
    r"|pg_stat_reset\w*|pg_stat_statements_reset|pg_log_backend_\w+|pg_buffercache_evict\w*"
    r"|pg_file_(?:write|rename|unlink|sync)|lo_export|dblink_send_query"
)
LOCK_FUNCTIONS = "pg_(?:try_)?advisory_(?:lock|unlock)\\w*|get_lock|release_lock|release_all_locks"
HELD = "a lock is taken and released at once, and not by the end of a transaction"


class Lasting(NamedTuple):
    pattern: str
    why: str
    is_grave: bool = True
    """Nobody runs it on a mere yes."""


LASTING: Mapping[str, tuple[Lasting, ...]] = {
    "postgres": (
        Lasting(r"(?:VACUUM|CHECKPOINT|ALTER\s+SYSTEM)\b|CLUSTER\s*;?\s*\Z", OUTSIDE),
        Lasting(r"(?:CREATE|DROP|ALTER)\s+(?:DATABASE|TABLESPACE|SUBSCRIPTION)\b", OUTSIDE),
        Lasting(r"(?:CREATE|DROP|REINDEX|ALTER\s+TABLE)\b[^;]*\bCONCURRENTLY\b", OUTSIDE, is_grave=False),
        Lasting(r"REINDEX\b(?:\s*\([^)]*\))?\s+(?:DATABASE|SYSTEM|SCHEMA)\b", OUTSIDE),
        Lasting(r"CALL\b", MAY_COMMIT),
        Lasting(r"COPY\b.*\bTO\b", "it writes a file or runs a program on the server"),
        Lasting(rf".*\b(?:{FUNCTIONS})\s*\(", AT_ONCE),
        Lasting(rf".*\b(?:{LOCK_FUNCTIONS})\s*\(", HELD, is_grave=False),
        Lasting(r".*\bsetval\s*\(", "a sequence keeps what it is set to", is_grave=False),
    ),
    "mysql": (
        Lasting(r"(?:CREATE|DROP)\s+TEMPORARY\b", "a temporary table comes and goes at once", is_grave=False),
        Lasting(r"(?:CREATE|ALTER|DROP|RENAME|TRUNCATE)\b", COMMITS),
        Lasting(r"(?:GRANT|REVOKE|FLUSH|RESET|INSTALL|UNINSTALL|SET\s+PASSWORD)\b", "it commits by itself"),
        Lasting(r"(?:ANALYZE|OPTIMIZE|REPAIR|CHECK|CACHE)\b", "it commits by itself", is_grave=False),
        Lasting(
            r"(?:KILL|PURGE|CHANGE|SHUTDOWN|RESTART|CLONE|BINLOG|IMPORT|STOP"
            r"|START\s+(?:ALL\s+)?(?:SLAVES?|REPLICAS?|GROUP_REPLICATION))\b",
            AT_ONCE,
        ),
        Lasting(r"SET\b(?:.*,)?\s*(?:@@)?(?:GLOBAL|PERSIST|PERSIST_ONLY)\b", AT_ONCE, is_grave=False),
        Lasting(r"CALL\b", MAY_COMMIT),
        Lasting(r"EXECUTE\b", HIDES),
        Lasting(r"BEGIN\s+NOT\s+ATOMIC\b", "a block of code may commit by itself"),
        Lasting(r".*\bINTO\s+(?:OUTFILE|DUMPFILE)\b", "it writes a file on the server"),
        Lasting(r".*\bsys_(?:exec|eval)\s*\(", AT_ONCE),
        Lasting(rf".*\b(?:{LOCK_FUNCTIONS})\s*\(", HELD, is_grave=False),
    ),
    "sqlite": (
        Lasting(r"VACUUM\b", OUTSIDE, is_grave=False),
        Lasting(r"PRAGMA\b", "a PRAGMA takes effect at once", is_grave=False),
    ),
}
_PATTERNS = {
    dialect: [(expression(row.pattern, re.IGNORECASE | re.DOTALL), row) for row in rows]
    for dialect, rows in LASTING.items()
}


def find_lasting(statement: str, dialect: str) -> Lasting | None:
    """Why one statement cannot be rolled back; None for what can, and where the dialect is not known."""
    statement = _as_run(statement, dialect)
    start = _start(statement)
    return next((row for pattern, row in _PATTERNS.get(dialect, ()) if pattern.match(statement, start)), None)


def gravest(text: str, dialect: str) -> Lasting | None:
    """Of all its statements the first that nobody runs on a mere yes."""
    if dialect not in _PATTERNS:
        return None
    read = statements(text, READINGS[dialect][0])
    found = (find_lasting(text[one.start : one.end], dialect) for one in read)
    return next((one for one in found if one is not None and one.is_grave), None)


def is_boundary(statement: str, dialect: str = "") -> bool:
    """Of a transaction."""
    statement = _as_run(statement, dialect)
    return BOUNDARY.match(statement, _start(statement)) is not None


def keeps(statement: str, dialect: str = "") -> bool:
    """It makes for good what its transaction did."""
    statement = _as_run(statement, dialect)
    return KEEPING.match(statement, _start(statement)) is not None


def begins_anew(statement: str, dialect: str = "") -> bool:
    """One transaction is over with it, and another open."""
    statement = _as_run(statement, dialect)
    pattern = ANEW[dialect == "mysql"]
    return pattern.match(statement, _start(statement)) is not None


def is_control(statement: str, dialect: str = "") -> bool:
    """It gets no transaction of its own: it concerns one, or the connection."""
    statement = _as_run(statement, dialect)
    return is_boundary(statement) or CONNECTION.match(statement, _start(statement)) is not None


def makes_scratch(statement: str) -> bool:
    """A table of this connection only, whatever the query does that fills it."""
    return SCRATCH.match(statement, _start(statement)) is not None


def spoken(statement: str, dialect: str) -> str:
    """The statement from the first word on that counts."""
    statement = _as_run(statement, dialect)
    return statement[_start(statement) :]


def _as_run(statement: str, dialect: str) -> str:
    return CODE_COMMENT.sub(" ", statement) if dialect == "mysql" else statement


def _start(statement: str) -> int:
    """Where the words begin that count."""
    found = COMMENTS.match(statement)
    start = found.end() if found else 0
    prefix = FOR_ONE.match(statement, start)
    return prefix.end() if prefix else start
