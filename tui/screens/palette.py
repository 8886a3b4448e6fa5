"""ctrl+p: every action by name. The list is as narrow as the line says before a key counts, so that what Enter does is
what can be seen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from ..palette import Command, fitting
from ..text import joined, plain
from ..widgets.find_line import FindLine
from ..widgets.key_row import MUTED, KeyRow
from ..widgets.row_list import Column, RowList
from .room import HORIZONTAL, VERTICAL

PROMPT = "type what you want to do"
BESIDE_TALL, BESIDE_SHORT = 16, 5
"""Lines that are no rows, on a tall screen and on a short one."""
NOTHING_FITS = "nothing fits what is typed"


def _tone(command: Command) -> str:
    return "$foreground-muted" if command.why_not else ""


COLUMNS: Sequence[Column[Command]] = (
    Column("", lambda one: (one.key, _tone(one) or "$accent"), 8),
    Column("", lambda one: (one.name, _tone(one)), 24, share=2),
    Column("", lambda one: (one.why_not or one.help, "$foreground-muted"), 20, share=3, at=64),
)


class PaletteScreen(ModalScreen[None]):
    CSS_PATH = "palette.tcss"
    AUTO_FOCUS = "#find"
    HORIZONTAL_BREAKPOINTS = HORIZONTAL
    VERTICAL_BREAKPOINTS = VERTICAL
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "do it"),
        Binding("up", "move(-1)", "up", show=False),
        Binding("down", "move(1)", "down", show=False),
        Binding("pageup", "page(-1)", "page up", show=False),
        Binding("pagedown", "page(1)", "page down", show=False),
        Binding("escape,ctrl+p", "dismiss(None)", "close"),
    ]

    def __init__(self, commands: Sequence[Command], say: Callable[[str], object]) -> None:
        """`say` tells the operator why a chosen command cannot be done."""
        super().__init__()
        self._commands = commands
        self._say = say
        self._applied: str | None = None
        """What the list is narrowed to."""
        self._n_found = 0

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield FindLine(PROMPT, id="find")
            yield RowList[Command](COLUMNS, id="rows", header=False)
            yield Static(id="about")
            yield KeyRow()

    def on_mount(self) -> None:
        self._rows.can_focus = False
        self._narrow()

    @property
    def _rows(self) -> RowList[Command]:
        return self.query_one(RowList)

    def on_input_changed(self, _event: Input.Changed) -> None:
        self._narrow()

    def _narrow(self) -> None:
        typed = self.query_one(FindLine).value.strip()
        if typed == self._applied:
            return
        self._applied = typed
        found = fitting(self._commands, typed)
        self._rows.show([(one.name, one) for one in found], from_top=True)
        self._n_found = len(found)
        self._fit()
        self._describe()

    def on_screen_resume(self) -> None:
        self.call_after_refresh(self._fit)

    def on_resize(self) -> None:
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        """As many rows as there are, or as fit beside the rest."""
        room = self.size.height - (BESIDE_TALL if self.size.height >= 20 else BESIDE_SHORT)
        self._rows.styles.height = max(1, min(self._n_found, room))
        self.refresh(layout=True)  # what a breakpoint changes is not laid out by itself

    def on_row_list_highlighted(self) -> None:
        self._describe()

    def _describe(self) -> None:
        """The highlighted row in full."""
        command = self._rows.item
        about = plain(NOTHING_FITS, "$warning") if command is None else _about(command)
        self.query_one("#about", Static).update(about)

    def action_move(self, by: int) -> None:
        self._narrow()
        self._rows.action_move(by)

    def action_page(self, by: int) -> None:
        self._rows.action_page(by)

    def action_choose(self) -> None:
        """The line may have changed since the list was last narrowed: keys come faster than messages."""
        self._narrow()
        if (command := self._rows.item) is not None:
            self.dismiss(None)
            self.app.call_later(partial(self._say, command.why_not) if command.why_not else command.do)

    def on_row_list_chosen(self) -> None:
        self.action_choose()


def _about(command: Command) -> Content:
    lines = [joined((plain(command.name, "bold"), plain(command.setting, MUTED))), plain(command.help, MUTED)]
    if command.why_not:
        lines.append(plain(command.why_not, "$warning"))
    return joined(lines, "\n")
