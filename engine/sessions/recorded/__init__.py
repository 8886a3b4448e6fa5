"""A session in which nothing runs: a recording, a scenario or the facilitator answers. Starts no process, opens no
socket and no database.
"""

from .answers import Answers, Found
from .session import RecordedSession

__all__ = ["Answers", "Found", "RecordedSession"]
