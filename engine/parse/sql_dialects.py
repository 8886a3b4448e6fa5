"""Whose SQL a block is in: its fence says so, or the database that it goes to, as far as the document names it."""

from __future__ import annotations

from collections.abc import Mapping

from ..model import NOTHING
from ..syntax.sql import DIALECTS
from .languages import Info


def dialects_in(front_matter: Mapping[str, object]) -> Mapping[str, str]:
    """The databases of the front matter; empty for one whose URL does not tell."""
    named = front_matter.get("databases")
    return {str(name): _dialect(str(url)) for name, url in named.items()} if isinstance(named, Mapping) else NOTHING


def dialect_of_database(info: Info, databases: Mapping[str, str]) -> str:
    """Empty where nobody knows."""
    named = info.attributes.get("database") or info.attributes.get("db") or ""
    if "://" in named:
        return _dialect(named)
    if named:
        return databases.get(named, "")
    return next(iter(databases.values())) if len(databases) == 1 else ""


def _dialect(url: str) -> str:
    return DIALECTS.get(url.partition(":")[0].partition("+")[0].lower(), "")
