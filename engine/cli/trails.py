"""Which trail a command is about."""

from __future__ import annotations

import argparse
import os
from functools import lru_cache
from pathlib import Path

from ..config.files import find_files
from ..trail import default_path


def trail_of(arguments: argparse.Namespace) -> Path:
    if arguments.audit:
        return Path(arguments.audit).absolute()
    return _configured(arguments) or default_path(os.environ)


def is_default(arguments: argparse.Namespace) -> bool:
    """Nobody named a trail, so that it may not be there yet."""
    return not arguments.audit and not os.environ.get("ONCUE_AUDIT") and not _configured(arguments)


def _configured(arguments: argparse.Namespace) -> Path | None:
    """What the operator's own files say. A project's file has no say in where the record of a run is kept."""
    if os.environ.get("ONCUE_AUDIT") or not find_files(os.environ, None, arguments.config):
        return None
    return _named_in_files(arguments.config)


@lru_cache(maxsize=1)
def _named_in_files(config: str | None) -> Path | None:
    from ..config.finding import trail_named  # slow to import, and most people have no file

    return trail_named(os.environ, config)
