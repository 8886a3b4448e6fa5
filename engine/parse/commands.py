"""Does a line read as a command? The words a shell is asked for in runbooks, and how English is told from them."""

from __future__ import annotations

import re
from functools import lru_cache

from ..expressions import expression

COMMANDS = frozenset(
    """
    kubectl oc k9s helm kustomize kubeadm kubectx kubens kubelogin eksctl rosa ocm minikube kind k3s crictl ctr
    nerdctl istioctl linkerd argocd flux velero cilium calicoctl virtctl rook-ceph odf subctl kubectl-ko etcdctl
    stern docker docker-compose podman buildah skopeo dockerd containerd aws aws-vault gcloud gsutil bq az azcopy
    doctl linode-cli ibmcloud hcloud oci openstack heroku flyctl vercel cf bosh credhub uaac gds knife chef-client
    puppet ansible ansible-playbook ansible-vault ansible-galaxy salt terraform terragrunt tofu packer vault consul
    nomad pulumi sops age boundary waypoint git gh glab hub svn hg git-lfs pre-commit psql pg_dump pg_dumpall
    pg_restore pg_ctl pg_ctlcluster pg_lsclusters pg_basebackup pg_isready pg_rewind pgbench pg_repack patronictl
    gitlab-patronictl barman wal-g wal-e pgbackrest pgbouncer createdb dropdb createuser initdb vacuumdb reindexdb
    repmgr mysql mysqldump mysqladmin mysqlcheck mysqlbinlog mariadb mycli xtrabackup vtctl vtctlclient vtctldclient
    vtgate sqlite3 mongo mongosh mongodump mongorestore mongod redis-cli redis-server memcached cqlsh nodetool
    clickhouse-client influx kafka-topics kafka-console-consumer kafka-consumer-groups kcat rabbitmqctl
    rabbitmq-diagnostics systemctl journalctl loginctl hostnamectl timedatectl resolvectl networkctl systemd-analyze
    service chkconfig supervisorctl initctl monit runsv launchctl sysctl dmesg modprobe lsmod apt apt-get apt-cache
    apt-key dpkg yum dnf rpm apk brew pacman zypper snap flatpak pip pip3 pipx poetry uv conda npm npx yarn pnpm gem
    bundle bundler rake rails cargo rustup go mvn gradle ./gradlew composer php artisan cd ls cp mv rm mkdir rmdir
    ln pwd cat chmod chown chgrp chattr stat df du dd lsblk blkid fdisk parted mkfs mount umount losetup lvcreate
    lvextend lvs vgs pvs vgextend pvcreate pvresize resize2fs xfs_growfs xfs_repair fsck e2fsck mdadm zfs zpool
    smartctl iostat vmstat mpstat sar lsof fuser strace ltrace perf tcpdump ps pgrep pkill kill killall htop iotop
    free uptime nproc ulimit nice renice nohup tmux sudo su doas whoami id groups useradd usermod userdel groupadd
    passwd visudo env export unset alias eval exec xargs grep egrep fgrep zgrep rg ag sed awk gawk jq yq tr wc tee
    uniq diff cmp comm xxd hexdump md5sum sha256sum sha1sum base64 gzip gunzip zcat zstd bzip2 xz tar unzip zip
    rsync scp sftp ssh ssh-keygen ssh-add ssh-copy-id ssh-keyscan curl wget http nc ncat netcat telnet dig nslookup
    ping ping6 traceroute mtr ifconfig ip iptables nft ufw firewall-cmd ss netstat route ethtool arp nmcli openssl
    gpg gpg2 keytool certbot mkcert step cfssl htpasswd nginx haproxy apachectl a2ensite a2enmod caddy envoy traefik
    varnishadm varnishctl python python3 node ruby perl java javac bash sh zsh echo printf touch nano vim vi emacs
    tail head which whereis crontab logrotate getent chroot unshare nsenter sleep seq mktemp readlink realpath
    dirname basename xdg-open ceph rados rbd ceph-volume radosgw-admin ganesha gluster cloud-platform pagerduty
    amtool promtool mimirtool thanos cortextool logcli jsonnet jb mixtool prometheus alertmanager grafana-cli
    sentry-cli opensearch-cli gitlab-ctl gitlab-rails gitlab-rake gitlab-backup gitlab-psql gitlab-runner sidekiqctl
    jenkins-cli circleci fastly cfcli wrangler netlify runme innovationengine ie asdf direnv nvm sdk make cmake gcc
    ykman gpgconf gpg-connect-agent pcscd aptly reprepro createrepo cloudflared tailscale wg strongswan ipsec watch
    source screen reboot shutdown poweroff swapoff swapon setenforce getenforce semanage restorecon hdfs hadoop
    spark-submit airflow dbt flink zkCli.sh jmap jstack jcmd jstat
    """.split()  # noqa: SIM905 - a column of words reads better than a thousand quotes
)
"""Names no English sentence begins with, or nearly so."""

ENGLISH_TOO = frozenset(
    """
    ag age at boundary bundle cd clear column comm command composer consul cut date env exec expand export file find
    flux fold free go head history host http hub id import influx install ip join kill kind last less link locate
    look make more mount nice node order paste perf read reboot reset route runme salt screen script sdk service set
    sh shutdown sleep snap sort source split stat step tail tee test time top touch type vault wait watch which who
    write yarn
    """.split()  # noqa: SIM905
)
"""Commands that are also words: they need something after them that a sentence would not have."""

PREFIXES = frozenset({"sudo", "time", "nohup", "env", "doas", "command", "exec", "watch", "nice", "builtin"})
VALUE_OPTIONS = frozenset({"-u", "-g", "-n"})
"""Options of those that take a value: `sudo -u postgres psql`."""
ASSIGNMENT = expression(r"[A-Za-z_]\w*\+?=")
SHELLISH = expression(r"(?:^|\s)(?:-{1,2}[\w]|[./~]+[\w/]|\$[\w({]|[\"'<>|&]|\*|\S*[/=_@:.]\S*\w)|\d")
"""An argument that a sentence does not carry: an option, a path, a quote, a variable, a digit."""
SENTENCE_END = expression(r"[a-z]{3,}[.!?:]$")
SCRIPT = expression(r"(?:\./|\.\./|~/)[\w./-]*\w$|/(?:[\w.-]+/)*(?:bin|sbin)/[\w.-]+$|[\w./-]+\.(?:sh|bash)$")
KEYWORDS = frozenset({"for", "while", "until", "if", "case", "function", "{", "(", "[[", "[", "((", "!"})


@lru_cache(maxsize=4096)
def command_word(line: str) -> tuple[str, str]:
    """The name a line would run, and the rest of the line; assignments and `sudo` and the like are passed over."""
    words = line.split()
    last = len(words) - 1
    index = 0
    while index < last and (words[index] in PREFIXES or ASSIGNMENT.match(words[index])):
        was_prefix = words[index] in PREFIXES
        index += 1
        while was_prefix and index < last and words[index].startswith("-"):
            index += 2 if words[index] in VALUE_OPTIONS else 1
    if index > last or ASSIGNMENT.match(words[index]):
        return "", ""
    return words[index], " ".join(words[index + 1 :])


def is_known(word: str) -> bool:
    """The word alone names a command: a known name, or the path of a script."""
    return word in COMMANDS or SCRIPT.match(word) is not None


@lru_cache(maxsize=4096)
def reads_as_command(line: str, *, alone: bool = False) -> bool:
    """Whether a single line is meant for a shell: a known name with an argument, or a pipeline of such.

    With `alone`, a known name without any argument counts too, as it would in a block of its own.
    """
    line = line.strip()
    if line.startswith("$ "):
        line = line[2:].lstrip()
    if not line or len(line) > 2000:
        return False
    word, rest = command_word(line)
    if not word:
        return alone and ASSIGNMENT.match(line) is not None
    if word in ENGLISH_TOO:
        return bool(rest) and SHELLISH.search(rest) is not None and not SENTENCE_END.search(rest)
    if is_known(word):
        return alone or bool(rest) or word.endswith((".sh", ".bash", ".py", ".rb", ".pl"))
    return _is_pipeline(line)


def _is_pipeline(line: str) -> bool:
    first, bar, rest = line.partition(" | ")
    return bool(bar) and bool(re.match(r"[a-z./][\w./-]*(?:\s|$)", first)) and reads_as_command(rest, alone=True)
