"""What needs a person is named before anything runs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.model import Choice, Item, Lines, Option, Problem, Runbook, Step, Variable
from engine.preflight import obstacles

RUNBOOK = Runbook(
    path="a.md",
    sha256="",
    source="",
    title="A",
    shape="procedure",
    metadata={},
    front_matter={},
    sections=(),
    steps=(
        Step(id="s", kind="shell", title="Run", section=("One",), lines=Lines(5, 6), text="echo {name}"),
        Step(
            id="i",
            kind="shell",
            title="Held",
            section=("Two",),
            lines=Lines(9, 9),
            text="true",
            items=(Item(id="x", text="told them", lines=Lines(8, 8)),),
        ),
        Step(id="m", kind="manual", title="Call", section=("Three",), lines=Lines(12, 12), text=""),
        Step(id="o", kind="shell", title="K", section=("Four",), lines=Lines(15, 15), text="true", options=("k",)),
        Step(id="p", kind="shell", title="D", section=("Four",), lines=Lines(17, 17), text="true", options=("d",)),
        Step(
            id="b",
            kind="shell",
            title="B",
            section=("Five",),
            lines=Lines(18, 20),
            text="'",
            broken=Problem(19, "shell-syntax", "the quote never ends"),
        ),
        Step(id="t", kind="template", title="T", section=("Six",), lines=Lines(22, 22), text="{name}"),
    ),
    choices=(
        Choice(
            "c", "Platform", Lines(14, 15), (Option("k", "Kube", Lines(14, 14)), Option("d", "Docker", Lines(17, 17)))
        ),
    ),
)
NAME = Variable("name", "braces", (5,))


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ("One", ["a.md:5: name has no value; give it with --var name=VALUE"]),
        ("Two", ["a.md:8: “told them” is to be ticked; --waive REASON passes over it"]),
        ("Three", ["a.md:12: “Call” is for a person to do; --waive REASON passes over it"]),
        ("Four", ["a.md:14: “Platform” is a choice between “Kube”, “Docker”"]),
        ("Five", ["a.md:19: the block is broken: the quote never ends"]),
        ("Six", []),
    ],
)
def test_each_thing_a_person_has_to_settle_is_named_with_its_place(section: str, expected: list[str]) -> None:
    assert obstacles(RUNBOOK, (section,), [NAME], (), waived=False) == expected


def test_naming_one_of_the_alternatives_has_chosen_it() -> None:
    inside = replace(RUNBOOK, steps=tuple(replace(s, section=("Four", s.title)) for s in RUNBOOK.steps if s.options))
    assert obstacles(inside, ("Four", "K"), [], (), waived=False) == []
    assert len(obstacles(inside, ("Four",), [], (), waived=False)) == 1


def test_a_waiver_a_value_or_a_default_clears_the_way() -> None:
    assert obstacles(RUNBOOK, ("Two",), [], (), waived=True) == []
    assert obstacles(RUNBOOK, ("Three",), [], (), waived=True) == []
    assert obstacles(RUNBOOK, ("One",), [NAME], ("name",), waived=False) == []
    assert obstacles(RUNBOOK, ("One",), [Variable("name", "braces", (5,), default="x")], (), waived=False) == []
