"""A past run as rows, and each of them in full: what ran, what was known of it, who let it run, how it ended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from textual.content import Content

from engine.checklist import item_text
from engine.context import sentence_of
from engine.levels import LEVEL_SIGNS
from engine.past_run import ReadRun
from engine.state import Attempt, RunState, Status, StepState, own_attempts, standing, walked
from engine.summary import (
    APPROVALS,
    MODE_SENTENCES,
    about_rehearsal,
    beside_of,
    changes_of,
    decision_of,
    mark_of,
    progress_of,
    reason_of,
    sign_of,
    span,
    took,
    uncommitted_of,
    verdict_of,
)

from .text import one_line, plain
from .when import written
from .widgets.facts import QUIET, Fact, fact, heading
from .widgets.row_list import Cell, Column

TONES = {
    "succeeded": "$success",
    "done": "$success",
    "running": "$primary",
    "unknown": "$unknown",
    "skipped": QUIET,
    "pending": QUIET,
}
"""How a step stands → the colour of its sign; every other way is a failure."""
ITEM_SIGNS = {"open": "☐", "ticked": "☑", "waived": "☒"}
BESIDE = {
    "dry run": "dry run",
    "suggestion": "a command its words mention",
    "end of a transaction": "the end of its transaction",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One row: the run itself, a step, or one of several attempts at it."""

    key: str
    step: StepState | None = None
    attempt: Attempt | None = None
    """The one whose output is shown: of a step, the latest that was not beside it."""
    is_attempt: bool = False
    status: Status = "pending"
    """How the step stands."""


def parts_of(state: RunState) -> list[Part]:
    rows = [Part("run")]
    for step in walked(state):
        attempts = [state.attempts[number] for number in step.attempts]
        own = own_attempts(state, step)
        rows.append(Part(step.planned.id, step, own[-1] if own else None, status=standing(state, step)))
        if len(attempts) > 1 or not own:
            rows += [Part(f"{step.planned.id} {one.number}", step, one, is_attempt=True) for one in attempts]
    return rows


def _name(part: Part) -> Cell:
    if part.step is None:
        return "≡ the run itself", "$primary"
    if part.is_attempt and part.attempt:
        outcome = part.attempt.outcome or "running"
        beside = f", {BESIDE[beside_of(part.attempt)]}" if part.attempt.is_beside else ""
        return f"    {sign_of(outcome)} attempt {part.attempt.number}{beside}", TONES.get(outcome, "$error")
    sign = "¶" if part.step.planned.kind == "template" else sign_of(part.status)
    return f"{sign} {part.step.planned.title}", TONES.get(part.status, "$error")


def output_title(part: Part) -> str:
    if part.attempt is None or not part.is_attempt:
        return "output"
    beside = f", {BESIDE[beside_of(part.attempt)]}" if part.attempt.is_beside else ""
    return f"output of attempt {part.attempt.number}{beside}"


def _level(part: Part) -> Cell:
    if part.attempt is None:
        return "", ""
    return f"{LEVEL_SIGNS[part.attempt.level]} {part.attempt.level}", f"${part.attempt.level}"


COLUMNS: Sequence[Column[Part]] = (
    Column("step", _name, 18, share=1),
    Column("verdict", _level, 11, at=44),
    Column("took", lambda part: (took(part.attempt.duration_ns) if part.attempt else "", ""), 8),
    Column("by", lambda part: (part.attempt.login if part.attempt else "", QUIET), 8, at=56),
)


# The lines above everything.


def top_lines(read: ReadRun, now: datetime) -> Content:
    state, actor = read.state, read.actor
    began = written(state.started_at) if state.started_at else "never"
    place = " ".join(filter(None, (actor.tty, actor.ssh_client and f"from {actor.ssh_client}")))
    who = f"{actor.login}@{actor.host}" + (f" ({place})" if place else "")
    still = f" · still alive, as of {written(now)}" if read.is_live else ""
    lines = [
        one_line(f"run {state.run_id} · started {began} by {who}{still}"),
        one_line(f"head {read.head}", QUIET),
    ]
    if read.complaint:
        lines.append(one_line(f"! {read.complaint}", "$warning"))
    return Content("\n").join(lines)


# One row in full.


def details(read: ReadRun, part: Part) -> Iterator[Fact]:
    return _of_run(read) if part.step is None else _of_step(read.state, part.step, part)


def _of_run(read: ReadRun) -> Iterator[Fact]:
    state = read.state
    started = state.started
    if started is None:
        return
    yield heading(started.title)
    yield fact("file", started.path)
    yield fact("in", started.directory)
    if started.section:
        yield fact("section", " › ".join(started.section))
    if mark_of(state):
        yield fact("mode", f"{mark_of(state)}: {MODE_SENTENCES[started.mode]}", "$warning")
        yield from (fact("", one) for one in about_rehearsal(state))
    standing = state.outcome or (f"alive, {state.phase}" if read.is_live else "left open")
    yield fact("outcome", f"{standing}{f': {state.reason}' if state.reason else ''}")
    yield fact("progress", progress_of(state))
    if started.incident:
        yield fact("incident", started.incident)
    yield fact("document", f"sha256 {started.document_sha256}")
    yield fact("Oncue", started.version)
    yield from _about_values(state)
    yield from _about_context(state)
    if started.config:
        yield fact("settings", "\n".join(started.config))
    yield from _notes(state, None)


def _about_values(state: RunState) -> Iterator[Fact]:
    for name, value in state.variables.items():
        source = state.sources.get(name, "")
        shown = f"[secret:{name}]" if value is None else value
        yield fact("input", f"{name} = {shown}{f'  ({source})' if source else ''}")
    if state.started is None:
        return
    for choice in state.started.choices:
        label = next((one.label for one in choice.options if one.id == state.chosen.get(choice.id)), "")
        if label:
            yield fact("chosen", f"{choice.title}: {label}")


def _about_context(state: RunState) -> Iterator[Fact]:
    for result in state.context.results if state.context else ():
        sign, tone = ("✔", "$success") if result.ok else ("✘", "$error")
        yield fact("place", f"{sign} {sentence_of(result)}", tone)


def _of_step(state: RunState, step: StepState, part: Part) -> Iterator[Fact]:
    planned = step.planned
    yield heading(planned.title)
    stands, why = standing(state, step), reason_of(state, step)
    words = f"{sign_of(stands)} {stands.replace('_', ' ')}"
    yield fact("step", f"{words}{f': {why}' if why else ''}", TONES.get(stands, "$error"))
    place = " › ".join((*planned.section, f"line {planned.lines[0]}"))
    yield fact("where", place)
    for item in planned.items:
        reason = state.waivers.get(item.id)
        waived = f"  (waived: {reason})" if reason else ""
        yield fact("item", f"{ITEM_SIGNS[state.items[item.id]]} {item_text(state, item)}{waived}")
    for edit in step.edits:
        yield fact("edited", f"by {edit.login}, {written(edit.at)}")
        yield from (_code(f"- {line}", "$error") for line in edit.before.splitlines())
        yield from (_code(f"+ {line}", "$success") for line in edit.after.splitlines())
    if part.attempt:
        mode = state.started.mode if state.started else ""
        yield from _of_attempt(part.attempt, len(step.attempts), mode)
    yield from _notes(state, planned.id)


def _of_attempt(attempt: Attempt, count: int, mode: str) -> Iterator[Fact]:
    beside = f" · {BESIDE[beside_of(attempt)]}" if attempt.is_beside else ""
    of = f"attempt {attempt.number}{beside} · " if count > 1 or beside else ""
    yield fact("ran", f"{of}{written(attempt.started_at)} by {attempt.login}")
    for line in attempt.text.splitlines():
        yield _code(line)
    verdict = verdict_of(attempt.level, attempt.category, attempt.why)
    yield fact("verdict", verdict, f"${attempt.level}")
    if attempt.database:
        yield fact("on", attempt.database)
    if attempt.target:
        yield fact("hits", attempt.target)
    if answer := ", ".join(filter(None, (APPROVALS[attempt.approval], attempt.typed and f"“{attempt.typed}”"))):
        yield fact("answer", answer)
    yield fact("ended", _ending(attempt), TONES.get(attempt.outcome or "running", "$error"))
    if attempt.settlement:
        yield fact("settled", attempt.settlement.replace("_", " "))
    if attempt.message:
        yield fact("", attempt.message)
    if decision := decision_of(attempt):
        yield fact("writing", decision)
    if attempt.outcome == "unknown" and (known := uncommitted_of(attempt)):
        yield fact("", known, "$warning")
    if attempt.results:
        yield fact("fetched", f"{attempt.results} result{'s' * (attempt.results > 1)} as rows")
    yield from (fact("", one) for one in changes_of(mode, attempt))


def _ending(attempt: Attempt) -> str:
    outcome = attempt.outcome or "running"
    facts = (
        f"{sign_of(outcome)} {'dry run ' if attempt.dry_run else ''}{outcome.replace('_', ' ')}",
        "" if attempt.exit_status is None else f"exit {attempt.exit_status}",
        took(attempt.duration_ns),
        f"{span(attempt.output_bytes)} of output",
    )
    return " · ".join(filter(None, facts))


def _notes(state: RunState, step_id: str | None) -> Iterator[Fact]:
    """Of a step; for None all of them."""
    for note in state.notes:
        if step_id is None or note.step_id == step_id:
            yield fact("note", f"{written(note.at)} {note.login}: {note.text}")


def _code(line: str, style: str = "$foreground") -> Fact:
    return Fact(None, plain(f"    {line}", style))
