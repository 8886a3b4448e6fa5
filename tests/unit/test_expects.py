"""What the front matter expects of the place: what is written there is an expectation, or a mistake that blocks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model import Expectation, Runbook
from engine.parse import read_runbook

BODY = "\n# T\n\n```bash\nls\n```\n"


def read(front: str, end: str = "---\n") -> Runbook:
    return read_runbook("a.md", f"---\n{front}{end}{BODY}".encode())


def only(front: str) -> Expectation:
    [one] = read(front).expects
    return one


FULL = """expects:
  kube-context: prod-eu
  kube-namespace: shop
  aws-account: 012345678901
  git-branch: [main, release-*]
  database: {orders: {host: db-1, role: app_rw}}
  commands:
    - run: consul operator raft list-peers
      output: "10.0.*"
"""


def test_each_line_is_an_expectation_with_its_place() -> None:
    assert [(one.line, one.name, one.wanted) for one in read(FULL).expects] == [
        (3, "kube-context", ("prod-eu",)),
        (4, "kube-namespace", ("shop",)),
        (5, "aws-account", ("012345678901",)),
        (6, "git-branch", ("main", "release-*")),
        (7, "database orders host", ("db-1",)),
        (7, "database orders role", ("app_rw",)),
        (9, "`consul operator raft list-peers`", ("10.0.*",)),
    ]
    assert read(FULL).problems == ()


def test_a_name_stands_for_a_command_and_a_database_for_a_part_of_its_url() -> None:
    assert only("expects: {kube-context: a}\n").command == "kubectl config current-context"
    assert only("expects: {kube-namespace: a}\n").otherwise == "default"
    assert only("expects: {database: {orders: {role: a}}}\n").database == ("orders", "role")
    assert only("expects: {commands: [{run: ' id -un ', output: a}]}\n").command == "id -un"


@pytest.mark.parametrize("word", ["012345678901", "1e3", "on", "true", "2024-01-02", "0x1f"])
def test_a_word_is_taken_as_it_was_written(word: str) -> None:
    assert only(f"expects:\n  aws-account: {word}\n").wanted == (word,)


MISTAKES = {
    "expects:\n  kube-contxt: a\n": (3, "kube-contxt", "the nearest is `kube-context`"),
    "expects:\n  zone: a\n": (3, "zone", "known are `kube-context`"),
    "expects:\n  host:\n": (3, "host", "what is expected is a word"),
    "expects:\n  host: ''\n": (3, "host", "what is expected is a word"),
    "expects:\n  host: []\n": (3, "host", "what is expected is a word"),
    "expects:\n  host: [a, [b]]\n": (3, "host", "what is expected is a word"),
    "expects:\n  host: {is: a}\n": (3, "host", "what is expected is a word"),
    "expects:\n  ? [a]\n  : b\n": (3, "expects", "it is nothing that can be expected"),
    "expects:\n": (2, "expects", "is a mapping of what is expected"),
    "expects: prod\n": (2, "expects", "is a mapping of what is expected"),
    "expects: {}\n": (2, "expects", "names nothing"),
    "expects: &a [*a]\n": (2, "expects", "is a mapping of what is expected"),
    "expects:\n  database: orders\n": (3, "database", "it is a mapping of databases"),
    "expects:\n  database:\n    orders: db-1\n": (4, "database orders", "a mapping with some of `host`"),
    "expects:\n  database:\n    orders: {user: a}\n": (4, "database orders", "`user` is no part of a database"),
    "expects:\n  commands: id -un\n": (3, "commands", "it is a list of commands"),
    "expects:\n  commands: [id -un]\n": (3, "commands", "each of them has a `run`"),
    "expects:\n  commands: [{output: a}]\n": (3, "commands", "each of them has a `run`"),
    "expects:\n  commands:\n    - {run: id -un}\n": (4, "`id -un`", "there is no `output`"),
    "expects:\n  commands: [{run: id, outptu: a}]\n": (3, "`id`", "`outptu` is no part of a command"),
    "expects:\n  commands: [{run: id, output: a, output: b}]\n": (3, "`id`", "it stands there twice"),
}


@pytest.mark.parametrize("front", MISTAKES)
def test_a_mistake_is_named_with_its_line_and_is_an_expectation_that_nothing_fulfils(front: str) -> None:
    line, name, why = MISTAKES[front]
    one = only(front)
    assert (one.line, one.name, one.wanted) == (line, name, ())
    assert why in one.problem
    [problem] = [problem for problem in read(front).problems if problem.code == "broken-expectation"]
    assert problem.line == line
    assert "only what is safe runs" in problem.message


def test_what_is_said_twice_counts_neither_time() -> None:
    both = read("expects:\n  host: a\n  host: b\n").expects
    assert [(one.name, one.line, one.problem) for one in both] == [
        ("host", 3, "it stands there twice"),
        ("host", 4, "it stands there twice"),
    ]
    assert "twice" in only("expects: {host: a}\nexpects: {host: b}\n").problem


@pytest.mark.parametrize(
    ("front", "end"),
    [
        ("expects: {host: a\n", "---\n"),
        ('title: "a\nexpects:\n  host: a\n', "---\n"),
        ("- a\nexpects: b\n", "---\n"),
        ("expects:\n  host: a\n", ""),
    ],
)
def test_front_matter_that_cannot_be_read_is_not_taken_for_one_that_expects_nothing(front: str, end: str) -> None:
    assert [one.name for one in read(front, end).expects] == ["expects"]


def test_a_slip_in_the_key_itself_is_noticed_where_something_of_ours_stands_under_it() -> None:
    assert only("expect:\n  kube-context: a\n").problem == "`expects` is meant"
    assert only("Expects: prod\n").line == 2
    assert only("expects::\n  zone: a\n").problem == "`expects` is meant"
    assert read("experts:\n  alice: dba\n").expects == ()
    assert read("excerpt: a short one\n").expects == ()


def test_a_document_that_expects_nothing_has_none() -> None:
    assert read("title: What one expects\n").expects == ()
    assert read_runbook("a.md", b"# T\n\nexpects: nothing\n\n```bash\nls\n```\n").expects == ()


def test_yaml_that_folds_into_itself_a_thousand_times_is_read_at_once() -> None:
    lists = "\n".join(f"  - &l{n} [{', '.join([f'*l{n - 1}'] * 50)}]" for n in range(1, 8))
    front = f"lists:\n  - &l0 [a]\n{lists}\nexpects:\n  host: *l7\n"
    assert "a word" in only(front).problem


YAMLISH = st.text(st.sampled_from(" \n:-[]{}&*!|>'\"#?,~ab1"), max_size=60) | st.text(max_size=60)


@given(YAMLISH)
def test_whatever_stands_under_it_it_never_expects_nothing(text: str) -> None:
    """Not even where the front matter ends too early, or never."""
    for end in ("\n---\n", ""):
        runbook = read_runbook("a.md", f"---\nexpects: {text}{end}{BODY}".encode(errors="replace"))
        assert runbook.expects
