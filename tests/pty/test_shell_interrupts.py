"""Ending a running step: by the operator, by the clock, by the sink, by closing; and what must survive it."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from engine.sessions.bash import NOT_RUN
from engine.sessions.contract import Task, TerminalMode


def ignore(data: bytes, mode: TerminalMode) -> None:
    """A sink for steps whose output does not matter."""


def alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


@pytest.mark.parametrize(
    "block",
    [
        "echo ready; sleep 100\necho next",
        "echo ready; while :; do :; done\necho next",
        "f() {\nsleep 100\n}\necho ready; f\necho next",
        "f() { if true; then sleep 100; fi; }; echo ready; f || echo next\necho next",
        "echo ready; (sleep 100; echo next)\necho next",
        "echo ready; sleep 100 | cat\necho next",
        "echo ready; x=$(sleep 100)\necho next",
        "echo ready; read x\necho next",
        "echo ready; while sleep 100; do echo next; done; echo next",
        "echo ready; bash -c 'sleep 100; echo next'\necho next",
        "echo ready; exec sleep 100",
        "echo ready; wait_here=1; tail -f /dev/null\necho next",
    ],
)
def test_an_interrupt_ends_the_whole_step_and_keeps_its_output(shell, block: str) -> None:
    shell.begin(block)
    shell.sees(b"ready\r\n")
    assert shell.session.interrupt() == "INT"
    ran = shell.end()
    assert (ran.status, ran.code) == ("interrupted", 130)
    assert ran.output.replace(b"\r\n", b"\n").strip() == b"ready"
    assert shell.run("echo fine").output == b"fine\r\n"


def test_an_endless_command_that_ends_well_on_an_interrupt_is_still_interrupted(shell) -> None:
    shell.begin("bash -c 'trap \"echo bye; exit 0\" INT; echo ready; while :; do sleep 0.01; done'")
    shell.sees(b"ready")
    shell.session.interrupt()
    ran = shell.end()
    assert (ran.status, ran.code) == ("interrupted", 0)
    assert ran.lines == ["ready", "bye"]


def test_a_typed_ctrl_c_is_an_interrupt_too(shell) -> None:
    shell.begin("echo ready; sleep 100\necho next")
    shell.sees(b"ready")
    shell.session.write(b"\x03")
    ran = shell.end()
    assert (ran.status, ran.code) == ("interrupted", 130)
    assert ran.lines[0] == "ready"
    assert "next" not in ran.lines


def test_the_signals_get_harder(shell) -> None:
    before = shell.session.pid
    shell.begin('bash -c \'trap "" INT; trap "echo term" TERM; echo ready; while :; do sleep 0.01; done\'; echo next')
    shell.sees(b"ready")
    assert shell.session.interrupt() == "INT"
    assert shell.session.interrupt() == "TERM"
    shell.sees(b"term")
    assert shell.session.interrupt() == "KILL"
    ran = shell.end()
    assert ran.status == "interrupted"
    assert ran.lines[-1] == "next", "only the command was killed, and the shell went on"
    assert shell.session.pid == before
    shell.begin("echo again; sleep 100")
    shell.sees(b"again")
    assert shell.session.interrupt() == "INT", "every step begins with the mildest"
    shell.end()


def test_a_shell_that_nothing_else_stops_is_killed_in_the_end(shell) -> None:
    before = shell.session.pid
    shell.run("cd /usr; export KEPT=1")
    shell.begin("trap '' INT TERM; echo ready; while :; do :; done")
    shell.sees(b"ready")
    assert [shell.session.interrupt() for _ in range(3)] == ["INT", "TERM", "KILL"]
    ran = shell.end()
    assert (ran.status, ran.code) == ("interrupted", 137)
    assert "killing the shell" in ran.outcome.restarted.reason
    assert shell.session.pid != before
    assert shell.run("echo $KEPT; pwd").lines == ["1", "/usr"]


def test_a_loop_that_starts_a_new_child_for_every_one_killed_is_ended_too(shell) -> None:
    shell.begin("trap '' INT TERM; echo ready; while :; do sleep 100; done")
    shell.sees(b"ready")
    for _ in range(3):
        shell.session.interrupt()
    assert shell.end().code == 137


def test_a_step_whose_shell_is_killed_is_never_run_again_by_itself(shell, tmp_path: Path) -> None:
    for _ in range(10):
        shell.begin("echo run >> runs; trap '' INT TERM; echo ready; while :; do sleep 100; done")
        shell.sees(b"ready")
        for _ in range(3):
            shell.session.interrupt()
        assert shell.end().code == 137
    assert (tmp_path / "runs").read_text() == "run\n" * 10


def test_a_stopped_shell_can_be_ended(shell) -> None:
    shell.begin("echo ready; kill -STOP $$; echo on")
    shell.sees(b"ready")
    shell.until(lambda: Path(f"/proc/{shell.session.pid}/stat").read_text().split()[2] == "T")
    shell.session.interrupt()
    shell.session.interrupt()
    assert shell.end().status == "interrupted"


def test_background_jobs_of_earlier_steps_are_not_interrupted(shell) -> None:
    job, *_ = shell.run("bash -c 'trap \"exit 9\" INT TERM; while :; do sleep 0.01; done' &").outcome.children
    shell.begin("sleep 100 & echo started $!; trap '' INT TERM; while :; do sleep 100; done")
    shell.sees(b"started")
    for _ in range(2):
        shell.session.interrupt()
    assert alive(job)
    shell.session.interrupt()
    shell.end()
    assert alive(job)
    os.kill(job, signal.SIGKILL)


def test_an_interrupt_between_steps_touches_nothing(shell) -> None:
    assert shell.run("sleep 100 &").status == "succeeded"
    assert shell.session.interrupt() == "INT"
    assert shell.run("jobs -r | wc -l; kill %1").lines == ["1"]


def test_interrupts_at_any_moment_neither_hang_nor_hit_the_next_step(shell) -> None:
    for pause in range(40):
        shell.begin("echo one; sleep 0.003; echo two")
        threading.Event().wait(pause / 5000)
        shell.session.interrupt()
        assert shell.end().status in ("interrupted", "succeeded")
        ran = shell.run("echo fine")
        assert (ran.output, ran.status) == (b"fine\r\n", "succeeded")


def test_a_step_that_takes_too_long_is_timed_out(shell) -> None:
    ran = shell.run("echo ready; sleep 100\necho next", timeout=0.05)
    assert (ran.status, ran.code, ran.lines) == ("timed_out", 130, ["ready"])


def test_a_timeout_gets_harder_by_itself(shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.sessions.bash_watch.TIMEOUT_GRACE", 0.05)
    ran = shell.run("trap '' INT TERM; while :; do sleep 100; done", timeout=0.05)
    assert (ran.status, ran.code) == ("timed_out", 137)
    assert shell.run("echo fine").output == b"fine\r\n"


def test_a_step_that_ends_in_time_is_not_timed_out(shell) -> None:
    assert shell.run("true", timeout=20.0).status == "succeeded"


@pytest.mark.parametrize(
    "block", ["yes", "trap '' INT TERM; while :; do echo more; done", "trap '' INT; echo x; sleep 100"]
)
def test_a_sink_that_fails_stops_the_step_at_once_and_is_heard(shell, block: str) -> None:
    def sink(data: bytes, mode: object) -> None:
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        shell.session.run(Task(block), sink)
    if (ran := shell.run("echo fine")).outcome.message == NOT_RUN:  # the shell had to be ended as well
        ran = shell.run("echo fine")
    assert ran.output == b"fine\r\n"


def test_a_step_cannot_be_started_by_the_sink_of_another(shell) -> None:
    def sink(data: bytes, mode: object) -> None:
        shell.session.run(Task("echo inner"), sink)

    with pytest.raises(RuntimeError):
        shell.session.run(Task("echo outer"), sink)


def test_closing_ends_the_running_step_and_its_children(shell) -> None:
    shell.begin("trap '' HUP TERM INT; sleep 100 & echo child $!; while :; do sleep 100; done")
    shell.sees(b"child ")
    shell.sees(b"\r\n")
    child = int(shell.written.split()[1])
    shell.session.close()
    ran = shell.end()
    assert ran.status == "interrupted"
    assert "closed" in ran.outcome.message
    assert not alive(child)
    assert not alive(shell.session.pid)


def test_closing_leaves_background_jobs_of_earlier_steps_alone(shell) -> None:
    (job,) = shell.run("sleep 100 &").outcome.children
    shell.session.close()
    assert alive(job)
    os.kill(job, signal.SIGKILL)


def test_closing_twice_and_from_the_sink_is_all_right(shell) -> None:
    outcome = shell.session.run(Task("echo x; sleep 100"), lambda *_: shell.session.close())
    assert outcome.status == "interrupted"
    shell.session.close()
    assert shell.session.run(Task("true"), ignore).status == "lost"
    shell.session.resize(80, 24)
    assert shell.session.waiting() is None
    assert shell.session.interrupt() == "INT"


def test_closing_gives_everything_back(open_shell) -> None:
    before = set(Path("/proc/self/fd").iterdir())
    threads = threading.active_count()
    shell = open_shell()
    shell.run("exit 3")
    shell.run("sleep 0 & echo x")
    shell.session.close()
    left = set(Path("/proc/self/fd").iterdir()) - before
    assert len(left) <= 1, "one for the kernel's load figures, kept for good"
    assert threading.active_count() == threads
    with pytest.raises(ChildProcessError):
        os.waitpid(shell.session.pid, os.WNOHANG)


def test_closing_does_not_wait_for_long(shell) -> None:
    shell.run("trap '' HUP TERM; sleep 100 & true")
    started = time.monotonic()
    shell.session.close()
    assert time.monotonic() - started < 20
