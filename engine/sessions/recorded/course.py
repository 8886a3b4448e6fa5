"""The course of a SQL step that is answered in somebody's words: where a real database would have refused it, or
waited to be told whether to keep what it did. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple, get_args

from ...databases import Dialect
from ...syntax.sql_lasting import is_boundary
from ...syntax.sql_transactions import NONE, transaction_behind
from ..contract import Task, Uncommitted
from ..sql.holding import COMMITTED, ROLLED_BACK, Around, holding, is_counted, other_rows, uncommitted
from ..sql.judgement import Judgement, judged
from ..sql.memory import has_locked_behind
from ..sql.pieces import pieces
from ..sql.target import target_of

AFFECTED = re.compile(rb"^[ \t]*(\d{1,18}) row\(s\) affected\b[^\n]*\n?", re.MULTILINE)
KEPT = re.compile(rb"^[ \t]*%s[ \t]*$" % COMMITTED.encode(), re.MULTILINE)
SPLIT_AS: Dialect = "postgres"
"""Where nobody says whose SQL it is."""


class Remark(NamedTuple):
    """A line of the session's own."""

    after_bytes: int
    said: str


class Refused(NamedTuple):
    """The step ends here."""

    after_bytes: int
    why: str
    done: int
    """Statements that have been carried out."""


class Held(NamedTuple):
    """A statement has run and is not kept yet."""

    after_bytes: int
    asked: Uncommitted | None
    """None where nobody is there to be asked: then it is kept."""
    done: int
    """Statements that have been carried out before it."""
    is_told: bool
    """The answer goes on with the word that it was committed."""


Mark = Remark | Refused | Held


class Connection(NamedTuple):
    """What the steps so far have left on it."""

    transaction: str = NONE
    """As `transaction_behind`."""
    has_locked: bool = False


class Statement(NamedTuple):
    text: str
    judgement: Judgement
    before: Connection
    changes_rows: bool


class Part(NamedTuple):
    """Of the answer, about one statement."""

    start: int
    end: int
    """Where it has run, in bytes of the answer."""
    rows: int | None
    is_told: bool
    """As `Held.is_told`."""


class Course:
    """Of one task."""

    def __init__(self, task: Task, dialect: str, before: Connection) -> None:
        """`dialect` is empty where nobody says."""
        self._task = task
        self._dialect = dialect
        known = next((one for one in get_args(Dialect) if one == dialect), SPLIT_AS)
        found = list(pieces(task.text, known))
        is_refused = any(one.refusal for one in found)  # as a whole, before anything runs
        self._texts = [one.text for one in found if one.kind == "statement" and not is_refused]
        self._connections = [before]
        for text in self._texts:
            self._connections.append(_behind(text, dialect, self._connections[-1]))
        self._has_boundary = any(is_boundary(one, dialect) for one in self._texts)

    def behind(self, *, is_done: bool) -> Connection:
        """A step that fails undoes what it did, but not the end of a transaction."""
        before, last = self._connections[0], self._connections[-1]
        return last if is_done or (before.transaction and self._has_boundary) else before

    def marks(self, output: bytes, *, is_done: bool) -> Iterator[Mark]:
        """Not `is_done`: a statement fails, the first one whose rows the answer does not tell, or else the last."""
        statements = list(map(self._statement, self._texts, self._connections))
        parts = list(_parts(statements, output, is_done=is_done))
        for number, part in enumerate(parts):
            if not statements[number].judgement.reads:
                yield from self._writing(statements[number], part, number, is_run=is_done or number + 1 < len(parts))

    def _statement(self, text: str, before: Connection) -> Statement:
        judgement = judged(text, self._dialect)
        kind = "else" if judgement.reads else target_of(text, judgement.hit, self._dialect).kind
        return Statement(text, judgement, before, kind != "else")

    def _writing(self, statement: Statement, part: Part, done: int, *, is_run: bool) -> Iterator[Mark]:
        text, judgement, _, _ = statement
        around, expected = self._around(statement), self._task.expect_rows
        found = holding(text, judgement, around)
        if found.refusal:
            yield Refused(part.start, found.refusal, done)
        if found.said:
            yield Remark(part.start, found.said)
        is_checked = found.is_held or (around.in_transaction and is_counted(text, judgement, around))
        if is_run and is_checked and expected is not None and part.rows not in (None, expected):
            why = other_rows(part.rows, expected)
            yield Refused(part.end, f"{ROLLED_BACK}: {why}" if found.is_held else why, done)
        if is_run and found.is_held:
            asked = None if self._task.decide is None else uncommitted(text, part.rows)
            yield Held(part.end, asked, done, part.is_told)

    def _around(self, statement: Statement) -> Around:
        return Around(
            self._dialect,
            bool(statement.before.transaction),
            statement.before.has_locked,
            is_marked=bool(self._connections[0].transaction) and not self._has_boundary,
            is_asked=self._task.decide is not None,
            expect_rows=self._task.expect_rows,
        )


def _behind(text: str, dialect: str, before: Connection) -> Connection:
    return Connection(
        transaction_behind(text, dialect, before.transaction), has_locked_behind(text, dialect, before.has_locked)
    )


def _parts(statements: Sequence[Statement], output: bytes, *, is_done: bool) -> Iterator[Part]:
    """Up to the statement that fails, or all of them."""
    told = list(AFFECTED.finditer(output))
    writing = [number for number, one in enumerate(statements) if not one.judgement.reads]
    counted = [number for number in writing if statements[number].changes_rows] or writing
    is_clear = len(counted) == 1 or (len(told) <= len(counted) and (len(told) == len(counted) or not is_done))
    counts = dict(zip(counted, told, strict=False)) if is_clear else {}
    failing = next((number for number in counted if number not in counts), len(statements) - 1)
    last = len(statements) - 1 if is_done or not is_clear else failing
    start = 0
    for number, one in enumerate(statements[: last + 1]):
        end = next((counts[later].start() for later in counts if later > number), len(output))
        part = _part(one, output, start, end, counts.get(number), is_last=number == last)
        yield part
        start = part.end


def _part(
    one: Statement, output: bytes, start: int, limit: int, count: re.Match[bytes] | None, *, is_last: bool
) -> Part:
    """`limit` is where the next statement's count is told."""
    behind = count.end() if count else start
    kept = None if one.judgement.reads else KEPT.search(output, behind, limit)
    end = kept.start() if kept else limit if is_last else behind
    return Part(start, end, int(count[1]) if count else None, kept is not None)
