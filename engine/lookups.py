"""Commands of the front matter that propose values (`from:`): judged like any text, run beside the run's shell.

One that is proved safe runs when it is asked for; any other is shown first, and one that is dangerous never runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from . import events as e
from .danger import Memory, Verdict
from .errors import Refused
from .judging import Judging
from .model import Variable
from .sessions.probe import probe
from .variables import fill, missing, proposed_values

SECONDS = 10.0
"""A person waits for it, and a client waits three times as long for an answer."""
RECORDED_LENGTH = 8_192
"""Characters of its output that are kept in the trail."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """A command with its inputs filled in, and what it would do."""

    variable: Variable
    command: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a client is told."""

    command: str
    level: str
    why: str
    ran: bool
    """False: it has to be confirmed first, with this very command."""
    values: tuple[str, ...] = ()
    message: str = ""
    """Why there are no values."""


class Lookups:
    """The look-ups of one run."""

    def __init__(self, variables: Sequence[Variable], judging: Judging) -> None:
        self._variables = tuple(variables)
        self._judging = judging

    def find(self, name: str, values: Mapping[str, str]) -> Lookup:
        """Raises `Refused` where nothing can be looked up, `CannotFill` where a value does not fit into its command."""
        variable = next((one for one in self._variables if one.name == name), None)
        if variable is None or not variable.from_command:
            raise Refused(f"the front matter has no command that proposes values for {name}")
        if lacking := missing(variable.from_command, "shell", self._variables, values):
            raise Refused(f"what proposes values for {name} needs {', '.join(lacking)} first")
        command = fill(variable.from_command, "shell", values, self._variables).text
        # It runs in a bash that has none of the shell's functions, aliases and variables.
        verdict = self._judging.suggestion(command, Memory())
        if verdict.level == "dangerous":
            raise Refused(f"`{command}` would propose values for {name}, but it is dangerous: {verdict.why}")
        return Lookup(variable, command, verdict)

    def run(
        self, lookup: Lookup, environment: Mapping[str, str], directory: str
    ) -> tuple[e.ProbeEnded, tuple[str, ...]]:
        """What is to be recorded of it, and the values it proposes."""
        probed = probe(lookup.command, environment=environment, directory=directory, timeout=SECONDS)
        values = proposed_values(lookup.variable, probed.output) if probed.status == 0 else ()
        outcome: Literal["succeeded", "failed", "timed_out"] = "timed_out" if probed.timed_out else "succeeded"
        ended = e.ProbeEnded(
            name=lookup.variable.name,
            outcome=outcome if probed.status == 0 or probed.timed_out else "failed",
            exit_status=probed.status,
            output=probed.output.decode(errors="replace")[:RECORDED_LENGTH],
            message=probed.message or ("" if values else "it printed no value that this input takes"),
        )
        return ended, values


def begun(lookup: Lookup) -> e.ProbeStarted:
    return e.ProbeStarted(
        name=lookup.variable.name,
        command=lookup.command,
        level=lookup.verdict.level,
        why=lookup.verdict.why,
        approval="safe" if lookup.verdict.level == "safe" else "asked",
    )
