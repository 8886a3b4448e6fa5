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
    return memory._replace(values={**memory.values, name: value}) if sign else memory


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


def test_an_item_is_named_with_the_values_that_were_given_and_with_no_secret() -> None:
    item = Item(id="x", text="told {name} the {key}", lines=Lines(8, 8))
    held = replace(RUNBOOK, steps=(replace(RUNBOOK.steps[1], items=(item,)),))
    key = Variable("key", "braces", (3,), secret=True)
    found = obstacles(held, (), [NAME, key], values={"name": "bob", "key": "hunter2"})
    assert found == ["a.md:8: “told bob the {key}” is to be ticked; --waive REASON passes over it"]


def test_naming_one_of_the_alternatives_has_chosen_it() -> None:
    inside = replace(RUNBOOK, steps=tuple(replace(s, section=("Four", s.title)) for s in RUNBOOK.steps if s.options))
    assert obstacles(inside, ("Four", "K"), []) == []
    assert len(obstacles(inside, ("Four",), [])) == 1


def test_a_waiver_a_value_or_a_default_clears_the_way() -> None:
    assert obstacles(RUNBOOK, ("Two",), [], waived=True) == []
    assert obstacles(RUNBOOK, ("Three",), [], waived=True) == []
    assert obstacles(RUNBOOK, ("One",), [NAME], values={"name": "bob"}) == []
    assert obstacles(RUNBOOK, ("One",), [Variable("name", "braces", (5,), default="x")]) == []


def step(number: int, text: str, **more: Any) -> Step:
    return Step(
        id=f"s{number}",
        kind="shell",
        title=f"T{number}",
        section=("X",),
        lines=Lines(number, number),
        text=text,
        **more,
    )


def of(*steps: Step) -> Runbook:
    return replace(RUNBOOK, steps=steps, choices=())


LEVELS = of(step(1, "safe"), step(2, "unknown"), step(3, "caution"), step(4, "dangerous"))
DANGEROUS = "a.md:4: “T4” is dangerous: it is dangerous; it hits prod/app; --approve 4 lets it run"
ASKS = "a.md:{0}: “T{0}” asks first ({1}: it is {1}); --yes lets it run"
AGAIN = "a.md:{0}: “T{0}” is {1} and ran already 02:11 by bob; --approve {0} runs it again"


@pytest.mark.parametrize(
    ("granted", "expected"),
    [
        ({"yes": True}, [DANGEROUS]),
        ({"yes": True, "approved": frozenset({"s4"})}, []),
        (
            {"yes": False},
            [ASKS.format(1, "safe"), ASKS.format(2, "unknown"), ASKS.format(3, "caution"), DANGEROUS],
        ),
        ({"yes": False, "approved": frozenset({"s1", "s2", "s4"})}, [ASKS.format(3, "caution")]),
        ({"yes": False, "approved": frozenset({"s1", "s2", "s3", "s4"})}, []),
    ],
)
def test_every_step_that_would_ask_is_named_with_its_level_and_target(
    granted: dict[str, Any], expected: list[str]
) -> None:
    assert obstacles(LEVELS, (), [], **granted) == expected


def test_what_ran_already_in_the_incident_holds_unless_it_is_named() -> None:
    def ran(_step: Step, _text: str) -> list[str]:
        return ["ran already 02:11 by bob"]

    again = [AGAIN.format(number, level) for number, level in ((2, "unknown"), (3, "caution"), (4, "dangerous"))]
    assert obstacles(LEVELS, (), [], ran) == again
    assert obstacles(LEVELS, (), [], ran, approved=frozenset({"s2", "s3", "s4"})) == []


def test_a_step_is_judged_with_what_the_steps_before_it_leave_behind() -> None:
    assert obstacles(of(step(1, "x=bad"), step(2, "$x")), (), []) == [
        "a.md:2: “T2” is dangerous: it is dangerous; it hits prod/app; --approve 2 lets it run"
    ]
    assert obstacles(of(step(1, "x=good"), step(2, "$x")), (), []) == []
    assert obstacles(of(step(1, "x=bad", interpreter="#!/bin/sh"), step(2, "$x")), (), []) == []


def test_the_values_given_are_part_of_what_is_judged() -> None:
    filled = of(step(1, "{what} now"))
    what = Variable("what", "braces", (1,))
    assert len(obstacles(filled, (), [what], values={"what": "dangerous"})) == 1
    assert obstacles(filled, (), [what], values={"what": "safe"}) == []
    given = Variable("x", "dollar", (2,))
    assert len(obstacles(of(step(2, "$x")), (), [given], values={"x": "bad"})) == 1


def test_a_value_that_cannot_stand_in_its_place_holds() -> None:
    [sentence] = obstacles(of(step(1, "echo {n}")), (), [Variable("n", "braces", (1,))], values={"n": "a\x00b"})
    assert sentence.startswith("a.md:1: the value of n ")


def test_everything_that_would_hold_is_named_at_once() -> None:
    items = (Item(id="x", text="told them", lines=Lines(3, 3)),)
    steps = of(step(4, "dangerous", items=items), Step("m", "manual", "Call", ("X",), Lines(6, 6), ""), step(7, "{n}"))
    numbered = DANGEROUS.replace("--approve 4", "--approve 1")
    assert obstacles(steps, (), [Variable("n", "braces", (7,))]) == [
        "a.md:3: “told them” is to be ticked; --waive REASON passes over it",
        numbered,
        "a.md:6: “Call” is for a person to do; --waive REASON passes over it",
        "a.md:7: n has no value; give it with --var n=VALUE",
    ]
