"""Requests, web servers, certificates, and the tools that look at metrics and alerts."""

from __future__ import annotations

from ..rule import Rule, Tool

CURL = "curl|wget|curlie|wget2"
HTTPIE = "http|https|xh|xhs"

# fmt: off
TOOLS: tuple[Tool, ...] = (
    Tool(
        "curl|curlie",
        "-X -d -H -o -u -A -b -c -D -e -F -K -m -r -T -U -w -x -y -Y -z -C -E -P -Q -t --request --data --data-raw --data-binary --data-ascii --data-urlencode --header --output --user --user-agent --cookie --cookie-jar "
        "--dump-header --form --form-string --config --max-time --connect-timeout --retry --retry-delay --retry-max-time --upload-file --write-out --proxy --cacert --cert --key --resolve --connect-to --unix-socket "
        "--abstract-unix-socket --interface --range --referer --url --json --url-query --output-dir --max-redirs --ciphers --tls-max --limit-rate --speed-time --speed-limit --aws-sigv4 --oauth2-bearer --cert-type --key-type "
        "--capath --crlfile --noproxy --proxy-user --socks4 --socks5 --socks5-hostname --stderr --trace --trace-ascii --variable --dns-servers --local-port --max-filesize --netrc-file --pass --pinnedpubkey --proto "
        "--proto-default --proto-redir --request-target --rate --keepalive-time --hsts --ftp-port --quote --mail-from --mail-rcpt --etag-compare --etag-save --libcurl --parallel-max --preproxy --proxy-header --service-name "
        "--telnet-option --time-cond --tls13-ciphers --curves --doh-url --engine --delegation --alt-svc --continue-at --expect100-timeout --happy-eyeballs-timeout-ms",
        fold=True,
    ),
    Tool(
        "wget|wget2",
        "-O -o -a -P -e -i -B -t -T -w -Q -A -R -D -I -X -l -U --method --post-data --post-file --body-data --body-file --output-document --output-file --append-output --directory-prefix --header --user --password "
        "--user-agent --timeout --tries --wait --level --input-file --execute --ca-certificate --certificate --private-key --save-cookies --load-cookies --referer --limit-rate --bind-address --domains --accept --reject --base",
        fold=True,
    ),
    Tool(HTTPIE, "-a --auth -A --auth-type -o --output -s --style -p --print --timeout --proxy --verify --cert --cert-key --session --session-read-only --raw --max-redirects --pretty --format-options --bearer -m --max-headers", fold=True),
    Tool("grpcurl|evans|grpc_cli|buf", "-d -H -cert -key -cacert -authority -proto -import-path -protoset -rpc-header -max-time -connect-timeout -max-msg-sz -servername -user-agent -format", long_dash=True),
)

RULES: tuple[Rule, ...] = (
    # Requests
    Rule("curl|wget|curlie|wget2", "$ !--url !-K !--config !-i !--input-file", "safe", "read_only", "asks nothing", id="curl-nothing", yes=("curl",), no=("curl -K a.cfg", "curl https://x")),
    Rule(CURL, "~*[?&]dryRun=All*|*_cluster/reroute[?]*dry_run=true*|*_cluster/reroute[?]dry_run", "safe", "dry_run", "only says what it would do", id="curl-dry-run",
         yes=("curl -X DELETE 'https://k8s/api/v1/namespaces/x/pods/y?dryRun=All'", "curl -XPOST 'es:9200/_cluster/reroute?dry_run=true' -d '{}'"), no=("curl -X DELETE 'https://k8s/api/v1/namespaces/x'",)),
    Rule("curl|curlie", "-Q|--quote=*dele*|*rmd*|*rm *|*rmdir*|*rename*", "dangerous", "data_destruction", "removes files of a server", yes=("curl -Q 'DELE old.tgz' ftp://backup/",), no=("curl ftp://backup/",)),
    Rule(CURL, "@http-deletes ~*/_search/scroll*|*/_pit|*/_async_search/*|*/_sql/close", "caution", "config_change", "ends a search", id="curl-end-search", yes=("curl -X DELETE localhost:9200/_search/scroll -d '{}'",), no=("curl -XDELETE localhost:9200/logs",)),
    Rule(CURL, "@http-deletes", "dangerous", "data_destruction", "removes something through an API",
         yes=("curl -X DELETE search:9200/_all", "curl -XDELETE \"$ES/_all\"", "curl --request=DELETE https://x/api/v1/users/1", "curl -sS --request DELETE -H 'T: x' https://x/a", "curl -s https://x/a -X delete", "curl -sXDELETE https://x/a",
              "wget --method=DELETE https://x/a", "curl -X DELETE -o /dev/null -w '%{http_code}' https://x/a", "curl -i -X 'DELETE' 'https://x/a'"),
         no=("curl https://x/DELETE", "curl -X GET 'localhost:9200/_search?q=action:DELETE'", "curl -H 'X: DELETE' https://x")),
    Rule(CURL, "@http-destroys", "dangerous", "data_destruction", "removes data: the address or what is sent says so",
         yes=("curl -XPOST 'localhost:9200/orders/_delete_by_query' -d '{\"query\":{\"match_all\":{}}}'", "curl -G http://tsdb:8086/query --data-urlencode 'q=DROP DATABASE metrics'", "curl 'http://influx:8086/query?q=DROP%20MEASUREMENT%20cpu'",
              "curl http://ch:8123/ --data-binary 'TRUNCATE TABLE logs'", "curl -v -X POST -g 'http://localhost:9090/api/v1/admin/tsdb/delete_series?match[]={job=\"x\"}'", "curl 'http://solr:8983/solr/admin/collections?action=DELETE&name=x'",
              "curl http://solr:8983/solr/c/update?commit=true -d '<delete><query>*:*</query></delete>'", "curl -X POST https://x/api/v3/kv/deleterange -d '{}'", "curl --unix-socket /var/run/docker.sock -X POST http://localhost/volumes/prune",
              "curl -X POST https://x/graphql -d '{\"query\":\"mutation { deleteUser(id: 1) { id } }\"}'", "curl -X POST es:9200/_aliases -d '{\"actions\":[{\"remove_index\":{\"index\":\"a\"}}]}'",
              "wget -qO- --post-data='q=DROP DATABASE x' http://influx:8086/query"),
         no=("curl -s 'https://notes.example.net/search?q=drop+table+users'", "curl -XPOST localhost:9200/_search -d '{\"query\":{\"match\":{\"action\":\"delete\"}}}'", "curl https://docs.example.com/api/delete", "curl -d '{\"text\":\"DROP TABLE done\"}' https://hooks.x/y")),
    Rule(CURL, "@http-stops", "dangerous", "availability", "stops or empties something: the address or what is sent says so",
         yes=("curl -XPOST http://metrics:9090/-/quit", "curl -X POST \"https://api.fastly.com/service/7xEdge/purge_all\" -H \"Fastly-Key: $TOKEN\"", "curl -X POST http://localhost:8080/actuator/shutdown", "curl http://localhost:8080/drain",
              "curl -X POST localhost:9200/orders/_close", "curl -X PUT http://consul:8500/v1/agent/force-leave/web-1", "curl -X PUT $VAULT_ADDR/v1/sys/seal", "curl -X POST http://localhost:15000/quitquitquit", "curl -X POST localhost:15000/healthcheck/fail",
              "curl -X POST -d '{\"type\":\"power_off\"}' https://api.digitalocean.com/v2/droplets/1/actions", "curl -XPATCH https://k8s/apis/apps/v1/namespaces/x/deployments/y/scale -d '{\"spec\":{\"replicas\":0}}'",
              "curl -X POST https://api.cloudflare.com/client/v4/zones/z/purge_cache -d '{\"purge_everything\":true}'", "curl 'http://tomcat:8080/manager/text/undeploy?path=/shop'", "curl -s -XPOST http://patroni:8008/failover -d '{\"leader\":\"a\"}'",
              "curl -X POST --unix-socket /var/run/docker.sock http://localhost/containers/api/stop", "curl http://localhost:3100/ingester/flush_shutdown", "curl -X POST http://localhost:2019/stop", "curl 'http://ipmi/cgi?action=reboot'"),
         no=("curl -I http://x/drain", "curl https://x/health", "curl -X POST https://api.fastly.com/purge/x/y", "curl https://docs.example.com/guide/shutdown", "curl -X POST http://prometheus:9090/-/reload")),
    Rule(CURL, "@http-asks @http-secret !-I !--head", "caution", "credentials", "prints secrets", id="curl-secret",
         yes=("curl http://169.254.169.254/latest/meta-data/iam/security-credentials/web", "curl -H \"X-Vault-Token: $T\" $VAULT_ADDR/v1/secret/data/prod/db"), no=("curl http://169.254.169.254/latest/meta-data/instance-id",)),
    Rule(CURL, "~*169.254.169.254/latest/api/token", "safe", "read_only", "asks the machine for a token to read about itself", id="curl-metadata-token", yes=("curl -s -X PUT http://169.254.169.254/latest/api/token -H 'X-aws-ec2-metadata-token-ttl-seconds: 60'",), no=("curl -X PUT https://x/y",)),
    Rule(CURL, "!@http-asks", "caution", "config_change", "sends something that may change what is there", id="curl-send",
         yes=("curl -d @quiet.json http://alerts:9093/api/v2/silences", "curl -X POST http://prometheus:9090/-/reload", "curl -XPUT localhost:9200/_cluster/settings -d '{}'", "curl -F file=@a.tgz https://x/upload", "curl -T a.tgz https://x/a",
              "curl --json '{}' https://x", "curl -X PATCH https://x/y", "curl -X \"$METHOD\" https://x", "curl -X PURGE https://shop.example.com/a.css", "wget --post-data='a=b' https://x", "curl -X POST https://api.example.com/admin/circuit-breaker/enable",
              "curl --data-urlencode 'a=b' https://x"),
         no=("curl https://x", "curl -G -d a=b https://x", "curl -XGET localhost:9200/_search -d '{}'", "curl -XPOST localhost:9200/_search -d '{}'")),
    Rule("curl|curlie", "-K|--config", "caution", "opaque", "does what a file says, which is not read here", yes=("curl -K req.cfg",), no=("curl https://x",)),
    Rule(CURL, "@http-stores", "caution", "config_change", "writes a file here",
         yes=("curl -O https://x/a.tgz", "curl -o app.jar https://x/app.jar", "wget https://x/terraform.zip", "curl -L -o /usr/local/bin/kubectl https://x/kubectl", "wget -q -O /etc/app.conf https://x/app.conf"),
         no=("curl -o /tmp/a https://x", "curl -o /dev/null https://x", "wget -qO- https://x", "wget --spider https://x", "wget -P /tmp https://x/a", "cd /tmp && curl -O https://x/a.tgz")),
    Rule(CURL, "", "safe", "read_only", "only asks",
         yes=("curl -fsSL https://x/install.sh", "curl -I https://store.example.net", "curl -sS -o /dev/null -w '%{http_code}\\n' https://x/healthz", "curl -XPOST localhost:9200/_search -d '{}'", "curl -v 'http://localhost:9090/api/v1/query?query=up'",
              "curl -s http://ch:8123/ --data-binary 'SELECT 1'", "curl -sk https://localhost:9200/_cat/indices?v", "curl -X LIST $VAULT_ADDR/v1/auth/token/accessors", "wget -qO- https://x/health", "wget --spider https://x", "curl -o /tmp/heap http://x/debug/pprof/heap",
              "curl -s 'https://notes.example.net/search?q=drop+table+users'", "curl \"$URL\"", "curl https://x/orders/_search?q=delete"),
         no=("curl -X POST https://x", "curl -O https://x/a")),
    Rule(HTTPIE, "--offline|--curl", "safe", "dry_run", "only prints the request", yes=("http --offline DELETE https://x/a", "xh --curl POST https://x"), no=("http DELETE https://x/a",)),
    Rule(HTTPIE, "@http-deletes", "dangerous", "data_destruction", "removes something through an API", dry_run="+--offline", grade="approximate", note="prints the request and sends nothing",
         yes=("http DELETE https://x/api/users/1", "xh delete https://x/a", "https -a u:p DELETE x/a"), no=("http https://x/DELETE",)),
    Rule(HTTPIE, "@http-destroys", "dangerous", "data_destruction", "removes data: the address or what is sent says so", dry_run="+--offline", grade="approximate", note="prints the request and sends nothing",
         yes=("http POST es:9200/orders/_delete_by_query", "http POST :8086/query q='DROP DATABASE x'"), no=("http https://x/search q==drop",)),
    Rule(HTTPIE, "@http-stops", "dangerous", "availability", "stops or empties something: the address or what is sent says so", dry_run="+--offline", grade="approximate", note="prints the request and sends nothing",
         yes=("http POST prometheus:9090/-/quit", "xh post :8080/actuator/shutdown"), no=("http GET :8080/health",)),
    Rule(HTTPIE, "!@http-asks", "caution", "config_change", "sends something that may change what is there", id="http-send", dry_run="+--offline", grade="approximate", note="prints the request and sends nothing",
         yes=("http POST https://x/a b=c", "http https://x/a b=c", "xh put https://x/a b:=1"), no=("http https://x/a", "http https://x/a b==c", "http https://x A:b")),
    Rule(HTTPIE, "@http-stores", "caution", "config_change", "writes a file here", yes=("http --download https://x/a.tgz", "xh -o a.tgz https://x/a.tgz"), no=("http https://x",)),
    Rule(HTTPIE, "", "safe", "read_only", "only asks", yes=("http https://x/health", "http -h HEAD https://x", "xh GET :9090/api/v1/query query==up", "http https://x Accept:text/plain"), no=("http POST https://x",)),
    Rule("aria2c|axel|hurl|websocat|wscat|restic-http", "", "caution", "opaque", "fetches files, or does what a file says", yes=("aria2c https://x/a.iso", "hurl test.hurl"), no=("curl https://x",)),
    Rule("lynx|w3m|links|elinks|httpstat|nikto|whatweb", "", "safe", "read_only", "only asks", yes=("lynx -dump https://x", "httpstat https://x"), no=("wget https://x",)),
    Rule("grpcurl|evans|grpc_cli", "... list|describe|ls", "safe", "read_only", "only lists", yes=("grpcurl -plaintext localhost:50051 list", "grpcurl x:443 describe pkg.Svc"), no=("grpcurl x:443 pkg.Svc/Delete",)),
    Rule("grpcurl|evans|grpc_cli", "... */Get*|*/List*|*/Describe*|*/Check*|*/Watch*|*/Search*|*/Query*|*/Count*|*/Find*|*/Read*|*/Lookup*|*/Status*|*/Show*|*.Get*|*.List*|*/Fetch*|*/Health*|*/Is*|*/Has*|*/Validate*|*/Info*", "safe", "read_only", "only asks", id="grpcurl-get",
         yes=("grpcurl -plaintext -d '{\"service\":\"x\"}' localhost:50051 grpc.health.v1.Health/Check", "grpcurl x:443 pkg.Users/GetUser"), no=("grpcurl x:443 pkg.Users/DeleteUser",)),
    Rule("grpcurl|evans|grpc_cli", "... */Delete*|*/Remove*|*/Destroy*|*/Purge*|*/Drop*|*/Truncate*|*/Wipe*|*/Stop*|*/Shutdown*|*/Kill*|*/Terminate*|*/Drain*|*/Reset*|*/Flush*|*/Revoke*|*.Delete*|*/ForceDelete*|*/Reboot*|*/Failover*", "dangerous", "data_destruction",
         "removes or stops something through an API", id="grpcurl-delete", yes=("grpcurl -d '{\"id\":1}' x:443 pkg.Users/DeleteUser", "grpcurl -plaintext x:1 raft.Admin/Shutdown"), no=("grpcurl x:443 pkg.Users/GetUser",)),
    Rule("grpcurl|evans|grpc_cli", "", "caution", "config_change", "sends something that may change what is there", yes=("grpcurl -d '{}' x:443 pkg.Users/CreateUser",), no=("grpcurl x:443 list",)),
)
# fmt: on
