"""Ids stay the same when the document is edited elsewhere."""

from __future__ import annotations

import subprocess
import sys

import pytest

from engine.parse.identity import Ids, slug
from tests.unit.parse.documents import fence, read

SLUGS = [
    ("Restart the service", "restart-the-service"),
    ("1. Check: `kubectl` (now)!", "1-check-kubectl-now"),
    ("日本", "step"),
    ("", "step"),
    ("a" * 50, "a" * 32),
    ("Prevent further writes to the bucket", "prevent-further-writes-to-the"),
]


@pytest.mark.parametrize(("title", "expected"), SLUGS)
def test_a_slug_is_short_and_can_be_typed(title: str, expected: str) -> None:
    assert slug(title) == expected


def test_equal_things_are_numbered() -> None:
    ids = Ids()
    first = ids.make("a", ())
    assert [ids.make("a", ()), ids.make("a", ())] == [f"{first}-2", f"{first}-3"]


def test_an_edit_elsewhere_changes_no_id() -> None:
    before = read("# T\n\n## A\n\n1. one\n2. two\n\n## B\n\n- [ ] look\n\n```bash\nuptime\n```\n")
    after = read("# Other\n\nMore.\n\n## A\n\n1. new\n2. one\n3. two\n\n## B\n\n- [ ] look\n\n```bash\nuptime\n```\n")
    kept = {step.id for step in before.steps}
    assert kept < {step.id for step in after.steps}
    assert before.steps[-1].items[0].id == after.steps[-1].items[0].id


def test_a_new_number_does_not_rename_what_follows() -> None:
    before = read(fence("bash", "# 1. Look\nls -l\n\n# 2. Fix\nrm -v x"))
    after = read(fence("bash", "# 1. Look\nls -l\n\n# 2. New\nid -u\n\n# 3. Fix\nrm -v x"))
    assert [step.title for step in after.steps] == ["Look", "New", "Fix"]
    assert before.steps[0].id == after.steps[0].id


def test_changed_text_changes_the_id() -> None:
    assert read(fence("bash", "uptime")).steps[0].id != read(fence("bash", "uptime -p")).steps[0].id


def test_reading_stays_light() -> None:
    code = (
        "import sys\nfrom engine.parse import read_runbook\nimport engine.outline\n"
        "read_runbook('x', b'# T\\n\\n```sql\\nSELECT 1;\\n```\\n\\n```bash\\nls\\n```\\n')\n"
        "print(sorted({'pydantic', 'sqlglot', 'yaml', 'sqlmodel', 'textual', 'asyncio'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
