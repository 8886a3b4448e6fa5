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
from .room import HORIZONTAL, VERTICAL, make_room

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
        Binding("enter", "answer", "answer", priority=True),
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

    def action_answer(self) -> None:
        typed = self.query_one(Input).value
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
        Binding("enter", "pick", "pick", priority=True),
        Binding("up", "move(-1)", "up", show=False, priority=True),
        Binding("down", "move(1)", "down", show=False, priority=True),
        Binding("pageup", "page(-1)", "page up", show=False, priority=True),
        Binding("pagedown", "page(1)", "page down", show=False, priority=True),
        Binding("escape", "back", "back"),
    ]

    def __init__(self, title: str, options: Sequence[tuple[str, str]], *, find: bool = False) -> None:
        """With `find` a line on top narrows the options to those that what is typed fits loosely, the best first."""
        super().__init__()
        self._heading = title
        self._ids = [id for id, _label in options]
        self._labels = [one_line(label).plain for _id, label in options]
        self._find = find
        self._shown: Sequence[int] = range(len(self._ids))
        """Places in `_ids` of what is listed: ids may be anything, also the same twice."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="asking"):
            with VerticalScroll(classes="question", can_focus=False):
                yield Static(plain(self._heading, "bold"))
            if self._find:
                yield LineInput(placeholder="type to find", id="find")
            yield OptionList(*(Content(label) for label in self._labels), id="options", markup=False)
            yield Static(self._said(), id="said")
            yield KeyRow()

    def on_mount(self) -> None:
        self.query_one(OptionList).highlighted = 0 if self._ids else None

    def on_resize(self) -> None:
        self.call_after_refresh(lambda: make_room(self.query_one(".asking"), self.query_one(OptionList)))

    def on_input_changed(self, event: Input.Changed) -> None:
        fitting = _fitting(event.value.strip(), self._labels)
        self._shown = [place for place, _offsets in fitting]
        options = self.query_one(OptionList)
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

    def action_pick(self) -> None:
        highlighted = self.query_one(OptionList).highlighted
        if highlighted is not None:
            self._dismiss_with(highlighted)

    def _dismiss_with(self, place: int) -> None:
        self.dismiss(self._ids[self._shown[place]])

    def action_move(self, step: int) -> None:
        """One further, and round at the end."""
        options = self.query_one(OptionList)
        if options.highlighted is not None:
            options.highlighted = (options.highlighted + step) % len(self._shown)

    def action_page(self, step: int) -> None:
        options = self.query_one(OptionList)
        if options.highlighted is not None:
            wanted = options.highlighted + step * max(1, options.size.height - 1)
            options.highlighted = min(max(wanted, 0), len(self._shown) - 1)

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
