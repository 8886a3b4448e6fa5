"""A past run in few words, for lists and for the lines below them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from engine.library.runs import PastRun
from engine.summary import mode_mark

from .when import ago, lasted, written

OUTCOMES: Mapping[str, tuple[str, str]] = {
    "live": ("▶ live", "$primary"),
    "open": ("○ left open", "$warning"),
    "done": ("✔ done", "$success"),
    "rehearsed": ("✔ rehearsed", "$success"),
    "failed": ("✘ failed", "$error"),
    "abandoned": ("– abandoned", "$warning"),
    "unknown": ("? unknown", "$error"),
}
"""How a run stands → its sign and word, and their colour."""


def standing(past: PastRun) -> tuple[str, str]:
    key = "live" if past.is_live else past.run.outcome or "open"
    return OUTCOMES.get(key, (f"? {key}", ""))


def marked_title(past: PastRun) -> str:
    """Of what was not the real thing, what it was comes first."""
    return "  ".join(filter(None, (mode_mark(past.mode), past.run.title)))


def short_standing(past: PastRun, now: datetime) -> tuple[str, str]:
    """`✔ 3 d ago`: the sign tells the outcome, and the line below has the word."""
    words, tone = standing(past)
    return f"{words.partition(' ')[0]} {ago(past.run.started_at, now)}", tone


def sentence(past: PastRun, now: datetime) -> str:
    run = past.run
    incident = f" for {run.incident}" if run.incident else ""
    when = f"{written(run.started_at)} ({ago(run.started_at, now)})"
    parts = (mode_mark(past.mode), standing(past)[0], f"{when} by {run.operator}{incident}", run.run_id)
    return " · ".join(filter(None, parts))


def duration(past: PastRun, now: datetime) -> str:
    """Until its end; of a live one, until now; empty for one that was left open."""
    end = past.run.ended_at or (now if past.is_live else None)
    return lasted(past.run.started_at, end) if end else ""
