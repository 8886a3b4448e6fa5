"""Looking into a run is an event of the trail, whoever looks and from where."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from . import clock
from .errors import TrailUnusable, TrailWriteError
from .trail import TrailWriter


def record_access(trail: Path, action: str, run_id: str | None, environ: Mapping[str, str]) -> str:
    """Empty, or why it could not be recorded: a copy that cannot be written can still be read, and that is said."""
    try:
        with closing(TrailWriter.open(trail, floor_bytes=0)) as writer:
            writer.record_access(action, run_id, clock.stamp(clock.this_actor(environ)))
    except (TrailUnusable, TrailWriteError) as error:
        return f"that this was {action} could not be recorded: {error}"
    return ""
