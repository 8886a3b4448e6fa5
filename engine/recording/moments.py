"""What happens in a recording, moment by moment: the one place where its lines are given their meaning."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from contextlib import closing
from typing import NamedTuple

from pydantic_core import ValidationError

from ..beside import BESIDE, before_name
from ..events import Recorded
from .encoder import BYTES, DOCUMENT, EVENT, EXIT, MARKER, OUTPUT, RESIZED, TYPED
from .labels import STARTED, maybe_facts
from .source import Complain, Line, Place, Source, lines, unreadable
from .times import Clock


class Printed(NamedTuple):
    at_us: int
    data: bytes
    """Exactly as the program printed it: to be cleaned before it is shown."""


class Happened(NamedTuple):
    at_us: int
    recorded: Recorded


class Resized(NamedTuple):
    at_us: int
    columns: int
    rows: int


class Marked(NamedTuple):
    """A marker of somebody else's."""

    at_us: int
    label: str


class Keyed(NamedTuple):
    """Keys that reached the recorded program, as far as the recorder wrote them down."""

    at_us: int
    text: str


class StartMark(NamedTuple):
    """A marker of ours at a step's start."""

    at_us: int
    title: str
    id: str
    attempt: int
    text_sha256: str
    dry_run: bool = False
    suggestion: bool = False
    closing: bool = False


class EndMark(NamedTuple):
    at_us: int
    id: str
    attempt: int
    status: str
    exit_status: int | None


class Ended(NamedTuple):
    """The recorded program's exit."""

    at_us: int
    status: int


class Walked(NamedTuple):
    """The runbook."""

    at_us: int
    text: str


Moment = Printed | Happened | Resized | Marked | Keyed | StartMark | EndMark | Ended | Walked


class Interpreter:
    """Line after line. A line of exact bytes stands for the output line behind it."""

    def __init__(self, complain: Complain) -> None:
        self._complain = complain
        self._shown_only = False

    @property
    def inside(self) -> bool:
        """Between the exact bytes and what stands for them: no place to set in."""
        return self._shown_only

    def moment(self, line: Line) -> Moment | None:
        """None for what is there for players alone, or cannot be used."""
        was_exact, self._shown_only = self._shown_only, line.code == BYTES
        if line.code == OUTPUT:
            return Printed(line.at_us, line.data.encode()) if line.data and not was_exact else None
        try:
            return READERS[line.code](line) if line.code in READERS else None
        except ValueError as error:  # binascii's and pydantic's are ones too
            self._complain(line.number, f"{WORDS[line.code]} cannot be read: {_first(error)}")
            self._shown_only = False  # what was shown is better than nothing
            return None


def _bytes(line: Line) -> Moment | None:
    data = b64decode(line.data, validate=True)
    return Printed(line.at_us, data) if data else None


def _event(line: Line) -> Moment:
    return Happened(line.at_us, Recorded.model_validate_json(line.data))


def _document(line: Line) -> Moment:
    return Walked(line.at_us, line.data)


def _resized(line: Line) -> Moment:
    columns, _, rows = line.data.partition("x")
    return Resized(line.at_us, _size(columns), _size(rows))


def _size(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) < 65536):
        raise ValueError(f"{text[:20]!r} is no size")
    return int(text)


def _marker(line: Line) -> Moment:
    found = maybe_facts(line.data)
    if found is None:
        return Marked(line.at_us, line.data)
    title, facts = found
    attempt, status = facts.get("attempt"), facts.get("exit_status")
    if isinstance(attempt, bool) or not isinstance(attempt, int):
        raise ValueError("it names no attempt")  # noqa: TRY004 - the file is wrong, not the program
    about = (str(facts.get("id", "")), attempt)
    if facts["oncue"] == STARTED:
        beside = (facts.get(name) is True for name in BESIDE)
        mark = StartMark(line.at_us, title, *about, str(facts.get("text_sha256", "")), *beside)
        return mark._replace(title=title.removeprefix(before_name(mark)))
    exit_status = status if isinstance(status, int) and not isinstance(status, bool) else None
    return EndMark(line.at_us, *about, str(facts.get("status", "")), exit_status)


def _typed(line: Line) -> Moment | None:
    return Keyed(line.at_us, line.data) if line.data else None


def _ended(line: Line) -> Moment:
    return Ended(line.at_us, int(line.data[:12]))


READERS = {
    BYTES: _bytes,
    EVENT: _event,
    DOCUMENT: _document,
    RESIZED: _resized,
    MARKER: _marker,
    TYPED: _typed,
    EXIT: _ended,
}
WORDS = {
    BYTES: "output",
    EVENT: "an event of the run",
    DOCUMENT: "the runbook",
    RESIZED: "a size",
    MARKER: "a marker",
    TYPED: "what was typed",
    EXIT: "the exit status",
}


def _first(error: ValueError) -> str:
    """In one line: where it is, for what has parts."""
    if not isinstance(error, ValidationError):
        return str(error)[:200]
    found = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(map(str, found["loc"]))
    return f"{place}{': ' if place else ''}{found['msg']}"[:200]


def _ignore(_number: int, _message: str) -> None:
    """What is wrong was said when the file was read first."""


def moments(source: Source, place: Place, end: int) -> Iterator[Moment]:
    """`DocumentError` for a file that cannot be read any more."""
    interpreter = Interpreter(_ignore)
    try:
        with closing(source.open()) as file:
            clock = Clock(source.version, place.at_us)
            for line in lines(file, clock, place, end, _ignore):
                if (moment := interpreter.moment(line)) is not None:
                    yield moment
    except OSError as error:  # of a disk that fails
        raise unreadable(source.path, error) from error
