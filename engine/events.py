"""What happened in a run: frozen, told apart by `kind`, a closed union.

Events are the only truth. They carry everything a reader needs (the plan, the exact text, the outcome) and no
clock, operator or place: those are in the `Stamp` that goes with each stored event, see `Recorded`. A name is a
past participle; a field that is not obvious is described under it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from .levels import Level

StepOutcome = Literal["succeeded", "failed", "interrupted", "timed_out", "lost"]
"""`lost`: the session went away and nobody can know how the step ended."""
Settlement = Literal["worked", "did_not_work", "run_again"]
CommitDecision = Literal["commit", "roll_back"]
CommitReason = Literal["operator", "time", "absence", "interrupt"]
"""Who decided: somebody at the keyboard · nobody did in time · nobody was there any more · the step was interrupted
meanwhile."""
RunOutcome = Literal["done", "failed", "abandoned", "rehearsed", "unknown"]
"""`rehearsed`: what would be done, had it been real."""
Mode = Literal["live", "probe", "sandbox", "rehearsal"]
"""What a run is: the real thing · only what is proved safe runs · shell steps run where they reach nothing real ·
nothing runs, a recording answers in its place."""
Fault = Literal["fail", "hang", "slow", "garbage", "lost-connection"]
"""What a rehearsal lets go wrong: it ends with an error half way · it goes on until it is interrupted · it takes its
time · its output is unreadable · its session goes away half way."""
Passing = Literal["free", "given", "unanswered", "detached"]
"""Why the keyboard passed: nobody held it · its holder gave it · did not answer in time · went away."""
Approval = Literal["asked", "confirmed", "typed", "yes_flag", "approve_flag", "sandboxed"]
"""How a step was let run: shown and started · confirmed by its own key · its target typed · `--yes` · `--approve` ·
nobody asked, because it runs in a sandbox."""


class Said(BaseModel):
    """Base of everything that is said and kept."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True, allow_inf_nan=False)


class PlannedItem(Said):
    id: str
    text: str
    line: int


class PlannedStep(Said):
    """A step as the run's plan froze it, so that a trail is readable without its document's grammar."""

    id: str
    kind: Literal["shell", "sql", "manual", "template"]
    title: str
    section: tuple[str, ...]
    lines: tuple[int, int]
    items: tuple[PlannedItem, ...] = ()
    options: tuple[str, ...] = ()
    """Walked only when each of these options has been chosen."""
    broken: str | None = None


class PlannedOption(Said):
    id: str
    label: str


class PlannedChoice(Said):
    id: str
    title: str
    options: tuple[PlannedOption, ...]


class Rerun(Said):
    """The run whose steps are executed again."""

    run_id: str
    edits: Mapping[str, str] = Field(default_factory=dict)
    """Step → what its operator made of its text then: offered again, and taken only when somebody takes it."""


class Injection(Said):
    """One thing that goes wrong, at a step's first start that nothing else has gone wrong at."""

    fault: Fault
    step_id: str
    factor: float = 10.0
    """How many times as long a slow step takes."""


class Answer(Said):
    """What a step does by the words of a scenario, which come before those of a recording."""

    step_id: str
    output: str = ""
    exit_status: int = 0
    seconds: float = 0.0


class Rehearsal(Said):
    """What answers in place of a shell and a database."""

    recording: str = ""
    """Absolute path of its file; empty where there is none."""
    recording_sha256: str = ""
    run_id: str = ""
    """A run of the same trail in place of a file."""
    scenario: str = ""
    """Absolute path of the file that described it; empty for none."""
    answers: tuple[Answer, ...] = ()
    """Several of one step answer its starts in this order, the last one all further ones."""
    injections: tuple[Injection, ...] = ()
    speed: float = 1.0
    """How many times as fast as it was; 0 lets no time pass at all."""
    strict: bool = False
    """What nothing answers fails, and nobody is asked."""


class RunStarted(Said):
    kind: Literal["run_started"] = "run_started"
    title: str
    path: str
    document_sha256: str
    version: str
    """Oncue's own version."""
    mode: Mode = "live"
    rerun: Rerun | None = None
    rehearsal: Rehearsal | None = None
    """In a rehearsal only."""
    section: tuple[str, ...] = ()
    """Path of the section to walk; empty for the whole document."""
    incident: str | None = None
    plan: tuple[PlannedStep, ...]
    choices: tuple[PlannedChoice, ...] = ()
    shell_name: str
    directory: str
    columns: int
    rows: int
    environment_names: tuple[str, ...] = ()
    """Names only: values may be secret."""
    environment: str = ""
    """What the place is called that the run works in, such as `production`; empty where nobody said."""
    config: tuple[str, ...] = ()
    """Settings in force that are not built in: the files with their digests, then one line for each."""
    databases: Mapping[str, str] = Field(default_factory=dict)
    """Those that the command line named, as URLs with `***` for each secret."""


class RunResumed(Said):
    kind: Literal["run_resumed"] = "run_resumed"
    document_changed: bool
    """The file on disk differs from the frozen copy; the frozen copy is what runs."""
    not_restored: tuple[str, ...] = ()
    """What the new shell lacks, in words."""
    config: tuple[str, ...] = ()
    """As in `RunStarted`: from here on these settings are in force."""


class RunLeft(Said):
    """The host ends; the run stays open and can be resumed."""

    kind: Literal["run_left"] = "run_left"
    reason: str


class RunEnded(Said):
    kind: Literal["run_ended"] = "run_ended"
    outcome: RunOutcome
    reason: str = ""


class OperatorAttached(Said):
    kind: Literal["operator_attached"] = "operator_attached"
    client: str
    """`plain`, `cockpit`, …"""
    client_id: int = 0
    """Counts the run's clients from 1, whichever host they came to; 0 in a record that does not tell them apart."""
    keyboard: bool = False
    """Nobody held the keyboard, so the newcomer does."""


class OperatorDetached(Said):
    kind: Literal["operator_detached"] = "operator_detached"
    client: str
    reason: str
    client_id: int = 0


class KeyboardWanted(Said):
    """A client that watches asks the one that holds the keyboard for it."""

    kind: Literal["keyboard_wanted"] = "keyboard_wanted"
    client_id: int


class KeyboardPassed(Said):
    kind: Literal["keyboard_passed"] = "keyboard_passed"
    from_id: int | None
    """None when nobody held it."""
    to_id: int
    reason: Passing


class KeyboardKept(Said):
    """Its holder gives it to none of those who have asked so far."""

    kind: Literal["keyboard_kept"] = "keyboard_kept"
    client_id: int


class VariableSet(Said):
    kind: Literal["variable_set"] = "variable_set"
    name: str
    value: str | None
    """None when the variable is secret: the value is never kept."""
    secret: bool = False
    source: str = ""
    """Where the value came from, in words: `--var`, `prod.env:3`, `$ONCUE_VAR_host`, `default`, `typed`."""


class ProbeStarted(Said):
    """A command of the front matter is run to propose values for an input. Durable before it runs."""

    kind: Literal["probe_started"] = "probe_started"
    name: str
    """Of the input."""
    command: str
    level: Level
    why: str = ""
    approval: Literal["safe", "asked"]
    """`asked`: the operator was shown the command and let it run."""


class ProbeEnded(Said):
    kind: Literal["probe_ended"] = "probe_ended"
    name: str
    outcome: Literal["succeeded", "failed", "timed_out"]
    exit_status: int | None
    output: str
    """Standard output, its beginning only when it is long."""
    message: str = ""
    """Why it proposes nothing, for the operator."""


class ContextResult(Said):
    """One thing the runbook expects of the place it works in, and what was found there."""

    name: str
    command: str = ""
    """What found it out; empty where nothing had to run."""
    wanted: tuple[str, ...]
    found: str
    """Its beginning only when it is long."""
    ok: bool
    message: str = ""
    """Why it is not known; empty when it is."""


class ContextChecked(Said):
    """Whether the run works where its runbook expects. Durable before the step it was checked for may start."""

    kind: Literal["context_checked"] = "context_checked"
    results: tuple[ContextResult, ...]
    step_id: str | None = None
    """None when it was looked at for the operator."""


class OptionChosen(Said):
    kind: Literal["option_chosen"] = "option_chosen"
    choice_id: str
    option_id: str


class StepSelected(Said):
    """The operator moved to another step (back, jump)."""

    kind: Literal["step_selected"] = "step_selected"
    step_id: str


class ItemTicked(Said):
    kind: Literal["item_ticked"] = "item_ticked"
    item_id: str


class ItemUnticked(Said):
    kind: Literal["item_unticked"] = "item_unticked"
    item_id: str


class ItemWaived(Said):
    kind: Literal["item_waived"] = "item_waived"
    item_id: str
    reason: str


class StepEdited(Said):
    kind: Literal["step_edited"] = "step_edited"
    step_id: str
    before: str
    """The text that stood there: the document's, or the last edit."""
    after: str


class StepStarted(Said):
    """Intent: durable before the session sees a byte."""

    kind: Literal["step_started"] = "step_started"
    step_id: str
    attempt: int
    """Counts every start in the run from 1; names this attempt's output."""
    session: Literal["shell", "sql"]
    text: str
    """Exactly what the session is given."""
    suggestion: bool = False
    """A command the step's words mention ran, not the step itself: whatever its outcome, the step stands as before."""
    dry_run: bool = False
    """The text only shows what the step would do; the step stands as before here too."""
    closing: bool = False
    """The text ends a transaction that steps have left open; the step stands as before here too."""
    level: Level = "unknown"
    category: str = ""
    rule: str = ""
    """Id of the rule that decided."""
    why: str = ""
    """The verdict's reason."""
    target: str = ""
    """What was going to be hit, as it was shown."""
    endless: str = ""
    """How it is ended, where it does not end by itself: then its operator's interrupt is its success."""
    database: str = ""
    """Where its statements go, as it was shown: name, user, server, database."""
    approval: Approval = "asked"
    typed: str = ""
    """What was typed for the target, or given for it by `--approve`."""
    hold: bool = False
    """What a writing statement did is shown before it is committed; otherwise it commits by itself."""


class CommitAsked(Said):
    """A writing statement of the attempt has run, and its transaction is open: somebody decides."""

    kind: Literal["commit_asked"] = "commit_asked"
    attempt: int
    question: int
    """Of the attempt's questions, counted from 1: an answer to one is no answer to the next."""
    statement: str
    """Its beginning, on one line."""
    rows: int | None
    """Affected, as far as the database counts them."""
    seconds: float
    """Without an answer for so long it is rolled back."""


class CommitAnswered(Said):
    """Intent: durable before the database is told."""

    kind: Literal["commit_answered"] = "commit_answered"
    attempt: int
    question: int
    decision: CommitDecision
    reason: CommitReason


class RowsFetched(Said):
    """A result of a reading statement, as values: what its output shows as a table. A bounded part of it."""

    kind: Literal["rows_fetched"] = "rows_fetched"
    attempt: int
    statement: int
    """Which of the attempt's statements, counted from 1; a procedure answers several results."""
    columns: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[str | None, ...], ...]
    """None is NULL. Bytes that are no text are hexadecimal."""
    more: int = 0
    """Rows that the server had besides."""
    more_is_exact: bool = True
    """False: it had at least so many."""
    cut: int = 0
    """Cells of which only the beginning is here."""


class ConnectionChanged(Said):
    """What a SQL step leaves on the connection to its database. All of it is gone when the connection is."""

    kind: Literal["connection_changed"] = "connection_changed"
    attempt: int
    database: str
    """As the run calls it, or where it is; without its password."""
    transaction: int = 0
    """The runbook's own that is open now; another one on the same connection has another number. 0 for none."""
    undone: str = ""
    """Why nothing is kept of the one that was open before; empty where the runbook itself has ended it."""
    settings: tuple[str, ...] = ()
    """Statements that have set something for as long as the connection lasts."""


class FileChange(Said):
    """What a step that ran in a sandbox would have done to a file."""

    change: Literal["created", "changed", "deleted"]
    path: str


class StepEnded(Said):
    """Its presence with matching totals is the mark that the attempt's output is complete."""

    kind: Literal["step_ended"] = "step_ended"
    step_id: str
    attempt: int
    outcome: StepOutcome
    exit_status: int | None
    """As the shell reports it (128 + n for signal n); None when there is none."""
    duration_ns: int
    """Monotonic, from the intent's commit to the end."""
    output_bytes: int
    output_head: str
    """Hex head of the attempt's chunk chain; the digest of nothing when there was no output."""
    redactions: Mapping[str, int] = Field(default_factory=dict)
    """Name of a secret → how often its mask stands in the output."""
    directory: str = ""
    """The shell's working directory afterwards."""
    children: tuple[int, ...] = ()
    """Process ids the step left running."""
    message: str = ""
    """What the session has to say about the end, for the operator."""
    changes: tuple[FileChange, ...] = ()
    """In a sandbox only."""
    more_changes: int = 0
    """Those that were too many to be told."""


class StepUnknown(Said):
    """The step started and has no end: its host died. Nobody may guess."""

    kind: Literal["step_unknown"] = "step_unknown"
    step_id: str
    attempt: int
    output_bytes: int
    """What was recorded before the host died."""


class StepSettled(Said):
    kind: Literal["step_settled"] = "step_settled"
    step_id: str
    attempt: int
    settlement: Settlement
    reason: str = ""


class StepSkipped(Said):
    kind: Literal["step_skipped"] = "step_skipped"
    step_id: str
    reason: str


class StepDone(Said):
    """Done by hand: a manual step, or a runnable one the operator did elsewhere."""

    kind: Literal["step_done"] = "step_done"
    step_id: str
    note: str = ""


class Noted(Said):
    kind: Literal["noted"] = "noted"
    text: str
    step_id: str | None = None


class InterruptSent(Said):
    kind: Literal["interrupt_sent"] = "interrupt_sent"
    attempt: int
    signal: Literal["INT", "TERM", "KILL"]
    reason: Literal["operator", "timeout", "recording_failed", "host_stopping"] = "operator"


class InputSent(Said):
    """What the operator typed into a running step, one event per line or burst."""

    kind: Literal["input_sent"] = "input_sent"
    attempt: int
    n_bytes: int
    text: str | None
    """None while the terminal's echo was off: such input is never kept."""
    after_bytes: int | None = None
    """Output of the attempt before its first key, so that what answers it stands behind it although it was printed
    before this was recorded. None in a record that does not tell."""


class ShellRestarted(Said):
    kind: Literal["shell_restarted"] = "shell_restarted"
    reason: str
    restored: tuple[str, ...]
    lost: tuple[str, ...]


class TerminalResized(Said):
    kind: Literal["terminal_resized"] = "terminal_resized"
    columns: int
    rows: int


class RecordingFailed(Said):
    """The closing record of a run whose trail could not be written any more."""

    kind: Literal["recording_failed"] = "recording_failed"
    reason: str


Event = Annotated[
    RunStarted
    | RunResumed
    | RunLeft
    | RunEnded
    | OperatorAttached
    | OperatorDetached
    | KeyboardWanted
    | KeyboardPassed
    | KeyboardKept
    | VariableSet
    | ProbeStarted
    | ProbeEnded
    | ContextChecked
    | OptionChosen
    | StepSelected
    | ItemTicked
    | ItemUnticked
    | ItemWaived
    | StepEdited
    | StepStarted
    | StepEnded
    | CommitAsked
    | CommitAnswered
    | RowsFetched
    | ConnectionChanged
    | StepUnknown
    | StepSettled
    | StepSkipped
    | StepDone
    | Noted
    | InterruptSent
    | InputSent
    | ShellRestarted
    | TerminalResized
    | RecordingFailed,
    Field(discriminator="kind"),
]


class Actor(Said):
    """Who, from where: the part of a stamp that stays the same for one client."""

    login: str
    uid: int
    euid: int
    sudo_user: str | None = None
    host: str
    tty: str | None = None
    ssh_client: str | None = None
    """Address from SSH_CONNECTION."""
    pid: int


class Stamp(Said):
    """When and who. `at` is UTC with microseconds; order comes from `seq`, durations from `mono_ns`."""

    at: datetime
    mono_ns: int
    boot_id: str
    actor: Actor


class Recorded(Said):
    """An event as it stands in the trail. `seq` counts the run's events from 1 without a gap."""

    run_id: str
    seq: int
    stamp: Stamp
    event: Event


@cache
def event_adapter() -> TypeAdapter[Event]:
    """The union's validator; built at first use because building costs tens of milliseconds."""
    return TypeAdapter(Event)
