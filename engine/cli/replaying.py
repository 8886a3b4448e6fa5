"""`oncue replay`: a past run or a recording, told line by line; in its own time on a terminal, at once in a pipe."""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from .. import replay as past
from ..durations import FORM, seconds
from ..errors import OncueError, UsageError
from ..output import visible
from ..trail import TrailReader
from .approvals import named_step
from .trails import trail_of

INTERRUPTED = 130
FASTEST = 1000.0
KINDS = ("shell", "sql", "manual", "template")
_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,4}):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line says about the playing, understood."""

    speed: float
    idle_us: int | None
    start: str
    """A step or a time; empty for the beginning."""


def replay(arguments: argparse.Namespace) -> int:
    wishes = wishes_of(arguments)
    replay = opener_of(arguments)()
    for sentence in remarks(replay):
        print(visible(f"oncue: {sentence}"), file=sys.stderr)
    from_us = moment_of(replay, wishes.start)
    is_terminal = os.isatty(1)
    parts = past.told(replay, from_us, colour=is_terminal and not os.environ.get("NO_COLOR"))
    if not is_terminal:
        sys.stdout.buffer.writelines(data for _, data in parts)
        sys.stdout.flush()
        return 0
    return _play(parts, past.Pace(replay.gaps, replay.duration_us, wishes.idle_us), wishes.speed)


def _play(parts: Iterable[tuple[int, bytes]], pace: past.Pace, speed: float) -> int:
    out, begun, first = sys.stdout.buffer, time.monotonic(), None
    try:
        for at_us, data in parts:
            played = pace.played(at_us)
            first = played if first is None else first
            left = begun + (played - first) / 1e6 / speed - time.monotonic()
            if left > 0:
                out.flush()
                time.sleep(left)
            out.write(data)
    except KeyboardInterrupt:
        out.write(b"\x1b[m\n")
        return INTERRUPTED
    finally:
        out.flush()
    return 0


def opener_of(arguments: argparse.Namespace) -> Callable[[], past.Replay]:
    """Reads it, which takes its time for a long one. A file where there is one of that name, else a run."""
    wanted = arguments.run
    if wanted is not None and (wanted.endswith(".cast") or Path(wanted).is_file()):
        return lambda: past.open_recording(wanted)
    trail = trail_of(arguments)
    with TrailReader.open(trail) as reader:
        run_id = reader.find_run(wanted)
    return lambda: past.open_run(trail, run_id, os.environ)


def remarks(replay: past.Replay) -> Iterable[str]:
    """What whoever watches should know first."""
    if replay.complaint:
        yield replay.complaint
    yield from replay.warnings


def wishes_of(arguments: argparse.Namespace) -> Wishes:
    return Wishes(_speed(arguments.speed), _idle_us(arguments.idle), arguments.start or "")


def _speed(text: str | None) -> float:
    if text is None:
        return 1.0
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0.01 <= speed <= FASTEST:
        raise UsageError(f"--speed {text!r} is no speed: a number from 0.01 to {FASTEST:.0f}, 1 for as fast as it was")
    return speed


def _idle_us(text: str | None) -> int | None:
    if text is None:
        return None
    idle = seconds(text)
    if idle is None or idle < past.SHORTEST_US / 1e6:
        raise UsageError(f"--idle {text!r} is no pause: a number of seconds from 0.1 on, or {FORM}")
    return int(idle * 1e6)


def moment_of(replay: past.Replay, start: str) -> int:
    """Of a step, when it was first started, skipped or done. UsageError for what the run never came to."""
    if not start:
        return 0
    at_us = _time(start)
    if at_us is None:
        return _step(replay, start)
    if at_us > replay.duration_us:
        raise UsageError(f"--from {start}: {replay.name} is {past.clock(replay.duration_us)} long")
    return at_us


def _time(text: str) -> int | None:
    """A bare number is that of a step."""
    if found := _CLOCK.fullmatch(text):
        hours, minutes, rest = (int(part or 0) for part in found.groups())
        return (hours * 3600 + minutes * 60 + rest) * 1_000_000
    length = None if text.isdigit() else seconds(text)
    return None if length is None else int(length * 1e6)


def _step(replay: past.Replay, name: str) -> int:
    try:
        step = named_step(replay.runbook, name, "--from", KINDS)
    except OncueError as error:
        raise UsageError(f"{error}\nor a time, such as 1:30 or 90s") from error
    for mark in replay.marks:
        if mark.kind == "step" and mark.step_id == step.id:
            return mark.at_us
    raise UsageError(f"--from {name}: “{step.title}” was never started in {replay.name}")
