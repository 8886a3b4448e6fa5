"""The verdict on shell text."""

from __future__ import annotations

from ..levels import Level
from .code import language_of, look
from .dry_run import dry_run_of
from .surroundings import Memory, Surroundings
from .verdict import Verdict, worst
from .walk import JudgeSql, Walk

_NOTHING = Verdict("safe", "mention", "nothing-runs", "nothing in it runs", (0, 0))


def judge_shell(text: str, surroundings: Surroundings, judge_sql: JudgeSql) -> Verdict:
    """Never raises. `judge_sql` is asked about SQL on the way: the statement and its dialect."""
    found = _walk(text, surroundings, judge_sql).found
    decisive = max(found, key=lambda one: one.verdict.rank, default=None)
    if decisive is None:
        return _NOTHING.at((0, len(text)), "")
    if decisive.verdict.level == "safe":
        return decisive.verdict
    form = dry_run_of(decisive, text, lambda other: _level(other, surroundings, judge_sql))
    return decisive.verdict._replace(dry_run=form)


def judge_script(text: str, surroundings: Surroundings, judge_sql: JudgeSql) -> Verdict:
    """A script whose first line names an interpreter that is no shell: by what it calls. Never raises."""
    seen = look(text, language_of(surroundings.interpreter))
    span = (0, len(text))
    inner = [_walk(command, surroundings, judge_sql) for command in seen.shell]
    verdicts = [found.verdict.at(span, found.verdict.target) for walk in inner for found in walk.found]
    target = "the script" if seen.level == "dangerous" else ""
    return worst((Verdict(seen.level, seen.category, seen.rule, seen.why, span, target), *verdicts), _NOTHING)


def _walk(text: str, surroundings: Surroundings, judge_sql: JudgeSql) -> Walk:
    walk = Walk(surroundings, judge_sql)
    walk.text(text)
    return walk


def _level(text: str, surroundings: Surroundings, judge_sql: JudgeSql) -> Level:
    verdicts = [found.verdict for found in _walk(text, surroundings, judge_sql).found]
    return max(verdicts, key=lambda verdict: verdict.rank).level if verdicts else "unknown"


def remembered(text: str, memory: Memory, judge_sql: JudgeSql) -> Memory:
    """What a shell knows after the text."""
    shell = _walk(text, Surroundings(memory=memory), judge_sql).shell
    functions = {**memory.functions, **shell.texts}
    return Memory(
        dict(shell.values), functions, dict(shell.aliases), frozenset(shell.exported), frozenset(shell.frozen)
    )
