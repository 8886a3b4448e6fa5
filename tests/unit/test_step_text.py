"""A step in words: everything that has to be known before it runs, and how it went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from support.runs import recorded, started

from engine import events as e
from engine.danger import judge
from engine.danger.surroundings import Surroundings
from engine.parse import read_runbook
from engine.plan import steps_of
from engine.state import RunState, fold
from tui import step_text
from tui.situation import Situation

DOCUMENT = '# A\n\n## Flush\n\n```bash\nredis-cli -h redis.prod FLUSHALL\n```\n\n## Broken\n\n```bash\necho "a\n```\n'
RUNBOOK = read_runbook("a.md", DOCUMENT.encode())
FLUSH, BROKEN = RUNBOOK.steps


def run(*happened: e.Event) -> RunState:
    return fold(recorded([started(plan=steps_of(RUNBOOK), choices=()), *happened]))


def prepared(text: str = FLUSH.text, **more: Any) -> Mapping[str, Any]:
    verdict = judge(text, "shell", Surroundings()).to_json()
    blank = {
        "missing": (),
        "problem": "",
        "warnings": (),
        "ran_before": (),
        "held": (),
        "empty": (),
        "inputs": (),
        "endless": "",
        "limits": "",
        "database": "",
    }
    return {"text": text, "session": "shell", "verdict": verdict, **blank, **more}


def said(s: Situation) -> list[str]:
    return [line.plain for line in step_text.verdict_lines(s)]


def at(step: Any = FLUSH, about: Mapping[str, Any] | None = None, *happened: e.Event) -> Situation:
    return Situation(run(*happened), RUNBOOK, step, prepared=about)


def test_a_dangerous_step_says_what_it_hits_and_that_there_is_no_dry_run() -> None:
    assert said(at(about=prepared())) == [
        "‼ dangerous · data destruction · deletes every key",
        "hits redis.prod   dry run: none",
    ]


def test_a_safe_step_says_so_in_one_line() -> None:
    assert said(at(about=prepared("df -h"))) == ["· safe · only looks"]


def test_a_dry_run_is_shown_with_its_grade() -> None:
    lines = said(at(about=prepared("rm -rf /srv/data/cache")))
    assert "dry run, approximate: lists what would be removed" in lines
    assert "  ls -lad /srv/data/cache" in lines


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ({"missing": ("host", "port")}, "? no value for host, port"),
        ({"problem": "the value cannot stand there"}, "✘ the value cannot stand there"),
        ({"warnings": ("the secret is in the text",)}, "! the secret is in the text"),
        ({"empty": ("$NS is empty in the shell",)}, "! $NS is empty in the shell"),
        ({"held": (("NS", "prod\nwest"), ("DIR", ""))}, "$NS is prod west in the shell"),
        ({"held": (("NS", "x" * 200),)}, f"$NS is {'x' * 79}… in the shell"),
        ({"ran_before": ("bob ran it at 03:12",)}, "! bob ran it at 03:12"),
    ],
    ids=["missing", "problem", "warning", "empty", "held", "held and long", "ran before"],
)
def test_what_stands_in_the_way_is_said(more: Mapping[str, Any], line: str) -> None:
    assert line in said(at(about=prepared(**more)))


def test_a_broken_step_says_so_until_it_is_edited() -> None:
    assert said(at(BROKEN)) == ["✘ broken: a double quote is never closed; it cannot run until it is edited"]
    edited = e.StepEdited(step_id=BROKEN.id, before=BROKEN.text, after="df -h")
    assert said(at(BROKEN, prepared("df -h"), edited)) == ["· safe · only looks"]


def test_the_command_is_shown_whole_with_its_reason_underlined() -> None:
    content = step_text.command(prepared("df -h; redis-cli -h redis.prod FLUSHALL"))
    assert content.plain == "df -h; redis-cli -h redis.prod FLUSHALL"
    underlined = [content.plain[span.start : span.end] for span in content.spans if "underline" in str(span.style)]
    assert underlined == ["redis-cli -h redis.prod FLUSHALL"]


def test_the_operators_values_are_lit() -> None:
    content = step_text.command(prepared("df -h /srv", inputs=((6, 10),)))
    assert [content.plain[span.start : span.end] for span in content.spans if "$accent" in str(span.style)] == ["/srv"]


def test_lines_are_numbered_so_that_a_broken_one_does_not_read_as_two() -> None:
    assert step_text.command(prepared("cd /srv\n\nls")).plain == "1 cd /srv\n2 \n3 ls"
    assert step_text.command(prepared("ls")).plain == "ls"


@pytest.mark.parametrize("text", ["echo [red]x[/red]", "echo [/]", "echo \x1b]52;c;eA==\x07", "echo \u202e"])
def test_no_text_is_obeyed(text: str) -> None:
    shown = step_text.command(prepared(text)).plain
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)
    assert shown.startswith("echo ")


START = e.StepStarted(step_id=FLUSH.id, attempt=1, session="shell", text=FLUSH.text)
END = e.StepEnded(
    step_id=FLUSH.id,
    attempt=1,
    outcome="failed",
    exit_status=1,
    duration_ns=1_200_000_000,
    output_bytes=0,
    output_head="",
    message="it was refused",
)


@pytest.mark.parametrize(
    ("happened", "words"),
    [
        ([START], "▶ running"),
        ([START, END], "✘ failed · exit 1 · 1.2 s · it was refused"),
        ([START, END, e.StepSkipped(step_id=FLUSH.id, reason="later")], "– skipped · later"),
        ([e.StepDone(step_id=FLUSH.id, note="on the console")], "✔ done · on the console"),
        ([START, e.StepUnknown(step_id=FLUSH.id, attempt=1, output_bytes=0)], "? unknown"),
    ],
    ids=["running", "failed", "skipped", "done", "unknown"],
)
def test_how_it_went_is_said(happened: list[e.Event], words: str) -> None:
    shown = step_text.outcome(at(FLUSH, None, *happened))
    assert shown is not None
    assert shown.plain == words


def test_a_step_that_has_not_begun_went_no_way() -> None:
    assert step_text.outcome(at()) is None


def test_a_long_sample_says_where_the_rest_is() -> None:
    long = replace(FLUSH, sample_output="".join(f"line {n}\n" for n in range(40)))
    shown = step_text.sample(long)
    assert shown is not None
    assert shown.plain.endswith(f"line 11\n… 28 more lines: line {FLUSH.lines.first}")
    assert step_text.sample(FLUSH) is None


def test_the_end_is_a_line_for_each_step_and_what_proves_it() -> None:
    ended = Situation(run(START, END, e.RunEnded(outcome="failed", reason="a drill")), RUNBOOK, head="5f0c")
    assert step_text.end_title(ended).plain == "The run is over: failed"
    lines = [line.plain for line in step_text.end_lines(ended)]
    assert lines[:2] == ["a drill", "1 of 2 steps ran, 1 did not run"]
    assert lines[3].startswith("✘ failed")
    proof = step_text.proof(ended)
    assert proof is not None
    assert proof.plain.split("\n") == ["head 5f0c", "`oncue show run` shows it", "`oncue verify run` checks it"]


def test_a_run_that_was_left_says_how_it_goes_on() -> None:
    left = Situation(run(e.RunLeft(reason="lunch")), RUNBOOK, head="5f0c")
    assert step_text.end_title(left).plain == "The run was left open"
    proof = step_text.proof(left)
    assert proof is not None
    assert proof.plain.endswith("`oncue resume run` goes on")
