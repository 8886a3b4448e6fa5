"""How a text comes to be let run: what the command line allows beforehand, and what the operator answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .events import Approval
from .machine import flag_for

ANSWERED: frozenset[Approval] = frozenset({"asked", "confirmed", "typed"})
"""By a person, who is there to say what becomes of what it writes."""


@dataclass(frozen=True, slots=True)
class Passed:
    """The operator said that it runs."""

    approval: Approval
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Permission:
    """What the command line allows without asking."""

    yes: bool = False
    waive: str | None = None
    """A reason that waives every checklist item and manual step; None leaves them to a person."""
    approved: frozenset[str] = frozenset()
    """Ids of the steps that were named as to be run whatever they are."""

    def of(self, step_id: str, prepared: Mapping[str, Any]) -> Passed | None:
        """None when somebody has to be asked."""
        level, target = prepared["verdict"]["level"], prepared["verdict"]["target"]
        doubtful = bool(prepared["ran_before"] or prepared["empty"])
        flag = flag_for(level, ran_before=doubtful, yes=self.yes, named=step_id in self.approved)
        return None if flag is None else Passed(flag, target if flag == "approve_flag" else "")
