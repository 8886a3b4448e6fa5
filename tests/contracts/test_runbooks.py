"""The runbooks that come with Oncue and the guide beside them: what they say has to be so."""

from __future__ import annotations

import re
import sqlite3
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.front_matter import front_matter_plugin

from engine.expects import KEYS, PARTS
from engine.model import Runbook
from engine.parse import read_runbook
from engine.parse.front_matter import OUR_KEYS

ROOM = Path(__file__).resolve().parents[2] / "runbooks"
GUIDE = ROOM / "README.md"
RUNBOOKS = sorted(set(ROOM.rglob("*.md")) - {GUIDE})
PLACEHOLDER = r"\{([a-z-]+)\}"


def tokens(text: str) -> list[Token]:
    return MarkdownIt().enable("table").use(front_matter_plugin).parse(text)


def fences(text: str, *languages: str) -> list[str]:
    """What stands in the fences of these languages, placeholders filled."""
    found = [token.content for token in tokens(text) if token.type == "fence" and token.info in languages]
    return [re.sub(PLACEHOLDER, "value", content) for content in found]


def front_matter(text: str) -> dict[str, dict[str, dict[str, str]]]:
    first = tokens(text)[0]
    return yaml.safe_load(first.content) if first.type == "front_matter" else {}


def headings(text: str) -> list[tuple[int, str]]:
    """Level and text of every heading."""
    pairs = pairwise(tokens(text))
    return [(int(start.tag[1]), inline.content) for start, inline in pairs if start.type == "heading_open"]


def anchors(text: str) -> set[str]:
    """As code hosts spell them: lower case, punctuation gone, spaces as hyphens."""
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for _, title in headings(text)}


def links(text: str) -> list[str]:
    inlines = [child for token in tokens(text) for child in token.children or ()]
    return [str(child.attrs["href"]) for child in inlines if child.type == "link_open"]


def examples() -> list[str]:
    return [token.content for token in tokens(GUIDE.read_text()) if token.info == "markdown"]


EVERY_TEXT = [
    *(pytest.param(path.read_text(), id=path.stem) for path in [GUIDE, *RUNBOOKS]),
    *(pytest.param(text, id=f"example-{number}") for number, text in enumerate(examples(), 1)),
]
EXAMPLES_BECOME = [
    ["shell: How long is the queue?", "shell: Restart it"],
    ["shell: See what the backups hold", "shell: Compress what is older than a week"],
    ["sql: Who has been waiting longest?", "sql: Give up on the oldest job"],
    ["shell: systemctl is-active postfix"],
    ["manual: Look for full disks with df -h", "manual: Ask the storage team"],
    ["shell: For Kubernetes", "shell: For Docker"],
    ["shell: Scenario 1: The queue is stuck", "shell: Make room"],
    ["shell: Fail over"],
    ["shell: Check"],
    ["template: Status message"],
    ["shell: How full is the disk?", "shell: Keep the newest 200 MB of the journal"],
    ["shell: kubectl logs --namespace {namespace} --tail=50 {pod-name}"],
    ["sql: Mail is delayed"],
    ["shell: The shop is slow"],
    ["shell: ./drain.sh"],
    ["shell: ./failover.sh", "shell: rm -rf /srv/restore-test"],
]
"""Kind and title of each step, example by example."""
EVERY_RUNBOOK = [pytest.param(path, id=path.stem) for path in RUNBOOKS]


@pytest.mark.parametrize("path", EVERY_RUNBOOK)
def test_a_runbook_has_one_title_and_is_named_in_the_guide(path: Path) -> None:
    read = headings(path.read_text())
    assert [level for level, _ in read].count(1) == 1
    assert f"[{read[0][1]}]({path.name})" in GUIDE.read_text()


@pytest.mark.parametrize("path", EVERY_RUNBOOK)
def test_a_runbook_has_a_scenario_beside_it(path: Path) -> None:
    assert list(path.parent.glob(f"{path.stem}*.scenario.toml"))


@pytest.mark.parametrize("text", EVERY_TEXT)
def test_every_shell_block_is_valid_bash(text: str) -> None:
    for block in fences(text, "bash"):
        checked = subprocess.run(["bash", "-n"], input=block, text=True, capture_output=True, check=False)
        assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.parametrize("text", EVERY_TEXT)
def test_every_sql_block_is_whole(text: str) -> None:
    for block in fences(text, "sql"):
        assert sqlite3.complete_statement(block)


@pytest.mark.parametrize("text", EVERY_TEXT)
def test_every_link_leads_somewhere(text: str) -> None:
    for link in links(text):
        file, _, anchor = link.partition("#")
        target = (ROOM / file).read_text() if file else text
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("path", EVERY_RUNBOOK)
def test_a_runbook_runs_with_its_defaults(path: Path) -> None:
    text = path.read_text()
    variables = front_matter(text).get("variables", {})
    written = "".join(token.content for token in tokens(text) if token.type == "fence")
    assert variables.keys() == set(re.findall(PLACEHOLDER, written))
    for described in variables.values():
        assert re.fullmatch(described.get("pattern", ".+"), described["default"])


def read(text: str) -> Runbook:
    return read_runbook("example.md", text.encode())


@pytest.mark.parametrize("text", EVERY_TEXT)
def test_the_engine_reads_every_text_without_a_problem(text: str) -> None:
    runbook = read(text)
    assert runbook.problems == ()
    assert [step for step in runbook.steps if step.broken] == []


def test_the_examples_of_the_guide_become_the_steps_it_says() -> None:
    became = [[f"{step.kind}: {step.title}" for step in read(text).steps] for text in examples()]
    assert became == EXAMPLES_BECOME


def test_the_guide_names_every_key_of_our_front_matter() -> None:
    told = GUIDE.read_text().partition("\n## Front matter")[2].partition("\n## ")[0]
    keys = re.findall(r"(?m)^\| `([a-z]+)` \|", told)
    assert tuple(keys) == OUR_KEYS


def test_the_guide_names_everything_that_can_be_expected_of_a_place() -> None:
    told = GUIDE.read_text().partition("### Where it runs")[2]
    assert [key for key in (*KEYS, *PARTS) if f"`{key}`" not in told] == []


def test_the_demonstration_is_one_procedure_from_its_setup_to_its_checklist() -> None:
    runbook = read((ROOM / "orders-api-down.md").read_text())
    assert runbook.shape == "procedure"
    sections = list(dict.fromkeys(step.section[0].split(" (")[0] for step in runbook.steps))
    assert sections == [
        "Setup",
        "Symptoms",
        "Diagnosis",
        "Resolution",
        "Verify",
        "Status message",
        "Clean up",
        "Post-Incident Checklist",
    ]
    held = {step.title: len(step.items) for step in runbook.steps if step.items}
    assert held == {
        "See it with your own eyes": 2,
        "Keep a copy of the messages": 2,
        "Post-Incident Checklist": 3,
    }
    assert [escalation.after_minutes for escalation in runbook.escalations] == [30, 60]
    assert runbook.alerts.keys() == {"OrdersApiUnhealthy", "OutboxBacklogHigh"}


def test_looking_at_a_full_disk_works_on_this_machine_and_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "app.log").write_text("one line\n")
    text = (ROOM / "disk-almost-full.md").read_text().replace("{mount}", str(tmp_path))
    diagnosis = text[text.index("## Diagnosis") : text.index("## Resolution")]
    steps = [step for block in fences(diagnosis, "bash") for step in re.split(r"(?m)^(?=# \d+\.)", block) if step]
    before = {path: path.stat() for path in tmp_path.rglob("*")}

    results = [subprocess.run(["bash", "-c", step], text=True, capture_output=True, check=False) for step in steps]

    assert [(result.returncode, result.stderr) for result in results] == [(0, "")] * 5
    assert str(tmp_path / "logs") in results[1].stdout
    assert str(tmp_path / "logs") in results[3].stdout
    after = {path: path.stat() for path in tmp_path.rglob("*")}
    assert {path: (seen.st_size, seen.st_mtime_ns) for path, seen in after.items()} == {
        path: (seen.st_size, seen.st_mtime_ns) for path, seen in before.items()
    }
