"""A run told line by line, as a terminal or a pipe may see it: what programs printed is cleaned, and everything else is
made visible.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta

from .. import events as e
from ..beside import before_name
from ..output import TerminalFilter, visible
from ..report.story import Names
from ..summary import mark_of, sign_of, took, verdict_of
from ..timing import as_clock
from .flow import Printed, Told, flow
from .marks import Mark, telling
from .replay import Replay

BOLD, DIM, PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[m"
UNDATED = "it does not say when this was; times are from its beginning"
COLOURS = re.compile(rb"\x1b\[[0-9;:]*[A-Za-z]")


def told(replay: Replay, from_us: int = 0, *, colour: bool) -> Iterator[tuple[int, bytes]]:
    """Each piece with its moment."""
    telling = _Telling(replay, colour=colour)
    yield from_us, telling.beginning(from_us)
    for at_us, one in flow(replay, from_us):
        if data := telling.piece(at_us, one):
            yield at_us, data
    yield replay.duration_us, telling.end()


class _Telling:
    def __init__(self, replay: Replay, *, colour: bool) -> None:
        self._replay = replay
        self._colour = colour
        self._names = Names(replay.history.after(len(replay.history.events)))
        self._filter = TerminalFilter()
        self._line_is_open = False

    def beginning(self, from_us: int) -> bytes:
        begun = f"{self._replay.now(0).astimezone():%Y-%m-%d %H:%M:%S}" if self._replay.is_dated else UNDATED
        mark = mark_of(self._replay.history.after(1))
        title = "  ".join(filter(None, (mark, self._replay.title)))
        lines = [self._bold(title), self._dim(f"{self._replay.name} · {begun}")]
        if from_us <= 0:
            return _joined(lines)
        running = self._replay.history.state(from_us - 1).running
        lines.append(self._dim(f"from {clock(from_us)} on"))
        if running is not None:
            lines += ["", self._bold(f"── {self._names.attempt(running)} goes on")]
        return _joined(lines)

    def piece(self, at_us: int, one: Told) -> bytes:
        match one:
            case Printed():
                return self.printed(one)
            case Mark():
                return self._said(at_us, "", one.sign, one.words)
            case _:
                return self.happened(at_us, one)

    def printed(self, printed: Printed) -> bytes:
        data = self._filter.feed(printed.data, full_screen=False)
        if not self._colour:
            data = COLOURS.sub(b"", data)
        if data:
            self._line_is_open = not data.endswith(b"\n")
        return data

    def happened(self, at_us: int, one: e.Recorded) -> bytes:
        match one.event:
            case e.StepStarted():
                lines = list(self._step(at_us, one.stamp.actor.login, one.event))
            case e.StepEnded():
                lines = list(self._end(at_us, one.event))
            case _:
                sign, words = telling(one.event, self._names)
                return self._said(at_us, one.stamp.actor.login, sign, words) if words else b""
        return self._close_line() + _joined(lines)

    def _said(self, at_us: int, login: str, sign: str, words: str) -> bytes:
        by = f"  {login}" if login else ""
        return self._close_line() + _joined([self._dim(f"{clock(at_us)}{by}  {sign} {words}")])

    def end(self) -> bytes:
        return self._close_line()

    def _step(self, at_us: int, login: str, started: e.StepStarted) -> Iterator[str]:
        by = f"  {login}" if login else ""
        yield ""
        yield self._bold(f"── {before_name(started)}{self._names.steps.get(started.step_id, started.step_id)}")
        yield from (f"    {visible(line.expandtabs(4))}" for line in started.text.splitlines())
        yield self._dim(f"{clock(at_us)}{by}  {verdict_of(started.level, started.category, started.why)}")

    def _end(self, at_us: int, ended: e.StepEnded) -> Iterator[str]:
        exit_status = "" if ended.exit_status is None else f", exit {ended.exit_status}"
        outcome = ended.outcome.replace("_", " ")
        named = f"{self._names.attempt(ended.attempt)} " if self._names.besides.get(ended.attempt) else ""
        said = f"{sign_of(ended.outcome)} {named}{outcome}{exit_status}, {took(ended.duration_ns)}"
        yield self._dim(f"{clock(at_us)}  {said}")
        if ended.message:
            yield self._dim(f"  {ended.message}")

    def _close_line(self) -> bytes:
        """What a program has left of its colours and of its last line."""
        left = self._filter.flush() + self._filter.leave()
        ended = b"\n" if self._line_is_open else b""
        self._line_is_open = False
        return (left if self._colour else COLOURS.sub(b"", left)) + ended

    def _bold(self, text: str) -> str:
        return f"{BOLD}{visible(text)}{PLAIN}" if self._colour else visible(text)

    def _dim(self, text: str) -> str:
        shown = visible(" ".join(text.split("\n")))
        return f"{DIM}{shown}{PLAIN}" if self._colour else shown


def clock(at_us: int) -> str:
    """`1:30` into the run."""
    return as_clock(timedelta(microseconds=at_us))


def _joined(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()
