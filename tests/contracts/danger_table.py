"""A table over labelled commands and real documents: what the judge says of them, and where it is wrong.

Run it as a script: `python tests/contracts/danger_table.py`.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine.danger import LEVELS, Verdict, judge
from engine.forecast import forecast
from engine.judging import judging_for
from engine.model import Step
from engine.parse import read_runbook

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
LABELS = SHARED / "danger" / "dev.jsonl"
HARD = frozenset({"mention", "dry_run"})
"""Categories of safe cases that only look dangerous."""


@dataclass(frozen=True)
class Case:
    id: str
    lang: Literal["shell", "sql"]
    text: str
    label: str
    category: str
    borderline: bool
    verdict: Verdict

    @property
    def is_wrong(self) -> bool:
        """Of two levels that matter to the operator it took the other: dangerous or not, safe or not."""
        level = self.verdict.level
        return (self.label == "dangerous") != (level == "dangerous") or (self.label == "safe") != (level == "safe")


@dataclass
class Score:
    """Of the cases outside the borderline."""

    cases: Sequence[Case]
    clear: list[Case] = field(init=False)

    def __post_init__(self) -> None:
        self.clear = [case for case in self.cases if not case.borderline]

    @property
    def recall(self) -> float:
        return _share(case.verdict.level == "dangerous" for case in self.clear if case.label == "dangerous")

    @property
    def precision(self) -> float:
        return _share(case.label == "dangerous" for case in self.clear if case.verdict.level == "dangerous")

    @property
    def safe_called_safe(self) -> float:
        return _share(case.verdict.level == "safe" for case in self.clear if case.label == "safe")

    @property
    def dangerous_called_safe(self) -> list[Case]:
        return [case for case in self.cases if case.label == "dangerous" and case.verdict.level == "safe"]

    @property
    def false_alarms(self) -> float:
        """Hard negatives that are called dangerous or cautious."""
        hard = [case for case in self.clear if case.label == "safe" and case.category in HARD]
        return _share(case.verdict.level in ("caution", "dangerous") for case in hard)


def _share(found: Iterable[bool]) -> float:
    each = list(found)
    return sum(each) / len(each) if each else 1.0


def labelled(lang: str | None = None) -> list[Case]:
    """Empty when there are no labels beside the checkout."""
    lines = LABELS.read_text().splitlines() if LABELS.exists() else []
    cases = [_case(json.loads(line)) for line in lines]
    return [case for case in cases if lang is None or case.lang == lang]


def _case(row: dict[str, object]) -> Case:
    lang: Literal["shell", "sql"] = "sql" if row["lang"] == "sql" else "shell"
    text = str(row["text"])
    return Case(
        str(row["id"]), lang, text, str(row["label"]), str(row["category"]), bool(row["borderline"]), judge(text, lang)
    )


def steps_of_documents() -> list[tuple[str, Step, Verdict]]:
    """Every step that runs, of every real document beside the checkout."""
    found: list[tuple[str, Step, Verdict]] = []
    for path in sorted((SHARED / "corpus").glob("*.md")):
        runbook = read_runbook(path.name, path.read_bytes())
        verdicts = forecast(runbook, judging_for(runbook, {}))
        found += [(path.name, step, verdicts[step.id]) for step in runbook.steps if step.id in verdicts]
    return found


def unknown_commands(found: Sequence[tuple[str, Step, Verdict]]) -> Counter[str]:
    """First word of what nobody knows."""
    texts = [step.text[slice(*verdict.span)] for _, step, verdict in found if verdict.rule == "unknown-command"]
    return Counter(text.split()[0] for text in texts if text.split())


def main() -> None:
    for lang in ("shell", "sql"):
        score = Score(labelled(lang))
        print(
            f"{lang}: {len(score.cases)} cases; recall {score.recall:.3f}, precision {score.precision:.3f}, "
            f"safe called safe {score.safe_called_safe:.3f}, "
            f"dangerous called safe {len(score.dangerous_called_safe)}, "
            f"false alarms {score.false_alarms:.3f}"
        )
        for case in score.cases:
            if case.is_wrong:
                sign = "borderline" if case.borderline else ""
                shown = " ".join(case.text.split())[:90]
                print(f"  {case.id} {case.label} → {case.verdict.level} ({case.verdict.rule}) {sign}  {shown}")
    found = steps_of_documents()
    levels = Counter(verdict.level for _, _, verdict in found)
    shares = ", ".join(f"{level} {levels[level] / max(len(found), 1):.1%}" for level in LEVELS)
    print(f"documents: {len(found)} steps; {shares}")
    for name, count in unknown_commands(found).most_common(20):
        print(f"  {count:4} {name}")


if __name__ == "__main__":
    main()
