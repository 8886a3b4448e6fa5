"""The trail as the screens read it, on a thread of theirs: what is in it, or a sentence that says why nothing is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from engine.address import live
from engine.errors import OncueError
from engine.events import RowsFetched
from engine.library.runs import PastRun, PastRuns, pages, past_runs
from engine.past_run import ReadRun, read_run
from engine.rows import rows_of
from engine.trail import TrailReader


def read_past(trail: Path) -> tuple[PastRuns, str]:
    """A trail that is not there yet is no problem."""
    try:
        if not trail.exists():
            return PastRuns(), ""
        with TrailReader.open(trail) as reader:
            return past_runs(reader, _alive(trail)), ""
    except (OncueError, OSError) as error:
        return PastRuns(), sentence_of(trail, error)


def read_pages(trail: Path) -> Iterator[tuple[tuple[PastRun, ...], str]]:
    """The first page, then everything. A trail that is not there yet is no problem."""
    try:
        if not trail.exists():
            yield (), ""
            return
        with TrailReader.open(trail) as reader:
            alive = _alive(trail)
            for runs in pages(reader, alive):
                yield runs, ""
    except (OncueError, OSError) as error:
        yield (), sentence_of(trail, error)


def look_into(trail: Path, run_id: str, environ: Mapping[str, str]) -> tuple[ReadRun | None, str]:
    """Recorded as an access before anything of it is shown."""
    try:
        return read_run(trail, run_id, environ), ""
    except (OncueError, OSError) as error:
        return None, sentence_of(trail, error)


def fetched_rows(trail: Path, run_id: str, attempt: int) -> tuple[tuple[RowsFetched, ...], str]:
    """What one attempt fetched, statement by statement."""
    try:
        with TrailReader.open(trail) as reader:
            return rows_of(reader.events(run_id), attempt), ""
    except (OncueError, OSError) as error:
        return (), sentence_of(trail, error)


def _alive(trail: Path) -> frozenset[str]:
    return frozenset(address.run_id for address in live(trail))


def sentence_of(trail: Path, error: OncueError | OSError) -> str:
    if isinstance(error, OncueError):
        return str(error)
    return f"The audit trail {trail} cannot be read: {(error.strerror or str(error)).lower()}."
