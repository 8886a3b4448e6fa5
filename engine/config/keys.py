"""Which actions an `oncue.toml` puts on other keys. What would leave a key with two meanings is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from .actions import ACTIONS, ANSWERS, EVERYWHERE, INTERRUPT, PLACES, Place
from .key_names import key_of, types
from .settings import Origin, Said, nearest

if TYPE_CHECKING:  # it brings pydantic, which nobody needs who has no file
    from .reading import Layer

TABLE = "keys"
Bound = Mapping[str, Said]
"""Action → its keys, joined by commas."""


def read_keys(layers: Sequence[Layer]) -> Bound:
    """Later layers outrank earlier ones. Raises `UsageError` with one line for each thing that is wrong."""
    bound: dict[str, Said] = {}
    wrong: list[str] = []
    for layer in layers:
        for place, value in _flat((TABLE,), layer.get(TABLE) or {}):
            action, origin = ".".join(place[1:]), layer.origin(*place)
            try:
                bound[action] = Said(_keys(action, value), origin)
            except ValueError as error:
                wrong.append(f"{origin}: `{TABLE}.{action}` {error}")
    wrong.extend(_clashes(bound))
    if wrong:
        raise UsageError("\n".join(wrong))
    return bound


def _flat(place: tuple[str, ...], table: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """`gate.edit` may be written with quotes or as a table in the table."""
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat((*place, name), value)
        else:
            yield (*place, name), value


def _keys(action: str, value: Any) -> str:
    if action not in ACTIONS:
        known = [f"{TABLE}.{one}" for one in ACTIONS]
        raise ValueError(f"is no action; {nearest(f'{TABLE}.{action}', known)}")
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not texts or not all(isinstance(one, str) for one in texts):
        raise ValueError('wants a key in quotes, such as "f2", or a list of keys')
    keys = list(dict.fromkeys(key_of(one) for one in texts))
    for key in keys:
        _check(action, key, ACTIONS[action])
    if action == INTERRUPT and "ctrl+c" not in keys:
        raise ValueError("lacks 'ctrl+c', which interrupts everywhere; other keys may stand beside it")
    return ",".join(keys)


def _check(action: str, key: str, place: Place) -> None:
    if key in EVERYWHERE and not (action == INTERRUPT and key == "ctrl+c"):
        raise ValueError(f"is {key!r}, which {EVERYWHERE[key]} everywhere")
    if key == ANSWERS and key in place.fixed:
        raise ValueError(f"is {key!r}, which answers the question before a step runs and is nothing else near it")
    if key in place.fixed:
        raise ValueError(f"is {key!r}, which stays what it is there")
    if types(key) and (place.is_typed_in or action == INTERRUPT):
        raise ValueError(f"is {key!r}, which writes text there; it wants a key with ctrl or alt, or such as 'f2'")


def _clashes(bound: Bound) -> Iterator[str]:
    for place in PLACES:
        mine = {action: bound[action].text if action in bound else keys for action, keys in place.actions.items()}
        for action, said in bound.items():
            others = {key: other for other, keys in mine.items() if other != action for key in keys.split(",")}
            for key in mine.get(action, "").split(","):
                if key in others and action in place.actions:
                    yield _clash(said.origin, action, key, others[key], bound)


def _clash(origin: Origin, action: str, key: str, other: str, bound: Bound) -> str:
    taken = "too" if other in bound else "already; put that on another key first"
    return f"{origin}: `{TABLE}.{action}` is {key!r}, which is `{TABLE}.{other}` {taken}"
