"""Every input of the walked steps on one page, or those of one step: what it stands at, and a line to give it a value.

The page lists; the field below it is about the input that the list stands on. What the run says of a value comes back
to the field.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar, Protocol

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input as Field
from textual.widgets import OptionList, Static

from engine.commands import Command
from engine.errors import OncueError
from engine.inputs import Input, Sheet, problem_of, setting, warning_of
from engine.model import Lines
from engine.output import visible
from engine.state import RunState

from .. import input_words as words
from ..input_words import MUTED
from ..text import one_line, plain
from ..widgets.key_row import KeyRow
from ..widgets.line_input import LineInput
from ..widgets.options import Options
from .gate import GateAnswer, GateScreen
from .room import HORIZONTAL, VERTICAL, make_room


class Asks(Protocol):
    """What is needed of a bridge."""

    @property
    def state(self) -> RunState: ...

    async def ask(self, what: str, **details: Any) -> Mapping[str, Any]: ...

    async def command(self, command: Command) -> None: ...


class InputsScreen(ModalScreen[bool]):
    """Answers whether a value was given."""

    CSS_PATH = "inputs.tcss"
    AUTO_FOCUS = "#inputs"
    HORIZONTAL_BREAKPOINTS = HORIZONTAL
    VERTICAL_BREAKPOINTS = VERTICAL
    BINDINGS: ClassVar[list[BindingType]] = [
        # Which of two actions a key has depends on where the focus is: in the field, or in the list.
        Binding("enter", "set", "set it"),
        Binding("enter", "change", "change it"),
        Binding("down", "move(1)", "pick one"),
        Binding("up", "move(-1)", "pick one", show=False),
        Binding("ctrl+r", "look_up", "look up values", id="inputs.look_up"),
        Binding("escape", "list", "to the list"),
        Binding("escape", "close", "close"),
    ]

    def __init__(
        self,
        bridge: Asks,
        inputs: Sequence[Input],
        *,
        lines: Lines | None = None,
        named: Collection[str] = (),
        title: str = "Inputs",
        until_whole: bool = False,
    ) -> None:
        """`inputs` are all that the host knows of (`inputs_of`); shown are those of `lines`, or those that are `named`,
        or else those of every walked step, and what their own commands need. `until_whole` closes the page with the
        last value that lacked, unless there is a warning to read."""
        super().__init__()
        self._bridge = bridge
        self._all = tuple(inputs)
        self._heading = title
        self._until_whole = until_whole
        self._told: set[str] = set()
        sheet = self._sheet()
        self._shown = sheet.named(named) if named else sheet.of([lines]) if lines else sheet.wanted()
        self._here = 0
        """Place in `_shown` of the input that the field is about."""
        self._proposed: dict[str, tuple[str, ...]] = {}
        self._unasked: dict[str, Mapping[str, Any]] = {}
        """Input → its look-up, which is not safe and waits for a yes."""
        self._warned: dict[str, str] = {}
        self._value_before_moving = ""
        self._is_setting = False
        """The run has been told a value and has not answered; until then nothing is typed."""
        self._changed = False

    def _sheet(self) -> Sheet:
        return Sheet(self._all, self._bridge.state, frozenset(self._told))

    @property
    def _one(self) -> Input:
        return self._shown[self._here]

    @property
    def _is_editing(self) -> bool:
        return self.is_mounted and isinstance(self.focused, Field)

    # What is shown.

    def compose(self) -> ComposeResult:
        with Vertical(id="page"):
            yield Static(id="heading")
            yield Options(id="inputs", markup=False)
            with Vertical(id="about"):
                yield Static(id="name")
                yield Static(id="facts")
                yield Static(id="warning")
            yield LineInput(keys=("enter", "up", "down", "escape"), id="value")
            yield Options(id="proposed", markup=False)
            yield Static(id="said")
            yield KeyRow()

    def on_mount(self) -> None:
        self.query_one("#proposed").can_focus = False
        self._show_list()
        lacking = self._sheet().lacking(self._shown)
        self._go_to(self._shown.index(lacking[0]) if lacking else 0)
        if lacking:
            self._edit()

    def on_resize(self) -> None:
        self._fit()

    def _fit(self) -> None:
        self.call_after_refresh(lambda: make_room(self.query_one("#page"), self.query_one("#inputs")))

    def _show_list(self) -> None:
        sheet = self._sheet()
        n_lacking = len(sheet.lacking(self._shown))
        heading = words.heading(self._heading, len(self._shown), n_lacking)
        self.query_one("#heading", Static).update(heading)
        width = words.name_width(self._shown)
        inputs = self.query_one("#inputs", Options)
        inputs.set_options(words.row(sheet, one, width, warned=one.name in self._warned) for one in self._shown)
        inputs.highlighted = self._here if self._shown else None

    def _show_field(self) -> None:
        """What there is to say about the input, and its value as far as it can be typed; typing replaces it."""
        if not self._shown:
            return
        one, sheet = self._one, self._sheet()
        self.query_one("#name", Static).update(words.name_of(one))
        self.query_one("#facts", Static).update(plain(" · ".join(words.facts(sheet, one)), MUTED))
        self._show_text("#warning", self._warned.get(one.name, ""), "$warning")
        field = self.query_one("#value", LineInput)
        value = "" if one.variable.secret else sheet.value(one)
        field.password = one.variable.secret
        field.value = value if visible(value) == value else ""
        field.placeholder = words.placeholder(sheet, one)
        field.select_all()
        self._list(self._options())

    def _list(self, values: Sequence[str]) -> None:
        proposed = self.query_one("#proposed", Options)
        proposed.set_options([one_line(value) for value in values])
        proposed.highlighted = None
        proposed.display = bool(values)
        self.refresh_bindings()
        self._fit()

    def _say(self, text: str, style: str = MUTED) -> None:
        self._show_text("#said", text, style)

    def _show_text(self, where: str, text: str, style: str) -> None:
        line = self.query_one(where, Static)
        line.update(plain(text, style))
        line.display = bool(text)
        self._fit()

    # Moving.

    def _go_to(self, place: int) -> None:
        self._here = place
        self._say("")
        self._show_field()
        if self._shown:
            self.query_one("#inputs", Options).highlighted = place
        self.refresh_bindings()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_list.id == "inputs" and event.option_index != self._here and not self._is_editing:
            self._go_to(event.option_index)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_list.id == "inputs":
            self._go_to(event.option_index)
            self._edit()
        else:
            self._give(self._options()[event.option_index])

    def action_move(self, step: int) -> None:
        """From the field: through the values that can be picked, and round at the end."""
        proposed = self.query_one("#proposed", Options)
        if not proposed.option_count:
            return
        before = proposed.highlighted
        start = before if before is not None else -1 if step > 0 else 0
        proposed.highlighted = (start + step) % proposed.option_count
        self._say(f"Enter takes {visible(self._options()[proposed.highlighted])}")

    def _options(self) -> Sequence[str]:
        """Values of the input that can be picked."""
        return self._one.variable.choices or self._proposed.get(self._one.name, ()) if self._shown else ()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        if self._is_setting:
            return None
        editing = self._is_editing
        offered: Mapping[str, bool] = {
            "set": editing,
            "change": not editing and bool(self._shown),
            "move": editing and bool(self._options()),
            "look_up": bool(self._shown) and bool(self._one.variable.from_command),
            "list": editing,
            "close": not editing,
        }
        return offered.get(action, True)

    def action_change(self) -> None:
        highlighted = self.query_one("#inputs", Options).highlighted
        if highlighted is not None:
            self._go_to(highlighted)
            self._edit()

    def on_line_input_pressed(self, event: LineInput.Pressed) -> None:
        """In the order of the keys: one before may have left the field."""
        if self._is_setting:
            return
        step = {"up": -1, "down": 1}.get(event.key)
        if not self._is_editing:
            self._pressed_in_list(event.key, step)
        elif step is not None:
            self._value_before_moving = event.value
            self.action_move(step)
        elif event.key == "enter":
            self._set_from(event.value)
        else:
            self.action_list()

    def _pressed_in_list(self, key: str, step: int | None) -> None:
        if step is not None and self._shown:
            self._go_to((self._here + step) % len(self._shown))
        elif key == "enter":
            self.action_change()
        else:
            self.action_close()

    def action_set(self) -> None:
        self._set_from(self.query_one("#value", LineInput).value)

    def _set_from(self, typed: str) -> None:
        """What was moved to, unless something was typed since."""
        highlighted = self.query_one("#proposed", Options).highlighted
        moved = highlighted is not None and typed == self._value_before_moving
        self._give(self._options()[highlighted] if moved and highlighted is not None else typed.strip())

    def action_list(self) -> None:
        """What was typed and not set is left behind."""
        self.set_focus(self.query_one("#inputs"))
        self._go_to(self._here)

    def action_close(self) -> None:
        self.dismiss(self._changed)

    # Giving a value.

    def _edit(self) -> None:
        if not self._shown:
            return
        self.set_focus(self.query_one("#value"))
        one = self._one
        if one.variable.from_command and not self._options() and one.name not in self._unasked:
            self._look_up(one)
        elif one.name in self._unasked:
            self._offer_look_up(one)

    def on_input_changed(self) -> None:
        if self.query_one("#value", LineInput).value != self._value_before_moving:
            self.query_one("#proposed", Options).highlighted = None

    def _give(self, value: str) -> None:
        one, sheet = self._one, self._sheet()
        problem = problem_of(one.variable, value) if value else None
        if problem:
            self._say(problem, "$warning")
        elif not value or (value == self._bridge.state.variables.get(one.name) and not one.variable.secret):
            self._go_on()
        else:
            taken = value == sheet.value(one) and one.name not in self._bridge.state.variables
            looked_up = value in self._proposed.get(one.name, ())
            self._is_setting = True
            self.set_focus(None)
            self._set(one, value, "default" if taken else one.variable.from_command if looked_up else "typed")

    @work(exclusive=True, group="give", exit_on_error=True)
    async def _set(self, one: Input, value: str, source: str) -> None:
        try:
            await self._bridge.command(setting(one, value, source))
        except OncueError as error:
            self._say(str(error), "$error")
            self.set_focus(self.query_one("#value"))
        else:
            self._was_set(one, value)
        finally:
            self._is_setting = False
            self.refresh_bindings()

    def _was_set(self, one: Input, value: str) -> None:
        self._changed = True
        self._warned.pop(one.name, None)
        if one.variable.secret:
            self._told.add(one.name)
        if warning := warning_of(one, value):
            self._warned[one.name] = warning
        self._go_on()

    def _go_on(self) -> None:
        """To the next one without a value, else back to the list."""
        self._show_list()
        lacking = self._sheet().lacking(self._shown[self._here + 1 :])
        if lacking and self._one.name not in self._warned:
            self._go_to(self._shown.index(lacking[0]))
            self._edit()
        elif self._until_whole and not self._warned and not self._sheet().lacking(self._shown):
            self.dismiss(self._changed)
        else:
            self.set_focus(self.query_one("#inputs"))
            self._go_to(self._here)

    # Looking values up.

    def action_look_up(self) -> None:
        pending = self._unasked.get(self._one.name)
        if pending is None:
            self._look_up(self._one)
        else:
            self._confirm(self._one, pending)

    @work(exclusive=True, group="look-up", exit_on_error=True)
    async def _look_up(self, one: Input, approved: str | None = None) -> None:
        self._say(f"looking up values with `{one.variable.from_command}` …")
        details = {} if approved is None else {"approved": approved}
        try:
            told = (await self._bridge.ask("propose", name=one.name, **details))["proposal"]
        except OncueError as error:
            self._tell(one, str(error), "$warning")
            return
        if not told["ran"]:
            self._unasked[one.name] = told
            self._offer_look_up(one)
            return
        self._unasked.pop(one.name, None)
        self._proposed[one.name] = tuple(told["values"])
        self._take_proposals(one, told)

    def _take_proposals(self, one: Input, told: Mapping[str, Any]) -> None:
        values = self._proposed[one.name]
        if self._one is not one:
            return
        if told["message"]:
            self._say(f"`{told['command']}`: {told['message']}", "$warning")
        else:
            self._say(f"from `{told['command']}`")
        field = self.query_one("#value", LineInput)
        if len(values) == 1 and not field.value and not one.variable.secret and visible(values[0]) == values[0]:
            field.value = values[0]
            field.select_all()
        self._list(values)

    def _offer_look_up(self, one: Input) -> None:
        self._tell(one, words.asks_first(self._unasked[one.name]), MUTED)

    def _tell(self, one: Input, text: str, style: str) -> None:
        if self._one is one:
            self._say(text, style)

    def _confirm(self, one: Input, told: Mapping[str, Any]) -> None:
        def answered(answer: GateAnswer | None) -> None:
            if answer is not None and answer.kind == "run":
                self._look_up(one, told["command"])

        gate = GateScreen(f"Look up values for {one.name}", "", words.as_prepared(told), mode="suggestion")
        self.app.push_screen(gate, answered)
