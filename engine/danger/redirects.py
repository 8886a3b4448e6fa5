"""Redirections: what a command writes over, and what it reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..syntax.script import Redirect
from .files import writing
from .flow import printed_by_all
from .memory import Here, Shell
from .stream import Stream
from .verdict import Verdict
from .words import HOLE, Arg, value_of

WRITING = frozenset({">", ">>", ">|", "&>", "&>>", "<>"})
QUIET = frozenset({":", "true", "false", "printf", "echo"})
"""Commands before a `>` that only empty the file, when they print nothing."""


def written_by(redirects: Sequence[Redirect], args: Sequence[Arg], here: Here) -> Iterator[Verdict]:
    """One verdict for each file that is written."""
    for redirect in redirects:
        value = value_of(redirect.target, here.shell.values)
        to_file = redirect.operator == ">&" and not value.isdigit() and value != "-"
        if redirect.operator in WRITING or to_file:
            source = here.frame.text[redirect.target.start : redirect.target.end].replace(HOLE, "?")
            append = ">>" in redirect.operator
            write = writing(here.shell.path(value), source, append=append, nothing=_prints_nothing(args))
            if write is not None:
                target = f"{here.setting.host}:{source}" if here.setting.host else source
                yield Verdict(*write, here.frame.locate(redirect.start, redirect.end), target)


def _prints_nothing(args: Sequence[Arg]) -> bool:
    words = [arg.value for arg in args]
    if not words or words == ["cat", "/dev/null"]:
        return True
    return words[0] in QUIET and not any(word.strip("-n") for word in words[1:])


def read_by(redirects: Sequence[Redirect], shell: Shell) -> Stream | None:
    """Standard input, as far as redirections set it: the last one counts."""
    stdin: Stream | None = None
    for redirect in redirects:
        if redirect.descriptor not in ("", "0"):
            continue
        if redirect.operator in ("<<", "<<<"):
            text = value_of(redirect.target, shell.values)
            stdin = Stream("text", text, (redirect.target.start, redirect.target.end))
        elif redirect.operator == "<":
            stdin = _file(redirect, shell)
    return stdin


def _file(redirect: Redirect, shell: Shell) -> Stream:
    for piece in redirect.target.pieces:
        if piece.kind == "process" and piece.body:
            return printed_by_all(piece.body, shell, None)
    is_fetched = value_of(redirect.target, shell.values) in shell.downloads
    return Stream("download" if is_fetched else "file", None, (redirect.start, redirect.end))
