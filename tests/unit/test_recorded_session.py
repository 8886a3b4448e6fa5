"""A session in which nothing runs: what answers a text, and what goes wrong on purpose."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from engine import events as e
from engine.recording import OTHER_ANSWER, Encoder, Header, Recording, Typed, label, read
from engine.sessions.contract import Outcome, Task, TerminalMode, Waiting
from engine.sessions.recorded import Answers, RecordedSession
from engine.sessions.recorded.answers import OTHER_TEXT, Kind
from engine.sessions.recorded.faults import GARBAGE_BYTES, LOST
from engine.sessions.recorded.session import DECIDED, UNANSWERED
from engine.sessions.recorded.typing import TypedLine

SECONDS = 10.0
LONG_US = 3600 * 10**6


def _as_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


class Cast:
    """A recording written step by step, without its events: titles and digests only."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.encoder = Encoder(2)
        self.lines = [self.encoder.header(Header(columns=80, rows=24))]
        self.now = 0
        self.attempt = 0

    def step(self, text: str, *reads: bytes, step_id: str = "look", status: str = "succeeded", code: int = 0,
             delay_us: int = 0) -> Cast:  # fmt: skip
        self.attempt += 1
        facts: dict[str, Any] = {"id": step_id, "attempt": self.attempt}
        digest = sha256(text.encode()).hexdigest()
        title = f"Title of {step_id}"
        self._add(self.encoder.marker(self.now, label(f"▶ {title}", "step_started", {**facts, "text_sha256": digest})))
        for data in reads:
            self.now += delay_us
            self._add(self.encoder.output(self.now, data, data.decode(errors="replace").encode()))
        ended = {**facts, "status": status, "exit_status": code}
        self._add(self.encoder.marker(self.now, label(f"✔ {title}", "step_ended", ended)))
        return self

    def _add(self, line: bytes) -> None:
        self.lines.append(line)

    def read(self) -> Recording:
        self.path.write_bytes(b"".join(self.lines))
        return read(self.path)


class Ran:
    """A step performed on a thread of its own."""

    def __init__(self, session: RecordedSession, task: Task) -> None:
        self.session = session
        self.output = b""
        self.outcome: Outcome | None = None
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._run, args=(task,))
        self._thread.start()

    def _run(self, task: Task) -> None:
        self.outcome = self.session.run(task, self._sink)

    def _sink(self, data: bytes, _mode: TerminalMode) -> None:
        with self._news:
            self.output += data
            self._news.notify_all()

    def sees(self, data: bytes) -> None:
        with self._news:
            assert self._news.wait_for(lambda: data in self.output, SECONDS), self.output

    def waits(self) -> Waiting:
        while (waiting := self.session.waiting()) is None:
            assert self._thread.is_alive(), self.output
        return waiting

    def end(self) -> Outcome:
        self._thread.join(SECONDS)
        assert self.outcome is not None, self.output
        return self.outcome


@pytest.fixture
def cast(tmp_path: Path) -> Cast:
    return Cast(tmp_path / "run.cast")


def session(recording: Recording | None = None, kind: Kind = "shell", **rehearsal: Any) -> RecordedSession:
    return RecordedSession(kind, Answers(e.Rehearsal(**{"speed": 0, **rehearsal}), recording))


def run(one: RecordedSession, text: str, step_id: str = "look", title: str = "", **task: Any) -> Ran:
    ran = Ran(one, Task(text, title=title, step_id=step_id, **task))
    ran.end()
    return ran


def test_a_text_is_answered_by_the_recording_of_the_same_text_wherever_it_stood(cast: Cast) -> None:
    recording = cast.step("df -h", b"91%\r\n", b"\xff\x00", step_id="elsewhere").read()
    ran = run(session(recording), "df -h")
    assert ran.output == b"91%\r\n\xff\x00"
    assert ran.outcome == Outcome("succeeded", 0)


def test_another_text_is_answered_by_its_step_and_says_so(cast: Cast) -> None:
    recording = cast.step("df -h /", b"91%\r\n").read()
    ran = run(session(recording), "df -h /srv")
    assert (ran.output, ran.end().message) == (b"91%\r\n", OTHER_TEXT)


def test_an_edited_runbook_is_answered_by_the_title(cast: Cast) -> None:
    recording = cast.step("df -h /", b"91%\r\n", step_id="look-1").read()
    ran = run(session(recording), "df -hP /", step_id="look-2", title="Title of look-1")
    assert (ran.output, ran.end().message) == (b"91%\r\n", OTHER_TEXT)


def test_the_second_start_gets_the_second_answer_and_the_last_one_goes_on(cast: Cast) -> None:
    recording = cast.step("ping", b"no", status="failed", code=1).step("ping", b"yes").read()
    one = session(recording)
    assert [run(one, "ping").output for _ in range(3)] == [b"no", b"yes", b"yes"]
    assert run(session(recording), "ping").end() == Outcome("failed", 1)


def test_a_dry_run_is_not_answered_by_the_step_it_is_of(cast: Cast) -> None:
    recording = cast.step("rm x", b"gone").read()
    assert run(session(recording, strict=True), "ls x", step_id="").end() == Outcome("failed", None, message=UNANSWERED)


def test_the_words_of_a_scenario_come_before_the_recording(cast: Cast) -> None:
    recording = cast.step("df -h", b"91%\r\n").read()
    told = e.Answer(step_id="look", output="12%\nfine", exit_status=3)
    ran = run(session(recording, answers=(told,)), "df -h")
    assert (ran.output, ran.end()) == (b"12%\r\nfine\r\n", Outcome("failed", 3))


def test_a_strict_rehearsal_fails_what_nothing_answers() -> None:
    assert run(session(strict=True), "df -h").end() == Outcome("failed", None, message=UNANSWERED)


@pytest.mark.parametrize(
    ("typed", "shown", "outcome"),
    [
        (b"\r", b"", Outcome("succeeded", 0, message=DECIDED)),
        (b"2 no such\x7f\x7f file\r", b"no su file", Outcome("failed", 2, message=DECIDED)),
        (b"all is well\n", b"all is well", Outcome("succeeded", 0, message=DECIDED)),
    ],
)
def test_otherwise_the_facilitator_is_asked_in_the_steps_own_terminal(
    typed: bytes, shown: bytes, outcome: Outcome
) -> None:
    ran = Ran(session(), Task("df -h", step_id="look"))
    assert ran.waits().last_line == "rehearsal> "
    assert ran.session.write(typed)
    assert ran.end() == outcome
    assert ran.output.endswith(b"\r\n" + shown + b"\r\n" if shown else b"\r\n")


def test_time_passes_as_it_did_and_an_interrupt_ends_it(cast: Cast) -> None:
    recording = cast.step("make", b"one\r\n", delay_us=1).step("make", b"late", delay_us=LONG_US).read()
    one = session(recording, speed=1)
    assert run(one, "make").output == b"one\r\n"
    ran = Ran(one, Task("make"))
    assert ran.session.interrupt() == "INT" or ran.session.interrupt() == "TERM"
    while ran.outcome is None:
        ran.session.interrupt()
    assert (ran.output, ran.end()) == (b"", Outcome("interrupted", 130))


def test_time_that_is_compressed_still_counts_against_a_limit(cast: Cast) -> None:
    recording = cast.step("make", b"late", delay_us=LONG_US).read()
    assert run(session(recording), "make").output == b"late"
    assert run(session(recording), "make", timeout=60).end() == Outcome("timed_out", None)


FAULTS: list[tuple[e.Fault, Kind, bytes, tuple[str, int | None]]] = [
    ("fail", "shell", b"1234\r\nerror: it broke off here\r\n", ("failed", 1)),
    ("fail", "sql", b"1234\nerror: it broke off here\n", ("failed", None)),
    ("lost-connection", "shell", b"1234", ("lost", None)),
    ("lost-connection", "sql", b"1234", ("lost", None)),
    ("slow", "shell", b"12345678", ("succeeded", 0)),
    ("slow", "sql", b"12345678", ("succeeded", 0)),
]


@pytest.mark.parametrize(("fault", "kind", "output", "ended"), FAULTS)
def test_what_goes_wrong_goes_wrong_once_in_shell_and_sql_alike(
    cast: Cast, fault: e.Fault, kind: Kind, output: bytes, ended: tuple[str, int | None]
) -> None:
    recording = cast.step("work", b"12345678").read()
    one = session(recording, kind, injections=(e.Injection(fault=fault, step_id="look"),))
    ran = run(one, "work")
    outcome = ran.end()
    assert (ran.output, (outcome.status, outcome.exit_status)) == (output, ended)
    assert outcome.message == (LOST if fault == "lost-connection" else "")
    assert (outcome.restarted is not None) == (outcome.status == "lost" and kind == "shell")
    again = run(one, "work")
    assert (again.output, again.end().message) == (b"12345678", "")


@pytest.mark.parametrize("kind", ["shell", "sql"])
def test_a_step_that_hangs_goes_on_until_its_limit_or_an_interrupt(cast: Cast, kind: Kind) -> None:
    recording = cast.step("work", b"12345678").read()
    hang = e.Injection(fault="hang", step_id="look")
    one = session(recording, kind, injections=(hang, hang))
    assert run(one, "work", timeout=5).end().status == "timed_out"
    ran = Ran(one, Task("work", step_id="look"))
    ran.sees(b"1234")
    ran.session.write(b"\x03")
    assert (ran.end().status, ran.output) == ("interrupted", b"1234")


def test_garbage_is_the_same_garbage_every_time(cast: Cast) -> None:
    recording = cast.step("work", b"12345678").read()
    injected = (e.Injection(fault="garbage", step_id="look"),)
    first, second = (run(session(recording, injections=injected), "work").output for _ in range(2))
    assert first == second
    assert len(first) == GARBAGE_BYTES
    with pytest.raises(UnicodeDecodeError):
        first.decode()


def test_a_fault_needs_no_recording() -> None:
    injected = (e.Injection(fault="fail", step_id="look"),)
    assert run(session(injections=injected), "df -h").end().exit_status == 1


def test_a_session_that_is_closed_ends_its_step() -> None:
    ran = Ran(session(), Task("df -h", step_id="look"))
    ran.waits()
    ran.session.close()
    assert ran.end().status == "lost"


@pytest.mark.parametrize("call", [lambda one: one.write(b"x"), lambda one: one.resize(1, 1)])
def test_keys_and_sizes_outside_of_a_question_change_nothing(call: Callable[[RecordedSession], object]) -> None:
    one = session(answers=(e.Answer(step_id="look", output="x"),))
    call(one)
    assert run(one, "df").output == b"x\r\n"


@pytest.mark.parametrize("speed", [5e-324, 1e-300, 1e-9])
def test_what_takes_longer_than_anybody_waits_is_interrupted_like_any_other(cast: Cast, speed: float) -> None:
    recording = cast.step("df -h", b"91%", b"late", delay_us=LONG_US).read()
    ran = Ran(session(recording, speed=speed), Task("df -h", step_id="look"))
    interrupted_until_over(ran)
    assert ran.end().status == "interrupted"


@pytest.mark.parametrize("speed", [0.0, 1.0])
def test_a_hang_without_a_time_limit_lasts_until_it_is_interrupted_at_any_speed(cast: Cast, speed: float) -> None:
    recording = cast.step("df -h", b"91%").read()
    hang = (e.Injection(fault="hang", step_id="look"),)
    ran = Ran(session(recording, speed=speed, injections=hang), Task("df -h", step_id="look"))
    ran.sees(b"9")
    interrupted_until_over(ran)
    assert ran.end().status == "interrupted"


def interrupted_until_over(ran: Ran) -> None:
    """An interrupt that comes before the step has begun is nobody's."""
    while ran.outcome is None:
        ran.session.interrupt()


def typed_into(recording: Recording, *typed: Typed) -> Recording:
    return replace(recording, steps=tuple(replace(one, typed=typed) for one in recording.steps))


@pytest.mark.parametrize(
    ("reads", "places"),
    [
        ((b"pw: ", b"\r\ngot 6\r\n"), (4,) * 7),
        ((b"pw: ", b"*", b"*", b"\r\ngot 2\r\n"), (4, 5, 6)),
    ],
)
def test_a_hidden_answer_that_was_recorded_key_by_key_is_asked_for_once(
    cast: Cast, reads: tuple[bytes, ...], places: tuple[int, ...]
) -> None:
    recording = typed_into(cast.step("login", *reads).read(), *(Typed(place, 1, None) for place in places))
    ran = Ran(session(recording), Task("login", step_id="look"))
    assert not ran.waits().mode.echo
    ran.session.write(b"s")
    ran.session.write(b"esame\r")
    assert (ran.end(), ran.output) == (Outcome("succeeded", 0), b"".join(reads))


def test_a_second_hidden_answer_is_asked_for_at_its_own_prompt(cast: Cast) -> None:
    reads = (b"pw: ", b"\r\nagain: ", b"\r\nset\r\n")
    recording = typed_into(cast.step("passwd", *reads).read(), *(Typed(place, 1, None) for place in (4, 4, 13, 13)))
    ran = Ran(session(recording), Task("passwd", step_id="look"))
    assert ran.waits().last_line == "pw: "
    ran.session.write(b"x\r")
    ran.sees(b"again: ")
    assert ran.waits().last_line == "again: "
    ran.session.write(b"x\r")
    assert (ran.end().status, ran.output) == ("succeeded", b"".join(reads))


NAMED = (b"name: bob\r\nhi bob\r\n",)
ANSWERS = [
    (NAMED, Typed(6, 4, "bob\r", 3), b"bob\r", (b"name: bob\r\nhi bob\r\n", "")),
    (NAMED, Typed(6, 4, "bob\r", 3), b"eve\r", (b"name: eve\r\nhi bob\r\n", OTHER_ANSWER)),
    (NAMED, Typed(6, 4, "bob\r", 3), b"bib\x7f\x7fob\n", (b"name: bib\b \b\b \bob\r\nhi bob\r\n", "")),
    ((b"name: b", b"o", b"b\r", b"\nhi bob\r\n"), Typed(6, 4, "bob\r", 3), b"bob\r", (b"".join(NAMED), "")),
    ((b"name: bob", b"hi bob\r\n"), Typed(6, 4, "bob\r", 3), b"bob\r", (b"name: bob\r\nhi bob\r\n", "")),
    (
        (b"name: ", b"bob", b"\r\nhi bob\r\n"),
        Typed(6, 4, "bob\r"),
        b"eve\r",
        (b"name: eve\r\nhi bob\r\n", OTHER_ANSWER),
    ),
    ((b"name: ", b"bobby\r\n"), Typed(6, 4, "bob\r"), b"bob\r", (b"name: bob\r\nbobby\r\n", "")),
    ((b"name: ", b"bo"), Typed(6, 4, "bob\r"), b"bob\r", (b"name: bob\r\nbo", "")),
    ((b"name: bob\r\n",), Typed(9, 4, "bob\r"), b"bob\r", (b"name: bobbob\r\n\r\n", "")),
    ((b"go on? ", b"\r\nwent on\r\n"), Typed(7, 1, "\r"), b"\r", (b"go on? \r\nwent on\r\n", "")),
    ((b"[y/N] y", b"\r\nyes\r\n"), Typed(6, 1, "y", 1), b"y", (b"[y/N] y\r\nyes\r\n", "")),
]


@pytest.mark.parametrize(("reads", "then", "keys", "shown"), ANSWERS)
def test_what_is_typed_now_is_shown_in_place_of_what_was_typed_then(
    cast: Cast, reads: tuple[bytes, ...], then: Typed, keys: bytes, shown: tuple[bytes, str]
) -> None:
    recording = typed_into(cast.step("greet", *reads).read(), then)
    ran = Ran(session(recording), Task("greet", step_id="look"))
    assert ran.waits().mode.echo
    assert ran.output == b"".join(reads)[: then.after_bytes]
    ran.session.write(keys)
    outcome = ran.end()
    assert (outcome.status, ran.output, outcome.message) == ("succeeded", *shown)


def test_a_line_is_shown_key_by_key_as_it_is_typed(cast: Cast) -> None:
    recording = typed_into(cast.step("greet", *NAMED).read(), Typed(6, 4, "bob\r", 3))
    ran = Ran(session(recording), Task("greet", step_id="look"))
    ran.waits()
    ran.session.write(b"b")
    ran.sees(b"name: b")
    assert ran.output == b"name: b"
    ran.session.write(b"ob\r")
    assert ran.end().status == "succeeded"


@pytest.mark.parametrize(
    ("keys", "shown", "text"),
    [
        (b"eve\r", b"eve\r\n", "eve"),
        (b"eve\x04", b"eve", "eve"),
        ("né\x7fe\r".encode(), "né\b \be\r\n".encode(), "ne"),
        (b"\x7f\x1b[A\x7f\r", b"^[[A\b \b\r\n", "\x1b["),
        (b"\x1b\x7f\r", b"^[\b \b\b \b\r\n", ""),
        (b"abc\x15d\r", b"abc" + b"\b \b" * 3 + b"d\r\n", "d"),
        (b"one\rtwo\r", b"one\r\n", "one"),
        (b"x" * 5000 + b"\r", b"x" * 4096 + b"\r\n", "x" * 4096),
    ],
)
def test_a_typed_line_looks_as_at_any_terminal(keys: bytes, shown: bytes, text: str) -> None:
    line = TypedLine()
    assert (line.feed(keys), line.text) == (shown, text)


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_bytes(b"another"), _as_folder])
def test_a_recording_that_is_gone_is_asked_about_as_if_it_had_never_known(
    cast: Cast, spoil: Callable[[Path], object]
) -> None:
    one = session(cast.step("df -h", b"91%\r\n").read())
    spoil(cast.path)
    ran = Ran(one, Task("df -h", step_id="look"))
    assert ran.waits().last_line == "rehearsal> "
    assert str(cast.path).encode() in ran.output
    ran.session.write(b"1 no such host\r")
    outcome = ran.end()
    assert (outcome.status, outcome.exit_status, outcome.restarted) == ("failed", 1, None)
    assert outcome.message.startswith(f"{cast.path}: ")
    assert outcome.message.endswith(DECIDED)


def test_a_strict_rehearsal_fails_the_steps_of_a_recording_that_is_gone_and_says_which(cast: Cast) -> None:
    one = session(cast.step("df -h", b"91%\r\n").read(), strict=True)
    cast.path.unlink()
    message = f"{cast.path}: the recording cannot be read: No such file or directory"
    assert run(one, "df -h").end() == Outcome("failed", None, message=message)
