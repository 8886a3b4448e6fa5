"""Commands that read their words a second time: as code of a shell, as SQL, as a program of their own.

Where the grammar proves which text is read again, a value is quoted for both readings; elsewhere only plain words
stand beside such a command.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from ..expressions import expression
from ..syntax.quoting import Place, Word

READS_AGAIN = expression(
    r"(?:^|[^\w-])(?:eval|(?:ba|z|da|k|c|tc|fi|a|r)?sh|r?ssh|sshpass|mosh|su|runuser|watch|trap|xargs|parallel|script|source"
    r"|at|batch|crontab|python[\d.]*|perl|ruby|node|php|lua|[gmn]?awk|sed|jq|yq|psql|mysql|mariadb|sqlite3?|mongo|mongosh"
    r"|redis-cli|expect|tmux|screen|let|make|pwsh|powershell|ansible|salt|knife|send-command|alias|nsenter|cmd|coproc|tclsh"
    r"|osascript|clickhouse-client|cqlsh|cockroach|influx|vault|consul|entr|flock|ssm)(?=[\s;|&)'\"`]|$)"
    r"|(?:^|[;(&|\n])\s*\.(?=\s)|--command|--eval|--exec|\s-(?:exec|ok)(?:dir)?\s|env\s(?:\S+\s+)*-S|printf\s+-v"
    r"|>\s*['\"]?\S*\.(?:sh|bash|zsh|py|pl|rb|js|lua|sql|awk|sed|ps1)\b|<<[^\n]*\n#!"
)
"""Beside one of these a word may be read as code. Also a here-document that becomes a script."""
_EVALUATES_LATER = expression(r"\(\(|\[\[|declare\s+-\w*i|typeset\s+-\w*i|local\s+-\w*i")
NAMING = frozenset({"read", "readarray", "mapfile", "getopts", "unset", "wait", "let", "compgen", "complete", "ulimit"})
"""Builtins that evaluate a subscript in the name they are given, so `a[$(id)]` runs `id`."""
_PROGRAMS = expression(
    r"(?:[gmn]?awk|sed|jq|yq|perl|python[\d.]*|ruby|node|php|lua|mongo|mongosh|redis-cli|expect|pwsh|powershell|osascript)\Z"
)

_SHELLS = expression(r"(?:\S*/)?(?:ba|z|da|k|a)?sh\Z")
_OPTION_C = expression(r"-[a-z]*c\Z")
_CARRIERS = frozenset(
    {
        *("sudo", "doas", "kubectl", "oc", "docker", "podman", "crictl", "nerdctl", "timeout", "nohup", "env", "time"),
        *("nice", "ionice", "chroot", "docker-compose", "setsid", "stdbuf"),
    }
)
"""They hand the words after their own options on, one by one and unread."""
_SQL_CLIENTS = {"psql": "postgres", "mysql": "mysql", "mariadb": "mysql", "sqlite3": "sqlite"}
_SQL_OPTIONS = frozenset({"-c", "--command", "-e", "--execute"})
_IN_DOUBLE = expression(r"\\([\"\\$`])|\\\n")

_ASSIGNED = expression(r"(?<![\w$])([A-Za-z_]\w*)=[\"']?[^\s\"'`$]*\Z")
_RUN_BY_ITSELF = expression(
    r"(?<!\w)(?:PROMPT_COMMAND|PS[0-4]|BASH_ENV|ENV|LD_PRELOAD|\w*(?:EDITOR|PAGER|SSH_COMMAND|ASKPASS|EXTERNAL_DIFF)|VISUAL"
    r"|LESSOPEN|LESSCLOSE|BROWSER|RSYNC_RSH)=[^\s]*\Z"
)
"""Variables that a shell or a program takes for a command."""
_FILTERS = frozenset({"awk", "gawk", "mawk", "nawk", "sed", "jq", "yq"})

Reading = Literal["bash", "sh", "remote", "sql"]
"""`sh` knows no `$'…'`; `remote` may be any login shell, with its own idea of backslashes and exclamation marks."""


class Nested(NamedTuple):
    reading: Reading
    dialect: str
    text: str
    """What the second reader gets, with its quotes removed."""
    start: int
    """Where the place lies in it, and its end."""
    end: int


def is_read_again(place: Place, text: str, start: int) -> bool:
    """A function's body, or a line after an assignment, may be where the word is read as code. `start`: of the value.

    A variable that the text names nowhere else is for a program to find in its environment, and no code of this text.
    """
    if place.kind == "assignment" or place.holder == "variable_assignment":
        if _RUN_BY_ITSELF.search(text, max(0, start - 200), start):
            return True
        return (_reads_again(text) or _evaluates_later(text)) and not _is_for_others(text, start)
    if "()" in text:
        return _reads_again(text)
    return _reads_again(place.statement) and not _only_filtered(place)


def _is_for_others(text: str, start: int) -> bool:
    assigned = _ASSIGNED.search(text, max(0, start - 200), start)
    return assigned is not None and len(re.findall(rf"\b{assigned[1]}\b", text)) == 1


def _only_filtered(place: Place) -> bool:
    """`echo <value> | sed …`: what filters text takes the value for text, as long as it is no word of its own."""
    found = {match[0].strip(" \t\n;|&(`'\"/") for match in READS_AGAIN.finditer(place.statement)}
    return found <= _FILTERS and _base(place.command) not in _FILTERS and place.holder == "command"


# Many placeholders share a statement, and a statement may be long.


@lru_cache(maxsize=8)
def _reads_again(text: str) -> bool:
    return READS_AGAIN.search(text) is not None


@lru_cache(maxsize=8)
def _evaluates_later(text: str) -> bool:
    return _EVALUATES_LATER.search(text) is not None


def is_program_of(command: str) -> bool:
    """A command whose quoted words are programs in a language of its own."""
    return _PROGRAMS.match(command.rsplit("/", 1)[-1]) is not None


def maybe_nested(text: str, place: Place, words: tuple[Word, ...], start: int, end: int) -> Nested | None:
    """The text that is read again around a place; None where that cannot be proved, or other readers stand by."""
    index = next((i for i, word in enumerate(words) if word.start <= start and end <= word.end), 0)
    if not index or words[index].quotes not in ("single", "double") or "()" in text:
        return None
    reading = _reading(words, index)
    if reading is None or not _is_only_reader(text, place, words[index]):
        return None
    inner, at = _unquoted(words[index], start)
    return Nested(*reading, inner, at, at + end - start)


def _is_only_reader(text: str, place: Place, word: Word) -> bool:
    statement = text[place.statement_start : word.start] + " " + text[word.end : place.statement_end]
    return len(READS_AGAIN.findall(statement)) == 1


def _reading(words: tuple[Word, ...], index: int) -> tuple[Reading, str] | None:
    sources = [word.source for word in words[:index]]
    first = _base(sources[0])
    if first == "eval":
        return ("bash", "") if len(words) == 2 else None
    if first == "ssh":
        return ("remote", "") if index == len(words) - 1 and index > 1 else None
    if any(word.quotes == "mixed" for word in words[:index]):
        return None
    at = _program(sources)
    if at is None:
        return None
    program, before = _base(sources[at]), sources[-1]
    if _SHELLS.match(sources[at]) or program in ("su", "runuser"):
        reading: Reading = "bash" if program == "bash" else "sh"
        return (reading, "") if _OPTION_C.match(before) and index - 1 > at else None
    if program == "sqlite3":
        return ("sql", "sqlite") if index == len(words) - 1 and index - at > 1 else None
    return ("sql", _SQL_CLIENTS[program]) if before in _SQL_OPTIONS else None


def _program(sources: list[str]) -> int | None:
    """Where the second reader's own name stands: first, or behind words that carry it."""
    for at, source in enumerate(sources):
        known = _SHELLS.match(source) or _base(source) in (*_SQL_CLIENTS, "su", "runuser")
        if known:
            return at if at == 0 or _base(sources[0]) in _CARRIERS else None
    return None


def _base(word: str) -> str:
    return word.rsplit("/", 1)[-1]


def _unquoted(word: Word, start: int) -> tuple[str, int]:
    """The word's own text, and where `start` lies in it."""
    inside, before = word.source[1:-1], word.source[1 : start - word.start]
    if word.quotes == "single":
        return inside, len(before)
    return _IN_DOUBLE.sub(_escaped, inside), len(_IN_DOUBLE.sub(_escaped, before))


def _escaped(found: re.Match[str]) -> str:
    return found[1] or ""
