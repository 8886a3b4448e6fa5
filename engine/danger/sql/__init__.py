"""The verdict on SQL: what a text would do if a client were fed with it, in one dialect or in any."""

from __future__ import annotations

from collections.abc import Callable

from ...syntax.sql_readings import READINGS, readings
from ...syntax.sql_tokens import Statement, statements
from ..verdict import Verdict, worst
from .part import Part
from .rehearsal import settled
from .statement import DEEPEST, Judge, Shell

__all__ = ["judge_sql"]


def judge_sql(text: str, dialect: str, judge_shell: Callable[[str], Verdict]) -> Verdict:
    """The worst of all statements in all readings; never raises.

    `dialect` is empty, or one of those in `engine.syntax.sql_readings`; another word counts as empty. `judge_shell` is
    asked about shell commands on the way.
    """
    return _judge(text, dialect if dialect in READINGS else "", judge_shell, 0)


def _judge(text: str, dialect: str, shell: Shell, depth: int) -> Verdict:
    whole = (0, len(text))
    if depth > DEEPEST:
        return Verdict(
            "dangerous", "opaque", "sql-too-deep", "code within code, too deep to be read", whole, "the database"
        )
    found: list[Verdict] = []
    seen: set[tuple[Statement, ...]] = set()
    for reading in readings(text, dialect):
        read = tuple(statements(text, reading))
        if read not in seen:
            seen.add(read)
            found.append(_read(text, read, dialect, shell, depth))
    return worst(found, _nothing(text))


def _read(text: str, read: tuple[Statement, ...], dialect: str, shell: Shell, depth: int) -> Verdict:
    judge = Judge(dialect, shell, lambda inner: _judge(inner, dialect, shell, depth + 1))
    parts = [Part(text, statement.tokens) for statement in read]
    verdicts = settled(parts, [judge.judge(part) for part in parts], dialect)
    if any(statement.broken for statement in read):
        verdicts.append(Verdict("unknown", "opaque", "sql-broken", "a quote that nothing closes", (0, len(text))))
    return worst(verdicts, _nothing(text))


def _nothing(text: str) -> Verdict:
    return Verdict("safe", "read_only", "sql-empty", "nothing that would run", (0, len(text)))
