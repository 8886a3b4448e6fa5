"""Performs SQL steps statement by statement, each on the connection of the database that the step means.

A connection is opened at first need and kept for the run, so that what one step sets is there for the next. The order
of gates before a step is not this file's business.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace

from ...errors import UsageError
from ...events import StepOutcome
from ...limits import BUILT_IN, Limits, span
from ..contract import Outcome, Signal, Sink, Task, Waiting
from .addresses import Address, find_address
from .link import DatabaseError, Link
from .memory import Memory
from .opening import open_link
from .performing import Performing, refusal_of
from .pieces import pieces
from .question import Question
from .step import HIDDEN, Step
from .time_limit import TimeLimit
from .transactions import Retry
from .writing import CommitLost, RolledBack

INSISTING_SECONDS = 0.2
INSISTING_TIMES = 20


class SqlSession:
    """One connection per database."""

    def __init__(self, databases: Mapping[str, str], default: str = "", *, read_only: bool = False) -> None:
        """`default` is the name of the database for a step that names none. With `read_only` the database itself
        refuses whatever would write."""
        self._databases = databases
        self._read_only = read_only
        self._default = default
        self._links: dict[tuple[str, str], Link] = {}
        self._memories: dict[tuple[str, str], Memory] = {}
        self._expanded = False
        self._lock = threading.Lock()
        """Held while it changes which connection runs something, or how that is to be ended."""
        self._running: Link | None = None
        self._step: Step | None = None
        self._over = threading.Event()
        """Set at the end of the step."""
        self._question = Question()
        self._interrupts = 0
        self._timed_out = False
        self._closing = False

    def run(self, task: Task, sink: Sink) -> Outcome:
        with self._lock:
            self._interrupts, self._timed_out = 0, False
            self._over = threading.Event()
        step = self._step = Step(sink)
        with TimeLimit(task.timeout, self._run_out) as limit:
            try:
                self._perform(replace(task, decide=limit.around(task.decide)), step)
            except (DatabaseError, UsageError) as error:
                return self._ended(step, error)
            finally:
                with self._lock:
                    self._running = self._step = None
                    self._over.set()
        return Outcome("succeeded", None, message=step.remark, fetched=step.results)

    def interrupt(self) -> Signal:
        """INT has the server end the statement, TERM cuts the connection under it."""
        with self._lock:
            self._interrupts += 1
            link, signal = self._running, "INT" if self._interrupts == 1 else "TERM"
        self._question.give_up()
        if link is not None:
            self._end(link) if signal == "INT" else link.cut()
        return "INT" if signal == "INT" else "TERM"

    def write(self, data: bytes) -> bool:
        """A database reads no keystrokes, so they are dropped and may be recorded as typed; what is typed for a
        password is not."""
        return not self._question.take(data)

    def waiting(self) -> Waiting | None:
        asked = self._question.asked
        return Waiting(asked, mode=HIDDEN) if asked else None

    def waits_for(self) -> str:
        link = self._running
        return link.waits_for if link is not None else ""

    def resize(self, columns: int, rows: int) -> None:
        """A result has no terminal of its own."""

    def close(self) -> None:
        """What is not committed is rolled back by the server."""
        with self._lock:
            self._closing = True
            link = self._running
        self._question.give_up()
        if link is not None:
            link.cancel()
            link.cut()
            return  # whoever runs it closes it
        while self._links:
            self._links.popitem()[1].close()

    # One step.

    def _perform(self, task: Task, step: Step) -> None:
        address = find_address(task.database, self._default, self._databases)
        found = list(pieces(task.text, address.dialect))
        for piece in found:  # before anything runs: a text is refused as a whole
            if refusal := refusal_of(piece, address.dialect, expanded=self._expanded):
                raise UsageError(refusal)
        limits = task.limits or BUILT_IN
        link, memory = self._link(address, task.directory, step, limits)
        link.limit(limits)
        with self._lock:
            self._running = link
        performing = Performing(link, memory, step, task, expanded=self._expanded, is_read_only=self._read_only)
        retry = Retry(link, [piece.text for piece in found], step.say)
        try:
            for piece in found:
                self._stop_if_asked()
                performing.perform(piece)
        except DatabaseError as error:
            if not error.lost:
                retry.failed()
                memory.in_transaction = link.in_transaction
            raise
        finally:
            self._expanded = performing.expanded
        retry.succeeded()

    # Connections.

    def _link(self, address: Address, directory: str, step: Step, limits: Limits) -> tuple[Link, Memory]:
        """The database's connection, which is opened again when it has gone meanwhile."""
        key = (address.url, directory if address.dialect == "sqlite" else "")
        memory = self._memories.setdefault(key, Memory())
        link = self._links.get(key)
        if link is not None and not link.is_alive():
            self._links.pop(key).close()
            link = None
        if link is None:
            link = self._links[key] = open_link(
                address, directory, read_only=self._read_only, say=self._say, ask=self._ask, limits=limits
            )
            if link.greeting:
                step.say(link.greeting)
            if memory.opened:
                step.remark = memory.reopened()
                step.say(step.remark)
            forgotten, memory.opened = memory.forget(), True
            if forgotten:
                raise UsageError(forgotten)
        return link, memory

    def _say(self, line: str) -> None:
        """A server's own words belong to the step that runs when they come."""
        if self._step is not None:
            self._step.say(line)

    def _ask(self, text: str) -> str | None:
        if self._step is None:
            return None
        self._step.ask(text)
        typed = self._question.ask(text)
        self._step.say("")
        return typed

    # Ending early.

    def _stop_if_asked(self) -> None:
        if self._interrupts or self._timed_out or self._closing:
            raise DatabaseError("not run: the step was ended before it")

    def _run_out(self, seconds: float) -> None:
        with self._lock:
            self._timed_out = True
            link, step = self._running, self._step
        if step is not None:
            waited = f"; it was waiting for {link.waits_for}" if link and link.waits_for else ""
            step.limit = f"the step's time limit of {span(seconds)} was reached{waited}"
        self._question.give_up()
        if link is not None:
            self._end(link)

    def _end(self, link: Link) -> None:
        """A server that is told before it has read the statement knows of none to end, so it is told again."""
        link.cancel()
        over = self._over

        def insist() -> None:
            for _ in range(INSISTING_TIMES):
                if over.wait(INSISTING_SECONDS):
                    return
                with self._lock:
                    if not over.is_set():
                        link.cancel()

        threading.Thread(target=insist, name="sql-cancel", daemon=True).start()

    def _ended(self, step: Step, error: DatabaseError | UsageError) -> Outcome:
        message = str(error)
        if isinstance(error, DatabaseError) and error.place is not None:
            message = f"{message}\n{_pointer(step.statement, error.place)}"
        message = "\n".join(filter(None, (message, step.limit)))
        step.say(message)
        said = "; ".join(part for part in (step.remark, str(error).replace("\n", "; "), step.limit) if part)
        return Outcome(self._status(step, error), None, message=_whole(step, error, said), fetched=step.results)

    def _status(self, step: Step, error: DatabaseError | UsageError) -> StepOutcome:
        if isinstance(error, CommitLost) or _is_unknown(step, error):
            return "lost"
        if isinstance(error, RolledBack) and not self._interrupts:
            return "failed"
        if self._timed_out or (isinstance(error, DatabaseError) and error.timed_out):
            return "timed_out"
        return "interrupted" if self._interrupts else "failed"


def _whole(step: Step, error: DatabaseError | UsageError, said: str) -> str:
    if _is_unknown(step, error):
        said = f"{said}; nobody knows whether the statement was carried out: look at what it changes"
    return f"{said}; {step.done} statement(s) before it were carried out" if step.done else said


def _is_unknown(step: Step, error: DatabaseError | UsageError) -> bool:
    return isinstance(error, DatabaseError) and error.lost and step.writes


def _pointer(statement: str, place: int) -> str:
    """The line of the statement with a mark under the place."""
    start = statement.rfind("\n", 0, place) + 1
    end = statement.find("\n", place)
    line = statement[start : end if end >= 0 else len(statement)]
    first = max(0, place - start - 60)
    return f"{line[first : first + 120]}\n{' ' * (place - start - first)}^"
