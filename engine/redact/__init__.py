"""Secrets → masks: known values in every usual encoding, tokens told by their shape, and a team's own patterns.

Pure: who calls brings the values, the bytes and the clock. What is masked is replaced by `[secret:NAME]`, which no
terminal, JSON or Markdown minds.
"""

from __future__ import annotations

from .environment import maybe_secret, secrets_of
from .maskable import MIN_BYTES, stays_visible, why_not, why_not_guessed
from .patterns import Pattern, pattern
from .redactor import Redactor
from .stream import StreamRedactor

__all__ = [
    "MIN_BYTES",
    "Pattern",
    "Redactor",
    "StreamRedactor",
    "maybe_secret",
    "pattern",
    "secrets_of",
    "stays_visible",
    "why_not",
    "why_not_guessed",
]
