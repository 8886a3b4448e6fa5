"""`oncue rehearse`: a runbook walked through every gate, with a recording in place of the shell and the databases."""

from __future__ import annotations

import argparse
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from math import isfinite
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..errors import DocumentError, OncueError, UsageError
from ..events import Answer, Injection, Rehearsal, RunStarted
from ..launch import HostProcess
from ..masking import holds_mask
from ..model import Runbook, Step, Variable
from ..recording import RecordedStep, Recording
from ..rehearsal import digest_of, open_recording, values_in
from ..scenario import NamedFault, Scenario, Told, Turn, fault_of, load
from ..trail import TrailReader
from ..variables import CannotFill, check, find
from . import document
from .approvals import RUNNING, named_step
from .giving import DEFAULT, Gift, Given
from .opening import NewRun, gift_of
from .trails import trail_of

Arguments = argparse.Namespace
WARNINGS_SHOWN = 5
"""Of a recording; with more of them nobody reads what stands below."""
NAMES_SHOWN = 8
"""Of steps in one sentence."""


def rehearse(arguments: Arguments, host: HostProcess) -> int:
    from .walking import begin

    return begin(arguments, Rehearsing(arguments, host))


class Rehearsing(NewRun):
    """Of a document, with what stands in for everything real."""

    def __init__(self, arguments: Arguments, host: HostProcess | None = None) -> None:
        super().__init__(arguments, host, mode="rehearsal")
        if arguments.scenario == "":
            raise UsageError("--scenario: name a file")
        self.scenario = load(arguments.scenario) if arguments.scenario is not None else None
        self._recording: Recording | None = None
        self.rehearsal = Rehearsal()

    def read(self) -> Runbook:
        runbook = super().read()
        self.rehearsal = self.rehearsal.model_copy(
            update={"answers": self._answers(runbook), "injections": self._injections(runbook)}
        )
        return runbook

    def remarks(self) -> Iterator[str]:
        yield f"A rehearsal: nothing real is touched. {self._what_answers()}"
        if self.scenario is not None and not self._is_of(self.scenario):
            yield f"{self.scenario.path} was written for {self.scenario.runbook}"
        if faults := len(self.rehearsal.injections):
            yield f"{faults} thing{'s' * (faults != 1)} will go wrong on purpose."
        if self._recording is not None:
            warnings = list(self._recording.warnings)
            yield from warnings[:WARNINGS_SHOWN]
            if len(warnings) > WARNINGS_SHOWN:
                yield f"and {len(warnings) - WARNINGS_SHOWN} more such lines in the recording"
            yield from self._about(self._recording)
        yield from super().remarks()

    # What a new run of a file gets in another way.

    def _document(self) -> tuple[bytes, Runbook]:
        data, runbook = document.open_runbook(self._arguments.file)
        self.rehearsal = self._source(runbook)
        with TemporaryDirectory(prefix="oncue-rehearsal-") as folder:
            self._recording = open_recording(self.rehearsal, trail_of(self._arguments), Path(folder))
        return data, runbook

    def _gift(self, runbook: Runbook) -> Gift:
        """What the command line says, then the scenario, then the recording, then everything else."""
        scenario = self.scenario or Scenario("")
        said = gift_of(self._arguments, runbook)
        known = {one.name: one for one in self._variables(runbook)}
        if strangers := scenario.inputs.keys() - known.keys():
            raise DocumentError(scenario.path, f"{runbook.path} has no input {', '.join(sorted(strangers))}")
        values = dict(said.values)
        named = {name for name, one in values.items() if not one.source.startswith(("$", DEFAULT))}
        then = values_in(self._recording) if self._recording else {}
        for source, given in (("recording", then), (scenario.path, scenario.inputs)):
            for name, value in given.items():
                if name in known and name not in named and not holds_mask(value):
                    with suppress(CannotFill):
                        check(known[name], value)
                        values[name] = Given(value, source, known[name].secret)
        return said._replace(values=values)

    def _variables(self, runbook: Runbook) -> Sequence[Variable]:
        return find(runbook.steps, runbook.declared, os.environ)

    def _more(self) -> Mapping[str, Any]:
        return {"rehearsal": self.rehearsal.model_dump(mode="json")}

    def _named_section(self) -> tuple[str, ...] | None:
        named = super()._named_section()
        if self._arguments.alert or self._arguments.section or self.scenario is None:
            return named
        with _said_in(self.scenario):
            if self.scenario.alert:
                return document.section_of_alert(self._runbook, self.scenario.alert)
            return document.find_section(self._runbook, self.scenario.section) if self.scenario.section else named

    # Where the answers come from.

    def _source(self, runbook: Runbook) -> Rehearsal:
        arguments, scenario = self._arguments, self.scenario
        plain = Rehearsal(
            scenario=str(Path(scenario.path).absolute()) if scenario else "",
            speed=_speed(arguments.speed) if arguments.speed is not None else scenario.speed if scenario else 1.0,
            strict=arguments.strict or (scenario is not None and scenario.strict),
        )
        if arguments.source is not None:
            return self._named_source(plain, arguments.source)
        if scenario is not None:
            with _said_in(scenario):
                return _of_file(plain, scenario.beside(scenario.source)) if scenario.source else plain
        return plain.model_copy(update={"run_id": self._latest(runbook)})

    def _named_source(self, plain: Rehearsal, source: str) -> Rehearsal:
        """A file where there is one of that name, else a run."""
        if source.endswith(".cast") or Path(source).is_file():
            return _of_file(plain, Path(source))
        if not source:
            raise UsageError("--from: name a run or a recording")
        with TrailReader.open(trail_of(self._arguments)) as reader:
            return plain.model_copy(update={"run_id": reader.find_run(source)})

    def _latest(self, runbook: Runbook) -> str:
        """The newest real run of this document that was done, else the newest; empty where there is none."""
        trail = trail_of(self._arguments)
        if not trail.exists():
            return ""
        with TrailReader.open(trail) as reader:
            runs = reader.live_runs_of(runbook.title, runbook.path)
            ended = {run.run_id: run.outcome for run in reader.runs()}
        return next((run for run in runs if ended.get(run) == "done"), runs[0] if runs else "")

    def _answers(self, runbook: Runbook) -> tuple[Answer, ...]:
        if self.scenario is None:
            return ()
        return tuple(
            Answer(
                step_id=scenario_step(self.scenario, runbook, one, "the answer for").id,
                output=one.output,
                exit_status=one.status,
                seconds=one.seconds,
            )
            for one in self.scenario.answers
        )

    def _injections(self, runbook: Runbook) -> tuple[Injection, ...]:
        asked = tuple(_injection(runbook, fault_of(one)) for one in self._arguments.inject)
        if self.scenario is None:
            return asked
        with _said_in(self.scenario):
            return (*(_injection(runbook, one) for one in self.scenario.faults), *asked)

    # What there is to say.

    def _is_of(self, scenario: Scenario) -> bool:
        return scenario.beside(scenario.runbook).resolve() == self._place().resolve()

    def _what_answers(self) -> str:
        otherwise = "fails" if self.rehearsal.strict else "is asked at its step"
        names = [
            f"run {self.rehearsal.run_id}" if self.rehearsal.run_id else "",
            self.rehearsal.recording,
            "the scenario" if self.rehearsal.answers else "",
        ]
        found = " and ".join(filter(None, names))
        if not found:
            return f"There is no recording, so that every step {otherwise}."
        return f"Answers come from {found}; what is not known there {otherwise}."

    def _about(self, recording: Recording) -> Iterator[str]:
        """What of it fits this document. What does not is named."""
        runbook = self._runbook
        begun = recording.events[0].event if recording.events else None
        if isinstance(begun, RunStarted) and begun.mode != "live":
            yield f"the recording is itself of a {begun.mode}: what answers was not the real thing"
        if recording.document_sha256 and recording.document_sha256 != runbook.sha256:
            yield "the recording is of another text of the runbook, or of another runbook"
        own = [one for one in recording.steps if not (one.suggestion or one.dry_run)]
        known = {step.id for step in runbook.steps} | {step.title for step in runbook.steps}
        strangers = [one for one in own if not {one.id, one.title} & known]
        if own and not any(one.id for one in own):
            yield "the recording knows of no steps, so that nothing in it answers one"
        elif strangers:
            yield f"recorded, and no step of this runbook: {_listed(map(_name, strangers))}"
        there = {one.id for one in own} | {one.title for one in own} | {one.step_id for one in self.rehearsal.answers}
        lacking = [step.title for step in self._walked() if not {step.id, step.title} & there]
        if lacking:
            yield f"not recorded: {_listed(lacking)}"

    def _walked(self) -> Iterator[Step]:
        section = self.section or ()
        for step in self._runbook.steps:
            if step.kind in ("shell", "sql") and step.section[: len(section)] == section:
                yield step


def scenario_step(
    scenario: Scenario, runbook: Runbook, named: Told | Turn, what: str, kinds: Collection[str] = RUNNING
) -> Step:
    with _said_in(scenario, named.line):
        return named_step(runbook, named.step, what, kinds)


@contextmanager
def _said_in(scenario: Scenario, line: int | None = None) -> Iterator[None]:
    """A sentence that refuses what stands in the scenario says where."""
    try:
        yield
    except OncueError as error:
        raise DocumentError(scenario.path, str(error), line) from error


def _of_file(plain: Rehearsal, path: Path) -> Rehearsal:
    return plain.model_copy(update={"recording": str(path.absolute()), "recording_sha256": digest_of(path)})


def _injection(runbook: Runbook, named: NamedFault) -> Injection:
    step = named_step(runbook, named.step, f"the failure {named.fault} for")
    return Injection(fault=named.fault, step_id=step.id, factor=named.factor)


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = -1.0
    if speed < 0 or not isfinite(speed):
        raise UsageError(f"--speed {text}: a number is needed, such as 10 for ten times as fast, or 0 for no waiting")
    return speed


def _name(step: RecordedStep) -> str:
    return step.title or step.id


def _listed(names: Iterable[str]) -> str:
    found = [f"“{name}”" for name in dict.fromkeys(names)]
    more = f" and {len(found) - NAMES_SHOWN} more" if len(found) > NAMES_SHOWN else ""
    return ", ".join(found[:NAMES_SHOWN]) + more
