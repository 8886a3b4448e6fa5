"""`oncue export`: a run of the trail as a recording, on standard output."""

from __future__ import annotations

import argparse
import os
import sys

from ..access import record_access
from ..casting import cast
from ..errors import UsageError
from ..output import visible
from ..trail import TrailReader
from .printing import print_bytes
from .trails import trail_of


def export(arguments: argparse.Namespace) -> int:
    if os.isatty(1):
        raise UsageError("a recording is for a file or a player: oncue export RUN > FILE.cast")
    trail = trail_of(arguments)
    with TrailReader.open(trail) as reader:
        run_id = reader.find_run(arguments.run)
        if complaint := record_access(trail, "exported", run_id, os.environ):
            print(visible(f"oncue: {complaint}"), file=sys.stderr)
        print_bytes(cast(reader, run_id, 3 if arguments.v3 else 2))
    return 0
