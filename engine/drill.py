"""A rehearsal that nobody sits at: a scenario's turns, one after another, each compared with what the run does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import commands as c
from .client import Client
from .debrief import never_reached, unmet
from .errors import Refused
from .events import Approval, CommitDecision
from .levels import Level
from .machine import outcome_of
from .model import Runbook, Step
from .scenario import Deed, Expected, Turn
from .state import Attempt, RunState, held_by, option_of, unresolved
from .trail import TrailReader

APPROVALS: Mapping[Level, Approval] = {
    "safe": "asked",
    "unknown": "confirmed",
    "caution": "confirmed",
    "dangerous": "typed",
}
DECISIONS: Mapping[CommitDecision, type[c.Commit] | type[c.RollBack]] = {"commit": c.Commit, "roll_back": c.RollBack}
SILENCE_SECONDS = 0.2
"""In a run that waits for nothing, whoever says nothing for so long hangs or waits for somebody."""
PATIENCE = 50
"""Silences after which a step that nobody wants to hang is ended."""
ENTER = b"\r"


class _Missed(Exception):
    """What was expected is not so, in one sentence."""


@dataclass(slots=True)
class Drill:
    client: Client
    runbook: Runbook
    turns: Sequence[tuple[Turn, Step]]
    expected: Expected
    path: str
    """Of the scenario, for the sentences about it."""
    is_recorded: bool = False
    """A recording answers, and decided then what was committed: nobody is asked but where a turn says a decision."""

    def run(self, trail: Path) -> list[str]:
        """To the first thing that is not as expected, and to the run's end. Answers what is not; empty for nothing."""
        self.client.catch_up()
        missed: list[str] = []
        try:
            for number, (turn, step) in enumerate(self.turns, 1):
                self._turn(turn, step, trail, f"{self._place(turn.line)}: turn {number}, “{step.title}”")
        except _Missed as error:
            missed = [str(error)]
        return [*missed, *self._end(trail, whole=not missed)]

    def _place(self, line: int | None) -> str:
        return self.path if line is None else f"{self.path}:{line}"

    @property
    def _state(self) -> RunState:
        return self.client.state

    def _turn(self, turn: Turn, step: Step, trail: Path, where: str) -> None:
        for label in turn.choose:
            self._choose(label, where)
        self._expect_place(step, where)
        self._tick(turn, step, where)
        deeds: Mapping[Deed, Callable[[], None]] = {
            "run": lambda: self._run(turn, step, trail, where),
            "skip": lambda: self.client.command(c.Skip(step_id=step.id, reason=turn.reason)),
            "done": lambda: self.client.command(c.MarkDone(step_id=step.id, note=turn.reason)),
        }
        try:
            deeds[deed_of(turn, step)]()
        except Refused as error:
            if not turn.refused or turn.refused not in str(error):
                raise _Missed(f"{where}: refused: {error}") from error
        else:
            if turn.refused:
                raise _Missed(f"{where}: it was let through; expected to be refused with “{turn.refused}”")

    def _choose(self, label: str, where: str) -> None:
        found = option_of(self._state, self._state.steps[self._state.current or ""].planned)
        if found is None:
            raise _Missed(f"{where}: nothing is to be chosen before it")
        choice, _ = found
        option = next((one for one in choice.options if one.label == label), None)
        if option is None:
            labels = ", ".join(f"“{one.label}”" for one in choice.options)
            raise _Missed(f"{where}: “{choice.title}” has no option “{label}”, only {labels}")
        self.client.command(c.Choose(choice_id=choice.id, option_id=option.id))

    def _expect_place(self, step: Step, where: str) -> None:
        state = self._state
        if state.current is None:
            raise _Missed(f"{where}: nothing is left to do before it")
        here = state.steps[state.current].planned
        if (found := option_of(state, here)) is not None:
            raise _Missed(f"{where}: “{found[0].title}” has to be chosen first, and the scenario does not")
        if here.id != step.id:
            raise _Missed(f"{where}: the run stands on “{here.title}”")

    def _tick(self, turn: Turn, step: Step, where: str) -> None:
        holding = held_by(self._state, step.id)
        if turn.items is not None and len(holding) != turn.items:
            raise _Missed(f"{where}: held by {len(holding)} items; expected {turn.items}")
        if turn.do == "skip" or (turn.refused and turn.items is None):
            return
        for item in holding:
            self.client.command(c.Tick(item_id=item.id))

    def _run(self, turn: Turn, step: Step, trail: Path, where: str) -> None:
        if turn.edit:
            self.client.command(c.Edit(step_id=step.id, text=turn.edit))
        prepared = self.client.ask("prepare", step_id=step.id)["prepared"]
        self._expect_gate(turn, prepared, where)
        self.client.command(
            c.Start(
                step_id=step.id,
                text=prepared["text"],
                again=bool(prepared["ran_before"]) or self._state.steps[step.id].status == "succeeded",
                approval=APPROVALS[prepared["verdict"]["level"]],
                typed=turn.type,
                hold=prepared["session"] == "sql" and (turn.decision is not None or not self.is_recorded),
            )
        )
        self._follow(wanted=turn.outcome == "interrupted", decision=turn.decision or "commit")
        self._expect_end(turn, trail, where)

    def _expect_gate(self, turn: Turn, prepared: Mapping[str, Any], where: str) -> None:
        verdict = prepared["verdict"]
        if prepared["missing"]:
            raise _Missed(f"{where}: no value for {', '.join(prepared['missing'])}; give it in [inputs]")
        if turn.level is not None and verdict["level"] != turn.level:
            raise _Missed(f"{where}: it is {verdict['level']} ({verdict['why']}); expected {turn.level}")
        if turn.type and verdict["level"] != "dangerous":
            raise _Missed(f"{where}: it is {verdict['level']} ({verdict['why']}), and no target has to be typed for it")
        if verdict["level"] == "dangerous" and not turn.refused and turn.type != verdict["target"]:
            raise _Missed(f"{where}: it is dangerous, and its target {verdict['target']!r} has to stand in `type`")

    def _follow(self, *, wanted: bool, decision: CommitDecision) -> None:
        """To the step's end. What hangs is interrupted, soon where that is wanted."""
        silences = 0
        while self._state.phase == "running":
            if (asked := self._state.asked) is not None:
                self.client.command(DECISIONS[decision](attempt=asked.attempt, question=asked.question))
            if self.client.told(SILENCE_SECONDS) is not None:
                continue
            silences += 1
            if wanted or silences % PATIENCE == 0:
                self.client.command(c.Interrupt())
            elif self.client.ask("waiting")["waiting"] is not None:
                self.client.keys(ENTER)
        while self.client.pending:
            self.client.told(0)

    def _expect_end(self, turn: Turn, trail: Path, where: str) -> None:
        attempt = self._state.attempts[max(self._state.attempts)]
        if attempt.outcome != turn.outcome:
            why = f" ({attempt.message})" if attempt.message else ""
            ended = attempt.outcome or "its end was never seen"
            raise _Missed(f"{where}: {ended}{why}; expected {turn.outcome}")
        if turn.decision is not None and not attempt.questions:
            raise _Missed(f"{where}: nobody was asked whether to commit, and `decision` answers that")
        if turn.output and turn.output not in _printed(trail, self.client.run_id, attempt):
            raise _Missed(f"{where}: “{turn.output}” does not stand in its output")

    def _end(self, trail: Path, *, whole: bool) -> list[str]:
        """What is left, compared; then the run is over."""
        self.client.look()
        state = self._state
        left = [step.planned.title for step in unresolved(state)]
        outcome = outcome_of(state)
        if state.phase == "idle":
            self.client.command(c.End(reason="the scenario is over"))
        elif state.phase == "unknown":
            self.client.command(c.Leave(reason="the scenario is over"))
        self.client.close("the scenario is over")
        if not whole:
            return []
        return [*self._missed_outcome(left, outcome), *self._missed_reach(trail), *self._missed_faults()]

    def _missed_outcome(self, left: Sequence[str], outcome: str) -> Iterator[str]:
        if outcome != self.expected.outcome:
            still = f"; still to do: {', '.join(left)}" if left else ""
            yield f"{self.path}: at the end: {outcome}; expected {self.expected.outcome}{still}"

    def _missed_reach(self, trail: Path) -> Iterator[str]:
        if self.expected.unreached is None:
            return
        with TrailReader.open(trail) as reader:
            unreached = never_reached(reader.events(self.client.run_id))
        if unreached != self.expected.unreached:
            wanted = ", ".join(self.expected.unreached) or "nothing"
            yield f"{self.path}: never reached: {', '.join(unreached) or 'nothing'}; expected {wanted}"

    def _missed_faults(self) -> Iterator[str]:
        for fault, title in unmet(self._state):
            yield f"{self.path}: {fault}:{title} was never reached"


def deed_of(turn: Turn, step: Step) -> Deed:
    return turn.do or ("done" if step.kind == "manual" else "run")


def _printed(trail: Path, run_id: str, attempt: Attempt) -> str:
    with TrailReader.open(trail) as reader:
        data = b"".join(chunk.data for chunk in reader.output(run_id, attempt.number))
    return data.decode(errors="replace").replace("\r\n", "\n")
