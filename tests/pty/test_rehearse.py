"""`oncue rehearse`: the same gates over a recording, nothing real touched, and what there is to say afterwards."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from support.place import Place
from support.terminal import environment, oncue, run_id_in

from engine import events as e
from engine.address import live
from engine.library.runs import past_runs
from engine.trail import TrailReader

MIXED = ("kubectl get pods -n {namespace}", "kubectl delete ns app")
TRACED = "process,network"
NAME_SERVICE = "/var/run/nscd/socket"
"""Where the C library asks for the name of a user; nothing of ours."""


@pytest.fixture
def short_runtime() -> Iterator[Path]:
    """Short enough for a socket's path, so that it is not put among those of other runs."""
    with TemporaryDirectory(prefix="oncue-") as folder:
        yield Path(folder)


def test_a_rehearsal_answers_from_the_latest_run_and_touches_nothing(place: Place) -> None:
    place.write(*MIXED, sql="INSERT INTO orders VALUES (7);")
    first = place.was_run("--var", "namespace=shop", "--approve", "2")
    before = (place.home / "orders.db").read_bytes()
    done = place.rehearse("--yes", "--approve", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"nothing real is touched. Answers come from run {first}" in done.stdout
    assert "told: get pods -n shop" in done.stdout
    assert "1 row(s) affected" in done.stdout
    assert (place.log, (place.home / "orders.db").read_bytes()) == ([], before)
    state = place.state()
    assert state.started is not None
    assert (state.started.mode, state.outcome, state.sources["namespace"]) == ("rehearsal", "rehearsed", "recording")
    assert re.search(r"✔ Part 1 +\d.* ms +\d.* ms", done.stdout)
    assert "wrong turns: none" in done.stdout
    assert "never reached: none" in done.stdout


def test_the_gates_are_those_of_a_run(place: Place) -> None:
    place.write("kubectl delete ns app")
    place.was_run("--approve", "1")
    held = place.rehearse("--yes")
    assert (held.returncode, "“Part 1” is dangerous" in held.stderr) == (3, True)
    operator = place.rehearses()
    operator.sees("To run it, type: app")
    operator.answers("app")
    operator.sees("told: delete ns app")
    operator.sees("‼ dangerous: Part 1, its target typed: app")
    assert operator.ends() == 0
    assert place.log == []


def test_a_recording_in_a_file_needs_no_trail(place: Place) -> None:
    place.write("kubectl get pods")
    cast = place.oncue("export", place.was_run()).stdout
    (place.home / "run.cast").write_text(cast)
    shutil.rmtree(place.home / "state")
    done = place.rehearse("--yes", "--from", "run.cast")
    assert done.returncode == 0, done.stderr
    assert "told: get pods" in done.stdout


def test_what_the_recording_does_not_know_is_asked_of_the_facilitator(place: Place) -> None:
    place.write("kubectl get pods")
    operator = place.rehearses()
    operator.sees("There is no recording, so that every step is asked at its step.")
    operator.answers("")
    operator.sees("rehearsal> ")
    operator.says("1 the server is gone")
    operator.sees("failed, exit 1")
    operator.answers("r")
    operator.sees("rehearsal> ")
    operator.says("")
    operator.sees("never reached: none")
    assert operator.ends() == 0
    assert (place.state().outcome, place.log) == ("rehearsed", [])


def test_what_somebody_says_that_it_wrote_is_committed_or_rolled_back_as_in_a_run(place: Place) -> None:
    place.write(sql="INSERT INTO orders VALUES (7);")
    operator = place.rehearses()
    operator.answers("y")
    operator.sees("rehearsal> ")
    operator.says("0 1 row(s) affected")
    operator.sees("Not committed yet (1 row(s) affected): INSERT INTO orders VALUES (7)")
    operator.says("r")
    operator.sees("✘ failed")
    operator.answers("y")
    operator.sees("rehearsal> ")
    operator.says("")
    operator.sees("Not committed yet: INSERT INTO orders VALUES (7)")
    operator.says("c")
    operator.sees("✔ not committed yet: ")
    assert operator.ends() == 0
    assert "↶ not committed yet: " in operator.seen
    assert "gates answered: 4" in operator.seen


def test_a_flag_lets_what_a_scenario_answers_commit_by_itself(place: Place) -> None:
    place.write(sql="INSERT INTO orders VALUES (7);")
    (place.home / "book.scenario.toml").write_text("[[answers]]\nstep = '1'\noutput = '1 row(s) affected'\n")
    done = place.rehearse("--yes", "--scenario", "book.scenario.toml")
    assert (done.returncode, "Not committed yet" in done.stdout) == (0, False), done.stdout + done.stderr
    assert "gates answered: 1\n" in done.stdout


def test_a_strict_rehearsal_asks_nobody(place: Place) -> None:
    place.write("kubectl get pods")
    done = place.rehearse("--yes", "--strict")
    assert done.returncode == 1
    assert "nothing answers this text, and a strict rehearsal asks nobody" in done.stdout
    assert "never reached: none" in done.stdout


def test_never_reached_is_what_nobody_stood_on(place: Place) -> None:
    place.write("kubectl get pods", "kubectl get nodes", "kubectl get jobs")
    done = place.rehearse("--yes", "--strict")
    assert done.returncode == 1
    assert re.search(r"never reached: 2\n +Part 2\n +Part 3\n", done.stdout), done.stdout


def test_an_edited_runbook_uses_what_fits_and_names_the_rest(place: Place) -> None:
    place.write("kubectl get pods", "kubectl get nodes")
    first = place.was_run()
    text = (place.home / "book.md").read_text()
    (place.home / "book.md").write_text(
        text.replace("Part 1", "Part 0").replace("get pods", "get jobs").replace("get nodes", "get nodes -o wide")
    )
    done = place.rehearse("--yes", "--strict", "--from", first)
    assert done.returncode == 1
    assert "recorded, and no step of this runbook: “Part 1”" in done.stdout
    assert "not recorded: “Part 0”" in done.stdout


def test_a_recording_that_knows_of_no_steps_answers_none_and_says_so(place: Place) -> None:
    place.write("kubectl get pods")
    elsewhere = '{"version": 2, "width": 80, "height": 24}\n[0.5, "o", "web-1 Running\\r\\n"]\n'
    (place.home / "elsewhere.cast").write_text(elsewhere)
    done = place.rehearse("--yes", "--strict", "--from", "elsewhere.cast")
    assert done.returncode == 1
    assert "the recording knows of no steps, so that nothing in it answers one" in done.stdout
    assert "not recorded: “Part 1”" in done.stdout


def test_of_a_recording_that_is_damaged_everywhere_the_first_places_are_named(place: Place) -> None:
    place.write("kubectl get pods")
    cast = place.oncue("export", place.was_run()).stdout.splitlines()
    (place.home / "run.cast").write_text("\n".join([cast[0], *["no line"] * 40, *cast[1:]]) + "\n")
    done = place.rehearse("--yes", "--strict", "--from", "run.cast")
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("run.cast:") == 5
    assert "and 35 more such lines in the recording" in done.stdout


def test_a_step_that_the_recording_tells_without_its_events_ran_in_it(place: Place) -> None:
    place.write("kubectl get pods", "kubectl get nodes")
    lines = place.oncue("export", place.was_run()).stdout.splitlines()
    broken = next(line for line in lines if '\\"step_ended\\"' in line and '"E"' in line)
    (place.home / "run.cast").write_text("\n".join(line for line in lines if line != broken) + "\n")
    done = place.rehearse("--yes", "--strict", "--from", "run.cast")
    assert done.returncode == 0, done.stdout
    assert "is missing; the run is told up to there" in done.stdout
    assert "wrong turns: none" in done.stdout


def test_a_scenario_of_another_runbook_may_be_used_and_is_named(place: Place) -> None:
    place.write("kubectl get pods")
    (place.home / "other.scenario.toml").write_text('[[answers]]\nstep = "Part 1"\n')
    done = place.rehearse("--yes", "--scenario", "other.scenario.toml")
    assert done.returncode == 0, done.stderr
    assert "other.scenario.toml was written for other.md" in done.stdout


def test_a_rehearsal_of_a_rehearsal_says_so_and_none_is_run_again_as_if_it_had_been_real(place: Place) -> None:
    place.write("kubectl get pods")
    place.was_run()
    place.rehearse("--yes")
    practised = json.loads(oncue(place.home, "runs", "--json").stdout)[0]["id"]
    again = place.rehearse("--yes", "--from", practised)
    assert again.returncode == 0
    assert "the recording is itself of a rehearsal: what answers was not the real thing" in again.stdout
    refused = place.oncue("rerun", practised, "--yes")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert f"run {practised} was a rehearsal; `oncue rehearse` makes another one" in refused.stderr
    assert place.log == []


def test_a_failure_that_was_injected_is_met_once(place: Place) -> None:
    place.write("kubectl get pods")
    place.was_run()
    operator = place.rehearses("--inject", "fail:Part 1")
    operator.sees("1 thing will go wrong on purpose.")
    operator.answers("")
    operator.sees("failed, exit 1")
    operator.answers("r")
    operator.sees("told: get pods")
    operator.sees("gone wrong on purpose: 1")
    operator.sees("“Part 1”: fail; in the end succeeded")
    operator.sees("wrong turns: none")
    assert operator.ends() == 0


def test_a_step_that_hangs_is_interrupted_like_any_other(place: Place) -> None:
    place.write("kubectl get pods")
    place.was_run()
    operator = place.rehearses("--inject", "hang:1")
    operator.answers("")
    operator.sees("told: ge")
    operator.interrupts()
    operator.sees("interrupted")
    operator.answers("q", "e")
    assert operator.ends() == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--inject", "explode:1"), "'explode:1' is no failure to inject"),
        (("--inject", "fail:Part 9"), "the failure fail for 'Part 9' names no step that runs"),
        (("--speed", "quick"), "--speed quick: a number is needed"),
        (("--from", "gone.cast"), "gone.cast cannot be read"),
        (("--from", ""), "--from: name a run or a recording"),
        (("--from", "book.md"), "this is no recording"),
        (("--scenario", "gone.toml"), "gone.toml: cannot be read"),
        (("--scenario", ""), "--scenario: name a file"),
    ],
)
def test_what_does_not_fit_together_is_refused_before_anything_begins(
    place: Place, options: tuple[str, ...], said: str
) -> None:
    place.write("kubectl get pods")
    done = place.rehearse(*options, "--yes")
    assert (done.returncode, place.trail.exists()) == (2, False)
    assert said in done.stderr


def test_a_rehearsal_that_was_left_comes_back_as_one(place: Place) -> None:
    place.write("kubectl get pods", "kubectl get nodes")
    place.was_run()
    operator = place.rehearses()
    operator.answers("", "q", "l")
    assert operator.ends() == 3
    again = place.operator("resume")
    again.answers("")
    again.sees("told: get nodes")
    assert again.ends() == 0
    assert (place.state().outcome, place.log) == ("rehearsed", [])


def test_a_reader_that_has_seen_enough_parts_like_a_terminal_that_is_lost(place: Place) -> None:
    words = f"rehearse {place.write('kubectl get pods')} --yes --plain"
    pipe = ["bash", "-o", "pipefail", "-c", f"{sys.executable} -m tui {words} | head -n 4"]
    done = subprocess.run(
        pipe, env=environment(place.home), cwd=place.home, capture_output=True, text=True, check=False
    )
    (alive,) = live(place.trail)
    try:
        back = f"run {alive.run_id} goes on, and `oncue attach {alive.run_id}` comes back to it"
        assert (done.returncode, done.stderr) == (130, f"oncue: nobody reads the output any more; {back}\n")
        with TrailReader.open(place.trail) as reader:
            parted = [one.event for one in reader.events(alive.run_id)][-1]
        assert isinstance(parted, e.OperatorDetached)
        assert parted.reason == "the output was closed"
    finally:
        os.kill(alive.pid, signal.SIGKILL)


def test_the_library_knows_when_it_was_rehearsed_and_takes_it_for_no_run(place: Place) -> None:
    place.write("kubectl get pods")
    first = place.was_run()
    assert place.rehearse("--yes").returncode == 0
    with TrailReader.open(place.trail) as reader:
        runs = past_runs(reader, ()).of(str(place.home / "book.md"), "")
    assert runs.last is not None
    assert runs.rehearsed is not None
    assert (runs.last.run.run_id, runs.last.mode) == (first, "live")
    assert runs.rehearsed.day == runs.last.run.started_at.astimezone().date()


def test_it_is_called_a_rehearsal_wherever_runs_are_shown(place: Place) -> None:
    place.write("kubectl get pods")
    first = place.was_run()
    done = place.rehearse("--yes", "--inject", "slow:1:2")
    again = run_id_in(done.stdout.partition("Answers come from")[2].partition("\n")[2])
    assert "Step 1 of 1  ▷ rehearsal  Part 1" in done.stdout

    def said(*words: str) -> str:
        return place.oncue(*words).stdout

    lines = {line.split()[0]: line for line in said("runs").splitlines()}
    assert ("▷ rehearsal  Redis is full" in lines[again], "▷" in lines[first]) == (True, False)
    assert {run["id"]: run["mode"] for run in json.loads(said("runs", "--json"))} == {first: "live", again: "rehearsal"}
    shown = said("show", again)
    assert f"run {again} · ▷ rehearsal · started" in shown
    assert f"Answered by run {first}\nGone wrong on purpose: “Part 1” (slow)" in shown
    assert "▷" not in said("show", first)
    assert json.loads(said("show", again, "--json"))["mode"] == "rehearsal"
    played = "".join(row[2] for row in map(json.loads, said("export", again).splitlines()[1:]) if row[1] == "o")
    assert "▷ rehearsal\x1b[m\r\nThis was a rehearsal: " in played
    assert "── ▷ rehearsal · Part 1" in played
    assert said("replay", again).startswith("▷ rehearsal  Redis is full")
    sentence = "▷ This was a rehearsal: nothing real was touched"
    for words in (("report", again), ("report", again, "--format", "html")):
        assert sentence in said(*words)
        assert "Gone wrong on purpose: “Part 1” " in said(*words).replace("\\", "")
        assert sentence not in said(words[0], first, *words[2:])


def test_what_looks_around_is_answered_by_the_recording_too(place: Place) -> None:
    front = "expects:\n  host: '*'\nvariables:\n  pod:\n    from: kubectl get pods --output name\n"
    place.write("kubectl get pods/{pod}", front=front)
    place.was_run("--var", "pod=web")
    done = place.rehearse("--yes")
    assert done.returncode == 0, done.stderr
    state = place.state()
    assert state.context is not None
    assert [one.ok for one in state.context.results] == [True]
    assert place.log == []


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_no_process_is_started_and_no_socket_is_opened_but_the_clients_own(
    place: Place, tmp_path: Path, short_runtime: Path
) -> None:
    front = "expects:\n  host: '*'\n"
    place.write(*MIXED, sql="INSERT INTO orders VALUES (7);", front=front)
    place.was_run("--var", "namespace=shop", "--approve", "2")
    log = tmp_path / "strace.log"
    words = [sys.executable, "-m", "tui", "rehearse", "book.md", "--speed", "0", "--yes", "--approve", "2"]
    done = subprocess.run(
        ["strace", "-f", "-qq", "-s", "300", "-e", f"trace={TRACED}", "-o", str(log), *words],
        env=environment(place.home, PATH=place.path, XDG_RUNTIME_DIR=str(short_runtime)),
        cwd=place.home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    if "ptrace" in done.stderr:
        pytest.skip(f"strace may not trace here: {done.stderr.strip()}")
    assert done.returncode == 0, done.stdout + done.stderr
    calls = [line.partition(" ")[2].strip() for line in log.read_text().splitlines()]
    started = [call for call in calls if call.startswith("execve") and "ENOENT" not in call]
    assert len(started) == 2, started
    assert '"-m", "tui"' in started[0]
    assert '"-m", "engine.host"' in started[1]
    born = [call for call in calls if re.match(r"(?:fork|vfork|clone3?)\(", call) and "CLONE_THREAD" not in call]
    assert len(born) == 1, born
    assert {call.split("(")[1].split(",")[0] for call in calls if call.startswith("socket(")} == {"AF_UNIX"}
    reached = {path for call in calls if re.match(r"(?:bind|connect)\(", call) for path in _paths(call)}
    assert {path for path in reached if not path.startswith(str(short_runtime))} <= {NAME_SERVICE}


def _paths(call: str) -> list[str]:
    found = re.findall(r'sun_path="([^"]*)"', call)
    assert found, call
    return found


def test_what_is_typed_is_seen_as_at_any_terminal_and_what_was_hidden_is_not(place: Place) -> None:
    place.write('read -p "name: " name; read -s -p "word: " word; echo; echo "hi $name, ${#word}"')
    operator = place.operator("run", "book.md")
    operator.answers("")
    operator.sees("\nname: ")
    operator.says("bob")
    operator.sees("word: ")
    operator.says("sesame")
    assert operator.ends() == 0
    operator = place.rehearses("--strict")
    operator.answers("")
    operator.sees("\nname: ")
    operator.says("eve")
    assert operator.sees("word: ").split() == ["eve"]
    operator.says("plugh")
    assert operator.sees("hi bob, 6").strip() == ""
    operator.sees("something else was typed in the recording")
    assert operator.ends() == 0
