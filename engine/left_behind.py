"""What a run that comes back has lost with the process it ran in: on its databases, as its trail tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .model import Runbook
from .sessions.sql import Past
from .state import RunState, open_transactions, opened_by


def left_behind(state: RunState, runbook: Runbook) -> tuple[Mapping[str, Past], tuple[str | None, str] | None]:
    """For the sessions that come: what was on each connection, and database and text of a step that has no end."""
    past = {name: Past(one.settings, one.was_cut or bool(one.transaction)) for name, one in state.connections.items()}
    return past, _unfinished(state, runbook)


def connections_lost(state: RunState) -> Iterator[str]:
    """In words."""
    for one in open_transactions(state):
        yield f"{opened_by(state, one)}, which is rolled back"
    for one in state.connections.values():
        if one.settings:
            yield f"what was set on {one.database} ({'; '.join(one.settings)})"


def _unfinished(state: RunState, runbook: Runbook) -> tuple[str | None, str] | None:
    attempt = state.attempts.get(state.running or 0)
    step = next((one for one in runbook.steps if attempt and one.id == attempt.step_id), None)
    if attempt is None or step is None or step.kind != "sql" or attempt.suggestion:
        return None
    return step.attributes.get("database") or step.attributes.get("db"), attempt.text
