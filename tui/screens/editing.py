"""A step's text, edited in place or in the operator's own editor. What runs is judged again afterwards."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Literal

from textual.app import App, ComposeResult, SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from engine.editor import edited, editor_of
from engine.errors import OncueError, Refused

from ..differences import Difference, differences
from ..text import badge, plain
from ..widgets.key_row import MUTED, KeyRow
from ..widgets.text_editor import TextEditor
from .asking import PickScreen
from .room import HORIZONTAL, VERTICAL

Language = Literal["shell", "sql"]
SUFFIXES = {"shell": ".sh", "sql": ".sql"}
MOST_DIFFERENCES = 100
"""Lines; whoever changed more knows what they did."""
LONGEST_LINE = 300
EMPTY = "there is no text left: skip the step instead"
NUL = "the text holds a NUL byte (␀), which no shell can take"
WAYS_OUT = (("stay", "go on editing"), ("accept", "take the changed text"), ("drop", "throw the change away"))


class EditScreen(ModalScreen[str | None]):
    """Answers the changed text; None where it is as it was before, or the operator went back."""

    CSS_PATH = "editing.tcss"
    AUTO_FOCUS = "#text"
    HORIZONTAL_BREAKPOINTS = HORIZONTAL
    VERTICAL_BREAKPOINTS = VERTICAL
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "accept", "take it", id="edit.accept"),
        Binding("ctrl+o", "outside", "in your editor", id="edit.outside"),
        Binding("escape", "back", "back"),
    ]

    def __init__(self, text: str, language: Language, *, document_text: str, title: str = "", mark: str = "") -> None:
        """`text` is what stands now, `document_text` what the runbook has, both with their placeholders; `mark` says
        of a run that is not the real thing what it is."""
        super().__init__()
        self._before = text
        self._document = document_text
        self._language: Language = language
        self._heading = Content.assemble(badge(mark), plain(title or "Edit the step", "bold"))

    def compose(self) -> ComposeResult:
        with Vertical(id="editing"):
            yield Static(self._heading, id="heading")
            yield TextEditor(self._before, id="text")
            yield Static(id="legend")
            with VerticalScroll(id="difference", can_focus=False):
                yield Static(id="different")
            yield Static(id="said")
            yield KeyRow()

    def on_mount(self) -> None:
        self._show_difference()

    @property
    def _text(self) -> str:
        return self.query_one(TextEditor).meant

    def on_text_area_changed(self) -> None:
        self._say("")
        self._show_difference()

    def _show_difference(self) -> None:
        found = differences(self._document, self._text)
        self.query_one("#difference").display = bool(found)
        self.query_one("#different", Static).update(_told(found))
        legend = self.query_one(TextEditor).legend
        self.query_one("#legend", Static).update(plain(legend, MUTED))
        self.query_one("#legend").display = bool(legend)

    def _say(self, text: str) -> None:
        said = self.query_one("#said", Static)
        said.update(plain(text, "$warning"))
        said.display = bool(text)

    def action_accept(self) -> None:
        text = self._text
        if not text.strip():
            self._say(EMPTY)
        elif "\0" in text:
            self._say(NUL)
        else:
            self.dismiss(None if text == self._before else text)

    def action_outside(self) -> None:
        try:
            changed = edit_in_editor(self.app, self._text, SUFFIXES[self._language])
        except Refused as error:
            self.app.notify(str(error), severity="warning", markup=False)
            return
        if changed is not None:
            self.query_one(TextEditor).put(changed)

    def action_back(self) -> None:
        if self._text == self._before:
            self.dismiss(None)
        else:
            self.app.push_screen(PickScreen("The text has been changed.", WAYS_OUT), self._leave)

    def _leave(self, way: str | None) -> None:
        if way == "accept":
            self.action_accept()
        elif way == "drop":
            self.dismiss(None)


def _told(found: list[Difference]) -> Content:
    n_out = sum(1 for one in found if one.sign == "-")
    heading = f"differs from the document: {n_out} out, {len(found) - n_out} in"
    lines = [plain(heading, MUTED), *map(_line, found[:MOST_DIFFERENCES])]
    if len(found) > MOST_DIFFERENCES:
        lines.append(plain(f"and {len(found) - MOST_DIFFERENCES} lines more", MUTED))
    return Content("\n").join(lines)


def _line(one: Difference) -> Content:
    cut = "…" if len(one.line) > LONGEST_LINE else ""
    style = "$error" if one.sign == "-" else "$success"
    return plain(f"{one.sign} {one.number:>4}  {one.line[:LONGEST_LINE]}{cut}", style)


def edit_in_editor(app: App[Any], text: str, suffix: str) -> str | None:
    """What the operator's own editor made of it, with the whole terminal; None where nothing changed. Raises `Refused`
    when it failed."""
    changed, failure = None, ""
    try:
        with app.suspend(), _interrupts_are_the_editors():
            try:  # inside, because Textual does not take the terminal back from what raises
                changed = edited(text, suffix, editor_of(os.environ))
            except (OncueError, OSError) as error:
                failure = str(error)
    except SuspendNotSupported as error:
        failure = str(error)
    if failure:
        raise Refused(failure)
    return changed


@contextmanager
def _interrupts_are_the_editors() -> Iterator[None]:
    """Ctrl-C reaches all of the terminal's foreground. A handler, because what is ignored stays ignored in a child."""
    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
