"""`oncue export`: a run in a real shell, written as a recording, played as a player does and read back."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.terminal import Operator, environment, oncue, run_id_in, shown

from engine.recording import Typed, read
from engine.trail import TrailReader

STEPS = (
    r"printf 'caf\xc3'; sleep 0.05; printf '\xa9 \xff\n'",
    r"printf '\033]52;c;aGVsbG8=\007clip \033[31mred\033[m\n'; false",
    'read -p "name? " name; echo "hello $name"',
    'read -s -p "word? " word; echo; echo "${#word} characters"',
)


def document(*blocks: str) -> str:
    fences = "\n\n".join(f"## Part {number}\n\n```bash\n{block}\n```" for number, block in enumerate(blocks, 1))
    return f"---\nkind: procedure\n---\n\n# Try\n\n{fences}\n"


def trail_of(home: Path) -> Path:
    return home / "state" / "oncue" / "audit.db"


def exported(home: Path, *arguments: str, name: str = "run.cast") -> Path:
    """`oncue export … > FILE`."""
    path = home / name
    command = [sys.executable, "-m", "tui", "export", *arguments]
    with path.open("wb") as file:
        done = subprocess.run(
            command, env=environment(home), cwd=home, stdout=file, stderr=subprocess.PIPE, check=False
        )
    assert (done.returncode, done.stderr) == (0, b"")
    return path


def rows(path: Path) -> list[list[Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()[1:]]


def accesses(home: Path) -> list[tuple[str, str]]:
    with sqlite3.connect(trail_of(home)) as connection:
        return connection.execute(
            "SELECT action, run_id FROM ledger WHERE action NOT LIKE 'run_%' ORDER BY no"
        ).fetchall()


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which a run was walked to its end, its second step skipped after it had failed."""
    home = tmp_path_factory.mktemp("home")
    (home / "try.md").write_text(document(*STEPS))
    operator = Operator(home, "run", "try.md", "--plain")
    operator.answers("y", "y")
    operator.sees("failed, exit 1")
    operator.answers("s")
    operator.says("it is only a try")
    operator.answers("y")
    operator.sees("name? ")
    operator.says("alice")
    operator.answers("y")
    operator.sees("word? ")
    operator.says("correct-horse-battery")
    operator.sees("head ")
    operator.ends()
    return home


@pytest.mark.parametrize("option", [(), ("--v3",)])
def test_a_run_is_read_back_as_the_trail_has_it(walked: Path, option: tuple[str, ...]) -> None:
    recording = read(exported(walked, *option))
    run_id = shown(walked)["id"]
    with TrailReader.open(trail_of(walked)) as reader:
        assert recording.events == reader.events(run_id)
        for step in recording.steps:
            reads = [read for chunk in reader.output(run_id, step.attempt) for read in chunk.reads]
            stored = b"".join(chunk.data for chunk in reader.output(run_id, step.attempt))
            assert [len(piece.data) for piece in step.pieces()] == [one.n_bytes for one in reads]
            assert b"".join(piece.data for piece in step.pieces()) == stored
    assert recording.run_id == run_id
    assert recording.document == (walked / "try.md").read_text()
    assert [step.outcome for step in recording.steps] == ["succeeded", "failed", "succeeded", "succeeded"]
    assert [step.text.splitlines()[-1] for step in recording.steps if step.text] == list(STEPS)
    assert recording.version == (3 if option else 2)
    assert recording.exit_status == ({"done": 0, "failed": 1}[shown(walked)["outcome"]] if option else None)
    assert list(recording.warnings) == []


def test_a_player_is_told_what_the_operator_saw(walked: Path) -> None:
    lines = rows(exported(walked))
    assert all(len(row) == 3 and isinstance(row[2], str) for row in lines)
    assert [row[0] for row in lines] == sorted(row[0] for row in lines)
    played = "".join(data for _, code, data in lines if code == "o")
    assert "café \ufffd\r\n" in played
    assert "clip \x1b[31mred\x1b[m\r\n" in played
    assert "\x1b]" not in played
    assert "skipped: " in played
    assert "(it is only a try)" in played
    assert [data[0] for _, code, data in lines if code == "m"] == list("▶✔▶✘▶✔▶✔")


def test_what_was_typed_is_told_only_where_it_was_seen(walked: Path) -> None:
    path = exported(walked)
    assert [data for _, code, data in rows(path) if code == "i"] == ["alice\n"]
    named, hidden = read(path).steps[2:]
    assert named.typed == (Typed(len("name? "), 6, "alice\n", len("alice")),)
    assert hidden.typed == (Typed(len("word? "), 22, None),)
    assert "correct-horse" not in path.read_text()
    assert b"21 characters" in b"".join(piece.data for piece in hidden.pieces())


def test_an_export_is_on_record(walked: Path) -> None:
    run_id = shown(walked)["id"]
    before = accesses(walked)
    exported(walked)
    assert accesses(walked) == [*before, ("exported", run_id)]
    assert oncue(walked, "verify").returncode == 0


def test_a_recording_is_not_written_to_a_terminal(walked: Path) -> None:
    operator = Operator(walked, "export")
    operator.sees("oncue: a recording is for a file or a player: oncue export RUN > FILE.cast")
    assert operator.ends() == 2


def test_a_run_that_is_not_there_is_said(walked: Path) -> None:
    done = oncue(walked, "export", "19990101")
    assert (done.returncode, done.stdout) == (2, "")
    assert "There is no run whose id begins with '19990101'." in done.stderr


def test_a_reader_that_has_seen_enough_is_no_failure(walked: Path) -> None:
    command = f"{sys.executable} -m tui export | head -c 10"
    pipe = ["bash", "-o", "pipefail", "-c", command]
    done = subprocess.run(pipe, env=environment(walked), capture_output=True, check=False)
    assert done.returncode == 0
    assert done.stdout == b'{"version"'
    assert done.stderr == b""


def test_a_run_left_open_is_exported_as_far_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "try.md").write_text(document("echo one", "touch two"))
    operator = Operator(tmp_path, "run", "try.md", "--plain")
    operator.answers("y", "q", "l")
    operator.ends()
    recording = read(exported(tmp_path, "--v3"))
    assert recording.run_id == run_id_in(operator.seen)
    assert [b"".join(piece.data for piece in step.pieces()) for step in recording.steps] == [b"one\r\n"]
    assert recording.exit_status is None
    assert recording.events[-1].event.kind == "run_left"
