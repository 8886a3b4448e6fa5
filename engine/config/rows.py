"""Rows of a file as rules of `danger`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..danger import Rule
from ..danger.verdict import Category
from ..levels import Level

ALLOWED_AS: Mapping[Level, Category] = {"safe": "local_scratch"}
"""What an allowed command counts as; else as a change of something."""


def rule_of(row: Mapping[str, Any], name: str = "") -> Rule:
    """`name` says where the row stands; it is the rule's id unless the row has one."""
    given: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return Rule(**{"what": "", **given, "id": given.get("id") or name})


def allowance_of(row: Mapping[str, Any], name: str = "") -> Rule:
    level: Level = row.get("level", "caution")
    category = ALLOWED_AS.get(level, "config_change")
    return Rule(row["tool"], row.get("what", ""), level, category, row["reason"], id=name)
