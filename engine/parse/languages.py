"""What a fence's info string says: its language, how that language is walked, and its attributes."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from ..expressions import expression
from ..model import NOTHING
from .directives import directive_of

Walk = Literal["shell", "console", "sql", "output", "guess", "template"]
"""How a language is walked. `console` holds prompts and output, `output` is the result of the step before."""

SHELL = "bash sh shell zsh ksh ash dash shel command commands azurecli azurecli-interactive cloudshell bash-interactive"
CONSOLE = "console terminal shell-session shellsession sh-session bash-session term session pycon-sh"
SQL = "sql postgresql postgres pgsql psql plpgsql mysql mariadb sqlite sqlite3"
OUTPUT = "output out stdout result"
UNTOLD = " $ nohighlight nocode none plain"

OTHER_SHELLS = frozenset({"fish", "pwsh", "tcsh", "csh", "nush", "xonsh", "elvish", "mongosh"})
"""Bash does not read what is written for these."""

WALKS: Mapping[str, Walk] = MappingProxyType(
    {
        **dict.fromkeys(SHELL.split(), "shell"),
        **dict.fromkeys(CONSOLE.split(), "console"),
        **dict.fromkeys(SQL.split(), "sql"),
        **dict.fromkeys(OUTPUT.split(), "output"),
        **dict.fromkeys(["", *UNTOLD.split()], "guess"),
    }
)
"""Every other language is a template: shown, copied, never run."""

LANGUAGE = expression(r"[!.]?([^\s{,:]+)")
PANDOC_CLASS = expression(r"\{\s*\.([\w+-]+)")
RAW_FORMAT = expression(r"\{?=(\w+)\}?")
ATTRIBUTE = expression(r"""["']?([\w.-]+)["']?\s*[=:]\s*("(?:[^"\\]|\\.)*"|'[^']*'|[^\s,}]+)""")
BARE_WORD = expression(r"(?<![\w.\-=\"'])([A-Za-z][\w-]*)(?![\w\-=:.\"'])")


class Info(NamedTuple):
    language: str
    """Lower case; empty when the fence names none."""
    walk: Walk
    attributes: Mapping[str, str]


def read_info(info: str) -> Info:
    """An info string taken apart; foreign attributes are kept as written."""
    if not info:
        return UNTAGGED
    if info.isalnum():
        language = info.lower()
        return Info(language, _walk(language), NOTHING)
    language, rest = _language(info)
    return Info(language, _walk(language), _attributes(rest))


def _walk(language: str) -> Walk:
    """A word such as `8sh` or `bsh` is a slip of the pen: judged by content, as if there were none."""
    slipped = language.endswith("sh") and language not in OTHER_SHELLS
    return WALKS.get(language, "guess" if slipped else "template")


UNTAGGED = Info("", "guess", NOTHING)


def _language(info: str) -> tuple[str, str]:
    """The language word in lower case, and what stands behind it."""
    directive = directive_of(info)
    if directive is not None:
        if "code" not in directive.name:
            return directive.name, directive.argument
        word, _, rest = directive.argument.partition(" ")
        return word.lower(), rest
    pandoc = PANDOC_CLASS.match(info)
    if pandoc:
        return pandoc[1].lower(), info[pandoc.end() :]
    raw = RAW_FORMAT.fullmatch(info)
    if raw:
        return raw[1].lower(), ""
    found = LANGUAGE.match(info)
    if found is None or info.startswith("{"):
        return "", info
    language = found[1].lower()
    if "=" in language:
        # `shell=bash`; any other `key=value` in the first place leaves the fence without a language
        key, _, value = language.partition("=")
        return (key, "") if key in WALKS or value in WALKS else ("", info)
    return language, info[found.end() :]


def _attributes(text: str) -> Mapping[str, str]:
    text = text.strip().lstrip(":,")
    if not text:
        return NOTHING
    found: dict[str, str] = {}
    for match in ATTRIBUTE.finditer(text):
        found.setdefault(match[1], _unquoted(match[2]))
    for match in BARE_WORD.finditer(ATTRIBUTE.sub(" ", text)):
        found.setdefault(match[1], "")
    return MappingProxyType(found) if found else NOTHING


def _unquoted(value: str) -> str:
    if value[:1] not in {'"', "'"}:
        return value
    try:
        return "".join(shlex.split(value))
    except ValueError:
        return value
