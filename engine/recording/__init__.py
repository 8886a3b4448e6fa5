"""Recordings: asciicast files that any player plays and from which a run can be read back to the byte.

Pure: whoever writes one brings the events, the bytes and the times. The format is described field by field in
`recordings/README.md`.
"""

from .encoder import Encoder, Header
from .labels import label
from .moments import Happened, Keyed, Marked, Moment, Printed, Resized
from .reader import read
from .recording import OTHER_ANSWER, Asked, Damage, Piece, RecordedOutcome, RecordedStep, Recording, Typed
from .source import opened
from .times import Version

__all__ = [
    "OTHER_ANSWER",
    "Asked",
    "Damage",
    "Encoder",
    "Happened",
    "Header",
    "Keyed",
    "Marked",
    "Moment",
    "Piece",
    "Printed",
    "RecordedOutcome",
    "RecordedStep",
    "Recording",
    "Resized",
    "Typed",
    "Version",
    "label",
    "opened",
    "read",
]
