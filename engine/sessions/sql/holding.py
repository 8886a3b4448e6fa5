"""Which statements wait in a transaction of their own until somebody has said whether they are kept. Pure: a database
that is there and one that only answers in words are judged alike.
"""

from __future__ import annotations

from typing import NamedTuple

from ...syntax.sql_lasting import find_lasting, is_control
from ..contract import Uncommitted
from .judgement import Judgement

UNCHECKED = "cannot be rolled back when they are not"
OWN_TRANSACTION = "it belongs to the transaction that the runbook has opened, and is kept with it"
LOCKED = "the tables that the runbook has locked would be unlocked"
ROLLED_BACK = "rolled back"
COMMITTED = "committed"
SHOWN = 200
"""Characters of a statement that is asked about."""


class Around(NamedTuple):
    """How a writing statement finds its connection, and what its step wants of it."""

    dialect: str
    in_transaction: bool
    has_locked: bool
    """Tables, on MySQL."""
    is_marked: bool
    """What fails is rolled back, within a transaction that the document has opened."""
    is_asked: bool
    """Somebody is there to decide."""
    expect_rows: int | None


class Holding(NamedTuple):
    is_held: bool
    said: str = ""
    """What speaks against it, where somebody might expect it."""
    refusal: str = ""
    """Why it must not run at all."""


def holding(statement: str, judgement: Judgement, around: Around) -> Holding:
    """Of a statement that does not only read."""
    if not (around.is_asked or around.expect_rows is not None) or judgement.is_scratch:
        return Holding(is_held=False)
    is_apart = is_control(statement, around.dialect)
    lasting = _why_lasting(statement, around.dialect)
    why = lasting if is_apart else _why_not_held(around) or lasting
    is_undone = around.in_transaction and around.is_marked and not lasting
    if why and is_counted(statement, judgement, around) and not is_undone:
        refusal = f"not run: its rows are expected to be {around.expect_rows}, and it {UNCHECKED}: {why}"
        return Holding(is_held=False, refusal=refusal)
    return Holding(not (why or is_apart), f"not held for an answer: {why}" if why else "")


def is_counted(statement: str, judgement: Judgement, around: Around) -> bool:
    """Its rows have to be as many as the step expects."""
    is_apart = judgement.is_scratch or is_control(statement, around.dialect)
    return around.expect_rows is not None and not is_apart


def uncommitted(statement: str, rows: int | None) -> Uncommitted:
    return Uncommitted(" ".join(statement.split())[:SHOWN], rows)


def other_rows(rows: int | None, expected: int) -> str:
    """What is said of a statement that has affected another number of rows."""
    return f"{rows} row(s) affected, and {expected} expected"


def after_others(said: str, done: int) -> str:
    """How a step ended in which `done` statements had been carried out before."""
    return f"{said}; {done} statement(s) before it were carried out" if done else said


def _why_not_held(around: Around) -> str:
    if around.in_transaction:
        return OWN_TRANSACTION
    return LOCKED if around.has_locked else ""


def _why_lasting(statement: str, dialect: str) -> str:
    lasting = find_lasting(statement, dialect)
    return lasting.why if lasting else ""
