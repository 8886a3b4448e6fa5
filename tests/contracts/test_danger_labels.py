"""The judge against labelled commands: nothing dangerous is called safe, and it does not cry wolf."""

from __future__ import annotations

import pytest

from tests.contracts.danger_table import Case, Score, labelled, steps_of_documents

CASES = labelled()
pytestmark = pytest.mark.skipif(not CASES, reason="no labelled commands beside the checkout")


@pytest.fixture(params=["shell", "sql"])
def score(request: pytest.FixtureRequest) -> Score:
    return Score([case for case in CASES if case.lang == request.param])


def wrong(score: Score) -> str:
    return "\n".join(
        f"{case.id} {case.label} → {case.verdict.level}: {case.text!r}" for case in score.clear if case.is_wrong
    )


def ids(cases: list[Case]) -> list[str]:
    return [case.id for case in cases]


def test_nothing_dangerous_is_called_safe(score: Score) -> None:
    assert ids(score.dangerous_called_safe) == []


def test_what_is_dangerous_is_found(score: Score) -> None:
    assert score.recall >= 0.98, wrong(score)


def test_what_is_called_dangerous_is(score: Score) -> None:
    assert score.precision >= 0.95, wrong(score)


def test_what_only_reads_is_let_through(score: Score) -> None:
    assert score.safe_called_safe >= 0.92, wrong(score)


def test_what_only_looks_dangerous_raises_no_alarm(score: Score) -> None:
    assert score.false_alarms <= 0.03, wrong(score)


def test_every_dangerous_verdict_says_what_is_hit() -> None:
    assert [case.id for case in CASES if case.verdict.level == "dangerous" and not case.verdict.target.strip()] == []


def test_on_real_documents_little_is_unknown() -> None:
    """What these documents do most is to set something up, so that much of it asks; but it is known for what it is."""
    found = steps_of_documents()
    unknown = [step for _, step, verdict in found if verdict.level == "unknown"]
    dangerous = [step for _, step, verdict in found if verdict.level == "dangerous"]
    assert len(unknown) / len(found) <= 0.15
    assert len(dangerous) / len(found) <= 0.15
