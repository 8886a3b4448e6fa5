"""A step in words and colours: its command, its verdict, what good looks like. Pure functions to Textual content."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from textual.content import Content

from engine.beside import before_name
from engine.model import Step
from engine.state import Attempt, RunState, own_attempts
from engine.summary import decision_of, held_in_shell, lines_of, progress_of, sign_of, took, verdict_of, warnings_of

from .situation import OVER, Situation
from .text import marked, one_line, plain

LEVEL_STYLES: Mapping[str, str] = {
    "safe": "$safe",
    "unknown": "$unknown",
    "caution": "$caution",
    "dangerous": "bold $dangerous",
}
LEXERS: Mapping[str, str] = {"shell": "bash", "sql": "sql"}
NOT_PREPARED = "not-prepared"
PHASE_TITLES = {"left": "The run was left open", "broken": "The run was stopped"}
OUTCOME_STYLES = {"done": "$success", "failed": "$error"}
SIGN_STYLES = {"✔": "$success", "✘": "$error", "?": "$error", "–": "$foreground-muted"}
PRECEDENTS = 3
LONGEST_LAST_EDIT = 6
"""Lines of it that are shown before it is taken; then all of it is the step's text."""
LONGEST_SAMPLE = 12
"""Lines of sample output shown with a step; the rest stands in the document."""


def command(prepared: Mapping[str, Any]) -> Content:
    """The exact text, with what caused its verdict underlined and the operator's values lit."""
    text, verdict = prepared["text"], prepared["verdict"]
    marks = [((first, end), "bold $accent") for first, end in prepared["inputs"]]
    if verdict["level"] != "safe" and verdict["rule"] != NOT_PREPARED:
        first, end = verdict["span"]
        marks.append((_trimmed(text, first, end), f"underline {LEVEL_STYLES[verdict['level']]}"))
    return numbered_lines(marked(text, marks, LEXERS[prepared["session"]]))


def numbered_lines(text: Content) -> Content:
    """So that a line which is broken at the edge does not read as two."""
    lines = text.split("\n", allow_blank=True)
    if len(lines) < 2:
        return text
    width = len(str(len(lines)))
    rows = [Content.assemble((f"{n:>{width}} ", "$foreground-muted"), line) for n, line in enumerate(lines, 1)]
    return Content("\n").join(rows)


def _trimmed(text: str, first: int, end: int) -> tuple[int, int]:
    part = text[first:end]
    return first + len(part) - len(part.lstrip()), end - (len(part) - len(part.rstrip()))


def verdict_lines(s: Situation) -> Iterator[Content]:
    """What there is to say about the text before it runs."""
    prepared = s.prepared
    yield from _last_edit(s.last_edit)
    if prepared is not None and prepared["database"]:
        yield one_line(f"on {prepared['database']}")
    if s.broken:
        yield plain(f"✘ broken: {s.broken}; it cannot run until it is edited", "bold $error")
    elif prepared is None:
        return
    elif prepared["problem"]:
        yield plain(f"✘ {prepared['problem']}", "bold $error")
    elif prepared["missing"]:
        yield plain(f"? no value for {', '.join(prepared['missing'])}", "bold $warning")
    else:
        yield from _verdict(prepared)
        if prepared["endless"]:
            yield plain(prepared["endless"], "$accent")
    if prepared is not None:
        if prepared["limits"]:
            yield plain(prepared["limits"], "$foreground-muted")
        yield from (one_line(sentence, "$foreground-muted") for sentence in held_in_shell(prepared))
        for sentence in (*prepared["empty"], *prepared["warnings"]):
            yield plain(f"! {sentence}", "$warning")


def _last_edit(text: str) -> Iterator[Content]:
    """What runs here only once somebody takes it."""
    if not text:
        return
    lines = text.rstrip("\n").split("\n")
    yield plain("in the run before, its operator made of it:", "$warning")
    yield from (plain(f"    {line}", "$secondary") for line in lines[:LONGEST_LAST_EDIT])
    if len(lines) > LONGEST_LAST_EDIT:
        yield plain(f"    … {len(lines) - LONGEST_LAST_EDIT} more lines", "$foreground-muted")


def _verdict(prepared: Mapping[str, Any]) -> Iterator[Content]:
    verdict = prepared["verdict"]
    style = LEVEL_STYLES[verdict["level"]]
    yield plain(verdict_of(verdict["level"], verdict["category"], verdict["why"]), style)
    if verdict["level"] == "safe":
        return
    is_known = not prepared.get("is_past")  # a record does not say whether there was one
    no_form = "dry run: none" if is_known and verdict["level"] == "dangerous" and not verdict["dry_run"] else ""
    if verdict["target"]:
        hits = Content.assemble(("hits ", "$foreground-muted"), plain(verdict["target"], style))
        yield Content.assemble(hits, (f"   {no_form}" if no_form else "", "$foreground-muted"))
    elif no_form:
        yield Content.styled(no_form, "$foreground-muted")
    for sentence in prepared["ran_before"][:PRECEDENTS]:
        yield plain(f"! {sentence}", "$warning")
    form = verdict["dry_run"]
    if form is not None:
        note = f": {form['note']}" if form["note"] else ""
        yield Content.assemble(
            (f"dry run, {form['grade']}", "$foreground-muted"),
            plain(note, "$foreground-muted"),
        )
        yield Content.assemble("  ", one_line(form["form"], "$secondary"))


def outcome(s: Situation) -> Content | None:
    """How the step stands after its latest attempt, if it has begun at all."""
    if s.step is None:
        return None
    step = s.state.steps[s.step.id]
    own = own_attempts(s.state, step)
    if step.status == "pending" and not own:
        return None
    running = s.state.attempts.get(s.state.running or 0)
    if running is not None and running.step_id == step.planned.id and running.is_beside:
        return plain(f"{sign_of(step.status)} {before_name(running)}it is {step.status}", "bold $primary")
    words = [f"{sign_of(step.status)} {step.status.replace('_', ' ')}"]
    if own and step.status not in ("skipped", "done"):
        words += _ended(own[-1])
    if step.reason:
        words.append(step.reason)
    style = (
        "$success"
        if step.status in ("succeeded", "done")
        else "$foreground-muted"
        if step.status == "skipped"
        else "bold $error"
    )
    return plain(" · ".join(words), "bold $primary" if step.status == "running" else style)


def _ended(attempt: Attempt) -> list[str]:
    status = [] if attempt.exit_status is None else [f"exit {attempt.exit_status}"]
    duration = [took(attempt.duration_ns)] if attempt.duration_ns is not None else []
    return [*status, *duration, *filter(None, (attempt.message, decision_of(attempt)))]


def proof(s: Situation) -> Content | None:
    """What to keep of a run that is over, and how it is looked at later."""
    if not s.head:
        return None
    run = s.state.run_id
    comes_back = [f"`oncue resume {run}` goes on"] if s.state.phase == "left" else []
    lines = [f"head {s.head}", f"`oncue show {run}` shows it", f"`oncue verify {run}` checks it", *comes_back]
    return plain("\n".join(lines), "$foreground-muted")


def end_title(s: Situation) -> Content:
    """Of a run in which there is nothing left to do."""
    if s.state.phase not in OVER:
        return plain("Every step is settled", "bold")
    words = PHASE_TITLES.get(s.state.phase) or f"The run is over: {s.state.outcome}"
    return plain(words, f"bold {OUTCOME_STYLES.get(s.state.outcome or '', '$warning')}")


def end_lines(s: Situation) -> Iterator[Content]:
    """How it went, a line for each step."""
    if s.state.reason:
        yield plain(s.state.reason)
    yield from (plain(f"! {sentence}", "bold $error") for sentence in warnings_of(s.state))
    yield plain(progress_of(s.state))
    yield Content("")
    yield from (plain(line, SIGN_STYLES.get(line[:1], "")) for line in lines_of(s.state))


def good(step: Step) -> Content | None:
    text = step.expectation.strip()
    return Content.assemble(("good: ", "bold $success"), plain(text, "$foreground-muted")) if text else None


def sample(step: Step) -> Content | None:
    lines = step.sample_output.rstrip("\n").split("\n")
    if not step.sample_output.strip():
        return None
    more = (
        [f"… {len(lines) - LONGEST_SAMPLE} more lines: line {step.lines.first}"] if len(lines) > LONGEST_SAMPLE else []
    )
    shown = "\n".join(["sample output", *lines[:LONGEST_SAMPLE], *more])
    return plain(shown, "$foreground-muted")


def numbered(state: RunState) -> list[str]:
    """Ids of the steps that are walked, in order; the first is step 1."""
    from engine.state import walked

    return [step.planned.id for step in walked(state) if step.planned.kind != "template"]
