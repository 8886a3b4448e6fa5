"""What only looks or computes, which most blocks are made of, and the shell's own commands."""

from __future__ import annotations

from ..rule import Rule, Tool

# fmt: off
TOOLS: tuple[Tool, ...] = (
    Tool("sort|gsort", "-k -t -S -T -o --key --field-separator --buffer-size --temporary-directory --output --parallel"),
    Tool("yq", "-o -p -I --indent --output-format --input-format --arg --argjson --from-file"),
    Tool("jq|jaq|gojq", "-f --from-file --arg --argjson --slurpfile --rawfile -L --indent"),
    Tool("date|gdate", "-d --date -r --reference -s --set -f --file -v"),
    Tool("hostname", "-F --file"),
    Tool("dmesg", "-l --level -f --facility -s --buffer-size -n --console-level --since --until --time-format"),
    Tool(
        "journalctl",
        "-u --unit -n --lines -S --since -U --until -p --priority -o --output -t --identifier -M --machine -D --directory --file "
        "-g --grep -b --boot-id --user-unit --vacuum-size --vacuum-time --vacuum-files --root --namespace -c --cursor",
    ),
    Tool("tcpdump|tshark|tcpflow|ngrep|dumpcap", "-i -c -w -r -s -C -G -W -F -z -Z -B -Y -f -T -e -a -b"),
    Tool("shuf", "-o -n -i --output --head-count --input-range"),
    Tool("tree", "-o -L -I -P"),
    Tool("sdiff", "-o -w --output --width"),
    Tool("ncdu", "-o -f --exclude"),
    Tool("goaccess", "-o -f -p --output"),
    Tool("py-spy", "-o -p -d -r -f --output --pid --duration --rate --format"),
    Tool("ss", "-f -A -D -F -N --family --query --socket --diag --filter --net"),
    Tool("jinfo", "-flag", long_dash=True),
    Tool("strace|ltrace", "-p -e -o -s -u -P -E -a -O -S -I"),
    Tool("watch", "-n --interval"),
    Tool("tmux", "-t -s -n -c -x -y -F -e -L -f"),
    Tool("screen", "-S -p -c -t -T -h -e -X"),
    Tool("top|htop|atop|btop|iotop|iftop|nethogs|glances|nmon|bmon", "-p -n -d -u -U -o -i -w"),
    Tool("base64|base32|gbase64", "-w --wrap"),
    Tool("head|tail", "-n -c --lines --bytes"),
    Tool("grep|egrep|fgrep|rg", "-e -f -A -B -C -m --regexp --file --max-count --include --exclude"),
    Tool("fd", "-e --extension -t --type -d --max-depth -E --exclude -S --size --changed-within --changed-before -o --owner"),
    Tool("vim|nvim|view|nano|pico|emacs|micro|joe|ed|ex", "-c -u -S -T -t --cmd"),
    Tool("history", "-d"),
    Tool("script|asciinema|ttyrec", "-O -I -B -T -E -o --log-out -t"),
    Tool("perf", "-p -e -F -o -i -C -t -G --sort --pid --output"),
    Tool("gdb", "-p -ex -x --pid -ex", long_dash=True),
)

LOOKING = (
    "ls|dir|vdir|exa|eza|lsd|tree|cat|tac|nl|less|more|most|bat|batcat|head|tail|multitail|grep|egrep|fgrep|rg|ag|ack|ugrep|zgrep|zegrep|bzgrep|xzgrep|"
    "zcat|gzcat|bzcat|xzcat|zstdcat|lz4cat|zless|zmore|xzless|zdiff|zcmp|wc|uniq|cut|tr|paste|join|comm|fold|fmt|pr|rev|column|expand|unexpand|colrm|col|ul|"
    "shuf|tsort|numfmt|factor|bc|dc|expr|units|cal|ncal|look|ps|pstree|pgrep|pidof|pidstat|pmap|pwdx|pstack|jps|procs|df|duf|du|dust|ncdu|free|uptime|w|who|users|last|lastb|"
    "lastlog|lastcomm|whoami|id|groups|logname|tty|arch|uname|nproc|getconf|getent|lslogins|finger|pinky|printenv|locale|"
    "dig|host|nslookup|drill|delv|kdig|whois|resolveip|ping|ping6|fping|arping|oping|traceroute|traceroute6|tracepath|mtr|tcptraceroute|ss|netstat|lsof|lsfd|vmstat|iostat|mpstat|sar|sadf|dstat|"
    "slabtop|numastat|turbostat|nfsstat|nfsiostat|showmount|rpcinfo|cifsiostat|ifstat|nstat|lnstat|vnstat|nload|lscpu|lsmem|lspci|lsusb|lsblk|lshw|lsmod|modinfo|lsscsi|lsipc|lsns|lslocks|lsinitrd|lsattr|getfacl|getfattr|getcap|getsebool|getenforce|sestatus|"
    "dmidecode|inxi|hwinfo|blkid|findmnt|findfs|sensors|acpi|upower|stat|file|realpath|readlink|basename|dirname|pathchk|namei|test|[|[[|true|false|:|echo|printf|seq|jot|sleep|"
    "usleep|gsleep|wait|pwd|which|whereis|whatis|apropos|man|info|tldr|cheat|diff|gdiff|colordiff|sdiff|vimdiff|icdiff|delta|cmp|diffstat|difft|md5sum|sha1sum|sha224sum|sha256sum|sha384sum|sha512sum|b2sum|"
    "b3sum|md5|shasum|cksum|sum|xxhsum|strings|hexdump|od|hexyl|nm|objdump|readelf|ldd|size|addr2line|c++filt|pldd|jq|jaq|gojq|fx|jid|gron|xmllint|xpath|mlr|xsv|qsv|csvcut|csvgrep|csvlook|"
    "csvstat|dasel|htmlq|pup|jsonlint|lolcat|figlet|pv|yes|ansi2txt|ts|locate|mlocate|plocate|fzf|sk|clear|reset|tput|tabs|resize|banner|cowsay|fortune|say|notify-send|"
    "nvidia-smi|rocm-smi|ipcalc|sipcalc|speedtest|speedtest-cli|iperf|iperf3|nuttcp|netperf|sockstat|rpm2cpio|zipinfo|zipgrep|envsubst|getopt|m4|iconv|uuidgen|pwgen|mcookie|mktemp|tempfile|"
    "fatrace|inotifywait|inotifywatch|opensnoop|execsnoop|biosnoop|biolatency|biotop|tcptop|tcplife|tcpconnect|tcpretrans|ext4slower|runqlat|profile|offcputime|bpftrace|py-spy|rbspy|async-profiler|systemd-analyze|systemd-cgls|"
    "systemd-cgtop|systemd-detect-virt|systemd-delta|systemd-path|systemd-escape|coredumpctl|aureport|ausearch|lnav|goaccess|ccze|logtail|mailq|pflogsumm|exiqgrep|exiwhat|"
    "xclip|xsel|pbcopy|pbpaste|wl-copy|wl-paste|glow|mdcat|sw_vers|vm_stat|fs_usage|otool|dscacheutil|vmmap|lsb_release|lsappinfo|ioreg|system_profiler|uptimed|ruptime|rwho"
)
SHELL = (
    "cd|pushd|popd|dirs|export|declare|typeset|local|readonly|unset|set|shopt|setopt|unsetopt|alias|unalias|shift|return|exit|break|continue|let|getopts|read|mapfile|readarray|jobs|hash|type|help|complete|"
    "compgen|bind|caller|times|enable|autoload|zmodload|emulate|logout|suspend|ulimit|umask|limit|disown|fg|bg|builtin|compopt|whence|where|rehash|stty|true|compinit|bindkey|setenv|unsetenv"
)

RULES: tuple[Rule, ...] = (
    Rule("java|javac", "-version|--version|-fullversion|-XshowSettings*|--list-modules", "safe", "read_only", "only prints its version", yes=("java -XshowSettings:all -version", "java --list-modules"), no=("java -jar x.jar",)),
    Rule("perf", "ftrace|script *", "caution", "opaque", "runs a command, or a script", yes=("perf ftrace ls",), no=("perf stat ls", "perf script"), id="perf-runs"),
    Rule("mailq", "-q|-qf", "caution", "config_change", "sends what waits", yes=("mailq -qf",), no=("mailq",), id="mailq-sends"),
    Rule("dc", "~*!*", "caution", "opaque", "runs a command behind the exclamation mark", yes=("dc -e '!ls'",), no=("dc -e 1",), id="dc-runs"),
    Rule("m4", "", "caution", "opaque", "macros may run commands", yes=("m4 x.m4",), no=("cat x.m4",)),
    Rule("mlr", "-I|-n", "caution", "config_change", "edits files in place, or runs a program of its own", yes=("mlr -I sort -f a x.csv",), no=("mlr --icsv head x.csv",), id="mlr-writes"),
    Rule("mlr", "... put|filter|tee|split|case|nothing", "caution", "opaque", "runs a program that may write or call others", yes=("mlr --from x.csv put '$a=1'",), no=("mlr --icsv head x.csv",), id="mlr-put"),
    Rule("dasel", "put|delete", "caution", "config_change", "writes the document", yes=("dasel put -f x.json -v 1 a",), no=("dasel -f x.json a",)),
    Rule("nvidia-smi", "drain", "dangerous", "availability", "takes a card away", yes=("nvidia-smi drain -p 0000:01:00.0 -m 1",), no=("nvidia-smi -q",)),
    Rule("nvidia-smi|rocm-smi", "--gpu-reset|-r|--gpureset|--resetclocks", "dangerous", "availability", "resets a card under what runs on it", yes=("nvidia-smi --gpu-reset -i 0",), no=("nvidia-smi -L",), id="gpu-reset"),
    Rule("nvidia-smi", "-pm|-pl|-e|-c|-lgc|-ac|--persistence-mode|--power-limit", "caution", "config_change", "changes a card's settings", yes=("nvidia-smi -pl 100",), no=("nvidia-smi -L",), id="nvidia-smi-set"),
    Rule("trace-cmd", "start|stop|reset|extract|restore|set", "caution", "config_change", "changes what the kernel traces", yes=("trace-cmd reset",), no=("trace-cmd report",)),
    Rule("sysdig|falco", "-w|-c", "caution", "config_change", "writes a capture, or runs a script", yes=("sysdig -w /etc/x.scap",), no=("sysdig -l",), id="sysdig-writes"),
    Rule("dtrace", "-w|-c", "caution", "opaque", "lets the probe run commands", yes=("dtrace -c ls -n BEGIN",), no=("dtrace -l",), id="dtrace-runs"),
    Rule("coredumpctl", "debug|gdb|dump", "caution", "privilege", "opens a debugger, or writes memory to a file", yes=("coredumpctl debug",), no=("coredumpctl list",)),
    Rule("systemd-analyze", "set-*|log-level|log-target|service-watchdogs", "caution", "config_change", "changes the service manager's settings", yes=("systemd-analyze set-log-level debug",), no=("systemd-analyze blame",)),
    Rule("lnav|glances|atop|nmon|speedtest", "-c|-nc|-w|-f|--share|-F", "caution", "opaque", "runs commands or writes a file", yes=("lnav -c ':write-to /etc/x'",), no=("lnav /var/log/syslog",), id="viewer-writes"),
    Rule("dscacheutil", "-flushcache", "caution", "config_change", "empties a cache", yes=("dscacheutil -flushcache",), no=("dscacheutil -q host",)),
    Rule("unset", "PATH|HOME|LD_LIBRARY_PATH|IFS", "caution", "config_change", "takes a variable away that every command needs", yes=("unset PATH",), no=("unset X",)),
    Rule("fzf|sk|peco", "--preview|--bind|--execute", "caution", "opaque", "runs commands while one chooses", yes=("fzf --preview 'cat {}'",), no=("fzf",), id="fzf-runs"),
    # Readers that can be told to write, or to run something.
    Rule("uniq", "* *", "caution", "config_change", "writes what it reads over its second file", yes=("uniq in out",), no=("uniq in",), id="uniq-writes"),
    Rule("xxd", "-r|-revert * *", "caution", "config_change", "writes bytes over its second file", yes=("xxd -r -p in out",), no=("xxd -r -p in",), id="xxd-writes"),
    Rule("strace", "-e=inject=*|fault=*|inject:*|fault:*", "dangerous", "availability", "makes calls of a running process fail", id="strace-inject", yes=("strace -f -p 42 -e inject=all:error=EIO", "strace -e fault=write -p 42", "strace -einject=write:error=ENOSPC ls"), no=("strace -e trace=network -p 42",)),
    Rule("strace", "--inject|--fault", "dangerous", "availability", "makes calls of a running process fail", id="strace-fault", yes=("strace --inject=write:error=ENOSPC -p 42", "strace --fault=all -p 42"), no=("strace --trace=network -p 42",)),
    Rule("ss", "-K|--kill", "dangerous", "network", "closes connections that are in use", id="ss-kill", yes=("ss -K dst 10.0.0.5", "ss --kill state established", "ss -tK dport = 443"), no=("ss -ltnp", "ss -k")),
    Rule("ss", "-D|--diag", "caution", "config_change", "writes over a file", id="ss-diag", yes=("ss -D /etc/x",), no=("ss -ltnp",)),
    Rule("arping", "-U|-A", "caution", "network", "tells the neighbours that this machine has an address", id="arping-announce", yes=("arping -U -I eth0 10.0.0.5",), no=("arping -c 3 10.0.0.5",)),
    Rule("ping|ping6|fping", "-f|-A", "caution", "availability", "sends as fast as it can", id="ping-flood", yes=("ping -f web-1",), no=("ping -c 3 web-1",)),
    Rule("sensors", "-s|--set", "caution", "config_change", "changes the limits of sensors", id="sensors-set", yes=("sensors -s",), no=("sensors -u",)),
    Rule("perf", "record|stat|trace|script|report|c2c|mem|lock|kmem|sched !@kept-aside", "caution", "config_change", "writes over a file", id="perf-over", yes=("perf record -a -o /srv/app/app.conf", "perf stat -o list ls"), no=("perf record -a -o /tmp/x", "perf record -o perf.data", "perf record -a")),
    Rule("perf", "probe -l|--list|-L|--line|-V|--vars|-F|--funcs|-n|--dry-run !-a !--add !-d !--del", "safe", "read_only", "only lists probes", id="perf-probe-list", yes=("perf probe -l",), no=("perf probe --add tcp_sendmsg",)),
    Rule("perf", "probe|config|buildid-cache|archive|inject|data|bench|test|daemon|kallsyms-patch", "caution", "config_change", "changes what the kernel traces, writes files, or puts load on the machine", id="perf-changes", yes=("perf probe --add tcp_sendmsg", "perf probe -d tcp_sendmsg", "perf bench all"), no=("perf top", "perf record -a")),
    Rule("shuf|tree|sdiff|ncdu|goaccess|py-spy", "!@kept-aside", "caution", "config_change", "writes over a file", id="looker-writes", yes=("shuf -o list list", "tree -o /etc/x", "py-spy record -o /etc/x --pid 1"), no=("shuf list", "tree -o /tmp/x", "ncdu -o- /srv")),
    Rule("jinfo", "-flag=+*|-*|*=*", "caution", "config_change", "changes a setting of a running virtual machine", id="jinfo-set", yes=("jinfo -flag +HeapDumpOnOutOfMemoryError 42", "jinfo -flag MinHeapFreeRatio=30 42"), no=("jinfo -flag MaxHeapSize 42", "jinfo -flags 42")),
    Rule("jhsdb", "clhsdb|hsdb|debugd", "caution", "privilege", "stops a virtual machine and looks into it, interactively", yes=("jhsdb clhsdb --pid 42",), no=("jhsdb jstack --pid 42",)),
    Rule("iconv|strace|ltrace", "-o|--output=/tmp/*|/var/tmp/*|/dev/*", "safe", "local_scratch", "writes to a scratch file", yes=("iconv -f latin1 --output=/tmp/x x",), no=("iconv -o /etc/x x",), id="writes-scratch"),
    Rule("iconv|strace|ltrace", "-o|--output", "caution", "config_change", "writes over a file", yes=("iconv -f latin1 -o y x",), no=("iconv -f latin1 x",), id="writes-file"),
    Rule("sort|gsort", "--compress-program", "caution", "opaque", "runs another program", yes=("sort --compress-program=gzip big",), no=("sort big",), id="sort-runs"),
    Rule("bpftrace|bcc", "--unsafe", "caution", "opaque", "lets the probe run commands", yes=("bpftrace --unsafe -e 'BEGIN{}'",), no=("bpftrace -l",), id="bpftrace-unsafe"),
    Rule("hash", "-p", "caution", "opaque", "makes a name run another program", yes=("hash -p /tmp/x ls",), no=("hash -r",), id="hash-p"),
    Rule("enable", "-f", "caution", "opaque", "loads code into the shell", yes=("enable -f /tmp/x.so ls",), no=("enable -n echo",), id="enable-f"),
    Rule("tcpdump|tshark|dumpcap", "-w !-z !-w=/tmp/*|/var/tmp/*|-", "caution", "config_change", "writes packets over a file", yes=("tcpdump -i eth0 -w a.pcap",), no=("tcpdump -i eth0",), id="tcpdump-writes"),

    # Secrets that would stand on the screen, and in the record of the run.
    Rule("cat|less|more|bat|batcat|head|tail|strings|xxd|od|hexdump|nl|tac|base64",
         "!*.example|*.sample|*.template|*.dist ~/etc/shadow|/etc/shadow-|/etc/gshadow|*/.ssh/id_rsa|*/.ssh/id_ed25519|*/.ssh/id_ecdsa|*/.ssh/id_dsa|id_rsa|id_ed25519|*.key|*-key.pem|*privkey*.pem|*/.aws/credentials|*/.pgpass|"
         "*/.netrc|*/.my.cnf|.env|*/.env|.env.*|*/.env.*|*/.kube/config|*kubeconfig*|*/.docker/config.json|*/.vault-token|*/secrets/*|*/serviceaccount/token|*/admin.conf|*/master.key",
         "caution", "credentials", "prints secrets",
         yes=("cat ~/.ssh/id_rsa", "sudo cat /etc/shadow", "cat /etc/ssl/private/shop.key", "less .env", "head -n 3 ~/.aws/credentials"),
         no=("cat ~/.ssh/id_rsa.pub", "cat key.txt", "ls -l ~/.aws/credentials", "cat tls.crt", "cat .env.example")),
    Rule("grep|egrep|rg|awk|cut|sed", "... ~/etc/shadow|*/.aws/credentials|.env|*/.env|*/.pgpass|*/.my.cnf|*/.netrc", "caution", "credentials", "prints secrets", id="grep-secrets",
         yes=("grep PASSWORD .env", "sudo grep bob /etc/shadow", "cut -d: -f2 /etc/shadow"), no=("grep -rn password src", "grep bob /etc/passwd")),
    Rule("fd|fdfind", "... rm|unlink|shred -x|--exec|-X|--exec-batch", "dangerous", "data_destruction", "removes everything that is found",
         yes=("fd -e log . /srv -x rm", "fd -H '^core' -X rm -f"), no=("fd -e log", "fd -e log -x gzip")),
    Rule("fd|fdfind", "-x|--exec|-X|--exec-batch", "caution", "opaque", "runs a command on everything that is found", yes=("fd -e log -x gzip",), no=("fd -e log",)),
    Rule("fd|fdfind", "", "safe", "read_only", "only looks for files", yes=("fd -e log . /srv",), no=("fd -e log -x rm",)),
    Rule("fc", "-l", "safe", "read_only", "only lists the shell's history", yes=("fc -l 10",), no=("fc -s",)),
    Rule("fc", "", "caution", "opaque", "runs an earlier command again", yes=("fc -s 42",), no=("fc -l",)),
    Rule("stress|stress-ng|ab|wrk2|bombardier|memtester|hping3|yandex-tank|bonnie++|dbench", "", "caution", "availability", "puts load on a machine or service",
         yes=("ab -n 10000 -c 50 https://shop.example.com/", "stress-ng --cpu 4 --timeout 60"), no=("iperf3 -c db-1",)),
    Rule("fio", "... --filename=/dev/*|*/dev/* --rw|--readwrite=*write*|rw|randrw|trim*", "dangerous", "disk", "writes over a device to measure it",
         yes=("fio --name=t --filename=/dev/nvme0n1 --rw=randwrite --bs=4k",), no=("fio --name=t --filename=/dev/nvme0n1 --rw=randread",)),
    Rule("fio", "", "caution", "availability", "puts load on a disk", yes=("fio --name=t --rw=randread --size=1G",), no=("iostat -x",)),
    # Looking that has another side.
    Rule("sort|gsort", "-o|--output=/tmp/*|/var/tmp/*|/dev/*", "safe", "local_scratch", "writes to a scratch file",
         yes=("sort -u -o /tmp/ids ids.txt",), no=("sort -u ids.txt", "sort -o ids.txt ids.txt")),
    Rule("sort|gsort", "-o|--output", "caution", "config_change", "writes the sorted lines over a file", id="sort-over",
         yes=("sort -u -o hosts.txt hosts.txt", "sort ids -oids", "sort --output=ids ids"), no=("sort -rn sizes", "sort -k 2 -t o x")),
    Rule("sort|gsort", "", "safe", "read_only", "only sorts", yes=("sort -h", "sort -t: -k3 -n /etc/passwd"), no=("sort x -o x",)),
    Rule("yq", "-i|--inplace|--in-place @scratch", "safe", "local_scratch", "edits a scratch file", id="yq-scratch",
         yes=("yq -i /tmp/a.yaml",), no=("yq -i '.a=1' values.yaml",)),
    Rule("yq", "-i|--inplace|--in-place", "caution", "config_change", "edits a file in place",
         yes=("yq -i '.image.tag = \"v2\"' values.yaml", "yq eval -i '.a=1' x.yaml"), no=("yq '.image' values.yaml",)),
    Rule("yq", "", "safe", "read_only", "only reads and prints", yes=("yq '.spec' a.yaml",), no=("yq -i '.a=1' a.yaml",)),
    Rule("date|gdate", "-s|--set", "caution", "config_change", "sets the clock: certificates, logs and schedules follow it",
         yes=("sudo date -s '2024-01-01 12:00'", "date --set=12:00"), no=("date +%s", "date -d yesterday")),
    Rule("date|gdate", "[0-9][0-9][0-9][0-9][0-9][0-9]*", "caution", "config_change", "sets the clock: certificates, logs and schedules follow it", id="date-set-plain",
         yes=("date 010112002024",), no=("date +%Y%m%d%H", "date")),
    Rule("date|gdate", "", "safe", "read_only", "only prints the time", yes=("date -u +%FT%TZ", "date -d @1700000000"), no=("date -s 12:00",)),
    Rule("hostname|domainname|nisdomainname|ypdomainname|dnsdomainname", "* !-I !-i !-f !-d !-s !-A", "caution", "config_change", "changes the name of this host", id="hostname-set",
         yes=("sudo hostname web-2", "hostname db.example.com"), no=("hostname", "hostname -f")),
    Rule("hostname|domainname|nisdomainname|ypdomainname|dnsdomainname", "-F|--file|-b|--boot", "caution", "config_change", "changes the name of this host", id="hostname-file",
         yes=("hostname -F /etc/hostname",), no=("hostname -I",)),
    Rule("hostname|domainname|nisdomainname|ypdomainname|dnsdomainname", "", "safe", "read_only", "only prints the name of this host",
         yes=("hostname -f", "hostname -I", "hostname"), no=("hostname web-2",)),
    Rule("dmesg", "-C|--clear|-c|--read-clear", "caution", "data_destruction", "empties the kernel's log",
         yes=("sudo dmesg -C", "dmesg -c"), no=("dmesg -T", "dmesg --color=always")),
    Rule("dmesg", "-n|--console-level|-D|--console-off|-E|--console-on", "caution", "config_change", "changes what the kernel prints on the console",
         yes=("dmesg -n 1",), no=("dmesg -T",)),
    Rule("dmesg", "", "safe", "read_only", "only reads the kernel's log", yes=("dmesg -T | tail", "dmesg -wH"), no=("dmesg -C",)),
    Rule("journalctl", "--vacuum-size|--vacuum-time|--vacuum-files", "caution", "data_destruction", "removes old entries of the journal", dry_run="instead journalctl --disk-usage",
         grade="approximate", note="says how much there is, not what would go",
         yes=("sudo journalctl --vacuum-size=2G", "journalctl --rotate --vacuum-time 2d"), no=("journalctl --disk-usage",)),
    Rule("journalctl", "--rotate|--flush|--sync|--relinquish-var|--setup-keys|--update-catalog", "caution", "config_change", "rotates or moves the journal's files",
         yes=("journalctl --rotate",), no=("journalctl -u nginx",)),
    Rule("journalctl", "", "safe", "read_only", "only reads the journal", yes=("journalctl -u nginx --since '1 hour ago'", "journalctl -xef"), no=("journalctl --rotate",)),
    Rule("tcpdump|tshark|tcpflow|ngrep|dumpcap", "-z", "caution", "opaque", "runs a program on every file it captures", yes=("tcpdump -i eth0 -G 60 -w a.pcap -z ./up.sh",), no=("tcpdump -i eth0",)),
    Rule("tcpdump|tshark|tcpflow|ngrep|dumpcap", "", "safe", "read_only", "only captures packets", yes=("sudo tcpdump -ni any port 53", "tcpdump -i eth0 -w /tmp/a.pcap -c 100"),
         no=("tcpdump -i eth0 -w a.pcap -z ./up.sh",)),
    Rule("strace|ltrace|dtrace|dtruss|truss|ftrace|trace-cmd|sysdig|falco", "", "safe", "read_only", "only watches what a process does", yes=("strace -f -p 4242", "strace -c -p 1"), no=("gdb -p 1",)),
    Rule("perf", "", "safe", "read_only", "only measures", yes=("perf", ), no=("gdb -p 42",)),
    Rule("gdb|lldb|dlv|gcore|jdb|rdbg|pdb|crash", "", "caution", "privilege", "stops a process and looks into it, interactively", yes=("gdb -p 4242", "gcore 4242"), no=("strace -p 4242",)),
    Rule("jstack|jinfo|jstat|jhsdb", "", "safe", "read_only", "only looks into a virtual machine", yes=("jstack 42", "jstat -gcutil 42 1000"), no=("jmap -dump:file=/tmp/h 42",)),
    Rule("jcmd", "* VM.native_memory|VM.log|Compiler.directives* baseline|shutdown|disable|rotate|output*|what*|decorators*", "caution", "config_change", "changes what a running virtual machine records", id="jcmd-record", yes=("jcmd 42 VM.native_memory baseline", "jcmd 42 VM.log output=/etc/x what=gc", "jcmd 42 VM.log disable"), no=("jcmd 42 VM.native_memory summary", "jcmd 42 VM.log list")),
    Rule("jcmd", "* Thread.print|Thread.vthread*|VM.flags|VM.version|VM.uptime|VM.system_properties|VM.command_line|VM.info|VM.native_memory|VM.metaspace|VM.stringtable|VM.symboltable|VM.systemdictionary|VM.class*|VM.dynlibs|VM.events|VM.print_touched_methods|VM.log|VM.security|VM.unloaded|"
         "GC.heap_info|GC.class_stats|GC.finalizer_info|help|PerfCounter.print|Compiler.codecache|Compiler.codelist|Compiler.queue|Compiler.directives_print|Compiler.CodeHeap_Analytics|Compiler.memory|JFR.check|ManagementAgent.status|System.map|System.native_heap_info", "safe", "read_only", "only reads",
         yes=("jcmd 42 Thread.print", "jcmd 42 VM.flags", "jcmd 42 VM.log list", "jcmd 42 VM.native_memory summary"), no=("jcmd 42 GC.run", "jcmd 42 VM.set_flag HeapDumpOnOutOfMemoryError true", "jcmd 42 VM.log output=/etc/x")),
    Rule("jcmd", "* VM.set_flag|Compiler.directives_*|Compiler.blackhole|VM.cds|VM.trim|System.trim_native_heap|JFR.configure", "caution", "config_change", "changes a setting of a running virtual machine", yes=("jcmd 42 VM.set_flag HeapDumpOnOutOfMemoryError true", "jcmd 42 Compiler.directives_add d.json"), no=("jcmd 42 VM.flags", "jcmd 42 Compiler.directives_print")),
    Rule("jcmd", "* ManagementAgent.start|ManagementAgent.start_local ~*authenticate=false*", "dangerous", "privilege", "opens a running virtual machine to everybody who reaches it", id="jcmd-open-to-all", yes=("jcmd 42 ManagementAgent.start jmxremote.port=1 jmxremote.authenticate=false",), no=("jcmd 42 ManagementAgent.start jmxremote.port=1",)),
    Rule("jcmd", "* ManagementAgent.*|JVMTI.agent_load|JVMTI.*", "caution", "privilege", "opens a running virtual machine, or puts code into it", yes=("jcmd 42 JVMTI.agent_load /opt/a.so", "jcmd 42 ManagementAgent.start jmxremote.port=1"), no=("jcmd 42 ManagementAgent.status",)),
    Rule("jcmd", "* JFR.*|Thread.dump_to_file|Compiler.perfmap", "caution", "config_change", "records a running virtual machine, or writes a file", id="jcmd-jfr", yes=("jcmd 42 JFR.start duration=60s", "jcmd 42 Thread.dump_to_file /srv/t"), no=("jcmd 42 JFR.check",)),
    Rule("jcmd", "-l $", "safe", "read_only", "lists virtual machines", yes=("jcmd -l",), no=("jcmd 42 GC.run",), id="jcmd-list"),
    Rule("jmap|jcmd", "", "caution", "availability", "stops a virtual machine while it dumps or collects", yes=("jmap -dump:live,format=b,file=/tmp/h.hprof 42", "jcmd 42 GC.run"), no=("jstack 42",)),
    Rule("base64|base32|gbase64|basenc|xxd|uuencode|uudecode|hexdump", "", "safe", "read_only", "only encodes or decodes", yes=("base64 -d", "base64 -w0 tls.crt", "xxd -r -p"), no=("base64 server.key",)),
    Rule("top|htop|atop|btop|iotop|iftop|nethogs|glances|nmon|bmon|powertop|nvtop|innotop|mytop", "", "safe", "read_only", "only shows what runs",
         yes=("top -b -n 1", "htop", "iotop -oPa"), no=("kill 1",)),
    Rule("history", "-c|-d|-w", "caution", "data_destruction", "removes or rewrites the shell's history", yes=("history -c", "history -cw"), no=("history 20",)),
    Rule("history", "", "safe", "read_only", "only lists the shell's history", yes=("history | tail",), no=("history -c",)),
    Rule("ts", "-d", "safe", "read_only", "only adds times to lines", yes=("ts -d",), no=("history",)),
    # The shell's own.
    Rule("exec", "", "safe", "read_only", "only moves where output goes", yes=("exec 2>/dev/null", "exec 3>&1"), no=("exec bash",)),
    Rule("trap", "", "safe", "local_scratch", "only this shell's own state", yes=("trap -l", "trap"), no=("trap 'rm -rf /srv' EXIT",)),
    Rule("command", "-v|-V", "safe", "read_only", "only says where a command is", yes=("command -v kubectl",), no=("command ls",)),
    Rule(SHELL, "", "safe", "local_scratch", "only this shell's own state", id="shell-state",
         yes=("set -euo pipefail", "export AWS_PROFILE=eu", "ulimit -n", "cd /srv/app", "unset AWS_PROFILE", "read -p 'sure? ' answer", "umask 027", "exit 1"), no=("history -c", "source .env")),
    Rule("env|time|nice|timeout|nohup|stdbuf|xargs|gxargs|parallel|setsid|command|busybox|chroot|unbuffer|eval|flock", "", "safe", "read_only", "runs nothing by itself", id="bare-wrapper",
         yes=("env | sort", "xargs", "xargs -n 3"), no=("env LANG=C rm -rf /srv",)),
    Rule("watch", "", "safe", "read_only", "only repeats a command", yes=("watch",), no=("watch kubectl delete pod x",)),
    Rule("ionice|renice|chrt|taskset|prlimit", "", "caution", "availability", "changes how much of the machine a running process gets", id="renice-process",
         yes=("ionice -c3 -p 4242",), no=("ionice -c3 ls",)),
    # Where a person types.
    Rule("tmux", "kill-server|kill-session|kill-window|kill-pane", "caution", "process_kill", "ends a session with everything that runs in it",
         yes=("tmux kill-session -t ops", "tmux kill-server"), no=("tmux ls",)),
    Rule("tmux", "ls|list-sessions|list-windows|list-panes|list-clients|list-keys|capture-pane|capturep|show-options|info|display-message|has-session|has", "safe", "read_only", "only lists",
         yes=("tmux ls", "tmux capture-pane -t ops -p"), no=("tmux attach -t ops",)),
    Rule("tmux|byobu|zellij|dtach|abduco", "", "caution", "privilege", "opens a terminal of its own", id="tmux-open", yes=("tmux", "tmux attach -t ops", "tmux new -s incident"), no=("tmux ls",)),
    Rule("screen", "-ls|-list", "safe", "read_only", "only lists", yes=("screen -ls",), no=("screen -r ops",)),
    Rule("screen", "", "caution", "privilege", "opens a terminal of its own", id="screen-open", yes=("screen -r ops", "screen -S incident", "screen"), no=("screen -ls",)),
    Rule("script|asciinema|ttyrec|ttyplay|scriptreplay", "", "caution", "privilege", "opens a shell and records it", yes=("script /tmp/session.log", "asciinema rec"), no=("cat /tmp/session.log",)),
    Rule("view|vimdiff|rview", "", "safe", "read_only", "only opens a file for reading", yes=("view /etc/hosts",), no=("vim /etc/hosts",)),
    Rule("vim|nvim|emacs|nano", "-R|-v|--view|--readonly", "safe", "read_only", "only opens a file for reading", yes=("vim -R /etc/hosts", "nano -v notes"), no=("vim /etc/hosts",)),
    Rule("vim|nvim|rvim|gvim|nano|pico|emacs|emacsclient|micro|joe|jed|mcedit|ed|ex|hx|helix|kak|code|subl|gedit|sudoedit|vigr|vipw|editor|sensible-editor|ranger|nnn|lf",
         "", "caution", "config_change", "opens an editor: what is changed is not known", id="editor",
         yes=("vim /etc/nginx/nginx.conf", "sudoedit /etc/hosts", "nano values.yaml", "ex -s x", "emacs -nw a"), no=("vim -R a", "cat a")),
    Rule("sudo|doas", "-l|--list|-v|--validate|-k|-K|--remove-timestamp|--reset-timestamp|-V", "safe", "read_only", "only asks or forgets what may be done as root", yes=("sudo -l", "sudo -v", "sudo -k"), no=("sudo -i",)),
    Rule("sudo|doas", "-e|--edit", "caution", "config_change", "opens an editor as root", yes=("sudo -e",), no=("sudo -i",)),
    Rule("sudo|doas", "", "caution", "privilege", "opens a shell as root or another user", id="sudo-shell", yes=("sudo -i", "sudo -s", "sudo -u postgres -i"), no=("sudo ls",)),
    Rule("su|runuser|newgrp|sg|login|pkexec", "", "caution", "privilege", "opens a shell as another user", id="su", yes=("su -", "su - postgres"), no=("su --help",)),
    # Everything else that only looks.
    Rule(LOOKING, "", "safe", "read_only", "only looks", id="look",
         yes=("ls -la /srv", "grep -rn 'rm -rf' .", "tail -f /var/log/syslog", "du -xsh /var/* 2>/dev/null", "ps aux --sort=-%mem", "dig +short example.com", "mtr -rwc 10 example.com", "ss -ltnp", "lsof -i :443",
              "stat /bin/rm", "echo 'DROP TABLE users;'", "printf '%s\\n' 'terraform destroy'", "sleep 30", "man shutdown", "diff -u a b", "sha256sum backup.tgz", "jq '.items[]' x.json", "netstat -plant",
              "coredumpctl list", "getent hosts db-1", "last reboot", "lsblk -f", "mktemp -d", "iperf3 -c db-1", "locate shred"),
         no=("kill 1", "find / -delete")),
)
# fmt: on
