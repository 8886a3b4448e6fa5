"""The verdict on shell text."""

from __future__ import annotations

from .surroundings import Memory, Surroundings
from .verdict import Verdict, worst
from .walk import JudgeSql, Walk


def judge_shell(text: str, surroundings: Surroundings, judge_sql: JudgeSql) -> Verdict:
    """Never raises. `judge_sql` is asked about SQL on the way: the statement and its dialect."""
    walk = Walk(surroundings, judge_sql)
    walk.text(text)
    nothing = Verdict("safe", "mention", "nothing-runs", "nothing in it runs", (0, len(text)))
    return worst((found.verdict for found in walk.found), nothing)


def remembered(text: str, memory: Memory, judge_sql: JudgeSql) -> Memory:
    """What a shell knows after the text."""
    walk = Walk(Surroundings(memory=memory), judge_sql)
    walk.text(text)
    shell = walk.shell
    return Memory(dict(shell.values), {**memory.functions, **shell.texts}, dict(shell.aliases))
