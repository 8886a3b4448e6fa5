"""What needs a person is named before anything runs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engine.danger import Memory, Surroundings, Verdict
from engine.judging import Judging
from engine.model import Choice, Item, Lines, Option, Problem, Runbook, Step, Variable
from engine.preflight import Granted, Preflight, RanBefore, never_ran

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
WORST = ("dangerous", "caution", "unknown")


def by_first_word(text: str, _language: str, around: Surroundings) -> Verdict:
    """`dangerous …` is dangerous, and so on; everything else is safe. `$x` stands for what the shell knows of it."""
    worse = text.startswith("$") and around.memory.values.get(text[1:]) == "bad"
    known = "dangerous" if worse else text.split(maxsplit=1)[0]
    level: Any = known if known in WORST else "safe"
    return Verdict(
        level, "availability", "test", f"it is {level}", (0, 1), target="prod/app" if level == "dangerous" else ""
    )


def assigned(text: str, memory: Memory) -> Memory:
    name, sign, value = text.partition("=")
    return replace(memory, values={**memory.values, name: value}) if sign else memory


def obstacles(
    runbook: Runbook,
    section: tuple[str, ...],
    variables: list[Variable],
    ran_before: RanBefore = never_ran,
    **granted: Any,
) -> list[str]:
    judging = Judging(judge=by_first_word, remember=assigned)
    return Preflight(runbook, variables, Granted(**{"yes": True, **granted}), judging, ran_before).obstacles(section)


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
    assert obstacles(RUNBOOK, (section,), [NAME]) == expected


def test_naming_one_of_the_alternatives_has_chosen_it() -> None:
    inside = replace(RUNBOOK, steps=tuple(replace(s, section=("Four", s.title)) for s in RUNBOOK.steps if s.options))
    assert obstacles(inside, ("Four", "K"), []) == []
    assert len(obstacles(inside, ("Four",), [])) == 1


def test_a_waiver_a_value_or_a_default_clears_the_way() -> None:
    assert obstacles(RUNBOOK, ("Two",), [], waived=True) == []
    assert obstacles(RUNBOOK, ("Three",), [], waived=True) == []
    assert obstacles(RUNBOOK, ("One",), [NAME], values={"name": "bob"}) == []
    assert obstacles(RUNBOOK, ("One",), [Variable("name", "braces", (5,), default="x")]) == []
