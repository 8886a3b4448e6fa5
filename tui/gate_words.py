"""What the question before a text runs says, of what the host prepared and of what has been typed. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from engine.output import visible
from engine.summary import span

Mode = Literal["own", "dry_run", "suggestion"]
"""Which text is asked about: the step's, its dry run, or a command that its words mention."""
RUNS: Mapping[Mode, str] = {
    "own": "exactly this runs",
    "dry_run": "exactly this runs, as a dry run",
    "suggestion": "exactly this runs, beside the step",
}
NOT_PREPARED = "not-prepared"
NEAR_LINES, NEAR_CHARACTERS = 6, 300
"""What is near the beginning of one of the first lines is in sight with them."""
CAUSE_BEFORE, CAUSE_LENGTH = 30, 240
"""Characters of a far line that are shown: some before what caused the verdict, and enough of it to recognise it."""
PRECEDENTS = 3
"""The newest ones tell enough; the others are counted."""


class Cause(NamedTuple):
    number: int
    """Of the line."""
    text: str
    """A part of it."""
    span: tuple[int, int]
    """In that part."""


def why_not(prepared: Mapping[str, Any], wanted: str) -> str:
    """Why it cannot be let run here at all; empty where it can. `wanted` is its target as it would be typed."""
    if prepared["problem"]:
        return str(prepared["problem"])
    if prepared["missing"]:
        return f"no value for {', '.join(prepared['missing'])}"
    if prepared["verdict"]["level"] == "dangerous" and not wanted:
        return "nobody can say what this would hit, so it cannot run; edit it so that its target is seen"
    return ""


def sentences(prepared: Mapping[str, Any]) -> Iterator[str]:
    """Who ran it already, and what a value lays open."""
    ran: tuple[str, ...] = tuple(prepared["ran_before"])
    yield from ran[:PRECEDENTS]
    if len(ran) > PRECEDENTS:
        yield f"and {len(ran) - PRECEDENTS} times more"
    yield from prepared["empty"]
    yield from prepared["warnings"]


def about_text(prepared: Mapping[str, Any], mode: Mode, n_lines: int) -> str:
    n_bytes = len(prepared["text"].encode(errors="replace"))
    size = f" · {n_lines:,} lines, {span(n_bytes)}" if n_lines > 1 else ""
    return f"{RUNS[mode]} · {prepared['session']}{size}"


def about_dry_run(verdict: Mapping[str, Any]) -> str:
    form = verdict["dry_run"]
    if form is None:
        return "dry run: none"
    return f"dry run, {form['grade']}{': ' if form['note'] else ''}{form['note']}"


def marked_span(verdict: Mapping[str, Any]) -> tuple[int, int]:
    """What caused the verdict; empty where that says nothing."""
    if verdict["level"] == "safe" or verdict["rule"] == NOT_PREPARED:
        return (0, 0)
    first, end = verdict["span"]
    return first, end


def maybe_far_cause(text: str, marked: tuple[int, int]) -> Cause | None:
    """Where what caused the verdict is out of sight in a long text."""
    first, end = marked
    number, begin = text.count("\n", 0, first) + 1, text.rfind("\n", 0, first) + 1
    if first >= end or (number <= NEAR_LINES and first - begin <= NEAR_CHARACTERS):
        return None
    start = max(begin, first - CAUSE_BEFORE)
    part = text[start : start + CAUSE_LENGTH].partition("\n")[0]
    return Cause(number, part, (first - start, end - start))


def n_matched(typed: str, wanted: str) -> int:
    """How many characters are right from the beginning on."""
    pairs = enumerate(zip(typed, wanted, strict=False))
    return next((n for n, (one, other) in pairs if one != other), min(len(typed), len(wanted)))


def progress(typed: str, wanted: str, verb: str) -> str:
    """What there is to say while the target is typed; empty before it is."""
    if not typed:
        return ""
    if typed == wanted:
        return f"this is it: Enter to {verb}"
    right = n_matched(typed, wanted)
    if right < len(typed):
        return f"something else from character {right + 1} on: {visible(typed[right:])}"
    left = len(wanted) - right
    return f"{left} character{'s' * (left > 1)} to go"
