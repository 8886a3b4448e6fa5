"""The moments of a run that somebody wants to find again, in order, each in a few words. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Literal, NamedTuple

from .. import events as e
from ..recording import Marked
from ..report.story import TELL, Names
from ..state import KILLED
from ..summary import took
from .pace import Gap

MarkKind = Literal["step", "end", "note", "tick", "wait", "resize", "typed", "run"]
LONG_US = 30_000_000
"""A pause from which on it is a moment of its own."""
KINDS: Mapping[str, MarkKind] = {
    "step_started": "step",
    "step_skipped": "step",
    "step_done": "step",
    "step_ended": "end",
    "step_unknown": "end",
    "noted": "note",
    "item_ticked": "tick",
    "item_unticked": "tick",
    "item_waived": "tick",
    "terminal_resized": "resize",
    "input_sent": "typed",
}
"""By kind of event; every other one is about the run itself."""


class Mark(NamedTuple):
    at_us: int
    kind: MarkKind
    sign: str
    words: str
    """What happened, in one line, from whoever wrote it: to be made visible before it is shown."""
    login: str = ""
    step_id: str = ""
    is_bad: bool = False
    """A step that went wrong."""
    is_marker: bool = False
    """Of a recording of somebody else's; no event says it."""


def marks_of(events: Sequence[e.Recorded], times: Sequence[int], names: Names) -> Iterator[Mark]:
    endless = {one.event.attempt for one in events if isinstance(one.event, e.StepStarted) and one.event.endless}
    for one, at_us in zip(events, times, strict=True):
        sign, words = telling(one.event, names)
        if words:
            step_id = getattr(one.event, "step_id", None) or ""
            kind = KINDS.get(one.event.kind, "run")
            yield Mark(at_us, kind, sign, words, one.stamp.actor.login, step_id, _is_bad(one.event, endless))


def _is_bad(event: e.Event, endless: Collection[int]) -> bool:
    """Interrupting what does not end by itself is how it succeeds."""
    if isinstance(event, e.StepEnded):
        is_followed = event.outcome == "interrupted" and event.attempt in endless and event.exit_status != KILLED
        return event.outcome != "succeeded" and not is_followed
    return isinstance(event, e.StepUnknown)


def telling(event: e.Event, names: Names) -> tuple[str, str]:
    """Its sign and its words; both empty where there is nothing to tell."""
    match event:
        case e.TerminalResized():
            return "□", f"terminal resized to {event.columns}x{event.rows}"
        case e.InputSent():
            shown = "something hidden" if event.text is None else f"“{event.text.rstrip()}”"
            return "⌨", f"typed {shown} into {names.attempt(event.attempt)}"
        case _:
            return TELL[type(event)](event, names)


def markers_of(labels: Iterable[Marked]) -> Iterator[Mark]:
    for one in labels:
        words = f"marker “{one.label}”" if one.label.strip() else "a marker without words"
        yield Mark(one.at_us, "note", "◆", words, is_marker=True)


def waits_of(gaps: Iterable[Gap]) -> Iterator[Mark]:
    for start_us, end_us in gaps:
        if end_us - start_us >= LONG_US:
            yield Mark(start_us, "wait", "…", f"nothing for {took((end_us - start_us) * 1000)}")


def in_order(*kinds: Iterable[Mark]) -> tuple[Mark, ...]:
    return tuple(sorted((mark for marks in kinds for mark in marks), key=attrgetter("at_us")))


def next_mark(marks: Sequence[Mark], at_us: int, kinds: Collection[str], *, forward: bool) -> Mark | None:
    """The first of these kinds after a moment, or the last before it."""
    if forward:
        rest: Iterable[Mark] = marks[bisect_right(marks, at_us, key=attrgetter("at_us")) :]
    else:
        rest = reversed(marks[: bisect_left(marks, at_us, key=attrgetter("at_us"))])
    return next((mark for mark in rest if mark.kind in kinds), None)


def latest(marks: Sequence[Mark], at_us: int) -> Mark | None:
    """What had happened last by then."""
    count = bisect_right(marks, at_us, key=attrgetter("at_us"))
    return marks[count - 1] if count else None
