"""What verification has to say: which row, what was done to it, in one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tampering = Literal["changed", "removed", "inserted", "reordered", "replaced", "truncated", "foreign", "damaged"]

SENTENCES: dict[Tampering, str] = {
    "changed": "{place} was changed after it was written.",
    "removed": "{place} was removed.",
    "inserted": "{place} was inserted later.",
    "reordered": "{place} stands where another one belongs.",
    "replaced": "{place} was replaced by another one.",
    "truncated": "Everything from {place} on was cut off.",
    "foreign": "{place} does not belong to an audit trail.",
    "damaged": "{place} cannot be read.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    kind: Tampering
    table: str
    run_id: str | None
    """None where no single run is concerned."""
    place: str
    """Which row, in words: `event 7 of run x`."""
    message: str

    def __str__(self) -> str:
        return self.message


def to_sentence(kind: Tampering, place: str, detail: str = "") -> str:
    """`detail` is a sentence of its own."""
    said = SENTENCES[kind].format(place=place)
    return f"{said[0].upper()}{said[1:]} {detail}".rstrip()
