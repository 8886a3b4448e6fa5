"""What the runner asks of a session. Live, dry-run and rehearsal differ by the session handed over, nothing else.

`run` blocks the calling thread until the step is over; every other method may be called from another thread
while it does. A session never decides whether something may run and never writes to the trail.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

from ..events import CommitDecision, FileChange, ShellRestarted, StepOutcome
from ..limits import Limits

Sink = Callable[[bytes, "TerminalMode"], None]
"""Takes output exactly as read, never empty. An exception it raises stops the step and comes out of `run`."""


Signal = Literal["INT", "TERM", "KILL"]


@dataclass(frozen=True, slots=True)
class TerminalMode:
    """How the step has set its terminal, sampled with the read."""

    echo: bool = True
    canonical: bool = True
    """Line by line. Off in editors, pagers and line-editing prompts."""
    alternate_screen: bool = False


@dataclass(frozen=True, slots=True)
class Uncommitted:
    """What a statement has done in a transaction that is still open."""

    statement: str
    """Its beginning, on one line."""
    rows: int | None
    """Affected, as far as the database counts them."""


Decide = Callable[[Uncommitted], CommitDecision]
"""Blocks until somebody, or the time that is over, has decided. The answer is in the trail when it returns."""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to perform. `text` is final: substituted, edited, judged, and already in the trail."""

    text: str
    title: str = ""
    step_id: str = ""
    """Empty for what runs beside a step: its dry run, a command its words mention."""
    script: bool = False
    """Has a shebang: written to a file and run whole, as a child of the session."""
    database: str | None = None
    """Name or URL for a SQL step; None for the only or default one."""
    timeout: float | None = None
    """Seconds, or None for no limit."""
    limits: Limits | None = None
    """For each of a SQL step's statements; None for what is built in."""
    directory: str = ""
    """The shell's working directory, against which a database's relative path is resolved; empty for shell steps."""
    expect_rows: int | None = None
    """How many rows a writing statement has to affect; another count is rolled back."""
    decide: Decide | None = None
    """Asked before a writing statement is committed; None for one that commits by itself."""
    exports: tuple[tuple[str, str], ...] = ()
    """Names and values put into the shell's environment before the text runs; never part of the text."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A result as values, as `events.RowsFetched` says it: a bounded part of what the server had."""

    statement: int
    columns: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[str | None, ...], ...]
    more: int = 0
    more_is_exact: bool = True
    cut: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """What a step leaves on the connection to its database, as `events.ConnectionChanged` says it."""

    database: str
    transaction: int
    undone: str
    settings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a task ended. Returned, not raised: a failed step is an ordinary result."""

    status: StepOutcome
    exit_status: int | None
    directory: str = ""
    children: tuple[int, ...] = ()
    message: str = ""
    changes: tuple[FileChange, ...] = ()
    """What it would have done to which file, where it ran in a sandbox; the first ones of very many."""
    more_changes: int = 0
    fetched: tuple[Fetched, ...] = ()
    """What its statements read."""
    standing: Standing | None = None
    """What is new about the connection it ran on."""
    restarted: ShellRestarted | None = None
    """Set when the step ended the shell and a new one was started in its place."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The step is blocked reading its terminal, or has switched echo off."""

    last_line: str
    """Text after the last newline of the output, undecoded bytes replaced."""
    blocked: bool = True
    """A process is blocked reading; False when only echo is off, which a step that reads nothing may do too."""
    mode: TerminalMode = field(default_factory=TerminalMode)


@runtime_checkable
class Delayed(Protocol):
    """A session whose steps may have to wait for somebody else's."""

    def waits_for(self) -> str:
        """What the running step waits for and who is in its way, as far as somebody has looked; empty for nothing."""
        ...


@runtime_checkable
class Exporting(Protocol):
    """A session with an environment that its steps change."""

    def exported(self) -> Mapping[str, str]:
        """The environment a program would get, as it was when the last step was over. Raises `Refused` when that is
        not known."""
        ...


@runtime_checkable
class Holding(Protocol):
    """A session with variables that its steps set."""

    def held(self) -> Mapping[str, str | None]:
        """What the watched ones hold between two steps; None for what is not set. Raises `Refused` when that is not
        known."""
        ...


class Session(Protocol):
    def run(self, task: Task, sink: Sink) -> Outcome: ...

    def interrupt(self) -> Signal:
        """The next harder signal for the running step: `INT`, then `TERM`, then `KILL`. Answers which was sent."""
        ...

    def write(self, data: bytes) -> bool:
        """Type into the running step. Answers whether echo was on, that is, whether the bytes may be recorded."""
        ...

    def waiting(self) -> Waiting | None: ...

    def resize(self, columns: int, rows: int) -> None: ...

    def close(self) -> None:
        """End the session and everything it still runs in the foreground. Idempotent."""
        ...
