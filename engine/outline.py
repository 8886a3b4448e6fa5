"""A runbook's outline for a listing: as JSON for programs, as text for people. Reads, decides nothing."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence

from .danger import Verdict
from .levels import LEVEL_SIGNS
from .model import Choice, Expectation, Item, Runbook, Section, Step, Variable
from .output import visible

SIGNS = {"shell": "$", "sql": "§", "manual": "☐", "template": "¶"}
"""One sign per kind, always with the word beside it."""

# --- JSON ----------------------------------------------------------------------------------------------------


def to_json(
    runbook: Runbook, variables: Sequence[Variable], verdicts: Mapping[str, Verdict] | None = None
) -> dict[str, object]:
    """Plain lists, dictionaries, strings and numbers: what `oncue steps --json` prints."""
    return {
        "path": runbook.path,
        "sha256": runbook.sha256,
        "title": runbook.title,
        "shape": runbook.shape,
        "metadata": dict(runbook.metadata),
        "variables": [_variable(variable) for variable in variables],
        "expects": [_expectation(expectation) for expectation in runbook.expects],
        "sections": [_section(section) for section in runbook.sections],
        "steps": [_step(step, runbook.choices, (verdicts or {}).get(step.id)) for step in runbook.steps],
        "choices": [_choice(choice) for choice in runbook.choices],
        "drawers": [
            {
                "kind": d.kind,
                "title": d.title,
                "header": list(d.header),
                "rows": [list(r) for r in d.rows],
                "lines": list(d.lines),
            }
            for d in runbook.drawers
        ],
        "escalations": [
            {"after_minutes": e.after_minutes, "text": e.text, "line": e.line} for e in runbook.escalations
        ],
        "jumps": [{"line": j.line, "text": j.text, "target": j.target} for j in runbook.jumps],
        "alerts": {name: list(path) for name, path in runbook.alerts.items()},
        "problems": [{"line": p.line, "code": p.code, "message": p.message} for p in runbook.problems],
    }


def _variable(variable: Variable) -> dict[str, object]:
    return {
        "name": variable.name,
        "style": variable.style,
        "lines": list(variable.lines),
        "default": None if variable.secret else variable.default,
        "pattern": variable.pattern,
        "choices": list(variable.choices),
        "secret": variable.secret,
        "description": variable.description,
    }


def _expectation(expectation: Expectation) -> dict[str, object]:
    return {
        "name": expectation.name,
        "wanted": list(expectation.wanted),
        "line": expectation.line,
        "command": expectation.command,
        "problem": expectation.problem,
    }


def _section(section: Section) -> dict[str, object]:
    box = section.time_box
    return {
        "title": section.title,
        "level": section.level,
        "path": list(section.path),
        "lines": list(section.lines),
        "time_box": None if box is None else {"low": box.low, "high": box.high, "line": box.line},
    }


def _step(step: Step, choices: Sequence[Choice], verdict: Verdict | None) -> dict[str, object]:
    return {
        "id": step.id,
        "kind": step.kind,
        "title": step.title,
        "section": list(step.section),
        "lines": list(step.lines),
        "text": step.text,
        "level": None if verdict is None else verdict.level,
        "category": None if verdict is None else verdict.category,
        "why": None if verdict is None else verdict.why,
        "target": None if verdict is None else verdict.target,
        "items": [_item(item) for item in step.items],
        "alternatives": _alternatives(step, choices),
        "language": step.language,
        "guessed": step.guessed,
        "prose": step.prose,
        "sample_output": step.sample_output,
        "expectation": step.expectation,
        "interpreter": step.interpreter,
        "suggestions": [{"text": s.text, "lines": list(s.lines)} for s in step.suggestions],
        "attributes": dict(step.attributes),
        "broken": None
        if step.broken is None
        else {"line": step.broken.line, "code": step.broken.code, "message": step.broken.message},
    }


def _item(item: Item) -> dict[str, object]:
    return {
        "id": item.id,
        "text": item.text,
        "lines": list(item.lines),
        "depth": item.depth,
        "written_ticked": item.written_ticked,
        "suggestions": [{"text": s.text, "lines": list(s.lines)} for s in item.suggestions],
    }


def _choice(choice: Choice) -> dict[str, object]:
    options = [{"id": option.id, "label": option.label, "lines": list(option.lines)} for option in choice.options]
    return {"id": choice.id, "title": choice.title, "lines": list(choice.lines), "options": options}


def _alternatives(step: Step, choices: Sequence[Choice]) -> list[dict[str, object]]:
    """The options that lead to this step, outermost first, each with the choice it is a way out of."""
    found: dict[str, dict[str, object]] = {}
    for choice in choices:
        for option in choice.options:
            if option.id in step.options:
                found[option.id] = {"choice": choice.id, "option": option.id, "label": option.label}
    return [found[option] for option in step.options if option in found]


# --- text ----------------------------------------------------------------------------------------------------


def to_text(
    runbook: Runbook, variables: Sequence[Variable], width: int = 80, verdicts: Mapping[str, Verdict] | None = None
) -> str:
    """What would be walked, for a person; problems at the end as `path:line: message`."""
    lines = _lines(runbook, variables, max(width, 40), verdicts or {})
    return "\n".join(visible(line.expandtabs(4)).rstrip() for line in lines) + "\n"


def _lines(
    runbook: Runbook, variables: Sequence[Variable], width: int, verdicts: Mapping[str, Verdict]
) -> Iterator[str]:
    yield runbook.title
    about = (
        "a procedure, walked in order"
        if runbook.shape == "procedure"
        else "a catalogue, of which one section is picked"
    )
    counts = ", ".join(f"{count} {kind}" for kind, count in _counts(runbook.steps).items())
    yield f"{runbook.path} is {about}: {counts}"
    yield from (f"  {key}: {_one_line(value, width - len(key) - 4)}" for key, value in runbook.metadata.items())
    yield from _expectation_lines(runbook.expects, width)
    yield from _step_lines(runbook, width, verdicts)
    yield from _choice_lines(runbook.choices)
    yield from _reference_lines(runbook, width)
    yield from _variable_lines(variables)
    if runbook.problems:
        yield ""
        yield "Problems"
        yield from (f"{runbook.path}:{problem.line}: {problem.message}" for problem in runbook.problems)


def _counts(steps: Sequence[Step]) -> dict[str, int]:
    counts = {kind: sum(1 for step in steps if step.kind == kind) for kind in SIGNS}
    return {kind: count for kind, count in counts.items() if count}


def _step_lines(runbook: Runbook, width: int, verdicts: Mapping[str, Verdict]) -> Iterator[str]:
    section: tuple[str, ...] | None = None
    labels = {option.id: option.label for choice in runbook.choices for option in choice.options}
    boxes = {part.path: part.time_box for part in runbook.sections}
    number = 0
    for step in runbook.steps:
        number += step.kind != "template"
        if step.section != section:
            section = step.section
            box = boxes.get(section)
            yield ""
            yield " › ".join(section or (runbook.title,)) + (f"  ({box.low}-{box.high} min)" if box else "")
        # What is only copied is not walked, so the numbers are those that the walk shows.
        yield from _one_step("" if step.kind == "template" else str(number), step, labels, width)
        yield from _verdict_lines(verdicts.get(step.id), width)


def _one_step(number: str, step: Step, labels: dict[str, str], width: int) -> Iterator[str]:
    sign = SIGNS[step.kind]
    lines = f"{step.lines.first}-{step.lines.last}" if step.lines.first != step.lines.last else f"{step.lines.first}"
    label = _label_above(step)
    if label:
        yield f"     {label}"
    kind = f"{step.kind} guessed" if step.guessed else step.kind
    yield f"{number:>4} {sign} {_one_line(step.title, width - 30)}  [{kind}, {lines}]"
    for option in step.options:
        yield f"       ◇ only for: {labels.get(option, option)}"
    if step.broken:
        yield f"       ✗ broken: {step.broken.message}"
    for item in step.items:
        yield from _item_lines(item, width)
    if step.kind in {"shell", "sql"}:
        yield from _text_lines(step.text, width)
    for suggestion in step.suggestions:
        yield f"       ▸ {_one_line(suggestion.text, width - 9)}"
    if step.expectation:
        yield f"       good: {_one_line(step.expectation, width - 13)}"


def _verdict_lines(verdict: Verdict | None, width: int) -> Iterator[str]:
    if verdict is not None:
        target = f" ({verdict.target})" if verdict.target else ""
        yield f"       {LEVEL_SIGNS[verdict.level]} {_one_line(f'{verdict.level}: {verdict.why}{target}', width - 10)}"


def _label_above(step: Step) -> str:
    """The bold line that opens a group of manual steps, such as `**Diagnosis (5-15 minutes)**:`."""
    last = step.prose.rstrip().rsplit("\n", 1)[-1] if step.kind == "manual" else ""
    return last.replace("*", "").strip() if last.startswith("**") and last.rstrip("* ").endswith(":") else ""


def _item_lines(item: Item, width: int) -> Iterator[str]:
    box = "[x]" if item.written_ticked else "[ ]"
    indent = "       " + "  " * item.depth
    first, *rest = item.text.split("\n")
    yield indent + f"{box} {_one_line(first, width - len(indent) - 4)}"
    yield from (f"{indent}    {_one_line(line, width - len(indent) - 4)}" for line in rest)


def _text_lines(text: str, width: int, limit: int = 6) -> Iterator[str]:
    lines = text.split("\n")
    shown = lines if len(lines) <= limit else lines[: limit - 1]
    yield from ("       │ " + _cut(line, width - 9) for line in shown)
    if len(shown) < len(lines):
        yield f"       │ … {len(lines) - len(shown)} more lines"


def _expectation_lines(expectations: Sequence[Expectation], width: int) -> Iterator[str]:
    if expectations:
        yield ""
        yield "Expects, before anything that is not safe"
    for one in expectations:
        wanted = " or ".join(glob or "nothing" for glob in one.wanted) or "?"
        yield f"  {one.name}: {_one_line(wanted, width - len(one.name) - 12)} [{one.line}]"
        if one.problem:
            yield f"       ✗ {one.problem}"


def _choice_lines(choices: Sequence[Choice]) -> Iterator[str]:
    if choices:
        yield ""
        yield "Choices"
    for choice in choices:
        yield f"  ◇ {_one_line(choice.title, 100)} [{choice.lines.first}]"
        yield from (f"      - {_one_line(option.label, 100)}" for option in choice.options)


def _reference_lines(runbook: Runbook, width: int) -> Iterator[str]:
    if runbook.drawers or runbook.escalations or runbook.jumps:
        yield ""
        yield "Beside the steps"
    for drawer in runbook.drawers:
        title = _one_line(drawer.title or runbook.title, 60)
        yield f"  {drawer.kind}: {title}, {len(drawer.rows)} rows [{drawer.lines.first}]"
    for escalation in runbook.escalations:
        text = _one_line(escalation.text, width - 40)
        yield f"  escalate after {escalation.after_minutes} min [{escalation.line}]: {text}"
    for jump in runbook.jumps:
        yield f"  jump [{jump.line}]: {_one_line(jump.text, 40)} → {jump.target}"
    for name, path in runbook.alerts.items():
        yield f"  alert {name} → {' › '.join(path) or runbook.title}"


def _variable_lines(variables: Sequence[Variable]) -> Iterator[str]:
    if variables:
        yield ""
        yield "Variables"
    for variable in variables:
        lines = ", ".join(map(str, variable.lines[:8])) + ("…" if len(variable.lines) > 8 else "")
        yield f"  {variable.name} [{variable.style}, {lines}]{' secret' if variable.secret else ''}"


def _one_line(text: str, width: int) -> str:
    return textwrap.shorten(" ".join(text.split()), max(width, 20), placeholder=" …")


def _cut(line: str, width: int) -> str:
    line = line.expandtabs(4)
    return line if len(line) <= width else line[: width - 1] + "…"
