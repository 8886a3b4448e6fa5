"""Transactions over a whole text: what stands between BEGIN and ROLLBACK does not last."""

from __future__ import annotations

from collections.abc import Sequence

from ..verdict import Verdict
from .part import Part
from .peels import opens_transaction

UNDONE = frozenset(
    [
        "INSERT",
        "UPDATE",
        "DELETE",
        "MERGE",
        "REPLACE",
        "UPSERT",
        "SELECT",
        "WITH",
        "VALUES",
        "TABLE",
        "EXPLAIN",
        "SAVEPOINT",
        "RELEASE",
        "SET",
        "SHOW",
        "DESCRIBE",
        "LOCK",
        "(",
    ]
)
"""Verbs whose effect goes with a rollback, and which commit nothing by themselves."""
DEFINITIONS = frozenset({"CREATE", "DROP", "ALTER", "TRUNCATE", "COMMENT", "GRANT", "REVOKE"})
TRANSACTIONAL = frozenset({"postgres", "sqlite", "tsql"})
"""Where definitions go with a rollback, too; elsewhere they commit what was done before."""


def settled(parts: Sequence[Part], verdicts: Sequence[Verdict], dialect: str) -> list[Verdict]:
    """The verdicts, lowered to caution where the text itself takes everything back."""
    result = list(verdicts)
    opened: int | None = 0 if dialect == "oracle" else None
    for place, part in enumerate(parts):
        if opens_transaction(part) or _no_autocommit(part):
            opened = place + 1
        elif part.verb in ("COMMIT", "END") and len(part) <= 2:
            if opened is not None:
                result[place] = result[place]._replace(level="safe")
            opened = None
        elif _rolls_back(part):
            if opened is not None and all(_undone(one, dialect) for one in parts[opened:place]):
                result[opened:place] = [_rehearsed(one) for one in result[opened:place]]
            opened = None
    return result


def _no_autocommit(part: Part) -> bool:
    words = part.words()
    return part.verb == "SET" and "AUTOCOMMIT" in words and part.text(len(part) - 1).lower() in ("0", "off", "false")


def _rolls_back(part: Part) -> bool:
    return part.verb in ("ROLLBACK", "ABORT") and not part.words() & {"TO", "PREPARED"}


def _undone(part: Part, dialect: str) -> bool:
    return part.verb in UNDONE or (dialect in TRANSACTIONAL and part.verb in DEFINITIONS)


def _rehearsed(found: Verdict) -> Verdict:
    """Only data comes back: a session that was ended, or a file that was written, does not."""
    if found.level != "dangerous" or found.category != "data_destruction" or found.rule.startswith("sql-function"):
        return found
    why = "a rehearsal: it is rolled back, but takes locks until then"
    return found._replace(level="caution", rule="sql-rehearsal", why=why)
