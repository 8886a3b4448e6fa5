"""A dry run is told as a dry run wherever a run is told: that it succeeded says nothing of its step."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.past_trails import PastTrail
from support.reports import Outputs, report_of

from engine.casting import cast
from engine.difference import Side, compare
from engine.recording import read
from engine.replay import open_recording, open_run, told
from engine.report import render
from engine.report.picture import picture
from engine.show import run_to_json, run_to_text
from engine.state import fold
from engine.trail import TrailReader

RUN = "20260108-031200-aaaaaa"
ENDED = "dry run of “Flush the cache” succeeded, exit 0, 310 ms"
DRY = {"text": "redis-cli DBSIZE", "dry_run": True}


@pytest.fixture
def trail(tmp_path: Path) -> Path:
    trail = PastTrail(tmp_path / "audit.db")
    trail.begin(RUN, 0.01)
    trail.step("check", 1, b"ok\r\n")
    trail.step("flush", 2, b"3\r\n", **DRY)
    trail.step("flush", 3, b"12:00\r\n", text="date", suggestion=True)
    trail.close()
    return tmp_path / "audit.db"


def recording_of(trail: Path) -> Path:
    path = trail.with_suffix(".cast")
    with TrailReader.open(trail) as reader:
        path.write_bytes(b"".join(cast(reader, RUN)))
    return path


def without_events(path: Path) -> Path:
    lines = path.read_text().splitlines(keepends=True)
    bare = path.with_name("bare.cast")
    bare.write_text("".join(line for line in lines if '"E", ' not in line))
    return bare


def test_a_report_says_what_it_was_that_ended(trail: Path) -> None:
    with TrailReader.open(trail) as reader:
        report = report_of(reader.events(RUN))
    words = [one.words for one in report.timeline]
    assert ENDED in words
    assert "“Check memory” succeeded, exit 0, 310 ms" in words
    assert "a suggestion of “Flush the cache” succeeded, exit 0, 310 ms" in words
    assert "✔ dry run succeeded, exit 0" in render(report, "md")
    assert "✔ dry run succeeded" in render(report, "html")
    assert "dry run of “Flush the cache”: succeeded" in picture(report)
    assert [one["beside"] for one in json.loads(render(report, "json"))["steps"][1]["attempts"]] == [
        "dry run",
        "suggestion",
    ]


def test_what_is_shown_of_a_run_names_it(trail: Path) -> None:
    with TrailReader.open(trail) as reader:
        text = b"".join(run_to_text(reader, RUN, ())).decode()
        steps = run_to_json(reader, RUN, ())["steps"]
    assert "── dry run of “Flush the cache” · line 41 · attempt 2" in text
    assert "✔ dry run of “Flush the cache” succeeded, exit 0 · took 310 ms" in text
    assert [(one["dry_run"], one["suggestion"]) for one in steps[1]["attempts"]] == [(True, False), (False, True)]
    assert steps[1]["status"] == "pending"


def test_a_replay_names_it_from_the_trail_and_from_a_recording(trail: Path) -> None:
    path = recording_of(trail)
    for replay in (open_run(trail, RUN, {}), open_recording(path), open_recording(without_events(path))):
        said = b"".join(data for _, data in told(replay, colour=False)).decode()
        assert "── dry run of Flush the cache" in said
        assert "✔ dry run of “Flush the cache” succeeded, exit 0" in said
        assert "✔ succeeded, exit 0" in said
        assert [mark.words.rpartition(", ")[0] for mark in replay.marks if mark.kind == "end"] == [
            "“Check memory” succeeded, exit 0",
            "dry run of “Flush the cache” succeeded, exit 0",
            "a suggestion of “Flush the cache” succeeded, exit 0",
        ]


def test_a_player_is_told_too_and_markers_alone_tell_it_apart(trail: Path) -> None:
    path = recording_of(trail)
    rows = [json.loads(line) for line in path.read_text().splitlines()[1:]]
    assert ENDED in "".join(data for _, code, data in rows if code == "o")
    markers = [data.partition(" {")[0] for _, code, data in rows if code == "m"]
    assert markers[2:4] == ["▶ dry run of Flush the cache", "✔ dry run of Flush the cache"]
    steps = read(without_events(path)).steps
    assert [(one.title, one.dry_run, one.suggestion) for one in steps] == [
        ("Check memory", False, False),
        ("Flush the cache", True, False),
        ("Flush the cache", False, True),
    ]


def test_two_runs_do_not_differ_in_what_only_one_of_them_tried(trail: Path) -> None:
    with TrailReader.open(trail) as reader:
        recorded = reader.events(RUN)
    tried, never = (Side(fold(events), Outputs({1: b"ok", 2: b"3"})) for events in (recorded, recorded[:3]))
    difference = compare(tried, never)
    assert difference.is_same
    assert [step.durations_ms for step in difference.steps][1] == (None, None)
