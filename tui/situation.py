"""Where the operator stands: what the run screen shows and which keys it offers are functions of this. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine import keyboard, machine
from engine.checklist import item_text
from engine.events import PlannedChoice
from engine.model import Item, Runbook, Step
from engine.state import Attempt, RunState, edit_of_then, held_by, option_of

OVER = ("left", "ended", "broken")


@dataclass(frozen=True, slots=True)
class Situation:
    state: RunState
    runbook: Runbook
    step: Step | None = None
    """The step that is shown: the run's current one, or one that is only looked at."""
    prepared: Mapping[str, Any] | None = None
    """Of `step`; None while it is being worked out, and for what does not run."""
    item_id: str | None = None
    """The checklist item that the cursor is on."""
    watching: str = ""
    """Why this cockpit only watches, in one sentence; empty when it has the keyboard."""
    client_id: int = keyboard.OURSELVES
    head: str = ""
    """Of the run's chain, once it is over and has been read."""
    n_inputs: int | None = None
    """How many inputs the runbook has; None while that is not known."""
    paranoid: bool = False
    raw: bool = False
    """The running step reads key by key."""
    waits_for: str = ""
    """What the running step waits for and who is in its way; empty for nothing, or where nobody knows."""

    @property
    def is_elsewhere(self) -> bool:
        """A step is looked at that the run does not stand on."""
        return self.step is not None and self.step.id != self.state.current

    @property
    def decides(self) -> bool:
        """This cockpit is asked whether to commit."""
        return self.state.asked is not None and not self.watching

    @property
    def in_database(self) -> bool:
        """The running step is statements, which have no terminal."""
        attempt = self.state.attempts.get(self.state.running or 0)
        kind = self.state.steps[attempt.step_id].planned.kind if attempt else ""
        return attempt is not None and kind == "sql" and not attempt.suggestion

    @property
    def fetched(self) -> Attempt | None:
        """The attempt whose results are looked at: the latest of the step that is shown, or the run's latest."""
        shown = self.state.steps[self.step.id].attempts if self.step else ()
        latest = [max(self.state.attempts)] if self.state.attempts else []
        attempts = [self.state.attempts[number] for number in (*reversed(shown), *latest)]
        return next((one for one in attempts if one.results), None)

    @property
    def choice(self) -> PlannedChoice | None:
        """The alternatives of which one has to be picked before this step."""
        planned = self.state.steps[self.step.id].planned if self.step else None
        found = option_of(self.state, planned) if planned else None
        return found[0] if found else None

    @property
    def held(self) -> tuple[str, ...]:
        """Texts of the items that hold the step."""
        held = held_by(self.state, self.step.id) if self.step else ()
        return tuple(item_text(self.state, item) for item in held)

    @property
    def item(self) -> Item | None:
        items = self.step.items if self.step else ()
        return next((one for one in items if one.id == self.item_id), None)

    @property
    def broken(self) -> str:
        """Why the block cannot run as written; empty once it is edited."""
        if self.step is None or self.step.broken is None or self.state.steps[self.step.id].edited is not None:
            return ""
        return self.step.broken.message

    @property
    def last_edit(self) -> str:
        """What was made of the step in the run that is executed again; empty for nothing."""
        return edit_of_then(self.state, self.step.id) if self.step else ""

    @property
    def lacks_values(self) -> bool:
        """The text that is shown still has inputs without a value."""
        return self.prepared is not None and bool(self.prepared["missing"])

    @property
    def status(self) -> str:
        return self.state.steps[self.step.id].status if self.step else ""

    @property
    def allowed(self) -> frozenset[str]:
        """Commands that the run takes now from this cockpit, about the step that is shown."""
        return machine.allowed(self.state, self.step.id if self.step else None, self.client_id)

    @property
    def allowed_to_holder(self) -> frozenset[str]:
        """The same for whoever has the keyboard."""
        return machine.allowed(self.state, self.step.id if self.step else None)
