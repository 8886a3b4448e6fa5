"""Every place a word can hold in shell and SQL text is told apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.syntax.parameters import parameters
from engine.syntax.quoting import places, sql_places

SHELL_PLACES = [
    ("kubectl get ● -n x", "bare"),
    ("kubectl get pods/●-0 -n x", "bare"),
    ('echo "a ● b"', "double"),
    ("echo 'a ● b'", "single"),
    ("echo $'a ● b'", "ansi-c"),
    ('echo "$(cat ●)"', "bare"),
    ("echo `cat ●`", "bare"),
    ('echo `cat "●"`', "double"),
    ("case ● in a) ls;; esac", "bare"),
    ("cat <<EOF\na ● b\nEOF", "heredoc"),
    ("cat <<'EOF'\na ● b\nEOF", "heredoc-raw"),
    ("cat <<\\EOF\na ● b\nEOF", "heredoc-raw"),
    ("cat <<EOF\n$(ls ●)\nEOF", "bare"),
    ("echo $((● + 1))", "arithmetic"),
    ("(( x = ● ))", "arithmetic"),
    ("for ((i=0; i<●; i++)); do :; done", "arithmetic"),
    ("● --now", "command-name"),
    ("X=●", "assignment"),
    ("X=a/● cmd", "assignment"),
    ('X="●"', "double"),
    ("X=(a ●)", "array"),
    ("●=1", "name"),
    ("export ●", "name"),
    ("export X=●", "assignment"),
    ("echo x > ●", "redirect"),
    ("cat <<< ●", "redirect"),
    ("[ -f ● ]", "test"),
    ("[[ $x == ● ]]", "pattern"),
    ("[[ ● -eq 1 ]]", "test"),
    ("case $x in ●) ls;; esac", "pattern"),
    ("echo ${X:-●}", "expansion"),
    ("for i in a ●; do ls; done", "bare"),
    ("ls # about ●", "comment"),
    ("# about ●", "comment"),
    ("f() { ls ●; }", "bare"),
]


@pytest.mark.parametrize(("text", "kind"), SHELL_PLACES)
def test_a_shell_word_is_told_by_the_innermost_thing_it_stands_in(text: str, kind: str) -> None:
    start = text.index("●")
    assert places(text.replace("●", "w")).at(start, start + 1).kind == kind


def test_offsets_count_characters_and_not_bytes() -> None:
    text = "echo 'né 漢字' \"x\"\n"
    start = text.index("x")
    assert places(text).at(start, start + 1).kind == "double"


def test_a_place_knows_its_command_and_its_whole_statement() -> None:
    text = "ls\necho w | ssh host cat\nls"
    place = places(text).at(8, 9)
    assert (place.command, place.statement) == ("echo", "echo w | ssh host cat")
    assert text[place.statement_start : place.statement_end] == place.statement


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("rm x", "rm 'a b'", True),
        ("sleep x", "sleep 5", True),
        ("rm pods/x", "rm pods/'a;b'", True),
        ("rm x", "rm x y", False),
        ("rm x", "rm x; ls", False),
        ("rm x", "rm $(ls)", False),
        ("rm x", 'rm "$(ls)"', False),
        ("rm x>f", "rm 2>f", False),
        ("x y", "x=1 y", False),
        ("cat <<EOF\nx\nEOF\n", "cat <<EOF\nEOF\nEOF\n", False),
    ],
)
def test_an_outline_tells_other_commands_from_other_quotes(one: str, other: str, same: bool) -> None:
    assert (places(one).outline() == places(other).outline()) is same


@given(st.text(max_size=60), st.data())
def test_any_text_has_places(text: str, data: st.DataObject) -> None:
    clean = text.encode(errors="replace").decode()
    start = data.draw(st.integers(0, len(clean)))
    end = data.draw(st.integers(start, len(clean)))
    assert places(clean).at(start, end).kind
    assert sql_places(clean).at(start).kind


@pytest.mark.parametrize("far", ["\U0010ffff", "\U000e0100", "\U0001f937"])
def test_a_brace_before_a_character_far_beyond_ascii_does_no_harm(far: str) -> None:
    for text in (f"echo {{{far}..b}}", f"{{{far}", f"a={far}$", f"cat <<{far}\n{far}\n"):
        assert places(text).at(0, 1).kind


SQL_PLACES = [
    ("SELECT * FROM t WHERE a = ●", "bare"),
    ("SELECT 'it''s ●'", "literal"),
    ('SELECT "●" FROM t', "identifier"),
    ("SELECT `●` FROM t", "identifier"),
    ("SELECT 1 -- ●", "comment"),
    ("SELECT /* ' ● */ 1", "comment"),
    ("DO $x$ BEGIN ● END $x$", "dollar-quoted"),
    ("SELECT 'a' || ● || 'b'", "bare"),
]


@pytest.mark.parametrize(("text", "kind"), SQL_PLACES)
def test_a_sql_word_is_told_by_its_quotes(text: str, kind: str) -> None:
    assert sql_places(text.replace("●", "w")).at(text.index("●")).kind == kind


SETS = [
    ("X=1", {"X"}),
    ("X=1 cmd", {"X"}),
    ("export X=1 Y", {"X"}),
    ("declare -A X; local Y; readonly Z=2", {"X", "Y", "Z"}),
    ("for X in a b; do ls; done", {"X"}),
    ("read -r X Y", {"X", "Y"}),
    ("cat f | while IFS= read -r X; do ls; done", {"X", "IFS"}),
    ("mapfile -t X < f", {"X"}),
    ("while getopts ab X; do :; done", {"ab", "X"}),
    ("printf -v X %s y", {"X"}),
    (': "${X:=d}"', {"X"}),
    ("X[0]=1", {"X"}),
    ("(( X = 1 )); (( Y++ )); let Z=3", {"X", "Y", "Z"}),
    ("echo X=1", set()),
    ("export X=a (b\nls", {"X"}),
]


@pytest.mark.parametrize(("text", "names"), SETS)
def test_every_way_to_set_a_variable_is_known(text: str, names: set[str]) -> None:
    assert parameters(places(text).tree).assigned == names


USES = [
    ("echo $X ${Y} ${Z%%.*} ${#W} ${A[0]}", ["X", "Y", "Z", "W", "A"]),
    ("echo ${X:-d} ${X-d} ${X:?e} ${X:+e} ${X:=d}", []),
    ("echo \"$X\" '$Y' \\$Z", ["X"]),
    ("cat <<EOF\n$X\nEOF", ["X"]),
    ("cat <<'EOF'\n$X\nEOF", []),
    ("echo $1 $? $$ $@ ${1} $#", []),
    ('echo $(( $X + 1 )) "$(ls $Y)"', ["X", "Y"]),
    ("awk '{print $X}' # $Y", []),
]


@pytest.mark.parametrize(("text", "names"), USES)
def test_only_what_the_shell_would_expand_is_a_use(text: str, names: list[str]) -> None:
    assert [use.name for use in parameters(places(text).tree).uses] == names
