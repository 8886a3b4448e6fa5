"""A run of the trail, or a recording, made ready to be watched. Slow for long ones: for a thread of its own."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path

from .. import events as e
from ..access import record_access
from ..address import live
from ..casting.timeline import Timeline
from ..collector import no_collector
from ..errors import TrailUnusable, UsageError
from ..recording import Recording, read
from ..report.story import Names
from ..trail import TrailReader
from . import filed, stored
from .history import DoesNotFollow, History
from .marks import Mark, in_order, markers_of, marks_of, waits_of
from .outputs import Index, Outputs
from .pace import gaps_of
from .pages import runbook_of
from .replay import Replay
from .stored import Attempt, TrailStore
from .supposed import supposed
from .typed import placed


def open_run(trail: Path, run_id: str, environ: Mapping[str, str]) -> Replay:
    """Looking at it is recorded before anything of it is shown. Raises what the trail raises."""
    with TrailReader.open(trail) as reader:
        if not reader.head(run_id):
            raise UsageError(f"There is no run {run_id} in {trail}.")
        complaint = record_access(trail, "replayed", run_id, environ)
        events = reader.events(run_id)
        document = reader.document(run_id)
        times, attempts = _timed(events)
        with no_collector():
            indexes = _indexes(reader, run_id, attempts)
    outputs = Outputs(indexes, TrailStore(trail, run_id, attempts))
    try:
        history = History(events, placed(events, times, outputs))
    except DoesNotFollow as error:
        raise TrailUnusable(f"The audit trail {trail} cannot be replayed: {error}.") from error
    replay = _replay(f"run {run_id}", history, document, outputs)
    is_live = run_id in {address.run_id for address in live(trail)}
    return replace(replay, is_live=is_live, complaint=complaint)


def open_recording(path: str | PathLike[str]) -> Replay:
    """`DocumentError` for what is no recording; what else is wrong with it is in `Replay.warnings`."""
    recording = read(path)
    history, warning = _history_of(recording)
    known = {event.event.attempt for event in history.events if isinstance(event.event, e.StepStarted)}
    steps = [step for step in recording.steps if step.attempt in known]
    indexes = {step.attempt: filed.index_of(step) for step in steps if step.output_bytes}
    document = None if recording.document is None else recording.document.encode()
    outputs = Outputs(indexes, filed.CastStore(steps))
    labels = markers_of(recording.labels)
    replay = _replay(recording.path, history, document, outputs, labels=labels, at_least_us=recording.duration_us)
    is_dated = recording.started_at is not None or history.events[0] in recording.events[:1]
    return replace(replay, is_dated=is_dated, warnings=(*recording.warnings, *warning))


# The trail.


def _timed(events: Sequence[e.Recorded]) -> tuple[tuple[int, ...], Mapping[int, Attempt]]:
    """The moment of each event, and when each attempt ran."""
    timeline = Timeline(events[0].stamp)
    times: list[int] = []
    begun: dict[int, Attempt] = {}
    attempts: dict[int, Attempt] = {}
    for one in events:
        times.append(timeline.pass_to(one.stamp))
        if isinstance(one.event, e.StepStarted):
            begun[one.event.attempt] = Attempt(timeline.anchor, times[-1])
        elif isinstance(one.event, e.StepEnded | e.StepUnknown) and one.event.attempt in begun:
            attempts[one.event.attempt] = begun.pop(one.event.attempt)._replace(end_us=times[-1])
    return tuple(times), {**attempts, **begun}  # what has no end is in flight, or its host died


def _indexes(reader: TrailReader, run_id: str, attempts: Mapping[int, Attempt]) -> dict[int, Index]:
    found = ((number, stored.index_of(reader, run_id, number, one)) for number, one in sorted(attempts.items()))
    return {number: index for number, index in found if index is not None}


# A recording.


def _history_of(recording: Recording) -> tuple[History, tuple[str, ...]]:
    """Its own events as far as they can be folded; what the file says of its steps, where it has none."""
    times, events = recording.event_times, recording.events
    warnings: tuple[str, ...] = ()
    if events and isinstance(events[0].event, e.RunStarted):
        times = _onwards(times)
        try:
            return History(events, times), ()
        except DoesNotFollow as error:
            line = recording.event_lines[error.place]
            warnings = (f"{recording.path}:{line}: {error}; the run is told up to there",)
            if error.place > 1:
                return History(events[: error.place], times[: error.place]), warnings
    times, events = supposed(recording)
    return History(events, times), warnings


def _onwards(times: Iterable[int]) -> tuple[int, ...]:
    """Events that stand out of their order in the file happen no earlier than those before them."""
    last, found = 0, []
    for at_us in times:
        last = max(last, at_us)
        found.append(last)
    return tuple(found)


# Both.


def _replay(
    name: str,
    history: History,
    document: bytes | None,
    outputs: Outputs,
    *,
    labels: Iterable[Mark] = (),
    at_least_us: int = 0,
) -> Replay:
    started = history.events[0].event
    if not isinstance(started, e.RunStarted):
        raise UsageError("the first event of this run is missing, so that it cannot be told")
    indexes = outputs.indexes.values()
    ends = sorted(index.end_us for index in indexes)
    duration_us = max(at_least_us, history.times[-1], *ends[-1:])
    gaps = gaps_of(heapq.merge(history.times, ends, *(index.times for index in indexes)), duration_us)
    names = Names(history.after(len(history.events)))
    return Replay(
        name=name,
        runbook=runbook_of(started, document),
        history=history,
        marks=in_order(marks_of(history.events, history.times, names), waits_of(gaps), labels),
        gaps=gaps,
        outputs=outputs,
        duration_us=duration_us,
    )
