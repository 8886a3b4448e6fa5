"""Durations as people write them: `30s`, `5m`, `1h30m`, `500ms`; a bare number is seconds."""

from __future__ import annotations

import re
from datetime import timedelta

UNITS = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
FORM = "a number with its unit, such as `30s`, `5m` or `1h30m`"
LONGEST = timedelta(days=365).total_seconds()
"""Beyond a year it is a slip of the hand, and too long for the clocks that wait for it."""

_NUMBER = r"[0-9]{1,9}(?:\.[0-9]{1,6})?"
_PARTS = re.compile(rf"({_NUMBER})(ms|[dhms])")
_WHOLE = re.compile("".join(rf"(?:{_NUMBER}{unit})?" for unit in UNITS))


def seconds(text: str) -> float | None:
    """None for what is no duration: no number, units twice or out of order, nothing at all, zero, over a year."""
    text = text.strip()
    if re.fullmatch(_NUMBER, text):
        total = float(text)
    elif _WHOLE.fullmatch(text):
        total = sum(float(number) * UNITS[unit] for number, unit in _PARTS.findall(text))
    else:
        return None
    return total if 0 < total <= LONGEST else None
