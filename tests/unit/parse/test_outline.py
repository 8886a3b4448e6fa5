"""The two listings of a runbook."""

from __future__ import annotations

import json

from engine.forecast import forecast
from engine.judging import judging_for
from engine.model import Variable
from engine.outline import to_json, to_text
from engine.parse import read_runbook
from tests.unit.parse.documents import fence, read

DOCUMENT = """\
# T

## Option A

- [x] ready

```bash {timeout=60s}
kubectl get pods -n {namespace}
```

## Option B

1. wait

```bash
echo "
```
"""


def test_json_has_the_documented_shape() -> None:
    runbook = read(DOCUMENT)
    verdicts = forecast(runbook, judging_for(runbook, {}))
    found = to_json(runbook, [Variable("namespace", "braces", (8,), default="x", secret=True)], verdicts)
    assert json.loads(json.dumps(found)) == found
    assert list(found)[:5] == ["path", "sha256", "title", "shape", "metadata"]
    assert found["variables"] == [
        {
            "name": "namespace", "style": "braces", "lines": [8], "default": None, "pattern": None, "choices": [],
            "secret": True, "description": "",
        }
    ]  # fmt: skip
    assert found["problems"] == [{"line": 16, "code": "shell-syntax", "message": "a double quote is never closed"}]
    steps = found["steps"]
    assert isinstance(steps, list)
    first = steps[0]
    assert {key: first[key] for key in ("kind", "title", "section", "lines", "text", "level", "attributes")} == {
        "kind": "shell",
        "title": "Option A",
        "section": ["Option A"],
        "lines": [8, 8],
        "text": "kubectl get pods -n {namespace}",
        "level": "safe",
        "attributes": {"timeout": "60s"},
    }
    assert [item["text"] for item in first["items"]] == ["ready"]
    choice = runbook.choices[0]
    assert first["alternatives"] == [{"choice": choice.id, "option": choice.options[0].id, "label": "Option A"}]
    assert steps[1]["broken"]["code"] == "shell-syntax"


def test_a_step_that_does_not_run_has_no_level() -> None:
    found = to_json(read("# T\n\n## S\n\n1. wait\n\n```yaml\na: 1\n```\n"), ())
    steps = found["steps"]
    assert isinstance(steps, list)
    assert [step["level"] for step in steps] == [None, None]


def test_a_step_that_runs_has_its_verdict_and_the_reason() -> None:
    runbook = read("# T\n\n## S\n\n```bash\nkubectl delete ns shop\n```\n")
    verdicts = forecast(runbook, judging_for(runbook, {}))
    steps = to_json(runbook, (), verdicts)["steps"]
    assert isinstance(steps, list)
    assert {key: steps[0][key] for key in ("level", "category", "target")} == {
        "level": "dangerous",
        "category": "cluster_scope",
        "target": "shop",
    }
    assert f"‼ dangerous: {steps[0]['why']} (shop)" in to_text(runbook, (), 200, verdicts)


def test_a_step_is_judged_with_what_the_steps_before_it_set() -> None:
    runbook = read('# T\n\n## S\n\n```bash\nKC="kubectl -n shop"\n```\n\nthen\n\n```bash\n$KC get pods\n```\n')
    assert [verdict.level for verdict in forecast(runbook, judging_for(runbook, {})).values()] == ["safe", "safe"]


def test_problems_stand_at_the_end_with_path_and_line() -> None:
    assert to_text(read(DOCUMENT), (), 80).splitlines()[-1] == "test.md:16: a double quote is never closed"


def test_a_listing_fits_its_width() -> None:
    long = "word " * 100
    text = to_text(read(f"# {long}\n\n## {long}\n\n1. {long}\n\n```bash\necho {long}\n```\n"), (), 60)
    assert max(len(line) for line in text.splitlines()[2:]) <= 110


def test_nothing_a_terminal_would_obey_leaves_the_listing() -> None:
    evil = "\x1b]52;c;AAAA\x07\x1b[2J\x9b31m\u202eabc\u2066"
    runbook = read_runbook(
        f"{evil}.md", (f"# {evil}\n\n## {evil}\n\n- [ ] {evil}\n\n" + fence("bash", f"# {evil}\necho {evil}")).encode()
    )
    text = to_text(runbook, [Variable(evil, "dollar", (1,))], 80)
    assert not set(text) & set("\x1b\x07\x9b\u202e\u2066")
    assert "^[]52;c;AAAA^G" in text
    assert "<U+202E>" in text


def test_variables_are_listed_with_their_lines() -> None:
    text = to_text(read(DOCUMENT), [Variable("namespace", "braces", (8, 12), secret=True)], 80)
    assert "  namespace [braces, 8, 12] secret" in text


def test_only_what_is_walked_is_numbered() -> None:
    text = to_text(read("# T\n\n```bash\nuptime -p\n```\n\n```yaml\na: 1\n```\n\n```bash\nls -l\n```\n"), ())
    assert [line[:6] for line in text.split("\n") if line[5:6] in {"$", "¶"}] == ["   1 $", "     ¶", "   2 $"]
