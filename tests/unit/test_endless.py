"""Commands that go on until somebody ends them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.endless import ROWS, find_endless, sentence

GOES_ON = {
    "tail -f /var/log/syslog": "tail -f",
    "tail -F app.log": "tail -F",
    "tail -n 100 -f app.log": "tail -f",
    "tail -100f app.log": "tail -f",
    "/usr/bin/tail --follow=name app.log": "tail --follow",
    "less +F app.log": "less +F",
    "watch -n 1 'kubectl get pods'": "watch",
    "journalctl -fu redis": "journalctl -f",
    "journalctl --follow --unit redis": "journalctl --follow",
    "dmesg -w": "dmesg -w",
    "kubectl -n shop logs -f deploy/app --tail=20": "kubectl logs -f",
    "kubectl get pods -n shop --watch": "kubectl get --watch",
    "kubectl port-forward svc/db 5432": "kubectl port-forward",
    "docker logs --tail 20 -f web": "docker logs -f",
    "docker compose logs -f": "docker compose logs -f",
    "docker-compose up": "docker-compose up",
    "docker stats": "docker stats",
    "ping db-1": "ping",
    "vmstat 1": "vmstat",
    "iostat -x 5": "iostat",
    "redis-cli -h redis-1 monitor": "redis-cli monitor",
    "redis-cli --stat": "redis-cli --stat",
    "tcpdump -i eth0 port 6379": "tcpdump",
    "sleep infinity": "sleep infinity",
    "python3 -m http.server 8000": "python3 -m http.server",
    "ssh -N -L 5432:db:5432 bastion": "ssh -N",
    "while true; do date; sleep 1; done": "while true",
    "until false; do date; done": "until false",
    "while :; do date; done": "while :",
    "for ((;;)); do date; done": "for ((;;))",
    "sudo tail -f /var/log/syslog": "tail -f",
    "sudo -u app env LANG=C tail -f app.log": "tail -f",
    "ssh web-1 tail -f /var/log/nginx/error.log": "tail -f",
    "ssh web-1 'cd /srv && tail -f app.log'": "tail -f",
    "kubectl exec web-0 -- tail -f app.log": "tail -f",
    "bash -c 'tail -f app.log'": "tail -f",
    "cd /srv && tail -f app.log": "tail -f",
    "tail -f app.log | grep ERROR": "tail -f",
    "(tail -f app.log)": "tail -f",
    "if true; then tail -f app.log; fi": "tail -f",
    "echo first\ntail -f app.log": "tail -f",
}
QUIT_WITH_Q = {"top": "top", "htop": "htop", "sudo iotop": "iotop", "mtr db-1": "mtr", "top -d 5": "top"}
ENDS = (
    "tail -n 100 app.log",
    "tail -f app.log &",
    "tail -f app.log | head -5",
    "tail -f app.log | grep -m1 ERROR",
    "tail -f app.log | grep -q ready",
    "timeout 10 tail -f app.log",
    "tail --pid=4 -f app.log",
    "watch -g date",
    "journalctl -u redis -n 50",
    "kubectl get pods -f pods.yaml",
    "kubectl logs web-0",
    "docker run -d web tail -f /dev/null",
    "docker stats --no-stream",
    "docker compose up -d",
    "ping -c 3 db-1",
    "vmstat 1 5",
    "iostat",
    "top -b -n 1",
    "top -bn1",
    "mtr --report db-1",
    "yes | apt-get install redis",
    "sleep 60",
    "while true; do ready && break; sleep 1; done",
    "while read -r line; do echo $line; done",
    "for i in 1 2 3; do date; done",
    "f() { tail -f app.log; }",
    "echo tail -f app.log",
    "grep 'tail -f' notes.md",
    "cat <<EOF\ntail -f app.log\nEOF",
    "# tail -f app.log",
    "ssh -f -N -L 5432:db:5432 bastion",
    "",
)


@pytest.mark.parametrize(("text", "command"), GOES_ON.items())
def test_a_command_that_goes_on_is_named(text: str, command: str) -> None:
    assert [(one.command, one.way) for one in find_endless(text)] == [(command, "interrupt")]


@pytest.mark.parametrize(("text", "command"), QUIT_WITH_Q.items())
def test_a_program_with_a_key_of_its_own_is_ended_with_that(text: str, command: str) -> None:
    assert [(one.command, one.way) for one in find_endless(text)] == [(command, "q")]


@pytest.mark.parametrize("text", ENDS)
def test_what_ends_by_itself_is_not_called_endless(text: str) -> None:
    assert find_endless(text) == []
    assert sentence(text) is None


def test_the_sentence_names_the_command_and_the_key() -> None:
    assert sentence("tail -f app.log") == "`tail -f` goes on until it is stopped: ctrl+c ends it"
    assert sentence("tail -f app.log", interrupt="ctrl+k") == "`tail -f` goes on until it is stopped: ctrl+k ends it"
    assert sentence("top", interrupt="ctrl+k") == "`top` goes on until it is stopped: q ends it"


def test_the_first_of_several_is_told() -> None:
    assert sentence("ping db-1\ntop") == "`ping` goes on until it is stopped: ctrl+c ends it"


def test_every_row_names_a_tool() -> None:
    assert all(row.words.split() for row in ROWS)


@given(st.text(alphabet="tail -fwch;|&(){}'\"\n$<>#=0n", max_size=60))
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert all(one.command for one in find_endless(text))
