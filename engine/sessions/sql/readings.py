"""Whether a statement only reads, as the verdict has it: then its rows need not be read to their end."""

from __future__ import annotations

from .link import Dialect


def only_reads(statement: str, dialect: Dialect) -> bool:
    from ...danger import Surroundings, judge

    return judge(statement, "sql", Surroundings(dialect=dialect)).level == "safe"
