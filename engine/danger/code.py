"""Programs in other languages, as they stand on a command line: what they call, outside of strings and comments.

No parser here: a program is never proved safe by this, unless everything it calls is on a list of what only reads.
"""

from __future__ import annotations

import re

from ..expressions import expression
from .mongo import look_at_mongo
from .sed import look_at_sed
from .seen import STRING, Seen

RUNS_SHELL = expression(
    r"(?:\b(?:system|popen|popen2|popen3|exec|execl|execlp|execSync|spawn|spawnSync|shell_exec|passthru|proc_open|check_output|check_call"
    r"|call|run|Popen|getoutput|capture2|capture3|qx|sh)\s*\(?\s*\[?\s*)(?:" + STRING + ")"
)
BACKTICKS = expression(r"`((?:[^`\\]|\\.)*)`|%x[\[({]([^\])}]*)[\])}]|qx[/{(]([^/})]*)[/})]")
CALL = expression(r"(?:^|(?<![\w$]))(\.?)([A-Za-z_$][\w$]*[!?]?)\s*(\()?")

DESTROYS = expression(
    r"(?<![\w])(?:unlink|rmtree|rmdir|removedirs|remove_dir_all|rm_rf|rm_r|rmSync|rmdirSync|unlinkSync|unlink_glob|truncate|delete_all"
    r"|destroy_all|delete_many|deleteMany|destroy!?|drop_table|drop_database|dropDatabase|dropIndexes|drop|purge\w*|flushall|flushdb"
    r"|delete_bucket\w*|terminate_instances|delete_\w+|kill|reboot|shutdown|clear_all|update_all|updateMany"
    r"|bulkWrite|FileUtils\.rm\w*|shutil\.rmtree|os\.remove|os\.unlink|File\.delete|Dir\.delete)\s*[\s(!'\"\[]"
)
WRITES = expression(
    r"(?<![\w])(?:write\w*|save!?|create\w*|update\w*|insert\w*|set\w*|put\w*|post\w*|chmod|chown|rename|mkdir\w*|move|copy\w*"
    r"|execute|commit|perform\w*|enqueue|deliver\w*|touch)\s*[(!]|open\([^)]*,\s*['\"][wa+]"
)

SHELL_LANGUAGES = frozenset({"python", "perl", "ruby", "node", "php"})


def language_of(shebang: str) -> str:
    """`#!/usr/bin/env python3` → `python`."""
    word = re.split(r"[\s/]+", shebang.strip())[-1] if shebang.strip() else ""
    return re.sub(r"[\d.]+\Z", "", word)


def look(text: str, language: str) -> Seen:
    """What a program does, by what it calls."""
    if language == "mongo":
        return look_at_mongo(text)
    if language == "awk":
        return _awk(text)
    if language == "sed":
        return look_at_sed(text)
    if language in SHELL_LANGUAGES:
        return _program(text, language)
    return Seen("caution", "opaque", "opaque-code", "runs code that is not understood")


AWK_RUNS = expression(r"\bsystem\s*\(|\|&?\s*getline|\|&?\s*\"|@\w+\s*\(|\|&?\s*[A-Za-z_(]")
"""A call, a pipe to or from a command, an indirect call; an alternation inside of an expression has no blank behind."""
AWK_COMMAND = expression(
    r"system\s*\(\s*\"((?:[^\"\\]|\\.)*)\"|\|&?\s*\"((?:[^\"\\]|\\.)*)\"|\"((?:[^\"\\]|\\.)*)\"\s*\|&?\s*getline"
)
AWK_OUTPUT = expression(r"(?:print|printf)\b[^;{}\n>]*>>?\s*(\"[^\"]*\"|[^\s;}]+)")
AWK_NOWHERE = frozenset({'"/dev/stderr"', '"/dev/stdout"', '"/dev/null"', '"/dev/tty"'})
AWK_SORTS = expression(r"\s*(?:sort|uniq|cat|head|tail|column|wc|tr|cut|tac|nl|date|hostname)\b[^|;&<>$`]*\Z")


def _awk(text: str) -> Seen:
    """awk prints, unless it calls `system`, opens a pipe, or writes to a file (POSIX.1-2017, awk)."""
    without = re.sub(r"/(?:[^/\\\n]|\\.)*\|(?:[^/\\\n]|\\.)*/", "//", text)  # an alternation is no pipe
    commands = tuple(next(filter(None, groups), "") for groups in AWK_COMMAND.findall(text))
    if "system" in text or AWK_RUNS.search(without) or "@" in re.sub(r'"(?:[^"\\]|\\.)*"', "", text):
        if commands and "system" not in text and all(AWK_SORTS.match(command) for command in commands):
            return Seen("safe", "read_only", "awk-read", "only prints, sorted")
        return Seen("caution", "opaque", "awk-runs", "the program runs other commands", commands)
    if any(found not in AWK_NOWHERE for found in AWK_OUTPUT.findall(text)):
        return Seen("caution", "config_change", "awk-writes", "the program writes to a file")
    return Seen("safe", "read_only", "awk-read", "only prints")


READS_ONLY = frozenset(
    """
    print puts p pp console.log echo import from json sys re math datetime time len str int float sorted sum min max
    range list dict set tuple enumerate zip map filter join split strip load loads dumps dump stdin stdout read
    readline readlines for in if else not and or is lambda def return True False None as with format hex bin oct chr
    ord socket getfqdn gethostname gethostbyname getaddrinfo urlparse quote unquote quote_plus unquote_plus parse
    urllib base64 b64decode b64encode hashlib sha256 md5 hexdigest encode decode version version_info platform uuid
    uuid4 secrets token_hex token_urlsafe token_bytes random randint choice now utcnow today timestamp fromtimestamp
    strftime isoformat total_seconds timedelta calendar ipaddress ip_network ip_address hosts keys values items get
    replace lower upper count where find find_by first last pluck select limit order all exists size length inspect
    to_s to_i to_a name end do each require yaml safe_load statistics mean median join var_dump print_r phpversion
    phpinfo php_ini_loaded_file process.version JSON.stringify JSON.parse JSON stringify die exit printf say while
    next unless my our use strict warnings perl ne eq chomp sprintf localtime time scalar sort reverse uniq push
    """.split()  # noqa: SIM905
)


INTERPOLATES = expression(
    r"#\{|\$\{|@\{|`|\bq[qxw]?\s*[({\[/|!]|%[xqQ][({\[]|\b(?:eval|exec|getattr|__import__|globals|compile)\b"
)
"""Code within strings, and strings that are no plain ones: what stands in them is not seen."""
LISTS = expression(r"(?:run|call|Popen|check_\w+|spawn\w*|exec\w*)\(\s*\[([^\]]*)\]")
PLAIN_STRING = expression(STRING)


def _program(text: str, language: str) -> Seen:
    """Python, Perl, Ruby, Node, PHP: shell commands inside are judged as such; deleting calls are dangerous.

    Comments are not taken out: what begins one language's comment divides or matches in another.
    """
    commands = _commands(text, language)
    bare = PLAIN_STRING.sub('""', text)
    if DESTROYS.search(bare + " "):
        why = "the program deletes or stops something"
        return Seen("dangerous", "data_destruction", f"{language}-destroys", why, commands)
    if commands or INTERPOLATES.search(text) or re.search(r"\b(?:system|popen|spawn|subprocess)\b", bare):
        return Seen(
            "caution", "opaque", f"{language}-runs", "the program runs other commands, or code made of text", commands
        )
    if WRITES.search(text):
        return Seen("caution", "opaque", f"{language}-writes", "the program changes something")
    names = set(re.findall(r"[A-Za-z_][\w]*", bare))
    if names <= READS_ONLY and not DESTROYS.search(text + " "):
        return Seen("safe", "read_only", f"{language}-reads", "only computes and prints")
    return Seen("unknown", "opaque", f"{language}-code", "a program that is not understood")


def _commands(text: str, language: str) -> tuple[str, ...]:
    """Shell commands among its strings."""
    found = [next(filter(None, groups), "") for groups in RUNS_SHELL.findall(text)]
    if language in ("perl", "ruby", "php"):
        found += [next(filter(None, groups), "") for groups in BACKTICKS.findall(text)]
    found += [" ".join(re.findall(r"['\"]([^'\"]*)['\"]", words)) for words in LISTS.findall(text)]
    return tuple(filter(None, found))
