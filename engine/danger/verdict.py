"""A verdict: what running a text may do, which part of it says so, and what could be run first instead."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

from ..levels import Level

LEVELS: tuple[Level, ...] = ("safe", "unknown", "caution", "dangerous")
Category = Literal[
    "data_destruction",
    "availability",
    "process_kill",
    "credentials",
    "privilege",
    "network",
    "disk",
    "history_rewrite",
    "cluster_scope",
    "irreversible",
    "cost",
    "pipe_to_shell",
    "config_change",
    "opaque",
    "read_only",
    "dry_run",
    "mention",
    "local_scratch",
]
Span = tuple[int, int]
"""Characters of the judged text, the second one excluded."""


class DryRun(NamedTuple):
    """Another text that shows what the judged one would do. It has been judged itself, and is safe."""

    form: str
    """The whole text to run instead."""
    grade: Literal["native", "approximate"]
    """`native`: the tool itself promises it. `approximate`: `note` says how it differs."""
    note: str = ""


class Verdict(NamedTuple):
    level: Level
    category: Category
    rule: str
    """Id of the row that decided, for example `kubectl-delete-namespace`."""
    why: str
    """One sentence without a full stop: what the command does, in the operator's words."""
    span: Span
    """What caused it."""
    target: str = ""
    """What will be hit, on one line: `production/app`, `orders.users`. Never empty when the level is dangerous."""
    dry_run: DryRun | None = None

    @property
    def rank(self) -> int:
        return LEVELS.index(self.level)

    def to_json(self) -> dict[str, Any]:
        """`span` counts characters of the judged text, the second one excluded."""
        form = self.dry_run
        return {**self._asdict(), "span": list(self.span), "dry_run": form and form._asdict()}

    def at(self, span: Span, target: str) -> Verdict:
        """The same verdict on a text around the judged one."""
        return self._replace(span=span, target=target, dry_run=None)


def worst(verdicts: Iterable[Verdict], otherwise: Verdict) -> Verdict:
    """The highest of them, the first one of equals."""
    return max(verdicts, key=lambda verdict: verdict.rank, default=otherwise)
