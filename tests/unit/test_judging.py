"""The verdict on a step: what the judge says, what the author says, what the shell remembers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.runs import recorded, started

from engine import events as e
from engine.author import Stance, find_problems, stance_of
from engine.danger import DryRun, Memory, Policy, Surroundings, Verdict
from engine.judging import Judging, ShellMemory, judging_for
from engine.levels import Level
from engine.model import Lines, Runbook, Step
from engine.parse import read_runbook
from engine.state import Attempt, fold

STEP = Step("s", "shell", "Scale down", (), Lines(3, 4), "x", language="bash")


class Judge:
    """Answers by the first word, and keeps what it was asked."""

    def __init__(self, target: str = "prod/app", form: str = "") -> None:
        self.asked: list[tuple[str, str, Surroundings]] = []
        self.target = target
        self.form = form

    def __call__(self, text: str, language: str, around: Surroundings) -> Verdict:
        self.asked.append((text, language, around))
        level: Any = text.split(maxsplit=1)[0]
        dry_run = DryRun(self.form, "native") if self.form and text != self.form else None
        return Verdict(level, "availability", "rule", f"it is {level}", (0, len(text)), self.target, dry_run)


def own(text: str, step: Step = STEP, judge: Judge | None = None, *, edited: bool = False) -> Verdict:
    return Judging(judge=judge or Judge()).own(step, text, "shell", Memory(), edited=edited)


def test_a_guessed_language_is_never_safe() -> None:
    guessed = replace(STEP, guessed=True)
    verdict = own("safe", guessed)
    assert (verdict.level, verdict.rule) == ("unknown", "guessed-language")
    assert "names no language" in verdict.why
    assert own("caution", guessed).level == "caution"
    assert own("safe", replace(guessed, attributes={"danger": "safe", "reason": "sure"})).level == "unknown"
    assert own("caution", replace(guessed, attributes={"danger": "safe", "reason": "sure"})).level == "unknown"


AUTHOR: list[tuple[dict[str, str], Level, Level]] = [
    ({"confirm": "caution"}, "safe", "caution"),
    ({"confirm": "caution"}, "dangerous", "dangerous"),
    ({"confirm": "dangerous"}, "safe", "dangerous"),
    ({"confirm": "please"}, "safe", "caution"),
    ({"danger": "dangerous"}, "safe", "dangerous"),
    ({"danger": "safe"}, "dangerous", "dangerous"),
    ({"danger": "safe", "reason": "  "}, "dangerous", "dangerous"),
    ({"danger": "caution", "reason": "a copy"}, "dangerous", "caution"),
    ({"danger": "safe", "reason": "a copy"}, "caution", "safe"),
    ({"danger": "nonsense", "reason": "a copy"}, "dangerous", "dangerous"),
    ({"danger": "safe", "reason": "a copy", "confirm": "caution"}, "dangerous", "caution"),
    ({"reason": "a copy"}, "dangerous", "dangerous"),
]


@pytest.mark.parametrize(("attributes", "judged", "level"), AUTHOR)
def test_an_author_raises_and_lowers_only_with_a_reason(
    attributes: dict[str, str], judged: Level, level: Level
) -> None:
    assert own(judged, replace(STEP, attributes=attributes)).level == level


def test_the_reason_and_what_was_judged_without_it_are_both_told() -> None:
    verdict = own("dangerous", replace(STEP, attributes={"danger": "caution", "reason": "a copy of yesterday"}))
    assert verdict.why == "the author's reason: a copy of yesterday; otherwise dangerous: it is dangerous"
    assert own("safe", replace(STEP, attributes={"confirm": "caution"})).why.startswith("the author wants it confirmed")


def test_an_edited_text_is_not_what_the_author_gave_a_reason_for() -> None:
    lowered = replace(STEP, attributes={"danger": "safe", "reason": "a copy"})
    assert own("dangerous", lowered, edited=True).level == "dangerous"
    assert own("safe", replace(STEP, attributes={"confirm": "caution"}), edited=True).level == "caution"


def test_what_an_author_says_in_vain_is_reported_with_its_line() -> None:
    fences = ("bash {danger=safe}\nls", "sql {confirm=yes}\nSELECT 1;", "text {danger=x}\nhello")
    text = "# T\n\n" + "\n\n".join(f"```{fence}\n```" for fence in fences) + "\n"
    problems = read_runbook("a.md", text.encode()).problems
    assert [(one.line, one.code) for one in problems] == [(3, "danger-reason"), (7, "confirm-level")]
    assert list(find_problems({"danger": "safe", "reason": "r", "confirm": "caution"}, 1)) == []
    assert [one.code for one in find_problems({"danger": "low", "reason": "r"}, 1)] == ["danger-level"]
    assert stance_of({}) == Stance()


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("prod/app", "prod/app"),
        (" a\n b ", "a b"),
        ("a\u202eb", "a<U+202E>b"),
        ("", "Scale down"),
        ("x" * 900, "x" * 200),
    ],
)
def test_a_dangerous_text_always_has_a_target_that_can_be_typed_as_it_is_shown(target: str, expected: str) -> None:
    assert own("dangerous", judge=Judge(target)).target == expected


def test_what_a_raised_step_hits_is_its_own_name() -> None:
    raised = replace(STEP, attributes={"confirm": "dangerous", "name": "drain"})
    assert own("safe", raised, Judge("")).target == "drain"


@pytest.mark.parametrize(("form", "offered"), [("safe look", True), ("caution look", True), ("dangerous too", False)])
def test_a_dry_run_is_offered_where_it_is_better_than_the_thing_itself(form: str, offered: bool) -> None:
    assert (own("dangerous", judge=Judge(form=form)).dry_run is not None) == offered


def test_the_same_question_is_judged_once_and_another_one_anew() -> None:
    judge = Judge()
    judging = Judging(judge=judge)
    for memory in (Memory(), Memory(), Memory({"x": "1"})):
        judging.own(STEP, "safe", "shell", memory, edited=False)
    assert len(judge.asked) == 2


@pytest.mark.parametrize(
    ("shebang", "interpreter"),
    [
        ("#!/bin/bash", ""),
        ("#!/usr/bin/env bash", ""),
        ("#!/usr/bin/env -S sh -e", ""),
        ("#!/usr/bin/env python3", "#!/usr/bin/env python3"),
        ("#!/usr/bin/perl -w", "#!/usr/bin/perl -w"),
    ],
)
def test_a_script_knows_nothing_of_the_shells_variables(shebang: str, interpreter: str) -> None:
    judge = Judge()
    step = replace(STEP, interpreter=shebang)
    Judging(judge=judge).own(step, "safe", "shell", Memory({"x": "1"}), edited=False)
    [(_, _, around)] = judge.asked
    assert (around.memory, around.interpreter) == (Memory(), interpreter)


@pytest.mark.parametrize(
    ("language", "database", "databases", "dialect"),
    [
        ("sql", "", {}, ""),
        ("psql", "", {}, "postgres"),
        ("mysql", "", {}, "mysql"),
        ("sql", "", {"orders": "sqlite:///orders.db"}, "sqlite"),
        ("mysql", "", {"orders": "postgresql+psycopg://h/d"}, "postgres"),
        ("sql", "b", {"a": "sqlite:///a.db", "b": "mysql+pymysql://h/d"}, "mysql"),
        ("sql", "postgresql://h/d", {}, "postgres"),
        ("sql", "", {"a": "sqlite:///a.db", "b": "mysql://h/d"}, ""),
    ],
)
def test_the_dialect_is_the_databases_or_else_the_fences(
    language: str, database: str, databases: dict[str, str], dialect: str
) -> None:
    judge = Judge()
    attributes = {"database": database} if database else {}
    step = replace(STEP, kind="sql", language=language, attributes=attributes)
    Judging(databases=databases, judge=judge).own(step, "safe", "sql", Memory(), edited=False)
    assert judge.asked[0][2].dialect == dialect


def test_the_environment_comes_from_the_front_matter() -> None:
    runbook = Runbook("a.md", "", "", "A", "procedure", {}, {"environment": "production"}, (), ())
    assert judging_for(runbook, {}).surroundings.environment == "production"


# What the shell remembers.


def assigned(text: str, memory: Memory) -> Memory:
    """`NAME=VALUE` assigns, `f()=BODY` defines, `alias n=v` names."""
    name, sign, value = text.partition("=")
    if name.endswith("()"):
        return memory._replace(functions={**memory.functions, name[:-2]: value})
    if name.startswith("alias "):
        return memory._replace(aliases={**memory.aliases, name[6:]: value})
    return memory._replace(values={**memory.values, name: value}) if sign else memory


def begun(number: int, text: str, step_id: str = "check") -> e.StepStarted:
    return e.StepStarted(step_id=step_id, attempt=number, session="shell", text=text)


def over(number: int, outcome: e.StepOutcome = "succeeded", step_id: str = "check") -> e.StepEnded:
    return e.StepEnded(
        step_id=step_id, attempt=number, outcome=outcome, exit_status=0, duration_ns=1, output_bytes=0, output_head=""
    )


RESTARTED = e.ShellRestarted(reason="exit", restored=(), lost=())


def remembered(*events: e.Event) -> Memory:
    memory = ShellMemory(assigned, lambda attempt: attempt.step_id != "look")
    return memory.of(fold(recorded((started(), *events))))


def test_a_step_that_succeeded_leaves_what_it_set() -> None:
    assert remembered(begun(1, "ns=prod"), over(1), begun(2, "x=1"), over(2)).values == {"ns": "prod", "x": "1"}


def test_what_a_failed_step_set_is_not_known_and_what_it_defined_may_be_there() -> None:
    first = (begun(1, "ns=prod"), over(1), begun(2, "f()=ls"), over(2), begun(3, "alias k=ls"), over(3))
    after = remembered(*first, begun(4, "ns=test"), over(4, "failed"))
    assert after.values == {}
    assert remembered(*first, begun(4, "g()=rm"), over(4, "interrupted")).functions == {"f": "ls", "g": "rm"}
    assert remembered(*first, begun(4, "f()=rm"), over(4, "timed_out")).functions == {"f": "ls\nrm"}
    assert remembered(*first, begun(4, "alias k=rm"), over(4, "failed")).aliases == {"k": "eval"}
    assert remembered(*first, begun(4, "ns=test")).values == {}


@pytest.mark.parametrize(
    "event",
    [RESTARTED, e.RunResumed(document_changed=False), over(2, "lost")],
    ids=["restarted", "resumed", "lost"],
)
def test_a_new_shell_knows_nothing_of_the_old_one(event: e.Event) -> None:
    assert remembered(begun(1, "ns=prod"), over(1), begun(2, "true"), event).values == {}


def test_what_ended_its_shell_left_nothing_in_the_new_one() -> None:
    events = (begun(1, "ns=prod"), RESTARTED, over(1), begun(2, "x=1"), over(2))
    assert remembered(*events).values == {"x": "1"}


def test_what_ran_elsewhere_leaves_nothing() -> None:
    assert remembered(begun(1, "ns=prod", "look"), over(1, step_id="look")).values == {}


def test_each_text_is_read_once() -> None:
    read: list[str] = []

    def remember(text: str, memory: Memory) -> Memory:
        read.append(text)
        return assigned(text, memory)

    def leaves(_attempt: Attempt) -> bool:
        return True

    memory = ShellMemory(remember, leaves)
    state = fold(recorded((started(), begun(1, "a=1"), over(1))))
    for _ in range(3):
        assert memory.of(state).values == {"a": "1"}
    state = fold(recorded((begun(2, "b=2"), over(2)), state.seq), state)
    assert memory.of(state).values == {"a": "1", "b": "2"}
    assert read == ["a=1", "b=2"]


@pytest.mark.parametrize(
    ("language", "text", "level"),
    [
        ("mysql", "ALTER TABLE orders ADD note int", "dangerous"),
        ("postgres", "ALTER TABLE orders ADD note int", "caution"),
        ("postgres", "VACUUM orders", "dangerous"),
        ("postgres", "SELECT pg_terminate_backend(7)", "dangerous"),
        ("mysql", "ANALYZE TABLE orders", "safe"),
        ("sql", "VACUUM orders", "caution"),
    ],
)
def test_what_no_transaction_takes_back_is_nothing_for_a_mere_yes(language: str, text: str, level: str) -> None:
    step = Step("s", "sql", "Make room", (), Lines(3, 4), text, language=language)
    verdict = Judging().own(step, text, "sql", Memory(), edited=False)
    assert verdict.level == level
    assert ("it cannot be rolled back" in verdict.why) == (level == "dangerous")
    assert verdict.target or level != "dangerous"


@pytest.mark.parametrize(
    ("database", "databases", "default", "shown"),
    [
        ("", {"shop": "postgresql://app:pw@db.internal:5432/orders"}, "", "shop: app@db.internal:5432/orders"),
        ("", {"a": "sqlite:///a.db", "b": "sqlite:////var/b.db?mode=ro"}, "b", "b: /var/b.db"),
        ("", {"a": "sqlite:///a.db", "b": "sqlite:///b.db"}, "", ""),
        ("a", {"a": "sqlite://"}, "", "a: :memory:"),
        ("mysql://db/x", {}, "", "db/x"),
        ("c", {}, "", "c"),
        ("", {"shop": "postgresql://app:p[w@db/orders"}, "", "shop"),
    ],
)
def test_where_a_step_goes_is_told_without_a_password(
    database: str, databases: dict[str, str], default: str, shown: str
) -> None:
    step = replace(STEP, kind="sql", language="sql", attributes={"database": database} if database else {})
    assert Judging(databases=databases, default=default).database(step) == shown


@pytest.mark.parametrize(
    ("url", "of_run", "level"),
    [
        ("postgresql://app@db/orders", "", "caution"),
        ("postgresql://app@db/orders", "production", "dangerous"),
        ("postgresql://app@db.prod.example.com/orders", "", "dangerous"),
        ("postgresql://app@db/orders_prod", "", "dangerous"),
    ],
)
def test_a_statement_weighs_more_in_a_place_that_does(url: str, of_run: str, level: str) -> None:
    production = Policy().environments[0]._replace(raises={"caution": "dangerous"})
    judging = Judging(Surroundings(Policy((production,)), environment=of_run), {"orders": url})
    step = replace(STEP, kind="sql", language="sql")
    verdict = judging.own(step, "DELETE FROM t WHERE id = 1", "sql", Memory(), edited=False)
    assert verdict.level == level
    assert ("(in production)" in verdict.why) == (level == "dangerous")
