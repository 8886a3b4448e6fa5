"""Where a copy comes to lie: aside, as a dump or a log that is looked at, or over what is there."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping, Sequence

from ..expressions import expression
from .files import is_scratch
from .invocation import Invocation
from .words import HOLE, Arg

EVIDENCE = expression(
    r"(?:.*/)?[^/]*\.(?:hprof|heap|prof|pprof|jfr|dump|dmp|core|pcap(?:ng)?|cap|log|out|trace|csv|tsv|bin|nmap|gnmap|gz|tgz|zst|xz|bz2|zip"
    r"|tar)(?:[.-]\w+)*\Z"
    r"|(?:.*/)?perf\.data(?:\.\w+)?\Z|(?:.*/)?(?:[\w-]*[-_])?(?:logs?|dumps?|traces?|heapdumps?|profiles?|captures?|must-gather)(?:/.*)?\Z",
)
"""What is fetched to be looked at, and what no program reads for its settings."""
REMOTE = expression(r"[^/]*:")
PRINTED = frozenset({"-", "/dev/stdout", "/dev/stderr", "/dev/null", "/dev/fd/1"})
SCRATCH_ROOTS = frozenset({"/tmp", "/var/tmp", "/dev/shm"})  # noqa: S108  names of places, nothing is put there
PLACES = frozenset(
    """
    --dest --destination --destination-path --output-file --outfile -o --output --output-directory --output-dir --to
    --dest-dir --output-filename -oN -oX -oG -oA -oS -oJ -oL -oB -oD
    """.split()  # noqa: SIM905
)
"""Options that say where something is put."""
PLACES_OF = {"az": frozenset({"-f", "--file", "-d", "--log-file"})}
"""Those that say so with some tools only."""
FORMATS = frozenset(
    {"json", "jsonc", "yaml", "yamlc", "table", "tsv", "text", "none", "wide", "name", "jsonpath", "go-template"}
)


def _path(invocation: Invocation, path: str) -> str:
    is_relative = not path.startswith(("/", "~", "$", HOLE))
    return f"{invocation.directory.rstrip('/')}/{path}" if is_relative and invocation.directory else path


def is_aside(invocation: Invocation, place: str, source: str, copied: Sequence[str]) -> bool:
    """`source` is the place as written, `copied` what is put there."""
    if place in PRINTED:
        return True
    path = _path(invocation, place)
    if path.rstrip("/") in SCRATCH_ROOTS or is_scratch(path, source):
        return True
    if path.startswith(("/", "~")) or HOLE in path or REMOTE.match(path) or ".." in path.split("/"):
        return False
    if posixpath.normpath(path) == "." or path.endswith("/"):
        return bool(copied) and all(EVIDENCE.match(each.rstrip("/")) for each in copied)
    return EVIDENCE.match(path) is not None


def _copied_aside(invocation: Invocation, operands: Sequence[Arg]) -> bool:
    """The last operand says where."""
    if not operands:
        return False
    *copied, place = operands
    return is_aside(invocation, place.value, invocation.written(place), [arg.value for arg in copied])


def _kept_aside(invocation: Invocation, operands: Sequence[Arg]) -> bool:
    """Options say where; without one it is printed."""
    names = PLACES | PLACES_OF.get(invocation.tool, frozenset())
    copied = [arg.value for arg in operands]
    places = [(option.value, invocation.written(option.arg)) for option in invocation.options if option.name in names]
    return all(
        value is None
        or value.partition("=")[0] in FORMATS
        or is_aside(invocation, value, written.partition("=")[2] if written.startswith("-") else written, copied)
        for value, written in places
    )


PROPERTIES: Mapping[str, Callable[[Invocation, Sequence[Arg]], bool]] = {
    "copied-aside": _copied_aside,
    "kept-aside": _kept_aside,
}
