"""When something was typed: where it stands in the output, whenever it was recorded."""

from __future__ import annotations

from collections.abc import Sequence

from ..events import Event, InputSent, Recorded
from .outputs import Outputs


def placed(events: Sequence[Recorded], times: Sequence[int], outputs: Outputs) -> tuple[int, ...]:
    """The moments of the events, with what was typed between the byte before it and the byte that came next."""
    last, found = 0, []
    for one, at_us in zip(events, times, strict=True):
        last = max(last, _moment(one.event, at_us, outputs))
        found.append(last)
    return tuple(found)


def _moment(event: Event, at_us: int, outputs: Outputs) -> int:
    if not isinstance(event, InputSent) or event.after_bytes is None or event.attempt not in outputs.indexes:
        return at_us
    attempt, after_bytes, size = event.attempt, event.after_bytes, outputs.size(event.attempt)
    before_us = outputs.time_of(attempt, min(after_bytes, size) - 1) if after_bytes > 0 else 0
    next_us = outputs.time_of(attempt, after_bytes) if after_bytes < size else at_us
    return max(before_us, min(at_us, next_us))
