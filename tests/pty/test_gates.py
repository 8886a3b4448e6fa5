"""The gates as an operator meets them, with a `kubectl` that only notes what it is told."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from support.terminal import Operator, oncue, shown, statuses

LOOK, RESTART, DELETE = "kubectl get pods -n shop", "kubectl rollout restart deployment/web", "kubectl delete ns app"


class Place:
    """A home with a `kubectl` in it, and runbooks made of blocks."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.path = f"{home}/bin:{os.environ['PATH']}"
        (home / "bin").mkdir()
        for name in ("kubectl", "frobnicate"):
            tool = home / "bin" / name
            tool.write_text(f'#!/bin/sh\necho "{name} $*" >> "{home}/log"\necho "told: $*"\n')
            tool.chmod(0o755)

    def write(self, *blocks: str, attributes: str = "", front: str = "") -> str:
        fences = "\n\n".join(
            f"## Part {number}\n\n```bash{attributes}\n{block}\n```" for number, block in enumerate(blocks, 1)
        )
        (self.home / "book.md").write_text(f"---\nkind: procedure\n{front}---\n\n# Redis is full\n\n{fences}\n")
        return "book.md"

    def walk(self, *blocks: str, options: tuple[str, ...] = (), **more: str) -> Operator:
        return Operator(self.home, "run", self.write(*blocks), "--plain", *options, **{"PATH": self.path, **more})

    def run(self, *options: str) -> Any:
        """Without a terminal."""
        return oncue(self.home, "run", "book.md", *options, PATH=self.path)

    @property
    def told(self) -> list[str]:
        """What the tools were told, in order."""
        log = self.home / "log"
        return log.read_text().splitlines() if log.exists() else []

    def starts(self) -> list[tuple[Any, ...]]:
        """Level, approval and what was typed of every start."""
        attempts = [attempt for step in shown(self.home)["steps"] for attempt in step["attempts"]]
        return [(one["level"], one["approval"], one["typed"]) for one in sorted(attempts, key=lambda a: a["attempt"])]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_what_only_reads_runs_on_enter(place: Place) -> None:
    operator = place.walk(LOOK)
    operator.sees("· safe · only reads")
    operator.sees("[Enter] run")
    operator.answers("")
    operator.sees("told: get pods -n shop")
    assert operator.ends() == 0
    assert place.starts() == [("safe", "asked", "")]


@pytest.mark.parametrize(
    ("block", "level", "sign"),
    [(RESTART, "caution", "~ caution · availability"), ("frobnicate all", "unknown", "? unknown")],
)
def test_what_is_unknown_or_changes_something_runs_on_its_own_key_and_never_on_enter(
    place: Place, block: str, level: str, sign: str
) -> None:
    operator = place.walk(block)
    operator.sees(sign)
    operator.sees("[y] run")
    operator.answers("")
    operator.sees("Enter alone does nothing here; please answer with one of: y e s d")
    operator.answers("r")
    operator.sees("please answer with one of: y")
    assert place.told == []
    operator.answers("y")
    operator.sees("succeeded")
    assert operator.ends() == 0
    assert place.starts() == [(level, "confirmed", "")]


def test_what_is_dangerous_runs_only_once_its_target_is_typed(place: Place) -> None:
    operator = place.walk(DELETE)
    operator.sees("    kubectl delete ns app\r\n    ^^^^^^^^^^^^^^^^^^^^^\r\n")
    operator.sees("‼ dangerous · cluster scope · ")
    operator.sees("hits: app")
    operator.sees("To run it, type: app")
    for wrong in ("", "y", "r", "APP", "ap"):
        operator.answers(wrong)
        operator.sees("type app or answer with one of:")
    assert place.told == []
    operator.answers("app")
    operator.sees("told: delete ns app")
    assert operator.ends() == 0
    assert place.starts() == [("dangerous", "typed", "app")]
    assert "hits app, its target typed, “app” by " in oncue(place.home, "show").stdout


def test_a_target_that_is_also_a_key_is_typed_with_a_word_before_it(place: Place) -> None:
    operator = place.walk("kubectl delete ns q")
    operator.sees("To run it, type: run q")
    operator.answers("q")
    operator.sees("Leave it open")
    operator.answers("x", "run q")
    operator.sees("told: delete ns q")
    assert operator.ends() == 0
    assert place.starts() == [("dangerous", "typed", "q")]


def test_what_is_typed_before_the_question_does_not_answer_it(place: Place) -> None:
    gate = f'read -r -p "go? " -t 20 line; until test -e {place.home}/go; do :; done'
    operator = place.walk(gate, DELETE)
    operator.answers("y")
    operator.sees("go? ")
    operator.says("on")
    operator.sees("on")
    (place.home / "go").touch()
    operator.presses("app\n")
    operator.sees("To run it, type: app")
    operator.answers("s")
    operator.says("not today")
    assert operator.ends() == 0
    assert place.told == []


def test_a_dangerous_step_can_be_skipped_with_a_reason_and_edited_into_something_else(place: Place) -> None:
    editor = place.home / "editor"
    editor.write_text(f'#!/bin/sh\nprintf "{LOOK}\\n" > "$1"\n')
    editor.chmod(0o755)
    operator = place.walk(DELETE, DELETE, EDITOR=str(editor))
    operator.answers("s")
    operator.says("bob did it")
    operator.answers("e")
    operator.sees("· safe · only reads")
    operator.answers("")
    assert operator.ends() == 0
    first, second = shown(place.home)["steps"]
    assert (first["status"], first["reason"]) == ("skipped", "bob did it")
    assert [(edit["before"], edit["after"]) for edit in second["edits"]] == [(DELETE, LOOK)]
    assert f"  - {DELETE}\n  + {LOOK}\n" in oncue(place.home, "show").stdout
    assert place.told == ["kubectl get pods -n shop"]


def test_an_edit_into_something_dangerous_is_gated_as_dangerous(place: Place) -> None:
    editor = place.home / "editor"
    editor.write_text(f'#!/bin/sh\nprintf "{DELETE}\\n" > "$1"\n')
    editor.chmod(0o755)
    operator = place.walk(LOOK, EDITOR=str(editor))
    operator.answers("e")
    operator.sees("‼ dangerous")
    operator.answers("")
    operator.sees("Enter alone does nothing here")
    operator.answers("app")
    assert operator.ends() == 0
    assert place.starts() == [("dangerous", "typed", "app")]


def test_the_dry_run_is_one_key_away_and_leaves_the_step_where_it_was(place: Place) -> None:
    operator = place.walk(DELETE)
    operator.sees("dry run, native")
    operator.answers("t")
    operator.sees("told: delete ns app --dry-run=server")
    operator.sees("✔ dry run of “Part 1” succeeded, exit 0")
    operator.sees("To run it, type: app")
    operator.answers("app")
    assert operator.ends() == 0
    assert place.told == ["kubectl delete ns app --dry-run=server", "kubectl delete ns app"]
    [step] = shown(place.home)["steps"]
    assert [(one["dry_run"], one["level"]) for one in step["attempts"]] == [(True, "safe"), (False, "dangerous")]


def test_a_command_that_an_item_mentions_goes_through_the_same_gate(place: Place) -> None:
    text = f"# T\n\n## Do\n\n- [ ] Make room with `{DELETE}`\n\n```bash\n{LOOK}\n```\n"
    (place.home / "book.md").write_text(text)
    operator = Operator(place.home, "run", "book.md", "--plain", PATH=place.path)
    operator.answers("1")
    operator.sees("To run it, type: app")
    operator.answers("t")
    operator.sees("told: delete ns app --dry-run=server")
    operator.answers("1", "y", "x", "1", "app")
    operator.sees("told: delete ns app\r")
    operator.answers("y", "")
    assert operator.ends() == 0
    assert [level for level, *_ in place.starts()] == ["safe", "dangerous", "safe"]


def test_a_variable_of_an_earlier_step_is_part_of_what_is_judged(place: Place) -> None:
    operator = place.walk("verb=delete", "kubectl $verb ns app")
    operator.answers("y")
    operator.sees("‼ dangerous")
    operator.answers("app")
    assert operator.ends() == 0


def test_hidden_characters_are_shown_and_marked_where_they_stand(place: Place) -> None:
    operator = place.walk("kubectl delete ns a\u202epp")
    operator.sees("    kubectl delete ns a<U+202E>pp\r\n    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\r\n")
    operator.answers("q", "e")
    operator.says("no")
    assert operator.ends() == 3
    assert "\u202e" not in operator.seen


def test_an_author_can_raise_a_verdict_and_lower_it_with_a_reason(place: Place) -> None:
    book = place.write(LOOK, attributes=" {confirm=dangerous name=peek}")
    operator = Operator(place.home, "run", book, "--plain", PATH=place.path)
    operator.sees("the author wants it confirmed; otherwise safe: only reads")
    operator.answers("peek")
    assert operator.ends() == 0
    book = place.write(DELETE, attributes=' {danger=caution reason="a scratch namespace"}')
    operator = Operator(place.home, "run", book, "--plain", PATH=place.path)
    operator.sees("the author's reason: a scratch namespace; otherwise dangerous: ")
    operator.answers("y")
    assert operator.ends() == 0
    assert shown(place.home)["steps"][0]["attempts"][0]["why"].startswith("the author's reason: a scratch namespace")


def test_a_lowered_verdict_without_a_reason_is_a_problem_and_lowers_nothing(place: Place) -> None:
    book = place.write(DELETE, attributes=" {danger=safe}")
    operator = Operator(place.home, "run", book, "--plain", PATH=place.path)
    operator.sees("book.md:9: `danger=safe` needs a reason")
    operator.sees("‼ dangerous")
    operator.answers("q", "e")
    operator.says("no")
    assert operator.ends() == 3


def test_what_ran_already_in_the_incident_says_so_and_is_asked_for_again(place: Place) -> None:
    first = place.walk(RESTART, options=("--incident", "INC-7"))
    first.answers("y")
    assert first.ends() == 0
    second = place.walk(RESTART, options=("--incident", "INC-7"))
    told = second.sees("[y] run again")
    assert re.search(r"! ran already \d\d:\d\d by \w+ in run \d{8}-\d{6}-[0-9a-f]{6}, exit\s+0", told), told
    second.answers("y")
    assert second.ends() == 0
    other = place.walk(RESTART, options=("--incident", "INC-8"))
    assert "ran already" not in other.sees("[y] run  ")
    other.answers("q", "e")
    other.says("no")
    assert other.ends() == 3
    held = place.run("--yes", "--incident", "INC-7")
    assert held.returncode == 3
    assert "book.md:10: “Part 1” is caution and ran already" in held.stderr
    assert place.run("--yes", "--incident", "INC-7", "--approve", "1").returncode == 0
    assert len(place.told) == 3


# Without a terminal.


def test_yes_covers_caution_at_most_and_nothing_runs_when_something_is_dangerous(place: Place) -> None:
    place.write(LOOK, RESTART, DELETE)
    held = place.run("--yes")
    assert (held.returncode, held.stdout) == (3, "")
    assert re.search(
        r"oncue: book\.md:22: “Part 3” is dangerous: .*; it hits app; --approve 3 lets it run\n"
        r"oncue: there is no terminal to settle this at, and nothing runs unasked: nothing has run\n",
        held.stderr,
    ), held.stderr
    assert place.told == []
    assert not (place.home / "state").exists()


def test_a_dangerous_step_that_is_named_runs_and_the_trail_says_how_it_was_let(place: Place) -> None:
    place.write(LOOK, RESTART, DELETE)
    done = place.run("--yes", "--approve", "3")
    assert done.returncode == 0, done.stdout + done.stderr
    assert place.starts() == [
        ("safe", "yes_flag", ""),
        ("caution", "yes_flag", ""),
        ("dangerous", "approve_flag", "app"),
    ]
    assert "let run by --approve · app" in done.stdout


def test_approve_alone_lets_nothing_else_run(place: Place) -> None:
    place.write(LOOK, DELETE)
    held = place.run("--approve", "2")
    assert held.returncode == 3
    assert "book.md:10: “Part 1” asks first (safe: only reads); --yes lets it run" in held.stderr
    assert "Part 2" not in held.stderr
    assert place.told == []
    assert place.run("--approve", "2", "--approve", "1").returncode == 0


def test_an_approval_that_names_no_step_is_a_usage_error_with_the_candidates(place: Place) -> None:
    place.write(LOOK, DELETE)
    wrong = place.run("--yes", "--approve", "Part")
    assert wrong.returncode == 2
    assert "names no step that runs" in place.run("--yes", "--approve", "nope").stderr
    assert re.search(r"\n +2  part-2-[0-9a-f]{6}  Part 2\n", wrong.stderr), wrong.stderr
    assert place.told == []


def test_a_step_that_turns_out_worse_than_it_looked_holds_and_says_what_ran(place: Place) -> None:
    place.write("kind=pod", "exit 0", "kubectl delete $kind app", LOOK)  # the shell ends, and with it what was set
    done = place.run("--yes")
    assert done.returncode == 3
    assert "book.md:22: “Part 3” is dangerous and $kind is not set in the shell; --approve 3 lets it run" in done.stdout
    assert "2 of 4 steps ran, 2 did not run" in done.stdout
    assert place.told == []
    assert statuses(place.home) == ["succeeded", "succeeded", "pending", "pending"]


def test_a_run_that_nobody_watches_reads_well_in_a_log(place: Place) -> None:
    place.write(LOOK, DELETE)
    done = place.run("--yes", "--approve", "2")
    transcript = re.sub(r"\d+(?:\.\d)? (?:ms|s)\b", "N ms", done.stdout)
    assert "\x1b" not in done.stdout
    assert all(len(line) <= 80 for line in transcript.splitlines() if not line.startswith(("head", "  run", "`oncue")))
    body = transcript[transcript.index("\nPart 1\n") : transcript.index("\ndone")]
    assert body == LOG, body


LOG = """
Part 1

Step 1 of 2  Part 1
  book.md:10

    kubectl get pods -n shop

  · safe · only reads · shell
  let run by --yes
told: get pods -n shop
✔ succeeded, exit 0, N ms

Part 2

Step 2 of 2  Part 2
  book.md:16

    kubectl delete ns app
    ^^^^^^^^^^^^^^^^^^^^^

  ‼ dangerous · cluster scope · deletes a part of the cluster with everything
  that hangs on it · shell
  hits: app
  dry run, native
    kubectl delete ns app --dry-run=server
  let run by --approve · app
told: delete ns app
✔ succeeded, exit 0, N ms
"""
