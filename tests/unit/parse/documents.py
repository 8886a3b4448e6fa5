"""Small documents for tests."""

from __future__ import annotations

import textwrap

from engine.model import Runbook, Step
from engine.parse import read_runbook


def read(text: str, path: str = "test.md") -> Runbook:
    """The runbook of an indented text."""
    return read_runbook(path, textwrap.dedent(text).lstrip("\n").encode())


def only(text: str) -> Step:
    """The single step of a document."""
    steps = read(text).steps
    assert len(steps) == 1, [step.title for step in steps]
    return steps[0]


def fence(language: str, body: str) -> str:
    return f"# T\n\n```{language}\n{textwrap.dedent(body).strip(chr(10))}\n```\n"


def titles(runbook: Runbook) -> list[str]:
    return [step.title for step in runbook.steps]
