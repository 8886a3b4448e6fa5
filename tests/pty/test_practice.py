"""From a real run to its report by way of practice: recorded, exported, replayed, rehearsed with a failure at every
step, compared and reported. The demonstration, and a runbook that is mostly SQL.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from support.terminal import Operator, oncue, shown

from engine.events import Fault
from engine.recording import read

RUNBOOK = Path(__file__).resolve().parents[2] / "runbooks" / "orders-api-down.md"
TARGET = re.compile(r"To run it(?: again)?, type: (.+)")
MUCH_SQL = """---
kind: procedure
databases:
  jobs: sqlite:///jobs.db
variables:
  worker:
    default: web-3
---

# A worker holds jobs it will never finish

## Look

```sql
-- What waits, and for how long
SELECT state, count(*) AS jobs, min(created_at) AS oldest FROM jobs GROUP BY state ORDER BY state;

-- What the worker holds
SELECT id, name FROM jobs WHERE worker = '{{worker}}' AND state = 'running' ORDER BY id;
```

## Resolution

- [ ] The worker is really gone

```sql
-- Give the jobs back
UPDATE jobs SET state = 'waiting', worker = NULL WHERE worker = '{{worker}}' AND state = 'running';

-- Keep what failed for good
CREATE TABLE IF NOT EXISTS dead (id, name);

-- Copy it
INSERT INTO dead SELECT id, name FROM jobs WHERE state = 'failed';

-- Empty the list of workers
DELETE FROM workers;
```

## Verify

```sql
-- Nothing is held any more
SELECT count(*) AS held FROM jobs WHERE worker = '{{worker}}';
```

```bash
# How large it is now
wc -c < jobs.db
```
"""


def demonstration(home: Path) -> Path:
    del home  # it brings its own patient
    return RUNBOOK


def much_sql(home: Path) -> Path:
    with sqlite3.connect(home / "jobs.db") as connection:
        connection.executescript("""
            CREATE TABLE jobs (id INTEGER PRIMARY KEY, name, state, worker, created_at);
            CREATE TABLE workers (name);
            INSERT INTO workers VALUES ('web-1'), ('web-3');
            INSERT INTO jobs (name, state, worker, created_at) VALUES
              ('mail é', 'running', 'web-3', '2026-01-10 02:58:07'),
              ('thumbnails', 'running', 'web-3', '2026-01-10 02:58:09'),
              ('invoice', 'failed', NULL, '2026-01-10 02:59:00'),
              ('mail', 'waiting', NULL, '2026-01-10 03:00:00');
        """)
    connection.close()
    (home / "jobs.md").write_text(MUCH_SQL)
    return home / "jobs.md"


def walked(operator: Operator) -> int:
    """Answers every question as somebody does who trusts the runbook and tries again what failed; the exit code."""
    while (asked := operator.asked()) is not None:
        lines = operator.seen.rstrip().split("\n")
        question = [line for line in lines[-4:] if line.startswith("[")]
        above = lines[-1 - len(question)] if question else ""
        target = TARGET.fullmatch(above.strip())
        if target:
            operator.says(target[1])
        elif "[y]" in "".join(question):
            operator.says("y")
        else:
            assert "[Enter]" in "".join(question), (asked, lines[-6:])
            operator.says("")
    return operator.ends()


def tell(home: Path, *words: str) -> str:
    done = oncue(home, *words)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def ran(run: Mapping[str, Any]) -> dict[str, Any]:
    """Step → its latest attempt."""
    return {step["id"]: step["attempts"][-1] for step in run["steps"] if step["attempts"]}


def rehearse(home: Path, book: Path, cast: Path, faults: Mapping[str, Fault]) -> Mapping[str, Any]:
    """With this going wrong at the first start of each step."""
    wrong = [word for step_id, fault in faults.items() for word in ("--inject", f"{fault}:{step_id}")]
    options = ("--from", str(cast), "--speed", "0", "--plain", *wrong)
    operator = Operator(home, "rehearse", str(book), *options, TMPDIR=str(home / "scratch"))
    operator.sees("Enter to go on: ")
    operator.says("")
    assert walked(operator) == 0, operator.seen[-3000:]
    assert f"gone wrong on purpose: {len(faults)}" in operator.seen
    assert "wrong turns: none" in operator.seen
    assert "never reached: none" in operator.seen
    return shown(home)


@pytest.mark.slow
@pytest.mark.parametrize("prepared", [demonstration, much_sql])
def test_what_was_done_once_is_practised_with_a_failure_at_every_step(
    tmp_path: Path, prepared: Callable[[Path], Path]
) -> None:
    book = prepared(tmp_path)
    (tmp_path / "scratch").mkdir()

    # For real, and kept as a file.
    real = oncue(tmp_path, "run", str(book), "--yes", "--waive", "practice", *approved(book))
    assert real.returncode == 0, real.stdout + real.stderr
    then = shown(tmp_path)
    cast = tmp_path / "real.cast"
    cast.write_text(tell(tmp_path, "export", then["id"]))
    recording = read(cast)
    assert list(recording.warnings) == []
    assert {step.id: step.outcome for step in recording.steps} == dict.fromkeys(ran(then), "succeeded")

    # Watched again, from the trail and from the file alike: every step, what it printed, and how it ended.
    told = tell(tmp_path, "replay", then["id"])
    assert tell(tmp_path, "replay", str(cast)) == told.replace(f"run {then['id']}", str(cast))
    assert told.count("✔ succeeded, ") == len(ran(then))
    for one in ran(then).values():
        assert one["output"].replace("\r\n", "\n").rstrip() in told

    # In a rehearsal every step goes wrong once, is met, and goes then as it went.
    before = everything_in(tmp_path)
    now = rehearse(tmp_path, book, cast, dict.fromkeys(ran(then), "fail"))
    assert everything_in(tmp_path) == before
    assert (now["mode"], now["outcome"]) == ("rehearsal", "rehearsed")
    for step in now["steps"]:
        if step["attempts"]:
            assert [one["outcome"] for one in step["attempts"]] == ["failed", "succeeded"], step["title"]
            assert "error: it broke off here" in step["attempts"][0]["output"]
    assert {step: one["output"] for step, one in ran(now).items()} == {
        step: one["output"] for step, one in ran(then).items()
    }

    # The two beside each other: the same texts, verdicts and outputs.
    difference = json.loads(tell(tmp_path, "diff", then["id"], now["id"], "--json"))
    for step in difference["steps"]:
        assert step["facts"].keys() <= {"attempts", "checklist"}, step
        assert (step["text"]["lines"], step["output"]["lines"]) == ([], []), step

    # Reported as what they were.
    for words in ((), ("--format", "html")):
        assert "This was a rehearsal" in tell(tmp_path, "report", now["id"], *words)
        assert "This was a rehearsal" not in tell(tmp_path, "report", then["id"], *words)
    report = json.loads(tell(tmp_path, "report", now["id"], "--format", "json"))
    assert report["record"]["verification"]["ok"]
    assert [len(step["attempts"]) for step in report["steps"] if step["attempts"]] == [2] * len(ran(then))
    assert oncue(tmp_path, "verify").returncode == 0


@pytest.mark.slow
def test_a_connection_that_is_lost_on_purpose_is_settled_like_a_real_one(tmp_path: Path) -> None:
    book = much_sql(tmp_path)
    (tmp_path / "scratch").mkdir()
    assert oncue(tmp_path, "run", str(book), "--yes", "--waive", "practice", *approved(book)).returncode == 0
    then = shown(tmp_path)
    cast = tmp_path / "real.cast"
    cast.write_text(tell(tmp_path, "export", then["id"]))
    now = rehearse(tmp_path, book, cast, dict.fromkeys(ran(then), "lost-connection"))
    for step in now["steps"]:
        if step["attempts"]:
            assert [one["outcome"] for one in step["attempts"]] == ["lost", "succeeded"]


def approved(book: Path) -> list[str]:
    """Options that let the dangerous steps run where nobody sits."""
    titles = {"orders-api-down": "Remove what the demonstration made", "jobs": "Empty the list of workers"}
    return ["--approve", titles[book.stem]]


def everything_in(home: Path) -> dict[str, bytes]:
    """But the trail, and what the host keeps for itself."""
    files = (path for path in home.rglob("*") if path.is_file() and "state" not in path.relative_to(home).parts)
    return {str(path): path.read_bytes() for path in files if not path.is_symlink()}
