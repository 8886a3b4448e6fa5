"""How the verdict on SQL does on statements that people labelled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.danger.sql import judge_sql
from engine.danger.verdict import Verdict

LABELS = Path(__file__).resolve().parents[2].parent / "shared" / "danger" / "dev.jsonl"
pytestmark = pytest.mark.skipif(not LABELS.exists(), reason="no labelled statements beside the checkout")


def shell(text: str) -> Verdict:
    return Verdict("dangerous", "opaque", "shell", "a shell command", (0, len(text)), "files")


def labelled() -> list[tuple[dict[str, Any], str]]:
    rows = [json.loads(line) for line in LABELS.read_text("utf-8").splitlines()]
    return [(row, judge_sql(row["text"], "", shell).level) for row in rows if row["lang"] == "sql"]


def said(rows: list[tuple[dict[str, Any], str]]) -> list[str]:
    return [f"{row['id']} {row['label']} → {level}: {row['text']}" for row, level in rows]


def test_nothing_dangerous_is_called_safe() -> None:
    assert said([(row, level) for row, level in labelled() if row["label"] == "dangerous" and level == "safe"]) == []


def test_danger_is_found_and_not_cried() -> None:
    clear = [(row, level) for row, level in labelled() if not row["borderline"]]
    found = [(row, level) for row, level in clear if level == "dangerous"]
    right = [row for row, level in found if row["label"] == "dangerous"]
    dangerous = [row for row, _ in clear if row["label"] == "dangerous"]
    assert len(right) / len(dangerous) >= 0.98, said([one for one in clear if one[0]["label"] == "dangerous"])
    assert len(right) / len(found) >= 0.95, said([one for one in found if one[0]["label"] != "dangerous"])


def test_what_only_reads_is_safe() -> None:
    safe = [(row, level) for row, level in labelled() if row["label"] == "safe"]
    wrong = said([one for one in safe if one[1] != "safe"])
    assert 1 - len(wrong) / len(safe) >= 0.92, wrong


def test_a_mention_is_never_raised() -> None:
    mentions = [(row, level) for row, level in labelled() if row["category"] == "mention"]
    assert mentions
    assert said([one for one in mentions if one[1] != "safe"]) == []


def test_what_can_be_put_back_asks_but_does_not_alarm() -> None:
    caution = [(row, level) for row, level in labelled() if row["label"] == "caution" and not row["borderline"]]
    wrong = said([one for one in caution if one[1] != "caution"])
    assert len(wrong) / len(caution) <= 0.05, wrong
