"""The end of the shell: an outcome like any other, and a new shell that says what it has and what it has not."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from engine.sessions.bash import NOT_RUN


@pytest.mark.parametrize(
    ("block", "status", "code"),
    [
        ("echo x; exit 3", "failed", 3),
        ("echo x; exit", "succeeded", 0),
        ("echo x; exec true", "succeeded", 0),
        ("echo x; exec sh -c 'exit 4'", "failed", 4),
        ("echo x; set -e; false; echo y", "failed", 1),
        ("echo x; kill -9 $$", "failed", 137),
        ("echo x; kill -HUP $$; sleep 1", "failed", 129),
        ("echo x; f() { exit 5; }; f", "failed", 5),
        ("echo x; trap 'exit 6' DEBUG; true", "failed", 6),
    ],
)
def test_the_end_of_the_shell_is_an_outcome_and_a_new_one_is_there(shell, block: str, status: str, code: int) -> None:
    before = shell.session.pid
    ran = shell.run(block)
    assert (ran.status, ran.code, ran.output) == (status, code, b"x\r\n")
    assert ran.outcome.restarted is not None
    assert shell.session.pid != before
    assert shell.run("echo fine").output == b"fine\r\n"


def test_directory_and_exported_environment_are_restored_and_the_rest_is_named(shell, tmp_path: Path) -> None:
    (tmp_path / "a b'c").mkdir()
    big = "y" * 200_000
    shell.run(
        "cd \"a b'c\"; export LINES_OF='a\nEVIL=1\n\"q\" $x `y` \\' EMPTY= ODD=$'\\x01\\xff\\t'; unset HOME; umask 027"
    )
    shell.run('greet() { echo "hello $1"; }; export -f greet; export BIG', exports=(("BIG", big),))
    shell.run("local_only=1; plain() { :; }; alias hi=echo")

    ran = shell.run("kill -9 $$", exports=(("FRESH", "new"),))

    restarted = ran.outcome.restarted
    assert "the exported environment" in restarted.restored
    assert f"the directory {tmp_path}/a b'c" in restarted.restored
    assert {"functions", "aliases", "variables that were not exported", "background jobs"} <= set(restarted.lost)
    assert ran.outcome.directory == f"{tmp_path}/a b'c"
    asked = shell.run(
        'pwd; echo "$LINES_OF"; echo "[${EMPTY-unset}]" "${HOME-no home}" "${EVIL-no evil}"\n'
        "echo ${#BIG} $FRESH; unset BIG; printf %s \"$ODD\" | od -An -tx1; greet you; bash -c 'greet too'\n"
        'umask; echo "[$local_only]"; type plain hi 2>/dev/null; echo $PAGER'
    )
    assert asked.lines == [
        f"{tmp_path}/a b'c",
        "a",
        "EVIL=1",
        '"q" $x `y` \\',
        "[] no home no evil",
        "200000 new",
        " 01 ff 09",
        "hello you",
        "hello too",
        "0027",
        "[]",
        "cat",
    ]


def test_what_a_dying_step_has_changed_is_not_restored(shell) -> None:
    shell.run("export KEPT=before")
    shell.run("export KEPT=after; cd /; exit 1")
    assert shell.run("echo $KEPT; [ $PWD != / ]").lines == ["before"]


def test_a_directory_that_is_gone_is_said_to_be_lost(shell, tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    shell.run("cd gone")
    ran = shell.run("rmdir ../gone; exit 1")
    assert f"the directory {tmp_path}/gone" in ran.outcome.restarted.lost
    assert ran.outcome.directory == "/"
    assert shell.run("pwd").lines == ["/"]


def test_variables_no_shell_can_hold_reach_programs_after_a_restart_too(open_shell) -> None:
    shell = open_shell(**{"dotted.name": "kept", "PLAIN": "1"})
    for _ in range(2):
        assert shell.run("env | grep -e ^dotted -e ^PLAIN | sort").lines == ["PLAIN=1", "dotted.name=kept"]
        shell.run("exit 1")


def test_a_shell_killed_while_it_is_idle_is_replaced_and_the_next_step_is_asked_for_again(
    shell,
) -> None:
    shell.run("export KEPT=1; f() { :; }")
    shell.run("true")
    pid = shell.session.pid
    os.kill(pid, signal.SIGKILL)
    shell.until(lambda: Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z")
    ran = shell.run("echo $KEPT")
    assert (ran.status, ran.code, ran.output, ran.outcome.message) == ("failed", None, b"", NOT_RUN)
    assert "while no step ran" in ran.outcome.restarted.reason
    assert shell.run("echo $KEPT").lines == ["1"]


def test_a_shell_killed_by_somebody_while_a_step_runs_is_an_outcome(shell) -> None:
    shell.begin("echo ready; sleep 100")
    shell.sees(b"ready")
    os.kill(shell.session.pid, signal.SIGKILL)
    ran = shell.end()
    assert (ran.status, ran.code) == ("failed", 137)
    assert ran.outcome.restarted is not None


@pytest.mark.parametrize("fd", [0, 10, 11, 12, 255])
def test_meddling_with_the_shells_own_descriptors_never_hangs(shell, fd: int) -> None:
    assert shell.run(f"exec {fd}>&-; exec {fd}</dev/null; (exit 4)").code == 4
    for _ in range(3):
        ran = shell.run("echo fine; exit_with() { return 3; }; exit_with")
        assert (ran.output, ran.code, ran.outcome.restarted) == (b"fine\r\n", 3, None)


def test_a_step_whose_shell_ended_before_reading_it_does_not_run(shell, tmp_path: Path) -> None:
    shell.run("true")
    codes = []
    for _ in range(20):
        os.kill(shell.session.pid, signal.SIGKILL)
        ran = shell.run("echo run >> runs; exit_with() { return 3; }; exit_with")
        codes.append(ran.code)
        assert ran.outcome.restarted is not None
    # A shell that dies with the step in its hands is an outcome; nobody can know how far it had got.
    assert set(codes) <= {None, 137}
    runs = tmp_path / "runs"
    assert (runs.read_text().count("run") if runs.exists() else 0) <= codes.count(137)
    assert shell.run("echo run >> again; exit 3").code == 3
    assert (tmp_path / "again").read_text() == "run\n"


def test_many_deaths_leave_nothing_behind(shell) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for code in range(1, 8):
        assert shell.run(f"exit {code}").code == code
    shell.run("true")
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 1
    assert {path.name for path in shell.scratch.glob("status-*")} == {"status-8"}


def test_an_environment_that_could_not_be_written_down_any_more_is_said_to_be_lost(shell) -> None:
    shell.run("export KEPT=before")
    # The shell stops at its prompt, before it writes down what the step has changed.
    outcomes = [shell.run(text).outcome for text in ("export KEPT=after; readonly PS1='$(kill -9 $$)'", "true")]
    (restarted,) = [outcome.restarted for outcome in outcomes if outcome.restarted is not None]
    assert "what the last step changed in the environment" in restarted.lost
    assert shell.run("echo $KEPT").lines == ["before"]
