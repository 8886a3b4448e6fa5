"""The steps and the events of a recording, put together while its lines pass.

A step is told twice, by an event and by a marker; either is enough. Its output is what stands between its beginning
and its end.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple, get_args

from ..events import (
    CommitAnswered,
    CommitAsked,
    InputSent,
    Recorded,
    RunStarted,
    StepEnded,
    StepOutcome,
    StepStarted,
    StepUnknown,
)
from .echo import AwaitedEcho, echo_length
from .moments import EndMark, Happened, Moment, Printed, StartMark
from .printed import PrintedAt
from .recording import Asked, RecordedOutcome, RecordedStep, Typed
from .source import Complain, Line, Place, Source

OUTCOMES: dict[str, RecordedOutcome] = {"unknown": "unknown", **{outcome: outcome for outcome in get_args(StepOutcome)}}
ECHO_BYTES = 4096
"""Before a line's end, in which its echo is looked for."""
ECHOES = 16
"""As many lines may be typed ahead of their echoes."""


@dataclass(slots=True)
class Draft:
    """A step while it is being put together."""

    attempt: int
    line: int
    place: Place
    started_us: int
    last_us: int
    """Time of its last output."""
    end: int | None = None
    """Offset; None while it is open."""
    end_line: int = 0
    ended_us: int = 0
    n_bytes: int = 0
    printed: PrintedAt = field(default_factory=PrintedAt)
    latest: bytes = b""
    """The end of what was printed since something was typed."""
    typed: list[Typed] = field(default_factory=list)
    awaited: deque[tuple[int, AwaitedEcho]] = field(default_factory=lambda: deque(maxlen=ECHOES))
    """By place in `typed`."""
    asked: list[Asked] = field(default_factory=list)
    started: StepStarted | None = None
    ended: StepEnded | StepUnknown | None = None
    start_mark: StartMark | None = None
    end_mark: EndMark | None = None


class Told(NamedTuple):
    """An event, with its time and its line."""

    at_us: int
    recorded: Recorded
    line: int


class Story:
    def __init__(self, source: Source, complain: Complain) -> None:
        self._source = source
        self._complain = complain
        self._drafts: dict[int, Draft] = {}
        self._open: Draft | None = None
        self._titles: dict[str, str] = {}
        self._events: dict[int, Told] = {}
        """By number."""
        self._last_seq = 0
        self._stray_line = 0
        self._stray_bytes = 0
        self._stray_us = 0
        self._stray_printed = PrintedAt()

    def add(self, line: Line, moment: Moment, before_us: int) -> None:
        """`before_us` is the time of the line before it."""
        if isinstance(moment, Printed):
            self._print(line, moment, Place(line.offset, line.number, before_us))
        elif isinstance(moment, Happened):
            self._keep(line, moment)
            self._happen(line, moment)
        elif isinstance(moment, StartMark):
            self._begin(line, moment.attempt).start_mark = moment
        elif isinstance(moment, EndMark) and (draft := self._finish(line, moment.attempt)):
            draft.end_mark = moment

    # Events.

    def _keep(self, line: Line, happened: Happened) -> None:
        recorded = happened.recorded
        first = next(iter(self._events.values()), None)
        if first is not None and first.recorded.run_id != recorded.run_id:
            self._complain(line.number, f"an event of another run, {recorded.run_id}, was passed over")
        elif recorded.seq in self._events:
            self._complain(line.number, f"event {recorded.seq} stands here a second time and was passed over")
        else:
            if recorded.seq < self._last_seq:
                self._complain(line.number, f"event {recorded.seq} stands behind event {self._last_seq}")
            self._last_seq = max(self._last_seq, recorded.seq)
            self._events[recorded.seq] = Told(happened.at_us, recorded, line.number)

    def events(self) -> list[Told]:
        """Those before the first that is missing, with their times."""
        unbroken: list[Told] = []
        while found := self._events.get(len(unbroken) + 1):
            unbroken.append(found)
        if len(unbroken) < len(self._events):
            self._complain(1, f"event {len(unbroken) + 1} of the run is missing; the run is told up to there")
        return unbroken

    def _happen(self, line: Line, happened: Happened) -> None:
        event = happened.recorded.event
        if isinstance(event, RunStarted):
            self._titles = {step.id: step.title for step in event.plan}
        elif isinstance(event, StepStarted):
            self._begin(line, event.attempt).started = event
        elif isinstance(event, StepEnded | StepUnknown):
            if draft := self._finish(line, event.attempt):
                draft.ended = event
        elif isinstance(event, InputSent) and (draft := self._open) and draft.attempt == event.attempt:
            _type(draft, event)
        elif isinstance(event, CommitAsked | CommitAnswered) and (draft := self._open):
            _ask(draft, event)

    # Steps.

    def _print(self, line: Line, printed: Printed, place: Place) -> None:
        if (draft := self._open) is None:
            self._stray_printed.add(printed.at_us, self._stray_bytes, place)
            self._stray_line = self._stray_line or line.number
            self._stray_bytes += len(printed.data)
            self._stray_us = printed.at_us
            return
        draft.printed.add(printed.at_us, draft.n_bytes, place)
        _look_for_echoes(draft, printed.data)
        draft.n_bytes += len(printed.data)
        draft.latest = (draft.latest + printed.data)[-ECHO_BYTES:]
        draft.last_us = printed.at_us

    def _begin(self, line: Line, attempt: int) -> Draft:
        found = self._drafts.get(attempt)
        if found is not None:
            if found is not self._open:
                self._complain(line.number, f"attempt {attempt} begins here a second time; that was passed over")
            return found
        if self._open is not None:
            self._complain(line.number, f"attempt {self._open.attempt} has no end before attempt {attempt} begins")
            self._close(line, self._open)
        place = Place(line.end, line.number + 1, line.at_us)
        self._open = self._drafts[attempt] = Draft(attempt, line.number, place, line.at_us, line.at_us)
        return self._open

    def _finish(self, line: Line, attempt: int) -> Draft | None:
        draft = self._drafts.get(attempt)
        if draft is None:
            self._complain(line.number, f"attempt {attempt} ends here; its beginning is missing")
        elif draft is self._open:
            self._close(line, draft)
        return draft

    def _close(self, line: Line, draft: Draft) -> None:
        draft.end, draft.end_line, draft.ended_us = line.offset, line.number, line.at_us
        self._open = None

    def steps(
        self, title: str, begin: Place, duration_us: int, exit_status: int | None, *, is_ours: bool
    ) -> tuple[RecordedStep, ...]:
        if not self._drafts and (self._stray_bytes or not is_ours):
            return (self._nameless(title, begin, duration_us, exit_status),)
        if self._stray_bytes:
            self._complain(self._stray_line, f"{self._stray_bytes} bytes of output from here on belong to no step")
        if (draft := self._open) is not None:
            self._complain(draft.line, f"the recording has no end of attempt {draft.attempt}, which begins here")
            draft.end, draft.ended_us = self._source.size, duration_us
        return tuple(map(self._step, self._drafts.values()))

    def _nameless(self, title: str, begin: Place, duration_us: int, exit_status: int | None) -> RecordedStep:
        """The whole of a recording that knows of no steps."""
        return RecordedStep(
            id="",
            title=title,
            attempt=1,
            session=None,
            text=None,
            text_sha256="",
            outcome=None if exit_status is None else "failed" if exit_status else "succeeded",
            exit_status=exit_status,
            suggestion=False,
            dry_run=False,
            line=begin.number,
            started_us=0,
            duration_us=duration_us,
            tail_us=duration_us - self._stray_us,
            output_bytes=self._stray_bytes,
            typed=(),
            asked=(),
            place=begin,
            end=self._source.size,
            source=self._source,
            printed=self._stray_printed,
        )

    def _step(self, draft: Draft) -> RecordedStep:
        self._check(draft)
        started, ended, mark = draft.started, draft.ended, draft.start_mark
        step_id = started.step_id if started else mark.id if mark else ""
        lasted_us = draft.ended_us - draft.started_us
        duration_us = max(0, ended.duration_ns // 1000) if isinstance(ended, StepEnded) else lasted_us
        outcome, exit_status = _end(draft)
        told = started or mark
        return RecordedStep(
            id=step_id,
            title=self._titles.get(step_id) or (mark.title if mark else ""),
            attempt=draft.attempt,
            session=started.session if started else None,
            text=started.text if started else None,
            text_sha256=_digest(started.text) if started else mark.text_sha256 if mark else "",
            outcome=outcome,
            exit_status=exit_status,
            suggestion=told is not None and (told.suggestion or told.closing),
            dry_run=told is not None and told.dry_run,
            line=draft.line,
            started_us=draft.started_us,
            duration_us=duration_us,
            tail_us=max(0, min(duration_us, lasted_us) - (draft.last_us - draft.started_us)),
            output_bytes=draft.n_bytes,
            typed=tuple(draft.typed),
            asked=tuple(draft.asked),
            place=draft.place,
            end=self._source.size if draft.end is None else draft.end,
            source=self._source,
            printed=draft.printed,
        )

    def _check(self, draft: Draft) -> None:
        started, mark, ended = draft.started, draft.start_mark, draft.ended
        if started and mark and mark.text_sha256 != _digest(started.text):
            self._complain(draft.line, f"the text of attempt {draft.attempt} is not the one its marker was made for")
        if ended and ended.output_bytes != draft.n_bytes:
            self._complain(
                draft.end_line,
                f"attempt {draft.attempt} printed {ended.output_bytes} bytes, of which the file has {draft.n_bytes}",
            )


def _type(draft: Draft, event: InputSent) -> None:
    if event.after_bytes is not None:
        _type_after(draft, event, event.after_bytes)
        return
    length = 0 if event.text is None else echo_length(event.text, draft.latest)
    draft.typed.append(Typed(draft.n_bytes - length, event.n_bytes, event.text, length))
    draft.latest = b""


def _type_after(draft: Draft, event: InputSent, after_bytes: int) -> None:
    draft.typed.append(Typed(after_bytes, event.n_bytes, event.text))
    if event.text is not None:
        awaited = AwaitedEcho(event.text, after_bytes)
        awaited.feed(draft.n_bytes - len(draft.latest), draft.latest)
        draft.awaited.append((len(draft.typed) - 1, awaited))
        _look_for_echoes(draft)


def _look_for_echoes(draft: Draft, data: bytes = b"") -> None:
    for number, echo in tuple(draft.awaited):
        echo.feed(draft.n_bytes, data)
        if echo.length is not None:
            draft.awaited.remove((number, echo))
            draft.typed[number] = draft.typed[number]._replace(echo_bytes=echo.length)


def _ask(draft: Draft, event: CommitAsked | CommitAnswered) -> None:
    if isinstance(event, CommitAsked):
        draft.asked.append(Asked(draft.n_bytes, event.statement, event.rows, None))
    elif draft.asked:
        draft.asked[-1] = draft.asked[-1]._replace(decision=event.decision)


def _end(draft: Draft) -> tuple[RecordedOutcome | None, int | None]:
    if isinstance(draft.ended, StepEnded):
        return draft.ended.outcome, draft.ended.exit_status
    if isinstance(draft.ended, StepUnknown):
        return "unknown", None
    if (mark := draft.end_mark) is not None:
        return OUTCOMES.get(mark.status), mark.exit_status
    return None, None


def _digest(text: str) -> str:
    return sha256(text.encode(errors="replace")).hexdigest()
