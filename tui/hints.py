"""Whether somebody is new here. What is counted is in a small file in the state directory; that it cannot be read or
written is no error, only a reason to say nothing.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from engine.errors import TrailUnusable
from engine.trail.place import default_path, make_private

RUNS = 3
"""On how many runs the hints are shown."""
FILE = "hints"


def is_new(environ: Mapping[str, str]) -> bool:
    """Counts this time. False also where it cannot be counted: what is said for ever is no hint."""
    place = default_path({name: value for name, value in environ.items() if name != "ONCUE_AUDIT"}).with_name(FILE)
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(make_private(place), "r+") as file:
            shown = int(file.read(8).strip() or "0")
            if shown >= RUNS:
                return False
            file.seek(0)
            file.truncate()
            file.write(f"{shown + 1}\n")
    except (OSError, ValueError, TrailUnusable):
        return False
    return True
