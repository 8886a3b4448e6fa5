"""The page of inputs, with a run behind it that answers as a host does."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from support.modals import OPEN, Asked, rush, shown, still, until
from support.runs import recorded, started
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input as Field
from textual.widgets import OptionList, Static

from engine import commands as c
from engine import events as e
from engine.errors import HostUnreachable, Refused
from engine.inputs import Input
from engine.model import Lines, Variable
from engine.state import RunState, fold
from tui.screens.gate import GateScreen
from tui.screens.inputs import InputsScreen
from tui.widgets.key_row import KeyRow

SMALL = (80, 24)
SIZES = [(80, 24), pytest.param((120, 40), marks=pytest.mark.slow), pytest.param((200, 60), marks=pytest.mark.slow)]


def variable(name: str, line: int, **more: Any) -> Variable:
    return Variable(name, "braces", (line,), **more)


NAMESPACE = Input(
    variable("NAMESPACE", 3, description="which namespace is drained", choices=("production", "staging")), known=False
)
REPLICA = Input(variable("REPLICA", 3, description="the new primary", from_command="redis-cli role"), known=False)
HOST = Input(variable("HOST", 7, default="redis.prod", pattern="[a-z.]+"), known=True)
TOKEN = Input(variable("TOKEN", 7, description="of the API", secret=True), known=False)
OWNER = Input(variable("OWNER", 11, from_command="ssh bastion whoami"), known=False)
ALL = (NAMESPACE, REPLICA, HOST, TOKEN, OWNER)


class Bridge:
    """A run whose look-ups answer from a table, and which refuses some values."""

    def __init__(self, *happened: e.Event) -> None:
        self._events: list[e.Event] = [started(), *happened]
        self.sent: list[c.Command] = []
        self.asked: list[Mapping[str, Any]] = []
        self.proposals: dict[str, Any] = {
            "REPLICA": proposal("redis-cli role", "db-1", "db-2", "db-3"),
            "OWNER": proposal("ssh bastion whoami", "alice"),
        }
        self.unsafe = {"OWNER"}

    @property
    def state(self) -> RunState:
        return fold(recorded(self._events))

    async def ask(self, what: str, **details: Any) -> Mapping[str, Any]:
        assert what == "propose"
        self.asked.append(details)
        found = self.proposals[details["name"]]
        if isinstance(found, Exception):
            raise found
        if details["name"] in self.unsafe and details.get("approved") != found["command"]:
            found = {**found, "ran": False, "values": [], "level": "unknown", "why": "nobody knows what this does"}
        return {"proposal": found}

    async def command(self, command: c.Command) -> None:
        assert isinstance(command, c.SetVariable)
        if command.value == "refused":
            raise Refused("not now: a step is running; wait for its end or interrupt it")
        self.sent.append(command)
        value = None if command.secret else command.value
        self._events.append(e.VariableSet(name=command.name, value=value, secret=command.secret, source=command.source))


def proposal(command: str, *values: str, message: str = "") -> dict[str, Any]:
    return {"command": command, "level": "safe", "why": "", "ran": True, "values": list(values), "message": message}


def page(bridge: Bridge, *inputs: Input, **more: Any) -> Asked:
    return Asked(InputsScreen(bridge, inputs or ALL, **more))


def said(app: App[None]) -> str:
    return str(app.screen.query_one("#said", Static).content)


def field(app: App[None]) -> Field:
    return app.screen.query_one("#value", Field)


def is_set(name: str, value: str, source: str = "typed", *, secret: bool = False) -> c.SetVariable:
    return c.SetVariable(name=name, value=value, secret=secret, source=source)


async def test_the_first_input_without_a_value_is_asked_for_and_enter_goes_on_to_the_next() -> None:
    bridge = Bridge()
    app = page(bridge, HOST, TOKEN, NAMESPACE)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: field(app).has_focus)
        await pilot.press(*"correct-horse", "enter", *"staging", "enter")
        await until(pilot, lambda: len(bridge.sent) == 2)
        await until(pilot, lambda: not field(app).has_focus)
        assert "every input has a value" in shown(app)
        await pilot.press("escape")
        await until(pilot, lambda: app.answer != OPEN)
    assert app.answer is True
    assert bridge.sent == [is_set("TOKEN", "correct-horse", secret=True), is_set("NAMESPACE", "staging")]


async def test_a_page_that_changed_nothing_says_so() -> None:
    bridge = Bridge()
    app = page(bridge, HOST)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("escape")
        await until(pilot, lambda: app.answer != OPEN)
    assert app.answer is False
    assert bridge.sent == []


async def test_enter_without_a_value_leaves_the_input_for_the_step_that_needs_it() -> None:
    bridge = Bridge()
    app = page(bridge, TOKEN, NAMESPACE)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("enter", "enter")
        await until(pilot, lambda: not field(app).has_focus)
        assert "2 of 2 without a value" in shown(app)
    assert bridge.sent == []


async def test_a_default_that_is_taken_is_told_as_the_default() -> None:
    bridge = Bridge()
    app = page(bridge, HOST)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("enter")
        assert field(app).value == "redis.prod"
        await pilot.press("enter")
        await until(pilot, lambda: bridge.sent)
        await pilot.press("enter", "enter")
        await pilot.pause()
    assert bridge.sent == [is_set("HOST", "redis.prod", "default")]


async def test_typing_replaces_the_value_that_was_there() -> None:
    bridge = Bridge()
    app = page(bridge, HOST)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("enter", *"db", "enter")
        await until(pilot, lambda: bridge.sent)
    assert bridge.sent == [is_set("HOST", "db")]


async def test_a_value_that_will_not_do_stays_in_its_line_with_the_reason_below() -> None:
    bridge = Bridge()
    app = page(bridge, HOST)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("enter", "end", "9", "enter")
        assert said(app) == "the value of HOST does not fit its pattern [a-z.]+: give another value"
        assert field(app).value == "redis.prod9"
    assert bridge.sent == []


async def test_what_the_run_refuses_is_said_at_the_line() -> None:
    bridge = Bridge()
    app = page(bridge, Input(variable("X", 3), known=False))
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press(*"refused", "enter")
        await until(pilot, lambda: "a step is running" in said(app))
        assert field(app).has_focus


async def test_a_secret_is_never_on_the_screen_and_one_that_cannot_be_masked_is_warned_of() -> None:
    bridge = Bridge()
    app = page(bridge, TOKEN)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press(*"q7")
        assert "q7" not in shown(app)
        assert "••" in shown(app)
        await pilot.press("enter")
        await until(pilot, lambda: bridge.sent)
        await until(pilot, lambda: "TOKEN stays visible where it is printed" in shown(app))
        assert "! (secret)" in shown(app)
        await pilot.press("enter")
        assert field(app).value == ""
        assert "q7" not in shown(app)


async def test_one_of_the_choices_is_taken_without_typing_it() -> None:
    bridge = Bridge()
    app = page(bridge, NAMESPACE)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("down", "down", "down", "up", "enter")
        await until(pilot, lambda: bridge.sent)
    assert bridge.sent == [is_set("NAMESPACE", "staging")]


async def test_typing_leaves_the_choice_that_was_moved_to() -> None:
    bridge = Bridge()
    app = page(bridge, REPLICA)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: "db-3" in shown(app))
        await pilot.press("down")
        assert said(app) == "Enter takes db-1"
        assert "↓ pick one" in shown(app)
        await pilot.press(*"db-9", "enter")
        await until(pilot, lambda: bridge.sent)
    assert bridge.sent == [is_set("REPLICA", "db-9")]


@pytest.mark.parametrize(
    ("inputs", "keys", "sent"),
    [
        ([TOKEN], [*"quick-secret", "enter"], [is_set("TOKEN", "quick-secret", secret=True)]),
        ([NAMESPACE], ["down", "down", "enter"], [is_set("NAMESPACE", "staging")]),
        ([NAMESPACE], ["down", *"staging", "enter"], [is_set("NAMESPACE", "staging")]),
    ],
)
async def test_a_quick_typist_sets_what_a_slow_one_would(
    inputs: list[Input], keys: list[str], sent: list[c.SetVariable]
) -> None:
    bridge = Bridge()
    app = page(bridge, *inputs)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: field(app).has_focus)
        await rush(pilot, *keys)
        await until(pilot, lambda: bridge.sent)
    assert bridge.sent == sent


async def test_a_quick_typist_gets_to_another_input_and_sets_nothing_on_the_way() -> None:
    bridge = Bridge()
    app = page(bridge, NAMESPACE, HOST)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: field(app).has_focus)
        await rush(pilot, "escape", "down", "enter")
        await until(pilot, lambda: field(app).value == "redis.prod")
        assert field(app).has_focus
    assert bridge.sent == []


async def test_what_is_typed_while_a_value_is_being_set_goes_nowhere() -> None:
    bridge = Bridge()
    hold = asyncio.Event()
    tell = bridge.command

    async def slow(command: c.Command) -> None:
        await hold.wait()
        await tell(command)

    bridge.command = slow  # type: ignore[method-assign]
    app = page(bridge, TOKEN, NAMESPACE)
    async with app.run_test(size=SMALL) as pilot:
        await rush(pilot, *"secret-one", "enter", *"two", "enter", "escape")
        hold.set()
        await until(pilot, lambda: "which namespace" in shown(app))
        assert field(app).value == ""
        assert field(app).has_focus
    assert bridge.sent == [is_set("TOKEN", "secret-one", secret=True)]


async def test_values_that_a_safe_command_proposes_are_there_at_once() -> None:
    bridge = Bridge()
    app = page(bridge, REPLICA)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: "db-3" in shown(app))
        assert said(app) == "from `redis-cli role`"
        await pilot.click("#proposed", offset=(3, 1))
        await until(pilot, lambda: bridge.sent)
    assert bridge.sent == [is_set("REPLICA", "db-2", "redis-cli role")]
    assert bridge.asked == [{"name": "REPLICA"}]


async def test_a_look_up_that_is_not_safe_runs_only_through_the_gate() -> None:
    bridge = Bridge()
    app = page(bridge, OWNER)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: "asks first (unknown: nobody knows what this does)" in said(app).replace("\n", " "))
        await pilot.press("ctrl+r")
        await until(pilot, lambda: isinstance(app.screen, GateScreen))
        assert "ssh bastion whoami" in shown(app)
        await until(pilot, lambda: app.screen.focused)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, InputsScreen))
        await until(pilot, lambda: field(app).value == "alice")
        await pilot.press("enter")
        await until(pilot, lambda: bridge.sent)
    assert bridge.asked == [{"name": "OWNER"}, {"name": "OWNER", "approved": "ssh bastion whoami"}]
    assert bridge.sent == [is_set("OWNER", "alice", "ssh bastion whoami")]


async def test_a_look_up_that_is_not_wanted_does_not_run() -> None:
    bridge = Bridge()
    app = page(bridge, OWNER)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: "asks first" in said(app))
        await pilot.press("ctrl+r")
        await until(pilot, lambda: app.screen.focused and isinstance(app.screen, GateScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, InputsScreen))
        assert field(app).has_focus
    assert bridge.asked == [{"name": "OWNER"}]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Refused("what proposes values for REPLICA needs HOST first"), "what proposes values for REPLICA needs HOST"),
        (HostUnreachable("the run's own process is gone"), "the run's own process is gone"),
        (proposal("redis-cli role", message="it printed no value"), "`redis-cli role`: it printed no value"),
    ],
)
async def test_a_look_up_without_values_says_why(answer: Any, told: str) -> None:
    bridge = Bridge()
    bridge.proposals["REPLICA"] = answer
    app = page(bridge, REPLICA)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: said(app).startswith(told))
        assert field(app).has_focus


async def test_a_look_up_that_comes_late_leaves_the_next_input_alone() -> None:
    bridge = Bridge()
    hold = asyncio.Event()
    answer = bridge.ask

    async def late(what: str, **details: Any) -> Mapping[str, Any]:
        await hold.wait()
        return await answer(what, **details)

    bridge.ask = late  # type: ignore[method-assign]
    app = page(bridge, REPLICA, TOKEN)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: "typed without being shown" in shown(app))
        hold.set()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "db-1" not in shown(app)
        assert field(app).value == ""


async def test_a_value_that_cannot_be_typed_is_not_offered_for_editing() -> None:
    hidden = Input(variable("X", 3, default="a\u202eb"), known=True)
    bridge = Bridge()
    app = page(bridge, hidden)
    async with app.run_test(size=SMALL) as pilot:
        assert "a<U+202E>b" in shown(app)
        await pilot.press("enter")
        assert field(app).value == ""
        await pilot.press("enter")
        await pilot.pause()
    assert bridge.sent == []


async def test_what_a_document_says_of_an_input_is_never_taken_for_markup() -> None:
    one = replace(HOST, variable=replace(HOST.variable, description="[/] \x1b[2J", default="[red]x", pattern=None))
    app = page(Bridge(), one, title="[/]")
    async with app.run_test(size=SMALL):
        assert "[/] ^[[2J" in shown(app)
        assert "[red]x" in shown(app)


@pytest.mark.parametrize(
    ("more", "names"),
    [
        ({}, ["NAMESPACE", "REPLICA", "HOST", "OWNER"]),
        ({"lines": Lines(11, 11)}, ["OWNER"]),
        ({"named": ["TOKEN"]}, ["TOKEN"]),
        ({"named": ["NOBODY"]}, []),
    ],
)
async def test_the_page_is_about_what_is_walked_or_one_step_or_what_is_named(
    more: dict[str, Any], names: list[str]
) -> None:
    token_elsewhere = replace(TOKEN, variable=replace(TOKEN.variable, lines=(100,)))
    app = page(Bridge(), NAMESPACE, REPLICA, HOST, token_elsewhere, OWNER, **more)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        listed = app.screen.query_one("#inputs", OptionList).options
        assert [str(option.prompt).split()[1] for option in listed] == names


async def test_a_page_without_inputs_can_only_be_closed() -> None:
    app = page(Bridge(), HOST, named=["NOBODY"])
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("enter", "down", "up", "ctrl+r")
        assert "nothing that is walked wants one" in shown(app)
        await pilot.press("escape")
        await until(pilot, lambda: app.answer != OPEN)
    assert app.answer is False


async def test_escape_leaves_the_line_before_it_leaves_the_page() -> None:
    bridge = Bridge()
    app = page(bridge)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: field(app).has_focus)
        await pilot.press(*"prod", "escape")
        assert app.answer == OPEN
        assert field(app).value == ""
        await pilot.press("down", "down", "enter")
        assert field(app).value == "redis.prod"
        await pilot.press("escape", "escape")
        await until(pilot, lambda: app.answer != OPEN)
    assert bridge.sent == []


async def test_a_page_opened_for_what_lacks_closes_with_the_last_value() -> None:
    bridge = Bridge()
    app = page(bridge, HOST, TOKEN, NAMESPACE, until_whole=True)
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: field(app).has_focus)
        await pilot.press(*"correct-horse", "enter")
        await until(pilot, lambda: "which namespace" in shown(app))
        assert app.answer == OPEN
        await pilot.press(*"staging", "enter")
        await until(pilot, lambda: app.answer != OPEN)
    assert app.answer is True


async def test_a_page_that_nothing_lacks_on_stays_open_when_a_value_is_changed() -> None:
    bridge = Bridge()
    app = page(bridge, HOST)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.press("enter", *"redis.test", "enter")
        await until(pilot, lambda: bridge.sent)
        await until(pilot, lambda: not field(app).has_focus)
        assert app.answer == OPEN


async def test_an_input_is_changed_by_a_click_on_it() -> None:
    app = page(Bridge())
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: field(app).has_focus)
        await pilot.click("#inputs", offset=(5, 2))
        assert field(app).value == "redis.prod"
        assert field(app).has_focus


@pytest.mark.parametrize("size", [(40, 12), (80, 24), pytest.param((200, 60), marks=pytest.mark.slow)])
async def test_line_and_keys_stay_in_sight_below_many_inputs(size: tuple[int, int]) -> None:
    many = [Input(variable(f"INPUT_{n}", 3, description="what it is"), known=False) for n in range(60)]
    app = page(Bridge(), *many)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for where in (Field, KeyRow):
            assert app.screen.region.contains_region(app.screen.query_one(where).region)


# Looked at.


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_page_of_inputs(snap_compare: Any, size: tuple[int, int]) -> None:
    happened = e.VariableSet(name="NAMESPACE", value="production", secret=False, source="--var")
    app = page(Bridge(happened))

    async def looking(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: "db-3" in shown(app))
        await pilot.press("down")
        await still(pilot)

    assert snap_compare(app, terminal_size=size, run_before=looking)
