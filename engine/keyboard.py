"""Whose commands count: of the clients attached to a run one holds the keyboard, and the others watch. Pure.

The first to come holds it. A watcher gets it by asking: from a holder who gives it, does not answer in time or goes
away, and at once when nobody holds it. A watcher who has not asked is never handed it, because what is typed at a
screen that only shows must not begin to count all of a sudden.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import commands as c
from . import events as e
from .errors import Refused
from .state import Attached, RunState

OURSELVES = 0
"""In place of a client's id: the run's own process, which needs no keyboard."""
NOBODY = -1
"""In place of a client's id: a connection that has not said who it is."""
PATIENCE_SECONDS = 10.0
"""Long enough to read a line and press a key; longer, and whoever is needed waits for somebody who is away."""
WATCHERS: frozenset[type[e.Said]] = frozenset({c.Note, c.TakeKeyboard})
"""What a client may ask without the keyboard: a note says who wrote it, and nothing comes of it."""

PASSINGS: Mapping[e.Passing, str] = {
    "free": "nobody had it",
    "given": "it was given",
    "unanswered": "there was no answer",
    "detached": "whoever had it has gone",
}


def holds(state: RunState, client_id: int) -> bool:
    return client_id == OURSELVES or (state.keyboard is not None and state.keyboard.id == client_id)


def may(state: RunState, kind: type[e.Said], by: int) -> bool:
    """Whether this client may ask for that now, as far as it is a matter of who asks."""
    if by == OURSELVES:
        return True
    if by not in state.attached:
        return False
    if kind is c.TakeKeyboard:
        return not holds(state, by) and by not in state.wanting
    if kind is c.KeepKeyboard:
        return holds(state, by) and bool(state.wanting)
    return kind in WATCHERS or holds(state, by)


def refuse_watcher(state: RunState, kind: type[e.Said], by: int) -> None:
    if not holds(state, by) and (kind not in WATCHERS or by not in state.attached):
        raise Refused(objection(state))


def objection(state: RunState) -> str:
    """Why a watcher's command does not count."""
    if state.keyboard is None:
        return "nobody has the keyboard; take it first"
    return f"{name_of(state.keyboard)} has the keyboard; ask for it first"


def name_of(one: Attached) -> str:
    """`alice@bastion (pts/3)`."""
    return _named(one.login, one.host, one.tty)


def _named(login: str, host: str, tty: str | None) -> str:
    place = f" ({tty.removeprefix('/dev/')})" if tty else ""
    return f"{login}@{host}{place}"


def sentence_of(recorded: e.Recorded, state: RunState, client_id: int) -> str:
    """What it says to this client about who is there and who has the keyboard; empty for every other event."""
    actor = recorded.stamp.actor
    who = _named(actor.login, actor.host, actor.tty)
    match recorded.event:
        case e.OperatorAttached() as event if event.client_id != client_id:
            return f"{who} is here too and {'has the keyboard' if event.keyboard else 'watches'}"
        case e.OperatorDetached() as event:
            return f"{who} has gone: {event.reason}"
        case e.KeyboardWanted() as event if event.client_id != client_id:
            return f"{who} asks for the keyboard"
        case e.KeyboardWanted():
            return "asked for the keyboard"
        case e.KeyboardPassed() as event if event.to_id == client_id:
            return f"you have the keyboard now ({PASSINGS[event.reason]})"
        case e.KeyboardPassed() as event:
            holder = state.attached.get(event.to_id)
            return f"{name_of(holder) if holder else 'somebody else'} has the keyboard now ({PASSINGS[event.reason]})"
        case e.KeyboardKept() as event if event.client_id != client_id:
            return f"{who} keeps the keyboard"
        case _:
            return ""


# Decisions.


def _attach(state: RunState, command: c.Attach, _by: int) -> tuple[e.Event, ...]:
    free = state.keyboard is None
    return (e.OperatorAttached(client=command.client, client_id=state.newcomers + 1, keyboard=free),)


def _detach(state: RunState, command: c.Detach, _by: int) -> tuple[e.Event, ...]:
    detached = e.OperatorDetached(client=command.client, reason=command.reason, client_id=command.client_id)
    waiting = [one for one in state.wanting if one != command.client_id]
    if state.keyboard is None or state.keyboard.id != command.client_id or not waiting:
        return (detached,)
    return (detached, e.KeyboardPassed(from_id=command.client_id, to_id=waiting[0], reason="detached"))


def _take(state: RunState, _command: c.TakeKeyboard, by: int) -> tuple[e.Event, ...]:
    if holds(state, by):
        raise Refused("you have the keyboard already")
    if by in state.wanting:
        raise Refused("you have asked for the keyboard already; its holder has not answered yet")
    if state.keyboard is None:
        return (e.KeyboardPassed(from_id=None, to_id=by, reason="free"),)
    return (e.KeyboardWanted(client_id=by),)


def _give(state: RunState, command: c.GiveKeyboard, _by: int) -> tuple[e.Event, ...]:
    to_id = next(iter(state.wanting), None) if command.to_id is None else command.to_id
    if to_id is None:
        raise Refused("nobody has asked for the keyboard")
    if to_id not in state.attached:
        raise Refused("whoever is to have the keyboard is not there any more")
    if state.keyboard is not None and state.keyboard.id == to_id:
        raise Refused("you have the keyboard already")
    return (_passed(state, to_id, "given"),)


def _keep(state: RunState, _command: c.KeepKeyboard, by: int) -> tuple[e.Event, ...]:
    if not state.wanting:
        raise Refused("nobody has asked for the keyboard")
    return (e.KeyboardKept(client_id=by),)


def _pass(state: RunState, command: c.PassKeyboard, _by: int) -> tuple[e.Event, ...]:
    if command.to_id not in state.wanting:
        raise Refused("that request for the keyboard has been answered")
    return (_passed(state, command.to_id, "unanswered"),)


def _passed(state: RunState, to_id: int, reason: e.Passing) -> e.KeyboardPassed:
    from_id = None if state.keyboard is None else state.keyboard.id
    return e.KeyboardPassed(from_id=from_id, to_id=to_id, reason=reason)


DECISIONS: Mapping[type[e.Said], Callable[[RunState, Any, int], tuple[e.Event, ...]]] = {
    c.Attach: _attach,
    c.Detach: _detach,
    c.TakeKeyboard: _take,
    c.GiveKeyboard: _give,
    c.KeepKeyboard: _keep,
    c.PassKeyboard: _pass,
}
"""Decisions about the keyboard itself; the last argument is the client that asks."""
