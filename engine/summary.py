"""A run in few words: signs, durations, the closing summary and the exit code. Pure functions of a `RunState`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from . import events as e
from .levels import LEVEL_SIGNS, Level
from .machine import outcome_of
from .state import (
    Attempt,
    RunState,
    StepState,
    is_unknown,
    open_transactions,
    opened_by,
    own_attempts,
    standing,
    steps_in,
    walked,
)

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
APPROVALS: Mapping[e.Approval, str] = {
    "asked": "",
    "confirmed": "confirmed",
    "typed": "its target typed",
    "yes_flag": "let run by --yes",
    "approve_flag": "let run by --approve",
    "sandboxed": "in a sandbox",
}
PHASES: Mapping[str, str] = {
    "unstarted": "not begun",
    "idle": "not finished, between two steps",
    "running": "not finished, a step is running",
    "unknown": "not finished, how a step ended is not known",
    "left": "not finished, left open",
    "broken": "not finished, its trail could not be written",
}
"""How a run without an outcome stands."""
MODE_MARKS: Mapping[str, str] = {"rehearsal": "▷ rehearsal", "probe": "▷ probe", "sandbox": "▷ sandbox"}
"""Sign and word of what is not the real thing. They stand wherever such a run is shown."""
MODE_SENTENCES: Mapping[str, str] = {
    "rehearsal": "This was a rehearsal: nothing real was touched, and a recording, a scenario or people answered.",
    "probe": "This was a dry run: of its steps only those ran that are proved safe.",
    "sandbox": "This was a dry run: its steps ran in a sandbox, over a copy of every file and without network.",
}
EXIT_CODES = {"done": 0, "rehearsed": 0, "failed": 1, "abandoned": 3, "unknown": 5}
DECISIONS: Mapping[tuple[e.CommitDecision, e.CommitReason], str] = {
    ("commit", "operator"): "decided to commit",
    ("roll_back", "operator"): "decided to roll back",
    ("roll_back", "time"): "rolled back, because nobody answered in time",
    ("roll_back", "absence"): "rolled back, because nobody was attached any more",
    ("roll_back", "interrupt"): "rolled back, because it was interrupted",
}
LONGEST_VALUE = 80
UNIT_NS = ((3_600_000_000_000, "h"), (60_000_000_000, "min"))


def mode_mark(mode: str) -> str:
    """Empty for a real run."""
    return MODE_MARKS.get(mode, "")


def mark_of(state: RunState) -> str:
    return mode_mark(state.started.mode) if state.started else ""


def about_rehearsal(state: RunState) -> Iterator[str]:
    """What answered in place of the real thing, and what went wrong on purpose."""
    rehearsal = state.started.rehearsal if state.started else None
    if rehearsal is None:
        return
    run = f"run {rehearsal.run_id}" if rehearsal.run_id else ""
    yield f"Answered by {' and '.join(filter(None, (run, rehearsal.recording, rehearsal.scenario))) or 'people'}"
    for one in rehearsal.injections:
        step = state.steps.get(one.step_id)
        yield f"Gone wrong on purpose: “{step.planned.title if step else one.step_id}” ({one.fault})"


def changes_of(mode: str, attempt: Attempt) -> Iterator[str]:
    """What a step that ran in a sandbox would have done to which file; nothing in any other run."""
    if mode != "sandbox" or attempt.outcome is None:
        return
    if not attempt.changes:
        yield "would change no file"
    yield from (f"would have {one.change}: {one.path}" for one in attempt.changes)
    if attempt.more_changes:
        yield f"… and {attempt.more_changes} more files"


def beside_of(attempt: Attempt) -> str:
    """What ran in place of the step itself; empty for the step."""
    if attempt.dry_run:
        return "dry run"
    return "suggestion" if attempt.suggestion else "end of a transaction" if attempt.closing else ""


def sign_of(status: str) -> str:
    return SIGNS[status]


def warnings_of(state: RunState) -> Iterator[str]:
    """What would come to nothing if the run, or its host, ended now."""
    for one in open_transactions(state):
        steps = ", ".join(f"“{state.steps[step_id].planned.title}”" for step_id in steps_in(state, one))
        yield f"{opened_by(state, one)} is still open: when the run ends, it is rolled back with what {steps} did"


def decision_of(attempt: Attempt) -> str:
    """What became of the latest statement that waited to be committed, and by whom; empty where none did."""
    if attempt.decision is None or attempt.decided is None:
        return ""
    by = f", by {attempt.decider}" if attempt.decider else ""
    return f"{DECISIONS[attempt.decision, attempt.decided]}{by}"


def uncommitted_of(attempt: Attempt) -> str:
    """For an attempt whose end nobody saw: what is known of the statement that waited to be committed."""
    if not attempt.questions:
        return ""
    if attempt.decision is None:
        return "a statement of it waited to be committed, and nobody had answered: the database has rolled it back"
    if attempt.decision == "roll_back":
        return "a statement of it was to be rolled back, which the database does by itself"
    return "a statement of it was to be committed; whether the database did so shows only in the rows it changes"


def verdict_of(level: Level, category: str, why: str) -> str:
    """`‼ dangerous · data destruction · why`."""
    named = category.replace("_", " ") if level in ("caution", "dangerous") else ""
    return f"{LEVEL_SIGNS[level]} " + " · ".join(filter(None, (level, named, why)))


def held_sentence(
    title: str,
    level: Level,
    why: str,
    target: str,
    *,
    ran_before: Sequence[str],
    number: int,
    empty: Sequence[str] = (),
) -> str:
    """Why a step does not run without a terminal, and which option would let it."""
    if ran_before and level != "safe":
        return f"“{title}” is {level} and {ran_before[0]}; --approve {number} runs it again"
    if empty and level != "safe":
        return f"“{title}” is {level} and {empty[0]}; --approve {number} lets it run"
    if level == "dangerous":
        return f"“{title}” is dangerous: {why}; it hits {target}; --approve {number} lets it run"
    return f"“{title}” asks first ({level}: {why}); --yes lets it run"


def held_in_shell(prepared: Mapping[str, Any]) -> Iterator[str]:
    """What the shell's own variables in a text stand for, one sentence each; of a long value its beginning."""
    for name, value in prepared["held"]:
        line = " ".join(value.split())
        if line:
            yield f"${name} is {line if len(line) <= LONGEST_VALUE else line[: LONGEST_VALUE - 1] + '…'} in the shell"


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
    if any(is_unknown(state, step) for step in state.steps.values()):
        return 5
    return EXIT_CODES[state.outcome or outcome_of(state)]


def lines_of(state: RunState) -> Iterator[str]:
    """One line per walked step."""
    for step in walked(state):
        if step.planned.kind != "template":
            yield _line(state, step)


def reason_of(state: RunState, step: StepState) -> str:
    """Why it was skipped, or the note it was marked done with."""
    passed_over = step.status == "skipped" and standing(state, step) != "skipped"
    return f"skipped: {step.reason}" if passed_over else step.reason


def progress_of(state: RunState) -> str:
    """`3 of 7 steps ran, 4 did not run`."""
    steps = [step for step in walked(state) if step.planned.kind != "template"]
    ran = sum(1 for step in steps if own_attempts(state, step))
    passed = sum(1 for step in steps if step.status in ("skipped", "done") and not own_attempts(state, step))
    left = len(steps) - ran - passed
    words = (
        f"{ran} of {len(steps)} steps ran",
        passed and f"{passed} skipped or done by hand",
        left and f"{left} did not run",
    )
    return ", ".join(str(one) for one in words if one)


def _line(state: RunState, step: StepState) -> str:
    own = own_attempts(state, step)
    duration = took(own[-1].duration_ns) if own else ""
    stands, why = standing(state, step), reason_of(state, step)
    reason = f"  ({why})" if why else ""
    return f"{sign_of(stands)} {stands.replace('_', ' '):<12} {duration:>9}  {step.planned.title}{reason}"
