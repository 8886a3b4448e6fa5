"""What outlives a shell: the directory and the exported environment, as they were when the last step was over."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ..syntax.ansi_c import decode

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789%+,-./:=@_ ")
NEWS = "what the last step changed in the environment"
LOST = (
    "functions",
    "aliases",
    "variables that were not exported",
    "background jobs",
    "limits set with ulimit",
)


class Capture(NamedTuple):
    step: int
    """After which step it was written; 0 for before the first."""
    lines: bytes
    """For a shell to execute."""
    variables: Mapping[str, str | None] | None = None
    """Those that were asked for and are set, or None when they cannot be read. A value is None for what is no single
    text: an array, a reference."""


def latest_capture(paths: Sequence[Path]) -> Capture | None:
    """The newest complete one. Complete is one whose lines and variables end with the nonce it begins with."""
    complete: list[Capture] = []
    for path in paths:
        lines, _, rest = path.read_bytes().partition(b"\0")
        first, _, body = lines.partition(b"\n")
        end = b"\n" + first + b"\n"
        declared, ended, _ = (b"\n" + rest).partition(end + b"\0")
        if ended and first.startswith(b"# ") and body.endswith(end):
            complete.append(Capture(int(first[2:].partition(b"-")[0]), body, _variables((declared + b"\n")[1:])))
    return max(complete, key=lambda one: one.step, default=None)


def _variables(lines: bytes) -> dict[str, str | None] | None:
    """As `declare -p` tells them; a name without a value is one that is not set."""
    found: dict[str, str | None] = {}
    at = 0
    while declared := _VARIABLE.match(lines, at):
        at = declared.end()
        flags, name, value, elements = declared.groups()
        if value is not None or elements is not None:
            found[name.decode()] = None if value is None or b"n" in flags else _unquoted(value)
    return found if at == len(lines) else None


_WORD = rb"\"(?:[^\"\\]|\\.)*\"|\$'(?:[^'\\]|\\.)*'"
_DECLARED = re.compile(
    rb"(?:declare -[a-zA-Z]*x[a-zA-Z]*|export) ([A-Za-z_][A-Za-z0-9_]*)"
    rb"(?:=(?:(" + _WORD + rb")|\((?:[^\"'()]|" + _WORD + rb")*\)))?\n",
    re.DOTALL,
)
"""A variable, an array, or a name without a value; the second form is that of POSIX mode."""
_VARIABLE = re.compile(
    rb"declare -([-a-zA-Z]+) ([A-Za-z_][A-Za-z0-9_]*)(?:=(?:(" + _WORD + rb")|(\((?:[^\"'()]|" + _WORD + rb")*\))))?\n",
    re.DOTALL,
)
_UNREAD = re.compile(rb"declare -[a-eg-zA-Z]*x|export [A-Za-z_]")
_ESCAPED = re.compile(rb"\\([\\\"$`])")


def exported_variables(capture: Capture) -> dict[str, str] | None:
    """What programs would get of the capture: neither functions nor arrays. Bytes that are no UTF-8 come as surrogates.

    None when there is a variable in it that cannot be read.
    """
    found: dict[str, str] = {}
    at = 0
    while declared := _DECLARED.match(capture.lines, at):
        at = declared.end()
        if declared[2] is not None:
            found[declared[1].decode()] = _unquoted(declared[2])
    return None if _UNREAD.match(capture.lines, at) else found


def _unquoted(word: bytes) -> str:
    """As `export -p` writes a value: in double quotes, or in `$'…'` when it has control characters."""
    if word.startswith(b'"'):
        return _ESCAPED.sub(rb"\1", word[1:-1]).decode(errors="surrogateescape")
    # Escapes stand for bytes here, so each byte is a character of its own while they are read.
    return decode(word[2:-1].decode("latin-1")).encode("latin-1").decode(errors="surrogateescape")


def surviving_environment(environment: Mapping[str, str], captured: bool) -> dict[str, str]:
    """What a new shell is started with: of a captured environment only what no shell can hold as a variable."""
    if not captured:
        return dict(environment)
    return {
        name: value
        for name, value in environment.items()
        if name == "POSIXLY_CORRECT" or not (NAME.match(name) or name.startswith("BASH_FUNC_"))
    }


def export_line(exports: Sequence[tuple[str, str]]) -> bytes:
    """One `export` command for any names and values; empty for none."""
    if not exports:
        return b""
    pairs = (name.encode() + b"=" + quoted(value.encode(errors="surrogateescape")) for name, value in exports)
    return b"\\builtin export " + b" ".join(pairs)


def quoted(value: bytes) -> bytes:
    """A word that bash reads as exactly these bytes, in any locale."""
    return b"$'" + b"".join(b"%c" % byte if byte in PLAIN else b"\\%03o" % byte for byte in value) + b"'"
