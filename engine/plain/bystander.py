"""A second pair of eyes in an ordinary terminal: what happens in the run is shown as it comes, and nothing typed counts
until the keyboard has been asked for and passed on.
"""

from __future__ import annotations

from .. import commands as c
from .. import events as e
from ..beside import named
from ..client import Client, Told
from ..console import Console
from ..errors import Refused
from ..feed import OutputPiece
from ..keyboard import name_of, sentence_of
from ..state import RunState
from .page import Page
from .watch import Watch

TAKE = b"k"
QUIT = frozenset({b"q", b"\x03"})
"""The letter, or Ctrl-C."""
OVER = ("left", "ended", "broken")


class Bystander:
    def __init__(self, client: Client, page: Page, watch: Watch, console: Console) -> None:
        self._client = client
        self._page = page
        self._watch = watch
        self._console = console
        self._enough = False

    def watch(self) -> bool:
        """Until this terminal has the keyboard or the run is over; False when the operator has seen enough."""
        self._introduce()
        with self._console.passing_keys(lambda: None):
            while not (self._enough or self._client.has_keyboard or self._state.phase in OVER):
                self._once()
        self._console.program_ended()
        self._watch.pass_over()
        self._page.forget()
        if self._client.has_keyboard and self._state.phase not in OVER:
            columns, rows = self._console.size
            self._client.command(c.Resize(columns=columns, rows=rows))
        return not self._enough

    @property
    def _state(self) -> RunState:
        return self._client.state

    def _introduce(self) -> None:
        holder = self._state.keyboard
        who = f"{name_of(holder)} has the keyboard" if holder else "nobody has the keyboard"
        how = "; k asks for it, q stops watching" if self._console.interactive else ""
        self._console.say(f"You are watching: {who}{how}.", "bold")
        self._page.steps()

    def _once(self) -> None:
        if self._client.pending:
            self._show(self._client.told(0))
            return
        keys, ready = self._console.wait(self._client.fileno(), None)
        if ready:
            self._show(self._client.told(0))
        for key in (keys[place : place + 1] for place in range(len(keys))):
            self._press(key)

    def _press(self, key: bytes) -> None:
        if key in QUIT:
            self._enough = True
        elif key == TAKE:
            self._ask()

    def _ask(self) -> None:
        try:
            self._client.command(c.TakeKeyboard())
        except Refused as error:
            self._console.say(str(error), "warn")

    def _show(self, told: Told | None) -> None:
        """What came before is not shown again, but for the output of the step in flight."""
        match told:
            case OutputPiece() if told.attempt != max(self._state.attempts, default=0):
                return
            case e.Recorded() if told.seq <= self._client.seen or self._happened(told):
                return
        self._watch.show(told)

    def _happened(self, recorded: e.Recorded) -> bool:
        """Answers whether there was something to say about it here."""
        state, login = self._state, recorded.stamp.actor.login
        match recorded.event:
            case e.StepStarted() as event:
                self._console.say()
                title = named(event, state.steps[event.step_id].planned.title)
                self._console.say(f"▶ {title}, started by {login}", "bold")
                self._console.say(event.text, "command", "    ")
            case e.StepEnded() as event:
                self._console.program_ended()
                self._page.ended(state.attempts[event.attempt])
            case e.StepSkipped() as event:
                self._said(event.step_id, f"skipped by {login}: {event.reason}")
            case e.StepDone() as event:
                self._said(event.step_id, f"done by hand by {login}" + (f": {event.note}" if event.note else ""))
            case e.Noted() as event:
                self._console.say(f"{login} notes: {event.text}", "dim")
            case _:
                sentence = sentence_of(recorded, state, self._client.id)
                self._console.say(sentence, "warn") if sentence else None
                return bool(sentence)
        return True

    def _said(self, step_id: str, what: str) -> None:
        self._console.say(f"{self._state.steps[step_id].planned.title}: {what}", "dim")
