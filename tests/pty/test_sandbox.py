"""Steps in a sandbox do whatever they do, and nothing of it reaches the machine."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.terminal import environment, oncue

from engine.errors import UsageError
from engine.sessions.contract import Outcome, Task
from engine.sessions.sandbox import SandboxSession, why_unavailable
from engine.sessions.sandbox.changes import Mark, between
from engine.sessions.sandbox.layout import mounts_of, places
from engine.state import fold
from engine.trail import TrailReader

UNAVAILABLE = why_unavailable(os.environ)
real = pytest.mark.skipif(bool(UNAVAILABLE), reason=UNAVAILABLE)


class Sandbox:
    def __init__(self, home: Path, scratch: Path) -> None:
        self.session = SandboxSession(home, os.environ, columns=100, rows=30, scratch=scratch)
        self.output = b""
        self.heard = threading.Event()

    def run(self, text: str, **more: Any) -> Outcome:
        self.output = b""
        self.heard.clear()

        def sink(data: bytes, _mode: object) -> None:
            self.output += data
            self.heard.set()

        return self.session.run(Task(text, **more), sink)

    @property
    def lines(self) -> list[str]:
        return self.output.decode().replace("\r\n", "\n").splitlines()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A real folder with things in it that a step could spoil."""
    home = tmp_path / "home"
    (home / "old").mkdir(parents=True)
    (home / "old" / "file").write_text("old\n")
    (home / "kept").write_text("kept\n")
    (home / "mode").write_text("mode\n")
    return home


@pytest.fixture
def sandbox(home: Path, tmp_path: Path) -> Iterator[Sandbox]:
    scratch = tmp_path / "scratch"
    scratch.mkdir(mode=0o700)
    one = Sandbox(home, scratch)
    yield one
    one.session.close()
    assert list(scratch.iterdir()) == []


def picture(folder: Path) -> dict[str, tuple[int, int, str]]:
    """Every file with mode, time of change and content."""
    return {
        str(path.relative_to(folder)): (
            path.lstat().st_mode,
            path.lstat().st_mtime_ns,
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
        )
        for path in sorted(folder.rglob("*"))
    }


def told(outcome: Outcome, home: Path) -> list[tuple[str, str]]:
    return [(one.change, one.path.removeprefix(f"{home}/")) for one in outcome.changes]


@real
def test_what_a_step_does_to_files_is_told_and_not_done(sandbox: Sandbox, home: Path) -> None:
    before = picture(home)
    outcome = sandbox.run("echo new > new; echo more >> kept; rm -r old; chmod 600 mode; mkdir -p a/b; cat kept")
    assert (outcome.status, sandbox.lines) == ("succeeded", ["kept", "more"])
    assert told(outcome, home) == [
        ("created", "a"),
        ("created", "a/b"),
        ("changed", "kept"),
        ("changed", "mode"),
        ("created", "new"),
        ("deleted", "old"),
    ]
    assert picture(home) == before


@real
def test_a_step_that_only_reads_changes_no_file(sandbox: Sandbox) -> None:
    outcome = sandbox.run("cat kept old/file; ls -la; find . -type f | wc -l")
    assert (outcome.status, outcome.changes) == ("succeeded", ())


@real
def test_files_outside_of_the_home_are_as_safe(sandbox: Sandbox) -> None:
    before = Path("/etc/hosts").read_bytes()
    if os.geteuid() != 0:
        pytest.skip("only root could write to /etc in the first place")
    outcome = sandbox.run("echo 1.2.3.4 evil >> /etc/hosts; rm /etc/passwd; rm -rf /usr/share")
    assert ("changed", "/etc/hosts") in [(one.change, one.path) for one in outcome.changes]
    assert ("deleted", "/usr/share") in [(one.change, one.path) for one in outcome.changes]
    assert (Path("/etc/hosts").read_bytes(), Path("/usr/share").is_dir()) == (before, True)
    assert Path("/etc/passwd").is_file()


@real
def test_what_a_step_writes_below_dev_is_told_too(sandbox: Sandbox) -> None:
    name = f"/dev/shm/oncue-{os.getpid()}"
    outcome = sandbox.run(f"echo x > {name}; echo x > /dev/null; : < /dev/urandom; echo x > /dev/kmsg; mkdir /dev/a")
    kmsg = [("changed" if os.path.lexists("/dev/kmsg") else "created", "/dev/kmsg")]
    assert [(one.change, one.path) for one in outcome.changes] == [("created", "/dev/a"), *kmsg, ("created", name)]
    assert not Path(name).exists()
    outcome = sandbox.run(f"cat {name}; rm {name}")
    assert ([(one.change, one.path) for one in outcome.changes], sandbox.lines) == ([("deleted", name)], ["x"])


@real
def test_a_folder_that_is_named_from_here_is_the_same_in_there(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    one = Sandbox(Path(), scratch)
    assert (one.run("pwd").status, one.lines) == ("succeeded", [str(home)])
    one.session.close()


@real
def test_the_next_step_finds_what_the_one_before_left(sandbox: Sandbox, home: Path) -> None:
    sandbox.run(
        "x='two  words'; export y=$'a\\nb'; f() { echo \"f:$x\"; }; alias say='echo said'; echo new > new; cd old"
    )
    outcome = sandbox.run('f; say it; printf %s "$y" | wc -l; pwd; cat ../new; rm ../new; echo >> file')
    assert sandbox.lines == ["f:two  words", "said it", "1", f"{home}/old", "new"]
    assert told(outcome, home) == [("deleted", "new"), ("changed", "old/file")]


@real
def test_shell_options_and_traps_of_a_step_are_gone_with_it(sandbox: Sandbox) -> None:
    assert sandbox.run("set -eu; trap 'echo trapped' EXIT; false").exit_status == 1
    assert sandbox.run("false; echo ${nothing-unset}").status == "succeeded"
    assert sandbox.lines == ["unset"]


@real
@pytest.mark.parametrize(
    ("text", "status"), [("true", 0), ("exit 3", 3), ("false", 1), ("exec sh -c 'exit 4'", 4), ("kill -9 $$", 137)]
)
def test_the_exit_status_is_true_and_the_next_step_runs(sandbox: Sandbox, text: str, status: int) -> None:
    assert sandbox.run(text).exit_status == status
    assert sandbox.run("echo on").status == "succeeded"


@real
def test_no_byte_of_a_steps_output_is_lost(sandbox: Sandbox) -> None:
    sandbox.run("seq 200000; printf end")
    assert sandbox.output.endswith(b"199999\r\n200000\r\nend")
    assert len(sandbox.lines) == 200_001


@real
def test_a_script_with_a_shebang_runs_whole(sandbox: Sandbox) -> None:
    assert sandbox.run("#!/bin/sh\necho script $0", script=True).status == "succeeded"
    assert sandbox.lines[0].startswith("script /")


@real
def test_values_are_in_the_environment_and_not_in_the_text(sandbox: Sandbox) -> None:
    sandbox.run("printenv TOKEN", exports=(("TOKEN", "it's $HOME"),))
    assert sandbox.lines == ["it's $HOME"]
    sandbox.run("printenv TOKEN")
    assert sandbox.lines == ["it's $HOME"]


@real
def test_no_socket_reaches_outside(sandbox: Sandbox, home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix:
        unix.bind(str(home / "sock"))
        unix.listen()
        abstract = socket.socket(socket.AF_UNIX)
        abstract.bind(f"\0oncue-{os.getpid()}")
        abstract.listen()
        listeners = (tcp, unix, abstract)
        for one in listeners:
            one.setblocking(False)
        port = tcp.getsockname()[1]
        connect = "import socket, sys\ns = socket.socket(socket.AF_UNIX)\ns.connect(%r)\n"
        (home / "unix.py").write_text(connect % str(home / "sock"))
        (home / "abstract.py").write_text(connect % f"\0oncue-{os.getpid()}")
        for text in (
            f"echo hi > /dev/tcp/127.0.0.1/{port}",
            "echo hi > /dev/udp/192.0.2.1/53",
            f"{sys.executable} unix.py",
            f"{sys.executable} abstract.py",
        ):
            assert sandbox.run(text).status == "failed", text
        for one in listeners:
            with pytest.raises(BlockingIOError):
                one.accept()
        abstract.close()


@real
def test_a_pipe_with_a_name_does_not_lead_outside(sandbox: Sandbox, home: Path) -> None:
    os.mkfifo(home / "pipe")
    reader = os.open(home / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    sandbox.run("timeout 0.2 sh -c 'echo hi > pipe'")
    assert os.read(reader, 10) == b""
    os.close(reader)


@real
def test_processes_of_the_machine_are_neither_seen_nor_signalled(sandbox: Sandbox) -> None:
    with subprocess.Popen(["sleep", "60"]) as bystander:
        sandbox.run(f"kill -9 {bystander.pid}; ls -d /proc/[0-9]* | wc -l; pkill -9 sleep; kill -9 -1")
        assert bystander.poll() is None
        bystander.kill()
    assert int(sandbox.lines[-1] if sandbox.lines[-1].isdigit() else sandbox.lines[1]) < 10


@real
@pytest.mark.parametrize(
    "text",
    [
        "echo 1 > /proc/sys/kernel/sysrq",
        "echo x > /proc/sysrq-trigger",
        "mount -t tmpfs none /mnt",
        "umount /etc",
        "mount -o remount,rw /proc",
        "unshare --user --map-root-user --mount umount /etc",
        "unshare --user --mount --map-root-user mount -o remount,rw /sys",
        "ls /proc/1/root/",
        "ls /proc/1/cwd/",
        "ls /proc/1/fd/3/",
        "mknod disk b 254 0 && head -c 1 disk",
        "head -c 1 /dev/vda || head -c 1 /dev/sda",
        "for one in /sys/power/state /sys/kernel/mm/ksm/run; do echo 0 > $one && exit; done; false",
    ],
)
def test_there_is_no_way_out(sandbox: Sandbox, text: str) -> None:
    assert sandbox.run(text).status == "failed"


@real
def test_what_a_step_leaves_running_goes_on_and_ends_with_the_sandbox(sandbox: Sandbox, home: Path) -> None:
    sandbox.run("mkfifo meet; (echo met > meet; exec sleep 1000) &\n pid=$!")
    assert sandbox.run("cat meet; kill -0 $pid").status == "succeeded"
    assert sandbox.lines == ["met"]
    keeper = sandbox.session._process
    sandbox.session.close()
    assert keeper.poll() is not None
    assert not subprocess.run(["pgrep", "-f", f"keeper.*{home.parent}"], capture_output=True, check=False).stdout


@real
@pytest.mark.parametrize("text", ["sleep 60", "trap '' INT; sleep 60", "exec sleep 60"])
def test_a_step_that_takes_too_long_is_ended(sandbox: Sandbox, text: str) -> None:
    assert sandbox.run(text, timeout=0.2).status == "timed_out"
    assert sandbox.run("echo on").status == "succeeded"


@real
def test_an_interrupt_ends_a_step_and_what_minds_none_is_killed(sandbox: Sandbox) -> None:
    outcomes: list[Outcome] = []
    step = threading.Thread(
        target=lambda: outcomes.append(sandbox.run("trap '' INT TERM; echo ready; while :; do sleep 60; done"))
    )
    step.start()
    assert sandbox.heard.wait(20)
    assert [sandbox.session.interrupt() for _ in range(3)] == ["INT", "TERM", "KILL"]
    step.join(20)
    assert outcomes[0].status == "interrupted"


@real
def test_a_step_that_waits_for_input_is_noticed_and_can_be_answered(sandbox: Sandbox) -> None:
    outcomes: list[Outcome] = []
    step = threading.Thread(target=lambda: outcomes.append(sandbox.run("echo ready; read answer; echo got $answer")))
    step.start()
    assert sandbox.heard.wait(20)
    while not ((waiting := sandbox.session.waiting()) and waiting.blocked):
        assert step.is_alive()
    assert sandbox.session.write(b"yes\r")
    step.join(20)
    assert (outcomes[0].status, sandbox.lines[-1]) == ("succeeded", "got yes")


@real
def test_more_changes_than_can_be_told_are_counted(sandbox: Sandbox) -> None:
    outcome = sandbox.run("mkdir many; cd many; touch $(seq 600)")
    assert (len(outcome.changes), outcome.more_changes) == (500, 101)


# As it is typed.


def book(home: Path, *blocks: str) -> None:
    fences = "\n\n".join(f"## Part {number}\n\n{block}" for number, block in enumerate(blocks, 1))
    (home / "book.md").write_text(f"---\nkind: procedure\n---\n\n# Disk is full\n\n{fences}\n")


@real
def test_a_dry_run_in_a_sandbox_names_the_files_and_is_on_record(home: Path) -> None:
    book(home, "```bash\nrm -rf old\n```", "```sql\nSELECT 1;\n```", "```bash\nls; tail -f kept\n```")
    before = picture(home)
    done = oncue(home, "dry-run", "book.md", "--sandbox", "--json", "--db", "main=sqlite:///main.db")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    removed, selected, endless = (step["tried"] for step in result["steps"])
    assert removed["changes"] == [{"change": "deleted", "path": f"{home}/old"}]
    assert "a database cannot be put into a sandbox" in selected["why_not"]
    assert endless["why_not"] == "it does not end by itself"
    assert {path: seen for path, seen in picture(home).items() if path in before} == before
    with TrailReader.open(home / "state" / "oncue" / "audit.db") as reader:
        state = fold(reader.events(result["run"]))
    assert state.started is not None
    assert (state.started.mode, state.outcome) == ("sandbox", "abandoned")
    [attempt] = state.attempts.values()
    assert (attempt.text, attempt.approval, attempt.changes[0].change) == ("rm -rf old", "sandboxed", "deleted")


@real
def test_the_text_says_what_would_become_of_which_file(home: Path) -> None:
    book(home, "```bash\nrm -rf old; touch new\n```", "```bash\nls\n```")
    done = oncue(home, "dry-run", "book.md", "--sandbox")
    assert done.returncode == 0, done.stderr
    assert "✔ succeeded in the sandbox, exit 0" in done.stdout
    assert f"would have created: {home}/new\n       would have deleted: {home}/old\n" in done.stdout
    assert "would change no file" in done.stdout


@real
def test_a_past_run_of_a_sandbox_still_says_which_files_it_would_have_changed(home: Path) -> None:
    book(home, "```bash\nrm -rf old\n```", "```bash\nls\n```")
    run = json.loads(oncue(home, "dry-run", "book.md", "--sandbox", "--json").stdout)["run"]
    shown = oncue(home, "show", run).stdout
    assert f"run {run} · ▷ sandbox · " in shown
    assert f"would have deleted: {home}/old\n" in shown
    assert "would change no file" in shown
    [removed, looked] = json.loads(oncue(home, "show", run, "--json").stdout)["steps"]
    assert removed["attempts"][0]["changes"] == [{"change": "deleted", "path": f"{home}/old"}]
    assert looked["attempts"][0]["changes"] == []
    report = oncue(home, "report", run).stdout
    assert "▷ This was a dry run: its steps ran in a sandbox" in report
    assert f"would have deleted: {home}/old" in report.replace("\\", "")


@pytest.mark.skipif(shutil.which("unshare") is None, reason="unshare makes the machine that forbids it")
def test_where_there_can_be_no_sandbox_a_sentence_says_why_and_nothing_runs(home: Path) -> None:
    book(home, "```bash\nrm -rf old\n```")
    before = picture(home)
    script = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$0" -m tui dry-run book.md --sandbox'
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "sh", "-c", script, sys.executable],
        cwd=home,
        env={**environment(home), "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    if "max_user_namespaces" in done.stderr and "sandbox" not in done.stderr:
        pytest.skip(f"no user namespace here: {done.stderr}")
    assert (done.returncode, done.stdout) == (2, "")
    assert "there can be no sandbox here: this machine gives users no namespaces of their own: " in done.stderr
    assert "user.max_user_namespaces is 0; nothing has run" in done.stderr
    assert {path: seen for path, seen in picture(home).items() if path in before} == before


@real
def test_a_scratch_folder_that_is_not_there_is_refused(home: Path) -> None:
    with pytest.raises(UsageError, match="there can be no sandbox here: "):
        SandboxSession(home, os.environ, columns=80, rows=24, scratch=home / "nowhere")


# What is pure in it.

MOUNTS = r"""22 1 8:1 / / rw - ext4 /dev/sda1 rw
23 22 0:21 / /proc rw - proc proc rw
24 22 8:2 / /mnt/with\040blank rw shared:3 - xfs /dev/sdb rw
25 22 0:40 / /mnt/with\040blank rw - tmpfs tmpfs rw
"""


def test_mounts_are_read_with_their_blanks_and_the_last_one_counts() -> None:
    assert mounts_of(MOUNTS) == {"/": "ext4", "/proc": "proc", "/mnt/with blank": "tmpfs"}


def test_a_folder_without_mounts_below_is_overlaid_whole_and_any_other_entry_by_entry(tmp_path: Path) -> None:
    for folder in ("a/deep", "b/mounted", "b/plain", "b/strange"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "b" / "file").touch()
    (tmp_path / "b" / "link").symlink_to("file")
    base = str(tmp_path)
    mounts = {"/": "ext4", f"{base}/b/mounted": "xfs", f"{base}/b/strange": "fuse.sshfs"}
    found = [(one.path.removeprefix(base), one.way) for one in places(mounts, base)]
    assert found == [
        ("", "folder"),
        ("/a", "overlay"),
        ("/b", "folder"),
        ("/b/file", "file"),
        ("/b/link", "link"),
        ("/b/mounted", "overlay"),
        ("/b/plain", "overlay"),
        ("/b/strange", "hidden"),
    ]


CREATED, AGAIN = Mark("created", (1,)), Mark("created", (2,))
CHANGED, GONE = Mark("changed", (1,)), Mark("deleted", ())
STEPS: list[tuple[Mark | None, Mark | None, str | None]] = [
    (None, CREATED, "created"),
    (None, CHANGED, "changed"),
    (None, GONE, "deleted"),
    (CREATED, CREATED, None),
    (CREATED, AGAIN, "changed"),
    (CREATED, None, "deleted"),
    (GONE, CHANGED, "created"),
    (CHANGED, GONE, "deleted"),
    (GONE, None, None),
]


@pytest.mark.parametrize(("before", "after", "change"), STEPS)
def test_a_change_is_what_happened_between_two_looks(
    before: Mark | None, after: Mark | None, change: str | None
) -> None:
    def marks(mark: Mark | None) -> dict[str, Mark]:
        return {} if mark is None else {"/x": mark}

    assert between(marks(before), marks(after)) == ([] if change is None else [(change, "/x")])
