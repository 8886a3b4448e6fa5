"""What two runs differ in, as rows of a list, and each of them in full."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from textual.content import Content

from engine.difference import (
    Change,
    Compared,
    Difference,
    Line,
    Part,
    StepDifference,
    run_to_text,
    step_to_text,
    summary_of,
)
from engine.difference.facts import MARKS
from engine.difference.wording import notable_durations
from engine.state import RunState
from engine.summary import sign_of, took

from .comparing import Begun
from .text import one_line, plain
from .when import written
from .widgets import row_list
from .widgets.facts import QUIET
from .widgets.side_by_side import Cell, Pair

WHOLE = "≡ the runs as a whole"
TONES = {" ": "", "=": QUIET, "-": "$error", "+": "$success", "~": "$warning", "!": "$warning"}
WORDS = {"before": "- only first", "after": "+ only second"}
ONLY = {"before": "Only the first run has this step.", "after": "Only the second run has this step."}
NOTHING = "Nothing differs. Times, ids, durations and numbers of processes in an output are no difference."
HIT = "$background on $warning"
LONGEST_LINE = 2_000
"""Characters of a line that are shown."""
UNDATED = "never"


class Entry(NamedTuple):
    """A row: the runs as a whole, or a step."""

    key: str
    begun: Begun
    step: StepDifference | None = None

    @property
    def is_same(self) -> bool:
        return not self.begun.facts if self.step is None else self.step.is_same

    @property
    def facts(self) -> Mapping[str, Change]:
        return self.begun.facts if self.step is None else self.step.facts


def entries_of(begun: Begun, steps: Sequence[StepDifference]) -> list[Entry]:
    return [Entry("runs", begun), *(Entry(str(number), begun, step) for number, step in enumerate(steps))]


# The lines above everything.


def heading(begun: Begun) -> Iterator[Content]:
    for sign, state in (("-", begun.before), ("+", begun.after)):
        title = state.started.title if state.started else ""
        facts = (f"{sign} {state.run_id}", _began(state), title, _outcome(begun, state))
        yield one_line(" · ".join(facts), TONES[sign])


def summary(begun: Begun, steps: Sequence[StepDifference]) -> str:
    return summary_of(Difference(begun.before, begun.after, begun.facts, tuple(steps)))


# The list.


def _sign(entry: Entry) -> row_list.Cell:
    if entry.step is not None and entry.step.where != "both":
        words = WORDS[entry.step.where]
    else:
        words = "= same" if entry.is_same else "~ differs"
    return words, TONES[words[0]]


def _title(entry: Entry) -> row_list.Cell:
    return (WHOLE, "$primary") if entry.step is None else (entry.step.title, "")


def _what(entry: Entry) -> row_list.Cell:
    return ", ".join(what_differs(entry)), ""


def _took(entry: Entry) -> row_list.Cell:
    return (notable_durations(entry.step) if entry.step else ""), QUIET


COLUMNS: Sequence[row_list.Column[Entry]] = (
    row_list.Column("", _sign, 13),
    row_list.Column("step", _title, 18, share=1),
    row_list.Column("what differs", _what, 22, share=1, at=64),
    row_list.Column("took", _took, 18, at=100),
)


def what_differs(entry: Entry) -> list[str]:
    step = entry.step
    if step is None:
        return list(entry.facts)
    texts = (("text", step.text), ("output", step.output))
    return [*entry.facts, *(name for name, compared in texts if compared)]


def told_of(entry: Entry) -> str:
    """In which words are looked for, in lower case."""
    return "\n".join((_sign(entry)[0], *as_text(entry))).casefold()


# One row in full.


def as_text(entry: Entry) -> Iterator[str]:
    """As `oncue diff` tells it."""
    if entry.step is None:
        yield from run_to_text(Difference(entry.begun.before, entry.begun.after, entry.begun.facts, ()))
    else:
        yield from step_to_text(entry.step)


def details(entry: Entry, query: str = "") -> Iterator[Pair | Content]:
    """The words of `query` are lit."""
    lit = Lighting(query)
    rows = _of_runs(entry.begun) if entry.step is None else _of_step(entry.begun, entry.step)
    yield from (lit.content(row) if isinstance(row, Content) else lit.pair(row) for row in rows)


def _of_runs(begun: Begun) -> Iterator[Pair | Content]:
    before, after = begun.before, begun.after
    yield Content.styled(WHOLE, "bold")
    yield _fact("run", Change(before.run_id, after.run_id))
    yield _fact("began", Change(_began(before), _began(after)))
    yield _fact("outcome", Change(_outcome(begun, before), _outcome(begun, after)))
    yield from (_fact(name, change) for name, change in begun.facts.items() if name != "outcome")
    yield from (plain(f"! {complaint}", "$warning") for complaint in begun.complaints)
    if not begun.facts:
        yield plain("The runs as a whole do not differ.", QUIET)


def _of_step(begun: Begun, step: StepDifference) -> Iterator[Pair | Content]:
    yield one_line(step.title, "bold")
    if step.where != "both":
        yield plain(ONLY[step.where], TONES[WORDS[step.where][0]])
    yield _fact("status", Change(_status(begun.before, step.before_id), _status(begun.after, step.after_id)))
    yield from (_fact(name, change) for name, change in step.facts.items() if name != "status")
    lasted = Change(*(took(None if ms is None else int(ms * 1e6)) for ms in step.durations_ms))
    if lasted.before or lasted.after:
        yield _beside("took", lasted.before, lasted.after)
    yield from _compared("text", step.text)
    yield from _compared("output", step.output)
    if step.is_same:
        yield plain(NOTHING, QUIET)


def _status(state: RunState, step_id: str | None) -> str:
    if step_id is None:
        return ""
    status = state.steps[step_id].status
    return f"{sign_of(status)} {status.replace('_', ' ')}"


def _began(state: RunState) -> str:
    return written(state.started_at) if state.started_at else UNDATED


def _outcome(begun: Begun, state: RunState) -> str:
    return "alive" if state.run_id in begun.alive else state.outcome or "left open"


def _fact(label: str, change: Change) -> Pair:
    if change.before == change.after:
        return _beside(label, change.before, change.after)
    before, after = (_cell(sign, value or "nothing") for sign, value in (("-", change.before), ("+", change.after)))
    return Pair(label, before, after, (before, after))


def _beside(label: str, before: str, after: str) -> Pair:
    """Without a sign: that they differ says nothing."""
    together = before if before == after else f"{before or 'nothing'} → {after or 'nothing'}"
    return Pair(label, _cell(" ", before), _cell(" ", after), (_cell(" ", together),))


def _cell(sign: str, text: str) -> Cell:
    return Cell(Content.styled(sign, TONES[sign]), one_line(text, TONES[sign]))


def _compared(label: str, compared: Compared) -> Iterator[Pair | Content]:
    for line in compared.lines:
        yield _line(label, line)
        label = ""
    if compared.problem:
        yield plain(f"! {label}: {compared.problem}" if label else f"! {compared.problem}", TONES["!"])


def _line(label: str, line: Line) -> Pair:
    sign = Content.styled(line.sign, TONES[line.sign])
    if not line.parts:
        cell = Cell(sign, _shown(line.text, TONES[line.sign]))
        return Pair(label, None if line.sign == "+" else cell, None if line.sign == "-" else cell, (cell,))
    before, after, both = (Cell(sign, _mixed(line.parts, signs)) for signs in (" -", " +", " -+"))
    return Pair(label, before, after, (both,))


def _mixed(parts: Sequence[Part], signs: str) -> Content:
    """What differs stands in marks, which say the same as its colour."""
    shown = [part for part in parts if part.sign in signs]
    return Content("").join(_shown(part.text.join(MARKS[part.sign]), TONES[part.sign]) for part in shown)


def _shown(text: str, tone: str) -> Content:
    if len(text) <= LONGEST_LINE:
        return plain(text, tone)
    return plain(f"{text[:LONGEST_LINE]}… {len(text) - LONGEST_LINE} characters more", tone)


class Lighting:
    """Marks where the words of a query stand."""

    def __init__(self, query: str) -> None:
        words = "|".join(map(re.escape, query.split()))
        self._words = re.compile(words, re.IGNORECASE) if words else None

    def content(self, content: Content) -> Content:
        for match in self._words.finditer(content.plain) if self._words else ():
            content = content.stylize(HIT, *match.span())
        return content

    def pair(self, pair: Pair) -> Pair:
        if self._words is None:
            return pair
        before, after = (cell and self._cell(cell) for cell in (pair.before, pair.after))
        return Pair(pair.label, before, after, [self._cell(cell) for cell in pair.together])

    def _cell(self, cell: Cell) -> Cell:
        return Cell(cell.sign, self.content(cell.text))
