"""A dry run as one JSON value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..model import Item, Variable
from .ending import ending
from .outlook import Outlook, Prospect
from .tried import Tried


def to_json(
    outlook: Outlook, prospects: Sequence[Prospect], sources: Mapping[str, str], tried: Tried | None = None
) -> dict[str, Any]:
    """`sources` says of each input that has a value where it came from. Texts have to be masked already."""
    runbook, unresolved = outlook.runbook, outlook.unresolved(prospects)
    end = ending(prospects, unresolved, tried)
    return {
        "path": runbook.path,
        "sha256": runbook.sha256,
        "title": runbook.title,
        "shape": runbook.shape,
        "section": list(outlook.section),
        "inputs": [_input(outlook, one, sources) for one in outlook.inputs()],
        "expects": [
            {"name": one.name, "wanted": list(one.wanted), "line": one.line, "command": one.command,
             "problem": one.problem}
            for one in runbook.expects
        ],
        "context": [one.model_dump(mode="json") for one in tried.context] if tried else [],
        "steps": [_step(one, tried) for one in prospects],
        "unresolved": unresolved,
        "run": tried.run_id if tried else None,
        "mode": tried.mode if tried else None,
        "complaint": tried.complaint if tried else "",
        "conclusion": end.sentence,
        "exit_code": end.exit_code,
    }  # fmt: skip


def _input(outlook: Outlook, variable: Variable, sources: Mapping[str, str]) -> dict[str, Any]:
    value = outlook.value(variable)
    return {
        "name": variable.name,
        "value": value if value and not variable.secret else None,
        "known": bool(value),
        "secret": variable.secret,
        "source": sources.get(variable.name, "default") if value else "",
        "lines": list(variable.lines),
        "from": variable.from_command,
    }


def _step(prospect: Prospect, tried: Tried | None) -> dict[str, Any]:
    step, prepared = prospect.step, prospect.prepared
    verdict = prepared.verdict.to_json() if prepared is not None and prospect.runs else None
    return {
        "number": prospect.number,
        "id": step.id,
        "kind": step.kind,
        "title": step.title,
        "section": list(step.section),
        "lines": list(step.lines),
        "text": step.text if prepared is None else prepared.text,
        "verdict": verdict,
        "missing": list(prepared.missing) if prepared else [],
        "problem": prepared.problem if prepared else "",
        "warnings": list(prepared.warnings) if prepared else [],
        "endless": prepared.endless if prepared else "",
        "limits": prepared.limits if prepared else "",
        "database": prepared.database if prepared else "",
        "broken": None if step.broken is None else {"line": step.broken.line, "message": step.broken.message},
        "items": [_item(one) for one in step.items],
        "alternatives": [
            {"choice": title, "option": option.id, "label": option.label} for title, option in prospect.alternatives
        ],
        "expectation": step.expectation,
        "tried": tried.to_json(step.id) if tried and prospect.runs else None,
    }


def _item(item: Item) -> dict[str, Any]:
    return {"id": item.id, "text": item.text, "lines": list(item.lines), "depth": item.depth}
