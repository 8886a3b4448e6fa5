"""How the runs of a document went: the latest, the latest that was done, and those that are still open."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..summary import mode_mark
from ..trail import Origin, RunSummary, TrailReader
from .dates import Worked

PAGE = 200
"""Runs on the first page; reading them takes a few milliseconds."""
NEWEST = 5_000
"""Runs that are looked through; what is older than so many says little about today."""


@dataclass(frozen=True, slots=True)
class PastRun:
    run: RunSummary
    is_live: bool
    """It has a host now."""
    path: str = ""
    """Of its document, absolute."""
    mode: str = "live"

    @property
    def is_open(self) -> bool:
        return self.run.outcome is None


@dataclass(frozen=True, slots=True)
class RunsOf:
    """Of one document."""

    last: PastRun | None = None
    """The latest real one."""
    worked: Worked | None = None
    rehearsed: Worked | None = None
    """The latest rehearsal that went through to its end."""
    left_open: tuple[PastRun, ...] = ()
    """Newest first, those with a live host too."""


NONE = RunsOf()


@dataclass(frozen=True, slots=True)
class PastRuns:
    """What the trail knows of the documents of a library."""

    runs: tuple[PastRun, ...] = ()
    """Newest first."""
    by_path: Mapping[str, RunsOf] = field(default_factory=dict)
    by_digest: Mapping[str, RunsOf] = field(default_factory=dict)

    def of(self, path: str, sha256: str) -> RunsOf:
        """Runs of the document at this path; where there is none, those of the same text elsewhere."""
        return self.by_path.get(path) or self.by_digest.get(sha256) or NONE

    @property
    def left_open(self) -> tuple[PastRun, ...]:
        return tuple(one for one in self.runs if one.is_open)


def pages(reader: TrailReader, live: Container[str]) -> Iterator[tuple[PastRun, ...]]:
    """The newest runs, at once; then, where there are more, all that are looked through."""
    for limit in (PAGE, NEWEST):
        runs = _newest(reader, live, limit)
        yield runs
        if len(runs) < limit:
            return


def past_runs(reader: TrailReader, live: Container[str]) -> PastRuns:
    runs = _newest(reader, live, NEWEST)
    digests = {run_id: origin.digest for run_id, origin in reader.origins(NEWEST).items()}
    by_path: dict[str, list[PastRun]] = defaultdict(list)
    by_digest: dict[str, list[PastRun]] = defaultdict(list)
    for one in runs:
        by_path[one.path].append(one)
        by_digest[digests.get(one.run.run_id, "")].append(one)
    return PastRuns(runs, _each(by_path, digests), _each(by_digest, digests))


def _newest(reader: TrailReader, live: Container[str], limit: int) -> tuple[PastRun, ...]:
    origins = reader.origins(limit)
    found = []
    for run in reader.runs(limit):
        origin = origins.get(run.run_id, Origin())
        found.append(PastRun(run, run.run_id in live, _absolute(origin.directory, run.path), origin.mode))
    return tuple(found)


def _absolute(directory: str, path: str) -> str:
    """As the operator's shell would have resolved it, links left as they are."""
    return os.path.normpath(os.path.join(directory, path))  # noqa: PTH118 - by the thousand


def _each(grouped: Mapping[str, Sequence[PastRun]], digests: Mapping[str, str]) -> dict[str, RunsOf]:
    return {key: _runs_of(runs, digests) for key, runs in grouped.items() if key}


def _runs_of(runs: Sequence[PastRun], digests: Mapping[str, str]) -> RunsOf:
    return RunsOf(
        last=next((one for one in runs if not mode_mark(one.mode)), None),
        worked=_latest("done", runs, digests),
        rehearsed=_latest("rehearsed", runs, digests),
        left_open=tuple(one for one in runs if one.is_open),
    )


def _latest(outcome: str, runs: Iterable[PastRun], digests: Mapping[str, str]) -> Worked | None:
    done = next((one.run for one in runs if one.run.outcome == outcome), None)
    if done is None:
        return None
    return Worked((done.ended_at or done.started_at).astimezone().date(), digests.get(done.run_id, ""))
