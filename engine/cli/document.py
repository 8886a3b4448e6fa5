"""From a file's name to its bytes, and from a word on the command line to one of its sections."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..errors import DocumentError, UsageError
from ..model import Runbook, Section
from ..parse import read_runbook

NOTHING_TO_WALK = (
    "nothing to walk was found: no shell or SQL block, no checklist, no numbered list under a heading, "
    "no block to copy and no command in the text"
)


def open_runbook(name: str) -> tuple[bytes, Runbook]:
    """A document and what it says. Raises `DocumentError` also for one that holds no step at all."""
    data = read(name)
    runbook = read_runbook(name, data)
    if not runbook.steps:
        raise DocumentError(name, NOTHING_TO_WALK)
    return data, runbook


def read(name: str) -> bytes:
    """Raises `DocumentError` for everything that is not an ordinary readable file; a FIFO is never opened."""
    path = Path(name)
    if path.is_dir():
        raise DocumentError(name, "is a directory, not a document")
    if not path.exists():
        raise DocumentError(name, "there is no such file")
    if not path.is_file():
        raise DocumentError(name, "is not an ordinary file")
    try:
        return path.read_bytes()
    except OSError as error:
        raise DocumentError(name, f"cannot be read: {error.strerror}") from error


def with_steps(runbook: Runbook) -> list[Section]:
    holding = {step.section for step in runbook.steps if step.kind != "template"}
    return [section for section in runbook.sections if section.path in holding]


def find_section(runbook: Runbook, wanted: str) -> tuple[str, ...]:
    """Its path: by path (`A › B` or `A > B`), whole title, or a part of the title that only one section has.

    The document's own title stands for all of it, which is the empty path.
    """
    if wanted.casefold() == runbook.title.casefold():
        return ()
    words = wanted.casefold().replace(" > ", " › ")
    tests: tuple[Callable[[Section], bool], ...] = (
        lambda one: " › ".join(one.path).casefold() == words,
        lambda one: one.title.casefold() == words,
        lambda one: bool(words) and words in one.title.casefold(),
    )
    for test in tests:
        found = [section for section in runbook.sections if test(section)]
        if len(found) == 1:
            return found[0].path
        if found:
            places = "; ".join(f"{' › '.join(one.path)} (line {one.lines.first})" for one in found)
            raise UsageError(f"{runbook.path}: {wanted!r} could be any of: {places}")
    known = "; ".join(" › ".join(one.path) for one in with_steps(runbook))
    raise UsageError(f"{runbook.path}: no section {wanted!r}; sections with steps: {known}")


def section_of_alert(runbook: Runbook, alert: str) -> tuple[str, ...]:
    if alert not in runbook.alerts:
        known = ", ".join(runbook.alerts) or "none"
        raise UsageError(f"{runbook.path}: no section answers alert {alert!r}; known alerts: {known}")
    return runbook.alerts[alert]
