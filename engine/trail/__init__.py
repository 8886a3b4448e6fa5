"""The audit trail: append-only rows in SQLite, chained by hash, durable before anything happens.

Names are resolved when first used, so that listing runs does not load the writer, nor writing the verifier.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .chain import empty_head
    from .chunks import OutputChunk, Read
    from .damage import TrailDamaged
    from .finding import Finding
    from .outflow import OutputTotals
    from .place import default_path
    from .reader import Origin, RunSummary, TrailReader
    from .reserve import FLOOR_BYTES
    from .verification import Verification, verify
    from .writer import TrailWriter

_HOMES = {
    "FLOOR_BYTES": "reserve",
    "Finding": "finding",
    "Origin": "reader",
    "OutputChunk": "chunks",
    "OutputTotals": "outflow",
    "Read": "chunks",
    "RunSummary": "reader",
    "TrailDamaged": "damage",
    "TrailReader": "reader",
    "TrailWriter": "writer",
    "Verification": "verification",
    "default_path": "place",
    "empty_head": "chain",
    "verify": "verification",
}

__all__ = [
    "FLOOR_BYTES",
    "Finding",
    "Origin",
    "OutputChunk",
    "OutputTotals",
    "Read",
    "RunSummary",
    "TrailDamaged",
    "TrailReader",
    "TrailWriter",
    "Verification",
    "default_path",
    "empty_head",
    "verify",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
