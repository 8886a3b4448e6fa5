"""What every step would be, found out without running anything; and what the machine lets happen in a run that only
looks.
"""

from __future__ import annotations

from typing import Any

import pytest
from support.runs import recorded, started

from engine import commands as c
from engine import events as e
from engine.dry import Outlook, Prospect, Tried, ending
from engine.dry.as_json import to_json
from engine.dry.as_text import to_text
from engine.dry.tried import Attempted
from engine.errors import Refused
from engine.judging import judging_for
from engine.machine import Known, decide, outcome_of
from engine.parse import read_runbook
from engine.state import RunState, fold
from engine.variables import find

DOCUMENT = """\
---
kind: procedure
variables:
  token:
    secret: true
---

# Cache is full

## Look

- [ ] the DBA of {namespace} knows {{token}}

```bash
kubectl get pods -n {namespace}
```

```bash
target=/srv/shop
```

## Mend

```bash
rm -rf "$target"
```

```text
Working on {namespace}.
```

### Tell them

1. Call the owner

### Option A: Restart

```bash
kubectl delete pod web-0 -n prod
```

### Option B: Wait

```bash
echo "never ends
```
"""


def outlook(text: str = DOCUMENT, section: tuple[str, ...] = (), **values: str) -> Outlook:
    runbook = read_runbook("a.md", text.encode())
    return Outlook(runbook, find(runbook.steps, runbook.declared, {}), values, judging_for(runbook, {}), section)


def prospects(**values: str) -> list[Prospect]:
    return list(outlook(**values).prospects())


def test_every_step_is_there_in_order_with_its_final_text() -> None:
    found = [(one.step.kind, one.prepared and one.prepared.text) for one in prospects(namespace="shop")]
    assert found == [
        ("shell", "kubectl get pods -n shop"),
        ("shell", "target=/srv/shop"),
        ("shell", 'rm -rf "$target"'),
        ("template", "Working on shop."),
        ("manual", None),
        ("shell", "kubectl delete pod web-0 -n prod"),
        ("shell", 'echo "never ends'),
    ]


@pytest.mark.parametrize(("target", "level"), [("/srv/shop", "dangerous"), ("/srv/cache", "caution")])
def test_a_step_is_judged_with_what_the_steps_before_it_leave_behind(target: str, level: str) -> None:
    removed = list(outlook(DOCUMENT.replace("/srv/shop", target)).prospects())[2].prepared
    assert removed is not None
    assert removed.verdict.level == level


def test_an_input_without_a_value_is_unresolved_with_its_line() -> None:
    one = outlook()
    found = list(one.prospects())
    assert found[0].prepared is not None
    assert found[0].prepared.missing == ("namespace",)
    assert found[0].prepared.text == "kubectl get pods -n {namespace}"
    assert "a.md:15: “Look”: no value for namespace" in one.unresolved(found)


def test_a_broken_block_is_unresolved_whatever_is_given() -> None:
    one = outlook(namespace="shop")
    [sentence] = one.unresolved(list(one.prospects()))
    assert sentence.startswith("a.md:45: ")
    assert "the block is broken: " in sentence


def test_what_a_person_decides_is_told_and_is_nothing_unresolved() -> None:
    restart = prospects(namespace="shop")[5]
    assert [(title, option.label) for title, option in restart.alternatives] == [("Mend", "Option A: Restart")]
    assert list(restart.objections()) == []


def test_a_section_is_looked_at_alone_with_the_option_that_it_names() -> None:
    one = outlook(section=("Mend", "Option A: Restart"))
    [restart] = one.prospects()
    assert (restart.number, restart.alternatives, one.unresolved([restart])) == (5, (), [])
    assert one.inputs() == []


def test_an_expectation_that_cannot_be_checked_is_unresolved() -> None:
    one = outlook('---\nexpects:\n  odd: { command: "" }\n---\n# A\n\n```bash\ntrue\n```\n')
    assert [sentence.partition(" cannot be checked: ")[0] for sentence in one.unresolved(list(one.prospects()))] == [
        "a.md:3: odd"
    ]


@pytest.mark.parametrize(
    ("about", "databases", "default", "why"),
    [
        ("", {}, "", "which database is meant? Known are: none; name one with --db NAME=URL"),
        ("", {"a": "sqlite:///a.db", "b": "sqlite:///b.db"}, "", "which database is meant? Known are: a, b; name one"),
        ("", {"a": "sqlite:///a.db", "b": "sqlite:///b.db"}, "b", ""),
        ("", {"a": "sqlite:///a.db"}, "", ""),
        (" {database=c}", {"a": "sqlite:///a.db"}, "", "no database is called 'c'; name it with --db c=URL"),
        ("", {"a": "oracle://h/a"}, "", "oracle databases cannot be used; SQLite, PostgreSQL, MySQL and MariaDB can"),
    ],
)
def test_a_step_whose_database_nobody_knows_is_unresolved(
    about: str, databases: dict[str, str], default: str, why: str
) -> None:
    runbook = read_runbook("a.md", f"# A\n\n## Rows\n\n```sql{about}\nSELECT 1;\n```\n".encode())
    one = Outlook(runbook, (), {}, judging_for(runbook, databases, default=default))
    found = one.unresolved(list(one.prospects()))
    assert [sentence.partition(why)[0] for sentence in found] == (["a.md:6: “Rows”: "] if why else [])


ELSEWHERE = (e.ContextResult(name="host", ok=False, found="a", wanted=("b",)),)
ENDINGS: list[tuple[list[str], dict[str, Any], int, str]] = [
    (["succeeded", "succeeded"], {}, 0, "Everything ran and succeeded."),
    (["succeeded"], {}, 0, "What is proved safe ran and succeeded; 1 step passed over."),
    (["succeeded"], {"mode": "sandbox"}, 0, "What a sandbox can hold ran and succeeded; 1 step passed over."),
    (["failed", "succeeded"], {}, 1, "Not everything that ran succeeded: 1 failed."),
    (["failed", "timed_out"], {}, 1, "Not everything that ran succeeded: 1 failed, 1 timed out."),
    (["failed"], {"held": True}, 1, "Not everything that ran succeeded: 1 failed."),
    (["succeeded"], {"held": True}, 3, "1 step that should have run did not."),
    ([], {}, 3, "None of 2 steps ran, so that nothing has been tried."),
    (["succeeded"] * 2, {"context": ELSEWHERE}, 3, "A run would be held here: host is a, this runbook expects b."),
    (["succeeded"], {"complaint": "interrupted"}, 130, "Stopped early: interrupted."),
]


@pytest.mark.parametrize(("outcomes", "more", "exit_code", "sentence"), ENDINGS)
def test_a_probe_ends_with_a_sentence_and_the_exit_code_that_says_the_same(
    outcomes: list[str], more: dict[str, Any], exit_code: int, sentence: str
) -> None:
    one = outlook("# A\n\n## B\n\n```bash\ntrue\n```\n\n## C\n\n```bash\ntrue\n```\n")
    found = list(one.prospects())
    ids = [prospect.step.id for prospect in found]
    ran = {step_id: Attempted(outcome, None, 1, "", 0) for step_id, outcome in zip(ids, outcomes, strict=False)}
    over = {step_id: "why" for step_id in ids if step_id not in ran}
    held = frozenset(ids[1:]) if more.pop("held", False) else frozenset()
    tried = Tried("run-1", more.pop("mode", "probe"), ran, over, held, **more)
    assert ending(found, [], tried) == (exit_code, sentence)
    assert list(to_text(one, found, {}, tried))[-1] == sentence
    told = to_json(one, found, {}, tried)
    assert (told["exit_code"], told["conclusion"]) == (exit_code, sentence)


def test_what_is_unresolved_is_said_before_what_ran() -> None:
    one = outlook()
    found = list(one.prospects())
    lines = list(to_text(one, found, {}))
    assert lines[lines.index("Unresolved") + 1] == one.unresolved(found)[0]
    assert lines[-1] == "2 things are unresolved."
    assert to_json(one, found, {})["exit_code"] == 3


def test_a_secret_is_never_told() -> None:
    text = DOCUMENT.replace("target=/srv/shop", "curl -H 'X: {{token}}' http://x")
    one = outlook(text, **{"token": "hunter2-hunter2", "namespace": "shop"})
    found = list(one.prospects())
    said = str(to_json(one, found, {})) + "\n".join(to_text(one, found, {}))
    assert "hunter2" not in said
    assert "token = (secret)" in said


def test_the_text_tells_verdict_dry_run_alternatives_and_items() -> None:
    one = outlook(namespace="shop")
    text = "\n".join(to_text(one, list(one.prospects()), {"namespace": "--var"}, width=100))
    for words in (
        "a.md: a dry run; nothing has run",
        "namespace = shop   --var · line 12, 15, 29",
        "   1 $ Look",
        "☐ the DBA of shop knows {{token}}",
        "· safe · only reads",
        "‼ dangerous · data destruction",
        "hits: /srv/shop",
        "dry run, native",
        "--dry-run=server",
        "◇ only for: Option A: Restart (a choice: Mend)",
        "│ Working on shop.",
        "✗ cannot run yet: the block is broken",
        "Unresolved\na.md:45:",
    ):
        assert words in text.replace("{namespace}", "shop"), words
    assert "the DBA of {namespace}" not in text


def test_what_was_tried_is_told_beside_its_step() -> None:
    one = outlook(namespace="shop")
    found = list(one.prospects())
    ran = Attempted("failed", 3, 2_000_000, "no pods\n", 8, changes=(("deleted", "/srv/cache"),), more_changes=4)
    tried = Tried(
        "run-1", "sandbox", {found[0].step.id: ran}, {found[1].step.id: "not proved"}, complaint="interrupted"
    )
    text = "\n".join(to_text(one, found, {}, tried, 100))
    for words in (
        "✘ failed in the sandbox, exit 3, 2 ms\n         no pods",
        "would have deleted: /srv/cache\n       … and 4 more",
        "– did not run: not proved",
        "– did not run: interrupted",
    ):
        assert words in text, words
    first, second = to_json(one, found, {}, tried)["steps"][:2]
    assert first["tried"]["changes"] == [{"change": "deleted", "path": "/srv/cache"}]
    assert second["tried"] == {"ran": False, "why_not": "not proved"}


# What the machine lets happen.


def run_of(mode: e.Mode) -> RunState:
    return fold(recorded((started().model_copy(update={"mode": mode}),)))


def start(**more: Any) -> c.Start:
    return c.Start(step_id="check", text="true", **more)


SAFE = Known("safe", "read_only", "r", "it only reads")
WORST = Known("dangerous", "disk", "r", "it wipes the disk", "/dev/sda")


@pytest.mark.parametrize("level", ["safe", "unknown", "caution", "dangerous"])
def test_a_probe_runs_what_is_proved_safe_whatever_is_answered(level: Any) -> None:
    command, known = start(approval="typed", typed="target"), Known(level, "disk", "r", "it is so", "target")
    if level == "safe":
        [event] = decide(run_of("probe"), command, known)
        assert isinstance(event, e.StepStarted)
    else:
        with pytest.raises(Refused, match=f"a probe runs only what is proved safe: {level}, it is so"):
            decide(run_of("probe"), command, known)


def test_a_sandbox_asks_nobody_and_only_there() -> None:
    [event] = decide(run_of("sandbox"), start(approval="sandboxed"), WORST)
    assert isinstance(event, e.StepStarted)
    assert event.approval == "sandboxed"
    for mode, known in (("live", SAFE), ("live", WORST), ("probe", SAFE)):
        with pytest.raises(Refused):
            decide(run_of(mode), start(approval="sandboxed"), known)  # type: ignore[arg-type]


def test_no_database_is_reached_from_a_sandbox() -> None:
    state = run_of("sandbox")
    state = fold(recorded(decide(state, c.Select(step_id="look")), state.seq), state)
    with pytest.raises(Refused, match="a database cannot be put into a sandbox"):
        decide(state, c.Start(step_id="look", text="SELECT 1", approval="sandboxed"), SAFE)


@pytest.mark.parametrize("mode", ["probe", "sandbox"])
def test_a_look_up_that_is_not_safe_runs_in_live_runs_only(mode: Any) -> None:
    probe = e.ProbeStarted(name="x", command="frobnicate", level="unknown", approval="asked")
    assert decide(run_of("live"), c.BeginProbe(started=probe)) == (probe,)
    with pytest.raises(Refused, match="only what is proved safe runs in a"):
        decide(run_of(mode), c.BeginProbe(started=probe))


@pytest.mark.parametrize(("mode", "outcome"), [("live", "done"), ("probe", "abandoned"), ("sandbox", "abandoned")])
def test_only_what_is_real_can_be_done(mode: Any, outcome: str) -> None:
    state = fold(recorded((started(plan=(), choices=()).model_copy(update={"mode": mode}),)))
    assert outcome_of(state) == outcome
