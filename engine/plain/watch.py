"""A running step in plain mode: its output shown, the operator's keys passed on, until it has ended."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from .. import commands as c
from .. import events as e
from ..client import Client, Told
from ..console import Console, meaning_of
from ..errors import Refused
from ..feed import Gap, OutputPiece
from ..keyboard import sentence_of
from ..ladder import Ladder
from ..summary import DECISIONS as DECISION_WORDS
from ..summary import span

QUIET_SECONDS = 2.0
"""Silence after which the host is asked whether the step waits for input that nobody was told about."""

COUNTED = (30, 15, 5)
"""Seconds before a question's end at which it is said how many are left."""
COUNT_SECONDS = 1.0

DECISIONS: Mapping[str, type[c.Commit] | type[c.RollBack]] = {"c": c.Commit, "r": c.RollBack}


class Watch:
    def __init__(self, client: Client, console: Console) -> None:
        self._client = client
        self._console = console
        self._canonical = True
        self._noticed = False
        self._followed = 0
        """The latest attempt whose output and end have been shown."""
        self._asked: e.CommitAsked | None = None
        """The question that stands on the screen."""
        self._left: int | None = None
        """The seconds to its end that were said last."""

    def pass_over(self) -> None:
        """What ended before this client came is not shown again."""
        ended = [number for number, attempt in self._client.state.attempts.items() if attempt.outcome is not None]
        self._followed = max(ended, default=0)

    @property
    def behind(self) -> bool:
        """An attempt was started that has not been shown to its end, however quickly that end came."""
        return max(self._client.state.attempts, default=0) > self._followed

    @property
    def can_ask(self) -> bool:
        """Somebody is there to say what becomes of a statement once it has run."""
        return self._console.interactive

    def start(self, command: c.Start) -> None:
        """Start a step with the keyboard already handed over, so that the first Ctrl-C is the step's."""
        with self._console.passing_keys(self._resized):
            self._client.command(command)
            self._follow()
        self._end()

    def run(self) -> None:
        """Until the step has ended and everything told about it has been shown."""
        with self._console.passing_keys(self._resized):
            self._follow()
        self._end()

    def _follow(self) -> None:
        """Whoever loses the keyboard meanwhile goes on as a bystander."""
        while self._client.has_keyboard and (self._client.state.phase == "running" or self._client.pending):
            self._once()

    def _end(self) -> None:
        self._console.program_ended()
        self._followed = max(self._client.state.attempts, default=0)

    def show(self, told: Told | None) -> None:
        match told:
            case OutputPiece():
                self._output(told)
            case Gap():
                size = span(told.end - told.first)
                self._console.say(f"… {size} of output passed too fast to show; the trail has all of it …", "warn")
            case e.Recorded(event=e.InterruptSent() as event):
                self._console.say(Ladder(event.signal, event.reason).said, "warn")
            case e.Recorded(event=e.CommitAsked() as event):
                self._ask(event)
            case e.Recorded(event=e.CommitAnswered() as event):
                self._asked = self._left = None
                self._console.say(DECISION_WORDS[event.decision, event.reason], "warn")
            case e.Recorded(event=e.ShellRestarted() as event):
                self._console.say(f"the shell was restarted: {event.reason}", "warn")
                self._console.say(f"lost: {', '.join(event.lost) or 'nothing'}", "warn", "  ")
            case str() if self._client.state.phase not in ("left", "ended"):
                self._console.say(f"the run was stopped: {told}", "bad")
            case e.Recorded(event=e.RecordingFailed() as event):
                self._console.say(f"the trail cannot be written: {event.reason}", "bad")
            case e.Recorded(event=e.KeyboardWanted() | e.KeyboardPassed()) if told.seq > self._client.seen:
                self._console.say(sentence_of(told, self._client.state, self._client.id), "warn")

    def _once(self) -> None:
        if self._client.pending:
            self.show(self._client.told(0))
            return
        if self._asked is None and self._client.state.asked is not None:
            self._ask(self._client.state.asked)  # since before this client came, or had the keyboard
        keys, ready = self._console.wait(self._client.fileno(), QUIET_SECONDS if self._left is None else COUNT_SECONDS)
        self._count_down()
        if keys:
            self._pass_on(keys)
        if ready:
            self.show(self._client.told(0))
        elif not keys and self._asked is None:
            self._notice_waiting()

    def _pass_on(self, keys: bytes) -> None:
        self._noticed = False
        meaning = meaning_of(keys, canonical=self._canonical)
        if meaning == "strands":
            self._console.say("Ctrl-Z would strand the step; Ctrl-C interrupts it", "warn")
        elif meaning == "interrupts":
            with suppress(Refused):  # the step has just ended by itself
                self._client.command(c.Interrupt())
        elif self._asked is not None:
            self._decide(self._asked, keys)
        else:
            self._client.keys(keys)

    def _ask(self, asked: e.CommitAsked) -> None:
        rows = "" if asked.rows is None else f" ({asked.rows} row(s) affected)"
        self._console.say(f"Not committed yet{rows}: {asked.statement}", "bold")
        if not self._client.has_keyboard:
            self._console.say("whoever has the keyboard decides whether to commit it", "warn")
            return
        self._asked, self._left = asked, self._seconds_left(asked)
        self._console.say(f"[c]ommit or [r]oll back? Without an answer it is rolled back in {self._left} s", "warn")

    def _seconds_left(self, asked: e.CommitAsked) -> int:
        at = self._client.state.asked_at
        gone = (datetime.now(UTC) - at).total_seconds() if at is not None else 0.0
        return max(0, min(round(asked.seconds - gone), round(asked.seconds)))

    def _count_down(self) -> None:
        """Said anew when it gets short."""
        if self._asked is None or self._left is None:
            return
        left = self._seconds_left(self._asked)
        if any(left <= mark < self._left for mark in COUNTED):
            self._left = left
            self._console.say(f"[c]ommit or [r]oll back? {left} s left", "warn")

    def _decide(self, asked: e.CommitAsked, keys: bytes) -> None:
        """Of several keys at once the first counts that is an answer, and what is no answer does nothing."""
        answer = next((DECISIONS[key] for key in keys.lower().decode(errors="replace") if key in DECISIONS), None)
        if answer is not None:
            with suppress(Refused):  # it has just been answered
                self._client.command(answer(attempt=asked.attempt, question=asked.question))

    def _output(self, piece: OutputPiece) -> None:
        self._canonical = piece.mode.canonical
        self._console.step_output(
            piece.data, canonical=piece.mode.canonical, alternate_screen=piece.mode.alternate_screen
        )

    def _resized(self) -> None:
        columns, rows = self._console.size
        with suppress(Refused):  # somebody else has the keyboard, and so the terminal's size
            self._client.command(c.Resize(columns=columns, rows=rows))

    def _notice_waiting(self) -> None:
        waiting = self._client.ask("waiting")["waiting"]
        if waiting is None or self._noticed:
            return
        self._noticed = self._console.interactive or waiting["blocked"]
        if not self._console.interactive:
            self._interrupt_reader(waiting)
        elif not waiting["last_line"].strip():
            self._console.say("the step waits for input: type it, Ctrl-D for none, Ctrl-C to interrupt", "warn")

    def _interrupt_reader(self, waiting: Mapping[str, Any]) -> None:
        """Nobody is there to type; a step that has only switched echo off may go on."""
        if waiting["blocked"]:
            self._console.say("the step waits for input and there is no terminal: interrupted", "bad")
            with suppress(Refused):
                self._client.command(c.Interrupt())
