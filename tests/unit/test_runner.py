"""The loop in one process: intent before effect, what was shown is what runs, nothing without its record."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pytest
from support.runs import ACTOR, stamp

from engine import commands as c
from engine import events as e
from engine.danger import DryRun, Surroundings, Verdict
from engine.errors import Refused, TrailUnusable, TrailWriteError
from engine.feed import Cursor
from engine.guard import MOVED_ON, Guard, Place
from engine.judging import Judging
from engine.levels import Level
from engine.limits import Limits
from engine.lookups import Lookups
from engine.model import Expectation, Item, Lines, Runbook, Step, Suggestion, Variable
from engine.plan import choices_of, steps_of
from engine.precedents import Precedent
from engine.runner import Runner
from engine.sessions.contract import Fetched, Outcome, Signal, Sink, Task, TerminalMode, Uncommitted, Waiting
from engine.summary import decision_of


def all_safe(text: str, _language: str, _around: Surroundings) -> Verdict:
    return Verdict("safe", "read_only", "test", "it only reads", (0, len(text)))


@dataclass
class Totals:
    n_bytes: int
    head_hex: str = "00"


@dataclass
class MemoryTrail:
    """Keeps what it is given, in order; fails where it is told to."""

    log: list[str] = field(default_factory=list)
    recorded: list[e.Recorded] = field(default_factory=list)
    n_bytes: int = 0
    fails_on: str = ""
    waits_for: dict[str, threading.Event] = field(default_factory=dict)

    def start_run(self, run_id: str, document: bytes, started: e.RunStarted, stamp_: e.Stamp) -> e.Recorded:
        return self.append(run_id, (started,), stamp_)[0]

    def append(self, run_id: str, events: Sequence[e.Event], stamp_: e.Stamp) -> tuple[e.Recorded, ...]:
        if any(event.kind == self.fails_on for event in events):
            raise TrailWriteError("the disk is full")
        assert all(self.waits_for[event.kind].wait(20) for event in events if event.kind in self.waits_for)
        fresh = tuple(
            e.Recorded(run_id=run_id, seq=seq, stamp=stamp_, event=event)
            for seq, event in enumerate(events, len(self.recorded) + 1)
        )
        self.recorded += fresh
        self.log += [event.kind for event in events]
        return fresh

    def write_output(self, run_id: str, attempt: int, data: bytes, mono_ns: int) -> None:
        if self.fails_on == "output":
            raise TrailWriteError("the disk is full")
        self.n_bytes += len(data)
        self.log.append("output")

    def end_output(self, run_id: str, attempt: int) -> Totals:
        return Totals(self.n_bytes)


class ScriptedSession:
    """Does what `script` says when it is run, and remembers what it was asked for."""

    def __init__(self, log: list[str], script: Callable[[ScriptedSession, Task, Sink], Outcome]) -> None:
        self.log = log
        self.script = script
        self.tasks: list[Task] = []
        self.interrupted = threading.Event()
        self.echo = True
        self.signals: list[Signal] = []

    def run(self, task: Task, sink: Sink) -> Outcome:
        self.log.append("session")
        self.tasks.append(task)
        return self.script(self, task, sink)

    def interrupt(self) -> Signal:
        self.interrupted.set()
        signal: Signal = ("INT", "TERM", "KILL")[min(len(self.signals), 2)]
        self.signals.append(signal)
        return signal

    def write(self, data: bytes) -> bool:
        return self.echo

    def waiting(self) -> Waiting | None:
        return Waiting("Password: ")

    def resize(self, columns: int, rows: int) -> None:
        self.log.append(f"resized {columns}x{rows}")

    def close(self) -> None:
        self.interrupted.set()


def succeed(session: ScriptedSession, task: Task, sink: Sink) -> Outcome:
    sink(b"hello\n", TerminalMode())
    return Outcome("succeeded", 0, directory="/srv")


def wait_for_interrupt(session: ScriptedSession, task: Task, sink: Sink) -> Outcome:
    assert session.interrupted.wait(20)
    return Outcome("interrupted", 130)


STEPS = (
    Step("greet", "shell", "Greet", (), Lines(3, 3), "echo {name}", language="bash"),
    Step("login", "shell", "Log in", (), Lines(5, 5), "login $TOKEN", language="bash", attributes={"timeout": "5m"}),
    Step("call", "manual", "Call", (), Lines(7, 7), "", suggestions=(Suggestion("date -u", Lines(7, 7)),)),
    Step("held", "shell", "Held", (), Lines(9, 9), "true", items=(Item("dba", "told", Lines(8, 8)),)),
)
VARIABLES = (Variable("name", "braces", (3,)), Variable("TOKEN", "dollar", (5,), secret=True))
RUNBOOK = Runbook("a.md", "0" * 64, "", "A", "procedure", {}, {}, (), STEPS)


@dataclass
class Run:
    runner: Runner
    trail: MemoryTrail
    session: ScriptedSession

    def do(self, command: c.AnyCommand) -> None:
        self.runner.submit(command, ACTOR)

    def start(self, step_id: str, suggestion: int | None = None, **more: Any) -> None:
        text = self.runner.prepare(step_id, suggestion, dry_run=more.get("dry_run", False)).text
        self.do(c.Start(step_id=step_id, text=text, suggestion=suggestion is not None, **more))

    def finish(self, step_id: str, suggestion: int | None = None, **more: Any) -> None:
        self.start(step_id, suggestion, **more)
        assert self.runner.wait_idle(20)


@pytest.fixture
def make() -> Iterator[Callable[..., Run]]:
    made: list[Run] = []

    def run(
        script: Callable[[ScriptedSession, Task, Sink], Outcome] = succeed,
        judging: Judging | None = None,
        incident: str | None = None,
        shell: type[ScriptedSession] = ScriptedSession,
        **more: Any,
    ) -> Run:
        trail = MemoryTrail()
        session = shell(trail.log, script)
        runner = Runner(
            run_id="run",
            runbook=RUNBOOK,
            trail=trail,
            sessions={"shell": lambda: session, "sql": lambda: session},
            stamp=lambda _actor: stamp(len(trail.recorded)),
            variables=VARIABLES,
            judging=judging or Judging(judge=all_safe),
            **more,
        )
        started = e.RunStarted(
            incident=incident,
            title="A",
            path="a.md",
            document_sha256="0" * 64,
            version="0",
            plan=steps_of(RUNBOOK),
            choices=choices_of(RUNBOOK),
            shell_name="bash",
            directory="/",
            columns=80,
            rows=24,
        )
        runner.begin(b"# A", started, ACTOR)
        made.append(Run(runner, trail, session))
        return made[-1]

    yield run
    for one in made:
        one.runner.close()


def test_the_intent_is_recorded_before_the_session_and_the_end_after_its_output(make: Callable[..., Run]) -> None:
    run = make()
    run.do(c.SetVariable(name="name", value="bob"))
    run.finish("greet")
    assert run.trail.log == ["run_started", "variable_set", "step_started", "session", "output", "step_ended"]
    assert run.session.tasks[0].text == "echo bob"
    assert run.runner.state.steps["greet"].status == "succeeded"
    assert run.runner.state.directory == "/srv"


def test_what_was_not_shown_does_not_run(make: Callable[..., Run]) -> None:
    run = make()
    run.do(c.SetVariable(name="name", value="bob"))
    with pytest.raises(Refused, match="has changed since it was shown"):
        run.do(c.Start(step_id="greet", text="echo eve"))
    run.do(c.SetVariable(name="name", value="carol"))
    with pytest.raises(Refused, match="has changed since it was shown"):
        run.do(c.Start(step_id="greet", text="echo bob"))
    assert run.session.tasks == []


def test_a_step_with_an_input_that_has_no_value_does_not_run(make: Callable[..., Run]) -> None:
    run = make()
    assert run.runner.prepare("greet").missing == ("name",)
    with pytest.raises(Refused, match="no value yet for name"):
        run.start("greet")
    assert run.session.tasks == []


def test_a_failed_intent_means_that_nothing_runs_and_nothing_more_can(make: Callable[..., Run]) -> None:
    run = make()
    run.do(c.SetVariable(name="name", value="bob"))
    run.trail.fails_on = "step_started"
    with pytest.raises(TrailWriteError, match="the disk is full"):
        run.start("greet")
    run.trail.fails_on = ""
    with pytest.raises(TrailWriteError, match="the disk is full"):
        run.do(c.Note(text="still there?"))
    run.runner.close()
    assert run.session.tasks == []
    assert run.trail.log[-1] == "recording_failed"


def test_output_that_cannot_be_recorded_ends_the_step_and_the_run(make: Callable[..., Run]) -> None:
    run = make()
    run.do(c.SetVariable(name="name", value="bob"))
    run.trail.fails_on = "output"
    run.finish("greet")
    run.runner.close()
    assert run.runner.failure == "the disk is full"
    assert run.runner.state.phase == "broken"


def test_a_trail_that_fails_behind_a_silent_step_stops_it(make: Callable[..., Run]) -> None:
    run = make(wait_for_interrupt)
    run.do(c.SetVariable(name="name", value="bob"))
    run.start("greet")
    run.runner.fail("the disk is full", ACTOR)
    assert run.runner.wait_idle(20)
    run.runner.close()
    assert run.session.signals[0] == "INT"
    assert "recording_failed" in run.trail.log


def test_a_session_that_cannot_be_opened_is_a_failed_step_and_not_the_end(make: Callable[..., Run]) -> None:
    def broken(session: ScriptedSession, task: Task, sink: Sink) -> Outcome:
        raise ValueError("no shell can take this")

    run = make(broken)
    run.do(c.SetVariable(name="name", value="bob"))
    run.finish("greet")
    attempt = run.runner.state.attempts[1]
    assert (attempt.outcome, attempt.message) == ("failed", "could not be run: no shell can take this")


def test_a_secret_goes_in_by_the_environment_and_nowhere_else(make: Callable[..., Run]) -> None:
    run = make()
    run.do(c.SetVariable(name="TOKEN", value="hunter2hunter2", secret=True))
    run.do(c.Select(step_id="login"))
    run.finish("login")
    assert run.session.tasks[0].exports == (("TOKEN", "hunter2hunter2"),)
    assert run.session.tasks[0].timeout == 300
    assert "hunter2" not in "".join(one.model_dump_json() for one in run.trail.recorded)


def test_a_suggestion_runs_through_the_same_gate(make: Callable[..., Run]) -> None:
    run = make()
    run.do(c.Select(step_id="call"))
    for suggestion in (False, True):
        with pytest.raises(Refused, match="has changed since it was shown"):
            run.do(c.Start(step_id="call", text="rm -rf /", suggestion=suggestion))
    run.finish("call", suggestion=0)
    assert [task.text for task in run.session.tasks] == ["date -u"]


def test_keystrokes_are_recorded_by_the_line_and_never_while_echo_is_off(make: Callable[..., Run]) -> None:
    run = make(wait_for_interrupt)
    run.do(c.SetVariable(name="name", value="bob"))
    run.start("greet")
    run.runner.type(b"ye", ACTOR)
    run.runner.type(b"s\r", ACTOR)
    run.session.echo = False
    run.runner.type(b"pass", ACTOR)
    run.do(c.Interrupt())
    assert run.runner.wait_idle(20)
    typed = [one.event for one in run.trail.recorded if isinstance(one.event, e.InputSent)]
    assert [(event.n_bytes, event.text) for event in typed] == [(4, "yes\r"), (4, None)]
    with pytest.raises(Refused, match="nothing to type into"):
        run.runner.type(b"x", ACTOR)


class Prompting(ScriptedSession):
    """Asks, and answers what is typed before anybody has recorded it."""

    def __init__(self, log: list[str], script: Callable[[ScriptedSession, Task, Sink], Outcome]) -> None:
        super().__init__(log, script)
        self.typed: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self.answered = threading.Event()

    def write(self, data: bytes) -> bool:
        self.typed.put(data)
        return self.echo


@pytest.mark.parametrize(
    ("echo", "keys", "places"),
    [
        (False, (b"hunter2hunter2\r",), [(10, None)]),
        (True, (b"bob\r",), [(10, "bob\r")]),
        (True, (b"b", b"ob\r"), [(10, "bob\r")]),
    ],
)
def test_what_is_typed_stands_before_what_answers_it_however_soon_that_comes(
    make: Callable[..., Run], echo: bool, keys: tuple[bytes, ...], places: list[tuple[int, str | None]]
) -> None:
    asked = threading.Event()

    def ask(session: ScriptedSession, task: Task, sink: Sink) -> Outcome:
        assert isinstance(session, Prompting)
        sink(b"password: ", TerminalMode(echo=echo))
        asked.set()
        for _ in keys:
            session.typed.get(timeout=20)
            sink(b"*", TerminalMode(echo=echo))
        sink(b"\r\nwelcome\r\n", TerminalMode())
        session.answered.set()
        return Outcome("succeeded", 0)

    run = make(ask, shell=Prompting)
    assert isinstance(run.session, Prompting)
    run.session.echo = echo
    run.trail.waits_for["input_sent"] = run.session.answered
    run.do(c.SetVariable(name="name", value="bob"))
    run.start("greet")
    assert asked.wait(20)
    for one in keys:
        run.runner.type(one, ACTOR)
    assert run.runner.wait_idle(20)
    typed = [one.event for one in run.trail.recorded if isinstance(one.event, e.InputSent)]
    assert [(event.after_bytes, event.text) for event in typed] == places


def test_notes_and_ticks_get_through_while_a_step_runs(make: Callable[..., Run]) -> None:
    run = make(wait_for_interrupt)
    run.do(c.SetVariable(name="name", value="bob"))
    run.start("greet")
    run.do(c.Note(text="it takes long"))
    run.do(c.Tick(item_id="dba"))
    run.do(c.Resize(columns=120, rows=40))
    assert run.runner.state.notes[0].text == "it takes long"
    run.do(c.Interrupt())
    assert run.runner.wait_idle(20)
    assert "resized 120x40" in run.trail.log
    assert run.runner.state.attempts[1].outcome == "interrupted"


def test_a_run_comes_back_from_its_events_with_everything_it_knew(make: Callable[..., Run]) -> None:
    run = make()
    run.do(c.SetVariable(name="name", value="bob"))
    run.finish("greet")
    again = Runner(
        run_id="run",
        runbook=RUNBOOK,
        trail=run.trail,
        sessions={},
        stamp=lambda _actor: stamp(),
        variables=VARIABLES,
        recorded=run.trail.recorded,
    )
    assert again.state == run.runner.state
    again.close()


def test_a_step_that_runs_when_the_host_is_told_to_stop_gets_its_time(make: Callable[..., Run]) -> None:
    run = make(wait_for_interrupt)
    run.do(c.SetVariable(name="name", value="bob"))
    run.start("greet")
    begun = time.monotonic_ns()
    run.runner.stop("host_stopping", ACTOR)
    assert time.monotonic_ns() > begun
    sent = [one.event for one in run.trail.recorded if isinstance(one.event, e.InterruptSent)]
    assert [(event.signal, event.reason) for event in sent] == [("INT", "host_stopping")]


@pytest.mark.parametrize("fails_on", ["noted", "terminal_resized", "input_sent", "interrupt_sent"])
def test_a_trail_that_fails_under_any_command_stops_the_step_and_blocks_nobody(
    make: Callable[..., Run], fails_on: str
) -> None:
    run = make(wait_for_interrupt)
    run.do(c.SetVariable(name="name", value="bob"))
    run.start("greet")
    run.trail.fails_on = fails_on
    with suppress(TrailWriteError):
        if fails_on == "input_sent":
            run.runner.type(b"yes\r", ACTOR)
        else:
            run.do(
                {"noted": c.Note(text="n"), "terminal_resized": c.Resize(columns=9, rows=9)}.get(
                    fails_on, c.Interrupt()
                )
            )
    assert run.runner.wait_idle(20)
    run.runner.close()
    assert run.runner.failure == "the disk is full"
    assert run.runner.state.phase == "broken"


def test_what_nobody_expected_of_a_session_ends_the_run_and_is_said(make: Callable[..., Run]) -> None:
    def surprise(session: ScriptedSession, task: Task, sink: Sink) -> Outcome:
        raise RuntimeError("a bug")

    run = make(surprise)
    run.do(c.SetVariable(name="name", value="bob"))
    run.finish("greet")
    run.runner.close()
    assert "a bug" in (run.runner.failure or "")


def test_a_session_that_breaks_under_its_step_leaves_the_end_unknown(make: Callable[..., Run]) -> None:
    def broken(session: ScriptedSession, task: Task, sink: Sink) -> Outcome:
        sink(b"cleaned\n", TerminalMode())
        raise OSError("the scratch folder is gone")

    run = make(broken)
    run.do(c.SetVariable(name="name", value="bob"))
    run.finish("greet")
    assert run.runner.state.attempts[1].outcome == "lost"


# Gates.


class Judge:
    """`echo` is safe, `login` dangerous and everything else caution; texts that hold `prod` hit it."""

    def __call__(self, text: str, _language: str, around: Surroundings) -> Verdict:
        self.around = around
        level: Level = "safe" if text.startswith("echo") else "dangerous" if "login" in text else "caution"
        dry_run = DryRun("echo would log in", "approximate", "it only says so") if level == "dangerous" else None
        return Verdict(level, "privilege", "by-word", f"it is {level}", (0, 5), "prod/app", dry_run)


def judging() -> Judging:
    return Judging(judge=Judge())


def starts(run: Run) -> list[e.StepStarted]:
    return [one.event for one in run.trail.recorded if isinstance(one.event, e.StepStarted)]


def at_login(run: Run) -> Run:
    run.do(c.SetVariable(name="TOKEN", value="hunter2hunter2", secret=True))
    run.do(c.Select(step_id="login"))
    return run


def test_the_verdict_on_the_final_text_decides_and_is_recorded(make: Callable[..., Run]) -> None:
    run = at_login(make(judging=judging()))
    prepared = run.runner.prepare("login")
    assert (prepared.verdict.level, prepared.verdict.target, prepared.verdict.span) == ("dangerous", "prod/app", (0, 5))
    for answer in ({}, {"approval": "confirmed"}, {"approval": "yes_flag"}, {"approval": "typed", "typed": "prod"}):
        with pytest.raises(Refused, match="it is dangerous"):
            run.start("login", **answer)
    assert run.session.tasks == []
    run.finish("login", approval="typed", typed="prod/app ")
    [event] = starts(run)
    assert (event.level, event.category, event.rule, event.why) == (
        "dangerous",
        "privilege",
        "by-word",
        "it is dangerous",
    )
    assert (event.approval, event.typed, event.target) == ("typed", "prod/app", "prod/app")


def test_an_edit_is_judged_anew_and_both_texts_are_kept(make: Callable[..., Run]) -> None:
    run = make(judging=judging())
    run.do(c.SetVariable(name="name", value="bob"))
    assert run.runner.prepare("greet").verdict.level == "safe"
    for text, level in (("login {name}", "dangerous"), ("date", "caution")):
        run.do(c.Edit(step_id="greet", text=text))
        assert run.runner.prepare("greet").verdict.level == level
    kept = [(one.event.before, one.event.after) for one in run.trail.recorded if isinstance(one.event, e.StepEdited)]
    assert kept == [("echo {name}", "login {name}"), ("login {name}", "date")]
    with pytest.raises(Refused, match="has changed since it was shown"):
        run.do(c.Start(step_id="greet", text="echo bob"))


def test_a_dry_run_is_recorded_as_what_it_is_and_leaves_the_step_to_its_own_gate(make: Callable[..., Run]) -> None:
    run = at_login(make(judging=judging()))
    form = run.runner.prepare("login", dry_run=True)
    assert (form.text, form.verdict.level) == ("echo would log in", "safe")
    run.finish("login", dry_run=True)
    [event] = starts(run)
    assert (event.dry_run, event.text, event.level) == (True, "echo would log in", "safe")
    assert (run.runner.state.steps["login"].status, run.runner.state.current) == ("pending", "login")
    with pytest.raises(Refused, match="has changed since it was shown"):
        run.do(c.Start(step_id="login", text="login $TOKEN", dry_run=True))
    with pytest.raises(Refused, match="there is no dry run of this"):
        run.runner.prepare("greet" if run.runner.state.variables.get("name") else "held", dry_run=True)


def test_a_step_that_lacks_a_value_is_not_judged_and_not_safe(make: Callable[..., Run]) -> None:
    prepared = make().runner.prepare("greet")
    assert (prepared.verdict.level, prepared.verdict.why) == ("unknown", "no value for name")


def test_the_judge_knows_the_inputs_the_shell_is_given_but_no_secret(make: Callable[..., Run]) -> None:
    judge = Judge()
    run = at_login(make(judging=Judging(judge=judge)))
    run.runner.prepare("login")
    assert dict(judge.around.memory.values) == {}
    assert "hunter2" not in repr(judge.around)


def test_what_is_not_safe_and_succeeded_in_this_run_says_so_and_has_to_be_asked_for(make: Callable[..., Run]) -> None:
    run = at_login(make(judging=judging()))
    run.finish("login", approval="typed", typed="prod/app")
    run.do(c.Select(step_id="login"))
    assert "by alice in this run, exit 0" in run.runner.prepare("login").ran_before[0]
    with pytest.raises(Refused, match="has to be asked for"):
        run.start("login", approval="typed", typed="prod/app")
    run.finish("login", approval="typed", typed="prod/app", again=True)
    assert len(run.session.tasks) == 2


def test_a_step_that_failed_in_this_run_is_simply_tried_again(make: Callable[..., Run]) -> None:
    def fail(session: ScriptedSession, task: Task, sink: Sink) -> Outcome:
        return Outcome("failed", 1)

    run = at_login(make(fail, judging()))
    run.finish("login", approval="typed", typed="prod/app")
    assert run.runner.prepare("login").ran_before == ()


def elsewhere(step_id: str, text: str, document: str = "/a.md") -> Precedent:
    return Precedent("run-7", document, step_id, text, stamp().at, "bob", "exit 0")


@pytest.mark.parametrize(
    ("precedent", "told"),
    [
        (elsewhere("login", "login as somebody else"), True),
        (elsewhere("other", "login $TOKEN", "/b.md"), True),
        (elsewhere("login", "login as somebody else", "/b.md"), False),
        (elsewhere("other", "login"), False),
    ],
)
def test_the_incidents_other_runs_are_asked_each_time(
    make: Callable[..., Run], precedent: Precedent, told: bool
) -> None:
    found: list[Precedent] = []
    run = at_login(make(judging=judging(), incident="INC-7", past_runs=lambda _incident, _run: found))
    assert run.runner.prepare("login").ran_before == ()
    found.append(precedent)
    assert bool(run.runner.prepare("login").ran_before) == told
    answer = {"approval": "typed", "typed": "prod/app"}
    if told:
        assert "by bob in run run-7, exit 0" in run.runner.prepare("login").ran_before[0]
        with pytest.raises(Refused, match="by bob in run run-7"):
            run.start("login", **answer)
    run.finish("login", again=told, **answer)


def test_past_runs_that_cannot_be_read_are_no_leave_to_run(make: Callable[..., Run]) -> None:
    def unreadable(_incident: str, _run_id: str) -> list[Precedent]:
        raise TrailUnusable("the disk is gone")

    run = at_login(make(judging=judging(), incident="INC-7", past_runs=unreadable))
    assert "could not be looked up: the disk is gone" in run.runner.prepare("login").ran_before[0]
    with pytest.raises(Refused, match="could not be looked up"):
        run.start("login", approval="typed", typed="prod/app")


def test_nobody_looks_for_what_is_safe_or_belongs_to_no_incident(make: Callable[..., Run]) -> None:
    def never(_incident: str, _run_id: str) -> list[Precedent]:
        raise AssertionError("it looked")

    run = at_login(make(judging=judging(), past_runs=never))
    assert run.runner.prepare("login").ran_before == ()
    with_incident = make(judging=judging(), incident="INC-7", past_runs=never)
    with_incident.do(c.SetVariable(name="name", value="bob"))
    assert with_incident.runner.prepare("greet").verdict.level == "safe"


# Where it runs.

EXPECTED = Expectation("kube-context", ("prod-eu",), 3, "kubectl config current-context")


class FakeGuard(Guard):
    """Finds what it is told to find, and remembers where it looked."""

    def __init__(self, found: str = "prod-eu") -> None:
        super().__init__((EXPECTED,))
        self.found = found
        self.places: list[Place] = []
        self.meanwhile: Callable[[], object] = lambda: None

    def check(self, place: Place) -> tuple[e.ContextResult, ...]:
        self.places.append(place)
        self.meanwhile()
        ok = self.found == "prod-eu"
        return (e.ContextResult(name=EXPECTED.name, wanted=EXPECTED.wanted, found=self.found, ok=ok),)


ANSWER = {"approval": "typed", "typed": "prod/app"}
ELSEWHERE = "^kube-context is staging, this runbook expects prod-eu$"


def test_the_context_is_on_record_before_the_intent_of_what_is_not_safe(make: Callable[..., Run]) -> None:
    guard = FakeGuard()
    run = at_login(make(judging=judging(), guard=guard, environment={"KUBECONFIG": "a"}))
    run.finish("login", **ANSWER)
    assert run.trail.log[-5:] == ["context_checked", "step_started", "session", "output", "step_ended"]
    assert guard.places[0].environment == {"KUBECONFIG": "a", "TOKEN": "hunter2hunter2"}
    assert guard.places[0].directory == "/"
    checked = run.runner.state.context
    assert checked is not None
    assert (checked.step_id, [one.found for one in checked.results]) == ("login", ["prod-eu"])


def test_what_is_not_safe_does_not_run_elsewhere_and_does_once_the_place_is_mended(make: Callable[..., Run]) -> None:
    guard = FakeGuard("staging")
    run = at_login(make(judging=judging(), guard=guard))
    for approval in ("typed", "approve_flag"):
        with pytest.raises(Refused, match=ELSEWHERE):
            run.start("login", approval=approval, typed="prod/app")
    assert run.trail.log[-2:] == ["context_checked"] * 2
    assert (run.session.tasks, run.runner.state.steps["login"].status) == ([], "pending")
    guard.found = "prod-eu"
    run.finish("login", **ANSWER)
    assert run.runner.state.steps["login"].status == "succeeded"


def test_the_place_is_looked_at_anew_for_each_step(make: Callable[..., Run]) -> None:
    guard = FakeGuard()
    run = at_login(make(judging=judging(), guard=guard))
    run.finish("login", **ANSWER)
    guard.found = "staging"
    run.do(c.Select(step_id="login"))
    with pytest.raises(Refused, match=ELSEWHERE):
        run.start("login", again=True, **ANSWER)
    assert len(run.session.tasks) == 1


def test_what_is_safe_runs_anywhere_and_nobody_looks(make: Callable[..., Run]) -> None:
    guard = FakeGuard("staging")
    run = make(judging=judging(), guard=guard)
    run.do(c.SetVariable(name="name", value="bob"))
    run.finish("greet")
    assert (len(run.session.tasks), guard.places) == (1, [])


def test_a_command_that_the_words_mention_is_no_way_around_it(make: Callable[..., Run]) -> None:
    run = make(judging=judging(), guard=FakeGuard("staging"))
    run.do(c.Select(step_id="call"))
    with pytest.raises(Refused, match=ELSEWHERE):
        run.start("call", suggestion=0, approval="confirmed")
    assert run.session.tasks == []


def test_what_is_refused_anyway_is_not_looked_for(make: Callable[..., Run]) -> None:
    guard = FakeGuard("staging")
    run = at_login(make(judging=judging(), guard=guard))
    with pytest.raises(Refused, match="it is dangerous"):
        run.start("login", approval="confirmed")
    assert guard.places == []


def test_a_slow_look_holds_up_no_note_and_no_other_client(make: Callable[..., Run]) -> None:
    guard = FakeGuard()
    run = at_login(make(judging=judging(), guard=guard))

    def from_another_client() -> None:
        other = threading.Thread(target=lambda: run.do(c.Note(text="still looking")))
        other.start()
        other.join(20)
        assert not other.is_alive(), "the lock is held"

    guard.meanwhile = from_another_client
    run.finish("login", **ANSWER)
    assert [note.text for note in run.runner.state.notes] == ["still looking"]


def test_what_was_seen_before_something_changed_counts_no_more(make: Callable[..., Run]) -> None:
    guard = FakeGuard()
    run = at_login(make(judging=judging(), guard=guard))
    run.do(c.SetVariable(name="name", value="bob"))
    guard.meanwhile = lambda: run.do(c.SetVariable(name="TOKEN", value="another-secret", secret=True))
    with pytest.raises(Refused, match=MOVED_ON):
        run.start("login", **ANSWER)

    def run_another() -> None:
        run.do(c.Select(step_id="greet"))
        run.finish("greet")
        run.do(c.Select(step_id="login"))

    guard.meanwhile = run_another
    with pytest.raises(Refused, match=MOVED_ON):
        run.start("login", **ANSWER)
    assert [task.text for task in run.session.tasks] == ["echo bob"]


def test_a_look_that_cannot_be_recorded_lets_nothing_run(make: Callable[..., Run]) -> None:
    run = at_login(make(judging=judging(), guard=FakeGuard()))
    run.trail.fails_on = "context_checked"
    with pytest.raises(TrailWriteError, match="the disk is full"):
        run.start("login", **ANSWER)
    run.trail.fails_on = ""
    run.runner.close()
    assert run.session.tasks == []


def test_a_shell_whose_environment_is_not_known_is_nowhere(make: Callable[..., Run]) -> None:
    class Silent(ScriptedSession):
        def exported(self) -> dict[str, str]:
            raise Refused("the shell has not written it down")

    guard = FakeGuard()
    run = make(judging=judging(), guard=guard, shell=Silent)
    run.do(c.SetVariable(name="name", value="bob"))
    run.finish("greet")
    at_login(run)
    with pytest.raises(Refused, match="kube-context is not known: the shell has not written it down"):
        run.start("login", **ANSWER)
    assert (guard.places, len(run.runner.state.attempts)) == ([], 1)


def test_a_look_up_that_was_only_confirmed_is_not_run_elsewhere(make: Callable[..., Run]) -> None:
    guard = FakeGuard("staging")
    run = make(judging=judging(), guard=guard)
    run.runner._lookups = Lookups([Variable("name", "braces", (3,), from_command="true list")], judging())
    assert run.runner.propose("name", None, ACTOR).level == "caution"
    with pytest.raises(Refused, match=ELSEWHERE):
        run.runner.propose("name", "true list", ACTOR)
    guard.found = "prod-eu"
    assert run.runner.propose("name", "true list", ACTOR).ran


def test_no_secret_is_kept_with_what_was_found(make: Callable[..., Run]) -> None:
    value = "hunter2hunter2"

    class Telling(FakeGuard):
        def check(self, place: Place) -> tuple[e.ContextResult, ...]:
            texts = {"name": f"`login {value}`", "command": f"login {value}", "message": value}
            return (e.ContextResult(wanted=(value,), found=value, ok=False, **texts),)

    run = at_login(make(judging=judging(), guard=Telling()))
    with pytest.raises(Refused):
        run.start("login", **ANSWER)
    assert "[secret:TOKEN]" in run.trail.recorded[-1].model_dump_json()
    assert value not in "".join(one.model_dump_json() for one in run.trail.recorded)


def test_the_operator_can_have_a_look_at_any_time(make: Callable[..., Run]) -> None:
    run = make(wait_for_interrupt, judging=judging(), guard=FakeGuard("staging"))
    run.do(c.SetVariable(name="name", value="bob"))
    run.start("greet")
    checked = run.runner.check_context(ACTOR)
    assert checked is not None
    assert (checked.step_id, checked.results[0].ok) == (None, False)
    assert run.runner.state.phase == "running"
    run.do(c.Interrupt())
    assert make().runner.check_context(ACTOR) is None


class HandTimer:
    """Goes off when the test says so."""

    made: ClassVar[list[HandTimer]] = []

    def __init__(self, seconds: float, go_off: Callable[[], None]) -> None:
        self.seconds = seconds
        self.go_off = go_off
        self.daemon = False
        self.cancelled = False
        self.made.append(self)

    def start(self) -> None:
        assert self.daemon

    def cancel(self) -> None:
        self.cancelled = True


@pytest.fixture
def timers(monkeypatch: pytest.MonkeyPatch) -> list[HandTimer]:
    monkeypatch.setattr(HandTimer, "made", [])
    monkeypatch.setattr(threading, "Timer", HandTimer)
    return HandTimer.made


def holder(run: Run) -> int | None:
    return run.runner.state.keyboard.id if run.runner.state.keyboard else None


def test_the_keyboard_passes_when_its_holder_does_not_answer_in_time(
    make: Callable[..., Run], timers: list[HandTimer]
) -> None:
    run = make(patience=7.0)
    ids = [run.runner.attach("plain", ACTOR)[0] for _ in range(2)]
    run.runner.submit(c.TakeKeyboard(), ACTOR, ids[1])
    assert ([timer.seconds for timer in timers], holder(run)) == ([7.0], ids[0])
    timers[0].go_off()
    assert holder(run) == ids[1]
    assert run.trail.recorded[-1].event == e.KeyboardPassed(from_id=1, to_id=2, reason="unanswered")


def test_a_request_that_was_answered_does_not_come_true_later(
    make: Callable[..., Run], timers: list[HandTimer]
) -> None:
    run = make()
    for _ in range(2):
        run.runner.attach("plain", ACTOR)
    run.runner.submit(c.TakeKeyboard(), ACTOR, 2)
    run.runner.submit(c.KeepKeyboard(), ACTOR, 1)
    run.runner.submit(c.TakeKeyboard(), ACTOR, 2)
    assert [timer.cancelled for timer in timers] == [True, False]
    timers[0].go_off()  # it was about to when it was cancelled
    assert holder(run) == 1
    timers[1].go_off()
    assert holder(run) == 2


def test_nothing_passes_any_more_once_a_run_is_over(make: Callable[..., Run], timers: list[HandTimer]) -> None:
    run = make()
    for _ in range(2):
        run.runner.attach("plain", ACTOR)
    run.runner.submit(c.TakeKeyboard(), ACTOR, 2)
    run.runner.submit(c.End(), ACTOR, 1)
    timers[0].go_off()
    assert run.trail.log[-1] == "run_ended"


def test_a_watcher_neither_types_nor_interrupts_nor_has_anything_looked_up(make: Callable[..., Run]) -> None:
    run = make(wait_for_interrupt)
    for _ in range(2):
        run.runner.attach("plain", ACTOR)
    run.do(c.SetVariable(name="name", value="x"))
    run.start("greet")
    before = len(run.trail.recorded)
    attempts: tuple[Callable[[], object], ...] = (
        lambda: run.runner.type(b"x", ACTOR, 2),
        lambda: run.runner.submit(c.Interrupt(), ACTOR, 2),
        lambda: run.runner.propose("name", None, ACTOR, 2),
        lambda: run.runner.check_context(ACTOR, 2),
    )
    for attempt in attempts:
        with pytest.raises(Refused, match="alice@bastion has the keyboard"):
            attempt()
    assert (len(run.trail.recorded), run.session.signals) == (before, [])
    run.runner.submit(c.Interrupt(), ACTOR, 1)
    assert run.runner.wait_idle(20)


# Commit or roll back.


def ask_twice(session: ScriptedSession, task: Task, sink: Sink) -> Outcome:
    """Two statements, each of which waits for its answer."""
    assert task.decide is not None
    sink(b"2 row(s) affected\n", TerminalMode())
    for statement in ("DELETE FROM a", "DELETE FROM b"):
        session.log.append(task.decide(Uncommitted(statement, 2)))
    return Outcome("interrupted" if session.interrupted.is_set() else "succeeded", None)


def held(make: Callable[..., Run], script: Callable[..., Outcome] = ask_twice, **more: Any) -> Run:
    run = make(script, **more)
    run.do(c.SetVariable(name="name", value="bob"))
    run.start("greet", hold=True)
    return run


def until_asked(run: Run, question: int) -> e.CommitAsked:
    cursor = Cursor()
    while True:
        told = run.runner.feed.next(cursor, 20)
        assert told is not None, "nobody is asked"
        event = getattr(told, "event", None)
        if isinstance(event, e.CommitAsked) and event.question == question:
            return event


def test_an_answer_is_on_record_before_the_session_acts_on_it(make: Callable[..., Run]) -> None:
    run = held(make)
    asked = until_asked(run, 1)
    assert (asked.statement, asked.rows, asked.seconds) == ("DELETE FROM a", 2, 60)
    assert run.runner.state.asked == asked
    run.do(c.Commit(attempt=1, question=1))
    until_asked(run, 2)
    run.do(c.RollBack(attempt=1, question=2))
    assert run.runner.wait_idle(20)
    assert run.trail.log[3:] == [
        *("session", "output", "commit_asked", "commit_answered", "commit"),
        *("commit_asked", "commit_answered", "roll_back", "step_ended"),
    ]
    attempt = run.runner.state.attempts[1]
    assert (attempt.questions, attempt.decision, attempt.decided, attempt.decider) == (
        2,
        "roll_back",
        "operator",
        "alice",
    )
    assert run.runner.state.asked is None


def test_an_answer_to_one_question_is_none_to_the_next(make: Callable[..., Run]) -> None:
    run = held(make)
    until_asked(run, 1)
    run.do(c.Commit(attempt=1, question=1))
    until_asked(run, 2)
    with pytest.raises(Refused, match="answered already"):
        run.do(c.Commit(attempt=1, question=1))
    run.do(c.RollBack(attempt=1, question=2))
    assert run.runner.wait_idle(20)
    with pytest.raises(Refused):
        run.do(c.RollBack(attempt=1, question=2))


def test_what_nobody_answers_in_time_is_rolled_back(make: Callable[..., Run]) -> None:
    run = held(make, limits=Limits(commit=0.01))
    assert run.runner.wait_idle(20)
    answers = [one.event for one in run.trail.recorded if isinstance(one.event, e.CommitAnswered)]
    assert [(one.decision, one.reason) for one in answers] == [("roll_back", "time")] * 2
    assert run.runner.state.attempts[1].decider == ""


def test_what_nobody_is_there_to_answer_is_rolled_back_soon(
    make: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.runner.ABSENCE_SECONDS", 0.01)
    run = make(ask_twice)
    run.do(c.SetVariable(name="name", value="bob"))
    client, _ = run.runner.attach("plain", ACTOR)
    run.start("greet", hold=True)
    asked = until_asked(run, 1)
    assert run.runner.state.asked == asked, "somebody is there"
    run.runner.submit(c.Detach(client="plain", reason="the connection was lost", client_id=client), ACTOR)
    assert run.runner.wait_idle(20)
    answers = [one.event for one in run.trail.recorded if isinstance(one.event, e.CommitAnswered)]
    assert [(one.decision, one.reason) for one in answers] == [("roll_back", "absence")] * 2
    assert decision_of(run.runner.state.attempts[1]) == "rolled back, because nobody was attached any more"


def test_an_interrupt_is_an_answer(make: Callable[..., Run]) -> None:
    run = held(make)
    until_asked(run, 1)
    run.do(c.Interrupt())
    until_asked(run, 2)
    run.do(c.RollBack(attempt=1, question=2))
    assert run.runner.wait_idle(20)
    answers = [one.event for one in run.trail.recorded if isinstance(one.event, e.CommitAnswered)]
    assert (answers[0].decision, answers[0].reason) == ("roll_back", "interrupt")


def test_what_an_interrupt_rolled_back_was_interrupted_however_late_the_session_hears_of_it(
    make: Callable[..., Run],
) -> None:
    def rolled_back(session: ScriptedSession, task: Task, sink: Sink) -> Outcome:
        assert task.decide is not None
        task.decide(Uncommitted("DELETE FROM a", 2))
        return Outcome("failed", None, message="rolled back")

    run = held(make, rolled_back)
    until_asked(run, 1)
    run.runner._roll_back("interrupt", ACTOR)
    assert run.runner.wait_idle(20)
    assert run.runner.state.attempts[1].outcome == "interrupted"


@pytest.mark.parametrize("kind", ["commit_asked", "commit_answered"])
def test_nothing_is_committed_that_cannot_be_recorded(make: Callable[..., Run], kind: str) -> None:
    run = make(ask_twice)
    run.do(c.SetVariable(name="name", value="bob"))
    run.trail.fails_on = kind
    run.start("greet", hold=True)
    if kind == "commit_answered":
        until_asked(run, 1)
        with pytest.raises(TrailWriteError):
            run.do(c.Commit(attempt=1, question=1))
    assert run.runner.wait_idle(20)
    assert "commit" not in run.trail.log
    assert run.runner.failure == "the disk is full"


def test_a_step_that_nobody_holds_is_asked_nothing(make: Callable[..., Run]) -> None:
    run = make()
    run.do(c.SetVariable(name="name", value="bob"))
    run.finish("greet")
    assert run.session.tasks[0].decide is None


def test_rows_go_to_the_trail_with_the_end_of_their_step(make: Callable[..., Run]) -> None:
    def fetch(session: ScriptedSession, task: Task, sink: Sink) -> Outcome:
        return Outcome("succeeded", None, fetched=(Fetched(1, ("a",), (True,), (("1",), (None,)), more=7),))

    run = make(fetch)
    run.do(c.SetVariable(name="name", value="bob"))
    run.finish("greet")
    assert run.trail.log[-2:] == ["rows_fetched", "step_ended"]
    (rows,) = (one.event for one in run.trail.recorded if isinstance(one.event, e.RowsFetched))
    assert (rows.attempt, rows.columns, rows.rows, rows.more) == (1, ("a",), (("1",), (None,)), 7)
    assert run.runner.state.attempts[1].results == 1
