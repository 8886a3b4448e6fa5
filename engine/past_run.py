"""One past run, read whole: its state, its last hash, who began it and whether it is alive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .access import record_access
from .address import live
from .errors import UsageError
from .events import Actor
from .state import RunState, fold, orphaned
from .trail import TrailReader


@dataclass(frozen=True, slots=True)
class ReadRun:
    state: RunState
    head: str
    """Hash of its newest event, in hex."""
    actor: Actor
    """Who began it, from where."""
    is_live: bool
    complaint: str
    """Why it could not be recorded that somebody looked; empty when it was."""


def read_run(trail: Path, run_id: str, environ: Mapping[str, str]) -> ReadRun:
    """Looking into a run is recorded before anything of it is shown. Raises what the trail raises, and `UsageError`
    for a run that is not there."""
    with TrailReader.open(trail) as reader:
        if not reader.head(run_id):
            raise UsageError(f"There is no run {run_id} in {trail}.")
        complaint = record_access(trail, "viewed", run_id, environ)
        events = reader.events(run_id)
        head = reader.head(run_id)
    is_live = run_id in {address.run_id for address in live(trail)}
    state = fold(events)
    return ReadRun(state if is_live else orphaned(state), head, events[0].stamp.actor, is_live, complaint)
