"""The checklist of a step: its items, ticked in place, with a cursor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual import events
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.widget import Widget

from engine.checklist import item_text
from engine.model import Item, Step
from engine.state import RunState

from ..text import one_line, plain

SIGNS: Mapping[str, str] = {"open": "☐", "ticked": "☑", "waived": "☒"}
STYLES: Mapping[str, str] = {"open": "", "ticked": "$success", "waived": "$warning"}


class Checklist(Widget):
    DEFAULT_CSS = "Checklist { height: auto; }"

    class Clicked(Message):
        def __init__(self, item_id: str) -> None:
            super().__init__()
            self.item_id = item_id

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._items: Sequence[Item] = ()
        self._state = RunState()
        self._texts: Mapping[str, str] = {}
        self._cursor: str | None = None
        self._numbers: Mapping[str, Sequence[int]] = {}

    def show(self, step: Step | None, state: RunState, cursor: str | None) -> None:
        self._items = step.items if step else ()
        self._state, self._cursor = state, cursor
        self._texts = {item.id: item_text(state, item) for item in self._items}
        self._numbers = _numbers(step) if step else {}
        self.display = bool(self._items)
        self.refresh(layout=True)

    def render(self) -> Content:
        return Content("\n").join(self._row(item) for item in self._items)

    def _row(self, item: Item) -> Content:
        status = self._state.items.get(item.id, "open")
        here = item.id == self._cursor
        numbers = " ".join(f"[{number}]" for number in self._numbers[item.id])
        waived = f" · waived: {self._state.waivers[item.id]}" if item.id in self._state.waivers else ""
        return Content.assemble(
            ("› " if here else "  ", "bold $primary"),
            "  " * item.depth,
            (f"{SIGNS[status]} ", STYLES[status]),
            one_line(self._texts[item.id], "bold" if here and status == "open" else STYLES[status]),
            plain(waived, "$foreground-muted"),
            (f"  {numbers}" if numbers else "", "$accent"),
        )

    @property
    def cursor_region(self) -> Region:
        """Where the item under the cursor stands in here."""
        y = 0
        for item in self._items:
            height = self._height_of(item)
            if item.id == self._cursor:
                return Region(0, y, self.size.width, height)
            y += height
        return Region()

    def _height_of(self, item: Item) -> int:
        return len(self._row(item).wrap(max(1, self.size.width)))

    def on_click(self, event: events.Click) -> None:
        item = self._item_at(event.y)
        if item is not None:
            self.post_message(self.Clicked(item.id))

    def _item_at(self, y: int) -> Item | None:
        for item in self._items:
            y -= self._height_of(item)
            if y < 0:
                return item
        return None


def _numbers(step: Step) -> Mapping[str, Sequence[int]]:
    """The keys of the commands that each item's words mention; the step's own come first."""
    numbers: dict[str, Sequence[int]] = {}
    first = len(step.suggestions) + 1
    for item in step.items:
        numbers[item.id] = range(first, first + len(item.suggestions))
        first += len(item.suggestions)
    return numbers
