"""Past runs in few words: what was not the real thing is never taken for it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine.library.runs import PastRun
from engine.library.shelf import Row
from engine.trail import RunSummary
from tui import history_words, library_words, run_words

NOW = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
RUN = RunSummary(
    run_id="20261103-031200-c0ffee",
    title="Redis is full",
    path="redis.md",
    started_at=datetime(2026, 11, 3, 3, 12, tzinfo=UTC),
    ended_at=NOW,
    outcome="failed",
    incident=None,
    operator="alice",
    n_events=9,
    n_steps_done=2,
    output_bytes=40,
    head="0" * 64,
)
PRACTICE = [("rehearsal", "▷ rehearsal"), ("probe", "▷ probe"), ("sandbox", "▷ sandbox"), ("live", ""), ("", "")]


def cells(past: PastRun) -> list[str]:
    return [column.cell(past)[0] for column in history_words.columns(lambda: NOW)]


@pytest.mark.parametrize(("mode", "mark"), PRACTICE)
def test_a_run_that_was_not_real_says_so_in_the_history(mode: str, mark: str) -> None:
    past = PastRun(RUN, is_live=False, path="/srv/redis.md", mode=mode)
    title = f"{mark}  Redis is full" if mark else "Redis is full"
    assert title in cells(past)
    assert run_words.sentence(past, NOW).startswith(f"{mark} · ✘ failed" if mark else "✘ failed")
    about = " ".join(fact.text.plain for fact in history_words.details(past, NOW))
    assert (mark in about, "▷" in about) == (True, bool(mark))
    assert bool(history_words.matching([past], "rehearsal")) == (mode == "rehearsal")


@pytest.mark.parametrize(("mode", "mark"), PRACTICE)
def test_a_run_that_was_not_real_says_so_where_it_can_be_gone_on_with(mode: str, mark: str) -> None:
    past = PastRun(RUN, is_live=False, path="/srv/redis.md", mode=mode)
    row = Row(key="open", kind="open", title="Redis is full", past=past)
    assert library_words.title(row)[0] == (f"{mark}  " if mark else "") + "left open: Redis is full"
