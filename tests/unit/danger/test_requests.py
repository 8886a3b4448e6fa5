"""Requests: the method, where they go and what they send decide together."""

from __future__ import annotations

import pytest

from engine.danger import judge
from engine.levels import Level

REQUESTS: tuple[tuple[str, Level], ...] = (
    # The method, however it is written.
    ("curl -XDELETE localhost:9200/logs", "dangerous"),
    ("curl -sXDELETE localhost:9200/logs", "dangerous"),
    ("curl --request=DELETE https://x/a", "dangerous"),
    ("curl https://x/a -s -X 'delete'", "dangerous"),
    ('curl -X "${METHOD:-DELETE}" https://x/a', "dangerous"),
    ("wget --method=DELETE https://x/a", "dangerous"),
    ("http delete https://x/a", "dangerous"),
    ("curl -X $METHOD https://x/a", "caution"),
    ("curl -H 'X-Note: DELETE' https://x/a", "safe"),
    ("curl 'localhost:9200/_search?q=action:DELETE'", "safe"),
    # What sends something.
    ("curl -d a=b https://x", "caution"),
    ("curl -G -d a=b https://x", "safe"),
    ("curl -F file=@a https://x", "caution"),
    ("curl -T a https://x", "caution"),
    ("curl --json '{}' https://x", "caution"),
    ("http https://x a=b", "caution"),
    ("http https://x a==b", "safe"),
    ("wget -qO- --post-data=a=b https://x", "caution"),
    # Where it goes.
    ("curl -XPOST es:9200/orders/_delete_by_query -d '{}'", "dangerous"),
    ('curl -XPOST es:9200/orders/_search -d \'{"query":{"match":{"action":"delete"}}}\'', "safe"),
    ("curl -XPOST es:9200/orders/_search/scroll -d '{}'", "safe"),
    ("curl -XPOST http://p:9090/-/quit", "dangerous"),
    ("curl -XPOST http://p:9090/-/reload", "caution"),
    ("curl http://localhost:8080/shutdown", "dangerous"),
    ("curl http://localhost:8080/shutdown/status", "safe"),
    ("curl -I http://localhost:8080/shutdown", "safe"),
    ("curl 'http://solr:8983/solr/x/update?stream.body=<delete><query>*:*</query></delete>&commit=true'", "dangerous"),
    ("""curl 'http://solr:8983/solr/x/update?stream.body={"delete":{"query":"*:*"}}'""", "dangerous"),
    ("curl 'http://solr:8983/solr/x/select?q=*:*'", "safe"),
    ("curl http://localhost:8080/admin/delete?id=5", "dangerous"),
    ("curl http://localhost:8080/deleteUser?id=5", "caution"),
    ("curl http://localhost:8080/users/delete/5", "caution"),
    ("curl http://localhost:8080/restart", "caution"),
    ("curl -I http://localhost:8080/restart", "safe"),
    ("curl 'http://localhost:8080/app?action=clear'", "caution"),
    ("curl http://localhost:8080/delete.log", "safe"),
    ("curl http://localhost:8080/delete-policy", "safe"),
    ("curl https://docs.example.com/restart", "safe"),
    ("curl -w '%output{/etc/hosts}x' https://x", "caution"),
    ("curl https://docs.example.com/shutdown", "safe"),
    ("curl -X POST localhost:8080/drain/node1", "dangerous"),
    ("curl -X POST https://x/api/leave-requests", "caution"),
    ("curl -X PUT http://consul:8500/v1/agent/maintenance?enable=true", "dangerous"),
    ("curl -X POST https://api.fastly.com/service/1/purge_all", "dangerous"),
    ("curl -X POST https://api.fastly.com/service/1/purge/key", "caution"),
    # What it says.
    ("curl -G http://tsdb:8086/query --data-urlencode 'q=DROP DATABASE metrics'", "dangerous"),
    ("curl -G http://influx:8086/query --data-urlencode 'q=SHOW DATABASES'", "safe"),
    ("curl -G http://influx:8086/query --data-urlencode 'q=KILL QUERY 3'", "caution"),
    ("curl 'http://ch:8123/?query=DROP%20TABLE%20x'", "dangerous"),
    ("curl 'https://wiki.example.com/search?q=drop+table+users'", "safe"),
    ("echo 'DROP TABLE x' | curl http://ch:8123/ --data-binary @-", "dangerous"),
    ("curl http://ch:8123/ -d 'SELECT 1; DROP TABLE x'", "dangerous"),
    ("curl http://ch:8123/ -d 'SELECT 1'", "safe"),
    ("curl http://ch:8123/api/shutdown -d 'SELECT 1'", "dangerous"),
    ("curl http://ch:8123/ -d 'SELECT terminate_backend(1)'", "caution"),
    ('curl https://x/graphql -d \'{"query":"query { users { id } }"}\'', "safe"),
    ('curl https://x/graphql -d \'{"query":"mutation { deleteUser(id: 1) { id } }"}\'', "dangerous"),
    ('curl -XPATCH https://k8s/deployments/y/scale -d \'{"spec":{"replicas":0}}\'', "dangerous"),
    ('curl -XPATCH https://k8s/deployments/y/scale -d \'{"spec":{"replicas":10}}\'', "caution"),
    ('curl -d \'{"text":"DROP TABLE done, please stop paging"}\' https://hooks.example.com/x', "caution"),
    # What it writes here.
    ("curl -o /dev/null -w '%{http_code}' https://x", "safe"),
    ("curl -o /tmp/a https://x/a", "safe"),
    ("curl -o /etc/a https://x/a", "caution"),
    ("curl -O https://x/a", "caution"),
    ("cd /tmp && curl -O https://x/a", "safe"),
    ("curl --output-dir /tmp -O https://x/a", "safe"),
    ("wget https://x/a", "caution"),
    ("wget -qO- https://x/a", "safe"),
    ("wget -P /tmp https://x/a", "safe"),
    ("wget --spider https://x/a", "safe"),
)


@pytest.mark.parametrize(("command", "level"), REQUESTS, ids=[command for command, _ in REQUESTS])
def test_a_request_is_judged_by_method_address_and_what_is_sent(command: str, level: Level) -> None:
    assert judge(command, "shell").level == level
