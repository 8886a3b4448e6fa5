"""Trail → recording: events in their order, each attempt's output between its start and its end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import NamedTuple

from .. import __version__
from .. import events as e
from ..beside import BESIDE, before_name
from ..output import TerminalFilter, visible
from ..recording import Encoder, Header, Version, label
from ..redact import Redactor
from ..sessions.terminal import AlternateScreen
from ..summary import EXIT_CODES, mode_mark, sign_of
from ..trail import TrailReader
from . import narration
from .timeline import Anchor, Timeline, length_us

FORMAT = 1
"""Of what is ours in a recording."""


def cast(reader: TrailReader, run_id: str, version: Version = 2) -> Iterator[bytes]:
    """Lines of the recording. The run is told as far as the trail had it when the first line was asked for."""
    recorded = reader.events(run_id)
    if recorded:
        yield from _Casting(reader, run_id, recorded, Encoder(version)).lines()


class _Casting:
    def __init__(self, reader: TrailReader, run_id: str, recorded: tuple[e.Recorded, ...], encoder: Encoder) -> None:
        self._reader = reader
        self._run_id = run_id
        self._recorded = recorded
        self._encoder = encoder
        self._timeline = Timeline(recorded[0].stamp)
        self._titles: dict[str, str] = {}
        self._mark = ""
        self._started: dict[int, e.StepStarted] = {}
        """By attempt."""
        self._output: _Output | None = None
        """Of the attempt in flight."""

    def lines(self) -> Iterator[bytes]:
        started = self._recorded[0].event
        if isinstance(started, e.RunStarted):
            self._titles = {step.id: step.title for step in started.plan}
            self._mark = mode_mark(started.mode)
            yield self._encoder.header(self._header(started))
            yield self._encoder.document(0, self._document())
        for one in self._recorded:
            yield from self._line(one, self._timeline.pass_to(one.stamp))
        yield from self._rest(None)
        if isinstance(ended := self._recorded[-1].event, e.RunEnded):
            yield self._encoder.exited(0, EXIT_CODES[ended.outcome])

    def _header(self, started: e.RunStarted) -> Header:
        return Header(
            columns=started.columns,
            rows=started.rows,
            title=visible(started.title),
            shell=started.shell_name,
            timestamp=int(self._recorded[0].stamp.at.timestamp()),
            duration_us=length_us([one.stamp for one in self._recorded]),
            about={
                "format": FORMAT,
                "version": __version__,
                "run_id": self._run_id,
                "path": started.path,
                "document_sha256": started.document_sha256,
                "incident": started.incident,
            },
        )

    def _document(self) -> str:
        """Its own secrets are nobody's inputs, but those that show by their shape are masked."""
        return Redactor().text(self._reader.document(self._run_id).decode(errors="replace"))

    def _line(self, one: e.Recorded, at_us: int) -> Iterator[bytes]:
        event, encoder = one.event, self._encoder
        match event:
            case e.StepStarted():
                yield from self._rest(at_us)
                title = self._titles.get(event.step_id, event.step_id)
                self._started[event.attempt] = event
                yield encoder.narration(at_us, narration.of_start(title, event, self._mark))
                yield encoder.marker(at_us, _start_label(title, event))
                yield encoder.event(at_us, one)
                self._output = _Output(self._reader, self._run_id, event, self._timeline.anchor)
            case e.StepEnded() | e.StepUnknown():
                title, started = self._titles.get(event.step_id, event.step_id), self._started.get(event.attempt)
                yield from self._rest(at_us)
                yield encoder.event(at_us, one)
                yield encoder.marker(at_us, _end_label(title, started, event))
                said = narration.of_end(title, started, event) if isinstance(event, e.StepEnded) else b""
                yield encoder.narration(at_us, said or narration.of_event(event, one.stamp.actor.login, self._titles))
            case e.InputSent() if event.after_bytes is not None and self._output is not None:
                yield from self._printed(self._output.first(event.after_bytes))
                at_us = self._output.moment(at_us)
                yield from self._beside(event, at_us)
                yield encoder.event(at_us, one)
            case _:
                yield from self._until(at_us)
                yield from self._beside(event, at_us)
                yield encoder.event(at_us, one)
                if self._output is None:
                    said = narration.of_event(event, one.stamp.actor.login, self._titles)
                    yield encoder.narration(at_us, said)

    def _beside(self, event: e.Event, at_us: int) -> Iterator[bytes]:
        """What players know a line for."""
        if isinstance(event, e.TerminalResized):
            yield self._encoder.resized(at_us, event.columns, event.rows)
        elif isinstance(event, e.InputSent) and event.text:
            yield self._encoder.typed(at_us, clean(event.text))

    def _until(self, at_us: int) -> Iterator[bytes]:
        """Output that came before another event."""
        if self._output is not None:
            yield from self._printed(self._output.before(at_us))

    def _printed(self, pieces: Iterable[_Shown]) -> Iterator[bytes]:
        return (self._encoder.output(*piece) for piece in pieces)

    def _rest(self, at_us: int | None) -> Iterator[bytes]:
        """What is left of the output in flight; none of it later than its end."""
        if (output := self._output) is None:
            return
        last_us = 0
        for piece_us, data, shown in output.rest():
            last_us = piece_us if at_us is None else min(piece_us, at_us)
            yield self._encoder.output(last_us, data, shown)
        yield self._encoder.narration(last_us if at_us is None else at_us, output.leave())
        self._output = None


class _Read(NamedTuple):
    at_us: int
    data: bytes


class _Shown(NamedTuple):
    """A read, and what a player may show of it."""

    at_us: int
    data: bytes
    shown: bytes


class _Output:
    """An attempt's output, read by read: exactly, and as a player may show it."""

    def __init__(self, reader: TrailReader, run_id: str, started: e.StepStarted, anchor: Anchor) -> None:
        self._reads = _reads(reader, run_id, started.attempt, anchor)
        self._next: _Read | None = next(self._reads, None)
        self._filter = TerminalFilter()
        self._screen = AlternateScreen()
        self._has_terminal = started.session == "shell"
        self._last = b"\n"
        self._n_bytes = 0
        self._last_us = 0

    def before(self, at_us: int) -> Iterator[_Shown]:
        while self._next is not None and self._next.at_us <= at_us:
            yield self._take(self._next)

    def first(self, n_bytes: int) -> Iterator[_Shown]:
        """What is left of the first so many bytes, to the byte."""
        while self._next is not None and self._n_bytes < n_bytes:
            data = self._next.data[: n_bytes - self._n_bytes]
            yield self._take(self._next._replace(data=data))

    def rest(self) -> Iterator[_Shown]:
        while self._next is not None:
            yield self._take(self._next)

    def moment(self, at_us: int) -> int:
        """Of something that happened here, between what was printed before it and what comes next."""
        latest = at_us if self._next is None else min(at_us, self._next.at_us)
        return max(self._last_us, latest)

    def _take(self, read: _Read) -> _Shown:
        """The next read, or its beginning."""
        if self._next is not None and (rest := self._next.data[len(read.data) :]):
            self._next = read._replace(data=rest)
        else:
            self._next = next(self._reads, None)
        self._n_bytes += len(read.data)
        self._last_us = read.at_us
        return _Shown(*read, self._shown(read.data))

    def leave(self) -> bytes:
        """What ends a cut character, undoes what the step has done to the terminal, and ends the line."""
        left = self._filter.flush() + self._filter.leave()
        return left if self._last == b"\n" else left + b"\r\n"

    def _shown(self, data: bytes) -> bytes:
        was_on = self._screen.on
        self._screen.feed(data)
        shown = self._filter.feed(data, full_screen=was_on or self._screen.on)
        if not self._has_terminal:  # whose line feeds a terminal has not turned into new lines
            shown = shown.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        self._last = shown[-1:] or self._last
        return shown


def _reads(reader: TrailReader, run_id: str, attempt: int, anchor: Anchor) -> Iterator[_Read]:
    last_us = anchor.at_us
    for chunk in reader.output(run_id, attempt):
        start = 0
        for mono_ns, n_bytes in chunk.reads:
            last_us = max(last_us, anchor.at(mono_ns))
            yield _Read(last_us, chunk.data[start : start + n_bytes])
            start += n_bytes


def clean(text: str) -> str:
    cleaner = TerminalFilter()
    return (cleaner.feed(text.encode(), full_screen=False) + cleaner.flush()).decode()


def _start_label(title: str, started: e.StepStarted) -> str:
    facts = {
        "id": started.step_id,
        "attempt": started.attempt,
        "text_sha256": sha256(started.text.encode()).hexdigest(),
        **{name: True for name in BESIDE if getattr(started, name)},
    }
    return label(f"▶ {before_name(started)}{visible(title)}", "step_started", facts)


def _end_label(title: str, started: e.StepStarted | None, ended: e.StepEnded | e.StepUnknown) -> str:
    before = before_name(started) if started is not None else ""
    status = ended.outcome if isinstance(ended, e.StepEnded) else "unknown"
    facts = {
        "id": ended.step_id,
        "attempt": ended.attempt,
        "status": status,
        "exit_status": ended.exit_status if isinstance(ended, e.StepEnded) else None,
    }
    return label(f"{sign_of(status)} {before}{visible(title)}", "step_ended", facts)
