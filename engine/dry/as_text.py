"""A dry run for a person: lines as they were written, to be made visible by whoever prints them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence

from ..context import sentence_of
from ..danger import Verdict
from ..model import Expectation, Variable
from ..outline import SIGNS
from ..output import underlined
from ..preparing import Prepared
from ..summary import sign_of, span, took, verdict_of
from .ending import ending
from .outlook import Outlook, Prospect
from .tried import Attempted, Tried

INDENT = " " * 7
NOT_PREPARED = "not-prepared"
NARROWEST = 40
TEMPLATE_LINES = 6
"""Of a text to copy; the document has the rest."""


def to_text(
    outlook: Outlook,
    prospects: Sequence[Prospect],
    sources: Mapping[str, str],
    tried: Tried | None = None,
    width: int = 80,
) -> Iterator[str]:
    """As `as_json.to_json`."""
    runbook, width = outlook.runbook, max(width, NARROWEST)
    yield runbook.title
    yield f"{runbook.path}: a dry run; {_what_ran(tried)}"
    yield from _inputs(outlook, sources)
    yield from _context(runbook.expects, tried)
    section: tuple[str, ...] | None = None
    for one in prospects:
        if one.step.section != section:
            section = one.step.section
            yield ""
            yield " › ".join(section) or runbook.title
        yield from _step(runbook.path, one, tried, width)
    yield ""
    yield from _conclusion(outlook.unresolved(prospects), prospects, tried)


def _what_ran(tried: Tried | None) -> str:
    if tried is None:
        return "nothing has run"
    what = "only what is proved safe has run" if tried.mode == "probe" else "shell steps have run in a sandbox"
    return f"{what}, as run {tried.run_id}"


def _inputs(outlook: Outlook, sources: Mapping[str, str]) -> Iterator[str]:
    inputs = outlook.inputs()
    if inputs:
        yield ""
        yield "Inputs"
    for one in inputs:
        value = outlook.value(one)
        shown = "(secret)" if one.secret and value else value or "?"
        yield f"  {one.name} = {shown}   {_about(one, sources.get(one.name, 'default') if value else '')}".rstrip()


def _about(variable: Variable, source: str) -> str:
    proposed = "" if source or not variable.from_command else f"`{variable.from_command}` proposes values"
    lines = ", ".join(map(str, variable.lines[:4]))
    return " · ".join(filter(None, (source, proposed, variable.description, f"line {lines}")))


def _context(expectations: Sequence[Expectation], tried: Tried | None) -> Iterator[str]:
    if expectations:
        yield ""
        yield "Expects, before anything that is not safe"
    if tried is not None and tried.context:
        yield from (f"  {'✔' if one.ok else '✗'} {sentence_of(one)}" for one in tried.context)
        return
    for one in expectations:
        wanted = " or ".join(glob or "nothing" for glob in one.wanted) or "?"
        yield f"  {one.name}: {wanted} (line {one.line})" + (f"; ✗ {one.problem}" if one.problem else "")


def _step(path: str, prospect: Prospect, tried: Tried | None, width: int) -> Iterator[str]:
    step, number = prospect.step, "" if prospect.number is None else str(prospect.number)
    guessed = f"{step.kind} guessed" if step.guessed else step.kind
    yield ""
    yield f"{number:>4} {SIGNS[step.kind]} {_short(step.title, width - 30)}  [{guessed}, {path}:{step.lines.first}]"
    for title, option in prospect.alternatives:
        yield f"{INDENT}◇ only for: {option.label} (a choice: {title})"
    for item in step.items:
        yield from _wrapped(f"☐ {' '.join(item.text.split())}", width, INDENT + "  " * item.depth)
    if prospect.prepared is not None:
        yield from _text(prospect.prepared, width) if prospect.runs else _template(prospect.prepared)
    for why in prospect.objections():
        yield from _wrapped(f"✗ cannot run yet: {why}", width)
    if prospect.runs and prospect.prepared is not None:
        yield from _findings(prospect.prepared, width)
        yield from _attempted(step.id, tried, width)


def _text(prepared: Prepared, width: int) -> Iterator[str]:
    verdict = prepared.verdict
    nothing = verdict.level == "safe" or verdict.rule == NOT_PREPARED
    for line, marks in underlined(prepared.text, (0, 0) if nothing else verdict.span, width - len(INDENT) - 2):
        yield f"{INDENT}│ {line}"
        if marks:
            yield f"{INDENT}│ {marks}"


def _template(prepared: Prepared) -> Iterator[str]:
    lines = prepared.text.rstrip("\n").split("\n")
    yield from (f"{INDENT}│ {line}" for line in lines[:TEMPLATE_LINES])
    if len(lines) > TEMPLATE_LINES:
        yield f"{INDENT}│ … {len(lines) - TEMPLATE_LINES} more lines"


def _findings(prepared: Prepared, width: int) -> Iterator[str]:
    verdict = prepared.verdict
    if verdict.rule != NOT_PREPARED:
        yield from _wrapped(verdict_of(verdict.level, verdict.category, verdict.why), width)
        if verdict.target and verdict.level != "safe":
            yield from _wrapped(f"hits: {verdict.target}", width)
        yield from _dry_run(verdict, width)
    if prepared.database:
        yield from _wrapped(f"on {prepared.database}", width)
    if prepared.limits:
        yield from _wrapped(prepared.limits, width)
    for sentence in filter(None, (prepared.endless, *prepared.warnings)):
        yield from _wrapped(f"! {sentence}", width)


def _dry_run(verdict: Verdict, width: int) -> Iterator[str]:
    if verdict.dry_run is not None:
        note = f": {verdict.dry_run.note}" if verdict.dry_run.note else ""
        yield from _wrapped(f"dry run, {verdict.dry_run.grade}{note}", width)
        yield from (f"{INDENT}    {line}" for line in verdict.dry_run.form.split("\n"))
    elif verdict.level in ("caution", "dangerous"):
        yield f"{INDENT}dry run: none"


def _attempted(step_id: str, tried: Tried | None, width: int) -> Iterator[str]:
    if tried is None:
        return
    ran = tried.attempted.get(step_id)
    if ran is None:
        why = tried.passed_over.get(step_id) or tried.complaint
        yield from _wrapped(f"– did not run: {why}", width)
        instead = tried.stood_in.get(step_id)
        if instead is None:
            return
        ran = instead
        yield from (f"{INDENT}  {line}" for line in instead.text.splitlines())
    status = "" if ran.exit_status is None else f", exit {ran.exit_status}"
    where = "" if tried.mode == "probe" else " in the sandbox"
    yield f"{INDENT}{sign_of(ran.outcome)} {ran.outcome.replace('_', ' ')}{where}{status}, {took(ran.duration_ns)}"
    yield from (f"{INDENT}  {line}" for line in ran.output.splitlines())
    if ran.is_cut:
        yield f"{INDENT}  … {span(ran.output_bytes)} in all; `oncue show` has them"
    if ran.message:
        yield from _wrapped(ran.message, width)
    if tried.mode == "sandbox":
        yield from _changes(ran)


def _changes(ran: Attempted) -> Iterator[str]:
    if not ran.changes:
        yield f"{INDENT}would change no file"
    for change, path in ran.changes:
        yield f"{INDENT}would have {change}: {path}"
    if ran.more_changes:
        yield f"{INDENT}… and {ran.more_changes} more"


def _conclusion(unresolved: Sequence[str], prospects: Sequence[Prospect], tried: Tried | None) -> Iterator[str]:
    levels = [one.prepared.verdict for one in prospects if one.runs and one.prepared is not None]
    judged = [one for one in levels if one.rule != NOT_PREPARED]
    counts = {level: sum(1 for one in judged if one.level == level) for level in ("safe", "unknown", "caution")}
    counts["dangerous"] = len(judged) - sum(counts.values())
    people = sum(1 for one in prospects if one.step.kind == "manual")
    told = [f"{count} {level}" for level, count in counts.items() if count]
    yield f"{len(levels)} steps that run ({', '.join(told) or 'none judged'}), {people} for a person to do"
    if unresolved:
        yield ""
        yield "Unresolved"
        yield from unresolved
        yield ""
    yield ending(prospects, unresolved, tried).sentence


def _wrapped(text: str, width: int, indent: str = INDENT) -> list[str]:
    room = max(20, width - len(indent))
    return [indent + line for line in textwrap.wrap(text, room, subsequent_indent="  ")] or [indent]


def _short(text: str, width: int) -> str:
    return textwrap.shorten(" ".join(text.split()), max(width, 20), placeholder=" …")
