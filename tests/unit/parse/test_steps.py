"""How fences and lists become steps: titles, prose, gates, suggestions, expectations."""

from __future__ import annotations

import pytest

from tests.unit.parse.documents import fence, only, read, titles


def test_lines_of_a_step_are_lines_of_the_document() -> None:
    runbook = read(
        """
        # T

        ```bash
        # First
        echo 1

        # Second
        echo 2
        ```
        """
    )
    assert [tuple(step.lines) for step in runbook.steps] == [(4, 5), (7, 8)]
    assert [step.text for step in runbook.steps] == ["# First\necho 1", "# Second\necho 2"]


def test_a_warning_above_a_step_is_its_prose_and_not_its_title() -> None:
    step = only(fence("bash", "# WARNING: ask first\n\n# 1. Restart\nsystemctl restart web"))
    assert step.title == "Restart"
    assert "WARNING: ask first" in step.prose


def test_a_numbered_comment_without_a_command_is_done_by_hand() -> None:
    runbook = read(fence("bash", "# 1. Look\nls -l\n\n# 2. Fix it\n# (depends)\n\n# 3. Look again\nls -l"))
    assert [(step.kind, step.title) for step in runbook.steps] == [
        ("shell", "Look"),
        ("manual", "Fix it"),
        ("shell", "Look again"),
    ]
    assert runbook.steps[1].prose == "(depends)"
    assert runbook.steps[1].text == ""


def test_a_comment_paragraph_without_a_command_is_prose_of_its_neighbour() -> None:
    step = only(fence("bash", "# Check it\nls -l\n\n# Check the pool\n# (varies)"))
    assert step.prose == "Check the pool\n(varies)"


def test_a_commented_out_command_is_not_a_title() -> None:
    step = only(fence("bash", "systemctl restart web\n\n# systemctl restart db\nuptime"))
    assert "# systemctl restart db" in step.text


def test_a_block_of_comments_only_is_a_template() -> None:
    assert only(fence("bash", "# (nothing here yet)")).kind == "template"


def test_a_script_runs_whole_and_names_its_interpreter() -> None:
    step = only(fence("bash", "#!/usr/bin/env python3\n\n# 1. one\nprint(1)\n\n# 2. two\nprint('it')"))
    assert step.interpreter == "#!/usr/bin/env python3"
    assert step.broken is None
    assert step.text.count("\n") == 6


def test_a_step_is_called_by_its_lead_its_heading_or_its_first_command() -> None:
    runbook = read(
        """
        # T

        ## Restart

        Systemd knows the unit.

        ```bash
        systemctl restart web
        ```

        Then look at the journal:

        ```bash
        journalctl -u web
        ```

        ```bash
        uptime
        ```
        """
    )
    assert titles(runbook) == ["Restart", "Then look at the journal", "uptime"]


def test_prose_between_two_steps_belongs_to_the_second() -> None:
    runbook = read(
        """
        # T

        ## S

        Before.

        ```bash
        uptime
        ```

        Between,
        as written.

        ```bash
        free -m
        ```
        """
    )
    assert [step.prose for step in runbook.steps] == ["Before.", "Between,\nas written."]


def test_what_a_section_says_goes_to_the_first_step_of_its_first_subsection() -> None:
    runbook = read(
        """
        # T

        ## Diagnosis

        **Goal**: find the cause.

        ### Step 1

        - [ ] look at the logs
        """
    )
    assert runbook.steps[0].prose == "**Goal**: find the cause."


def test_a_checklist_gates_the_next_step_that_runs() -> None:
    runbook = read(
        """
        # T

        ## S

        - [ ] one
        - [x] two

        1. a manual step
        2. and what the block is for

        ```bash
        uptime
        ```

        - [ ] three

        ```bash
        free -m
        ```

        - [ ] four
        """
    )
    found = [(step.kind, [(item.text, item.written_ticked) for item in step.items]) for step in runbook.steps]
    assert found == [
        ("manual", []),
        ("shell", [("one", False), ("two", True)]),
        ("shell", [("three", False)]),
        ("manual", [("four", False)]),
    ]


def test_a_checklist_does_not_reach_into_another_section() -> None:
    runbook = read("# T\n\n## A\n\n- [ ] one\n\n## B\n\n```bash\nuptime\n```\n")
    assert [(step.kind, len(step.items)) for step in runbook.steps] == [("manual", 1), ("shell", 0)]


def test_items_know_their_depth_and_what_hangs_below_them() -> None:
    step = only("# T\n\n## S\n\n- [ ] outer\n  - a remark\n  - [ ] inner `kubectl get pods`\n")
    found = [(item.text, item.depth) for item in step.items]
    assert found == [("outer\n- a remark", 0), ("inner `kubectl get pods`", 1)]
    assert [suggestion.text for suggestion in step.items[1].suggestions] == ["kubectl get pods"]
    assert step.items[1].lines == (7, 7)


def test_an_item_with_a_block_becomes_the_step_and_not_its_own_gate() -> None:
    step = only("# T\n\n## S\n\n- [ ] Drain the node\n\n  ```bash\n  kubectl drain node-1\n  ```\n")
    assert (step.kind, step.title, step.items) == ("shell", "Drain the node", ())


def test_a_numbered_list_in_a_section_about_something_is_not_a_procedure() -> None:
    runbook = read("# T\n\n## Escalation path\n\n1. Ann\n2. Bob\n\n## Fix\n\n1. Restart it\n")
    assert titles(runbook) == ["Restart it"]


def test_a_table_of_contents_is_not_a_procedure() -> None:
    runbook = read("# T\n\n## Start\n\n1. [Fix](#fix)\n2. [Look](#look)\n\n## Fix\n\n1. Restart it\n")
    assert titles(runbook) == ["Restart it"]


def test_commands_in_prose_go_to_the_next_step() -> None:
    runbook = read("# T\n\n## S\n\nTry `kubectl get pods -n shop` first.\n\n```bash\nuptime\n```\n")
    assert [[s.text for s in step.suggestions] for step in runbook.steps] == [["kubectl get pods -n shop"]]


def test_a_section_with_commands_only_in_prose_gets_a_manual_step() -> None:
    step = only("# T\n\n## S\n\nRun `kubectl get pods -n shop` and wait. Nothing else.\n")
    assert (step.kind, step.title) == ("manual", "Run kubectl get pods -n shop and wait. Nothing else")
    assert step.suggestions[0].lines == (5, 5)


def test_a_mention_of_a_command_is_not_a_suggestion() -> None:
    runbook = read("# T\n\n## S\n\nThe `kubectl` tool and `helm upgrade` exist.\n\n```bash\nuptime\n```\n")
    assert runbook.steps[0].suggestions == ()


def test_what_good_looks_like_belongs_to_the_step_before() -> None:
    runbook = read(
        """
        # T

        ## S

        ```bash
        uptime
        ```

        **Expected Results**: low load

        ```bash
        free -m
        ```

        You should see something like:

        ```
        Mem: 1 2 3
        ```
        """
    )
    assert [step.expectation for step in runbook.steps] == ["low load", "Mem: 1 2 3"]


@pytest.mark.parametrize(
    ("label", "expectation"),
    [
        ("**Expected Results**: low load", "low load"),
        ("**Expected:** low load\n**and** quiet", "low load\n**and** quiet"),
        ("*Expected*: **low** load", "**low** load"),
        ("**Expected Results**:\n\n- low load\n- quiet", "- low load\n- quiet"),
    ],
)
def test_what_good_looks_like_is_said_without_its_label(label: str, expectation: str) -> None:
    assert only(f"# T\n\n```bash\nuptime\n```\n\n{label}\n").expectation == expectation


def test_an_output_fence_without_a_step_before_it_is_a_template() -> None:
    assert only(fence("output", "a\nb")).kind == "template"


def test_a_block_in_an_html_comment_is_not_run() -> None:
    runbook = read("# T\n\n<!--\n```bash\nrm -rf /\n```\n-->\n\n```bash\nuptime\n```\n")
    assert [step.text for step in runbook.steps] == ["uptime"]


def test_erb_is_a_placeholder_and_never_evaluated() -> None:
    step = only(fence("sh", "kubectl -n <%= namespace %> get pods"))
    assert step.broken is None
    assert step.text == "kubectl -n <%= namespace %> get pods"
