"""The context guard: finds out whether a run works where its runbook expects.

Its commands come from the document, so that only those run which are proved safe; they run beside the run's shell, with
the environment and the directory that its next step will have.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from .context import compare, of_database, unknown
from .danger import Memory
from .errors import OncueError
from .events import ContextResult
from .judging import Judging
from .model import NOTHING, Expectation
from .sessions.probe import OUTPUT_LIMIT, probe

AT_ONCE = 8
MOVED_ON = "the run has moved on while its context was checked; try again"
LONGEST_SECONDS = 20.0
"""Of all the commands together, whatever is configured: a client waits half as long again for an answer."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the next step would run."""

    environment: Mapping[str, str]
    directory: str
    n_attempts: int = 0
    """Starts of the run so far: what ran in between may have changed more than the environment."""


class Looked(NamedTuple):
    """What came of a check, and where."""

    place: Place
    objection: str
    """Why nothing that is not safe may run there, in one sentence; empty when all is as expected."""


def judged(expectations: Sequence[Expectation], judging: Judging) -> tuple[Expectation, ...]:
    """One whose command is not proved safe has a `problem` for it."""
    return tuple(_judged(one, judging) for one in expectations)


def _judged(expectation: Expectation, judging: Judging) -> Expectation:
    if expectation.problem or not expectation.command:
        return expectation
    # It runs in a bash that has none of the shell's functions, aliases and variables.
    verdict = judging.suggestion(expectation.command, Memory())
    if verdict.level == "safe" and verdict.category != "local_scratch":
        return expectation
    problem = f"`{expectation.command}` is not run, because it is not proved safe: {verdict.level}, {verdict.why}"
    return replace(expectation, problem=problem)


class Guard:
    """Of one run. `seconds` are for all commands together, which run at the same time."""

    def __init__(
        self,
        expectations: Sequence[Expectation] = (),
        judging: Judging | None = None,
        *,
        databases: Mapping[str, str] = NOTHING,
        seconds: float = 5.0,
    ) -> None:
        self.expectations = tuple(expectations)
        self._judging = judging or Judging()
        self._judged: tuple[Expectation, ...] = ()
        """Empty before the first check: judging brings the grammars, which no run waits for at its start."""
        self._databases = databases
        self._seconds = min(seconds, LONGEST_SECONDS)

    def check(self, place: Place) -> tuple[ContextResult, ...]:
        """One result for each expectation, in order. Never raises for what is found."""
        from concurrent.futures import ThreadPoolExecutor  # only runs that expect something pay for it

        self._judged = self._judged or judged(self.expectations, self._judging)
        deadline = time.monotonic() + self._seconds
        with ThreadPoolExecutor(AT_ONCE, "context") as pool:
            return tuple(pool.map(lambda one: self._find(one, place, deadline), self._judged))

    def _find(self, expectation: Expectation, place: Place, deadline: float) -> ContextResult:
        if expectation.problem:
            return unknown(expectation, expectation.problem)
        try:
            if expectation.database:
                return of_database(expectation, self._databases, place.directory)
            return self._ask(expectation, place, deadline - time.monotonic())
        except (OncueError, OSError, ValueError) as error:
            return unknown(expectation, str(error))

    def _ask(self, expectation: Expectation, place: Place, seconds: float) -> ContextResult:
        if seconds <= 0:
            return unknown(expectation, f"the {self._seconds:g} seconds for all of them were over")
        probed = probe(expectation.command, environment=place.environment, directory=place.directory, timeout=seconds)
        output = probed.output.decode(errors="backslashreplace")
        if probed.timed_out:
            return unknown(expectation, f"`{expectation.command}` was not done after {self._seconds:g} seconds")
        if probed.status != 0:
            return unknown(expectation, probed.message, output)
        if len(probed.output) >= OUTPUT_LIMIT:
            return unknown(expectation, "it printed more than can be compared", output)
        return compare(expectation, output)
