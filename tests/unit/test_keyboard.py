"""Of the clients attached to a run one holds the keyboard; nothing the others command becomes an event."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.runs import EPOCH, PLAN, recorded, stamp, started

from engine import commands as c
from engine import events as e
from engine.errors import Refused
from engine.keyboard import NOBODY, OURSELVES, WATCHERS, holds, may, name_of, sentence_of
from engine.machine import Known, allowed, decide
from engine.state import Attached, RunState, fold

COMMANDS = get_args(get_args(c.Command)[0])
SAFE = Known("safe", "read_only", "test", "it only reads")
ALONE = (c.Attach(client="cockpit"),)
TWO = (*ALONE, c.Attach(client="plain"))
THREE = (*TWO, c.Attach(client="plain"))


def run(*commands: Any) -> RunState:
    """Each one a command of ours, or a pair of a client's id and its command."""
    state = fold(recorded((started(),)))
    for one in commands:
        by, command = one if isinstance(one, tuple) else (OURSELVES, one)
        state = fold(recorded(decide(state, command, SAFE, by), state.seq), state)
    return state


def holder(state: RunState) -> int | None:
    return state.keyboard.id if state.keyboard else None


PASSED: list[tuple[str, tuple[Any, ...], int | None, tuple[int, ...]]] = [
    ("nobody is there", (), None, ()),
    ("the first to come", ALONE, 1, ()),
    ("the second watches", TWO, 1, ()),
    ("a watcher asks", (*TWO, (2, c.TakeKeyboard())), 1, (2,)),
    ("two watchers ask", (*THREE, (3, c.TakeKeyboard()), (2, c.TakeKeyboard())), 1, (3, 2)),
    (
        "it is given to who asked first",
        (*THREE, (3, c.TakeKeyboard()), (2, c.TakeKeyboard()), (1, c.GiveKeyboard())),
        3,
        (),
    ),
    ("it is given to another one", (*THREE, (3, c.TakeKeyboard()), (1, c.GiveKeyboard(to_id=2))), 2, ()),
    ("it is kept", (*TWO, (2, c.TakeKeyboard()), (1, c.KeepKeyboard())), 1, ()),
    ("there is no answer", (*TWO, (2, c.TakeKeyboard()), c.PassKeyboard(to_id=2)), 2, ()),
    ("its holder goes", (*TWO, c.Detach(client="cockpit", reason="r", client_id=1)), None, ()),
    (
        "its holder goes, one has asked",
        (*TWO, (2, c.TakeKeyboard()), c.Detach(client="x", reason="r", client_id=1)),
        2,
        (),
    ),
    ("who has asked goes", (*TWO, (2, c.TakeKeyboard()), c.Detach(client="x", reason="r", client_id=2)), 1, ()),
    (
        "it is free and somebody asks",
        (*TWO, c.Detach(client="x", reason="r", client_id=1), (2, c.TakeKeyboard())),
        2,
        (),
    ),
    ("it is free and somebody comes", (*TWO, c.Detach(client="x", reason="r", client_id=1), *ALONE), 3, ()),
    ("the host is another one", (*TWO, c.Resume(resumed=e.RunResumed(document_changed=False))), None, ()),
]


@pytest.mark.parametrize(("commands", "keyboard", "wanting"), [row[1:] for row in PASSED], ids=[r[0] for r in PASSED])
def test_who_has_the_keyboard_and_who_wants_it(
    commands: tuple[Any, ...], keyboard: int | None, wanting: tuple[int, ...]
) -> None:
    state = run(*commands)
    assert (holder(state), state.wanting) == (keyboard, wanting)


REFUSED: list[tuple[str, tuple[Any, ...], int, c.AnyCommand, str]] = [
    ("a watcher's command", TWO, 2, c.End(), r"alice@bastion has the keyboard; ask for it first"),
    ("a command of a client that is gone", ALONE, 7, c.End(), "ask for it first"),
    ("of nobody", ALONE, NOBODY, c.End(), "ask for it first"),
    ("nobody's request", ALONE, NOBODY, c.TakeKeyboard(), "ask for it first"),
    ("taking what one has", ALONE, 1, c.TakeKeyboard(), "you have the keyboard already"),
    ("asking twice", (*TWO, (2, c.TakeKeyboard())), 2, c.TakeKeyboard(), "asked for the keyboard already"),
    ("giving what nobody wants", TWO, 1, c.GiveKeyboard(), "nobody has asked"),
    ("giving it to oneself", TWO, 1, c.GiveKeyboard(to_id=1), "you have the keyboard already"),
    ("giving it to who is not there", TWO, 1, c.GiveKeyboard(to_id=9), "not there any more"),
    ("keeping what nobody wants", TWO, 1, c.KeepKeyboard(), "nobody has asked"),
    (
        "patience that ran out after the answer",
        (*TWO, (2, c.TakeKeyboard()), (1, c.KeepKeyboard())),
        OURSELVES,
        c.PassKeyboard(to_id=2),
        "has been answered",
    ),
    (
        "a command while nobody has it",
        (*TWO, c.Detach(client="x", reason="r", client_id=1)),
        2,
        c.End(),
        "nobody has the keyboard; take it first",
    ),
]


@pytest.mark.parametrize(
    ("before", "by", "command", "sentence"), [row[1:] for row in REFUSED], ids=[r[0] for r in REFUSED]
)
def test_it_refuses_with_a_sentence(before: tuple[Any, ...], by: int, command: c.AnyCommand, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        decide(run(*before), command, SAFE, by)


def test_a_watcher_is_allowed_to_ask_and_to_take_notes() -> None:
    state = run(*TWO)
    assert allowed(state, by=2) == {"note", "take_keyboard"}
    assert allowed(state, by=1) == allowed(state) - {"take_keyboard", "keep_keyboard"}
    assert "keep_keyboard" in allowed(run(*TWO, (2, c.TakeKeyboard())), by=1)


def test_clients_keep_their_numbers_when_a_run_comes_back() -> None:
    state = run(*TWO, c.Resume(resumed=e.RunResumed(document_changed=False)), *ALONE)
    assert (set(state.attached), holder(state)) == ({3}, 3)


def test_a_record_that_does_not_tell_clients_apart_still_folds() -> None:
    old = (
        b'{"kind":"operator_attached","client":"plain"}',
        b'{"kind":"operator_detached","client":"plain","reason":"r"}',
    )
    events = [e.event_adapter().validate_json(text) for text in old]
    state = fold(recorded((started(), *events)))
    assert (state.keyboard, dict(state.attached), state.newcomers, state.seq) == (None, {}, 0, 3)


def test_a_client_is_named_by_login_host_and_terminal() -> None:
    assert name_of(Attached(1, "plain", "alice", "bastion", "/dev/pts/3", EPOCH)) == "alice@bastion (pts/3)"
    assert name_of(Attached(1, "plain", "alice", "bastion", None, EPOCH)) == "alice@bastion"


SENTENCES: list[tuple[e.Event, int, str]] = [
    (e.OperatorAttached(client="plain", client_id=2), 1, "alice@bastion is here too and watches"),
    (e.OperatorAttached(client="plain", client_id=2), 2, ""),
    (e.OperatorDetached(client="plain", reason="left", client_id=9), 1, "alice@bastion has gone: left"),
    (e.KeyboardWanted(client_id=2), 1, "alice@bastion asks for the keyboard"),
    (e.KeyboardWanted(client_id=2), 2, "asked for the keyboard"),
    (e.KeyboardPassed(from_id=1, to_id=2, reason="given"), 2, "you have the keyboard now (it was given)"),
    (e.KeyboardPassed(from_id=None, to_id=2, reason="free"), 1, "alice@bastion has the keyboard now (nobody had it)"),
    (
        e.KeyboardPassed(from_id=1, to_id=9, reason="unanswered"),
        1,
        "somebody else has the keyboard now (there was no answer)",
    ),
    (e.KeyboardKept(client_id=1), 2, "alice@bastion keeps the keyboard"),
    (e.KeyboardKept(client_id=1), 1, ""),
    (e.Noted(text="x"), 1, ""),
]


@pytest.mark.parametrize(("event", "client_id", "sentence"), SENTENCES)
def test_each_client_is_told_in_its_own_words(event: e.Event, client_id: int, sentence: str) -> None:
    told = e.Recorded(run_id="run", seq=9, stamp=stamp(9), event=event)
    assert sentence_of(told, run(*TWO), client_id) == sentence


ids = st.integers(1, 5)
ours = st.one_of(
    st.builds(c.Attach, client=st.just("plain")),
    st.builds(c.Detach, client=st.just("plain"), reason=st.just("r"), client_id=ids),
    st.builds(c.PassKeyboard, to_id=ids),
)
theirs = st.one_of(
    st.just(c.TakeKeyboard()),
    st.just(c.KeepKeyboard()),
    st.builds(c.GiveKeyboard, to_id=st.none() | ids),
    st.builds(c.Note, text=st.just("x")),
    st.builds(c.Tick, item_id=st.sampled_from([item.id for step in PLAN for item in step.items])),
    st.builds(c.Select, step_id=st.sampled_from([step.id for step in PLAN])),
    st.builds(c.Start, step_id=st.sampled_from([step.id for step in PLAN]), text=st.just("true")),
    st.just(c.Resize(columns=80, rows=24)),
)
clients = st.sampled_from([NOBODY, 1, 2, 3, 4, 5])
moves = st.lists(st.tuples(st.just(OURSELVES), ours) | st.tuples(clients, theirs), max_size=40)


def walk(moved: list[tuple[int, c.AnyCommand]]) -> Iterator[tuple[RunState, int, c.AnyCommand, tuple[e.Event, ...]]]:
    """The state before, who asked, for what, and what it became."""
    state = run()
    for by, command in moved:
        try:
            decided = decide(state, command, SAFE, by)
        except Refused:
            decided = ()
        yield state, by, command, decided
        state = fold(recorded(decided, state.seq), state)


@given(moves)
def test_at_any_time_at_most_one_attached_client_holds_the_keyboard(moved: list[tuple[int, c.AnyCommand]]) -> None:
    for before, _by, _command, decided in walk(moved):
        state = fold(recorded(decided, before.seq), before)
        assert [one for one in state.attached if holds(state, one)] == ([state.keyboard.id] if state.keyboard else [])
        assert state.keyboard is None or state.attached[state.keyboard.id] == state.keyboard
        assert set(state.wanting) <= set(state.attached) - {holder(state)}
        assert len(set(state.wanting)) == len(state.wanting)
        came = any(isinstance(event, e.OperatorAttached) for event in decided)
        left = any(isinstance(event, e.OperatorDetached) for event in decided)
        if came or (before.keyboard is not None and not left):
            assert state.keyboard is not None, "a keyboard is only free once its holder has gone"
        if left and before.keyboard and before.keyboard.id not in state.attached and state.keyboard is None:
            assert not before.wanting


@given(moves)
def test_no_command_of_another_client_becomes_an_event(moved: list[tuple[int, c.AnyCommand]]) -> None:
    for state, by, command, decided in walk(moved):
        if by != OURSELVES and not holds(state, by) and decided:
            assert (type(command) in WATCHERS, by in state.attached) == (True, True)


@given(moves, ids, st.sampled_from(COMMANDS))
def test_what_a_client_may_not_ask_is_not_among_what_is_allowed(
    moved: list[tuple[int, c.AnyCommand]], by: int, kind: type[e.Said]
) -> None:
    state = next((one[0] for one in reversed(list(walk(moved)))), run())
    name = str(kind.model_fields["do"].default)
    assert (name in allowed(state, by=by)) == (name in allowed(state) and may(state, kind, by))
