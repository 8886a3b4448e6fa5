"""The demonstration runbook, walked by hand: its fences in one real bash and its SQL through `sqlite3`.

No part of Oncue takes part, so what fails here is the runbook itself.
"""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from mdit_py_plugins.front_matter import front_matter_plugin

RUNBOOK = Path(__file__).resolve().parents[2] / "runbooks" / "orders-api-down.md"
END = "end of block"

Fences = dict[str, list[tuple[str, str]]]


def fences_by_section() -> Fences:
    """First words of a section's heading → its fences, as (language, text) in document order."""
    found: Fences = {}
    section = ""
    tokens = MarkdownIt().use(front_matter_plugin).parse(RUNBOOK.read_text())
    for before, token in pairwise(tokens):
        if before.type == "heading_open":
            section = token.content.split(" (")[0]
        if token.type == "fence":
            text = token.content.replace("{incident}", "INC-7")
            found.setdefault(section, []).append((token.info, text))
    return found


FENCES = fences_by_section()


class Walk:
    """One bash that runs block after block, as an operator's terminal would."""

    def __init__(self, temporary: Path, blocks: Path) -> None:
        self.temporary = temporary
        self.directory = temporary
        self.blocks = blocks
        self.bash = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=temporary,
            env={**os.environ, "TMPDIR": str(temporary)},
        )

    def run(self, text: str) -> tuple[int, str]:
        """Exit status and output of a block; `directory` follows the shell."""
        assert self.bash.stdin
        assert self.bash.stdout
        self.blocks.write_text(text)
        self.bash.stdin.write(f"source '{self.blocks}' < /dev/null; printf '\\n{END} %s %s\\n' \"$?\" \"$PWD\"\n")
        self.bash.stdin.flush()
        output: list[str] = []
        for line in self.bash.stdout:
            if line.startswith(END):
                status, directory = line.removeprefix(END).split(maxsplit=1)
                self.directory = Path(directory.rstrip("\n"))
                return int(status), "".join(output)
            output.append(line)
        raise AssertionError(f"the block ended the shell: {output}")

    def query(self, text: str) -> list[list[tuple[object, ...]]]:
        """The rows of each statement of a SQL block."""
        with closing(sqlite3.connect(self.directory / "orders.db")) as database, database:
            return [database.execute(part).fetchall() for part in text.split(";") if part.strip()]

    def section(self, title: str) -> None:
        """Run what a section holds, in order; a shell block that fails stops the test."""
        for language, text in FENCES[title]:
            if language == "sql":
                self.query(text)
            else:
                status, output = self.run(text)
                assert status == 0, output

    def service(self) -> int:
        return int((self.directory / "service.pid").read_text())

    def end(self) -> None:
        self.bash.communicate()
        for left in self.temporary.glob("*/service.pid"):
            os.kill(int(left.read_text()), signal.SIGKILL)


@pytest.fixture
def walks(tmp_path: Path) -> Iterator[list[Walk]]:
    (tmp_path / "tmp").mkdir()
    both = [Walk(tmp_path / "tmp", tmp_path / name) for name in ("first.sh", "second.sh")]
    yield both
    for walk in both:
        walk.end()


@pytest.fixture
def walk(walks: list[Walk]) -> Walk:
    return walks[0]


def shell(section: str) -> str:
    """The only shell block of a section."""
    [text] = [text for language, text in FENCES[section] if language == "bash"]
    return text


def numbered(text: str) -> list[str]:
    """The parts of a block that open with `# 1. …`, `# 2. …`."""
    return re.split(r"^(?=# \d+\. )", text, flags=re.MULTILINE)[1:]


def test_the_service_is_broken_before_the_fix_and_healthy_after_it(walk: Walk) -> None:
    walk.section("Setup")
    check = numbered(shell("Verify"))[1]

    status, before = walk.run(shell("Symptoms"))
    assert status == 0
    assert "/health 503" in before
    assert "/orders 500" in before
    assert before.count("broken: ") == 2
    assert walk.run(check)[0] != 0

    walk.section("Diagnosis")
    walk.section("Resolution")
    walk.section("Verify")

    status, after = walk.run(shell("Symptoms"))
    assert status == 0
    assert "/health 200" in after
    assert "/orders 200" in after
    assert "broken" not in after
    walk.section("Clean up")


def test_the_diagnosis_names_the_messages_and_the_fix_keeps_a_copy_of_them(walk: Walk) -> None:
    walk.section("Setup")
    [(_, logs), (_, queries)] = FENCES["Diagnosis"]
    status, output = walk.run(logs)
    assert status == 0
    assert output.count("halted at message 6, which cannot be read") == 2
    counted, unreadable = walk.query(queries)
    assert counted[0][0] == 395
    assert [(row[0], row[2]) for row in unreadable] == [(number, "partner-import") for number in (6, 7, 8)]

    walk.section("Resolution")

    [kept] = walk.query("SELECT id, note FROM quarantine ORDER BY id")
    assert kept == [(number, "taken out in INC-7") for number in (6, 7, 8)]
    assert walk.query("SELECT id FROM outbox WHERE payload = ''") == [[]]
    walk.section("Clean up")


def test_removing_the_lock_alone_does_not_repair_the_service(walk: Walk) -> None:
    walk.section("Setup")
    status, output = walk.run(
        shell("Resolution") + "timeout 30 bash -c 'until test -e dispatcher.lock; do sleep 0.05; done'"
    )
    assert status == 0, output
    assert walk.run(numbered(shell("Verify"))[1])[0] != 0
    walk.section("Clean up")


def test_cleaning_up_leaves_no_process_and_no_folder(walk: Walk) -> None:
    walk.section("Setup")
    service = walk.service()
    assert walk.directory.parent == walk.temporary
    os.kill(service, 0)

    walk.section("Clean up")

    walk.run("wait")
    assert list(walk.temporary.iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.kill(service, 0)


def test_two_walks_at_once_do_not_collide(walks: list[Walk]) -> None:
    first, second = walks
    first.section("Setup")
    second.section("Setup")
    assert first.directory != second.directory

    first.section("Resolution")
    first.section("Verify")
    assert second.run(numbered(shell("Verify"))[1])[0] != 0

    first.section("Clean up")
    assert "/health 503" in second.run(shell("Symptoms"))[1]
    second.section("Clean up")


def test_cleaning_up_in_the_wrong_folder_removes_nothing_of_it(walk: Walk) -> None:
    kept = walk.temporary / "precious.txt"
    kept.write_text("mine")
    stop, remove = numbered(shell("Clean up"))
    assert walk.run(stop)[0] != 0
    assert walk.run(remove)[0] != 0
    assert kept.read_text() == "mine"
