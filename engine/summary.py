"""A run in few words: signs, durations, the closing summary and the exit code. Pure functions of a `RunState`."""

from __future__ import annotations

from collections.abc import Iterator

from .machine import outcome_of
from .state import RunState, StepState, walked

SIGNS = {
    "pending": "○",
    "running": "▶",
    "succeeded": "✔",
    "done": "✔",
    "failed": "✘",
    "interrupted": "✘",
    "timed_out": "✘",
    "lost": "✘",
    "unknown": "?",
    "skipped": "–",
}
EXIT_CODES = {"done": 0, "failed": 1, "abandoned": 3}
UNIT_NS = ((3_600_000_000_000, "h"), (60_000_000_000, "min"))


def sign_of(status: str) -> str:
    return SIGNS[status]


def took(duration_ns: int | None) -> str:
    """`310 ms`, `4.2 s`, `2.4 min`; empty for None."""
    if duration_ns is None:
        return ""
    for size, unit in UNIT_NS:
        if duration_ns >= size:
            return f"{duration_ns / size:.1f} {unit}"
    return f"{duration_ns / 1e9:.1f} s" if duration_ns >= 1e9 else f"{duration_ns / 1e6:.0f} ms"


def span(n_bytes: int) -> str:
    """`812 bytes`, `4.0 MB`."""
    for size, unit in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if n_bytes >= size:
            return f"{n_bytes / size:.1f} {unit}"
    return f"{n_bytes} bytes"


def exit_code_of(state: RunState) -> int:
    """0 done · 1 a step failed · 3 not finished · 4 the trail failed · 5 an outcome is unknown."""
    if state.phase == "broken":
        return 4
    if any(step.status == "unknown" for step in state.steps.values()):
        return 5
    return EXIT_CODES[state.outcome or outcome_of(state)]


def lines_of(state: RunState) -> Iterator[str]:
    """One line per walked step."""
    for step in walked(state):
        if step.planned.kind != "template":
            yield _line(state, step)


def _line(state: RunState, step: StepState) -> str:
    attempt = state.attempts[step.attempts[-1]] if step.attempts else None
    duration = took(attempt.duration_ns) if attempt else ""
    reason = f"  ({step.reason})" if step.reason else ""
    return f"{sign_of(step.status)} {step.status.replace('_', ' '):<12} {duration:>9}  {step.planned.title}{reason}"
