"""`oncue steps`: what would be walked. Needs no trail, no host and no database."""

from __future__ import annotations

import argparse
import os
import shutil

from .. import outline
from ..variables import find
from . import document
from .printing import print_json, print_lines


def steps(arguments: argparse.Namespace) -> int:
    _, runbook = document.open_runbook(arguments.file)
    variables = find(runbook.steps, runbook.declared, os.environ)
    if arguments.json:
        print_json(outline.to_json(runbook, variables))
    else:
        print_lines([outline.to_text(runbook, variables, shutil.get_terminal_size((100, 24)).columns)])
    return 0
