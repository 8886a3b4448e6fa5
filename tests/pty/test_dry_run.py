"""`oncue dry-run` as it is typed: nothing runs by itself, and a probe runs only what is proved safe, on record."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

import pytest
from support.place import Place
from support.terminal import oncue, shown

from engine.state import fold
from engine.trail import TrailReader

MIXED = ("kubectl get pods -n shop", "kubectl rollout restart deployment/web", "kubectl delete ns app")


def as_json(place: Place, *options: str) -> Any:
    """The JSON."""
    done = place.dry_run("--json", *options)
    told = json.loads(done.stdout)
    assert done.returncode == told["exit_code"], done.stderr
    return told


def test_a_dry_run_runs_nothing_and_leaves_no_trace(place: Place) -> None:
    place.write(*MIXED)
    done = place.dry_run()
    assert (done.returncode, done.stderr) == (0, "")
    assert "nothing has run" in done.stdout
    assert "Everything could run." in done.stdout
    assert (place.log, place.trail.exists()) == ([], False)


def test_what_is_unresolved_is_exit_3_and_is_resolved_by_a_value(place: Place) -> None:
    place.write("kubectl get pods -n {namespace}")
    done = place.dry_run()
    assert done.returncode == 3
    assert "book.md:10: “Part 1”: no value for namespace" in done.stdout
    given = place.dry_run("--var", "namespace=shop")
    assert given.returncode == 0
    assert "│ kubectl get pods -n shop" in given.stdout


def test_an_sql_step_without_a_database_is_exit_3(place: Place) -> None:
    place.write("SELECT 1;", language="sql")
    done = place.dry_run()
    assert done.returncode == 3
    assert "book.md:10: “Part 1”: which database is meant? Known are: none" in done.stdout
    assert "Everything could run." not in done.stdout
    assert place.dry_run("--db", "shop=sqlite:///shop.db").returncode == 0
    assert place.dry_run("--probe").returncode == 3


def test_the_json_holds_text_verdict_dry_run_and_inputs(place: Place) -> None:
    place.write("kubectl delete ns {namespace}")
    told = as_json(place, "--var", "namespace=app")
    [step] = told["steps"]
    assert (step["number"], step["text"], step["verdict"]["level"]) == (1, "kubectl delete ns app", "dangerous")
    assert step["verdict"]["dry_run"] == {
        "form": "kubectl delete ns app --dry-run=server",
        "grade": "native",
        "note": "",
    }
    assert step["text"][slice(*step["verdict"]["span"])] in step["text"]
    assert (told["unresolved"], told["run"], step["tried"]) == ([], None, None)
    assert [(one["name"], one["value"], one["source"]) for one in told["inputs"]] == [("namespace", "app", "--var")]


def test_a_probe_runs_what_is_proved_to_read_and_says_why_it_passes_over_the_rest(place: Place) -> None:
    place.write(*MIXED)
    told = as_json(place, "--probe")
    assert place.log == ["get pods -n shop"]
    first, second, third = (step["tried"] for step in told["steps"])
    assert (first["outcome"], first["exit_status"], first["output"]) == ("succeeded", 0, "told: get pods -n shop\n")
    assert second["why_not"].startswith("it is not proved safe (caution: ")
    assert third["why_not"].startswith("it is not proved safe (dangerous: ")
    assert (told["exit_code"], told["conclusion"]) == (
        0,
        "What is proved safe ran and succeeded; 2 steps passed over.",
    )


def test_a_probe_in_which_nothing_ran_is_exit_3(place: Place) -> None:
    place.write(*MIXED[1:])
    done = place.dry_run("--probe")
    assert done.returncode == 3
    assert done.stdout.endswith("\nNone of 2 steps ran, so that nothing has been tried.\n")
    assert place.log == []


def test_a_probe_is_a_run_of_its_own_in_the_trail_and_never_done(place: Place) -> None:
    place.write(*MIXED)
    told = as_json(place, "--probe")
    with TrailReader.open(place.trail) as reader:
        state = fold(reader.events(told["run"]))
        [run] = reader.runs()
    assert state.started is not None
    assert (state.started.mode, state.phase, state.outcome, run.outcome) == ("probe", "ended", "abandoned", "abandoned")
    assert [(one.text, one.level, one.approval) for one in state.attempts.values()] == [(MIXED[0], "safe", "asked")]
    assert oncue(place.home, "verify").returncode == 0


def test_a_probed_step_that_fails_is_exit_1_with_its_output(place: Place) -> None:
    place.write("cat nowhere.txt", "kubectl get pods")
    done = place.dry_run("--probe")
    assert done.returncode == 1
    assert "✘ failed, exit 1" in done.stdout
    assert "Not everything that ran succeeded: 1 failed." in done.stdout
    assert "nowhere.txt: No such file or directory" in done.stdout
    assert place.log == ["get pods"]


def test_a_probe_waits_for_nobody(place: Place) -> None:
    """Nothing endless is begun, and what reads the terminal is ended."""
    place.write("tail -f /dev/null", "cat", "kubectl get pods")
    endless, waiting, last = (step["tried"] for step in as_json(place, "--probe")["steps"])
    assert endless == {"ran": False, "why_not": "it does not end by itself"}
    assert waiting["outcome"] == "interrupted"
    assert last["outcome"] == "succeeded"


def test_a_probe_reads_a_database_and_cannot_write_to_it(place: Place) -> None:
    with sqlite3.connect(place.home / "shop.db") as database:
        database.execute("CREATE TABLE orders (id)")
        database.execute("INSERT INTO orders VALUES (7)")
    database.close()
    before = (place.home / "shop.db").read_bytes()
    place.write("SELECT id FROM orders;\nDELETE FROM orders;", language="sql")
    read, deleted = (step["tried"] for step in as_json(place, "--probe", "--db", "shop=sqlite:///shop.db")["steps"])
    assert (read["outcome"], read["output"].split()) == ("succeeded", ["id", "--", "7", "(1", "row)"])
    assert deleted["ran"] is False
    assert deleted["instead"]["text"] == "SELECT count(*) FROM orders"
    assert deleted["instead"]["output"].split() == ["count(*)", "--------", "1", "(1", "row)"]
    shown = place.dry_run("--probe", "--db", "shop=sqlite:///shop.db").stdout
    assert "SELECT count(*) FROM orders\n       ✔ succeeded" in shown.partition("– did not run")[2]
    assert (place.home / "shop.db").read_bytes() == before


def test_items_and_choices_hold_no_probe(place: Place) -> None:
    place.write("kubectl get pods")
    book = place.home / "book.md"
    book.write_text(book.read_text().replace("```bash", "- [ ] the DBA knows\n\n```bash"))
    [step] = as_json(place, "--probe")["steps"]
    assert (step["items"][0]["text"], step["tried"]["outcome"]) == ("the DBA knows", "succeeded")
    [seen] = shown(place.home)["steps"]
    assert [item["status"] for item in seen["items"]] == ["open"]


def test_where_the_run_would_work_is_looked_at_by_a_probe(place: Place) -> None:
    place.write("true", front="expects:\n  kube-context: prod\n")
    assert as_json(place)["context"] == []
    [found] = as_json(place, "--probe")["context"]
    assert (found["name"], found["found"], found["ok"]) == ("kube-context", "told: config current-context", False)
    done = place.dry_run("--probe")
    assert done.returncode == 3
    assert "A run would be held here: kube-context is told: config current-context" in done.stdout


def test_a_secret_stays_out_of_everything_a_probe_shows_and_keeps(place: Place) -> None:
    place.write("kubectl get pods --token {{token}}", front="variables:\n  token:\n    secret: true\n")
    (place.home / "values.env").write_text("token=hunter2-hunter2\n")
    (place.home / "values.env").chmod(0o600)
    done = place.dry_run("--probe", "--var-file", "values.env")
    assert place.log == ["get pods --token hunter2-hunter2"]
    assert "hunter2" not in done.stdout + done.stderr
    assert "told: get pods --token [secret:token]" in done.stdout
    assert b"hunter2" not in place.trail.read_bytes()


def test_a_catalogue_is_shown_whole_and_probed_by_section(place: Place) -> None:
    (place.home / "book.md").write_text(
        "# Procedures\n\n## Procedure 1: Look\n\n```bash\nkubectl get pods\n```\n\n"
        "## Procedure 2: Look harder\n\n```bash\nkubectl get nodes\n```\n"
    )
    assert [step["number"] for step in as_json(place)["steps"]] == [1, 2]
    refused = place.dry_run("--probe")
    assert refused.returncode == 2
    assert "is a catalogue; name what to try with --section TITLE: " in refused.stderr
    assert as_json(place, "--probe", "--section", "Procedure 2: Look harder")["steps"][0]["tried"]["ran"]
    assert place.log == ["get nodes"]


def test_what_a_terminal_would_obey_is_made_visible(place: Place) -> None:
    place.write("printf '\\033]0;owned\\007x\\n'", title="A \x1b]0;owned\x07 title")
    done = place.dry_run("--probe")
    assert "\x1b" not in done.stdout
    assert "\x07" not in done.stdout
    assert "A ^[]0;owned^G title" in done.stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nowhere.md"], "nowhere.md: there is no such file"),
        (["book.md", "--section", "Nowhere"], "no section 'Nowhere'"),
        (["book.md", "--var", "x=1"], "book.md has no such input"),
    ],
)
def test_a_mistake_is_exit_2_and_a_sentence(place: Place, words: list[str], sentence: str) -> None:
    place.write("true")
    done = oncue(place.home, "dry-run", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr
