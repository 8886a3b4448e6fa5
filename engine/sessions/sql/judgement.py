"""What the verdict on one statement tells the session: whether it only reads, and what counts the rows it would hit."""

from __future__ import annotations

from typing import NamedTuple

from ...syntax.sql_lasting import makes_scratch

COUNTING = "SELECT count(*) FROM "


class Judgement(NamedTuple):
    reads: bool
    """Then its rows need not be read to their end, and its transaction is one that only reads."""
    hit: str = ""
    """Table and condition, as they stand behind FROM, of the rows it would change; empty where that is not known."""
    is_scratch: bool = False
    """It makes something for this connection, and changes nothing else."""


def judged(statement: str, dialect: str) -> Judgement:
    from ...danger import Surroundings, judge

    verdict = judge(statement, "sql", Surroundings(dialect=dialect))
    form = verdict.dry_run.form if verdict.dry_run else ""
    return Judgement(
        verdict.level == "safe",
        form[len(COUNTING) :] if form.startswith(COUNTING) else "",
        verdict.category == "local_scratch" and makes_scratch(statement),
    )
