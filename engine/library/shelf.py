"""The library as it is known so far: every piece of news put in its place, and the rows that fit what is looked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from .dates import staleness
from .entry import Entry, Worst
from .finding import Unreadable
from .matching import Name, folded, score
from .news import AllFound, AllRead, Glanced, Judged, LeftOut, LookedIn, LookupRefused, News
from .places import Place
from .runs import NONE, PastRun, PastRuns, RunsOf

RowKind = Literal["open", "alert", "runbook", "unreadable"]
OPEN_AT_TOP = 3
"""Runs left open that stand above the library while nothing is looked for; the history has them all."""
TITLE, ALERT, SERVICE, PATH = 4, 4, 3, 1
"""What a fit is worth."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the library."""

    key: str
    """The same for the same thing, however the library changes around it."""
    kind: RowKind
    title: str
    entry: Entry | None = None
    """None for a run of a document that is not in the library, and for what cannot be read."""
    runs: RunsOf = NONE
    worst: Worst | None = None
    """None until it has been judged."""
    stale: str = ""
    past: PastRun | None = None
    """The run that is open, in a row of kind `open`."""
    alert: str = ""
    section: tuple[str, ...] = ()
    reason: str = ""
    """Why it cannot be read."""

    @property
    def path(self) -> str:
        if self.entry:
            return self.entry.path
        return self.past.path if self.past else self.key


@dataclass(slots=True)
class Shelf:
    places: tuple[Place, ...] = ()
    entries: dict[str, Entry] = field(default_factory=dict)
    worst: dict[str, Worst] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)
    past: PastRuns = field(default_factory=PastRuns)
    refusal: str = ""
    is_found: bool = False
    """Every place has been searched."""
    is_read: bool = False
    """And every document has been read."""
    _present: set[str] = field(default_factory=set)
    """What the search in progress has found so far."""

    def take(self, news: News) -> None:
        TAKE[type(news)](self, news)

    def rows(self, query: str, today: date) -> list[Row]:
        """Without a query what was left open comes first, then every document by its title."""
        words = folded(query).split()
        documents = [self._row(entry, today) for entry in self.entries.values()]
        opened = list(self._open())
        rows = [*(opened if words else opened[:OPEN_AT_TOP]), *documents, *self._unreadable()]
        if not words:
            return sorted(
                rows, key=lambda row: (KIND_ORDER[row.kind], *(("", "") if row.past else (folded(row.title), row.key)))
            )
        ranked = [(score(words, _names(row)), row) for row in rows]
        ranked += [one for row in documents for one in _alerts(row, words)]
        fitting = [(points, row) for points, row in ranked if points]
        return [row for _, row in sorted(fitting, key=lambda one: (-one[0], KIND_ORDER[one[1].kind], one[1].title))]

    def _row(self, entry: Entry, today: date) -> Row:
        runs = self.past.of(entry.path, entry.sha256)
        stale = staleness(entry.cared, runs.worked, entry.sha256, today) if entry.is_read else ""
        kind: RowKind = "unreadable" if entry.unreadable else "runbook"
        worst = self.worst.get(entry.path)
        return Row(entry.path, kind, entry.title, entry, runs, worst, stale, reason=entry.unreadable)

    def _open(self) -> Iterator[Row]:
        """Those with a live host first, else the newest."""
        for past in sorted(self.past.left_open, key=lambda one: not one.is_live):
            yield Row(f"run {past.run.run_id}", "open", past.run.title, past=past)

    def _unreadable(self) -> Iterator[Row]:
        for path, reason in self.unreadable.items():
            yield Row(path, "unreadable", path, reason=reason)


KIND_ORDER: Mapping[RowKind, int] = {"open": 0, "alert": 1, "runbook": 2, "unreadable": 3}


def _names(row: Row) -> list[Name]:
    names = [Name(folded(row.title), TITLE, is_loose=True), Name(folded(row.path), PATH, is_loose=False)]
    if row.entry:
        names.append(Name(folded(row.entry.service), SERVICE, is_loose=True))
    if row.past:
        names.append(Name(folded(row.past.run.incident or ""), SERVICE, is_loose=False))
    return names


def _alerts(row: Row, words: Sequence[str]) -> Iterator[tuple[int, Row]]:
    """A row for each alert whose name one of the words fits."""
    others = _names(row)
    for name, section in row.entry.alerts if row.entry else ():
        alert = Name(folded(name), ALERT, is_loose=True)
        if any(score([word], [alert]) for word in words):
            points = score(words, [alert, *others])
            yield points, replace(row, key=f"{row.key} {name}", kind="alert", alert=name, section=section)


# One row per kind of news.


def _looked_in(shelf: Shelf, news: LookedIn) -> None:
    shelf.places, shelf.refusal = news.places, ""
    shelf.is_found = shelf.is_read = False
    shelf._present = set()
    shelf.unreadable = {}


def _glanced(shelf: Shelf, news: Glanced) -> None:
    for path, title in news.titles.items():
        shelf._present.add(path)
        if path not in shelf.left_out:
            shelf.entries.setdefault(path, Entry(path, title))


def _entry(shelf: Shelf, news: Entry) -> None:
    before = shelf.entries.get(news.path)
    if before and before.sha256 != news.sha256:
        shelf.worst.pop(news.path, None)
    shelf.left_out.discard(news.path)
    shelf.entries[news.path] = news


def _left_out(shelf: Shelf, news: LeftOut) -> None:
    shelf.left_out.add(news.path)
    shelf.entries.pop(news.path, None)


def _judged(shelf: Shelf, news: Judged) -> None:
    shelf.worst[news.path] = news.worst


def _unreadable(shelf: Shelf, news: Unreadable) -> None:
    shelf.unreadable[news.path] = news.reason


def _all_found(shelf: Shelf, _news: AllFound) -> None:
    shelf.is_found = True
    shelf.entries = {path: entry for path, entry in shelf.entries.items() if path in shelf._present}
    shelf.left_out &= shelf._present


def _all_read(shelf: Shelf, _news: AllRead) -> None:
    shelf.is_read = True


def _refused(shelf: Shelf, news: LookupRefused) -> None:
    shelf.refusal = news.message
    shelf.is_found = shelf.is_read = True


TAKE: Mapping[type[News], Callable[[Shelf, Any], None]] = {
    LookedIn: _looked_in,
    Glanced: _glanced,
    Entry: _entry,
    LeftOut: _left_out,
    Judged: _judged,
    Unreadable: _unreadable,
    AllFound: _all_found,
    AllRead: _all_read,
    LookupRefused: _refused,
}
