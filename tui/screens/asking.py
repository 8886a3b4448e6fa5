"""Two small questions: a line of text, and one out of several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.fuzzy import FuzzySearch
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static

from ..text import one_line, plain
from ..widgets.key_row import MUTED, KeyRow
from ..widgets.line_input import LineInput
from ..widgets.options import Options
from .room import HORIZONTAL, VERTICAL, make_room

LIST_KEYS = ("enter", "up", "down", "pageup", "pagedown")
"""Mean the list, also while the line above it is typed into."""
NEEDED = "a word is needed here"
NOTHING_FITS = "nothing fits what is typed"
NOTHING_HERE = "there is nothing to pick from"


class AskScreen(ModalScreen[str | None]):
    """One line, without the blanks around it; a hidden one as it was typed. None when the operator went back."""

    CSS_PATH = "asking.tcss"
    HORIZONTAL_BREAKPOINTS = HORIZONTAL
    VERTICAL_BREAKPOINTS = VERTICAL
    AUTO_FOCUS = "#answer"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "answer", "answer"),
        Binding("escape", "back", "back"),
    ]

    def __init__(
        self, question: str, *, required: bool = False, hidden: bool = False, initial: str = "", hint: str = ""
    ) -> None:
        """`hint` is said below the line until there is something else to say."""
        super().__init__()
        self._question = question
        self._required = required
        self._hidden = hidden
        self._initial = initial
        self._hint = hint

    def compose(self) -> ComposeResult:
        with Vertical(classes="asking"):
            with VerticalScroll(classes="question", can_focus=False):
                yield Static(plain(self._question, "bold"))
            yield LineInput(self._initial, password=self._hidden, id="answer")
            yield Static(plain(self._hint, MUTED), id="said")
            yield KeyRow()

    def on_resize(self) -> None:
        self.call_after_refresh(lambda: make_room(self.query_one(".asking"), self.query_one(".question")))

    def on_input_changed(self) -> None:
        self.query_one("#said", Static).update(plain(self._hint, MUTED))

    def on_line_input_pressed(self, event: LineInput.Pressed) -> None:
        self._answer(event.value)

    def action_answer(self) -> None:
        self._answer(self.query_one(LineInput).value)

    def _answer(self, typed: str) -> None:
        answer = typed if self._hidden else typed.strip()
        if self._required and not answer.strip():
            self.query_one("#said", Static).update(plain(NEEDED, "$warning"))
        else:
            self.dismiss(answer)

    def action_back(self) -> None:
        self.dismiss(None)


class PickScreen(ModalScreen[str | None]):
    """The id of the pair (id, label) that was picked; None when the operator went back."""

    CSS_PATH = "asking.tcss"
    HORIZONTAL_BREAKPOINTS = HORIZONTAL
    VERTICAL_BREAKPOINTS = VERTICAL
    AUTO_FOCUS = "#find, #options"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "pick", "pick"),
        Binding("escape", "back", "back"),
    ]

    def __init__(self, title: str, options: Sequence[tuple[str, str]], *, find: bool = False) -> None:
        """With `find` a line on top narrows the options to those that what is typed fits loosely, the best first."""
        super().__init__()
        self._heading = title
        self._ids = [id for id, _label in options]
        self._labels = [one_line(label).plain for _id, label in options]
        self._find = find
        self._typed = ""
        self._shown: Sequence[int] = range(len(self._ids))
        """Places in `_ids` of what is listed: ids may be anything, also the same twice."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="asking"):
            with VerticalScroll(classes="question", can_focus=False):
                yield Static(plain(self._heading, "bold"))
            if self._find:
                yield LineInput(placeholder="type to find", keys=LIST_KEYS, id="find")
            yield Options(*(Content(label) for label in self._labels), id="options", markup=False)
            yield Static(self._said(), id="said")
            yield KeyRow()

    def on_mount(self) -> None:
        self.query_one(Options).highlighted = 0 if self._ids else None

    def on_resize(self) -> None:
        self.call_after_refresh(lambda: make_room(self.query_one(".asking"), self.query_one(Options)))

    def on_input_changed(self, event: Input.Changed) -> None:
        self._narrow(event.value.strip())

    def _narrow(self, typed: str) -> None:
        if typed == self._typed:
            return
        self._typed = typed
        fitting = _fitting(typed, self._labels)
        self._shown = [place for place, _offsets in fitting]
        options = self.query_one(Options)
        options.set_options(_lit(self._labels[place], offsets) for place, offsets in fitting)
        options.highlighted = 0 if fitting else None
        self.query_one("#said", Static).update(self._said())

    def _said(self) -> Content:
        if not self._ids:
            return plain(NOTHING_HERE, "$warning")
        if not self._shown:
            return plain(NOTHING_FITS, "$warning")
        return plain(f"{len(self._shown)} of {len(self._ids)}" if self._find else "", MUTED)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click."""
        self._dismiss_with(event.option_index)

    def on_line_input_pressed(self, event: LineInput.Pressed) -> None:
        self._narrow(event.value.strip())  # the last letters may not have been told yet
        moves = {"up": (-1, 0), "down": (1, 0), "pageup": (0, -1), "pagedown": (0, 1)}
        if event.key == "enter":
            self.action_pick()
        else:
            self._move(*moves[event.key])

    def action_pick(self) -> None:
        highlighted = self.query_one(Options).highlighted
        if highlighted is not None:
            self._dismiss_with(highlighted)

    def _dismiss_with(self, place: int) -> None:
        self.dismiss(self._ids[self._shown[place]])

    def _move(self, rows: int, pages: int) -> None:
        """By rows round at the end, by pages to it."""
        options = self.query_one(Options)
        if options.highlighted is None:
            return
        if pages:
            wanted = options.highlighted + pages * max(1, options.size.height - 1)
            options.highlighted = min(max(wanted, 0), len(self._shown) - 1)
        else:
            options.highlighted = (options.highlighted + rows) % len(self._shown)

    def action_back(self) -> None:
        self.dismiss(None)


def _fitting(typed: str, labels: Sequence[str]) -> list[tuple[int, Sequence[int]]]:
    """Places of the labels that fit, the best first, each with the places of the characters that do."""
    if not typed:
        return [(place, ()) for place in range(len(labels))]
    search = FuzzySearch()
    found = [(search.match(typed, label), place) for place, label in enumerate(labels)]
    fitting = sorted((one for one in found if one[0][0] > 0), key=lambda one: (-one[0][0], one[1]))
    return [(place, offsets) for (_score, offsets), place in fitting]


def _lit(label: str, offsets: Sequence[int]) -> Content:
    """With the characters that were found underlined."""
    content = Content(label)
    for offset in offsets:
        content = content.stylize("bold underline", offset, offset + 1)
    return content
