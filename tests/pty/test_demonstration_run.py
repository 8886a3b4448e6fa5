"""The README's first command, as a stranger gives it: broken before, healthy after, everything in the trail."""

from __future__ import annotations

import re
from pathlib import Path

from support.terminal import Operator, oncue, shown

RUNBOOK = Path(__file__).resolve().parents[2] / "runbooks" / "orders-api-down.md"
TARGET = re.compile(r"To run it, type: (.+)")


def outputs(home: Path) -> dict[str, str]:
    steps = shown(home)["steps"]
    return {step["title"]: step["attempts"][-1]["output"] for step in steps if step["attempts"]}


def test_it_is_walked_by_hand_from_the_broken_service_to_the_healthy_one(tmp_path: Path) -> None:
    operator = Operator(tmp_path, "run", str(RUNBOOK), "--plain")
    operator.sees("number to change one, Enter to go on:")
    operator.says("1")
    operator.sees("incident [INC-1]")
    operator.says("INC-7")
    operator.sees("number to change one, Enter to go on:")
    operator.says("")
    status = shown_status(operator)
    assert status == 0, operator.seen
    said = outputs(tmp_path)
    assert "503" in said["See it with your own eyes"]
    assert "500" in said["See it with your own eyes"]
    assert "partner-import" in said["Which messages cannot be read"]
    assert "3 row(s) affected" in said["Take the messages out of the queue"]
    assert "/orders 200" in said["Check that orders work again"]
    assert "RESOLVED INC-7: orders can be placed" in operator.seen
    assert shown(tmp_path)["outcome"] == "done"
    assert oncue(tmp_path, "verify").returncode == 0


def shown_status(operator: Operator) -> int:
    """Answers every question as an engineer to whom it all looks right would."""
    while (question := operator.asked()) is not None:
        above = operator.seen[: -len(question)].rstrip().rsplit("\n", 1)[-1]
        target = TARGET.fullmatch(above)
        if "[c]ommit" in question:
            operator.presses("c")
        else:
            operator.says(target[1] if target else "y" if "[y]" in question else "" if "[Enter]" in question else "d")
    return operator.ends()


def test_it_runs_without_a_terminal_too(tmp_path: Path) -> None:
    unasked = ("--yes", "--waive", "a test, nobody is called")
    held = oncue(tmp_path, "run", str(RUNBOOK), *unasked)
    assert held.returncode == 3
    done = oncue(tmp_path, "run", str(RUNBOOK), *unasked, "--approve", "Remove what the demonstration made")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "INC-1" in next(step["attempts"][0]["text"] for step in shown(tmp_path)["steps"] if "copy" in step["title"])
