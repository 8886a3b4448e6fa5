"""Settings: what files, environment variables, the document and the command line say, and who said it.

One place reads the files: the client that starts a run. The run's own process is handed the result as JSON.
"""

from __future__ import annotations

from .finding import VARIABLES, read_settings, trail_named
from .secrets import Databases
from .settings import Origin, SecretPattern, Settings, Source, Value
from .travel import from_json, to_json

__all__ = [
    "VARIABLES",
    "Databases",
    "Origin",
    "SecretPattern",
    "Settings",
    "Source",
    "Value",
    "from_json",
    "read_settings",
    "to_json",
    "trail_named",
]
