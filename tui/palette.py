"""What the command palette lists on each screen: every action by name, with its key, and why it cannot be done now.

Read from the one registry and from the screens' own bindings; nothing is named here a second time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from textual.fuzzy import FuzzySearch

from engine.config.actions import ACTIONS as REBINDABLE
from engine.summary import sign_of

from .keys import ACTIONS, Action, label_of, why_not
from .situation import Situation
from .step_text import numbered
from .themes import THEMES

if TYPE_CHECKING:
    from textual.screen import Screen

    from .app import OncueApp
    from .screens.run import RunScreen

MOVED_ON = "not done: the run has moved on since the palette was opened"
KeyOf = Callable[[str, str], str]
"""Action and its built-in keys → the key to show."""


class Command(NamedTuple):
    name: str
    """`area: verb`."""
    key: str
    help: str
    do: Callable[[], object]
    why_not: str = ""
    """Why it cannot be done now; choosing it says so."""
    setting: str = ""
    """What an `oncue.toml` calls it, where its key can be another one."""


def commands_of(app: OncueApp, screen: Screen[Any]) -> list[Command]:
    from .screens.run import RunScreen

    own = run_commands(screen, app.key_of) if isinstance(screen, RunScreen) else screen_commands(screen, app.key_of)
    return [*own, *theme_commands(app.theme, app.choose_theme)]


# The run screen.


def run_commands(screen: RunScreen, key_of: KeyOf) -> Iterator[Command]:
    """What can be done first, then what cannot, then the steps."""
    s = screen.situation
    listed = [_action(one, s, screen, key_of) for one in ACTIONS.values() if not one.id.startswith("offer_")]
    offers = [_offer(number, words, s, screen, key_of) for number, words in enumerate(_offered(s), 1)]
    yield from (one for one in (*listed, *offers) if not one.why_not)
    yield from (one for one in (*listed, *offers) if one.why_not)
    yield from step_commands(s, screen.look_at)


def _action(action: Action, s: Situation, screen: RunScreen, key_of: KeyOf) -> Command:
    label = label_of(action, s).rstrip("…")
    do = _unless_moved_on(screen, s, action)
    key, setting = key_of(action.id, action.key), f"keys.{action.id}"
    return Command(f"{action.area}: {label}", key, action.help, do, why_not(action.id, s), setting)


def _offer(number: int, words: str, s: Situation, screen: RunScreen, key_of: KeyOf) -> Command:
    action = ACTIONS[f"offer_{number}"]
    do = _unless_moved_on(screen, s, action)
    about = "choose this alternative" if s.choice is not None else "a command that the step's words mention"
    key, setting = key_of(action.id, action.key), f"keys.{action.id}"
    return Command(f"step: {words}", key, about, do, why_not(action.id, s), setting)


def _offered(s: Situation) -> Sequence[str]:
    """Alternatives, or commands, by number."""
    if s.choice is not None and not s.is_elsewhere:
        return [option.label for option in s.choice.options[:9]]
    return [one.text for one in s.step.offers[:9]] if s.step is not None else ()


def _unless_moved_on(screen: RunScreen, before: Situation, action: Action) -> Callable[[], object]:
    """A key that meant one step must not hit the next one because the palette stood open in between."""

    def do() -> None:
        if _stand(screen.situation, action) == _stand(before, action):
            screen.action_do(action.id)
        else:
            screen.say(MOVED_ON, "warning")

    return do


def _stand(s: Situation, action: Action) -> tuple[object, ...]:
    return s.step.id if s.step else None, s.item_id, s.state.phase, s.status, label_of(action, s)


def step_commands(s: Situation, look_at: Callable[[str], object]) -> Iterator[Command]:
    for number, step_id in enumerate(numbered(s.state), 1):
        step = s.state.steps[step_id]
        section = " › ".join(step.planned.section)
        name = f"look at: {number} {sign_of(step.status)} {step.planned.title}"
        yield Command(name, "", section, lambda step_id=step_id: look_at(step_id))  # type: ignore[misc]


# Other screens.


def screen_commands(screen: Screen[Any], key_of: KeyOf) -> Iterator[Command]:
    """Those of its bindings that say what they do, also where a line that is typed into takes the key."""
    found: dict[str, Command] = {}
    for key, binding in screen._bindings.copy():
        allowed = screen.check_action(binding.action, ())
        if binding.tooltip and binding.id and allowed is not False and binding.action not in found:
            area = binding.id.partition(".")[0].replace("_", " ")
            do, reason = _in_screen(screen, binding.action), "not here" if allowed is None else ""
            name = f"{area}: {binding.description}"
            setting = f"keys.{binding.id}" if binding.id in REBINDABLE else ""
            found[binding.action] = Command(name, key_of(binding.id, key), binding.tooltip, do, reason, setting)
    yield from sorted(found.values(), key=lambda one: bool(one.why_not))


def _in_screen(screen: Screen[Any], action: str) -> Callable[[], object]:
    async def do() -> None:
        await screen.run_action(action)

    return lambda: screen.call_later(do)


# How it looks.


def theme_commands(current: str, choose: Callable[[str], object]) -> Iterator[Command]:
    for name in THEMES:
        here = "the screen looks like this" if name == current else ""
        yield Command(f"theme: {name}", "", "for this session", lambda name=name: choose(name), here)  # type: ignore[misc]


# Finding.


def fitting(commands: Sequence[Command], typed: str) -> list[Command]:
    """All of them, or those whose names fit loosely, the best first, and then those whose help has the words."""
    if not typed:
        return list(commands)
    search = FuzzySearch()
    scored = [(search.match(typed, one.name)[0], one) for one in commands]
    by_name = [one for score, one in sorted(scored, key=lambda pair: (-pair[0], bool(pair[1].why_not))) if score > 0]
    by_help = [one for score, one in scored if score <= 0 and typed.lower() in one.help.lower()]
    return [*by_name, *by_help]
