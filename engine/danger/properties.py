"""Properties of a command's operands that a pattern may name with `@`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from .files import DATA_ROOTS, SYSTEM_ROOTS, is_device, is_scratch
from .invocation import Invocation
from .words import Arg

PRODUCTION = re.compile(r"(?:^|[-_./:@])(?:prod|production|prd|live)(?:$|[-_./:@\d])", re.IGNORECASE)


def _path(arg: Arg, invocation: Invocation) -> str:
    """The operand as a path; what is relative stands in the directory the text went to."""
    path = arg.value.partition("=")[2] if re.match(r"(?:of|if)=", arg.value) else arg.value
    if path.startswith(("/", "~", "$")) or not invocation.directory or arg.is_open:
        return path
    return f"{invocation.directory.rstrip('/')}/{path.removeprefix('./')}"


def _scratch(invocation: Invocation, operands: Sequence[Arg]) -> bool:
    """There are some, and all of them lie in places for passing things."""
    return bool(operands) and all(is_scratch(_path(arg, invocation), invocation.written(arg)) for arg in operands)


def _device(invocation: Invocation, operands: Sequence[Arg]) -> bool:
    return any(is_device(_path(arg, invocation)) for arg in operands)


def _bulk(invocation: Invocation, operands: Sequence[Arg]) -> bool:
    """It hits whatever is there when it runs: a loop, `xargs`, a glob, the output of another command."""
    return invocation.setting.is_bulk or any(arg.is_glob or arg.is_listing for arg in operands)


def _root(invocation: Invocation, operands: Sequence[Arg]) -> bool:
    return any(SYSTEM_ROOTS.match(_path(arg, invocation)) for arg in operands)


def _data(invocation: Invocation, operands: Sequence[Arg]) -> bool:
    return any(DATA_ROOTS.match(_path(arg, invocation) + "/") for arg in operands)


def _piped(invocation: Invocation, _operands: Sequence[Arg]) -> bool:
    return invocation.setting.stdin is not None


def _downloaded(invocation: Invocation, _operands: Sequence[Arg]) -> bool:
    return invocation.setting.stdin is not None and invocation.setting.stdin.origin == "download"


def _open(_invocation: Invocation, operands: Sequence[Arg]) -> bool:
    return any(arg.is_open for arg in operands)


PROPERTIES: Mapping[str, Callable[[Invocation, Sequence[Arg]], bool]] = {
    "scratch": _scratch,
    "device": _device,
    "bulk": _bulk,
    "root": _root,
    "data": _data,
    "piped": _piped,
    "downloaded": _downloaded,
    "open": _open,
    "one": lambda _invocation, operands: len(operands) == 1,
    "many": lambda _invocation, operands: len(operands) > 1,
    "production": lambda invocation, operands: (
        any(PRODUCTION.search(arg.value) for arg in operands)
        or any(PRODUCTION.search(option.value or "") for option in invocation.options)
    ),
}
