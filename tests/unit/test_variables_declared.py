"""What the front matter says of an input, and every mistake in it with its own line."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model import Runbook
from engine.parse import read_runbook
from engine.syntax.input_patterns import fits_pattern, maybe_fault


def read(front: str) -> Runbook:
    return read_runbook("a.md", f"---\ntitle: T\nvariables:\n{front}---\n# T\n\n```bash\necho hi\n```\n".encode())


def problems(front: str) -> list[tuple[int, str]]:
    return [(one.line, one.code) for one in read(front).problems]


def test_an_input_is_described_by_its_keys() -> None:
    one, two, three = read(
        "  ns:\n    default: prod\n    pattern: '[a-z]+'\n    choices: [prod, test]\n    description: Where\n"
        "  pod:\n    from: kubectl get pods -o name\n  token: {secret: true}\n"
    ).declared
    assert (one.name, one.default, one.pattern, one.choices, one.description, one.lines) == (
        *("ns", "prod", "[a-z]+", ("prod", "test"), "Where"),
        (4,),
    )
    assert (two.from_command, two.default, three.secret) == ("kubectl get pods -o name", None, True)


def test_a_name_may_stand_for_its_default_alone_and_inputs_may_be_a_list() -> None:
    assert [(one.name, one.default) for one in read("  a: 1\n  b: true\n  c:\n").declared] == [
        *(("a", "1"), ("b", "true")),
        ("c", None),
    ]
    assert [(one.name, one.lines) for one in read("  - name: a\n    default: 1\n  - name: b\n").declared] == [
        *(("a", (4,)),),
        ("b", (6,)),
    ]


MISTAKES = [
    ("  a:\n    pattern: '['\n", [(5, "variable-pattern")]),
    ("  a:\n    pattern: '(a+)+'\n", [(5, "variable-pattern")]),
    ("  a:\n    default: x\n  b:\n    default: y\n    choices: [x]\n", [(7, "variable-default")]),
    ("  a:\n    default: x1\n    pattern: '[a-z]+'\n", [(5, "variable-default")]),
    ("  a:\n    default: [x]\n", [(5, "variable-default")]),
    ("  a:\n    choices: x\n", [(5, "variable-choices")]),
    ("  a:\n    choices: []\n", [(5, "variable-choices")]),
    ("  a: [x, y]\n", [(4, "variable-choices")]),
    ("  a:\n    pattern: '[a-z]'\n    choices: [x, '1']\n", [(6, "variable-choices")]),
    ("  a:\n    default: x\n    from: ls\n", [(6, "variable-from")]),
    ("  a:\n    choices: [x]\n    from: ls\n", [(6, "variable-from")]),
    ("  a:\n    secret: true\n    from: pass show x\n", [(6, "variable-from")]),
    ("  a:\n    from: echo 'x\n", [(5, "variable-from")]),
    ("  a:\n    from: [ls]\n", [(5, "variable-from")]),
    ("  a:\n    secret: true\n    default: x\n", [(6, "variable-default")]),
    ("  a:\n    secret: maybe\n", [(5, "variable-secret")]),
    ("  a:\n    patern: x\n  b:\n    colour: y\n", [(5, "unknown-front-matter-key"), (7, "unknown-front-matter-key")]),
    ("  - a\n", [(3, "front-matter")]),
]


@pytest.mark.parametrize(("front", "expected"), MISTAKES)
def test_a_mistake_is_a_problem_with_its_line(front: str, expected: list[tuple[int, str]]) -> None:
    assert problems(front) == expected


def test_a_mistake_names_the_input_and_the_nearest_key() -> None:
    assert read("  ticket:\n    patern: x\n").problems[0].message == (
        "ticket: `patern` is not a key of an input; the nearest is `pattern`"
    )


def test_what_is_no_clear_yes_or_no_keeps_a_value_secret() -> None:
    assert read("  a:\n    secret: maybe\n").declared[0].secret


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|aa)+b", "(a?)*b", "(?:a*)*", "((a{1,99})x?)+"])
def test_a_repetition_of_a_repetition_is_no_pattern(pattern: str) -> None:
    assert "for ever" in str(maybe_fault(pattern))
    assert not fits_pattern(pattern, "ab")


@pytest.mark.parametrize(
    ("pattern", "fits", "fails"),
    [
        (r"INC-[0-9]+", "INC-1", "INC-1x"),
        (r"(?:\d{1,3}\.){3}\d{1,3}", "10.0.0.1", "10.0.0"),
        (r"[a-z]+-[a-z]+-[a-z]+-[0-9]*", "a-b-c-1", "a-b"),
        (r"(?!-)[a-z0-9-]{1,63}(?<!-)", "web-0", "-web"),
        (r"(prod|test)-\w+", "prod-1", "dev-1"),
    ],
)
def test_a_value_has_to_fit_as_a_whole(pattern: str, fits: str, fails: str) -> None:
    assert maybe_fault(pattern) is None
    assert (fits_pattern(pattern, fits), fits_pattern(pattern, fails)) == (True, False)


def test_a_pattern_that_takes_too_long_fits_nothing() -> None:
    slow = r".*.*.*.*.*.*.*.*x"
    begun = time.monotonic()
    assert not fits_pattern(slow, "a" * 900)
    assert fits_pattern(slow, "aax")
    assert time.monotonic() - begun < 60, "it was waited for without end"


@given(st.text(max_size=20))
def test_any_text_is_a_pattern_or_said_not_to_be(pattern: str) -> None:
    assert isinstance(maybe_fault(pattern), str | None)
