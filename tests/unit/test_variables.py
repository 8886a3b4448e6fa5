"""Placeholders are found where a reader would see them, and a value stands for itself or is refused."""

from __future__ import annotations

import shlex
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model import Lines, Step, Variable
from engine.variables import CannotFill, fill, find, is_command, missing


def step(text: str, kind: str = "shell", first: int = 10, **more: str) -> Step:
    last = first + text.count("\n")
    return Step("id", kind, "title", (), Lines(first, last), text, **more)  # type: ignore[arg-type]


def found(text: str, kind: str = "shell") -> list[tuple[str, str]]:
    return [(one.name, one.style) for one in find([step(text, kind)], (), {"HOME"})]


def names(text: str, kind: str = "shell") -> list[str]:
    return [name for name, _ in found(text, kind)]


def inputs(*names: str, **more: object) -> list[Variable]:
    return [Variable(name, "braces", (1,), **more) for name in names]  # type: ignore[arg-type]


def filled(text: str, language: str = "shell", **values: str) -> str:
    given = {name.replace("_", "-"): value for name, value in values.items()} | values
    return fill(text, language, given, inputs(*given)).text  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "name", "style"),
    [
        ("systemctl restart {service-name}", "service-name", "braces"),
        ("helm rollback {{RELEASE}} 3", "RELEASE", "double-braces"),
        ("helm rollback {{ REV_NUM - 1 }}", "REV_NUM - 1", "double-braces"),
        ("kubectl delete pod <pod-name>", "pod-name", "angle"),
        ("kubectl logs <pod name> -f", "pod name", "angle"),
        ("aws s3 ls s3://<bucket>/<bucket> --recursive", "bucket", "angle"),
        ("wget https://x/v<version>.tgz", "version", "angle"),
        ("kill -9 [process-id]", "process-id", "square"),
        ("# all\n[rolling restart commands]", "rolling restart commands", "square"),
        ("true && [restart the service] | cat", "restart the service", "square"),
        ("[restart-command]", "restart-command", "square"),
        ("echo $TOKEN", "TOKEN", "dollar"),
        ('curl -H "Bearer ${TOKEN}" x', "TOKEN", "dollar"),
        ("git clone https://x/YOUR_NAME/y", "YOUR_NAME", "your"),
        ("kubectl apply -f your-app.yml", "your-app", "your"),
        ("gunzip backup-YYYY-MM-DD.sql.gz", "YYYY-MM-DD", "date"),
        ("dig <%= host %>", "host", "erb"),
        ('kubectl rollout restart "deployment/{deployment}"', "deployment", "braces"),
        ('curl -d \'{"service": "{service-name}"}\' x', "service-name", "braces"),
        ("export TOKEN=<YOUR_TOKEN>", "YOUR_TOKEN", "angle"),
        ("cat <<EOF\nhost: <host>\nEOF", "host", "angle"),
        ("cat <<'EOF'\nhost: {host}\nEOF", "host", "braces"),
        ("{{RESTART_COMMAND}}", "RESTART_COMMAND", "double-braces"),
        ("<%= host %>", "host", "erb"),
        ("kubectl get pod <имя-пода>", "имя-пода", "angle"),
    ],
)
def test_a_placeholder_is_found_with_its_name_and_style(text: str, name: str, style: str) -> None:
    assert found(text) == [(name, style)]


REAL_SYNTAX = [
    "for i in {1..10} {a,b} {a..z}; do ls; done",
    "echo ${x:-default} ${y:=z}",
    "awk '{print $5}' f | awk '{print}' | sed -n '{p}'",
    r"find . -name x -exec rm {} \; -o -exec ls {} +",
    """curl -d '{"name": "value", "n": {"a": [1]}}' http://x""",
    "[ -f x ] && [[ -d y ]]",
    "[mysqld]\n[not set]\n[main thread] started",
    "[a b]* x",
    "[ab] && ls",
    "if [ x ]; then ls; fi; [ a = b ] || [ b ]",
    "ls [a-z]* [0-9] file[12]",
    "sort <in >out; while read l; do ls; done <input.txt",
    "cat <<EOF\ntext\nEOF",
    "diff <(ls a) <(ls b); cat <<< word",
    "kubectl get pods -o go-template='{{.metadata.name}}{{range .items}}{{end}}'",
    "kubectl get pods -o jsonpath='{range .items[*]}{.metadata.name}{end}'",
    "docker ps --format '{{.Names}}' --format '{{json .}}'",
    "jq '.items[] | {name, id} | {name}' f",
    "f() { ls; }; { ls; }",
    "git checkout stash@{u} HEAD@{upstream}",
    "curl -w '%{http_code}' x",
    "# restart {service} on <host>\nls # {here} too",
    r"grep '\<word\>' f",
    "cat > x.html <<EOF\n<html><body>hi</body></html>\n<server>a</server>\nEOF",
    "git commit -m 'x' --author 'A <a@b.example>'",
    'echo "[INFO] done" "[x]"',
    "a[idx]=1; echo ${a[idx]}",
    "date +%Y-%m-%d; pg --date-format YYYY-MM-DD",
    "export YOUR_TOKEN=1",
    "ansible all -m debug -a 'msg={{ inventory_hostname }}'",
    "gh api graphql -f query='{viewer}'",
    "echo ${{ secrets.TOKEN }}",
]


@pytest.mark.parametrize("text", REAL_SYNTAX)
def test_what_the_shell_or_a_tool_gives_a_meaning_is_no_placeholder(text: str) -> None:
    assert names(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT * FROM t WHERE id = {user_id} AND a < b AND c > d", ["user_id"]),
        ("SELECT * FROM <table> WHERE n = '<name>'", ["table", "name"]),
        ("SELECT * FROM t WHERE d = 'YYYY-MM-DD'", ["YYYY-MM-DD"]),
        ("SELECT to_char(now(), 'YYYY-MM-DD')", []),
        ("SELECT '{admin}'::text[], a[i], ARRAY[x] -- {no}", []),
        ("ALTER SUBSCRIPTION your_subscription REFRESH", ["your_subscription"]),
        ("SELECT * FROM t WHERE id = [user-id] OR u = '[name]'", ["user-id", "name"]),
        ("DO $$ BEGIN PERFORM f({x}); END $$", []),
        ("SELECT $1, :name, ?", []),
    ],
)
def test_in_sql_a_placeholder_is_a_word_or_a_string(text: str, expected: list[str]) -> None:
    assert names(text, "sql") == expected


def test_in_a_message_to_copy_fields_are_found_and_log_labels_are_not() -> None:
    text = "[Service Name] is down since {start}, see <link>.\n[INFO] [none] [not set] [x] (n) [text](url) {{who}}"
    assert names(text, "template") == ["Service Name", "start", "link", "who"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Status: [Investigating | Resolved]\n[Service] [Time]", ["Investigating | Resolved", "Service", "Time"]),
        ("Severity: [P0/P1/P2]\nby @[your-name] at [YYYY-MM-DD]", ["P0/P1/P2", "your-name", "YYYY-MM-DD"]),
        ('[How many users, how long], [Time or "soon"]', ["How many users, how long", 'Time or "soon"']),
        ("on YYYY-MM-DD, YOUR_NAME", ["YYYY-MM-DD", "YOUR_NAME"]),
        ("<Phase | Action>", ["Phase | Action"]),
        ("[Enter]\n[Service]\n[global]", []),
        ("x = [level, level], ['a', 'b']; y = [1]", []),
        ("id: <computed> <none> 12:00 <Debug> started <Error>", []),
        ("graph\nA[a long label] --> B{other}", ["other"]),
        ("<%= render 'x', y: 1 %> <%= host %>", ["host"]),
    ],
)
def test_a_message_is_read_as_people_write_it(text: str, expected: list[str]) -> None:
    assert names(text, "template") == expected


def test_a_prompt_before_a_command_is_no_variable() -> None:
    assert names("export A=1\n$ curl $B") == ["B"]


def test_a_script_in_another_language_keeps_its_braces() -> None:
    assert names("#!/usr/bin/env python3\nprint(f'{name}', {a}, x[i], '<host>')") == ["host"]


def test_an_input_carries_the_lines_it_stands_on() -> None:
    steps = [step("ls\necho {a} $B\necho {a}", first=41), step("x {a}", "sql", first=60)]
    assert [(one.name, one.lines) for one in find(steps, (), ())] == [("a", (42, 43, 60)), ("B", (42,))]


def test_the_fence_of_a_block_to_copy_is_no_line_of_its_text() -> None:
    fenced = Step("id", "template", "t", (), Lines(20, 23), "Dear <customer>,\nsorry about {service}")
    assert [one.lines for one in find([fenced], (), ())] == [(21,), (22,)]


def test_a_line_is_never_beyond_the_step() -> None:
    squeezed = Step("id", "shell", "t", (), Lines(5, 6), "a\nb\nc\necho {x-y}")
    assert find([squeezed], (), ())[0].lines == (6,)


@pytest.mark.parametrize(
    "setting",
    [
        *("X=1", "export X=1", "export A=1 X=2", "X=$(ls); export X", "declare -x X=1", "if true; then X=1; fi"),
        *("read -r X", "read -rp 'Which? ' X", "read -r A X <<< 'a b'", "while read -r X; do ls; done <f"),
        *("for X in a b; do ls; done", "select X in a b; do break; done", "for ((X=0; X<3; X++)); do ls; done"),
        *("mapfile X <f", "getopts ab X", "printf -v X a"),
    ],
)
def test_a_variable_set_before_or_in_the_block_is_no_input(setting: str) -> None:
    assert find([step(f"{setting}\necho $X")], (), ()) == ()
    assert find([step(setting), step("echo $X")], (), ()) == ()
    assert [one.name for one in find([step("echo $X"), step(setting)], (), ())] == ["X"]


def test_a_variable_of_the_environment_or_of_the_shell_itself_is_no_input() -> None:
    assert find([step("echo $KUBECONFIG $HOME $RANDOM $? $1 $BASH_VERSION")], (), {"KUBECONFIG"}) == ()


def test_single_quotes_hide_a_variable_and_double_quotes_do_not() -> None:
    assert names("echo '$A' \"$B\"; cat <<X\n$C\nX\ncat <<'X'\n$D\nX") == ["B", "C"]


def test_after_reading_another_file_nobody_can_tell_which_variables_are_set() -> None:
    assert find([step("source ./env.sh"), step("echo $X")], (), ()) == ()
    assert [one.name for one in find([step("source <(kubectl completion bash)\necho $X")], (), ())] == ["X"]


def test_what_a_command_of_the_front_matter_needs_is_an_input_too() -> None:
    declared = Variable("pod", "dollar", (3,), from_command="kubectl get pods -n <ns> -o name")
    assert [(one.name, one.lines) for one in find([step("echo {pod}")], (declared,), ())] == [
        *(("pod", (3, 10)),),
        ("ns", (3,)),
    ]


def test_what_the_front_matter_says_of_an_input_is_kept() -> None:
    declared = Variable("namespace", "dollar", (3,), default="prod", choices=("prod", "test"), pattern="[a-z]+")
    secret = Variable("token", "dollar", (4,), secret=True)
    one, two, three = find([step("kubectl -n {namespace} get <what>")], (declared, secret), ())
    assert (one.style, one.lines, one.default, one.choices, one.pattern) == (
        *("braces", (3, 10), "prod", ("prod", "test")),
        "[a-z]+",
    )
    assert (two, three.name) == (secret, "what")


def test_a_name_that_is_also_written_with_a_dollar_belongs_to_the_environment() -> None:
    assert found("echo {NAME} $NAME") == [("NAME", "dollar")]
    filled = fill("echo {NAME} $NAME", "shell", {"NAME": "x"}, inputs("NAME"))
    assert filled[:2] == ("echo x $NAME", (("NAME", "x"),))


# Filling.


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("kubectl delete pod <x>", "web-0", "kubectl delete pod web-0"),
        ("kubectl delete pod/<x> -n y", "web-0", "kubectl delete pod/web-0 -n y"),
        ('echo "at {x} now"', "10:30", 'echo "at 10:30 now"'),
        ("echo '{x}'", "a/b", "echo 'a/b'"),
        ("cat <<EOF\n{x}\nEOF", "a@b", "cat <<EOF\na@b\nEOF"),
        ("rm {x}", "a b", "rm 'a b'"),
        ("rm d/{x}.gz", "it's", "rm d/'it'\\''s'.gz"),
        ("X={x}", "a b", "X='a b'"),
        ('echo "{x}"', 'a "$b" `c` \\', 'echo "a \\"\\$b\\" \\`c\\` \\\\"'),
        ("echo '{x}'", "it's", "echo 'it'\\''s'"),
        ("echo $'{x}\\n'", "it's \\n", "echo $'it\\'s \\\\n\\n'"),
        ("cat <<EOF\n{x}\nEOF", 'a "$b"', 'cat <<EOF\na "\\$b"\nEOF'),
        ("cat <<'EOF'\n{x}\nEOF", 'a "$b"', "cat <<'EOF'\na \"$b\"\nEOF"),
        ("ls > {x}", "a b", "ls > 'a b'"),
        ("echo `ls {x}`", "a b", "echo `ls 'a b'`"),
        ("case $a in <x>) ls;; esac", "a*", "case $a in 'a*') ls;; esac"),
        ("[ -f {x} ]", "a b", "[ -f 'a b' ]"),
        ("A=({x})", "a b", "A=('a b')"),
        ("rm -- {x}", "-rf", "rm -- '-rf'"),
        ('bash -c "ls <x>"', "a b", "bash -c \"ls 'a b'\""),
        ("bash -c 'ls \"<x>\"'", "$b", "bash -c 'ls \"\\$b\"'"),
        ('ssh web1 "ls <x>"', "a b", "ssh web1 \"ls 'a b'\""),
        ("sudo -u postgres psql -c \"SELECT '<x>'\"", "it's $1", "sudo -u postgres psql -c \"SELECT 'it''s \\$1'\""),
        ("kubectl exec db-0 -- mysql -e 'SELECT \"<x>\"'", "a b", "kubectl exec db-0 -- mysql -e 'SELECT \"a b\"'"),
        ("sed -i 's/a/<x>/' f", "10.0.0.1:80", "sed -i 's/a/10.0.0.1:80/' f"),
        ("jq '.a[] | select(.b == \"<x>\")' f", "web/1", "jq '.a[] | select(.b == \"web/1\")' f"),
        ("echo {x}", "==", "echo '=='"),
        ("kubectl scale --replicas={x} d", "-1", "kubectl scale --replicas=-1 d"),
        ("echo $((<x> + 1))", "41", "echo $((41 + 1))"),
        ("{x}", "ls; df -h | sort", "ls; df -h | sort"),
        ("date\n<x>\ndate", "kill -9 1", "date\nkill -9 1\ndate"),
        ("#!/usr/bin/env python3\nprint('<x>')", "web-0", "#!/usr/bin/env python3\nprint('web-0')"),
    ],
)
def test_a_value_is_put_in_for_exactly_the_place_it_stands_in(text: str, value: str, expected: str) -> None:
    assert filled(text, x=value) == expected


@pytest.mark.parametrize(
    ("text", "value", "reason"),
    [
        ("cat <<EOF\n{x}\nrm -rf y\nEOF", "EOF", "would end the here-document"),
        ("echo $((<x> + 1))", "a[$(id)]", "nothing else is safe"),
        ("echo $((<x> + 1))", "y", "is not a whole number"),
        ("echo $((<x> + 1))", "010", "is not a whole number"),
        ("echo $((5 -<x>))", "-1", "another operator"),
        ("echo $((1<x>))", "0", "a part of a number"),
        ("(( i = {{x}} ))", "1e3", "is not a whole number"),
        ("kill -9 <x>", "-1", "would be read as an option"),
        ('rm "{x}"', "-rf", "would be read as an option"),
        ("[ <x> = a ]", "!", "operator of the test"),
        ("[[ $n -gt <x> ]]", "a[$(id)]", "in this test nothing else is safe"),
        ("read <x>", "a[$(id)]", "could be read as code"),
        ("declare -i N=<x>", "a[$(id)]", "nothing else is safe"),
        ("printf <x>", "%n", "means something in a format"),
        ("ls 2>&<x>", "1", "file descriptor"),
        ("echo $'\\x4<x>'", "1", "behind an escape"),
        ("echo $HOME<x>", "a b", "would lengthen it"),
        ("cat <<-EOF\n\t{x}\n\tEOF", "a\n\tb", "lose the tabs"),
        ("cat <<EOF\n$(ls {x})\nEOF", "a\nb", "several lines"),
        ('curl -d \'{"name": "<x>"}\' u', 'a"b', "end the quotes"),
        ("ssh h 'ls <x>'", "it's", "not every shell"),
        ("ssh h bash -c 'ls <x>'", "a b", "could be read as code"),
        ("xargs sh -c 'ls <x>'", "a b", "could be read as code"),
        ("find . -exec sh -c 'ls <x>' {} ;", "a b", "could be read as code"),
        ("awk '{print <x>}' f", 'system("id")', "could be read as code by awk"),
        ("sed -n '<x>p' f", "1e", "could be read as code by sed"),
        ("sed 's/a/<x>/' f", "b/e", "could be read as code by sed"),
        ("jq '.a == \"<x>\"' f", 'a" or "', "could be read as code by jq"),
        ("mysql -e \"SELECT '<x>'\"", "a\\", "read as something else by the database"),
        ("cat > a.sh <<EOF\nrm {x}\nEOF", "a; id", "could be read as code"),
        ("{x} --now", "a b", "as the name of a command"),
        ("<x>=1 ls", "a b", "as the name of a variable"),
        ("{x} y", "A=1", "would change"),
        ("{x} y", "if", "would change"),
        ("rm {x}", "-rf", "would be read as an option"),
        ("echo `ls {x}`", "it's", "backticks give a meaning"),
        ('echo "`ls {x}`"', "a b", "backticks within quotes"),
        ("ssh h ls {x}", "a b", "could be read as code"),
        ("echo {x} | sh", "a b", "could be read as code"),
        ("eval ls {x}", "$(id)", "could be read as code"),
        ('f() { eval "$1"; }\nf {x}', "a b", "could be read as code"),
        ("X={x}; echo $((X))", "a[$(id)]", "could be read as code"),
        ("echo {a,<x>}", "b,c", "brace expansion"),
        ("echo ${A:-<x>}", "$(id)", "inside ${…}"),
        ("{x}\nls", "echo 'open", "would change"),
        ("{x}\nls", "cat <<EOF", "would change"),
        ("{x}\nls", "echo \\", "would change"),
        ("echo {x}", "a\x00b", "control character"),
        ("echo {x}", "a\x1b[31m", "control character"),
        ("echo {x}", "a\rb", "control character"),
        ("echo {x}", "\udcff", "not text"),
        ("echo {x}", "x" * 100_001, "longer than 100,000 bytes"),
        ("echo {x}", "", "has no value"),
        ("#!/usr/bin/env python3\nprint('<x>')", "a'b", "script of another language"),
    ],
)
def test_a_value_that_cannot_stand_there_is_refused_with_a_sentence(text: str, value: str, reason: str) -> None:
    with pytest.raises(CannotFill) as refused:
        filled(text, x=value)
    assert reason in str(refused.value)
    assert "\n" not in str(refused.value)
    assert "x" in str(refused.value).split(reason)[0] or "{x}" in str(refused.value) or "<x>" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("SELECT * FROM t WHERE id = {x}", "42", "SELECT * FROM t WHERE id = 42"),
        ("SELECT * FROM {x}", "public.users", "SELECT * FROM public.users"),
        ("SELECT * FROM t WHERE n = '<x>'", "it is (that); --", "SELECT * FROM t WHERE n = 'it is (that); --'"),
        ('SELECT "{x}" FROM t', "a-b", 'SELECT "a-b" FROM t'),
        ('SELECT "{x}" FROM t', 'a "b"', 'SELECT "a ""b""" FROM t'),
        ("SELECT * FROM t WHERE n = '<x>'", "a' OR '1'='1", "SELECT * FROM t WHERE n = 'a'' OR ''1''=''1'"),
        ("SELECT {x}.id FROM a {x}", "users", "SELECT users.id FROM a users"),
        ("SELECT * FROM log_<x>", "2024_01", "SELECT * FROM log_2024_01"),
    ],
)
def test_a_sql_value_is_one_token_or_stays_inside_its_literal(text: str, value: str, expected: str) -> None:
    assert filled(text, "sql", x=value) == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("SELECT * FROM t WHERE id = {x}", "1 OR 1=1"),
        ("SELECT * FROM t WHERE id = {x} AND a", "1--"),
        ("SELECT * FROM t WHERE id = 1 -{x}", "-1"),
        ("SELECT * FROM t WHERE d < {x}", "2024-01-01"),
        ("DELETE FROM t WHERE id = {x}", "id"),
        ("SELECT * FROM t LIMIT {x}", "n"),
        ("SELECT * FROM {x}", "DISTINCT"),
        ("SELECT * FROM t WHERE n LIKE '<x>%'", "%"),
        ("SELECT E'<x>'", "a\\"),
        ("SELECT '<x>'", "a\\"),
        ("SELECT X'<x>'", "a'b"),
        ("SELECT * FROM t WHERE n = '<x>'", "a\\"),
        ("SELECT * FROM t WHERE n = '\\' <x>'", "a ;"),
    ],
)
def test_a_sql_value_cannot_add_a_condition_or_a_statement(text: str, value: str) -> None:
    with pytest.raises(CannotFill):
        filled(text, "sql", x=value)


def test_in_a_message_to_copy_any_text_goes_in_as_it_is() -> None:
    assert filled("Down: {what}\n", "template", what='it\'s "bad"\n$(really)') == 'Down: it\'s "bad"\n$(really)\n'


def test_an_input_written_with_a_dollar_is_handed_to_the_environment_and_not_put_in() -> None:
    filled = fill('curl -H "$TOKEN" $OTHER', "shell", {"TOKEN": "a b; c"}, inputs("TOKEN", "OTHER"))
    assert filled[:2] == ('curl -H "$TOKEN" $OTHER', (("TOKEN", "a b; c"),))


SECRET_PLACES = [
    ("curl -u <t>:", 'curl -u "${ONCUE_SECRET_t}":'),
    ('curl -H "Bearer {t}" u', 'curl -H "Bearer ${ONCUE_SECRET_t}" u'),
    ("curl -H 'Bearer {{t}}' u", "curl -H 'Bearer '\"${ONCUE_SECRET_t}\"'' u"),
    ("X=<t>", 'X="${ONCUE_SECRET_t}"'),
    ("login <<EOF\n<t>\nEOF", "login <<EOF\n${ONCUE_SECRET_t}\nEOF"),
    ("login <<< <t>", 'login <<< "${ONCUE_SECRET_t}"'),
]


@pytest.mark.parametrize(("text", "expected"), SECRET_PLACES)
def test_a_secret_stands_in_the_text_by_the_name_of_its_variable_only(text: str, expected: str) -> None:
    filled = fill(text, "shell", {"t": "hunter2 $x"}, inputs("t", secret=True))
    assert filled[:2] == (expected, (("ONCUE_SECRET_t", "hunter2 $x"),))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        *[(text, "shell") for text in ("cat <<'EOF'\n<t>\nEOF", "ssh h 'login <t>'", "echo $((<t>))", "<t>", "<t> x")],
        *[(text, "shell") for text in ("echo `x <t>`", "echo ${A:-<t>}", "#!/usr/bin/python3\nprint('<t>')", "<t>=1")],
        ("SELECT '<t>'", "sql"),
        ("the password is <the t>", "template"),
    ],
)
def test_a_secret_is_refused_where_no_variable_can_stand_for_it(text: str, language: str) -> None:
    secrets = [*inputs("t", secret=True), *inputs("the t", secret=True)]
    with pytest.raises(CannotFill) as refused:
        fill(text, language, {"t": "hunter2", "the t": "hunter2"}, secrets)  # type: ignore[arg-type]
    assert "hunter2" not in str(refused.value)


def test_an_argument_that_holds_a_secret_is_warned_of() -> None:
    secret = inputs("t", secret=True)
    assert "argument of curl" in fill("curl -u <t>:", "shell", {"t": "x"}, secret).warnings[0]
    assert fill("X=<t>; echo <t>; cat <<< <t>", "shell", {"t": "x"}, secret).warnings == ()
    assert fill("curl -H $t", "shell", {"t": "hunter2"}, secret).exports == (("t", "hunter2"),)


def test_a_value_has_to_fit_what_the_front_matter_asks() -> None:
    with pytest.raises(CannotFill, match="none of prod, test"):
        fill("x {n}", "shell", {"n": "dev"}, inputs("n", choices=("prod", "test")))
    with pytest.raises(CannotFill, match="does not fit its pattern"):
        fill("x {n}", "shell", {"n": "dev1"}, inputs("n", pattern="[a-z]+"))
    assert fill("x {n}", "shell", {}, inputs("n", default="prod")).text == "x prod"


def test_a_placeholder_nobody_asked_for_stays_as_it_stands() -> None:
    assert fill("x {a} {b}", "shell", {"a": "1"}, inputs("a")).text == "x 1 {b}"


def test_what_is_missing_is_what_this_text_uses_and_nobody_has_given() -> None:
    known = [*inputs("a", "b", "c", "X"), *inputs("d", default="1")]
    assert missing("ls {a} {b} {d} $X", "shell", known, {"a": "1", "b": ""}) == ("b", "X")
    assert missing("X=1; echo $X", "shell", known, {}) == ()
    assert missing("SELECT {c}", "sql", known, {}) == ("c",)


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("{x}", True),
        ("ls\n  <x>\nls", True),
        ("{x} --now", False),
        ("sudo {x}", False),
        ("ls && {x}", False),
        ("if {x}; then ls; fi", False),
        ("echo {x}", False),
    ],
)
def test_a_placeholder_alone_on_its_line_is_a_command(text: str, whole: bool) -> None:
    assert is_command(text, inputs("x")[0]) is whole


@pytest.mark.parametrize("text", ["echo {x}>&1", "echo 1{x}>out", "echo {x}<in"])
def test_a_number_before_a_redirection_does_not_become_its_descriptor(text: str) -> None:
    assert filled(text, x="0") == text.replace("{x}", "'0'")


def test_a_placeholder_of_several_words_is_asked_for_as_a_command() -> None:
    text = "# all\n[rolling restart commands]"
    asked = inputs("rolling restart commands")
    assert is_command(text, asked[0])
    assert fill(text, "shell", {asked[0].name: "systemctl restart web && sleep 1"}, asked).text == (
        "# all\nsystemctl restart web && sleep 1"
    )


@given(st.text(max_size=12))
def test_a_bare_word_takes_any_text_but_an_option(value: str) -> None:
    is_control = any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in value)
    if not value or value.startswith("-") or is_control:
        return
    assert shlex.split(filled("printf %s <x> end", x=value)) == ["printf", "%s", value, "end"]
