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
