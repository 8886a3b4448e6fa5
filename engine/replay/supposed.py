"""Events for a recording that has none: of somebody else's, or one whose lines about the run were taken out. They say
no more than the file does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from .. import __version__
from .. import events as e
from ..output import visible
from ..recording import Keyed, RecordedStep, Recording
from .replay import later

PAUSE_US = 2_000_000
"""Between two keys; what comes later is told for itself."""
LINE_ENDS = ("\r", "\n")
NOBODY = e.Actor(login="", uid=0, euid=0, host="", pid=0)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for a beginning that the recording does not date; nobody is shown it, see `Replay.is_dated`."""


def supposed(recording: Recording) -> tuple[tuple[int, ...], tuple[e.Recorded, ...]]:
    """Their moments, and the events."""
    told = sorted(_told(recording), key=lambda one: one[0])
    begin = recording.started_at or EPOCH
    times = tuple(at_us for at_us, _ in told)
    return times, tuple(
        e.Recorded(run_id=recording.run_id, seq=seq, stamp=_stamp(begin, at_us), event=event)
        for seq, (at_us, event) in enumerate(told, 1)
    )


def _told(recording: Recording) -> Iterator[tuple[int, e.Event]]:
    yield 0, _started(recording)
    for step in recording.steps:
        yield (
            step.started_us,
            e.StepStarted(
                step_id=_id(step),
                attempt=step.attempt,
                session=step.session or "shell",
                text=step.text or "",
                suggestion=step.suggestion,
                dry_run=step.dry_run,
                why="the recording does not say",
            ),
        )
        yield from _ended(step)
    yield from _typed(recording)
    for size in recording.sizes:
        yield size.at_us, e.TerminalResized(columns=size.columns, rows=size.rows)


def _started(recording: Recording) -> e.RunStarted:
    steps = {_id(step): step for step in reversed(recording.steps)}
    plan = (steps[step_id] for step_id in dict.fromkeys(map(_id, recording.steps)))
    return e.RunStarted(
        title=recording.title or recording.path,
        path=recording.path,
        document_sha256=recording.document_sha256,
        version=__version__,
        plan=tuple(
            e.PlannedStep(id=_id(step), kind="shell", title=_title(recording, step), section=(), lines=(step.line,) * 2)
            for step in plan
        ),
        shell_name="",
        directory="",
        columns=recording.columns,
        rows=recording.rows,
    )


def _ended(step: RecordedStep) -> Iterator[tuple[int, e.Event]]:
    at_us = step.started_us + step.duration_us
    if step.outcome is None:
        return
    if step.outcome == "unknown":
        yield at_us, e.StepUnknown(step_id=_id(step), attempt=step.attempt, output_bytes=step.output_bytes)
        return
    yield (
        at_us,
        e.StepEnded(
            step_id=_id(step),
            attempt=step.attempt,
            outcome=step.outcome,
            exit_status=step.exit_status,
            duration_ns=step.duration_us * 1000,
            output_bytes=step.output_bytes,
            output_head="",
        ),
    )


def _typed(recording: Recording) -> Iterator[tuple[int, e.Event]]:
    """By the line: many recorders write down each key for itself."""
    line: list[Keyed] = []
    for key in recording.keys:
        if line and (line[-1].text.endswith(LINE_ENDS) or key.at_us - line[-1].at_us > PAUSE_US):
            yield _line(recording, line)
            line = []
        line.append(key)
    if line:
        yield _line(recording, line)


def _line(recording: Recording, keys: Sequence[Keyed]) -> tuple[int, e.Event]:
    at_us, text = keys[0].at_us, "".join(key.text for key in keys)
    begun = [step.attempt for step in recording.steps if step.started_us <= at_us]
    return at_us, e.InputSent(attempt=max(begun, default=1), n_bytes=len(text.encode()), text=text)


def _id(step: RecordedStep) -> str:
    return step.id or "recording"


def _title(recording: Recording, step: RecordedStep) -> str:
    return visible(step.title or recording.title or "the whole recording")


def _stamp(begin: datetime, at_us: int) -> e.Stamp:
    return e.Stamp(at=later(begin, at_us), mono_ns=at_us * 1000, boot_id="", actor=NOBODY)
