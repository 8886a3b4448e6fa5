"""Metrics, logs, alerts and who is called: the tools that ask for them, and the programs that collect them."""

from __future__ import annotations

from ..rule import Rule, Tool

MIMIR = "mimirtool|cortextool|lokitool"
BEATS = "elastic-agent|winlogbeat|journalbeat|functionbeat"
SERVERS = (
    "prometheus|alertmanager|grafana-server|loki|promtail|mimir|tempo|cortex|vmalert|vmagent|victoria-metrics|vmselect|vminsert|vmstorage|vmauth|otelcol|otelcol-contrib|alloy|telegraf|fluent-bit|fluentd|td-agent|td-agent-bit|"
    "collectd|statsd|riemann|netdata|zabbix_server|zabbix_agentd|zabbix_agent2|nagios|naemon|node_exporter|blackbox_exporter|pushgateway|jaeger|rsyslogd|syslog-ng"
)
PAGING = "pd|opsgenie|pagerduty|rootly|incident|statuspage|squadcast|sensuctl|newrelic|icingacli|splunk|slack|dogwrap|dog|checkly|honeycomb|flagger|steampipe|sloth|pyrra|pint|mixtool|sloctl"

# fmt: off
TOOLS: tuple[Tool, ...] = (
    Tool("promtool", "--http.config.file --web-config-file --lint --start --end --step -o --output --min-time --max-time --format", has_verbs=True),
    Tool("amtool", "--alertmanager.url --config.file -o --output --author -a --comment -c -d --duration --start --end --expires -r --receiver --timeout --http.config.file --id", has_verbs=True),
    Tool("thanos", "--objstore.config-file --objstore.config --objstore-backup.config-file --log.level --id --marker --details -i --issues --output -o --selector --rewrite.to-delete-config --rewrite.to-delete-config-file --rules", has_verbs=True),
    Tool(MIMIR, "--address --id --key --user --namespace --namespaces --ignored-namespaces --rule-files --rule-dirs --backend --log.level --tls-ca-path --output --format --auth-token --query --selector --from --to", has_verbs=True),
    Tool("logcli", "--addr --from --to --limit --since --org-id -o --output -z --timezone --batch --step --interval --username --password --tls-skip-verify-x --include-label --exclude-label --labels-length --bearer-token --parallel-duration", has_verbs=True),
    Tool("tempo-cli", "--backend --bucket --s3-endpoint --config-file -c --org-id", has_verbs=True),
    Tool("grafana-cli|grafana", "--homepath --config --pluginsDir --pluginUrl --repo --configOverrides", has_verbs=True),
    Tool("vmalert-tool", "", long_dash=True, has_verbs=True),
    Tool("vector", "-c --config -C --config-dir -r --require-healthy --log-format", has_verbs=True),
    Tool(BEATS, "-c -E -d --path.config --path.data --path.home --modules -M", has_verbs=True),
    Tool("datadog-agent|agent", "-c --cfgpath -n -t", has_verbs=True),
    Tool("zabbix_get|zabbix_sender|zabbix_server|zabbix_agentd|zabbix_agent2|zabbix_proxy", "-s -p -k -z -o -c -R -I -i"),
    Tool("icinga2", "-c -d -D -X -x", has_verbs=True),
    Tool("collectdctl|netdatacli|wazuh-control|graylogctl", "-s", has_verbs=True),
    Tool("osqueryi", "--config_path --flagfile"),
    Tool("nagios|naemon|collectd|rsyslogd|syslog-ng|telegraf|fluent-bit|fluentd|td-agent", "-c -f --config -o --log --plugin -p -i -N"),
    Tool("prometheus|alertmanager|loki|promtail|mimir|tempo|cortex|vmalert|vmagent|victoria-metrics|otelcol|otelcol-contrib|alloy", "-f", long_dash=True),
    Tool(PAGING, "-u --user --id -i --ids --profile --apiKey --config -o --output --namespace --accountId", has_verbs=True),
)

RULES: tuple[Rule, ...] = (
    # Prometheus
    Rule("promtool", "check|test|query|promql", "safe", "dry_run", "only checks or asks", yes=("promtool check rules disk.yaml", "promtool check config /etc/prometheus/prometheus.yml", "promtool test rules t.yaml", "promtool query instant http://p:9090 up"), no=("promtool push metrics http://p a.txt",)),
    Rule("promtool", "tsdb list|analyze|dump|dump-openmetrics", "safe", "read_only", "only reads", yes=("promtool tsdb analyze /prometheus", "promtool tsdb list /prometheus"), no=("promtool tsdb create-blocks-from openmetrics a.txt /prometheus",)),
    Rule("promtool", "", "caution", "config_change", "writes blocks, metrics or a profile", yes=("promtool tsdb create-blocks-from openmetrics a.txt /prometheus", "promtool push metrics http://p a.txt", "promtool debug all http://p:9090"), no=("promtool check rules a",)),
    Rule("amtool", "alert|silence|config|cluster|template|check-config add|expire|update|import", "caution", "config_change", "changes which alerts are heard", yes=("amtool silence add alertname=QueueFull --duration=2h --comment='change 77'", "amtool silence expire 1234", "amtool alert add foo node=bar"), no=("amtool silence query",)),
    Rule("amtool", "alert|silence|config|cluster|template|check-config|a|s", "safe", "read_only", "only reads", yes=("amtool alert", "amtool --alertmanager.url=http://a:9093 alert query severity=critical", "amtool silence query", "amtool check-config am.yml", "amtool config routes test severity=page"), no=("amtool silence add a=b",)),
    Rule("amtool", "", "caution", "config_change", "changes which alerts are heard", id="amtool-other", yes=("amtool migrate",), no=("amtool alert",)),
    Rule("thanos", "tools bucket rewrite !--no-dry-run", "safe", "dry_run", "only says what it would do", yes=("thanos tools bucket rewrite --id=01X --rewrite.to-delete-config-file=d.yml",), no=("thanos tools bucket rewrite --no-dry-run --id=01X",)),
    Rule("thanos", "tools bucket rewrite", "dangerous", "data_destruction", "removes series out of stored blocks", id="thanos-rewrite", dry_run="--no-dry-run=>", yes=("thanos tools bucket rewrite --no-dry-run --id=01X --rewrite.to-delete-config-file=d.yml",), no=("thanos tools bucket ls",)),
    Rule("thanos", "tools bucket cleanup|retention", "dangerous", "data_destruction", "removes stored blocks", dry_run="cleanup=>ls retention=>ls", grade="approximate", note="lists the blocks there are", yes=("thanos tools bucket cleanup --objstore.config-file=b.yml", "thanos tools bucket retention --objstore.config-file=b.yml"), no=("thanos tools bucket ls --objstore.config-file=b.yml",)),
    Rule("thanos", "tools bucket verify -r|--repair", "dangerous", "data_destruction", "rewrites and removes stored blocks", dry_run="--repair=> -r=>", yes=("thanos tools bucket verify --repair --objstore.config-file=b.yml",), no=("thanos tools bucket verify --objstore.config-file=b.yml",)),
    Rule("thanos", "tools bucket mark --marker=deletion-mark.json", "dangerous", "data_destruction", "marks blocks to be removed", yes=("thanos tools bucket mark --id=01X --marker=deletion-mark.json --details=x",), no=("thanos tools bucket mark --id=01X --marker=no-compact-mark.json",)),
    Rule("thanos", "tools bucket ls|inspect|web|verify|upload-blocks-check", "safe", "read_only", "only reads", yes=("thanos tools bucket inspect --objstore.config-file=store.yml", "thanos tools bucket ls"), no=("thanos tools bucket cleanup",)),
    Rule("thanos", "tools rules-check|query-range", "safe", "dry_run", "only checks", yes=("thanos tools rules-check --rules=a.yml",), no=("thanos compact",)),
    Rule("thanos", "tools", "caution", "config_change", "copies or marks stored blocks", yes=("thanos tools bucket mark --id=01X --marker=no-compact-mark.json", "thanos tools bucket replicate --single-run", "thanos tools bucket downsample"), no=("thanos tools bucket ls",)),
    Rule("thanos", "", "caution", "availability", "starts a part of the monitoring", yes=("thanos compact --wait", "thanos query --http-address=:9090"), no=("thanos tools bucket ls",)),
    # Grafana's family
    Rule(MIMIR, "--dry-run", "safe", "dry_run", "only says what it would do", id="mimirtool-dry-run", yes=("mimirtool rules prepare --dry-run a.yml", "cortextool rules load --dry-run a.yml"), no=("mimirtool rules load a.yml",)),
    Rule(MIMIR, "rules delete|delete-namespace|rm", "dangerous", "data_destruction", "removes alerting rules", yes=("mimirtool rules delete payments latency --id=prod",), no=("mimirtool rules list",)),
    Rule(MIMIR, "rules list|print|get|lint|check|diff", "safe", "read_only", "only reads", yes=("mimirtool rules list", "cortextool rules diff --rule-dirs=rules", "mimirtool rules check a.yml", "lokitool rules print"), no=("mimirtool rules sync a.yml",)),
    Rule(MIMIR, "rules sync", "caution", "config_change", "makes the rules what the files say, and removes the rest", dry_run="sync=>diff", yes=("mimirtool rules sync --rule-dirs=rules",), no=("mimirtool rules diff --rule-dirs=rules",)),
    Rule(MIMIR, "analyze|analyse|promql|remote-read|bucket-validation|runtime-config|audit|chunk|overrides-exporter|test|version|acl", "safe", "read_only", "only reads", yes=("mimirtool analyze prometheus --address=http://p", "mimirtool remote-read stats --selector=up"), no=("mimirtool backfill a",)),
    Rule(MIMIR, "config|alertmanager get|verify|convert|list|render", "safe", "read_only", "only reads", yes=("mimirtool alertmanager get", "mimirtool alertmanager verify am.yml"), no=("mimirtool alertmanager load am.yml", "mimirtool alertmanager delete")),
    Rule(MIMIR, "!delete !delete-namespace", "caution", "config_change", "changes rules, alerts or stored blocks", id="mimirtool-other", yes=("mimirtool alertmanager load am.yml", "mimirtool rules load a.yml", "mimirtool backfill --address=http://m a", "mimirtool rules prepare -i a.yml"), no=("mimirtool rules list", "mimirtool alertmanager delete")),
    Rule("logcli", "delete list", "safe", "read_only", "only reads", yes=("logcli delete list",), no=("logcli delete create '{app=\"x\"}'",)),
    Rule("logcli", "delete", "dangerous", "data_destruction", "removes logs", yes=("logcli delete create '{app=\"x\"}' --from 2024-01-01T00:00:00Z",), no=("logcli delete list",)),
    Rule("logcli", "", "safe", "read_only", "only asks", id="logcli-read", yes=("logcli query '{app=\"api\"} |= \"error\"' --since=1h", "logcli labels app", "logcli series '{app=\"x\"}'", "logcli volume '{app=\"x\"}'"), no=("logcli delete create x",)),
    Rule("tempo-cli", "rewrite-blocks|drop-trace|drop-traces|rewrite", "dangerous", "data_destruction", "removes traces out of stored blocks", yes=("tempo-cli rewrite-blocks drop-trace tenant 123", "tempo-cli rewrite-blocks drop-traces tenant 123"), no=("tempo-cli list blocks single-tenant",)),
    Rule("tempo-cli", "", "safe", "read_only", "only reads", yes=("tempo-cli list blocks single-tenant", "tempo-cli query api trace-id http://t 123", "tempo-cli analyse block 1 2"), no=("tempo-cli rewrite-blocks drop-trace t 1",)),
    Rule("grafana-cli|grafana", "... admin reset-admin-password", "dangerous", "credentials", "changes the administrator's password", yes=("grafana-cli admin reset-admin-password hunter2", "grafana cli --homepath /usr/share/grafana admin reset-admin-password x"), no=("grafana-cli plugins ls",)),
    Rule("grafana-cli|grafana", "... ls|list|list-remote|list-versions|version", "safe", "read_only", "only lists", yes=("grafana-cli plugins ls", "grafana cli plugins list-remote"), no=("grafana-cli plugins install x",)),
    Rule("grafana-cli|grafana", "", "caution", "config_change", "changes plugins, or starts the server", yes=("grafana-cli plugins install x", "grafana-cli plugins remove x", "grafana server"), no=("grafana-cli plugins ls",)),
    # Collectors
    Rule("vmalert-tool", "unittest", "safe", "dry_run", "only checks", yes=("vmalert-tool unittest --files a.yml",), no=("vmalert -rule=a.yml",)),
    Rule("vector", "validate|test|list|graph|top|tap|vrl|config|version|generate|completion", "safe", "dry_run", "only checks or reads", yes=("vector validate /etc/vector/vector.toml", "vector top"), no=("vector --config a.toml",)),
    Rule("otelcol|otelcol-contrib|alloy|telegraf", "validate|config|components|fmt|version|plugins|print-initial-config", "safe", "dry_run", "only checks", yes=("otelcol validate --config=a.yaml", "telegraf config", "alloy fmt a.alloy"), no=("telegraf --config a.conf",)),
    Rule("loki|mimir|tempo|cortex|promtail|telegraf|vmalert|vmagent|victoria-metrics|vmauth|fluent-bit|fluentd|td-agent|nagios|naemon|collectd|rsyslogd|syslog-ng|zabbix_agentd|zabbix_server|zabbix_agent2",
         "-verify-config|--test|-dryRun|--dry-run|-dry-run|-D|-t|-T|--config.test_and_exit|-v|-N|--syntax-only|-print-config-stderr|--version|-version|-s", "safe", "dry_run", "only checks the configuration", id="collector-check",
         yes=("telegraf --test --config a.conf", "fluent-bit --dry-run -c a.conf", "nagios -v /etc/nagios/nagios.cfg", "rsyslogd -N1", "loki -verify-config -config.file=a.yml", "vmagent -dryRun -promscrape.config=a.yml", "collectd -t"), no=("loki -config.file=a.yml",)),
    Rule("zabbix_server|zabbix_agentd|zabbix_agent2|zabbix_proxy", "-R|--runtime-control", "caution", "config_change", "changes the running program", yes=("zabbix_server -R config_cache_reload",), no=("zabbix_agentd -t agent.ping",)),
    Rule(SERVERS + "|vector|zabbix_proxy", "", "caution", "availability", "starts a part of the monitoring", id="collector-start", yes=("loki -config.file=a.yml", "prometheus --config.file=p.yml", "telegraf --config a.conf", "vector --config a.toml"), no=("telegraf --test",)),
    Rule(BEATS, "test|export|version|status|inspect|diagnostics|help", "safe", "dry_run", "only checks or reads", yes=("elastic-agent status", "winlogbeat test config", "elastic-agent inspect"), no=("elastic-agent restart",)),
    Rule(BEATS, "modules|keystore list", "safe", "read_only", "only lists", yes=("journalbeat modules list",), no=("journalbeat modules enable nginx",)),
    Rule(BEATS, "unenroll|uninstall", "dangerous", "availability", "takes the agent away", yes=("elastic-agent uninstall",), no=("elastic-agent restart",)),
    Rule(BEATS, "", "caution", "config_change", "changes or starts a collector", yes=("elastic-agent restart", "journalbeat modules disable nginx", "elastic-agent enroll --url=x"), no=("elastic-agent status",)),
    Rule("datadog-agent", "flare", "caution", "config_change", "sends the agent's state to its maker", yes=("datadog-agent flare 123",), no=("datadog-agent status",)),
    Rule("datadog-agent", "status|check|configcheck|diagnose|health|hostname|version|config|tagger-list|workload-list|dogstatsd-stats|stream-logs|remote-config|secret", "safe", "read_only", "only reads", yes=("datadog-agent status", "sudo datadog-agent check postgres"), no=("datadog-agent stop",)),
    Rule("zabbix_get|snmpcheck|riemann-query|collectd-tg|nrpe_check|monitoring-status", "", "safe", "read_only", "only asks", yes=("zabbix_get -s web-1 -k agent.ping",), no=("zabbix_sender -z z -s h -k k -o 1",)),
    Rule("zabbix_sender|send_nsca|gmetric|promtail-push|dogstatsd|telegraf-push", "", "caution", "config_change", "sends a value", yes=("zabbix_sender -z z -s h -k k -o 1",), no=("zabbix_get -s h -k k",)),
    Rule("icinga2", "daemon -C|--validate", "safe", "dry_run", "only checks the configuration", yes=("icinga2 daemon -C",), no=("icinga2 daemon -d",)),
    Rule("icinga2", "object|feature|variable|node|ca|pki|troubleshoot list|get|verify", "safe", "read_only", "only reads", yes=("icinga2 feature list", "icinga2 object list --type Host"), no=("icinga2 feature disable mainlog",)),
    Rule("icinga2", "", "caution", "config_change", "changes or starts the monitoring", yes=("icinga2 feature disable mainlog", "icinga2 node wizard"), no=("icinga2 feature list",)),
    Rule("collectdctl", "listval|getval|getthreshold", "safe", "read_only", "only reads", yes=("collectdctl listval",), no=("collectdctl flush",)),
    Rule("collectdctl", "flush|putval|putnotif", "caution", "config_change", "writes what is held, or sends a value", yes=("collectdctl flush",), no=("collectdctl listval",)),
    Rule("osqueryi|steampipe", "", "safe", "read_only", "only asks", yes=("osqueryi 'select * from processes'", "steampipe query 'select 1'"), no=("osqueryd",)),
    Rule("check_http|check_disk|check_load|check_tcp|check_ping|check_procs|check_mysql|check_pgsql|check_nrpe|check_ssh|check_dns|check_smtp|check_swap|check_users|check_ntp_time|check_snmp|check_postgres|check_postgres.pl|check_redis|check_memcached|check_icmp|check_dig|check_log|check_cert",
         "", "safe", "read_only", "only checks", yes=("check_http -H shop.example.com -S", "check_disk -w 20% -c 10%"), no=("icinga2 daemon",)),
    # Who is called
    Rule("pd|opsgenie|pagerduty|rootly|incident|squadcast", "... ack|acknowledge|resolve|snooze|assign|trigger|escalate|merge|note|notes|override|close|page|set|update|create", "caution", "config_change", "changes an incident, or wakes somebody",
         yes=("pd incident ack -i P123", "pd incident resolve --ids P123", "opsgenie alert close --id 1"), no=("pd incident list",)),
    Rule("sensuctl", "silenced delete", "caution", "config_change", "lets alerts be heard again", yes=("sensuctl silenced delete a:b",), no=("sensuctl silenced list",)),
    Rule("pint|mixtool|sloth|jsonnet|jsonnetfmt|jb-lint", "lint|ci|watch|validate|eval|config|parse", "safe", "dry_run", "only checks", yes=("pint lint rules/", "sloth validate -i slos/"), no=("sloth generate -i a -o b",)),
    Rule("jsonnet", "", "safe", "read_only", "only prints", yes=("jsonnet -J vendor a.jsonnet",), no=("jb install",)),
)
# fmt: on
