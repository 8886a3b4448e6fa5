"""A run that is made for a dry run: nobody sits at it, nothing is answered for anybody, and what may not run in it is
passed over. The machine refuses it as well.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import commands as c
from .client import Client
from .dry.tried import Attempted, Tried
from .errors import Refused
from .events import Approval, ContextChecked, ContextResult
from .model import Runbook, Step
from .output import TerminalFilter
from .state import Attempt, RunState, fold
from .trail import TrailReader

STEP_SECONDS = 30.0
"""For a step whose fence names no limit: nobody is there to see that it hangs."""
SILENCE_SECONDS = 1.0
"""After so long without a word a step is asked whether it waits for input."""
HARDER_SECONDS = 3.0
"""Between one interrupt and the next harder one."""
OUTPUT_BYTES = 16_384
"""Of a step's output that is shown."""
APPROVALS: Mapping[str, Approval] = {"probe": "asked", "sandbox": "sandboxed"}
COLOURS = re.compile(r"\x1b\[[0-9;:]*m")


@dataclass(slots=True)
class Trial:
    """`announce` is told what has begun to run."""

    client: Client
    runbook: Runbook
    announce: Callable[[str], None]
    _context: tuple[ContextResult, ...] = ()
    _passed_over: dict[str, str] = field(default_factory=dict)
    _held: set[str] = field(default_factory=set)

    def run(self, steps: Sequence[Step], trail: Path) -> Tried:
        """Through all of these in order, and to the run's end. Raises what the host and the trail raise."""
        complaint = ""
        self.client.catch_up()
        try:
            self._look_around()
            for step in steps:
                if step.kind in ("shell", "sql"):
                    self._at(step)
        except KeyboardInterrupt:
            complaint = "interrupted"
            self._interrupt()
        self._end(complaint or f"a {self._mode} run is over with its last step")
        own, beside = _attempted(trail, self.client.run_id)
        return Tried(
            self.client.run_id,
            self._mode,
            own,
            self._passed_over,
            frozenset(self._held),
            self._context,
            complaint,
            beside,
        )

    @property
    def _state(self) -> RunState:
        return self.client.state

    @property
    def _mode(self) -> str:
        return self._state.started.mode if self._state.started else ""

    def _look_around(self) -> None:
        if self.runbook.expects:
            self._context = ContextChecked.model_validate(self.client.ask("context")["context"]).results

    def _at(self, step: Step) -> None:
        if self._state.current != step.id:
            self.client.command(c.Select(step_id=step.id))
        prepared = self.client.ask("prepare", step_id=step.id)["prepared"]
        hindrance = self._hindrance(step, prepared)
        if why := hindrance or self._exemption(step, prepared):
            self._pass_over(step, why, held=bool(hindrance))
            if not self._has_stand_in(step, prepared):
                return
            prepared = self.client.ask("prepare", step_id=step.id, dry_run=True)["prepared"]
        start = c.Start(
            step_id=step.id,
            text=prepared["text"],
            again=bool(prepared["ran_before"]),
            approval=APPROVALS[self._mode],
            dry_run=bool(why),
        )
        try:
            self.client.command(start)
        except Refused as error:
            self._pass_over(step, str(error), held=not why)
            return
        self.announce(step.title)
        self._follow()

    def _pass_over(self, step: Step, why: str, *, held: bool) -> None:
        self._passed_over[step.id] = why
        if held:
            self._held.add(step.id)

    def _hindrance(self, step: Step, prepared: Mapping[str, Any]) -> str:
        """Why it could not run by any means; empty when it could."""
        if step.broken is not None:
            return f"the block is broken: {step.broken.message}"
        if prepared["missing"]:
            return f"no value for {', '.join(prepared['missing'])}"
        return str(prepared["problem"])

    def _exemption(self, step: Step, prepared: Mapping[str, Any]) -> str:
        """Why such a run as this is not for it; empty when it is."""
        verdict = prepared["verdict"]
        if self._mode == "sandbox" and step.kind == "sql":
            return "a database cannot be put into a sandbox; --probe runs the statements that only read"
        if prepared["endless"]:
            return "it does not end by itself"
        if self._mode == "probe" and verdict["level"] != "safe":
            return f"it is not proved safe ({verdict['level']}: {verdict['why']})"
        return ""

    def _has_stand_in(self, step: Step, prepared: Mapping[str, Any]) -> bool:
        """A statement that counts or explains what this one would do: where nothing can be written it is as safe as any
        other that reads."""
        usable = not (step.broken or prepared["missing"] or prepared["problem"])
        return self._mode == "probe" and step.kind == "sql" and usable and prepared["verdict"]["dry_run"] is not None

    # A step in flight.

    def _follow(self) -> None:
        """To its end. What waits for somebody to type is ended, because nobody will."""
        waited = False
        while self._state.phase == "running":
            if self.client.told(SILENCE_SECONDS) is not None:
                waited = False
                continue
            waits = self.client.ask("waiting")["waiting"]
            blocked = waits is not None and waits["blocked"]
            if blocked and waited:
                self._interrupt()
            waited = blocked
        while self.client.pending:
            self.client.told(0)

    def _interrupt(self) -> None:
        """Harder and harder, until it is over."""
        self.client.look()
        sent_at = 0.0
        while self._state.phase == "running":
            if time.monotonic() - sent_at > HARDER_SECONDS:
                self.client.command(c.Interrupt())
                sent_at = time.monotonic()
            self.client.told(SILENCE_SECONDS)

    def _end(self, reason: str) -> None:
        self.client.look()
        self.client.command(c.End(reason=reason) if self._state.phase == "idle" else c.Leave(reason=reason))
        self.client.close(reason)


def _attempted(trail: Path, run_id: str) -> tuple[dict[str, Attempted], dict[str, Attempted]]:
    """The latest of each step, as the trail has it, masked and whole: of itself, and of what stood in for it."""
    with TrailReader.open(trail) as reader:
        attempts = fold(reader.events(run_id)).attempts.values()
        own, beside = (
            {one.step_id: _one(reader, run_id, one) for one in attempts if one.is_beside == beside}
            for beside in (False, True)
        )
        return own, beside


def _one(reader: TrailReader, run_id: str, attempt: Attempt) -> Attempted:
    return Attempted(
        text=attempt.text,
        outcome=attempt.outcome or "unknown",
        exit_status=attempt.exit_status,
        duration_ns=attempt.duration_ns,
        output=_beginning(reader, run_id, attempt.number),
        output_bytes=attempt.output_bytes,
        is_cut=attempt.output_bytes > OUTPUT_BYTES,
        message=attempt.message,
        changes=tuple((one.change, one.path) for one in attempt.changes),
        more_changes=attempt.more_changes,
    )


def _beginning(reader: TrailReader, run_id: str, attempt: int) -> str:
    data = b""
    for chunk in reader.output(run_id, attempt):
        data += chunk.data
        if len(data) >= OUTPUT_BYTES:
            break
    cleaner = TerminalFilter()
    clean = cleaner.feed(data[:OUTPUT_BYTES], full_screen=False) + cleaner.flush()
    return COLOURS.sub("", clean.decode(errors="replace")).replace("\r\n", "\n")
