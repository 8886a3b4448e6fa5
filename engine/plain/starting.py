"""Texts that run: a step, its dry run, a command its words mention. Each is prepared, shown, let pass and started."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import commands as c
from ..client import Client
from ..events import CommitDecision
from ..model import Step, Suggestion
from ..permission import ANSWERED, Passed
from ..state import FAILED
from .gate import Gate
from .inputs import Inputs
from .page import Page
from .watch import Watch

OFFERS = 9
"""Commands a text may mention that still have a key each."""
DRY_RUN = {"t": "try its dry run"}
REFUSAL = {"x": "do not"}


class Starting:
    def __init__(self, client: Client, page: Page, watch: Watch, gate: Gate, inputs: Inputs) -> None:
        self._client = client
        self._page = page
        self._watch = watch
        self._gate = gate
        self._inputs = inputs

    def prepare(self, step: Step, **details: Any) -> Mapping[str, Any]:
        """A `preparing.Prepared` as the host tells it."""
        prepared: Mapping[str, Any] = self._client.ask("prepare", step_id=step.id, **details)["prepared"]
        return prepared

    def start(
        self,
        step: Step,
        prepared: Mapping[str, Any],
        passed: Passed,
        *,
        suggestion: bool = False,
        dry_run: bool = False,
        closing: bool = False,
    ) -> None:
        """`again`, because whoever answered was shown that it ran already."""
        start = c.Start(
            step_id=step.id,
            text=prepared["text"],
            again=self._client.state.steps[step.id].status in ("succeeded", "done") or bool(prepared["ran_before"]),
            suggestion=suggestion,
            dry_run=dry_run,
            closing=closing,
            approval=passed.approval,
            typed=passed.typed,
            hold=prepared["session"] == "sql" and passed.approval in ANSWERED and self._watch.can_ask,
        )
        self._watch.start(start)
        self.ended()

    def ended(self) -> None:
        """Say how the latest attempt ended; a step that failed is shown in full again."""
        self._page.end()
        here = self._client.state.steps.get(self._client.state.current or "")
        if here is not None and here.status in FAILED:
            self._page.forget()

    def dry_run(self, step: Step, suggestion: int | None = None) -> None:
        """A command like any other, after which the step stands as before."""
        prepared = self.prepare(step, suggestion=suggestion, dry_run=True)
        self._page.prepared(step, prepared, broken=False)
        safe = prepared["verdict"]["level"] == "safe"
        answer = Passed("asked") if safe else self._gate.ask(prepared, REFUSAL)
        if isinstance(answer, Passed):
            self.start(step, prepared, answer, dry_run=True, suggestion=suggestion is not None)

    def close(self, step: Step, decision: CommitDecision) -> None:
        """What ends the transaction that the step has written in. Whoever asked for it has confirmed it."""
        self._client.command(c.Select(step_id=step.id))
        self.start(step, self.prepare(step, closing=decision), Passed("confirmed"), closing=True)

    def offer(self, step: Step, offered: Suggestion) -> None:
        """A command the step's words mention: through the same gate as any other text."""
        suggestion = step.offers.index(offered)
        prepared = self.prepare(step, suggestion=suggestion)
        if prepared["missing"]:
            self._inputs.ask_named(prepared["missing"])
            prepared = self.prepare(step, suggestion=suggestion)
        self._page.prepared(step, prepared, broken=False)
        if prepared["missing"] or prepared["problem"]:
            return
        keys = {**(DRY_RUN if prepared["verdict"]["dry_run"] else {}), **REFUSAL}
        answer = self._gate.ask(prepared, keys, again=bool(prepared["ran_before"]))
        if isinstance(answer, Passed):
            self.start(step, prepared, answer, suggestion=True)
        elif answer in DRY_RUN:
            self.dry_run(step, suggestion)


def offers_of(step: Step, suggestions: Sequence[Suggestion]) -> dict[str, Suggestion]:
    """Keys for the commands that the step's or an item's words mention."""
    return {str(number): one for number, one in enumerate(suggestions[:OFFERS], 1) if one in step.offers}


def labels_of(offers: Mapping[str, Suggestion]) -> dict[str, str]:
    return {key: f"run `{one.text}`" for key, one in offers.items()}
