"""What a recording says between the outputs, so that whoever plays it sees which command ran and how it ended.

Never taken for output: these lines stand for no bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .. import events as e
from ..beside import before_name
from ..output import visible
from ..summary import MODE_SENTENCES, mode_mark, sign_of, took

BOLD, DIM, PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[m"


def of_start(title: str, started: e.StepStarted, mark: str = "") -> bytes:
    """`mark` says of a run that is not the real thing what it is."""
    unreal = f"{mark} · " if mark else ""
    heading = f"{BOLD}── {unreal}{before_name(started)}{visible(title)}{PLAIN}"
    return _lines(["", heading, *(f"    {visible(line.expandtabs(4))}" for line in started.text.splitlines())])


def of_end(title: str, started: e.StepStarted | None, ended: e.StepEnded) -> bytes:
    """The step is named where it was not the step itself that ended."""
    named = f"{before_name(started)}“{title}” " if started is not None and before_name(started) else ""
    exit_status = "" if ended.exit_status is None else f", exit {ended.exit_status}"
    said = f"{sign_of(ended.outcome)} {named}{ended.outcome.replace('_', ' ')}{exit_status}, {took(ended.duration_ns)}"
    return _dim([said, *([ended.message] if ended.message else [])])


def of_event(event: e.Event, login: str, titles: dict[str, str]) -> bytes:
    """Of what else a reader has to know of; nothing for most."""
    match event:
        case e.RunStarted() if event.mode in MODE_SENTENCES:
            return _lines([f"{BOLD}{mode_mark(event.mode)}{PLAIN}", MODE_SENTENCES[event.mode]])
        case e.Noted():
            return _dim([f"note, {login}: {event.text}"])
        case e.StepSkipped():
            return _dim([f"– skipped: {titles.get(event.step_id, event.step_id)} ({event.reason})"])
        case e.StepDone():
            note = f" ({event.note})" if event.note else ""
            return _dim([f"✔ done by hand: {titles.get(event.step_id, event.step_id)}{note}"])
        case e.StepUnknown():
            return _dim(["? how it ended is unknown"])
        case e.RunResumed():
            return _dim(["the run was resumed"])
        case e.RunEnded():
            return _dim([f"the run ended: {event.outcome}"])
        case _:
            return b""


def _dim(texts: Sequence[str]) -> bytes:
    return _lines(f"{DIM}{visible(line)}{PLAIN}" for text in texts for line in text.splitlines())


def _lines(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode()
