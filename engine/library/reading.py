"""From a document's path to its entry and to its gravest verdict. Brings the parser and the judge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ..config.finding import read_settings
from ..errors import DocumentError, OncueError
from ..forecast import forecast
from ..judging import judging_for
from ..model import Runbook
from ..parse import read_runbook
from .dates import cared_for
from .entry import Entry, Worst
from .titles import glance

SERVICE = ("service", "services", "system", "component", "application", "app", "product")
SEVERITY = ("severity", "sev", "priority", "impact")
OWNER = (
    "owner",
    "owners",
    "owned by",
    "team",
    "owning team",
    "owner slack",
    "owner_slack",
    "maintainer",
    "maintainers",
)
"""What metadata calls it, the likeliest first."""
PROBLEMS = 20
"""The first ones tell enough; `oncue steps` has them all."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What decides about verdicts beside the document."""

    environ: Mapping[str, str]
    config: str | None = None
    environment: str | None = None


def entry_of(path: str) -> Entry | None:
    """None for a document without a single step."""
    try:
        runbook = _read(path)
    except DocumentError as error:
        return Entry(path, glance(path), is_read=True, unreadable=str(error))
    return _to_entry(runbook) if runbook.steps else None


def worst_of(path: str, situation: Situation) -> Worst:
    """What cannot be judged is unknown."""
    try:
        runbook = _read(path)
        options = {"environment": (situation.environment, "--environment")} if situation.environment else {}
        settings = read_settings(
            situation.environ, Path(path), runbook=runbook, config=situation.config, options=options
        )
    except OncueError as error:
        return Worst("unknown", str(error))
    verdicts = forecast(runbook, judging_for(runbook, {}, settings.policy, settings.environment))
    steps = {step.id: step for step in runbook.steps}
    worst = max(verdicts.items(), key=lambda one: one[1].rank, default=None)
    if worst is None:
        return Worst(None)
    step_id, verdict = worst
    return Worst(verdict.level, verdict.why, steps[step_id].title, steps[step_id].lines.first)


def _read(path: str) -> Runbook:
    try:
        return read_runbook(path, Path(path).read_bytes())
    except OSError as error:
        raise DocumentError(path, f"cannot be read: {(error.strerror or str(error)).lower()}") from error


def _to_entry(runbook: Runbook) -> Entry:
    entry = Entry(runbook.path, runbook.title, is_read=True, sha256=runbook.sha256, shape=runbook.shape)
    return replace(
        entry,
        service=_first(runbook.metadata, SERVICE),
        severity=_first(runbook.metadata, SEVERITY),
        owner=_first(runbook.metadata, OWNER),
        cared=cared_for(runbook.metadata),
        n_steps=sum(1 for step in runbook.steps if step.kind != "template"),
        alerts=tuple(runbook.alerts.items()),
        problems=tuple(f"line {problem.line}: {problem.message}" for problem in runbook.problems[:PROBLEMS]),
    )


def _first(metadata: Mapping[str, str], keys: tuple[str, ...]) -> str:
    return next((metadata[key].strip() for key in keys if metadata.get(key, "").strip()), "")
