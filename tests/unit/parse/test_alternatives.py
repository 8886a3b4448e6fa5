"""Alternatives: which steps stand under which options."""

from __future__ import annotations

import pytest

from engine.model import Runbook
from tests.unit.parse.documents import fence, read


def labels(runbook: Runbook) -> list[list[str]]:
    """The labels of the options of each step, outermost first."""
    names = {option.id: option.label for choice in runbook.choices for option in choice.options}
    return [[names[each] for each in step.options] for step in runbook.steps]


FORKS = [
    ("# For Kubernetes:\na -b\n\n# For Docker:\nc -d", [["For Kubernetes"], ["For Docker"]]),
    ("# Kubernetes\na -b\n\n# AWS ECS\nc -d", [["Kubernetes"], ["AWS ECS"]]),
    ("# Option A\na -b\n\n# Option B: other\nc -d\n\n# Verify\ne -f", [["Option A"], ["Option B: other"], []]),
    (
        "# Delete one\na -b\n\n# Or delete all\nc -d\n\n# Or start again\ne -f",
        [["Delete one"], ["Or delete all"], ["Or start again"]],
    ),
    (
        "# For plain systemd:\n# 1. Stop\na -b\n\n# 2. Start\nc -d\n\n# For Docker:\ne -f",
        [["For plain systemd"]] * 2 + [["For Docker"]],
    ),
    (
        "# For plain systemd:\n# 1. Stop\na -b\n\n# For Docker:\ne -f\n\n# Check it\ng -h",
        [["For plain systemd"], ["For Docker"], []],
    ),
    ("# For Kubernetes:\na -b\n\n# Check it\nc -d", [[], []]),
    ("# 1. Stop\na -b\n\n# Or 2\nc -d", [[], []]),
    ("# On publisher - check tables\na -b\n\n# On subscriber - check tables\nc -d", [[], []]),
    ("# For example, one\na -b\n\n# For more, look\nc -d", [[], []]),
]


@pytest.mark.parametrize(("body", "expected"), FORKS, ids=[row[0][:24] for row in FORKS])
def test_comments_in_a_block_may_name_alternatives(body: str, expected: list[list[str]]) -> None:
    assert labels(read(fence("bash", body))) == expected


SIBLINGS = [
    ("Scenario 1: a", "Scenario 2: b", True),
    ("Option A", "Option B", True),
    ("Issue #1", "Issue #2", True),
    ("Procedure 1", "Procedure 2", True),
    ("For Linux", "For macOS", True),
    ("Step 1: a", "Step 2: b", False),
    ("Phase 1", "Phase 2", False),
    ("Optional settings", "Optional checks", False),
    ("For Linux", "Afterwards", False),
]


@pytest.mark.parametrize(("first", "second", "are_alternatives"), SIBLINGS)
def test_sibling_sections_may_be_alternatives(first: str, second: str, are_alternatives: bool) -> None:
    runbook = read(f"# T\n\n## Fix\n\n### {first}\n\n1. a\n\n### {second}\n\n1. b\n")
    assert labels(runbook) == ([[first], [second]] if are_alternatives else [[], []])
    assert [choice.title for choice in runbook.choices] == (["Fix"] if are_alternatives else [])


def test_an_alternative_inside_an_alternative_needs_both() -> None:
    runbook = read(
        "# T\n\n## Option A\n\n```sh\n# For Linux:\na -b\n\n# For macOS:\nc -d\n```\n\n## Option B\n\n1. wait\n"
    )
    assert labels(runbook) == [["Option A", "For Linux"], ["Option A", "For macOS"], ["Option B"]]


def test_cousins_are_no_alternatives() -> None:
    runbook = read("# T\n\n## A\n\n### Option 1\n\n1. a\n\n## B\n\n### Option 2\n\n1. b\n")
    assert runbook.choices == ()


def test_alternatives_without_any_step_are_dropped() -> None:
    runbook = read("# T\n\n## Options\n\n### Option A\n\nprose\n\n### Option B\n\nprose\n\n## Do\n\n1. it\n")
    assert runbook.choices == ()


def test_a_checklist_of_one_alternative_does_not_hold_the_other() -> None:
    runbook = read(
        """
        # T

        ## S

        **Option A: slow**

        - [ ] ask

        **Option B: fast**

        ```bash
        reboot --now
        ```
        """
    )
    assert [(step.kind, len(step.items)) for step in runbook.steps] == [("manual", 1), ("shell", 0)]


def test_choices_carry_their_lines_and_unique_options() -> None:
    runbook = read("# T\n\n## Option A\n\n1. a\n\n## Option B\n\n1. b\n")
    (choice,) = runbook.choices
    assert choice.lines == (3, 9)
    assert [tuple(option.lines) for option in choice.options] == [(3, 6), (7, 9)]
    assert len({option.id for option in choice.options}) == 2


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        (["If it is disabled", "If the worker is stuck"], [[], []]),
        (["If replication is off", "If the worker is stuck"], [["If replication is off"], ["If the worker is stuck"]]),
        (["If replication is off", "If that does not help"], [[], []]),
        (["Look", "If replication is off", "If the worker is stuck"], [[], [], []]),
    ],
)
def test_headings_that_name_conditions_are_alternatives_among_their_like(
    headings: list[str], expected: list[list[str]]
) -> None:
    parts = "".join(f"### {heading}\n\n```bash\nuptime -p\n```\n\n" for heading in headings)
    assert labels(read(f"# T\n\n## Resolution\n\n{parts}")) == expected
