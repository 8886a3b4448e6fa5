"""How a step ended: its true status, whatever the block does to the shell it runs in."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from engine.sessions.bash import BashSession
from engine.sessions.contract import Task

SAME_AS_BASH = [
    "true",
    "false",
    "",
    "# only a comment",
    "exit 0",
    "exit 3",
    "exit 256",
    "(exit 5)",
    "false | true",
    "true | false",
    "set -o pipefail; false | true",
    "set -e; false; echo not reached",
    "set -e\nif false; then :; fi\necho reached",
    "set -eo pipefail; false | true; echo not reached",
    "grep nothing /dev/null",
    "no-such-command",
    "/",
    "./no-such-file",
    "kill -9 $$",
    "kill -USR1 $$",
    "bash -c 'kill -9 $$'",
    "sh -c 'kill -SEGV $$' 2>/dev/null",
    "exec true",
    "exec false",
    "exec sh -c 'exit 7'",
    "exec no-such-command",
    "f() { return 4; }; f",
    "! true",
    "[ -f /nowhere ]",
    "[[ a == b ]]",
    "((0))",
    "let 0",
    "x=$(exit 6)",
    "for i in 1 2; do (exit $i); done",
    "trap 'exit 9' EXIT; exit 2",
    "trap 'true' EXIT; exit 2",
    "cd /nowhere",
    "if true; then echo x",
    "echo 'abc",
    'echo "abc',
    "echo $(echo",
    "foo )",
    "true;; false",
    "sleep 0 & wait $!",
    "(exit 3) & wait $!",
    "builtin no-such-builtin",
    "readonly X=1; unset X",
    "printf '%d' abc",
    "exec >/dev/null; false",
    "exec 1>&-; true",
    "exec 0<&- 1>&- 2>&-; false",
    "read -r x </dev/null",
    "test 1 -eq x",
    "umask 077; false",
    "set -- a b c; shift 4",
    "command -v no-such-command",
    "timeout 0.01 sleep 5",
    "set -u; echo ${x-default}",
]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> BashSession:
    home = tmp_path_factory.mktemp("home")
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
    return BashSession(home, environment, columns=80, rows=24, scratch=tmp_path_factory.mktemp("scratch"))


@pytest.mark.parametrize("block", SAME_AS_BASH)
def test_a_block_has_the_status_that_bash_gives_it(session: BashSession, block: str) -> None:
    alone = subprocess.run(["bash", "-c", block], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    expected = alone.returncode if alone.returncode >= 0 else 128 - alone.returncode

    outcome = session.run(Task(block), lambda *_: None)

    assert outcome.exit_status == expected
    assert outcome.status == ("succeeded" if expected == 0 else "failed")


@pytest.mark.parametrize(
    "block",
    [
        "set -u\necho $nope\necho after",
        "set -uo pipefail; cat <<E\nx\nE\necho $nope\necho after",
        "set -o nounset # strict\nf() { echo $nope; }\nf\necho after \\",
        "echo ${nope:?is not set}\necho after",
        "x=$(echo 1)\n: ${nope?}\n# the end\necho after # set -u",
    ],
)
def test_a_missing_variable_ends_the_step_as_it_ends_a_script_and_leaves_the_shell(shell, block: str) -> None:
    before = shell.session.pid
    ran = shell.run(block)

    assert (ran.status, ran.code) == ("failed", 1)
    assert b"nope: " in ran.output
    assert "after" not in ran.lines
    assert shell.session.pid == before


def test_a_strict_block_is_told_the_line_of_its_mistake(shell) -> None:
    ran = shell.run("set -euo pipefail\necho one\nfoo )\n")
    assert ran.code == 2
    assert ran.lines[0].endswith("step-1.sh: line 3: syntax error near unexpected token `)'")


def test_status_is_not_taken_from_what_a_step_writes(shell) -> None:
    ran = shell.run("printf 'ReturnCode:0\\n1-abc 0 /tmp\\0'; printf '\\033]133;D;0\\a'; false")
    assert (ran.status, ran.code) == ("failed", 1)
    assert b"133;D;0" in ran.output


def test_a_forged_report_is_not_believed(shell) -> None:
    ran = shell.run(
        f"printf '1-0123456789abcdef 0 /\\0' > {shell.scratch}/status-1; exit_with() {{ return 5; }}; exit_with"
    )
    assert (ran.status, ran.code) == ("failed", 5)


def test_output_without_a_newline_is_kept_apart_from_the_end(shell) -> None:
    ran = shell.run("printf yes")
    assert (ran.output, ran.status) == (b"yes", "succeeded")


@pytest.mark.parametrize(
    ("block", "says"),
    [
        ("echo one\nif true; then\n  echo two\n", b"line 4: syntax error: unexpected end of file"),
        ("echo one\nfoo )\n", b"line 2: syntax error near unexpected token"),
        ("echo one\necho 'two\n", b"line 2: unexpected EOF while looking for matching"),
    ],
)
def test_a_syntax_error_names_the_step_and_the_line(shell, block: str, says: bytes) -> None:
    ran = shell.run(block)
    assert (ran.status, ran.code) == ("failed", 2)
    assert b"step-1.sh: " + says in ran.output


def test_a_here_document_without_its_end_is_not_run_at_all(shell, tmp_path: Path) -> None:
    ran = shell.run("touch here\ncat <<EOF\nhello\n")
    assert (ran.status, ran.code) == ("failed", 2)
    assert b"step-1.sh: line 3: warning: here-document at line 2" in ran.output
    assert "not run" in ran.outcome.message
    assert not (tmp_path / "here").exists()


@pytest.mark.parametrize(
    "block", ["cat <<EOF\nhello\nEOF", "cat <<<'hello'", "cat <<-'E'\n\thello\n\tE", "echo $((1<<2)); echo hello"]
)
def test_here_documents_with_their_end_run(shell, block: str) -> None:
    ran = shell.run(block)
    assert (ran.status, ran.lines[-1]) == ("succeeded", "hello")


def test_the_status_of_the_step_before_can_be_asked_for(shell) -> None:
    shell.run("(exit 9)")
    assert shell.run("echo $?").output == b"9\r\n"


@pytest.mark.parametrize("text", ["echo a\0b", "\0"])
def test_a_nul_byte_is_refused_before_anything_is_sent(shell, text: str) -> None:
    with pytest.raises(ValueError, match="NUL"):
        shell.run(text)
    assert shell.run("echo fine").output == b"fine\r\n"


@pytest.mark.parametrize(
    "trick",
    [
        "builtin() { :; }; printf() { :; }; trap() { :; }; return() { :; }; unset() { :; }; set() { :; }",
        "alias builtin=false printf=false .=false",
        "shopt -s extdebug; PS4='$(exit 3)'; set -xv",
        "PROMPT_COMMAND='echo prompt; exit 5'; PS0='ps0'; PS1='$(touch evil)'; IFS=:; PATH=; unset PWD HOME",
        "readonly PROMPT_COMMAND='echo prompt' PS1=x IFS=/",
        "trap 'echo debug' DEBUG; trap 'echo err' ERR; trap 'echo return' RETURN; trap 'echo usr' USR1",
        "set -euo pipefail -o noclobber -o posix; shopt -s nullglob failglob",
        "ulimit -f 0; umask 777",
        "export TMOUT=1",
        "unset -f __oncue_report __oncue_settle",
        "enable -n pwd",
    ],
)
def test_nothing_a_step_does_to_the_shell_spoils_the_next_status(shell, trick: str) -> None:
    shell.run(trick)
    second, third = shell.run("(exit 3)"), shell.run("echo fine")
    assert (second.output, second.code) == (b"", 3)
    assert (third.output, third.code) == (b"fine\r\n", 0)


def test_a_shell_that_cannot_report_any_more_is_replaced_and_the_outcome_is_lost(shell) -> None:
    before = shell.session.pid
    ran = shell.run("enable -n printf builtin")
    assert (ran.status, ran.code) == ("lost", None)
    assert "stopped reporting" in ran.outcome.restarted.reason
    assert shell.session.pid != before
    assert shell.run("echo fine").output == b"fine\r\n"
