"""`oncue diff`: two runs of the trail, step by step. Answers as diff(1) does: 0 the same, 1 different."""

from __future__ import annotations

import argparse
import os
import sys

from ..difference import compare, to_json, to_text
from ..output import visible
from ..two_runs import opened
from .printing import print_json, print_lines
from .trails import trail_of

DIFFERENT = 1


def diff(arguments: argparse.Namespace) -> int:
    with opened(trail_of(arguments), arguments.before, arguments.after, os.environ) as runs:
        for complaint in runs.complaints:
            print(visible(f"oncue: {complaint}"), file=sys.stderr)
        difference = compare(runs.before, runs.after)
    if arguments.json:
        print_json(to_json(difference))
    else:
        print_lines(to_text(difference))
    return 0 if difference.is_same else DIFFERENT
