"""`oncue danger --rules`: every row of the rules, straight from the data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..danger.rules import RULES
from ..danger.tables import rule_id
from ..danger.verbs import CHANGING, DESTROYING, READING
from ..output import visible
from .printing import print_json, print_lines


def print_rules(*, as_json: bool) -> None:
    rows = [*_shell_rows(), *_verb_rows()]
    if as_json:
        print_json(rows)
    else:
        print_lines(_to_text(rows))


def _shell_rows() -> Iterator[dict[str, Any]]:
    for rule in RULES:
        yield {
            "id": rule.id or rule_id(rule),
            "tool": rule.tool,
            "what": rule.what,
            "level": rule.level,
            "category": rule.category,
            "why": rule.why,
            "dry_run": rule.dry_run,
            "grade": rule.grade if rule.dry_run else "none",
            "note": rule.note,
            "yes": list(rule.yes),
            "no": list(rule.no),
        }


def _verb_rows() -> Iterator[dict[str, Any]]:
    """What a word says of a tool that no row knows, or whose rows leave it to its words."""
    for level, words in (("dangerous", DESTROYING), ("caution", CHANGING), ("safe", READING)):
        why = "where a tool's words mean what they say" if level == "safe" else "with any tool"
        yield {
            "id": f"verb-{level}",
            "tool": "(verbs)",
            "what": "|".join(sorted(words)),
            "level": level,
            "category": "",
            "why": why,
            "dry_run": "",
            "grade": "none",
            "note": "",
            "yes": [],
            "no": [],
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
