"""Events, document and outputs → `Report`: one pass over what is on record, and nothing that is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from .. import events as e
from ..checklist import item_text
from ..context import sentence_of
from ..model import Runbook
from ..state import Attempt, Remark, RunState, StepState, fold, orphaned, standing, walked
from ..summary import (
    APPROVALS,
    MODE_SENTENCES,
    about_rehearsal,
    beside_of,
    changes_of,
    decision_of,
    exit_code_of,
    progress_of,
    reason_of,
    sign_of,
)
from . import facts as f
from .excerpts import Excerpts, Limits, Outputs
from .followups import follow_ups
from .heading import Name, heading
from .milestones import milestones
from .paperwork import duties, messages
from .story import Names, people, timeline

MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Source:
    """A run as its trail has it."""

    recorded: Sequence[e.Recorded]
    head: str
    runbook: Runbook | None
    """The frozen copy, read; None where it cannot be."""
    outputs: Outputs
    verification: f.Verification
    is_live: bool = False
    mask: Callable[[str], str] = str
    """For what comes from the document, which the trail keeps as it is."""


def gather(source: Source, limits: Limits | None = None) -> f.Report:
    recorded = source.recorded
    folded = fold(recorded)
    state = folded if source.is_live else orphaned(folded)
    known = _Known(recorded, Excerpts(source.outputs, limits or Limits()))
    points, metadata = milestones(recorded, state), _metadata(source)
    known_of = heading(recorded, state, metadata)
    return f.Report(
        run=_run(recorded, state, known_of),
        record=f.Record(source.head, f"oncue verify {state.run_id}", source.verification),
        metadata=metadata,
        people=people(recorded),
        inputs=tuple(_inputs(state)),
        context=tuple(_context(state)),
        milestones=points,
        impact=tuple(_impact(known_of, points)),
        timeline=timeline(recorded, Names(state)),
        steps=tuple(_steps(state, known)),
        skipped=known.skipped(state),
        waived=known.waived(state),
        notes=tuple(_remark(note) for note in state.notes),
        follow_ups=tuple(follow_ups(recorded, state)),
        duties=tuple(duties(state, source.mask)),
        messages=tuple(messages(source.runbook, state, source.mask)) if source.runbook else (),
        redactions=dict(sum((Counter(one) for one in known.redactions.values()), Counter())),
    )


class _Known:
    """What the events say and the state does not keep: by whom and when, and what was masked."""

    def __init__(self, recorded: Sequence[e.Recorded], excerpts: Excerpts) -> None:
        self.excerpts = excerpts
        self.redactions: dict[int, Mapping[str, int]] = {}
        self.items: dict[str, e.Stamp] = {}
        self.passed: dict[str, e.Stamp] = {}
        for one in recorded:
            match one.event:
                case e.StepEnded() if one.event.redactions:
                    self.redactions[one.event.attempt] = dict(one.event.redactions)
                case e.ItemTicked() | e.ItemWaived() | e.ItemUnticked():
                    self.items[one.event.item_id] = one.stamp
                case e.StepSkipped():
                    self.passed[one.event.step_id] = one.stamp
                case _:
                    pass

    def skipped(self, state: RunState) -> tuple[f.PassedOver, ...]:
        steps = [state.steps[step_id] for step_id in self.passed if state.steps[step_id].status == "skipped"]
        return tuple(_passed(one.planned.title, one.reason, self.passed[one.planned.id]) for one in steps)

    def waived(self, state: RunState) -> tuple[f.PassedOver, ...]:
        items = [item for step in state.steps.values() for item in step.planned.items]
        waived = [item for item in items if state.items[item.id] == "waived"]
        return tuple(
            _passed(item_text(state, item), state.waivers.get(item.id, ""), self.items[item.id]) for item in waived
        )


def _passed(title: str, reason: str, stamp: e.Stamp) -> f.PassedOver:
    return f.PassedOver(title, reason, stamp.actor.login, stamp.at)


def _run(recorded: Sequence[e.Recorded], state: RunState, known_of: Mapping[Name, f.Known]) -> f.Run:
    started = state.started
    last = state.ended_at or recorded[-1].stamp.at
    lasted = last - state.started_at if state.started_at else timedelta()
    return f.Run(
        id=state.run_id,
        title=started.title if started else "",
        path=started.path if started else "",
        document_sha256=started.document_sha256 if started else "",
        mode=started.mode if started else "",
        unreal=_unreal(state),
        section=started.section if started else (),
        version=started.version if started else "",
        incident=known_of["incident"].value or None,
        incident_from=known_of["incident"].source,
        commander=known_of["commander"].value,
        commander_from=known_of["commander"].source,
        phase=state.phase,
        outcome=state.outcome,
        reason=state.reason,
        exit_code=exit_code_of(state),
        started_at=state.started_at,
        ended_at=state.ended_at,
        duration_ms=max(lasted, timedelta()) / MILLISECOND,
        directory=state.directory,
        events=len(recorded),
        progress=progress_of(state),
    )


def _unreal(state: RunState) -> str:
    sentence = MODE_SENTENCES.get(state.started.mode, "") if state.started else ""
    return " ".join(filter(None, (sentence, *(f"{told}." for told in about_rehearsal(state)))))


def _metadata(source: Source) -> dict[str, str]:
    known = source.runbook.metadata if source.runbook else {}
    return {source.mask(name): source.mask(value) for name, value in known.items()}


def _inputs(state: RunState) -> list[f.Input]:
    return [f.Input(name, value, value is None, state.sources.get(name, "")) for name, value in state.variables.items()]


def _context(state: RunState) -> list[f.Surrounding]:
    results = state.context.results if state.context else ()
    return [f.Surrounding(one.ok, sentence_of(one)) for one in results]


def _impact(known_of: Mapping[Name, f.Known], points: Sequence[f.Milestone]) -> list[f.Question]:
    severity, service = known_of["severity"], known_of["service"]
    at = {point.name: point for point in points}
    return [
        f.Question("Severity", severity.value, "the severity that was declared", severity.source),
        f.Question("Service", service.value, "what was down, slow or wrong", service.source),
        f.Question("Lasted", _lasted(at["alert"], at["restored"]), "from the first harm to its end"),
        f.Question("Who was affected", "", "how many users, which customers, which regions"),
        f.Question("What they saw", "", "errors, slowness, wrong data"),
        f.Question("Data", "", "what was lost, changed or seen by others; “none” is an answer"),
        f.Question("Promises", "", "service levels missed, who has to be told by when"),
    ]


def _lasted(alert: f.Milestone, restored: f.Milestone) -> str:
    if alert.at is None or restored.at is None or restored.at < alert.at:
        return ""
    minutes = (restored.at - alert.at) / timedelta(minutes=1)
    sure = "" if alert.certainty == restored.certainty == "noted" else " (as far as the record tells)"
    return f"{minutes:.0f} min from alert to restored{sure}"


def _steps(state: RunState, known: _Known) -> list[f.Step]:
    """Those walked, and any other that something was done to."""
    numbers = _numbers(state)
    on_path = {step.planned.id for step in walked(state)}
    touched = [one for one in state.steps.values() if one.planned.id in on_path or one.attempts]
    return [_step(state, known, step, numbers.get(step.planned.id)) for step in touched]


def _numbers(state: RunState) -> dict[str, int]:
    counted = [step.planned.id for step in state.steps.values() if step.planned.kind != "template"]
    return {step_id: number for number, step_id in enumerate(counted, 1)}


def _step(state: RunState, known: _Known, step: StepState, number: int | None) -> f.Step:
    planned = step.planned
    return f.Step(
        id=planned.id,
        number=number,
        kind=planned.kind,
        title=planned.title,
        section=planned.section,
        lines=planned.lines,
        status=standing(state, step),
        sign=sign_of(standing(state, step)),
        reason=reason_of(state, step),
        checklist=tuple(_check(state, known, item) for item in planned.items),
        edits=tuple(f.Edit(edit.at, edit.login, edit.before, edit.after) for edit in step.edits),
        attempts=tuple(_attempt(state, known, state.attempts[number]) for number in step.attempts),
        notes=tuple(_remark(note) for note in state.notes if note.step_id == planned.id),
    )


def _check(state: RunState, known: _Known, item: e.PlannedItem) -> f.Check:
    status = state.items[item.id]
    stamp = known.items.get(item.id) if status != "open" else None
    by, at = (stamp.actor.login, stamp.at) if stamp else ("", None)
    reason = state.waivers.get(item.id, "") if status == "waived" else ""
    return f.Check(item_text(state, item), status, reason, by, at)


def _attempt(state: RunState, known: _Known, attempt: Attempt) -> f.Attempt:
    return f.Attempt(
        number=attempt.number,
        by=attempt.login,
        started_at=attempt.started_at,
        beside=beside_of(attempt),
        text=attempt.text,
        level=attempt.level,
        category=attempt.category,
        rule=attempt.rule,
        why=attempt.why,
        target=attempt.target,
        database=attempt.database,
        approval=attempt.approval,
        approval_words=APPROVALS[attempt.approval],
        typed=attempt.typed,
        outcome=attempt.outcome or "running",
        exit_status=attempt.exit_status,
        duration_ms=None if attempt.duration_ns is None else attempt.duration_ns / 1e6,
        message=attempt.message,
        decision=decision_of(attempt),
        changes=tuple(changes_of(state.started.mode if state.started else "", attempt)),
        settlement=attempt.settlement,
        redactions=known.redactions.get(attempt.number, {}),
        output=known.excerpts.of(attempt.number),
    )


def _remark(note: Remark) -> f.Remark:
    return f.Remark(note.at, note.login, note.text, note.step_id)
