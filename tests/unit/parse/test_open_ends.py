"""What follows a command that is not complete belongs to it, however much it looks like output."""

from __future__ import annotations

import pytest

from engine.parse import read_runbook

BLOCKS = [
    "cat << EOF | kubectl apply -f -\napiVersion: v1\nkind: Ingress\nmetadata:\n  name: $NAME\nEOF",
    "kubectl apply -f - <<'EOF'\nkind: Pod\nspec:\n  x: 1\nEOF",
    "psql -c '\nid: 1\nname: 2\n'",
    "cat <<-END > a.yaml\n\tkind: Pod\n\tspec: x\n\tEND",
]


@pytest.mark.parametrize("block", BLOCKS)
def test_a_here_document_or_quote_that_holds_data_stays_whole(block: str) -> None:
    (step,) = read_runbook("a.md", f"# T\n\n```bash\n{block}\n```\n".encode()).steps
    assert (step.kind, step.text, step.sample_output, step.broken) == ("shell", block, "", None)


@pytest.mark.parametrize("depth", [12, 45, 300])
def test_a_list_however_deep_does_not_hide_the_rest_of_the_document(depth: int) -> None:
    deep = "\n".join("  " * level + f"- level {level}" for level in range(depth))
    text = f"# T\n\n## One\n\n```bash\necho 1\n```\n\n{deep}\n\n## Two\n\n- [ ] told\n\n```bash\necho 2\n```\n"
    steps = read_runbook("a.md", text.encode()).steps
    assert [step.text for step in steps if step.kind == "shell"] == ["echo 1", "echo 2"]
    assert [item.text for item in steps[-1].items] == ["told"]


def test_a_long_word_after_for_is_read_in_no_time() -> None:
    text = f"# T\n\nFor {'a' * 5000}: then\n\n```bash\necho 1\n```\n"
    assert len(read_runbook("a.md", text.encode()).steps) == 1
