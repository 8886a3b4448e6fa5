"""What is read beside the steps: front matter, metadata, drawers, clocks, jumps, alerts, shape."""

from __future__ import annotations

import pytest

from engine.model import Variable
from tests.unit.parse.documents import read

STEP = "\n\n## Do\n\n1. it\n"


def test_front_matter_describes_variables() -> None:
    runbook = read(
        """
        ---
        title: Deploy
        variables:
          region:
            default: eu-west-1
            choices: [eu-west-1, us-east-1]
            description: where
          token: {secret: true, pattern: "^x"}
          replicas: 3
          verbose: true
          name:
        ---

        1. it
        """
    )
    assert runbook.declared == (
        Variable("region", "dollar", (4,), "eu-west-1", None, ("eu-west-1", "us-east-1"), description="where"),
        Variable("token", "dollar", (8,), None, "^x", secret=True),
        Variable("replicas", "dollar", (9,), "3"),
        Variable("verbose", "dollar", (10,), "true"),
        Variable("name", "dollar", (11,)),
    )
    assert runbook.title == "Deploy"
    assert runbook.problems == ()


PROBLEMS = [
    ("variables: {a: 1}\nexpect: {}", 3, "unknown-front-matter-key", "nearest is `expects`"),
    ("variables:\n  a:\n    defualt: 1", 4, "unknown-front-matter-key", "nearest is `default`"),
    ("kind: procedure\nenviroment: x\nenvironment: y", 3, "unknown-front-matter-key", "nearest is `environment`"),
    ("a: [1", 2, "front-matter", "not YAML"),
    ("- a\n- b", 1, "front-matter", "not a list of `key: value`"),
    ("variables: 5", 2, "front-matter", "`variables` is a mapping"),
]


@pytest.mark.parametrize(("yaml", "line", "code", "words"), PROBLEMS)
def test_front_matter_that_is_wrong_is_reported_and_hides_nothing(yaml: str, line: int, code: str, words: str) -> None:
    runbook = read(f"---\n{yaml}\n---\n{STEP}")
    (problem,) = runbook.problems
    assert (problem.line, problem.code) == (line, code)
    assert words in problem.message
    assert len(runbook.steps) == 1


@pytest.mark.parametrize(
    "yaml", ["layout: docs\nsidenav: true\nexpect: 1", "kind: Deployment\nmetadata: {}", "environment: x"]
)
def test_a_foreign_front_matter_is_only_metadata(yaml: str) -> None:
    assert read(f"---\n{yaml}\n---\n{STEP}").problems == ()


def test_front_matter_moves_no_line_number() -> None:
    runbook = read("---\na: 1\n---\n\n## S\n\n1. it\n")
    assert runbook.steps[0].lines == (7, 7)


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    runbook = read("---\n\n## S\n\n1. it\n")
    assert (dict(runbook.front_matter), len(runbook.steps)) == ({}, 1)


def test_metadata_comes_from_front_matter_then_text_then_comments() -> None:
    runbook = read(
        """
        ---
        severity: P1
        service: one
        ---
        # T

        <!-- owner: nobody -->
        <!-- reviewed: today -->

        **Service**: two
        **Owner:** [Team](x.md)

        ## Do

        1. it

        ---
        *Last Updated: 2024-01-01*
        """
    )
    assert dict(runbook.metadata) == {
        "severity": "P1",
        "service": "one",
        "owner": "Team",
        "last updated": "2024-01-01",
        "reviewed": "today",
    }


BOXES = [
    ("Immediate actions (First 5 Minutes)", "", (0, 5)),
    ("Diagnosis (Next 15-30 Minutes)", "", (15, 30)),
    ("Restore (1-2 hours)", "", (60, 120)),
    ("Restore", "**Time to Resolve**: 5-15 minutes", (5, 15)),
    ("Restore", "**Duration**: 20 min", (0, 20)),
    ("Wait for connections to drain (30 seconds)", "", None),
    ("Restore", "It took 5 minutes.", None),
]


@pytest.mark.parametrize(("heading", "text", "box"), BOXES)
def test_a_section_knows_the_minutes_it_should_take(heading: str, text: str, box: tuple[int, int] | None) -> None:
    section = read(f"# T\n\n## {heading}\n\n{text}\n\n1. it\n").sections[0]
    assert (None if section.time_box is None else (section.time_box.low, section.time_box.high)) == box


ESCALATIONS = [
    ("## Escalation\n\n1. L2: if the issue persists > 30 minutes", [(30, 5)]),
    ("## Escalation\n\n- **Escalate if**: not resolved in 1 hour", [(60, 5)]),
    ("## Fix\n\nEscalate to the DBA after 15 min.", [(15, 5)]),
    ("## Fix\n\nThis takes 15 minutes.", []),
    ("## Escalation\n\nAnn first.", []),
]


@pytest.mark.parametrize(("text", "clocks"), ESCALATIONS)
def test_an_escalation_clock_is_found_where_a_time_is_named(text: str, clocks: list[tuple[int, int]]) -> None:
    runbook = read(f"# T\n\n{text}{STEP}")
    assert [(each.after_minutes, each.line) for each in runbook.escalations] == clocks


JUMPS = [
    ('See the "Rollback" section', "Rollback"),
    ("Continue to Scenario 2", "Scenario 2: Disk"),
    ("see Rollback section", "Rollback"),
    ("[back](#rollback)", "#rollback"),
    ("[there](other.md#x)", "other.md#x"),
    ("[web](https://example.com/a.md)", None),
    ("see the dashboard", None),
    ('See the "Roll-back!" section', None),
    ("See the ROLLBACK section", "Rollback"),
    ("follow the disk steps", "Scenario 2: Disk"),
    ("see the steps below", None),
    ("see the steps", None),
    ("Follow the decryption steps", None),
    ("Go to Scenario 3", None),
    ("Continue to Step 2", None),
]


@pytest.mark.parametrize(("text", "target"), JUMPS)
def test_a_jump_leads_to_a_section_or_a_document(text: str, target: str | None) -> None:
    runbook = read(f"# T\n\n## Do\n\n1. {text}\n\n## Rollback\n\n1. it\n\n## Scenario 2: Disk\n\n1. it\n")
    assert [jump.target for jump in runbook.jumps] == ([] if target is None else [target])
    assert all(jump.line == 5 for jump in runbook.jumps)


DRAWERS = [
    ("Contacts", "| Role | Name | Phone |", "contacts"),
    ("Who to call", "| Who | Email |", "contacts"),
    ("Escalation", "| Level | Contact |", "escalation"),
    ("Service levels", "| SLI | Target |", "slos"),
    ("Alerts", "| Alert | Severity |", "alerts"),
    ("Dashboards", "| Name | URL |", "dashboards"),
    ("Anything", "| A | B |", "reference"),
]


@pytest.mark.parametrize(("title", "header", "kind"), DRAWERS)
def test_a_table_becomes_a_drawer(title: str, header: str, kind: str) -> None:
    columns = header.count("|") - 1
    table = f"{header}\n|{'---|' * columns}\n|{' **x** |' * columns}"
    (drawer,) = read(f"# T\n\n## {title}\n\n{table}{STEP}").drawers
    assert (drawer.kind, drawer.title, drawer.lines) == (kind, title, (5, 7))
    assert drawer.rows == (("x",) * columns,)


def test_an_alert_name_leads_to_its_section() -> None:
    runbook = read(
        """
        # Web

        ## Alerts

        | Alert | Section |
        |---|---|
        | ServiceDown | 2. Restart |
        | High Error Rate | |
        | Unknown | |

        ## 2. Restart

        1. it

        ## High error rate

        1. it

        ## DiskAlmostFull

        1. it
        """
    )
    assert dict(runbook.alerts) == {
        "DiskAlmostFull": ("DiskAlmostFull",),
        "ServiceDown": ("2. Restart",),
        "High Error Rate": ("High error rate",),
    }


SHAPES = [
    (["Symptoms", "Immediate actions", "Diagnosis", "Resolution"], "procedure"),
    (["Prerequisites", "Install", "Verify"], "procedure"),
    (["Step 1: a", "Step 2: b"], "procedure"),
    (["Fix it"], "procedure"),
    (["Before you begin", "Connect to it", "Use the raw form", "Read the logs", "Next steps"], "procedure"),
    (["Environment variables", "Quickstart: deploy it"], "procedure"),
    (["Installing the tool", "Creating a cluster", "Steps to test it", "Words"], "procedure"),
    (["Requirements", "Rotate logs", "Renew certificates", "Drop caches", "Next steps"], "catalogue"),
    (["Common issues", "Service management", "Maintenance"], "catalogue"),
    (["Rotate logs", "Renew certificates"], "catalogue"),
    (["Scenario 1", "Scenario 2"], "catalogue"),
]


@pytest.mark.parametrize(("headings", "shape"), SHAPES, ids=[row[0][0] for row in SHAPES])
def test_a_document_is_one_procedure_or_a_catalogue(headings: list[str], shape: str) -> None:
    body = "".join(f"## {heading}\n\n1. do it\n\n" for heading in headings)
    assert read(f"# T\n\n{body}").shape == shape


@pytest.mark.parametrize("kind", ["procedure", "catalogue"])
def test_front_matter_decides_the_shape(kind: str) -> None:
    assert read(f"---\nkind: {kind}\n---\n# T\n\n## Rotate\n\n1. a\n\n## Renew\n\n1. b\n").shape == kind


TITLES = [
    ("# A\n\n## S\n\n1. x\n", "A", ("S",)),
    ("## S\n\n1. x\n", "some runbook", ("S",)),
    ("# A\n\n1. x\n\n# B\n\n1. y\n", "some runbook", ("A",)),
    ("---\ntitle: F\n---\n## S\n\n1. x\n\n## R\n\n1. y\n", "F", ("S",)),
    ("A\n=\n\n1. x\n", "A", ()),
    ("# A *b* `c` [d](e)\n\n1. x\n", "A b c d", ()),
]


@pytest.mark.parametrize(("text", "title", "section"), TITLES)
def test_a_document_has_a_title_that_is_no_section(text: str, title: str, section: tuple[str, ...]) -> None:
    runbook = read(text, "docs/some-runbook.html.md")
    assert (runbook.title, runbook.steps[0].section) == (title, section)
