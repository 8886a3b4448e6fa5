"""What is numbered is walked: entries and headings without a block are done by hand, beside those that run."""

from __future__ import annotations

import pytest

from .documents import read


def _steps(text: str) -> list[tuple[str, str]]:
    return [(step.kind, step.title) for step in read(text).steps]


def test_a_list_that_goes_on_after_a_block_is_still_walked() -> None:
    steps = _steps("""
        # T

        ## Lost parts

        1) Wait for a merge.
        2) Stop one replica.
        Then look:
        ```bash
        uptime -p
        ```

        3) Drop the partition on the replica.
        Check the list again.
    """)
    assert steps == [
        ("manual", "Wait for a merge"),
        ("shell", "Stop one replica"),
        ("manual", "Drop the partition on the replica. Check the list again"),
    ]


def test_a_lone_number_that_continues_nothing_is_no_step() -> None:
    assert _steps("""
        # T

        ## A

        ```bash
        uptime -p
        ```

        4. Playbooks
    """) == [("shell", "A")]


def test_a_list_that_tells_is_walked_although_a_block_stands_beside_it() -> None:
    steps = _steps("""
        # T

        ## Upgrade

        1. First upgrade the core nodes.
        2. Then upgrade the user nodes.

        Before that, look at the nodes.

        ```bash
        kubectl get nodes
        ```
    """)
    assert [kind for kind, _ in steps] == ["manual", "manual", "shell"]


@pytest.mark.parametrize(
    "entries",
    [
        ("It will report how many jobs went.", "This endpoint is bound by a limit."),
        ("The metric of the queue", "A search in the logs"),
        ("using the dashboard", "by logging in"),
    ],
)
def test_a_list_that_tells_nobody_to_do_anything_is_prose(entries: tuple[str, str]) -> None:
    text = f"# T\n\n## A\n\n```bash\nuptime -p\n```\n\n1. {entries[0]}\n2. {entries[1]}\n"
    assert _steps(text) == [("shell", "A")]


def test_an_entry_whose_block_is_only_to_be_copied_is_done_by_hand() -> None:
    steps = _steps("""
        # T

        ## Change the version

        1. Look at it:

           ```bash
           kubectl get nodes
           ```

        2. Set the version in the file:

           ```yaml
           version: 2
           ```
    """)
    assert steps == [
        ("shell", "Look at it"),
        ("template", "Set the version in the file"),
        ("manual", "Set the version in the file"),
    ]


NUMBERED_HEADINGS = """
    # T

    ## {0}

    Tell the others in `#ops` that it begins.

    ## {1}

    ```bash
    uptime -p
    ```

    ## {2}

    ### In the first terminal

    Log in.

    ## {3}
"""


@pytest.mark.parametrize(
    "titles",
    [
        ("1. Notify", "2. Upgrade", "3. Prepare", "4. Commit the change"),
        ("Step 1: Notify", "Step 2: Upgrade", "Step 3: Prepare", "Step 4: Commit the change"),
        ("1.1. Notify", "1.2. Upgrade", "1.3. Prepare", "1.4. Commit the change"),
    ],
)
def test_a_numbered_heading_with_prose_alone_is_done_by_hand(titles: tuple[str, ...]) -> None:
    steps = read(NUMBERED_HEADINGS.format(*titles)).steps
    assert [(step.kind, step.title) for step in steps] == [
        ("manual", titles[0]),
        ("shell", titles[1]),
        ("manual", titles[2]),
        ("manual", titles[3]),
    ]
    assert steps[0].prose == "Tell the others in `#ops` that it begins."
    assert "Log in." in steps[2].prose
    assert steps[0].section == (titles[0],)
    assert [step.lines.first for step in steps] == [3, 10, 13, 19]


@pytest.mark.parametrize(
    "titles",
    [
        ("Notify", "Upgrade", "Prepare", "Commit"),
        ("1. Overview", "2. Upgrade", "3. References", "4. Contacts"),
    ],
)
def test_a_heading_that_is_no_numbered_action_is_no_step(titles: tuple[str, ...]) -> None:
    assert [step.kind for step in read(NUMBERED_HEADINGS.format(*titles)).steps] == ["shell"]


def test_numbered_headings_of_which_none_holds_a_step_are_something_to_read() -> None:
    assert _steps("# T\n\n## 1. Planning\n\nWords.\n\n## 2. Culture\n\nMore words.\n") == []
