"""What a text's variables hold in the shell: told before it runs, judged with, and no empty one runs unasked."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from support.terminal import Operator, oncue, shown

from engine.errors import Refused
from engine.sessions import bash
from engine.sessions.bash import NOT_RUN, VALUE_LIMIT, BashSession
from engine.sessions.contract import Task

WATCHED = ("NS", "DIR", "LIST", "REFERENCE")

Opener = Callable[..., BashSession]


@pytest.fixture
def open_session(tmp_path: Path) -> Iterator[Opener]:
    opened: list[BashSession] = []

    def opener(**environment: str) -> BashSession:
        scratch = tmp_path / "scratch"
        scratch.mkdir()
        given = {"PATH": "/usr/bin:/bin", **environment}
        opened.append(BashSession(tmp_path, given, columns=80, rows=24, scratch=scratch, watched=WATCHED))
        return opened[-1]

    yield opener
    for session in opened:
        session.close()


def run(session: BashSession, text: str) -> None:
    session.run(Task(text), lambda _data, _mode: None)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("NS=prod", {"NS": "prod"}),
        ("NS=", {"NS": ""}),
        ("NS=one; unset -v NS", {}),
        ("export NS=prod", {"NS": "prod"}),
        ("NS=$'two\\nlines = 1\\tand # 0-a'", {"NS": "two\nlines = 1\tand # 0-a"}),
        ("NS=$'\\xff'", {"NS": "\udcff"}),
        ("declare NS", {}),
        ("declare -i NS=3+4", {"NS": "7"}),
        ("set -u; set -e; DIR=/srv", {"DIR": "/srv"}),
        ("set -o posix; NS=prod", {"NS": "prod"}),
        ("builtin() { :; }; printf() { :; }; NS=prod", {"NS": "prod"}),
        ("declare() { :; }; readonly __oncue_name=1; NS=prod", {"NS": "prod"}),
        ('NS=$\'x"\n# 1-0\ndeclare -- DIR="evil"\n\'', {"NS": 'x"\n# 1-0\ndeclare -- DIR="evil"\n'}),
    ],
)
def test_a_shell_tells_what_its_variables_hold(open_session: Opener, tmp_path: Path, text: str, found: object) -> None:
    session = open_session()
    run(session, text)
    assert session.held() == {**dict.fromkeys(WATCHED), **found}


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("LIST=(a b)", "LIST"),
        ("declare -A LIST=([a]='x)')", "LIST"),
        ("declare -n REFERENCE='x[$(touch evaluated)]'", "REFERENCE"),
        (f"NS=$(printf %{VALUE_LIMIT + 1}s x)", "NS"),
        (f"LC_ALL=C; NS=$(printf 'é%.0s' {{1..{VALUE_LIMIT}}})", "NS"),
    ],
)
def test_of_what_is_no_single_short_text_nothing_is_said(
    open_session: Opener, tmp_path: Path, text: str, unknown: str
) -> None:
    session = open_session()
    run(session, f"{text}; DIR=/srv")
    assert session.held() == {name: None for name in WATCHED if name != unknown} | {"DIR": "/srv"}
    assert not (tmp_path / "evaluated").exists()


def test_a_shell_that_cannot_write_them_down_says_so(open_session: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bash, "CAPTURE_SECONDS", 0.1)
    session = open_session()
    run(session, "ulimit -f 0; NS=prod")
    for _ in range(3):
        with pytest.raises(Refused):
            session.held()


def test_a_shell_whose_folder_a_step_has_removed_says_so_or_is_another_one(open_session: Opener) -> None:
    session = open_session()
    run(session, "NS=prod; rm -r scratch")
    with suppress(Refused):
        assert session.held()["NS"] is None
    ends = [session.run(Task("true"), lambda _data, _mode: None).status for _ in range(2)]
    assert ends[-1] == "succeeded"


def test_a_step_does_not_run_in_another_shell_than_it_was_shown_for(open_session: Opener, tmp_path: Path) -> None:
    session = open_session()
    run(session, "NS=prod")
    os.kill(session.pid, signal.SIGKILL)
    os.waitid(os.P_PID, session.pid, os.WEXITED | os.WNOWAIT)
    outcome = session.run(Task("touch made-$NS"), lambda _data, _mode: None)
    assert (outcome.status, outcome.message, outcome.restarted is not None) == ("failed", NOT_RUN, True)
    assert not list(tmp_path.glob("made-*"))
    assert session.held()["NS"] is None
    assert session.run(Task("touch made-$NS"), lambda _data, _mode: None).status == "succeeded"


def test_before_the_first_step_it_is_what_the_shell_was_given(open_session: Opener) -> None:
    assert open_session(NS="prod").held() == {"NS": "prod", "DIR": None, "LIST": None, "REFERENCE": None}


def test_a_longer_value_of_before_does_not_show_through(open_session: Opener) -> None:
    session = open_session()
    for value in ("a" * 3000, "b" * 2000, "c", ""):
        run(session, f"NS={value}")
        assert session.held()["NS"] == value


# A run.

BOOK = """\
---
kind: procedure
---
# Free the queue

## Find

```bash
NS=$(printf '' | head -1)
QUEUE_DIR=$(echo /srv/queue-7) SECRET_TOKEN=$(printf hunter%d- 2 2)
```

## Clean

```bash
rm -rf $QUEUE_DIR/old
echo $SECRET_TOKEN
```

## Note

```bash
touch made-$NS
```
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "queue.md").write_text(BOOK)
    return tmp_path


def test_what_would_be_hit_is_what_the_variables_hold(home: Path) -> None:
    operator = Operator(home, "run", "queue.md", "--plain")
    operator.answers("y")
    told = operator.sees("[n]ote")
    assert "$QUEUE_DIR is /srv/queue-7 in the shell" in told
    assert "hits: /srv/queue-7/old" in told
    assert "hunter2" not in told
    operator.answers("q", "l")
    operator.ends()


def test_an_empty_variable_is_told_and_runs_only_when_somebody_says_so(home: Path) -> None:
    text = BOOK.replace("rm -rf $QUEUE_DIR/old", "true")
    (home / "queue.md").write_text(text)
    ran = oncue(home, "run", "queue.md", "--yes")
    assert ran.returncode == 3
    assert "“Note” is caution and $NS is empty in the shell; --approve 3 lets it run" in ran.stderr + ran.stdout
    assert not list(home.glob("made-*"))
    assert shown(home)["phase"] == "left"


def test_where_nobody_knows_what_a_variable_holds_nothing_runs_unasked(home: Path) -> None:
    (home / "queue.md").write_text(BOOK.replace("QUEUE_DIR=", "ulimit -f 0; QUEUE_DIR=").replace("rm -rf", "touch"))
    ran = oncue(home, "run", "queue.md", "--yes")
    assert ran.returncode == 3
    assert "nobody knows what $QUEUE_DIR holds in the shell; --approve 2 lets it run" in ran.stdout


def test_after_a_resume_the_shell_is_new_and_says_so(home: Path) -> None:
    first = Operator(home, "run", "queue.md", "--plain")
    first.answers("y", "q", "l")
    first.ends()
    again = Operator(home, "resume", "--plain")
    assert "$QUEUE_DIR is not set in the shell" in again.sees("[n]ote")
    again.answers("q", "l")
    again.ends()


def test_a_step_that_does_not_come_next_is_not_said_to_lack_what_an_earlier_one_sets(home: Path) -> None:
    operator = Operator(home, "run", "queue.md", "--plain")
    operator.answers("l")
    assert "not set" not in operator.sees("› ")
    operator.says("q")
    operator.answers("l")
    operator.ends()


def test_a_secret_that_a_step_has_set_is_masked_in_what_comes_after(home: Path) -> None:
    (home / "queue.md").write_text(BOOK.replace("rm -rf $QUEUE_DIR/old", "echo it is"))
    operator = Operator(home, "run", "queue.md", "--plain")
    operator.answers("y", "y", "q", "l")
    operator.ends()
    recorded = oncue(home, "show", "--output", "2").stdout
    for told in (operator.seen, recorded):
        assert "[secret:SECRET_TOKEN]" in told
        assert "hunter2" not in told
