"""What ran beside a step and not as the step itself, in words: its success is not the step's."""

from __future__ import annotations

from typing import Protocol

DRY_RUN, SUGGESTION, CLOSING = "dry run of ", "a suggestion of ", "the end of a transaction with "

BESIDE = ("dry_run", "suggestion", "closing")
"""Names of what it is told by."""


class Ran(Protocol):
    """A start of a step, in whatever form it is told."""

    @property
    def dry_run(self) -> bool: ...
    @property
    def suggestion(self) -> bool: ...
    @property
    def closing(self) -> bool: ...


def before_name(ran: Ran) -> str:
    """What stands before the step's name; empty where it was the step itself."""
    return (DRY_RUN * ran.dry_run) + (SUGGESTION * ran.suggestion) + (CLOSING * ran.closing)


def named(ran: Ran, title: str) -> str:
    """`dry run of “Flush the cache”`; the bare title where it was the step itself."""
    before = before_name(ran)
    return f"{before}“{title}”" if before else title
