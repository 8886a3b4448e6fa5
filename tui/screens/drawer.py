"""What is kept one key away: contacts, links, what happened so far, the place the runbook expects."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from engine.beside import named
from engine.context import objection, sentence_of
from engine.model import Drawer
from engine.summary import sign_of, took

from ..situation import Situation
from ..text import joined, one_line, plain

CONTACTS = ("contacts", "escalation")
LINKS = ("dashboards", "alerts", "slos", "reference")


class DrawerScreen(ModalScreen[None]):
    CSS_PATH = "drawer.tcss"
    AUTO_FOCUS = "#rows"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "dismiss(None)", "close"),
        Binding("up", "scroll(-1)", show=False),
        Binding("down", "scroll(1)", show=False),
    ]

    def __init__(self, title: str, rows: Sequence[Content]) -> None:
        super().__init__()
        self._title = title
        self._rows = rows

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Static(one_line(self._title, "bold"), id="title")
            with VerticalScroll(id="rows"):
                rows = self._rows or [Content.styled("nothing yet", "$foreground-muted")]
                yield Static(joined(rows, "\n"))
            yield Static(Content.styled("esc closes · arrows scroll", "$foreground-muted"), id="hint")

    def action_scroll(self, by: int) -> None:
        rows = self.query_one("#rows", VerticalScroll)
        (rows.scroll_down if by > 0 else rows.scroll_up)(animate=False)


def drawer_of(kind: str, s: Situation) -> tuple[str, list[Content]]:
    """Title and lines."""
    title, rows = DRAWERS[kind]
    return title, list(rows(s))


def _contacts(s: Situation) -> Iterator[Content]:
    for one in sorted(s.runbook.escalations, key=lambda one: one.after_minutes):
        yield Content.assemble((f"after {one.after_minutes} min  ", "bold $warning"), one_line(one.text))
    yield from _tables(s, CONTACTS)


def _links(s: Situation) -> Iterator[Content]:
    yield from _tables(s, LINKS)
    if s.runbook.jumps:
        yield Content("")
        yield Content.styled("Links", "bold")
    for jump in s.runbook.jumps:
        arrow = Content.styled("  → ", "$foreground-muted")
        yield Content.assemble("  ", one_line(jump.text), arrow, one_line(jump.target, "$secondary"))


def _tables(s: Situation, kinds: Sequence[str]) -> Iterator[Content]:
    for drawer in s.runbook.drawers:
        if drawer.kind in kinds:
            yield Content("")
            yield one_line(drawer.title, "bold")
            yield from _table(drawer)


def _table(drawer: Drawer) -> Iterator[Content]:
    """A row a line where there are two columns, a labelled block where there are more."""
    for row in drawer.rows:
        cells = [one_line(cell) for cell in row]
        if len(cells) <= 2:
            yield Content.assemble("  ", joined(cells, "  ·  "))
            continue
        yield Content.assemble("  ", cells[0].stylize("bold"))
        for name, cell in zip(drawer.header[1:], cells[1:], strict=False):
            yield Content.assemble("    ", one_line(f"{name}: ", "$foreground-muted"), cell)


def _trail(s: Situation) -> Iterator[Content]:
    """Attempts and notes in the order in which they happened, the newest last."""
    happened: list[tuple[datetime, Content]] = []
    for attempt in s.state.attempts.values():
        title = named(attempt, s.state.steps[attempt.step_id].planned.title)
        status = attempt.outcome or "running"
        words = f"{attempt.started_at.astimezone():%H:%M:%S} {sign_of(status)} {title} · {attempt.level}"
        ended = f" · {status} {took(attempt.duration_ns)}"
        happened.append((attempt.started_at, plain(f"{words}{ended} · {attempt.login}")))
    for note in s.state.notes:
        said = f"{note.at.astimezone():%H:%M:%S} note · {note.login}: {note.text}"
        happened.append((note.at, plain(said, "$accent")))
    for step in s.state.steps.values():
        for edit in step.edits:
            happened.append(
                (edit.at, plain(f"{edit.at.astimezone():%H:%M:%S} edited {step.planned.title} · {edit.login}"))
            )
    yield from (line for _, line in sorted(happened, key=lambda one: one[0]))


def _context(s: Situation) -> Iterator[Content]:
    checked = s.state.context
    if checked is None:
        return
    for result in checked.results:
        sign, style = ("✔", "$success") if result.ok else ("✘", "bold $error")
        yield Content.assemble((f"{sign} ", style), plain(sentence_of(result), "" if result.ok else style))
    if objection(checked.results):
        yield Content("")
        yield Content.styled("Nothing that is not safe will run while this is so.", "bold $warning")


DRAWERS: Mapping[str, tuple[str, Callable[[Situation], Iterator[Content]]]] = {
    "contacts": ("Contacts and escalation", _contacts),
    "links": ("Dashboards and links", _links),
    "trail": ("This run so far", _trail),
    "context": ("The place, and what the runbook expects of it", _context),
}
