"""`oncue diff`: two runs of the trail, step by step. Answers as diff(1) does: 0 the same, 1 different."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from ..access import record_access
from ..address import live
from ..difference import Side, compare, to_json, to_text
from ..output import visible
from ..state import fold, orphaned
from ..trail import TrailReader
from .outputs import TrailOutputs
from .printing import print_json, print_lines
from .trails import trail_of

DIFFERENT = 1


def diff(arguments: argparse.Namespace) -> int:
    trail = trail_of(arguments)
    with TrailReader.open(trail) as reader:
        before, after = reader.find_run(arguments.before), reader.find_run(arguments.after)
        for run_id in dict.fromkeys((before, after)):
            _record_access(trail, run_id)
        alive = frozenset(address.run_id for address in live(trail))
        difference = compare(_side(reader, before, alive), _side(reader, after, alive))
    if arguments.json:
        print_json(to_json(difference))
    else:
        print_lines(to_text(difference))
    return 0 if difference.is_same else DIFFERENT


def _side(reader: TrailReader, run_id: str, alive: frozenset[str]) -> Side:
    state = fold(reader.events(run_id))
    return Side(state if run_id in alive else orphaned(state), TrailOutputs(reader, run_id))


def _record_access(trail: Path, run_id: str) -> None:
    if complaint := record_access(trail, "compared", run_id, os.environ):
        print(visible(f"oncue: {complaint}"), file=sys.stderr)
