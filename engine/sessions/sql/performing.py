"""One statement of a step after the other: what reads in a transaction that only reads, what writes in one of its own
that somebody decides about, and everything else as it is.
"""

from __future__ import annotations

from contextlib import nullcontext

from ...databases import Dialect
from ...syntax.sql_lasting import is_control, keeps
from ..contract import Task
from .commands import reaction
from .holding import Around, holding, is_counted, other_rows
from .judgement import Judgement, judged
from .link import DatabaseError, Link, Result
from .memory import Memory
from .pieces import Piece
from .reading import Reading
from .sample import Sample
from .step import Step
from .target import target_of
from .writing import BY_ITSELF, reading, run_held, sending_commit, way_to_find_out


class Performing:
    def __init__(
        self,
        link: Link,
        memory: Memory,
        step: Step,
        task: Task,
        *,
        expanded: bool,
        is_read_only: bool,
        is_marked: bool,
    ) -> None:
        self.expanded = expanded
        """A line for each cell, until it is told otherwise."""
        self._link = link
        self._memory = memory
        self._step = step
        self._task = task
        self._is_read_only = is_read_only
        """The whole connection is."""
        self._is_marked = is_marked
        """What fails is rolled back, within a transaction that the document has opened."""
        self._last_key: int | None = None
        """As `Result.last_key`, of the latest statement."""

    def perform(self, piece: Piece) -> None:
        if piece.kind == "command":
            self._command(piece)
        else:
            self._statement(piece)

    def _command(self, piece: Piece) -> None:
        reacted = reaction(piece.text, self._link.dialect, expanded=self.expanded)
        if reacted.expanded is not None:
            self.expanded = reacted.expanded
        if reacted.said:
            self._step.say(reacted.said)
        for query in reacted.queries:
            self._show(self._link.ask(query, reacted.values), to_the_end=False)

    def _statement(self, piece: Piece) -> None:
        link, step = self._link, self._step
        judgement = judged(piece.text, link.dialect)
        step.statement, step.writes = piece.text, not judgement.reads or keeps(piece.text, link.dialect)
        step.is_held = False
        if judgement.reads:
            with reading(link) if self._may_wrap(piece) else nullcontext():
                self._run(piece, judgement)
        elif self._is_held(piece, judgement):
            step.writes, step.is_held = False, True  # until COMMIT is sent nothing is kept
            self._run_held(piece, judgement)
        elif link.in_transaction and keeps(piece.text, link.dialect):
            with sending_commit(way_to_find_out(link)):
                self._run(piece, judgement)
        else:
            self._run_unheld(piece, judgement)
        self._memory.learn(piece.text, link.dialect, in_transaction=link.in_transaction)
        step.done += 1

    def _run(self, piece: Piece, judgement: Judgement) -> int | None:
        return self._show(
            self._link.run(piece.text), to_the_end=not judgement.reads, expanded=piece.expanded or self.expanded
        )

    def _run_held(self, piece: Piece, judgement: Judgement) -> None:
        task, link = self._task, self._link
        sample = None
        if task.decide:
            sample = Sample(link, target_of(piece.text, judgement.hit, link.dialect), self._step.say)
            sample.before()

        def perform() -> int | None:
            rows = self._run(piece, judgement)
            if sample:
                sample.after(rows, self._last_key)
            return rows

        if not run_held(link, piece.text, perform, self._step.say, expect_rows=task.expect_rows, decide=task.decide):
            self._step.remark = "; ".join(filter(None, (self._step.remark, BY_ITSELF)))

    def _run_unheld(self, piece: Piece, judgement: Judgement) -> None:
        around, expected = self._around(), self._task.expect_rows
        rows = self._run(piece, judgement)
        is_checked = self._link.in_transaction and is_counted(piece.text, judgement, around)
        if is_checked and expected is not None and rows != expected:
            raise DatabaseError(other_rows(rows, expected))

    def _may_wrap(self, piece: Piece) -> bool:
        """A transaction of its own changes nothing but what it may do."""
        busy = self._link.in_transaction or self._memory.has_locked
        return not (self._is_read_only or busy or is_control(piece.text, self._link.dialect))

    def _is_held(self, piece: Piece, judgement: Judgement) -> bool:
        """Whether a writing statement gets a transaction of its own, with what speaks against it said."""
        found = holding(piece.text, judgement, self._around())
        if found.refusal:
            raise DatabaseError(found.refusal)
        if found.said:
            self._step.say(found.said)
        return found.is_held

    def _around(self) -> Around:
        link, task = self._link, self._task
        return Around(
            link.dialect,
            link.in_transaction,
            self._memory.has_locked,
            self._is_marked,
            is_asked=task.decide is not None,
            expect_rows=task.expect_rows,
        )

    def _show(self, result: Result, *, to_the_end: bool, expanded: bool = False) -> int | None:
        """Answers how many rows were affected, as far as that is counted."""
        step = self._step
        one: Result | None = result
        affected: int | None = None
        try:
            while one is not None:
                if one.columns is not None:
                    read = Reading(one, to_the_end=to_the_end, expanded=expanded)
                    for line in read.lines():
                        step.say(line)
                    step.keep(read)
                elif one.affected is not None:
                    step.say(f"{one.affected} row(s) affected")
                affected = one.affected if affected is None else affected
                self._last_key = one.last_key
                one = one.more()
        finally:
            result.close()
        return affected


def refusal_of(piece: Piece, dialect: Dialect, *, expanded: bool) -> str:
    """Why it is not sent; empty for what is."""
    if piece.kind == "command":
        return reaction(piece.text, dialect, expanded=expanded).refusal
    return piece.refusal
