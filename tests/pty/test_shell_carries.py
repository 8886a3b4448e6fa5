"""What one step leaves to the next, and what it does not."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("leave", "ask", "answer"),
    [
        ("cd /usr/lib", "pwd", "/usr/lib"),
        ("x='a b'", 'echo "$x"', "a b"),
        ("export X=1", "sh -c 'echo $X'", "1"),
        ("f() { echo from f; }", "f", "from f"),
        ("alias hi='echo from alias'", "hi", "from alias"),
        ("umask 027", "umask", "0027"),
        ("list=(a 'b c')", 'echo "${#list[@]} ${list[1]}"', "2 b c"),
        ("sleep 100 &", "jobs -r | wc -l; kill %1", "1"),
        ("ulimit -c 0", "ulimit -c", "0"),
        ("exec 5>kept; echo hello >&5", "cat kept; exec 5>&-", "hello"),
        ("IFS=:", 'x=a:b; echo $x; unset IFS', "a b"),
        ("set -- a b", "echo $#", "2"),
        ("readonly R=1", "echo $R", "1"),
        ("PATH=/nowhere:$PATH", "echo ${PATH%%:*}", "/nowhere"),
        ("cd() { builtin cd /tmp; }", "cd /usr; pwd", "/tmp"),
        ("hash -p /bin/echo elsewhere", "elsewhere hashed", "hashed"),
    ],
)  # fmt: skip
def test_the_shell_is_the_same_one_in_the_next_step(shell, leave: str, ask: str, answer: str) -> None:
    assert shell.run(leave).status == "succeeded"
    assert shell.run(ask).lines == [answer]


@pytest.mark.parametrize(
    "leave",
    [
        "set -e",
        "set -u",
        "set -x",
        "set -v",
        "set -f",
        "set -o pipefail",
        "set -C",
        "set +m",
        "set -o posix",
        "set -k",
        "shopt -s nullglob",
        "shopt -s extglob dotglob failglob",
        "shopt -u expand_aliases",
        "trap 'echo exit' EXIT",
        "trap 'echo debug' DEBUG",
        "trap 'echo err' ERR",
        "trap '' INT TERM HUP",
        "trap 'echo usr' USR1",
        "trap 'echo child' CHLD",
        "stty raw -echo",
        "stty -echo -icanon; stty cols 200",
        "exec >/dev/null 2>&1",
        "exec 0</dev/null",
        "exec 1>&- 2>&- 0<&-",
        "PS1=other; PS0=other; PROMPT_COMMAND=false",
    ],
)
def test_options_traps_and_the_terminal_are_as_before(open_shell, leave: str) -> None:
    state = "set -o; shopt; trap -p; stty -a | grep -v columns; readlink /proc/$$/fd/{0,1,2}; echo $-"
    fresh, used = open_shell(), open_shell()
    clean = fresh.run(state).lines
    used.run(leave)

    found = used.run(state).lines

    ttys = [line for line in found if line.startswith("/dev/pts")]
    assert len(ttys) == 3
    assert [line for line in found if line not in ttys] == [line for line in clean if not line.startswith("/dev/pts")]


def test_nothing_of_the_shells_own_doing_is_output(shell) -> None:
    assert shell.run("true").output == b""
    assert shell.run("sleep 100 &").output == b""
    assert shell.run("kill $!; wait $! 2>/dev/null; :").code == 0
    assert shell.run("true").output == b""


def test_prompts_that_a_step_sets_are_not_run_between_steps(shell, tmp_path: Path) -> None:
    shell.run("PS1='$(touch ps1)'; PS0='$(touch ps0)'; PROMPT_COMMAND='touch prompt_command'; PS4='$(touch ps4)'")
    shell.run("true")
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == []


def test_a_step_finds_no_descriptors_but_the_three(shell) -> None:
    assert shell.run("ls /proc/self/fd").output.split() == [b"0", b"1", b"2", b"3"]


def test_a_step_has_a_controlling_terminal_of_the_right_size(shell) -> None:
    ran = shell.run("tty; stty size; ps -o tty= -p $$; [ -t 0 ] && [ -t 1 ] && [ -t 2 ] && echo all")
    tty = ran.lines[0]
    assert tty.startswith("/dev/pts/")
    assert ran.lines[1:] == ["30 100", tty.removeprefix("/dev/"), "all"]


def test_a_resize_is_seen_by_the_next_step_and_signalled_to_a_running_one(shell) -> None:
    shell.session.resize(120, 40)
    assert shell.run("stty size").lines == ["40 120"]
    shell.begin("bash -c 'trap \"stty size; exit\" WINCH; echo ready; while :; do sleep 0.01; done'")
    shell.sees(b"ready")
    shell.session.resize(90, 20)
    assert shell.end().lines[-1] == "20 90"


def test_the_operators_environment_reaches_steps_but_not_the_session(open_shell) -> None:
    shell = open_shell(
        PROMPT_COMMAND="echo prompt",
        PS0="ps0",
        PS1="$(echo ps1)",
        BASH_ENV="/nowhere",
        SHELLOPTS="errexit:xtrace:noexec",
        BASHOPTS="nullglob",
        TMOUT="1",
        IFS="x",
        CDPATH="/usr",
        **{"BASH_FUNC_builtin%%": "() {  echo shadow; }", "BASH_FUNC_greet%%": "() {  echo hello; }"},
        PAGER="less",
        odd="a\nb=c",
    )
    ran = shell.run("greet; env -0 | grep -z ^odd= | tr '\\0' '\\n'; echo $BASH_ENV $PAGER $GIT_PAGER; false; echo on")
    assert ran.lines == ["hello", "odd=a", "b=c", "/nowhere cat cat", "on"]


def test_posix_mode_asked_for_by_the_environment_is_kept(open_shell) -> None:
    shell = open_shell(POSIXLY_CORRECT="1")
    assert shell.run("[[ $SHELLOPTS == *posix* ]] && sh -c 'echo $POSIXLY_CORRECT'").lines == ["1"]
    assert shell.run("[[ $SHELLOPTS == *posix* ]] && echo still").lines == ["still"]


def test_history_is_neither_read_nor_written(shell, tmp_path: Path) -> None:
    assert shell.run('echo "[$HISTFILE]"; history').lines == ["[]"]
    shell.session.close()
    assert not (tmp_path / ".bash_history").exists()


def test_startup_files_of_the_operator_are_not_read(open_shell, tmp_path: Path) -> None:
    (tmp_path / ".bashrc").write_text("echo from bashrc; alias ls='rm'\n")
    assert open_shell().run("alias").output == b""


def repr_short(value: str) -> str:
    return repr(value[:20])


@pytest.mark.parametrize(
    "value",
    ["plain", "", "a b", 'it\'s "quoted" $HOME `id` \\', "a\nb\r\n\tc", "é☃\udcff\x01\x7f", "x" * 300_000],
    ids=repr_short,
)
def test_an_exported_value_arrives_unchanged(shell, tmp_path: Path, value: str) -> None:
    ran = shell.run(
        'printf %s "$VALUE" > value; [[ $(declare -p VALUE) == declare\\ -x* ]]', exports=(("VALUE", value),)
    )
    assert ran.status == "succeeded"
    assert (tmp_path / "value").read_bytes() == value.encode(errors="surrogateescape")


def test_exported_values_are_in_no_argument_list_and_in_no_file(shell, tmp_path: Path) -> None:
    look = (
        "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n' > seen\n"
        f"find {shell.scratch} -type f -exec cat {{}} + >> seen\n"
        "sh -c 'echo $TOKEN'"
    )
    ran = shell.run(look, exports=(("TOKEN", "hunter2-hunter2"),), timeout=20.0)
    assert "hunter2-hunter2" in ran.lines
    assert "hunter2-hunter2" not in (tmp_path / "seen").read_text(errors="replace")


@pytest.mark.parametrize("name", ["1X", "a-b", "", "X=1", "x y", "é"])
def test_a_name_that_cannot_be_exported_is_refused(shell, name: str) -> None:
    with pytest.raises(ValueError, match="not a name"):
        shell.run("true", exports=((name, "1"),))


def test_a_step_does_not_run_with_a_value_it_could_not_be_given(shell) -> None:
    shell.run("readonly TOKEN=old")
    ran = shell.run("echo ran with $TOKEN", exports=(("TOKEN", "new"),))
    assert ran.status == "failed"
    assert ran.output == b"bash: TOKEN: readonly variable\r\n"


def test_files_of_the_session_are_private_and_go_with_it(shell) -> None:
    shell.run("true")
    shell.begin("read x")
    shell.until(shell.session.waiting)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in shell.scratch.iterdir()}
    assert set(modes.values()) == {0o600}
    assert "step-2.sh" in modes
    shell.session.write(b"\n")
    shell.end()
    shell.session.close()
    assert list(shell.scratch.iterdir()) == []


def test_a_script_is_run_whole_by_its_own_interpreter(shell) -> None:
    text = "#!/usr/bin/env -S python3 -I\nimport os, sys\nprint(sys.argv[0], os.isatty(0), input())\nsys.exit(4)\n"
    shell.begin(text, script=True)
    shell.until(shell.session.waiting)
    shell.session.write(b"typed\n")
    ran = shell.end()
    assert ran.code == 4
    assert ran.lines == ["typed", f"{shell.scratch}/step-1.sh True typed"]


def test_a_script_changes_nothing_in_the_shell(shell) -> None:
    shell.run("#!/bin/bash\ncd /usr; export LEFT=1; exit 0\n", script=True)
    assert shell.run('echo "$LEFT"; pwd').lines[0] == ""


def test_a_command_finds_no_signal_ignored(shell) -> None:
    ran = shell.run("yes | head -n 1; grep SigIgn /proc/self/status")
    assert ran.output.split() == [b"y", b"SigIgn:", b"0000000000000000"]
