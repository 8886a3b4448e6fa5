"""`oncue replay`: told at once in a pipe, in its own time on a terminal, and played on a screen."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from support.past_trails import PastTrail, write_past
from support.terminal import Operator, environment, oncue

from engine import events as e
from engine.casting import cast
from engine.trail import TrailReader

DONE = "20260105-031200-cccccc"
TOLD = """\
Redis is full
run 20260105-031200-cccccc · 2026-01-05 03:12:00
0:00  alice  ▶ run started: Redis is full (redis.md)
0:20  alice  = host = redis.prod (--var)
0:40  alice  = password = a secret value (typed)
1:00  alice  ☑ ticked: the DBA on call knows
1:20  alice  ☒ waived: the status page says degraded (nobody is awake)

── Check memory
    redis-cli info memory
1:40  alice  · safe · only reads
used_memory_human:3.98G
maxmemory_human:4.00G
2:00  ✔ succeeded, exit 0, 310 ms
2:20  alice  ✎ edited “Flush the cache”
2:40  alice  ✍ evictions do not keep up

── Flush the cache
    redis-cli FLUSHDB
3:00  alice  ‼ dangerous · data destruction · removes every key of db 0 on redis.prod
(error) timeout
3:20  ✘ failed, exit 1, 310 ms

── Flush the cache
    redis-cli FLUSHDB
3:40  alice  ‼ dangerous · data destruction · removes every key of db 0 on redis.prod
OK
4:00  ✔ succeeded, exit 0, 310 ms
4:20  alice  – skipped “Warm the cache” (traffic warms it)
4:40  alice  ✔ done by hand: “Tell support” (called Carol)
5:00  alice  ■ run ended: done
"""
UTC = {"TZ": "UTC"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """With a trail, and a recording of one of its runs."""
    with TrailReader.open(write_past(tmp_path / "audit.db")) as reader:
        (tmp_path / "run.cast").write_bytes(b"".join(cast(reader, DONE)))
    return tmp_path


def replay(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return oncue(home, "replay", *words, ONCUE_AUDIT=str(home / "audit.db"), **UTC)


def operator(home: Path, *words: str, **more: str) -> Operator:
    return Operator(home, "replay", *words, ONCUE_AUDIT=str(home / "audit.db"), **UTC, **more)


def accesses(home: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(home / "audit.db")) as connection:
        return connection.execute("SELECT action, run_id FROM ledger WHERE action = 'replayed'").fetchall()


def test_in_a_pipe_the_whole_story_is_told_at_once_and_that_is_on_record(home: Path) -> None:
    done = replay(home, "20260105")
    assert (done.returncode, done.stdout, done.stderr) == (0, TOLD, "")
    assert accesses(home) == [("replayed", DONE)]
    assert oncue(home, "verify", ONCUE_AUDIT=str(home / "audit.db")).returncode == 0


def test_a_recording_tells_the_same_story(home: Path) -> None:
    done = replay(home, "run.cast")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == TOLD.replace(f"run {DONE}", "run.cast")
    assert accesses(home) == []


def test_it_begins_at_a_step_or_at_a_time(home: Path) -> None:
    for start in ("warm", "Warm the cache", "3", "4:20", "260s", "4m20s"):
        done = replay(home, "20260105", "--from", start)
        assert done.stdout == "\n".join(
            [
                *TOLD.split("\n")[:2],
                "from 4:20 on",
                "4:20  alice  – skipped “Warm the cache” (traffic warms it)",
                "4:40  alice  ✔ done by hand: “Tell support” (called Carol)",
                "5:00  alice  ■ run ended: done\n",
            ]
        )
    inside = replay(home, "20260105", "--from", "3:10").stdout.split("\n")
    assert inside[2:6] == ["from 3:10 on", "", "── “Flush the cache” goes on", "3:20  ✘ failed, exit 1, 310 ms"]


REFUSALS = {
    "19990101": "There is no run whose id begins with '19990101'.",
    "absent.cast": "absent.cast: the recording cannot be read: No such file or directory",
    "page.md": "page.md:1: this is no recording: its first line is no header of an asciicast file",
    "20260105 --speed fast": "--speed 'fast' is no speed",
    "20260105 --speed 0": "--speed '0' is no speed",
    "20260105 --idle 0": "--idle '0' is no pause",
    "20260105 --from 9:00": "--from 9:00: run 20260105-031200-cccccc is 5:00 long",
    "20260105 --from nowhere": "--from 'nowhere' names no step",
    "20260101 --from warm": "--from warm: “Warm the cache” was never started in run 20260101-020000-bbbbbb",
}


@pytest.mark.parametrize("words", REFUSALS)
def test_what_cannot_be_told_is_a_sentence(home: Path, words: str) -> None:
    (home / "page.md").write_text("# Redis\n")
    done = replay(home, *words.split())
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("oncue: ")
    assert REFUSALS[words] in done.stderr


def test_what_is_wrong_with_a_recording_is_told_with_its_line(home: Path) -> None:
    lines = (home / "run.cast").read_text().splitlines()
    lines.insert(5, "[oops")
    (home / "run.cast").write_text("\n".join(lines) + "\n")
    done = replay(home, "run.cast")
    assert done.stderr == "oncue: run.cast:6: this line is not JSON and was passed over\n"
    assert done.stdout == TOLD.replace(f"run {DONE}", "run.cast")


FOREIGN = """\
{"version": 3, "term": {"cols": 80, "rows": 24}, "title": "From elsewhere"%s}
[0.5, "o", "$ "]
[0.5, "i", "l"]
[0.1, "o", "l"]
[0.4, "i", "s\\r"]
[0.1, "o", "s\\r\\n"]
[1.4, "m", "chapter\\u001b 1"]
[0.5, "o", "one\\r\\n"]
[3.0, "m", ""]
"""


def test_markers_and_keys_of_a_recording_from_elsewhere_are_told_as_such(home: Path) -> None:
    (home / "else.cast").write_text(FOREIGN % ', "timestamp": 1700000000')
    done = replay(home, "else.cast")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.replace("\r", "").split("\n") == [
        "From elsewhere",
        "else.cast · 2023-11-14 22:13:20",
        "0:00  ▶ run started: From elsewhere (else.cast)",
        "",
        "── From elsewhere",
        "0:00  ? unknown · the recording does not say",
        "$ ",
        "0:01  ⌨ typed “ls” into “From elsewhere”",
        "ls",
        "0:03  ◆ marker “chapter^[ 1”",
        "one",
        "0:06  ◆ a marker without words",
        "",
    ]
    later = replay(home, "else.cast", "--from", "0:02").stdout
    assert "chapter" in later
    assert "typed" not in later


@pytest.mark.parametrize(
    ("said", "warning"),
    [
        ("", ""),
        (
            ', "timestamp": -99999999999999',
            "oncue: else.cast:1: the header's timestamp -99999999999999 is no time\n",
        ),
    ],
)
def test_a_recording_that_does_not_say_when_it_was_gets_no_date(home: Path, said: str, warning: str) -> None:
    (home / "else.cast").write_text(FOREIGN % said)
    done = replay(home, "else.cast")
    assert done.stderr == warning
    assert done.stdout.split("\n")[1] == "else.cast · it does not say when this was; times are from its beginning"
    assert "1970" not in done.stdout


def test_what_a_program_printed_is_cleaned_and_has_no_colours_in_a_pipe(home: Path) -> None:
    with closing(PastTrail(home / "audit.db")) as trail:
        trail.begin("20260109-000000-eeeeee", -1)
        trail.step("check", 1, b"\x1b]52;c;YQ==\x07clip \x1b[31mred\x1b[m caf\xc3\xa9 \xff\r\nno end")
        trail.say(e.Noted(text="a\x1b[2Jb"))
    told = replay(home).stdout
    assert "clip red café \ufffd\nno end\n" in told.replace("\r", "")
    assert "✍ a^[[2Jb" in told
    assert "\x1b" not in told


def test_a_reader_that_has_seen_enough_is_no_failure(home: Path) -> None:
    command = f"{sys.executable} -m tui replay run.cast | head -c 10"
    pipe = ["bash", "-o", "pipefail", "-c", command]
    done = subprocess.run(pipe, env=environment(home), cwd=home, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"Redis is f", b"")


# On a terminal.


def test_plain_on_a_terminal_takes_its_time_and_ctrl_c_ends_it(home: Path) -> None:
    one = operator(home, "20260105", "--plain")
    one.sees("0:00  alice  ▶ run started: Redis is full (redis.md)")
    one.interrupts()
    assert one.ends() == 130
    assert "0:20" not in one.seen
    assert "Traceback" not in one.seen


def test_a_fast_replay_gets_to_its_end(home: Path) -> None:
    one = operator(home, "20260105", "--plain", "--speed", "1000", "--idle", "0.1", NO_COLOR="")
    one.sees("\x1b[1m── Check memory\x1b[m")
    one.sees("\x1b[32mused_memory_human\x1b[m:3.98G")
    one.sees("run ended: done")
    assert one.ends() == 0


def test_on_a_terminal_it_is_a_screen_that_leaves_nothing_behind(home: Path) -> None:
    one = operator(home, "20260105", "--speed", "4", "--from", "flush")
    one.sees("(error) timeout")
    if "3:00 of 5:00  4×" not in one.seen:  # the line is there before the output is read
        one.sees("3:00 of 5:00  4×")
    one.presses(" ")
    one.sees("pause")
    one.presses("q")
    assert one.ends() == 0
    assert one.seen.count("\x1b[?1049h") == one.seen.count("\x1b[?1049l") == 1
    assert accesses(home) == [("replayed", DONE)]


def test_a_screen_that_has_nothing_to_show_ends_with_a_sentence(home: Path) -> None:
    (home / "page.md").write_text("# Redis\n")
    one = operator(home, "page.md")
    assert one.ends() == 2
    assert one.seen.rpartition("\x1b[?1049l")[2].count("this is no recording") == 1
