"""Commands that do not end by themselves, known before they start: rows of data over the shell's grammar.

Only what surely goes on is told; a command nobody knows is taken to end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import dropwhile
from typing import Literal, NamedTuple

from .danger.carriers import BY_TOOL, Carrier
from .danger.options import CommandLine, take_apart
from .danger.words import Arg, expand
from .expressions import expression
from .syntax.script import Command, Compound, Function, Pipeline, Simple, read_script

Way = Literal["interrupt", "q"]
"""How a person ends it."""


class Endless(NamedTuple):
    """A command that goes on until somebody ends it."""

    command: str
    """Its words that say so, as in `tail -f`."""
    way: Way


class Row(NamedTuple):
    """Lines that begin with one of these words and have one of these options go on, unless something bounds them."""

    words: str
    """The tool and what follows it, each with alternatives by `|`."""
    options: str = ""
    """One of them has to be given; none is needed when empty."""
    unless: str = ""
    """Options of which any one bounds it."""
    valued: str = ""
    """Options that take the next word."""
    numbers: int | None = None
    """So many whole numbers among its operands: an interval, and then how often."""
    operands: int | None = None
    """So many operands at most behind `words`."""
    way: Way = "interrupt"


KUBE = "-n --namespace --context --kubeconfig -s --server -l --selector -c --container --tail --since --since-time"
COMPOSE = "-f --file -p --project-name --profile --env-file"
DETACHED = "-d --detach --wait --abort-on-container-exit --exit-code-from"
OTHER_TOPS = "k9s|lazydocker|innotop|pg_top|pg_activity|bmon|nload|iptraf-ng"
REDIS = "-h -p -a -n -u -i"
FOLLOWING = "-f --follow --follow=true"

ROWS: tuple[Row, ...] = (
    Row("tail|gtail", options="-f -F --follow --follow=name --follow=descriptor", unless="--pid", valued="-n -c -s"),
    Row("tailf|multitail|lnav"),
    Row("less", options="+F"),
    Row("watch|viddy|hwatch", unless="-g --chgexit --help --version", valued="-n --interval"),
    Row("journalctl", options="-f --follow", valued="-u -n -S -U -p -o -t -g"),
    Row("dmesg", options="-w --follow -W --follow-new"),
    Row("kubectl|oc|k|kubecolor logs|log", options=FOLLOWING, valued=KUBE),
    Row(
        "kubectl|oc|k|kubecolor get|events",
        options="-w --watch --watch=true --watch-only",
        valued=f"{KUBE} -o --output",
    ),
    Row("kubectl|oc|k|kubecolor port-forward|proxy|attach", valued=KUBE),
    Row("stern|kail|kubetail", unless="--no-follow"),
    Row("docker|podman|nerdctl|crictl logs", options=FOLLOWING, valued="-n --tail --since --until"),
    Row("docker|podman|nerdctl container logs", options=FOLLOWING, valued="-n --tail --since --until"),
    Row("docker|podman|nerdctl compose logs", options=FOLLOWING, valued="-n --tail --since --until -p"),
    Row("docker-compose|podman-compose logs", options=FOLLOWING, valued="-n --tail --since --until -p"),
    Row("docker|podman|nerdctl compose up", unless=DETACHED, valued=COMPOSE),
    Row("docker-compose|podman-compose up", unless=DETACHED, valued=COMPOSE),
    Row("docker|podman|nerdctl stats", unless="--no-stream"),
    Row("docker|podman|nerdctl events", unless="--until", valued="--since -f --filter"),
    Row("docker|podman|nerdctl system events", unless="--until", valued="--since -f --filter"),
    Row("nomad logs", options="-f", valued="-n -c -job -namespace"),
    Row("nomad alloc logs", options="-f", valued="-n -c -job -namespace"),
    Row("nomad|consul monitor"),
    Row("argocd app logs", options=FOLLOWING),
    Row("heroku logs", options="-t --tail", valued="-a --app -n --num -p --ps -s --source -d --dyno"),
    Row("cf logs", unless="--recent"),
    Row("fly|flyctl logs", unless="-n --no-tail"),
    Row("aws logs tail", options="--follow"),
    Row("gcloud beta|alpha logging tail"),
    Row("gcloud logging tail"),
    Row("az webapp log tail"),
    Row("logcli query", options="-t --tail"),
    Row("etcdctl watch"),
    Row("redis-cli|valkey-cli", options="--stat --latency --latency-history --latency-dist", valued=REDIS),
    Row("redis-cli|valkey-cli monitor|MONITOR|subscribe|SUBSCRIBE|psubscribe|PSUBSCRIBE", valued=REDIS),
    Row(
        "mysqladmin",
        options="-i --sleep",
        unless="-c --count",
        valued="-u --user -h --host -P --port -i --sleep -c --count",
    ),
    Row("mongostat|mongotop", unless="-n --rowcount", valued="-h --host --port -u --username"),
    Row("kafka-console-consumer|kafka-console-consumer.sh", unless="--max-messages --timeout-ms"),
    Row("kcat|kafkacat", options="-C", unless="-e -c", valued="-b -t -p -o -G -X"),
    Row("ping|ping4|ping6|arping|hping3|fping", unless="-c --count -w -n", valued="-i -I -s -t -W"),
    Row("tcpdump", unless="-c -r -D -d --list-interfaces --version", valued="-i -w -s -n"),
    Row("tshark", unless="-c -a -r -D --list-interfaces", valued="-i -f -w -Y -T -e"),
    Row("ngrep|tcpflow|dsniff", unless="-n -c -I -r"),
    Row(
        "vmstat|iostat|mpstat|pidstat|sar|dstat|dool|nfsstat|zpool|jstat",
        numbers=1,
        valued="-p -u -o -f -I -P -j -G -C",
    ),
    Row("free", options="-s --seconds", unless="-c --count", valued="-s --seconds -c --count"),
    Row("netstat", options="-c --continuous"),
    Row("ss", options="-E --events"),
    Row("ip monitor"),
    Row("udevadm monitor"),
    Row("bpftrace|execsnoop|opensnoop|biosnoop|tcpconnect|tcplife|execsnoop-bpfcc|opensnoop-bpfcc|biosnoop-bpfcc"),
    Row("strace|ltrace", options="-p --attach", valued="-p --attach -e -o -s"),
    Row("perf trace", options="-a -p", unless="-s", valued="-p -e"),
    Row("inotifywait", options="-m --monitor"),
    Row("fswatch", unless="-1 --one-event"),
    Row("yes"),
    Row("sleep infinity|inf"),
    Row("nc|ncat", options="-k --keep-open", valued="-p -s -w"),
    Row("python|python3", options="-m=http.server -m=SimpleHTTPServer -m=smtpd", valued="-m -W -X"),
    Row("php", options="-S", valued="-S -t -d -c"),
    Row("iperf|iperf3", options="-s --server", unless="-1 --one-off", valued="-p --port -B --bind"),
    Row(
        "ssh|autossh",
        options="-N",
        unless="-f",
        valued="-L -R -D -i -p -l -o -J -F -E -W -w -b -c -e -I -m -O -Q -S -M",
    ),
    Row("top", unless="-n -v -h -l", valued="-n -d -p -u -U -l -o -E -w", way="q"),
    Row(
        f"htop|btop|bpytop|nmon|glances|atop|ctop|gotop|bottom|btm|{OTHER_TOPS}",
        unless="-V --version -h --help --stdout --export",
        valued="-d -u -p",
        operands=0,
        way="q",
    ),
    Row(
        "iotop|iftop|nethogs|slabtop|powertop|mytop",
        unless="-n --iter -t -c -s -o --once --version --time --batch",
        way="q",
    ),
    Row("perf top", way="q"),
    Row("mtr", unless="-r --report -c --report-cycles -w --report-wide -j --json -C --csv", valued="-i -s -B", way="q"),
)
ENDERS = frozenset({"head", "ghead", "dd"})
"""A reader that stops ends those before it in its pipe."""
QUITTING = frozenset({"-q", "--quiet", "--silent", "-m", "--max-count"})
"""The same for `grep`."""
BOUNDING = frozenset({"timeout", "gtimeout"})
DETACHING = frozenset({"-d", "--detach", "-f"})
"""Options with which a carrier leaves its command to itself: `docker run -d`, `ssh -f`."""
ASSIGNS = expression(r"[A-Za-z_]\w*=")
FED = frozenset({"yes"})
"""Ends with what it feeds."""
STOPPING = frozenset({"break", "exit", "return", "exec"})
FOREVER = {"while": frozenset({"true", ":", "1"}), "until": frozenset({"false"})}
C_STYLE_FOREVER = expression(r"for\s*\(\(\s*;\s*;")
BEHIND = expression(r"[ \t]*&(?![&>])")
WHOLE_NUMBER = expression(r"[0-9]+\Z")
DEEPEST = 8
"""Wrappers around wrappers."""


def sentence(text: str, interrupt: str = "ctrl+c") -> str | None:
    """How the first endless command of a shell text is ended, in words; None when the text ends by itself.

    `interrupt` is the label of the key that interrupts.
    """
    found = find_endless(text)
    if not found:
        return None
    key = "q" if found[0].way == "q" else interrupt
    return f"`{found[0].command}` goes on until it is stopped: {key} ends it"


def find_endless(text: str) -> list[Endless]:
    """Every command of a shell text that would hold the step until somebody ends it."""
    return [found for command in read_script(text).commands for found in _command(command, text)]


def _command(command: Command, text: str) -> Iterator[Endless]:
    if isinstance(command, Function) or BEHIND.match(text, command.end):
        return
    if isinstance(command, Pipeline):
        yield from _pipeline(command, text)
    elif isinstance(command, Compound):
        yield from _compound(command, text)
    else:
        yield from _simple(expand(command.words, {}))


def _pipeline(pipeline: Pipeline, text: str) -> Iterator[Endless]:
    for place, command in enumerate(pipeline.commands):
        later = [_words(one) for one in pipeline.commands[place + 1 :]]
        if any(_stops_reading(words) for words in later):
            continue
        words = _words(command)
        if not (later and words and words[0].value in FED):
            yield from _command(command, text)


def _words(command: Command) -> list[Arg]:
    return expand(command.words, {}) if isinstance(command, Simple) else []


def _stops_reading(words: Sequence[Arg]) -> bool:
    if not words:
        return False
    tool = _tool(words[0])
    return tool in ENDERS or (tool.endswith("grep") and any(_names(word.value) & QUITTING for word in words[1:]))


def _names(word: str) -> set[str]:
    """A word as the options it may be: `-qm1` is `-q` and `-m`."""
    if word.startswith("--"):
        return {word.partition("=")[0]}
    return {f"-{letter}" for letter in word[1:]} if word.startswith("-") else set()


def _compound(compound: Compound, text: str) -> Iterator[Endless]:
    loop = _loop(compound, text)
    if loop:
        yield Endless(loop, "interrupt")
        return
    for command in compound.body:
        yield from _command(command, text)


def _loop(compound: Compound, text: str) -> str:
    """The head of a loop that nothing in it leaves; empty for any other compound."""
    if compound.kind == "c_style_for_statement":
        head = "for ((;;))" if C_STYLE_FOREVER.match(text, compound.start) else ""
    elif compound.kind == "while_statement" and compound.body:
        keyword = text[compound.start : compound.start + 5]
        condition = [word.value for word in _words(compound.body[0])]
        head = f"{keyword} {condition[0]}" if condition and condition[0] in FOREVER.get(keyword, ()) else ""
    else:
        head = ""
    return head if head and not _leaves(compound.body) else ""


def _leaves(body: Iterable[Command]) -> bool:
    for command in body:
        if isinstance(command, Simple):
            words = _words(command)
            if words and words[0].value in STOPPING:
                return True
        elif not isinstance(command, Function) and _leaves(_inside(command)):
            return True
    return False


def _inside(command: Pipeline | Compound) -> tuple[Command, ...]:
    return command.commands if isinstance(command, Pipeline) else command.body


def _simple(args: Sequence[Arg], depth: int = 0) -> Iterator[Endless]:
    if not args or depth > DEEPEST:
        return
    tool = _tool(args[0])
    if tool in BOUNDING:
        return
    for row in BY_WORD.get(tool, ()):
        told = _told(row, tool, args)
        if told:
            yield Endless(told, row.way)
            return
    for carrier in BY_TOOL.get(tool, ()):
        yield from _carried(carrier, args, depth)


def _carried(carrier: Carrier, args: Sequence[Arg], depth: int) -> Iterator[Endless]:
    """The command inside this one: `sudo tail -f`, `ssh host tail -f`, `bash -c 'tail -f'`."""
    place = len(carrier.leading) + carrier.skip
    most = place if carrier.rest and not carrier.dashes else None
    line = take_apart(args[1:], carrier.valued_options, most_operands=most)
    leads = zip(line.operands, carrier.leading, strict=False)
    if len(line.operands) < place or not all(arg.value in words for arg, words in leads):
        return
    if carrier.skip and any(option.name in DETACHING for option in line.options):
        return
    for option in line.options:
        if option.value and (carrier.options or {}).get(option.name) == "shell":
            yield from find_endless(option.value)
    if carrier.rest == "argv" and (line.has_dashes or not carrier.dashes):
        yield from _simple(list(dropwhile(lambda arg: ASSIGNS.match(arg.value), line.rest)), depth + 1)
    elif carrier.rest == "code" and carrier.language == "shell" and line.rest:
        yield from find_endless(" ".join(arg.value for arg in line.rest))


def _tool(name: Arg) -> str:
    return name.value.rpartition("/")[2]


def _told(row: Row, tool: str, args: Sequence[Arg]) -> str:
    """The words of a line that say that it goes on; empty when it ends."""
    leading = row.words.split()[1:]
    line = take_apart(args[1:], frozenset(row.valued.split()))
    operands = [arg.value for arg in line.operands]
    if len(operands) < len(leading) or not all(
        operand in words.split("|") for operand, words in zip(operands, leading, strict=False)
    ):
        return ""
    given = _given(line)
    wanted = next((name for name in row.options.split() if name in given or name in operands), "")
    if (row.options and not wanted) or given & frozenset(row.unless.split()) or not _counts(row, operands):
        return ""
    return " ".join([tool, *operands[: len(leading)], *([wanted.replace("=", " ")] if wanted else [])])


def _given(line: CommandLine) -> frozenset[str]:
    """The options, also as `name=value`."""
    names = {option.name for option in line.options}
    return frozenset(names | {f"{option.name}={option.value}" for option in line.options if option.value is not None})


def _counts(row: Row, operands: Sequence[str]) -> bool:
    numbers = sum(WHOLE_NUMBER.match(operand) is not None for operand in operands)
    if row.numbers is not None and numbers != row.numbers:
        return False
    return row.operands is None or len(operands) <= row.operands


BY_WORD: dict[str, list[Row]] = {}
for _row in ROWS:
    for _name in _row.words.split()[0].split("|"):
        BY_WORD.setdefault(_name, []).append(_row)
