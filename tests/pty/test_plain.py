"""`oncue run FILE --plain` as an operator meets it: a real terminal, a real host, a real shell, a real trail."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
from pathlib import Path

import pytest
from support.terminal import Operator, oncue, run_id_in, shown, statuses

THREE = """\
# Redis is full

**Service**: redis

## Diagnosis

```bash
# 1. Where am I
cd /tmp && pwd

# 2. Remember
greeting=hello

# 3. Say it
echo "$greeting from $PWD"
```
"""


@pytest.fixture
def write(tmp_path: Path):
    def write_runbook(text: str, name: str = "redis.md") -> str:
        (tmp_path / name).write_text(text)
        return name

    return write_runbook


def bash(*blocks: str, title: str = "Redis is full") -> str:
    fences = "\n\n".join(f"## Part {number}\n\n```bash\n{block}\n```" for number, block in enumerate(blocks, 1))
    return f"---\nkind: procedure\n---\n\n# {title}\n\n{fences}\n"


def test_a_runbook_is_walked_to_its_end_and_every_step_shares_one_shell(tmp_path: Path, write) -> None:
    operator = Operator(tmp_path, "run", write(THREE), "--plain")
    operator.sees("Redis is full")
    operator.sees("service: redis")
    operator.answers("y", "y", "y")
    operator.sees("hello from /tmp")
    operator.sees("succeeded, exit 0")
    operator.sees("head ")
    assert operator.ends() == 0
    run = shown(tmp_path)
    assert (run["outcome"], run["phase"]) == ("done", "ended")
    assert [step["attempts"][0]["output"] for step in run["steps"]] == ["/tmp\r\n", "", "hello from /tmp\r\n"]
    assert run["steps"][2]["attempts"][0]["text"].endswith('echo "$greeting from $PWD"')
    assert oncue(tmp_path, "verify").returncode == 0


def test_enter_alone_runs_nothing_that_is_not_safe(tmp_path: Path, write) -> None:
    operator = Operator(tmp_path, "run", write(bash("touch made", "touch made", "touch made")), "--plain")
    operator.answers("", "q", "e")
    operator.sees("why does it end here?")
    operator.says("only looking")
    assert operator.ends() == 3
    assert shown(tmp_path)["outcome"] == "abandoned"
    assert statuses(tmp_path) == ["pending"] * 3


def test_a_failed_step_stays_and_can_be_edited_and_run_again(tmp_path: Path, write) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nprintf "echo mended\\n" > "$1"\n')
    editor.chmod(0o755)
    operator = Operator(tmp_path, "run", write(bash("echo broken; false")), "--plain", EDITOR=str(editor))
    operator.answers("y")
    operator.sees("failed, exit 1")
    operator.answers("e")
    operator.sees("echo mended")
    operator.answers("y")
    assert operator.ends() == 0
    step = shown(tmp_path)["steps"][0]
    assert [attempt["output"] for attempt in step["attempts"]] == ["broken\r\n", "mended\r\n"]


def test_a_step_is_skipped_only_with_a_reason_and_a_note_is_kept(tmp_path: Path, write) -> None:
    operator = Operator(tmp_path, "run", write(bash("touch made")), "--plain")
    operator.answers("n")
    operator.sees("note:")
    operator.says("memory was at 3.9 GB")
    operator.answers("s")
    operator.sees("why is it skipped?")
    operator.says("")
    operator.sees("a word is needed")
    operator.says("done by bob")
    assert operator.ends() == 0
    run = shown(tmp_path)
    assert (run["steps"][0]["status"], run["steps"][0]["reason"]) == ("skipped", "done by bob")
    assert run["notes"][0]["text"] == "memory was at 3.9 GB"
    assert not (tmp_path / "made").exists()


def test_back_returns_to_the_step_before_and_running_it_again_is_said(tmp_path: Path, write) -> None:
    operator = Operator(tmp_path, "run", write(bash("echo one", "echo two")), "--plain")
    operator.answers("y", "b")
    operator.sees("run again")
    operator.answers("y", "y")
    assert operator.ends() == 0
    assert [len(step["attempts"]) for step in shown(tmp_path)["steps"]] == [2, 1]


def test_checklist_items_are_ticked_one_by_one_and_a_waiver_needs_a_reason(tmp_path: Path, write) -> None:
    text = "# Fail over\n\n## Do it\n\n- [ ] {who} knows\n- [ ] page is up\n\n```bash\necho over to {who}\n```\n"
    operator = Operator(tmp_path, "run", write(text), "--plain", "--var", "who=DBA")
    operator.sees("☐ DBA knows")
    operator.answers("y", "w")
    operator.sees("why is it waived?")
    operator.says("no page yet")
    operator.answers("y")
    operator.sees("over")
    assert operator.ends() == 0
    assert [item["status"] for item in shown(tmp_path)["steps"][0]["items"]] == ["ticked", "waived"]
    assert shown(tmp_path)["steps"][0]["items"][0]["text"] == "DBA knows"


def test_an_input_is_asked_for_once_and_is_data_wherever_it_stands(tmp_path: Path, write) -> None:
    text = bash("printf '[%s]' {pod-name}", "printf '<%s>' {pod-name}")
    operator = Operator(tmp_path, "run", write(text), "--plain")
    operator.sees("pod-name")
    operator.says("a b; touch owned")
    operator.answers("y", "y")
    assert operator.ends() == 0
    outputs = [step["attempts"][0]["output"] for step in shown(tmp_path)["steps"]]
    assert outputs == ["[a b; touch owned]", "<a b; touch owned>"]
    assert not (tmp_path / "owned").exists()


def test_a_step_that_reads_gets_the_keyboard(tmp_path: Path, write) -> None:
    operator = Operator(tmp_path, "run", write(bash('read -p "Which region? " region; echo "to $region"')), "--plain")
    operator.answers("y")
    operator.sees("Which region? ")
    operator.says("eu-west")
    operator.sees("to eu-west")
    assert operator.ends() == 0


def test_a_password_is_not_shown_and_not_kept(tmp_path: Path, write) -> None:
    operator = Operator(
        tmp_path, "run", write(bash('read -rsp "Password: " word; echo; echo "${#word} long"')), "--plain"
    )
    operator.answers("y")
    operator.sees("Password: ")
    operator.says("s3cr3t-pa55word")
    operator.sees("15 long")
    assert operator.ends() == 0
    assert "s3cr3t" not in operator.seen
    for path in (tmp_path / "state").rglob("*"):
        assert path.is_dir() or b"s3cr3t" not in path.read_bytes()


def test_ctrl_c_interrupts_the_step_and_not_oncue(tmp_path: Path, write) -> None:
    operator = Operator(tmp_path, "run", write(bash("echo started; sleep 600", "echo after")), "--plain")
    operator.answers("y")
    operator.sees("started")
    operator.presses("\x03")
    operator.sees("sent INT")
    operator.sees("interrupted, exit 130")
    operator.answers("s")
    operator.says("long enough")
    operator.answers("y")
    operator.sees("after")
    assert operator.ends() == 0
    assert shown(tmp_path)["steps"][0]["attempts"][0]["outcome"] == "interrupted"


def test_a_step_that_ignores_ctrl_c_is_terminated_and_then_killed(tmp_path: Path, write) -> None:
    stubborn = "bash -c 'trap \"\" INT TERM; echo deaf; while :; do sleep 0.1; done'"
    operator = Operator(tmp_path, "run", write(bash(stubborn)), "--plain")
    operator.answers("y")
    operator.sees("deaf")
    for signal_name in ("INT", "TERM", "KILL"):
        operator.presses("\x1c")
        operator.sees(f"sent {signal_name}")
    operator.sees("interrupted, exit 137")
    operator.answers("q", "e")
    operator.says("enough")
    assert operator.ends() == 1


def test_ctrl_c_at_a_question_says_how_to_leave_and_a_second_one_leaves_the_run_open(tmp_path: Path, write) -> None:
    operator = Operator(tmp_path, "run", write(THREE), "--plain")
    operator.sees("› ")
    operator.interrupts()
    operator.sees("Nothing is running")
    operator.sees("› ")
    operator.interrupts()
    operator.sees("oncue resume")
    assert operator.ends() == 130
    assert shown(tmp_path)["phase"] == "left"


def test_a_run_left_open_is_resumed_where_it_stood(tmp_path: Path, write) -> None:
    first = Operator(tmp_path, "run", write(THREE), "--plain")
    first.answers("y", "q", "l")
    assert first.ends() == 3
    second = Operator(tmp_path, "resume", "--plain")
    second.sees("Step 2 of 3")
    second.answers("y", "y")
    second.sees("from /tmp")
    assert second.ends() == 0
    assert shown(tmp_path)["outcome"] == "done"


def test_a_lost_terminal_leaves_the_step_running_and_attach_comes_back_to_it(tmp_path: Path, write) -> None:
    block = f"echo begun; until test -e {tmp_path}/go; do sleep 0.05; done; echo finished"
    first = Operator(tmp_path, "run", write(bash(block, "echo last")), "--plain")
    run_id = run_id_in(first.sees("recorded in"))
    first.answers("y")
    first.sees("begun")
    first.hangs_up()
    (tmp_path / "go").touch()
    second = Operator(tmp_path, "attach", "--plain")
    second.answers("y")
    second.sees("last")
    assert second.ends() == 0
    run = shown(tmp_path, run_id)
    assert run["steps"][0]["attempts"][0]["output"] == "begun\r\nfinished\r\n"


def test_a_killed_client_changes_nothing_for_the_step(tmp_path: Path, write) -> None:
    block = f"for i in 1 2 3; do echo line $i; done; until test -e {tmp_path}/go; do sleep 0.05; done; echo end"
    first = Operator(tmp_path, "run", write(bash(block)), "--plain")
    first.answers("y")
    first.sees("line 3")
    os.kill(first.pid, signal.SIGKILL)
    second = Operator(tmp_path, "attach", "--plain")
    second.sees("line 3")
    (tmp_path / "go").touch()
    second.sees("end")
    assert second.ends() == 0


def test_a_dead_host_leaves_the_step_unknown_and_nobody_guesses(tmp_path: Path, write) -> None:
    operator = Operator(tmp_path, "run", write(bash("echo begun; sleep 600", "echo next")), "--plain")
    operator.answers("y")
    operator.sees("begun")
    host = next((tmp_path / "state" / "oncue").glob("*.hosts/*.host")).read_text()
    os.kill(int(host.split('"pid": ')[1].rstrip("}")), signal.SIGKILL)
    operator.sees("oncue resume")
    assert operator.ends() == 5
    again = Operator(tmp_path, "resume", "--plain")
    again.sees("its end was never seen")
    again.answers("w")
    again.says("the dashboard says so")
    again.answers("y")
    again.sees("next")
    assert again.ends() == 0
    assert statuses(tmp_path) == ["done", "succeeded"]


def test_output_reaches_the_terminal_without_what_a_terminal_would_obey(tmp_path: Path, write) -> None:
    block = r"printf '\033]52;c;aGVsbG8=\a\033]0;owned\a\033[31mred\033[m \033c done\n'"
    operator = Operator(tmp_path, "run", write(bash(block)), "--plain")
    operator.answers("y")
    operator.sees("\x1b[31mred")
    operator.sees("done")
    assert operator.ends() == 0
    assert "\x1b]" not in operator.seen
    assert "\x1bc" not in operator.seen


def test_a_catalogue_asks_which_procedure_is_meant(tmp_path: Path, write) -> None:
    text = "# Procedures\n\n" + "\n".join(f"## Restart {n}\n\n```bash\necho {n}\n```\n" for n in ("web", "api", "db"))
    operator = Operator(tmp_path, "run", write(text), "--plain")
    operator.sees("catalogue")
    operator.says("Restart api")
    operator.answers("y")
    assert operator.ends() == 0
    assert [step["title"] for step in shown(tmp_path)["steps"]] == ["Restart api"]


def test_a_shell_that_ends_is_an_outcome_and_the_next_step_has_a_shell(tmp_path: Path, write) -> None:
    operator = Operator(
        tmp_path, "run", write(bash("cd /usr; export KEPT=yes", "exit 7", 'echo "$PWD $KEPT"')), "--plain"
    )
    operator.answers("y", "y")
    operator.sees("the shell was restarted")
    operator.sees("failed, exit 7")
    operator.answers("s")
    operator.says("expected")
    operator.answers("y")
    operator.sees("/usr yes")
    assert operator.ends() == 1


@pytest.mark.skipif(shutil.which("less") is None, reason="less is not installed")
def test_a_whole_screen_program_is_usable(tmp_path: Path, write) -> None:
    (tmp_path / "long.txt").write_text("".join(f"line {n}\n" for n in range(1, 200)))
    operator = Operator(tmp_path, "run", write(bash("less long.txt")), "--plain")
    operator.answers("y")
    operator.sees("line 20")
    operator.presses("G")
    operator.sees("line 199")
    operator.presses("q")
    operator.sees("succeeded")
    assert operator.ends() == 0


# Without a terminal.


def test_without_a_terminal_nothing_runs_unasked(tmp_path: Path, write) -> None:
    done = oncue(tmp_path, "run", write(bash("touch made")), "--plain")
    assert (done.returncode, done.stdout) == (3, "")
    assert "nothing runs unasked" in done.stderr
    assert not (tmp_path / "made").exists()
    assert not (tmp_path / "state").exists()


def test_yes_runs_what_is_not_dangerous_without_a_terminal_and_the_help_says_so(tmp_path: Path, write) -> None:
    done = oncue(tmp_path, "run", write(bash("echo one", "echo two")), "--plain", "--yes")
    assert done.returncode == 0
    assert [step["attempts"][0]["output"] for step in shown(tmp_path)["steps"]] == ["one\r\n", "two\r\n"]
    assert "except dangerous ones" in " ".join(oncue(tmp_path, "run", "--help").stdout.split())


def test_yes_does_not_tick_for_a_person(tmp_path: Path, write) -> None:
    text = "# Fail over\n\n## Do it\n\n- [ ] the DBA knows\n\n```bash\ntouch made\n```\n"
    done = oncue(tmp_path, "run", write(text), "--yes")
    assert done.returncode == 3
    assert "redis.md:5: “the DBA knows” is to be ticked" in done.stderr
    assert not (tmp_path / "made").exists()
    waived = oncue(tmp_path, "run", "redis.md", "--yes", "--waive", "a rehearsal")
    assert waived.returncode == 0
    assert (tmp_path / "made").exists()


def test_a_failing_step_ends_a_run_without_a_terminal_with_status_1(tmp_path: Path, write) -> None:
    done = oncue(tmp_path, "run", write(bash("false", "touch made")), "--yes")
    assert done.returncode == 1
    assert not (tmp_path / "made").exists()
    assert statuses(tmp_path) == ["failed", "pending"]


def test_a_step_that_waits_for_input_does_not_hang_a_run_without_a_terminal(tmp_path: Path, write) -> None:
    done = oncue(tmp_path, "run", write(bash("read -r answer")), "--yes")
    assert done.returncode == 1
    assert "waits for input" in done.stdout


def test_all_output_of_a_step_is_in_the_trail_byte_for_byte(tmp_path: Path, write) -> None:
    block = 'stty raw -echo; for i in {0..255}; do printf "\\\\x$(printf %x $i)"; done; seq 20000'
    done = oncue(tmp_path, "run", write(bash(block)), "--yes")
    assert done.returncode == 0, done.stdout
    raw = oncue_bytes(tmp_path, "show", "--output", "1")
    expected = bytes(range(256)) + "".join(f"{n}\n" for n in range(1, 20001)).encode()
    assert hashlib.sha256(raw).hexdigest() == hashlib.sha256(expected).hexdigest()


def oncue_bytes(home: Path, *arguments: str) -> bytes:
    import subprocess
    import sys

    from support.terminal import environment

    command = [sys.executable, "-m", "tui", *arguments]
    return subprocess.run(command, env=environment(home), cwd=home, capture_output=True, check=True).stdout


def test_no_end_of_a_step_is_missed_however_quickly_it_comes(tmp_path: Path, write) -> None:
    blocks = [f"echo out-{number}" for number in range(15)]
    operator = Operator(tmp_path, "run", write(bash(*blocks)), "--plain")
    for number in range(15):
        operator.answers("y")
        operator.sees(f"\nout-{number}\r")
        operator.sees("succeeded, exit 0")
    assert operator.ends() == 0


def test_a_step_without_a_value_can_be_given_one_later_or_be_passed_over(tmp_path: Path, write) -> None:
    operator = Operator(tmp_path, "run", write(bash("echo {pod-name}", "echo {pod-name}-2")), "--plain")
    operator.sees("pod-name:")
    operator.says("")
    operator.sees("cannot run yet: no value for pod-name")
    operator.answers("v")
    operator.sees("pod-name:")
    operator.interrupts()
    operator.sees("cannot run yet")
    operator.answers("s")
    operator.says("not needed")
    operator.answers("v")
    operator.says("web")
    operator.answers("v")
    operator.sees("pod-name [web]:")
    operator.says("api")
    operator.answers("y")
    operator.sees("api-2")
    assert operator.ends() == 0


def test_an_item_offers_the_command_its_words_mention(tmp_path: Path, write) -> None:
    items = "- [ ] Look with `printf seen it`\n- [ ] the time: `date -u +zone-%Z`\n"
    text = f"# T\n\n## Do\n\n{items}\n```bash\necho ok\n```\n"
    operator = Operator(tmp_path, "run", write(text), "--plain")
    operator.sees("☐ Look with")
    operator.answers("y")
    operator.answers("1", "y")
    operator.sees("zone-UTC")
    operator.answers("y", "y")
    operator.sees("ok")
    assert operator.ends() == 0
    step = shown(tmp_path)["steps"][0]
    assert [attempt["text"] for attempt in step["attempts"]] == ["date -u +zone-%Z", "echo ok"]


def test_passing_over_a_failed_step_is_told_by_the_exit_code(tmp_path: Path, write) -> None:
    operator = Operator(tmp_path, "run", write(bash("false", "true")), "--plain")
    operator.answers("y", "s")
    operator.says("known")
    operator.answers("y")
    assert operator.ends() == 1
    assert shown(tmp_path)["outcome"] == "failed"


def test_one_of_the_alternatives_can_be_named(tmp_path: Path, write) -> None:
    text = "# Fix\n\n" + "\n".join(f"## Option {n}: do {n}\n\n```bash\necho did-{n}\n```\n" for n in "AB")
    write(text)
    done = oncue(tmp_path, "run", "redis.md", "--yes", "--section", "Option B: do B")
    assert done.returncode == 0, done.stderr
    assert "did-B" in done.stdout
    assert "did-A" not in done.stdout


def test_values_of_the_command_line_have_to_be_what_is_asked_for(tmp_path: Path, write) -> None:
    front = "---\nvariables:\n  ticket:\n    pattern: 'INC-[0-9]+'\n---\n"
    write(front + "# T\n\n```bash\necho {{ticket}}\n```\n")
    assert "does not fit its pattern" in oncue(tmp_path, "run", "redis.md", "--yes", "--var", "ticket=x").stderr
    assert "no such input" in oncue(tmp_path, "run", "redis.md", "--yes", "--var", "tickets=INC-1").stderr
    assert oncue(tmp_path, "run", "redis.md", "--yes", "--var", "ticket=INC-1").returncode == 0
