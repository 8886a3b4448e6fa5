"""Whether a person sits at a terminal that can be drawn on. Asked before anything else is imported, so it imports
nothing that Python has not imported already.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False  # `typing` and `collections.abc` cost more than all that is done here
if TYPE_CHECKING:
    from collections.abc import Mapping


def is_there(environment: Mapping[str, str]) -> bool:
    """Keys come from standard input and frames go to standard error; output that goes elsewhere is for a program."""
    able = environment.get("TERM", "dumb") not in ("dumb", "unknown", "")
    return able and os.isatty(0) and os.isatty(1) and os.isatty(2)
