"""`oncue steps`: what would be walked. Needs no trail, no host and no database."""

from __future__ import annotations

import argparse
import os
import shutil
from dataclasses import replace
from pathlib import Path

from .. import outline
from ..forecast import forecast
from ..judging import judging_for
from ..variables import find
from . import document
from .configuring import maybe_read
from .printing import print_json, print_lines


def steps(arguments: argparse.Namespace) -> int:
    _, runbook = document.open_runbook(arguments.file)
    variables = find(runbook.steps, runbook.declared, os.environ)
    settings = maybe_read(arguments, Path(arguments.file), runbook)
    judging = (
        judging_for(runbook, {})
        if settings is None
        else judging_for(runbook, {}, settings.policy, settings.environment)
    )
    verdicts = forecast(runbook, judging)
    if runbook.expects:
        from ..guard import judged  # few documents have any

        runbook = replace(runbook, expects=judged(runbook.expects, judging))
    if arguments.json:
        print_json(outline.to_json(runbook, variables, verdicts))
    else:
        print_lines([outline.to_text(runbook, variables, shutil.get_terminal_size((100, 24)).columns, verdicts)])
    return 0
