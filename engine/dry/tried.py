"""What really ran of a dry run, in a run of its own: a probe of what is proved safe, or a step in a sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..events import ContextResult


@dataclass(frozen=True, slots=True)
class Attempted:
    """One step that ran, or what stood in for it."""

    outcome: str
    exit_status: int | None
    duration_ns: int | None
    output: str
    """Its beginning, as a terminal may show it."""
    output_bytes: int
    """All there are in the trail."""
    is_cut: bool = False
    """The output goes on after what is told."""
    message: str = ""
    changes: tuple[tuple[str, str], ...] = ()
    """What would have become of which file: `created`, `changed`, `deleted`, and its path."""
    more_changes: int = 0
    """Those that are not told."""
    text: str = ""
    """What ran."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A run that was made for a dry run, and what came of it."""

    run_id: str
    mode: str
    attempted: Mapping[str, Attempted] = field(default_factory=dict)
    """By step id."""
    passed_over: Mapping[str, str] = field(default_factory=dict)
    """Id of a step that did not run → why."""
    held: frozenset[str] = frozenset()
    """Those of them that should have run."""
    context: tuple[ContextResult, ...] = ()
    complaint: str = ""
    """Why it came to an end before its last step; empty when it did not."""
    stood_in: Mapping[str, Attempted] = field(default_factory=dict)
    """For a step that did not run: what counts or explains what it would do."""

    def to_json(self, step_id: str) -> dict[str, Any]:
        ran = self.attempted.get(step_id)
        if ran is None:
            instead = self.stood_in.get(step_id)
            told = {"instead": {"text": instead.text, **_to_json(instead)}} if instead else {}
            return {"ran": False, "why_not": self.passed_over.get(step_id, self.complaint), **told}
        return {"ran": True, **_to_json(ran)}


def _to_json(ran: Attempted) -> dict[str, Any]:
    return {
        "outcome": ran.outcome,
        "exit_status": ran.exit_status,
        "duration_ms": None if ran.duration_ns is None else ran.duration_ns / 1e6,
        "output": ran.output,
        "output_bytes": ran.output_bytes,
        "output_cut": ran.is_cut,
        "message": ran.message,
        "changes": [{"change": change, "path": path} for change, path in ran.changes],
        "more_changes": ran.more_changes,
    }
