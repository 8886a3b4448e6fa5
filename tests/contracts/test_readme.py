"""What the README says is so."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


def help_of(*command: str) -> str:
    done = subprocess.run([sys.executable, "-m", "tui", *command, "--help"], capture_output=True, text=True, check=True)
    return done.stdout


def test_the_two_commands_are_there() -> None:
    assert "    uv run oncue run runbooks/orders-api-down.md\n" in README
    assert "    uv run pytest\n" in README


@pytest.mark.parametrize("command", sorted(set(re.findall(r"`oncue ([a-z-]+)", README))))
def test_every_command_it_names_exists_and_is_documented(command: str) -> None:
    assert f"oncue {command}" in help_of(command)


def test_every_command_there_is_has_its_row() -> None:
    listed = re.findall(r"^    ([a-z-]+) ", help_of(), re.MULTILINE)
    assert listed
    assert [command for command in listed if f"| `oncue {command}" not in README] == []


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#]+)\)", README))))
def test_every_link_leads_somewhere(target: str) -> None:
    assert (ROOT / target).exists()


def test_the_plain_form_shows_steps_as_they_stand_in_the_demonstration() -> None:
    runbook = (ROOT / "runbooks" / "orders-api-down.md").read_text().splitlines()
    shown = "".join(part.split("```")[0] for part in README.split("```text\n")[1:])
    places = [int(line) for line in re.findall(r"orders-api-down\.md:(\d+)", shown)]
    assert len(places) == 2
    for line in places:
        assert f"    {runbook[line - 1]}" in shown
