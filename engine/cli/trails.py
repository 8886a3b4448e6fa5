"""Which trail a command is about."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from ..trail import default_path


def trail_of(arguments: argparse.Namespace) -> Path:
    return Path(arguments.audit).absolute() if arguments.audit else default_path(os.environ)


def is_default(arguments: argparse.Namespace) -> bool:
    """Nobody named a trail, so that it may not be there yet."""
    return not arguments.audit and not os.environ.get("ONCUE_AUDIT")
