"""What a runbook is called."""

from __future__ import annotations

import pytest

from engine.parse import read_runbook

FRONT = "---\ntitle: Queue is stuck\n---\n\n"
BLOCK = "\n```bash\ndf -h\n```\n"

TITLES = [
    pytest.param(f"# Free the queue\n{BLOCK}", "Free the queue", (), id="its first heading"),
    pytest.param(f"## Free the queue\n{BLOCK}### Look\n{BLOCK}", "Free the queue", ("Look",), id="a lower one, alone"),
    pytest.param(f"{FRONT}# Free the queue\n{BLOCK}", "Free the queue", (), id="the first heading, not front matter"),
    pytest.param(f"{FRONT}## Look\n{BLOCK}", "Queue is stuck", ("Look",), id="front matter, not a section"),
    pytest.param(
        f"{FRONT}## Look\n{BLOCK}### Closer\n{BLOCK}", "Queue is stuck", ("Look", "Closer"), id="nor a chapter"
    ),
    pytest.param(f"{FRONT}{BLOCK}", "Queue is stuck", (), id="front matter alone"),
]


@pytest.mark.parametrize(("text", "title", "sections"), TITLES)
def test_a_runbook_is_called_by(text: str, title: str, sections: tuple[str, ...]) -> None:
    runbook = read_runbook("queue.md", text.encode())
    assert runbook.title == title
    assert tuple(section.title for section in runbook.sections) == sections
