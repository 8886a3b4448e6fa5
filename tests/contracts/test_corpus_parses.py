"""Real runbooks read as a person counted them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from engine.model import Runbook
from engine.parse import read_runbook
from tests.contracts.corpus_table import SHARED, boxes_of, documents, fences_of

DOCUMENTS = documents()
pytestmark = pytest.mark.skipif(not DOCUMENTS, reason="no real runbooks beside the checkout")

NOTHING_TO_WALK = {"004"}
"""Text taken out of a web page: no fence, no list and no heading is left in it."""


def seed(number: str) -> Path:
    return next((SHARED / "seeds").glob(f"{number}_*"))


def read(path: Path) -> Runbook:
    return read_runbook(path.name, path.read_bytes())


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name[-40:])
def test_a_real_document_reads(path: Path) -> None:
    runbook = read(path)
    assert bool(runbook.steps) == (path.name[:3] not in NOTHING_TO_WALK)
    assert len({step.id for step in runbook.steps}) == len(runbook.steps)
    assert all(step.kind != "shell" or step.text.strip() for step in runbook.steps)


@pytest.mark.parametrize(
    ("number", "fences"),
    [
        ("000", {"bash": 9}),
        ("001", {"bash": 3}),
        ("002", {"": 6}),
        ("003", {"bash": 21, "sql": 2, "yaml": 1, "markdown": 1}),
    ],
)
def test_fences_are_counted_as_by_hand(number: str, fences: dict[str, int]) -> None:
    assert fences_of(seed(number)) == fences


@pytest.mark.parametrize(
    ("number", "shape"), [("000", "catalogue"), ("001", "catalogue"), ("002", "procedure"), ("003", "catalogue")]
)
def test_a_seed_has_the_shape_a_person_gives_it(number: str, shape: str) -> None:
    assert read(seed(number)).shape == shape


def test_every_checkbox_becomes_an_item() -> None:
    runbook = read(seed("002"))
    assert boxes_of(seed("002")) == 72
    assert sum(len(step.items) for step in runbook.steps) == 72
    assert Counter(step.kind for step in runbook.steps)["template"] == 6
    assert not [step for step in runbook.steps if step.kind in {"shell", "sql"}]
    assert [len(choice.options) for choice in runbook.choices] == [6]


def test_scripts_stay_whole() -> None:
    scripts = [step for step in read(seed("003")).steps if step.interpreter]
    assert len(scripts) == 5
    assert {step.interpreter for step in scripts} == {"#!/bin/bash"}
    assert all(step.broken is None and step.text.startswith("#!") for step in scripts)


def test_paragraphs_for_platforms_are_alternatives() -> None:
    runbook = read(seed("000"))
    options = {option.id: option.label for choice in runbook.choices for option in choice.options}
    inner = [[options[each] for each in step.options][-1] for step in runbook.steps if len(step.options) == 2]
    assert inner[:3] == ["For Kubernetes", "For Docker Swarm", "For EC2 Auto Scaling"]
    assert inner.count("For plain systemd") == 3


def test_numbered_comments_are_steps_and_the_empty_one_is_done_by_hand() -> None:
    steps = [step for step in read(seed("003")).steps if step.section[-1:] == ("Recovery Steps",)]
    assert [(step.kind, step.title) for step in steps][:3] == [
        ("shell", "Identify root cause"),
        ("manual", "Fix identified issues"),
        ("shell", "Gradual recovery"),
    ]


INDEX = SHARED / "corpus" / "index.jsonl"
DIFFERENT_COUNTS = {
    "2i2c-org__infrastructure__docs__howto__filesystem-management__data-transfer-external.md",
    "2i2c-org__infrastructure__docs__howto__upgrade-cluster__k8s-version__aws.md",
    "2i2c-org__infrastructure__docs__sre-guide__common-problems-solutions.md",
    "MicrosoftDocs__executable-docs__scenarios__DeployHAPGOnAKSTerraform__deploy-ha-pg-on-aks-terraform.md",
    "mattrussi__gitlab-com-runbooks__docs__patroni__pg-ha.md",
    "mattrussi__gitlab-com-runbooks__docs__uncategorized__yubikey.md",
    "openshift__hypershift__docs__content__how-to__sdn__other-sdn-providers.md",
    "rh-mobb__documentation__content__rosa__local-zones__index.md",
}
"""The index counts directives as fences and attributes as languages, and misses fences deep inside lists."""


def listed() -> list[dict[str, object]]:
    entries = [json.loads(line) for line in INDEX.read_text(encoding="utf-8").splitlines()] if INDEX.exists() else []
    return [entry for entry in entries if entry["file"] not in DIFFERENT_COUNTS]


@pytest.mark.parametrize("entry", listed(), ids=lambda entry: str(entry["file"])[-40:])
def test_the_corpus_has_the_fences_its_index_says(entry: dict[str, object]) -> None:
    langs = entry["langs"]
    assert isinstance(langs, dict)
    expected: Counter[str] = Counter()
    for language, count in langs.items():
        expected[str(language).lower().lstrip("!")] += count
    assert fences_of(SHARED / "corpus" / str(entry["file"])) == expected
