"""The info string of a fence: its language, how it is walked, its attributes."""

from __future__ import annotations

import pytest

from engine.parse.languages import read_info
from tests.unit.parse.documents import fence, only, read

INFOS = [
    ("bash", "bash", "shell", {}),
    ("Bash", "bash", "shell", {}),
    ("shel", "shel", "shell", {}),
    ("azurecli-interactive", "azurecli-interactive", "shell", {}),
    ("shell=bash", "shell", "shell", {}),
    ("{.bash}", "bash", "shell", {}),
    ("{code-block} bash", "bash", "shell", {}),
    ("{code-block} yaml", "yaml", "template", {}),
    ("console", "console", "console", {}),
    ("psql", "psql", "sql", {}),
    ("OUTPUT", "output", "output", {}),
    ("", "", "guess", {}),
    ("$", "$", "guess", {}),
    ("8sh", "8sh", "guess", {}),
    ("fish", "fish", "template", {}),
    ("powershell", "powershell", "template", {}),
    ("yaml", "yaml", "template", {}),
    ("{=html}", "html", "template", {}),
    ('sh {"name":"deploy","interactive":"false"}', "sh", "shell", {"name": "deploy", "interactive": "false"}),
    ("bash {name=deploy timeout=60s tty}", "bash", "shell", {"name": "deploy", "timeout": "60s", "tty": ""}),
    ('yaml title="cr.yaml" hl_lines="3 4"', "yaml", "template", {"title": "cr.yaml", "hl_lines": "3 4"}),
    ("bash {expect=\"it's up\" confirm='yes'}", "bash", "shell", {"expect": "it's up", "confirm": "yes"}),
]


@pytest.mark.parametrize(("info", "language", "walk", "attributes"), INFOS, ids=[row[0] or "none" for row in INFOS])
def test_an_info_string_is_taken_apart(info: str, language: str, walk: str, attributes: dict[str, str]) -> None:
    found = read_info(info)
    assert (found.language, found.walk, dict(found.attributes)) == (language, walk, attributes)


GUESSES = [
    ("kubectl get pods", "shell"),
    ("export A=1\necho $A", "shell"),
    ("./deploy.sh --env staging", "shell"),
    ("for pod in a b; do\n  kubectl delete pod $pod\ndone", "shell"),
    ("$ anything --here", "shell"),
    ("SELECT 1;", "sql"),
    ("-- how many\nselect count(*) from t;", "sql"),
    ("UPDATE t SET a = 1;", "sql"),
    ("select name, ctime from system.parts\nwhere path='<path>/x' and name like '<what was merged>'", "sql"),
    ("SELECT count(*) FROM orders", "sql"),
    ("select 1", "template"),
    ("select the row in 'Settings' and press it", "template"),
    ("select notes.txt in the file browser", "template"),
    ("select name from the list", "template"),
    ("select the host from the list, then go on", "template"),
    ("update the table and set the flag", "template"),
    ("delete from the cart (both of them)", "template"),
    ("Find the cause of it.", "template"),
    ("make sure it works", "template"),
    ("Select a plan; then go on.", "template"),
    ("key: value\nother: 1", "template"),
    ('{"a": 1}', "template"),
    ("INCIDENT: [service]\n- Severity: P1", "template"),
    ("ERROR:  duplicate key", "template"),
    ("kubectl is a tool\nand this is a sentence about it\nthat goes on", "template"),
]


@pytest.mark.parametrize(("text", "kind"), GUESSES, ids=[row[0][:25] for row in GUESSES])
def test_a_block_without_a_language_is_judged_by_its_content(text: str, kind: str) -> None:
    step = only(fence("", text))
    assert step.kind == kind
    assert step.guessed == (kind in {"shell", "sql"})


OUTPUTS = [
    "apiVersion: v1\nkind: Pod\nmetadata:\n  name: x",
    '{\n  "a": 1\n}',
    "2024-01-01T10:00:00 INFO started\n2024-01-01T10:00:01 INFO stopped",
    "NAME    READY   STATUS\nweb-1   1/1     Running",
    "Error: UPGRADE FAILED: cannot patch it",
    "+----+\n| Id |\n+----+",
]


@pytest.mark.parametrize("text", OUTPUTS, ids=[text[:12] for text in OUTPUTS])
def test_a_shell_fence_that_holds_only_output_is_not_run_and_reported(text: str) -> None:
    runbook = read(fence("shell", text))
    assert [step.kind for step in runbook.steps] == ["template"]
    assert [(problem.code, problem.line) for problem in runbook.problems] == [("shell-holds-output", 3)]


@pytest.mark.parametrize("text", ["cloud-platform environment create", "[service] restart", "{{COMMAND}} --now", "a=1"])
def test_an_unknown_command_in_a_shell_fence_stays_a_command(text: str) -> None:
    assert only(fence("shell", text)).kind == "shell"
