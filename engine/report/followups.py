"""What the run leaves to be looked at: failures, deviations from the runbook, and what somebody noted as to be done."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .. import events as e
from ..checklist import item_text
from ..state import RunState, StepState, own_attempts, standing, walked
from .facts import FollowUp

NOTED = re.compile(r"\s*(?:to-?do|follow[-\s]?up|action(?: item)?|ticket)\s*[:,–—-]\s*(?P<what>.+)", re.I | re.S)


def follow_ups(recorded: Sequence[e.Recorded], state: RunState) -> Iterator[FollowUp]:
    for note in state.notes:
        if found := NOTED.match(note.text):
            yield FollowUp(found["what"].strip(), f"noted by {note.login}", note.step_id)
    if any(isinstance(one.event, e.RunResumed) and one.event.document_changed for one in recorded):
        yield FollowUp("Compare the runbook with the copy that was walked", "it was changed during the run", None)
    for step in walked(state):
        yield from _of_step(state, step)
    for step in walked(state):
        yield from _of_items(state, step)


def _of_step(state: RunState, step: StepState) -> Iterator[FollowUp]:
    title, step_id = f"“{step.planned.title}”", step.planned.id
    if step.planned.broken:
        yield FollowUp(f"Repair {title} in the runbook", f"it cannot run as written: {step.planned.broken}", step_id)
    if step.edits:
        yield FollowUp(f"Bring {title} in the runbook up to date", "its text was edited during the run", step_id)
    if because := _because(state, step):
        yield FollowUp(f"Look into {title}", because, step_id)


def _because(state: RunState, step: StepState) -> str:
    own = own_attempts(state, step)
    bad = [one for one in own if one.outcome not in (None, "succeeded", "interrupted")]
    skipped = f"it was skipped{': ' + step.reason if step.reason else ''}" if step.status == "skipped" else ""
    if standing(state, step) == "unknown":
        return f"nobody knows how it ended, and {skipped}" if skipped else "nobody saw how it ended"
    if skipped:
        return skipped
    if any(one.outcome == "unknown" for one in own):
        return "nobody saw how it ended"
    if step.status in ("failed", "timed_out", "lost", "interrupted"):
        return f"it {_ended(step.status)} and was not made good"
    if step.status == "done" and not own and step.planned.kind in ("shell", "sql"):
        return f"it was done outside this run{': ' + step.reason if step.reason else ''}"
    if step.status == "pending" and step.planned.kind != "template" and state.phase == "ended":
        return "the run ended before it"
    return f"it took {len(own)} attempts" if bad else ""


def _ended(status: str) -> str:
    return {"timed_out": "timed out", "lost": "was lost", "interrupted": "was interrupted"}.get(status, status)


def _of_items(state: RunState, step: StepState) -> Iterator[FollowUp]:
    for item in step.planned.items:
        if state.items[item.id] == "waived":
            because = ": ".join(filter(None, ("it was waived", state.waivers.get(item.id, ""))))
            yield FollowUp(f"Make good: {item_text(state, item)}", because, step.planned.id)
