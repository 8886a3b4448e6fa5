"""Where in one step's text the placeholders stand, by its grammar."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from ..expressions import expression
from ..model import PlaceholderStyle
from ..syntax.quoting import Place, Places, SqlPlace, sql_places
from .styles import HTML_TAG, PROSE_PATTERNS, Candidate, candidates

Language = Literal["shell", "sql", "template"]


class Placeholder(NamedTuple):
    start: int
    """Offset into the text, in characters, and of its end."""
    end: int
    name: str
    style: PlaceholderStyle
    place: Place | SqlPlace | None
    """None in a template, where every place is text."""


QUOTED = frozenset({"single", "double", "ansi-c", "heredoc", "heredoc-raw"})
_UNMISTAKABLE = frozenset({"erb", "double-braces", "angle"})
"""Styles that count even where braces, brackets and words have a meaning to the shell."""
_MEANINGFUL = frozenset({"arithmetic", "name", "pattern", "expansion"})
_FOREIGN_STYLES = frozenset({"erb", "double-braces", "angle", "your"})
"""Braces and brackets mean something in every language a script may be written in."""
_PROGRAM = expression(
    r"(?:^|[\s/|(`])(?:g|m|n)?(?:awk|jq|yq|perl|python[\d.]*|ruby|node|php|graphql|lua|sed)(?=[\s'\"]|$)"
)
"""Text in quotes beside one of these may be a program of its own, where braces mean something."""
_FIELD_TEMPLATE = expression(r"\{\{?[ -]*[.$]|\{\s*range|\{end\}|jsonpath|go-template|custom-columns")
_FORMAT = expression(
    r"(?:format|to_char|to_date|to_timestamp|strptime|date_parse|str_to_date)\W{0,3}[^\s,;]*(?:,\s*)?'?$", re.I
)
_FOREIGN_SCRIPT = expression(r"#!(?![^\n]*\b(?:ba|z|k|da)?sh\b)")
_LOG_LEVEL = expression(r"(?:INFO|WARN|WARNING|ERROR|DEBUG|TRACE|FATAL|CRITICAL|NOTICE|OK|FAIL|FAILED|PASS|TODO)\Z")
_TITLED = expression(r"[A-Z][a-z]{2,}\Z")
_PRINTED = expression(
    r"(?:none|nil|null|computed|unset|unknown|redacted|sensitive|anonymous|stdin|stdout|eof|no value|not set|invalid"
    r"|masked|hidden|empty|default|information|known after apply)\Z",
    re.IGNORECASE,
)
_SAYS_NOTHING = expression(
    r"(?:not|no|none|optional|expires|sudo|enter|default|options?|flags|ultimate|unknown|deprecated)\Z"
)


def placeholders(text: str, language: Language) -> list[Placeholder]:
    if language == "template":
        return [_at(one, None) for one in _in_prose(text)]
    if _FOREIGN_SCRIPT.match(text):
        return [_at(one, None) for one in candidates(text) if one.style in _FOREIGN_STYLES]
    if language == "sql":
        sql = sql_places(text)
        return [_at(one, place) for one in candidates(text) if _stands_in_sql(one, place := sql.at(one.start), text)]
    return _in_shell(text)


def stand_in(text: str, found: list[Placeholder] | list[Candidate]) -> str:
    """The text as the shell should read it: a plain word of the same length in every placeholder's place."""
    pieces: list[str] = []
    at = 0
    for one in found:
        pieces += (text[at : one.start], "x" * (one.end - one.start))
        at = one.end
    return "".join((*pieces, text[at:]))


def _at(one: Candidate, place: Place | SqlPlace | None) -> Placeholder:
    return Placeholder(one.start, one.end, one.name, one.style, place)


def _in_shell(text: str) -> list[Placeholder]:
    """What the grammar refuses may have hidden another one inside, so it is looked past and the rest read again."""
    barred: set[tuple[int, PlaceholderStyle]] = set()
    while True:
        found = candidates(text, barred)
        if not found:
            return []
        places = Places(stand_in(text, found))
        here = [_at(one, places.at(one.start, one.end)) for one in found]
        refused = {(one.start, one.style) for one in here if not _stands_in_shell(one, text)}
        if not refused:
            return here
        barred |= refused


def _stands_in_shell(one: Placeholder, text: str) -> bool:
    place = one.place
    if not isinstance(place, Place) or place.kind == "comment" or text[: one.start].endswith(("$", "${")):
        return False
    if place.kind in _MEANINGFUL and one.style not in _UNMISTAKABLE:
        return False
    match one.style:
        case "angle":
            stands = _angle_in_shell(one, place, text)
        case "braces":
            stands = _braces_in_shell(one, place)
        case "double-braces":
            stands = not _has_fields(place.statement) and "ansible" not in place.statement
        case "square":
            stands = _square_in_shell(one, place, text)
        case "date":
            stands = not _FORMAT.search(text[max(0, one.start - 80) : one.start])
        case _:
            stands = True
    return stands


def _angle_in_shell(one: Placeholder, place: Place, text: str) -> bool:
    if text[: one.start].endswith("#include ") or (place.kind in QUOTED and HTML_TAG.match(one.name)):
        return False
    follows_letter = text[max(0, one.start - 1) : one.start].isalnum()
    return not (follows_letter and place.kind in ("heredoc", "heredoc-raw", "single"))


def _braces_in_shell(one: Placeholder, place: Place) -> bool:
    if place.kind not in QUOTED or ("-" in one.name and " " not in one.name):
        return True
    if " " in one.name and place.kind != "double":
        return False
    return not _has_program(place.statement) and not _has_fields(place.statement)


# Many placeholders share a statement, and a statement may be long.


@lru_cache(maxsize=8)
def _has_program(statement: str) -> bool:
    return _PROGRAM.search(statement) is not None


@lru_cache(maxsize=8)
def _has_fields(statement: str) -> bool:
    return _FIELD_TEMPLATE.search(statement) is not None


_ENDS_COMMAND = expression(r"[ \t]*(?:$|[\n;&|)])")
_EDGES = frozenset(["", *' \n\t/:=@,.-;)"|\\'])


def _square_in_shell(one: Placeholder, place: Place, text: str) -> bool:
    """Only a word by itself or a whole part of a path: anything else is a glob, a label or a subscript."""
    before, after = text[max(0, one.start - 1) : one.start], text[one.end : one.end + 1]
    if place.kind == "double":
        return "-" in one.name and (before, after) == ('"', '"')
    if place.kind == "command-name":
        return _names_command(one.name) and _ENDS_COMMAND.match(text, one.end) is not None
    stands_alone = before in _EDGES and after in _EDGES
    return stands_alone and place.kind in ("bare", "assignment", "redirect") and not _is_label(one.name)


def _names_command(name: str) -> bool:
    """`[rolling restart commands]`, `[restart-command]`; `[mysqld]` opens a part of a settings file."""
    return not _is_label(name) and (" " in name or "command" in name.lower())


def _stands_in_sql(one: Candidate, place: SqlPlace, text: str) -> bool:
    if place.kind in ("comment", "dollar-quoted"):
        return False
    match one.style:
        case "angle":
            return " " not in one.name or place.kind == "literal"
        case "braces":
            # A literal that is nothing else is an array: '{admin}'.
            return place.quoted != f"'{text[one.start : one.end]}'" or "-" in one.name
        case "square":
            return _square_in_sql(one, place, text)
        case "date":
            return not _FORMAT.search(text[max(0, one.start - 80) : one.start])
        case _:
            return True


def _square_in_sql(one: Candidate, place: SqlPlace, text: str) -> bool:
    """`[users]` is an identifier to some databases and a subscript to others."""
    if place.kind == "literal":
        return place.quoted == f"'{text[one.start : one.end]}'"
    return place.kind == "bare" and (
        " " in one.name or "-" in one.name or text[: one.start].rstrip()[-1:] in ("=", "<", ">")
    )


def _in_prose(text: str) -> list[Candidate]:
    """`[Title]` alone may be a label; beside `[Start time - End time]` it is a field as well."""
    found = candidates(text, patterns=PROSE_PATTERNS)
    sure = [one for one in found if _is_text_field(one, text)]
    if not any(one.style == "square" for one in sure):
        return sure
    return [one for one in found if one in sure or _is_titled(one)]


def _is_text_field(one: Candidate, text: str) -> bool:
    match one.style:
        case "double-braces" | "braces":
            return len(one.name) > 1
        case "angle":
            return len(one.name) > 1 and not HTML_TAG.match(one.name) and not _is_printed(one.name)
        case "square":
            return _reads_as_field(one.name)
        case "date":
            return not _FORMAT.search(text[max(0, one.start - 80) : one.start])
        case "erb":
            return not re.search(r"[\"',]", one.name)
        case _:
            return True


def _is_titled(one: Candidate) -> bool:
    return one.style == "square" and _TITLED.match(one.name) is not None and not _is_label(one.name)


def _is_printed(name: str) -> bool:
    """Programs print some words in angle brackets themselves: `<none>`, `<computed>`, a log's `<Debug>`."""
    return _PRINTED.match(name) is not None or _LOG_LEVEL.match(name.upper()) is not None


def _reads_as_field(name: str) -> bool:
    """`[Service Name]`, `[incident-id]`, `[SERVICE]`; not the labels of a log: `[INFO]`, `[none]`, `[not set]`."""
    if "," in name and not any(re.search(r"\w[ ]\w", part) for part in name.split(",")):
        return False  # a list of a program: `[level, level]`
    several_words = re.search(r"[ _/|-]", name) is not None
    return not _is_label(name) and (several_words or (name.isupper() and len(name) > 2))


def _is_label(name: str) -> bool:
    return _LOG_LEVEL.match(name) is not None or _SAYS_NOTHING.match(re.split(r"[ _-]", name)[0].lower()) is not None
