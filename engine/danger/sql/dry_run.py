"""What could be run first: a count of the rows that would be hit, or the plan of the statement."""

from __future__ import annotations

from ..verdict import DryRun
from .part import Part
from .peels import ANALYZE, EXPLAINED

BEHIND_TABLE = frozenset({"RETURNING", "ORDER", "LIMIT", "OPTION", "SETTINGS", "OUTPUT"})
SEVERAL = frozenset({"USING", "JOIN", ",", "FROM", "PARTITION", "CURRENT"})
COUNT = "SELECT count(*) FROM"
COUNTED = "counts the rows it would hit now; triggers, cascades and locks are not shown"
PLANNED = "shows the plan and an estimate of the rows; nothing is tried"
NOT_EXPLAINED = frozenset({"tsql", "oracle", "cassandra", "influx", "bigquery"})
"""Dialects whose EXPLAIN is missing, or writes."""
AFTER_UPDATE = frozenset({"ONLY", "LOW_PRIORITY", "IGNORE"})


def dry_run_of(part: Part, dialect: str) -> DryRun | None:
    """Not yet judged."""
    if part.verb in ("EXPLAIN", "DESCRIBE", "DESC", "ANALYZE"):
        return _without_analyze(part, dialect)
    counted = _rows(part)
    if counted:
        return DryRun(" ".join((COUNT, counted)), "approximate", COUNTED)
    plans = part.verb in ("INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE", "WITH") and part.words() & {
        "SELECT",
        "FROM",
        "USING",
        "JOIN",
    }
    return _explained(part, dialect) if plans else None


def _explained(part: Part, dialect: str) -> DryRun | None:
    if dialect in NOT_EXPLAINED:
        return None
    verb = "EXPLAIN QUERY PLAN" if dialect == "sqlite" else "EXPLAIN"
    return DryRun(f"{verb} {part.on_one_line()}", "approximate", PLANNED)


def _without_analyze(part: Part, dialect: str) -> DryRun | None:
    if not part.words() & ANALYZE:
        return None
    start = part.level_word(EXPLAINED, 1)
    return None if start is None else _explained(part.since(start), dialect)


def _rows(part: Part) -> str:
    """One table, with its condition: what stands behind FROM."""
    if part.verb == "DELETE" and part.word(1) == "FROM":
        return _cut(part, part.skip(2, frozenset({"ONLY"})), SEVERAL)
    if part.verb == "SELECT":
        start = part.level_word(frozenset({"FROM"}))
        return "" if start is None else _cut(part, start + 1, frozenset({"INTO", "FOR", "LOCK", "UNION", "GROUP"}))
    reader = {"TRUNCATE": _emptied, "UPDATE": _updated, "ALTER": _mutated}.get(part.verb)
    return reader(part) if reader else ""


def _emptied(part: Part) -> str:
    start = part.skip(1, frozenset({"TABLE", "ONLY"}))
    end = part.name_end(start)
    return "" if end is None or part.word(end) == "," else part.on_one_line(start, end)


def _cut(part: Part, start: int, unfit: frozenset[str]) -> str:
    if part.level_word(unfit, start) is not None:
        return ""
    return part.on_one_line(start, part.level_word(BEHIND_TABLE, start))


def _updated(part: Part) -> str:
    start = part.skip(1, AFTER_UPDATE)
    setting = part.level_word(frozenset({"SET"}), start)
    if setting is None or part.level_word(SEVERAL, start) in range(setting) or _has_from(part, setting):
        return ""
    where = part.level_word(frozenset({"WHERE"}), setting)
    return part.on_one_line(start, setting) + (f" {_cut(part, where, frozenset())}" if where is not None else "")


def _has_from(part: Part, setting: int) -> bool:
    return part.level_word(frozenset({"FROM", "CURRENT"}), setting) is not None


def _mutated(part: Part) -> str:
    """ClickHouse: `ALTER TABLE t DELETE WHERE …`."""
    end = part.name_end(2) if part.word(1) == "TABLE" else None
    where = part.level_word(frozenset({"WHERE"}))
    if end is None or where is None or part.word(end) not in ("DELETE", "UPDATE"):
        return ""
    return f"{part.on_one_line(2, end)} {part.on_one_line(where)}"
