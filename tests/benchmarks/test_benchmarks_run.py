"""The benchmarks still run and show their tables. What they measure is for people to read; no time is asserted."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent

SHOWN = {
    "step_cost": ("a step `true`", "bash -c true", "two durable commits", "budget of a step"),
    "flood": ("bare reader", "recorded, a client attached", "host's peak memory", "stored / printed"),
    "cockpit_flood": ("10 MB/s: nothing", "10 MB/s: pane", "10 MB/s: RichLog", "last line"),
    "redaction": ("copied", "20 secrets, shapes of tokens", "20 secrets, a URL in every line", "bytes.replace"),
    "recordings": ("export / output fetched", "read and check / json.loads", "jump anywhere"),
    "replay_seek": ("from the trail", "from its recording", "jump to a moment", "from the beginning"),
    "report": ("events fetched and folded", "gathered and rendered, html", "peak"),
    "verdicts": ("7 lines that look", "7 lines that change", "one SQL statement"),
    "cockpit_start": ("a minimal Textual app", "first content, 15 KB", "first live frame, 300 KB", "a key answered"),
    "cockpit_memory": ("a minimal Textual app", "a document of 50 steps"),
    "sql": ("PostgreSQL", "MariaDB"),
    "start_up": ("python -c pass", "oncue --version", "oncue steps, 15 KB", "document to steps, 15 KB"),
}


@cache
def quickly(name: str) -> str:
    done = subprocess.run(
        [sys.executable, str(FOLDER / f"{name}.py"), "--quick"],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("name", SHOWN)
def test_a_benchmark_shows_its_table(name: str) -> None:
    shown = quickly(name)
    for words in SHOWN[name]:
        assert words in shown


@pytest.mark.slow
def test_a_flood_is_in_the_trail_to_the_last_byte() -> None:
    facts = [line.split("budget")[0].split() for line in quickly("flood").splitlines()]
    for words in ("trail has exactly what was printed", "chain is whole", "client was told where gaps are"):
        assert [*words.split(), "yes"] in facts
