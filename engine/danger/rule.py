"""A rule is one row of data: a tool, what its command line looks like, and what that does."""

from __future__ import annotations

from functools import cache
from typing import Literal, NamedTuple

from ..levels import Level
from .verdict import Category


class Rule(NamedTuple):
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


class Tool(NamedTuple):
    """How a tool's command line is read."""

    names: str
    """Names it goes by, separated by `|`."""
    valued: str = ""
    """Options that take the next word as their value."""
    long_dash: bool = False
    """`-name` is one option, as with `find` and `terraform`, and not four letters."""
    fold: bool = False
    """Its words are the same in upper and lower case, as with `redis-cli`."""
    has_verbs: bool = False
    """Its words mean what they say (`get`, `delete`), so that a line no row knows is judged by its verb."""

    @property
    def valued_options(self) -> frozenset[str]:
        return options_in(self.valued)


@cache
def options_in(text: str) -> frozenset[str]:
    """Options as a column of words."""
    return frozenset(text.split())
