"""`oncue report` and `oncue diff` as they are given, on runs that really ran."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from support.past_trails import write_past
from support.terminal import Operator, oncue

DOCUMENT = """# Count

## Look

- [ ] Somebody knows

```bash
# How many
echo "$(date) there are {count}"
```

## Status message

```text
There are {count}.
```
"""


def accesses(trail: Path) -> list[str]:
    with sqlite3.connect(trail) as connection:
        rows = connection.execute("SELECT action FROM ledger ORDER BY rowid").fetchall()
    connection.close()
    return [action for (action,) in rows]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs of one document, with another value in each."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "count.md").write_text(DOCUMENT)
    for count in ("3", "4"):
        values = ("--section", "Look", "--var", f"count={count}")
        done = oncue(folder, "run", "count.md", *values, "--yes", "--waive", "a test")
        assert done.returncode == 0, done.stderr
    return folder


def runs(home: Path) -> list[str]:
    """Oldest first."""
    return [run["id"] for run in json.loads(oncue(home, "runs", "--json").stdout)][::-1]


def trail(home: Path) -> Path:
    return home / "state" / "oncue" / "audit.db"


def test_the_latest_run_is_reported_in_every_form_and_that_is_on_record(home: Path) -> None:
    before = len(accesses(trail(home)))
    markdown, page, told = (oncue(home, "report", "--format", form) for form in ("md", "html", "json"))
    for done in (markdown, page, told):
        assert (done.returncode, done.stderr) == (0, "")
    assert "There are 4." in markdown.stdout
    assert "<!doctype html>" in page.stdout
    said = json.loads(told.stdout)
    assert said["messages"][0]["text"] == "There are 4."
    assert said["record"]["verification"]["ok"] is True
    assert said["record"]["head"] in markdown.stdout
    assert said["record"]["head"] in page.stdout
    assert accesses(trail(home))[before:] == ["reported"] * 3
    assert oncue(home, "verify").returncode == 0


def test_two_runs_differ_in_what_was_counted_and_not_in_their_times(home: Path) -> None:
    first, second = runs(home)
    done = oncue(home, "diff", first, second)
    assert (done.returncode, done.stderr) == (1, "")
    assert "input count: 3 → 4" in done.stdout
    output = done.stdout[done.stdout.index("output:") :].splitlines()[1]
    assert output.endswith("there are [-3-]{+4+}")
    assert output.count("[-") == 1, output
    assert done.stdout.splitlines()[-1] == "different: 1 of 1 step"
    assert json.loads(oncue(home, "diff", first, second, "--json").stdout)["same"] is False
    assert accesses(trail(home))[-4:] == ["compared"] * 4


def test_a_run_is_the_same_as_itself(home: Path) -> None:
    done = oncue(home, "diff", runs(home)[0], runs(home)[0])
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "the same: 1 step")


def test_runs_that_are_not_there_are_a_sentence(home: Path) -> None:
    for command in (("report", "nope"), ("diff", "nope", runs(home)[0])):
        done = oncue(home, *command)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == "oncue: There is no run whose id begins with 'nope'.\n"


def test_a_team_begins_its_template_from_the_built_in_one(home: Path) -> None:
    printed = oncue(home, "report", "--print-template", "--format", "md")
    (home / "ours.md").write_text(printed.stdout.replace("## Impact", "## What customers saw"))
    done = oncue(home, "report", "--template", "ours.md")
    assert done.returncode == 0, done.stderr
    assert "## What customers saw" in done.stdout
    (home / "ours.md").write_text("a\n{{ run.nothing }}\n")
    done = oncue(home, "report", "--template", "ours.md")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("oncue: ours.md:2: ")


def test_html_is_not_poured_into_a_terminal(home: Path) -> None:
    operator = Operator(home, "report", "--format", "html")
    assert operator.ends() == 2
    assert "oncue report RUN --format html > report.html" in operator.seen


def test_a_damaged_trail_is_reported_as_such_and_left_as_it_is(tmp_path: Path) -> None:
    damaged = write_past(tmp_path / "audit.db")
    with sqlite3.connect(damaged) as connection:
        triggers = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
        for name in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("UPDATE event SET actor = 'mallory' WHERE run_id LIKE '20260105%' AND seq = 5")
    connection.close()
    before = damaged.read_bytes()
    done = oncue(tmp_path, "report", "20260105", "--audit", str(damaged))
    assert done.returncode == 4
    assert "**The trail does not verify.**" in done.stdout
    assert "does not verify; the report says so" in done.stderr
    assert damaged.read_bytes() == before
