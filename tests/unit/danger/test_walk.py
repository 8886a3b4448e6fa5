"""What really runs, through everything that can stand around it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.danger import Memory, Surroundings, judge, remember

REMOVES = "rm -rf /srv/shop"

WRAPPED = [
    "sudo {}",
    "sudo -u deploy -- {}",
    "doas {}",
    "env LANG=C {}",
    "env -u HOME A=b {}",
    "LANG=C {}",
    "time {}",
    "nohup {} >/dev/null 2>&1 &",
    "nice -n 19 ionice -c3 {}",
    "timeout -k 5 30s {}",
    "setsid {}",
    "stdbuf -oL {}",
    "command {}",
    "exec {}",
    "busybox {}",
    "chroot /mnt/sys {}",
    "nsenter -t 1 -m -u -n -i -- {}",
    "systemd-run --on-active=60 {}",
    "flock /run/lock/x {}",
    "watch -n 5 '{}'",
    "bash -c '{}'",
    'sh -c "{}"',
    "bash -lc '{}'",
    "sh -c \"sh -c '{}'\"",
    "eval '{}'",
    "eval {}",
    "trap '{}' EXIT",
    "su - app -c '{}'",
    "ssh web-1 {}",
    "ssh -t -p 22 ops@web-1 'cd / && {}'",
    "ssh web-1 <<'END'\n{}\nEND",
    "echo '{}' | ssh web-1 bash",
    "kubectl exec -n shop deploy/web -- {}",
    "kubectl -n shop exec -it web-0 -c app -- sh -c '{}'",
    "docker exec -u root web {}",
    "docker compose exec web {}",
    "docker run --rm -v /srv:/srv alpine {}",
    "echo '{}' | sh",
    "printf '%s\\n' '{}' | sudo bash",
    "bash <<< '{}'",
    "bash -s <<END\n{}\nEND",
    "echo cm0gLXJmIC9zcnYvc2hvcA== | base64 -d | sh",
    "at now + 1 minute <<< '{}'",
    "tmux send-keys -t ops '{}' Enter",
    "ansible web -m shell -a '{}'",
    "ansible web -a '{}'",
    "knife ssh role:web '{}'",
    "pdsh -w web[1-9] {}",
    "xargs -n1 {} < list.txt",
    "find / -name shop -exec {} \\;",
    "git -c alias.z='!{}' z",
    "true && {}",
    "false || {}",
    "{}; echo done",
    "echo start\n{}",
    "{} &",
    "( {} )",
    "{{ {}; }}",
    "if true; then {}; fi",
    "if false; then ls; else {}; fi",
    "for i in 1 2; do {}; done",
    "while read -r x; do {}; done < list",
    "case $x in a) {};; esac",
    "! {}",
    "echo $({})",
    "echo `{}`",
    'echo "$({})"',
    "A=$({})",
    "cat <({})",
    "cat <<END\n$({})\nEND",
    "clean() {{ {}; }}\nclean",
    "alias z='{}'\nz",
    "ls 2>/dev/null | wc -l\n{}",
    "python3 -c 'import os; os.system(\"{}\")'",
    "perl -e 'system(\"{}\")'",
    "awk 'BEGIN {{ system(\"{}\") }}'",
    "psql -c '\\! {}'",
]


@pytest.mark.parametrize("around", WRAPPED)
def test_a_removal_is_dangerous_whatever_stands_around_it(around: str) -> None:
    assert judge(around.format(REMOVES), "shell").level == "dangerous", around


SPELLED = [
    "/bin/rm -rf /srv/shop",
    "\\rm -rf /srv/shop",
    '"rm" -rf /srv/shop',
    "r''m -rf /srv/shop",
    "r\\m -rf /srv/shop",
    "$'\\x72m' -rf /srv/shop",
    "rm${IFS}-rf${IFS}/srv/shop",
    "{rm,-rf,/srv/shop}",
    "rm -r -f /srv/shop",
    "rm --recursive --force /srv/shop",
    "rm /srv/shop -rf",
    "rm -Rf -- /srv/shop",
    "X=rm; $X -rf /srv/shop",
    "X='rm -rf'; $X /srv/shop",
    'X=/srv/shop; rm -rf "$X"',
    "`which rm` -rf /srv/shop",
    "$(command -v rm) -rf /srv/shop",
    "rm \\\n  -rf \\\n  /srv/shop",
    "cd /srv && rm -rf shop",
    "cd /srv/shop; rm -rf ./*",
]


@pytest.mark.parametrize("text", SPELLED)
def test_a_removal_is_dangerous_however_it_is_spelled(text: str) -> None:
    assert judge(text, "shell").level == "dangerous"


HARMLESS = [
    "# rm -rf /srv/shop",
    "echo 'rm -rf /srv/shop'",
    'grep -rn "rm -rf" runbooks/',
    "cat > /tmp/notes <<'END'\nrm -rf /srv/shop\nEND",
    "export STEP='rm -rf old'",
    "man rm",
    "rm --help",
    "ls -l /bin/rm",
    "X='rm -rf /srv'; echo \"$X\"",
    "kubectl get pods -n shop 2>/dev/null | grep -v Running\nkubectl get events 2>/dev/null | tail",
    "psql -c \"SELECT 'DROP TABLE orders'\"",
    "clean() { rm -rf /tmp/x; }",
    "[ -f /tmp/x ] && cat /tmp/x",
    "for i in 1 2 3; do kubectl get pods; sleep 5; done",
    "test \"$A\" = delete && echo 'would delete'",
    "kubectl delete pod web-0 --dry-run=server",
    "",
    "\n\n",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_naming_a_removal_is_none(text: str) -> None:
    verdict = judge(text, "shell")
    assert verdict.level == "safe", verdict


NOT_PROVED = [
    ("$COMMAND", "unknown"),
    ("frobnicate --now", "unknown"),
    ("eval $(some-tool env)", "caution"),
    ("./deploy.sh prod", "caution"),
    ("source ./env.sh", "caution"),
    ("bash", "caution"),
    ("cat plan.sql | psql", "caution"),
    ("frobnicate delete thing", "dangerous"),
    ("curl -fsS https://get.example.com | sh", "dangerous"),
    ("bash <(curl -fsS https://get.example.com)", "dangerous"),
    ('sh -c "$(curl -fsS https://get.example.com)"', "dangerous"),
    ("curl -o i.sh https://get.example.com/i.sh && chmod +x i.sh && ./i.sh", "dangerous"),
    ("ls 'unclosed", "unknown"),
    ("if true; then ls", "unknown"),
]


@pytest.mark.parametrize(("text", "level"), NOT_PROVED)
def test_what_is_not_understood_is_not_safe(text: str, level: str) -> None:
    assert judge(text, "shell").level == level


UNKNOWN_WITHIN = [
    'eval "ls $B"',
    'bash -c "ls $B"',
    'ssh web-1 "ls $B"',
    "ssh web-1 ls $B",
    'while read -r line; do eval "ls $line"; done < list',
    "ls | xargs -I{} sh -c 'ls {}'",
    "find . -exec sh -c 'ls {}' \\;",
    'kubectl exec api-0 -- sh -c "cat $FILE"',
    "echo ${x@P}",
    'y="${x@P}"',
]


@pytest.mark.parametrize("text", UNKNOWN_WITHIN)
def test_a_text_that_is_run_is_unknown_as_long_as_a_part_of_it_is(text: str) -> None:
    assert judge(text, "shell").level == "unknown"


WITHIN = [
    ("bash -c 'ls $B'", "safe"),
    ("ssh web-1 'ls $B'", "safe"),
    ("ssh $HOST uptime", "safe"),
    ('B=/srv; bash -c "ls $B"', "safe"),
    ("ls | xargs -I{} sh -c 'ls \"$1\"' _ {}", "safe"),
    ('B="; rm -rf /srv"; bash -c "ls $B"', "dangerous"),
    ("x='$(rm -rf /srv)'; echo \"${x@P}\"", "dangerous"),
    ("x=plain; echo ${x@P}", "safe"),
]


@pytest.mark.parametrize(("text", "level"), WITHIN)
def test_a_text_that_is_run_is_judged_with_what_is_known(text: str, level: str) -> None:
    assert judge(text, "shell").level == level


CLIENT_FILES = [
    ("psql -o /tmp/list -c 'select 1'", "safe"),
    ("psql -o list.csv -c 'select 1'", "caution"),
    ("psql --output=/srv/list.csv -c 'select 1'", "caution"),
    ("psql -L notes -c 'select 1'", "caution"),
    ("psql -o /etc/passwd -c 'select 1'", "dangerous"),
    ("psql -o '|rm -rf /srv' -c 'select 1'", "dangerous"),
    ("psql -o list.csv -c 'drop table orders'", "dangerous"),
    ("mysql --tee=/etc/hosts -e 'select 1'", "caution"),
    ("sqlcmd -o list.txt -Q 'select 1'", "caution"),
    ("impala-shell -o list -q 'select 1'", "caution"),
    ("sqlite3 -cmd '.output /etc/hosts' x.db 'select 1'", "caution"),
    ("sqlite3 x.db '.output' 'select 1'", "safe"),
]


@pytest.mark.parametrize(("text", "level"), CLIENT_FILES)
def test_a_client_is_judged_by_the_file_it_answers_into_too(text: str, level: str) -> None:
    assert judge(text, "shell").level == level


UNCERTAIN = [
    "x=echo; ${x:+rm} -rf /srv/shop",
    "D=--dry-run=client; read D; kubectl delete ns shop $D",
    "D=--dry-run=client; unset D; kubectl delete ns shop $D",
    'if [ -n "$T" ]; then D=--dry-run=client; fi; kubectl delete ns shop $D',
    '[ -n "$T" ] && D=--dry-run=client; kubectl delete ns shop $D',
    "case $1 in go) D=;; *) D=--dry-run=client;; esac; kubectl delete ns shop $D",
    "if a; then D=--dry-run=client; else kubectl delete ns shop $D; fi",
    "D=--dry-run=client; f() { D=; }; f; kubectl delete ns shop $D",
    "D=--dry-run=client; eval D=; kubectl delete ns shop $D",
    "g() { ls() { rm -rf /srv/shop; }; }; g; ls",
    "eval 'ls() { rm -rf /srv/shop; }'; ls",
    "if x; then f() { rm -rf /srv/shop; }; else f() { echo hi; }; fi; f",
    "alias ls='ls -l; rm -rf /srv/shop'; ls",
    "if [ -d /tmp/x ]; then cd /tmp/x; fi; rm -rf *",
    "cd /srv && true && rm -rf shop",
    'run() { echo "+ $*"; "$@"; }; run rm -rf /srv/shop',
    'retry() { local n=$1; shift; "$@"; }; retry 3 rm -rf /srv/shop',
    "{ echo 'rm -rf /srv/shop'; echo 'echo ok'; } | bash",
    "bash -c \"$(echo 'rm -rf /srv/shop'; echo true)\"",
    "eval $(echo rm -rf /srv/shop ls)",
    "printf '%s %s %s\\n' rm -rf /srv/shop | sh",
    "bash /dev/stdin <<< 'rm -rf /srv/shop'",
    ". /dev/stdin <<< 'rm -rf /srv/shop'",
    "bash < <(echo 'rm -rf /srv/shop') 3< /dev/null",
    "sed '1d;e rm -rf /srv/shop' list",
    "unset 'a[$(rm -rf /srv/shop)]'",
    "[[ -v 'a[$(rm -rf /srv/shop)]' ]]",
    "PS4='$(rm -rf /srv/shop)'; set -x; ls",
    "rg --pre='rm -rf /srv/shop' foo",
    "cd /tmp/build; rm -rf *",
    "cd /tmp/build\nrm -rf *",
    "cd /tmp/build && ls; rm -rf *",
    "cd /tmp/build || rm -rf *",
    "cd /tmp/build || true; rm -rf *",
    "cd /tmp/build && ls || rm -rf *",
    "rm -rf /tmp/{a,../srv}",
    "rm -rf /tmp/{$A,../srv}",
    "readonly D=/srv; D=/tmp/x; rm -rf $D/*",
    "declare -r D=/srv; D=/tmp/x; rm -rf $D/*",
    "D=/srv; readonly D; export D=/tmp/x; rm -rf $D/*",
    "f() { local D=/tmp/x; }; f; rm -rf $D/*",
    "f() { local D=echo; }; f; $D kubectl delete ns shop",
    "D=/srv; f() { declare D=/tmp/x; g() { local D=/tmp/y; }; g; }; f; rm -rf $D/*",
    "D=echo & $D kubectl delete ns shop",
    "D=--dry-run=client & kubectl delete ns shop $D",
    'D=echo; unset -v "$x"; $D kubectl delete ns shop',
    'D=--dry-run=client; read -r "$x"; kubectl delete ns shop $D',
    "curl -o i.sh https://example.com/i.sh & sh i.sh",
    "(curl -o i.sh https://example.com/i.sh); sh i.sh",
]


@pytest.mark.parametrize("text", UNCERTAIN)
def test_what_may_have_happened_before_is_counted_against_it(text: str) -> None:
    assert judge(text, "shell").level == "dangerous"


CHILDREN = [
    "sudo bash -c 'rm -rf $D/*'",
    "sh -c 'rm -rf $D/*'",
    "su -c 'rm -rf $D/*'",
    "bash <<'EOF'\nrm -rf $D/*\nEOF",
    "env -i bash -c 'rm -rf $D/*'",
    "echo x | xargs sh -c 'rm -rf $D/*'",
    "parallel 'rm -rf $D/* {}' ::: x",
    "watch 'rm -rf $D/*'",
    "nohup sh -c 'rm -rf $D/*'",
    "timeout 5 bash -c 'rm -rf $D/*'",
    "ssh h 'rm -rf $D/*'",
    "bash -c \"sh -c 'rm -rf \\$D/*'\"",
    "find . -exec sh -c 'rm -rf $D/*' \\;",
    "docker exec web sh -c 'rm -rf $D/*'",
]


@pytest.mark.parametrize("text", CHILDREN)
def test_a_variable_that_is_not_exported_is_none_in_a_child(text: str) -> None:
    assert judge(f"D=/tmp/x; {text}", "shell").level == "dangerous"
    assert judge(text, "shell", Surroundings(memory=Memory({"D": "/tmp/x"}))).level == "dangerous"


@pytest.mark.parametrize(
    "text",
    [
        "export D=/tmp/x; bash -c 'rm -rf $D/*'",
        "D=/tmp/x; export D; timeout 5 sh -c 'rm -rf $D/*'",
        "declare -x D=/tmp/x; env LANG=C bash -c 'rm -rf $D/*'",
        'D=/tmp/x; bash -c "rm -rf $D/*"',
        "D=/tmp/x; ( rm -rf $D/* ); eval 'rm -rf $D/*'",
    ],
)
def test_a_variable_that_is_handed_down_is_known_in_a_child(text: str) -> None:
    assert judge(text, "shell").level == "caution"


@pytest.mark.parametrize(
    "text",
    [
        "cd /tmp/build && rm -rf *",
        "cd /tmp/build && ls && rm -rf *",
        "cd /tmp/build || exit 1; rm -rf *",
        "cd /tmp/build || { echo no; exit 1; }\nrm -rf *",
        "rm -rf /tmp/{a,b}",
        "f() { local D=/tmp/x; rm -rf $D/*; }; f",
        "D=/tmp/x; f() { local D=/srv; }; f; rm -rf $D/*",
        "readonly D=/tmp/x; rm -rf $D/*",
    ],
)
def test_what_certainly_happened_before_counts_for_it(text: str) -> None:
    assert judge(text, "shell").level == "caution"


LOST = [
    ("export D=/tmp/x; sudo bash -c 'rm -rf $D/*'", "dangerous"),
    ("export D=/tmp/x; env -i sh -c 'rm -rf $D/*'", "dangerous"),
    ("export D=/tmp/x; export -n D; sh -c 'rm -rf $D/*'", "dangerous"),
    ("export D=/tmp/x; declare +x D; sh -c 'rm -rf $D/*'", "dangerous"),
    ("D=/tmp/x; [ -f x ] && export D; sh -c 'rm -rf $D/*'", "dangerous"),
    ("DRY=echo; bash -c '$DRY kubectl delete ns shop'", "dangerous"),
    ("DRY=--dry-run=client; bash -c 'kubectl delete ns shop $DRY'", "dangerous"),
    ("rm() { echo \"$@\"; }; bash -c 'rm -rf /srv/shop'", "dangerous"),
    ("alias rm=echo; bash -c 'rm -rf /srv/shop'", "dangerous"),
    ("X='rm -rf /srv/shop'; bash -c '$X'", "dangerous"),
    ("set -- /tmp/x; bash -c 'rm -rf $1/*'", "dangerous"),
    ("NS=shop; bash -c 'kubectl -n \"$NS\" get pods'", "safe"),
    ("NS=shop; bash -c 'kubectl -n $NS get pods'", "unknown"),
    ("export NS=shop; bash -c 'kubectl -n $NS get pods'", "safe"),
]


@pytest.mark.parametrize(("text", "level"), LOST)
def test_what_a_child_does_not_have_makes_nothing_weaker(text: str, level: str) -> None:
    assert judge(text, "shell").level == level


def test_what_an_earlier_step_exported_is_known_in_a_child() -> None:
    memory = remember("export D=/tmp/x; E=/tmp/x; ls() { rm -rf /srv/shop; }; rm() { echo; }", Memory())
    around = Surroundings(memory=memory)
    assert memory.exported == {"D"}
    assert judge("sh -c 'rmdir $D/a'", "shell", around).level == judge("rmdir /tmp/x/a", "shell").level
    assert judge("bash -c 'rm -rf $E/*'", "shell", around).level == "dangerous"
    assert judge("bash -c 'rm -rf /srv/shop'", "shell", around).level == "dangerous"


def test_what_an_earlier_step_made_readonly_stays_as_it_is() -> None:
    around = Surroundings(memory=remember("readonly D=/srv", Memory()))
    assert judge("D=/tmp/x; rm -rf $D/*", "shell", around).level == "dangerous"


SCRIPTS = ["./reset.sh", "bash sync.sh prod", "./info", "scripts/clear.sh", "/opt/x/watch.sh", "sh ./test.sh", "./ls"]


@pytest.mark.parametrize("text", SCRIPTS)
def test_a_script_is_not_what_its_name_says(text: str) -> None:
    assert (judge(text, "shell").level, judge(text, "shell").rule) == ("caution", "script")


@pytest.mark.parametrize("text", ["/usr/bin/ls", "$KAFKA_HOME/bin/kafka-topics.sh --describe", "./manage.py check"])
def test_a_program_is_known_in_a_directory_of_programs(text: str) -> None:
    assert judge(text, "shell").level == "safe"


WRITING = [
    ("ls > /dev/null", "safe"),
    ("ls > /tmp/list", "safe"),
    ("ls 2>&1", "safe"),
    ("ls >> /var/log/notes", "caution"),
    ("ls > list.txt", "caution"),
    ("> /var/lib/app/state", "dangerous"),
    (": > app.db", "dangerous"),
    ("cat /dev/null > app.db", "dangerous"),
    ("cat disk.img > /dev/sda", "dangerous"),
    ("echo b > /proc/sysrq-trigger", "dangerous"),
    ("cat key.pub >> ~/.ssh/authorized_keys", "dangerous"),
]


@pytest.mark.parametrize(("text", "level"), WRITING)
def test_a_redirection_counts_by_where_it_goes(text: str, level: str) -> None:
    assert judge(text, "shell").level == level


def test_the_span_is_what_caused_the_verdict_even_inside_quotes() -> None:
    text = "ls; ssh web-1 'uptime; rm -rf /srv/shop; uptime'"
    start, end = judge(text, "shell").span
    assert text[start:end] == REMOVES


def test_a_placeholder_is_a_word_until_it_has_its_value() -> None:
    text = "kubectl get pods -n <namespace> > /tmp/pods"
    assert judge(text, "shell").level == "safe"
    assert judge("cat <list> important.db", "shell", Surroundings(final=True)).level != "safe"


def test_the_target_names_where_and_what() -> None:
    assert judge("kubectl --context eu -n shop delete deploy web", "shell").target == "eu/shop/web"
    assert judge("ssh ops@web-1 sudo rm -rf /srv/shop", "shell").target == "web-1:/srv/shop"


def test_a_dry_run_is_offered_for_the_command_that_decided() -> None:
    form = judge("ls; sudo kubectl delete ns shop > /dev/null", "shell").dry_run
    assert form is not None
    assert (form.form, form.grade) == ("sudo kubectl delete ns shop --dry-run=server > /dev/null", "native")
    assert "only this command" in form.note


def test_what_an_earlier_step_set_is_known_later() -> None:
    memory = remember("KC='kubectl --context eu'\nTARGET=/srv/shop", Memory())
    memory = remember("wipe() { rm -rf \"$1\"; }\nalias drop='kubectl delete ns'", memory)
    around = Surroundings(memory=memory)
    assert judge("$KC delete ns shop", "shell", around).rule == "kubectl-delete-ns"
    assert judge('wipe "$TARGET"', "shell", around).level == "dangerous"
    assert judge("drop shop", "shell", around).rule == "kubectl-delete-ns"
    assert judge("$KC get pods", "shell", around).level == "safe"


def test_a_subshell_does_not_change_what_is_known() -> None:
    assert remember("(A=b)", Memory()).values == {}
    assert dict(remember("A=b; export C=d", Memory()).values) == {"A": "b", "C": "d"}


SEVERAL = [
    ("rm -rf $A/$B/$C", {"A": "/srv", "B": "x", "C": "y"}, "/srv/x/y"),
    ("cd /tmp/$A/$B/$C && rm -rf *", {"A": "x", "B": "../../../srv", "C": "y"}, "*"),
    ("kubectl delete ns $A-$B-$C", {"A": "p", "B": "q", "C": "r"}, "p-q-r"),
    ('ssh h "rm -rf $A $B"', {"A": "/tmp/x", "B": "/srv"}, "h:/tmp/x /srv"),
    ('ssh h "$A $B"', {"A": "rm", "B": "-rf /srv"}, "h:/srv"),
    ("rm -rf /tmp/$A\\/../../srv", {"A": "x"}, "/tmp/x/../../srv"),
    ('mysql -e "select $A $B"', {"A": "1", "B": "; drop table x"}, "x"),
]


@pytest.mark.parametrize(("text", "values", "target"), SEVERAL)
def test_every_variable_of_a_word_counts(text: str, values: dict[str, str], target: str) -> None:
    verdict = judge(text, "shell", Surroundings(memory=Memory(values)))
    assert (verdict.level, verdict.target) == ("dangerous", target)


def test_what_is_shown_of_a_word_with_several_variables_is_as_written() -> None:
    verdict = judge("kubectl delete ns $A-$B-$C", "shell")
    assert verdict.target == "$A-$B-$C"
    assert verdict.dry_run is not None
    assert verdict.dry_run.form == "kubectl delete ns $A-$B-$C --dry-run=server"


@given(st.text(max_size=200))
def test_no_text_at_all_makes_the_judge_raise(text: str) -> None:
    verdict = judge(text, "shell")
    assert 0 <= verdict.span[0] <= verdict.span[1] <= max(len(text), verdict.span[1])


BEFORE = [
    "ls",
    "ls -l 2>/dev/null | wc -l",
    'echo "a b"',
    "cat <<E\nx\nE",
    "cat <<'E' | wc -l\nx\nE",
    "A=b",
    "export A=b",
    "[ -f x ] && ls",
    "for i in 1 2; do ls; done",
    "if ls; then ls; fi",
    "while read x; do ls; done < /tmp/x",
    "case x in a) ls;; esac",
    "f() { ls; }",
    "# comment",
    "ls > /tmp/x",
    "ls \\\n  -l",
    "awk '{print $1}' x",
    "ls &",
    "ls &&",
    "ls 3<>/tmp/x",
    "x=(a b c)",
    "echo 'it'\\''s'",
    "time ls",
]
BETWEEN = ["\n", "\n\n", "\n# c\n", "\n  ", "\n\t"]


@given(
    st.sampled_from(BEFORE),
    st.sampled_from(BETWEEN),
    st.sampled_from([*SPELLED, *(w.format(REMOVES) for w in WRAPPED)]),
)
def test_nothing_before_a_removal_hides_it(before: str, between: str, removal: str) -> None:
    assert judge(f"{before}{between}{removal}\nls", "shell").level == "dangerous"


@pytest.mark.parametrize("before", ["ls &&\n", "ls && ", "if ls; then "])
def test_an_alias_that_may_be_defined_counts_as_what_it_may_stand_for(before: str) -> None:
    after = "; fi" if before.startswith("if") else ""
    assert judge(f"{before}alias z='rm -rf /srv/shop'{after}\nz", "shell").level == "dangerous"
    assert judge(f"{before}alias rm='echo'{after}\nrm -rf /srv/shop", "shell").level == "dangerous"


def test_a_line_that_begins_with_a_backslash_is_a_command_of_its_own() -> None:
    text = "for i in 1 2; do\nls\n\\rm -rf /srv/shop\ndone"
    start, end = judge(text, "shell").span
    assert text[start:end] == "\\rm -rf /srv/shop"


def test_a_substitution_in_a_here_document_behind_a_list_runs() -> None:
    assert judge("ls && cat <<END\n$(rm -rf /srv/shop)\nEND", "shell").level == "dangerous"
