"""Reports of runs made by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from engine import events as e
from engine.model import Runbook
from engine.report import Limits, Report, Source, Verification, gather

from .past_trails import ALICE, NOW, PLAN, stamp, started

WHOLE = Verification(True, (), "9 events, 2 pieces of output")


class Outputs:
    def __init__(self, outputs: Mapping[int, bytes]) -> None:
        self._outputs = outputs

    def size(self, attempt: int) -> int:
        return len(self._outputs.get(attempt, b""))

    def read(self, attempt: int, start: int) -> Iterator[bytes]:
        data = self._outputs.get(attempt, b"")[start:]
        yield from (data[at : at + 10_000] for at in range(0, len(data), 10_000))


def told(
    *events: e.Event, plan: Sequence[e.PlannedStep] = PLAN, actor: e.Actor = ALICE, at: datetime = NOW, **about: str
) -> tuple[e.Recorded, ...]:
    """A run with these events, twenty seconds apart."""
    begun = started(**about).model_copy(update={"plan": tuple(plan)})
    return tuple(
        e.Recorded(
            run_id="20260108-031200-aaaaaa",
            seq=number + 1,
            stamp=stamp(at + timedelta(seconds=20 * number), actor),
            event=event,
        )
        for number, event in enumerate((begun, *events))
    )


def report_of(
    recorded: Sequence[e.Recorded],
    outputs: Mapping[int, bytes] | None = None,
    *,
    runbook: Runbook | None = None,
    verification: Verification = WHOLE,
    limits: Limits | None = None,
    is_live: bool = False,
) -> Report:
    source = Source(recorded, "0" * 64, runbook, Outputs(outputs or {}), verification, is_live=is_live)
    return gather(source, limits)


def ran(
    step_id: str, attempt: int = 1, outcome: e.StepOutcome = "succeeded", **more: object
) -> tuple[e.Event, e.Event]:
    about = {"text": "uptime", "level": "safe", "why": "only reads", **more}
    return (
        e.StepStarted(step_id=step_id, attempt=attempt, session="shell", **about),  # type: ignore[arg-type]
        e.StepEnded(
            step_id=step_id,
            attempt=attempt,
            outcome=outcome,
            exit_status=0 if outcome == "succeeded" else 1,
            duration_ns=310_000_000,
            output_bytes=0,
            output_head="",
        ),
    )
