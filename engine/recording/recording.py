"""A recording that has been read: its events, its steps, and the output of each, fetched when it is asked for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Literal, NamedTuple

from ..events import CommitDecision, Recorded, StepOutcome
from .echo import LINE_END, echo_of
from .moments import Keyed, Marked, Moment, Printed, Resized, moments
from .printed import PrintedAt
from .source import Place, Source
from .times import Version

YEARS = (datetime.min.year, datetime.max.year)
"""In the first and the last one, another zone's time may be none at all."""
RecordedOutcome = StepOutcome | Literal["unknown"]
"""`unknown`: the trail itself did not know how it ended."""


@dataclass(frozen=True, slots=True)
class Damage:
    """Something in the file that could not be used as it stands."""

    line: int
    message: str


OTHER_ANSWER = "something else was typed in the recording: what is shown came of that"
"""At the end of a step that was rehearsed."""


class Piece(NamedTuple):
    """One read of the terminal."""

    delay_us: int
    """Since the piece before it; of the first, since the step's start."""
    data: bytes


class Asked(NamedTuple):
    """A statement waited there to be committed or rolled back."""

    after_bytes: int
    """Output of the step before it."""
    statement: str
    rows: int | None
    decision: CommitDecision | None
    """None where the recording has no answer."""


class Typed(NamedTuple):
    """What the operator typed into a step."""

    after_bytes: int
    """Output that had been printed when it began; its echo comes behind that."""
    n_bytes: int
    text: str | None
    """None while the terminal's echo was off."""
    echo_bytes: int = 0
    """Of the output behind that, as far as it is known to be its echo."""

    @property
    def echo(self) -> tuple[bytes, ...]:
        """What the terminal printed of it, in parts that stand one behind the other, each whole or not at all. An echo
        that was still to come when the line was noted is told from other output by its line's end."""
        if self.text is None:
            return ()
        echo, end = echo_of(self.text), LINE_END if self.text.endswith(("\r", "\n")) else b""
        parts = (echo, end) if self.echo_bytes else (echo + end,) if end else ()
        return tuple(filter(None, parts))


@dataclass(frozen=True, slots=True)
class RecordedStep:
    """One start of a step."""

    id: str
    """Empty in a recording that knows of no steps."""
    title: str
    attempt: int
    session: Literal["shell", "sql"] | None
    """None when the recording does not say."""
    text: str | None
    """None when only its digest is known, or nothing."""
    text_sha256: str
    """Of the exact text, in hex; empty when it is not known."""
    outcome: RecordedOutcome | None
    """None when the recording has no end of it."""
    exit_status: int | None
    suggestion: bool
    dry_run: bool
    line: int
    """Of the file, where it begins."""
    started_us: int
    """Since the recording's beginning."""
    duration_us: int
    tail_us: int
    """From the last piece to the end."""
    output_bytes: int
    """What `pieces` gives in all."""
    typed: tuple[Typed, ...]
    asked: tuple[Asked, ...]
    place: Place
    """Of its first line in the file."""
    end: int
    """Offset in the file behind its last line."""
    source: Source = field(repr=False)
    printed: PrintedAt = field(default_factory=PrintedAt, repr=False, compare=False)
    """Places within its output."""

    def printed_from(self, entry: int) -> Iterator[Printed]:
        """Its output from a place of `printed` on, read from the file as it is asked for."""
        for moment in moments(self.source, self.printed.place(entry), self.end):
            if isinstance(moment, Printed):
                yield moment

    def pieces(self) -> Iterator[Piece]:
        """Read from the file as they are asked for. `DocumentError` when the file has changed since."""
        last = self.started_us
        for moment in moments(self.source, self.place, self.end):
            if isinstance(moment, Printed):
                yield Piece(moment.at_us - last, moment.data)
                last = moment.at_us


@dataclass(frozen=True, slots=True)
class Recording:
    path: str
    version: Version
    columns: int
    rows: int
    title: str
    started_at: datetime | None
    run_id: str
    """Empty when it is no run of ours."""
    document_sha256: str
    """Of the runbook that was walked; empty when it is not known."""
    document: str | None
    """The runbook's text, secrets masked; see `document_is_exact`."""
    events: tuple[Recorded, ...]
    """The run's events from the first one on, up to the first that is missing."""
    event_times: tuple[int, ...]
    """For each event, microseconds since the beginning."""
    event_lines: tuple[int, ...]
    """For each event, its line in the file."""
    labels: tuple[Marked, ...]
    """Markers of somebody else's, the first ten thousand."""
    sizes: tuple[Resized, ...]
    """The same of changes of the terminal's size."""
    keys: tuple[Keyed, ...]
    """The same of what was typed, where events of ours say it too."""
    steps: tuple[RecordedStep, ...]
    """In the order of their beginnings in the file."""
    duration_us: int
    exit_status: int | None
    damages: tuple[Damage, ...]
    """The first hundred."""
    n_damages: int
    places: tuple[Place, ...] = field(repr=False)
    """Points at which reading can set in, about a megabyte apart."""
    source: Source = field(repr=False)

    @property
    def document_is_exact(self) -> bool:
        """Whether `document` is to the byte what was walked."""
        return self.document is not None and sha256(self.document.encode()).hexdigest() == self.document_sha256

    @property
    def warnings(self) -> Iterator[str]:
        """What is wrong with the file, each with its line."""
        yield from (f"{self.path}:{damage.line}: {damage.message}" for damage in self.damages)
        if (more := self.n_damages - len(self.damages)) > 0:
            yield f"{self.path}: {more} more of this kind"

    def moments(self, from_us: int = 0) -> Iterator[Moment]:
        """Everything that happened from then on, in order, read from the file as it is asked for."""
        if not self.places:
            return
        before = bisect_right([place.at_us for place in self.places], max(0, from_us - 1)) - 1
        for moment in moments(self.source, self.places[max(0, before)], self.source.size):
            if moment.at_us >= from_us:
                yield moment


def maybe_time(timestamp: object) -> datetime | None:
    if isinstance(timestamp, bool) or not isinstance(timestamp, int | float):
        return None
    try:
        at = datetime.fromtimestamp(timestamp, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return at if YEARS[0] < at.year < YEARS[1] else None
