"""How somebody walks `runbooks/orders-api-down.md`: the keys that they press at each step, and how long they think."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from engine import clock
from engine.events import Actor
from engine.state import RunState
from tui import status_words

RUNBOOK = Path("runbooks") / "orders-api-down.md"
INCIDENT = "INC-4211"
LOGIN, HOST = "alice", "bastion"
WORDS = ("run", str(RUNBOOK), "--incident", INCIDENT, "--var", f"incident={INCIDENT}")
ROOT = Path(__file__).resolve().parents[1]
READING, NEXT_KEY, TYPING, BEFORE_ANSWERING = 1.0, 0.45, 0.09, 1.1
"""Seconds. An answer at the gate counts only once the question has been seen."""
COMMIT = "c"


class Stop(NamedTuple):
    """A step, and what it takes to get past it."""

    title: str
    n_items: int = 0
    answer: str | None = ""
    """What the gate wants; empty where it does not ask, None where the last item settles the step."""
    before: tuple[str, ...] = ()
    """Keys pressed before anything else."""
    commits: bool = False
    """What it wrote waits for a word, `COMMIT`, once `asks` says so."""


WALK = (
    Stop("Make a folder for the service"),
    Stop("Write the service", answer="y"),
    Stop("Start the service", answer="y"),
    Stop("Wait until it has gone wrong (less than a second, 30 at most)"),
    Stop("See it with your own eyes", 2, "y"),
    Stop("What the dispatcher said last"),
    Stop("What holds it now", before=("n", *"partner-import again?", "enter")),
    Stop("How much is waiting, and since when"),
    Stop("Which messages cannot be read"),
    Stop("Keep a copy of the messages", 2, "y", commits=True),
    Stop("Take the messages out of the queue", answer="y", commits=True),
    Stop("Let the dispatcher go on", answer="y"),
    Stop("Watch the backlog drain (a few seconds, 30 at most)", answer="y"),
    Stop("Check that orders work again", answer="y"),
    Stop("Stop the service", answer="y"),
    Stop("Remove what the demonstration made", answer="orders.py"),
    Stop("Post-Incident Checklist", 3, None),
)


def keys_of(stop: Stop, n_items: int | None = None) -> Iterator[tuple[str, float]]:
    """Each key, and for how many seconds nothing was pressed before it. `n_items`: how many are ticked."""
    for key in stop.before:
        yield key, TYPING if len(key) == 1 else NEXT_KEY
    for _ in range(stop.n_items if n_items is None else n_items):
        yield "space", NEXT_KEY
    if stop.answer is None or n_items is not None:
        return
    yield "enter", READING
    for number, character in enumerate(stop.answer):
        yield character, TYPING if number else BEFORE_ANSWERING
    if len(stop.answer) > 1:
        yield "enter", NEXT_KEY


def is_past(state: RunState, stop: Stop) -> bool:
    (step,) = [one for one in state.steps.values() if one.planned.title == stop.title]
    return step.status in ("succeeded", "done") and state.phase != "running"


def asks(state: RunState) -> bool:
    """Whether to commit."""
    return state.asked is not None


def become_somebody() -> None:
    """Show names that are nobody's, in this process."""
    this_actor = clock.this_actor

    def actor(environment: Mapping[str, str]) -> Actor:
        return this_actor(environment).model_copy(update={"host": HOST})

    def people(_situation: object) -> Iterator[tuple[str, str]]:
        yield f"{LOGIN}@{HOST}", "$foreground-muted"

    clock.this_actor = actor
    status_words._people = people


def stranger(home: Path) -> dict[str, str]:
    """The environment of somebody who has just come: nothing of one's own is read or written."""
    runtime = home / "runtime"
    runtime.mkdir(mode=0o700)
    return {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "XDG_RUNTIME_DIR": str(runtime),
    }
