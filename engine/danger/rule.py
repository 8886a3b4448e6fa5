"""A rule is one row of data: a tool, what its command line looks like, and what that does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..model import Level
from .verdict import Category


@dataclass(frozen=True, slots=True)
class Rule:
    """One row. Rows of a tool are tried in order, and the first that matches decides, as in a firewall."""

    tool: str
    """The command's name; several are separated by `|`."""
    what: str
    """The command line after the name, in the notation of `pattern.py`; empty for any."""
    level: Level
    category: Category
    why: str
    """One sentence without a full stop, in the operator's words."""
    dry_run: str = ""
    """The tool's own dry run, as words to add or to replace; see `dry_run.py`."""
    grade: Literal["native", "approximate"] = "native"
    note: str = ""
    """How an approximate dry run differs."""
    yes: tuple[str, ...] = ()
    """Whole commands this row decides."""
    no: tuple[str, ...] = ()
    """Whole commands it does not."""
    id: str = ""
    """Stable name; made of tool and words when it is empty."""
