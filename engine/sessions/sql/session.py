"""Performs SQL steps statement by statement, each on the connection of the database that the step means.

A connection is opened at first need and kept for the run, so that what one step sets is there for the next. The order
of gates before a step is not this file's business.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from ...errors import UsageError
from ..contract import Outcome, Signal, Sink, Task, TerminalMode, Waiting
from .addresses import Address, find_address
from .commands import reaction
from .grid import lines_of
from .lasting import is_control, why_lasting
from .link import DatabaseError, Dialect, Link, Result
from .memory import Memory
from .opening import open_link
from .pieces import Piece, pieces
from .question import Question
from .readings import only_reads
from .writing import CommitLost, run_held

HIDDEN = TerminalMode(echo=False)
UNCHECKED = "cannot be rolled back when they are not"
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
        with self._time_limit(task.timeout):
            try:
                self._perform(task, step)
            except (DatabaseError, UsageError) as error:
                return self._ended(step, error)
            finally:
                with self._lock:
                    self._running = self._step = None
                    self._over.set()
        return Outcome("succeeded", None, message=step.remark)

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
            if refusal := self._refusal(piece, address.dialect):
                raise UsageError(refusal)
        link, memory = self._link(address, task.directory, step)
        with self._lock:
            self._running = link
        for piece in found:
            self._stop_if_asked()
            if piece.kind == "command":
                self._command(link, piece, step)
            else:
                self._statement(link, memory, piece, step, task)

    def _refusal(self, piece: Piece, dialect: Dialect) -> str:
        if piece.kind == "command":
            return reaction(piece.text, dialect, expanded=self._expanded).refusal
        return piece.refusal

    def _command(self, link: Link, piece: Piece, step: Step) -> None:
        reacted = reaction(piece.text, link.dialect, expanded=self._expanded)
        if reacted.expanded is not None:
            self._expanded = reacted.expanded
        if reacted.said:
            step.say(reacted.said)
        for query in reacted.queries:
            self._show(link.ask(query, reacted.values), step, to_the_end=False)

    def _statement(self, link: Link, memory: Memory, piece: Piece, step: Step, task: Task) -> None:
        reads = only_reads(piece.text, link.dialect)
        step.statement, step.writes = piece.text, not reads

        def perform() -> int | None:
            return self._show(link.run(piece.text), step, to_the_end=not reads, expanded=piece.expanded)

        if reads or not self._is_held(link, piece, step, task):
            perform()
        else:
            step.writes = False  # until COMMIT is sent nothing is kept
            run_held(link, perform, step.say, expect_rows=task.expect_rows, decide=task.decide)
        memory.learn(piece.text)
        memory.in_transaction = link.in_transaction
        step.done += 1

    def _is_held(self, link: Link, piece: Piece, step: Step, task: Task) -> bool:
        """Whether a writing statement gets a transaction of its own, with what speaks against it said."""
        if (task.decide is None and task.expect_rows is None) or is_control(piece.text):
            return False
        why = why_lasting(piece.text, link.dialect)
        if link.in_transaction:
            why = "it belongs to the transaction that the runbook has opened, and is kept with it"
        if why and task.expect_rows is not None:
            raise DatabaseError(f"not run: its rows are expected to be {task.expect_rows}, and it {UNCHECKED}: {why}")
        if why:
            step.say(f"not held for an answer: {why}")
        return not why

    def _show(self, result: Result, step: Step, *, to_the_end: bool, expanded: bool = False) -> int | None:
        """Answers how many rows were affected, as far as that is counted."""
        one: Result | None = result
        affected: int | None = None
        try:
            while one is not None:
                if one.columns is not None:
                    for line in lines_of(one, to_the_end=to_the_end, expanded=expanded or self._expanded):
                        step.say(line)
                elif one.affected is not None:
                    step.say(f"{one.affected} row(s) affected")
                affected = one.affected if affected is None else affected
                one = one.more()
        finally:
            result.close()
        return affected

    # Connections.

    def _link(self, address: Address, directory: str, step: Step) -> tuple[Link, Memory]:
        """The database's connection, which is opened again when it has gone meanwhile."""
        key = (address.url, directory if address.dialect == "sqlite" else "")
        memory = self._memories.setdefault(key, Memory())
        link = self._links.get(key)
        if link is not None and not link.is_alive():
            self._links.pop(key).close()
            link = None
        if link is None:
            link = self._links[key] = open_link(
                address, directory, read_only=self._read_only, say=self._say, ask=self._ask
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

    @contextmanager
    def _time_limit(self, seconds: float | None) -> Iterator[None]:
        if seconds is None:
            yield
            return
        timer = threading.Timer(seconds, self._run_out)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _run_out(self) -> None:
        with self._lock:
            self._timed_out = True
            link = self._running
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
        step.say(message)
        said = "; ".join(part for part in (step.remark, str(error).replace("\n", "; ")) if part)
        if isinstance(error, DatabaseError) and error.lost:
            if isinstance(error, CommitLost):
                return Outcome("lost", None, message=said)
            if step.writes:
                said = f"{said}; nobody knows whether the statement was carried out: look at what it changes"
                return Outcome("lost", None, message=said)
            return Outcome("interrupted" if self._interrupts else "failed", None, message=said)
        if self._timed_out:
            return Outcome("timed_out", None, message=said)
        return Outcome("interrupted" if self._interrupts else "failed", None, message=said)


class Step:
    """What a step has said and done so far."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._mode = TerminalMode()
        self.statement = ""
        self.writes = False
        self.done = 0
        """Statements carried out."""
        self.remark = ""
        """What has to stand in the trail whatever comes of it."""

    def say(self, line: str) -> None:
        self._sink(f"{line}\n".encode(errors="replace"), self._mode)

    def ask(self, text: str) -> None:
        self._sink(text.encode(errors="replace"), HIDDEN)


def _pointer(statement: str, place: int) -> str:
    """The line of the statement with a mark under the place."""
    start = statement.rfind("\n", 0, place) + 1
    end = statement.find("\n", place)
    line = statement[start : end if end >= 0 else len(statement)]
    first = max(0, place - start - 60)
    return f"{line[first : first + 120]}\n{' ' * (place - start - first)}^"
