"""From a file to what it says, or to every reason why it cannot be used, each with its line.

Slow to import (tomllib, pydantic): only for somebody who has a file.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from hashlib import sha256
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from ..errors import UsageError
from .files import Named, read
from .places import Place, places
from .schema import TABLES, FileTable
from .settings import Origin, Source, nearest

WANTED: Mapping[str, str] = {
    "string_type": "a text in quotes",
    "list_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
    "bool_type": "true or false",
}
"""pydantic's name of a wrong type → what is wanted instead."""
KINDS: Mapping[type, str] = {
    bool: "a truth value",
    int: "a number",
    float: "a number",
    str: "a text",
    list: "a list",
    dict: "a table",
    datetime: "a date",
    date: "a date",
    time: "a time",
}
DECODE_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


@dataclass(frozen=True, slots=True)
class Layer:
    """One file. `content` has the form of `schema.FileTable`, and only what the file says."""

    source: Source
    content: Mapping[str, Any]
    lines: Mapping[Place, int]

    def get(self, *place: str) -> Any:
        """None for what is not there."""
        found: Any = self.content
        for key in place:
            found = found.get(key) if isinstance(found, Mapping) else None
        return found

    def entries(self, *place: str) -> Iterator[tuple[int, Any]]:
        return enumerate(self.get(*place) or ())

    def origin(self, *place: str | int) -> Origin:
        return Origin("file", self.source.path, self.lines.get(place))


def read_layer(named: Named) -> Layer:
    """Raises `UsageError` with one line for each thing that is wrong."""
    path, data = str(named.path), read(named)
    text = _decode(path, data).replace("\r\n", "\n")
    content = _load(path, text)
    lines = places(text)
    try:
        FileTable.model_validate(content, context={"role": named.role})
    except ValidationError as error:
        raise UsageError(_sentences(path, lines, error.errors(include_url=False))) from error
    return Layer(Source(path, named.role, sha256(data).hexdigest()), content, lines)


def _decode(path: str, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{path}:{line}: is not UTF-8 text") from error


def _load(path: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = DECODE_PLACE.search(str(error))
        line = int(found[1]) if found and found[1] else text.rstrip("\n").count("\n") + 1
        reason = DECODE_PLACE.sub("", str(error))
        raise UsageError(f"{path}:{line}: is not TOML: {reason[:1].lower()}{reason[1:]}") from error
    except (ValueError, RecursionError) as error:  # a number too long, lists too deep
        raise UsageError(f"{path}: is not TOML that can be read: {error}") from error


def _sentences(path: str, lines: Mapping[Place, int], errors: Sequence[ErrorDetails]) -> str:
    found = sorted((_line_of(lines, error["loc"]), _sentence(error)) for error in errors)
    return "\n".join(f"{path}:{line}: {sentence}" for line, sentence in found)


def _line_of(lines: Mapping[Place, int], place: Place) -> int:
    """Of the key, or of the innermost table around it that is written down."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 1)


def _sentence(error: ErrorDetails) -> str:
    place = tuple(part for part in error["loc"] if part != "[key]")
    key, kind = ".".join(part for part in place if isinstance(part, str)), error["type"]
    if kind == "extra_forbidden":
        return f"`{key}` is not a setting{_stray(place) or f'; {_nearest(place)}'}"
    if kind == "missing":
        return f"`{'.'.join(key.split('.')[:-1])}` lacks `{place[-1]}`"
    if kind in WANTED:
        return f"`{key}` wants {WANTED[kind]}, not {KINDS.get(type(error['input']), 'this')}{_stray(place)}"
    if kind == "literal_error":
        return f"`{key}` is {error['input']!r}; it has to be {error['ctx']['expected']}"
    if kind == "value_error":
        return f"`{key}` {error['ctx']['error']}"
    return f"`{key}`: {error['msg']}"


def _nearest(place: Place) -> str:
    outer = "".join(f"{part}." for part in place[:-1] if isinstance(part, str))
    return nearest(f"{outer}{place[-1]}", [f"{outer}{key}" for key in _known_keys(place[:-1])])


def _known_keys(table: Place) -> list[str]:
    for form, model in TABLES.items():
        if len(form) == len(table) and all(one in ("*", part) for one, part in zip(form, table, strict=True)):
            return [field.alias or name for name, field in model.model_fields.items()]
    return []


def _stray(place: Place) -> str:
    """TOML takes a key for its last `[table]`'s, however far above that stands."""
    if len(place) > 1 and place[-1] in _known_keys(()) and place[-1] not in _known_keys(place[:-1]):
        return f"; `{place[-1]}` of the whole file stands above its first [table]"
    return ""
