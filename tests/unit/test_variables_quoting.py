"""For any value at all, in any place that can be quoted, the program receives exactly the value, or it is refused.

Hundreds of filled texts go through one bash at a time, each sourced in a subshell as a step's block is.
"""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from engine.model import Variable
from engine.parse import read_runbook
from engine.syntax.script import read_script
from engine.variables import CannotFill, fill, find, is_command

X = Variable("x", "angle", (1,))


class Trial(NamedTuple):
    text: str
    expected: str
    """What bash must print, `●` being the value."""
    takes: str = "a b'c\"d\\e$f`g\n*"
    """A value this place takes; empty for a place that takes plain words only."""
    is_file: bool = False
    """The value is the name of a file here, so it has no slash."""


ANY = 'it\'s "$(id)" `id` \\ $HOME ${IFS} !! * ? ~ {a,b} # é漢\u2028\n;&|<> -n\tend'
WORD = "a-b.c:1"
TRIALS = [
    Trial("printf '%s\\0' <x>", "●\0", ANY),
    Trial("printf '%s\\0' a/{x}/b c", "a/●/b\0c\0", ANY.replace("{a,b}", "")),
    Trial("printf '%s\\0' host-<x>.example", "host-●.example\0", ANY),
    Trial("printf '%s\\0' --name={x}", "--name=●\0", ANY),
    Trial("printf '%s\\0' --name='{x}'", "--name=●\0", ANY),
    Trial("printf -- '%s\\0' <x>", "●\0", ANY),
    Trial("f() { printf '%s\\0' \"${@: -1}\"; }\nf -- <x>", "●\0", "-" + ANY),
    Trial("printf '%s\\0' \"a {x} b\"", "a ● b\0", ANY),
    Trial("printf '%s\\0' \"<x>\"", "●\0", ANY),
    Trial("printf '%s\\0' $\"a <x>\"", "a ●\0", ANY),
    Trial("printf '%s\\0' 'a <x> b'", "a ● b\0", ANY),
    Trial("printf '%s\\0' 'a '\"<x>\"' b'", "a ● b\0", ANY),
    Trial("printf '%s\\0' $'a\\t<x>\\n'", "a\t●\n\0", ANY),
    Trial("X=<x>\nprintf '%s\\0' \"$X\"", "●\0", ANY),
    Trial('X="a <x>"\nprintf \'%s\\0\' "$X"', "a ●\0", ANY),
    Trial("X='a <x>' Y=<x>\nprintf '%s\\0' \"$X\" \"$Y\"", "a ●\0●\0", ""),
    Trial("export X=<x>\nprintf '%s\\0' \"$X\"", "●\0", ANY),
    Trial("export X=\"<x>\" Y='<x>'\nprintf '%s\\0' \"$X$Y\"", "●●\0", ANY),
    Trial('export "X=<x>"\nprintf \'%s\\0\' "$X"', "●\0", ANY),
    Trial('X=<x> bash -c \'printf "%s\\0" "$X"\'', "●\0", ""),
    Trial("f() { local X=<x>; printf '%s\\0' \"$X\"; }\nf", "●\0", ANY),
    Trial("X=a; X+=<x>\nprintf '%s\\0' \"$X\"", "a●\0", ANY),
    Trial("printf '%s\\0' \"$(printf '%s|' {x})\"", "●|\0", ANY),
    Trial("printf '%s\\0' \"$(printf '%s|' \"<x>\")\"", "●|\0", ANY),
    Trial(
        "printf '%s\\0' \"$(printf '%s|' '<x>')|$(printf '%s|' \"$(printf '%s|' \"<x>\")\")\"", "●||●||\0", "a b'\"\\$`"
    ),
    Trial("X=$(printf '%s|' <x>)\nprintf '%s\\0' \"$X\"", "●|\0", ANY),
    Trial("X=`printf '%s|' <x>`\nprintf '%s\\0' \"$X\"", "●|\0", 'a b*;"&'),
    Trial("X=`printf '%s|' \"a <x>\" 'b <x>'`\nprintf '%s\\0' \"$X\"", "a ●|b ●|\0", "a b*;&"),
    Trial("printf '%s\\0' \"`printf '%s|' {x}`\"", "●|\0", ""),
    Trial("printf '%s\\0' \"${X:-$(printf '%s|' <x>)}\"", "●|\0", ""),
    Trial('for i in {x} "<x>" end; do printf \'%s\\0\' "$i"; done', "●\0●\0end\0", ANY),
    Trial("while read -r l; do printf '%s\\n' \"$l\" <x>; done <<< a", "a\n●\n", ANY),
    Trial("if true; then printf '%s\\0' {x}; else printf '%s\\0' \"<x>\"; fi # {x}", "●\0", ANY),
    Trial("(printf '%s\\0' <x>); { printf '%s\\0' '<x>'; }", "●\0●\0", ANY),
    Trial("true && printf '%s\\0' <x> || printf '%s\\0' b <x>", "●\0", ANY),
    Trial("printf '%s\\0' <x> | cat", "●\0", ANY),
    Trial("cat <(printf '%s\\0' <x>)", "●\0", ANY),
    Trial("f() { printf '%s\\0' \"$@\"; }\nf <x> {x}", "●\0●\0", ANY),
    Trial("A=(<x> \"<x>\" '<x>'); printf '%s\\0' \"${A[@]}\"", "●\0●\0●\0", ANY),
    Trial("A+=(a <x>); printf '%s\\0' \"${A[@]}\"", "a\0●\0", ANY),
    Trial("cat <<EOF\n{x}\nend\nEOF", "●\nend\n", ANY),
    Trial("cat <<EOF\na {x} \"b\" 'c' $((1 + 1)) $(printf '%s' '<x>')\nEOF", "a ● \"b\" 'c' 2 ●\n", "a b'\"\\$`!"),
    Trial("cat <<-EOF\n\ta <x> b\n\tEOF", "a ● b\n", "a\n b'\"\\$`!"),
    Trial("cat <<'EOF'\n<x>\nend\nEOF", "●\nend\n", ANY),
    Trial('cat <<-"EOF"\n\ta <x>\n\tEOF', "a ●\n", "a\n b'\"\\$`!"),
    Trial("cat <<EOF; printf '%s\\0' {x}\nin <x>\nEOF", "in ●\n●\0", ""),
    Trial("cat <<EOF | cat\n<x>\nEOF\nprintf '%s\\0' \"<x>\"", "●\n●\0", ANY),
    Trial("X=$(cat <<EOF\n<x>|\nEOF\n)\nprintf '%s\\0' \"$X\"", "●|\0", ANY),
    Trial("cat <<< <x>", "●\n", ANY),
    Trial('cat <<< "a <x>"', "a ●\n", ANY),
    Trial('printf a > "f <x>"; cat < f\\ \'<x>\'; rm -f -- "f <x>"', "a", "a b'\"\\$`!*", is_file=True),
    Trial("printf a > ./n<x>.txt && printf '%s\\0' ./*.txt; rm -f ./*.txt", "./n●.txt\0", "a b'\"\\$`!*", is_file=True),
    Trial("printf '%s\\0' a 2> /dev/null <x>", "a\0●\0", ANY),
    Trial('[[ "aplain" == a<x> ]] && printf in', "", ANY),
    Trial("Y='o k'; case <x> in '') printf no;; *) printf in;; esac", "in", ANY),
    Trial("case \"$(printf '%s|' <x>)\" in <x>\\|) printf in;; *) printf out;; esac", "in", ""),
    Trial('X=<x>; [[ $X == <x> ]] && printf in; [[ $X == "<x>" ]] && printf in', "inin", ""),
    Trial('[[ -n <x> && -n "<x>" ]] && printf in', "in", ANY),
    Trial('[[ "a(b)" =~ <x> ]]; printf in', "in", ANY),
    Trial('[ -n "<x>" ] && printf in', "in", ANY),
    Trial("[ -z {x} ] || printf in", "in", ANY),
    Trial("test -n '<x>' && printf in", "in", ANY),
    Trial("printf '%s\\0' {a,<x>}", "a\0●\0", WORD),
    Trial("printf '%s\\0' {x}>&1", "●\0", ANY),
    Trial("printf '%s\\0' <x>\\\n {x}", "●\0●\0", ANY),
    Trial("printf '%s\\0' ${UNSET:-<x>}", "●\0", WORD),
    Trial('H=h; printf \'%s\\0\' $H<x> "$H/<x>" "${H}<x>"', "h●\0h/●\0h●\0", "/a"),
    Trial("printf '%s\\0' $((<x> + 1))", "", "41"),
    Trial('bash -c \'printf "%s|" "$@" <x>\' _ b', "b|●|", "a b\\$`!*c"),
    Trial('bash -c \'printf "%s|" "a <x>"\'', "a ●|", "a b'$`!*c"),
    Trial("bash -c \"printf '%s|' 'a <x>' <x>\"", "a ●|●|", "a b'$`!*c"),
    Trial("sh -c 'printf \"%s|\" <x>'", "●|", "a b\\$`!*c"),
    Trial("eval 'printf \"%s|\" <x>'", "●|", "a b\\$`!*c"),
    Trial('env -u Q bash -c \'sh -c "printf \\"%s|\\" <x>"\'', "●|", ""),
    Trial('timeout 5 bash -c \'X=<x>; printf "%s|" "$X"\'', "●|", "a b\\$`!*c"),
    Trial("echo <x> | sh -s 2>/dev/null; printf in", "in", ""),
    Trial("ssh() { printf '%s\\0' \"${@: -1}\"; }\nssh h 'ls <x>'", "ls ●\0", ""),
]
HOSTILE = st.sampled_from(
    [
        *("$(touch pwned)", "`touch pwned`", "; touch pwned;", "\ntouch pwned\n", "&& touch pwned", "| touch pwned"),
        *(
            "'",
            '"',
            "\\",
            "$HOME",
            "${IFS}",
            "*",
            "?",
            "[a-z]",
            "~",
            "!",
            "!!",
            "#",
            " ",
            "\t",
            "\n",
            ",",
            "..",
            "{a,b}",
        ),
        *(
            "EOF",
            "\nEOF\n",
            "-n",
            "-",
            "--",
            "=",
            "X=1",
            "2",
            "1",
            "%s",
            "%n",
            "é漢",
            "a",
            "b.c",
            "<",
            ">",
            "&",
            ")",
            "(",
        ),
        *(
            "\u2028",
            "\u00a0",
            "%",
            "+",
            "@(a)",
            "then",
            "done",
            "\\n",
            "\\\n",
            "$'x'",
            '$"x"',
            "$((1))",
            "$[1]",
            "in",
            "}",
        ),
        *(
            "'\"'\"'",
            "\\'",
            "\\\\",
            "*)",
            ";;",
            "esac",
            "fi",
            "a[$(id)]",
            "/dev/tcp/a/1",
            "\n\t",
            "🤷",
            "]]",
            "]",
            "^",
            "((",
            "))",
        ),
    ]
)
VALUES = st.one_of(st.lists(HOSTILE, max_size=6).map("".join), st.text(max_size=12))


class Tally:
    """How often a value went in and how often it was refused; kept for whoever wants to know."""

    filled = 0
    refused = 0


def filled(text: str, value: str, language: str = "shell", dialect: str = "") -> str | None:
    """None when the value is refused."""
    try:
        done = fill(text, language, {"x": value}, [X], dialect).text  # type: ignore[arg-type]
    except CannotFill:
        Tally.refused += 1
        return None
    Tally.filled += 1
    return done


def run_all(texts: Sequence[str], folder: Path) -> list[tuple[str, str]]:
    """Standard output and error of each text, sourced in a subshell of one bash, in an empty folder of its own."""
    (folder / "work").mkdir(exist_ok=True)
    for number, text in enumerate(texts):
        (folder / f"{number}.sh").write_bytes(text.encode() + b"\n")
    loop = f"cd work; for ((i = 0; i < {len(texts)}; i++)); do (. ../$i.sh) >../$i.out 2>../$i.err </dev/null; done"
    subprocess.run(["bash", "--noprofile", "--norc", "-c", loop], cwd=folder, check=False, timeout=100)
    return [
        ((folder / f"{number}.out").read_bytes().decode(), (folder / f"{number}.err").read_bytes().decode())
        for number in range(len(texts))
    ]


def check_all(cases: Iterable[tuple[Trial, str]], folder: Path) -> None:
    possible = [(trial, value) for trial, value in cases if not (trial.is_file and "/" in value)]
    ready = [(trial, value, text) for trial, value in possible if (text := filled(trial.text, value)) is not None]
    results = run_all([text for _, _, text in ready], folder)
    for (trial, value, text), (output, errors) in zip(ready, results, strict=True):
        if trial.expected:
            assert (output, errors) == (trial.expected.replace("●", value), ""), (trial.text, value, text)
        assert not list((folder / "work").iterdir()), (trial.text, value, text)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shell")


@pytest.mark.parametrize("trial", [trial for trial in TRIALS if trial.takes], ids=lambda trial: repr(trial.text))
def test_a_place_that_can_be_quoted_takes_what_no_plain_word_is(trial: Trial) -> None:
    assert filled(trial.text, trial.takes) is not None


def test_every_place_hands_on_what_it_takes(folder: Path) -> None:
    check_all([(trial, trial.takes or "plain") for trial in TRIALS], folder)


CASES = st.lists(st.tuples(st.sampled_from(TRIALS), VALUES), min_size=40, max_size=60)
RUNS = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.reuse, Phase.generate),  # each failure names its one case, and a batch shrinks slowly
)


@settings(RUNS, max_examples=40)
@given(CASES)
def test_a_program_receives_exactly_the_value_or_it_is_refused(folder: Path, cases: list[tuple[Trial, str]]) -> None:
    check_all(cases, folder)


@pytest.mark.slow
@settings(RUNS, max_examples=150)
@given(CASES)
def test_a_program_receives_exactly_the_value_or_it_is_refused_many_times(
    folder: Path, cases: list[tuple[Trial, str]]
) -> None:
    check_all(cases, folder)


# Texts nobody has written: every place within every other.

LITERALS = st.sampled_from(["", "a", "é", "-x", "b c", "1", "it", "#", "=", ":", "/"])


@st.composite
def words(draw: st.DrawFn, depth: int = 2) -> tuple[str, str]:
    """A word of a shell with the placeholder somewhere in it, and what it stands for."""
    before, after = draw(LITERALS), draw(LITERALS)
    kinds = ["bare", "single", "double", "ansi-c", "joined"] + (["nested", "bare-nested", "backticks"] if depth else [])
    match draw(st.sampled_from(kinds)):
        case "bare":
            before, after = before.replace(" ", "").replace("#", ""), after.replace(" ", "")
            return f"{before}{{{{x}}}}{after}", f"{before}●{after}"
        case "single":
            return f"'{before}{{{{x}}}}{after}'", f"{before}●{after}"
        case "double":
            return f'"{before}{{{{x}}}}{after}"', f"{before}●{after}"
        case "ansi-c":
            return f"$'{before}\\t{{{{x}}}}{after}'", f"{before}\t●{after}"
        case "joined":
            return f"'{before}'\"{{{{x}}}}\"'{after}'", f"{before}●{after}"
        case "nested":
            word, expected = draw(words(depth - 1))
            return f"\"{before}$(printf '%s|' {word}){after}\"", f"{before}{expected}|{after}"
        case "backticks":
            word, expected = draw(words(0))
            return f"\"$(printf '%s|' \"`printf '%s|' {word}`\")\"", f"{expected}||"
        case _:
            word, expected = draw(words(depth - 1))
            return f"\"$(X=$(printf '%s|' {word}); printf '%s|' \"$X\")\"", f"{expected}||"


@st.composite
def texts(draw: st.DrawFn) -> Trial:
    """A whole block around a word."""
    word, expected = draw(words())
    say = f"printf '%s\\0' {word}"
    heredoc = draw(st.sampled_from(["EOF", "'EOF'", '"EOF"', "\\EOF"]))
    blocks = {
        say: f"{expected}\0",
        f"X={word}\nprintf '%s\\0' \"$X\"": f"{expected}\0",
        f"if true; then\n  {say}\nfi; printf end": f"{expected}\0end",
        f"for i in {word} b; do printf '%s\\0' \"$i\"; done # {{{{x}}}}": f"{expected}\0b\0",
        f"f() {{\n  {say}; }}\nf | cat": f"{expected}\0",
        f"A=(a {word})\nprintf '%s\\0' \"${{A[1]}}\"": f"{expected}\0",
        f"( {say} ) && {{ {say}; }}": f"{expected}\0{expected}\0",
        f"case a in\n  b) ;;\n  a) {say} ;;\nesac": f"{expected}\0",
        f"cat <<< {word}": f"{expected}\n",
        f"cat <<{heredoc}\na {{{{x}}}} 'b' \"c\"\nEOF\n{say}": f"a ● 'b' \"c\"\n{expected}\0",
        f"{say} <<{heredoc}\n{{{{x}}}}\nEOF": f"{expected}\0",
        f"cat <<EOF\n$({say} | tr '\\0' '|')\nEOF": f"{expected}|\n",
        f"printf '%s\\0' a 2>/dev/null {word} 3>&1": f"a\0{expected}\0",
        f"! true || {say}": f"{expected}\0",
        f"while read -r l; do {say}; done <<< a": f"{expected}\0",
        f"cat < <({say})": f"{expected}\0",
        f"[[ -n {word} ]] && {say}": f"{expected}\0",
    }
    text = draw(st.sampled_from(sorted(blocks)))
    return Trial(text, blocks[text])


MADE = st.lists(st.tuples(texts(), VALUES), min_size=20, max_size=30)


@settings(RUNS, max_examples=20)
@given(MADE)
def test_however_places_are_nested_the_program_receives_the_value(folder: Path, cases: list[tuple[Trial, str]]) -> None:
    check_all(cases, folder)


@pytest.mark.slow
@settings(RUNS, max_examples=150)
@given(MADE)
def test_however_places_are_nested_the_program_receives_the_value_many_times(
    folder: Path, cases: list[tuple[Trial, str]]
) -> None:
    check_all(cases, folder)


# SQL.

SQL_TRIALS = [
    Trial("SELECT '<x>'", "●"),
    Trial("SELECT 'a <x>' -- '<x>'", "a ●"),
    Trial("SELECT 'it''s <x>', '<x>' FROM (SELECT 1 AS n) WHERE '<x>' = '<x>'", "it's ●"),
    Trial("SELECT v FROM (SELECT '<x>' AS v) WHERE v = '<x>' OR 'b' = 'c'", "●"),
    Trial('SELECT "<x>" FROM (SELECT \'in\' AS "<x>")', "in"),
    Trial("SELECT `<x>` FROM (SELECT 'in' AS `<x>`)", "in"),
    Trial('SELECT "a <x>"."b<x>" FROM (SELECT \'in\' AS "b<x>") AS "a <x>"', "in"),
    Trial("SELECT n FROM (SELECT 'in' AS n) WHERE 'b' || '<x>' LIKE 'b<x>'", "in"),
    Trial("SELECT /* ' */ '<x>' /* ' */", "●"),
    Trial("WITH t(v) AS (VALUES ('<x>'), ('other')) SELECT v FROM t WHERE v IN ('<x>', '<x>')", "●"),
    Trial("SELECT 'in' WHERE {x} = {x}", "in"),
    Trial("SELECT 'in' WHERE 1 - {x} < 2 + {x} OR 1", "in"),
    Trial("SELECT a.<x> FROM (SELECT 'in' AS <x>) AS a", "in"),
    Trial("SELECT v_<x> FROM (SELECT 'in' AS v_<x>)", "in"),
    Trial("SELECT CASE WHEN '<x>' <> '' THEN 'in' ELSE '<x>' END LIMIT 1", "in"),
]
SQL_HOSTILE = st.sampled_from(
    [
        *(
            "'",
            "''",
            '"',
            "`",
            "\\",
            "\\'",
            "--",
            "-- ",
            "/*",
            "*/",
            "#",
            ";",
            "; DROP TABLE t; --",
            "' OR '1'='1",
            "%",
            "_",
        ),
        *(
            "$$",
            "$x$",
            ":x",
            "?",
            "@a",
            "{{a}}",
            "id",
            "1",
            "-1",
            "1.5",
            "1e3",
            "0x1",
            "NULL",
            "true",
            "a.b",
            "SELECT",
            "é漢",
        ),
        *("\n", "\t", " ", "\u2028", "🤷", "(", ")", "[", "]", "E'", "\\n", "a", "b", ",", "=", "x'00'"),
    ]
)
SQL_VALUES = st.one_of(st.lists(SQL_HOSTILE, max_size=5).map("".join), st.text(max_size=12))


def shape(text: str, dialect: str) -> str | None:
    """What sqlglot makes of a text, every literal and quoted name alike; None when it makes nothing of it."""
    from sqlglot import exp, parse
    from sqlglot.errors import ParseError, TokenError

    try:
        trees = parse(text, dialect=dialect)
    except (ParseError, TokenError):
        return None
    kinds = (exp.Literal, exp.Identifier, exp.Boolean, exp.Null)
    return repr([[type(n).__name__ if not isinstance(n, kinds) else "word" for n in t.walk()] for t in trees if t])


def query(text: str) -> list[object] | None:
    """The first column; None when SQLite refuses the text."""
    connection = sqlite3.connect(":memory:")
    try:
        return [row[0] for row in connection.execute(text)]
    except sqlite3.OperationalError:
        return None
    finally:
        connection.close()


def check_sql(trial: Trial, value: str) -> None:
    text = filled(trial.text, value, "sql")
    if text is None or value.lower() in ("true", "false"):  # SQLite takes "true" in double quotes for the constant
        return
    rows = query(text)
    if rows is None:  # a number or a reserved word where a name has to stand: nothing ran
        assert "'" not in trial.text.replace("'in'", ""), text
        return
    assert rows == [trial.expected.replace("●", value)], text
    if "-" in value or "." in value:
        return  # a negative number is an operator and a number, a dotted name two names
    plain = "1" if value[:1].isdigit() else "w"
    for dialect in ("postgres", "mysql", "sqlite"):
        before = shape(trial.text.replace("<x>", plain).replace("{x}", plain), dialect)
        assert before is None or before == shape(text, dialect), (dialect, text)


@pytest.mark.parametrize("trial", SQL_TRIALS, ids=lambda trial: trial.text)
def test_a_sql_text_takes_a_word(trial: Trial) -> None:
    value = "1" if "{x}" in trial.text else "word"
    assert filled(trial.text, value, "sql") is not None
    check_sql(trial, value)


@settings(deadline=None, max_examples=700)
@given(st.sampled_from(SQL_TRIALS), SQL_VALUES)
def test_a_database_receives_exactly_the_value_or_it_is_refused(trial: Trial, value: str) -> None:
    check_sql(trial, value)


@pytest.mark.slow
@settings(deadline=None, max_examples=4_000)
@given(st.sampled_from(SQL_TRIALS), SQL_VALUES)
def test_a_database_receives_exactly_the_value_or_it_is_refused_many_times(trial: Trial, value: str) -> None:
    check_sql(trial, value)


@pytest.mark.parametrize("value", ["it's", 'a "b"', "a\nb", "-- x", "é漢🤷", "/* ; */", "$$"])
def test_a_literal_takes_any_text_without_a_backslash(value: str) -> None:
    assert filled("SELECT '<x>'", value, "sql") is not None
    assert filled("SELECT '<x>'", value + "\\", "sql") is None


@pytest.mark.parametrize(("dialect", "takes"), [("postgres", True), ("sqlite", True), ("mysql", False), ("", False)])
def test_a_backslash_goes_in_where_the_dialect_gives_it_no_meaning(dialect: str, takes: bool) -> None:
    assert (filled("SELECT '<x>'", "a\\b", "sql", dialect) is not None) is takes


# Blocks as people write them.

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
DOCUMENTS = sorted([*(SHARED / "corpus").glob("*.md"), *(SHARED / "seeds").glob("*.txt")])


def shape_of(text: str) -> list[tuple[str, int]]:
    """Name and number of words of every command that would run, in order."""
    found: list[tuple[str, int]] = []
    waiting: list[object] = list(reversed(read_script(text).commands))
    while waiting:
        command = waiting.pop()
        words = getattr(command, "words", ())
        pieces = words[0].pieces if words else ()
        found.append((f"{type(command).__name__} {[piece.kind for piece in pieces]}", len(words)))
        inside = [piece.body for word in words for piece in word.pieces]
        nested = getattr(command, "commands", getattr(command, "body", ()))
        waiting += reversed([*nested, *(one for body in inside for one in body)])
    return found


def shell_steps() -> list[tuple[str, list[Variable]]]:
    steps = [step for path in DOCUMENTS for step in read_runbook(path.name, path.read_bytes()).steps]
    found = [(step.text, list(find([step], (), ()))) for step in steps if step.kind == "shell" and not step.broken]
    return [(text, inputs) for text, inputs in found if any(_is_word(text, one) for one in inputs)]


def _is_word(text: str, one: Variable) -> bool:
    """Not a whole command, whose value is one too."""
    return one.style != "dollar" and not is_command(text, one)


@pytest.mark.slow
@pytest.mark.skipif(not DOCUMENTS, reason="the collection of real runbooks is not beside the checkout")
def test_in_real_blocks_no_value_changes_what_runs(tmp_path: Path) -> None:
    steps, accepted = shell_steps(), []
    hostile = [ANY, "a b", "$(id)", "`id`", "'", '"', "\\", "a;b", "a\nb", "#x", "~", "*", "web-0", "10", "x'y\"z"]
    for text, inputs in steps:
        for value in hostile:
            try:
                done = fill(text, "shell", {one.name: value for one in inputs}, inputs).text
            except CannotFill:
                continue
            plain = fill(text, "shell", {one.name: "web" for one in inputs}, inputs).text
            assert shape_of(done) == shape_of(plain), done
            accepted.append((plain, done))
    assert len(accepted) > len(steps) * 8
    assert [syntax(done, tmp_path) for _, done in accepted] == [syntax(plain, tmp_path) for plain, _ in accepted]


def syntax(text: str, folder: Path) -> bool:
    """Whether bash itself finds no fault with it."""
    (folder / "block.sh").write_text(text)
    return subprocess.run(["bash", "-n", "block.sh"], cwd=folder, capture_output=True, check=False).returncode == 0


HOSTILE = "a'b $(id) c"
VALUE = Variable("v", "double-braces", (1,))
FOR_OTHERS = [
    "PGPASSWORD={{v}} psql -h db -c 'select 1'",
    'export PGPASSWORD="{{v}}"; psql -c "select 1"',
    'echo {{v}} | sed "s/./& /g"',
    'curl -H "X: {{v}}" u | jq .status',
]


@pytest.mark.parametrize("operator", ["==", "!="])
@pytest.mark.parametrize("value", ["foo", "a b", "*", "$(id)"])
def test_a_test_takes_any_value_as_it_is(operator: str, value: str) -> None:
    text = fill(f"[[ $A {operator} {{{{v}}}} ]]; echo $?", "shell", {"v": value}, [VALUE]).text
    done = subprocess.run(["bash", "-c", text], env={"A": value}, capture_output=True, text=True, check=True)
    assert done.stdout == ("1\n" if operator == "!=" else "0\n")
    other = subprocess.run(["bash", "-c", text], env={"A": "other"}, capture_output=True, text=True, check=True)
    assert other.stdout == ("0\n" if operator == "!=" else "1\n")


READ_AS_CODE = [
    'X={{v}}; eval "$X"',
    'X={{v}} bash -c "$X"',
    "echo {{v}} | sh",
    'echo {{v}} | awk "{print}" | sh',
    "sed 's/a/{{v}}/' f",
    "PROMPT_COMMAND={{v}}",
    "BASH_ENV={{v}} bash x",
    "GIT_SSH_COMMAND={{v}} git fetch",
]


@pytest.mark.parametrize("text", FOR_OTHERS)
def test_a_program_may_be_given_any_value_in_its_environment_or_as_text(text: str) -> None:
    filled = fill(text, "shell", {"v": HOSTILE}, [Variable("v", "double-braces", (1,))]).text
    assert "$(id)" not in filled.replace("\\$(id)", "").replace("'\\''b $(id) c'", "")


@pytest.mark.parametrize("text", READ_AS_CODE)
def test_where_a_value_would_be_code_it_is_refused(text: str) -> None:
    with pytest.raises(CannotFill, match="code"):
        fill(text, "shell", {"v": HOSTILE}, [Variable("v", "double-braces", (1,))])


def test_where_the_values_stand_in_the_text_is_said() -> None:
    variables = [Variable("ns", "braces", (1,)), Variable("pod-name", "angle", (1,))]
    filled = fill("kubectl -n {ns} get pod <pod-name>", "shell", {"ns": "shop front", "pod-name": "web"}, variables)
    assert [filled.text[first:end] for first, end in filled.spans] == ["'shop front'", "web"]
