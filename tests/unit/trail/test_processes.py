"""Several programs at one trail: hosts that record, people who look."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from unit.trail.books import open_writer, rows_of

from engine.trail import TrailReader, verify

ROOT = Path(__file__).resolve().parents[3]

HOST = """
import sys
from pathlib import Path
from unit.trail.books import end, open_writer, start, stamp, walk_step, lines
place, name = Path(sys.argv[1]), sys.argv[2]
with open_writer(place, interval=0.002, busy_seconds=30.0) as writer:
    for number in range(6):
        run_id = f"{name}-{number}"
        start(writer, run_id, name.encode())
        for attempt in range(1, 8):
            walk_step(writer, run_id, attempt, [lines(90_000)] * (attempt % 3))
        end(writer, run_id)
        writer.record_access("viewed", run_id, stamp())
"""


def host(place: Path, name: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"}
    return subprocess.Popen(
        [sys.executable, "-c", HOST, str(place), name], stderr=subprocess.PIPE, text=True, env=environment
    )


@pytest.mark.parametrize("existing", [True, False], ids=["an existing trail", "a trail that all make at once"])
def test_hosts_record_at_once_while_others_read_and_verify(place: Path, existing: bool) -> None:
    if existing:
        open_writer(place).close()
    hosts = [host(place, name) for name in ("a", "b", "c")]
    while any(process.poll() is None for process in hosts):
        if not place.exists() or not rows_of(place, "PRAGMA user_version")[0][0]:
            continue
        with TrailReader.open(place) as reader:
            for run in reader.runs():
                events = reader.events(run.run_id)
                assert [one.seq for one in events] == list(range(1, len(events) + 1))
        assert verify(place).findings == ()
    complaints = [process.communicate()[1] for process in hosts]
    assert complaints == ["", "", ""]
    result = verify(place)
    assert result.findings == ()
    assert (result.runs_checked, result.events_checked) == (18, 18 * 16)
    assert rows_of(place, "SELECT count(*) FROM ledger") == [(18 * 3,)]
    assert rows_of(place, "PRAGMA integrity_check") == [("ok",)]
