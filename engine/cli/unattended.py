"""A run that nobody sits at: what it would stop at, with what this machine and the trail know."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..config.settings import Settings
from ..databases import databases_of, default_database
from ..errors import OncueError
from ..guard import judged
from ..incident import IncidentRuns
from ..judging import Judging, judging_for
from ..model import Runbook, Step
from ..precedents import matching, path_of, sentence_of
from ..preflight import Granted, Preflight
from ..preparing import UNREAD
from ..variables import find
from .trails import trail_of


def obstacles(
    arguments: argparse.Namespace,
    runbook: Runbook,
    section: tuple[str, ...],
    given: Mapping[str, str],
    approved: frozenset[str],
    *,
    settings: Settings | None,
    named: Mapping[str, str],
) -> list[str]:
    """One sentence for each thing that would hold the run. `settings` are None where all is built in; `named` are the
    databases that the command line names."""
    settings = settings or Settings()
    granted = Granted(given, arguments.yes, arguments.waive is not None, approved)
    named = databases_of(runbook, named)
    default = default_database(named, settings.default_database)
    judging = judging_for(runbook, {**settings.databases, **named}, settings.policy, settings.environment, default)
    variables = find(runbook.steps, runbook.declared, os.environ)
    past = _Past(trail_of(arguments), arguments.incident, runbook.path)
    found = Preflight(runbook, variables, granted, judging, past.ran_before).obstacles(section)
    return [*_unanswerable(runbook, judging), *found]


def _unanswerable(runbook: Runbook, judging: Judging) -> list[str]:
    """What is expected of the place and cannot be found out. The rest is checked by the run itself, on record."""
    expectations = judged(runbook.expects, judging)
    return [
        f"{runbook.path}:{one.line}: {one.name} cannot be checked: {one.problem}" for one in expectations if one.problem
    ]


class _Past:
    """What the incident's runs did already, for a run that has not begun."""

    def __init__(self, trail: Path, incident: str | None, path: str) -> None:
        self._trail = trail
        self._incident = incident
        self._document = path_of(str(Path.cwd()), path)
        self._runs = IncidentRuns(trail)

    def ran_before(self, step: Step, text: str) -> Sequence[str]:
        if not self._incident or not self._trail.exists():
            return ()
        try:
            found = self._runs(self._incident, "")
        except OncueError as error:
            return (f"{UNREAD}: {error}",)
        same = matching(found, run_id="", document=self._document, step_id=step.id, text=text)
        return tuple(sentence_of(one, "") for one in same)
