"""The four levels of a verdict."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

Level = Literal["safe", "unknown", "caution", "dangerous"]
"""What running a text may do: proved to only read · not understood · changes what can be put back · destroys, takes
traffic away, cannot be undone or reaches beyond its target. In this order."""
LEVEL_SIGNS: Mapping[Level, str] = MappingProxyType({"safe": "·", "unknown": "?", "caution": "~", "dangerous": "‼"})
"""Always with the word beside it."""
