"""The only loop: decide → append → perform → append → announce.

A `Runner` owns one run. Any thread may call it; steps are performed on a thread of its own, so that notes, ticks and
interrupts get through while one runs. Nothing is performed before its intent is durable, and after a failed write to
the trail nothing is performed at all.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Literal, Protocol

from . import commands as c
from . import events as e
from . import faults, keyboard, machine
from .author import expected_rows
from .conclusion import Totals, conclusion
from .context import objection, unknown
from .decision import ABSENCE_SECONDS, Decision
from .durations import seconds
from .errors import OncueError, Refused, TrailWriteError
from .feed import Feed
from .guard import MOVED_ON, Guard, Looked, Place
from .judging import Judging
from .limits import BUILT_IN, Limits
from .lookups import Lookups, Proposal, begun
from .masking import MaskedOutput, Masking, holds_mask
from .model import NOTHING, Runbook, Variable
from .open_sessions import OpenSessions
from .preparing import UNKNOWN, Held, PastRuns, Preparation, Prepared, Wanted, no_past_runs
from .redact import stays_visible
from .sessions.contract import Delayed, Exporting, Holding, Outcome, Session, Task, TerminalMode, Uncommitted, Waiting
from .state import RunState, fold
from .variables import CannotFill, check
from .withheld import Withheld

RECORDING_GRACE = 0.06
"""Seconds a step has after its interrupt when the trail fails: it is gone within a quarter of a second."""
STOPPING_GRACE = 2.0
"""The same when the host is told to stop: time for a step to put its house in order."""


class Trail(Protocol):
    """What the runner needs of the trail's writer."""

    def start_run(self, run_id: str, document: bytes, started: e.RunStarted, stamp: e.Stamp) -> e.Recorded: ...
    def append(self, run_id: str, events: Sequence[e.Event], stamp: e.Stamp) -> tuple[e.Recorded, ...]: ...
    def write_output(self, run_id: str, attempt: int, data: bytes, mono_ns: int) -> None: ...
    def end_output(self, run_id: str, attempt: int) -> Totals: ...


class Runner:
    """One run. `sessions` opens the session of a kind at its first use; `stamp` says who and when."""

    def __init__(
        self,
        *,
        run_id: str,
        runbook: Runbook,
        trail: Trail,
        sessions: Mapping[str, Callable[[], Session]],
        stamp: Callable[[e.Actor], e.Stamp],
        variables: Sequence[Variable] = (),
        recorded: Sequence[e.Recorded] = (),
        judging: Judging | None = None,
        step_timeout: float | None = None,
        past_runs: PastRuns = no_past_runs,
        masking: Masking | None = None,
        environment: Mapping[str, str] = NOTHING,
        watched: Sequence[str] = (),
        guard: Guard | None = None,
        patience: float = keyboard.PATIENCE_SECONDS,
        limits: Limits = BUILT_IN,
        lookups: Lookups | None = None,
    ) -> None:
        """`environment` is what the shell starts with; a look-up before the first step gets it too. `watched` are
        names of variables that the shell tells of. `patience` is how long whoever holds the keyboard has for an answer
        to who wants it."""
        self.run_id = run_id
        self.feed = Feed()
        self._masking = masking or Masking()
        judging = judging or Judging()
        self._preparation = Preparation(runbook, variables, judging, past_runs, self._masking.text, limits=limits)
        self._lookups = lookups or Lookups(variables, judging)
        self._environment = environment
        self._withheld = Withheld(variables, environment, self._masking)
        self._watched = tuple(watched)
        self._guard = guard or Guard()
        self._step_timeout = step_timeout
        self._trail = trail
        self._stamp = stamp
        self._variables = tuple(variables)
        self._sessions = OpenSessions(sessions)
        self._final = ""
        """What the step that is being started runs: its event has it masked."""
        self._state = fold(recorded)
        self._failure: str | None = None
        self._failing = threading.Lock()
        self._winding_up: threading.Thread | None = None
        self._patience = patience
        self._limits = limits
        self._deadlines: dict[int, threading.Timer] = {}
        """Who has asked for the keyboard → when they get it unanswered."""
        self._typed = bytearray()
        self._typed_after: int | None = None
        """Output before the first of these keys."""
        self._lock = threading.RLock()
        self._tasks: queue.SimpleQueue[tuple[e.StepStarted, str, e.Actor] | None] = queue.SimpleQueue()
        self._decision: Decision | None = None
        """About the statement that waits to be committed."""
        for one in recorded:
            self.feed.add(one)
        self._performer = threading.Thread(target=self._perform_all, name="performer", daemon=True)
        self._performer.start()

    @property
    def state(self) -> RunState:
        return self._state

    @property
    def variables(self) -> tuple[Variable, ...]:
        return self._variables

    @property
    def failure(self) -> str | None:
        """Why nothing more can be recorded, and so nothing more run; None while all is well."""
        return self._failure

    def begin(self, document: bytes, started: e.RunStarted, actor: e.Actor) -> None:
        """The run's first event, with its frozen document."""
        with self._lock:
            machine.decide(self._state, c.Begin(started=started))
            started = self._masking.event(started)
            self._announce((self._trail.start_run(self.run_id, document, started, self._stamp(actor)),))

    def submit(self, command: c.AnyCommand, actor: e.Actor, by: int = keyboard.OURSELVES) -> tuple[e.Recorded, ...]:
        """Carry out one command, `by` the client of that id. Raises `Refused`, and then nothing has changed, or
        `TrailWriteError`."""
        keyboard.refuse_watcher(self._state, type(command), by)
        if isinstance(command, c.Interrupt):
            return self._interrupt(actor, "operator")
        if isinstance(command, c.SetVariable):
            command = self._as_declared(command)
        looked = self._look_around(command, actor) if isinstance(command, c.Start) else None
        with self._lock:
            known = self._known(command)
            if isinstance(command, c.Start):
                known = replace(known, elsewhere="" if known.level == "safe" else self._elsewhere(looked))
                faults.reach("before-intent")
            recorded = self._record(command, actor, known, by)
            if isinstance(command, c.Start):
                faults.reach("after-intent")
            self._follow(command, recorded, actor)
        return recorded

    def attach(self, client: str, actor: e.Actor) -> tuple[int, int]:
        """The newcomer's id, and the number of the event that says so."""
        with self._lock:
            recorded = self.submit(c.Attach(client=client), actor)
            return self._state.newcomers, recorded[-1].seq

    def _as_declared(self, command: c.SetVariable) -> c.SetVariable:
        """A value the input takes, and secret where the input is, whatever a client takes it for."""
        variable = next((one for one in self._variables if one.name == command.name), None)
        if variable is None:
            return command
        try:
            check(variable, command.value)
        except CannotFill as error:
            raise Refused(str(error)) from error
        return command.model_copy(update={"secret": command.secret or variable.secret})

    def prepare(
        self,
        step_id: str,
        suggestion: int | None = None,
        *,
        dry_run: bool = False,
        closing: e.CommitDecision | None = None,
    ) -> Prepared:
        """The step's final text with its verdict: the operator's edit or the document's, inputs filled in."""
        return self._masking.prepared(self._prepare(Wanted(step_id, suggestion, dry_run, closing)))

    def _prepare(self, wanted: Wanted) -> Prepared:
        """With everything the operator may not see."""
        state = self._withheld.with_edits(self._state)
        held = self._held() if wanted.step_id == state.current else UNKNOWN
        exports = dict(self._withheld.fresh_exports(state))
        return self._preparation.prepare(state, self._values(), exports, wanted, held)

    def _held(self) -> Held:
        """Nothing is looked at while a step runs, and in a session that is no shell."""
        shell = self._sessions.find("shell")
        if self._state.phase == "running" or not self._watched or not isinstance(shell, Holding | None):
            return UNKNOWN
        try:
            values = self._given() if shell is None else shell.held()
        except Refused:
            return Held(looked=True)
        secret = self._masking.learn_of_shell({name: value for name, value in values.items() if value is not None})
        return Held(values, looked=True, secret=secret)

    def _given(self) -> Mapping[str, str | None]:
        """What the watched variables are in a shell that no step has run in."""
        return {name: self._environment.get(name) for name in self._watched}

    def propose(self, name: str, approved: str | None, actor: e.Actor, by: int = keyboard.OURSELVES) -> Proposal:
        """Values for an input, by the command that its front matter names.

        `approved` is the command the operator was shown and let run; without it only a safe one runs.
        """
        keyboard.refuse_watcher(self._state, c.BeginProbe, by)
        looked = None if approved is None or not self._guard.expectations else self._look(None, actor)
        with self._lock:
            if self._failure is not None:
                raise TrailWriteError(self._failure)
            lookup = self._lookups.find(name, self._values())
            command, why = self._masking.text(lookup.command), self._masking.text(lookup.verdict.why)
            proposal = Proposal(command, lookup.verdict.level, why, ran=False)
            if lookup.verdict.level != "safe" and approved != command:
                return proposal
            if lookup.verdict.level != "safe" and (why := self._elsewhere(looked)):
                raise Refused(why)
            self._record(c.BeginProbe(started=begun(lookup)), actor)
            place = self._place()
        ended, values = self._lookups.run(lookup, place.environment, place.directory)
        self._report(c.EndProbe(ended=ended), actor)
        shown = tuple(value for value in values if self._masking.text(value) == value)
        return replace(proposal, ran=True, values=shown, message=self._masking.text(ended.message))

    def check_context(self, actor: e.Actor, by: int = keyboard.OURSELVES) -> e.ContextChecked | None:
        """Look whether the run works where its runbook expects, and record it. Answers it as the trail has it; None
        where nothing is expected."""
        keyboard.refuse_watcher(self._state, c.ReportContext, by)
        if not self._guard.expectations:
            return None
        self._look(None, actor)
        return self._state.context

    def _look_around(self, start: c.Start, actor: e.Actor) -> Looked | None:
        """For a text that may run, were it not for the place. None where the place does not matter."""
        if not self._guard.expectations:
            return None
        with self._lock:
            known = self._known(start)
            machine.decide(self._state, start, known)
        return None if known.level == "safe" else self._look(start.step_id, actor)

    def _look(self, step_id: str | None, actor: e.Actor) -> Looked:
        """Takes as long as its slowest command, so the lock is free meanwhile."""
        try:
            place = self._place()
            results = self._guard.check(place)
        except Refused as error:
            place = Place({}, "")
            results = tuple(unknown(one, str(error)) for one in self._guard.expectations)
        with self._lock:
            if self._failure is not None:
                raise TrailWriteError(self._failure)
            # Names are taken for references and left as they are, but a command's is its text.
            shown = tuple(one.model_copy(update={"name": self._masking.text(one.name)}) for one in results)
            self._record(c.ReportContext(checked=e.ContextChecked(results=shown, step_id=step_id)), actor)
        return Looked(place, objection(results))

    def _elsewhere(self, looked: Looked | None) -> str:
        """Why this is not the place for what is not safe; what was seen of another moment says nothing."""
        if not self._guard.expectations:
            return ""
        if looked is None or (not looked.objection and looked.place != self._place()):
            return MOVED_ON
        return looked.objection

    def _place(self) -> Place:
        """Where the next step would run."""
        environment = {**self._exported_environment(), **dict(self._withheld.fresh_exports(self._state))}
        return Place(environment, self._state.directory, len(self._state.attempts))

    def _exported_environment(self) -> Mapping[str, str]:
        shell = self._sessions.find("shell")
        return shell.exported() if isinstance(shell, Exporting) else self._environment

    def knows(self, name: str) -> bool:
        """Whether the input has a value; a secret's is gone with the process that was told it."""
        return name in self._values()

    def type(self, data: bytes, actor: e.Actor, by: int = keyboard.OURSELVES) -> None:
        """Keystrokes for the running step. Recorded by the line, and never while the terminal's echo is off."""
        keyboard.refuse_watcher(self._state, c.ReportInput, by)
        session = self._sessions.performing()
        if session is None:
            raise Refused("no step is running, so there is nothing to type into")
        with self._masking.typing(data) as typing:
            shown = session.write(data)
            if not shown:
                typing.hide()
        if shown:
            self._typed_after = self._typed_after if self._typed else typing.after_bytes
            self._typed += data
            if data.endswith((b"\r", b"\n")) or len(self._typed) > 256:
                self._flush_typed(actor)
        else:
            self._flush_typed(actor)
            self._report(c.ReportInput(n_bytes=len(data), text=None, after_bytes=typing.after_bytes), actor)

    def masked(self, text: str) -> str:
        """As a client may see it."""
        return self._masking.text(text)

    def waiting(self) -> Waiting | None:
        session = self._sessions.performing()
        waiting = session.waiting() if session else None
        return waiting and self._masking.waiting(waiting)

    def waits_for(self) -> str:
        """What the running step waits for, and who is in its way; empty for nothing, or where nobody knows."""
        session = self._sessions.performing()
        return self._masking.text(session.waits_for()) if isinstance(session, Delayed) else ""

    def stop(self, reason: Literal["recording_failed", "host_stopping"], actor: e.Actor) -> None:
        """End the running step for good: an interrupt, and after a grace the end of its session."""
        session = self._sessions.performing()
        if session is None:
            return
        with suppress(Refused):  # it has just ended by itself
            self._interrupt(actor, reason)
        if not self._sessions.wait_idle(RECORDING_GRACE if reason == "recording_failed" else STOPPING_GRACE):
            session.close()  # what minds no interrupt is ended with its shell, so that nothing of the step goes on

    def fail(self, reason: str, actor: e.Actor) -> None:
        """The trail cannot be written: from now on everything is refused, and the running step is stopped.

        Answers at once, because whoever finds out may hold the lock or be the performer; the rest is done on a thread
        of its own: the step's end, then the closing record.
        """
        with self._failing:
            if self._failure is not None:
                return
            self._failure = reason = self._masking.text(reason)
            self._winding_up = threading.Thread(target=self._wind_up, args=(reason, actor), name="winding-up")
        self._winding_up.start()

    def _wind_up(self, reason: str, actor: e.Actor) -> None:
        self.stop("recording_failed", actor)
        with self._lock, suppress(OncueError):  # the reason is known and shown; the reserve may be gone too
            self._announce(self._trail.append(self.run_id, (e.RecordingFailed(reason=reason),), self._stamp(actor)))
        self.feed.close()

    def wait_idle(self, timeout: float | None = None) -> bool:
        """True once no step is running."""
        return self._sessions.wait_idle(timeout)

    def close(self) -> None:
        """End the sessions. The trail stays open: it is its owner's to close."""
        with self._lock:
            self._forget_requests()
        self._tasks.put(None)
        self._sessions.close()
        self._performer.join()
        self._masking.close()
        if self._winding_up is not None:
            self._winding_up.join()
        self.feed.close()

    # Deciding and recording.

    def _known(self, command: c.AnyCommand) -> machine.Known:
        """What has to be found out before the command is decided about."""
        if self._failure is not None:
            raise TrailWriteError(self._failure)
        if isinstance(command, c.Start):
            prepared = self._shown(command)
            self._final = prepared.text
            shown = self._masking.prepared(prepared)
            verdict = shown.verdict
            return machine.Known(
                verdict.level,
                verdict.category,
                verdict.rule,
                verdict.why,
                verdict.target,
                shown.ran_before,
                endless=shown.endless,
                database=shown.database,
                empty=shown.empty,
            )
        if isinstance(command, c.Edit):
            step = self._preparation.step(self._state, command.step_id)
            return machine.Known(standing=self._preparation.standing(self._state, step))
        return machine.NOTHING_KNOWN

    def _shown(self, command: c.Start) -> Prepared:
        """What runs is what was shown: the text is worked out and judged again here, and has to be the same."""
        self._preparation.step(self._state, command.step_id)
        wanted = self._preparation.candidates(
            command.step_id, suggestion=command.suggestion, dry_run=command.dry_run, closing=command.closing
        )
        match = next((one for one in self._prepared(wanted) if self._masking.text(one.text) == command.text), None)
        if match is None:
            raise Refused("the step's text has changed since it was shown; look at it again")
        if match.problem:
            raise Refused(match.problem)
        if match.missing:
            raise Refused(f"no value yet for {', '.join(match.missing)}")
        if holds_mask(self._state.steps[command.step_id].edited or "") and holds_mask(match.text):
            raise Refused("the edited text has a mask where a secret was; write the secret's variable there instead")
        return match

    def _prepared(self, wanted: Iterable[Wanted]) -> Iterator[Prepared]:
        for one in wanted:
            with suppress(Refused):  # what has no dry run cannot have been shown either
                yield self._prepare(one)

    def _record(
        self,
        command: c.AnyCommand,
        actor: e.Actor,
        known: machine.Known = machine.NOTHING_KNOWN,
        by: int = keyboard.OURSELVES,
    ) -> tuple[e.Recorded, ...]:
        decided = tuple(map(self._masking.event, machine.decide(self._state, command, known, by)))
        if not decided:
            return ()
        try:
            recorded = self._trail.append(self.run_id, decided, self._stamp(actor))
        except TrailWriteError as error:
            self.fail(str(error), actor)
            raise
        self._announce(recorded)
        return recorded

    def _announce(self, recorded: Sequence[e.Recorded]) -> None:
        self._state = fold(recorded, self._state)
        for one in recorded:
            self.feed.add(one)

    def _follow(self, command: c.AnyCommand, recorded: Sequence[e.Recorded], actor: e.Actor) -> None:
        """The effects of what has just been recorded."""
        if isinstance(command, c.SetVariable):
            self._keep_value(command, actor)
        if isinstance(command, c.Edit):
            self._withheld.keep_edit(command)
        if isinstance(command, c.Resize):
            self._sessions.resize(command.columns, command.rows)
        for event in (one.event for one in recorded):
            if isinstance(event, e.StepStarted):
                self._sessions.step_begins()
                self._tasks.put((event, self._final, actor))
            elif isinstance(event, e.CommitAnswered):
                self._answer_question(event.decision)
            elif isinstance(event, e.OperatorAttached | e.OperatorDetached) and self._decision is not None:
                self._decision.look_again()
            elif isinstance(event, e.KeyboardWanted):
                self._await_answer(event.client_id, actor)
            elif isinstance(event, e.KeyboardPassed | e.KeyboardKept):
                self._forget_requests()

    def _await_answer(self, client_id: int, actor: e.Actor) -> None:
        """The keyboard passes unless its holder answers in time."""

        def pass_on() -> None:
            with self._lock, suppress(OncueError):  # answered meanwhile, or the run is over
                if self._deadlines.get(client_id) is timer:
                    self.submit(c.PassKeyboard(to_id=client_id), actor)

        timer = self._deadlines[client_id] = threading.Timer(self._patience, pass_on)
        timer.daemon = True
        timer.start()

    def _forget_requests(self) -> None:
        while self._deadlines:
            self._deadlines.popitem()[1].cancel()

    def _keep_value(self, command: c.SetVariable, actor: e.Actor) -> None:
        if reason := self._withheld.keep_value(command):
            with suppress(Refused):
                self._record(c.Note(text=stays_visible(command.name, reason)), actor)

    def _report(self, report: c.Report, actor: e.Actor) -> None:
        if self._failure is not None:
            return
        with self._lock, suppress(Refused):  # the step may have ended in between; then there is nothing to report on
            self._record(report, actor)

    # Performing.

    def _perform_all(self) -> None:
        while (task := self._tasks.get()) is not None:
            started, text, actor = task
            try:
                self._perform(started, text, actor)
            except TrailWriteError as error:
                self.fail(str(error), actor)
            except Exception as error:  # noqa: BLE001 - a border: what nobody expected stops the run and is said
                self.fail(f"the step could not be followed to its end: {error!r}", actor)
            finally:
                self._sessions.step_ended()

    def _perform(self, started: e.StepStarted, text: str, actor: e.Actor) -> None:
        begun = time.monotonic_ns()
        faults.reach("before-session")
        with self._masking.output(partial(self._deliver, started.attempt), partial(self._fail_over, actor)) as output:
            outcome = self._run_session(started, text, output, actor)
        faults.reach("after-session")
        duration = time.monotonic_ns() - begun
        self._flush_typed(actor)
        totals = self._trail.end_output(self.run_id, started.attempt)
        faults.reach("output-ended")
        with self._lock:
            if self._failure is not None:
                return
            faults.reach("before-end")
            if outcome.status == "failed" and self._state.attempts[started.attempt].decided == "interrupt":
                # the answer to the question may reach the session before the interrupt itself
                outcome = replace(outcome, status="interrupted")
            self._record(conclusion(started.attempt, outcome, duration, totals, output.redactions), actor)
            faults.reach("after-end")

    def _deliver(self, attempt: int, data: bytes, mode: TerminalMode) -> None:
        self._trail.write_output(self.run_id, attempt, data, time.monotonic_ns())
        faults.reach("first-output")
        self.feed.add_output(attempt, data, mode)

    def _fail_over(self, actor: e.Actor, error: Exception) -> None:
        self.fail(str(error) if isinstance(error, TrailWriteError) else f"output could not be kept: {error!r}", actor)

    def _run_session(self, started: e.StepStarted, text: str, output: MaskedOutput, actor: e.Actor) -> Outcome:
        try:
            task, session = self._task(started, text, output, actor), self._sessions.get(started.session)
        except (OncueError, OSError) as error:
            return Outcome(status="failed", exit_status=None, message=f"could not be run: {error}")
        self._sessions.engage(session)
        try:
            return session.run(task, output.take)
        except ValueError as error:  # refused before anything was sent
            return Outcome(status="failed", exit_status=None, message=f"could not be run: {error}")
        except OSError as error:
            self._sessions.drop(started.session)
            self._withheld.forget_exports()
            return Outcome(
                status="lost", exit_status=None, message=f"the session broke; how it ended is unknown: {error}"
            )

    def _task(self, started: e.StepStarted, text: str, output: MaskedOutput, actor: e.Actor) -> Task:
        step = self._preparation.step(self._state, started.step_id)
        return Task(
            text=text,
            title=step.title,
            step_id="" if started.suggestion or started.dry_run or started.closing else step.id,
            script=bool(step.interpreter) and not started.suggestion,
            database=step.attributes.get("database") or step.attributes.get("db"),
            timeout=seconds(step.attributes.get("timeout", "")) or self._step_timeout,
            limits=self._limits.of(step.attributes) if started.session == "sql" else None,
            directory=self._state.directory,
            expect_rows=expected_rows(step.attributes),
            decide=partial(self._decide, output, actor) if started.hold else None,
            exports=() if started.session == "sql" else self._withheld.export(self._state),
        )

    def _decide(self, output: MaskedOutput, actor: e.Actor, uncommitted: Uncommitted) -> e.CommitDecision:
        """Commit or roll back, as the operator says; the answer is durable before anybody acts on it."""
        output.end()  # who is asked has everything before them
        with self._lock:
            if self._failure is not None:
                return "roll_back"
            limit = self._limits.commit
            decision = self._decision = Decision(limit, self._is_alone, ABSENCE_SECONDS)
            self._record(c.AskCommit(statement=uncommitted.statement, rows=uncommitted.rows, seconds=limit), actor)
        answer = decision.wait()
        if answer in ("time", "absence"):
            self._roll_back(answer, actor)
        return decision.answered()

    def _is_alone(self) -> bool:
        """All who were there have gone; a run of this process's own needs nobody."""
        return not self._state.attached and self._state.newcomers > 0

    def _answer_question(self, decision: e.CommitDecision) -> None:
        if self._decision is not None:
            self._decision.answer(decision)

    def _roll_back(self, reason: Literal["time", "absence", "interrupt"], actor: e.Actor) -> None:
        """What waits to be committed is rolled back, unless its answer has just come."""
        with self._lock:
            if self._failure is not None:  # nothing is committed that cannot be recorded
                self._answer_question("roll_back")
            elif self._state.asked is not None:
                self.submit(c.AnswerCommit(decision="roll_back", reason=reason), actor)

    def _interrupt(
        self, actor: e.Actor, reason: Literal["operator", "recording_failed", "host_stopping"]
    ) -> tuple[e.Recorded, ...]:
        session = self._sessions.performing()
        if session is None:
            raise Refused("no step is running, so there is nothing to interrupt")
        self._roll_back("interrupt", actor)
        self._report(c.ReportSignal(signal=session.interrupt(), reason=reason), actor)
        return ()

    def _flush_typed(self, actor: e.Actor) -> None:
        typed, self._typed = bytes(self._typed), bytearray()
        if typed:
            text = typed.decode(errors="replace")
            self._report(c.ReportInput(n_bytes=len(typed), text=text, after_bytes=self._typed_after), actor)

    def _values(self) -> Mapping[str, str]:
        return self._withheld.values(self._state)
