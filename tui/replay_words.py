"""A moment of a replay in words, and as a run screen's parts want it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, cast

from textual.content import Content

from engine.beside import before_name, named
from engine.danger.verdict import Category, Verdict
from engine.judging import Language
from engine.ladder import Ladder
from engine.preparing import Prepared
from engine.replay import Mark, Pace, Replay, clock
from engine.replay.marks import latest
from engine.state import RunState, StepState
from engine.summary import sign_of

from . import status_words
from .situation import Situation
from .text import one_line
from .widgets.scrub_bar import Tick, Words
from .widgets.status_bar import Status

TICKS: Mapping[str, tuple[str, str, int]] = {
    "step": ("▾", "$accent", 2),
    "note": ("◆", "$warning", 3),
    "bad": ("✘", "$error", 4),
    "run": ("╷", "$foreground-muted", 1),
}
"""Kind of mark → sign, colour and rank on the line; the others would only fill it."""
EVENTS_ON_LINE = frozenset({"▶", "■", "…"})
"""Signs of what is told of the run itself, where it deserves a place on the line."""


def ticks_of(marks: Sequence[Mark], pace: Pace) -> Iterator[Tick]:
    for mark in marks:
        kind = "bad" if mark.is_bad else mark.kind
        if kind in TICKS and (kind != "run" or mark.sign in EVENTS_ON_LINE):
            yield Tick(pace.played(mark.at_us), *TICKS[kind])


def words_of(replay: Replay, at_us: int, *, is_playing: bool, speed: float, idle_us: int | None) -> Words:
    end = "■ so far" if replay.is_live else "■ end"
    state = "▶ playing" if is_playing else end if at_us >= replay.duration_us else "‖ paused"
    pauses = "" if idle_us is None else f"  pauses ≤ {idle_us / 1e6:g} s"
    place = f"{clock(at_us)} of {clock(replay.duration_us)}"
    left = Content.assemble(
        (state, "bold $success" if is_playing else "bold"), f"  {place}  {speed:g}×", (pauses, "$accent"), "  "
    )
    return Words(left, _said(latest(replay.marks, at_us)))


def _said(mark: Mark | None) -> Content:
    if mark is None:
        return Content("")
    by = f"{mark.login}: " if mark.login and mark.kind == "note" else ""
    return one_line(f"{clock(mark.at_us)} {mark.sign} {by}{mark.words}", "$error" if mark.is_bad else "$text-muted")


def status_of(situation: Situation, replay: Replay, at_us: int) -> Status:
    """As the run screen had it then, with the time of day, where somebody knows it, and the size of its terminal, and
    that this is no run."""
    now = replay.now(at_us)
    columns, rows = replay.size(at_us)
    then = status_words.status(situation, now, Ladder())
    time = (f"{now.astimezone():%H:%M:%S}", "bold") if replay.is_dated else ("undated", "bold")
    return then._replace(
        marks=(("replay", "bold $accent"), time, *then.marks, (f"{columns}x{rows}", "$foreground-muted"))
    )


def prepared_of(state: RunState, step: StepState | None) -> Mapping[str, Any] | None:
    """What was known of the text that ran, in place of what a host would say of the one that would; None before. What
    ran beside the step is no more about the step once it is over."""
    attempts = [state.attempts[number] for number in step.attempts] if step else []
    attempt = next((one for one in reversed(attempts) if not one.is_beside or one.outcome is None), None)
    if step is None or attempt is None:
        return None
    if step.edits and step.edits[-1].at > attempt.started_at:
        return None
    category = cast("Category", attempt.category)  # as it was named then
    verdict = Verdict(attempt.level, category, attempt.rule, attempt.why, (0, 0), attempt.target)
    session: Language = "sql" if step.planned.kind == "sql" else "shell"
    prepared = Prepared(attempt.step_id, attempt.text, session, verdict, endless=attempt.endless)
    return {**asdict(prepared), "verdict": verdict.to_json(), "is_past": True, "beside": before_name(attempt)}


def jumps_of(marks: Sequence[Mark], most: int) -> list[tuple[str, str]]:
    """Places in `marks` of what can be gone to by name, each with its words."""
    places = [number for number, mark in enumerate(marks) if mark.kind in ("step", "end", "note")]
    return [
        (str(number), f"{clock(marks[number].at_us):>8}  {marks[number].sign} {marks[number].words}")
        for number in places[:most]
    ]


def output_title(state: RunState, attempt: int | None) -> str:
    if attempt is None:
        return "output"
    about = state.attempts[attempt]
    title = state.steps[about.step_id].planned.title
    return f"{sign_of(about.outcome or 'running')} {named(about, title)}"
