"""A checklist's items as people read them: with what the run knows put in."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from support.past_trails import PLAN
from support.reports import report_of, told

from engine import events as e
from engine.checklist import item_text, item_texts
from engine.debrief import debrief
from engine.parse import read_runbook
from engine.plan import steps_of
from engine.report import render
from engine.state import RunState, fold
from engine.variables import find, in_words

ITEM = e.PlannedItem(id="tell", text="told the team {who}", line=9)
STEPS = (
    PLAN[0].model_copy(update={"items": (ITEM,), "section": ("Post-Incident Checklist",)}),
    PLAN[3].model_copy(update={"title": "Write to {who}", "section": ("Post-Incident Checklist",)}),
)


def given(value: str | None) -> e.VariableSet:
    return e.VariableSet(name="who", value=value, secret=value is None)


def state_of(*events: e.Event) -> RunState:
    return fold(told(*events, plan=STEPS))


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("told the team {who}", {"who": "night shift"}, "told the team night shift"),
        ("<who> and {{who}}", {"who": "ops"}, "ops and ops"),
        ("told {who} of {host}", {"who": "ops"}, "told ops of {host}"),
        ("told {who}", {"who": None}, "told {who}"),
        ("told {who}", {"who": ""}, "told {who}"),
        ("told {who}", {"other": "x"}, "told {who}"),
        ("{who} and {other}", {"who": "{other}", "other": "x"}, "{other} and x"),
    ],
)
def test_what_is_known_is_put_into_words_and_what_is_not_stays_a_placeholder(
    text: str, values: Mapping[str, str | None], expected: str
) -> None:
    assert in_words(text, values) == expected


def test_an_item_is_read_with_the_values_of_the_run() -> None:
    assert item_text(state_of(), ITEM) == "told the team {who}"
    assert item_text(state_of(given("ops")), ITEM) == "told the team ops"
    assert item_text(state_of(given(None)), ITEM) == "told the team {who}"


def test_a_settled_item_keeps_the_words_that_were_ticked() -> None:
    ticked = e.ItemTicked(item_id="tell")
    assert item_texts(state_of(given("ops"), ticked, given("sales")))["tell"] == "told the team ops"
    assert item_texts(state_of(ticked, given("ops")))["tell"] == "told the team ops"
    assert item_texts(state_of(given("ops"), ticked, e.ItemUnticked(item_id="tell"), given("sales")))["tell"] == (
        "told the team sales"
    )


def test_a_report_tells_items_and_duties_filled_in_wherever_they_stand() -> None:
    events = told(given("ops"), e.ItemWaived(item_id="tell", reason="asleep"), plan=STEPS)
    report = report_of(events)
    assert [one.words for one in report.timeline if one.sign == "☒"] == ["waived: told the team ops (asleep)"]
    assert [one.text for one in report.steps[0].checklist] == ["told the team ops"]
    assert [one.title for one in report.waived] == ["told the team ops"]
    assert [one.text for one in report.duties] == ["told the team ops", "Write to ops"]
    assert "Make good: told the team ops" in [one.what for one in report.follow_ups]
    assert debrief(events, None).gates == ("☒ told the team ops, waived: asleep",)


def test_a_milestone_is_inferred_from_the_runbooks_words_and_told_with_the_values() -> None:
    item = ITEM.model_copy(update={"text": "{who} acknowledged the page"})
    plan = (STEPS[0].model_copy(update={"items": (item,)}),)
    found = report_of(told(given("Ada"), e.ItemTicked(item_id="tell"), plan=plan)).milestones[1]
    assert (found.certainty, found.because) == ("inferred", "ticked off: Ada acknowledged the page")
    by_value = report_of(told(given("acknowledged"), e.ItemTicked(item_id="tell"), plan=STEPS)).milestones[1]
    assert by_value.certainty != "inferred"


def test_a_secret_stands_in_no_report() -> None:
    report = report_of(told(given(None), e.ItemTicked(item_id="tell"), plan=STEPS))
    for text in (render(report, "md"), render(report, "html"), render(report, "json")):
        assert "☑ ticked: told the team {who}" in text or "ticked: told the team {who}" in text


DOCUMENT = b"""---
variables:
  who:
  when:
---
# Redis is full

```bash
echo {who}
```

## Post-Incident Checklist

- [ ] told the team {who}
- [ ] wrote it down on {when}, see <page>
"""


def test_the_lines_of_items_are_among_those_of_an_input_and_items_alone_make_none() -> None:
    runbook = read_runbook("redis.md", DOCUMENT)
    found = {one.name: one.lines for one in find(runbook.steps, runbook.declared, ())}
    assert found == {"who": (3, 9, 14), "when": (4, 15)}


def test_an_item_of_a_plan_is_the_one_of_the_document() -> None:
    runbook = read_runbook("redis.md", DOCUMENT)
    planned = next(step for step in steps_of(runbook) if step.items)
    state = fold(told(given("ops"), plan=steps_of(runbook)))
    item = next(item for step in runbook.steps for item in step.items)
    assert item_text(state, item) == item_text(state, planned.items[0]) == "told the team ops"
