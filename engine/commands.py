"""What can be asked of a run. `Command` comes from an operator through a client, `Report` from the runner itself.

Both are values that `machine.decide` answers with events or refuses; neither says anything about who asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from .events import (
    Approval,
    CommitDecision,
    CommitReason,
    ConnectionChanged,
    ContextChecked,
    FileChange,
    ProbeEnded,
    ProbeStarted,
    RowsFetched,
    RunResumed,
    RunStarted,
    Said,
    Settlement,
    ShellRestarted,
    StepOutcome,
)


class SetVariable(Said):
    do: Literal["set_variable"] = "set_variable"
    name: str
    value: str
    secret: bool = False
    source: str = "typed"


class Choose(Said):
    do: Literal["choose"] = "choose"
    choice_id: str
    option_id: str


class Select(Said):
    """Move to another step: back, or a jump."""

    do: Literal["select"] = "select"
    step_id: str


class Tick(Said):
    do: Literal["tick"] = "tick"
    item_id: str


class Untick(Said):
    do: Literal["untick"] = "untick"
    item_id: str


class Waive(Said):
    do: Literal["waive"] = "waive"
    item_id: str
    reason: str


class Edit(Said):
    do: Literal["edit"] = "edit"
    step_id: str
    text: str


class Start(Said):
    do: Literal["start"] = "start"
    step_id: str
    text: str
    """The final text the operator was shown. The runner refuses when it is no longer what would run."""
    again: bool = False
    """Needed for a step that already succeeded in this run, or ran in another run of the incident."""
    suggestion: bool = False
    """The text is a command the step's words mention, not the step itself."""
    dry_run: bool = False
    """The text is the verdict's dry run, not the step itself."""
    closing: bool = False
    """The text is `COMMIT` or `ROLLBACK`, for the transaction that is open on the step's database."""
    approval: Approval = "asked"
    """What the verdict's level wants is in `machine.GATES`."""
    typed: str = ""
    """The target, where it has to be typed."""
    hold: bool = False
    """Whoever starts it will answer `commit` or `roll_back` once a writing statement has run."""


class Commit(Said):
    """Keep what the statement has done that waits for it: `RunState.asked` has both numbers. Whoever answers has seen
    that question, so an answer to an earlier one is refused."""

    do: Literal["commit"] = "commit"
    attempt: int
    question: int


class RollBack(Said):
    do: Literal["roll_back"] = "roll_back"
    attempt: int
    question: int


class Skip(Said):
    do: Literal["skip"] = "skip"
    step_id: str
    reason: str


class MarkDone(Said):
    do: Literal["mark_done"] = "mark_done"
    step_id: str
    note: str = ""


class Note(Said):
    do: Literal["note"] = "note"
    text: str
    step_id: str | None = None


class Interrupt(Said):
    """The next harder signal to the running step: INT, TERM, KILL."""

    do: Literal["interrupt"] = "interrupt"


class Settle(Said):
    do: Literal["settle"] = "settle"
    step_id: str
    settlement: Settlement
    reason: str = ""


class Resize(Said):
    do: Literal["resize"] = "resize"
    columns: Annotated[int, Field(ge=1, le=10_000)]
    rows: Annotated[int, Field(ge=1, le=10_000)]


class Leave(Said):
    """End the host and keep the run open."""

    do: Literal["leave"] = "leave"
    reason: str


class End(Said):
    do: Literal["end"] = "end"
    reason: str = ""


class TakeKeyboard(Said):
    """Ask for the keyboard; at once when nobody holds it."""

    do: Literal["take_keyboard"] = "take_keyboard"


class GiveKeyboard(Said):
    do: Literal["give_keyboard"] = "give_keyboard"
    to_id: int | None = None
    """None for whoever asked first."""


class KeepKeyboard(Said):
    """Refuse those who have asked for it."""

    do: Literal["keep_keyboard"] = "keep_keyboard"


class Begin(Said):
    do: Literal["begin"] = "begin"
    started: RunStarted


class Resume(Said):
    do: Literal["resume"] = "resume"
    resumed: RunResumed
    recovered_bytes: int = 0
    """Output stored for an attempt that has no end."""


class Attach(Said):
    do: Literal["attach"] = "attach"
    client: str


class Detach(Said):
    do: Literal["detach"] = "detach"
    client: str
    reason: str
    client_id: int = 0


class PassKeyboard(Said):
    """Its holder has not answered for too long."""

    do: Literal["pass_keyboard"] = "pass_keyboard"
    to_id: int


class ReportSignal(Said):
    do: Literal["report_signal"] = "report_signal"
    signal: Literal["INT", "TERM", "KILL"]
    reason: Literal["operator", "timeout", "recording_failed", "host_stopping"]


class ReportInput(Said):
    do: Literal["report_input"] = "report_input"
    n_bytes: int
    text: str | None
    after_bytes: int | None = None


class BeginProbe(Said):
    """A look-up for an input is about to run."""

    do: Literal["begin_probe"] = "begin_probe"
    started: ProbeStarted


class EndProbe(Said):
    do: Literal["end_probe"] = "end_probe"
    ended: ProbeEnded


class ReportContext(Said):
    do: Literal["report_context"] = "report_context"
    checked: ContextChecked


class AskCommit(Said):
    do: Literal["ask_commit"] = "ask_commit"
    statement: str
    rows: int | None
    seconds: float


class AnswerCommit(Said):
    """Nobody has answered, or the step was interrupted."""

    do: Literal["answer_commit"] = "answer_commit"
    decision: CommitDecision
    reason: CommitReason


class Conclude(Said):
    """The session is done with the running attempt."""

    do: Literal["conclude"] = "conclude"
    outcome: StepOutcome
    exit_status: int | None
    duration_ns: int
    output_bytes: int
    output_head: str
    redactions: Mapping[str, int] = Field(default_factory=dict)
    directory: str = ""
    children: tuple[int, ...] = ()
    message: str = ""
    changes: tuple[FileChange, ...] = ()
    more_changes: int = 0
    restarted: ShellRestarted | None = None
    fetched: tuple[RowsFetched, ...] = ()
    connection: ConnectionChanged | None = None


Command = Annotated[
    SetVariable
    | Choose
    | Select
    | Tick
    | Untick
    | Waive
    | Edit
    | Start
    | Commit
    | RollBack
    | Skip
    | MarkDone
    | Note
    | Interrupt
    | Settle
    | Resize
    | TakeKeyboard
    | GiveKeyboard
    | KeepKeyboard
    | Leave
    | End,
    Field(discriminator="do"),
]
Report = (
    Begin
    | Resume
    | Attach
    | Detach
    | PassKeyboard
    | ReportSignal
    | ReportInput
    | BeginProbe
    | EndProbe
    | ReportContext
    | AskCommit
    | AnswerCommit
    | Conclude
)
AnyCommand = Command | Report


@cache
def command_adapter() -> TypeAdapter[Command]:
    """The validator of what a client may send; reports are not among it."""
    return TypeAdapter(Command)
