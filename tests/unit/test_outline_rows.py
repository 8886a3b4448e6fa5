"""The runbook as rows: what is said once, how far each section is, how each step stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from support.runs import recorded, started

from engine import events as e
from engine.levels import Level
from engine.parse import read_runbook
from engine.plan import choices_of, steps_of
from engine.state import RunState, fold
from tui.outline_rows import OutlineRow, outline

DOCUMENT = """# Redis is full

## Symptoms (5-10 minutes)

### Look

```bash
df -h
```

### Search

```bash
grep refused log
```

## Flush

```bash
redis-cli FLUSHALL
```

## Tell

1. Call the DBA
2. Tell the channel

### All clear

```text
It is over.
```

## Option A: scale up

```bash
uptime
```

## Option B: clean up

```bash
df -h
```
"""
RUNBOOK = read_runbook("redis.md", DOCUMENT.encode())
IDS = {step.title: step.id for step in RUNBOOK.steps}


def run(*happened: e.Event) -> RunState:
    return fold(recorded([started(plan=steps_of(RUNBOOK), choices=choices_of(RUNBOOK)), *happened]))


def start(title: str, **more: object) -> e.StepStarted:
    return e.StepStarted(
        step_id=IDS[title],
        attempt=1,
        session="shell",
        text="df",
        **more,  # type: ignore[arg-type]
    )


def end(title: str, outcome: e.StepOutcome) -> e.StepEnded:
    return e.StepEnded(
        step_id=IDS[title],
        attempt=1,
        outcome=outcome,
        exit_status=0,
        duration_ns=1_200_000_000,
        output_bytes=0,
        output_head="",
    )


def row(title: str, *happened: e.Event, levels: Mapping[str, Level] | None = None) -> OutlineRow:
    named = {IDS[name]: level for name, level in (levels or {}).items()}
    return next(one for one in outline(run(*happened), RUNBOOK, named) if one.text == title)


def test_a_section_that_is_one_step_of_its_name_is_said_once() -> None:
    shown = [(one.depth, one.sign, one.text) for one in outline(run(), RUNBOOK, {})]
    assert shown == [
        (0, "▸", "Symptoms (5-10 minutes)"),
        (1, "▶", "Look"),
        (1, "○", "Search"),
        (0, "○", "Flush"),
        (0, "▸", "Tell"),
        (1, "○", "Call the DBA"),
        (1, "○", "Tell the channel"),
        (1, "¶", "All clear"),
        (0, "◇", "Option A: scale up"),
        (0, "◇", "Option B: clean up"),
    ]


def test_a_section_says_how_far_it_is() -> None:
    ran = (start("Look"), end("Look", "succeeded"))
    assert row("Symptoms (5-10 minutes)").right == "0/2"
    assert row("Symptoms (5-10 minutes)", *ran).right == "1/2"
    done = row("Symptoms (5-10 minutes)", *ran, e.StepSkipped(step_id=IDS["Search"], reason="a drill"))
    assert (done.sign, done.right, done.tone) == ("✔", "2/2", "$success")


def test_text_to_copy_is_nothing_to_be_done() -> None:
    text = row("All clear")
    assert (text.right, text.step_id) == ("copy", IDS["All clear"])
    assert row("Tell").right == "0/2"


@pytest.mark.parametrize(
    ("happened", "sign", "right", "tone"),
    [
        ([], "▶", "", ""),
        ([start("Look")], "▶", "", "$primary"),
        ([start("Look"), end("Look", "succeeded")], "✔", "1.2 s", "$success"),
        ([start("Look"), end("Look", "failed")], "✘", "1.2 s", "$error"),
        ([start("Look"), end("Look", "lost")], "✘", "1.2 s", "$error"),
        ([e.StepSkipped(step_id=IDS["Look"], reason="a drill")], "–", "", "$foreground-muted"),
        ([e.StepDone(step_id=IDS["Look"])], "✔", "", "$success"),
        ([start("Look", dry_run=True), end("Look", "succeeded")], "▶", "", ""),
        ([start("Look"), e.StepUnknown(step_id=IDS["Look"], attempt=1, output_bytes=0)], "?", "", "$error"),
    ],
    ids=["pending", "running", "succeeded", "failed", "lost", "skipped", "done", "dry run", "unknown"],
)
def test_a_step_shows_how_it_stands(happened: Sequence[e.Event], sign: str, right: str, tone: str) -> None:
    shown = row("Look", *happened)
    assert (shown.sign, shown.right, shown.tone) == (sign, right, tone)


@pytest.mark.parametrize(
    ("level", "right", "tone"),
    [
        ("safe", "", ""),
        ("unknown", "?", "$unknown"),
        ("caution", "~", "$caution"),
        ("dangerous", "‼", "$dangerous"),
    ],
)
def test_a_step_that_has_not_run_shows_its_level(level: Level, right: str, tone: str) -> None:
    shown = row("Flush", levels={"Flush": level})
    assert (shown.right, shown.tone) == (right, tone)


def test_nothing_is_current_in_a_run_that_is_over() -> None:
    assert row("Look", e.RunEnded(outcome="abandoned")).sign == "○"


def test_only_the_chosen_alternative_stays() -> None:
    choice = choices_of(RUNBOOK)[0]
    chosen = e.OptionChosen(choice_id=choice.id, option_id=choice.options[1].id)
    titles = [one.text for one in outline(run(chosen), RUNBOOK, {})]
    assert titles[-1] == "Option B: clean up"
    assert "Option A: scale up" not in titles


def test_a_section_with_a_time_box_keeps_its_row() -> None:
    blocks = ("## Look\n\n**Time to resolve**: 5-10 minutes", "## Wait (5-10 minutes)")
    document = "# A\n\n" + "".join(f"{block}\n\n```bash\ndf\n```\n\n" for block in blocks)
    runbook = read_runbook("a.md", document.encode())
    state = fold(recorded([started(plan=steps_of(runbook), choices=())]))
    boxed = [section.title for section in runbook.sections if section.time_box is not None]
    rows = [one.text for one in outline(state, runbook, {}) if one.step_id is None]
    assert boxed
    assert set(boxed) <= set(rows)
