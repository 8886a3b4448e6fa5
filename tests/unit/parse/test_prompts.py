"""Which lines of a block stand behind a prompt, and who reads them."""

from __future__ import annotations

import pytest

from .documents import fence, only, read


@pytest.mark.parametrize(
    ("block", "typed"),
    [
        ("# /opt/app/embedded/bin/consul members", "/opt/app/embedded/bin/consul members"),
        ("# /usr/sbin/service app --status\nrunning", "/usr/sbin/service app --status"),
        ("# kubectl get pods\nNAME READY", "kubectl get pods"),
    ],
)
def test_the_path_of_a_program_behind_a_hash_is_typed_by_root(block: str, typed: str) -> None:
    step = only(fence("shell", block))
    assert (step.kind, step.text) == ("shell", typed)


@pytest.mark.parametrize(
    "block",
    [
        "# /usr/local/bin/backup.sh\nTARGET=/srv",
        "# /usr/bin/app is what the others call",
        "# sudo\nsudo -k; sudo -v",
        "# helm\nhelm list",
        "# docker\n./stop.sh --all",
    ],
)
def test_a_comment_is_not_taken_for_what_root_types(block: str) -> None:
    assert [step.text for step in read(fence("shell", block)).steps] == [block]


@pytest.mark.parametrize("prompt", ["template1#", "template1=#", "orders_production=#", "orders>"])
def test_a_client_opened_by_root_is_fed_what_stands_at_its_prompt(prompt: str) -> None:
    step = only(fence("shell", f"# gitlab-psql -d orders\n{prompt} select * from pg_is_in_recovery();\n f"))
    assert step.kind == "shell"
    assert step.text.split("\n") == [
        "gitlab-psql -d orders <<'END_OF_INPUT'",
        "select * from pg_is_in_recovery();",
        "END_OF_INPUT",
    ]
    assert step.sample_output == " f"


@pytest.mark.parametrize("line", ["switch# show version", "mon-a# reload it"])
def test_the_prompt_of_another_machine_is_no_database(line: str) -> None:
    assert [step.kind for step in read(fence("", line)).steps] == ["template"]
