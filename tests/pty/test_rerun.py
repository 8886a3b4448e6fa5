"""`oncue rerun`: what a past run did is done again only by passing every gate again."""

from __future__ import annotations

import os

import pytest
from support.place import Place
from support.terminal import shown, statuses

FRONT = "kind: procedure\n"


def test_the_same_steps_run_again_as_a_new_run_that_names_the_old_one(place: Place) -> None:
    place.write("kubectl get pods -n {namespace}")
    first = place.was_run("--var", "namespace=shop")
    done = place.rerun(first, "--yes")
    assert done.returncode == 0, done.stderr
    again = place.state()
    assert again.started is not None
    assert again.started.rerun is not None
    assert (again.run_id != first, again.started.rerun.run_id) == (True, first)
    assert again.sources["namespace"] == f"run {first}"
    assert place.log == ["get pods -n shop"]
    assert f"again: run {first}, done, begun " in done.stdout


def test_every_gate_is_passed_again(place: Place) -> None:
    place.write("kubectl delete ns app")
    place.was_run("--approve", "1")
    held = place.rerun("--yes")
    assert (held.returncode, place.log) == (3, [])
    assert "“Part 1” is dangerous" in held.stderr
    operator = place.operator("rerun")
    operator.sees("To run it, type: app")
    operator.answers("app")
    assert operator.ends() == 0
    assert place.log == ["delete ns app"]


def test_a_value_given_now_comes_before_the_value_of_then(place: Place) -> None:
    place.write("kubectl get pods -n {namespace}")
    place.was_run("--var", "namespace=shop")
    assert place.rerun("--yes", "--var", "namespace=depot").returncode == 0
    assert place.log == ["get pods -n depot"]


def test_a_secret_is_asked_for_again(place: Place) -> None:
    place.write("kubectl get pods --token {{token}}", front="variables:\n  token:\n    secret: true\n")
    (place.home / "values.env").write_text("token=hunter2-hunter2\n")
    (place.home / "values.env").chmod(0o600)
    place.was_run("--var-file", "values.env")
    held = place.rerun("--yes")
    assert held.returncode == 3
    assert "token has no value; give it with --var-file FILE" in held.stderr
    operator = place.operator("rerun")
    operator.sees("not kept because secret, and asked for again: token")
    operator.sees("token:")
    operator.says("hunter3-hunter3")
    operator.answers("")
    assert operator.ends() == 0
    assert place.log == ["get pods --token hunter3-hunter3"]


def test_the_copy_of_then_is_walked_and_the_change_is_said(place: Place) -> None:
    place.write("kubectl get pods")
    first = place.was_run()
    place.write("kubectl get nodes")
    done = place.rerun(first, "--yes")
    assert "book.md has changed since; this is the run's own copy, --from-disk takes the file" in done.stdout
    assert place.log == ["get pods"]
    assert place.rerun(first, "--yes", "--from-disk").returncode == 0
    assert place.log == ["get pods", "get nodes"]


def test_a_document_that_is_gone_is_walked_from_its_copy_only(place: Place) -> None:
    place.write("kubectl get pods")
    first = place.was_run()
    (place.home / "book.md").unlink()
    done = place.rerun(first, "--yes")
    assert done.returncode == 0
    assert "there is no such file; this is the run's own copy" in done.stdout
    refused = place.rerun(first, "--yes", "--from-disk")
    assert refused.returncode == 2
    assert "there is no such file" in refused.stderr


def test_a_rerun_starts_where_the_run_started_wherever_it_is_asked_for(place: Place) -> None:
    place.write("pwd")
    place.was_run()
    elsewhere = place.home / "elsewhere"
    elsewhere.mkdir()
    assert place.rerun("--yes", cwd=elsewhere).returncode == 0
    assert shown(place.home)["steps"][0]["attempts"][0]["output"].strip() == str(place.home)


def test_only_the_section_of_then_is_walked(place: Place) -> None:
    place.write("kubectl get pods", "kubectl get nodes")
    first = place.was_run("--section", "Part 2")
    assert place.rerun(first, "--yes").returncode == 0
    assert place.log == ["get nodes"]
    place.write("kubectl get pods")
    refused = place.rerun(first, "--yes", "--from-disk")
    assert refused.returncode == 2
    assert "book.md has no section Part 2 any more" in refused.stderr


@pytest.fixture
def edited(place: Place) -> Place:
    """A run whose only step was edited."""
    place.write("kubectl get pods")
    editor = place.home / "edit"
    editor.write_text('#!/bin/sh\necho "kubectl get nodes" > "$1"\n')
    editor.chmod(0o755)
    operator = place.operator("run", "book.md", EDITOR=str(editor))
    operator.answers("e", "")
    assert operator.ends() == 0
    (place.home / "log").unlink()
    return place


def test_an_edit_of_then_is_offered_and_taken_only_by_somebody(edited: Place) -> None:
    operator = edited.operator("rerun")
    operator.sees("kubectl get pods")
    operator.sees("in the run before, its operator made of it:")
    operator.sees("kubectl get nodes")
    operator.sees("[u]se the last edit")
    operator.answers("u")
    operator.sees("kubectl get nodes")
    operator.answers("")
    assert operator.ends() == 0
    assert edited.log == ["get nodes"]
    assert [edit["after"] for edit in shown(edited.home)["steps"][0]["edits"]] == ["kubectl get nodes"]


def test_an_edit_of_then_may_be_left_alone(edited: Place) -> None:
    operator = edited.operator("rerun")
    operator.answers("")
    assert operator.ends() == 0
    assert edited.log == ["get pods"]
    assert statuses(edited.home) == ["succeeded"]


def test_without_a_terminal_nobody_decides_about_an_edit_so_nothing_runs(edited: Place) -> None:
    held = edited.rerun("--yes")
    assert (held.returncode, edited.log) == (3, [])
    assert "“Part 1” was edited in run " in held.stderr
    assert "somebody has to decide which text runs" in held.stderr


def test_a_probe_is_not_run_again_as_if_it_had_been_real(place: Place) -> None:
    place.write("kubectl get pods")
    assert place.dry_run("--probe").returncode == 0
    refused = place.rerun("--yes")
    assert refused.returncode == 2
    assert "was a probe; `oncue dry-run` makes another one" in refused.stderr


def test_a_run_that_is_not_there_is_a_usage_error(place: Place) -> None:
    place.write("true")
    place.was_run()
    refused = place.rerun("1999")
    assert refused.returncode == 2
    assert "There is no run whose id begins with '1999'." in refused.stderr


def test_what_was_production_then_is_production_now(place: Place) -> None:
    (place.home / "oncue.toml").write_text(
        '[environments.production]\nmatch = ["prod*"]\nraise = { caution = "dangerous" }\n'
    )
    place.write("kubectl scale deploy/shop --replicas=3")
    place.was_run("--environment", "production", "--approve", "1")
    done = place.rerun("--yes")
    assert done.returncode == 3
    assert "dangerous" in done.stdout + done.stderr
    assert place.log == []
    assert place.rerun("--yes", ONCUE_ENVIRONMENT="staging").returncode == 2


def test_a_database_that_was_named_then_is_the_one_of_now(place: Place) -> None:
    (place.home / "oncue.toml").write_text('[databases]\no = "sqlite:///settings.db"\n')
    (place.home / "book.md").write_text(
        f"---\n{FRONT}---\n\n# T\n\n## Part 1\n\n```sql {{database=o}}\nCREATE TABLE t (a int);\n```\n"
    )
    named, settings = place.home / "named.db", place.home / "settings.db"
    named.touch()
    settings.touch()
    place.was_run("--db", f"o=sqlite:///{named}")
    os.truncate(named, 0)
    assert place.rerun("--yes").returncode == 0
    assert named.stat().st_size
    assert not settings.stat().st_size
