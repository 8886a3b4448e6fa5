"""`oncue rerun`: a past run's steps again, as a new run that names the old one. Every gate is passed again."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..client import Client
from ..errors import DocumentError, UsageError
from ..events import RunStarted
from ..launch import HostProcess
from ..masking import holds_mask
from ..model import Runbook, Section, Step, Variable
from ..parse import read_runbook
from ..state import RunState, fold
from ..trail import TrailReader
from ..variables import CannotFill, check, find
from . import document
from .configuring import databases_again, have_changed, read_again
from .giving import DEFAULT, Gift, Given
from .opening import NewRun, gift_of
from .trails import trail_of

if TYPE_CHECKING:
    from ..config.settings import Settings

Arguments = argparse.Namespace


def rerun(arguments: Arguments, host: HostProcess) -> int:
    from .walking import begin

    return begin(arguments, RunAgain(arguments, host))


class RunAgain(NewRun):
    """Of a run that is in the trail."""

    def __init__(self, arguments: Arguments, host: HostProcess | None = None) -> None:
        super().__init__(arguments, host)
        with TrailReader.open(trail_of(arguments)) as reader:
            self._again = reader.find_run(arguments.run)
            self._past: RunState = fold(reader.events(self._again))
            self._frozen = reader.document(self._again)
        if self._past.started is None:
            raise UsageError(f"run {self._again} never began")
        self._started: RunStarted = self._past.started
        if self._started.mode != "live":
            command = "rehearse" if self._started.mode == "rehearsal" else "dry-run"
            raise UsageError(f"run {self._again} was a {self._started.mode}; `oncue {command}` makes another one")
        self._unfit: dict[str, str] = {}
        """Input → why its value of then will not do now."""
        self._edits: dict[str, str] = {}

    def choices(self) -> list[Section]:
        """The same section is walked; the empty path is the whole document, a catalogue too."""
        return []

    def read(self) -> Runbook:
        runbook = super().read()
        found = {step.id: self._edited(step) for step in runbook.steps}
        self._edits = {step_id: text for step_id, text in found.items() if text}
        return runbook

    def undecided(self) -> Iterator[str]:
        titles = {step.id: step.title for step in self._runbook.steps}
        for step_id in self._edits:
            yield f"“{titles[step_id]}” was edited in run {self._again}, and somebody has to decide which text runs"

    def remarks(self) -> Iterator[str]:
        """Also what is not as it was."""
        yield f"again: run {self._again}, {self._began()}"
        if self._directory() is None:
            yield f"its folder {self._started.directory} is gone; this run starts here"
        yield from self._about_document()
        if have_changed(self.settings, self._started.config):
            yield "the settings have changed since that run was started"
        yield from (f"{name} is not what it was: {why}" for name, why in self._unfit.items())
        for choice in self._started.choices:
            chosen = next((one for one in choice.options if one.id == self._past.chosen.get(choice.id)), None)
            if chosen is not None:
                yield f"chosen then: {choice.title}: {chosen.label}"
        yield from super().remarks()

    def give(self, client: Client) -> Iterator[str]:
        lost = [name for name, value in self._past.variables.items() if value is None and name not in self.gift.values]
        if lost:
            yield f"not kept because secret, and asked for again: {', '.join(lost)}"
        yield from super().give(client)

    def _edited(self, step: Step) -> str:
        """What its operator made of it then; empty for nothing, and where a mask stands for what was a secret."""
        past = self._past.steps.get(step.id)
        text = past.edited if past is not None else None
        return "" if text is None or text == step.text or holds_mask(text) else text

    def _inputs(self, runbook: Runbook) -> Sequence[Variable]:
        return find(runbook.steps, runbook.declared, os.environ)

    def _directory(self) -> Path | None:
        """Where that run began, as long as it is there."""
        directory = Path(self._started.directory)
        return directory if directory.is_dir() else None

    # In place of a file's.

    def _document(self) -> tuple[bytes, Runbook]:
        if not self._arguments.from_disk:
            return self._frozen, read_runbook(self._started.path, self._frozen)
        data = document.read(str(self._place()))
        runbook = read_runbook(self._started.path, data)
        if not runbook.steps:
            raise DocumentError(self._started.path, document.NOTHING_TO_WALK)
        return data, runbook

    def _place(self) -> Path:
        return (self._directory() or Path()) / self._started.path

    def _settings(self, runbook: Runbook) -> Settings | None:
        return read_again(self._arguments, self._place(), runbook, self._started, self._again)

    def _databases(self) -> Mapping[str, str]:
        return databases_again(super()._databases(), self._started, self._again)

    def _gift(self, runbook: Runbook) -> Gift:
        """What the command line says now, then the values of then, then the environment and the document."""
        now = gift_of(self._arguments, runbook)
        said = {name: one for name, one in now.values.items() if not one.source.startswith(("$", DEFAULT))}
        return now._replace(values={**now.values, **self._values_of_then(runbook), **said})

    def _values_of_then(self, runbook: Runbook) -> dict[str, Given]:
        found: dict[str, Given] = {}
        for variable in self._inputs(runbook):
            value = self._past.variables.get(variable.name)
            if value is None or variable.secret or holds_mask(value):
                continue
            try:
                check(variable, value)
            except CannotFill as error:
                self._unfit[variable.name] = str(error)
            else:
                found[variable.name] = Given(value, f"run {self._again}", False)
        return found

    def _more(self) -> Mapping[str, Any]:
        directory = self._directory()
        return {
            "rerun": {"run_id": self._again, "edits": self._edits},
            "directory": str(directory) if directory else "",
        }

    def _named_section(self) -> tuple[str, ...]:
        section = self._started.section
        if section and section not in {one.path for one in self._runbook.sections}:
            raise UsageError(f"{self._runbook.path} has no section {' › '.join(section)} any more")
        return section

    # What there is to say.

    def _began(self) -> str:
        at = self._past.started_at
        begun = f", begun {at.astimezone():%Y-%m-%d %H:%M}" if at else ""
        return f"{self._past.outcome or self._past.phase}{begun}"

    def _about_document(self) -> Iterator[str]:
        if self._arguments.from_disk:
            return
        try:
            same = document.read(str(self._place())) == self._frozen
        except DocumentError as error:
            yield f"{error}; this is the run's own copy"
        else:
            if not same:
                yield f"{self._place()} has changed since; this is the run's own copy, --from-disk takes the file"
