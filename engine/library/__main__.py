"""`python -m engine.library`: the reading process. Its only user is `reader.Library`."""

from __future__ import annotations

import os
import sys

from .process import lower_priority, serve

if __name__ == "__main__":
    lower_priority()
    try:
        serve(sys.stdin, sys.stdout, os.environ)
    except (BrokenPipeError, KeyboardInterrupt):  # whoever asked is gone
        os._exit(0)
