"""The verdict on SQL: what a text would do if a client were fed with it, in one dialect or in any."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from ...syntax.sql_readings import READINGS, readings
from ...syntax.sql_tokens import Statement, statements
from ..verdict import Verdict, worst
from .dry_run import dry_run_of
from .part import Part
from .rehearsal import settled
from .statement import DEEPEST, Judge, Shell

__all__ = ["judge_sql"]


def judge_sql(text: str, dialect: str, judge_shell: Callable[[str], Verdict]) -> Verdict:
    """The worst of all statements in all readings; never raises.

    `dialect` is empty, or one of those in `engine.syntax.sql_readings`; another word counts as empty. `judge_shell` is
    asked about shell commands on the way.
    """
    known = dialect if dialect in READINGS else ""
    found = _judge(text, known, judge_shell, 0)
    return found if found.level == "safe" else _with_dry_run(found, text, known, judge_shell)


def _judge(text: str, dialect: str, shell: Shell, depth: int) -> Verdict:
    whole = (0, len(text))
    if depth > DEEPEST:
        why = "code within code, too deep to be read"
        return Verdict("dangerous", "opaque", "sql-too-deep", why, whole, "the database")
    found: list[Verdict] = []
    seen: set[tuple[Statement, ...]] = set()
    for reading in readings(text, dialect):
        read = tuple(statements(text, reading))
        if read not in seen:
            seen.add(read)
            found += _read(text, read, dialect, shell, depth)
    return worst(found, _nothing(text))


def _read(text: str, read: tuple[Statement, ...], dialect: str, shell: Shell, depth: int) -> list[Verdict]:
    judge = Judge(dialect, shell, lambda inner: _judge(inner, dialect, shell, depth + 1))
    parts = [Part(text, statement.tokens) for statement in read]
    verdicts = settled(parts, [judge.judge(part) for part in parts], dialect)
    verdicts += [found for before, part in pairwise(parts) if (found := judge.generated(before, part))]
    if any(statement.broken for statement in read):
        verdicts.append(Verdict("unknown", "opaque", "sql-broken", "a quote that nothing closes", (0, len(text))))
    return verdicts


def _nothing(text: str) -> Verdict:
    return Verdict("safe", "read_only", "sql-empty", "nothing that would run", (0, len(text)))


def _with_dry_run(found: Verdict, text: str, dialect: str, shell: Shell) -> Verdict:
    """Only where one statement does it all: the form is the whole text to run instead."""
    read = statements(text, readings(text, dialect)[0])
    hit = [one for one in read if (one.start, one.end) == found.span]
    if not hit or any(
        _judge(text[one.start : one.end], dialect, shell, 0).level != "safe" for one in read if one != hit[0]
    ):
        return found
    form = dry_run_of(Part(text, hit[0].tokens), dialect)
    fits = form is not None and _judge(form.form, dialect, shell, 0).level == "safe"
    return found._replace(dry_run=form) if fits else found
