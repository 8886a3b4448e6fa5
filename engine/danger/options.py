"""A command line taken apart: options with their values, and operands, by POSIX and GNU conventions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .words import Arg


class Option(NamedTuple):
    name: str
    """With its dashes."""
    value: str | None
    arg: Arg
    """The word its value stands in; its own where it has none."""


class CommandLine(NamedTuple):
    options: tuple[Option, ...]
    operands: tuple[Arg, ...]
    rest: tuple[Arg, ...]
    """What stands behind `--`; of a command that takes another one also what stands behind its operands."""
    has_dashes: bool
    """There is a `--`."""


def take_apart(
    args: Sequence[Arg], valued: frozenset[str], *, long_dash: bool = False, most_operands: int | None = None
) -> CommandLine:
    """`valued` names the options that take the next word, with a `?` behind it those that only take an attached one.

    With `long_dash`, `-name` is one option and not four.

    With `most_operands`, everything after that many operands is the rest: another command's line.
    """
    options: list[Option] = []
    operands: list[Arg] = []
    index = 0
    while index < len(args):
        arg = args[index]
        text = arg.value
        index += 1
        if text == "--":
            return CommandLine(tuple(options), tuple(operands), tuple(args[index:]), True)
        if len(text) < 2 or text[0] != "-":
            if most_operands is not None and len(operands) >= most_operands:
                return CommandLine(tuple(options), tuple(operands), tuple(args[index - 1 :]), False)
            operands.append(arg)
            continue
        found, wants_value = _option(arg, valued, long_dash)
        if wants_value and index < len(args):
            found[-1] = Option(found[-1].name, args[index].value, args[index])
            index += 1
        options += found
    return CommandLine(tuple(options), tuple(operands), (), False)


def _option(arg: Arg, valued: frozenset[str], long_dash: bool) -> tuple[list[Option], bool]:
    """The options in one word, and whether the last of them takes the next word."""
    text = arg.value
    name, equals, value = text.partition("=")
    if text.startswith("--") or (long_dash and len(name) > 2):
        return [Option(name, value if equals else None, arg)], not equals and name in valued
    return _cluster(arg, valued)


def _cluster(arg: Arg, valued: frozenset[str]) -> tuple[list[Option], bool]:
    """`-rf` is `-r -f`; `-XDELETE` is `-X DELETE` where `-X` takes a value. The whole word is kept as a name too."""
    text = arg.value
    if text in valued:
        return [Option(text, None, arg)], True
    found = [Option(text, None, arg)] if len(text) > 2 else []
    for place, letter in enumerate(text[1:], start=1):
        name = "-" + letter
        if name + "?" in valued:
            found.append(Option(name, text[place + 1 :] or None, arg))
            return found, False
        if name in valued:
            attached = text[place + 1 :].removeprefix("=")
            found.append(Option(name, attached or None, arg))
            return found, not attached
        found.append(Option(name, None, arg))
    return found, False
