"""What a value may be, and where a value of that kind can stand without meaning anything but itself."""

from __future__ import annotations

import re

from ..errors import OncueError
from ..model import Variable
from ..syntax.quoting import Place, SqlPlace

LONGEST_VALUE = 100_000
"""Bytes; the kernel takes 131,071 for one argument or one environment string."""

_PLAIN = re.compile(r"(?!=)[A-Za-z0-9_./:@%+,=-]+\Z")
"""Not with `=` in front: `==` alone is an operator to some shells and tests."""
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?\Z")
_SQL_WORD = re.compile(r"\w+(?:\.\w+)*\Z")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_BREAKS_LITERAL = re.compile(r"['\"`\\\x00-\x1f]")
_REINTERPRETER = re.compile(
    r"(?:^|[^\w-])(?:eval|(?:ba|z|da|k|c|tc|fi|)sh|r?ssh|mosh|su|runuser|watch|trap|xargs|parallel|script|source|at|batch"
    r"|crontab|python[\d.]*|perl|ruby|node|php|lua|[gmn]?awk|sed|jq|yq|psql|mysql|mariadb|sqlite3?|mongo|mongosh|redis-cli"
    r"|expect|tmux|screen|let|declare|typeset|local|export|readonly|read|readarray|mapfile|getopts|unset|test|pwsh"
    r"|powershell|ansible|salt|knife|make|env|exec|command|send-command|alias|find|nsenter|cmd|printf\s+-v|coproc)(?=[\s;|&)'\"`]|$)"
    r"|(?:^|[;(&|\n])\s*\.(?=\s)|(?:^|[\s;(&|])\[(?=\s)|--command|--eval|--exec"
)
"""Beside one of these a word may be read a second time as code: only plain values may stand there."""
_PLACE_NAMES: dict[str, str] = {
    "double": "inside double quotes",
    "single": "inside single quotes",
    "ansi-c": "inside $'…'",
    "heredoc": "in a here-document",
    "heredoc-raw": "in a here-document",
    "arithmetic": "in arithmetic",
    "command-name": "as the name of a command",
    "name": "as the name of a variable",
    "array": "in an array",
    "redirect": "as the file of a redirection",
    "test": "in a test",
    "pattern": "in a pattern",
    "expansion": "inside ${…}",
    "backticks": "inside backticks",
    "identifier": "in a quoted identifier",
    "dollar-quoted": "in a dollar-quoted text",
    "literal": "in this string literal",
}


class CannotFill(OncueError):
    """A value cannot stand where its placeholder stands, or there is no value. Nothing was filled in."""


def check(variable: Variable, value: str) -> None:
    """What no value may be, wherever it is to stand."""
    shown = f"the value of {variable.name}"
    if _CONTROL.search(value):
        raise CannotFill(f"{shown} has a control character or is not text: give another value")
    if len(value.encode()) > LONGEST_VALUE:
        raise CannotFill(f"{shown} is longer than {LONGEST_VALUE:,} bytes: write it to a file and edit the step")
    if variable.choices and value not in variable.choices:
        raise CannotFill(f"{shown} is none of {', '.join(variable.choices)}: give one of them")
    if variable.pattern is not None and not _fits(variable.pattern, value):
        raise CannotFill(f"{shown} does not fit its pattern {variable.pattern}: give another value")


def _fits(pattern: str, value: str) -> bool:
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error as error:
        raise CannotFill(
            f"the pattern {pattern} is not a regular expression ({error}): mend the front matter"
        ) from None


def is_plain(value: str) -> bool:
    """No character of it means anything to a shell or ends a word, a string or a here-document's line."""
    return _PLAIN.match(value) is not None and (not value.startswith("-") or _NUMBER.match(value) is not None)


def quoted(value: str) -> str:
    """One word of a shell that is exactly `value`. Always in quotes, unlike `shlex.quote`."""
    return "'" + value.replace("'", "'\"'\"'") + "'"


def is_sql_word(value: str) -> bool:
    """One token: a name, a dotted name, a number."""
    return _SQL_WORD.match(value) is not None or _NUMBER.match(value) is not None


def fits_literal(value: str) -> bool:
    return not _BREAKS_LITERAL.search(value)


def is_read_again(place: Place, text: str) -> bool:
    """A function's body, or a line after an assignment, may be where the word is read as code."""
    if place.kind == "assignment":
        return _REINTERPRETER.search(text) is not None or "((" in text or "[[" in text
    return _REINTERPRETER.search(text if "()" in text else place.statement) is not None


def is_number(value: str) -> bool:
    return _NUMBER.match(value) is not None


def describe(place: Place | SqlPlace) -> str:
    return _PLACE_NAMES.get(place.kind, "here")
