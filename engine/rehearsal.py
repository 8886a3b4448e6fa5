"""What a rehearsal takes its answers from, and what stands in for commands that look around: a recording knows what
they found then. Nothing here starts a process.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from hashlib import file_digest
from pathlib import Path

from . import events as e
from .casting import cast
from .context import compare, unknown
from .errors import OncueError, UsageError
from .guard import Guard, Place
from .judging import Judging
from .lookups import Lookup, Lookups
from .model import Expectation, Variable
from .recording import Recording, opened, read
from .trail import TrailReader
from .variables import proposed_values

COPY = "rehearsed.cast"
NOTHING_RECORDED = "a rehearsal runs no command, and the recording does not know this one"

NOT_LOOKED_AT = "a rehearsal does not look, and the recording did not"


def digest_of(path: Path) -> str:
    """In hex. `UsageError` for what cannot be read, `DocumentError` for what is no ordinary file."""
    try:
        with closing(opened(str(path))) as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UsageError(f"the recording {path} cannot be read: {error.strerror}") from error


def open_recording(rehearsal: e.Rehearsal, trail: Path, folder: Path) -> Recording | None:
    """None where there is none. A run of the trail is written down as a file in `folder`, which has to outlive it."""
    if rehearsal.run_id:
        copy = folder / COPY
        with TrailReader.open(trail) as reader, copy.open("wb") as file:
            copy.chmod(0o600)
            file.writelines(cast(reader, rehearsal.run_id))
        return read(copy)
    if not rehearsal.recording:
        return None
    if digest_of(Path(rehearsal.recording)) != rehearsal.recording_sha256:
        raise UsageError(f"the recording {rehearsal.recording} has changed since the rehearsal began")
    return read(rehearsal.recording)


class RecordedGuard(Guard):
    """Knows of the place what the recording found there; what it did not look at holds nothing up."""

    def __init__(self, expectations: Sequence[Expectation], judging: Judging, recording: Recording | None) -> None:
        super().__init__(expectations, judging)
        self._found = _found_in(recording.events if recording else ())

    def check(self, place: Place) -> tuple[e.ContextResult, ...]:  # noqa: ARG002 - the place of then counts
        return tuple(self._then(one) for one in self.expectations)

    def _then(self, expectation: Expectation) -> e.ContextResult:
        then = self._found.get(expectation.name)
        if then is None:
            return unknown(expectation, NOT_LOOKED_AT).model_copy(update={"ok": True})
        return then if then.message else compare(expectation, then.found)


class RecordedLookups(Lookups):
    """Propose what the same command printed then."""

    def __init__(self, variables: Sequence[Variable], judging: Judging, recording: Recording | None) -> None:
        super().__init__(variables, judging)
        self._ended = dict(_probes_in(recording.events if recording else ()))

    def run(
        self,
        lookup: Lookup,
        environment: Mapping[str, str],  # noqa: ARG002
        directory: str,  # noqa: ARG002
    ) -> tuple[e.ProbeEnded, tuple[str, ...]]:
        name = lookup.variable.name
        then = self._ended.get(lookup.command)
        if then is None:
            message = NOTHING_RECORDED
            return e.ProbeEnded(name=name, outcome="failed", exit_status=None, output="", message=message), ()
        values = proposed_values(lookup.variable, then.output.encode()) if then.exit_status == 0 else ()
        return then.model_copy(update={"name": name}), values


def values_in(recording: Recording) -> dict[str, str]:
    """Inputs of then, those that are known; the last word on each."""
    given = [one.event for one in recording.events if isinstance(one.event, e.VariableSet)]
    return {event.name: event.value for event in given if event.value is not None}


def _found_in(recorded: Sequence[e.Recorded]) -> dict[str, e.ContextResult]:
    checks = [one.event for one in recorded if isinstance(one.event, e.ContextChecked)]
    return {result.name: result for check in checks for result in check.results}


def _probes_in(recorded: Sequence[e.Recorded]) -> Iterator[tuple[str, e.ProbeEnded]]:
    """Command → how it ended."""
    commands: dict[str, str] = {}
    for event in (one.event for one in recorded):
        if isinstance(event, e.ProbeStarted):
            commands[event.name] = event.command
        elif isinstance(event, e.ProbeEnded) and event.name in commands:
            yield commands[event.name], event


def maybe_recording(rehearsal: e.Rehearsal, trail: Path, folder: Path) -> Recording | None:
    """For looking back: a recording that is gone or has changed compares with nothing."""
    try:
        return open_recording(rehearsal, trail, folder)
    except OncueError:
        return None
