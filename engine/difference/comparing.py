"""Two runs → `Difference`."""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ..checklist import item_text
from ..output import OutputLines
from ..state import Attempt, RunState, StepState, own_attempts, walked
from ..summary import PHASES, span
from .facts import Change, Compared, Difference, Side, StepDifference
from .noise import quiet
from .pairing import Pair, pair
from .words import QUIET, compared

READ_BYTES = 4 * 1024 * 1024
"""Of each of two outputs, from its beginning, compared without what says nothing; what comes later byte for byte."""
SHOWN_LINES = 2_000
"""Of those, compared word by word."""
NOTHING = Compared()
NO_TEXT = re.compile("[\udc80-\udcff]")
COLOUR = re.compile(r"\x1b\[[0-9;:]*m")


def compare(before: Side, after: Side) -> Difference:
    pairs = pairs_of(before.state, after.state)
    facts = changed_facts(before.state, after.state)
    return Difference(before.state, after.state, facts, tuple(compare_step(before, after, pair) for pair in pairs))


def pairs_of(before: RunState, after: RunState) -> list[Pair]:
    """The steps of both runs beside each other, before anything of them has been compared."""
    return pair(_steps(before), _steps(after))


def changed_facts(before: RunState, after: RunState) -> dict[str, Change]:
    """Of the runs as a whole."""
    return _changed(_of_run(before), _of_run(after))


def _steps(state: RunState) -> list[StepState]:
    """Walked ones, and what something was done to besides; what is only copied cannot differ in its doing."""
    on_path = {step.planned.id for step in walked(state)}
    return [
        one
        for one in state.steps.values()
        if one.planned.kind != "template" and (one.planned.id in on_path or one.attempts)
    ]


def _of_run(state: RunState) -> dict[str, str]:
    started = state.started
    inputs = {f"input {name}": "(secret)" if value is None else value for name, value in state.variables.items()}
    return {
        "outcome": state.outcome or PHASES[state.phase],
        "document": started.document_sha256 if started else "",
        "section": " › ".join(started.section) if started else "",
        "mode": started.mode if started else "",
        **inputs,
    }


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, Change]:
    names = dict.fromkeys((*before, *after))
    both = {name: Change(before.get(name, ""), after.get(name, "")) for name in names}
    return {name: change for name, change in both.items() if change.before != change.after}


def compare_step(before: Side, after: Side, both: Pair) -> StepDifference:
    """Reads what the step printed in both runs, as far as `READ_BYTES` says."""
    mine, theirs = both
    shown = theirs or mine
    title = shown.planned.title if shown else ""
    if mine is None or theirs is None:
        only = (mine.planned.id if mine else None, theirs.planned.id if theirs else None)
        lasted = (_lasted(before, mine), _lasted(after, theirs))
        return StepDifference(title, *only, {}, lasted, NOTHING, NOTHING)
    first, second = _latest(before, mine), _latest(after, theirs)
    return StepDifference(
        title,
        mine.planned.id,
        theirs.planned.id,
        _changed(_of_step(before, mine, first), _of_step(after, theirs, second)),
        (_lasted(before, mine), _lasted(after, theirs)),
        _texts(first, second),
        _outputs(before, after, first, second),
    )


def _latest(side: Side, step: StepState) -> Attempt | None:
    own = own_attempts(side.state, step)
    return own[-1] if own else None


def _lasted(side: Side, step: StepState | None) -> float | None:
    latest = _latest(side, step) if step else None
    return None if latest is None or latest.duration_ns is None else latest.duration_ns / 1e6


def _of_step(side: Side, step: StepState, latest: Attempt | None) -> dict[str, str]:
    return {
        "title": step.planned.title,
        "section": " › ".join(step.planned.section),
        "status": step.status.replace("_", " "),
        "reason": step.reason,
        "attempts": str(len(own_attempts(side.state, step))),
        "checklist": "; ".join(_items(side.state, step)),
        **(_of_attempt(latest) if latest else {}),
    }


def _items(state: RunState, step: StepState) -> Iterator[str]:
    for item in step.planned.items:
        reason = state.waivers.get(item.id, "") if state.items[item.id] == "waived" else ""
        yield f"{item_text(state, item)} {state.items[item.id]}{f' ({reason})' if reason else ''}"


def _of_attempt(latest: Attempt) -> dict[str, str]:
    return {
        "exit status": "" if latest.exit_status is None else str(latest.exit_status),
        "verdict": " · ".join(filter(None, (latest.level, latest.category.replace("_", " "), latest.why))),
        "target": latest.target,
        "decision": (latest.decision or "").replace("_", " "),
    }


def _texts(first: Attempt | None, second: Attempt | None) -> Compared:
    """Every character of a text counts."""
    if first is None or second is None:
        return NOTHING
    return Compared(compared(first.text.split("\n"), second.text.split("\n")))


def _outputs(before: Side, after: Side, first: Attempt | None, second: Attempt | None) -> Compared:
    if first is None or second is None:
        return NOTHING
    sizes = before.outputs.size(first.number), after.outputs.size(second.number)
    (mine, my_no_text), (theirs, their_no_text) = _seen(before, first.number), _seen(after, second.number)
    lines = compared(mine[:SHOWN_LINES], theirs[:SHOWN_LINES], QUIET)
    if my_no_text != their_no_text and not lines:
        return Compared(problem="bytes that are no text are not the same")
    if not _later_are_same(mine[SHOWN_LINES:], theirs[SHOWN_LINES:]):
        return Compared(lines, f"the first {SHOWN_LINES} lines were compared word by word; those after them differ too")
    if max(sizes) <= READ_BYTES or _rest_is_same(before, after, first.number, second.number, sizes):
        return Compared(lines)
    compared_of = f"the first {span(READ_BYTES)} of {span(sizes[0])} and {span(sizes[1])}"
    return Compared(lines, f"only {compared_of} were compared; the rest is not the same byte for byte")


def _later_are_same(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    pairs = zip(mine, theirs, strict=False)
    return len(mine) == len(theirs) and all(one == other or quiet(one) == quiet(other) for one, other in pairs)


class Seen(NamedTuple):
    lines: list[str]
    """Without colours, as a terminal would have left them; a byte that is no text as `\\xff`."""
    no_text: str
    """Those bytes alone, as surrogates."""


def _seen(side: Side, attempt: int) -> Seen:
    lines, no_text = OutputLines(max_lines=READ_BYTES), list[str]()
    for text in _texts_of(side, attempt):
        found = NO_TEXT.findall(text)
        no_text += found
        lines.feed((NO_TEXT.sub(_spelt, text) if found else text).encode())
    return Seen([COLOUR.sub("", line) if "\x1b" in line else line for line in lines.lines], "".join(no_text))


def _texts_of(side: Side, attempt: int) -> Iterator[str]:
    """As much as is read, with surrogates in place of what is no text."""
    decode, left = getincrementaldecoder("utf-8")("surrogateescape").decode, READ_BYTES
    for piece in side.outputs.read(attempt, 0):
        yield decode(piece[:left])
        left -= len(piece)
        if left <= 0:
            break
    yield decode(b"", final=True)


def _spelt(match: re.Match[str]) -> str:
    return f"\\x{ord(match[0]) - 0xDC00:02x}"


def _rest_is_same(before: Side, after: Side, first: int, second: int, sizes: tuple[int, int]) -> bool:
    if sizes[0] != sizes[1]:
        return False
    mine, theirs = before.outputs.read(first, READ_BYTES), after.outputs.read(second, READ_BYTES)
    return all(one == other for one, other in _aligned(mine, theirs))


def _aligned(mine: Iterator[bytes], theirs: Iterator[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Both streams in pieces of the same length, in bounded memory."""
    one = other = b""
    while True:
        one, other = one or next(mine, b""), other or next(theirs, b"")
        length = min(len(one), len(other))
        if not length:
            if one or other:
                yield one, other
            return
        yield one[:length], other[:length]
        one, other = one[length:], other[length:]
