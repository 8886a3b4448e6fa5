"""What flows between commands: the text one would print, where the script itself tells it, else where it is from."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from ..expressions import expression
from ..syntax.ansi_c import decode
from .words import HOLE, Arg

Origin = Literal["text", "file", "download", "output"]


CONVERSION = expression(r"%%|%[-+ #0]*(?:\d+|\*)?(?:\.\d+)?[a-zA-Z]")


class Stream(NamedTuple):
    """Standard input of a command, or what a substitution comes to."""

    origin: Origin
    """`text` stands in the script itself; `download` comes from elsewhere and nobody has read it."""
    text: str | None = None
    span: tuple[int, int] = (0, 0)


DOWNLOADERS = frozenset({"curl", "wget", "http", "https", "xh", "aria2c", "fetch", "lynx"})
FILTERS = frozenset(
    """
    cat tee sed awk gawk mawk grep egrep fgrep zgrep head tail sort uniq tr cut gunzip gzip zcat bunzip2 bzcat xz
    xzcat unxz zstd zstdcat openssl gpg jq yq envsubst dos2unix iconv tac rev column fold pv xxd base64 base32
    uudecode
    """.split()  # noqa: SIM905
)
"""Commands whose output is their input, changed: what was downloaded stays downloaded."""


def printed(name: str, args: Sequence[Arg], stdin: Stream | None) -> Stream:
    """What this command prints."""
    span = (args[0].start, args[-1].end) if args else (0, 0)
    is_copy = name in ("aws", "gsutil", "mc", "s3cmd", "rclone") and bool(args) and args[-1].value == "-"
    if name in DOWNLOADERS or is_copy:
        return Stream("download", None, span)
    known = PRINTERS.get(name)
    text = known(args, stdin.text if stdin is not None else None) if known is not None else None
    if text is not None:
        return Stream("text", text, span)
    if name in FILTERS and stdin is not None and (name == "tee" or not _files(args)):
        return Stream("output" if stdin.origin == "text" else stdin.origin, None, stdin.span)
    return Stream("file" if name in FILTERS else "output", None, span)


def _files(args: Sequence[Arg]) -> list[str]:
    return [arg.value for arg in args if arg.value.startswith(("/", "./", "~"))]


def _echo(args: Sequence[Arg], _stdin: str | None) -> str:
    words = [arg.value for arg in args]
    escapes = False
    while words and re.fullmatch(r"-[neE]+", words[0]):
        escapes = escapes or "e" in words[0]
        words = words[1:]
    return (decode(" ".join(words)) if escapes else " ".join(words)) + "\n"


def _printf(args: Sequence[Arg], _stdin: str | None) -> str | None:
    if not args:
        return None
    form, *words = [arg.value for arg in args]
    form = decode(form)
    count = len(CONVERSION.findall(form.replace("%%", "")))
    if not count:
        return form.replace("%%", "%")
    rounds = max(1, -(-len(words) // count))  # the format is used again until every argument is
    filled = iter(words)
    return "".join(CONVERSION.sub(lambda found: _converted(found[0], filled), form) for _ in range(rounds))


def _converted(conversion: str, words: Iterator[str]) -> str:
    if conversion == "%%":
        return "%"
    word = next(words, "")
    return decode(word) if conversion.endswith("b") else word


def _cat(args: Sequence[Arg], stdin: str | None) -> str | None:
    operands = [arg.value for arg in args if not arg.value.startswith("-") or arg.value == "-"]
    return stdin if all(value == "-" for value in operands) else None


def _base64(args: Sequence[Arg], stdin: str | None) -> str | None:
    if stdin is None or HOLE in stdin or not any(arg.value in ("-d", "-D", "--decode", "-di") for arg in args):
        return None
    try:
        return b64decode(stdin, validate=False).decode(errors="replace")
    except (binascii.Error, ValueError):
        return None


def _xxd(args: Sequence[Arg], stdin: str | None) -> str | None:
    flags = "".join(arg.value for arg in args)
    if stdin is None or "r" not in flags or "p" not in flags:
        return None
    try:
        return bytes.fromhex("".join(stdin.split())).decode(errors="replace")
    except ValueError:
        return None


def _rev(_args: Sequence[Arg], stdin: str | None) -> str | None:
    return None if stdin is None else "\n".join(line[::-1] for line in stdin.split("\n"))


def _same(_args: Sequence[Arg], stdin: str | None) -> str | None:
    return stdin


PRINTERS: Mapping[str, Callable[[Sequence[Arg], str | None], str | None]] = {
    "echo": _echo,
    "printf": _printf,
    "cat": _cat,
    "tee": _same,
    "base64": _base64,
    "xxd": _xxd,
    "rev": _rev,
    "yes": lambda args, _stdin: " ".join(arg.value for arg in args) or "y",
}
