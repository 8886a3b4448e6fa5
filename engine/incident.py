"""The other runs of an incident, read from the trail as far as they have come since the last look."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from .precedents import Precedent, precedents_in
from .state import RunState, fold
from .trail import TrailReader


class IncidentRuns:
    """Callable as `preparing.PastRuns`. Any thread may ask; each event is read once."""

    def __init__(self, trail: Path) -> None:
        self._trail = trail
        self._states: dict[str, RunState] = {}
        self._lock = threading.Lock()

    def __call__(self, incident: str, run_id: str) -> Sequence[Precedent]:
        with self._lock, TrailReader.open(self._trail) as reader:
            others = [one for one in reader.runs_of(incident) if one != run_id]
            for one in others:
                self._follow(reader, one)
            return [precedent for one in others for precedent in precedents_in(self._states[one])]

    def _follow(self, reader: TrailReader, run_id: str) -> None:
        state = self._states.get(run_id, RunState())
        if state.phase != "ended":
            self._states[run_id] = fold(reader.events(run_id, state.seq), state)
