"""Past runs as cells of a table, one of them in full, and what of them can be found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from engine.library.matching import Name, folded, score
from engine.library.runs import PastRun
from engine.summary import mode_mark, span

from .run_words import duration, marked_title, standing
from .when import ago, written
from .widgets.facts import QUIET, Fact, fact, heading
from .widgets.row_list import Cell, Column

MARK = "◆"
"""Before the run that another one is to be compared with."""


def columns(
    now: Callable[[], datetime], is_marked: Callable[[PastRun], bool] = lambda _past: False
) -> tuple[Column[PastRun], ...]:
    return (
        Column("started", lambda past: (written(past.run.started_at), ""), 16),
        Column("outcome", standing, 11),
        Column("runbook", lambda past: _title(past, marked=is_marked(past)), 16, share=2),
        Column("operator", lambda past: (past.run.operator, ""), 10),
        Column("incident", lambda past: (past.run.incident or "", "$accent"), 10),
        Column("took", lambda past: (duration(past, now()), ""), 10, at=96),
        Column("steps", lambda past: (str(past.run.n_steps_done), ""), 5, at=110),
        Column("run", lambda past: (past.run.run_id, QUIET), 22, at=140),
        Column("file", lambda past: (past.path, QUIET), 20, share=1, at=170),
    )


def _title(past: PastRun, *, marked: bool) -> Cell:
    title = marked_title(past)
    return (f"{MARK} {title}", "$accent") if marked else (title, "$warning" if mode_mark(past.mode) else "")


def matching(runs: Iterable[PastRun], query: str) -> Sequence[PastRun]:
    """In the order of the runs: whoever looks for one remembers roughly when it was."""
    words = folded(query).split()
    return [past for past in runs if score(words, _names(past))]


def _names(past: PastRun) -> list[Name]:
    run = past.run
    strict = (
        run.run_id,
        mode_mark(past.mode),
        past.path,
        run.operator,
        run.incident or "",
        standing(past)[0],
        written(run.started_at),
    )
    return [Name(folded(run.title), 1, is_loose=True), *(Name(folded(text), 1, is_loose=False) for text in strict)]


def details(past: PastRun, now: datetime) -> Iterator[Fact]:
    run = past.run
    when = f"{written(run.started_at)}, {ago(run.started_at, now)}"
    took = duration(past, now)
    facts = (
        mode_mark(past.mode),
        standing(past)[0],
        when,
        took and f"took {took}",
        f"by {run.operator}",
        run.incident and f"for {run.incident}",
        f"{run.n_steps_done} step{'s' * (run.n_steps_done != 1)} done",
        f"{span(run.output_bytes)} of output",
    )
    yield heading(run.title)
    yield fact("run", run.run_id)
    yield fact("about", " · ".join(filter(None, facts)))
    yield fact("file", past.path)
    yield fact("head", f"{run.head}, {run.n_events} events")
