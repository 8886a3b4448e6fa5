"""The verdict on SQL: what a text would do if a client were fed with it, in one dialect or in any."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ...syntax.sql_tokens import DIALECTS, Reading, Statement, readings, statements
from ..verdict import Verdict, worst
from .part import Part
from .statement import DEEPEST, Judge, Shell, verdict

__all__ = ["judge_sql"]

UNDOABLE = frozenset({"INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE", "SELECT", "WITH", "EXPLAIN", "SAVEPOINT", "SET", "SHOW",
                      "UPSERT", "VALUES", "LOCK", "(", "TABLE", "RELEASE", "DESCRIBE"})  # fmt: skip
DEFINITIONS = frozenset({"CREATE", "DROP", "ALTER", "TRUNCATE", "COMMENT", "GRANT", "REVOKE"})
TRANSACTIONAL = frozenset({"postgres", "sqlite", "tsql"})
"""Where tables come back with a rollback, too."""


def judge_sql(text: str, dialect: str, judge_shell: Callable[[str], Verdict]) -> Verdict:
    """The worst of all statements in all readings; never raises.

    `dialect` is empty, or one of those in `engine.syntax.sql_tokens`; another word counts as empty. `judge_shell` is
    asked about shell commands on the way.
    """
    return _judge(text, dialect if dialect in DIALECTS else "", judge_shell, 0)


def _judge(text: str, dialect: str, shell: Shell, depth: int) -> Verdict:
    if depth > DEEPEST:
        return Verdict(
            "dangerous",
            "opaque",
            "sql-too-deep",
            "code within code, too deep to be read",
            (0, len(text)),
            "the database",
        )
    found: list[Verdict] = []
    seen: set[tuple[Statement, ...]] = set()
    for reading in readings(text, dialect):
        read = tuple(statements(text, reading))
        if read not in seen:
            seen.add(read)
            found.append(_text(text, read, dialect, shell, depth))
    return worst(found, _empty(text))


def _empty(text: str) -> Verdict:
    return Verdict("safe", "read_only", "sql-empty", "nothing that would run", (0, len(text)))


def _text(text: str, read: tuple[Statement, ...], dialect: str, shell: Shell, depth: int) -> Verdict:
    judge = Judge(dialect, shell, lambda inner: _judge(inner, dialect, shell, depth + 1), depth)
    parts = [Part(text, statement.tokens) for statement in read]
    verdicts = [judge.judge(part) for part in parts]
    if any(statement.broken for statement in read):
        verdicts.append(Verdict("unknown", "opaque", "sql-broken", "a quote that nothing closes", (0, len(text))))
    return worst(rehearsed(parts, verdicts, dialect), _empty(text))


def rehearsed(parts: list[Part], verdicts: list[Verdict], dialect: str) -> list[Verdict]:
    """Between BEGIN and ROLLBACK nothing lasts: what can be undone is caution there."""
    lowered = list(verdicts)
    opened: int | None = None
    for place, part in enumerate(parts):
        if _opens(part):
            opened = place
        elif part.verb in ("COMMIT", "END"):
            if opened is not None:
                lowered[place] = replace(verdicts[place], level="safe")
            opened = None
        elif part.verb in ("ROLLBACK", "ABORT") and not {"TO", "PREPARED"} & {t.word for t in part.tokens}:
            if opened is not None and all(_undoable(one, dialect) for one in parts[opened + 1 : place]):
                for inside in range(opened + 1, place):
                    if verdicts[inside].level == "dangerous" and verdicts[inside].category == "data_destruction":
                        lowered[inside] = _rehearsal(verdicts[inside])
            opened = None
    return lowered


def _opens(part: Part) -> bool:
    words = {token.word for token in part.tokens}
    return (part.verb in ("BEGIN", "START") and verdict_is_transaction(part)) or (
        part.verb == "SET" and "AUTOCOMMIT" in words and part.text().rstrip().endswith(("0", "OFF", "off"))
    )


def verdict_is_transaction(part: Part) -> bool:
    return len(part.tokens) == 1 and part.verb == "BEGIN" or part.word(1) in (
        "TRANSACTION", "WORK", "TRAN", "DEFERRED", "IMMEDIATE", "EXCLUSIVE", "ISOLATION", "READ", "CONCURRENT")  # fmt: skip


def _undoable(part: Part, dialect: str) -> bool:
    return part.verb in UNDOABLE or (dialect in TRANSACTIONAL and part.verb in DEFINITIONS)


def _rehearsal(found: Verdict) -> Verdict:
    return replace(found, level="caution", rule="sql-rehearsal", why="a rehearsal that is rolled back, but takes locks")
