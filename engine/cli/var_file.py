"""`--var-file FILE`: values of inputs, as `NAME=VALUE` lines, or as JSON or TOML when the file's name says so."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from ..errors import UsageError

LONGEST = 1_000_000
"""Bytes; more is no list of inputs."""
_LINE = re.compile(r"\s*(?:export\s+)?(?P<name>[^=]+?)\s*=\s*(?P<value>.*?)\s*\Z")
_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "$": "$"}


class Entry(NamedTuple):
    value: str
    source: str
    """`prod.env:3`; without a line where the format does not tell it."""


def read_values(name: str) -> dict[str, Entry]:
    """What the file says, by input. Raises `UsageError` with file and line."""
    try:
        with Path(name).open("rb") as file:
            data = file.read(LONGEST + 1)
    except OSError as error:
        raise UsageError(f"--var-file {name}: {error.strerror}") from error
    if len(data) > LONGEST:
        raise UsageError(f"--var-file {name}: is longer than {LONGEST:,} bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{name}:{line}: is not UTF-8 text") from error
    return _READERS.get(Path(name).suffix.lower(), _lines)(name, text)


def _lines(name: str, text: str) -> dict[str, Entry]:
    """As in a `.env` file. In single quotes all stands for itself; in double quotes `\\n \\t \\" \\\\ \\$` do not."""
    found: dict[str, Entry] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        place = f"{name}:{number}"
        read = _LINE.match(line)
        if read is None:
            raise UsageError(f"{place}: is not NAME=VALUE")
        if read["name"] in found:
            raise UsageError(f"{place}: {read['name']} was given in {found[read['name']].source} already")
        found[read["name"]] = Entry(_unquoted(read["value"], place), place)
    return found


def _unquoted(value: str, place: str) -> str:
    quote = value[:1]
    if quote not in ("'", '"'):
        return value
    inside = re.fullmatch(r"'([^']*)'|\"((?:[^\"\\]|\\.)*)\"", value)
    if inside is None:
        raise UsageError(f"{place}: the quote has no end, or something stands behind it; a value is one line")
    return inside[1] if quote == "'" else re.sub(r"\\(.)", lambda one: _escaped(one, place), inside[2])


def _escaped(found: re.Match[str], place: str) -> str:
    if found[1] not in _ESCAPES:
        raise UsageError(f"{place}: {found[0]} means nothing in double quotes; write \\\\ for a backslash")
    return _ESCAPES[found[1]]


def _json(name: str, text: str) -> dict[str, Entry]:
    try:
        read = json.loads(text, parse_float=str, parse_int=str)  # digit by digit, as they are written
    except (json.JSONDecodeError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise UsageError(f"{name}:{line}: is not JSON: {getattr(error, 'msg', 'nested too deeply')}") from error
    return _table(name, read)


def _toml(name: str, text: str) -> dict[str, Entry]:
    try:
        read = tomllib.loads(text, parse_float=str)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = re.search(r"line (\d+)", str(error))
        raise UsageError(f"{name}:{found[1] if found else 1}: is not TOML: {error}") from error
    return _table(name, read)


def _table(name: str, read: object) -> dict[str, Entry]:
    if not isinstance(read, Mapping):
        raise UsageError(f"{name}:1: is not one object of names and values")
    for key, value in read.items():
        if isinstance(value, Mapping | list) or value is None:
            raise UsageError(f"{name}: {key} is not one value")
    return {str(key): Entry(_scalar(value), name) for key, value in read.items()}


def _scalar(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


_READERS: Mapping[str, Callable[[str, str], dict[str, Entry]]] = {".json": _json, ".toml": _toml}
