"""Past runs as text and as JSON: the listing, and one run step by step with its output."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any

from .beside import named
from .checklist import item_text
from .context import sentence_of
from .events import PlannedItem
from .output import TerminalFilter, visible
from .state import Attempt, RunState, StepState, fold, orphaned, walked
from .summary import (
    APPROVALS,
    about_rehearsal,
    changes_of,
    decision_of,
    exit_code_of,
    lines_of,
    mark_of,
    mode_mark,
    sign_of,
    span,
    took,
    verdict_of,
)
from .trail import RunSummary, TrailReader

JSON_OUTPUT_LIMIT = 1024 * 1024
"""Bytes of one attempt's output in JSON; `--output` gives all of them."""


def runs_to_json(runs: tuple[RunSummary, ...], live: Container[str], modes: Mapping[str, str]) -> list[dict[str, Any]]:
    """`modes` by run id."""
    return [
        {
            "id": run.run_id,
            "status": _status(run, live),
            "mode": modes.get(run.run_id, ""),
            "title": run.title,
            "path": run.path,
            "started_at": run.started_at.isoformat(),
            "ended_at": run.ended_at.isoformat() if run.ended_at else None,
            "outcome": run.outcome,
            "incident": run.incident,
            "operator": run.operator,
            "events": run.n_events,
            "steps_done": run.n_steps_done,
            "output_bytes": run.output_bytes,
            "head": run.head,
        }
        for run in runs
    ]


def _status(run: RunSummary, live: Container[str]) -> str:
    """`live`, `open` (no host: it was left, or its host died), or how it ended."""
    return "live" if run.run_id in live else run.outcome or "open"


def runs_to_text(runs: tuple[RunSummary, ...], live: Container[str], modes: Mapping[str, str]) -> Iterator[str]:
    if not runs:
        yield "no runs yet; `oncue run FILE` makes the first"
    for run in runs:
        started = run.started_at.astimezone().strftime("%Y-%m-%d %H:%M")
        mark = mode_mark(modes.get(run.run_id, ""))
        title = f"{mark}  {run.title}" if mark else run.title
        yield visible(f"{run.run_id}  {started}  {_status(run, live):<10} {run.operator:<10} {title}  ({run.path})")


def state_of(reader: TrailReader, run_id: str, live: Container[str]) -> RunState:
    """As the trail has it; a step that its host died over is unknown."""
    state = fold(reader.events(run_id))
    return state if run_id in live else orphaned(state)


def run_to_json(reader: TrailReader, run_id: str, live: Container[str]) -> dict[str, Any]:
    state = state_of(reader, run_id, live)
    started = state.started
    return {
        "id": run_id,
        "title": started.title if started else "",
        "path": started.path if started else "",
        "document_sha256": started.document_sha256 if started else "",
        "mode": started.mode if started else "",
        "started_at": state.started_at.isoformat() if state.started_at else None,
        "phase": state.phase,
        "outcome": state.outcome,
        "exit_code": exit_code_of(state),
        "head": reader.head(run_id),
        "incident": started.incident if started else None,
        "context": [] if state.context is None else [one.model_dump(mode="json") for one in state.context.results],
        "notes": [
            {"at": note.at.isoformat(), "login": note.login, "text": note.text, "step_id": note.step_id}
            for note in state.notes
        ],
        "steps": [_step_to_json(reader, run_id, state, step) for step in walked(state)],
    }


def _step_to_json(reader: TrailReader, run_id: str, state: RunState, step: StepState) -> dict[str, Any]:
    planned = step.planned
    return {
        "id": planned.id,
        "kind": planned.kind,
        "title": planned.title,
        "section": list(planned.section),
        "lines": list(planned.lines),
        "status": step.status,
        "reason": step.reason,
        "edits": [{"before": edit.before, "after": edit.after, "login": edit.login} for edit in step.edits],
        "items": [_item_to_json(state, item) for item in planned.items],
        "attempts": [_attempt_to_json(reader, run_id, state.attempts[number]) for number in step.attempts],
    }


def _item_to_json(state: RunState, item: PlannedItem) -> dict[str, Any]:
    reason = state.waivers.get(item.id, "")
    return {"id": item.id, "text": item_text(state, item), "status": state.items[item.id], "reason": reason}


def _attempt_to_json(reader: TrailReader, run_id: str, attempt: Attempt) -> dict[str, Any]:
    output = b"".join(_limited(reader, run_id, attempt.number, JSON_OUTPUT_LIMIT))
    recorded = attempt.output_bytes or sum(len(chunk.data) for chunk in reader.output(run_id, attempt.number))
    return {
        "attempt": attempt.number,
        "text": attempt.text,
        "suggestion": attempt.suggestion,
        "dry_run": attempt.dry_run,
        "closing": attempt.closing,
        "undone": attempt.undone,
        "level": attempt.level,
        "category": attempt.category,
        "rule": attempt.rule,
        "why": attempt.why,
        "target": attempt.target,
        "database": attempt.database,
        "approval": attempt.approval,
        "typed": attempt.typed,
        "login": attempt.login,
        "outcome": attempt.outcome,
        "exit_status": attempt.exit_status,
        "duration_ms": None if attempt.duration_ns is None else attempt.duration_ns / 1e6,
        "started_at": attempt.started_at.isoformat(),
        "decision": attempt.decision,
        "decision_reason": attempt.decided,
        "decided_by": attempt.decider,
        "results": attempt.results,
        "output_bytes": recorded,
        "output": output.decode(errors="replace"),
        "output_cut": len(output) < recorded,
        "message": attempt.message,
        "changes": [{"change": one.change, "path": one.path} for one in attempt.changes],
        "more_changes": attempt.more_changes,
    }


def _limited(reader: TrailReader, run_id: str, attempt: int, limit: int) -> Iterator[bytes]:
    left = limit
    for chunk in reader.output(run_id, attempt):
        yield chunk.data[:left]
        left -= len(chunk.data)
        if left <= 0:
            return


def run_to_text(reader: TrailReader, run_id: str, live: Container[str]) -> Iterator[bytes]:
    """Lines ready for a terminal: what programs printed is cleaned, everything else made visible."""
    state = state_of(reader, run_id, live)
    mode = state.started.mode if state.started else ""
    yield from map(_line, _head(reader, run_id, state))
    for step in walked(state):
        yield from map(_line, _items(state, step))
        yield from map(_line, _edits(step))
        for number in step.attempts:
            yield from _attempt_to_text(reader, run_id, step, state.attempts[number], mode)
    if state.notes:
        yield _line("")
    for note in state.notes:
        yield _line(f"note {note.at.astimezone():%H:%M:%S} {note.login}: {note.text}")


def _head(reader: TrailReader, run_id: str, state: RunState) -> Iterator[str]:
    title = state.started.title if state.started else ""
    path = state.started.path if state.started else ""
    yield f"{title}  ({path})"
    started = f"{state.started_at.astimezone():%Y-%m-%d %H:%M:%S}" if state.started_at else "never"
    yield " · ".join(
        filter(None, (f"run {run_id}", mark_of(state), f"started {started}", state.outcome or state.phase))
    )
    yield from about_rehearsal(state)
    yield f"head {reader.head(run_id)}"
    for result in state.context.results if state.context else ():
        yield f"{'✔' if result.ok else '✗'} {sentence_of(result)}"
    yield ""
    yield from lines_of(state)


def _items(state: RunState, step: StepState) -> Iterator[str]:
    settled = [item for item in step.planned.items if state.items[item.id] != "open"]
    if settled:
        yield ""
        yield f"── {step.planned.title} · checklist"
    for item in settled:
        reason = state.waivers.get(item.id)
        yield f"{'☒' if reason else '☑'} {item_text(state, item)}{f'  (waived: {reason})' if reason else ''}"


def _edits(step: StepState) -> Iterator[str]:
    for edit in step.edits:
        yield ""
        yield f"── {step.planned.title} · edited by {edit.login}"
        yield from (f"  - {line}" for line in edit.before.splitlines())
        yield from (f"  + {line}" for line in edit.after.splitlines())


def _attempt_to_text(reader: TrailReader, run_id: str, step: StepState, attempt: Attempt, mode: str) -> Iterator[bytes]:
    exit_status = "" if attempt.exit_status is None else f", exit {attempt.exit_status}"
    outcome = attempt.outcome or "running"
    yield _line("")
    title = named(attempt, step.planned.title)
    yield _line(f"── {title} · line {step.planned.lines[0]} · attempt {attempt.number}")
    for line in attempt.text.splitlines():
        yield _line(f"    {line}")
    yield from map(_line, _verdict(attempt))
    yield from clean_output(reader, run_id, attempt.number)
    facts: Mapping[str, str] = {
        "": f"{sign_of(outcome)} {f'{title} ' if attempt.is_beside else ''}{outcome.replace('_', ' ')}{exit_status}",
        "took ": took(attempt.duration_ns),
        "output ": span(attempt.output_bytes or sum(len(c.data) for c in reader.output(run_id, attempt.number))),
    }
    yield _line(" · ".join(f"{name}{value}" for name, value in facts.items() if value))
    if decision := decision_of(attempt):
        yield _line(f"  {decision}")
    if attempt.message:
        yield _line(f"  {attempt.message}")
    if attempt.undone:
        yield _line(f"  rolled back: {attempt.undone}")
    yield from (_line(f"  {line}") for line in changes_of(mode, attempt))


def _verdict(attempt: Attempt) -> Iterator[str]:
    """What was known when it started, and who let it run."""
    yield f"  {verdict_of(attempt.level, attempt.category, attempt.why)}"
    typed = f"“{attempt.typed}”" if attempt.typed else ""
    hits = f"hits {attempt.target}" if attempt.target else ""
    place = f"on {attempt.database}" if attempt.database else ""
    said = ", ".join(filter(None, (hits, place, APPROVALS[attempt.approval], typed)))
    by = f"by {attempt.login}" if attempt.login else ""
    if line := " ".join(filter(None, (said, by))):
        yield f"  {line}"


def clean_output(reader: TrailReader, run_id: str, attempt: int) -> Iterator[bytes]:
    """An attempt's output as a terminal may see it, ending with a line feed."""
    cleaner, last = TerminalFilter(), b"\n"
    for chunk in reader.output(run_id, attempt):
        if cleaned := cleaner.feed(chunk.data, full_screen=False):
            last = cleaned[-1:]
            yield cleaned
    yield cleaner.flush() + cleaner.leave()
    if last != b"\n":
        yield b"\n"


def _line(text: str) -> bytes:
    return visible(text).encode() + b"\n"
