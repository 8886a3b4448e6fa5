"""Commands whose line is like no other. Each function answers whether all is said about the command."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from ..expressions import expression
from .programs import run_code, run_file, run_stream
from .words import HOLE, Arg

if TYPE_CHECKING:
    from .call import Call

EXEC = frozenset({"-exec", "-execdir", "-ok", "-okdir"})
ENDS = frozenset({";", "+", "\\;"})
GIT_COMMAND = expression(r"(?:alias\.[\w-]+|core\.(?:pager|editor|sshCommand|fsmonitor|hooksPath))=!?(.*)", re.DOTALL)


def _find(call: Call, args: Sequence[Arg]) -> bool:
    """`find … -exec COMMAND ;`: the command runs on everything under the starting points."""
    start = next((arg.value.rstrip("/") for arg in args[1:] if not arg.value.startswith(("-", "(", "!"))), "")
    path = f"{start}/{HOLE}" if start else HOLE
    outer: list[Arg] = []
    inner: list[list[Arg]] = []
    inside = False
    for arg in args:
        if arg.value in EXEC:
            inside = True
            inner.append([])
        elif inside and arg.value in ENDS:
            inside = False
        elif inside:
            inner[-1].append(arg._replace(value=arg.value.replace("{}", path)))
        else:
            outer.append(arg)
    for command in inner:
        call.again(command, call.setting._replace(is_bulk=True))
    if inner:
        call.by_rule("find", outer)
    return bool(inner)


def _cd(call: Call, args: Sequence[Arg]) -> bool:
    """Where relative paths lie from here on."""
    operands = [arg for arg in args[1:] if not arg.value.startswith("-")]
    path = operands[0].value if operands else "~"
    if HOLE not in path and not path.startswith(("/", "~")) and call.shell.directory:
        path = f"{call.shell.directory.rstrip('/')}/{path}"
    call.shell.directory = path if HOLE not in path and path.startswith(("/", "~")) else ""
    return False


def _alias(call: Call, args: Sequence[Arg]) -> bool:
    for arg in args[1:]:
        name, equals, value = arg.value.partition("=")
        if equals:
            call.shell.aliases[name] = value
    return False


def _source(call: Call, args: Sequence[Arg]) -> bool:
    if len(args) < 2:
        return False
    stream = call.fed.get(args[1].start)
    if stream is not None:
        run_stream(call, stream, "shell", args)
    else:
        run_file(call, args[1], args)
    return True


def _git(call: Call, args: Sequence[Arg]) -> bool:
    """`git -c alias.z='!command' z` runs the command."""
    for arg in args[1:]:
        found = GIT_COMMAND.match(arg.value)
        if found:
            run_code(call, "shell", found[1], arg, call.setting.deeper())
    return False


def _test(call: Call, args: Sequence[Arg]) -> bool:
    call.say("safe", "read_only", "test", "only tests", args)
    return True


SPECIAL: Mapping[str, Callable[[Call, Sequence[Arg]], bool]] = {
    "find": _find,
    "gfind": _find,
    "cd": _cd,
    "pushd": _cd,
    "alias": _alias,
    "source": _source,
    ".": _source,
    "git": _git,
    "[": _test,
    "test": _test,
    "[[": _test,
}
