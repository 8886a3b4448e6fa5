"""A report as the values that JSON and templates know. What a template gets is safe to print line by line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from ..output import visible
from .facts import Report

NOT_JSON = frozenset({"ansi"})
"""Fields for looks only."""
AS_IT_IS = frozenset({"ansi"})
"""Cleaned already, but for its colours."""


def to_json(report: Report) -> dict[str, Any]:
    """Texts exactly as recorded, times as ISO 8601 in UTC."""
    return _fields(report, NOT_JSON, str, datetime.isoformat)


def to_context(report: Report) -> dict[str, Any]:
    """For templates: times stay times, and nothing in a text is hidden or obeyed by a terminal."""
    return _fields(report, frozenset(), _clean, lambda time: time)


def _fields(
    value: Any, without: frozenset[str], text: Callable[[str], str], time: Callable[[datetime], Any]
) -> dict[str, Any]:
    found = {}
    for one in fields(value):
        if one.name not in without:
            mine = str if one.name in AS_IT_IS else text
            found[one.name] = _plain(getattr(value, one.name), without, mine, time)
    return found


def _plain(value: Any, without: frozenset[str], text: Callable[[str], str], time: Callable[[datetime], Any]) -> Any:
    if isinstance(value, str):
        return text(value)
    if isinstance(value, datetime):
        return time(value)
    if is_dataclass(value):
        return _fields(value, without, text, time)
    if isinstance(value, Mapping):
        return {text(str(name)): _plain(one, without, text, time) for name, one in value.items()}
    if isinstance(value, tuple):
        return [_plain(one, without, text, time) for one in value]
    return value


def _clean(text: str) -> str:
    return "\n".join(visible(line.expandtabs(4)) for line in text.split("\n"))
