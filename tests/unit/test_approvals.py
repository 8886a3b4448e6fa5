"""`--approve STEP` names exactly one step that runs, or nothing happens."""

from __future__ import annotations

import pytest

from engine.cli.approvals import approved_steps, named_step
from engine.errors import UsageError
from engine.parse import read_runbook

TEXT = """# T

## One

```bash {name=drain}
kubectl drain n1
```

1. Call

## Two

```text
hello
```

```bash
# Say it
echo one

# Say it
echo two

# 12
echo twelve
```
"""
RUNBOOK = read_runbook("a.md", TEXT.encode())
IDS = {step.text.rsplit("\n", 1)[-1]: step.id for step in RUNBOOK.steps}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("1", "kubectl drain n1"),
        ("drain", "kubectl drain n1"),
        (IDS["echo two"], "echo two"),
        (IDS["echo two"][:-3], "echo two"),
        (" 12 ", "echo twelve"),
    ],
)
def test_a_step_is_named_by_number_id_beginning_name_or_title(name: str, text: str) -> None:
    assert approved_steps(RUNBOOK, [name]) == {IDS[text]}


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Say it", "could be any of 2 steps"),
        ("say-it", "could be any of 2 steps"),
        ("nowhere", "names no step that runs"),
        ("", "names no step that runs"),
        ("0", "names no step that runs"),
    ],
)
def test_what_names_no_step_or_several_is_refused_with_the_candidates(name: str, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence) as refused:
        approved_steps(RUNBOOK, ["drain", name])
    assert IDS["echo two"] in str(refused.value)


def test_what_is_only_copied_has_no_number_and_is_known_by_its_other_names() -> None:
    kinds = ("shell", "sql", "manual", "template")
    assert named_step(RUNBOOK, "Two", "--from", kinds).id == IDS["hello"]
    with pytest.raises(UsageError, match="names no step") as refused:
        named_step(RUNBOOK, "nowhere", "--from", kinds)
    assert f"\n      {IDS['hello']}" in str(refused.value)
