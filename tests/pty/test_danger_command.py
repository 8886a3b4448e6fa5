"""`oncue danger` as a person and as a program would use it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def oncue(*arguments: str, stdin: str | bytes = "", home: Path) -> subprocess.CompletedProcess[bytes]:
    data = stdin.encode() if isinstance(stdin, str) else stdin
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-m", "tui", "danger", *arguments]
    return subprocess.run(command, input=data, capture_output=True, env=environment, cwd=home, check=False)


def test_a_person_sees_the_part_that_counts_and_why(tmp_path: Path) -> None:
    told = oncue("ls; redis-cli -h cache FLUSHALL", home=tmp_path).stdout.decode().splitlines()
    assert told[0].startswith("‼ dangerous · data destruction")
    assert told[1:3] == ["    ls; redis-cli -h cache FLUSHALL", "        ^^^^^^^^^^^^^^^^^^^^^^^^^^^"]
    assert "  hits: cache" in " ".join(told)
    assert "  dry run: none" in told


def test_a_dry_run_is_shown_where_the_tool_has_one(tmp_path: Path) -> None:
    told = oncue("kubectl delete ns shop", home=tmp_path).stdout.decode()
    assert "dry run (native):\n    kubectl delete ns shop --dry-run=server\n" in told


def test_control_characters_of_the_text_never_reach_the_terminal(tmp_path: Path) -> None:
    told = oncue("-", stdin="rm -rf /srv/\x1b]52;c;x\x07\u202e", home=tmp_path).stdout
    assert b"\x1b" not in told
    assert "\u202e".encode() not in told


def test_json_lines_are_answered_in_order_one_each(tmp_path: Path) -> None:
    asked = [
        {"id": "a", "lang": "bash", "text": "ls -l"},
        {"id": 2, "lang": "sql", "text": "DROP TABLE orders"},
        {"id": "c", "text": "redis-cli -h cache FLUSHALL"},
    ]
    done = oncue("--json", stdin="\n".join(map(json.dumps, asked)), home=tmp_path)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(one["id"], one["level"]) for one in answers] == [("a", "safe"), (2, "dangerous"), ("c", "dangerous")]
    assert set(answers[0]) == {"id", "level", "category", "rule", "why", "span", "target", "dry_run"}
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("not json", "Expecting value"),
        ("[1]", 'a string under "text"'),
        ('{"text": 1}', 'a string under "text"'),
        ('{"text": "ls", "lang": "perl"}', '"lang" is one of'),
    ],
)
def test_a_line_that_cannot_be_judged_is_answered_and_the_rest_goes_on(line: str, error: str, tmp_path: Path) -> None:
    done = oncue("--json", stdin=f'{line}\n{{"id": 7, "text": "ls"}}\n', home=tmp_path)
    first, second = (json.loads(answer) for answer in done.stdout.splitlines())
    assert error in first["error"]
    assert first["line"] == 1
    assert (second["id"], second["level"]) == (7, "safe")
    assert done.returncode == 2


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    done = oncue("-", stdin=b"ls \xff\xfe", home=tmp_path)
    assert done.returncode == 2
    assert b"not UTF-8 text: byte 3" in done.stderr


def test_every_rule_is_listed_from_the_data(tmp_path: Path) -> None:
    rows = json.loads(oncue("--rules", "--json", home=tmp_path).stdout)
    ids = [row["id"] for row in rows]
    assert {"kubectl-delete-ns", "sql-drop-table", "verb-dangerous"} <= set(ids)
    assert all(row["level"] in ("safe", "unknown", "caution", "dangerous") and row["why"] for row in rows)
    assert "kubectl" in oncue("--rules", home=tmp_path).stdout.decode()


def test_a_policy_beside_the_caller_counts(tmp_path: Path) -> None:
    (tmp_path / "oncue.toml").write_text('[aliases]\nkk = "kubectl"\n')
    told = json.loads(oncue("--json", "kk delete ns shop", home=tmp_path).stdout)
    assert told["rule"] == "kubectl-delete-ns"
