"""Commands whose line is like no other. Each function answers whether all is said about the command."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from ..expressions import expression
from .hooks import SUBSCRIPT
from .programs import run_code, run_file, run_stream
from .scripts import STANDARD_INPUT
from .words import BETWEEN, HOLE, Arg

if TYPE_CHECKING:
    from .call import Call

DECLARING = frozenset({"export", "declare", "typeset", "local", "readonly"})
NAME = expression(r"[A-Za-z_]\w*\Z")
EXEC = frozenset({"-exec", "-execdir", "-ok", "-okdir"})
ENDS = frozenset({";", "+", "\\;"})
GIT_COMMAND = expression(
    r"(?:alias\.[\w-]+|core\.(?:pager|editor|sshCommand|fsmonitor|hooksPath|askPass|gitProxy)|diff\.[\w.-]*(?:external|command|textconv)"
    r"|(?:diff|merge)tool\.[\w.-]+|merge\.[\w.-]+\.driver|filter\.[\w.-]+|gpg\.(?:[\w.]+\.)?program|credential\.(?:[^=]+\.)?helper"
    r"|pager\.\w+|sequence\.editor|interactive\.diffFilter|uploadpack\.\w+|remote\.[^=]+\.(?:uploadpack|receivepack)|ssh\.variant)=!?(.*)",
    re.DOTALL,
)
GIT_RUNS = expression(r"(?:--upload-pack|--receive-pack|--exec|--extcmd|--open-files-in-pager)=(.*)", re.DOTALL)
GIT_RUNS_NEXT = frozenset({"--upload-pack", "--receive-pack", "--exec", "--extcmd", "-x"})
GIT_RUNNING = frozenset({"ls-remote", "archive", "difftool", "fetch-pack", "grep"})


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
    call.shell.doubted = call.shell.directory if call.shell.doubted is None else call.shell.doubted
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
    here = call.at(call.setting._replace(shares=True))
    stream = call.setting.stdin if args[1].value in STANDARD_INPUT else call.fed.get(args[1].start)
    if stream is not None:
        run_stream(here, stream, "shell", args, here.setting.deeper())
    else:
        run_file(here, args[1], args)
    return True


def _sets(call: Call, args: Sequence[Arg]) -> bool:
    """Variables that get a value nobody knows before."""
    tool, operands = args[0].value, [arg.value for arg in args[1:]]
    names = [value for value in operands if NAME.match(value)]
    _evaluated(call, args)
    if tool == "printf":
        names = [value for option, value in pairwise(operands) if option == "-v"]
    elif tool == "read":
        names = names or ["REPLY"]
    elif tool in DECLARING:
        return _declares(call, args)
    if tool != "printf" and any(HOLE in value for value in operands):
        call.shell.forget()  # which variable it is nobody knows
    call.shell.set(dict.fromkeys(names, "" if tool == "unset" else HOLE))
    if tool == "unset":
        call.shell.exported -= set(names)
    return False


def _declares(call: Call, args: Sequence[Arg]) -> bool:
    """Also `export 'A=b'`, which the grammar takes for a word; and a reference, through which another one is set."""
    refers = any(arg.value.startswith("-") and "n" in arg.value for arg in args[1:])
    for arg in args[1:]:
        name, equals, value = arg.value.partition("=")
        if equals and NAME.match(name):
            call.shell.set({name: value})
            call.walk.set(name, value, call.frame.locate(arg.start, arg.end), call.here)
        elif args[0].value in ("local", "declare", "typeset") and NAME.match(name):
            call.shell.values[name] = "" if args[0].value == "local" else call.shell.values.get(name, "")
    if refers and args[0].value != "export":
        call.shell.forget()
    return False


def _evaluated(call: Call, args: Sequence[Arg]) -> None:
    """A subscript among the operands is evaluated: `unset 'a[$(command)]'`."""
    for arg in args[1:]:
        if SUBSCRIPT.search(arg.value):
            span = call.frame.locate(arg.start, arg.end)
            call.walk.script(arg.value, call.shell.copy(), call.setting.deeper(), lambda _start, _end, span=span: span)  # type: ignore[misc]


def _positional(call: Call, args: Sequence[Arg]) -> bool:
    """`shift` and `set -- …`."""
    known = call.shell.values.get("@")
    operands = [arg.value for arg in args[1:]]
    if args[0].value == "shift" and known is not None:
        count = int(operands[0]) if operands and operands[0].isdigit() else 1
        call.shell.give(known.split(BETWEEN)[count:] if known else [])
    elif args[0].value == "set" and "--" in operands:
        call.shell.give(operands[operands.index("--") + 1 :])
    return False


def _popd(call: Call, _args: Sequence[Arg]) -> bool:
    call.shell.directory = ""
    return False


def _git(call: Call, args: Sequence[Arg]) -> bool:
    """`git -c alias.z='!command' z` runs the command."""
    is_running = any(arg.value in GIT_RUNNING for arg in args[1:])
    for before, arg in pairwise(args):
        found = GIT_COMMAND.match(arg.value) or (GIT_RUNS.match(arg.value) if is_running else None)
        next_to = is_running and before.value in GIT_RUNS_NEXT
        if found or next_to:
            run_code(call, "shell", found[1] if found else arg.value, arg, call.setting.deeper())
            call.say("caution", "opaque", "git-runs", "git is told to run another command", args)
        elif is_running and arg.value.startswith("-O") and any(each.value == "grep" for each in args):
            call.say("caution", "opaque", "git-runs", "git is told to run another command", args)
    return False


def _test(call: Call, args: Sequence[Arg]) -> bool:
    _evaluated(call, args)
    call.say("safe", "read_only", "test", "only tests", args)
    return True


def _tmux(call: Call, args: Sequence[Arg]) -> bool:
    """Commands in a row, parted by a semicolon of its own."""
    places = [place for place, arg in enumerate(args) if arg.value in (";", "\\;")]
    for start, end in pairwise([0, *places, len(args)]):
        if places and end - start > 1:
            call.again([args[0], *args[start + 1 : end]])
    return bool(places)


SPECIAL: Mapping[str, Callable[[Call, Sequence[Arg]], bool]] = {
    "find": _find,
    "gfind": _find,
    "cd": _cd,
    "pushd": _cd,
    "popd": _popd,
    "shift": _positional,
    "set": _positional,
    "let": _sets,
    "read": _sets,
    "mapfile": _sets,
    "readarray": _sets,
    "unset": _sets,
    "getopts": _sets,
    "printf": _sets,
    **dict.fromkeys(DECLARING, _sets),
    "alias": _alias,
    "source": _source,
    ".": _source,
    "git": _git,
    "tmux": _tmux,
    "[": _test,
    "test": _test,
    "[[": _test,
}
