"""What has opened the transaction behind a statement, as far as its text tells: for where no database can be asked."""

from __future__ import annotations

import re

from ..expressions import expression
from .sql_lasting import find_lasting, spoken

NONE, BEGUN = "", "BEGIN"
BEGINS = expression(r"(?:BEGIN(?!\s+NOT\s+ATOMIC\b)|START\s+TRANSACTION|XA\s+(?:START|BEGIN))\b", re.IGNORECASE)
ENDS = expression(
    r"(?:(?:COMMIT|END|ROLLBACK|ABORT)\b(?!\s+PREPARED\b)(?!\s+(?:WORK\s+|TRANSACTION\s+)?TO\b)"
    r"|PREPARE\s+TRANSACTION\b|XA\s+(?:PREPARE|COMMIT|ROLLBACK)\b)",
    re.IGNORECASE,
)
CHAINS = expression(r".*\bAND\s+CHAIN\b", re.IGNORECASE | re.DOTALL)
SAVEPOINT = expression(r"(SAVEPOINT|RELEASE(?:\s+SAVEPOINT)?)\s+(\S+?)\s*;?\s*\Z", re.IGNORECASE)
LOCKS = expression(r"LOCK\s+TABLES?\b", re.IGNORECASE)
BY_ITSELF = "it commits by itself"
"""How every reason begins for which MySQL ends an open transaction unasked."""


def transaction_behind(statement: str, dialect: str, before: str) -> str:
    """`BEGIN`, the savepoint by which SQLite began it, or nothing; `before` is the same of the statement before it."""
    text = spoken(statement, dialect)
    if BEGINS.match(text):
        return before or BEGUN
    if ENDS.match(text):
        return before if CHAINS.match(text) else NONE
    if dialect == "sqlite" and (found := SAVEPOINT.match(text)):
        name = found[2].lower()
        if found[1].upper() == "SAVEPOINT":
            return before or name
        return NONE if before == name else before
    return NONE if dialect == "mysql" and _commits(text) else before


def _commits(text: str) -> bool:
    lasting = find_lasting(text, "mysql")
    return LOCKS.match(text) is not None or (lasting is not None and lasting.why.startswith(BY_ITSELF))
