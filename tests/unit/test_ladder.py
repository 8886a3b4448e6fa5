"""How hard a step was asked to end, as the events of its run tell."""

from __future__ import annotations

from functools import reduce

import pytest

from engine import events as e
from engine.ladder import Ladder, follow

STARTED = e.StepStarted(step_id="check", attempt=1, session="shell", text="tail -f app.log")
ENDED = e.StepEnded(
    step_id="check", attempt=1, outcome="interrupted", exit_status=130, duration_ns=1, output_bytes=0, output_head=""
)


def sent(signal: str, reason: str = "operator") -> e.InterruptSent:
    return e.InterruptSent.model_validate({"attempt": 1, "signal": signal, "reason": reason})


def after(*events: e.Event) -> Ladder:
    return reduce(follow, events, Ladder())


TABLE = (
    ((), "INT", "interrupts", ""),
    ((STARTED,), "INT", "interrupts", ""),
    ((STARTED, sent("INT")), "TERM", "asks it to terminate", "sent INT to the step (again for TERM)"),
    ((STARTED, sent("INT"), sent("TERM")), "KILL", "kills it", "sent TERM to the step (again for KILL)"),
    (
        (STARTED, sent("INT"), sent("TERM"), sent("KILL")),
        "KILL",
        "kills it again",
        "sent KILL to the step (the hardest there is)",
    ),
    (
        (STARTED, sent("INT", "timeout")),
        "TERM",
        "asks it to terminate",
        "sent INT to the step, because its time is up (again for TERM)",
    ),
    ((STARTED, sent("INT"), e.Noted(text="still there")), "TERM", "asks it to terminate", None),
    ((STARTED, sent("INT"), sent("TERM"), ENDED), "INT", "interrupts", ""),
    ((STARTED, sent("INT"), ENDED, STARTED), "INT", "interrupts", ""),
)


@pytest.mark.parametrize(("events", "signal", "offer", "said"), TABLE)
def test_each_interrupt_is_harder_than_the_last_one_of_its_step(
    events: tuple[e.Event, ...], signal: str, offer: str, said: str | None
) -> None:
    ladder = after(*events)
    assert (ladder.next, ladder.offer) == (signal, offer)
    assert said is None or ladder.said == said
