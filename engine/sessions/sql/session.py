"""Performs SQL steps statement by statement, each on the connection of the database that the step means.

A connection is opened at first need and kept for the run, so that what one step sets is there for the next. The order
of gates before a step is not this file's business.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

from ...errors import UsageError
from ...events import StepOutcome
from ...limits import BUILT_IN, Limits, span
from ..contract import Outcome, Signal, Sink, Standing, Task, Waiting
from .addresses import Address, find_address
from .holding import after_others
from .link import DatabaseError, Link
from .memory import IN_MEMORY, Memory
from .opening import open_link, place_of
from .performing import Performing, refusal_of
from .pieces import pieces
from .question import Question
from .sqlite import MEMORY
from .step import HIDDEN, Step
from .time_limit import TimeLimit
from .transactions import Retry
from .writing import CommitLost, RolledBack

INSISTING_SECONDS = 0.2
INSISTING_TIMES = 20


class Past(NamedTuple):
    """Of a connection that went with the process it was open in."""

    settings: tuple[str, ...] = ()
    in_transaction: bool = False


NOTHING_PAST: Mapping[str, Past] = MappingProxyType({})


class SqlSession:
    """One connection per database."""

    def __init__(
        self,
        databases: Mapping[str, str],
        default: str = "",
        *,
        read_only: bool = False,
        past: Mapping[str, Past] = NOTHING_PAST,
        unfinished: tuple[str | None, str] | None = None,
    ) -> None:
        """`default` is the name of the database for a step that names none. With `read_only` the database itself
        refuses whatever would write. `past` is what was on the connections of a run that comes back, by what
        `place_of` calls them; `unfinished` the database and the text of a step whose end nobody has seen."""
        self._databases = databases
        self._read_only = read_only
        self._default = default
        self._links: dict[tuple[str, str], Link] = {}
        self._memories: dict[tuple[str, str], Memory] = {}
        self._past = dict(past)
        self._unfinished = unfinished
        self._expanded = False
        self._lock = threading.Lock()
        """Held while it changes which connection runs something, or how that is to be ended."""
        self._running: Link | None = None
        self._step: Step | None = None
        self._standing: Callable[[], Standing | None] | None = None
        """What is new about the connection of the latest step."""
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
        self._standing = None
        outcome = self._limited(task, step)
        return replace(outcome, standing=self._standing and self._standing())

    def _limited(self, task: Task, step: Step) -> Outcome:
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
            self._end(link) if signal == "INT" else self._cut(link)
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
            self._cut(link)
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
        link, memory = self._link(address, task.directory, step, limits, found[0].text if found else "")
        link.limit(limits)
        with self._lock:
            self._running = link
        retry = Retry(link, [piece.text for piece in found], step.say)
        performing = Performing(
            link, memory, step, task,
            expanded=self._expanded, is_read_only=self._read_only, is_marked=retry.is_marked,
        )  # fmt: skip
        try:
            for piece in found:
                self._stop_if_asked()
                performing.perform(piece)
        except DatabaseError as error:
            if error.lost:
                memory.lost(is_known=not isinstance(error, CommitLost))
            else:
                is_undone = retry.failed(error)
                memory.failed(in_transaction=link.in_transaction, is_undone=is_undone)
            raise
        finally:
            self._expanded = performing.expanded
        retry.succeeded()

    # Connections.

    def _link(self, address: Address, directory: str, step: Step, limits: Limits, first: str) -> tuple[Link, Memory]:
        """The database's connection, which is opened again when it has gone meanwhile; `first` is the statement it is
        wanted for."""
        key = (address.url, directory if address.dialect == "sqlite" else "")
        place = place_of(address, directory)
        memory = self._memories.get(key) or self._remember(key, place, address)
        self._standing = partial(memory.standing, place)
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
            forgotten, memory.opened = memory.forget(first), True
            if place == MEMORY:
                memory.set(IN_MEMORY)
            if forgotten:
                raise UsageError(forgotten)
        return link, memory

    def _remember(self, key: tuple[str, str], place: str, address: Address) -> Memory:
        """What an earlier process had there. A step whose end nobody has seen has left anything that its text might."""
        past = self._past.pop(place, None)
        memory = self._memories[key] = Memory() if past is None else Memory(past.settings, lost=past.in_transaction)
        unfinished, memory.opened = self._unfinished, past is not None
        if unfinished is not None and find_address(unfinished[0], self._default, self._databases) == address:
            self._unfinished, memory.opened = None, True
            for piece in pieces(unfinished[1], address.dialect):
                memory.guess(piece.text, address.dialect)
        return memory

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

    def _cut(self, link: Link) -> None:
        with self._lock:
            if self._step is not None and link.whereabouts:
                self._step.cut = f"the connection was cut, and the server may still be running it: {link.whereabouts}"
        link.cut()

    def _end(self, link: Link) -> None:
        """A server that is told before it has read the statement knows of none to end, so it is told again. One that
        cannot be told goes on, which is said; only a step that is out of time loses its connection then."""
        why = link.cancel()
        over = self._over

        def insist() -> None:
            told = why
            if told and not over.is_set():
                self._complain(told)
            for _ in range(INSISTING_TIMES):
                if over.wait(INSISTING_SECONDS):
                    return
                with self._lock:
                    if not over.is_set():
                        told = link.cancel()
            if told and self._timed_out and not over.is_set():
                self._cut(link)

        threading.Thread(target=insist, name="sql-cancel", daemon=True).start()

    def _complain(self, why: str) -> None:
        step = self._step
        if step is not None:
            with suppress(Exception):  # what keeps it from being recorded, the step's own next line meets as well
                step.say(f"the server could not be told to end it: {why}; it goes on until it is done there")

    def _ended(self, step: Step, error: DatabaseError | UsageError) -> Outcome:
        message = str(error)
        if isinstance(error, DatabaseError) and error.place is not None:
            message = f"{message}\n{_pointer(step.statement, error.place)}"
        cut = step.cut if isinstance(error, DatabaseError) and error.lost else ""
        message = "\n".join(filter(None, (message, cut, step.limit)))
        step.say(message)
        said = "; ".join(part for part in (step.remark, str(error).replace("\n", "; "), cut, step.limit) if part)
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
    if _is_unknown(step, error) and not isinstance(error, CommitLost) and not step.is_held:
        said = f"{said}; nobody knows whether the statement was carried out: look at what it changes"
    return after_others(said, step.done)


def _is_unknown(step: Step, error: DatabaseError | UsageError) -> bool:
    """Somebody has to look what became of it. What waited to be kept is rolled back, but not while it is running on."""
    is_lost = isinstance(error, DatabaseError) and error.lost
    return is_lost and (step.writes or (step.is_held and bool(step.cut)))


def _pointer(statement: str, place: int) -> str:
    """The line of the statement with a mark under the place."""
    start = statement.rfind("\n", 0, place) + 1
    end = statement.find("\n", place)
    line = statement[start : end if end >= 0 else len(statement)]
    first = max(0, place - start - 60)
    return f"{line[first : first + 120]}\n{' ' * (place - start - first)}^"
