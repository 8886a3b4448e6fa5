"""Verdicts: what a text would do if it ran. It starts at unknown and has to prove that it is safe."""

from __future__ import annotations

from typing import Literal

from .environments import Environments
from .pattern import compile_pattern
from .rule import Rule
from .shell import judge_script, judge_shell, remembered
from .surroundings import Environment, Memory, Policy, Surroundings
from .verdict import LEVELS, DryRun, Verdict, worst

__all__ = [
    "LEVELS",
    "DryRun",
    "Environment",
    "Memory",
    "Policy",
    "Rule",
    "Surroundings",
    "Verdict",
    "check_rule",
    "judge",
    "remember",
    "worst",
]


def judge(text: str, language: Literal["shell", "sql"], surroundings: Surroundings | None = None) -> Verdict:
    """The verdict on a whole text: the worst of everything in it that would really run. Never raises."""
    where = surroundings or Surroundings()
    verdict = _judge(text, language, where)
    if not where.policy.borrowed:
        return verdict
    return worst((verdict, _judge(text, language, where._replace(policy=where.policy.without_borrowed()))), verdict)


def _judge(text: str, language: Literal["shell", "sql"], where: Surroundings) -> Verdict:
    if language == "sql":
        return _raised(_sql(text, where.dialect, where), where)
    judge_text = judge_script if where.interpreter else judge_shell
    return judge_text(text, where, lambda statement, dialect: _sql(statement, dialect, where))


def _raised(found: Verdict, where: Surroundings) -> Verdict:
    """Statements name no place; the run and the database that they go to do."""
    level, environment = Environments(where).raised(found.level, where.database)
    return found._replace(level=level, why=f"{found.why} (in {environment})") if environment else found


def remember(text: str, memory: Memory) -> Memory:
    """What the shell knows after this text: its assignments, functions and aliases on top of `memory`."""
    return remembered(text, memory, lambda statement, dialect: _sql(statement, dialect, Surroundings()))


def check_rule(rule: Rule) -> None:
    """Raises ValueError, with a sentence, for a row that cannot be used."""
    if not rule.tool.strip():
        raise ValueError("a rule names a tool")
    if rule.level not in LEVELS:
        raise ValueError(f"{rule.level!r} is no level; there are {', '.join(LEVELS)}")
    compile_pattern(rule.what)


def _sql(text: str, dialect: str, where: Surroundings) -> Verdict:
    from .sql import judge_sql  # only where there is SQL: its rules take a while to load

    return judge_sql(text, dialect, lambda command: _judge(command, "shell", where))
