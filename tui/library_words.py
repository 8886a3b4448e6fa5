"""The library's rows as cells of a table, and one of them in full."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from engine.levels import LEVEL_SIGNS
from engine.library.entry import Entry, Worst
from engine.library.shelf import Row
from engine.summary import mode_mark

from .run_words import sentence, short_standing
from .widgets.facts import QUIET, Fact, fact, heading
from .widgets.row_list import Cell, Column

NEVER = "never"
ARROW = " → "
TONES = {"open": "$warning", "alert": "$accent", "unreadable": "$error"}


def columns(now: Callable[[], datetime]) -> tuple[Column[Row], ...]:
    return (
        Column("runbook", title, 24, share=3),
        Column("service", _service, 12, share=1, at=96),
        Column("severity", _severity, 8, at=110),
        Column("worst step", _worst, 11),
        Column("last run", lambda row: _last_run(row, now()), 13),
        Column("rehearsed", _rehearsed, 10, at=130),
        Column("", _stale, 7),
        Column("owner", _owner, 14, share=1, at=150),
        Column("folder", _folder, 20, share=2, at=170),
    )


def title(row: Row) -> Cell:
    if row.past:
        kind = "live" if row.past.is_live else "left open"
        return "  ".join(filter(None, (mode_mark(row.past.mode), f"{kind}: {row.title}"))), TONES["open"]
    if row.kind == "alert":
        return f"alert {row.alert}{ARROW}{_section(row)}", TONES["alert"]
    return row.title, TONES.get(row.kind, "")


def _section(row: Row) -> str:
    return " › ".join(row.section) or row.title


def _service(row: Row) -> Cell:
    return (row.entry.service if row.entry else ""), ""


def _severity(row: Row) -> Cell:
    return (row.entry.severity if row.entry else ""), ""


def _owner(row: Row) -> Cell:
    return (row.entry.owner if row.entry else ""), QUIET


def _folder(row: Row) -> Cell:
    return (str(Path(row.path).parent) if row.entry else ""), QUIET


def _worst(row: Row) -> Cell:
    if row.kind == "unreadable":
        return "✘ unusable", "$error"
    if row.worst is None:
        return ("…" if row.entry else ""), QUIET
    if row.worst.level is None:
        return "· manual", QUIET
    return f"{LEVEL_SIGNS[row.worst.level]} {row.worst.level}", f"${row.worst.level}"


def _last_run(row: Row, now: datetime) -> Cell:
    past = row.past or row.runs.last
    if past is None:
        return (NEVER if row.entry else ""), QUIET
    return short_standing(past, now)


def _rehearsed(row: Row) -> Cell:
    return (_last_rehearsed(row) if row.entry and not row.reason else ""), QUIET


def _last_rehearsed(row: Row) -> str:
    return str(row.runs.rehearsed.day) if row.runs.rehearsed else NEVER


def _stale(row: Row) -> Cell:
    return ("! stale", "$warning") if row.stale else ("", "")


# One row in full.


def details(row: Row, now: datetime) -> Iterator[Fact]:
    yield heading(title(row)[0])
    if row.past:
        yield fact("run", sentence(row.past, now))
    if row.path != row.title:
        yield fact("file", row.path)
    if row.reason:
        yield fact("unusable", row.reason, "$error")
    if row.entry and row.entry.is_read and not row.reason:
        yield from _about(row, row.entry, now)


def _about(row: Row, entry: Entry, now: datetime) -> Iterator[Fact]:
    cared = f"last {entry.cared.care} {entry.cared.day}" if entry.cared else ""
    facts = (
        entry.service and f"service {entry.service}",
        entry.severity and f"severity {entry.severity}",
        entry.owner and f"owner {entry.owner}",
        f"{entry.n_steps} step{'s' * (entry.n_steps != 1)}",
        "a catalogue: one section is picked" if entry.shape == "catalogue" else "",
        cared,
    )
    yield fact("about", " · ".join(filter(None, facts)))
    if row.worst and row.worst.level:
        yield fact("worst step", _verdict(row.worst), f"${row.worst.level}")
    runs = sentence(row.runs.last, now) if row.runs.last else NEVER
    yield fact("last run", f"{runs} · rehearsed: {_last_rehearsed(row)}")
    if row.stale:
        yield fact("! stale", row.stale, "$warning")
    if entry.alerts:
        yield fact("alerts", ", ".join(name for name, _ in entry.alerts))
    for problem in entry.problems:
        yield fact("problem", problem, "$warning")


def _verdict(worst: Worst) -> str:
    """Of a document in which something runs."""
    level = worst.level or "unknown"
    where = f" at line {worst.line}, “{worst.step}”" if worst.step else ""
    return f"{LEVEL_SIGNS[level]} {level}{where}: {worst.why}"
