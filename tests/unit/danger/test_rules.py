"""Every row of the rules against its own examples."""

from __future__ import annotations

import pytest

from engine.danger import Surroundings, check_rule
from engine.danger.rule import Rule
from engine.danger.rules import RULES, TOOLS
from engine.danger.shell import judge_shell
from engine.danger.tables import rule_id
from engine.danger.verdict import Verdict

MATCHING = [(rule, example) for rule in RULES for example in rule.yes]
OTHER = [(rule, example) for rule in RULES for example in rule.no]


def unjudged(text: str, _dialect: str) -> Verdict:
    return Verdict("unknown", "opaque", "sql", "not judged here", (0, len(text)))


def id_of(rule: Rule) -> str:
    return rule.id or rule_id(rule)


def judged(text: str) -> Verdict:
    return judge_shell(text, Surroundings(), unjudged)


@pytest.mark.parametrize(("rule", "example"), MATCHING, ids=[f"{id_of(r)}:{e}" for r, e in MATCHING])
def test_a_row_decides_its_own_examples(rule: Rule, example: str) -> None:
    verdict = judged(example)
    assert (verdict.rule, verdict.level) == (id_of(rule), rule.level)


@pytest.mark.parametrize(("rule", "example"), OTHER, ids=[f"{id_of(r)}:{e}" for r, e in OTHER])
def test_a_row_leaves_its_counterexamples_alone(rule: Rule, example: str) -> None:
    assert judged(example).rule != id_of(rule)


def test_every_row_can_be_used_and_has_an_example() -> None:
    for rule in RULES:
        check_rule(rule)
        assert rule.yes, id_of(rule)
        assert rule.why, id_of(rule)
        assert not rule.why.endswith("."), rule.why


def test_ids_of_rows_are_their_own() -> None:
    ids = [id_of(rule) for rule in RULES]
    assert sorted({one for one in ids if ids.count(one) > 1}) == []


def test_every_row_above_safe_that_is_dangerous_shows_what_is_hit() -> None:
    for rule, example in MATCHING:
        if rule.level == "dangerous":
            assert judged(example).target.strip(), example


def test_at_least_sixty_tools_have_rows() -> None:
    names = {rule.tool.partition("|")[0] for rule in RULES} | {tool.names.partition("|")[0] for tool in TOOLS}
    assert len(names) >= 60
