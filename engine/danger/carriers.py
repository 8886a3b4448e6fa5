"""Commands that run other commands: where the other one stands in their line, and in which language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Literal, NamedTuple

from .pattern import Pattern, compile_pattern
from .rule import options_in

Form = Literal["", "argv", "code", "first"]


class Carrier(NamedTuple):
    """One row. Rows of a tool are tried in order; the first one whose words match carries."""

    tool: str
    words: str = ""
    """Operands it begins with, each with alternatives by `|`: `compose exec`."""
    valued: str = ""
    """Options that take the next word."""
    skip: int = 0
    """Operands before the other command: a host, a pod, a duration."""
    rest: Form = ""
    """What follows: `argv` a command's words; `code` words that are joined and parsed; `first` one word of code."""
    language: str = "shell"
    options: Mapping[str, str] | None = None
    """Options whose value is code → its language."""
    stdin: str = ""
    """Language of standard input, which is read when nothing else was given."""
    dashes: bool = False
    """The other command stands only behind `--`."""
    when: str = ""
    """In the notation of `pattern.py`: the row counts only for such lines."""
    is_bulk: bool = False
    """The other command runs many times, on what is only known then."""
    is_remote: bool = False
    """The first skipped operand is the host it runs on."""
    shares: bool = False
    """The code runs in this very shell."""
    is_tool: bool = False
    """The last of `words` is the other command's name."""
    also: bool = False
    """The tool's own rules count too."""
    files: str = ""
    """Options that name a file of code."""
    outputs: str = ""
    """Options that name a file which is written over."""

    @property
    def names(self) -> frozenset[str]:
        return words_in(self.tool)

    @property
    def leading(self) -> tuple[frozenset[str], ...]:
        return _leading(self.words)

    @property
    def file_options(self) -> frozenset[str]:
        return options_in(self.files)

    @property
    def output_options(self) -> frozenset[str]:
        return options_in(self.outputs)

    @property
    def condition(self) -> Pattern:
        return _condition(self.when)

    @property
    def valued_options(self) -> frozenset[str]:
        return options_in(" ".join((self.valued, self.files, self.outputs, *(self.options or ()))))


@cache
def words_in(text: str) -> frozenset[str]:
    return frozenset(text.split("|"))


@cache
def _leading(words: str) -> tuple[frozenset[str], ...]:
    return tuple(words_in(word) for word in words.split())


@cache
def _condition(when: str) -> Pattern:
    return compile_pattern(when)


SUDO = "-u -g -h -p -C -r -t -T -U -D -R -c --user --group --host --prompt --close-from --role --type --chdir --chroot"
SSH = "-b -c -D -E -e -F -I -i -J -L -l -m -O -o -p -Q -R -S -W -w -B"
KUBE = (
    "-n --namespace --context --cluster --kubeconfig --user -s --server --token --as --as-group -c --container "
    "--request-timeout -v --field-manager --image --target --profile -f --filename -l --selector --pod-running-timeout"
)
DOCKER = "-e --env -u --user -w --workdir --env-file --detach-keys -H --host --context -c --config -l --log-level"
RUN = (
    f"{DOCKER} -v --volume --mount --name --network --net -p --publish --entrypoint -h --hostname --rm-after --restart "
    "--cpus -m --memory --label --platform --pull --add-host --cap-add --cap-drop --device --dns --ipc --pid --ulimit "
    "--user --userns --security-opt --shm-size --stop-signal --tmpfs --volumes-from --log-driver --log-opt --gpus"
)
COMPOSE = f"{DOCKER} -f --file -p --project-name --project-directory --profile --index --env-file"

# fmt: off
PREFIXES: tuple[Carrier, ...] = (
    Carrier("sudo|doas|pkexec|run0|dzdo", valued=SUDO, rest="argv"),
    Carrier("env", valued="-u --unset -C --chdir", rest="argv", options={"-S": "shell", "--split-string": "shell"}),
    Carrier("time|chronic|ts|errno", valued="-f -o --format --output", rest="argv"),
    Carrier("stdbuf", valued="-o -e -i --output --error --input", rest="argv"),
    Carrier("caffeinate", valued="-t -w", rest="argv"),
    Carrier("nohup|setsid|unbuffer|dbus-run-session|fakeroot", rest="argv"),
    Carrier("command", when="!-v !-V", rest="argv"),
    Carrier("builtin|busybox|toybox|exec|noglob|nocorrect", valued="-a", rest="argv"),
    Carrier("nice|ionice", valued="-n -c -p -P -u --adjustment --class --classdata", rest="argv", when="!-p|--pid|-P|-u"),
    Carrier("timeout|gtimeout", valued="-s -k --signal --kill-after", skip=1, rest="argv"),
    Carrier("chroot|fakechroot", valued="--userspec --groups", skip=1, rest="argv"),
    Carrier("nsenter|unshare|setpriv|cgexec|systemd-cat|dumb-init|tini|catchsegv|numactl|faketime", valued="-t --target -g -S -G -p -r -w --reuid --regid --groups -c -i -N -m -C --pid --wd", rest="argv"),
    Carrier("taskset", skip=1, rest="argv", when="!-p|--pid"),
    Carrier("chrt", valued="-T -P -D", skip=1, rest="argv", when="!-p|--pid"),
    Carrier("prlimit", rest="argv", when="!-p|--pid"),
    Carrier("systemd-run|systemd-inhibit", valued="-p --property --on-active --on-boot --on-calendar --unit -u -M ""--machine --uid --gid --nice -E --setenv --slice --description --working-directory -H --host --what --who --why", rest="argv"),
    Carrier("runuser", valued="-u -g -G -s --user", options={"-c": "shell", "--command": "shell"}, rest="argv", when="-u|--user"),
    Carrier("gosu|su-exec|setuidgid|chpst", skip=1, rest="argv"),
    Carrier("sg|newgrp", valued="-c", options={"-c": "shell"}),
    Carrier("capsh", rest="argv", dashes=True, also=True),
    Carrier("parallel", stdin="shell", when="$", is_bulk=True),
    Carrier("su|runuser", valued="-s --shell -g -G -w", options={"-c": "shell", "--command": "shell", "--session-command": "shell"}, stdin="shell"),
    Carrier("watch", valued="-n --interval", rest="code", is_bulk=True, also=True),
    Carrier("strace|ltrace|gdb|valgrind", valued="-e -o -p -s -P -u -a -E", rest="argv", also=True),
    Carrier("perf", words="record|stat|trace", valued="-e -o -p -F -C -t -c --pid --output --event", rest="argv", also=True),
    Carrier("perf", words="lock|sched|kmem|mem|c2c|kvm|ftrace record", valued="-e -o -p -F -C -t -c --pid --output --event", rest="argv", also=True),
    Carrier("trace-cmd|uftrace", words="record", valued="-e -p -o -O -l -f", rest="argv", also=True),
    Carrier("bpftrace|bcc", valued="-e -o -p -I --include", options={"-c": "shell"}, also=True),
    Carrier("py-spy|rbspy", words="record|top", rest="argv", dashes=True, also=True),
    Carrier("vim|vi|nvim|view|vimdiff|rview|ex", valued="-u -S -T -t", options={"-c": "bang", "--cmd": "bang"}, also=True),
    Carrier("less|more|most", language="bang", rest="first", valued="-b -h -j -o -p -t -x -z -P", also=True),
    Carrier("man", valued="-S -s -L -m -M -e -T -r", options={"-P": "shell", "--pager": "shell"}, also=True),
    Carrier("mapfile|readarray", valued="-d -n -O -s -u -c", options={"-C": "shell"}, also=True),
    Carrier("complete|compgen", valued="-A -G -W -F -X -P -S -o", options={"-C": "shell"}, also=True),
    Carrier("bind", options={"-x": "bind"}, also=True),
    Carrier("truss|dtruss|ktrace|dtrace", valued="-n -p -o -s -t -W", options={"-c": "shell"}, rest="argv", when="!-p !-n !-l", also=True),
    Carrier("fzf|sk", options={"--preview": "shell"}, also=True),
    Carrier("flock", valued="-w --timeout -E --conflict-exit-code", skip=1, rest="argv", options={"-c": "shell", "--command": "shell"}),
    Carrier("script", valued="-O -I -B -T -E -o --log-out", options={"-c": "shell", "--command": "shell"}, also=True),
    Carrier("xargs|gxargs", valued="-n -P -I -L -d -a -s -E --max-args --max-procs --arg-file --delimiter --max-chars", rest="argv", is_bulk=True),
    Carrier("parallel|rush", valued="-j --jobs -a --arg-file -I -N --colsep -d --delay --timeout --retries -S --sshlogin", rest="code", is_bulk=True),
    Carrier("aws-vault|saml2aws|granted|assume|awsume", words="exec", valued="-d --duration -n -a --region", skip=1, rest="argv"),
    Carrier("chamber|envchain|teller|summon|consul-template|envconsul", words="exec|run", rest="argv", dashes=True),
    Carrier("envdir", skip=1, rest="argv"),
    Carrier("doppler|op|infisical|vault-env|dotenvx|phase", words="run", rest="argv", dashes=True),
    Carrier("bundle|poetry|pipenv|pdm|hatch|rbenv|pyenv|nodenv|nvm|asdf|mise|direnv|bundler", words="exec|run", rest="argv"),
    Carrier("uv|conda|mamba|hatch|rye|poetry", words="run", valued="--with -p --python -n --name", rest="argv"),
    Carrier("npx|pnpx|bunx|dotenv|rtk|torsocks|proxychains|proxychains4|tsocks|winpty|rlwrap", valued="-f -e -c", rest="argv"),
    Carrier("sops", words="exec-env", skip=1, rest="first"),
)

SHELLS: tuple[Carrier, ...] = (
    Carrier("bash|sh|zsh|dash|ksh|mksh|ash|fish|rbash", valued="-o -O --rcfile --init-file -c", options={"-c": "shell", "-lc": "shell", "-ec": "shell", "-xc": "shell", "-ic": "shell"}, stdin="shell"),
    Carrier("eval", rest="code", shares=True),
    Carrier("trap", rest="first", when="!-l !-p"),
    Carrier("at|batch", valued="-f -q -t", stdin="shell"),
    Carrier("tmux|screen|byobu", words="send-keys|send|new-session|new|new-window|split-window|respawn-pane|pipe-pane|run-shell|run", valued="-t -s -n -c -x -y -F -e", rest="code", language="keys"),
    Carrier("screen", valued="-S -p -c -t -T -h -e", rest="argv", when="-d|-D|-m|-dm|-dmS|-md"),
    Carrier("screen", valued="-S -p", options={"-X": "shell"}, also=True),
    Carrier("git", words="submodule", skip=1, rest="code", when="submodule foreach"),
    Carrier("git", words="bisect run", rest="argv", also=True),
    Carrier("git", words="rebase", options={"-x": "shell", "--exec": "shell"}, valued="-x --exec", also=True),
    Carrier("git", words="filter-branch", valued="--tree-filter --index-filter --env-filter --msg-filter", also=True, options={"--tree-filter": "shell", "--index-filter": "shell"}),
    Carrier("entr|reflex|nodemon|watchexec|chokidar", valued="-n -w -e -r", rest="argv", is_bulk=True),
    Carrier("ssh-agent|gpg-agent|keychain", rest="argv"),
    Carrier("expect", options={"-c": "opaque"}, valued="-c"),
)

REMOTE: tuple[Carrier, ...] = (
    Carrier("ssh|scp|sftp", valued=SSH, options={"-o": "setting"}, also=True),
    Carrier("ssh|autossh|mosh|gcloud-ssh|sshpass-ssh", valued=SSH, skip=1, rest="code", stdin="shell", is_remote=True),
    Carrier("sshpass", valued="-p -f -d -P", rest="argv"),
    Carrier("kubectl|oc", words="exec", valued=KUBE, skip=1, rest="argv", is_remote=True),
    Carrier("oc", words="rsh", valued=KUBE, skip=1, rest="argv", is_remote=True),
    Carrier("kubectl|oc", words="debug|run", valued=KUBE, rest="argv", dashes=True, also=True),
    Carrier("oc", words="adm", valued=KUBE, rest="argv", dashes=True, also=True),
    Carrier("docker|podman|nerdctl|crictl", words="exec", valued=DOCKER, skip=1, rest="argv", is_remote=True),
    Carrier("docker|podman|nerdctl", words=["container", "exec"][0], valued=DOCKER, skip=2, rest="argv", when="container exec"),
    Carrier("docker|podman|nerdctl", words="run|create", valued=RUN, skip=1, rest="argv", also=True),
    Carrier("docker|podman|nerdctl", words="compose exec", valued=COMPOSE, skip=1, rest="argv", is_remote=True),
    Carrier("docker-compose|podman-compose", words="exec", valued=COMPOSE, skip=1, rest="argv", is_remote=True),
    Carrier("docker|podman|nerdctl", words="compose run", valued=COMPOSE, skip=1, rest="argv", also=True),
    Carrier("docker-compose|podman-compose", words="run", valued=COMPOSE, skip=1, rest="argv", also=True),
    Carrier("ctr", words="t|task|tasks exec", valued="-n --namespace --exec-id -a --address --user --cwd", skip=1, rest="argv", is_remote=True),
    Carrier("podman", words="machine ssh", rest="argv"),
    Carrier("minikube|colima", words="ssh", valued="-n --node -p --profile", rest="argv"),
    Carrier("k3s|k0s|rke2|microk8s|rancher", words="kubectl|crictl|ctr|helm|helm3", rest="argv", is_tool=True),
    Carrier("consul", words="lock", valued="-n -timeout -token -http-addr", skip=1, rest="code"),
    Carrier("terramate|mise", words="run", rest="argv", dashes=True),
    Carrier("ip", words="netns exec", valued="-n", skip=1, rest="argv"),
    Carrier("cephadm", words="shell", valued="--fsid -c --config -k --keyring -m --mount -e --env", rest="argv"),
    Carrier("cephadm", words="enter", valued="--fsid --name -n", rest="argv"),
    Carrier("dc", options={"-e": "bang", "--expression": "bang"}, stdin="bang", also=True),
    Carrier("lxc|incus", words="exec", skip=1, rest="argv"),
    Carrier("lxc-attach", valued="-n --name", rest="argv"),
    Carrier("pct|qm", words="exec", skip=1, rest="argv"),
    Carrier("machinectl", words="shell", skip=1, rest="argv"),
    Carrier("multipass|limactl|colima|toolbox|distrobox|vagrant", words="exec|shell|enter|run", skip=1, rest="argv"),
    Carrier("vagrant", words="ssh", valued="-c --command", options={"-c": "shell", "--command": "shell"}),
    Carrier("nomad", words="alloc exec", valued="-task -job", skip=1, rest="argv"),
    Carrier("nomad", words="exec", valued="-task -job", skip=1, rest="argv"),
    Carrier("consul", words="exec", valued="-node -service -tag -prefix -datacenter", rest="code", is_bulk=True),
    Carrier("heroku|dokku|fly|flyctl|railway|render|eb|scalingo", words="run|run:detached|enter", valued="-a --app -s", rest="argv"),
    Carrier("fly|flyctl|eb", words="ssh", valued="-C --command -a --app", options={"-C": "shell", "--command": "shell"}),
    Carrier("cf", words="ssh", valued="-c --command -i -L", options={"-c": "shell", "--command": "shell"}),
    Carrier("gcloud", words="compute ssh", valued="--command --zone --project --ssh-flag", is_remote=True, skip=1, options={"--command": "shell"}, rest="argv", dashes=True),
    Carrier("aws", words="ecs execute-command", options={"--command": "shell"}, valued="--command --cluster --task --container --profile --region"),
    Carrier("aws", words="ssm send-command", options={"--parameters": "strings"}, also=True, valued="--parameters --document-name --targets --instance-ids --profile --region --comment"),
    Carrier("az", words="vm|vmss|aks", options={"--scripts": "shell", "--command": "shell", "-c": "shell"}, valued="--scripts --command -c --command-id -g -n --resource-group --name --file -f", when="* run-command|command"),
    Carrier("az", words="containerapp|container exec", options={"--command": "shell", "--exec-command": "shell"}, valued="--command --exec-command -g -n --resource-group --name"),
    Carrier("knife", words="ssh", valued="-x -i -C -a -p -P -G -m --attribute --concurrency --ssh-user", skip=1, rest="code", is_bulk=True),
    Carrier("salt|salt-ssh", when="* cmd.run|cmd.shell|cmd.script|cmd.run_all", skip=2, rest="first", is_bulk=True, valued="-t -b --timeout --batch-size --out"),
    Carrier("salt-call", words="cmd.run|cmd.shell", rest="first"),
    Carrier("ansible", options={"-a": "shell", "--args": "shell"}, is_bulk=True, valued="-a --args -m --module-name -i --inventory -u --user -l --limit -f --forks -e --extra-vars -t --become-user", when="!-C|--check|--list-hosts !-m|--module-name=[!s]* !-m|--module-name=service !-m|--module-name=systemd !-m|--module-name=setup !-m|--module-name=stat ""!-m|--module-name=synchronize !-m|--module-name=script !-m|--module-name=slurp !-m|--module-name=set_fact"),
    Carrier("ansible", options={"-a": "shell", "--args": "shell"}, is_bulk=True, when="!-C|--check|--list-hosts -m|--module-name=command|raw|shell|ansible.builtin.shell|ansible.builtin.command|ansible.builtin.raw", valued="-a --args -m --module-name -i --inventory -u --user -l --limit -f --forks -e --extra-vars -t --become-user"),
    Carrier("bolt", words="command run", valued="-t --targets -u --user", rest="first", is_bulk=True),
    Carrier("mco", words="shell run", rest="first", is_bulk=True),
    Carrier("pdsh|clush|dsh|pssh|parallel-ssh|dancer-shell|mussh|sshmulti|tentakel|psh", is_bulk=True, rest="code", valued="-w -g -x -l -f -H -h -t -p -o -e -i -n -m -M -u -c -a -R -b --hosts --group"),
    Carrier("fab|cap|invoke", rest="argv", dashes=True, also=True),
    Carrier("bosh", words="ssh", valued="-d -c -e --deployment --command", options={"-c": "shell", "--command": "shell"}),
    Carrier("juju", words="ssh|exec|run", valued="-m --model -u --unit -a --application", skip=1, rest="code"),
    Carrier("teleport|tsh", words="ssh", valued="--cluster --proxy -l --login -p --port", skip=1, rest="code", is_remote=True),
    Carrier("virt-customize|guestfish", options={"--run-command": "shell"}, valued="--run-command -a -d", also=True),
)

CLIENTS: tuple[Carrier, ...] = (
    Carrier("psql|cockroach-sql|pgcli|yugabyte|ysqlsh|gitlab-psql|redshift", language="sql:postgres", stdin="sql:postgres", options={"-c": "sql:postgres", "--command": "sql:postgres", "--execute": "sql:postgres"}, valued="-c --command -d --dbname -h --host -U --username -p --port -f --file -v --set --variable -P --pset -o ""--output -F -L -R -T --execute", files="-f --file", outputs="-o --output -L --log-file"),
    Carrier("mysql|mariadb|mycli|tidb|proxysql", language="sql:mysql", stdin="sql:mysql", options={"-e": "sql:mysql", "--execute": "sql:mysql", "--init-command": "sql:mysql"}, valued="-p? -e --execute -h --host -u --user -P --port -D --database -S --socket --defaults-file ""--defaults-extra-file --protocol --init-command", outputs="--tee --audit-log --logfile -l"),
    Carrier("sqlite3|litecli", valued="-cmd -separator -nullvalue -init -newline", skip=1, rest="first", language="sql:sqlite", options={"-cmd": "sql:sqlite"}, stdin="sql:sqlite", outputs="--logfile --auditlog"),
    Carrier("cqlsh", options={"-e": "sql:cassandra", "--execute": "sql:cassandra"}, stdin="sql:cassandra", valued="-e --execute -f --file -k --keyspace -u -p --username --password --cqlshrc", files="-f --file"),
    Carrier("clickhouse-client|clickhouse-local|chc", options={"-q": "sql:clickhouse", "--query": "sql:clickhouse"}, stdin="sql:clickhouse", valued="-q --query -h --host -u --user --password --port -d --database -f --format"),
    Carrier("clickhouse", words="client|local", options={"-q": "sql:clickhouse", "--query": "sql:clickhouse"}, stdin="sql:clickhouse", valued="-q --query -h --host -u --user --password --port -d --database"),
    Carrier("cockroach", words="sql", options={"-e": "sql:postgres", "--execute": "sql:postgres"}, stdin="sql:postgres", valued="-e --execute --host --url --certs-dir -d --database --user -u -p --port"),
    Carrier("influx|influxdb", options={"-execute": "sql:influx", "--execute": "sql:influx"}, stdin="sql:influx", valued="-execute --execute -database -host -port -username -password", when="-execute|--execute"),
    Carrier("sqlcmd|isql|osql", options={"-Q": "sql:tsql", "-q": "sql:tsql"}, stdin="sql:tsql", valued="-Q -q -S -U -P -d -i -o -h -s -W", outputs="-o"),
    Carrier("sqlplus", stdin="sql:oracle"),
    Carrier("snowsql", options={"-q": "sql:snowflake"}, valued="-q -f -a -u -d -s -w -r", stdin="sql:snowflake"),
    Carrier("bq", words="query", rest="first", language="sql:bigquery", when="!--dry_run", valued="--project_id"),
    Carrier("trino|presto|hive|beeline|impala-shell|spark-sql|duckdb|vsql", stdin="sql", valued="-e -q -u -f --execute -s", options={"-e": "sql", "--execute": "sql", "-q": "sql", "-s": "sql"}, outputs="-o --output_file --out --output-file"),
    Carrier("duckdb", skip=1, rest="first", language="sql"),
    Carrier("rails|./bin/rails|bin/rails", words="dbconsole|db", stdin="sql"),
    Carrier("django-admin", words="dbshell", stdin="sql"),
    Carrier("patronictl", words="query", options={"-c": "sql:postgres", "--command": "sql:postgres"}, files="--file"),
    Carrier("vtctldclient|vtctlclient", words="ExecuteFetchAsDBA|ExecuteFetchAsApp|ExecuteFetchAsDba", skip=1, rest="first", language="sql:mysql"),
    Carrier("mysqlsh", options={"-e": "sql:mysql", "--execute": "sql:mysql"}, valued="-h -u -P --uri", when="--sql"),
    Carrier("aws", words="rds-data|redshift-data execute-statement", options={"--sql": "sql:postgres"}),
    Carrier("aws", words="athena start-query-execution", options={"--query-string": "sql"}),
    Carrier("gcloud", words="spanner databases execute-sql", options={"--sql": "sql"}),
    Carrier("wrangler", words="d1 execute", options={"--command": "sql:sqlite"}),
    Carrier("heroku", words="pg:psql", options={"-c": "sql:postgres", "--command": "sql:postgres"}, valued="-a --app", stdin="sql:postgres"),
    Carrier("cypher-shell", valued="-a -u -p -d --address --username --password", stdin="words:cypher-shell"),
    Carrier("clickhouse-keeper-client", valued="-h --host -p --port", stdin="words:clickhouse-keeper-client"),
    Carrier("redis-cli|valkey-cli|keydb-cli", stdin="words:redis-cli", when="$", valued="-h -p -a -n -u -s --user --pass -r -i --pattern -x --type -D -d"),
    Carrier("mongosh|mongo", options={"--eval": "mongo", "-e": "mongo"}, stdin="mongo", valued="--eval -e --host --port -u --username -p --password --authenticationDatabase --file -f", files="-f --file"),
    Carrier("socat|nc|ncat|netcat", stdin="words:admin-socket", when="!-e|-c|--exec|--sh-exec !EXEC:*|SYSTEM:*|exec:*|system:*|SHELL:*", valued="-p -w -s -i -x -X -e -c"),
    Carrier("zkCli|zkCli.sh", rest="code", language="words:zkcli", stdin="words:zkcli", valued="-server -timeout -r"),
    Carrier("zookeeper-shell|zookeeper-shell.sh", skip=1, rest="code", language="words:zkcli", stdin="words:zkcli", valued="-server -timeout"),
    Carrier("telnet", stdin="words:admin-socket", also=True),
    Carrier("etcdctl", words="txn", stdin="opaque", also=True),
    Carrier("hbase", words="shell", stdin="words:hbase"),
)

INTERPRETERS: tuple[Carrier, ...] = (
    Carrier("python|python2|python3|pypy3|ipython", valued="-c -m -W -X", options={"-c": "python"}, stdin="python", also=False),
    Carrier("perl", valued="-e -E -I -M", options={"-e": "perl","-E": "perl","-ne": "perl","-pe": "perl","-lne": "perl","-ple": "perl","-i": "opaque",}, stdin="perl"),
    Carrier("ruby", valued="-e -r -I", options={"-e": "ruby", "-ne": "ruby"}, stdin="ruby"),
    Carrier("node|nodejs|deno|bun", valued="-e --eval -p --print -r", options={"-e": "node", "--eval": "node", "-p": "node", "--print": "node"}, stdin="node"),
    Carrier("php", valued="-r -d -f", options={"-r": "php"}, stdin="php"),
    Carrier("lua|osascript|tclsh|Rscript|erl|elixir|iex|groovy|scala|jshell|julia", valued="-e --eval -eval", stdin="opaque", options={"-e": "opaque", "--eval": "opaque", "-eval": "opaque"}),
    Carrier("rails|bin/rails|./bin/rails|gitlab-rails|script/rails", words="runner|r", rest="first", language="ruby", valued="-e --environment"),
    Carrier("rails|bin/rails|gitlab-rails", words="console|c", stdin="ruby", also=True),
    Carrier("awk|gawk|mawk|nawk|goawk", valued="-F -v --assign -f --file -i --include -l --load -E --exec -o? -d? -p?", rest="first", language="awk", when="!-f|--file !-i|--include|-l|--load|-E|--exec|-o"),
    Carrier("sed|gsed", valued="-e --expression -f --file", options={"-e": "sed", "--expression": "sed"}, also=True, when="-e|--expression", files="-f --file"),
    Carrier("sed|gsed", files="-f --file", stdin="sed", when="-f|--file", also=True),
    Carrier("sed|gsed", valued="-s -l -E", rest="first", language="sed", also=True, when="!-f|--file"),
    Carrier("manage.py|./manage.py|django-admin", words="shell|shell_plus", valued="-c --command", stdin="python", options={"-c": "python", "--command": "python"}),
    Carrier("wp", words="eval", rest="first", language="php"),
    Carrier("wp", words="db query", rest="first", language="sql:mysql"),
    Carrier("artisan", words="tinker", options={"--execute": "php"}, valued="--execute"),
    Carrier("rabbitmqctl|rabbitmq-diagnostics", words="eval", rest="first", language="opaque"),
)
# fmt: on

CARRIERS: tuple[Carrier, ...] = (*PREFIXES, *SHELLS, *REMOTE, *CLIENTS, *INTERPRETERS)
BY_TOOL: dict[str, list[Carrier]] = {}
for _carrier in CARRIERS:
    for _name in _carrier.names:
        BY_TOOL.setdefault(_name, []).append(_carrier)
