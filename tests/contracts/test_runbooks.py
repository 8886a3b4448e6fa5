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
EVERY_RUNBOOK = [pytest.param(path, id=path.stem) for path in RUNBOOKS]


@pytest.mark.parametrize("path", EVERY_RUNBOOK)
def test_a_runbook_has_one_title_and_is_named_in_the_guide(path: Path) -> None:
    read = headings(path.read_text())
    assert [level for level, _ in read].count(1) == 1
    assert f"[{read[0][1]}]({path.name})" in GUIDE.read_text()


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
