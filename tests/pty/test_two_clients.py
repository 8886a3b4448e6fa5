"""Several clients on one run: one holds the keyboard, the others watch and get it by asking."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from support.hosts import SECONDS, Bench, run_current, until, until_idle
from support.terminal import Operator, environment, shown

from engine import commands as c
from engine import events as e
from engine.client import Client, Told
from engine.errors import HostUnreachable, Refused
from engine.feed import OutputPiece
from engine.state import Attached
from engine.wire import Keys, encode

DOCUMENT = """\
# Redis is full

```bash
read -rp "Value? " first; echo "got $first"
```

```bash
echo over
```
"""
SOON = 0.05
NEVER = 3600.0


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    bench = Bench(tmp_path)
    yield bench
    bench.close()


def sees(client: Client, kind: type[e.Said]) -> e.Recorded:
    """Waits until this client is told of such an event, later than its own coming."""
    found: list[e.Recorded] = []

    def is_it(_client: Client, told: Told) -> bool:
        if isinstance(told, e.Recorded) and told.seq > client.seen and isinstance(told.event, kind):
            found.append(told)
        return bool(found)

    until(client, is_it)
    return found[0]


def asks_for_a_value(client: Client) -> None:
    """Waits until the first step does; what is typed before a step reads is not for it."""
    seen = b""

    def asked(_client: Client, told: Told) -> bool:
        nonlocal seen
        seen += told.data if isinstance(told, OutputPiece) else b""
        return b"Value? " in seen

    until(client, asked)


def test_the_first_to_come_has_the_keyboard_and_the_second_watches(bench: Bench) -> None:
    address, first = bench.start(DOCUMENT)
    second = bench.attach(address)
    assert (first.id, second.id) == (1, 2)
    assert (first.has_keyboard, second.has_keyboard) == (True, False)
    assert set(second.state.attached) == {1, 2}
    assert isinstance(second.state.keyboard, Attached)
    assert second.state.keyboard.client == "test"
    assert "prepared" in second.ask("prepare", step_id=second.state.current)
    assert second.ask("inputs")["inputs"] == []
    assert second.ask("waiting")["waiting"] is None


REFUSED: list[c.Command] = [
    c.Leave(reason="r"),
    c.End(),
    c.Resize(columns=10, rows=10),
    c.SetVariable(name="n", value="v"),
    c.Interrupt(),
    c.GiveKeyboard(),
    c.KeepKeyboard(),
]


def test_nothing_a_watcher_commands_becomes_an_event_but_its_notes(bench: Bench) -> None:
    address, first = bench.start(DOCUMENT)
    second = bench.attach(address)
    before = bench.state(address.run_id).seq
    for command in (*REFUSED, c.Skip(step_id=second.state.current or "", reason="r")):
        with pytest.raises(Refused, match=r"^\S+@\S+.* has the keyboard; ask for it first$"):
            second.command(command)
    with pytest.raises(Refused, match="has the keyboard"):
        run_current(second)
    with pytest.raises(Refused, match="has the keyboard"):
        second.ask("context")
    assert bench.state(address.run_id).seq == before
    second.command(c.Note(text="I am watching"))
    assert [note.text for note in bench.state(address.run_id).notes] == ["I am watching"]
    assert first.has_keyboard


def test_what_a_watcher_types_does_not_reach_the_step(bench: Bench) -> None:
    address, first = bench.start(DOCUMENT)
    second = bench.attach(address)
    run_current(first)
    asks_for_a_value(first)
    second.keys(b"from the watcher\n")
    second.ask("waiting")  # answered after the keys were looked at
    first.keys(b"from the holder\n")
    assert b"got from the holder" in until_idle(first)
    assert b"got from the holder" in until_idle(second)


def test_keys_of_a_connection_that_has_not_said_who_it_is_do_not_count(bench: Bench) -> None:
    address, first = bench.start(DOCUMENT)
    run_current(first)
    asks_for_a_value(first)
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.connect(address.socket)
        stranger.sendall(encode(Keys(b"from a stranger\n")) + encode({"id": 1, "ask": "nothing"}))
        assert stranger.recv(1000)  # answered after the keys were looked at
    first.keys(b"from the holder\n")
    assert b"got from the holder" in until_idle(first)


def test_the_holder_is_told_who_asks_and_may_give_the_keyboard(bench: Bench) -> None:
    address, first = bench.start(DOCUMENT, patience=NEVER)
    second = bench.attach(address)
    second.command(c.TakeKeyboard())
    assert sees(first, e.KeyboardWanted).event == e.KeyboardWanted(client_id=2)
    assert first.state.wanting == (2,)
    first.command(c.GiveKeyboard())
    assert sees(second, e.KeyboardPassed).event == e.KeyboardPassed(from_id=1, to_id=2, reason="given")
    assert (first.has_keyboard, second.has_keyboard) == (False, True)
    run_current(second)
    asks_for_a_value(second)
    second.keys(b"x\n")
    assert b"got x" in until_idle(second)


def test_the_holder_may_keep_the_keyboard_and_be_asked_again(bench: Bench) -> None:
    address, first = bench.start(DOCUMENT, patience=NEVER)
    second = bench.attach(address)
    second.command(c.TakeKeyboard())
    with pytest.raises(Refused, match="asked for the keyboard already"):
        second.command(c.TakeKeyboard())
    sees(first, e.KeyboardWanted)
    first.command(c.KeepKeyboard())
    sees(second, e.KeyboardKept)
    assert (first.has_keyboard, second.state.wanting) == (True, ())
    second.command(c.TakeKeyboard())
    assert second.state.wanting == (2,)


def test_a_holder_who_does_not_answer_loses_the_keyboard(bench: Bench) -> None:
    address, first = bench.start(DOCUMENT, patience=SOON)
    second = bench.attach(address)
    second.command(c.TakeKeyboard())
    assert sees(second, e.KeyboardPassed).event == e.KeyboardPassed(from_id=1, to_id=2, reason="unanswered")
    with pytest.raises(Refused, match="has the keyboard"):
        first.command(c.End())


def test_whoever_asked_first_gets_the_keyboard_of_a_client_that_dies(bench: Bench) -> None:
    address, first = bench.start(DOCUMENT, patience=NEVER)
    second, third = bench.attach(address), bench.attach(address)
    third.command(c.TakeKeyboard())
    second.command(c.TakeKeyboard())
    first.hang_up()
    assert sees(second, e.KeyboardPassed).event == e.KeyboardPassed(from_id=1, to_id=3, reason="detached")
    assert second.state.wanting == ()


def test_a_keyboard_nobody_asked_for_waits_for_whoever_comes_next_or_asks(bench: Bench) -> None:
    address, first = bench.start(DOCUMENT)
    second = bench.attach(address)
    first.hang_up()
    sees(second, e.OperatorDetached)
    assert second.state.keyboard is None
    with pytest.raises(Refused, match="nobody has the keyboard; take it first"):
        second.command(c.End())
    third = bench.attach(address)
    assert third.has_keyboard
    third.close()
    second.command(c.TakeKeyboard())
    assert second.has_keyboard


def test_whoever_comes_right_after_a_client_has_died_has_the_keyboard(bench: Bench) -> None:
    address, client = bench.start(DOCUMENT)
    for _ in range(50):
        client.hang_up()
        client = bench.attach(address)
        assert client.has_keyboard


def test_a_step_goes_on_while_the_keyboard_passes(bench: Bench) -> None:
    address, first = bench.start(DOCUMENT)
    second = bench.attach(address)
    run_current(first)
    asks_for_a_value(first)
    first.hang_up()
    sees(second, e.OperatorDetached)
    second.command(c.TakeKeyboard())
    second.keys(b"x\n")
    assert b"got x" in until_idle(second)


def test_a_host_that_dies_takes_the_keyboard_with_it(bench: Bench) -> None:
    address, first = bench.start(DOCUMENT)
    bench.attach(address)
    first.command(c.Leave(reason="later"))
    until_gone(first)
    _, third = bench.resume(address.run_id)
    assert (third.id, third.has_keyboard, set(third.state.attached)) == (3, True, {3})
    assert bench.findings() == []


# Plain mode.


def test_a_second_terminal_watches_and_is_given_the_keyboard(tmp_path: Path) -> None:
    (tmp_path / "redis.md").write_text(DOCUMENT)
    first = Operator(tmp_path, "run", "redis.md", "--plain")
    first.sees("› ")
    second = Operator(tmp_path, "attach", "--plain")
    second.sees("has the keyboard; k asks for it, q stops watching")
    first.says("y")
    second.sees("started by")
    first.sees("Value? ")
    first.says("value")
    second.sees("got value")
    second.sees("succeeded, exit 0")
    second.presses("k")
    second.sees("asked for the keyboard")
    first.answers("l")
    first.sees("asks for the keyboard")
    first.answers("g")
    first.sees("You are watching")
    second.sees("you have the keyboard now (it was given)")
    second.answers("y")
    second.sees("over")
    first.sees("over")
    assert (second.ends(), first.ends()) == (0, 0)
    assert shown(tmp_path)["outcome"] == "done"


def test_whoever_has_seen_enough_leaves_without_touching_the_run(tmp_path: Path) -> None:
    (tmp_path / "redis.md").write_text(DOCUMENT)
    first = Operator(tmp_path, "run", "redis.md", "--plain")
    first.sees("› ")
    second = Operator(tmp_path, "attach", "--plain")
    second.sees("You are watching")
    second.presses("yyxq")
    second.sees("The run goes on without this terminal")
    second.ends()
    assert shown(tmp_path)["phase"] == "idle"
    first.says("y")
    first.sees("Value? ")
    first.says("value")
    first.sees("got value")
    first.answers("y")
    assert first.ends() == 0


def test_whoever_loses_the_keyboard_while_a_step_runs_goes_on_watching(tmp_path: Path, bench: Bench) -> None:
    address, second = bench.start(DOCUMENT, patience=SOON)
    first = Operator(tmp_path, "attach", address.run_id, "--plain", ONCUE_AUDIT=str(bench.trail))
    first.sees("You are watching")
    first.presses("k")
    first.sees("you have the keyboard now (there was no answer)")
    first.answers("y")
    first.sees("Value? ")
    second.command(c.TakeKeyboard())
    first.sees("asks for the keyboard")
    first.sees("You are watching")
    asks_for_a_value(second)
    second.keys(b"mine\n")
    first.sees("got mine")
    first.sees("succeeded")
    first.presses("q")
    first.sees("The run goes on without this terminal")
    first.ends()


def until_gone(client: Client) -> None:
    """The run's host has nothing more to say."""
    with suppress(HostUnreachable):
        while client.told(SECONDS) is not None:
            continue
