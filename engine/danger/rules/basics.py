"""What only looks: the commands most blocks are made of."""

from __future__ import annotations

from ..rule import Rule, Tool

TOOLS: tuple[Tool, ...] = ()
RULES: tuple[Rule, ...] = ()
