"""The verdict on every step as the document stands, before anything has run or been filled in."""

from __future__ import annotations

from collections.abc import Mapping

from .danger import Memory, Verdict
from .judging import Judging, Language
from .model import Runbook, Step


def forecast(runbook: Runbook, judging: Judging) -> Mapping[str, Verdict]:
    """Id of each step that runs → its verdict, judged with what the steps before it leave in the shell."""
    verdicts: dict[str, Verdict] = {}
    memory = Memory()
    for step in runbook.steps:
        if step.kind not in ("shell", "sql"):
            continue
        verdicts[step.id] = _verdict(step, judging, memory)
        if step.kind == "shell" and not step.interpreter and not step.broken:
            memory = judging.remember(step.text, memory)
    return verdicts


def _verdict(step: Step, judging: Judging, memory: Memory) -> Verdict:
    if step.broken:
        return Verdict("unknown", "opaque", "broken", f"it is broken: {step.broken.message}", (0, len(step.text)))
    language: Language = "sql" if step.kind == "sql" else "shell"
    return judging.own(step, step.text, language, memory, edited=False)
