"""Two runs of the trail, opened to be compared: their states are read at once, their outputs as far as they are asked
for. Looking into them is recorded first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .access import record_access
from .address import live
from .difference import Side
from .state import fold, orphaned
from .trail import TrailReader
from .trail.outputs import TrailOutputs


@dataclass(frozen=True, slots=True)
class TwoRuns:
    before: Side
    after: Side
    alive: frozenset[str]
    """Those of them that are."""
    complaints: tuple[str, ...]
    """Why it could not be recorded that somebody looked."""


@contextmanager
def opened(trail: Path, before: str, after: str, environ: Mapping[str, str]) -> Iterator[TwoRuns]:
    """By their ids or the beginnings of those. To be used up on the thread that opens it. Raises what the trail
    raises."""
    with TrailReader.open(trail) as reader:
        ids = reader.find_run(before), reader.find_run(after)
        complaints = [record_access(trail, "compared", run_id, environ) for run_id in dict.fromkeys(ids)]
        alive = frozenset(address.run_id for address in live(trail)).intersection(ids)
        first, second = (_side(reader, run_id, is_live=run_id in alive) for run_id in ids)
        yield TwoRuns(first, second, alive, tuple(filter(None, complaints)))


def _side(reader: TrailReader, run_id: str, *, is_live: bool) -> Side:
    state = fold(reader.events(run_id))
    return Side(state if is_live else orphaned(state), TrailOutputs(reader, run_id))
