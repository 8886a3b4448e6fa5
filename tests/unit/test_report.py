"""What a report says of a run, and what it leaves open."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from support.past_trails import BOB, NOW, PLAN
from support.reports import ran, report_of, told

from engine import events as e
from engine.parse import read_runbook
from engine.report import Limits
from engine.report.milestones import time_in
from engine.report.story import TELL
from engine.state import APPLY

NOTE_AT = datetime(2026, 1, 8, 3, 12, 20, tzinfo=UTC)


def milestone(name: str, *events: e.Event) -> tuple[str, datetime | None]:
    found = next(one for one in report_of(told(*events)).milestones if one.name == name)
    return found.certainty, found.at


@pytest.mark.parametrize(
    ("note", "name"),
    [
        ("alert: latency page", "alert"),
        ("Alert fired 02:51Z", "alert"),
        ("ack", "acknowledged"),
        ("cause: a full queue", "found"),
        ("Root cause - the import", "found"),
        ("mitigated", "mitigated"),
        ("restored, all is green", "restored"),
        ("RESOLVED at last", "restored"),
    ],
)
def test_a_note_that_begins_with_the_word_is_the_milestone(note: str, name: str) -> None:
    certainty, at = milestone(name, e.Noted(text=note))
    assert certainty == "noted"
    assert at is not None


@pytest.mark.parametrize(
    "note", ["found nothing in the logs", "mitigation did not help", "no alert: odd", "cause unknown"]
)
def test_a_note_that_only_mentions_it_is_not(note: str) -> None:
    report = report_of(told(e.Noted(text=note)))
    assert [one.certainty for one in report.milestones] == ["unknown", "at_latest", "unknown", "unknown", "unknown"]


@pytest.mark.parametrize(
    ("note", "at"),
    [
        ("alert: 02:51Z", datetime(2026, 1, 8, 2, 51, tzinfo=UTC)),
        ("alert: 02:51:07 UTC", datetime(2026, 1, 8, 2, 51, 7, tzinfo=UTC)),
        ("alert: 23:50Z", datetime(2026, 1, 7, 23, 50, tzinfo=UTC)),
        ("alert: 04:05+01:00", datetime(2026, 1, 8, 3, 5, tzinfo=UTC)),
        ("alert: 2026-01-06T22:00Z", datetime(2026, 1, 6, 22, 0, tzinfo=UTC)),
        ("alert: 02:51", None),
        ("alert: 2030-01-01 10:00Z", None),
        ("alert: 2026-13-41 10:00Z", None),
        ("alert: 25:99Z", None),
    ],
)
def test_a_time_in_a_note_counts_when_it_names_its_zone_and_has_passed(note: str, at: datetime | None) -> None:
    assert time_in(note, NOTE_AT) == at


def test_without_a_note_a_ticked_item_says_it_and_is_marked_as_inferred() -> None:
    item = e.PlannedItem(id="ack", text="The page is acknowledged", line=3)
    plan = (PLAN[0].model_copy(update={"items": (item,)}),)
    found = report_of(told(e.ItemTicked(item_id="ack"), plan=plan)).milestones[1]
    assert (found.certainty, found.by, found.because) == ("inferred", "alice", "ticked off: The page is acknowledged")


def test_an_item_that_was_unticked_again_says_nothing() -> None:
    item = e.PlannedItem(id="ack", text="The page is acknowledged", line=3)
    plan = (PLAN[0].model_copy(update={"items": (item,)}),)
    recorded = told(e.ItemTicked(item_id="ack"), e.ItemUnticked(item_id="ack"), plan=plan)
    assert report_of(recorded).milestones[1].certainty == "at_latest"


def test_the_last_change_of_a_resolution_is_taken_for_the_mitigation_and_a_look_is_not() -> None:
    assert milestone("mitigated", *ran("flush", 1, level="safe"))[0] == "unknown"
    assert milestone("mitigated", *ran("flush", 1, level="caution"))[0] == "inferred"
    assert milestone("mitigated", *ran("flush", 1, "failed", level="caution"))[0] == "unknown"


def test_the_length_of_the_impact_is_told_when_both_its_ends_are_noted() -> None:
    report = report_of(told(e.Noted(text="alert: 02:51Z"), e.Noted(text="restored: 03:12Z")))
    assert next(one.answer for one in report.impact if one.title == "Lasted") == "21 min from alert to restored"
    assert next(one.answer for one in report_of(told()).impact if one.title == "Lasted") == ""


def test_who_did_what_is_counted_for_each_terminal() -> None:
    alone = told(*ran("check"), e.Noted(text="hm"))
    theirs = [one.model_copy(update={"stamp": one.stamp.model_copy(update={"actor": BOB})}) for one in alone[3:]]
    alice, bob = report_of([*alone[:3], *theirs]).people
    assert (alice.login, alice.ssh_client, dict(alice.did)) == (
        "alice",
        "192.0.2.7",
        {"runs started": 1, "steps started": 1},
    )
    assert (bob.login, dict(bob.did)) == ("bob", {"notes": 1})


def test_what_was_passed_over_has_its_reason_and_its_author() -> None:
    report = report_of(
        told(
            e.ItemWaived(item_id="page", reason="nobody is awake"),
            e.StepSkipped(step_id="warm", reason="traffic warms it"),
            e.RunEnded(outcome="abandoned"),
        )
    )
    assert [(one.title, one.reason, one.by) for one in (*report.skipped, *report.waived)] == [
        ("Warm the cache", "traffic warms it", "alice"),
        ("the status page says degraded", "nobody is awake", "alice"),
    ]


FLUSH, WARM = "Look into “Flush the cache”", "Look into “Warm the cache”"
CHECK = "Look into “Check memory”"


@pytest.mark.parametrize(
    ("events", "what", "because"),
    [
        (ran("check", outcome="failed"), CHECK, "it failed and was not made good"),
        ((*ran("check", outcome="failed"), *ran("check", 2)), CHECK, "it took 2 attempts"),
        (ran("check")[:1], CHECK, "nobody saw how it ended"),
        ((e.StepSkipped(step_id="warm", reason="no"),), WARM, "it was skipped: no"),
        ((e.StepDone(step_id="warm", note="by cron"),), WARM, "it was done outside this run: by cron"),
        ((e.RunEnded(outcome="abandoned"),), FLUSH, "the run ended before it"),
        ((e.ItemWaived(item_id="dba", reason="asleep"),), "Make good: the DBA on call knows", "it was waived: asleep"),
        (
            (e.StepEdited(step_id="warm", before="a", after="b"),),
            "Bring “Warm the cache” in the runbook up to date",
            "its text was edited during the run",
        ),
        ((e.Noted(text="todo: raise the limit"),), "raise the limit", "noted by alice"),
        (
            (e.RunResumed(document_changed=True),),
            "Compare the runbook with the copy that was walked",
            "it was changed during the run",
        ),
    ],
)
def test_a_run_leaves_follow_ups(events: tuple[e.Event, ...], what: str, because: str) -> None:
    assert (what, because) in [(one.what, one.because) for one in report_of(told(*events)).follow_ups]


def test_a_run_that_went_well_leaves_none() -> None:
    assert report_of(told(*ran("check"), plan=PLAN[:1])).follow_ups == ()


def test_every_kind_of_event_has_its_words_or_is_silent_on_purpose() -> None:
    assert set(TELL) == set(APPLY)


def test_verdict_answer_and_masks_of_an_attempt_are_told() -> None:
    begun, ended = ran("flush", level="dangerous", target="redis.prod/0", approval="typed", typed="redis.prod/0")
    masked = ended.model_copy(update={"redactions": {"token": 2}})
    report = report_of(told(begun, masked))
    attempt = report.steps[1].attempts[0]
    assert (attempt.level, attempt.target, attempt.approval_words, attempt.typed) == (
        "dangerous",
        "redis.prod/0",
        "its target typed",
        "redis.prod/0",
    )
    assert report.redactions == {"token": 2} == attempt.redactions


def test_a_step_in_flight_whose_host_is_gone_is_unknown() -> None:
    report = report_of(told(*ran("check")[:1]))
    assert (report.run.phase, report.run.exit_code, report.steps[0].attempts[0].outcome) == ("unknown", 5, "unknown")


def test_a_long_output_is_shown_at_both_ends_and_the_rest_is_named() -> None:
    lines = b"".join(b"line %d\r\n" % number for number in range(50_000))
    output = report_of(told(*ran("check")), {1: lines}).steps[0].attempts[0].output
    assert output.text.startswith("line 0\n")
    assert output.text.endswith("line 49999")
    assert len(output.text) < 10_000
    assert output.left_out.endswith("left out")


def test_many_outputs_share_one_bound() -> None:
    events = [event for number in range(1, 5) for event in ran("check", number)]
    limits = Limits(end_bytes=100, end_lines=5, total_bytes=250)
    report = report_of(told(*events), dict.fromkeys(range(1, 5), b"x" * 150), limits=limits)
    outputs = [one.output for one in report.steps[0].attempts]
    assert [bool(one.text) for one in outputs] == [True, True, False, False]
    assert outputs[3].left_out == "none of 150 bytes are shown: the report is long enough without them"


DOCUMENT = """# Redis is full

**Severity**: P1

## Fix

```bash
redis-cli -h {host} -a {password} ping
```

## Status message

```text
Redis on {host} is back. Ticket {ticket}. Key {password}.
```

```yaml
status: {host}
```

## Post-Incident Checklist

- [ ] The message is posted
- [ ] The limit is raised
"""


def test_the_runbooks_own_messages_and_last_checklist_come_filled_in() -> None:
    from engine.plan import steps_of

    runbook = read_runbook("redis.md", DOCUMENT.encode())
    plan = steps_of(runbook)
    items = [item for step in plan for item in step.items]
    report = report_of(
        told(
            e.VariableSet(name="host", value="redis.prod", source="--var"),
            e.VariableSet(name="password", value=None, secret=True),
            e.ItemTicked(item_id=items[0].id),
            plan=plan,
        ),
        runbook=runbook,
    )
    assert [(one.text, one.lacking) for one in report.messages] == [
        ("Redis on redis.prod is back. Ticket {ticket}. Key {password}.", ("password", "ticket"))
    ]
    assert [(one.text, one.status) for one in report.duties] == [
        ("The message is posted", "ticked"),
        ("The limit is raised", "open"),
    ]
    assert report.impact[0].answer == "P1"
    assert [(one.name, one.value, one.secret) for one in report.inputs] == [
        ("host", "redis.prod", False),
        ("password", None, True),
    ]


def test_a_run_that_is_still_open_lasts_until_its_newest_event() -> None:
    run = report_of(told(*ran("check"))).run
    assert (run.ended_at, run.duration_ms, run.started_at) == (None, 40_000.0, NOW)


BOOK = read_runbook("book.md", b"# Redis\n\n**Service**: redis\n**Severity**: P2\n\n- [ ] look\n")


def given(name: str, value: str | None, source: str = "--var") -> e.VariableSet:
    return e.VariableSet(name=name, value=value, secret=value is None, source=source)


HEADINGS: list[tuple[tuple[e.Event, ...], str | None, str]] = [
    ((), None, ""),
    ((given("incident", "INC-1", "default"),), "INC-1", "input incident, default"),
    ((given("INCIDENT_ID", "INC-2"), given("pod", "web")), "INC-2", "input INCIDENT_ID, --var"),
    ((given("incident", None),), None, ""),
    ((given("incident", "INC-1"), e.Noted(text="incident: INC-3")), "INC-3", "a note by alice"),
    ((e.Noted(text="Incident: INC-3"), e.Noted(text="incident: INC-4 \nmerged")), "INC-4", "a note by alice"),
    ((e.Noted(text="incident: " + "long " * 50), e.Noted(text="incidental: no")), None, ""),
]


@pytest.mark.parametrize(("events", "incident", "known_from"), HEADINGS)
def test_the_incident_is_told_with_what_it_is_known_from(
    events: tuple[e.Event, ...], incident: str | None, known_from: str
) -> None:
    run = report_of(told(*events)).run
    assert (run.incident, run.incident_from) == (incident, known_from)
    named = report_of(told(*events, incident="INC-9")).run
    assert (named.incident, named.incident_from) == ("INC-9", "--incident")


@pytest.mark.parametrize(
    ("events", "severity", "service"),
    [
        ((), ("P2", "the runbook"), ("redis", "the runbook")),
        (
            (given("severity", "P1"), given("service", "redis-server.service")),
            ("P1", "input severity, --var"),
            ("redis", "the runbook"),
        ),
        (
            (e.Noted(text="sev: P0"), e.Noted(text="service: carts")),
            ("P0", "a note by alice"),
            ("carts", "a note by alice"),
        ),
    ],
)
def test_severity_and_service_are_those_of_this_incident_before_the_runbooks_own(
    events: tuple[e.Event, ...], severity: tuple[str, str], service: tuple[str, str]
) -> None:
    found = {one.title: (one.answer, one.source) for one in report_of(told(*events), runbook=BOOK).impact}
    assert (found["Severity"], found["Service"]) == (severity, service)


def test_the_commander_is_who_started_the_run_unless_somebody_is_named() -> None:
    run = report_of(told()).run
    assert (run.commander, run.commander_from) == ("alice@bastion", "the start of the run")
    run = report_of(told(given("incident-commander", "bob"))).run
    assert (run.commander, run.commander_from) == ("bob", "input incident-commander, --var")
    run = report_of(told(given("ic", "bob"), e.Noted(text="IC: carol"))).run
    assert (run.commander, run.commander_from) == ("carol", "a note by alice")
