"""The tool's own dry run of a command, by the words of its row: `Rule.dry_run`.

+--dry-run=server      words added behind the last one
-delete=>-print        a word replaced; by nothing, it is left out
instead nginx -t       another command; `{operands}` stands for the operands that are left
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..levels import Level
from .call import Found
from .verdict import DryRun
from .words import Arg

INSTEAD = "instead "


def dry_run_of(found: Found, text: str, level_of: Callable[[str], Level]) -> DryRun | None:
    """None where the row has none, where the command cannot be taken out of its text, or where the form is not safe."""
    row, span = found.row, found.command
    if row is None or not row.rule.dry_run or span is None:
        return None
    form = _form(row.rule.dry_run, text, span, found.args, found.left)
    if form is None or level_of(form) != "safe":
        return None
    alone = "" if text.strip() == text[slice(*span)].strip() else "only this command of the step"
    return DryRun(form, row.rule.grade, "; ".join(filter(None, (row.rule.note, alone))))


def _form(edits: str, text: str, span: tuple[int, int], args: Sequence[Arg], left: Sequence[Arg]) -> str | None:
    start, end = span
    if edits.startswith(INSTEAD):
        operands = " ".join(text[arg.start : arg.end] for arg in left)
        prefix = text[start : args[0].start]  # `sudo`, variables
        return prefix + edits.removeprefix(INSTEAD).replace("{operands}", operands).strip()
    changes: list[tuple[int, int, str]] = []
    for edit in edits.split():
        if edit.startswith("+"):
            place = next((arg.start - 1 for arg in args if arg.value == "--"), args[-1].end)
            changes.append((place, place, " " + edit[1:]))
            continue
        old, _, new = edit.partition("=>")
        changes += [(arg.start, arg.end, new) for arg in args if arg.value == old]
    return _changed(text, start, end, changes) if changes else None


def _changed(text: str, start: int, end: int, changes: Sequence[tuple[int, int, str]]) -> str:
    pieces: list[str] = []
    at = start
    for first, last, new in sorted(changes):
        pieces += (text[at:first], new)
        at = last
    return "".join((*pieces, text[at:end])).strip()
