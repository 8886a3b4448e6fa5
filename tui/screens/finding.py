"""What the library and the history share: a line that finds, a list below it, and the highlighted row in full.

Keys act in the order in which they were pressed, however fast: moving is done at once, and before a row is opened the
list is narrowed to what stands in the find line by then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, Static

from ..widgets.facts import Fact, Facts
from ..widgets.find_line import FindLine
from ..widgets.key_row import KeyRow
from ..widgets.row_list import Column, RowList
from ..widgets.status_bar import Status, StatusBar

T = TypeVar("T")


class FindingScreen(Screen[None], Generic[T]):
    CSS_PATH = "finding.tcss"
    AUTO_FOCUS = "#find"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "up", show=False),
        Binding("down", "move(1)", "down", show=False),
        Binding("pageup", "page(-1)", "page up", show=False),
        Binding("pagedown", "page(1)", "page down", show=False),
        Binding("enter", "open", "open", id="finding.open", tooltip="open what is highlighted"),
        Binding("tab", "keys", "more keys", id="finding.keys", tooltip="from the find line to the list and its keys"),
        Binding("tab", "details", "details", id="finding.details", tooltip="to the lines below, which scroll"),
        Binding("slash,tab", "find", "find", id="finding.find", tooltip="back to the line that finds"),
    ]
    PROMPT: ClassVar[str]
    """What stands in the empty find line."""

    def __init__(self, columns: Sequence[Column[T]]) -> None:
        super().__init__()
        self._columns = columns
        self._applied = ""
        """What the list is narrowed to."""

    def compose(self) -> ComposeResult:
        yield StatusBar()
        yield FindLine(self.PROMPT, id="find")
        yield RowList[T](self._columns, id="rows")
        with VerticalScroll(id="empty"):
            yield Static()
        with VerticalScroll(id="about"):
            yield Facts()
        yield KeyRow()

    # For each screen to say.

    def found(self, query: str) -> Sequence[tuple[str, T]]:
        """The rows that fit, each with its key."""
        raise NotImplementedError

    def nothing(self) -> Content:
        """What to say where there is no row."""
        raise NotImplementedError

    def about(self, item: T) -> Iterable[Fact]:
        """A row in full."""
        raise NotImplementedError

    def status(self) -> Status:
        raise NotImplementedError

    def open(self, item: T) -> None:
        raise NotImplementedError

    # For each screen to use.

    @property
    def rows(self) -> RowList[T]:
        return self.query_one(RowList)

    @property
    def find_line(self) -> FindLine:
        return self.query_one(FindLine)

    @property
    def item(self) -> T | None:
        """Of the highlighted row."""
        return self.rows.item if self.query(RowList) else None

    def renew(self, *, from_top: bool = False) -> None:
        """Draw everything anew from what is known now; nothing where the screen is just being taken away."""
        if not self.query(RowList):
            return
        self._applied = self.find_line.value
        found = self.found(self._applied)
        self.rows.show(found, from_top=from_top)
        self.set_class(not found, "-empty")
        if not found:
            self.query_one("#empty > Static", Static).update(self.nothing())
        self.query_one(StatusBar).show(self.status())

    # Keys and what else happens.

    @on(Input.Changed)
    def _narrow(self) -> None:
        if self.find_line.value != self._applied:
            self.renew(from_top=True)

    @on(RowList.Highlighted)
    def _describe(self) -> None:
        item = self.item
        self.query_one(Facts).show([] if item is None else list(self.about(item)))
        self.refresh_bindings()

    @on(RowList.Chosen)
    def action_open(self) -> None:
        self._narrow()
        if (item := self.item) is not None:
            self.open(item)

    def action_move(self, by: int) -> None:
        self._narrow()
        self.rows.action_move(by)

    def action_page(self, by: int) -> None:
        self._narrow()
        self.rows.action_page(by)

    def action_details(self) -> None:
        self.query_one("#about").focus()

    def action_find(self) -> None:
        self.find_line.focus()

    def action_keys(self) -> None:
        self.rows.focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """False hides a key, None says that it does nothing now."""
        if action in ("keys", "find"):
            return isinstance(self.focused, FindLine) == (action == "keys")
        if action == "details":
            return isinstance(self.focused, RowList)
        if action == "open":
            return None if self.item is None else True
        return True

    def on_descendant_focus(self) -> None:
        self.refresh_bindings()
