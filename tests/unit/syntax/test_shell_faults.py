"""What is called broken is what bash rejects, and rows are where bash would read a new command."""

from __future__ import annotations

import subprocess

import pytest

from engine.syntax import shell
from engine.syntax.balance import scan
from engine.syntax.blanks import blank_placeholders
from engine.syntax.shell import maybe_fault, outline
from engine.syntax.simple import maybe_rows

VALID = [
    "echo hi",
    "",
    "\n\n",
    "# only a comment",
    "cat <<EOF\nhi\nEOF",
    "cat <<-EOF\n\thi\n\tEOF",
    "cat <<'E' | bash\nfoo 'bar\nE",
    "cat <<A <<B\na\nA\nb\nB",
    "exec 3<>file",
    "f() { echo; }\nf",
    "f( ) { :; }",
    "function bar { echo; }",
    "function a() { b; }",
    "case $x in\n a) echo;;\nesac",
    'case "$1" in\n  start|stop) echo a ;;\n  (x) echo;;\n  *) echo b\nesac',
    "select x in a b; do echo; done",
    "for ((i=0;i<3;i++)); do echo $i; done",
    "for ((;;)); do x; done",
    "for i in 1; do if x; then y; fi done",
    "if a; then (b) fi",
    "while true\ndo\n sleep 1\ndone &",
    "while read l; do echo $l; done < f",
    "until x; do y; done",
    "((i++))",
    "echo $((1+2)) $(( 1 + (2*3) ))",
    "[[ a =~ ^(b|c)$ ]] && echo",
    "[[ -f x && -d y ]]",
    "x=(a b c)\necho ${x[@]}",
    "arr=(\n a\n b\n)\necho",
    "declare -A m=([a]=1)",
    "echo $'a\\'b'",
    "echo 'it''s'",
    "echo it\\'s",
    "diff <(ls) <(ls -a)",
    "{ echo; } 2>&1",
    "(cd x && ls)",
    "! ls",
    "! { ls; }",
    "time ls",
    "time { ls; }",
    "coproc X { ls; }",
    "a &&\n# comment\nb",
    "a && \\\n b",
    "a |\n b",
    "echo a#b # c 'd",
    "echo {1..10} {} done",
    "find . -exec ls {} \\;",
    "find . \\( -name a \\) -print",
    'echo "a $(echo "b" | wc -l) ${x:-"d"}"',
    'echo `echo "x"`',
    "x='a\nb'\n# c\nls",
    "curl -d '{\"a\": 1}' \\\n  x",
    "kubectl -o jsonpath='{.a}'",
    "echo ${#x} ${x#a} ${x##*/} ${x//a/b} ${x@Q}",
    'echo ${a[@]:1:2} "${!b}"',
    "cmd <(a) >(b)",
    "echo &> f",
    "ls 2>&1 | tee f",
    "trap 'echo hi' EXIT",
    "sudo kill -9 [process-id]",
    "a=$(cat <<EOF\nhi\nEOF\n)",
    "ls \\\n  # x\n  -l",
    "[ -f x ] && y",
    "x+=(1)",
    "echo a; # c\nls",
    "ls &\nwait",
    "psql < f.sql > out",
]

INVALID = [
    ("if true; then\n echo", "`if` is never closed"),
    ("for i in 1 2; do echo $i\n", "`for` is never closed"),
    ("echo 'abc", "a single quote is never closed"),
    ('echo "abc', "a double quote is never closed"),
    ("echo `abc", "a backquote is never closed"),
    ("echo $(abc", "`$(` is never closed"),
    ("{ echo a\n", "`{` is never closed"),
    ("a | | b", "`|` has no command before it"),
    ("&& ls", "`&&` has no command before it"),
    ("ls &&", "nothing follows the `&&` at the end"),
    ("ls |", "nothing follows the `|` at the end"),
    ("echo a; ; b", "`;` has no command before it"),
    ("ls ;; ls", "`;;` stands outside of a `case`"),
    ("echo )", "`)` closes nothing"),
    ("done", "`done` closes nothing"),
    ("if [ -f x ]; then echo; fi; done", "`done` closes nothing"),
    ("if true; then :; fi; fi", "`fi` closes nothing"),
    ("while true; do\nfi", "`fi` stands where the end of `while` is awaited"),
    ("echo a > ", "`>` has no file after it"),
    ("cat <<EOF\nhi\n", "the here-document never ends: no line is just `EOF`"),
    ("cat <<EOF\nhi\n EOF\nls", "the here-document never ends: spaces stand around `EOF`"),
    ("cat <<EOF\nhi\nEOF \nls", "the here-document never ends: spaces stand around `EOF`"),
]

PLACEHOLDERS = [
    "kubectl get pod <pod-name> -n <ns>",
    "cmd <name> > out",
    "[service-name] start",
    "[rolling restart commands]",
    "{{STOP_COMMAND}}\n{{X}} --foo",
    "echo ${{ x }}",
    "kubectl -n <%= namespace %> get pods",
    "{% if x %}\nls\n{% endif %}",
    "curl https://<host>:<port>/<path>",
    "ssh <user name>@host",
    "psql <<connection>> -c x",
]


def bash_accepts(text: str) -> bool:
    """`bash -n` only warns about a here-document without its end."""
    result = subprocess.run(["bash", "-n"], input=text, text=True, capture_output=True, check=False)
    return result.returncode == 0 and "here-document" not in result.stderr


@pytest.mark.parametrize("text", VALID)
def test_what_bash_accepts_is_not_broken(text: str) -> None:
    assert bash_accepts(text)
    assert maybe_fault(text) is None
    assert scan(text).fault is None


@pytest.mark.parametrize(("text", "message"), INVALID)
def test_what_bash_rejects_is_broken_and_says_why(text: str, message: str) -> None:
    assert not bash_accepts(text)
    fault = maybe_fault(text)
    assert fault is not None
    assert fault.message == message
    assert maybe_rows(text) is None


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_a_placeholder_does_not_break_a_command(text: str) -> None:
    assert maybe_fault(text) is None


@pytest.mark.parametrize("text", [*PLACEHOLDERS, "echo “<name>” → é {{ü}}"])
def test_a_blanked_text_has_the_same_lines_and_bytes(text: str) -> None:
    blank = blank_placeholders(text)
    assert len(blank.encode()) == len(text.encode())
    assert blank.count("\n") == text.count("\n")


@pytest.mark.parametrize("text", ["cat <in >out", "cat <<EOF\n<a>\nEOF", "a <b >c", "[ -f x ]", "[[ a ]]"])
def test_redirections_and_tests_are_no_placeholders(text: str) -> None:
    assert blank_placeholders(text).replace("xxx", "<a>") == text


FAULT_ROWS = [("echo a\necho 'b", 1), ("ls\ncat <<EOF\nx", 1), ("a\nb\nfor x in y; do\nls", 2), ("ls\n\ndone", 2)]


@pytest.mark.parametrize(("text", "row"), FAULT_ROWS)
def test_a_fault_names_the_row_where_it_opens(text: str, row: int) -> None:
    fault = maybe_fault(text)
    assert fault is not None
    assert fault.row == row


OUTLINES = [
    ("# a\nls\n\n# b\nls \\\n  -l\n# c", (1, 4), {0, 3, 6}),
    ("cat <<EOF\n# x\nEOF\n# y\nls", (0, 4), {3}),
    ("for x in a; do\n  # in\n  ls\ndone\n# out", (0,), {4}),
    ('echo "\n# in\n"\n# out', (0,), {3}),
    ("ls # behind\nls", (0, 1), set()),
    ("a && \\\n  b\nc |\n  d\n# e", (0, 2), {4}),
    ("f() {\n  # in\n  ls\n}\nf", (0, 4), set()),
    ("a; b\nc", (0, 1), set()),
]


@pytest.mark.parametrize(("text", "statements", "comments"), OUTLINES)
def test_an_outline_knows_commands_and_comments_that_stand_alone(
    text: str, statements: tuple[int, ...], comments: set[int]
) -> None:
    found = outline(text)
    assert tuple(dict.fromkeys(found.statements)) == statements
    assert found.comments == comments


@pytest.mark.parametrize("text", VALID)
def test_the_quick_look_agrees_with_the_grammar(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = maybe_rows(text)
    if rows is None:
        return
    monkeypatch.setattr(shell, "maybe_rows", lambda _: None)
    found = outline(text)
    assert (tuple(dict.fromkeys(found.statements)), found.comments) == rows
