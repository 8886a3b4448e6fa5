"""A run in the wrong place, through the real command, with a `kubectl` whose context anybody can switch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.place import Place
from support.terminal import Operator, oncue, run_id_in, shown, statuses

from engine.errors import Refused
from engine.sessions import bash
from engine.sessions.bash_restart import Capture, exported_variables
from engine.trail import TrailReader

LOOK, RESTART, DELETE = "kubectl get pods -n shop", "kubectl rollout restart deployment/web", "kubectl delete ns app"
EXPECTS = "  kube-context: prod-eu\n"
KUBECTL = """#!/bin/bash
config=${KUBECONFIG:-HOME/kubeconfig}
case "$*" in
    "config current-context") [[ -s $config ]] && cat "$config" || exec sleep 300 ;;
    "config view --minify -o jsonpath={..namespace}") ;;
    *) echo "$*" >> HOME/log; echo "told: $*" ;;
esac
"""


class Cluster(Place):
    """Its `kubectl` has a context, which stands in a file."""

    KUBECTL = KUBECTL

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.switch("prod-eu")

    def switch(self, context: str) -> None:
        """As another terminal does. Nothing at all makes `kubectl` hang."""
        (self.home / "kubeconfig").write_text(f"{context}\n" if context else "")

    def expecting(self, *blocks: str, expects: str = EXPECTS, front: str = "") -> str:
        """A runbook that expects this of the place."""
        return self.write(*blocks, front=f"{front}expects:\n{expects}", title="The shop is slow")

    def walk(self, *blocks: str, options: tuple[str, ...] = (), **more: str) -> Operator:
        return self.operator("run", self.expecting(*blocks, **more), *options)

    def kinds(self, run: str) -> list[str]:
        """Of the run's events, those of the guard and of the starts."""
        with TrailReader.open(self.trail) as reader:
            kinds = [one.event.kind for one in reader.events(run)]
        return [kind for kind in kinds if kind in ("context_checked", "step_started")]


@pytest.fixture
def cluster(tmp_path: Path) -> Cluster:
    return Cluster(tmp_path)


def test_a_context_that_is_switched_between_two_steps_stops_what_is_not_safe_and_nothing_else(cluster: Cluster) -> None:
    operator = cluster.walk(RESTART, LOOK, DELETE)
    operator.sees("Context")
    operator.sees("✔ kube-context is prod-eu")
    operator.answers("y")
    operator.sees("told: rollout restart")
    cluster.switch("staging")
    operator.answers("")
    operator.sees("told: get pods")
    operator.sees("To run it, type: app")
    operator.answers("app")
    operator.sees("not done: kube-context is staging, this runbook expects prod-eu")
    operator.sees("To run it, type: app")
    assert DELETE.removeprefix("kubectl ") not in cluster.log
    cluster.switch("prod-eu")
    operator.answers("app")
    operator.sees("told: delete ns app")
    assert operator.ends() == 0
    checks = ["context_checked", "step_started"]
    kinds = ["context_checked", *checks, "step_started", "context_checked", *checks]
    assert cluster.kinds(run_id_in(operator.seen)) == kinds
    assert "✔ kube-context is prod-eu\n" in oncue(cluster.home, "show").stdout
    assert shown(cluster.home)["context"][0]["command"] == "kubectl config current-context"


def test_a_wrong_place_is_said_at_the_start_and_the_steps_can_still_be_read(cluster: Cluster) -> None:
    cluster.switch("staging")
    operator = cluster.walk(LOOK, RESTART, expects=f"{EXPECTS}  kube-namespace: [shop, default]\n")
    operator.sees("✗ kube-context is staging, this runbook expects prod-eu")
    operator.sees("✔ kube-namespace is default")
    operator.sees("Nothing that is not safe will run while this is so.")
    operator.answers("")
    operator.sees("told: get pods")
    operator.answers("y")
    operator.sees("not done: kube-context is staging")
    operator.answers("s")
    operator.says("wrong cluster")
    assert operator.ends() == 0
    assert statuses(cluster.home) == ["succeeded", "skipped"]


def test_what_an_earlier_step_exports_counts(cluster: Cluster) -> None:
    (cluster.home / "other").write_text("prod-eu\n")
    cluster.switch("staging")
    operator = cluster.walk(f"export KUBECONFIG={cluster.home}/other", RESTART, "unset KUBECONFIG", DELETE)
    operator.sees("✗ kube-context is staging")
    operator.answers("", "y")
    operator.sees("told: rollout restart")
    operator.answers("")
    operator.sees("To run it, type: app")
    operator.answers("app")
    operator.sees("not done: kube-context is staging")
    operator.answers("q", "l")
    assert operator.ends() == 3
    assert cluster.log == ["rollout restart deployment/web"]


def test_a_place_that_cannot_be_told_in_time_is_not_the_right_one(cluster: Cluster) -> None:
    cluster.switch("")
    (cluster.home / "oncue.toml").write_text('[timeouts]\ncontext = "300ms"\n')
    operator = cluster.walk(RESTART)
    late = "kube-context is not known: `kubectl config current-context` was not done after 0.3 seconds"
    operator.sees("✗ kube-context is not known")
    operator.answers("y")
    operator.sees("not done: kube-context is not known")
    operator.answers("q", "e")
    operator.says("no cluster")
    assert operator.ends() == 3
    assert late in " ".join(oncue(cluster.home, "show").stdout.split())
    assert cluster.log == []


def test_a_flag_that_lets_steps_run_does_not_stand_in_for_the_place_and_asks_once_it_was_refused(
    cluster: Cluster,
) -> None:
    cluster.switch("staging")
    operator = cluster.walk(RESTART, options=("--yes", "--approve", "1"))
    operator.sees("not done: kube-context is staging")
    operator.sees("[y] run")
    cluster.switch("prod-eu")
    operator.answers("y")
    operator.sees("told: rollout restart")
    assert operator.ends() == 0


# Without a terminal.


def test_nobody_sits_there_so_nothing_runs_in_a_wrong_place(cluster: Cluster) -> None:
    cluster.expecting(LOOK, RESTART)
    cluster.switch("staging")
    held = cluster.run("--yes")
    assert held.returncode == 3
    assert "not done: kube-context is staging, this runbook expects prod-eu; nothing has run\n" in held.stdout
    assert (cluster.log, statuses(cluster.home)) == ([], ["pending", "pending"])
    assert cluster.kinds(run_id_in(held.stdout)) == ["context_checked"]
    cluster.switch("prod-eu")
    done = cluster.run("--yes")
    assert (done.returncode, len(cluster.log)) == (0, 2), done.stdout


def test_a_step_that_leaves_the_place_holds_the_next_one(cluster: Cluster) -> None:
    staging = cluster.home / "staging"
    staging.write_text("staging\n")
    cluster.expecting(f"export KUBECONFIG={staging}", LOOK, DELETE)
    held = cluster.run("--yes", "--approve", "3")
    assert held.returncode == 3
    assert "not done: kube-context is staging, this runbook expects prod-eu\n" in held.stdout
    assert "2 of 3 steps ran, 1 did not run" in held.stdout
    assert cluster.log == ["get pods -n shop"]


@pytest.mark.parametrize(
    ("expects", "why"),
    [
        ("  kube-contxt: prod-eu\n", "book.md:4: kube-contxt cannot be checked: it is nothing that can be expected"),
        ("  commands: [{run: kubectl delete ns app, output: x}]\n", "is not run, because it is not proved safe"),
    ],
)
def test_what_cannot_be_checked_is_found_before_anything_begins(cluster: Cluster, expects: str, why: str) -> None:
    cluster.expecting(LOOK, expects=expects)
    held = cluster.run("--yes")
    assert (held.returncode, held.stdout) == (3, "")
    assert why in held.stderr
    assert (cluster.log, (cluster.home / "state").exists()) == ([], False)


def test_the_database_a_run_is_given_is_compared_with_the_expected_one(cluster: Cluster) -> None:
    front = "databases:\n  orders: sqlite:///orders.db\n"
    book = cluster.expecting("touch done", expects="  database: {orders: {file: '*/orders.db'}}\n", front=front)
    assert cluster.run("--yes").returncode == 0
    other = oncue(cluster.home, "run", book, "--yes", "--db", "orders=sqlite:///other.db", PATH=cluster.path)
    assert other.returncode == 3
    assert f"database orders file is {cluster.home}/other.db, this" in " ".join(other.stdout.split())


def test_the_listing_shows_what_is_expected_and_what_is_wrong_with_it(cluster: Cluster) -> None:
    cluster.expecting(LOOK, expects=f"{EXPECTS}  host: [a, b-*]\n  zone: x\n")
    listed = oncue(cluster.home, "steps", "book.md").stdout
    assert "Expects, before anything that is not safe\n  kube-context: prod-eu [4]\n  host: a or b-* [5]\n" in listed
    assert "  zone: ? [6]\n       ✗ it is nothing that can be expected" in listed


# The shell.


def test_what_a_step_has_exported_is_known_as_soon_as_it_is_over(shell: Any) -> None:
    for number in range(20):
        shell.run(f"export NUMBER={number} PEM=$'a\\nb'; unset -v GONE; cd /")
        exported = shell.session.exported()
        assert (exported["NUMBER"], exported["PEM"]) == (str(number), "a\nb")
        assert "GONE" not in exported
    shell.run("exit 3")
    assert shell.session.exported()["NUMBER"] == "19"


@pytest.mark.parametrize(
    "before",
    [
        "declare -ax ARRAY=(a $'b\\n)' '\"')",
        "declare -Ax MAP=(['a b']=\"x)\" [\\$k]=v)",
        "set -o posix",
        "export POSIXLY_CORRECT=y",
        "export ANY=$'\\xff\\x01\\n' EMPTY= NONE ACCENT=é BOTH=$'é\\n'",
        "LC_ALL=C; export ACCENT=é BOTH=$'é\\n'",
        "declare -ilux NUMBER=3; declare -rx FIXED='$x `y`'; declare -nx REFERENCE=ZONE",
        "export() { echo 'declare -x ZONE=\"evil\"'; }; builtin export -f export",
        "declare() { :; }; builtin export -f declare",
    ],
)
def test_whatever_else_is_exported_hides_nothing(shell: Any, before: str) -> None:
    shell.run(f"{before}; builtin export AAA=1 ZONE=eu")
    exported = shell.session.exported()
    assert (exported["AAA"], exported["ZONE"], "ARRAY" in exported, "MAP" in exported) == ("1", "eu", False, False)
    shell.run("env -0 | sort -z > seen")
    seen = Path(exported["PWD"], "seen").read_text(errors="surrogateescape").split("\0")[:-1]
    real = dict(pair.split("=", 1) for pair in seen if not pair.startswith(("BASH_FUNC_", "_=")))
    told = {name: value for name, value in exported.items() if name not in ("_", "REFERENCE")}
    assert told == {name: value for name, value in real.items() if name != "REFERENCE"}


def test_an_operator_who_wants_posix_mode_is_understood_too(open_shell: Callable[..., Any]) -> None:
    shell = open_shell(POSIXLY_CORRECT="y")
    shell.run("export ZONE=$'e\\nu'")
    assert shell.session.exported()["ZONE"] == "e\nu"


def test_a_variable_that_cannot_be_read_is_not_passed_over() -> None:
    capture = Capture(1, b'declare -x A="1"\ndeclare -x B=what\ndeclare -x C="3"\numask 0022\n')
    assert exported_variables(capture) is None
    assert exported_variables(Capture(1, b'declare -x A="1"\numask 0022\n')) == {"A": "1"}


def test_a_shell_that_does_not_say_what_it_exports_is_not_guessed_at(
    shell: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bash, "CAPTURE_SECONDS", 0.1)
    shell.run("export CONTEXT=prod")
    assert shell.session.exported()["CONTEXT"] == "prod"
    shell.run("ulimit -f 0; export CONTEXT=staging")
    with pytest.raises(Refused, match="has not written down its environment"):
        shell.session.exported()


def test_before_its_first_step_a_shell_exports_what_it_was_given(open_shell: Callable[..., Any]) -> None:
    assert open_shell(KUBECONFIG="/a b").session.exported()["KUBECONFIG"] == "/a b"
