"""Styles that are read once for all tests of a process: every app of theirs would read the same files anew."""

from __future__ import annotations

from typing import Any

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

_parse = Stylesheet._parse_rules
_parsed: dict[tuple[Any, ...], list[RuleSet]] = {}


def install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Stylesheet, "_parse_rules", _rules)


def _rules(sheet: Stylesheet, css: str, *args: Any, **more: Any) -> list[RuleSet]:
    """Of the same text with the same variables; what cannot be read is read again, and raises again."""
    key = (_variables(sheet), css, args, tuple(more.items()))
    if key not in _parsed:
        _parsed[key] = _parse(sheet, css, *args, **more)
    return _parsed[key]


def _variables(sheet: Stylesheet) -> frozenset[tuple[str, str]]:
    known: tuple[dict[str, str], frozenset[tuple[str, str]]] | None = getattr(sheet, "_known_variables", None)
    if known is None or known[0] is not sheet._variables:
        known = sheet._variables, frozenset(sheet._variables.items())
        sheet._known_variables = known  # type: ignore[attr-defined]
    return known[1]
