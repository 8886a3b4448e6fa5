"""Who ran it already, read from a real trail: only what succeeded or may have, as far as the trail has come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pytest
from support.runs import ACTOR, CHOICES, PLAN

from engine import events as e
from engine.errors import TrailUnusable
from engine.incident import IncidentRuns
from engine.precedents import Precedent, matching, path_of, sentence_of
from engine.trail import TrailWriter

AT = datetime(2026, 1, 1, 2, 11).astimezone()
BOB = ACTOR.model_copy(update={"login": "bob"})
STAMP = e.Stamp(at=AT, mono_ns=1, boot_id="boot", actor=BOB)


class Trail:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.writer = TrailWriter.open(path, floor_bytes=0)

    def begin(self, run_id: str, incident: str | None = "INC-7") -> None:
        document = b"# Redis\n"
        started = e.RunStarted(
            title="Redis",
            path="redis.md",
            document_sha256=sha256(document).hexdigest(),
            version="0",
            incident=incident,
            plan=PLAN,
            choices=CHOICES,
            shell_name="bash",
            directory="/srv",
            columns=80,
            rows=24,
        )
        self.writer.start_run(run_id, document, started, STAMP)

    def add(self, run_id: str, *events: e.Event) -> None:
        self.writer.append(run_id, events, STAMP)


def begun(number: int, **more: object) -> e.StepStarted:
    return e.StepStarted.model_validate(
        {"step_id": "check", "attempt": number, "session": "shell", "text": f"restart {number}", **more}
    )


def over(number: int, outcome: e.StepOutcome, status: int | None = 0) -> e.StepEnded:
    return e.StepEnded(
        step_id="check",
        attempt=number,
        outcome=outcome,
        exit_status=status,
        duration_ns=1,
        output_bytes=0,
        output_head="",
    )


@pytest.fixture
def trail(tmp_path: Path) -> Iterator[Trail]:
    made = Trail(tmp_path / "audit.db")
    yield made
    made.writer.close()


def test_it_finds_what_the_other_runs_of_the_incident_have_done_so_far(trail: Trail) -> None:
    for run_id, incident in (("mine", "INC-7"), ("theirs", "INC-7"), ("older", "INC-6"), ("none", None)):
        trail.begin(run_id, incident)
        trail.add(run_id, begun(1), over(1, "succeeded"))
    look = IncidentRuns(trail.path)
    assert [one.run_id for one in look("INC-7", "mine")] == ["theirs"]
    trail.add("theirs", begun(2), over(2, "succeeded", None))
    trail.begin("third")
    trail.add("third", begun(1))
    assert [(one.run_id, one.text, one.how) for one in look("INC-7", "mine")] == [
        ("theirs", "restart 1", "exit 0"),
        ("theirs", "restart 2", "succeeded"),
        ("third", "restart 1", "not over yet, or its end was never seen"),
    ]


def test_what_did_not_succeed_or_was_a_dry_run_is_no_precedent(trail: Trail) -> None:
    trail.begin("theirs")
    for number, outcome in enumerate(("failed", "interrupted", "timed_out"), 1):
        trail.add("theirs", begun(number), over(number, outcome, 1))
    trail.add("theirs", begun(4, dry_run=True), over(4, "succeeded"))
    assert IncidentRuns(trail.path)("INC-7", "mine") == []
    trail.add("theirs", begun(5), over(5, "lost", None))
    [lost] = IncidentRuns(trail.path)("INC-7", "mine")
    assert lost.how == "and nobody knows how it ended"


@pytest.mark.parametrize(("settlement", "n_found"), [("worked", 1), ("did_not_work", 0), ("run_again", 0), (None, 1)])
def test_an_end_that_nobody_saw_counts_until_somebody_says_that_it_did_not_work(
    trail: Trail, settlement: e.Settlement | None, n_found: int
) -> None:
    trail.begin("theirs")
    trail.add("theirs", begun(1), e.StepUnknown(step_id="check", attempt=1, output_bytes=0))
    if settlement is not None:
        trail.add("theirs", e.StepSettled(step_id="check", attempt=1, settlement=settlement))
    assert len(IncidentRuns(trail.path)("INC-7", "mine")) == n_found


def test_a_trail_that_cannot_be_read_is_an_error_and_not_an_empty_answer(tmp_path: Path) -> None:
    with pytest.raises(TrailUnusable):
        IncidentRuns(tmp_path / "gone.db")("INC-7", "mine")


def test_the_sentence_names_when_who_and_where(trail: Trail) -> None:
    trail.begin("theirs")
    trail.add("theirs", begun(1), over(1, "succeeded"))
    [found] = IncidentRuns(trail.path)("INC-7", "mine")
    assert found.document == "/srv/redis.md"
    assert sentence_of(found, "mine") == "ran already 02:11 by bob in run theirs, exit 0"
    assert sentence_of(found, "theirs") == "ran already 02:11 by bob in this run, exit 0"


def precedent(run_id: str = "theirs", document: str = "/srv/a.md", step_id: str = "s", text: str = "rm x") -> Precedent:
    return Precedent(run_id, document, step_id, text, AT, "bob", "exit 0")


@pytest.mark.parametrize(
    ("one", "step_id", "is_same"),
    [
        (precedent(), "s", True),
        (precedent(text="rm y"), "s", True),
        (precedent(document="/srv/b.md", text="rm y"), "s", False),
        (precedent(document="/srv/b.md", step_id="t"), "s", True),
        (precedent("mine", step_id="t"), "s", False),
        (precedent("mine"), "s", True),
        (precedent("mine", step_id=""), "s", False),
        (precedent("mine", step_id=""), "", True),
        (precedent("mine"), "", False),
        (precedent(step_id=""), "", True),
    ],
)
def test_the_same_step_or_the_same_text_elsewhere(one: Precedent, step_id: str, is_same: bool) -> None:
    found = matching([one], run_id="mine", document="/srv/a.md", step_id=step_id, text="rm x")
    assert bool(found) == is_same


def test_a_document_is_told_by_where_it_is() -> None:
    assert path_of("/srv/books", "../a.md") == path_of("/", "/srv/a.md") == "/srv/a.md"
