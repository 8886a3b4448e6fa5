"""Words as the shell would expand them, as far as the text tells; what it does not tell is a hole in the value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

from ..expressions import expression
from ..syntax.script import Piece, Simple, Word

HOLE = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands in a value for what is only known when the command runs."""
_GLOB = expression(r"[*?]|\[[^\]]+\]")
_SPECIAL = expression(r"[*?\[{]")
_BRACES = expression(r"\{([^{}]*,[^{}]*)\}")
_FALLBACK = expression(r":?[-=?]")
_INSTEAD = expression(r":?\+([^$`]*)\Z", re.DOTALL)
_SLICE = expression(r":(\d)\Z")
_DEFAULT = expression(r"\A:?[-=]([^$`]*)\Z", re.DOTALL)
MOST_BRACES = 64
NAMING = frozenset({"which", "command", "type"})
"""Commands whose output is their last argument, near enough to name another command."""


BETWEEN = "\x1f"
"""Between positional parameters in the value of `@`."""


class Arg(NamedTuple):
    """One argument. `start` and `end` are characters of the judged text."""

    value: str
    start: int
    end: int
    is_glob: bool = False
    is_listing: bool = False
    """It holds what a command printed, which may be many things."""

    @property
    def is_open(self) -> bool:
        """Some of it is only known when it runs."""
        return HOLE in self.value


def expand(words: Sequence[Word], values: Mapping[str, str]) -> list[Arg]:
    """The arguments these words become."""
    found: list[Arg] = []
    for word in words:
        pieces = word.pieces
        if len(pieces) > 1 or pieces[0].kind != "text":
            found += _fields(word, values)
            continue
        value = pieces[0].value  # nearly every word
        if pieces[0].quoted or not _SPECIAL.search(value):
            found.append(Arg(value, word.start, word.end))
        else:
            found += _plain(word, value)
    return found


def value_of(word: Word, values: Mapping[str, str]) -> str:
    """The word as one value, as on the right of an assignment."""
    return "".join(_piece_value(piece, values) for piece in word.pieces)


def _plain(word: Word, value: str) -> Iterator[Arg]:
    for each in _braced(value) if "{" in value else (value,):
        yield Arg(each, word.start, word.end, _GLOB.search(each) is not None)


def _braced(text: str) -> list[str]:
    parts = _BRACES.split(text)
    if len(parts) == 1:
        return [text]
    choices = [part.split(",") if index % 2 else [part] for index, part in enumerate(parts)]
    expanded = ["".join(each) for each in product(*choices)]
    return expanded if len(expanded) <= MOST_BRACES else [text]


def _fields(word: Word, values: Mapping[str, str]) -> Iterator[Arg]:
    """Split where an unquoted expansion has blanks in it."""
    fields: list[str] = [""]
    is_glob = is_listing = False
    for piece in word.pieces:
        positional = _positional(piece, values)
        if positional is not None:
            fields[-1] += positional[0] if positional else ""
            fields += positional[1:]
            continue
        value = _piece_value(piece, values)
        is_listing = is_listing or (piece.kind == "command" and HOLE in value)
        is_glob = is_glob or (piece.kind == "text" and not piece.quoted and _GLOB.search(value) is not None)
        if piece.kind == "text" or piece.quoted or not re.search(r"\s", value):
            fields[-1] += value
            continue
        first, *rest = re.split(r"\s+", value)
        fields[-1] += first
        fields += rest
    if any(piece.kind == "text" and not piece.quoted and "{" in piece.value for piece in word.pieces):
        fields = [each for field in fields for each in _braced(field)]
    for field in [each for each in fields if each] or ([""] if any(piece.quoted for piece in word.pieces) else []):
        yield Arg(field, word.start, word.end, is_glob, is_listing)


def _positional(piece: Piece, values: Mapping[str, str]) -> list[str] | None:
    """What `"$@"` and `"${@:2}"` come to, each a word of its own."""
    given = values.get("@")
    if piece.kind != "parameter" or piece.value != "@" or given is None:
        return None
    found = given.split(BETWEEN) if given else []
    if not piece.operator:
        return found
    cut = _SLICE.match(piece.operator)
    return found[max(int(cut[1]) - 1, 0) :] if cut else [HOLE]


def _piece_value(piece: Piece, values: Mapping[str, str]) -> str:
    if piece.kind == "text":
        return piece.value
    if piece.kind == "parameter":
        return _parameter(piece, values)
    if piece.kind == "command":
        return _named(piece, values) or HOLE
    return HOLE


def _parameter(piece: Piece, values: Mapping[str, str]) -> str:
    if piece.value == "IFS" and not piece.operator:
        return " "
    known = values.get(piece.value)
    if piece.value in ("@", "*") and known is not None and not piece.operator:
        return known.replace(BETWEEN, " ")
    if known is not None and (not piece.operator or _FALLBACK.match(piece.operator)):
        return known
    instead = _INSTEAD.match(piece.operator)
    if instead and known:
        return instead[1].strip("\"'")
    default = _DEFAULT.match(piece.operator)
    return default[1].strip("\"'") if default and known is None and default[1] else HOLE


def _named(piece: Piece, values: Mapping[str, str]) -> str:
    """What `$(which rm)` or `$(echo rm -rf x)` comes to."""
    if len(piece.body) != 1 or not isinstance(command := piece.body[0], Simple) or not command.words:
        return ""
    args = expand(command.words, values)
    words = [arg.value for arg in args]
    if words[:1] and words[0] in ("echo", "printf"):
        from .stream import printed  # it is made of words itself

        return (printed(words[0], args[1:], None).text or "").rstrip("\n")
    if words[:1] == ["mktemp"]:
        return f"/tmp/{HOLE}"  # noqa: S108 - where it makes them
    return words[-1] if len(words) > 1 and words[0] in NAMING else ""
