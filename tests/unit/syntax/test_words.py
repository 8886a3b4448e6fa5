"""Words of literals and variables: what is seen in them is what bash expands, in whatever quoting and place."""

from __future__ import annotations

import re
import subprocess

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.danger.words import expand
from engine.syntax.bracing import Braced
from engine.syntax.parameters import parameters
from engine.syntax.quoting import places
from engine.syntax.script import Simple, Word, read_script
from engine.variables import read_from_shell

NAMES = ("A", "B", "C_D", "E9", "_f")
VALUES = {name: f"<{number}>" for number, name in enumerate(NAMES)}

VARIABLE = st.sampled_from([form.format(name) for name in NAMES for form in ("${}", "${{{}}}")])
LITERAL = st.sampled_from(
    ["/", "-", ":", ".", ",", "@", "=", "+", "%", "a", "Z9", "_", "é", "\\$A", "\\\\", "\\ ", "/$/"]
)
INSIDE = st.sampled_from([" ", "  ", " $ ", "/", "a", "'", "\\$B", '\\"', "\\\\", "(", ";", "\n", "\t", "é", "$."])
DOUBLE = st.lists(VARIABLE | INSIDE, max_size=6).map(lambda parts: f'"{"".join(parts)}"')
SINGLE = st.sampled_from(["'$A'", "'a $B'", "'\\'", "''", "'\"$A'", "$'$A\\'$B'", "'${A}'"])
LONGER = re.compile(rf"\$(?:{'|'.join(NAMES)})\w", re.ASCII)
"""A name that the letter behind it makes another one."""
WORD = (
    st.lists(VARIABLE | LITERAL | DOUBLE | SINGLE, min_size=1, max_size=7)
    .map("".join)
    .filter(
        lambda word: LONGER.search(word) is None and not word.startswith("=")
    )  # which alone is an error to the grammar
)

AROUND = [
    "printf '%s\\0' {}",
    "ls && rm -rf x {} y | wc",
    "X={}",
    "export X={}",
    "X={} ls",
    "x=( {} )",
    "for x in {}; do ls; done",
    "case {} in a) ls;; esac",
    "cat < {}",
    "ls >> {}",
    "cat <<< {}",
    "[ -n {} ]",
    "[[ x == {} ]]",
    "echo $(ls {})",
    'echo "$(ls {})"',
    "f() {{ ls {}; }}",
    "if ! ls {}; then ls; fi",
    "( ls {} ) &",
    "{}",
]


def as_bash_has_it(word: str) -> str:
    """What bash makes of the word as the value of a variable, which is neither split nor taken for a pattern."""
    script = f'{";".join(f"{name}={value!r}" for name, value in VALUES.items())};X={word};printf %s "$X"'
    done = subprocess.run(["bash", "-c", script], capture_output=True, check=True)
    return done.stdout.decode()


def names_in(text: str) -> list[str]:
    return [use.name for use in parameters(places(text).tree).uses]


@settings(max_examples=150, deadline=None)
@given(WORD, st.sampled_from(AROUND))
def test_the_names_seen_are_those_that_bash_expands(word: str, around: str) -> None:
    expanded = {name for name, value in VALUES.items() if value in as_bash_has_it(word)}
    text = around.format(word)
    found = set(names_in(text))
    # What the grammar cannot read may hold more than is seen: then a name in single quotes counts as well.
    assert found == expanded or (found > expanded and places(text).tree.root_node.has_error)


@settings(max_examples=150, deadline=None)
@example(word='"\n\\$B"')
@example(word='"\n\\""')
@given(WORD)
def test_the_value_of_a_word_is_what_bash_makes_of_it(word: str) -> None:
    command = read_script(f"printf %s x{word}").commands[0]
    assert isinstance(command, Simple)
    assert " ".join(arg.value for arg in expand(command.words, VALUES)[2:]) == "x" + as_bash_has_it(word)


@given(st.lists(WORD, min_size=1, max_size=4))
def test_the_words_of_a_command_lie_where_they_are_written(words: list[str]) -> None:
    text = "é ls " + " ".join(words)
    command = read_script(text).commands[0]
    assert isinstance(command, Simple)
    assert [text[word.start : word.end] for word in command.words] == ["é", "ls", *words]


@given(st.text("$A{}é\U0001f600 \\\"'"), st.data())
def test_every_place_leads_there_and_back(text: str, data: st.DataObject) -> None:
    braced = Braced(text)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    first, last = braced.to_bytes(start, end)
    assert (braced.to_character(first), braced.to_character(last)) == (start, end)
    assert braced.source(first, last) == text[start:end]


def parts(word: Word) -> list[tuple[str, str]]:
    return [(piece.kind, piece.value) for piece in word.pieces]


PARTS = [
    ("$A/$B/$C", [("parameter", "A"), ("text", "/"), ("parameter", "B"), ("text", "/"), ("parameter", "C")]),
    ("$H:$P/$Q", [("parameter", "H"), ("text", ":"), ("parameter", "P"), ("text", "/"), ("parameter", "Q")]),
    ('"$A $B"', [("parameter", "A"), ("text", " "), ("parameter", "B")]),
    ('"${A}  ${B}"', [("parameter", "A"), ("text", "  "), ("parameter", "B")]),
    ('"$@ $1"', [("parameter", "@"), ("text", " "), ("parameter", "1")]),
    (
        "$1/$2/$10",
        [("parameter", "1"), ("text", "/"), ("parameter", "2"), ("text", "/"), ("parameter", "1"), ("text", "0")],
    ),
    ("$$/$?/$A", [("parameter", "$"), ("text", "/"), ("parameter", "?"), ("text", "/"), ("parameter", "A")]),
]


@pytest.mark.parametrize(("text", "expected"), PARTS)
def test_every_part_of_a_word_is_seen(text: str, expected: list[tuple[str, str]]) -> None:
    command = read_script(f"rm {text}").commands[0]
    assert isinstance(command, Simple)
    assert parts(command.words[1]) == expected


READ = [
    ("cat <<END\n$A $B\n$C/$D/$E\nEND", ("A", "B", "C", "D", "E")),
    ("echo ${X#$A} ${X%%$B/*} ${X/$C/$D}", ("X", "A", "B", "C", "D")),
    ('echo ${X:-$A/$B/$C} "${Y:-$D $E}"', ("A", "B", "C", "D", "E")),
    ("echo ${X:$A:$B} $((A[$I] + $J))", ("X", "A", "B", "I", "J")),
    ("[[ $X =~ ^$A/$B$ ]]", ("X", "A", "B")),
    ("[[ $X == ${A#'$B'} ]]", ("X", "A")),
    ("echo `ls $A/$B/$C`", ("A", "B", "C")),
    ("$ kubectl get pods", ()),
]


@pytest.mark.parametrize(("text", "names"), READ)
def test_every_name_is_read_wherever_it_stands(text: str, names: tuple[str, ...]) -> None:
    assert read_from_shell(text) == names
