"""`oncue danger --rules`: every row of the rules, straight from the data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Protocol

from ..danger.rules import RULES
from ..danger.sql.client import CLIENT_RULES
from ..danger.sql.functions import FUNCTIONS
from ..danger.sql.rows_admin import RULES as ADMIN
from ..danger.sql.rows_alter import ACTIONS, HEADS
from ..danger.sql.rows_data import RULES as DATA
from ..danger.tables import rule_id
from ..danger.verbs import CHANGING, DESTROYING, READING
from ..output import visible
from .printing import print_json, print_lines


def print_rules(*, as_json: bool) -> None:
    rows = [*_shell_rows(), *_sql_rows(), *_verb_rows()]
    if as_json:
        print_json(rows)
    else:
        print_lines(_to_text(rows))


def _shell_rows() -> Iterator[dict[str, Any]]:
    for rule in RULES:
        yield {
            **_row(rule.id or rule_id(rule), rule.tool, rule.what, rule),
            "dry_run": rule.dry_run,
            "grade": rule.grade if rule.dry_run else "none",
            "note": rule.note,
        }


def _sql_rows() -> Iterator[dict[str, Any]]:
    for rule in (*DATA, *ADMIN, *HEADS, *ACTIONS):
        yield _row(rule.id, f"SQL ({rule.dialects})" if rule.dialects else "SQL", rule.what, rule)
    for function in FUNCTIONS:
        yield _row(f"sql-{function.names.split('|')[0]}", "SQL functions", function.names, function)
    for command in CLIENT_RULES:
        yield _row(f"sql-client-{command.id or command.command}", "SQL clients", command.command, command)


def _verb_rows() -> Iterator[dict[str, Any]]:
    """What a word says of a tool that no row knows, or whose rows leave it to its words."""
    for level, words in (("dangerous", DESTROYING), ("caution", CHANGING), ("safe", READING)):
        why = "where a tool's words mean what they say" if level == "safe" else "with any tool"
        verb = Verb(level, "read_only" if level == "safe" else "config_change", why)
        yield _row(f"verb-{level}", "(verbs)", "|".join(sorted(words)), verb)


class Decides(Protocol):
    """What rows of every kind have."""

    @property
    def level(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def why(self) -> str: ...
    @property
    def yes(self) -> Sequence[str]: ...
    @property
    def no(self) -> Sequence[str]: ...


class Verb(NamedTuple):
    level: str
    category: str
    why: str
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()


def _row(name: str, tool: str, what: str, rule: Decides) -> dict[str, Any]:
    return {
        "id": name,
        "tool": tool,
        "what": what,
        "level": rule.level,
        "category": rule.category,
        "why": rule.why,
        "yes": list(rule.yes),
        "no": list(rule.no),
        "dry_run": "",
        "grade": "none",
        "note": "",
    }


def _to_text(rows: list[dict[str, Any]]) -> Iterator[str]:
    tool = None
    for row in rows:
        if row["tool"] != tool:
            tool = row["tool"]
            yield f"\n{tool.replace('|', ' ')}" if tool else ""
        dry = f"   dry run: {row['dry_run']}" if row["dry_run"] else ""
        yield visible(f"  {row['level']:<10} {row['what'] or '(any)'}")
        yield visible(f"  {'':<10} {row['why']}{dry}")
